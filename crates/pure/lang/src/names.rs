//! What names refer to.

use crate::context::{Axis, Context, Named, Word, Written};
use crate::fault::{
    NoLabels, Reported, UnknownLabel, UnknownName, UnknownPort, WrongDirection, WrongKind, found,
};
use model::{ClassId, Direction, DomainId, LabelId, NodeId, NodeKind, PortId, TypeId};

/// Which kinds of nodes fit a place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    Any,
    Subject,
    External,
    Outside,
}

impl Wanted {
    fn name(self) -> &'static str {
        match self {
            Self::Any => "a subject, external or object",
            Self::Subject => "a subject",
            Self::External => "an external",
            Self::Outside => "an external or object",
        }
    }

    fn short(self) -> &'static str {
        match self {
            Self::Any => "subject, external or object",
            Self::Subject => "subject",
            Self::External => "external",
            Self::Outside => "external or object",
        }
    }

    fn fits(self, kind: &NodeKind) -> bool {
        match self {
            Self::Any => true,
            Self::Subject => matches!(kind, NodeKind::Subject(_)),
            Self::External => matches!(kind, NodeKind::External),
            Self::Outside => !matches!(kind, NodeKind::Subject(_)),
        }
    }
}

/// The name of a direction, for messages.
pub(crate) fn way(direction: Direction) -> &'static str {
    match direction {
        Direction::In => "in-port",
        Direction::Out => "out-port",
    }
}

/// The other direction.
pub(crate) fn other(direction: Direction) -> Direction {
    match direction {
        Direction::In => Direction::Out,
        Direction::Out => Direction::In,
    }
}

