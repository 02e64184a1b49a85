//! One negative file per diagnostic: `faults/CODE.kdl`. Its leading `//` lines are everything that
//! reading it reports, in order: `SEVERITY CODE: MESSAGE @ TEXT OF THE MAIN PLACE`, and
//! ` → NAME?` where the help suggests a name. Beside each, `right/CODE.kdl` does right what the fault
//! does wrong.
#![expect(
    clippy::disallowed_methods,
    reason = "a test reads its cases from files"
)]
#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What the only report of a text says, and the example that ends its help.
fn advice(text: &str) -> (String, String) {
    let diagnostics = lang::read(text).diagnostics;
    assert_eq!(diagnostics.len(), 1, "{text}: {diagnostics:?}");
    let help = diagnostics[0].help.clone().unwrap();
    let example = help.rsplit('`').nth(1).unwrap().to_owned();
    (diagnostics[0].message.clone(), example)
}

/// Whether a text has nothing that is reported, but that it is a fragment in which not everything is
/// used.
fn is_accepted(text: &str) -> bool {
    let diagnostics = lang::read(text).diagnostics;
    diagnostics.iter().all(|own| own.code == "unused")
}

fn files() -> Vec<PathBuf> {
    files_of("tests/faults")
}

fn files_of(directory: &str) -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory);
    let mut files: Vec<PathBuf> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

fn code(file: &Path) -> String {
    file.file_stem().unwrap().to_str().unwrap().to_owned()
}

/// Everything that reading the text reports, one per line.
fn report(text: &str) -> Vec<String> {
    lang::read(text)
        .diagnostics
        .iter()
        .map(|diagnostic| {
            let help = diagnostic.help.as_deref().unwrap();
            assert!(!help.is_empty());
            let meant = help
                .strip_prefix("did you mean")
                .map(|name| format!(" →{name}"));
            let severity = if diagnostic.is_error() {
                "error"
            } else {
                "warning"
            };
            let place = text
                .get(diagnostic.span().range())
                .unwrap()
                .replace('\n', "⏎");
            let (code, message) = (diagnostic.code, &diagnostic.message);
            format!(
                "{severity} {code}: {message} @ {place}{}",
                meant.unwrap_or_default()
            )
        })
        .collect()
}

#[test]
fn each_fault_is_reported_as_its_file_says_and_nothing_else() {
    let mut wrong = String::new();
    for file in files() {
        let text = fs::read_to_string(&file).unwrap();
        let expected: Vec<&str> = text
            .lines()
            .map_while(|line| line.strip_prefix("// "))
            .collect();
        let found = report(&text);
        if found != expected {
            wrong += &format!("{}\n  // {}\n", code(&file), found.join("\n  // "));
        }
    }
    assert!(wrong.is_empty(), "these files say something else:\n{wrong}");
}

#[test]
fn each_file_reports_the_code_it_is_named_after() {
    for file in files() {
        let text = fs::read_to_string(&file).unwrap();
        let reading = lang::read(&text);
        let code = code(&file);
        assert!(reading.diagnostics.iter().any(|d| d.code == code), "{code}");
    }
}

/// Texts beside the files, each with what is to be mended in it.
const MENDED: &[(&str, &str)] = &[
    (
        "platform p { device d dma=\"true\" }",
        "platform p { device d dma=#true }",
    ),
    ("subject a { run “prog” }", "subject a { run \"prog\" }"),
    ("platform p { cores ‘2’ }", "platform p { cores 2 }"),
    ("-- a comment", "// a comment"),
    ("subject (kind)a", "subject a"),
    ("subject a; ;", "subject a; "),
    ("# a comment", "// a comment"),
    ("zone z sl-t=1 { a \"b,c\" }", "zone z sl-t=1 { a b c }"),
    ("zone z sl-t=1 { a, b; }", "zone z sl-t=1 { a b; }"),
    (
        "subject pump; subject a; subject b; channel a -> pmup event; channel b -> pmup event",
        "subject pump; subject a; subject b; channel a -> pump event; channel b -> pump event",
    ),
    (
        "subject a; subject b; channel a->b event",
        "subject a; subject b; channel a -> b event",
    ),
    ("keep signals=true", "keep signals=#true"),
];

