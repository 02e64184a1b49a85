//! Re-checks verdicts: each one is accepted only with a valid proof or a real counterexample.

use crate::claims::{Own, own_claims, stated_facts};
use crate::flows::{Flows, by_name, carrying, ends};
use crate::graph::{Graph, Load, Off, Proof, Why, obliged, require};
use crate::labels::Labels;
use model::flow::Point;
use model::verdict::{
    Axis, Certificate, Claim, ClosedPart, FORMAT, Outcome, Step, Verdict, Verdicts, Witness,
};
use model::{Assumption, ClassId, Effect, Model, Through};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Largest file of verdicts that is read, in bytes: that of 16 million names, which is what is
/// written about one model at most.
pub const VERDICTS_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Most quotation marks in it, two to a name: a short name takes more memory than bytes of a file.
const QUOTES_MAX: usize = 40_000_000;
/// Format name and version of a report.
pub const REPORT_FORMAT: &str = "bulkhead.rechecked/1";

/// What became of the verdicts about a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Report {
    /// [`REPORT_FORMAT`].
    pub format: String,
    /// System name.
    pub system: String,
    /// Digest of the model.
    pub model: String,
    /// Why the bytes as a whole cannot be used.
    pub fault: Option<String>,
    /// Subjects whose compromise is considered: trusted ones and mediators. That the
    /// compromise of one violates a claim is shown where it is said; that it does not is not.
    pub compromisable: Vec<String>,
    /// Every claim of the model in its order, then verdicts about anything else.
    pub claims: Vec<Checked>,
    /// Nothing was refused and no claim lacks a verdict: what the file says is right.
    pub accepted: bool,
    /// Moreover every claim of the model was proved.
    pub proved: bool,
}

/// What became of one claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Checked {
    /// As [`Verdict::id`].
    pub id: String,
    /// The result.
    #[serde(flatten)]
    pub result: Ruling,
}

/// What became of one verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum Ruling {
    /// It says that the claim holds, and proves it.
    Proved,
    /// It says that the claim is violated, and shows it.
    Refuted,
    /// It says that the claim could not be judged.
    Unproven {
        /// Why, in its words.
        reason: String,
    },
    /// It does not prove what it says.
    Refused {
        /// What is wrong with it.
        reason: String,
    },
    /// There is none.
    Missing,
}

/// Re-checks verdicts about a model, given as the bytes of a [`Verdicts`] file.
///
/// A verdict's `notion`, the tool's version and the minimality of a path are not checked, nor is
/// that the list of subjects whose compromise violates it is complete. What is sure: the compromise of each
/// listed one violates it, and that of those which its assumptions leave out does not, even of all together.
pub fn certificates(model: &Model, bytes: &[u8]) -> Report {
    let (fault, claims) = match read(model, bytes) {
        Ok(verdicts) => (None, check_all(model, &verdicts)),
        Err(fault) => (Some(fault), Vec::new()),
    };
    let bad = |claim: &Checked| matches!(claim.result, Ruling::Refused { .. } | Ruling::Missing);
    let proved = |claim: &Checked| claim.result == Ruling::Proved;
    Report {
        format: REPORT_FORMAT.to_owned(),
        system: model.name.clone(),
        model: model.digest().to_string(),
        accepted: fault.is_none() && !claims.iter().any(bad),
        proved: fault.is_none() && claims.iter().all(proved),
        fault,
        compromisable: obliged(model).iter().map(|id| model.node_name(*id).to_owned()).collect(),
        claims,
    }
}

fn read(model: &Model, bytes: &[u8]) -> Result<Verdicts, String> {
    require(bytes.len() <= VERDICTS_BYTES_MAX, "larger than any honest file of verdicts")?;
    let quotes = bytes.iter().filter(|byte| **byte == b'"').count();
    require(quotes <= QUOTES_MAX, "more names than in any honest file of verdicts")?;
    let verdicts: Verdicts = serde_json::from_slice(bytes)
        .map_err(|error| format!("not verdicts of the format `{FORMAT}`: {error}"))?;
    require(verdicts.format == FORMAT, "verdicts of another format")?;
    let same = verdicts.system == model.name && verdicts.model == model.digest();
    require(same, "the verdicts are about another model")?;
    Ok(verdicts)
}

fn check_all(model: &Model, verdicts: &Verdicts) -> Vec<Checked> {
    let graph = &Graph::new(model);
    let mut by_id: BTreeMap<&str, Vec<&Verdict>> = BTreeMap::new();
    for verdict in &verdicts.verdicts {
        by_id.entry(&verdict.id).or_default().push(verdict);
    }
    let refused = |reason: &str| Ruling::Refused { reason: reason.to_owned() };
    let mut claims = Vec::new();
    for own in own_claims(model) {
        let verdicts = by_id.remove(own.id.as_str()).unwrap_or_default();
        let result = match verdicts.as_slice() {
            [] => Ruling::Missing,
            [verdict] => rule(graph, &own, verdict),
            _ => refused("there is more than one verdict about it"),
        };
        claims.push(Checked { id: own.id, result });
    }
    for id in by_id.into_keys().map(str::to_owned) {
        let result = refused("the model makes no such claim");
        claims.push(Checked { id, result });
    }
    claims
}

