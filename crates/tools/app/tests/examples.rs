//! What the checker says about the vehicle gateway and the home camera, and about variants of them
//! that are wrong.
#![expect(clippy::panic, reason = "tests fail by panicking")]

use app::check::{Checked, check_without};
use app::model_file::ModelFile;
use model::verdict::{Outcome, Witness};
use std::collections::BTreeMap;
use std::path::Path;

const GATEWAY: &str = include_str!("../../../../examples/vehicle-gateway/system.kdl");
const CAMERA: &str = include_str!("../../../../examples/home-camera/system.kdl");

/// A text judged; it has no finding of its own, and the independent checker agrees.
fn judge(text: String) -> Checked {
    judge_without(text, &[])
}

fn judge_without(text: String, assumptions: &[&str]) -> Checked {
    let file = ModelFile::of_text(Path::new("system.kdl"), text);
    let found: Vec<&str> = file
        .diagnostics
        .iter()
        .map(|d| d.message.as_str())
        .collect();
    assert!(found.is_empty(), "{found:?}");
    let assumptions: Vec<String> = assumptions.iter().map(|own| (*own).to_owned()).collect();
    let checked = match check_without(&file, &assumptions) {
        Ok(checked) => checked,
        Err(failure) => panic!("{}", failure.message),
    };
    assert!(checked.rechecked.accepted, "{:?}", checked.rechecked);
    checked
}

/// Whose compromise violates each requirement that holds; the others are named with why.
fn falls(checked: &Checked) -> BTreeMap<&str, String> {
    let say = |outcome: &Outcome, subjects: Vec<&str>| match outcome {
        Outcome::Holds { .. } => subjects.join(" "),
        other => panic!("{other:?}"),
    };
    let verdicts = checked.verdicts.verdicts.iter();
    verdicts
        .map(|verdict| {
            let subjects = verdict.violated_if.iter().map(|fall| fall.subject.as_str());
            (
                verdict.id.as_str(),
                say(&verdict.outcome, subjects.collect()),
            )
        })
        .collect()
}

/// Requirements that fall, each with the nodes of its witness.
fn violated(checked: &Checked) -> BTreeMap<&str, String> {
    let verdicts = checked.verdicts.verdicts.iter();
    let fallen = verdicts.filter_map(|verdict| match &verdict.outcome {
        Outcome::Holds { .. } => None,
        Outcome::Unknown { reason } => Some((verdict.id.as_str(), reason.clone())),
        Outcome::Violated { witness } => {
            let steps = match witness {
                Witness::Path { steps, .. } | Witness::LabelBreak { steps, .. } => steps.as_slice(),
                Witness::Disconnected { .. } | Witness::Mismatch { .. } => &[],
            };
            let first = steps.first().map(|step| step.from.as_str());
            let nodes = steps.iter().map(|step| step.to.as_str());
            let path: Vec<&str> = first.into_iter().chain(nodes).collect();
            Some((verdict.id.as_str(), path.join(" > ")))
        }
    });
    fallen.collect()
}

/// Texts replaced; each must occur exactly once.
fn variant(text: &str, edits: &[(&str, &str)]) -> String {
    edits.iter().fold(text.to_owned(), |text, (from, to)| {
        assert_eq!(text.matches(from).count(), 1, "`{from}`");
        text.replace(from, to)
    })
}

#[track_caller]
fn wrong(text: &str, edits: &[(&str, &str)], expected: &[(&str, &str)]) {
    let checked = judge(variant(text, edits));
    let expected: BTreeMap<&str, String> = expected
        .iter()
        .map(|(id, path)| (*id, (*path).to_owned()))
        .collect();
    assert_eq!(violated(&checked), expected);
}

/// A line of the gateway's text before which further lines can stand.
const GATEWAY_ANCHOR: &str = "  subject health in=watch\n";
const CAMERA_ANCHOR: &str = "  subject health in=internet ";

#[track_caller]
fn wrong_with(anchor: &str, line: &str, expected: &[(&str, &str)]) {
    let text = if anchor == CAMERA_ANCHOR {
        CAMERA
    } else {
        GATEWAY
    };
    wrong(text, &[(anchor, &format!("{line}\n{anchor}"))], expected);
}

#[test]
fn the_gateway_holds_and_falls_only_with_whom_it_should() {
    let checked = judge(GATEWAY.to_owned());
    let falls = falls(&checked);
    for (id, subjects) in [
        // The workshop reads how updates went, so its gate could send that on.
        (
            "v1-updates-are-verified",
            "diag-gate ota-installer ota-verifier",
        ),
        ("v2-workshop-is-gated", "diag-gate"),
        ("v3-media-stay-out", "diag-gate ota-installer signal-router"),
        ("v4-only-while-parked", ""),
        ("v4-only-while-parked#2", ""),
        ("v5-keys-stay", ""),
        ("v6-people-stay-private", "privacy-filter"),
        ("v6-people-stay-private#2", "privacy-filter"),
        ("v8-driving-goes-on", ""),
        ("v8-driving-goes-on#2", ""),
        ("v8-driving-goes-on#3", ""),
        ("v9-ids-only-looks", ""),
    ] {
        assert_eq!(falls.get(id).map(String::as_str), Some(subjects), "{id}");
    }
    assert!(
        !checked
            .verdicts
            .verdicts
            .iter()
            .any(|verdict| verdict.vacuous)
    );
}

