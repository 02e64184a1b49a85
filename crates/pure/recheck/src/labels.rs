//! The claim that labels are kept: [`model::verdict::Claim::Labels`].

use crate::claims::order;
use crate::graph::{Graph, Load, Off, Points, Proof, Why, require};
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
        Self { graph, off, axis, labels }
    }

    /// Whether information may go from one label to the other.
    fn permits(&self, from: LabelId, to: LabelId) -> bool {
        let (low, high) = if self.axis == Axis::Secrecy { (from, to) } else { (to, from) };
        order(self.graph.model, self.axis).le(low, high)
    }

    /// The points whose secrecy is too low for a class.
    pub fn below(&self, secrecy: LabelId) -> Points {
        let low = |(_, label): &(_, &LabelId)| !self.permits(secrecy, **label);
        let points = self.labels.iter().filter(low);
        points.map(|(point, _)| *point).collect()
    }

    /// Where information goes from a point against the labels, past points without one; each with
    /// whether a pass states that it may.
    fn breaks(&self, point: Point) -> Vec<(Point, bool)> {
        let label = self.labels.get(&point);
        let keeps = |to: &LabelId| label.is_none_or(|label| self.permits(*label, *to));
        let (mut found, mut seen, mut todo) = (Vec::new(), BTreeSet::new(), vec![point]);
        while let Some(from) = todo.pop() {
            for (to, why) in self.graph.edges(from, self.off, Load::Signal) {
                let obeys = !self.off.contains(&self.graph.node(from));
                let stated = matches!(why, Why::Pass(pass) if obeys && match self.axis {
                    Axis::Secrecy => pass.lowers_secrecy,
                    Axis::Integrity => pass.raises_integrity,
                });
                match self.labels.get(&to) {
                    Some(label) if keeps(label) => {}
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
    pub fn check_invariant(&self, listed: &[(String, String)], passes: &[String]) -> Proof {
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
        let (listed, passes) = (listed.iter().cloned(), passes.iter().cloned());
        let same = listed.collect::<BTreeSet<_>>() == own;
        require(same, "not exactly the model's labels are listed")?;
        let same = passes.collect::<BTreeSet<_>>() == own_passes;
        require(same, "not exactly the passes that change labels are listed")
    }

    /// Whether information goes from one point to the other although the labels forbid it.
    ///
    /// # Errors
    /// Why not.
    pub fn check_break(&self, points: &[Point], names: [&str; 2]) -> Proof {
        let [from, to] = <[Point; 2]>::try_from(points).map_err(|_| "an edge has two points")?;
        let order = order(self.graph.model, self.axis);
        let name = |point| self.labels.get(&point).map(|label| order.name(*label));
        let right = [from, to].map(name) == names.map(Some);
        require(right, "the labels are not those of the points")?;
        let broken = self.breaks(from).contains(&(to, false));
        require(broken, "the labels are kept between these points")
    }
}

/// The label of a point, if it has one. The inner points of a trusted subject have none: its ports
/// say what it may learn and be influenced by.
fn label(graph: &Graph<'_>, axis: Axis, point: Point) -> Option<LabelId> {
    let model = graph.model;
    let (secrecy, integrity) = match point {
        Point::Port(id) | Point::Back(id) => model.port(id).map(|p| (p.secrecy, p.integrity))?,
        Point::Enter(id) | Point::Leave(id) if model.trust(id).is_some() => return None,
        Point::Enter(id) | Point::Leave(id) => model.node(id).map(|n| (n.secrecy, n.integrity))?,
    };
    if axis == Axis::Secrecy { secrecy } else { integrity }
}
