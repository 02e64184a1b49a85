//! Models that are read without a remark: `accept/NAME.kdl` and the facts of its meaning in
//! `accept/NAME.expect`; and what else follows from reading them.
#![expect(
    clippy::disallowed_methods,
    reason = "a test reads its cases from files"
)]
#![expect(
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]
mod support;

use model::{Claim, Direction, EndPoint, Through};
use std::fs;
use std::path::{Path, PathBuf};

fn directory(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn check(text: &str) -> lang::Reading {
    let reading = lang::read(text);
    assert!(reading.diagnostics.is_empty(), "{:#?}", reading.diagnostics);
    support::check_promises(&reading.model);
    support::check_written(&reading);
    reading
}

fn everything() -> String {
    fs::read_to_string(directory("tests/accept/everything.kdl")).unwrap()
}

/// The facts of a model with spaces in the place of tabs, which some editors change.
fn facts(reading: &lang::Reading) -> String {
    let text = String::from_utf8(reading.model.facts().bytes()).unwrap();
    text.replace('\t', " | ")
}

#[test]
fn each_model_means_what_its_file_says() {
    let mut wrong = String::new();
    let mut count = 0;
    for entry in fs::read_dir(directory("tests/accept")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "kdl") {
            continue;
        }
        count += 1;
        let found = facts(&check(&fs::read_to_string(&path).unwrap()));
        if std::env::var_os("BULKHEAD_WRITE_EXPECTED").is_some() {
            fs::write(path.with_extension("expect"), &found).unwrap();
        }
        let expected = fs::read_to_string(path.with_extension("expect")).unwrap_or_default();
        if found != expected {
            wrong += &format!("== {}\n{found}", path.display());
        }
    }
    assert!(
        count > 0 && wrong.is_empty(),
        "these mean something else:\n{wrong}"
    );
}

#[test]
fn origins_lead_back_to_the_text() {
    let text = everything();
    let reading = check(&text);
    let at = |origin| &text[reading.origins.span(origin).range()];
    let model = &reading.model;
    for (_, node) in model.nodes() {
        let written = at(node.origin);
        let word = written.split(' ').next().unwrap();
        assert!(
            ["subject", "external", "object"].contains(&word),
            "{written}"
        );
        assert!(written.contains(&node.name));
    }
    assert!(
        model
            .channels
            .iter()
            .all(|channel| at(channel.origin).starts_with("channel "))
    );
    assert!(
        model
            .grants
            .iter()
            .all(|grant| at(grant.origin).starts_with("grant "))
    );
    for (_, port) in model.ports() {
        let word = at(port.origin).split(' ').next().unwrap();
        let expected = match (port.grant, port.channel) {
            (Some(_), _) => "grant",
            _ if word == "channel" => "channel",
            _ => "port",
        };
        assert_eq!(word, expected);
    }
    let claims = model
        .requirements
        .iter()
        .flat_map(|requirement| &requirement.claims);
    for (claim, origin) in claims {
        let word = match claim {
            Claim::Never { .. } => "never ",
            Claim::Keep { .. } => "keep ",
            Claim::Fresh { .. } => "fresh ",
            Claim::Latency { .. } => "latency ",
        };
        assert!(at(*origin).starts_with(word));
    }
    assert_eq!(at(model::Origin::default()), "everything");
}

#[test]
fn ends_are_expanded_and_mediators_keep_their_order() {
    let reading = check(&everything());
    let model = &reading.model;
    let id = |name: &str| model.find_node(name).unwrap();
    let guarded = &model.requirements[0];
    let never = |index: usize| match &guarded.claims[index].0 {
        Claim::Never {
            from, to, through, ..
        } => (from.clone(), to.clone(), through.clone()),
        other => panic!("{other:?}"),
    };
    assert_eq!(never(0).2, Through::InOrder(vec![id("guard"), id("gate")]));
    let outside: Vec<EndPoint> = ["remote", "supplier"]
        .map(|name| EndPoint::Node(id(name)))
        .to_vec();
    assert_eq!((never(1).0, never(1).1), (vec![], outside));
    assert_eq!(never(2).2, Through::AnyOf(vec![id("guard"), id("gate")]));
    assert_eq!(never(2).0.len(), 2);
    match &model.requirements[1].claims[0].0 {
        Claim::Keep {
            lost,
            from: EndPoint::Port(from),
            ..
        } => {
            assert_eq!(*lost, [id("remote"), id("vendor")]);
            assert_eq!(model.port(*from).unwrap().direction, Direction::Out);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn order_and_comments_do_not_change_the_meaning() {
    let text = everything();
    let head = text.find("system everything {").unwrap() + "system everything {".len();
    let body = text[head..].trim_end().strip_suffix('}').unwrap();
    let parse = kdl::parse(body);
    let mut nodes: Vec<&str> = parse
        .document
        .nodes
        .iter()
        .map(|node| &body[node.span.range()])
        .collect();
    nodes.reverse();
    let turned = format!(
        "bulkhead 1\nsystem everything {{\n{}\n}}",
        nodes.join("\n/* */\n")
    );
    // Claims of one requirement are numbered, and these stay in their order.
    assert_eq!(check(&turned).model.digest(), check(&text).model.digest());
}

#[test]
fn rust_types_are_as_expected() {
    let found = lang::rust_types(&check(&everything()).model);
    let file = directory("tests/rust/messages.rs");
    if std::env::var_os("BULKHEAD_WRITE_EXPECTED").is_some() {
        fs::write(&file, &found).unwrap();
    }
    let expected = fs::read_to_string(&file).unwrap_or_default();
    assert!(found == expected, "the generated types are now:\n{found}");
}

#[test]
fn the_first_example_of_the_reference_is_read_and_the_others_are_well_formed() {
    let reference = fs::read_to_string(directory("../../../docs/language.md")).unwrap();
    let blocks: Vec<&str> = reference
        .split("```kdl\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .collect();
    assert!(blocks.len() > 10);
    check(blocks[0]);
    for block in &blocks[1..] {
        let text = format!("bulkhead 1\nsystem fragment {{\n{block}\n}}\n");
        for diagnostic in lang::read(&text).diagnostics {
            // A fragment refers to what is declared elsewhere; its form must be right.
            let elsewhere = ["unknown-name", "unknown-label", "unknown-port", "no-labels"]
                .contains(&diagnostic.code);
            let warning = !diagnostic.is_error();
            assert!(elsewhere || warning, "{block}\n{diagnostic:#?}");
        }
    }
}

#[test]
fn byte_strings_of_a_large_message_are_on_the_heap() {
    for (size, kind) in [
        (4087, "pub bulk: [u8; 4087]"),
        (4089, "pub bulk: Box<[u8; 4089]>"),
    ] {
        let model = format!(
            "bulkhead 1\nsystem large {{\n  type Frame {{\n    at u64\n    bulk bytes size={size}\n  }}\n}}\n"
        );
        let types = lang::rust_types(&lang::read(&model).model);
        assert!(types.contains(kind), "{types}");
    }
}
