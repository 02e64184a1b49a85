//! The flows a plan permits.

use crate::{Core, GrantDirection, Kind};
use serde::Serialize;
use std::collections::BTreeSet;

/// A set of permitted flows between ends, each end `subject.port`, or the name of an external or
/// object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FlowGraph {
    /// Sorted.
    pub flows: BTreeSet<Flow>,
}

/// One permitted flow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Flow {
    /// Where it comes from.
    pub from: String,
    /// Where it goes to.
    pub to: String,
    /// What carries it.
    pub kind: FlowKind,
}

/// What carries a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FlowKind {
    /// A sampling channel.
    Sampling,
    /// A drop-oldest queue.
    DropOldest,
    /// A queue with credit, forwards.
    Credit,
    /// The reverse flow of a queue with credit.
    CreditReturn,
    /// An event.
    Event,
    /// A grant.
    Grant,
}

impl FlowKind {
    /// The word for it in plans and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sampling => "sampling",
            Self::DropOldest => "drop-oldest",
            Self::Credit => "credit",
            Self::CreditReturn => "return of credit",
            Self::Event => "event",
            Self::Grant => "grant",
        }
    }
}

impl FlowGraph {
    /// Adds a flow.
    pub fn add(&mut self, from: impl Into<String>, to: impl Into<String>, kind: FlowKind) {
        self.flows.insert(Flow {
            from: from.into(),
            to: to.into(),
            kind,
        });
    }
}

impl Core {
    /// What this permits, and nothing else does: no target adds a flow.
    pub fn flows(&self) -> FlowGraph {
        let mut graph = FlowGraph::default();
        for channel in &self.channels {
            let writer = format!("{}.{}", channel.writer.subject, channel.writer.port);
            let reader = format!("{}.{}", channel.reader.subject, channel.reader.port);
            let kind = match channel.kind {
                Kind::Sampling => FlowKind::Sampling,
                Kind::DropOldest => FlowKind::DropOldest,
                Kind::Credit => FlowKind::Credit,
                Kind::Event => FlowKind::Event,
            };
            if channel.kind == Kind::Credit {
                graph.add(&reader, &writer, FlowKind::CreditReturn);
            }
            graph.add(writer, reader, kind);
        }
        for subject in &self.subjects {
            for grant in &subject.grants {
                let port = format!("{}.{}", subject.name, grant.name);
                if grant.direction != GrantDirection::In {
                    graph.add(&port, &grant.peer, FlowKind::Grant);
                }
                if grant.direction != GrantDirection::Out {
                    graph.add(&grant.peer, port, FlowKind::Grant);
                }
            }
        }
        graph
    }
}
