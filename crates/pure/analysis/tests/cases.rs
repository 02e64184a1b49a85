//! Architectures with known answers.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]

#[path = "support/mod.rs"]
mod support;

use analysis::survey::Unneeded;
use model::verdict::{Outcome, Step, Verdict, Witness};
use model::{Claim, GrantDirection, OnStale, Platform, PortRole, Strength};
use support::Build;

fn verdict(build: &Build, id: &str) -> Verdict {
    let verdicts = analysis::judge(&build.model, "test").verdicts;
    verdicts
        .into_iter()
        .find(|verdict| verdict.id == id)
        .unwrap_or_else(|| panic!("no `{id}`"))
}

fn people(witness: &Witness) -> String {
    match witness {
        Witness::Path { points, steps } => {
            let Some(first) = steps.first() else {
                return points.join(" ");
            };
            let mut text = first.from.clone();
            for step in steps {
                let passed = step.passed.iter().map(|passed| format!(" [{passed}]"));
                text.extend(passed);
                text = format!("{text} > {}", step.to);
            }
            text
        }
        Witness::LabelBreak {
            points,
            from_label,
            to_label,
            ..
        } => {
            format!("{} ({from_label}) > {} ({to_label})", points[0], points[1])
        }
        Witness::Disconnected { points } => format!("reached: {}", points.join(" ")),
        Witness::Mismatch { rows } => format!("{rows:?}"),
    }
}

/// One line per verdict: outcome, witness, and whose compromise violates it.
fn check(build: &Build) -> String {
    let mut text = String::new();
    for verdict in analysis::judge(&build.model, "test").verdicts {
        let outcome = match &verdict.outcome {
            Outcome::Holds { .. } if verdict.vacuous => "holds vacuously".to_owned(),
            Outcome::Holds { .. } => "holds".to_owned(),
            Outcome::Violated { witness } => format!("violated: {}", people(witness)),
            Outcome::Unknown { reason } => format!("unknown: {reason}"),
        };
        text = format!("{text}{}: {outcome}\n", verdict.id);
        for fall in &verdict.violated_if {
            text = format!(
                "{text}  violated if {}: {}\n",
                fall.subject,
                people(&fall.witness)
            );
        }
    }
    text
}

fn assert_lines(build: &Build, lines: &[&str]) {
    assert_eq!(check(build).lines().collect::<Vec<_>>(), lines);
}

#[test]
fn starlight_interactive_link() {
    let link = || {
        Build::new()
            .subjects("high low")
            .trusted("switch")
            .externals("keyboard")
            .channel("low.out", "high.low")
            .channel("switch.high", "high.keys")
            .channel("switch.low", "low.keys")
            .grant("switch.keys", "keyboard", GrantDirection::In)
            .pass("switch", "keys>high", None, "")
            .pass("switch", "keys>low", None, "")
    };
    let diode = |build: Build| {
        build
            .never("diode", "high", "low", "", "")
            .never("keys", "keyboard", "low", "", "switch")
    };
    assert_lines(
        &diode(link()),
        &[
            "diode: holds",
            "keys: holds",
            "  violated if switch: keyboard > switch [in:switch.keys => out:switch.low] > low",
        ],
    );
    let status_line =
        link()
            .channel("high.status", "switch.status")
            .pass("switch", "status>low", None, "");
    assert_lines(
        &diode(status_line),
        &[
            "diode: violated: high > switch [in:switch.status => out:switch.low] > low",
            "keys: holds",
            "  violated if switch: keyboard > switch [in:switch.keys => out:switch.low] > low",
        ],
    );
}

#[test]
fn downgrader() {
    let build = Build::new()
        .labels(&["low", "high"], &[])
        .class("secret", Some("high"))
        .class("release", None)
        .subjects("high low")
        .trusted("downgrader")
        .at("high", "high", "")
        .holds("high", "secret")
        .channel("high.out", "downgrader.in")
        .channel("downgrader.out", "low.in")
        .at("downgrader.in", "high", "")
        .pass("downgrader", "in>out", Some("release"), "lower")
        .never("direct", "high", "low", "", "downgrader")
        .never("secret", "", "low", "secret", "");
    assert_lines(
        &build,
        &[
            "direct: holds",
            "  violated if downgrader: \
             high > downgrader [in:downgrader.in => out:downgrader.out] > low",
            "secret: holds",
            "  violated if downgrader: high > downgrader [void] > low",
            "labels.secrecy: holds",
            "  violated if downgrader: in:downgrader.in (high) > out:downgrader.out (low)",
            "class.secret: holds",
            "  violated if downgrader: high > downgrader",
        ],
    );
}

