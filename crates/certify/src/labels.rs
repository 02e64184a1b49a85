//! The claim that labels are kept: [`model::verdict::Claim::Labels`].

use crate::claims::order;
use crate::graph::{Graph, Off, Why};
use model::LabelId;
use model::flow::Point;
use model::verdict::Axis;
use std::collections::{BTreeMap, BTreeSet};

/// "Information goes only to places of at least its secrecy, and of at most its integrity."
pub struct Labels<'a> {
    graph: &'a Graph<'a>,
    off: &'a Off,
    axis: Axis,
    labels: BTreeMap<Point, LabelId>,
}

impl<'a> Labels<'a> {
    /// The claim on one axis, with `off` switched off.
    pub fn new(graph: &'a Graph<'a>, off: &'a Off, axis: Axis) -> Self {
        let labelled = |point| Some((point, label(graph, axis, point)?));
        let labels = graph.all_points().filter_map(labelled).collect();
        Self {
            graph,
            off,
            axis,
            labels,
        }
    }

    /// Whether information may go from one label to the other.
    fn permits(&self, from: LabelId, to: LabelId) -> bool {
        match self.axis {
            Axis::Secrecy => self.graph.model.secrecy.le(from, to),
            Axis::Integrity => self.graph.model.integrity.le(to, from),
        }
    }

    /// The points whose secrecy is too low for a class.
    pub fn below(&self, secrecy: LabelId) -> BTreeSet<Point> {
        let low = self
            .labels
            .iter()
            .filter(|(_, label)| !self.permits(secrecy, **label));
        low.map(|(point, _)| *point).collect()
    }

    /// Where information goes from a point against the labels, past points without one; each with
    /// whether a pass states that it may.
    fn breaks(&self, point: Point) -> Vec<(Point, bool)> {
        let Some(label) = self.labels.get(&point) else {
            return Vec::new();
        };
        let (mut found, mut seen, mut todo) = (Vec::new(), BTreeSet::new(), vec![point]);
        while let Some(from) = todo.pop() {
            for (to, why) in self.graph.edges(from, self.off, None) {
                let obeys = !self.off.contains(&self.graph.node(from));
                let stated = matches!(why, Why::Pass(pass) if obeys && match self.axis {
                    Axis::Secrecy => pass.lowers_secrecy,
                    Axis::Integrity => pass.raises_integrity,
                });
                match self.labels.get(&to) {
                    Some(to_label) if self.permits(*label, *to_label) => {}
                    Some(_) => found.push((to, stated)),
                    None if seen.insert(to) => todo.push(to),
                    None => {}
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
        let order = order(self.graph.model, self.axis);
        let (mut own, mut own_passes) = (BTreeSet::new(), BTreeSet::new());
        for (point, label) in &self.labels {
            let name = self.graph.name(*point);
            for (to, stated) in self.breaks(*point) {
                let to = self.graph.name(to);
                if !stated {
                    return Err(format!("labels are not kept from `{name}` to `{to}`"));
                }
                own_passes.insert(format!("{name} => {to}"));
            }
            own.insert((name, order.name(*label).to_owned()));
        }
        if listed.iter().cloned().collect::<BTreeSet<_>>() != own {
            return Err("not exactly the model's labels are listed".to_owned());
        }
        if passes.iter().cloned().collect::<BTreeSet<_>>() != own_passes {
            return Err("not exactly the passes that change labels are listed".to_owned());
        }
        Ok(())
    }

    /// Whether information goes from one point to the other although the labels forbid it.
    ///
    /// # Errors
    /// Why not.
    pub fn check_break(&self, from: Point, to: Point, names: [&str; 2]) -> Result<(), String> {
        let order = order(self.graph.model, self.axis);
        let name = |point| self.labels.get(&point).map(|label| order.name(*label));
        if [from, to].map(name) != names.map(Some) {
            return Err("the labels are not those of the points".to_owned());
        }
        if !self.breaks(from).contains(&(to, false)) {
            return Err("the labels are kept between these points".to_owned());
        }
        Ok(())
    }
}

/// The label of a point, if it has one. The inner points of a trusted subject have none: its ports
/// say what it may learn and be influenced by.
fn label(graph: &Graph<'_>, axis: Axis, point: Point) -> Option<LabelId> {
    let model = graph.model;
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
    match axis {
        Axis::Secrecy => secrecy,
        Axis::Integrity => integrity,
    }
}
