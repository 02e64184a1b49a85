//! What is said about verdicts that do not hold: in full sentences, with place and remedy.

use app::check::{check, check_without};
use app::explain;
use app::model_file::ModelFile;
use std::path::Path;

/// Message and help of each verdict that does not hold.
fn said(text: &str, without: &[&str]) -> Vec<(String, String)> {
    let file = ModelFile::of_text(Path::new("system.kdl"), text.to_owned());
    assert!(file.is_usable(), "{:?}", file.diagnostics);
    let without: Vec<String> = without.iter().map(|own| (*own).to_owned()).collect();
    let checked = check_without(&file, &without).unwrap_or_else(|_| check(&file));
    let said = explain::verdicts(&file, &checked).into_iter();
    said.map(|own| (own.message, own.help.unwrap_or_default()))
        .collect()
}

#[test]
fn every_kind_of_verdict_is_explained() {
    let text = r#"bulkhead 1
system m {
  labels { integrity bad good; secrecy low high }
  data c secrecy=high
  subject integrity integrity=bad secrecy=low
  subject g {
    port integrity in integrity=bad secrecy=low
    port w out integrity=good secrecy=low
    trusted { pass from=integrity to=w }
  }
  subject w integrity=good secrecy=low { holds c }
  channel integrity -> g sampling
  channel g -> w sampling
  subject a secrecy=low integrity=good
  subject b secrecy=low integrity=bad { port a in max-age="300ms" on-stale=hold }
  channel a -> b sampling
  require r { fresh port=b.a max="200ms" reaction=stop }
  require s { if-lost g { keep from=integrity to=w } }
  require t { latency from=a to=b max="1s" }
  require u { never from=a to=b }
  subject z secrecy=low integrity=bad criticality=SIL2
}
"#;
    let expected = [
        (
            "`r` is violated: data at b.a is stale from 300 ms on (hold), required is 200 ms at \
             most (stop)",
            "state at the port what is required",
        ),
        (
            "`s` is violated: with g lost, nothing with content flows from integrity to w",
            "draw another way between the ends",
        ),
        (
            "`t` is unknown: latency is not computed by this version",
            "take the claim out, or show it by other means; unknown is never taken for yes",
        ),
        (
            "`u` is violated: a › b",
            "it holds without `channel a -> b`; or let every path pass a mediator and name it \
             in `except-through`",
        ),
        (
            "`labels.integrity` is violated: within g, in:g.integrity => out:g.w carries `bad` to \
             `good`",
            "write `raise=integrity` on this pass if `g` sees to that, or change a label",
        ),
        (
            "`class.c` is violated: c originates in w, where secrecy is too low",
            "change a label, or let the class originate elsewhere",
        ),
        (
            "`criticality.z` is unknown: platform `local` is not qualified for `SIL2`; nothing \
             vouches that a subject of this capability can rely on it",
            "write `qualified \"SIL2\"` on the platform if that is shown elsewhere, or take \
             `criticality` away; unknown is never taken for yes",
        ),
    ];
    let expected = expected.map(|(message, help)| (message.to_owned(), help.to_owned()));
    assert_eq!(said(text, &[]), expected);
}

#[test]
fn a_verdict_about_labels_points_at_the_pass_and_not_at_a_namesake() {
    let text = r#"bulkhead 1
system m {
  labels { integrity bad good }
  subject integrity integrity=bad
  subject w integrity=good
  channel integrity -> w sampling
}
"#;
    let file = ModelFile::of_text(Path::new("system.kdl"), text.to_owned());
    let diagnostics = explain::verdicts(&file, &check(&file));
    let places: Vec<&str> = diagnostics
        .iter()
        .map(|own| file.source.slice(own.span()))
        .collect();
    assert_eq!(places, ["channel integrity -> w sampling"]);
}