/// What a trusted subject holds leaves through a pass that names no class, as everything does.
#[test]
fn a_pass_without_a_class_lets_out_what_its_subject_holds() {
    let store = |data| {
        Build::new()
            .labels(&["low", "high"], &[])
            .class("recipe", Some("high"))
            .class("receipt", None)
            .subjects("low")
            .trusted("store")
            .at("low", "low", "")
            .holds("store", "recipe")
            .channel("low.ask", "store.ask")
            .channel("store.reply", "low.reply")
            .at("store.ask", "low", "")
            .at("store.reply", "low", "")
            .pass("store", "ask>reply", data, "")
            .never("kept", "", "low", "recipe", "")
            .never("from-it", "store", "low", "recipe", "")
    };
    let open = check(&store(None));
    for violated in [
        "kept: violated",
        "from-it: violated",
        "class.recipe: violated",
    ] {
        assert!(open.contains(violated), "{open}");
    }
    let closed = check(&store(Some("receipt")));
    for kept in ["kept: holds", "from-it: holds", "class.recipe: holds"] {
        assert!(closed.contains(kept), "{closed}");
    }
}

#[test]
fn red_black_with_bypass() {
    let snfe = |through| {
        Build::new()
            .class("payload", None)
            .class("header", None)
            .class("ciphertext", None)
            .subjects("red split merge black")
            .trusted("crypto bypass")
            .holds("red", "payload")
            .flows("red>split split>crypto split>bypass crypto>merge bypass>merge merge>black")
            .pass("crypto", "split>merge", Some("ciphertext"), "")
            .pass("bypass", "split>merge", Some("header"), "")
            .never("cut", "red", "black", "", through)
            .never("payload", "red", "black", "payload", "")
            .never("backwards", "black", "red", "", "")
    };
    assert_lines(
        &snfe("crypto|bypass"),
        &[
            "cut: holds",
            "  violated if bypass: red > split > bypass \
             [in:bypass.split => out:bypass.merge] > merge > black",
            "  violated if crypto: red > split > crypto \
             [in:crypto.split => out:crypto.merge] > merge > black",
            "payload: holds",
            "  violated if bypass: red > split > bypass [void] > merge > black",
            "  violated if crypto: red > split > crypto [void] > merge > black",
            "backwards: holds",
        ],
    );
    assert_eq!(
        check(&snfe("crypto")).lines().next().unwrap(),
        "cut: violated: red > split > bypass [in:bypass.split => out:bypass.merge] > merge > black"
    );
}

/// High to low through three filters in a row, with a way back and an audit sink.
fn guard() -> Build {
    Build::new()
        .subjects("high outq low audit")
        .trusted("format words release sanitise")
        .flows("high>outq outq>format format>words words>release release>low")
        .flows("low>sanitise sanitise>high")
        .flows("high>audit low>audit format>audit words>audit release>audit")
        .pass("format", "outq>words", None, "")
        .pass("words", "format>release", None, "")
        .pass("release", "words>low", None, "")
        .pass("sanitise", "low>high", None, "")
}

fn guard_claims(build: Build) -> Build {
    build
        .never("order", "high", "low", "", "format;words;release")
        .never("wrong-order", "high", "low", "", "words;format")
        .never("back", "low", "high", "", "sanitise")
        .never(
            "sink",
            "audit",
            "high outq low format words release sanitise",
            "",
            "",
        )
}

#[test]
fn cross_domain_guard_keeps_its_order() {
    let pipeline = "high > outq > format [in:format.outq => out:format.words] > words \
                    [in:words.format => out:words.release] > release \
                    [in:release.words => out:release.low] > low";
    let wrong = format!("wrong-order: violated: {pipeline}");
    let falls: Vec<String> = ["format", "release", "words"]
        .map(|subject| format!("  violated if {subject}: {pipeline}"))
        .to_vec();
    assert_lines(
        &guard_claims(guard()),
        &[
            "order: holds",
            &falls[0],
            &falls[1],
            &falls[2],
            &wrong,
            "back: holds",
            "  violated if sanitise: low > sanitise [in:sanitise.low => out:sanitise.high] > high",
            "sink: holds",
        ],
    );
}

#[test]
fn credit_is_a_way_back() {
    let build = guard_claims(guard().credit("release.ack", "low.ack"));
    let sink = check(&guard_claims(guard().credit("low.log", "audit.log")));
    assert!(check(&build).contains("order: holds"));
    assert!(sink.contains("sink: violated: audit > low\n"), "{sink}");
    let survey = analysis::survey(&build.model);
    let reverse: Vec<_> = survey
        .reverse_flows
        .iter()
        .map(|flow| (&flow.from[..], &flow.to[..]))
        .collect();
    assert_eq!(reverse, [("low", "release")]);
}

