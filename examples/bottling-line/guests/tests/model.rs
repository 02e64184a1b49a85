//! What the checker says about the bottling line, and about variants of it that are wrong.

use model::verdict::{Outcome, Verdict, Witness};
use std::collections::BTreeMap;

const MODEL: &str = include_str!("../../system.kdl");

/// Verdicts on a text with exactly these findings, by name.
fn judge_with(text: &str, findings: &[&str]) -> BTreeMap<String, Verdict> {
    let reading = lang::read(text);
    let found: Vec<String> = reading
        .diagnostics
        .iter()
        .map(|d| format!("{}: {}", d.code, d.message))
        .collect();
    assert_eq!(found, findings);
    let verdicts = analysis::judge(&reading.model, "test").verdicts;
    verdicts
        .into_iter()
        .map(|verdict| (verdict.id.clone(), verdict))
        .collect()
}

/// Verdicts on a text without any finding, by name.
fn judge(text: &str) -> BTreeMap<String, Verdict> {
    judge_with(text, &[])
}

/// The nodes a witness passes, in order.
fn path(witness: &Witness) -> Vec<&str> {
    match witness {
        Witness::Path { steps, .. } | Witness::LabelBreak { steps, .. } => {
            let first = steps.first().map(|step| step.from.as_str());
            first
                .into_iter()
                .chain(steps.iter().map(|step| step.to.as_str()))
                .collect()
        }
        Witness::Disconnected { .. } | Witness::Mismatch { .. } => Vec::new(),
    }
}

/// The model with texts replaced; each must occur exactly once.
fn variant(edits: &[(&str, &str)]) -> String {
    let mut text = MODEL.to_owned();
    for (from, to) in edits {
        assert_eq!(
            text.matches(from).count(),
            1,
            "`{from}` is not in the model once"
        );
        text = text.replace(from, to);
    }
    text
}

/// Requirements that fall, each with the nodes of its witness.
fn violated(verdicts: &BTreeMap<String, Verdict>) -> BTreeMap<String, String> {
    let fallen = verdicts
        .iter()
        .filter_map(|(id, verdict)| match &verdict.outcome {
            Outcome::Violated { witness } => Some((id.clone(), path(witness).join(" > "))),
            Outcome::Holds { .. } => None,
            Outcome::Unknown { reason } => Some((id.clone(), format!("unknown: {reason}"))),
        });
    fallen.collect()
}

fn check(edits: &[(&str, &str)], expected: &[(&str, &str)]) {
    let expected: BTreeMap<String, String> = expected
        .iter()
        .map(|(id, path)| ((*id).to_owned(), (*path).to_owned()))
        .collect();
    assert_eq!(violated(&judge(&variant(edits))), expected);
}

#[test]
fn everything_holds_and_falls_only_with_whom_it_should() {
    let mut falls = BTreeMap::new();
    for (id, verdict) in judge(MODEL) {
        assert!(
            matches!(verdict.outcome, Outcome::Holds { .. }),
            "{id}: {:?}",
            verdict.outcome
        );
        let nothing_to_mediate = verdict.vacuous && id.starts_with('b');
        assert!(!nothing_to_mediate, "{id} holds for lack of any path");
        let subjects: Vec<String> = verdict
            .violated_if
            .into_iter()
            .map(|fall| fall.subject)
            .collect();
        falls.insert(id, subjects.join(" "));
    }
    let expected = [
        ("b1-safety-plc-untouched", ""),
        ("b2-remote-is-guarded", "command-guard modbus-gate"),
        ("b3-recipes-are-released", "recipe-import"),
        ("b3-recipes-are-released#2", ""),
        ("b4-recipe-stays", "redactor"),
        ("b4-recipe-stays#2", "command-guard"),
        ("b5-people-stay-private", "inspect"),
        ("b5-people-stay-private#2", ""),
        ("b7-island-operation", ""),
        ("b7-island-operation#2", ""),
        ("b7-island-operation#3", ""),
        ("b8-stale-means-still", ""),
        ("b8-stale-means-still#2", ""),
        ("b9-audit-is-a-sink", ""),
    ];
    for (id, subjects) in expected {
        assert_eq!(falls.get(id).map(String::as_str), Some(subjects), "{id}");
    }
    let built_in = falls.keys().filter(|id| !id.starts_with('b'));
    assert!(built_in.count() >= 2, "labels are judged too");
}

