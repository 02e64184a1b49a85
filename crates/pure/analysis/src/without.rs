//! A model as it is when something that is assumed does not hold.
//!
//! What is dropped is dropped from the model itself, so that whoever judges or re-checks the rest
//! need not know about it.

use crate::rules;
use model::{Claim, Effect, Model, NodeId, NodeKind, Through};

/// The model without one assumption: one of its own, or that a subject obeys its local policy and
/// mediates (`local-policy.SUBJECT`). `None` if it makes no such assumption; `platform` cannot be dropped,
/// since every verdict rests on it.
pub fn without(model: &Model, name: &str) -> Option<Model> {
    let mut rest = model.clone();
    if let Some(subject) = name.strip_prefix("local-policy.") {
        let id = model.find_node(subject)?;
        rules::obliged(model).get(&id)?;
        void(&mut rest, id);
    } else {
        let own = model.assumptions.iter().position(|own| own.name == name)?;
        rest.assumptions.remove(own);
    }
    Some(rest)
}

/// Names of all assumptions that can be dropped: those of the model that change what flows, those
/// that are only stated, those about subjects; each group sorted.
pub fn droppable(model: &Model) -> Vec<String> {
    let own = |stated: bool| {
        let group = model.assumptions.iter();
        let group = group.filter(move |own| (own.effect == Effect::Stated) == stated);
        crate::words::sorted(group.map(|own| own.name.clone()))
    };
    let obliged = rules::obliged(model).into_iter();
    let policies =
        crate::words::sorted(obliged.map(|id| format!("local-policy.{}", model.node_name(id))));
    [own(false), own(true), policies].concat()
}

/// What *Compromise* means in [`model::flow`]: everything that arrives may leave, what its passes
/// make still originates there, the inner points have no label, and it excuses no path.
fn void(model: &mut Model, id: NodeId) {
    let passes = model
        .trust(id)
        .map_or_else(Vec::new, |trust| trust.passes.clone());
    for pass in passes {
        if let (Some(class), Some(port)) = (pass.data, model.ports.get_mut(pass.to.index()))
            && !port.emits.contains(&class)
        {
            port.emits.push(class);
        }
    }
    if let Some(node) = model.nodes.get_mut(id.index())
        && let NodeKind::Subject(subject) = &mut node.kind
        && subject.trust.take().is_some()
    {
        node.secrecy = None;
        node.integrity = None;
    }
    let claims = model.requirements.iter_mut();
    for (claim, _) in claims.flat_map(|requirement| &mut requirement.claims) {
        let Claim::Never { through, .. } = claim else {
            continue;
        };
        let excuses_nothing = match through {
            Through::Nothing => false,
            Through::AnyOf(list) => {
                list.retain(|mediator| *mediator != id);
                list.is_empty()
            }
            Through::InOrder(list) => list.contains(&id),
        };
        if excuses_nothing {
            *through = Through::Nothing;
        }
    }
}