/// Help for each requirement of a system of four subjects that violates them all.
#[test]
fn a_remedy_speaks_the_language_of_the_text() {
    let text = r#"bulkhead 1
system m {
  data secret
  external net
  external other
  subject sensor { holds secret }
  subject guard
  subject display
  subject logger
  channel sensor -> display sampling
  channel sensor -> guard sampling
  channel guard -> display sampling
  channel sensor -> logger sampling
  channel logger -> display queuing depth=4 overflow=credit
  grant display.up -> net udp-out="192.0.2.1:80"
  grant guard <-> other tcp="192.0.2.1:81"
  grant logger.down <- other udp-in="192.0.2.1:82"
  require a { never data=secret to=display except-through=sensor }
  require b { never from=sensor to=net except-through="guard logger" }
  require c { never from=guard to=logger }
  require d { never data=secret from=logger to=net }
  require e { never from=display to=logger }
  require f { never from=sensor to=net }
  require g { never from=sensor to=net except-through=guard then=logger }
}
"#;
    let helps: Vec<(String, String)> = said(text, &[]);
    let help = |id: &str| {
        let found = helps
            .iter()
            .find(|(message, _)| message.starts_with(&format!("`{id}` is")));
        found.map_or("", |(_, help)| help.as_str())
    };
    let mediator = "let every path pass a mediator and name it in `except-through`";
    assert_eq!(
        help("a"),
        format!(
            "`sensor` is an end of this path and excuses only paths on which it lies between; \
             no one or two removals are enough: remove flows until no such path is left; or {mediator}; \
             or let a trusted subject end the class on every path"
        )
    );
    assert_eq!(
        help("b"),
        "it holds without `channel sensor -> display`, or without `grant display.up -> net`; or let \
         every path pass `guard` or `logger`"
    );
    assert_eq!(
        help("c"),
        format!(
            "it holds without `channel guard -> display` and `grant guard <-> other`, or without \
             `channel guard -> display` and `grant logger.down <- other`, or without `channel logger -> \
             display` and `grant guard <-> other` (or 3 others); or {mediator}"
        )
    );
    assert_eq!(
        help("d"),
        format!(
            "it holds without `channel logger -> display`, or without `grant display.up -> net`; or \
             {mediator}; or let a trusted subject end the class on every path"
        )
    );
    assert_eq!(
        help("e"),
        format!(
            "it holds without `channel logger -> display`, or without the credit of `channel logger \
             -> display`; a queue gives no credit with `overflow=drop-oldest`; or {mediator}"
        )
    );
    assert_eq!(
        help("f"),
        format!("it holds without `grant display.up -> net`; or {mediator}")
    );
    assert_eq!(
        help("g"),
        "it holds without `grant display.up -> net`; or let \
         every path pass `guard`, then `logger`"
    );
}

#[test]
fn of_a_long_path_and_many_proposals_the_first_and_last_are_said() {
    let subjects: String = (0..200).map(|own| format!("  subject s{own}\n")).collect();
    let channel = |own: usize| format!("  channel s{own} -> s{} sampling\n", own + 1);
    let channels: String = (0..199).map(channel).collect();
    let text = format!(
        "bulkhead 1\nsystem m {{\n{subjects}{channels}  require r {{ never from=s0 to=s199 }}\n}}\n"
    );
    let file = ModelFile::of_text(Path::new("system.kdl"), text);
    let checked = check(&file);
    let said = explain::verdicts(&file, &checked).remove(0);
    assert_eq!(
        said.message,
        "`r` is violated: s0 › s1 › s2 › s3 › s4 › s5 › s6 › s7 › … 188 more … › s196 › s197 › s198 › s199"
    );
    let help = said.help.unwrap_or_default();
    assert!(
        help.contains("`channel s10 -> s11` (or at least 13 others)"),
        "{help}"
    );
    assert_eq!(said.labels.len(), 1 + 12);
}

#[test]
fn never_does_not_follow_the_supplier_of_a_program_and_the_survey_names_it() {
    let text = r#"bulkhead 1
system m {
  external vendor
  subject guard {
    run "guard" from=vendor
    trusted { because "passes nothing" }
  }
  subject plain { run "plain" from=vendor }
  require r { never from=vendor { to guard plain } }
}
"#;
    assert_eq!(said(text, &[]), []);
    let file = ModelFile::of_text(Path::new("system.kdl"), text.to_owned());
    let trusted = check(&file).survey.trusted;
    assert_eq!(trusted.len(), 1, "only trusted subjects are listed");
    let guard = &trusted[0];
    assert_eq!(guard.code_from.as_deref(), Some("vendor"));
    assert_eq!(guard.code_influence.nodes, ["vendor"]);
}

#[test]
fn what_happens_within_one_node_is_shown_where_it_was_drawn() {
    let text = r#"bulkhead 1
system m {
  labels { secrecy low high }
  data c secrecy=high
  subject a secrecy=high { port low out secrecy=low }
  subject b secrecy=low { port x out data=c }
}
"#;
    let file = ModelFile::of_text(Path::new("system.kdl"), text.to_owned());
    assert!(file.is_usable(), "{:?}", file.diagnostics);
    let said = explain::verdicts(&file, &check(&file)).into_iter();
    let labels = said.flat_map(|own| own.labels);
    let places: Vec<&str> = labels.map(|own| file.source.slice(own.span)).collect();
    assert_eq!(
        places,
        [
            "port low out secrecy=low",
            "data c secrecy=high",
            "port x out data=c"
        ]
    );
}

