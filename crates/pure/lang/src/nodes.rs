//! `subject`, `external`, `object`: that they exist, where they belong, what they hold.

use crate::bounds::NODES_MAX;
use crate::context::{Axis, Context, Named, Word, Written};
use crate::form::{Block, Form, MANY, Properties, arguments};
use model::{ClassId, LabelId, Node, NodeId, NodeKind};

const OUTSIDE: Form = Form {
    usage: "external|object NAME [in=DOMAIN] [secrecy=LABEL] [integrity=LABEL] [{ holds CLASS … }]",
    arguments: (1, 1),
    properties: Properties::Known(&["in", "secrecy", "integrity"]),
    required: &[],
    block: Block::Words {
        known: &["holds"],
        once: &[],
    },
};
const SUBJECT: Form = Form {
    usage: "subject NAME [in=DOMAIN] [secrecy=LABEL] [integrity=LABEL] [criticality=TEXT] [{ … }]",
    arguments: (1, 1),
    properties: Properties::Known(&["in", "secrecy", "integrity", "criticality"]),
    required: &[],
    block: Block::Words {
        known: &[
            "run",
            "port",
            "holds",
            "set",
            "memory",
            "budget",
            "period",
            "heartbeat",
            "on-failure",
            "trusted",
        ],
        once: &[
            "run",
            "memory",
            "budget",
            "period",
            "heartbeat",
            "on-failure",
            "trusted",
        ],
    },
};

impl<'a> Context<'a> {
    /// Reads the head of a node and what it holds. What else is in a subject's block is read when
    /// all names are known.
    pub(crate) fn read_node(&mut self, node: &'a Written<'a>) -> Option<NodeId> {
        let (kind, form) = match node.name.text.as_ref() {
            "subject" => (NodeKind::Subject(Box::default()), &SUBJECT),
            "external" => (NodeKind::External, &OUTSIDE),
            _ => (NodeKind::Object, &OUTSIDE),
        };
        let name = self
            .form(node, form)
            .and_then(|()| self.new_name(node))
            .ok()?;
        let id = NodeId::of(self.model.nodes.len());
        self.room(
            id.index(),
            NODES_MAX,
            "subjects, externals and objects",
            name.span,
        )
        .ok()?;
        let domain = match self.property(node, "in") {
            Ok(Some(word)) => self.domain(word).map(Some),
            Ok(None) => Ok(None),
            Err(reported) => Err(reported),
        };
        if domain.is_err() {
            self.labels_excused
                .extend(Axis::BOTH.map(|axis| (id, axis)));
        }
        let secrecy = self.node_label(node, id, Axis::Secrecy);
        let integrity = self.node_label(node, id, Axis::Integrity);
        let holds = self.held(node);
        let origin = self.origin(node.span);
        self.model.nodes.push(Node {
            name: name.text.to_owned(),
            kind,
            domain: domain.unwrap_or(None),
            zones: Vec::new(),
            secrecy,
            integrity,
            holds,
            origin,
        });
        self.node_spans.push(name.span);
        if self.declare(name, Named::Node(id)).is_err() {
            self.faulty_nodes.insert(id);
            if let Some((Named::Node(first), _)) = self.names.get(name.text) {
                self.faulty_nodes.insert(*first);
            }
        }
        Some(id)
    }

    fn node_label(&mut self, node: &'a Written<'a>, id: NodeId, axis: Axis) -> Option<LabelId> {
        self.label(node, axis.name(), axis).unwrap_or_else(|_| {
            self.labels_excused.insert((id, axis));
            None
        })
    }

    fn held(&mut self, node: &'a Written<'a>) -> Vec<ClassId> {
        let form = arguments("holds CLASS …", 1, MANY);
        let mut words: Vec<Word<'a>> = Vec::new();
        for child in node
            .children()
            .iter()
            .filter(|child| child.name.text == "holds")
        {
            if self.form(child, &form).is_ok() {
                words.extend(self.named(child, 0));
            }
        }
        self.classes(words)
    }
}
