//! A model as text: what it looks like, and that it says the same, for examples and for random models
//! with any names and any prose.
#![expect(
    clippy::disallowed_methods,
    reason = "a test reads its cases from files"
)]
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]
mod support;

use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

fn directory(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Reads a text without errors and writes its model.
fn written(text: &str) -> String {
    let reading = lang::read(text);
    let mut diagnostics = reading.diagnostics.iter();
    assert!(
        !diagnostics.any(source::Diagnostic::is_error),
        "{:#?}\n{text}",
        reading.diagnostics
    );
    support::check_promises(&reading.model);
    support::check_written(&reading)
}

#[test]
fn the_whole_language_is_written_as_expected() {
    let text = fs::read_to_string(directory("tests/accept/everything.kdl")).unwrap();
    let found = written(&text);
    let file = directory("tests/write/everything.kdl");
    if std::env::var_os("BULKHEAD_WRITE_EXPECTED").is_some() {
        fs::write(&file, &found).unwrap();
    }
    let expected = fs::read_to_string(&file).unwrap_or_default();
    assert!(found == expected, "the text is now:\n{found}");
}

#[test]
fn every_example_is_written_and_means_the_same() {
    let mut count = 0;
    for entry in fs::read_dir(directory("../../../examples")).unwrap() {
        let path = entry.unwrap().path().join("system.kdl");
        if let Ok(text) = fs::read_to_string(path) {
            written(&text);
            count += 1;
        }
    }
    assert!(count > 3, "{count} examples");
}

#[test]
fn models_with_remarks_are_written_without_new_ones() {
    let mut count = 0;
    for entry in fs::read_dir(directory("tests/faults")).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let reading = lang::read(&text);
        if !reading.diagnostics.iter().any(source::Diagnostic::is_error) {
            support::check_written(&reading);
            count += 1;
        }
    }
    assert!(count > 10, "{count} models");
}

#[test]
fn a_chain_is_written_from_low_to_high_however_it_was_declared() {
    let text = "bulkhead 1\nsystem s {\n  labels { secrecy { high above=low; low; mid above=low; \
                top above=\"mid high low\" }; integrity { good above=bad; bad } }\n}\n";
    let found = written(text);
    assert!(found.contains("integrity bad good\n"), "{found}");
    assert!(found.contains("top above=\"high mid\"\n"), "{found}");
}

#[test]
fn ports_that_a_channel_made_take_their_place_among_the_others() {
    let text = "bulkhead 1\nsystem s {\n  subject a\n  subject b { port late out }\n  subject c\n  \
                channel a -> b sampling\n  channel b.late -> c sampling\n  \
                require r { never from=\"b.late a.b\" to=c }\n}\n";
    let found = written(text);
    assert!(found.contains("from=\"a.b b.late\""), "{found}");
}

#[test]
fn a_claim_about_nothing_stays_one() {
    for (group, claims) in [
        ("domain empty", "never from=a to=empty"),
        ("zone empty sl-t=1", "never from=empty to=a"),
        ("data empty", "never from=a to=empty"),
        ("domain empty", "if-lost empty { keep from=a to=b }"),
    ] {
        let text = format!(
            "bulkhead 1\nsystem s {{\n{group}\nsubject a\nsubject b\nrequire r {{ {claims} }}\n}}\n"
        );
        assert!(written(&text).contains(claims));
    }
}

#[test]
fn what_does_not_resolve_is_never_read_as_something_else() {
    let text = fs::read_to_string(directory("tests/accept/everything.kdl")).unwrap();
    let mut model = lang::read(&text).model;
    model.nodes.pop();
    let again = lang::read(&lang::write(&model));
    assert!(again.diagnostics.iter().any(source::Diagnostic::is_error));
}

/// Choices of a random model: numbers below a limit, as long as there are any left.
struct Choices<'a>(std::slice::Iter<'a, u16>);

impl Choices<'_> {
    fn below(&mut self, limit: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or(0)) % limit.max(1)
    }

    fn pick<'t>(&mut self, list: &[&'t str]) -> &'t str {
        list[self.below(list.len())]
    }

    /// One of a few spellings, or nothing.
    fn maybe<'t>(&mut self, list: &[&'t str]) -> &'t str {
        let index = self.below(list.len() + 1);
        list.get(index).copied().unwrap_or("")
    }

    /// Some names of a list, none twice.
    fn some<'t>(&mut self, list: &[&'t str]) -> Vec<&'t str> {
        let mut all = list.to_vec();
        let count = 1 + self.below(all.len().min(4));
        let drawn = (0..count.min(all.len())).map(|_| all.remove(self.below(all.len())));
        drawn.collect()
    }
}

/// Names that mean something to KDL or to the language, or are at the limit of what a name may be.
const NAMES: [&str; 14] = [
    "true",
    "false",
    "null",
    "inf",
    "nan",
    "zone",
    "subject",
    "pass",
    "to",
    "secrecy",
    "a",
    "B-_9",
    "bulkhead",
    "x234567890123456789012345678901234567890123456789012345678901234",
];

