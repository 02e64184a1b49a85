//! Re-checks verdicts: each one is accepted only with a valid proof or a real counterexample.

use crate::claims::{Own, own_claims};
use crate::graph::{Graph, Off, Why};
use crate::labels::{Labels, low_points, stated_facts};
use crate::never::Never;
use model::flow::Point;
use model::verdict::{Certificate, Claim, FORMAT, Outcome, Step, Verdict, Verdicts, Witness};
use model::{EndPoint, Model, NodeId};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Largest file of verdicts that is read, in bytes.
pub const VERDICTS_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Format name and version of a report.
pub const REPORT_FORMAT: &str = "bulkhead.certified/1";

/// What became of the verdicts about a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// [`REPORT_FORMAT`].
    pub format: String,
    /// System name.
    pub system: String,
    /// Digest of the model.
    pub model: String,
    /// Why the bytes as a whole cannot be used.
    pub fault: Option<String>,
    /// Every claim of the model in its order, then verdicts about anything else.
    pub claims: Vec<Checked>,
    /// Nothing was refused and no claim lacks a verdict: what the file says is right.
    pub accepted: bool,
    /// Moreover every claim of the model was proved.
    pub proved: bool,
}

/// What became of one claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// As [`Verdict::id`].
    pub id: String,
    /// The result.
    #[serde(flatten)]
    pub result: Ruling,
}

/// What became of one verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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
/// that the list of subjects it falls with is complete. What is sure: it falls with each listed
/// one, and not with any subject that its assumptions leave out, nor with all of these together.
pub fn certificates(model: &Model, bytes: &[u8]) -> Report {
    let mut report = Report {
        format: REPORT_FORMAT.to_owned(),
        system: model.name.clone(),
        model: model.digest().to_string(),
        fault: None,
        claims: Vec::new(),
        accepted: false,
        proved: false,
    };
    match read(model, bytes) {
        Ok(verdicts) => report.claims = check_all(model, &verdicts),
        Err(fault) => {
            report.fault = Some(fault);
            return report;
        }
    }
    let all = |good: fn(&Ruling) -> bool| report.claims.iter().all(|claim| good(&claim.result));
    report.accepted = all(|ruling| !matches!(ruling, Ruling::Refused { .. } | Ruling::Missing));
    report.proved = all(|ruling| *ruling == Ruling::Proved);
    report
}

fn read(model: &Model, bytes: &[u8]) -> Result<Verdicts, String> {
    if bytes.len() > VERDICTS_BYTES_MAX {
        return Err(format!("larger than {VERDICTS_BYTES_MAX} bytes"));
    }
    let verdicts: Verdicts =
        serde_json::from_slice(bytes).map_err(|error| format!("not verdicts: {error}"))?;
    if verdicts.format != FORMAT {
        return Err(format!("format `{}` is not `{FORMAT}`", verdicts.format));
    }
    if verdicts.system != model.name || verdicts.model != model.digest() {
        return Err("the verdicts are about another model".to_owned());
    }
    Ok(verdicts)
}

fn check_all(model: &Model, verdicts: &Verdicts) -> Vec<Checked> {
    let graph = Graph::new(model);
    let mut by_id: BTreeMap<&str, Vec<&Verdict>> = BTreeMap::new();
    for verdict in &verdicts.verdicts {
        by_id.entry(&verdict.id).or_default().push(verdict);
    }
    let mut claims = Vec::new();
    for own in own_claims(model) {
        let result = match by_id.remove(own.id.as_str()).as_deref() {
            None => Ruling::Missing,
            Some([verdict]) => Check {
                graph: &graph,
                own: &own,
                verdict,
            }
            .ruling(),
            Some(_) => refused("there is more than one verdict about it"),
        };
        claims.push(Checked { id: own.id, result });
    }
    let strange = |id: &str| Checked {
        id: id.to_owned(),
        result: refused("the model makes no such claim"),
    };
    claims.extend(by_id.into_keys().map(strange));
    claims
}

fn refused(reason: &str) -> Ruling {
    Ruling::Refused {
        reason: reason.to_owned(),
    }
}

/// One verdict against the model's own claim.
struct Check<'a> {
    graph: &'a Graph<'a>,
    own: &'a Own<'a>,
    verdict: &'a Verdict,
}