/// A line that further channels and grants can stand before.
const ANCHOR: &str = "  channel oee.shifts ";

fn check_with(line: &str, expected: &[(&str, &str)]) {
    check(&[(ANCHOR, &format!("{line}\n{ANCHOR}"))], expected);
}

#[test]
fn w1_a_socket_of_the_vendors_own() {
    check_with(
        r#"  grant vendor-session.diagnosis <-> plc tcp="127.0.0.1:15020""#,
        &[
            ("b2-remote-is-guarded", "vendor > vendor-session > plc"),
            ("b4-recipe-stays", "plc > vendor-session > vendor"),
            (
                "b4-recipe-stays#2",
                "vendor > vendor-session > plc > modbus-gate > field-read > historian",
            ),
            ("class.recipe", "plc > vendor-session"),
            ("class.set-point", "modbus-gate > plc > vendor-session"),
            ("labels.integrity", "vendor-session > plc"),
            ("labels.secrecy", "plc > vendor-session"),
        ],
    );
}

#[test]
fn w2_a_dashboard_of_oees_own() {
    check_with(
        r#"  grant oee.dashboard <-> cloud tcp="127.0.0.1:15027""#,
        &[
            (
                "b4-recipe-stays",
                "modbus-gate > field-read > historian > oee > cloud",
            ),
            ("b4-recipe-stays#2", "cloud > oee"),
            ("class.defects", "inspect > historian > oee > cloud"),
            (
                "class.recipe",
                "modbus-gate > field-read > historian > oee > cloud",
            ),
            ("labels.integrity", "cloud > oee"),
            ("labels.secrecy", "oee > cloud"),
        ],
    );
}

/// A request and its reply are two channels.
#[test]
fn w3_the_uplink_asks_the_historian() {
    check_with(
        "  channel uplink -> historian queuing depth=4 overflow=drop-oldest type=RawReplies
  channel historian -> uplink queuing depth=4 overflow=drop-oldest type=RawReplies",
        &[
            (
                "b4-recipe-stays",
                "modbus-gate > field-read > historian > uplink > cloud",
            ),
            ("b4-recipe-stays#2", "cloud > uplink > historian"),
            ("class.defects", "inspect > historian > uplink"),
            (
                "class.recipe",
                "modbus-gate > field-read > historian > uplink",
            ),
            ("labels.integrity", "uplink > historian"),
            ("labels.secrecy", "historian > uplink"),
        ],
    );
}

#[test]
fn w4_the_cloud_writes_limits() {
    check_with(
        "  channel uplink -> recipe-store queuing depth=4 overflow=drop-oldest type=RawReplies",
        &[
            ("b3-recipes-are-released#2", "cloud > uplink > recipe-store"),
            ("labels.integrity", "uplink > recipe-store"),
        ],
    );
}

/// The reverse edge of the credit: the exchange learns when the uplink takes something, and so does
/// what stands behind it.
#[test]
fn w5_a_queue_with_credit_to_the_uplink() {
    check(
        &[(
            "queuing depth=512 overflow=drop-oldest",
            "queuing depth=512 overflow=credit",
        )],
        &[("b4-recipe-stays#2", "cloud > uplink > redactor")],
    );
}