/// The bottling line's way from the outside to the filler's controller.
fn line() -> Build {
    Build::new()
        .class("recipe", None)
        .class("aggregate", None)
        .class("set-point", None)
        .subjects("field-read historian oee uplink vendor-session recipe-store")
        .trusted("modbus-gate command-guard redactor recipe-import")
        .externals("plc cloud vendor mes")
        .grant("modbus-gate.plc", "plc", GrantDirection::Both)
        .grant("uplink.cloud", "cloud", GrantDirection::Both)
        .grant("vendor-session.vendor", "vendor", GrantDirection::Both)
        .grant("recipe-import.mes", "mes", GrantDirection::In)
        .flows("modbus-gate>field-read field-read>command-guard field-read>historian")
        .flows("recipe-import>recipe-store recipe-store>command-guard")
        .flows("uplink>command-guard vendor-session>command-guard command-guard>modbus-gate")
        .flows("historian>oee oee>redactor redactor>uplink redactor>vendor-session")
        .pass("modbus-gate", "plc>field-read", None, "")
        .pass("modbus-gate", "command-guard>plc", Some("set-point"), "")
        .pass("command-guard", "uplink>modbus-gate", Some("set-point"), "")
        .pass(
            "command-guard",
            "vendor-session>modbus-gate",
            Some("set-point"),
            "",
        )
        .pass(
            "command-guard",
            "recipe-store>modbus-gate",
            Some("set-point"),
            "",
        )
        .pass("recipe-import", "mes>recipe-store", None, "")
        .pass("redactor", "oee>uplink", Some("aggregate"), "")
        .pass("redactor", "oee>vendor-session", Some("aggregate"), "")
        .holds("recipe-store", "recipe")
        .holds("plc", "recipe")
        .role("command-guard.recipe-store", PortRole::Limits)
        .does_not_relay("plc-clamps", "plc")
}

fn line_claims(build: Build) -> Build {
    build
        .never("b2", "cloud vendor", "plc", "", "command-guard;modbus-gate")
        .never("b3", "mes", "plc", "", "recipe-import")
        .never("b3-limits", "cloud vendor", "recipe-store", "", "")
        .never("b4", "", "cloud vendor", "recipe", "")
}

fn violated_if(build: &Build, id: &str) -> Vec<String> {
    verdict(build, id)
        .violated_if
        .into_iter()
        .map(|fall| fall.subject)
        .collect()
}

#[test]
fn bottling_line_falls_where_expected() {
    let build = line_claims(line());
    for id in ["b2", "b3", "b3-limits", "b4"] {
        let outcome = verdict(&build, id).outcome;
        assert!(
            matches!(outcome, Outcome::Holds { .. }),
            "{id}: {outcome:?}"
        );
    }
    assert_eq!(violated_if(&build, "b2"), ["command-guard", "modbus-gate"]);
    assert_eq!(violated_if(&build, "b3"), ["recipe-import"]);
    assert_eq!(violated_if(&build, "b3-limits"), Vec::<String>::new());
    assert_eq!(violated_if(&build, "b4"), ["redactor"]);
    let b2 = verdict(&build, "b2").assumptions;
    assert_eq!(
        b2,
        [
            "platform",
            "local-policy.command-guard",
            "local-policy.modbus-gate"
        ]
    );
}

#[test]
fn vendor_with_its_own_socket() {
    let build = line().grant("vendor-session.plc", "plc", GrantDirection::Both);
    let text = check(&line_claims(build));
    assert!(
        text.contains("b2: violated: vendor > vendor-session > plc\n"),
        "{text}"
    );
}

#[test]
fn second_broker_connection_around_the_redactor() {
    let build = line().grant("oee.cloud", "cloud", GrantDirection::Both);
    let text = check(&line_claims(build));
    let path = "plc > modbus-gate [in:modbus-gate.plc => out:modbus-gate.field-read] > field-read \
                > historian > oee > cloud";
    assert!(text.contains(&format!("b4: violated: {path}\n")), "{text}");
}

#[test]
fn optimiser_writes_limits() {
    let build = line().flows("uplink>recipe-store");
    let text = check(&line_claims(build));
    assert!(
        text.contains("b3-limits: violated: cloud > uplink > recipe-store\n"),
        "{text}"
    );
}

