//! `grant`: a piece of the outside world handed to a subject.

use crate::arrow::meant_arrow;
use crate::bounds::FLOWS_MAX;
use crate::context::{Axis, Context, Word, Written};
use crate::fault::{
    BadAddress, BadArrow, BadPath, DuplicateAddress, DuplicatePort, MissingProperty,
    MissingResource, NeedlessQuota, NestedPath, NotOnePiece, Reported, SharedResource, StatedTwice,
    TwoResources, UnreachableAddress, WrongGrantDirection, found,
};
use crate::form::{Block, Form, Properties};
use crate::names::{Wanted, way};
use crate::opened::{ClashKind, Opened};
use crate::subject::{ROLES, bare_port};
use crate::value::{bare_name, is_path, same_path};
use model::{
    Direction, Grant, GrantDirection, GrantId, LabelId, NodeId, PortId, PortRole, Resource,
};
use plan::address::{Purpose, unmet};
use source::Span;
use std::net::{IpAddr, SocketAddr};

const GRANT: Form = Form {
    usage: "grant SUBJECT[.NAME] <->|->|<- PEER tcp|tcp-listen|udp-in|udp-out|file|device=\"…\"",
    arguments: (3, 3),
    properties: Properties::Known(&[
        "tcp",
        "tcp-listen",
        "udp-in",
        "udp-out",
        "file",
        "device",
        "quota",
        "data",
        "role",
        "secrecy",
        "integrity",
        "in-secrecy",
        "in-integrity",
        "out-secrecy",
        "out-integrity",
    ]),
    required: &[],
    block: Block::None,
};
const RESOURCES: [&str; 6] = ["tcp", "tcp-listen", "udp-in", "udp-out", "file", "device"];
const ARROWS: [(&str, GrantDirection); 3] = [
    ("<->", GrantDirection::Both),
    ("->", GrantDirection::Out),
    ("<-", GrantDirection::In),
];

/// The labels of one port of a grant, as secrecy and integrity.
type Labels = [Result<Option<LabelId>, Reported>; 2];

impl<'a> Context<'a> {
    /// Reads `grant`.
    pub(crate) fn read_grant(&mut self, node: &'a Written<'a>, opened: &mut Opened<'a>) {
        if self.torn_arrow(node).is_err() || self.form(node, &GRANT).is_err() {
            self.excuse_grant(node);
            return;
        }
        if self.grant(node, opened).is_err() {
            self.excuse_grant(node);
        }
    }

    /// The ports of a faulty grant count as faulty.
    fn excuse_grant(&mut self, node: &'a Written<'a>) {
        let text = |index| {
            node.arguments()
                .nth(index)
                .and_then(|entry| entry.value.as_str())
                .map(bare_name)
        };
        let (Some(subject), Some(peer)) = (text(0), text(2)) else {
            return;
        };
        let (subject, name) = subject.split_once('.').unwrap_or((subject, peer));
        if let Some((crate::context::Named::Node(id), _)) = self.names.get(subject) {
            self.faulty_ports.insert((*id, name.to_owned()));
        }
    }

