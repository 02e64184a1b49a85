//! `require`: requirements and their claims, with groups expanded to nodes.

use crate::bounds::{ENDS_MAX, REQUIREMENTS_MAX};
use crate::context::{Context, NameSpace, Named, Word, Written};
use crate::fault::{
    EmptyEnd, EmptyRequirement, EmptyStart, LostEnd, MediatorIsEnd, MissingArgument,
    MissingProperty, Reported, ThenWithoutFirst, UnknownName, UntrustedMediator, found,
};
use crate::form::{Block, Form, MANY, Properties, arguments};
use crate::grant::split;
use crate::names::{Wanted, other};
use crate::subject::STALE;
use crate::value::US;
use model::{Characteristic, Claim, Direction, EndPoint, NodeId, Origin, Requirement, Through};
use std::collections::{BTreeMap, BTreeSet};

const REQUIRE: Form = Form {
    usage: "require NAME [characteristic=\"…\"] [source=\"…\"] [owner=\"…\"] { CLAIM … }",
    arguments: (1, 1),
    properties: Properties::Known(&["characteristic", "source", "owner"]),
    required: &[],
    block: Block::Words {
        known: &["never", "if-lost", "fresh", "latency"],
        once: &[],
    },
};
const NEVER: Form = Form {
    usage: "never from=END to=END [data=CLASS] [except-through=SUBJECT] [then=SUBJECT]",
    arguments: (0, 0),
    properties: Properties::Known(&["from", "to", "data", "except-through", "then"]),
    required: &[],
    block: Block::Words {
        known: &["from", "to", "except-through", "then"],
        once: &[],
    },
};
const IF_LOST: Form = Form {
    usage: "if-lost NODE … { keep from=END to=END }",
    arguments: (1, MANY),
    properties: Properties::Known(&[]),
    required: &[],
    block: Block::Words {
        known: &["keep"],
        once: &[],
    },
};
const KEEP: Form = Form {
    usage: "keep from=END to=END [signals=#true]",
    arguments: (0, 0),
    properties: Properties::Known(&["from", "to", "signals"]),
    required: &["from", "to"],
    block: Block::None,
};
const FRESH: Form = Form {
    usage: "fresh port=SUBJECT.PORT max=\"200ms\" [reaction=hold|safe-value|stop]",
    arguments: (0, 0),
    properties: Properties::Known(&["port", "max", "reaction"]),
    required: &["port", "max"],
    block: Block::None,
};
const LATENCY: Form = Form {
    usage: "latency from=END to=END max=\"50ms\"",
    arguments: (0, 0),
    properties: Properties::Known(&["from", "to", "max"]),
    required: &["from", "to", "max"],
    block: Block::None,
};

/// The nodes that each domain, zone and data class stands for.
pub(crate) struct Groups {
    members: BTreeMap<GroupKey, BTreeSet<NodeId>>,
    /// End points handed out so far.
    ends: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum GroupKey {
    Domain(model::DomainId),
    Zone(model::ZoneId),
    Class(model::ClassId),
}

impl Groups {
    /// The groups of a model whose nodes, ports and passes are complete.
    pub(crate) fn of(model: &model::Model) -> Self {
        let mut members: BTreeMap<GroupKey, BTreeSet<NodeId>> = BTreeMap::new();
        let mut add = |key: GroupKey, id: NodeId| members.entry(key).or_default().insert(id);
        for (id, node) in model.nodes() {
            node.domain.map(|domain| add(GroupKey::Domain(domain), id));
            for zone in node.zones.iter().flat_map(|zone| model.zone_chain(*zone)) {
                add(GroupKey::Zone(zone), id);
            }
            for class in &node.holds {
                add(GroupKey::Class(*class), id);
            }
            let passes = model.trust(id).map_or(&[][..], |trust| &trust.passes);
            for class in passes.iter().filter_map(|pass| pass.data) {
                add(GroupKey::Class(class), id);
            }
        }
        for (_, port) in model.ports() {
            for class in &port.emits {
                add(GroupKey::Class(*class), port.node);
            }
        }
        Self { members, ends: 0 }
    }
}

impl<'a> Context<'a> {
    /// Reads `require`.
    pub(crate) fn read_requirement(
        &mut self,
        node: &'a Written<'a>,
        names: &mut NameSpace<'a, ()>,
        groups: &mut Groups,
    ) -> Result<(), Reported> {
        self.form(node, &REQUIRE)?;
        let name = self.new_name(node)?;
        let count = self.model.requirements.len();
        self.room(count, REQUIREMENTS_MAX, "requirements", name.span)?;
        self.own_name(name, names);
        let choices = Characteristic::ALL.map(|one| (one.name(), one));
        let list = self.list_property(node, "characteristic");
        let mut characteristics: Vec<Characteristic> = self
            .once_each(list)
            .into_iter()
            .filter_map(|word| self.choice(word, &choices).ok())
            .collect();
        characteristics.sort_unstable();
        let source = self.some_text(node, "source").ok().flatten();
        let owner = self.some_text(node, "owner").ok().flatten();
        let mut claims = Vec::new();
        for child in node.children() {
            let claim = match child.name.text.as_ref() {
                "never" => self.never(child, groups).map(|claim| vec![(claim, child)]),
                "if-lost" => self.if_lost(child, groups),
                "fresh" => self.fresh(child).map(|claim| vec![(claim, child)]),
                "latency" => self.latency(child).map(|claim| vec![(claim, child)]),
                _ => Err(Reported),
            };
            for (claim, place) in claim.unwrap_or_default() {
                let origin = self.origin(place.span);
                claims.push((claim, origin));
            }
        }
        if node.children().is_empty() {
            self.report(&EmptyRequirement { name: name.text }, name.span);
        }
        let origin: Origin = self.origin(node.span);
        self.model.requirements.push(Requirement {
            name: name.text.to_owned(),
            characteristics,
            source: source.map(|word| word.text.to_owned()),
            owner: owner.map(|word| word.text.to_owned()),
            claims,
            origin,
        });
        Ok(())
    }

