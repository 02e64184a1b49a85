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
            "`s` is violated: with g lost, nothing flows from integrity to w",
            "draw another way between the ends",
        ),
        (
            "`t` is unknown: latency is not computed by this version",
            "take the claim out, or show it by other means; unknown is never taken for yes",
        ),
        (
            "`u` is violated: a › b",
            "it holds without `channel a.b -> b.a`; or let every path pass a mediator and name it \
             in `except-through`",
        ),
        (
            "`labels.integrity` is violated: within g, in:g.integrity => out:g.w carries `bad` to \
             `good`",
            "change a label, or let a trusted subject pass it and say what it changes",
        ),
        (
            "`class.c` is violated: c originates in w, where secrecy is too low",
            "change a label, or let a trusted subject end the class on every path",
        ),
        (
            "`criticality.z` is unknown: platform `local` is not qualified for `SIL2`; nothing \
             vouches that a subject of this capability can rely on it",
            "take the claim out, or show it by other means; unknown is never taken for yes",
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