/// With the gate gone, the decoder is the second mediator of B2. It is not trusted, so it promises
/// nothing: B2 reads as before, and falls with the guard and with the decoder.
#[test]
fn w6_the_decoder_owns_the_socket() {
    let (before, rest) = MODEL.split_once("  subject modbus-gate {").unwrap();
    let (_, rest) = rest.split_once("  grant modbus-gate.plc").unwrap();
    let (_, after) = rest.split_once('\n').unwrap();
    let lines = format!("{before}{after}")
        .lines()
        .filter(|line| !line.contains("RawReplies") && !line.contains("channel modbus-gate."))
        .filter(|line| {
            !line.contains("port modbus-gate ") && !line.contains("keep from=modbus-gate.")
        })
        .collect::<Vec<_>>()
        .join("\n");
    let text = lines
        .replace(" plc modbus-gate field-read", " plc field-read")
        .replace(
            "    port guard     out type=Sample",
            "    port set-point in type=SetPoint\n    port guard     out type=Sample",
        )
        .replace("-> modbus-gate.set-point", "-> field-read.set-point")
        .replace("then=modbus-gate", "then=field-read")
        .replace(
            ANCHOR,
            &format!("  grant field-read <-> plc tcp=\"127.0.0.1:15020\"\n{ANCHOR}"),
        );
    let verdicts = judge_with(
        &text,
        &["untrusted-mediator: mediator `field-read` is not trusted, so it promises nothing"],
    );
    let fallen = violated(&verdicts);
    assert_eq!(
        fallen.get("labels.integrity").map(String::as_str),
        Some("field-read > plc")
    );
    assert_eq!(fallen.len(), 1, "{fallen:?}");
    let alone = &verdicts["b2-remote-is-guarded"].violated_if;
    let subjects: Vec<&str> = alone.iter().map(|fall| fall.subject.as_str()).collect();
    assert_eq!(subjects, ["command-guard", "field-read"]);
}

#[test]
fn w7_live_values_from_the_historian() {
    check(
        &[
            (
                "  channel field-read.panel      -> hmi.live             sampling\n",
                "  channel historian.live        -> hmi.live             sampling\n",
            ),
            ("    port panel     out type=Sample\n", ""),
            (
                "    port oee     out type=Production\n",
                "    port oee out type=Production\n    port live out type=Sample\n",
            ),
            // Labels forbid it already; the panel is only as good as the historian.
        ],
        &[("b7-island-operation", "")],
    );
}

/// The guard bypassed, the redactor skipped, a label raised: the three simplest mistakes.
#[test]
fn the_guard_bypassed() {
    let line = "  channel vendor-session.direct -> modbus-gate.direct queuing depth=1 overflow=drop-oldest";
    let gate = (
        "    port set-point in  type=SetPoint ",
        "    port direct in type=RemoteRequest secrecy=public integrity=untrusted\n    port set-point in  type=SetPoint ",
    );
    let vendor = (
        "  subject vendor-session in=exchange {\n",
        "  subject vendor-session in=exchange {\n    port direct out type=RemoteRequest\n",
    );
    let pass = (
        "      pass from=set-point to=plc ",
        "      pass from=direct to=plc data=set-point raise=integrity\n      pass from=set-point to=plc ",
    );
    check(
        &[(ANCHOR, &format!("{line}\n{ANCHOR}")), gate, vendor, pass],
        &[
            (
                "b2-remote-is-guarded",
                "vendor > vendor-session > modbus-gate > plc",
            ),
            (
                "b4-recipe-stays#2",
                "vendor > vendor-session > modbus-gate > plc > modbus-gate > field-read > historian",
            ),
        ],
    );
}

#[test]
fn the_redactor_skipped() {
    check_with(
        "  channel oee -> vendor-session queuing depth=4 overflow=drop-oldest type=RawReplies",
        &[
            (
                "b4-recipe-stays",
                "modbus-gate > field-read > historian > oee > vendor-session > vendor",
            ),
            (
                "class.defects",
                "inspect > historian > oee > vendor-session",
            ),
            (
                "class.recipe",
                "modbus-gate > field-read > historian > oee > vendor-session",
            ),
            ("labels.secrecy", "oee > vendor-session"),
        ],
    );
}

#[test]
fn a_label_raised() {
    check(
        &[(
            "domain records  secrecy=recipe integrity=office ",
            "domain records  secrecy=panel integrity=office ",
        )],
        &[("labels.secrecy", "historian > archive")],
    );
}

/// The messages of the programs are those of the model.
#[test]
fn messages_are_current() {
    let generated = lang::rust_types(&lang::read(MODEL).model);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/messages.rs");
    if std::env::var_os("BULKHEAD_WRITE_MESSAGES").is_some() {
        std::fs::write(path, &generated).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap();
    assert!(
        generated == written,
        "run this test with BULKHEAD_WRITE_MESSAGES=1 and look at the difference"
    );
}
