//! `channel`: a permitted, directed flow between two ports.

use crate::arrow::meant_arrow;
use crate::bounds::{CHANNEL_BYTES_MAX, DEPTH_MAX, FLOWS_MAX};
use crate::context::{Context, Named, Word, Written};
use crate::fault::{
    BadArrow, ChannelToOutside, ChannelTooLarge, DuplicateChannel, EventWithData, EventWithType,
    MissingOverflow, MissingProperty, NeedsQueuing, PortTaken, Reported, SelfChannel, StatedTwice,
    TypeMismatch, found,
};
use crate::form::{Block, Form, Properties};
use crate::grant::split;
use crate::names::{Wanted, other};
use crate::subject::bare_port;
use crate::value::{bare_name, is_name};
use model::{Channel, ChannelId, ChannelKind, Direction, NodeId, NodeKind, Origin, PortId, TypeId};
use source::Span;

const CHANNEL: Form = Form {
    usage: "channel WRITER[.PORT] -> READER[.PORT] sampling|queuing|event …",
    arguments: (4, 4),
    properties: Properties::Known(&["depth", "overflow", "type", "max-age", "on-stale"]),
    required: &[],
    block: Block::None,
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sampling,
    Queuing,
    Event,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Overflow {
    DropOldest,
    Credit,
}

/// One end: its subject and the name of its port.
struct End<'a> {
    node: NodeId,
    name: Word<'a>,
    /// `None` if it is left out and not declared; then it is made.
    port: Option<PortId>,
}

impl<'a> Context<'a> {
    /// Reads `channel`.
    pub(crate) fn read_channel(&mut self, node: &'a Written<'a>) {
        let torn = self.torn_arrow(node);
        let result = torn.and_then(|()| self.form(node, &CHANNEL));
        let result = result.and_then(|()| self.channel(node));
        if result.is_err() {
            self.excuse_channel(node);
        }
    }

    /// The ports that a faulty channel names or would make stay silent.
    fn excuse_channel(&mut self, node: &'a Written<'a>) {
        let text = |index| {
            node.arguments()
                .nth(index)
                .and_then(|entry| entry.value.as_str())
                .map(bare_name)
        };
        let (Some(left), Some(right)) = (text(0), text(2)) else {
            return;
        };
        let ends = [(left, right, Direction::Out), (right, left, Direction::In)];
        for (end, peer, direction) in ends {
            let subject = |text: &'a str| text.split_once('.').map_or(text, |(name, _)| name);
            let port = end.split_once('.').map_or(subject(peer), |(_, port)| port);
            let Some((Named::Node(id), _)) = self.names.get(subject(end)) else {
                continue;
            };
            let id = *id;
            match self.find_port(id, direction, port) {
                Some(port) => {
                    self.channels_excused.insert(port);
                }
                None => {
                    self.faulty_ports.insert((id, port.to_owned()));
                    // The mistake may be the direction.
                    let wrong = self.find_port(id, other(direction), port);
                    self.channels_excused.extend(wrong);
                }
            }
        }
    }

    fn channel(&mut self, node: &'a Written<'a>) -> Result<(), Reported> {
        let count = self.model.grants.len() + self.model.channels.len();
        self.room(count, FLOWS_MAX, "channels and grants", node.name.span)?;
        let left = self.argument(node, 0).and_then(|word| self.one_name(word));
        let right = self.argument(node, 2).and_then(|word| self.one_name(word));
        let arrow = self.argument(node, 1).and_then(|word| self.one_way(word));
        let kind = self.kind(node);
        let ends = match (left, right) {
            (Ok(left), Ok(right)) => {
                let from = self.end(left, split(right).0, Direction::Out);
                let to = self.end(right, split(left).0, Direction::In);
                (from, to)
            }
            _ => (Err(Reported), Err(Reported)),
        };
        let message = self.property(node, "type");
        let message = message.and_then(|word| word.map(|word| self.message_type(word)).transpose());
        let named = right.map(|word| word.text.to_owned()).unwrap_or_default();
        let (age, reaction) = self.staleness(node, &named);
        let (from, to) = (ends.0?, ends.1?);
        arrow?;
        if from.node == to.node {
            let subject = self.model.node_name(from.node).to_owned();
            return Err(self.report(&SelfChannel { subject: &subject }, node.head_span()));
        }
        self.free_ends(node, &from, &to)?;
        let kind = kind?;
        let message = message?;
        let message = self.agreed_type(node, &from, &to, message, kind)?;
        self.check_size(node, message, kind)?;
        let origin = self.origin(node.span);
        let id = ChannelId::of(self.model.channels.len());
        let head = node.head_span();
        let from_port = self.joined(&from, Direction::Out, message, id, origin, head)?;
        let to_port = self.joined(&to, Direction::In, message, id, origin, head)?;
        self.set_staleness(node, to_port, age, reaction);
        self.model.channels.push(Channel {
            from: from_port,
            to: to_port,
            kind,
            origin,
        });
        Ok(())
    }

