//! Indicators answered from the verdicts on an architecture: kind *design*, bound to the digest of the
//! model. What the verdicts do not say is not answered.

use crate::check::{Checked, Unneeded};
use maturity::compose::Effective;
use maturity::project::{Computed, GivenAnswer};
use maturity::{Answer, Date, Source};
use model::verdict::{Claim, Outcome, Verdict};
use model::{Direction, Model, Node, NodeKind, Port, PortId, Trust};
use source::Span;
use std::collections::BTreeSet;

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Found {
    answer: Answer,
    note: String,
}

/// A check: what the catalog calls it, and how it is answered.
type Check = (&'static str, fn(&Model, &Checked) -> Found);

/// All checks that verdicts can answer. The catalog says which indicator uses which.
const CHECKS: &[Check] = &[
    ("externals-declared", externals_declared),
    ("every-requirement-sourced", every_requirement_sourced),
    ("every-requirement-owned", every_requirement_owned),
    ("compromise-analysis-complete", compromise_analysis_complete),
    ("unneeded-channels-absent", unneeded_channels_absent),
    ("guards-have-local-policy", guards_have_local_policy),
    ("never-verdicts-hold", never_verdicts_hold),
    ("certificates-accepted", certificates_accepted),
    ("every-flow-classified", every_flow_classified),
    ("released-fields-listed", released_fields_listed),
    ("data-verdicts-hold", data_verdicts_hold),
    ("zones-have-targets", zones_have_targets),
];

/// Answers for every indicator of the table whose check the verdicts can answer, in its order.
pub fn answers(table: &Effective, model: &Model, checked: &Checked, on: Date) -> Vec<GivenAnswer> {
    let rows = table.rows.iter().map(|row| &row.what);
    let rows = rows.filter(|row| row.source == Source::Architecture);
    rows.filter_map(|row| {
        let name = row.check.as_deref()?;
        let (_, check) = CHECKS.iter().find(|(known, _)| *known == name)?;
        let Found { answer, note } = check(model, checked);
        Some(GivenAnswer {
            indicator: row.id.clone(),
            answer,
            by: None,
            method: None,
            on: Some(on),
            evidence: Vec::new(),
            note: Some(note),
            because: None,
            approved_by: None,
            computed: Some(Computed {
                check: name.to_owned(),
                model: Some(checked.verdicts.model),
                at: Span::default(),
            }),
            at: Span::default(),
        })
    })
    .collect()
}

fn found(answer: Answer, note: impl Into<String>) -> Found {
    Found {
        answer,
        note: note.into(),
    }
}

/// Yes if there is something to judge and nothing is wrong with it; *unknown* if there is nothing:
/// an empty drawing proves nothing.
fn all(what: &str, count: usize, wrong: &[String]) -> Found {
    match (count, wrong) {
        (0, _) => found(Answer::Unknown, format!("the model has no {what} to judge")),
        (_, []) => found(Answer::Yes, format!("true of all {count}: {what}")),
        (_, wrong) => {
            let named = wrong.iter().take(5).map(String::as_str);
            let named: Vec<&str> = named.collect();
            let more = wrong.len() - named.len();
            let more = (more > 0).then(|| format!(" and {more} more"));
            let (named, more) = (named.join(", "), more.unwrap_or_default());
            let note = format!(
                "not true of {} of {count} ({what}): {named}{more}",
                wrong.len()
            );
            found(Answer::No, note)
        }
    }
}

fn externals_declared(model: &Model, _: &Checked) -> Found {
    let outside = |grant: &&model::Grant| {
        let peer = model.node(grant.peer).map(|node| &node.kind);
        !matches!(peer, Some(NodeKind::External | NodeKind::Object))
    };
    let wrong: Vec<String> = model
        .grants
        .iter()
        .filter(outside)
        .map(|grant| grant.name.clone())
        .collect();
    all(
        "grants that end at a named outside party or object",
        model.grants.len(),
        &wrong,
    )
}

fn every_requirement_sourced(model: &Model, _: &Checked) -> Found {
    requirements(model, "requirements with a source", |one| {
        one.source.is_some()
    })
}

fn every_requirement_owned(model: &Model, _: &Checked) -> Found {
    requirements(model, "requirements with an owner", |one| {
        one.owner.is_some()
    })
}

fn requirements(model: &Model, what: &str, has: impl Fn(&model::Requirement) -> bool) -> Found {
    let without = model.requirements.iter().filter(|one| !has(one));
    let wrong: Vec<String> = without.map(|one| one.name.clone()).collect();
    all(what, model.requirements.len(), &wrong)
}

fn compromise_analysis_complete(model: &Model, checked: &Checked) -> Found {
    let (subjects, survey) = (model.subjects().count(), &checked.survey);
    match (survey.complete, survey.exposure.rows.len()) {
        (true, rows) if rows >= subjects && subjects > 0 => {
            let note = format!("each of {subjects} subjects was judged with its local policy void");
            found(Answer::Yes, note)
        }
        _ => found(
            Answer::Unknown,
            "the model is too large, or empty, for the analysis to be complete",
        ),
    }
}

fn unneeded_channels_absent(model: &Model, checked: &Checked) -> Found {
    match &checked.survey.unneeded {
        Unneeded::NoFlowRequired => found(
            Answer::Unknown,
            "no requirement demands a flow, so nothing can be called unneeded",
        ),
        Unneeded::Open => found(Answer::Unknown, "the model is too large for this analysis"),
        Unneeded::Channels {
            channels,
            required_flows,
        } => all(
            &format!("channels that serve one of {required_flows} required flows"),
            model.channels.len(),
            channels,
        ),
    }
}

fn guards_have_local_policy(model: &Model, _: &Checked) -> Found {
    let trusted = trusted(model);
    let wrong = trusted.iter().filter(|(_, trust)| trust.passes.is_empty());
    let wrong: Vec<String> = wrong.map(|(node, _)| node.name.clone()).collect();
    all(
        "trusted subjects with a list of what they pass",
        trusted.len(),
        &wrong,
    )
}

fn never_verdicts_hold(_: &Model, checked: &Checked) -> Found {
    claims(checked, "proved prohibitions", |claim| {
        matches!(claim, Claim::Never { .. })
    })
}

fn claims(checked: &Checked, what: &str, is: impl Fn(&Claim) -> bool) -> Found {
    let claims = checked
        .verdicts
        .verdicts
        .iter()
        .filter(|one| is(&one.claim));
    // What holds because it speaks of nothing shows nothing.
    let (vacuous, claims): (Vec<&Verdict>, Vec<&Verdict>) = claims.partition(|one| one.vacuous);
    let holds = |one: &&&Verdict| matches!(one.outcome, Outcome::Holds { .. });
    let wrong = claims.iter().filter(|one| !holds(one));
    let wrong: Vec<String> = wrong.map(|one| one.id.clone()).collect();
    let mut found = all(what, claims.len(), &wrong);
    if !vacuous.is_empty() {
        let more = format!(
            "; {} more hold vacuously and count for nothing",
            vacuous.len()
        );
        found.note.push_str(&more);
    }
    found
}

fn certificates_accepted(_: &Model, checked: &Checked) -> Found {
    let refused = crate::check::refused(&checked.rechecked);
    all(
        "proofs accepted by the independent checker",
        checked.rechecked.claims.len(),
        &refused,
    )
}

fn every_flow_classified(model: &Model, _: &Checked) -> Found {
    let classed = classed_ports(model);
    let plain = |channel: &model::Channel| !classed.contains(&channel.from);
    let wrong = model
        .channels
        .iter()
        .enumerate()
        .filter(|(_, one)| plain(one));
    let wrong: Vec<String> = wrong
        .map(|(at, _)| model.channel_name(model::ChannelId::of(at)))
        .collect();
    all(
        "channels whose data has a class",
        model.channels.len(),
        &wrong,
    )
}

/// The ports whose data has a class: it originates there, or came in with one and is passed on.
fn classed_ports(model: &Model) -> BTreeSet<PortId> {
    let mut classed: BTreeSet<PortId> = BTreeSet::new();
    loop {
        let before = classed.len();
        for (id, port) in model.ports() {
            let passed = match port.direction {
                Direction::In => arrives(model, port, &classed),
                Direction::Out => leaves(model, id, port, &classed),
            };
            if passed {
                classed.insert(id);
            }
        }
        if classed.len() == before {
            return classed;
        }
    }
}

fn arrives(model: &Model, port: &Port, classed: &BTreeSet<PortId>) -> bool {
    let channel = port.channel.and_then(|id| model.channel(id));
    let grant = port.grant.and_then(|id| model.grant(id));
    channel.is_some_and(|channel| classed.contains(&channel.from))
        || grant.is_some_and(|grant| {
            let holds = model
                .node(grant.peer)
                .is_some_and(|node| !node.holds.is_empty());
            let same = |other: &model::Grant| other.peer == grant.peer;
            let brought =
                |other: &model::Grant| other.out_port.is_some_and(|out| classed.contains(&out));
            holds
                || model
                    .grants
                    .iter()
                    .any(|other| same(other) && brought(other))
        })
}

fn leaves(model: &Model, id: PortId, port: &Port, classed: &BTreeSet<PortId>) -> bool {
    if !port.emits.is_empty() {
        return true;
    }
    if let Some(trust) = model.trust(port.node) {
        let passes = trust.passes.iter().filter(|pass| pass.to == id);
        return passes
            .clone()
            .any(|pass| pass.data.is_some() || classed.contains(&pass.from));
    }
    let holds = model
        .node(port.node)
        .is_some_and(|node| !node.holds.is_empty());
    let came = |(other, from): (PortId, &Port)| from.node == port.node && classed.contains(&other);
    holds || model.ports().any(came)
}

/// Trusted subjects with their local policies.
fn trusted(model: &Model) -> Vec<(&Node, &Trust)> {
    let subjects = model.subjects();
    let trusted = subjects.filter_map(|(_, node, subject)| Some((node, subject.trust.as_ref()?)));
    trusted.collect()
}

fn released_fields_listed(model: &Model, _: &Checked) -> Found {
    let trusted = trusted(model);
    let passes = trusted
        .into_iter()
        .flat_map(|(node, trust)| trust.passes.iter().map(move |pass| (node, pass)));
    let lowering = passes.filter(|(_, pass)| pass.lowers_secrecy);
    let wrong = lowering.clone().filter(|(_, pass)| pass.data.is_none());
    let wrong: Vec<String> = wrong.map(|(node, _)| node.name.clone()).collect();
    all(
        "passes to a lower class that name what they release",
        lowering.count(),
        &wrong,
    )
}

fn data_verdicts_hold(model: &Model, checked: &Checked) -> Found {
    let about = |claim: &Claim, class: &str| match claim {
        Claim::Never { data, .. } => data.as_deref() == Some(class),
        Claim::ClassLabel { class: other } => other == class,
        _ => false,
    };
    let verdicts = &checked.verdicts.verdicts;
    let proved = |class: &str| {
        let claims = verdicts.iter().filter(|one| about(&one.claim, class));
        let mut claims = claims.peekable();
        let any = claims.peek().is_some();
        any && claims.all(|one| matches!(one.outcome, Outcome::Holds { .. }))
    };
    // What holds because the class originates nowhere shows nothing about it.
    let arises = model.arising();
    let classes = model.classes.iter().enumerate();
    let wrong = classes
        .filter(|(at, class)| !arises.contains(&model::ClassId::of(*at)) || !proved(&class.name));
    let wrong: Vec<String> = wrong.map(|(_, class)| class.name.clone()).collect();
    all(
        "classes of data with proofs of where they cannot go",
        model.classes.len(),
        &wrong,
    )
}

fn zones_have_targets(model: &Model, _: &Checked) -> Found {
    // A zone in which nothing of the system lies is not the system's to protect.
    let own = |node: &Node| !matches!(node.kind, NodeKind::External);
    let ours: BTreeSet<usize> = model
        .nodes
        .iter()
        .filter(|node| own(node))
        .flat_map(|node| &node.zones)
        .flat_map(|zone| model.zone_chain(*zone))
        .map(model::ZoneId::index)
        .collect();
    let zones = model.zones.iter().enumerate();
    let zones = zones.filter(|(at, _)| ours.contains(at));
    let wrong = zones.clone().filter(|(_, zone)| zone.target_level == 0);
    let wrong: Vec<String> = wrong.map(|(_, zone)| zone.name.clone()).collect();
    let found = all(
        "zones with a security level target above 0",
        zones.count(),
        &wrong,
    );
    let unzoned = model.unzoned();
    if found.answer != Answer::Yes || unzoned.is_empty() {
        return found;
    }
    let names = unzoned.iter().take(5).map(|id| model.node_name(*id));
    let names: Vec<&str> = names.collect();
    let note = format!(
        "the zoning is not complete: {} of {} nodes lie in no zone, such as {}",
        unzoned.len(),
        model.nodes.len(),
        names.join(", ")
    );
    self::found(Answer::Unknown, note)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model_file::ModelFile;
    use std::path::Path;

    fn answer(check: fn(&Model, &Checked) -> Found, body: &str) -> (Answer, String) {
        let text = format!("bulkhead 1\nsystem s {{\n{body}\n}}\n");
        let file = ModelFile::of_text(Path::new("system.kdl"), text);
        assert!(file.is_usable(), "{:?}", file.diagnostics);
        let found = check(&file.model, &crate::check::check(&file));
        (found.answer, found.note)
    }

    #[test]
    fn a_zoning_that_is_not_complete_is_never_taken_for_yes() {
        let zoning = |zones: &str| {
            let nodes = "subject a; subject b; external e; channel a -> b sampling";
            answer(zones_have_targets, &format!("{nodes}\n{zones}"))
        };
        let (found, note) = zoning("zone z sl-t=2 { a }");
        assert_eq!(found, Answer::Unknown);
        assert_eq!(
            note,
            "the zoning is not complete: 2 of 3 nodes lie in no zone, such as b, e"
        );
        assert_eq!(zoning("zone z sl-t=2 { a b e }").0, Answer::Yes);
        assert_eq!(
            zoning("zone z sl-t=2 { a b }; zone o sl-t=0 { e }").0,
            Answer::Yes
        );
        // What is wrong is wrong, complete or not.
        assert_eq!(zoning("zone z sl-t=0 { a }").0, Answer::No);
        assert_eq!(zoning("").0, Answer::Unknown);
        // The zone around a zone protects what lies in it.
        let nested = "zone z sl-t=2 in=o { a b e }; zone o sl-t=0";
        assert_eq!(zoning(nested).0, Answer::No);
        assert_eq!(
            zoning("zone z sl-t=2 { a b }; zone y sl-t=1 { b e }").0,
            Answer::Yes
        );
    }

    #[test]
    fn what_holds_vacuously_counts_for_nothing() {
        let body = |claims: &str| {
            format!(
                "data c; data d; subject a {{ port x out data=c }}; subject b; channel a.x -> b sampling\n\
                 require r {{ {claims} }}"
            )
        };
        let claims = |claims: &str| answer(never_verdicts_hold, &body(claims));
        assert_eq!(claims("never data=d to=b").0, Answer::Unknown);
        let (found, note) = claims("never data=d to=b; never from=b to=a");
        assert_eq!(found, Answer::Yes);
        assert_eq!(
            note,
            "true of all 1: proved prohibitions; 1 more hold vacuously and count for nothing"
        );
        assert_eq!(claims("never data=d to=b; never from=a to=b").0, Answer::No);
        let data = |claims: &str| answer(data_verdicts_hold, &body(claims));
        let (found, note) = data("never data=c from=a to=a; never data=d to=b");
        assert_eq!((found, note.contains("d")), (Answer::No, true));
        // What may go everywhere by its label is decided, too.
        let public = "labels { secrecy low high }; data c secrecy=low; data d secrecy=high\n\
                      subject a secrecy=high { port x out data=\"c d\" }; subject b secrecy=high\n\
                      channel a.x -> b sampling";
        assert_eq!(answer(data_verdicts_hold, public).0, Answer::Yes);
    }
}
