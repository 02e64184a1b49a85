//! Any text: no panic, printed as it was read, tokens without gap, spans on character boundaries.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let parse = kdl::parse(text);
    assert_eq!(parse.print(), text);
    for diagnostic in &parse.diagnostics {
        for label in &diagnostic.labels {
            assert!(text.get(label.span.range()).is_some(), "{diagnostic:?}");
        }
        assert!(source::edited(text, &diagnostic.fix).is_some(), "{diagnostic:?}");
    }
    assert!(parse.diagnostics.len() <= kdl::MAX_DIAGNOSTICS + 1);
    // What is read without a fault can be written: every string reads back.
    for node in &parse.document.nodes {
        let name = kdl::write_string(&node.name.text);
        let again = kdl::parse(&name);
        assert!(again.diagnostics.is_empty(), "{name}");
        assert_eq!(again.document.nodes[0].name.text, node.name.text);
    }
});