#[test]
fn the_gateway_rests_on_outsiders_that_do_not_relay() {
    for (assumption, id, path) in [
        (
            "tester-does-not-relay",
            "v1-updates-are-verified",
            "backend > tcu-rx > ota-agent > ota-report > diag-gate > tester > diag-gate > \
             signal-router > ch-driver > chassis",
        ),
        (
            "backend-does-not-relay",
            "v9-ids-only-looks",
            "ids > privacy-filter > tcu-tx > backend > tcu-rx > ota-agent > ota-verifier > \
             ota-installer > body-driver > body",
        ),
        // Its compromise: what it does not list, it passes all the same.
        (
            "local-policy.signal-router",
            "v3-media-stay-out",
            "infotainment > ivi-port > body-filter > signal-router > ch-driver > chassis",
        ),
    ] {
        let checked = judge_without(GATEWAY.to_owned(), &[assumption]);
        assert_eq!(violated(&checked).get(id).map(String::as_str), Some(path));
    }
    let both = judge_without(
        GATEWAY.to_owned(),
        &["local-policy.key-store", "local-policy.diag-gate"],
    );
    let fallen = violated(&both).remove("v5-keys-stay");
    assert_eq!(
        fallen.as_deref(),
        Some("hsm > key-store > diag-gate > tester")
    );
}

#[test]
fn what_is_left_out_must_be_assumed() {
    let file = ModelFile::of_text(Path::new("system.kdl"), GATEWAY.to_owned());
    let twice = vec!["local-policy.key-store".to_owned(); 2];
    let once = check_without(&file, &twice).ok().map(|own| own.without);
    assert_eq!(once, Some(vec!["local-policy.key-store".to_owned()]));
    for (name, message) in [
        (
            "platform",
            "`platform` cannot be left out: every verdict rests on it",
        ),
        (
            "local-policy.tester",
            "the model does not assume `local-policy.tester`",
        ),
        ("", "the model does not assume ``"),
    ] {
        let refused = check_without(&file, &[name.to_owned()]).err();
        let refused = refused.map(|failure| (failure.message, failure.exit));
        assert_eq!(refused, Some((message.to_owned(), app::Exit::Unusable)));
    }
}

#[test]
fn a_violated_claim_says_what_is_enough_to_remove() {
    let lines = "  channel clip-store -> cloud-link queuing depth=4 overflow=drop-oldest\n  \
                 channel encoder -> lan-link queuing depth=4 overflow=drop-oldest\n";
    let checked = judge(variant(
        CAMERA,
        &[(CAMERA_ANCHOR, &format!("{lines}{CAMERA_ANCHOR}"))],
    ));
    let repair = checked
        .repairs
        .iter()
        .find(|own| own.id == "c2-no-clear-video-outside");
    assert_eq!(
        repair.map(|own| own.remove.clone()),
        Some(vec![vec![
            "channel privacy-gate.encoder -> encoder.privacy-gate".to_owned()
        ]]),
        "both ways begin at the encoder"
    );
}

#[test]
fn gateway_w1_the_router_sends_a_door_status_to_the_chassis() {
    wrong(
        GATEWAY,
        &[(
            "      because \"a static table;",
            "      pass from=body-in to=chassis-out data=signal lower=secrecy raise=integrity\n      \
             because \"a static table;",
        )],
        &[(
            "v3-media-stay-out",
            "infotainment > ivi-port > body-filter > signal-router > body-driver > signal-router > \
             ch-driver > chassis",
        )],
    );
}

#[test]
fn gateway_w2_delta_patches_around_the_verifier() {
    wrong(
        GATEWAY,
        &[
            (
                "      because \"writes the inactive half",
                "      pass from=ota-agent to=chassis data=image raise=integrity\n      \
                 because \"writes the inactive half",
            ),
            (
                GATEWAY_ANCHOR,
                "  channel ota-agent -> ota-installer.ota-agent sampling\n  subject health in=watch\n",
            ),
            (
                "    port image   in  secrecy=diagnostic integrity=update\n",
                "    port image   in  secrecy=diagnostic integrity=update\n    \
                 port ota-agent in secrecy=diagnostic integrity=external\n",
            ),
        ],
        &[(
            "v1-updates-are-verified",
            "backend > tcu-rx > ota-agent > ota-installer > ch-driver > chassis",
        )],
    );
}

#[test]
fn gateway_w3_the_intrusion_monitor_may_block() {
    wrong(
        GATEWAY,
        &[
            (
                "      because \"a static table;",
                "      pass from=block to=chassis-out data=signal lower=secrecy raise=integrity\n      \
                 because \"a static table;",
            ),
            (
                "    port alive          out",
                "    port block          in  secrecy=personal integrity=external\n    \
                 port alive          out",
            ),
            (
                GATEWAY_ANCHOR,
                "  channel ids -> signal-router.block event\n  subject health in=watch\n",
            ),
        ],
        &[
            (
                "v9-ids-only-looks",
                "ids > signal-router > ch-driver > chassis",
            ),
            (
                "v3-media-stay-out",
                "infotainment > ivi-port > body-filter > signal-router > body-driver > ids > \
                 signal-router > ch-driver > chassis",
            ),
        ],
    );
}

