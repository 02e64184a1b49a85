//! The rules of [`model::flow`] that more than one question needs, as this crate reads them. The
//! checker writes its own: a mistake here must not be one there.

use model::{Channel, ChannelKind, Claim, Effect, Model, NodeId, NodeKind, Through};
use std::collections::BTreeSet;

/// Whether the reader of a channel influences its writer.
pub fn has_credit(channel: &Channel) -> bool {
    match channel.kind {
        ChannelKind::Credit { .. } => true,
        ChannelKind::Sampling | ChannelKind::DropOldest { .. } | ChannelKind::Event => false,
    }
}

/// Subjects that can be compromised: those that are trusted, and mediators of claims.
pub fn obliged(model: &Model) -> BTreeSet<NodeId> {
    let mut obliged = BTreeSet::new();
    for (claim, _) in model.requirements.iter().flat_map(|own| &own.claims) {
        match claim {
            Claim::Never { through, .. } => match through {
                Through::Nothing => {}
                Through::AnyOf(nodes) | Through::InOrder(nodes) => obliged.extend(nodes),
            },
            Claim::Keep { .. } | Claim::Fresh { .. } | Claim::Latency { .. } => {}
        }
    }
    obliged.retain(|id| {
        let kind = model.node(*id).map(|node| &node.kind);
        matches!(kind, Some(NodeKind::Subject(_)))
    });
    let trusted = model.subjects().filter(|(_, _, own)| own.trust.is_some());
    obliged.extend(trusted.map(|(id, ..)| id));
    obliged
}

/// Externals that an assumption says do not relay.
pub fn non_relaying(model: &Model) -> BTreeSet<NodeId> {
    let mut quiet = BTreeSet::new();
    for assumption in &model.assumptions {
        match &assumption.effect {
            Effect::DoesNotRelay(nodes) => quiet.extend(nodes),
            Effect::Stated => {}
        }
    }
    quiet.retain(|id| {
        let kind = model.node(*id).map(|node| &node.kind);
        matches!(kind, Some(NodeKind::External))
    });
    quiet
}
