//! All claims of a model, judged one after the other.

use crate::compromise::Base;
use crate::graph::{Budget, Exhausted, Graph, View};
use crate::labels::{ClassLabel, Kept, Labels};
use crate::never::{Answer, Never, Part, Proof, holds};
use crate::search::Scratch;
use crate::stated;
use crate::words::{claim_text, path_witness};
use model::verdict::{
    Axis, Certificate, Claim, ClosedPart, Compromise, FORMAT, Outcome, Verdict, Verdicts, Witness,
};
use model::{ClassId, Effect, Model, NodeId, Through};
use std::collections::BTreeSet;

/// What is spent on one model at most; what stays open is `unknown` and says so. The edges are some
/// tens of seconds of work, the entries about one gigabyte of names.
const BUDGET: Budget = Budget {
    edges: 5_000_000_000,
    entries: 16_000_000,
};

/// Judges every claim of a model: those of its requirements in order, then the built-in ones.
pub fn judge(model: &Model, tool_version: &str) -> Verdicts {
    let graph = Graph::new(model, BUDGET);
    let mut verdicts = stated_verdicts(&graph);
    verdicts.extend(built_in_verdicts(&graph));
    Verdicts {
        format: FORMAT.to_owned(),
        system: model.name.clone(),
        model: model.digest(),
        tool: tool_version.to_owned(),
        verdicts,
    }
}

/// What was found about a claim.
struct Finding {
    outcome: Outcome,
    vacuous: bool,
    /// Nodes it relies on besides the platform.
    relied: BTreeSet<NodeId>,
    violated_if: Vec<Compromise>,
}

impl From<Outcome> for Finding {
    fn from(outcome: Outcome) -> Self {
        Self {
            outcome,
            vacuous: false,
            relied: BTreeSet::new(),
            violated_if: Vec::new(),
        }
    }
}

fn verdict(
    graph: &Graph<'_>,
    id: String,
    claim: Claim,
    found: Result<Finding, Exhausted>,
) -> Verdict {
    let found = found.unwrap_or_else(|Exhausted| {
        let reason = "it takes more work or space than is spent on one model".to_owned();
        Outcome::Unknown { reason }.into()
    });
    Verdict {
        id,
        notion: notion(&claim).to_owned(),
        claim,
        outcome: found.outcome,
        vacuous: found.vacuous,
        assumptions: assumptions(graph, &found.relied),
        violated_if: found.violated_if,
    }
}

/// In which sense a claim is judged.
fn notion(claim: &Claim) -> &'static str {
    match claim {
        Claim::Never {
            except_through,
            except_in_order,
            data,
            ..
        } => {
            let ordered = !except_in_order.is_empty();
            match (
                ordered || !except_through.is_empty(),
                ordered,
                data.is_some(),
            ) {
                (false, _, false) => {
                    "no path in the flow graph (transitive influence; trusted subjects pass only \
                     what they list)"
                }
                (false, _, true) => {
                    "no path in the flow graph along which data of the class is passed on \
                     (untrusted nodes pass everything on, trusted subjects what they list)"
                }
                (true, false, false) => {
                    "every path in the flow graph touches one of the mediators between its ends"
                }
                (true, false, true) => {
                    "every path in the flow graph along which data of the class is passed on \
                     touches one of the mediators between its ends"
                }
                (true, true, false) => {
                    "every path in the flow graph meets all mediators in their order between its \
                     ends"
                }
                (true, true, true) => {
                    "every path in the flow graph along which data of the class is passed on meets \
                     all mediators in their order between its ends"
                }
            }
        }
        Claim::Labels {
            axis: Axis::Secrecy,
        } => {
            "every edge of the flow graph leads to equal or higher secrecy, or is a pass that \
             states that it lowers it (Denning)"
        }
        Claim::Labels {
            axis: Axis::Integrity,
        } => {
            "every edge of the flow graph leads to equal or lower integrity, or is a pass that \
             states that it raises it (Biba)"
        }
        Claim::ClassLabel { .. } => {
            "no path in the flow graph along which data of the class is passed on to a place of \
             lower or incomparable secrecy"
        }
        Claim::Keep { signals: false, .. } => {
            "a path that carries content is left in the flow graph; whether those on it do their \
             work is not judged"
        }
        Claim::Keep { signals: true, .. } => {
            "a path is left in the flow graph, if only of events or credits; whether those on it \
             do their work is not judged"
        }
        Claim::Fresh { .. } => "what the in-port states; that the program does so is not judged",
        Claim::Latency { .. } => "not judged",
        Claim::Criticality { .. } => "what the platforms state that they are qualified for",
    }
}