fn rule(graph: &Graph<'_>, own: &Own<'_>, verdict: &Verdict) -> Ruling {
    let checked = Check { graph, own, verdict }.check();
    match (graph.spend(0).and(checked), &verdict.outcome) {
        (Err(reason), _) => Ruling::Refused { reason },
        (Ok(()), Outcome::Holds { .. }) => Ruling::Proved,
        (Ok(()), Outcome::Violated { .. }) => Ruling::Refuted,
        (Ok(()), Outcome::Unknown { reason }) => Ruling::Unproven { reason: reason.clone() },
    }
}

/// One verdict against the model's own claim.
struct Check<'a> {
    graph: &'a Graph<'a>,
    own: &'a Own<'a>,
    verdict: &'a Verdict,
}

impl Check<'_> {
    fn check(&self) -> Proof {
        let (verdict, none, off) = (self.verdict, Off::new(), self.off()?);
        require(verdict.claim == self.own.text, "it is about another claim than the model's")?;
        let holds = matches!(verdict.outcome, Outcome::Holds { .. });
        let vacuous = holds && self.flows(&none).is_some_and(|flows| flows.is_vacuous());
        require(verdict.vacuous == vacuous, "it says wrongly whether it is vacuous")?;
        match &verdict.outcome {
            Outcome::Holds { certificate } => self.check_certificate(certificate, &off)?,
            Outcome::Violated { witness } => self.check_witness(witness, &none)?,
            Outcome::Unknown { .. } => {}
        }
        let mut seen = BTreeSet::new();
        for own in &verdict.violated_if {
            require(seen.insert(&own.subject), "a subject is listed twice")?;
            let subject = self.graph.model.find_node(&own.subject);
            let id = subject.filter(|id| holds && self.graph.obliged.contains(id));
            let id = id.ok_or("its compromise cannot violate anything")?;
            let shown = self.check_witness(&own.witness, &Off::from([id]));
            shown.map_err(|reason| format!("if `{}` is compromised: {reason}", own.subject))?;
        }
        Ok(())
    }

    /// What must be switched off because the verdict does not list it as assumed.
    fn off(&self) -> Result<Off, String> {
        let model = self.graph.model;
        let listed: BTreeSet<String> = self.verdict.assumptions.iter().cloned().collect();
        let mut known = BTreeSet::from(["platform".to_owned()]);
        let is_stated = |own: &&Assumption| own.effect == Effect::Stated;
        let own = || model.assumptions.iter();
        known.extend(own().filter(is_stated).map(|own| own.name.clone()));
        require(known.is_subset(&listed), "an assumption is not listed")?;
        known.extend(own().map(|own| own.name.clone()));
        let obliged = self.graph.obliged.iter();
        known.extend(obliged.map(|id| format!("local-policy.{}", model.node_name(*id))));
        require(listed.is_subset(&known), "an assumption is not the model's")?;
        Ok(self.graph.off_unless(&listed))
    }

    /// The claim as a question about flows, if it is one; "kept" is the opposite of "never except
    /// through what is lost".
    fn flows<'a>(&'a self, off: &'a Off) -> Option<Flows<'a>> {
        let graph = self.graph;
        let (load, through, starts, ends, places) = match (&self.own.text, self.own.stated) {
            (_, Some(model::Claim::Never { from, to, data, through })) => {
                let starts = match data {
                    Some(class) => carrying(graph, off, from, *class),
                    None => ends(graph, from, true),
                };
                let load = data.map_or(Load::Signal, Load::Data);
                (load, through.clone(), starts, ends(graph, to, false), false)
            }
            (_, Some(model::Claim::Keep { lost, from, to, signals })) => {
                let mut starts = ends(graph, &[*from], true);
                let ends = ends(graph, &[*to], false);
                let mut both = starts.values().chain(ends.values()).flatten();
                if both.any(|point| lost.contains(&graph.node(*point))) {
                    starts.values_mut().for_each(BTreeSet::clear);
                }
                let load = if *signals { Load::Signal } else { Load::Content };
                (load, Through::AnyOf(lost.clone()), starts, ends, true)
            }
            (Claim::ClassLabel { class: name }, None) => {
                let mut classes = (0..).zip(&graph.model.classes);
                let (index, class) = classes.find(|(_, class)| class.name == *name)?;
                let low = Labels::new(graph, off, Axis::Secrecy).below(class.secrecy?);
                let starts = carrying(graph, off, &[], ClassId(index));
                (Load::Data(ClassId(index)), Through::Nothing, starts, by_name(graph, low), true)
            }
            _ => return None,
        };
        Some(Flows { graph, off, load, through, starts, ends, places })
    }

    fn check_certificate(&self, certificate: &Certificate, off: &Off) -> Proof {
        let none = Off::new();
        let kept = matches!(self.own.text, Claim::Keep { .. });
        match (certificate, self.flows(if kept { &none } else { off })) {
            (Certificate::Closed { parts }, Some(never)) if !kept => never.check_closed(parts),
            (Certificate::Path { points }, Some(lost)) if kept => {
                lost.check_path(&self.points(points)?)
            }
            (Certificate::Invariant { labels, stated_passes: passes }, None) => {
                self.labels(off)?.check_invariant(labels, passes)
            }
            (Certificate::Table { rows }, None) => self.check_rows(rows, true),
            _ => Err("the certificate is of another kind than the claim".to_owned()),
        }
    }

    fn check_witness(&self, witness: &Witness, off: &Off) -> Proof {
        let kept = matches!(self.own.text, Claim::Keep { .. });
        match (witness, self.flows(off)) {
            (Witness::Path { points, steps }, Some(never)) if !kept => {
                let points = self.points(points)?;
                never.check_path(&points)?;
                self.check_steps(&points, steps, off)
            }
            (Witness::Disconnected { points }, Some(lost)) if kept => {
                let (from, points) = (lost.starts.keys().cloned().collect(), points.clone());
                let to = Vec::new();
                lost.check_closed(&[ClosedPart { from, to, points }])
            }
            (Witness::LabelBreak { points, steps, from_label, to_label, others }, None) => {
                let labels = self.labels(off)?;
                let one = |points: &[String], steps: &[Step], names: [&str; 2]| {
                    let points = self.points(points)?;
                    labels.check_break(&points, names)?;
                    self.check_steps(&points, steps, off)
                };
                one(points, steps, [from_label, to_label])?;
                let mut seen = BTreeSet::from([points]);
                for other in others {
                    one(&other.points, &other.steps, [&other.from_label, &other.to_label])?;
                    require(seen.insert(&other.points), "a flow is listed twice")?;
                }
                Ok(())
            }
            (Witness::Mismatch { rows }, None) => self.check_rows(rows, false),
            _ => Err("the witness is of another kind than the claim".to_owned()),
        }
    }

    fn points(&self, names: &[String]) -> Result<Vec<Point>, String> {
        names.iter().map(|name| self.graph.point(name)).collect()
    }

    fn labels<'a>(&'a self, off: &'a Off) -> Result<Labels<'a>, String> {
        match self.own.text {
            Claim::Labels { axis } => Ok(Labels::new(self.graph, off, axis)),
            Claim::Never { .. }
            | Claim::ClassLabel { .. }
            | Claim::Keep { .. }
            | Claim::Fresh { .. }
            | Claim::Latency { .. }
            | Claim::Criticality { .. } => Err("the claim is not about labels".to_owned()),
        }
    }

    /// The words for people must say what the points say.
    fn check_steps(&self, points: &[Point], steps: &[Step], off: &Off) -> Proof {
        let (graph, model) = (self.graph, self.graph.model);
        let node = |point| model.node_name(graph.node(point)).to_owned();
        let trusted = |point: &Point| model.trust(graph.node(*point)).is_some();
        let (mut expected, mut passed) = (Vec::new(), None);
        for (from, to) in points.iter().zip(points.iter().skip(1)) {
            let edge = graph.edges(*from, off, Load::Signal).find(|(next, _)| next == to);
            let why = edge.map_or(Why::Inside, |(_, why)| why);
            match why {
                Why::Pass(_) => passed = Some([from, to].map(|p| graph.name(*p)).join(" => ")),
                Why::Within if trusted(from) => passed = Some("void".to_owned()),
                Why::Channel(_) | Why::Credit(_) | Why::Grant(_) | Why::Inside | Why::Within => {}
            }
            let bytes = matches!(why, Why::Credit(_)).then_some(model::CREDIT_BYTES);
            let by = match why {
                Why::Channel(id) => format!("channel {}", model.channel_name(id)),
                Why::Credit(id) => format!("credit of {}", model.channel_name(id)),
                Why::Grant(grant) => {
                    let [subject, peer] = [grant.subject, grant.peer].map(|id| model.node_name(id));
                    format!("grant {subject}.{} {} {peer}", grant.name, grant.direction.arrow())
                }
                Why::Inside | Why::Within | Why::Pass(_) => continue,
            };
            let (from, to, passed) = (node(*from), node(*to), passed.take());
            expected.push(Step { from, to, by, bytes, passed });
        }
        require(steps == expected, "the steps do not say what the points say")
    }

    fn check_rows(&self, rows: &[(String, String)], holds: bool) -> Proof {
        let right = stated_facts(self.graph.model, self.own) == Some((holds, rows.to_vec()));
        require(right, "the model states otherwise")
    }
}
