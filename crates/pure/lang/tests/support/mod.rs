//! What holds of every model that is read without errors.

use model::{ChannelKind, Direction, EndPoint, GrantDirection, Model, NodeKind, Through};
use std::collections::BTreeMap;

/// Checks what crate `model` promises of a model without errors.
pub fn check_promises(model: &Model) {
    let (secrecy, integrity) = (!model.secrecy.is_empty(), !model.integrity.is_empty());
    for (id, node) in model.nodes() {
        assert_eq!(
            model.find_node(&node.name),
            Some(id),
            "names of nodes are unique"
        );
        assert!(node.domain.is_none_or(|id| model.domain(id).is_some()));
        assert!(node.zones.iter().all(|id| model.zone(*id).is_some()));
        assert!(node.holds.iter().all(|id| model.class(*id).is_some()));
        if model.trust(id).is_none() {
            assert_eq!(
                (node.secrecy.is_some(), node.integrity.is_some()),
                (secrecy, integrity)
            );
        }
        if let NodeKind::Subject(subject) = &node.kind {
            assert!(subject.period_us > 0);
            assert!(subject.settings.is_sorted_by(|a, b| a.0 < b.0));
        }
        for pass in model.trust(id).map_or(&[][..], |trust| &trust.passes) {
            let (from, to) = (model.port(pass.from).unwrap(), model.port(pass.to).unwrap());
            assert_eq!((from.node, from.direction), (id, Direction::In));
            assert_eq!((to.node, to.direction), (id, Direction::Out));
        }
    }
    for (id, port) in model.ports() {
        assert!(matches!(
            model.node(port.node).unwrap().kind,
            NodeKind::Subject(_)
        ));
        assert_eq!(
            (port.secrecy.is_some(), port.integrity.is_some()),
            (secrecy, integrity)
        );
        assert!(port.message.is_none_or(|id| model.message(id).is_some()));
        assert!(port.channel.is_none() || port.grant.is_none());
        if let Some(channel) = port.channel.and_then(|id| model.channel(id)) {
            assert!([channel.from, channel.to].contains(&id));
        }
        let same = model.ports().filter(|(_, other)| {
            (other.node, &other.name, other.direction) == (port.node, &port.name, port.direction)
        });
        assert_eq!(same.count(), 1, "names of ports are unique");
    }
    for (index, channel) in model.channels.iter().enumerate() {
        let (from, to) = (
            model.port(channel.from).unwrap(),
            model.port(channel.to).unwrap(),
        );
        assert_eq!(
            (from.direction, to.direction),
            (Direction::Out, Direction::In)
        );
        assert_eq!(from.message, to.message);
        assert_ne!(from.node, to.node);
        assert_eq!(from.channel.unwrap().index(), index);
        assert_eq!(to.channel.unwrap().index(), index);
        if let ChannelKind::DropOldest { depth } | ChannelKind::Credit { depth } = channel.kind {
            assert!(depth > 0);
        }
    }
    for grant in &model.grants {
        let ports = (grant.in_port.is_some(), grant.out_port.is_some());
        let expected = match grant.direction {
            GrantDirection::In => (true, false),
            GrantDirection::Out => (false, true),
            GrantDirection::Both => (true, true),
        };
        assert_eq!(ports, expected);
        assert!(!matches!(
            model.node(grant.peer).unwrap().kind,
            NodeKind::Subject(_)
        ));
    }
    for requirement in &model.requirements {
        assert!(!requirement.claims.is_empty());
        for (claim, _) in &requirement.claims {
            if let model::Claim::Never {
                from, to, through, ..
            } = claim
            {
                assert!(from.is_sorted() && to.is_sorted());
                for end in from.iter().chain(to) {
                    match end {
                        EndPoint::Node(id) => assert!(model.node(*id).is_some()),
                        EndPoint::Port(id) => assert!(model.port(*id).is_some()),
                    }
                }
                if let Through::AnyOf(nodes) | Through::InOrder(nodes) = through {
                    assert!(!nodes.is_empty());
                }
            }
        }
    }
    assert_eq!(model.deployments.len(), 1);
    for deployment in &model.deployments {
        assert!(deployment.platform < model.platforms.len());
        assert!(deployment.subjects.is_sorted());
    }
}

/// Writes a model that was read without errors and checks that the text says the same: the same
/// digest, itself when it is written again, and no remark that the text it was read from did not have.
pub fn check_written(reading: &lang::Reading) -> String {
    let text = lang::write(&reading.model);
    let again = lang::read(&text);
    let counts = |diagnostics: &[source::Diagnostic]| {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for diagnostic in diagnostics {
            *counts.entry(diagnostic.code).or_default() += 1;
        }
        counts
    };
    let before = counts(&reading.diagnostics);
    for (code, count) in counts(&again.diagnostics) {
        // Ports are declared that a channel made; groups are not named that stand for no node.
        let instead = match code {
            "unconnected-port" => before.get("made-port"),
            "unused" => before.get("empty-end"),
            _ => None,
        };
        let allowed = before.get(code).copied().unwrap_or(0) + instead.copied().unwrap_or(0);
        assert!(count <= allowed, "{code}: {:#?}\n{text}", again.diagnostics);
    }
    if again.model.digest() != reading.model.digest() {
        let facts = |model: &Model| String::from_utf8(model.facts().bytes()).unwrap();
        assert_eq!(facts(&again.model), facts(&reading.model), "{text}");
    }
    assert_eq!(lang::write(&again.model), text);
    text
}