/// `platform`, then the model's own assumptions that are stated or relied upon, then whose local
/// policy is relied upon.
fn assumptions(graph: &Graph<'_>, relied: &BTreeSet<NodeId>) -> Vec<String> {
    let model = graph.model;
    let own = model
        .assumptions
        .iter()
        .filter(|assumption| match &assumption.effect {
            Effect::DoesNotRelay(nodes) => nodes.iter().any(|id| relied.contains(id)),
            Effect::Stated => true,
        });
    let mut own: Vec<String> = own.map(|assumption| assumption.name.clone()).collect();
    own.sort_unstable();
    let obliged = relied.intersection(&graph.obliged);
    let mut policies: Vec<String> = obliged
        .map(|id| format!("local-policy.{}", model.node_name(*id)))
        .collect();
    policies.sort_unstable();
    ["platform".to_owned()]
        .into_iter()
        .chain(own)
        .chain(policies)
        .collect()
}

/// The claims of the requirements, each with the id of its verdict.
pub(crate) fn stated_claims(model: &Model) -> impl Iterator<Item = (String, &model::Claim)> {
    model.requirements.iter().flat_map(|requirement| {
        let claims = requirement.claims.iter().zip(1..);
        claims.map(|((claim, _), number)| match number {
            1 => (requirement.name.clone(), claim),
            _ => (format!("{}#{number}", requirement.name), claim),
        })
    })
}

fn stated_verdicts(graph: &Graph<'_>) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for (id, claim) in stated_claims(graph.model) {
        let text = claim_text(graph.model, claim);
        verdicts.push(verdict(graph, id, text, stated_finding(graph, claim)));
    }
    verdicts
}

fn stated_finding(graph: &Graph<'_>, claim: &model::Claim) -> Result<Finding, Exhausted> {
    Ok(match claim {
        model::Claim::Never {
            from,
            to,
            data,
            through,
        } => {
            return never(&Never {
                graph,
                class: *data,
                from,
                to,
                through,
            });
        }
        model::Claim::Keep {
            lost,
            from,
            to,
            signals,
        } => {
            let carries = stated::kept(*signals);
            let (outcome, relied) = stated::keep(graph, lost, *from, *to, carries)?;
            Finding {
                vacuous: lost.is_empty() && matches!(outcome, Outcome::Holds { .. }),
                relied,
                ..outcome.into()
            }
        }
        model::Claim::Fresh {
            port,
            max_age_us,
            reaction,
        } => stated::fresh(graph.model, *port, *max_age_us, *reaction).into(),
        model::Claim::Latency { .. } => {
            let reason = "latency is not computed by this version".to_owned();
            Outcome::Unknown { reason }.into()
        }
    })
}

fn never(question: &Never<'_>) -> Result<Finding, Exhausted> {
    let graph = question.graph;
    let answer = question.answer(None, Proof::Keep)?;
    let proof = match FlowProof::of(question.view(None), answer, question.class) {
        Ok(proof) => proof,
        Err(outcome) => return Ok(outcome.into()),
    };
    let mut relied = proof.relied;
    if let Some(carried) = question.carried(None)? {
        let excuse = crate::search::Excuse::Nothing;
        relied.extend(crate::never::relied(question.view(None), &carried, &excuse));
    }
    if let Through::InOrder(list) = question.through {
        relied.extend(list.iter().copied());
    }
    let vacuous = !question.speaks()?
        || *question.through != Through::Nothing && {
            let bare = Never {
                through: &Through::Nothing,
                ..*question
            };
            matches!(bare.answer(None, Proof::Drop)?, Answer::Closed(..))
        };
    let mut scratch = Scratch::default();
    let violated_if = compromises(graph, &relied, |id| {
        let path = question.path_with(id, proof.base.as_ref(), &mut scratch)?;
        Ok(path.map(|path| path_witness(question.view(Some(id)), &path)))
    })?;
    Ok(Finding {
        outcome: closed(graph, proof.parts),
        vacuous,
        relied,
        violated_if,
    })
}

/// Why nothing flows that must not.
struct FlowProof {
    parts: Vec<Part>,
    base: Option<Base>,
    /// Nodes without which the parts might not be closed, or might start elsewhere.
    relied: BTreeSet<NodeId>,
}

impl FlowProof {
    /// The proof in an answer about flows of a class, or the outcome if there is none.
    fn of(view: View<'_>, answer: Answer, class: Option<ClassId>) -> Result<Self, Outcome> {
        let (parts, base) = match answer {
            Answer::Path(path) => {
                let witness = path_witness(view, &path);
                return Err(Outcome::Violated { witness });
            }
            Answer::Closed(parts, base) => (parts, base),
        };
        let relied = parts.iter().flat_map(|part| part.relied.iter().copied());
        let holders = trusted_holders(view.graph.model, class);
        Ok(Self {
            relied: relied.chain(holders).collect(),
            parts,
            base,
        })
    }
}

/// Trusted subjects that hold the class: their compromise adds an origin.
fn trusted_holders(model: &Model, class: Option<ClassId>) -> Vec<NodeId> {
    let Some(class) = class else {
        return Vec::new();
    };
    let trusted = model
        .nodes()
        .map(|(id, _)| id)
        .filter(|id| model.trust(*id).is_some());
    trusted.filter(|id| holds(model, *id, class)).collect()
}

