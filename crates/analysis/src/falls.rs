//! With whose compromise alone a claim about flows falls, and along which path.
//!
//! A subject that is neither a mediator nor changes where data originates only adds the edge from
//! where everything arrives at it to where everything departs. A path that was not there before
//! crosses that edge: it is a shortest path to the one side, known from the proof that the claim
//! holds, and a shortest path from the other side past everything the proof has reached, since
//! nothing leads from there to an end.

use crate::graph::{Exhausted, Number, View};
use crate::search::{Excuse, Reach, Scratch};
use model::NodeId;
use model::flow::Point;

/// What proves that a claim holds, if one search with one layer does.
pub struct Base {
    /// What is reached; no end is.
    pub reach: Reach,
    /// Ends by point number.
    pub ends: Vec<bool>,
    /// What excuses.
    pub excuse: Excuse,
}

impl Base {
    /// A shortest path that appears when `id`, which is no mediator and adds no start, is
    /// compromised. The view has its local policy void.
    ///
    /// # Errors
    /// Too much work.
    pub fn path_with(
        &self,
        view: View<'_>,
        id: NodeId,
        scratch: &mut Scratch,
    ) -> Result<Option<Vec<Number>>, Exhausted> {
        let inner = view
            .graph
            .number(Point::Enter(id))
            .zip(view.graph.number(Point::Leave(id)));
        let Some((enter, leave)) = inner else {
            return Ok(None);
        };
        if !self.reach.has(0, enter) || self.reach.has(0, leave) {
            return Ok(None);
        }
        let rest = scratch.beyond(view, leave, &self.excuse, &self.ends, &self.reach)?;
        Ok(rest.map(|rest| {
            let mut path = self.reach.path(enter);
            path.extend(rest);
            path
        }))
    }
}
