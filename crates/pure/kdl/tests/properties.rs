//! Properties over arbitrary text and over generated documents.
#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]

mod support;

use kdl::{Node, TokenKind, parse, write_string};
use proptest::prelude::*;
use source::Span;
use support::dump;

/// Text made of what means something to the grammar, so that all of it is reached.
fn grammar_soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            "{", "}", "(", ")", "=", ";", "\\", "\"", "\"\"\"", "#", "#\"", "\"#", "/-", "//",
            "/*", "*/", "/", "[", "\n", "\r\n", "\r", "\u{85}", "\u{2028}", " ", "\t", "\u{3000}",
            "\u{feff}", "\u{202e}", "\0", "\u{7f}", "\\n", "\\u{41}", "\\u{d800}", "\\ ", "\\\n",
            "true", "#true", "#inf", "-inf", "0x", "1_0", "-.5", "1e", "a.b", "->", "ü", "\u{200b}",
            "kdl-version", "1",
        ]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => "[a-z]{1,3}",
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn check_any(text: &str) {
    let parse = parse(text);
    assert_eq!(parse.print(), text);
    let mut at = 0;
    for token in parse.tokens() {
        assert!(
            token.span.start == at && token.span.end > at,
            "{token:?} at {at}"
        );
        assert_ne!(token.kind, TokenKind::End);
        at = token.span.end;
    }
    assert_eq!(at as usize, text.len());
    for diagnostic in &parse.diagnostics {
        for label in &diagnostic.labels {
            assert!(text.get(label.span.range()).is_some(), "{diagnostic:?}");
        }
        assert!(
            source::edited(text, &diagnostic.fix).is_some(),
            "{diagnostic:?}"
        );
    }
    check_spans(&parse.document.nodes, Span::new(0, text.len()), text);
}