    fn grant(&mut self, node: &'a Written<'a>, opened: &mut Opened<'a>) -> Result<(), Reported> {
        let count = self.model.grants.len() + self.model.channels.len();
        self.room(count, FLOWS_MAX, "channels and grants", node.name.span)?;
        let left = self.argument(node, 0).and_then(|word| self.one_name(word));
        let peer_word = self.argument(node, 2).and_then(|word| self.one_name(word));
        let subject = left.and_then(|word| self.node(split(word).0, Wanted::Subject));
        let peer = peer_word.and_then(|word| self.node(word, Wanted::Outside));
        let arrow = self.argument(node, 1).and_then(|word| self.arrow(word));
        let resource = self.resource(node, arrow);
        let labels_in = self.grant_labels(node, "in");
        let labels_out = self.grant_labels(node, "out");
        let emits = self.emitted(node);
        let role = self.choice_property(node, "role", &ROLES);
        let (subject, peer, direction) = (subject?, peer?, arrow?);
        let name = match split(left?) {
            (_, Some(name)) => self.checked_name(name),
            (_, None) => peer_word?,
        };
        let full = format!("{}.{}", self.model.node_name(subject), name.text);
        self.unfit(node, direction, &full);
        self.overruled(node, direction, &full);
        let (_, open) = resource?;
        if let Ok(word) = peer_word {
            self.shared(node, &open, word.text, opened);
        }
        let sides: &[Direction] = match direction {
            GrantDirection::In => &[Direction::In],
            GrantDirection::Out => &[Direction::Out],
            GrantDirection::Both => &[Direction::In, Direction::Out],
        };
        self.free_name(subject, name, sides)?;
        let origin = self.origin(node.span);
        let id = GrantId::of(self.model.grants.len());
        let mut ports = [None, None];
        for (side, (slot, labels)) in [Direction::In, Direction::Out]
            .into_iter()
            .zip(ports.iter_mut().zip([labels_in, labels_out]))
        {
            if !sides.contains(&side) {
                continue;
            }
            let mut port = bare_port(subject, name.text, side, origin);
            port.grant = Some(id);
            let [secrecy, integrity] = labels;
            port.secrecy = secrecy.unwrap_or(None);
            port.integrity = integrity.unwrap_or(None);
            match side {
                Direction::In => port.role = role.unwrap_or(None).unwrap_or(PortRole::Data),
                Direction::Out => port.emits.clone_from(&emits),
            }
            let port = self.add_port(port, node.head_span())?;
            self.excuse_port(port, secrecy, integrity);
            *slot = Some(port);
        }
        let [in_port, out_port] = ports;
        let name = name.text.to_owned();
        self.model.grants.push(Grant {
            name,
            subject,
            peer,
            direction,
            in_port,
            out_port,
            resource: open,
            origin,
        });
        Ok(())
    }

    /// Whether a subject has no port of that name on these sides, and no grant of it.
    fn free_name(
        &mut self,
        subject: NodeId,
        name: Word<'_>,
        sides: &[Direction],
    ) -> Result<(), Reported> {
        let same_grant = |grant: &PortId| {
            self.model
                .port(*grant)
                .is_some_and(|port| port.grant.is_some())
        };
        let taken = [Direction::In, Direction::Out]
            .into_iter()
            .find_map(|side| {
                let port = self.find_port(subject, side, name.text)?;
                // Two grants of one subject differ in name even where their ports would not clash.
                (sides.contains(&side) || same_grant(&port)).then_some((side, port))
            });
        let Some((side, first)) = taken else {
            return Ok(());
        };
        let fault = DuplicatePort {
            node: self.model.node_name(subject),
            port: name.text,
            way: way(side),
        };
        let fault = found(&fault, name.span);
        let first = self.port_span(first);
        Err(self.faults.push(fault.label(first, "first declared here")))
    }

    fn arrow(&mut self, word: Word<'a>) -> Result<GrantDirection, Reported> {
        let known = ARROWS.iter().find(|(arrow, _)| *arrow == word.text);
        known.map(|(_, direction)| *direction).ok_or_else(|| {
            let otherwise = "write `<->`, `->` (towards the peer) or `<-` (towards the subject)";
            let meant = meant_arrow(word.text);
            let help = meant.map(|meant| format!("did you mean `{meant}`?"));
            let fault = BadArrow {
                arrow: word.text,
                help: help.as_deref().unwrap_or(otherwise),
            };
            let mut fault = found(&fault, word.span);
            if let Some(meant) = meant {
                fault = self.in_place_of(fault, word.text, meant);
            }
            self.faults.push(fault)
        })
    }

    /// The labels of one side: its own words, or those for both.
    fn grant_labels(&mut self, node: &'a Written<'a>, side: &str) -> Labels {
        Axis::BOTH.map(|axis| {
            let own = format!("{side}-{}", axis.name());
            match node.property(&own) {
                Some(_) => self.label(node, &own, axis),
                // Reported once, with the in-port.
                None if side == "out" && self.faults_at(node, axis) => Err(Reported),
                None => self.label(node, axis.name(), axis),
            }
        })
    }

    /// Whether the label for both sides has been found faulty with the in-port.
    fn faults_at(&self, node: &'a Written<'a>, axis: Axis) -> bool {
        let own = format!("in-{}", axis.name());
        let Some(entry) = node
            .property(axis.name())
            .filter(|_| node.property(&own).is_none())
        else {
            return false;
        };
        entry
            .value
            .as_str()
            .and_then(|text| self.order(axis).find(text))
            .is_none()
    }