#[test]
fn survey_of_the_line() {
    let survey = analysis::survey(&line_claims(line()).model);
    let guard = survey
        .trusted
        .iter()
        .find(|trusted| trusted.subject == "command-guard")
        .unwrap();
    assert_eq!(guard.carries, ["b2"]);
    assert_eq!((guard.size.ports, guard.size.passes), (5, 3));
    assert_eq!((guard.size.nodes_in, guard.size.nodes_out), (4, 1));
    let limits = &guard.steering[0];
    assert_eq!(
        (limits.port.as_str(), limits.role),
        ("command-guard.recipe-store", "limits")
    );
    assert_eq!(
        limits.influence.nodes,
        ["mes", "recipe-import", "recipe-store"]
    );
    assert_eq!(limits.influence.untrusted, ["mes", "recipe-store"]);
    assert!(guard.non_bypassable);
    assert_eq!(survey.unneeded, Unneeded::NoFlowRequired);
    let single: Vec<_> = survey
        .single_points_of_trust
        .iter()
        .map(|point| point.subject.as_str())
        .collect();
    assert_eq!(
        single,
        ["command-guard", "modbus-gate", "recipe-import", "redactor"]
    );
    assert_eq!(survey.exposure.claims, ["b2", "b3", "b3-limits", "b4"]);
    let fallen: usize = survey
        .exposure
        .rows
        .iter()
        .map(|row| row.violated.len())
        .sum();
    assert_eq!((survey.exposure.rows.len(), fallen), (10, 4));
}

#[test]
fn bypassable_guard_shows_the_way_around() {
    let bypass = |build: &Build| {
        let survey = analysis::survey(&build.model);
        let redactor = survey
            .trusted
            .into_iter()
            .find(|own| own.subject == "redactor")
            .unwrap();
        assert_eq!(
            redactor.non_bypassable,
            redactor.passes.iter().all(|pass| pass.bypass.is_empty())
        );
        redactor
            .passes
            .into_iter()
            .map(|pass| pass.bypass.join(" "))
            .collect::<Vec<_>>()
    };
    assert_eq!(bypass(&line()), ["", ""]);
    assert_eq!(
        bypass(&line().flows("oee>uplink")),
        ["leave:oee out:oee.uplink in:uplink.oee enter:uplink", ""]
    );
}

#[test]
fn conduits_bundle_flows_between_zones() {
    let build = Build::new()
        .subjects("a b c")
        .externals("net")
        .zone("inside", "a c")
        .zone("outside", "b net")
        .flows("a>b a>c")
        .credit("b.q", "c.q")
        .grant("a.net", "net", GrantDirection::Out);
    let conduits = analysis::survey(&build.model).conduits;
    let text: Vec<String> = conduits
        .iter()
        .map(|own| {
            format!(
                "{} > {}: {:?} {:?}",
                own.from, own.to, own.channels, own.grants
            )
        })
        .collect();
    assert_eq!(
        text,
        [
            r#"inside > outside: ["a.b -> b.a", "credit of b.q -> c.q"] ["grant a.net -> net"]"#,
            r#"outside > inside: ["b.q -> c.q"] []"#,
        ]
    );
}

#[test]
fn data_that_a_hostile_reader_could_carry_back_is_a_residual() {
    let base = || {
        Build::new()
            .subjects("w r x")
            .class("c", None)
            .holds("r", "c")
            .channel("x.in", "w.in")
    };
    let residuals_from = |build: Build, from: &str| -> Vec<String> {
        let build = build.never("n", from, "w", "c", "");
        let verdicts = analysis::judge(&build.model, "test");
        let found = analysis::residuals(&build.model, &verdicts);
        let step =
            |own: &Step| format!("{} > {} by {} ({:?})", own.from, own.to, own.by, own.bytes);
        let line = |own: &analysis::Residual| {
            let steps: Vec<String> = own.steps.iter().map(step).collect();
            format!("{}: {}", own.id, steps.join(", "))
        };
        found.iter().map(line).collect()
    };
    let residuals = |build: Build| residuals_from(build, "");
    assert_eq!(
        residuals(base().credit("w.q", "r.q")),
        ["n: r > w by credit of w.q -> r.q (Some(4096))"]
    );
    // A drop-oldest queue leaves none, nor does a claim that is violated anyway, or a credit elsewhere.
    assert_eq!(residuals(base().channel("w.q", "r.q")), [""; 0]);
    assert_eq!(
        residuals(base().credit("w.q", "r.q").channel("r.z", "w.z")),
        [""; 0]
    );
    assert_eq!(
        residuals(base().credit("r.q", "w.q").channel("w.z", "x.z")).len(),
        0
    );
    // By way of another node.
    assert_eq!(
        residuals(base().credit("x.q", "r.q")),
        ["n: r > x by credit of x.q -> r.q (Some(4096)), x > w by channel x.in -> w.in (None)"]
    );
    // To where the claim begins: the way there is shown, too.
    assert_eq!(
        residuals_from(base().credit("x.q", "r.q"), "x"),
        ["n: r > x by credit of x.q -> r.q (Some(4096)), x > w by channel x.in -> w.in (None)"]
    );
    // What a credit brings to an out-port does not begin there.
    assert_eq!(
        residuals_from(base().credit("x.q", "r.q"), "x.q"),
        [
            "n: x > r by channel x.q -> r.q (None), r > x by credit of x.q -> r.q (Some(4096)), \
             x > w by channel x.in -> w.in (None)"
        ]
    );
}

