//! Re-checks verdicts: each one is accepted only with a valid proof or a real counterexample.

use crate::claims::{Own, own_claims, stated_facts};
use crate::flows::{Flows, by_name, ends, starts};
use crate::graph::{Graph, Off, Why};
use crate::labels::Labels;
use model::flow::Point;
use model::verdict::{
    Axis, Certificate, Claim, ClosedPart, FORMAT, Outcome, Step, Verdict, Verdicts, Witness,
};
use model::{ClassId, Effect, EndPoint, Model, Through};
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
    let refused = |reason: &str| Ruling::Refused {
        reason: reason.to_owned(),
    };
    let mut claims = Vec::new();
    for own in own_claims(model) {
        let result = match by_id.remove(own.id.as_str()).as_deref() {
            None => Ruling::Missing,
            Some([verdict]) => rule(&Check {
                graph: &graph,
                own: &own,
                verdict,
            }),
            Some(_) => refused("there is more than one verdict about it"),
        };
        claims.push(Checked { id: own.id, result });
    }
    for id in by_id.into_keys().map(str::to_owned) {
        let result = refused("the model makes no such claim");
        claims.push(Checked { id, result });
    }
    claims
}

fn rule(check: &Check<'_>) -> Ruling {
    let checked = check.check();
    if check.graph.exhausted() {
        let reason = "it takes too much work to check".to_owned();
        return Ruling::Refused { reason };
    }
    match (checked, &check.verdict.outcome) {
        (Err(reason), _) => Ruling::Refused { reason },
        (Ok(()), Outcome::Holds { .. }) => Ruling::Proved,
        (Ok(()), Outcome::Violated { .. }) => Ruling::Refuted,
        (Ok(()), Outcome::Unknown { reason }) => Ruling::Unproven {
            reason: reason.clone(),
        },
    }
}

/// One verdict against the model's own claim.
struct Check<'a> {
    graph: &'a Graph<'a>,
    own: &'a Own<'a>,
    verdict: &'a Verdict,
}