/// A text without errors that uses most of the language in random ways.
fn random_text(numbers: &[u16], prose: &[String]) -> String {
    let mut choices = Choices(numbers.iter());
    let mut prose = prose.iter().cycle();
    let mut prose = || kdl::write_quoted(prose.next().unwrap());
    let name = |name: &str| kdl::write_string(name);
    let names = |names: &[&str]| kdl::write_quoted(&names.join(" "));
    let words = |names: &[&str]| -> String {
        let words: Vec<String> = names.iter().map(|own| kdl::write_string(own)).collect();
        words.join(" ")
    };
    let mut all = NAMES.to_vec();
    let turn = choices.below(all.len());
    all.rotate_left(turn);
    let (nodes, groups) = all.split_at(9);
    let (subjects, outside) = nodes.split_at(6);
    let labels = choices.pick(&[
        "",
        "labels { secrecy low mid high }",
        "labels { integrity { high above=\"low mid\"; mid; low; }; secrecy { high; low; mid above=low } }",
    ]);
    let has_integrity = labels.contains("integrity");
    let has_secrecy = labels.contains("secrecy");
    let label = |choices: &mut Choices<'_>, must: bool| {
        let mut out = String::new();
        for (has, axis) in [(has_secrecy, "secrecy"), (has_integrity, "integrity")] {
            if has && (must || choices.below(2) == 0) {
                out += &format!(" {axis}={}", choices.pick(&["low", "mid", "high"]));
            }
        }
        out
    };
    let mut out = format!("bulkhead 1\nsystem {} {{\n{labels}\n", name(groups[0]));
    let [domain, zone, outer, red, blue] = [groups[0], groups[1], groups[2], groups[3], groups[4]];
    out += &format!("domain {}{}\n", name(domain), label(&mut choices, true));
    let members = choices.some(nodes);
    out += &format!(
        "zone {} sl-t=1 in={} {{ {} }}\n",
        name(zone),
        name(outer),
        words(&members)
    );
    out += &format!("zone {} sl-t={}\n", name(outer), choices.below(5));
    out += &format!("data {}\ndata {}\n", name(red), name(blue));
    out += "type \"nan\" { \"true\" u8 range=\"1..5\"; text text max=5; f f64 range=\"-1e-7..2.5e300\" unit=\"'°\"; b bytes size=3 }\n";
    let place = |choices: &mut Choices<'_>| match choices.below(3) {
        0 => format!(" in={}{}", name(domain), label(choices, false)),
        _ => label(choices, true),
    };
    for (index, own) in outside.iter().enumerate() {
        let word = if index == 0 {
            "external"
        } else {
            choices.pick(&["external", "object"])
        };
        let place = place(&mut choices);
        out += &format!(
            "{word} {}{place} {{ holds {} }}\n",
            name(own),
            words(&choices.some(&[red, blue]))
        );
    }
    for (index, own) in subjects.iter().enumerate() {
        // Data that starts in an empty domain is an error: the domain gets a member.
        let place = match index {
            0 => format!(" in={}", name(domain)),
            _ => place(&mut choices),
        };
        out += &format!("subject {}{place} criticality={} {{\n", name(own), prose());
        out += &format!(
            "run {} {}\n",
            "\"p q\"",
            choices.maybe(&[&format!("from={}", name(outside[0]))])
        );
        out += &format!("set a=1 {}={} c=#true d=\"007\"\n", name("true"), prose());
        out += choices.maybe(&[
            "memory \"3KiB\"\n",
            "memory \"1025B\"\n",
            "memory \"1024GiB\"\n",
        ]);
        out += choices.maybe(&[
            "budget \"1us\" every=\"7ms\"\n",
            "period \"12345us\"\n",
            "period \"1ms\"\n",
        ]);
        out += choices.maybe(&["heartbeat within=\"90s\"\n", "heartbeat within=\"1d\"\n"]);
        out += choices.maybe(&[
            "on-failure stop\n",
            "on-failure halt\n",
            "on-failure restart max=3\n",
            "on-failure restart then=halt per=\"1h\"\n",
        ]);
        let emits = choices
            .maybe(&[
                &format!("data={}", names(&[red, blue])),
                &format!("data={}", name(blue)),
            ])
            .to_owned();
        let own_label = label(&mut choices, false);
        out += &format!("port door out type=\"nan\" {emits}{own_label}\n");
        let own_label = label(&mut choices, false);
        let stale = choices.maybe(&[
            "max-age=\"60s\" on-stale=hold",
            "max-age=\"1us\"",
            "role=limits",
        ]);
        out += &format!("port door in type=\"nan\" {stale}{own_label}\n");
        // A channel joins some ports of neighbours, a grant is made below.
        if index % 2 == 0 {
            let data = choices.maybe(&[&format!("data={}", name(red))]).to_owned();
            let change = choices.maybe(&["lower=secrecy", "raise=integrity"]);
            let granted = name("granted");
            out += &format!(
                "trusted {{ pass from={granted} to={granted} {data} {change} verified-by={}; because {} }}\n",
                prose(),
                prose()
            );
        }
        out += "}\n";
    }
    for (index, own) in subjects.iter().enumerate() {
        let peer = outside[choices.below(outside.len())];
        let data = choices
            .maybe(&[&format!("data={}", names(&[blue, red]))])
            .to_owned();
        let side = match has_secrecy {
            true => choices.maybe(&[
                "in-secrecy=high",
                "out-secrecy=mid",
                "secrecy=low",
                "in-secrecy=low out-secrecy=high",
            ]),
            false => "",
        };
        let resource = choices.pick(&[
            "tcp=\"[2001:db8::1]:5INDEX\"",
            "file=\"INDEX/'a b\" quota=\"1B\"",
            "device=\"/dev/INDEX\"",
            "tcp-listen=\"127.0.0.1:70INDEX\"",
        ]);
        // Each peer has pieces of its own.
        let place = format!(
            "{index}{}",
            outside.iter().position(|own| *own == peer).unwrap()
        );
        let resource = resource.replace("INDEX", &place);
        out += &format!(
            "grant {own}.granted <-> {} {resource} {data} {side} {}\n",
            name(peer),
            choices.maybe(&["role=configuration"])
        );
    }
    for pair in subjects.windows(2) {
        let kind = choices.pick(&[
            "sampling",
            "queuing depth=3 overflow=drop-oldest",
            "queuing depth=1 overflow=credit",
        ]);
        let (a, b) = (pair[0], pair[1]);
        out += &match choices.below(4) {
            0 => format!("channel {} -> {} event\n", name(a), name(b)),
            1 => format!(
                "channel {} -> {} {kind} max-age=\"3min\" on-stale=stop\n",
                name(a),
                name(b)
            ),
            2 => format!("channel {a}.door -> {} {kind}\n", name(b)),
            _ => format!("channel {a}.door -> {b}.door {kind}\n"),
        };
    }
    out += &format!(
        "assume null1 {} {{ does-not-relay {} }}\nassume \"inf\" {}\nnon-goal nan1 {}\n",
        prose(),
        name(outside[0]),
        prose(),
        prose()
    );
    for index in 0..choices.below(4) {
        out += &format!(
            "require r{index} {} source={} {{\n",
            choices.maybe(&[
                "characteristic=\"privacy safety\"",
                "characteristic=security"
            ]),
            prose()
        );
        for _ in 0..=choices.below(4) {
            let ends = [subjects, outside, &[domain, zone, red][..]].concat();
            let (from, to) = (choices.some(&ends), choices.some(&ends));
            let between: Vec<&str> = subjects.to_vec();
            let data = choices.maybe(&[&format!("data={}", name(blue))]).to_owned();
            let port = format!("{}.door", subjects[choices.below(subjects.len())]);
            out += &match choices.below(6) {
                0 => format!("never from={} to={} {data}\n", names(&from), names(&to)),
                1 => format!("never data={} {{ to {} }}\n", name(red), words(&to)),
                2 => format!(
                    "never from={} to={} except-through={} then={}\n",
                    name(outside[0]),
                    name(outside[1]),
                    name(between[0]),
                    names(&between[1..3])
                ),
                3 => format!(
                    "never from={} to={} {data} except-through={}\n",
                    name(outside[0]),
                    name(outside[1]),
                    names(&between[2..5])
                ),
                4 => format!(
                    "if-lost {} {{ keep from={port} to={}; keep from={} to={} signals=#true }}\n",
                    name(outside[2]),
                    name(outside[0]),
                    name(outside[0]),
                    name(subjects[0])
                ),
                _ => format!(
                    "fresh port={port} max=\"1min\" {}\nlatency from={port} to={port} max=\"1001us\"\n",
                    choices.maybe(&["reaction=hold", "reaction=safe-value"])
                ),
            };
        }
        out += "}\n";
    }
    out += choices.maybe(&["platform p { qualified SIL2 \"'x y\"; device true1 dma=#true; device d }\ndeploy p { all }\n", "platform p { cores 1; memory \"3MiB\"; enforce processor=hard }\n"]);
    out + "}\n"
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn a_random_model_is_written_and_means_the_same(
        numbers in prop::collection::vec(any::<u16>(), 400),
        prose in prop::collection::vec("['«a\"]\\PC*[a-z'\"\\\\\u{feff}\u{202e}\u{85}\t\n\u{0}\u{1b}»`{}#;=/]{1,8}", 1..20),
    ) {
        let text = random_text(&numbers, &prose);
        let errors: Vec<_> = lang::read(&text).diagnostics.into_iter().filter(source::Diagnostic::is_error).collect();
        prop_assert!(errors.is_empty(), "{text}\n{errors:#?}");
        written(&text);
    }
}