    fn never(&mut self, node: &'a Written<'a>, groups: &mut Groups) -> Result<Claim, Reported> {
        self.form(node, &NEVER)?;
        let from_words = self.listed(node, "from");
        let to_words = self.listed(node, "to");
        let first_words = self.listed(node, "except-through");
        let then_words = self.listed(node, "then");
        let written = |key: &str| {
            node.property(key).is_some() || node.children().iter().any(|c| c.name.text == key)
        };
        let mut whole = Ok(());
        if !written("to") {
            let fault = MissingProperty {
                word: "never",
                property: "to",
                usage: NEVER.usage,
            };
            whole = Err(self.report(&fault, node.head_span()));
        }
        if !written("from") && node.property("data").is_none() {
            let fault = MissingProperty {
                word: "never",
                property: "from",
                usage: "never from=END to=END` or `never data=CLASS to=END",
            };
            whole = Err(self.report(&fault, node.head_span()));
        }
        let data = match self.property(node, "data") {
            Ok(Some(word)) => self.class(word).map(Some),
            Ok(None) => Ok(None),
            Err(reported) => Err(reported),
        };
        let start = from_words.first().map(|word| word.span);
        let end_words: Vec<Word<'a>> = from_words.iter().chain(&to_words).copied().collect();
        let from = self.ends(from_words, Direction::Out, groups);
        let to = self.ends(to_words, Direction::In, groups);
        if written("then") && first_words.len() != 1 {
            let span = then_words
                .first()
                .map_or(node.head_span(), |word| word.span);
            let count = first_words.len().to_string();
            whole = Err(self.report(&ThenWithoutFirst { count: &count }, span));
        }
        let ordered = written("then");
        let mut words = first_words;
        words.extend(then_words);
        let mediators = self.mediators(&words);
        whole?;
        let mut mediators = mediators?;
        self.stand_between(&words, &mediators, &end_words, groups)?;
        let through = match (mediators.is_empty(), ordered) {
            (true, _) => Through::Nothing,
            (false, true) => Through::InOrder(mediators),
            (false, false) => {
                mediators.sort_unstable();
                Through::AnyOf(mediators)
            }
        };
        let (from, to, data) = (from?, to?, data?);
        if let (Some(_), Some(span), []) = (data, start, from.as_slice()) {
            // Without starts it would be about every origin of the class.
            return Err(self.report(&EmptyStart, span));
        }
        Ok(Claim::Never {
            from,
            to,
            data,
            through,
        })
    }