#[test]
fn gateway_w4_telemetry_around_the_privacy_filter() {
    wrong_with(
        GATEWAY_ANCHOR,
        "  channel telemetry -> tcu-tx queuing depth=4 overflow=drop-oldest",
        &[
            (
                "v6-people-stay-private",
                "infotainment > ivi-port > telemetry > tcu-tx > backend",
            ),
            (
                "v6-people-stay-private#2",
                "body > body-driver > telemetry > tcu-tx > backend",
            ),
            ("labels.secrecy", "telemetry > tcu-tx"),
            (
                "class.location",
                "infotainment > ivi-port > telemetry > tcu-tx",
            ),
            ("class.driver-id", "body > body-driver > telemetry > tcu-tx"),
        ],
    );
}

#[test]
fn gateway_w5_one_link_for_both_directions() {
    let split = GATEWAY
        .replace("tcu-rx", "tcu-link")
        .replace("tcu-tx", "tcu-link");
    let twice = "  subject tcu-link in=network\n";
    let joined = variant(&split, &[(twice, "")]).replace("tcu-link tcu-link", "tcu-link");
    let joined = joined.replace("grant tcu-link -> backend", "grant tcu-link.up -> backend");
    let checked = judge(joined);
    let fallen = violated(&checked);
    assert_eq!(
        fallen.get("v9-ids-only-looks").map(String::as_str),
        Some(
            "ids > privacy-filter > tcu-link > ota-agent > ota-verifier > ota-installer > \
             body-driver > body"
        )
    );
    assert_eq!(fallen.len(), 1, "{fallen:?}");
}

#[test]
fn the_camera_holds_and_falls_only_with_whom_it_should() {
    let checked = judge(CAMERA.to_owned());
    let falls = falls(&checked);
    for (id, subjects) in [
        ("c1-pictures-pass-the-gate", "privacy-gate"),
        ("c1-pictures-pass-the-gate#2", "event-filter stream-seal"),
        ("c2-no-clear-video-outside", "event-filter stream-seal"),
        ("c3-lamp-has-one-driver", "privacy-gate"),
        ("c4-strangers-are-gated", "access-manager pairing"),
        ("c5-firmware-is-verified", "update-verifier"),
        ("c8-the-internet-may-go", ""),
        ("c8-the-internet-may-go#2", ""),
        ("c9-keys-stay", "stream-seal"),
    ] {
        assert_eq!(falls.get(id).map(String::as_str), Some(subjects), "{id}");
    }
    assert!(
        !checked
            .verdicts
            .verdicts
            .iter()
            .any(|verdict| verdict.vacuous)
    );
}

#[test]
fn camera_w1_motion_sees_frames_before_the_gate() {
    wrong_with(
        CAMERA_ANCHOR,
        "  channel sensor-driver -> motion sampling max-age=\"1s\" on-stale=hold",
        &[(
            "c1-pictures-pass-the-gate",
            "lens > sensor-driver > motion > event-filter",
        )],
    );
}

#[test]
fn camera_w2_thumbnails_straight_to_the_cloud() {
    wrong_with(
        CAMERA_ANCHOR,
        "  channel clip-store -> cloud-link queuing depth=4 overflow=drop-oldest",
        &[
            (
                "c1-pictures-pass-the-gate#2",
                "lens > sensor-driver > privacy-gate > encoder > clip-store > cloud-link > cloud",
            ),
            (
                "c2-no-clear-video-outside",
                "privacy-gate > encoder > clip-store > cloud-link > cloud",
            ),
            ("labels.secrecy", "clip-store > cloud-link"),
            (
                "class.video",
                "privacy-gate > encoder > clip-store > cloud-link",
            ),
        ],
    );
}

#[test]
fn camera_w3_a_switch_for_support() {
    wrong(
        CAMERA,
        &[
            (
                "    port encoder  out secrecy=clear-video",
                "    port support  in  secrecy=public integrity=internet\n    \
                 port encoder  out secrecy=clear-video",
            ),
            (
                "      because \"drops frames while",
                "      pass from=support to=encoder data=video raise=integrity\n      \
                 because \"drops frames while",
            ),
            (
                CAMERA_ANCHOR,
                "  channel cloud-link -> privacy-gate.support sampling\n  subject health in=internet ",
            ),
        ],
        &[(
            "c4-strangers-are-gated",
            "cloud > cloud-link > privacy-gate",
        )],
    );
}

#[test]
fn camera_w4_the_encoder_drives_the_lamp() {
    wrong_with(
        CAMERA_ANCHOR,
        "  grant encoder -> led device=\"/dev/led0\"",
        &[
            ("c3-lamp-has-one-driver", "encoder > led"),
            ("labels.secrecy", "encoder > led"),
            ("class.video", "privacy-gate > encoder > led"),
        ],
    );
}
