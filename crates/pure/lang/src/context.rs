//! The model under construction, its names, and what everyone needs to add to it.

use crate::bounds::COMPARISONS_MAX;
use crate::fault::{DuplicateName, Faults, Reported, TooMany, found};
use crate::origins::Origins;
use model::{ClassId, Direction, DomainId, Model, NodeId, Origin, Port, PortId, TypeId, ZoneId};
use source::{Diagnostic, Span, Worded, nearest};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

/// A node of the KDL tree.
pub(crate) type Written<'a> = kdl::Node<'a>;

/// A text of the user with its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word<'a> {
    pub(crate) text: &'a str,
    pub(crate) span: Span,
}

/// What a name of the shared name space means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    Node(NodeId),
    Domain(DomainId),
    Zone(ZoneId),
    Class(ClassId),
}

/// The two kinds of labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Axis {
    Secrecy,
    Integrity,
}

impl Axis {
    pub(crate) const BOTH: [Self; 2] = [Self::Secrecy, Self::Integrity];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Secrecy => "secrecy",
            Self::Integrity => "integrity",
        }
    }
}

/// Names of one name space of their own, with the place of each.
pub(crate) type NameSpace<'a, T> = BTreeMap<&'a str, (T, Span)>;

/// Everything under construction. The `*_excused` sets keep one mistake from being reported twice.
pub(crate) struct Context<'a> {
    pub(crate) source: &'a str,
    pub(crate) model: Model,
    pub(crate) origins: Origins,
    pub(crate) faults: Faults,
    pub(crate) names: NameSpace<'a, Named>,
    pub(crate) types: NameSpace<'a, TypeId>,
    /// Fields of all types so far.
    pub(crate) fields: usize,
    pub(crate) ports: BTreeMap<(NodeId, Direction), BTreeMap<String, PortId>>,
    /// The head of each port, channel or grant that made a port, by [`PortId`].
    pub(crate) port_spans: Vec<Span>,
    /// The name of each node where it was declared, by [`NodeId`].
    pub(crate) node_spans: Vec<Span>,
    /// The name of each domain where it was declared, by [`DomainId`].
    pub(crate) domain_spans: Vec<Span>,
    /// Where each label was declared, by whether it is one of secrecy, and its name.
    pub(crate) label_spans: BTreeMap<(bool, String), Span>,
    /// Names that a claim found to stand for no node, which has been reported.
    pub(crate) empty_ends: BTreeSet<&'a str>,
    /// Names that nodes with a misspelt word were meant to declare: what refers to them stays silent.
    pub(crate) unread_names: BTreeSet<&'a str>,
    /// Names of ports whose declaration was faulty: whatever refers to them stays silent.
    pub(crate) faulty_ports: BTreeSet<(NodeId, String)>,
    /// Nodes declared twice: what refers to their ports stays silent.
    pub(crate) faulty_nodes: BTreeSet<NodeId>,
    /// Nodes and axes whose label is faulty, or the domain it would come from.
    pub(crate) labels_excused: BTreeSet<(NodeId, Axis)>,
    /// Domains and axes whose label is faulty.
    pub(crate) domains_excused: BTreeSet<(DomainId, Axis)>,
    /// Ports and axes whose label is faulty.
    pub(crate) port_labels_excused: BTreeSet<(PortId, Axis)>,
    /// Ports whose type is faulty.
    pub(crate) types_excused: BTreeSet<PortId>,
    /// Ports that a faulty channel may join.
    pub(crate) channels_excused: BTreeSet<PortId>,
    /// Axes whose declaration is faulty: then nothing is said about what label changes need, nor,
    /// if none of its labels is known, about labels.
    pub(crate) axes_faulty: BTreeSet<Axis>,
    /// Labels named where they could not be read: what refers to them stays silent.
    pub(crate) labels_unread: BTreeSet<(Axis, &'a str)>,
    /// Names with several meanings: whatever would need another than the first stays silent.
    pub(crate) ambiguous: BTreeSet<&'a str>,
    /// Words that separate names by other than spaces, each reported once.
    pub(crate) separators: BTreeSet<Span>,
    /// How many more names may be compared in search of the nearest.
    comparisons_left: Cell<usize>,
    /// Kinds of things there are too many of; each is said once.
    too_many: BTreeSet<&'static str>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(source: &'a str, faults: Faults) -> Self {
        Self {
            source,
            model: Model::default(),
            origins: Origins::new(Span::default()),
            faults,
            names: BTreeMap::new(),
            types: BTreeMap::new(),
            fields: 0,
            ports: BTreeMap::new(),
            port_spans: Vec::new(),
            node_spans: Vec::new(),
            domain_spans: Vec::new(),
            label_spans: BTreeMap::new(),
            unread_names: BTreeSet::new(),
            empty_ends: BTreeSet::new(),
            faulty_ports: BTreeSet::new(),
            faulty_nodes: BTreeSet::new(),
            labels_excused: BTreeSet::new(),
            domains_excused: BTreeSet::new(),
            port_labels_excused: BTreeSet::new(),
            types_excused: BTreeSet::new(),
            channels_excused: BTreeSet::new(),
            axes_faulty: BTreeSet::new(),
            labels_unread: BTreeSet::new(),
            ambiguous: BTreeSet::new(),
            separators: BTreeSet::new(),
            comparisons_left: Cell::new(COMPARISONS_MAX),
            too_many: BTreeSet::new(),
        }
    }

    /// Reports a fault at a place.
    pub(crate) fn report(&mut self, fault: &dyn Worded, span: Span) -> Reported {
        self.faults.push(found(fault, span))
    }

    /// Help that names the nearest known word first, and the repair if the word stands there as it is.
    pub(crate) fn meant(
        &self,
        diagnostic: Diagnostic,
        word: &str,
        nearest: Option<&str>,
    ) -> Diagnostic {
        let Some(near) = nearest else {
            return diagnostic;
        };
        let diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
        self.in_place_of(diagnostic, word, near)
    }

    /// Repairs what is reported by another word in the place of one, if that stands there as it is.
    pub(crate) fn in_place_of(
        &self,
        diagnostic: Diagnostic,
        word: &str,
        meant: &str,
    ) -> Diagnostic {
        let place = diagnostic.span();
        let written = self.source.get(place.range()).unwrap_or("");
        let quoted = written
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'));
        let is_bare = |c: char| c.is_ascii_alphanumeric() || "-_.<>".contains(c);
        if quoted.unwrap_or(written) != word || meant.contains(['"', '\\']) {
            return diagnostic;
        }
        match quoted.is_none() && meant.chars().all(is_bare) {
            true => diagnostic.edit(place, meant),
            false => diagnostic.edit(place, format!("\"{meant}\"")),
        }
    }

    /// Remembers a place.
    pub(crate) fn origin(&mut self, span: Span) -> Origin {
        self.origins.add(span)
    }

    /// Takes a name of the shared name space; a name that is taken is reported and keeps its first
    /// meaning.
    pub(crate) fn declare(&mut self, name: Word<'a>, named: Named) -> Result<(), Reported> {
        match self.names.get(name.text) {
            Some((_, first)) => {
                let first = *first;
                self.ambiguous.insert(name.text);
                Err(self.taken(name, first))
            }
            None => {
                self.names.insert(name.text, (named, name.span));
                Ok(())
            }
        }
    }

    /// Reports that a name is taken.
    pub(crate) fn taken(&mut self, name: Word<'_>, first: Span) -> Reported {
        // Declarations are not read in the order of the text.
        let (first, second) = (first.min(name.span), first.max(name.span));
        let fault = found(&DuplicateName { name: name.text }, second);
        self.faults.push(fault.label(first, "first used here"))
    }

    /// Whether there is room for one more; says once that there is not.
    pub(crate) fn room(
        &mut self,
        count: usize,
        most: usize,
        what: &'static str,
        span: Span,
    ) -> Result<(), Reported> {
        if count < most {
            return Ok(());
        }
        if self.too_many.insert(what) {
            self.report(
                &TooMany {
                    most: &most.to_string(),
                    what,
                },
                span,
            );
        }
        Err(Reported)
    }

    /// The candidate nearest to a word, as long as there is effort left to look for it.
    pub(crate) fn near<'c>(
        &self,
        word: &str,
        candidates: impl IntoIterator<Item = &'c str>,
    ) -> Option<&'c str> {
        if self.faults.is_full() {
            return None;
        }
        let left = &self.comparisons_left;
        let affordable = candidates.into_iter().take_while(|_| {
            left.set(left.get().saturating_sub(1));
            left.get() > 0
        });
        nearest(word, affordable)
    }

    /// The port of a name and direction.
    pub(crate) fn find_port(&self, node: NodeId, way: Direction, name: &str) -> Option<PortId> {
        self.ports.get(&(node, way))?.get(name).copied()
    }

    /// Adds a port whose name is free in its direction.
    pub(crate) fn add_port(&mut self, port: Port, head: Span) -> Result<PortId, Reported> {
        let count = self.model.ports.len();
        self.room(count, crate::bounds::PORTS_MAX, "ports", head)?;
        let id = PortId::of(count);
        let same = self.ports.entry((port.node, port.direction)).or_default();
        same.insert(port.name.clone(), id);
        self.model.ports.push(port);
        self.port_spans.push(head);
        Ok(id)
    }

    /// The place to report a port at.
    pub(crate) fn port_span(&self, id: PortId) -> Span {
        self.port_spans.get(id.index()).copied().unwrap_or_default()
    }

    /// The place to report a node at.
    pub(crate) fn node_span(&self, id: NodeId) -> Span {
        self.node_spans.get(id.index()).copied().unwrap_or_default()
    }

    /// The labels of an axis.
    pub(crate) fn order(&self, axis: Axis) -> &model::Order {
        match axis {
            Axis::Secrecy => &self.model.secrecy,
            Axis::Integrity => &self.model.integrity,
        }
    }
}