    /// Reports properties for a direction that the grant does not have.
    fn unfit(&mut self, node: &'a Written<'a>, direction: GrantDirection, port: &str) {
        let (keys, side): (&[&str], Direction) = match direction {
            GrantDirection::Both => return,
            GrantDirection::In => (&["out-secrecy", "out-integrity", "data"], Direction::In),
            GrantDirection::Out => (&["in-secrecy", "in-integrity", "role"], Direction::Out),
        };
        self.not_here(node, keys, port, side);
    }

    /// Reports a label for both sides that no side takes.
    fn overruled(&mut self, node: &'a Written<'a>, direction: GrantDirection, port: &str) {
        let sides: &[&str] = match direction {
            GrantDirection::Both => &["in", "out"],
            GrantDirection::In => &["in"],
            GrantDirection::Out => &["out"],
        };
        for axis in Axis::BOTH.map(Axis::name) {
            let own = |side: &&str| node.property(&format!("{side}-{axis}")).is_some();
            if let Some(entry) = node.property(axis).filter(|_| sides.iter().all(own)) {
                self.report(&StatedTwice { word: axis, port }, entry.span);
            }
        }
    }

    fn resource(
        &mut self,
        node: &'a Written<'a>,
        arrow: Result<GrantDirection, Reported>,
    ) -> Result<(&'static str, Resource), Reported> {
        let mut written = RESOURCES
            .into_iter()
            .filter(|key| node.property(key).is_some());
        let Some(key) = written.next() else {
            return Err(self.report(&MissingResource, node.head_span()));
        };
        if let Some(second) = written.next() {
            let span = node
                .property(second)
                .map_or(node.head_span(), |entry| entry.span);
            return Err(self.report(&TwoResources { first: key, second }, span));
        }
        let entry = node.property(key).ok_or(Reported)?;
        let word = self.text(entry);
        let quota = self.size_property(node, "quota");
        let opened = word.and_then(|word| match key {
            "file" | "device" => self.path(word, key).map(|path| (path, None)),
            _ => self
                .address(word, key)
                .map(|address| (String::new(), Some(address))),
        });
        let direction = arrow?;
        let fits = matches!(
            (key, direction),
            ("tcp" | "tcp-listen", GrantDirection::Both)
                | ("udp-in", GrantDirection::In)
                | ("udp-out", GrantDirection::Out)
                | ("file" | "device", _)
        );
        if !fits {
            return Err(self.wrong_grant_direction(node, key, entry.span));
        }
        let writes = key == "file" && direction != GrantDirection::In;
        let quota_bytes = match (quota?, writes) {
            (Some(bytes), true) => bytes,
            (None, true) => {
                let fault = MissingProperty {
                    word: "file",
                    property: "quota",
                    usage: "grant SUBJECT -> OBJECT file=\"…\" quota=\"64MiB\"",
                };
                return Err(self.report(&fault, node.head_span()));
            }
            (Some(_), false) => {
                let span = node
                    .property("quota")
                    .map_or(node.head_span(), |entry| entry.span);
                self.report(&NeedlessQuota, span);
                0
            }
            (None, false) => 0,
        };
        let resource = match (key, opened?) {
            ("tcp", (_, Some(address))) => Resource::TcpConnect(address),
            ("tcp-listen", (_, Some(address))) => Resource::TcpListen(address),
            ("udp-in", (_, Some(address))) => Resource::UdpReceive(address),
            ("udp-out", (_, Some(address))) => Resource::UdpSend(address),
            ("device", (path, _)) => Resource::Device { path },
            (_, (path, _)) if writes => Resource::FileAppend { path, quota_bytes },
            (_, (path, _)) => Resource::FileRead { path },
        };
        Ok((key, resource))
    }

    /// Reports an arrow that does not go with a resource.
    fn wrong_grant_direction(
        &mut self,
        node: &'a Written<'a>,
        resource: &str,
        place: Span,
    ) -> Reported {
        let written = node.arguments().nth(1);
        let help = match resource {
            "udp-in" => "a socket that only receives is written with `<-`",
            "udp-out" => "a socket that only sends is written with `->`",
            _ => {
                "TCP is two-way: write `<->`, and draw one small trusted gate around it if only one way is meant"
            }
        };
        let fault = WrongGrantDirection {
            resource,
            arrow: written.and_then(|entry| entry.value.as_str()).unwrap_or(""),
            help,
        };
        self.report(&fault, written.map_or(place, |entry| entry.span))
    }