#[test]
fn of_many_flows_that_break_labels_five_are_shown_and_all_are_counted() {
    let reader = |own: usize| {
        format!("  subject r{own} secrecy=low\n  channel a.o{own} -> r{own} sampling\n")
    };
    let port = |own: usize| format!(" port o{own} out;");
    let text = |readers: usize| {
        let ports: String = (0..readers).map(port).collect();
        let readers: String = (0..readers).map(reader).collect();
        format!(
            "bulkhead 1\nsystem m {{\n  labels {{ secrecy low high }}\n  subject a secrecy=high \
             {{{ports} }}\n{readers}}}\n"
        )
    };
    for (readers, message, help) in [
        (1, "", ""),
        (2, "; 1 other flow breaks the labels", ""),
        (5, "; 4 other flows break the labels", ""),
        (
            25,
            "; 24 other flows break the labels",
            "; 20 more of the flows are in the answer for machines",
        ),
    ] {
        let file = ModelFile::of_text(Path::new("system.kdl"), text(readers));
        let checked = check(&file);
        let said = explain::verdicts(&file, &checked).remove(0);
        let first = "`labels.secrecy` is violated: a › r0 carries `high` to `low`";
        assert_eq!(said.message, format!("{first}{message}"));
        let other = "change a label, or let a trusted subject pass it and say what it changes";
        assert_eq!(said.help, Some(format!("{other}{help}")));
        assert_eq!(said.labels.len(), readers.min(5));
        let json = serde_json::to_value(app::documents::check(&file, &[], Some(&checked))).unwrap();
        let others = &json["verdicts"]["verdicts"][0]["outcome"]["witness"]["others"];
        assert_eq!(others.as_array().map_or(0, Vec::len), readers - 1);
        assert!(checked.rechecked.accepted);
    }
}

#[test]
fn what_was_left_out_is_not_advised() {
    let text = r#"bulkhead 1
system m {
  subject a; subject g { port i in; port o out; trusted { pass from=i to=o } }; subject b
  channel a -> g.i queuing depth=1 overflow=credit
  channel g.o -> b sampling
  require r { never from=a to=b except-through=g }
  require s { never from=b to=a }
  require back { never from=g to=a }
}
"#;
    let helps = said(text, &["local-policy.g"]);
    let help = |id: &str| {
        let found = helps
            .iter()
            .find(|(message, _)| message.starts_with(&format!("`{id}` is")));
        found.map_or("", |(_, help)| help.as_str())
    };
    assert_eq!(
        help("r"),
        "this is judged without what `g` promises, so its mediation excuses nothing here; it holds \
         without `channel a -> g.i`, or without `channel g.o -> b`"
    );
    let file = ModelFile::of_text(Path::new("system.kdl"), text.to_owned());
    let refused = check_without(&file, &["obeys.g".to_owned()]).err();
    let refused = refused.map(|failure| (failure.message, failure.help));
    let wanted = (
        "the model does not assume `obeys.g`".to_owned(),
        "did you mean `local-policy.g`?".to_owned(),
    );
    assert_eq!(refused, Some(wanted));
    // A credit is said to be the page that it is.
    let checked = check(&file);
    let back = explain::verdicts(&file, &checked).remove(0);
    assert!(back.message.starts_with("`back` is violated: g › a"));
    let credit = "step 1: g → a by its credit, a page of 4096 bytes, not one position";
    assert!(
        back.labels.iter().any(|label| label.message == credit),
        "{back:?}"
    );
    let json = serde_json::to_value(&checked.verdicts).unwrap();
    let step = &json["verdicts"][2]["outcome"]["witness"]["steps"][0];
    assert_eq!(
        (&step["by"], &step["bytes"]),
        (&"credit of a.g -> g.i".into(), &4096.into())
    );
    assert_eq!(checked.survey.reverse_flows[0].bytes, 4096);
}

#[test]
fn what_speaks_of_nothing_is_counted_apart() {
    let text = "bulkhead 1\nsystem m {\n  data c; subject a; subject b\n  channel a -> b sampling\n  \
                require r { never data=c to=b; never from=b to=a; never from=a to=b }\n}\n";
    let file = ModelFile::of_text(Path::new("system.kdl"), text.to_owned());
    let summary = check(&file).summary();
    let found = (
        summary.claims,
        summary.hold,
        summary.vacuous,
        summary.violated,
    );
    assert_eq!(found, (3, 1, 1, 1));
}

#[test]
fn the_arrow_of_a_grant_is_the_same_everywhere() {
    let text = r#"bulkhead 1
system m {
  external e; external f; subject a
  grant a.x <- e udp-in="127.0.0.1:1"
  grant a.y -> f udp-out="127.0.0.1:2"
  require r { never from=e to=f }
}
"#;
    let file = ModelFile::of_text(Path::new("system.kdl"), text.to_owned());
    let checked = check(&file);
    let json = serde_json::to_value(app::documents::check(&file, &[], Some(&checked))).unwrap();
    let steps = &json["verdicts"]["verdicts"][0]["outcome"]["witness"]["steps"];
    assert_eq!(steps[0]["by"], "grant a.x <- e");
    assert_eq!(steps[1]["by"], "grant a.y -> f");
    assert_eq!(json["repairs"][0]["remove"][0][0], "grant a.x <- e");
}
