//! `domain`, `data` and `zone`.

use crate::context::{Axis, Context, Named, Written};
use crate::fault::TWO_ZONES;
use crate::form::{Block, Form, Properties};
use crate::names::Wanted;
use model::{ClassId, DataClass, Domain, DomainId, NodeId, Zone, ZoneId};
use source::Span;
use std::collections::BTreeMap;

const DOMAIN: Form = Form {
    usage: "domain NAME [secrecy=LABEL] [integrity=LABEL]",
    arguments: (1, 1),
    properties: Properties::Known(&["secrecy", "integrity"]),
    required: &[],
    block: Block::None,
};
const DATA: Form = Form {
    usage: "data CLASS [secrecy=LABEL]",
    arguments: (1, 1),
    properties: Properties::Known(&["secrecy"]),
    required: &[],
    block: Block::None,
};
const ZONE: Form = Form {
    usage: "zone NAME sl-t=0|1|2|3|4 { NODE … }",
    arguments: (1, 1),
    properties: Properties::Known(&["sl-t"]),
    required: &["sl-t"],
    block: Block::Free,
};

impl<'a> Context<'a> {
    /// Reads `domain`.
    pub(crate) fn read_domain(&mut self, node: &'a Written<'a>) {
        let Ok(name) = self.form(node, &DOMAIN).and_then(|()| self.new_name(node)) else {
            return;
        };
        let id = DomainId::of(self.model.domains.len());
        let origin = self.origin(node.span);
        let label = |context: &mut Self, axis: Axis| {
            context.label(node, axis.name(), axis).unwrap_or_else(|_| {
                context.domains_excused.insert((id, axis));
                None
            })
        };
        let secrecy = label(self, Axis::Secrecy);
        let integrity = label(self, Axis::Integrity);
        let name_text = name.text.to_owned();
        self.model.domains.push(Domain {
            name: name_text,
            secrecy,
            integrity,
            origin,
        });
        self.domain_spans.push(name.span);
        // A name that is taken was reported; the domain stays in the model without members.
        let _ = self.declare(name, Named::Domain(id));
    }

    /// Reads `data`.
    pub(crate) fn read_class(&mut self, node: &'a Written<'a>) {
        let Ok(name) = self.form(node, &DATA).and_then(|()| self.new_name(node)) else {
            return;
        };
        let id = ClassId::of(self.model.classes.len());
        let origin = self.origin(node.span);
        let secrecy = self.label(node, "secrecy", Axis::Secrecy).unwrap_or(None);
        self.model.classes.push(DataClass {
            name: name.text.to_owned(),
            secrecy,
            origin,
        });
        let _ = self.declare(name, Named::Class(id));
    }

    /// Declares a `zone`; its members are read when all nodes are known.
    pub(crate) fn declare_zone(&mut self, node: &'a Written<'a>) -> Option<ZoneId> {
        let name = self
            .form(node, &ZONE)
            .and_then(|()| self.new_name(node))
            .ok()?;
        let id = ZoneId::of(self.model.zones.len());
        let level = node.property("sl-t").map(|entry| self.number(entry, 0, 4));
        let level = level
            .and_then(Result::ok)
            .and_then(|level| u8::try_from(level).ok());
        let origin = self.origin(node.span);
        let target_level = level.unwrap_or(0);
        self.model.zones.push(Zone {
            name: name.text.to_owned(),
            target_level,
            origin,
        });
        let _ = self.declare(name, Named::Zone(id));
        Some(id)
    }

    /// Puts the members into their zones.
    pub(crate) fn zone_members(&mut self, zones: &[(ZoneId, &'a Written<'a>)]) {
        let mut places: BTreeMap<NodeId, Span> = BTreeMap::new();
        for (zone, node) in zones {
            let list = self.names_in_block(node.children());
            for member in self.once_each(list) {
                let Ok(id) = self.node(member, Wanted::Any) else {
                    continue;
                };
                if let Some(first) = places.insert(id, member.span) {
                    let fault = TWO_ZONES.at(member.span, &[member.text]);
                    self.faults
                        .push(fault.label(first, "first put into a zone here"));
                    continue;
                }
                if let Some(node) = self.model.nodes.get_mut(id.index()) {
                    node.zone = Some(*zone);
                }
            }
        }
    }
}