#[test]
fn each_fix_mends_what_it_is_about() {
    let files = files()
        .into_iter()
        .map(|file| (code(&file), fs::read_to_string(&file).unwrap(), None));
    let texts = MENDED.iter().map(|(text, mended)| {
        let whole = |text: &str| format!("bulkhead 1\nsystem s {{\n{text}\n}}\n");
        ((*text).to_owned(), whole(text), Some(whole(mended)))
    });
    let mut fixed = BTreeSet::new();
    let mut wrong = String::new();
    for (name, text, expected) in files.chain(texts) {
        let all = lang::read(&text).diagnostics;
        let mut seen = Vec::new();
        for own in all.iter().filter(|own| !own.fix.is_empty()) {
            let mended = source::edited(&text, &own.fix).unwrap();
            let left = lang::read(&mended).diagnostics;
            let same =
                |one: &&source::Diagnostic| (one.code, &one.message) == (own.code, &own.message);
            if left.iter().filter(same).count() >= all.iter().filter(same).count() {
                wrong += &format!("{name}: {own:?}\n{left:?}\n");
            }
            fixed.insert(own.code);
            seen.push(mended);
        }
        if expected.is_some_and(|expected| !seen.contains(&expected)) {
            wrong += &format!("{name}: {seen:?}\n{all:?}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    let expected = [
        "bad-arrow",
        "bad-name",
        "kdl-bare-keyword",
        "kdl-empty-node",
        "kdl-hash-comment",
        "missing-version",
        "out-of-bounds",
        "unexpected-annotation",
        "unknown-choice",
        "unknown-label",
        "unknown-name",
        "unknown-port",
        "unknown-property",
        "unknown-word",
        "unqualified-criticality",
        "wrong-value",
    ];
    assert_eq!(fixed.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn each_code_has_a_file_and_each_file_a_code() {
    let named: BTreeSet<String> = files().iter().map(|file| code(file)).collect();
    let known: BTreeSet<String> = lang::codes().map(String::from).collect();
    assert_eq!(named, known);
}

/// A right example reports nothing at all, so neither an error nor the code that it is named after.
#[test]
fn every_code_has_a_right_example() {
    let right = files_of("tests/right");
    let names = |files: &[PathBuf]| -> BTreeSet<String> {
        files
            .iter()
            .map(|file| file.file_name().unwrap().to_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(&right), names(&files()));
    let mut wrong = String::new();
    for file in right {
        let found = report(&fs::read_to_string(&file).unwrap());
        if !found.is_empty() {
            wrong += &format!("{}\n  {}\n", code(&file), found.join("\n  "));
        }
    }
    assert!(
        wrong.is_empty(),
        "these right examples are reported:\n{wrong}"
    );
}

#[test]
fn a_name_that_nothing_declares_is_one_mistake_with_several_places() {
    let text = "bulkhead 1\nsystem s {\n  subject a; subject b\n  require r { never from=x to=b }\n\
                channel a -> x sampling\n  channel x -> b sampling\n}\n";
    assert_eq!(
        report(text),
        ["error unknown-name: there is no subject `x` @ x"]
    );
    let reading = lang::read(text);
    let labels = &reading.diagnostics.first().unwrap().labels;
    let mut places: Vec<u32> = labels.iter().map(|label| label.span.start).collect();
    assert_eq!(places.len(), 3);
    assert!(
        text.find("from=x").unwrap() + 5 == places.remove(0) as usize,
        "the first is the main one"
    );
}

#[test]
fn faults_of_the_syntax_do_not_hide_those_of_other_lines() {
    let text =
        "bulkhead 1\nsystem s {\n  subject a { memory 16MiB; }\n  channel a -> x sampling\n}\n";
    let codes: Vec<&str> = lang::read(text)
        .diagnostics
        .iter()
        .map(|d| d.code)
        .collect();
    assert_eq!(codes, ["kdl-bad-number", "unknown-name"]);
    let shattered = "bulkhead 1\nsystem s {\n  subject a {\n  channel a -> x sampling\n}\n";
    let codes: Vec<&str> = lang::read(shattered)
        .diagnostics
        .iter()
        .map(|d| d.code)
        .collect();
    assert_eq!(codes, ["kdl-unclosed-block"]);
}

#[test]
fn labels_that_could_not_be_read_are_not_unknown_and_others_are() {
    let codes = |labels: &str| -> Vec<String> {
        report(&format!(
            "bulkhead 1\nsystem s {{\n  labels {{ {labels} }}\n  subject a secrecy=low\n  \
             subject b secrecy=high\n  subject c secrecy=hihg\n}}\n"
        ))
    };
    let unknown = "error unknown-label: there is no secrecy label `hihg` @ hihg → `high`?";
    let twice = "error repeated-word: `secrecy` is written twice here @ secrecy";
    assert_eq!(codes("secrecy low high"), [unknown]);
    assert_eq!(
        codes("secrecy low mid high; secrecy high low"),
        [twice, unknown]
    );
    let found = codes("secrecy low; secrecy low high");
    assert_eq!(
        found,
        [
            twice,
            "error unknown-label: there is no secrecy label `hihg` @ hihg"
        ]
    );
    let cycle = "error label-cycle: label `high` would lie above itself by way of `low` @ high";
    assert_eq!(
        codes("secrecy { low above=high; high above=low }"),
        [cycle, unknown]
    );
    let word = "error unknown-word: `secercy` has no meaning in `labels` @ secercy → `secrecy`?";
    assert_eq!(codes("secercy low high"), [word]);
}

#[test]
fn the_example_in_the_help_for_a_measure_is_accepted() {
    let text = |line: &str| format!("bulkhead 1\nsystem s {{ subject a {{ {line} }} }}\n");
    let number = "it does not begin with a number such as `12` or `1.5`";
    for (word, kind, good, bad) in [
        (
            "memory ",
            "size",
            ["\"16MiB\"", "\"16 MiB\"", "\"1.5MiB\""],
            [
                (
                    "\"16MB\"",
                    "`MB` is read both as a power of 1000 and of 1024, so it is refused",
                ),
                ("\"16 TiB\"", "its unit `TiB` is not known"),
                ("\"16\"", "it has no unit"),
                ("16", "it has no unit"),
                (
                    "\"0B\"",
                    "it must be more than nothing and at most 1024 GiB",
                ),
                (
                    "\"-1MiB\"",
                    "it must be more than nothing and at most 1024 GiB",
                ),
                (
                    "\"2000GiB\"",
                    "it must be more than nothing and at most 1024 GiB",
                ),
                ("\"0.1B\"", "it must come out as a whole number of bytes"),
                ("lots", number),
                ("\"\"", number),
            ],
        ),
        (
            "heartbeat within=",
            "duration",
            ["\"5s\"", "\"5 s\"", "\"1.5s\""],
            [
                ("\"5 sec\"", "its unit `sec` is not known"),
                ("\"1,5s\"", "its unit `,5s` is not known"),
                ("\"5\"", "it has no unit"),
                ("5", "it has no unit"),
                (
                    "\"0s\"",
                    "it must be more than nothing and at most ten years",
                ),
                (
                    "\"-1s\"",
                    "it must be more than nothing and at most ten years",
                ),
                (
                    "\"4000d\"",
                    "it must be more than nothing and at most ten years",
                ),
                (
                    "\"5ns\"",
                    "it must come out as a whole number of milliseconds",
                ),
                ("soon", number),
                ("\".5s\"", number),
            ],
        ),
    ] {
        for value in good {
            assert!(is_accepted(&text(&format!("{word}{value}"))), "{value}");
        }
        for (value, why) in bad {
            let (message, example) = advice(&text(&format!("{word}{value}")));
            let shown = value.trim_matches('"');
            assert_eq!(message, format!("`{shown}` is not a {kind}: {why}"));
            assert!(is_accepted(&text(&format!("{word}{example}"))), "{example}");
        }
    }
}

#[test]
fn the_example_in_the_help_for_a_number_is_accepted() {
    let zone =
        |text: &str| format!("bulkhead 1\nsystem s {{ subject a; zone z {text} {{ a }} }}\n");
    for (value, nearest) in [
        ("5", 4),
        ("-1", 0),
        ("2.5", 2),
        ("\"3\"", 3),
        ("high", 2),
        ("SL3", 2),
        ("\"2 2 1\"", 2),
        ("\"2,2,1,0,3,1,1\"", 2),
        ("#true", 2),
        ("1e99", 2),
    ] {
        let (message, example) = advice(&zone(&format!("sl-t={value}")));
        assert_eq!(
            message,
            format!("`{value}` is not a whole number from 0 to 4")
        );
        assert_eq!(example, format!("sl-t={nearest}"));
        assert!(is_accepted(&zone(&example)), "{example}");
    }
    let vector = advice(&zone("sl-t=2 2"));
    assert_eq!(vector.1, "zone NAME sl-t=0|1|2|3|4 [in=ZONE] { NODE … }");
    let cores =
        |value: &str| format!("bulkhead 1\nsystem s {{ platform p {{ cores {value} }} }}\n");
    for value in ["0", "\"4\"", "many", "5000"] {
        let (_, example) = advice(&cores(value));
        assert!(is_accepted(&cores(&example)), "{example}");
    }
}

#[test]
fn a_word_of_the_block_that_is_written_as_a_property_is_told_where_it_stands() {
    let text = "bulkhead 1\nsystem s { subject a memory=\"16MiB\" }\n";
    let (message, example) = advice(text);
    assert_eq!(message, "`subject` has no property `memory`");
    assert_eq!(example, "subject … { memory … }");
    let within =
        lang::read("bulkhead 1\nsystem s { subject a { memory=\"16MiB\" } }\n").diagnostics;
    assert_eq!(within.len(), 1);
    let help = within[0].help.as_deref().unwrap();
    assert!(
        help.starts_with("leave it out if the value belongs to the node itself"),
        "{help}"
    );
}

#[test]
fn a_capability_is_compared_with_what_the_platforms_state_and_with_nothing_else() {
    let text = |qualified: &str| {
        format!(
            "bulkhead 1\nsystem s {{ subject a criticality=SIL3; platform p {{ {qualified} }} }}\n"
        )
    };
    assert!(is_accepted(&text("")));
    assert!(is_accepted(&text("qualified SIL3")));
    let help = lang::read(&text("qualified SIL2 ASIL-B")).diagnostics[0]
        .help
        .clone();
    let help = help.unwrap();
    assert!(
        help.contains("are `qualified` for `ASIL-B`, `SIL2`: write one of these"),
        "{help}"
    );
}

#[test]
fn a_version_that_does_not_come_first_is_one_mistake() {
    let missing = "error missing-version: the text does not begin with the language version";
    let found = report("system s { subject a; }\nbulkhead 1\n");
    assert_eq!(found, [format!("{missing} @ system")]);
    let found = lang::read("1x\nbulkhead 1\nsystem s { subject a; }\n").diagnostics;
    let codes: Vec<&str> = found.iter().map(|own| own.code).collect();
    assert_eq!(codes, ["kdl-bad-number"]);
}

#[test]
fn names_separated_by_other_than_spaces_are_one_mistake_and_are_read_as_they_are_meant() {
    let separated = |text: &str, word: &str, meant: &str| {
        let diagnostics = lang::read(text).diagnostics;
        assert_eq!(diagnostics.len(), 1, "{text}: {diagnostics:#?}");
        let (found, help) = (&diagnostics[0], diagnostics[0].help.as_deref().unwrap());
        assert_eq!(
            found.message,
            format!("`{word}` cannot be a name"),
            "{text}"
        );
        let place = text.get(found.span().range()).unwrap();
        assert_eq!(place.trim_matches('"'), word, "{text}");
        let wanted = format!("did you mean `{meant}`? names are separated by spaces alone");
        assert_eq!(help, wanted, "{text}");
        found.labels.len()
    };
    let system = |head: &str, line: &str| {
        format!(
            "bulkhead 1\nsystem s {{\n  labels {{ {head} }}\n  data x; data y\n  platform p\n  \
             subject a integrity=internet; subject b integrity=process; external e integrity=process; \
             external f integrity=process\n  {line}\n}}\n"
        )
    };
    let good = "integrity internet process";
    assert!(is_accepted(&system(good, "")));
    for (head, word, meant) in [
        ("integrity internet, process", "internet,", "internet"),
        ("integrity internet process,", "process,", "process"),
        (
            "integrity internet,process",
            "internet,process",
            "internet process",
        ),
        ("integrity \"internet;\" process", "internet;", "internet"),
        ("integrity internet ,process", ",process", "process"),
        (
            "integrity { internet,; process above=\"internet\" }",
            "internet,",
            "internet",
        ),
    ] {
        assert_eq!(separated(&system(head, ""), word, meant), 1);
    }
    for line in [
        "deploy p { a, b }",
        "deploy p { a,; b }",
        "deploy p { all a, }",
        "zone z sl-t=1 { a, b }",
        "require r { never from=\"a, b\" to=e }",
        "require r { never { from a, b; to e } }",
        "require r { never { from b; to a, e } }",
        "require r { never from=\"a,\" to=e }",
        "require r { never from=a, to=e }",
        "require r { if-lost a, { keep from=b to=e } }",
        "require r { if-lost f { keep from=a, to=e } }",
        "assume r \"relay\" { does-not-relay e, f }",
        "object o integrity=process { holds x, y }",
        "subject a, integrity=process",
        "subject c integrity=process { port o out data=\"x, y\" }",
        "subject c integrity=process { port o, out }; channel c.o -> a sampling",
        "subject c integrity=process { port o out }; channel c.o, -> a sampling",
        "channel a -> b, sampling",
        "channel a, -> b sampling",
        "grant a <-> e, tcp=\"192.0.2.1:80\"",
        "subject c integrity=process, criticality=low",
        "domain d integrity=process; subject c in=d,",
    ] {
        let text = system(good, line);
        let diagnostics = lang::read(&text).diagnostics;
        let bad: Vec<_> = diagnostics
            .iter()
            .filter(|d| d.code == "bad-name")
            .collect();
        assert_eq!(bad.len(), 1, "{line}: {diagnostics:#?}");
        assert!(bad[0].message.contains(",`"), "{line}: {diagnostics:#?}");
        let unknown = |code: &str| code.starts_with("unknown-") || code.starts_with("missing-");
        let follows = diagnostics.iter().any(|d| unknown(d.code));
        assert!(!follows, "{line}: {diagnostics:#?}");
    }
    let several = "deploy p { a, b, }";
    assert_eq!(separated(&system(good, several), "a,", "a"), 2);
    let alone = lang::read(&system(good, "deploy p { a , b }")).diagnostics;
    assert_eq!(alone.len(), 1, "{alone:?}");
    let help = alone[0].help.as_deref().unwrap();
    assert!(help.starts_with("leave it out"), "{help}");
}

#[test]
fn other_quotes_than_plain_ones_are_one_mistake_and_the_help_writes_them_plainly() {
    let text = |line: &str| {
        format!(
            "bulkhead 1\nsystem s {{\n  subject a; external e; object o; platform p\n  {line}\n}}\n"
        )
    };
    for (line, written, plain) in [
        ("subject b { run “probe” }", "“probe”", "probe"),
        ("subject b { run 'probe' }", "'probe'", "probe"),
        ("subject b { run ‘probe’ }", "‘probe’", "probe"),
        ("subject b { run “my probe” }", "“my probe”", "my probe"),
        (
            "subject b { run „my own probe“ }",
            "„my own probe“",
            "my own probe",
        ),
        ("subject b { run probe” }", "probe”", "probe"),
        ("subject b { memory “16MiB” }", "“16MiB”", "16MiB"),
        ("subject b { memory “16 MiB” }", "“16 MiB”", "16 MiB"),
        ("subject b { heartbeat within=“500ms” }", "“500ms”", "500ms"),
        ("subject b { set host=“plc” }", "“plc”", "plc"),
        ("subject “b”; channel a -> b sampling", "“b”", "b"),
        ("subject b; channel a -> “b” sampling", "“b”", "b"),
        (
            "platform q { device d dma=“true” }; deploy p { all }",
            "“true”",
            "true",
        ),
        (
            "grant a <-> e tcp=“192.0.2.1:80”",
            "“192.0.2.1:80”",
            "192.0.2.1:80",
        ),
        ("grant a <- o file=«log»", "«log»", "log"),
        ("require r { never from=“a” to=e }", "“a”", "a"),
        ("assume b “it is so”", "“it is so”", "it is so"),
    ] {
        let text = text(line);
        let diagnostics = lang::read(&text).diagnostics;
        assert_eq!(diagnostics.len(), 1, "{line}: {diagnostics:#?}");
        let found = &diagnostics[0];
        assert_eq!(found.code, "wrong-value");
        assert_eq!(
            found.message,
            format!("text in plain `\"` is meant here, not `{written}`")
        );
        assert_eq!(text.get(found.span().range()), Some(written));
        let help = format!("write plain quotes: `\"{plain}\"`");
        assert_eq!(found.help.as_deref(), Some(help.as_str()));
    }
    let (message, example) = advice(&text("zone z sl-t=“3” { a e o }"));
    assert_eq!(message, "text in plain `\"` is meant here, not `“3”`");
    assert_eq!(example, "3");
    for line in [
        "deploy p { “a” }",
        "zone z sl-t=3 { ‘a’ e o }",
        "subject \"“b”\"; channel a -> b event",
    ] {
        let diagnostics = lang::read(&text(line)).diagnostics;
        assert_eq!(diagnostics.len(), 1, "{line}: {diagnostics:#?}");
        assert_eq!(diagnostics[0].code, "bad-name");
        let help = diagnostics[0].help.as_deref().unwrap();
        assert!(help.ends_with("a name needs no quotes"), "{help}");
    }
    for line in [
        "assume b \"“it” is so’\"",
        "subject b { set owner=\"the operators’\" }",
        "assume operators \"it's so\"",
    ] {
        assert!(is_accepted(&text(line)), "{line}");
    }
}

#[test]
fn a_version_in_quotes_is_told_that_the_quotes_are_wrong_and_the_text_is_read() {
    let text = |version: &str| {
        format!("bulkhead {version}\nsystem s {{ subject a; subject b {{ memory 5 }} }}\n")
    };
    let diagnostics = lang::read(&text("\"1\"")).diagnostics;
    let codes: Vec<&str> = diagnostics.iter().map(|own| own.code).collect();
    assert_eq!(codes, ["unsupported-version", "bad-size"]);
    assert!(diagnostics[0].message.starts_with("`\"1\"` is not"));
    let help = diagnostics[0].help.as_deref().unwrap();
    assert!(
        help.contains("without quotes: write `bulkhead 1`"),
        "{help}"
    );
    for (version, shown) in [("2", "2"), ("\"2\"", "\"2\""), ("v1", "v1"), ("1.5", "1.5")] {
        let (message, example) = advice(&text(version));
        assert_eq!(
            message,
            format!("`{shown}` is not a language version this tool reads")
        );
        assert_eq!(example, "bulkhead 1");
    }
    let codes: Vec<&str> = lang::read(&text("“1”"))
        .diagnostics
        .iter()
        .map(|own| own.code)
        .collect();
    assert_eq!(codes, ["wrong-value", "bad-size"]);
}

#[test]
fn the_likely_mistake_is_named_first() {
    let first = |line: &str| {
        let text =
            format!("bulkhead 1\nsystem s {{\n  subject a; subject b; external e\n  {line}\n}}\n");
        let diagnostics = lang::read(&text).diagnostics;
        let found = &diagnostics[0];
        let help = found.help.clone().unwrap();
        (diagnostics.len(), found.code, found.message.clone(), help)
    };
    for (line, code, words) in [
        (
            "# a comment { with \"all",
            "kdl-hash-comment",
            "begin with `//`",
        ),
        ("#comment", "kdl-hash-comment", "begin with `//`"),
        (
            "channel a -> b sampling # why",
            "kdl-hash-comment",
            "begin with `//`",
        ),
        ("-- a comment", "unknown-word", "begins with `//`"),
        ("% a comment", "unknown-word", "begins with `//`"),
        ("' a comment", "unknown-word", "begins with `//`"),
        ("<!-- a comment -->", "unknown-word", "begins with `//`"),
        ("REM a comment", "unknown-word", "begins with `//`"),
        ("; a comment", "kdl-empty-node", "begins with `//`"),
        (
            "channel a -> b sampling /* open",
            "kdl-unterminated-comment",
            "close it with `*/`",
        ),
        (
            "channel a->b sampling",
            "bad-arrow",
            "did you mean `a -> b`?",
        ),
        (
            "channel a<-b sampling",
            "bad-arrow",
            "did you mean `a <- b`?",
        ),
        (
            "channel a<->b sampling",
            "bad-arrow",
            "did you mean `a <-> b`?",
        ),
        (
            "channel a ->b sampling",
            "bad-arrow",
            "did you mean `a -> b`?",
        ),
        (
            "channel a-> b sampling",
            "bad-arrow",
            "did you mean `a -> b`?",
        ),
        (
            "channel a => b sampling",
            "bad-arrow",
            "did you mean `a -> b`?",
        ),
        (
            "channel a=>b sampling",
            "bad-arrow",
            "did you mean `a -> b`?",
        ),
        (
            "channel a --> b sampling",
            "bad-arrow",
            "did you mean `->`?",
        ),
        (
            "channel a - > b sampling",
            "bad-arrow",
            "did you mean `a -> b`?",
        ),
        ("channel a → b sampling", "bad-arrow", "did you mean `->`?"),
        (
            "grant a<->e tcp=\"127.0.0.1:1\"",
            "bad-arrow",
            "did you mean `a <-> e`?",
        ),
        (
            "grant a <=> e tcp=\"127.0.0.1:1\"",
            "bad-arrow",
            "did you mean `a <-> e`?",
        ),
        (
            "grant a ↔ e tcp=\"127.0.0.1:1\"",
            "bad-arrow",
            "did you mean `<->`?",
        ),
        (
            "subject größe",
            "bad-name",
            "`ö` is a letter beyond `a` to `z`",
        ),
        ("subject c:", "bad-name", "did you mean `c`?"),
        ("subject c/d", "kdl-unexpected-character", "quotes"),
        ("subject -c", "bad-name", "it begins with `-`"),
        ("subjct c", "unknown-word", "did you mean `subject`?"),
        ("Subject c", "unknown-word", "did you mean `subject`?"),
        ("subject: c", "unknown-word", "did you mean `subject`?"),
    ] {
        let (count, found, message, help) = first(line);
        assert_eq!((found, count), (code, 1), "{line}: {message}: {help}");
        assert!(help.contains(words), "{line}: {help}");
    }
}

#[test]
fn what_a_misspelt_word_would_have_declared_is_not_missed() {
    let text = "bulkhead 1\nsystem s {\n  channel a -> b sampling\n  require r { never from=a to=b }\n  \
                subjct a { run x }\n  subject b\n  channel b -> z sampling\n}\n";
    assert_eq!(
        report(text),
        [
            "error unknown-word: `subjct` has no meaning in `system` @ subjct → `subject`?",
            "error unknown-name: there is no subject `z` @ z",
        ]
    );
}

#[test]
fn a_missing_brace_is_reported_at_its_block_and_not_at_the_system() {
    let text = "bulkhead 1\nsystem s {\n  subject a {\n    port x out\n  subject b\n  channel a.x -> b sampling\n}\n";
    let diagnostics = lang::read(text).diagnostics;
    let line = |at: u32| text[..at as usize].matches('\n').count() + 1;
    let places: Vec<usize> = diagnostics[0]
        .labels
        .iter()
        .map(|own| line(own.span.start))
        .collect();
    assert_eq!(
        (diagnostics.len(), diagnostics[0].code),
        (1, "kdl-unclosed-block")
    );
    assert_eq!(places, [3, 5]);
}

/// So many zones, each inside the one before, or around it.
fn nested(count: usize, around: bool) -> String {
    let zone = |own: usize| {
        let other = if around { own + 1 } else { own.wrapping_sub(1) };
        let inside = (other < count).then(|| format!(" in=z{other}"));
        let inside = inside.unwrap_or_default();
        let inner = own == if around { 0 } else { count - 1 };
        let members = if inner { "a" } else { "" };
        format!("  zone z{own} sl-t=1{inside} {{ {members} }}\n")
    };
    let zones: String = (0..count).map(zone).collect();
    format!("bulkhead 1\nsystem s {{\n  subject a {{ run x }}\n{zones}}}\n")
}

#[test]
fn zones_lie_inside_each_other_to_a_bound() {
    for around in [false, true] {
        assert_eq!(report(&nested(32, around)), [""; 0]);
        // In quadratic time the long one takes minutes.
        for count in [33, 60_000] {
            let found = lang::read(&nested(count, around)).diagnostics;
            let errors: Vec<_> = found.iter().filter(|own| own.is_error()).collect();
            assert_eq!(errors.len(), 1, "{found:?}");
            let message = "there are more than 32 zones inside each other";
            assert_eq!(errors[0].message, message);
        }
    }
}

#[test]
fn zones_that_list_one_node_are_bounded() {
    let zones = |count: usize| {
        let zone = |own| format!("  zone z{own} sl-t=1 {{ a }}\n");
        let zones: String = (0..count).map(zone).collect();
        report(&format!(
            "bulkhead 1\nsystem s {{\n  subject a {{ run x }}\n{zones}}}\n"
        ))
    };
    assert_eq!(zones(32), [""; 0]);
    let message = "error too-many: there are more than 32 zones of one node @ a";
    assert_eq!(zones(33), [message]);
    assert_eq!(zones(60_000)[0], message);
}

#[test]
fn a_long_circle_of_zones_is_one_circle() {
    let count = 60_000;
    let zone = |own: usize| {
        let other = (own + 1) % count;
        format!("  zone z{own} sl-t=1 in=z{other} {{ }}\n")
    };
    let zones: String = (0..count).map(zone).collect();
    let found = report(&format!("bulkhead 1\nsystem s {{\n{zones}}}\n"));
    assert_eq!(
        found.last().map(String::as_str),
        Some("error zone-cycle: zone `z59999` would lie inside itself @ z0"),
    );
}