/// Conduits as `a > b: number of flows, through`, then nodes in no zone with their flows.
fn zoning(build: &Build) -> (Vec<String>, Vec<String>) {
    let survey = analysis::survey(&build.model);
    let conduits = survey.conduits.iter().map(|own| {
        let flows = own.channels.len() + own.grants.len();
        format!(
            "{} > {}: {flows} {}",
            own.from,
            own.to,
            own.through.join(" ")
        )
    });
    let unzoned = survey.unzoned.iter();
    let unzoned = unzoned.map(|own| format!("{}: {}", own.node, own.flows.join(", ")));
    (conduits.collect(), unzoned.collect())
}

#[test]
fn flows_of_a_node_in_no_zone_do_not_vanish() {
    let build = Build::new()
        .subjects("a b c d")
        .externals("net")
        .zone("inside", "a")
        .flows("a>b b>c")
        .credit("c.q", "a.q")
        .grant("a.net", "net", GrantDirection::Both);
    let (conduits, unzoned) = zoning(&build);
    assert_eq!(conduits, [""; 0]);
    assert_eq!(
        unzoned,
        [
            "b: channel a.b -> b.a, channel b.c -> c.b",
            "c: channel b.c -> c.b, channel c.q -> a.q, credit of c.q -> a.q",
            "d: ",
            "net: grant a.net <-> net",
        ]
    );
    // Without any zone nothing is missing.
    let (conduits, unzoned) = zoning(&Build::new().subjects("a b").flows("a>b"));
    assert_eq!((conduits.len(), unzoned.len()), (0, 0));
}

#[test]
fn a_firewall_in_two_zones_is_the_conduit_between_them() {
    let build = Build::new()
        .subjects("a b fw c")
        .zone("office", "a fw")
        .zone("plant", "b fw")
        .zone("cell", "c")
        .flows("a>fw fw>b c>fw");
    assert_eq!(
        zoning(&build).0,
        [
            "cell > office: 1 ",
            "cell > plant: 1 ",
            "office > plant: 0 fw",
        ]
    );
    // A trusted firewall passes only what it lists.
    let guarded = Build::new()
        .subjects("a b")
        .trusted("fw")
        .zone("office", "a fw")
        .zone("plant", "b fw")
        .flows("a>fw fw>b b>fw fw>a")
        .pass("fw", "b>a", None, "");
    assert_eq!(zoning(&guarded).0, ["plant > office: 0 fw"]);
}

#[test]
fn a_nested_zone_has_a_border_with_the_zone_around_it() {
    let build = Build::new()
        .subjects("a b c d")
        .zone("plant", "a")
        .zone("cell-1", "b c")
        .zone("cell-2", "d")
        .inside("cell-1", "plant")
        .inside("cell-2", "plant")
        .flows("a>b b>c c>d");
    assert_eq!(
        zoning(&build).0,
        ["cell-1 > cell-2: 1 ", "plant > cell-1: 1 "]
    );
}

#[test]
fn kept_flows_and_unneeded_channels() {
    let build = Build::new()
        .subjects("sensor near far spare store")
        .flows("sensor>near near>store sensor>far far>store sensor>spare");
    let keep = |lost: &str, build: Build| {
        let lost = lost
            .split_whitespace()
            .map(|name| build.node(name))
            .collect();
        let (from, to) = (build.ends("sensor")[0], build.ends("store")[0]);
        let signals = false;
        let claim = Claim::Keep {
            lost,
            from,
            to,
            signals,
        };
        build.require("keep", claim)
    };
    let one = keep("near", build);
    assert_lines(&one, &["keep: holds"]);
    let build_again = Build::new().subjects("sensor store").flows("sensor>store");
    assert_lines(&keep("", build_again), &["keep: holds vacuously"]);
    let apart = Build::new().subjects("sensor store");
    assert_lines(&keep("", apart), &["keep: violated: reached: leave:sensor"]);
    let survey = analysis::survey(&one.model);
    let expected = Unneeded::Channels {
        channels: vec!["sensor.spare -> spare.sensor".to_owned()],
        required_flows: 1,
    };
    assert_eq!(survey.unneeded, expected);
    let build = Build::new()
        .subjects("sensor near store")
        .flows("sensor>near near>store");
    assert_lines(
        &keep("near", build),
        &["keep: violated: reached: leave:sensor out:sensor.near"],
    );
}

