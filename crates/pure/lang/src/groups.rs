//! `domain`, `data` and `zone`.

use crate::bounds::PLACES_MAX;
use crate::context::{Axis, Context, Named, Written};
use crate::fault::{NESTED_ZONE, NO_ZONE, TWO_ZONES, UNKNOWN_NAME, ZONE_CYCLE, meant};
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
    usage: "zone NAME sl-t=0|1|2|3|4 [in=ZONE] { NODE … }",
    arguments: (1, 1),
    properties: Properties::Known(&["sl-t", "in"]),
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
            parent: None,
            origin,
        });
        let _ = self.declare(name, Named::Zone(id));
        Some(id)
    }

    /// Puts zones into the zones around them.
    pub(crate) fn zone_parents(&mut self, zones: &[(ZoneId, &'a Written<'a>)]) {
        for (zone, node) in zones {
            let Ok(Some(word)) = self.property(node, "in") else {
                continue;
            };
            let Ok(word) = self.one_name(word) else {
                continue;
            };
            let parent = match self.names.get(word.text).map(|(named, _)| *named) {
                Some(Named::Zone(parent)) => parent,
                Some(named) => {
                    self.wrong_kind(word, named, "a zone");
                    continue;
                }
                None if self.unread_names.contains(word.text) => continue,
                None => {
                    let near = self.nearest_name(word.text, |_, own| matches!(own, Named::Zone(_)));
                    let fault = meant(UNKNOWN_NAME.at(word.span, &[word.text, "zone"]), near);
                    self.faults.push_unknown(word.text, fault);
                    continue;
                }
            };
            if self.model.zone_chain(parent).contains(zone) {
                let name = self.model.zone(*zone).map_or("", |zone| &zone.name);
                let name = name.to_owned();
                self.report(&ZONE_CYCLE, word.span, &[&name]);
                continue;
            }
            if let Some(slot) = self.model.zones.get_mut(zone.index()) {
                slot.parent = Some(parent);
            }
        }
    }

    /// Puts the members into their zones.
    pub(crate) fn zone_members(&mut self, zones: &[(ZoneId, &'a Written<'a>)]) {
        let mut places: BTreeMap<NodeId, Vec<(ZoneId, Span)>> = BTreeMap::new();
        let mut complete = true;
        for (zone, node) in zones {
            let mut plain = Vec::new();
            for child in node.children() {
                let is_zone = child.name.text == "zone"
                    && (child.children.is_some() || child.properties().next().is_some());
                match is_zone {
                    true => {
                        let outer = self.model.zone(*zone).map_or("", |zone| &zone.name);
                        let outer = outer.to_owned();
                        self.report(&NESTED_ZONE, child.head_span(), &[&outer]);
                        complete = false;
                    }
                    false => plain.extend(self.names_in_block(std::slice::from_ref(child))),
                }
            }
            for member in self.once_each(plain) {
                let Ok(id) = self.node(member, Wanted::Any) else {
                    complete = false;
                    continue;
                };
                let listed = places.entry(id).or_default();
                let chain = self.model.zone_chain(*zone);
                let around = |other: &ZoneId| {
                    chain.contains(other) || self.model.zone_chain(*other).contains(zone)
                };
                if let Some((_, first)) = listed.iter().find(|(other, _)| around(other)) {
                    let fault = TWO_ZONES.at(member.span, &[member.text]);
                    self.faults.push(fault.label(*first, "and here"));
                    continue;
                }
                listed.push((*zone, member.span));
                if let Some(node) = self.model.nodes.get_mut(id.index()) {
                    node.zones.push(*zone);
                    node.zones.sort_unstable();
                }
            }
        }
        if complete {
            self.without_zone();
        }
    }

    /// Warns once of all nodes in no zone.
    fn without_zone(&mut self) {
        let unzoned = self.model.unzoned();
        let Some(first) = unzoned.first() else {
            return;
        };
        let names = unzoned.iter().take(PLACES_MAX);
        let names = names.map(|id| format!("`{}`", self.model.node_name(*id)));
        let mut list = names.collect::<Vec<_>>().join(", ");
        if let more @ 1.. = unzoned.len().saturating_sub(PLACES_MAX) {
            list.push_str(&format!(" and {more} more"));
        }
        let lie = if unzoned.len() == 1 { "lies" } else { "lie" };
        let mut fault = NO_ZONE.at(self.node_span(*first), &[&list, lie]);
        for id in unzoned.iter().take(PLACES_MAX).skip(1) {
            fault = fault.label(self.node_span(*id), "also here");
        }
        self.faults.push(fault);
    }
}
