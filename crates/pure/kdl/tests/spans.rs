//! Spans name exactly the text they stand for.
#![expect(clippy::string_slice, reason = "a failing test may panic")]

use kdl::parse;
use source::Span;

#[test]
fn spans_cover_what_they_name_and_nothing_else() {
    let text =
        "/* c */ (kind) \"pump\" (u8) 1 /-gone key = (ms)#\"a\"# /- x { inner; } /-{ } // end\n";
    let parse = parse(text);
    let slice = |span: Span| &text[span.range()];
    let node = &parse.document.nodes[0];
    assert_eq!(slice(node.ty.as_ref().unwrap().span), "kind");
    assert_eq!(slice(node.name.span), "\"pump\"");
    let whole = "(kind) \"pump\" (u8) 1 /-gone key = (ms)#\"a\"# /- x { inner; }";
    assert_eq!(slice(node.span), whole);
    assert_eq!(
        slice(node.head_span()),
        "\"pump\" (u8) 1 /-gone key = (ms)#\"a\"#"
    );
    assert_eq!(slice(node.children.as_ref().unwrap().span), "{ inner; }");
    assert_eq!(slice(node.children()[0].span), "inner");
    let [argument, property] = node.entries.as_slice() else {
        panic!("{node:?}")
    };
    assert_eq!(slice(argument.span), "(u8) 1");
    assert_eq!(slice(argument.value_span), "1");
    assert_eq!(slice(property.span), "key = (ms)#\"a\"#");
    assert_eq!(slice(property.key.as_ref().unwrap().span), "key");
    assert_eq!(slice(property.ty.as_ref().unwrap().span), "ms");
    assert_eq!(slice(property.value_span), "#\"a\"#");
}

#[test]
fn the_last_property_of_a_name_wins_and_arguments_keep_their_order() {
    let parse = parse("pump 1 a=1 2 a=2 b=3 3");
    let node = &parse.document.nodes[0];
    let number = |entry: &kdl::Entry<'_>| match entry.value {
        kdl::Value::Number(number) => number.as_i128(),
        _ => None,
    };
    assert_eq!(node.property("a").and_then(number), Some(2));
    assert_eq!(node.property("c"), None);
    assert_eq!(
        node.arguments().filter_map(number).collect::<Vec<_>>(),
        [1, 2, 3]
    );
    assert_eq!(node.properties().count(), 3);
}

#[test]
fn a_conflict_names_both_places() {
    let text = "pump { a; } { b; }";
    let parse = parse(text);
    let places: Vec<_> = parse.diagnostics[0]
        .labels
        .iter()
        .map(|label| &text[label.span.range()])
        .collect();
    assert_eq!(places, ["{", "{ a; }"]);
}