#[test]
fn freshness_is_what_the_port_states() {
    let fresh = |age_us: Option<u64>, stated: Option<OnStale>, wanted| {
        let mut build = Build::new().subjects("a b").flows("a>b");
        let port = build.port("b.a", model::Direction::In);
        build.model.ports[port.index()].max_age_us = age_us;
        build.model.ports[port.index()].on_stale = stated;
        let claim = Claim::Fresh {
            port,
            max_age_us: 200,
            reaction: wanted,
        };
        check(&build.require("fresh", claim)).contains("fresh: holds")
    };
    assert!(fresh(Some(200), Some(OnStale::Stop), Some(OnStale::Stop)));
    assert!(fresh(Some(100), Some(OnStale::Hold), None));
    assert!(!fresh(Some(201), Some(OnStale::Stop), None));
    assert!(!fresh(None, Some(OnStale::Stop), None));
    assert!(!fresh(Some(200), None, None));
    assert!(!fresh(Some(200), Some(OnStale::Hold), Some(OnStale::Stop)));
}

#[test]
fn capability_above_what_the_platform_offers_is_unknown() {
    let build = |qualified: &[&str]| {
        let mut build = Build::new().subjects("valve");
        if let model::NodeKind::Subject(subject) = &mut build.model.nodes[0].kind {
            subject.criticality = Some("SIL2".to_owned());
        }
        build.model.platforms.push(Platform {
            name: "box".to_owned(),
            cores: 1,
            memory_bytes: 1,
            enforce_memory: Strength::Best,
            enforce_processor: Strength::Best,
            qualified: qualified.iter().map(|level| level.to_string()).collect(),
            devices: Vec::new(),
            origin: model::Origin(0),
        });
        let subjects = vec![build.node("valve")];
        build.model.deployments.push(model::Deployment {
            platform: 0,
            subjects,
            origin: model::Origin(0),
        });
        check(&build)
    };
    assert!(build(&[]).starts_with("criticality.valve: unknown: platform `box`"));
    assert_eq!(build(&["SIL2"]), "criticality.valve: holds\n");
}

#[test]
fn over_trusted_subject_raises_integrity_of_the_wrong_input() {
    let build = |change: &str| {
        Build::new()
            .labels(&[], &["untrusted", "line"])
            .subjects("remote filler")
            .trusted("guard")
            .at("filler", "", "line")
            .flows("remote>guard guard>filler")
            .at("guard.filler", "", "line")
            .pass("guard", "remote>filler", None, change)
    };
    assert_lines(
        &build("raise"),
        &[
            "labels.integrity: holds",
            "  violated if guard: in:guard.remote (untrusted) > out:guard.filler (line)",
        ],
    );
    assert_lines(
        &build(""),
        &["labels.integrity: violated: in:guard.remote (untrusted) > out:guard.filler (line)"],
    );
}

#[test]
fn class_where_it_originates_counts() {
    let build = Build::new()
        .labels(&["public", "recipe"], &[])
        .class("recipe", Some("recipe"))
        .subjects("store")
        .holds("store", "recipe");
    assert_lines(
        &build,
        &[
            "labels.secrecy: holds",
            "class.recipe: violated: leave:store",
        ],
    );
}

#[test]
fn a_claim_is_violated_if_its_mediator_is_compromised_though_it_promises_nothing() {
    let build = Build::new()
        .subjects("a m n b")
        .flows("a>m m>n n>b")
        .never("any", "a", "b", "", "m|n")
        .never("one", "a", "b", "", "m")
        .never("none", "b", "a", "", "");
    assert_lines(
        &build,
        &[
            "any: holds",
            "one: holds",
            "  violated if m: a > m > n > b",
            "none: holds",
        ],
    );
    let verdicts = analysis::judge(&build.model, "").verdicts;
    assert_eq!(verdicts[1].assumptions, ["platform", "local-policy.m"]);
    assert_eq!(
        analysis::droppable(&build.model),
        ["local-policy.m", "local-policy.n"]
    );
    let without = analysis::without(&build.model, "local-policy.m").unwrap();
    let held = |own: &Verdict| matches!(own.outcome, Outcome::Holds { .. });
    let held: Vec<bool> = analysis::judge(&without, "")
        .verdicts
        .iter()
        .map(held)
        .collect();
    assert_eq!(held, [true, false, true]);
}

