//! What a model claims, in the names that verdicts use, and what it states about it outright.

use model::verdict::{Axis, Claim};
use model::{EndPoint, Model, NodeId, OnStale, Order, Through};

/// One claim of a model.
pub struct Own<'m> {
    /// As [`model::verdict::Verdict::id`].
    pub id: String,
    /// In names.
    pub text: Claim,
    /// As the requirement states it; `None` for a built-in one.
    pub stated: Option<&'m model::Claim>,
}

/// All claims of a model: those of the requirements, then the built-in ones.
pub fn own_claims(model: &Model) -> Vec<Own<'_>> {
    let mut claims = Vec::new();
    let mut add = |id, text, stated| claims.push(Own { id, text, stated });
    for requirement in &model.requirements {
        for ((claim, _), number) in requirement.claims.iter().zip(1..) {
            let id = match number {
                1 => requirement.name.clone(),
                _ => format!("{}#{number}", requirement.name),
            };
            add(id, text(model, claim), Some(claim));
        }
    }
    for (axis, name) in [(Axis::Secrecy, "secrecy"), (Axis::Integrity, "integrity")] {
        if !order(model, axis).is_empty() {
            add(format!("labels.{name}"), Claim::Labels { axis }, None);
        }
    }
    for class in model.classes.iter().filter(|class| class.secrecy.is_some()) {
        let class = class.name.clone();
        add(format!("class.{class}"), Claim::ClassLabel { class }, None);
    }
    for (_, node, subject) in model.subjects() {
        if let Some(level) = subject.criticality.clone() {
            let (id, subject) = (format!("criticality.{}", node.name), node.name.clone());
            add(id, Claim::Criticality { subject, level }, None);
        }
    }
    claims
}

/// The labels of an axis.
pub fn order(model: &Model, axis: Axis) -> &Order {
    if axis == Axis::Secrecy { &model.secrecy } else { &model.integrity }
}

fn text(model: &Model, claim: &model::Claim) -> Claim {
    let sorted = |mut names: Vec<String>| {
        names.sort_unstable();
        names.dedup();
        names
    };
    let end = |end: &EndPoint| model.end_name(*end);
    let ends = |ends: &[EndPoint]| sorted(ends.iter().map(end).collect());
    let node = |id: &NodeId| model.node_name(*id).to_owned();
    let nodes = |ids: &[NodeId]| ids.iter().map(node).collect();
    match claim {
        model::Claim::Never { from, to, data, through } => {
            let (except_through, except_in_order) = match through {
                Through::Nothing => (Vec::new(), Vec::new()),
                Through::AnyOf(ids) => (sorted(nodes(ids)), Vec::new()),
                Through::InOrder(ids) => (Vec::new(), nodes(ids)),
            };
            let data = data.and_then(|id| Some(model.class(id)?.name.clone()));
            let (from, to) = (ends(from), ends(to));
            Claim::Never { from, to, data, except_through, except_in_order }
        }
        model::Claim::Keep { lost, from, to, signals } => {
            let (lost, signals) = (sorted(nodes(lost)), *signals);
            Claim::Keep { lost, from: end(from), to: end(to), signals }
        }
        model::Claim::Fresh { port, max_age_us, reaction } => Claim::Fresh {
            port: model.port_name(*port),
            max_age_us: *max_age_us,
            reaction: reaction.map(|own| own.name().to_owned()),
        },
        model::Claim::Latency { from, to, max_us } => {
            Claim::Latency { from: end(from), to: end(to), max_us: *max_us }
        }
    }
}

/// Whether what the model states fulfils a claim about freshness or capability, and the rows that
/// say so; `None` for other claims.
pub fn stated_facts(model: &Model, own: &Own<'_>) -> Option<(bool, Vec<(String, String)>)> {
    let row = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    if let Claim::Criticality { subject, level } = &own.text {
        let id = model.find_node(subject)?;
        let here = model.deployments.iter().filter(|own| own.subjects.contains(&id));
        let here: Vec<_> = here.filter_map(|own| model.platforms.get(own.platform)).collect();
        let fits = !here.is_empty() && here.iter().all(|own| own.qualified.contains(level));
        let names: Vec<&str> = here.iter().map(|own| own.name.as_str()).collect();
        let rows = vec![row("level", level), row("platform", &names.join(" "))];
        return Some((fits, rows));
    }
    let Some(model::Claim::Fresh { port: id, max_age_us, reaction }) = own.stated else {
        return None;
    };
    let port = model.port(*id)?;
    let fresh = port.max_age_us.is_some_and(|age_us| age_us <= *max_age_us);
    let reacts = port.on_stale.is_some() && (reaction.is_none() || *reaction == port.on_stale);
    let age = port.max_age_us.map_or("-".to_owned(), |age_us| age_us.to_string());
    let does = port.on_stale.map_or("-", OnStale::name);
    let name = model.port_name(*id);
    let rows = vec![row("max-age-us", &age), row("on-stale", does), row("port", &name)];
    Some((fresh && reacts, rows))
}