impl Check<'_> {
    fn ruling(&self) -> Ruling {
        let checked = self.check();
        match &self.verdict.outcome {
            _ if self.graph.exhausted() => refused("it takes too much work to check"),
            _ if checked.is_err() => Ruling::Refused {
                reason: checked.err().unwrap_or_default(),
            },
            Outcome::Holds { .. } => Ruling::Proved,
            Outcome::Violated { .. } => Ruling::Refuted,
            Outcome::Unknown { reason } => Ruling::Unproven {
                reason: reason.clone(),
            },
        }
    }

    fn check(&self) -> Result<(), String> {
        if self.graph.exhausted() {
            return Err(String::new());
        }
        if self.verdict.claim != self.own.text {
            return Err("it is about another claim than the model's".to_owned());
        }
        let off = self.off()?;
        let none = Off::new();
        if let Outcome::Holds { certificate } = &self.verdict.outcome {
            self.check_certificate(certificate, &off)?;
            if self.verdict.vacuous != self.is_vacuous(&none) {
                return Err("whether it is vacuous is said wrongly".to_owned());
            }
            return self.check_falls();
        }
        if self.verdict.vacuous || !self.verdict.falls_with.is_empty() {
            return Err("only what holds can be vacuous or fall".to_owned());
        }
        match &self.verdict.outcome {
            Outcome::Violated { witness } => self.check_witness(witness, &none),
            Outcome::Holds { .. } | Outcome::Unknown { .. } => Ok(()),
        }
    }

    /// What must be switched off because the verdict does not list it as assumed.
    fn off(&self) -> Result<Off, String> {
        let model = self.graph.model;
        let listed: BTreeSet<&str> = self
            .verdict
            .assumptions
            .iter()
            .map(String::as_str)
            .collect();
        let stated = |name: &str| model.assumptions.iter().any(|own| own.name == name);
        let obeys = |name: &str| {
            let subject = name
                .strip_prefix("obeys.")
                .and_then(|name| model.find_node(name));
            subject.is_some_and(|id| model.trust(id).is_some())
        };
        if let Some(name) = listed
            .iter()
            .find(|name| **name != "platform" && !stated(name) && !obeys(name))
        {
            return Err(format!("`{name}` is no assumption of the model"));
        }
        let always = model
            .assumptions
            .iter()
            .filter(|own| own.effect == model::Effect::Stated);
        let always = always.map(|own| own.name.as_str()).chain(["platform"]);
        if let Some(name) = always.into_iter().find(|name| !listed.contains(name)) {
            return Err(format!("assumption `{name}` is not listed"));
        }
        Ok(self.graph.off_unless(&listed))
    }

    /// The claim as a question about flows, if it is one.
    fn never<'a>(&'a self, off: &'a Off) -> Option<Never<'a>> {
        match (&self.own.text, self.own.stated) {
            (
                _,
                Some(model::Claim::Never {
                    from,
                    to,
                    data,
                    through,
                }),
            ) => Some(Never::stated(self.graph, off, (from, to), *data, through)),
            (Claim::ClassLabel { class: name }, None) => {
                let classes = &self.graph.model.classes;
                let index = classes.iter().position(|class| class.name == *name)?;
                let low = low_points(self.graph, classes.get(index)?.secrecy?);
                let class = model::ClassId::of(index);
                Some(Never::class_label(self.graph, off, class, low))
            }
            _ => None,
        }
    }

    fn is_vacuous(&self, off: &Off) -> bool {
        self.never(off).is_some_and(|never| never.is_vacuous())
    }

    fn check_certificate(&self, certificate: &Certificate, off: &Off) -> Result<(), String> {
        match (&self.own.text, certificate) {
            (Claim::Never { .. } | Claim::ClassLabel { .. }, Certificate::Closed { parts }) => {
                let never = self.never(off).ok_or("the claim cannot be resolved")?;
                never.check_closed(parts)
            }
            (
                Claim::Labels { axis },
                Certificate::Invariant {
                    labels,
                    stated_passes,
                },
            ) => Labels::new(self.graph, off, *axis).check_invariant(labels, stated_passes),
            (Claim::Keep { .. }, Certificate::Path { points }) => self.check_kept(points),
            (Claim::Fresh { .. } | Claim::Criticality { .. }, Certificate::Table { rows }) => {
                self.check_rows(rows, true)
            }
            _ => Err("the certificate is of another kind than the claim".to_owned()),
        }
    }

    fn check_falls(&self) -> Result<(), String> {
        let mut subjects = BTreeSet::new();
        for fall in &self.verdict.falls_with {
            let id = self.graph.model.find_node(&fall.subject);
            let trusted = id.filter(|id| self.graph.model.trust(*id).is_some());
            let (Some(id), true) = (trusted, subjects.insert(&fall.subject)) else {
                return Err(format!("it cannot fall with `{}`", fall.subject));
            };
            self.check_witness(&fall.witness, &Off::from([id]))
                .map_err(|reason| format!("it does not fall with `{}`: {reason}", fall.subject))?;
        }
        Ok(())
    }

    fn check_witness(&self, witness: &Witness, off: &Off) -> Result<(), String> {
        match (&self.own.text, witness) {
            (Claim::Never { .. } | Claim::ClassLabel { .. }, Witness::Path { points, steps }) => {
                let points = self.points(points)?;
                let never = self.never(off).ok_or("the claim cannot be resolved")?;
                never.check_path(&points)?;
                self.check_steps(&points, steps, off)
            }
            (
                Claim::Labels { axis },
                Witness::LabelBreak {
                    points,
                    steps,
                    from_label,
                    to_label,
                },
            ) => {
                let points = self.points(points)?;
                let [from, to] = points.as_slice() else {
                    return Err("an edge has two points".to_owned());
                };
                let labels = Labels::new(self.graph, off, *axis);
                labels.check_break(*from, *to, [from_label, to_label])?;
                self.check_steps(&points, steps, off)
            }
            (Claim::Keep { .. }, Witness::Disconnected { points }) => {
                self.check_disconnected(&self.points(points)?.into_iter().collect(), off)
            }
            (Claim::Fresh { .. } | Claim::Criticality { .. }, Witness::Mismatch { rows }) => {
                self.check_rows(rows, false)
            }
            _ => Err("the witness is of another kind than the claim".to_owned()),
        }
    }

    fn points(&self, names: &[String]) -> Result<Vec<usize>, String> {
        let find = |name: &String| {
            self.graph
                .find(name)
                .ok_or_else(|| format!("`{name}` is no point"))
        };
        names.iter().map(find).collect()
    }

    /// The words for people must say what the points say.
    fn check_steps(&self, points: &[usize], steps: &[Step], off: &Off) -> Result<(), String> {
        let model = self.graph.model;
        let name = |point: usize| model.node_name(self.graph.node(point)).to_owned();
        let mut expected = Vec::new();
        let mut passed = None;
        for (from, to) in points.iter().zip(points.iter().skip(1)) {
            let found = self
                .graph
                .edges(*from, off, None)
                .find(|(next, _)| next == to);
            let by = match found.map(|(_, why)| why) {
                Some(Why::Channel(id)) => format!("channel {}", model.channel_name(id)),
                Some(Why::Credit(id)) => format!("credit of {}", model.channel_name(id)),
                Some(Why::Grant(id)) => self.grant_text(id),
                Some(Why::Pass(_)) => {
                    let (from, to) = (self.graph.name(*from), self.graph.name(*to));
                    passed = Some(format!("{from} => {to}"));
                    continue;
                }
                Some(Why::Within) => {
                    let trusted = model.trust(self.graph.node(*from)).is_some();
                    passed = trusted.then(|| "void".to_owned());
                    continue;
                }
                Some(Why::Inside) | None => continue,
            };
            let (from, to, passed) = (name(*from), name(*to), passed.take());
            expected.push(Step {
                from,
                to,
                by,
                passed,
            });
        }
        if steps != expected {
            return Err("the steps do not say what the points say".to_owned());
        }
        Ok(())
    }

    fn grant_text(&self, id: model::GrantId) -> String {
        let model = self.graph.model;
        model.grant(id).map_or_else(String::new, |grant| {
            let (subject, peer) = (model.node_name(grant.subject), model.node_name(grant.peer));
            format!("grant {subject}.{} <-> {peer}", grant.name)
        })
    }

    /// Start, end and what is lost of a claim that something is kept.
    fn kept(&self) -> Option<(usize, usize, BTreeSet<NodeId>)> {
        let Some(model::Claim::Keep { lost, from, to }) = self.own.stated else {
            return None;
        };
        let point = |end: &EndPoint, whole: fn(NodeId) -> Point| match *end {
            EndPoint::Node(node) => self.graph.number(whole(node)),
            EndPoint::Port(port) => self.graph.number(Point::Port(port)),
        };
        let (from, to) = (point(from, Point::Leave)?, point(to, Point::Enter)?);
        Some((from, to, lost.iter().copied().collect()))
    }

    fn check_kept(&self, points: &[String]) -> Result<(), String> {
        let (from, to, lost) = self.kept().ok_or("the claim cannot be resolved")?;
        let points = self.points(points)?;
        if points.first() != Some(&from) || points.last() != Some(&to) {
            return Err("the path does not join the ends of the claim".to_owned());
        }
        if points
            .iter()
            .any(|point| lost.contains(&self.graph.node(*point)))
        {
            return Err("the path touches what is lost".to_owned());
        }
        let none = Off::new();
        let joined = |from: usize, to: usize| {
            self.graph
                .edges(from, &none, None)
                .any(|(next, _)| next == to)
        };
        if !points
            .iter()
            .zip(points.iter().skip(1))
            .all(|(from, to)| joined(*from, *to))
        {
            return Err("the path follows no flow".to_owned());
        }
        Ok(())
    }

    fn check_disconnected(&self, set: &BTreeSet<usize>, off: &Off) -> Result<(), String> {
        let (from, to, lost) = self.kept().ok_or("the claim cannot be resolved")?;
        let lost = |point: usize| lost.contains(&self.graph.node(point));
        if lost(from) || lost(to) {
            return Ok(());
        }
        if !set.contains(&from) || set.contains(&to) {
            return Err("the set does not part the ends of the claim".to_owned());
        }
        for point in set {
            let mut next = self.graph.edges(*point, off, None).map(|(next, _)| next);
            if let Some(next) = next.find(|next| !set.contains(next) && !lost(*next)) {
                let (from, to) = (self.graph.name(*point), self.graph.name(next));
                return Err(format!("`{from}` flows to `{to}`, which is not in the set"));
            }
        }
        Ok(())
    }

    fn check_rows(&self, rows: &[(String, String)], holds: bool) -> Result<(), String> {
        let facts = stated_facts(self.graph.model, &self.own.text);
        let (truth, own) = facts.ok_or("the claim cannot be resolved")?;
        if truth != holds {
            return Err("the model states otherwise".to_owned());
        }
        if rows != own {
            return Err("the rows are not what the model states".to_owned());
        }
        Ok(())
    }
}