impl<'a> Context<'a> {
    /// What a kind of thing is called, with its article.
    pub(crate) fn kind_name(&self, named: Named) -> &'static str {
        match named {
            Named::Domain(_) => "a domain",
            Named::Zone(_) => "a zone",
            Named::Class(_) => "a data class",
            Named::Node(id) => match self.model.node(id).map(|node| &node.kind) {
                Some(NodeKind::External) => "an external",
                Some(NodeKind::Object) => "an object",
                Some(NodeKind::Subject(_)) | None => "a subject",
            },
        }
    }

    /// The nearest declared name of those that fit.
    pub(crate) fn nearest_name(
        &self,
        word: &str,
        fits: impl Fn(&Self, Named) -> bool,
    ) -> Option<&'a str> {
        let names = self
            .names
            .iter()
            .filter(|(_, (named, _))| fits(self, *named));
        self.near(word, names.map(|(name, _)| *name))
    }

    fn unknown(
        &mut self,
        word: Word<'_>,
        what: &str,
        fits: impl Fn(&Self, Named) -> bool,
    ) -> Reported {
        if self.unread_names.contains(word.text) {
            return Reported;
        }
        let near = self.nearest_name(word.text, fits);
        let fault = self.meant(
            found(
                &UnknownName {
                    name: word.text,
                    kind: what,
                },
                word.span,
            ),
            word.text,
            near,
        );
        self.faults.push_unknown(word.text, fault)
    }

    /// Reports a name that means something else than is wanted.
    pub(crate) fn wrong_kind(&mut self, word: Word<'_>, named: Named, wanted: &str) -> Reported {
        if self.ambiguous.contains(word.text) {
            return Reported;
        }
        let is = self.kind_name(named);
        self.report(
            &WrongKind {
                name: word.text,
                kind: is,
                wanted,
            },
            word.span,
        )
    }

    fn fits(&self, id: NodeId, wanted: Wanted) -> bool {
        self.model
            .node(id)
            .is_some_and(|node| wanted.fits(&node.kind))
    }

    /// The node of a name.
    pub(crate) fn node(&mut self, word: Word<'_>, wanted: Wanted) -> Result<NodeId, Reported> {
        let word = self.one_name(word)?;
        match self.names.get(word.text).map(|(named, _)| *named) {
            Some(Named::Node(id)) if self.fits(id, wanted) => Ok(id),
            Some(named) => Err(self.wrong_kind(word, named, wanted.name())),
            None => Err(self.unknown(
                word,
                wanted.short(),
                |context, named| matches!(named, Named::Node(id) if context.fits(id, wanted)),
            )),
        }
    }

    /// The domain of a name.
    pub(crate) fn domain(&mut self, word: Word<'_>) -> Result<DomainId, Reported> {
        let word = self.one_name(word)?;
        match self.names.get(word.text).map(|(named, _)| *named) {
            Some(Named::Domain(id)) => Ok(id),
            Some(named) => Err(self.wrong_kind(word, named, "a domain")),
            None => Err(self.unknown(word, "domain", |_, named| matches!(named, Named::Domain(_)))),
        }
    }

    /// The data class of a name.
    pub(crate) fn class(&mut self, word: Word<'_>) -> Result<ClassId, Reported> {
        let word = self.one_name(word)?;
        match self.names.get(word.text).map(|(named, _)| *named) {
            Some(Named::Class(id)) => Ok(id),
            Some(named) => Err(self.wrong_kind(word, named, "a data class")),
            None => Err(self.unknown(word, "data class", |_, named| {
                matches!(named, Named::Class(_))
            })),
        }
    }

    /// The data classes of a list, sorted; what is listed twice is reported.
    pub(crate) fn classes(&mut self, words: Vec<Word<'a>>) -> Vec<ClassId> {
        let words = self.once_each(words);
        let mut classes: Vec<ClassId> = words
            .into_iter()
            .filter_map(|word| self.class(word).ok())
            .collect();
        classes.sort_unstable();
        classes
    }

    /// The message type of a name.
    pub(crate) fn message_type(&mut self, word: Word<'_>) -> Result<TypeId, Reported> {
        let word = self.one_name(word)?;
        if let Some((id, _)) = self.types.get(word.text) {
            return Ok(*id);
        }
        if self.unread_names.contains(word.text) {
            return Err(Reported);
        }
        let near = self.near(word.text, self.types.keys().copied());
        Err(self.faults.push(self.meant(
            found(
                &UnknownName {
                    name: word.text,
                    kind: "type",
                },
                word.span,
            ),
            word.text,
            near,
        )))
    }

    /// The label that a property names.
    pub(crate) fn label(
        &mut self,
        node: &'a Written<'a>,
        key: &str,
        axis: Axis,
    ) -> Result<Option<LabelId>, Reported> {
        let Some(word) = self.property(node, key)? else {
            return Ok(None);
        };
        let word = self.one_name(word)?;
        if let Some(label) = self.order(axis).find(word.text) {
            return Ok(Some(label));
        }
        if self.labels_unread.contains(&(axis, word.text)) {
            return Err(Reported);
        }
        let order = self.order(axis);
        if order.is_empty() {
            if self.axes_faulty.contains(&axis) {
                return Err(Reported);
            }
            return Err(self.report(
                &NoLabels {
                    property: key,
                    axis: axis.name(),
                },
                word.span,
            ));
        }
        let near = self.near(word.text, order.labels().map(|label| order.name(label)));
        let fault = self.meant(
            found(
                &UnknownLabel {
                    label: word.text,
                    axis: axis.name(),
                },
                word.span,
            ),
            word.text,
            near,
        );
        Err(self.faults.push(fault))
    }

    /// The port of a node by name and direction.
    pub(crate) fn port(
        &mut self,
        node: NodeId,
        direction: Direction,
        name: Word<'_>,
    ) -> Result<PortId, Reported> {
        let name = self.one_name(name)?;
        if let Some(id) = self.find_port(node, direction, name.text) {
            return Ok(id);
        }
        if self.is_faulty_port(node, name.text) || self.unread_names.contains(name.text) {
            return Err(Reported);
        }
        if self.find_port(node, other(direction), name.text).is_some() {
            let full = format!("{}.{}", self.model.node_name(node), name.text);
            let fault = WrongDirection {
                port: &full,
                way: way(other(direction)),
                wanted: way(direction),
            };
            return Err(self.report(&fault, name.span));
        }
        Err(self.unknown_port(node, name, &[direction]))
    }

    /// Whether a port is missing because its declaration was faulty, which has been reported.
    pub(crate) fn is_faulty_port(&self, node: NodeId, name: &str) -> bool {
        self.faulty_nodes.contains(&node) || self.faulty_ports.contains(&(node, name.to_owned()))
    }

    /// Reports a port that does not exist in any of the directions.
    pub(crate) fn unknown_port(
        &mut self,
        node: NodeId,
        name: Word<'_>,
        directions: &[Direction],
    ) -> Reported {
        let what = match directions {
            [one] => way(*one),
            _ => "port",
        };
        let declare = match directions {
            [Direction::In] => format!("`port {} in`", name.text),
            [Direction::Out] => format!("`port {} out`", name.text),
            _ => format!("`port {0} in` or `port {0} out`", name.text),
        };
        let fault = UnknownPort {
            node: self.model.node_name(node),
            port: name.text,
            kind: what,
            declaration: &declare,
        };
        let fault = found(&fault, name.span);
        let ports = directions
            .iter()
            .filter_map(|way| self.ports.get(&(node, *way)));
        let near = self.near(
            name.text,
            ports.flat_map(|ports| ports.keys().map(String::as_str)),
        );
        let fault = self.meant(fault, name.text, near);
        self.faults.push(fault)
    }
}