#[test]
fn what_a_relay_passes_on_comes_from_it() {
    let relay = |data| {
        Build::new()
            .class("recipe", None)
            .class("other", None)
            .subjects("maker sink")
            .trusted("relay")
            .flows("maker>relay relay>sink")
            .holds("maker", "recipe")
            .pass("relay", "maker>sink", data, "")
    };
    let ask = |build: Build| {
        build
            .never("by-node", "relay", "sink", "recipe", "")
            .never("by-port", "relay.sink", "sink", "recipe", "")
            .never("by-in-port", "relay.maker", "sink", "recipe", "")
            .never("anywhere", "", "sink", "recipe", "")
            .never("any-data", "relay", "sink", "", "")
            .never("not-back", "sink", "maker", "recipe", "")
    };
    assert_lines(
        &ask(relay(None)),
        &[
            "by-node: violated: relay > sink",
            "by-port: violated: relay > sink",
            "by-in-port: violated: relay [in:relay.maker => out:relay.sink] > sink",
            "anywhere: violated: maker > relay [in:relay.maker => out:relay.sink] > sink",
            "any-data: violated: relay > sink",
            "not-back: holds",
        ],
    );
    assert_lines(
        &ask(relay(Some("other"))),
        &[
            "by-node: holds vacuously",
            "  violated if relay: relay > sink",
            "by-port: holds vacuously",
            "  violated if relay: relay > sink",
            "by-in-port: holds",
            "  violated if relay: relay [void] > sink",
            "anywhere: holds",
            "  violated if relay: maker > relay [void] > sink",
            "any-data: violated: relay > sink",
            "not-back: holds vacuously",
        ],
    );
}

#[test]
fn a_witness_goes_over_the_fewest_nodes() {
    // Four steps past trusted relays have fewer points than three past others.
    let build = Build::new()
        .subjects("s x y t")
        .trusted("a b c")
        .flows("s>a a>b b>c c>t s>x x>y y>t")
        .pass("a", "s>b", None, "")
        .pass("b", "a>c", None, "")
        .pass("c", "b>t", None, "")
        .never("r", "s", "t", "", "");
    assert_lines(&build, &["r: violated: s > x > y > t"]);
    let Outcome::Violated {
        witness: Witness::Path { points, .. },
    } = verdict(&build, "r").outcome
    else {
        panic!("violated")
    };
    assert_eq!(points.len(), 12);
    // Of equally many steps the one with fewer points.
    let build = Build::new()
        .subjects("s x t")
        .trusted("y")
        .flows("s>x x>t s>y y>t")
        .pass("y", "s>t", None, "")
        .never("r", "s", "t", "", "");
    assert_lines(&build, &["r: violated: s > y [in:y.s => out:y.t] > t"]);
}

#[test]
fn an_end_mediates_nothing() {
    let build = |from, to, through| {
        let build = Build::new().subjects("s t u").trusted("m n");
        let build = build.flows("s>m m>t s>n n>m").pass("m", "s>t", None, "");
        let build = build.pass("n", "s>m", None, "").pass("m", "n>t", None, "");
        check(&build.never("r", from, to, "", through))
    };
    let direct = "r: violated: s > m [in:m.s => out:m.t] > t\n";
    for through in ["t;m", "m;t", "s;m", "t", "s|t", "n;m;t"] {
        assert_eq!(build("s", "t", through), direct, "{through}");
    }
    assert!(build("s", "t", "m").starts_with("r: holds\n"));
    assert!(build("s", "t", "t|m").starts_with("r: holds\n"));
    // Of the two ends only the first is a mediator.
    assert_eq!(build("m s", "t", "m"), "r: violated: m > t\n");
    assert_eq!(build("m s", "t", "n;m"), "r: violated: m > t\n");
}

#[test]
fn an_order_does_not_excuse_what_its_first_mediator_makes() {
    let build = |through| {
        let build = Build::new()
            .class("made", None)
            .trusted("a b")
            .subjects("t");
        let build = build.flows("a>b b>t").emits("a.b", "made");
        let build = build.pass("b", "a>t", None, "");
        check(&build.never("r", "", "t", "made", through))
    };
    let path = "r: violated: a > b [in:b.a => out:b.t] > t\n";
    assert_eq!(build("a;b"), path);
    assert_eq!(build("a"), path);
    assert!(build("b").starts_with("r: holds\n"));
}