    /// The names of a property and of the children of the same word.
    fn listed(&mut self, node: &'a Written<'a>, key: &'static str) -> Vec<Word<'a>> {
        let mut words = self.list_property(node, key);
        let form = arguments("from|to|except-through|then NAME …", 1, MANY);
        for child in node
            .children()
            .iter()
            .filter(|child| child.name.text == key)
        {
            if self.form(child, &form).is_ok() {
                words.extend(self.named(child, 0));
            }
        }
        words
    }

    /// Reports mediators that are ends of the same claim, themselves or as members of a group.
    fn stand_between(
        &mut self,
        words: &[Word<'a>],
        mediators: &[NodeId],
        ends: &[Word<'a>],
        groups: &Groups,
    ) -> Result<(), Reported> {
        let mut result = Ok(());
        for word in words {
            let Some((Named::Node(id), _)) = self.names.get(word.text) else {
                continue;
            };
            let id = *id;
            let stands_for = |end: &&Word<'_>| match self.group(**end, true) {
                Some(key) => groups
                    .members
                    .get(&key)
                    .is_some_and(|own| own.contains(&id)),
                None => split(**end).0.text == word.text,
            };
            let end = ends.iter().find(stands_for);
            if let Some(end) = end.filter(|_| mediators.contains(&id)) {
                let fault = found(
                    &MediatorIsEnd {
                        mediator: word.text,
                        end: end.text,
                    },
                    word.span,
                );
                let fault = fault.label(end.span, "an end of the same claim");
                result = Err(self.faults.push(fault));
            }
        }
        result
    }

    fn mediators(&mut self, words: &[Word<'a>]) -> Result<Vec<NodeId>, Reported> {
        let mut result = Ok(());
        let mut nodes = Vec::new();
        for word in self.once_each(words.to_vec()) {
            match self.node(word, Wanted::Subject) {
                Ok(id) => {
                    if self.model.trust(id).is_none() {
                        self.report(&UntrustedMediator { name: word.text }, word.span);
                    }
                    nodes.push(id);
                }
                Err(reported) => result = Err(reported),
            }
        }
        result.map(|()| nodes)
    }

    /// What a list of end points stands for, sorted and without repetition.
    fn ends(
        &mut self,
        words: Vec<Word<'a>>,
        direction: Direction,
        groups: &mut Groups,
    ) -> Result<Vec<EndPoint>, Reported> {
        let mut ends = Vec::new();
        let mut result = Ok(());
        for word in self.once_each(words) {
            match self.group(word, true) {
                Some(key) => {
                    let members = groups.members.get(&key);
                    let count = members.map_or(0, BTreeSet::len);
                    if count == 0 {
                        self.report(&EmptyEnd { name: word.text }, word.span);
                        self.empty_ends.insert(word.text);
                    }
                    let total = groups.ends.saturating_add(count);
                    self.room(total.saturating_sub(1), ENDS_MAX, "end points", word.span)?;
                    groups.ends = total;
                    ends.extend(members.into_iter().flatten().map(|id| EndPoint::Node(*id)));
                }
                None => match self.end_point(word, direction) {
                    Ok(end) => ends.push(end),
                    Err(reported) => result = Err(reported),
                },
            }
        }
        ends.sort_unstable();
        ends.dedup();
        result.map(|()| ends)
    }

    /// The group that a name means, if it means one.
    fn group(&self, word: Word<'_>, classes: bool) -> Option<GroupKey> {
        match self.names.get(word.text)?.0 {
            Named::Domain(id) => Some(GroupKey::Domain(id)),
            Named::Zone(id) => Some(GroupKey::Zone(id)),
            Named::Class(id) if classes => Some(GroupKey::Class(id)),
            Named::Class(_) | Named::Node(_) => None,
        }
    }

    /// A single end: a node or a port. `direction` is that of the port which fits best.
    fn end_point(&mut self, word: Word<'a>, direction: Direction) -> Result<EndPoint, Reported> {
        let word = self.one_name(word)?;
        if let (node, Some(port)) = split(word) {
            let id = self.node(node, Wanted::Subject)?;
            let found = [direction, other(direction)]
                .into_iter()
                .find_map(|way| self.find_port(id, way, port.text));
            return match found {
                Some(port) => Ok(EndPoint::Port(port)),
                None if self.is_faulty_port(id, port.text) => Err(Reported),
                None => Err(self.unknown_port(id, port, &[direction, other(direction)])),
            };
        }
        match self.names.get(word.text).map(|(named, _)| *named) {
            Some(Named::Node(id)) => Ok(EndPoint::Node(id)),
            Some(named) => Err(self.wrong_kind(word, named, "a single node or port")),
            None => {
                let near = self.nearest_name(word.text, |_, _| true);
                if self.unread_names.contains(word.text) {
                    return Err(Reported);
                }
                let fault = found(
                    &UnknownName {
                        name: word.text,
                        kind: "end point",
                    },
                    word.span,
                );
                Err(self
                    .faults
                    .push_unknown(word.text, self.meant(fault, word.text, near)))
            }
        }
    }

    fn single(
        &mut self,
        node: &'a Written<'a>,
        key: &str,
        direction: Direction,
    ) -> Result<(EndPoint, Word<'a>), Reported> {
        let word = self.property(node, key)?.ok_or(Reported)?;
        Ok((self.end_point(word, direction)?, word))
    }

    fn if_lost(
        &mut self,
        node: &'a Written<'a>,
        groups: &mut Groups,
    ) -> Result<Vec<(Claim, &'a Written<'a>)>, Reported> {
        self.form(node, &IF_LOST)?;
        let words = self.named(node, 0);
        let mut lost = BTreeSet::new();
        let mut whole = Ok(());
        for word in self.once_each(words) {
            match self.group(word, false) {
                Some(key) => {
                    let members = groups.members.get(&key).into_iter().flatten();
                    let known = members.clone().next().is_some();
                    lost.extend(members.copied());
                    if !known {
                        self.report(&EmptyEnd { name: word.text }, word.span);
                        self.empty_ends.insert(word.text);
                    }
                }
                None => match self.node(word, Wanted::Any) {
                    Ok(id) => {
                        lost.insert(id);
                    }
                    Err(reported) => whole = Err(reported),
                },
            }
        }
        let keeps = node
            .children()
            .iter()
            .filter(|child| child.name.text == "keep");
        let keeps: Vec<&'a Written<'a>> = keeps.collect();
        if node.children().is_empty() {
            let fault = MissingArgument {
                word: "if-lost",
                usage: IF_LOST.usage,
            };
            self.report(&fault, node.head_span());
        }
        let total = groups
            .ends
            .saturating_add(lost.len().saturating_mul(keeps.len()));
        self.room(
            total.saturating_sub(1),
            ENDS_MAX,
            "end points",
            node.head_span(),
        )?;
        groups.ends = total;
        let lost: Vec<NodeId> = lost.into_iter().collect();
        let mut claims = Vec::new();
        for keep in keeps {
            if let Ok(claim) = self.keep(keep, &lost) {
                claims.push((claim, keep));
            }
        }
        whole.map(|()| claims)
    }

    fn keep(&mut self, node: &'a Written<'a>, lost: &[NodeId]) -> Result<Claim, Reported> {
        self.form(node, &KEEP)?;
        let from = self.single(node, "from", Direction::Out);
        let to = self.single(node, "to", Direction::In);
        let signals = self.truth_property(node, "signals");
        let (from, to) = (from?, to?);
        for (end, word) in [from, to] {
            let id = match end {
                EndPoint::Node(id) => Some(id),
                EndPoint::Port(port) => self.model.port(port).map(|port| port.node),
            };
            if id.is_some_and(|id| lost.contains(&id)) {
                return Err(self.report(&LostEnd { name: word.text }, word.span));
            }
        }
        Ok(Claim::Keep {
            lost: lost.to_vec(),
            from: from.0,
            to: to.0,
            signals: signals?.unwrap_or(false),
        })
    }

    fn fresh(&mut self, node: &'a Written<'a>) -> Result<Claim, Reported> {
        self.form(node, &FRESH)?;
        let max = self.duration_property(node, "max", US);
        let reaction = self.choice_property(node, "reaction", &STALE);
        let word = self.property(node, "port")?.ok_or(Reported)?;
        let word = self.one_name(word)?;
        let (subject, port) = split(word);
        let subject = self.node(subject, Wanted::Subject)?;
        let port = match port {
            Some(port) => self.port(subject, Direction::In, port)?,
            None => {
                let fault = MissingArgument {
                    word: "fresh",
                    usage: FRESH.usage,
                };
                return Err(self.report(&fault, word.span));
            }
        };
        Ok(Claim::Fresh {
            port,
            max_age_us: max?.ok_or(Reported)?,
            reaction: reaction?,
        })
    }

    fn latency(&mut self, node: &'a Written<'a>) -> Result<Claim, Reported> {
        self.form(node, &LATENCY)?;
        let from = self.single(node, "from", Direction::Out);
        let to = self.single(node, "to", Direction::In);
        let max = self.duration_property(node, "max", US);
        Ok(Claim::Latency {
            from: from?.0,
            to: to?.0,
            max_us: max?.ok_or(Reported)?,
        })
    }
}