impl Check<'_> {
    fn check(&self) -> Result<(), String> {
        let verdict = self.verdict;
        if verdict.claim != self.own.text {
            return Err("it is about another claim than the model's".to_owned());
        }
        let (none, off) = (Off::new(), self.off()?);
        let holds = matches!(verdict.outcome, Outcome::Holds { .. });
        let vacuous = holds && self.flows(&none).is_ok_and(|flows| flows.is_vacuous());
        if verdict.vacuous != vacuous {
            return Err("it says wrongly whether it is vacuous".to_owned());
        }
        match &verdict.outcome {
            Outcome::Holds { certificate } => self.check_certificate(certificate, &off)?,
            Outcome::Violated { witness } => self.check_witness(witness, &none)?,
            Outcome::Unknown { .. } => {}
        }
        for fall in &verdict.falls_with {
            let subject = self.graph.model.find_node(&fall.subject);
            let (Some(id), true) = (subject, holds) else {
                return Err(format!("it cannot fall with `{}`", fall.subject));
            };
            self.check_witness(&fall.witness, &Off::from([id]))
                .map_err(|reason| format!("it does not fall with `{}`: {reason}", fall.subject))?;
        }
        Ok(())
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
        let mut known = BTreeSet::from(["platform".to_owned()]);
        let stated = model
            .assumptions
            .iter()
            .filter(|own| own.effect == Effect::Stated);
        known.extend(stated.map(|own| own.name.clone()));
        if let Some(name) = known.iter().find(|name| !listed.contains(name.as_str())) {
            return Err(format!("assumption `{name}` is not listed"));
        }
        known.extend(model.assumptions.iter().map(|own| own.name.clone()));
        let trusted = model.nodes().filter(|(id, _)| model.trust(*id).is_some());
        known.extend(trusted.map(|(_, node)| format!("obeys.{}", node.name)));
        if let Some(name) = listed.iter().find(|name| !known.contains(**name)) {
            return Err(format!("`{name}` is no assumption of the model"));
        }
        Ok(self.graph.off_unless(&listed))
    }

    /// The claim as a question about flows; "kept" is the opposite of "never except through what
    /// is lost".
    fn flows<'a>(&'a self, off: &'a Off) -> Result<Flows<'a>, String> {
        let graph = self.graph;
        let flows = |starts, class, ends, through, places| {
            Ok(Flows {
                graph,
                off,
                class,
                through,
                starts,
                ends,
                places,
            })
        };
        match (&self.own.text, self.own.stated) {
            (
                _,
                Some(model::Claim::Never {
                    from,
                    to,
                    data,
                    through,
                }),
            ) => {
                let starts = starts(graph, off, from, *data);
                flows(starts, *data, ends(graph, to), through.clone(), false)
            }
            (_, Some(model::Claim::Keep { lost, from, to })) => {
                let (starts, ends) = (starts(graph, off, &[*from], None), ends(graph, &[*to]));
                flows(starts, None, ends, Through::AnyOf(lost.clone()), true)
            }
            (Claim::ClassLabel { class: name }, None) => {
                let mut classes = (0..).zip(&graph.model.classes);
                let class = classes.find(|(_, class)| class.name == *name);
                let (index, class) = class.ok_or("the claim names no class")?;
                let secrecy = class.secrecy.ok_or("the class has no label")?;
                let low = Labels::new(graph, off, Axis::Secrecy).below(secrecy);
                let starts = by_name(graph, graph.origins(ClassId(index), off));
                let (class, ends) = (Some(ClassId(index)), by_name(graph, low));
                flows(starts, class, ends, Through::Nothing, true)
            }
            _ => Err("this is no claim about flows".to_owned()),
        }
    }

    fn check_certificate(&self, certificate: &Certificate, off: &Off) -> Result<(), String> {
        match (&self.own.text, certificate) {
            (Claim::Never { .. } | Claim::ClassLabel { .. }, Certificate::Closed { parts }) => {
                self.flows(off)?.check_closed(parts)
            }
            (
                Claim::Labels { axis },
                Certificate::Invariant {
                    labels,
                    stated_passes,
                },
            ) => Labels::new(self.graph, off, *axis).check_invariant(labels, stated_passes),
            (Claim::Keep { .. }, Certificate::Path { points }) => {
                if self.keeps_nothing()? {
                    return Err("an end is lost itself".to_owned());
                }
                self.flows(&Off::new())?
                    .check_path(&self.graph.points(points)?)
            }
            (Claim::Fresh { .. } | Claim::Criticality { .. }, Certificate::Table { rows }) => {
                self.check_rows(rows, true)
            }
            _ => Err("the certificate is of another kind than the claim".to_owned()),
        }
    }

    fn check_witness(&self, witness: &Witness, off: &Off) -> Result<(), String> {
        match (&self.own.text, witness) {
            (Claim::Never { .. } | Claim::ClassLabel { .. }, Witness::Path { points, steps }) => {
                let points = self.graph.points(points)?;
                self.flows(off)?.check_path(&points)?;
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
                let points = self.graph.points(points)?;
                let [from, to] = points.as_slice() else {
                    return Err("an edge has two points".to_owned());
                };
                let labels = Labels::new(self.graph, off, *axis);
                labels.check_break(*from, *to, [from_label, to_label])?;
                self.check_steps(&points, steps, off)
            }
            (Claim::Keep { from, to, .. }, Witness::Disconnected { points }) => {
                let (from, to, points) = (vec![from.clone()], vec![to.clone()], points.clone());
                match self.keeps_nothing()? {
                    true => Ok(()),
                    false => self
                        .flows(off)?
                        .check_closed(&[ClosedPart { from, to, points }]),
                }
            }
            (Claim::Fresh { .. } | Claim::Criticality { .. }, Witness::Mismatch { rows }) => {
                self.check_rows(rows, false)
            }
            _ => Err("the witness is of another kind than the claim".to_owned()),
        }
    }

    /// Whether an end of a claim that something is kept is lost itself.
    fn keeps_nothing(&self) -> Result<bool, String> {
        let Some(model::Claim::Keep { lost, from, to }) = self.own.stated else {
            return Err("this is no claim that something is kept".to_owned());
        };
        let node = |end: &EndPoint| match *end {
            EndPoint::Node(node) => node,
            EndPoint::Port(port) => self.graph.node(Point::Port(port)),
        };
        Ok(lost.contains(&node(from)) || lost.contains(&node(to)))
    }

    /// The words for people must say what the points say.
    fn check_steps(&self, points: &[Point], steps: &[Step], off: &Off) -> Result<(), String> {
        let (graph, model) = (self.graph, self.graph.model);
        let node = |point| model.node_name(graph.node(point)).to_owned();
        let (mut expected, mut passed) = (Vec::new(), None);
        for (from, to) in points.iter().zip(points.iter().skip(1)) {
            let edge = graph.edges(*from, off, None).find(|(next, _)| next == to);
            let by = match edge.map(|(_, why)| why) {
                Some(Why::Channel(id)) => format!("channel {}", model.channel_name(id)),
                Some(Why::Credit(id)) => format!("credit of {}", model.channel_name(id)),
                Some(Why::Grant(id)) => model.grant(id).map_or_else(String::new, |grant| {
                    let (subject, peer) = (grant.subject, model.node_name(grant.peer));
                    format!(
                        "grant {}.{} <-> {peer}",
                        model.node_name(subject),
                        grant.name
                    )
                }),
                Some(Why::Pass(_)) => {
                    passed = Some(format!("{} => {}", graph.name(*from), graph.name(*to)));
                    continue;
                }
                Some(Why::Within) => {
                    let trusted = model.trust(graph.node(*from)).is_some();
                    passed = trusted.then(|| "void".to_owned());
                    continue;
                }
                Some(Why::Inside) | None => continue,
            };
            let (from, to, passed) = (node(*from), node(*to), passed.take());
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

    fn check_rows(&self, rows: &[(String, String)], holds: bool) -> Result<(), String> {
        let facts = stated_facts(self.graph.model, &self.own.text);
        if facts.ok_or("the model states nothing about it")? != (holds, rows.to_vec()) {
            return Err("the model states otherwise".to_owned());
        }
        Ok(())
    }
}