    fn one_way(&mut self, word: Word<'a>) -> Result<(), Reported> {
        let help = match word.text {
            "->" => return Ok(()),
            "<-" => "write the writer first: `channel WRITER -> READER …`",
            "<->" => "a channel is one-way: draw two channels",
            other if meant_arrow(other) == Some("->") => "did you mean `->`?",
            _ => "write `channel WRITER -> READER …`",
        };
        let fault = BadArrow {
            arrow: word.text,
            help,
        };
        let mut fault = found(&fault, word.span);
        if word.text != "->" && meant_arrow(word.text) == Some("->") {
            fault = self.in_place_of(fault, word.text, "->");
        }
        Err(self.faults.push(fault))
    }

    fn kind(&mut self, node: &'a Written<'a>) -> Result<ChannelKind, Reported> {
        let word = self.argument(node, 3)?;
        let kinds = [
            ("sampling", Kind::Sampling),
            ("queuing", Kind::Queuing),
            ("event", Kind::Event),
        ];
        let kind = self.choice(word, &kinds);
        let depth = self.number_property(node, "depth", 1, DEPTH_MAX);
        let overflows = [
            ("drop-oldest", Overflow::DropOldest),
            ("credit", Overflow::Credit),
        ];
        let overflow = self.choice_property(node, "overflow", &overflows);
        match kind? {
            Kind::Queuing => {
                let head = node.head_span();
                if overflow == Ok(None) {
                    self.report(&MissingOverflow, head);
                }
                if depth == Ok(None) {
                    let usage =
                        "channel WRITER -> READER queuing depth=16 overflow=drop-oldest|credit";
                    self.report(
                        &MissingProperty {
                            word: "queuing",
                            property: "depth",
                            usage,
                        },
                        head,
                    );
                }
                let depth = depth?.ok_or(Reported)?;
                let depth = u32::try_from(depth).map_err(|_| Reported)?;
                match overflow?.ok_or(Reported)? {
                    Overflow::DropOldest => Ok(ChannelKind::DropOldest { depth }),
                    Overflow::Credit => Ok(ChannelKind::Credit { depth }),
                }
            }
            other @ (Kind::Sampling | Kind::Event) => {
                for key in ["depth", "overflow"] {
                    let name = node.property(key).and_then(|entry| entry.key.as_ref());
                    if let Some(name) = name {
                        self.report(&NeedsQueuing { word: key }, name.span);
                    }
                }
                let event = other == Kind::Event;
                Ok(if event {
                    ChannelKind::Event
                } else {
                    ChannelKind::Sampling
                })
            }
        }
    }