/// Nodes lie in their parent in order, and entries in their node; all on character boundaries.
fn check_spans(nodes: &[Node<'_>], parent: Span, text: &str) {
    let mut at = parent.start;
    for node in nodes {
        assert!(
            at <= node.span.start && node.span.end <= parent.end,
            "{node:?}"
        );
        assert!(text.get(node.span.range()).is_some());
        let mut within = node.span.start;
        for entry in &node.entries {
            assert!(
                within <= entry.span.start && entry.span.end <= node.span.end,
                "{entry:?}"
            );
            assert!(entry.span.start <= entry.value_span.start);
            assert_eq!(entry.span.end, entry.value_span.end);
            within = entry.span.end;
        }
        if let Some(children) = &node.children {
            assert!(within <= children.span.start && children.span.end <= node.span.end);
            check_spans(&children.nodes, children.span, text);
        }
        at = node.span.end;
    }
}

/// A document to be written and read back: independent of the types under test.
#[derive(Clone, Debug)]
struct Tree {
    ty: Option<Text>,
    name: Text,
    entries: Vec<(Option<Text>, Option<Text>, Value)>,
    children: Option<Vec<Tree>>,
}

#[derive(Clone, Debug)]
enum Value {
    Text(Text),
    /// As written and as it is dumped.
    Other(&'static str),
}

/// What a string says and one of the ways in which it may be written.
#[derive(Clone, Debug)]
struct Text {
    says: String,
    form: u8,
}

impl Text {
    /// Quoted with plain escapes: the form in which a dump shows it.
    fn plain(&self) -> String {
        let written = write_string(&self.says);
        if written.starts_with('"') {
            written
        } else {
            format!("\"{written}\"")
        }
    }

    fn written(&self) -> String {
        let literal = |c: char| !c.is_control() && !write_string(&format!(" {c}")).contains("\\u");
        match self.form {
            0 => write_string(&self.says),
            // Every character as a number.
            1 => {
                let escapes = self
                    .says
                    .chars()
                    .map(|c| format!("\\u{{{:x}}}", u32::from(c)));
                format!("\"{}\"", escapes.collect::<String>())
            }
            // Raw with more hashes than any run inside.
            2 if self.says.chars().all(literal) && !self.says.starts_with('"') => {
                let hashes = "#".repeat(1 + self.says.matches('#').count());
                format!("{hashes}\"{}\"{hashes}", self.says)
            }
            // Raw over several lines, indented, if no line is blank but not empty.
            3 if self.says.chars().all(|c| c == '\n' || literal(c))
                && self
                    .says
                    .split('\n')
                    .all(|line| line.is_empty() || line.trim() == line) =>
            {
                let hashes = "#".repeat(1 + self.says.matches('#').count());
                let lines = self.says.replace('\n', "\r\n \t");
                format!("{hashes}\"\"\"\n \t{lines}\n \t\"\"\"{hashes}")
            }
            // Over several lines with every character escaped and every line end but the last.
            4 => {
                let escapes = self
                    .says
                    .chars()
                    .map(|c| format!("\\u{{{:x}}}", u32::from(c)));
                let lines = escapes.collect::<Vec<_>>().join("\\  \n\t\n ");
                format!("\"\"\"\n  {lines}\n  \"\"\"")
            }
            _ => self.plain(),
        }
    }
}

impl Tree {
    fn write(&self, gap: &[&str], out: &mut String) {
        let pick = |out: &String| gap[out.len() % gap.len()];
        if let Some(ty) = &self.ty {
            *out += &format!("({}){}", ty.written(), pick(out));
        }
        *out += &self.name.written();
        for (ty, key, value) in &self.entries {
            *out += " ";
            *out += pick(out);
            if let Some(key) = key {
                *out += &format!("{}{}={}", key.written(), pick(out), pick(out));
            }
            if let Some(ty) = ty {
                *out += &format!("( {}){}", ty.written(), pick(out));
            }
            match value {
                Value::Text(text) => *out += &text.written(),
                Value::Other(text) => *out += text,
            }
            if out.len().is_multiple_of(3) {
                *out += "/-gone=(x)\"\" /- #null";
            }
        }
        if let Some(children) = &self.children {
            *out += if out.len().is_multiple_of(3) {
                " /-{ gone { gone; }\n gone } {"
            } else {
                "{ // in\n"
            };
            for child in children {
                child.write(gap, out);
            }
            *out += if out.len().is_multiple_of(3) {
                "/- gone { } }"
            } else {
                "}"
            };
        }
        *out += ["\n", ";", " // end\r\n", " ;\n\n"][out.len() % 4];
    }

    fn dump(&self, depth: usize, out: &mut String) {
        let ty = |ty: &Option<Text>| ty.as_ref().map(|ty| format!("({})", ty.plain()));
        *out += &"  ".repeat(depth);
        *out += &ty(&self.ty).unwrap_or_default();
        *out += &self.name.plain();
        for (annotation, key, value) in &self.entries {
            *out += " ";
            if let Some(key) = key {
                *out += &format!("{}=", key.plain());
            }
            *out += &ty(annotation).unwrap_or_default();
            match value {
                Value::Text(text) => *out += &text.plain(),
                Value::Other(text) => *out += text,
            }
        }
        *out += if self.children.is_some() {
            " {\n"
        } else {
            "\n"
        };
        for child in self.children.iter().flatten() {
            child.dump(depth + 1, out);
        }
    }
}

fn text() -> impl Strategy<Value = Text> {
    let says = prop_oneof![
        "[a-z.<>+-]{0,6}",
        "[ -~]{0,8}",
        "[\"#\\\\\n ]{0,6}",
        any::<String>()
    ];
    (says, 0_u8..6).prop_map(|(says, form)| Text { says, form })
}

fn value() -> impl Strategy<Value = Value> {
    let others = [
        "#true", "#false", "#null", "#inf", "#-inf", "#nan", "0", "-1.5e+3", "0xFF_",
    ];
    prop_oneof![
        text().prop_map(Value::Text),
        prop::sample::select(others.to_vec()).prop_map(Value::Other),
    ]
}

fn tree() -> impl Strategy<Value = Tree> {
    let option = || prop::option::weighted(0.3, text());
    let head = move || {
        (
            option(),
            text(),
            prop::collection::vec((option(), option(), value()), 0..4),
        )
    };
    let leaf = head().prop_map(|(ty, name, entries)| Tree {
        ty,
        name,
        entries,
        children: None,
    });
    leaf.prop_recursive(4, 24, 4, move |inner| {
        (head(), prop::option::of(prop::collection::vec(inner, 0..4))).prop_map(
            |((ty, name, entries), children)| Tree {
                ty,
                name,
                entries,
                children,
            },
        )
    })
}

proptest! {
    #[test]
    fn any_text_prints_as_it_was_read(text in any::<String>()) {
        check_any(&text);
    }

    #[test]
    fn any_soup_of_the_grammar_prints_as_it_was_read(text in grammar_soup()) {
        check_any(&text);
    }

    #[test]
    fn a_correct_document_cut_anywhere_prints_as_it_was_read(tree in tree(), cut in 0.0..1.0) {
        let mut text = String::new();
        tree.write(&["", " "], &mut text);
        let mut at = (text.len() as f64 * cut) as usize;
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        check_any(&text[..at]);
        check_any(&text[at..]);
    }

    #[test]
    fn a_written_document_reads_back(trees in prop::collection::vec(tree(), 0..4)) {
        let gaps = ["", " ", "/* c */", "\t\\ // c\n  ", "\u{a0}"];
        let (mut text, mut expected) = (String::new(), String::new());
        for tree in &trees {
            tree.write(&gaps, &mut text);
            tree.dump(0, &mut expected);
        }
        check_any(&text);
        let parse = parse(&text);
        prop_assert_eq!(&parse.diagnostics, &vec![], "{}", text);
        prop_assert_eq!(dump(&parse.document), expected, "{}", text);
    }

    #[test]
    fn a_written_string_reads_back(says in any::<String>()) {
        let text = format!("node {} x", write_string(&says));
        let parse = parse(&text);
        prop_assert_eq!(&parse.diagnostics, &vec![]);
        let entry = &parse.document.nodes[0].entries[0];
        prop_assert_eq!(entry.value.as_str(), Some(says.as_str()));
    }

    #[test]
    fn an_integer_has_the_value_it_was_written_with(number: i128, radix in 0_u8..4) {
        let sign = if number < 0 { "-" } else { "" };
        let size = number.unsigned_abs();
        let text = match radix {
            0 => format!("n {sign}{size}"),
            1 => format!("n {sign}0x{size:x}"),
            2 => format!("n {sign}0o{size:o}_"),
            _ => format!("n {sign}0b{size:b}"),
        };
        let parse = parse(&text);
        let kdl::Value::Number(read) = parse.document.nodes[0].entries[0].value else { panic!() };
        prop_assert_eq!(read.as_i128(), Some(number));
    }
}