    fn path(&mut self, word: Word<'a>, key: &str) -> Result<String, Reported> {
        let path = same_path(word.text);
        let is_named = is_path(word.text) && is_path(&path);
        if is_named && let Some(what) = crate::opened::is_everything(&path) {
            return Err(self.report(
                &NotOnePiece {
                    path: word.text,
                    reason: what,
                },
                word.span,
            ));
        }
        if is_named && (key == "file" || path.starts_with('/')) {
            return Ok(path);
        }
        Err(self.report(&BadPath { path: word.text }, word.span))
    }

    fn address(&mut self, word: Word<'a>, key: &str) -> Result<SocketAddr, Reported> {
        let address = word.text.parse().ok();
        let address = address.filter(|address: &SocketAddr| address.port() != 0);
        let Some(address) = address.map(canonical) else {
            return Err(self.report(&BadAddress { address: word.text }, word.span));
        };
        let purpose = match key {
            "tcp" => Purpose::Connect,
            "tcp-listen" => Purpose::Listen,
            "udp-in" => Purpose::Receive,
            _ => Purpose::Send,
        };
        match unmet(purpose, address) {
            Some(why) => Err(self.report(
                &UnreachableAddress {
                    address: word.text,
                    reason: why,
                },
                word.span,
            )),
            None => Ok(address),
        }
    }

    /// Reports one piece of the outside under two peers, and what two grants cannot both have.
    fn shared(
        &mut self,
        node: &'a Written<'a>,
        resource: &Resource,
        peer: &'a str,
        opened: &mut Opened<'a>,
    ) {
        let key = RESOURCES.into_iter().find_map(|key| node.property(key));
        let span = key.map_or(node.head_span(), |entry| entry.value_span);
        let Some(clash) = opened.add(resource, peer, span) else {
            return;
        };
        let shown = self.shown_entry(node);
        let place = clash.other.1;
        let fault = match clash.kind {
            ClashKind::Shared => found(
                &SharedResource {
                    resource: &shown,
                    here: peer,
                    elsewhere: clash.other.0,
                },
                span,
            )
            .label(place, "the other grant"),
            ClashKind::SharedPart => found(
                &SharedResource {
                    resource: &shown,
                    here: peer,
                    elsewhere: clash.other.0,
                },
                span,
            )
            .label(place, "the other grant: one contains the other"),
            ClashKind::Nested => {
                found(&NestedPath { path: &shown }, span).label(place, "the other grant")
            }
            ClashKind::Listening => found(&DuplicateAddress { address: &shown }, span)
                .label(place, "first listened on here"),
        };
        self.faults.push(fault);
    }

    fn shown_entry(&self, node: &'a Written<'a>) -> String {
        let entry = RESOURCES.into_iter().find_map(|key| node.property(key));
        entry
            .map(|entry| self.shown(&entry.value))
            .unwrap_or_default()
    }
}

/// The one way to write an address: IPv4 as such, not mapped into IPv6 (RFC 4291, 2.5.5.2), and a
/// scope only where one means something (RFC 4007): with link-local and multicast addresses.
fn canonical(address: SocketAddr) -> SocketAddr {
    let ip = address.ip().to_canonical();
    match ip {
        IpAddr::V6(own) if own.is_unicast_link_local() || own.is_multicast() => address,
        IpAddr::V4(_) | IpAddr::V6(_) => SocketAddr::new(ip, address.port()),
    }
}

/// `SUBJECT.NAME` or `SUBJECT`, with the places of the parts.
pub(crate) fn split(word: Word<'_>) -> (Word<'_>, Option<Word<'_>>) {
    let Some((node, port)) = word.text.split_once('.') else {
        return (word, None);
    };
    // Written without quotes and escapes, the parts have places of their own.
    let plain = word.span.len() == word.text.len();
    let start = word.span.start as usize;
    let (left, right) = if plain {
        let dot = start + node.len();
        (
            Span::new(start, dot),
            Span::new(dot + 1, word.span.end as usize),
        )
    } else {
        (word.span, word.span)
    };
    (
        Word {
            text: node,
            span: left,
        },
        Some(Word {
            text: port,
            span: right,
        }),
    )
}