#[test]
fn events_and_credits_bring_no_content() {
    let keep = |signals| Claim::Keep {
        lost: Vec::new(),
        from: model::EndPoint::Node(model::NodeId(0)),
        to: model::EndPoint::Node(model::NodeId(1)),
        signals,
    };
    let ask = |build: Build| {
        build
            .holds("a", "red")
            .never("any", "a", "b", "", "")
            .never("data", "a", "b", "red", "")
            .never("origin", "", "b", "red", "")
            .require("content", keep(false))
            .require("signals", keep(true))
    };
    let start = || {
        Build::new()
            .labels(&["low", "high"], &[])
            .class("red", Some("high"))
            .subjects("a b")
            .at("a", "high", "")
    };
    let event = model::ChannelKind::Event;
    let no_content = |by: &str| {
        [
            "any: violated: a > b",
            "data: holds",
            "origin: holds",
            by,
            "signals: holds vacuously",
        ]
        .map(str::to_owned)
    };
    let lines =
        |build: &Build| -> Vec<String> { check(build).lines().map(str::to_owned).collect() };
    let by_event = ask(start().channel_of("a.x", "b.x", event));
    let by_credit = ask(start().credit("b.x", "a.x"));
    // The label of what happens is kept or not as for any other flow; the class is not there.
    let found = lines(&by_event);
    assert_eq!(
        found[..5],
        no_content("content: violated: reached: leave:a")
    );
    assert_eq!(
        found[5],
        "labels.secrecy: violated: out:a.x (high) > in:b.x (low)"
    );
    assert_eq!(found[6], "class.red: holds");
    let found = lines(&by_credit);
    assert_eq!(
        found[..5],
        no_content("content: violated: reached: leave:a")
    );
    assert!(
        found[5].starts_with("labels.secrecy: violated: back-in:a.x (high) > "),
        "{found:?}"
    );
    assert_eq!(found[6], "class.red: holds");
    let both = ask(start()
        .channel_of("a.x", "b.x", event)
        .channel("a.y", "b.y"));
    let found = lines(&both);
    assert_eq!(found[1], "data: violated: a > b");
    assert_eq!(
        found[3..5],
        ["content: holds vacuously", "signals: holds vacuously"]
    );
    // What a kept flow needs is what it may consist of.
    let unneeded = |signals| {
        let build = Build::new().subjects("a b").channel_of("a.x", "b.x", event);
        let build = build.channel("a.y", "b.y").require("keep", keep(signals));
        analysis::survey(&build.model).unneeded
    };
    let channels = |names: &[&str]| Unneeded::Channels {
        channels: names.iter().map(|name| name.to_string()).collect(),
        required_flows: 1,
    };
    assert_eq!(unneeded(false), channels(&["a.x -> b.x"]));
    assert_eq!(unneeded(true), channels(&[]));
}

#[test]
fn credit_arrives_and_departs_at_the_ports_of_its_queue() {
    let build = Build::new()
        .trusted("w r")
        .credit("w.out", "r.in")
        .never("to-port", "r", "w.out", "", "")
        .never("from-port", "r.in", "w", "", "")
        .never("both", "r.in", "w.out", "", "");
    assert_lines(
        &build,
        &[
            "to-port: violated: r > w",
            "from-port: violated: r > w",
            "both: violated: r > w",
        ],
    );
    let one_way = Build::new()
        .trusted("w r")
        .channel("w.out", "r.in")
        .never("both", "r.in", "w.out", "", "");
    assert_lines(&one_way, &["both: holds"]);
}

#[test]
fn nothing_to_speak_about_is_vacuous() {
    let build = || Build::new().class("red", None).subjects("a b").trusted("m");
    assert_lines(
        &build().never("r", "a", "b", "", "m"),
        &["r: holds vacuously"],
    );
    assert_lines(&build().never("r", "a", "b", "", ""), &["r: holds"]);
    assert_lines(
        &build().never("r", "a", "a", "", ""),
        &["r: holds vacuously"],
    );
    assert_lines(
        &build().never("r", "", "b", "red", ""),
        &["r: holds vacuously"],
    );
}

#[test]
fn answers_do_not_depend_on_the_order_of_writing() {
    let build = |flows: &str, subjects: &str| {
        Build::new()
            .subjects(subjects)
            .flows(flows)
            .never("r", "a", "d", "", "")
    };
    let one = build("a>b a>c b>d c>d", "a b c d");
    let two = build("c>d a>c b>d a>b", "d c b a");
    assert_eq!(one.model.digest(), two.model.digest());
    assert_eq!(
        analysis::judge(&one.model, ""),
        analysis::judge(&two.model, "")
    );
    assert_lines(&one, &["r: violated: a > b > d"]);
}
