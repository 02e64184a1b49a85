//! `domain`, `data` and `zone`.

use crate::bounds::{NODE_ZONES_MAX, PLACES_MAX, ZONES_DEEP_MAX};
use crate::context::{Axis, Context, Named, Written};
use crate::fault::{NestedZone, NoZone, TwoZones, UnknownName, ZoneCycle, found};
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
        let mut spans = BTreeMap::new();
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
                    let fault = self.meant(
                        found(
                            &UnknownName {
                                name: word.text,
                                kind: "zone",
                            },
                            word.span,
                        ),
                        word.text,
                        near,
                    );
                    self.faults.push_unknown(word.text, fault);
                    continue;
                }
            };
            if let Some(slot) = self.model.zones.get_mut(zone.index()) {
                slot.parent = Some(parent);
                spans.insert(*zone, word.span);
            }
        }
        self.bound_zones(&spans);
    }

    /// Cuts circles of zones and what lies too deep, in linear time; `spans` says where the zone around one is
    /// named.
    fn bound_zones(&mut self, spans: &BTreeMap<ZoneId, Span>) {
        let mut depths: BTreeMap<ZoneId, usize> = BTreeMap::new();
        for first in (0..self.model.zones.len()).map(ZoneId::of) {
            // A circle is cut once, and then its zones are a path.
            let path = loop {
                let (path, circle) = self.way_out(first, &depths);
                let Some(last) = circle.and_then(|start| path.get(start..)?.iter().max()) else {
                    break path;
                };
                let name = self.model.zone(*last).map_or("", |zone| &zone.name);
                let name = name.to_owned();
                let span = spans.get(last).copied().unwrap_or_default();
                self.report(&ZoneCycle { zone: &name }, span);
                self.cut_zone(*last);
            };
            for zone in path.into_iter().rev() {
                let parent = self.model.zone(zone).and_then(|zone| zone.parent);
                let around = parent.and_then(|parent| depths.get(&parent)).copied();
                let around = around.unwrap_or(0);
                let span = spans.get(&zone).copied().unwrap_or_default();
                let room = self.room(around, ZONES_DEEP_MAX, "zones inside each other", span);
                let is_in = room.is_ok();
                if !is_in {
                    self.cut_zone(zone);
                }
                depths.insert(zone, if is_in { around + 1 } else { 1 });
            }
        }
    }

    /// A zone and those around it, up to one that is known; and where in that list a circle begins.
    fn way_out(
        &self,
        first: ZoneId,
        known: &BTreeMap<ZoneId, usize>,
    ) -> (Vec<ZoneId>, Option<usize>) {
        let mut path = Vec::new();
        let mut places = BTreeMap::new();
        let mut next = Some(first);
        while let Some(zone) = next.filter(|zone| !known.contains_key(zone)) {
            if let Some(start) = places.insert(zone, path.len()) {
                return (path, Some(start));
            }
            path.push(zone);
            next = self.model.zone(zone).and_then(|zone| zone.parent);
        }
        (path, None)
    }

    fn cut_zone(&mut self, zone: ZoneId) {
        if let Some(slot) = self.model.zones.get_mut(zone.index()) {
            slot.parent = None;
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
                        self.report(&NestedZone { outer: &outer }, child.head_span());
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
                    let fault = found(&TwoZones { node: member.text }, member.span);
                    self.faults.push(fault.label(*first, "and here"));
                    continue;
                }
                let room = self.room(
                    listed.len(),
                    NODE_ZONES_MAX,
                    "zones of one node",
                    member.span,
                );
                if room.is_err() {
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
        let mut fault = found(&NoZone { nodes: &list, lie }, self.node_span(*first));
        for id in unzoned.iter().take(PLACES_MAX).skip(1) {
            fault = fault.label(self.node_span(*id), "also here");
        }
        self.faults.push(fault);
    }
}
