//! What a hostile reader could carry back through the credit of a queue.
//!
//! In the definition of flow a credit carries no content, since an honest reader writes only how far
//! it has come. The page that it is written into is wider. So a claim about data may hold and still
//! need that some reader be honest: then this says so, with the way.

use crate::graph::{Budget, Exhausted, Graph, Number};
use crate::judge::stated_claims;
use crate::labels::{ClassLabel, Labels};
use crate::never::{Answer, Never, Proof};
use crate::rules;
use crate::words::steps;
use model::invariant::Dense;
use model::verdict::{Axis, Outcome, Step, Verdicts};
use model::{
    CREDIT_BYTES, Channel, ChannelId, ChannelKind, Claim, ClassId, Direction, EndPoint, Model,
    Port, PortId, PortRole,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What is spent on the residuals of one model at most; a claim that is not done by then stays open.
const BUDGET: Budget = Budget {
    edges: 100_000_000,
    entries: 0,
};

/// A claim about data that holds, unless the reader of a queue with credit carries the data back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Residual {
    /// Verdict id.
    pub id: String,
    /// Whether it was decided; `false` if the model is too large for the work that is spent on this.
    pub decided: bool,
    /// A shortest way that contradicts the claim, each credit with its width; if no credit is on it, after
    /// a shortest way on which one brings the data to where it begins.
    pub steps: Vec<Step>,
}

/// The residuals of the claims about data that hold, in the order of the verdicts.
pub fn residuals(model: &Model, verdicts: &Verdicts) -> Vec<Residual> {
    let holds = verdicts.verdicts.iter();
    let holds = holds.filter(|verdict| matches!(verdict.outcome, Outcome::Holds { .. }));
    let holds: BTreeSet<&str> = holds.map(|verdict| verdict.id.as_str()).collect();
    if model.classes.is_empty() || !model.channels.iter().any(rules::has_credit) {
        return Vec::new();
    }
    let wide = Wide::of(model);
    let graph = Graph::new(&wide.model, BUDGET);
    let mut residuals = Vec::new();
    let mut add = |id: String, found: Result<Option<Vec<Step>>, Exhausted>| match found {
        Ok(None) => {}
        Ok(Some(steps)) => residuals.push(Residual {
            id,
            decided: true,
            steps: wide.named(steps),
        }),
        Err(Exhausted) => residuals.push(Residual {
            id,
            decided: false,
            steps: Vec::new(),
        }),
    };
    for (id, claim) in stated_claims(model) {
        let Claim::Never {
            from,
            to,
            data: data @ Some(_),
            through,
        } = claim
        else {
            continue;
        };
        if !holds.contains(id.as_str()) {
            continue;
        }
        let (from, to) = (
            wide.ends(from, Direction::Out),
            wide.ends(to, Direction::In),
        );
        let never = Never {
            graph: &graph,
            class: *data,
            from: &from,
            to: &to,
            through,
        };
        let found = never
            .answer(None, Proof::Drop)
            .and_then(|answer| match answer {
                Answer::Path(path) => wide.way(&never, path).map(Some),
                Answer::Closed(..) => Ok(None),
            });
        add(id, found);
    }
    for (index, class) in model.classes.iter().enumerate() {
        let id = format!("class.{}", class.name);
        let Some(label) = class.secrecy.filter(|_| holds.contains(id.as_str())) else {
            continue;
        };
        let secrecy = Labels::new(&graph, Axis::Secrecy);
        let label = ClassLabel::new(&secrecy, ClassId::of(index), label);
        let found = label.answer(None, Proof::Drop).map(|answer| match answer {
            Answer::Path(path) => Some(steps(label.view(None), &path)),
            Answer::Closed(..) => None,
        });
        add(id, found);
    }
    residuals
}

/// A model in which every credit is a channel of content of its own.
struct Wide {
    model: Model,
    /// Channels that stand for credits, by their names.
    credits: BTreeMap<String, String>,
    /// The ports that stand for the reverse sides of ports.
    backs: BTreeMap<PortId, PortId>,
}

impl Wide {
    fn of(model: &Model) -> Self {
        let mut wide = Self {
            model: model.clone(),
            credits: BTreeMap::new(),
            backs: BTreeMap::new(),
        };
        for (index, channel) in model.channels.iter().enumerate() {
            let ChannelKind::Credit { depth } = channel.kind else {
                continue;
            };
            let back = ChannelId::of(wide.model.channels.len());
            let from = wide.back(channel.to, Direction::Out, index, back);
            let to = wide.back(channel.from, Direction::In, index, back);
            let (Some(from), Some(to)) = (from, to) else {
                continue;
            };
            wide.model.channels.push(Channel {
                from,
                to,
                kind: ChannelKind::Sampling,
                origin: channel.origin,
            });
            wide.model.channels.of_mut(index).kind = ChannelKind::DropOldest { depth };
            let name = wide.model.channel_name(back);
            wide.credits.insert(
                format!("channel {name}"),
                model.channel_name(ChannelId::of(index)),
            );
        }
        wide
    }

    /// A port for the reverse side of another.
    fn back(
        &mut self,
        of: PortId,
        direction: Direction,
        number: usize,
        channel: ChannelId,
    ) -> Option<PortId> {
        let own = self.model.port(of)?.clone();
        let id = PortId::of(self.model.ports.len());
        self.model.ports.push(Port {
            // No port of the language has a name with a space.
            name: format!("credit {number}"),
            direction,
            message: None,
            max_age_us: None,
            on_stale: None,
            role: PortRole::Data,
            emits: Vec::new(),
            grant: None,
            channel: Some(channel),
            ..own
        });
        self.backs.insert(of, id);
        Some(id)
    }

    /// Ends of a claim. A credit departs from the in-port of its queue and arrives at the out-port: as
    /// a start, or an end, such a port is its reverse side too.
    fn ends(&self, ends: &[EndPoint], back: Direction) -> Vec<EndPoint> {
        let has_way = |port: &PortId| {
            let port = self.model.port(*port);
            port.is_some_and(|port| port.direction == back)
        };
        let back = |end: &EndPoint| match end {
            EndPoint::Port(port) => self
                .backs
                .get(port)
                .copied()
                .filter(has_way)
                .map(EndPoint::Port),
            EndPoint::Node(_) => None,
        };
        let mut all: Vec<EndPoint> = ends
            .iter()
            .copied()
            .chain(ends.iter().filter_map(back))
            .collect();
        all.sort_unstable();
        all
    }

    /// The steps of a path. If no credit is on it, one brought the data to where it begins: then from
    /// its origin.
    fn way(&self, never: &Never<'_>, path: Vec<Number>) -> Result<Vec<Step>, Exhausted> {
        let view = never.view(None);
        let own = steps(view, &path);
        if own.iter().any(|step| self.credits.contains_key(&step.by)) {
            return Ok(own);
        }
        // Data that originates where the path begins came no way.
        let mut way = never.way_to(&path)?.unwrap_or_default();
        way.extend(path.into_iter().skip(usize::from(!way.is_empty())));
        Ok(steps(view, &way))
    }

    /// The steps in the names of the model as it is written.
    fn named(&self, steps: Vec<Step>) -> Vec<Step> {
        let step = |step: Step| match self.credits.get(&step.by) {
            Some(name) => Step {
                by: format!("credit of {name}"),
                bytes: Some(CREDIT_BYTES),
                ..step
            },
            None => step,
        };
        steps.into_iter().map(step).collect()
    }
}