    /// The subject and port of one end; `peer` is the subject at the other end, as written.
    fn end(
        &mut self,
        word: Word<'a>,
        peer: Word<'a>,
        direction: Direction,
    ) -> Result<End<'a>, Reported> {
        let (subject, port) = split(word);
        if let Some((Named::Node(id), _)) = self.names.get(subject.text) {
            let outside = match self.model.node(*id).map(|node| &node.kind) {
                Some(NodeKind::External) => Some("an external"),
                Some(NodeKind::Object) => Some("an object"),
                _ => None,
            };
            if let Some(kind) = outside {
                return Err(self.report(
                    &ChannelToOutside {
                        name: subject.text,
                        kind,
                    },
                    subject.span,
                ));
            }
        }
        let node = self.node(subject, Wanted::Subject)?;
        let Some(name) = port else {
            let port = self.find_port(node, direction, peer.text);
            if port.is_none() && (self.is_faulty_port(node, peer.text) || !is_name(peer.text)) {
                return Err(Reported);
            }
            return Ok(End {
                node,
                name: Word {
                    span: word.span,
                    ..peer
                },
                port,
            });
        };
        let port = self.port(node, direction, name)?;
        Ok(End {
            node,
            name,
            port: Some(port),
        })
    }

    /// Reports ends that are joined already.
    fn free_ends(
        &mut self,
        node: &'a Written<'a>,
        from: &End<'a>,
        to: &End<'a>,
    ) -> Result<(), Reported> {
        let joined = |context: &Self, end: &End<'a>| {
            let port = context.model.port(end.port?)?;
            let channel = port.channel.map(|id| (Some(id), context.model.channel(id)));
            let (id, origin) = match channel {
                Some((id, channel)) => (id, channel?.origin),
                None => (None, context.model.grant(port.grant?)?.origin),
            };
            Some((id, context.origins.span(origin)))
        };
        let (left, right) = (joined(self, from), joined(self, to));
        if let (Some((Some(a), place)), Some((Some(b), _))) = (left, right)
            && a == b
        {
            let fault = DuplicateChannel {
                from: &self.full(from),
                to: &self.full(to),
            };
            let fault = found(&fault, node.head_span());
            return Err(self.faults.push(fault.label(place, "joined here")));
        }
        let mut result = Ok(());
        for (end, place) in [(from, left), (to, right)] {
            if let Some((_, place)) = place {
                let fault = found(
                    &PortTaken {
                        port: &self.full(end),
                    },
                    end.name.span,
                );
                result = Err(self.faults.push(fault.label(place, "joined here")));
            }
        }
        result
    }

    fn full(&self, end: &End<'a>) -> String {
        format!("{}.{}", self.model.node_name(end.node), end.name.text)
    }

    /// The type of both ends: that of the ports, else of the channel.
    fn agreed_type(
        &mut self,
        node: &'a Written<'a>,
        from: &End<'a>,
        to: &End<'a>,
        written: Option<TypeId>,
        kind: ChannelKind,
    ) -> Result<Option<TypeId>, Reported> {
        let excused = [from, to].into_iter().any(|end| {
            end.port
                .is_some_and(|port| self.types_excused.contains(&port))
        });
        if excused {
            return Ok(None);
        }
        let of = |context: &Self, end: &End<'a>| {
            end.port
                .and_then(|port| context.model.port(port))
                .map(|port| port.message)
        };
        let (left, right) = (of(self, from), of(self, to));
        if let Some(entry) = node.property("type") {
            let stated = [(from, left), (to, right)]
                .into_iter()
                .find(|(_, own)| own.flatten().is_some());
            if let Some((end, _)) = stated {
                let full = self.full(end);
                return Err(self.report(
                    &StatedTwice {
                        word: "type",
                        port: &full,
                    },
                    entry.span,
                ));
            }
        } else if let (Some(left), Some(right)) = (left, right)
            && left != right
        {
            let shown = |context: &Self, id: Option<TypeId>| {
                let message = id.and_then(|id| context.model.message(id));
                message.map_or("no type".to_owned(), |message| {
                    format!("type `{}`", message.name)
                })
            };
            let fault = TypeMismatch {
                from: &self.full(from),
                from_type: &shown(self, left),
                to: &self.full(to),
                to_type: &shown(self, right),
            };
            return Err(self.report(&fault, node.head_span()));
        }
        let message = left.flatten().or(right.flatten()).or(written);
        if kind == ChannelKind::Event && message.is_some() {
            let span = node
                .property("type")
                .map_or(node.head_span(), |entry| entry.span);
            let full = self.full(from);
            return Err(self.report(&EventWithType { port: &full }, span));
        }
        let emits = from.port.and_then(|port| self.model.port(port));
        if kind == ChannelKind::Event && emits.is_some_and(|port| !port.emits.is_empty()) {
            let full = self.full(from);
            return Err(self.report(&EventWithData { port: &full }, node.head_span()));
        }
        Ok(message)
    }

    fn check_size(
        &mut self,
        node: &'a Written<'a>,
        message: Option<TypeId>,
        kind: ChannelKind,
    ) -> Result<(), Reported> {
        let (ChannelKind::DropOldest { depth } | ChannelKind::Credit { depth }) = kind else {
            return Ok(());
        };
        let message = message.and_then(|id| self.model.message(id));
        let bytes = message.map_or(256, model::MessageType::bytes);
        if u64::from(depth).saturating_mul(bytes) <= CHANNEL_BYTES_MAX {
            return Ok(());
        }
        let span = node
            .property("depth")
            .map_or(node.head_span(), |entry| entry.span);
        let fault = ChannelTooLarge {
            depth: &depth.to_string(),
            bytes: &bytes.to_string(),
        };
        Err(self.report(&fault, span))
    }

    /// The port of an end, made if it is left out and not declared, with the channel at it.
    fn joined(
        &mut self,
        end: &End<'a>,
        direction: Direction,
        message: Option<TypeId>,
        id: ChannelId,
        origin: Origin,
        head: Span,
    ) -> Result<PortId, Reported> {
        let port = match end.port {
            Some(port) => port,
            None => {
                let mut port = bare_port(end.node, end.name.text, direction, origin);
                port.message = message;
                self.add_port(port, head)?
            }
        };
        if let Some(port) = self.model.ports.get_mut(port.index()) {
            port.channel = Some(id);
            port.message = port.message.or(message);
        }
        Ok(port)
    }

    /// `max-age` and `on-stale` of the channel, for an in-port that states neither.
    fn set_staleness(
        &mut self,
        node: &'a Written<'a>,
        port: PortId,
        age: Option<u64>,
        reaction: Option<model::OnStale>,
    ) {
        let full = self.model.port_name(port);
        let Some(slot) = self.model.ports.get_mut(port.index()) else {
            return;
        };
        let stated = slot.max_age_us.is_some() || slot.on_stale.is_some();
        if !stated {
            slot.max_age_us = age;
            slot.on_stale = reaction;
            return;
        }
        for key in ["max-age", "on-stale"] {
            if let Some(entry) = node.property(key) {
                self.report(
                    &StatedTwice {
                        word: key,
                        port: &full,
                    },
                    entry.span,
                );
            }
        }
    }
}