/// The relied-upon subjects, by name, with whose compromise `path` finds a witness.
fn compromises(
    graph: &Graph<'_>,
    relied: &BTreeSet<NodeId>,
    mut path: impl FnMut(NodeId) -> Result<Option<Witness>, Exhausted>,
) -> Result<Vec<Compromise>, Exhausted> {
    let model = graph.model;
    let mut compromises = Vec::new();
    for id in relied.intersection(&graph.obliged) {
        let subject = model.node_name(*id).to_owned();
        let Some(witness) = path(*id)? else { continue };
        if let Witness::Path { points, steps } = &witness {
            // A step names both its ends and what leads from one to the other.
            graph.fill(points.len() + 3 * steps.len())?;
        }
        compromises.push(Compromise { subject, witness });
    }
    compromises.sort_by(|a, b| a.subject.cmp(&b.subject));
    Ok(compromises)
}

fn closed(graph: &Graph<'_>, parts: Vec<Part>) -> Outcome {
    let text = |(met, point): (Option<usize>, u32)| {
        let name = graph.name(point);
        met.map_or_else(|| name.to_owned(), |met| format!("{met}|{name}"))
    };
    let part = |part: Part| ClosedPart {
        from: part.from,
        to: part.to,
        points: part.set.into_iter().map(text).collect(),
    };
    let parts = parts.into_iter().map(part).collect();
    Outcome::Holds {
        certificate: Certificate::Closed { parts },
    }
}

fn built_in_verdicts(graph: &Graph<'_>) -> Vec<Verdict> {
    let model = graph.model;
    let mut verdicts = Vec::new();
    let secrecy = Labels::new(graph, Axis::Secrecy);
    if !model.secrecy.is_empty() {
        let claim = Claim::Labels {
            axis: Axis::Secrecy,
        };
        verdicts.push(verdict(
            graph,
            "labels.secrecy".to_owned(),
            claim,
            labels(&secrecy),
        ));
    }
    if !model.integrity.is_empty() {
        let integrity = Labels::new(graph, Axis::Integrity);
        let claim = Claim::Labels {
            axis: Axis::Integrity,
        };
        verdicts.push(verdict(
            graph,
            "labels.integrity".to_owned(),
            claim,
            labels(&integrity),
        ));
    }
    for (index, class) in model.classes.iter().enumerate() {
        if let Some(label) = class.secrecy {
            let question = ClassLabel::new(&secrecy, ClassId::of(index), label);
            let claim = Claim::ClassLabel {
                class: class.name.clone(),
            };
            let found = class_label(graph, &question, ClassId::of(index));
            verdicts.push(verdict(
                graph,
                format!("class.{}", class.name),
                claim,
                found,
            ));
        }
    }
    for (id, node, subject) in model.subjects() {
        if let Some(level) = stated::claimed(subject) {
            let claim = Claim::Criticality {
                subject: node.name.clone(),
                level: level.to_owned(),
            };
            let found = Ok(stated::criticality(model, id, level).into());
            verdicts.push(verdict(
                graph,
                format!("criticality.{}", node.name),
                claim,
                found,
            ));
        }
    }
    verdicts
}

fn labels(labels: &Labels<'_>) -> Result<Finding, Exhausted> {
    let stated = match labels.kept(None)? {
        Kept::No(broken) => {
            let witness = labels.witness(&broken)?;
            return Ok(Outcome::Violated { witness }.into());
        }
        Kept::Yes { stated } => stated,
    };
    let compromises = labels.compromises()?;
    let compromise = |(id, from, to): &(NodeId, u32, u32)| Compromise {
        subject: labels.node_name(*id),
        witness: labels.witness_of(*from, *to, *id),
    };
    Ok(Finding {
        relied: labels.relied(&compromises),
        violated_if: compromises.iter().map(compromise).collect(),
        ..Outcome::Holds {
            certificate: labels.certificate(&stated)?,
        }
        .into()
    })
}

fn class_label(
    graph: &Graph<'_>,
    question: &ClassLabel<'_>,
    class: ClassId,
) -> Result<Finding, Exhausted> {
    let answer = question.answer(None, Proof::Keep)?;
    let proof = match FlowProof::of(question.view(None), answer, Some(class)) {
        Ok(proof) => proof,
        Err(outcome) => return Ok(outcome.into()),
    };
    let mut scratch = Scratch::default();
    let violated_if = compromises(graph, &proof.relied, |id| {
        let path = question.path_with(id, proof.base.as_ref(), &mut scratch)?;
        Ok(path.map(|path| path_witness(question.view(Some(id)), &path)))
    })?;
    Ok(Finding {
        vacuous: !question.speaks(),
        outcome: closed(graph, proof.parts),
        relied: proof.relied,
        violated_if,
    })
}
