//! The claim that labels are kept: [`model::verdict::Claim::Labels`].

use crate::claims::order;
use crate::graph::{Graph, Off, Why};
use model::flow::Point;
use model::verdict::{Axis, Claim};
use model::{LabelId, Model};
use std::collections::{BTreeMap, BTreeSet};

/// "Information goes only to places of at least its secrecy, and of at most its integrity."
pub struct Labels<'a> {
    graph: &'a Graph<'a>,
    off: &'a Off,
    axis: Axis,
}

impl<'a> Labels<'a> {
    /// The claim on one axis, with `off` switched off.
    pub fn new(graph: &'a Graph<'a>, off: &'a Off, axis: Axis) -> Self {
        Self { graph, off, axis }
    }

    /// The label of a point, if it has one. The inner points of a trusted subject have none: its
    /// ports say what it may learn and be influenced by.
    pub fn label(&self, point: Point) -> Option<LabelId> {
        let model = self.graph.model;
        let (secrecy, integrity) = match point {
            Point::Port(port) | Point::Back(port) => {
                let port = model.port(port)?;
                (port.secrecy, port.integrity)
            }
            Point::Enter(node) | Point::Leave(node) if model.trust(node).is_some() => (None, None),
            Point::Enter(node) | Point::Leave(node) => {
                let node = model.node(node)?;
                (node.secrecy, node.integrity)
            }
        };
        match self.axis {
            Axis::Secrecy => secrecy,
            Axis::Integrity => integrity,
        }
    }

    /// Whether information may go from one label to the other.
    pub fn permits(&self, from: LabelId, to: LabelId) -> bool {
        match self.axis {
            Axis::Secrecy => self.graph.model.secrecy.le(from, to),
            Axis::Integrity => self.graph.model.integrity.le(to, from),
        }
    }

    fn labelled(&self) -> BTreeMap<usize, LabelId> {
        let label = |(number, point)| Some((number, self.label(point)?));
        self.graph.points().filter_map(label).collect()
    }

    /// Labelled points that information comes to from `point` past no other labelled point, each
    /// with whether a pass states that it may.
    fn next(&self, point: usize, labels: &BTreeMap<usize, LabelId>) -> Vec<(usize, bool)> {
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        let mut todo = vec![point];
        while let Some(from) = todo.pop() {
            for (to, why) in self.graph.edges(from, self.off, None) {
                if labels.contains_key(&to) {
                    let obeys = !self.off.contains(&self.graph.node(from));
                    let stated = matches!(why, Why::Pass(pass) if obeys && match self.axis {
                        Axis::Secrecy => pass.lowers_secrecy,
                        Axis::Integrity => pass.raises_integrity,
                    });
                    found.push((to, stated));
                } else if seen.insert(to) {
                    todo.push(to);
                }
            }
        }
        found
    }

    /// Whether the listed labels are the model's and every edge keeps them, but for the listed
    /// passes, which state that they do not.
    ///
    /// # Errors
    /// The first thing that is not as it must be.
    pub fn check_invariant(
        &self,
        listed: &[(String, String)],
        passes: &[String],
    ) -> Result<(), String> {
        let labels = self.labelled();
        let order = order(self.graph.model, self.axis);
        let listed: BTreeMap<&str, &str> = listed
            .iter()
            .map(|(point, label)| (point.as_str(), label.as_str()))
            .collect();
        if listed.len() != labels.len() {
            return Err("not exactly the labelled points are listed".to_owned());
        }
        let mut stated_passes = BTreeSet::new();
        for (point, label) in &labels {
            let name = self.graph.name(*point);
            if listed.get(name) != Some(&order.name(*label)) {
                return Err(format!("`{name}` is not listed with its label"));
            }
            for (to, stated) in self.next(*point, &labels) {
                if labels.get(&to).is_some_and(|to| self.permits(*label, *to)) {
                    continue;
                }
                let to = self.graph.name(to);
                if !stated {
                    return Err(format!("labels are not kept from `{name}` to `{to}`"));
                }
                stated_passes.insert(format!("{name} => {to}"));
            }
        }
        if passes.iter().cloned().collect::<BTreeSet<_>>() != stated_passes {
            return Err("not exactly the passes that change labels are listed".to_owned());
        }
        Ok(())
    }

    /// Whether information goes from one point to the other although the labels forbid it.
    ///
    /// # Errors
    /// Why not.
    pub fn check_break(&self, from: usize, to: usize, names: [&str; 2]) -> Result<(), String> {
        let labels = self.labelled();
        let (Some(from_label), Some(to_label)) = (labels.get(&from), labels.get(&to)) else {
            return Err("a point has no label".to_owned());
        };
        let order = order(self.graph.model, self.axis);
        if names != [order.name(*from_label), order.name(*to_label)] {
            return Err("the labels are not those of the points".to_owned());
        }
        if self.permits(*from_label, *to_label) {
            return Err("the labels permit it".to_owned());
        }
        if !self.next(from, &labels).contains(&(to, false)) {
            return Err("nothing goes from one point to the other unstated".to_owned());
        }
        Ok(())
    }
}

/// The points whose secrecy is too low for a class.
pub fn low_points(graph: &Graph<'_>, secrecy: LabelId) -> BTreeSet<usize> {
    let (off, axis) = (Off::new(), Axis::Secrecy);
    let labels = Labels::new(graph, &off, axis);
    let labelled = labels.labelled();
    let low = |(_, label): &(usize, LabelId)| !labels.permits(secrecy, *label);
    labelled
        .into_iter()
        .filter(low)
        .map(|(point, _)| point)
        .collect()
}

/// What a model states that decides a claim about freshness or capability: whether it holds, and
/// the rows that say so.
pub fn stated_facts(model: &Model, claim: &Claim) -> Option<(bool, Vec<(String, String)>)> {
    let row = |key: &str, value: String| (key.to_owned(), value);
    match claim {
        Claim::Fresh {
            port: name,
            max_age_us,
            reaction,
        } => {
            let (_, port) = model.ports().find(|(id, port)| {
                port.direction == model::Direction::In && model.port_name(*id) == *name
            })?;
            let on_stale = port.on_stale.map(crate::claims::reaction_text);
            let fresh = port.max_age_us.is_some_and(|age_us| age_us <= *max_age_us);
            let reacts =
                on_stale.is_some() && (reaction.is_none() || reaction.as_deref() == on_stale);
            let age = port
                .max_age_us
                .map_or("-".to_owned(), |age_us| age_us.to_string());
            let rows = vec![
                row("max-age-us", age),
                row("on-stale", on_stale.unwrap_or("-").to_owned()),
                row("port", name.clone()),
            ];
            Some((fresh && reacts, rows))
        }
        Claim::Criticality { subject, level } => {
            let id = model.find_node(subject)?;
            let here = model
                .deployments
                .iter()
                .filter(|deployment| deployment.subjects.contains(&id));
            let platforms: Vec<_> = here
                .filter_map(|deployment| model.platforms.get(deployment.platform))
                .collect();
            let offered = |platform: &&model::Platform| platform.qualified.contains(level);
            let holds = !platforms.is_empty() && platforms.iter().all(offered);
            let names: Vec<&str> = platforms
                .iter()
                .map(|platform| platform.name.as_str())
                .collect();
            let rows = vec![
                row("level", level.clone()),
                row("platform", names.join(" ")),
            ];
            Some((holds, rows))
        }
        _ => None,
    }
}
