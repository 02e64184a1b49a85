//! `trusted`: what a trusted subject passes.

use crate::context::{Axis, Context, Written};
use crate::fault::{
    DuplicatePass, EventWithData, NeedlessLabelChange, PassAnyClass, Reported, found,
};
use crate::form::{Block, Form, Properties, arguments};
use model::{ChannelKind, ClassId, Direction, LabelId, NodeId, NodeKind, Pass, PortId, Trust};
use source::Span;
use std::collections::BTreeMap;

const TRUSTED: Form = Form {
    usage: "trusted { pass from=IN-PORT to=OUT-PORT …; because \"…\" }",
    arguments: (0, 0),
    properties: Properties::Known(&[]),
    required: &[],
    block: Block::Words {
        known: &["pass", "because"],
        once: &["because"],
    },
};
const PASS: Form = Form {
    usage: "pass from=IN-PORT to=OUT-PORT [data=CLASS] [lower=secrecy] [raise=integrity] [verified-by=\"…\"]",
    arguments: (0, 0),
    properties: Properties::Known(&["from", "to", "data", "lower", "raise", "verified-by"]),
    required: &["from", "to"],
    block: Block::None,
};

/// What tells two passes apart.
type Key = (PortId, PortId, Option<ClassId>);

impl<'a> Context<'a> {
    /// Marks a subject as trusted if it has a `trusted` block, before its passes are read.
    pub(crate) fn mark_trusted(&mut self, id: NodeId, node: &'a Written<'a>) {
        if node
            .children()
            .iter()
            .any(|child| child.name.text == "trusted")
            && let Some(subject) = self.subject_mut(id)
        {
            subject.trust = Some(Trust::default());
        }
    }

    fn subject_mut(&mut self, id: NodeId) -> Option<&mut model::Subject> {
        match &mut self.model.nodes.get_mut(id.index())?.kind {
            NodeKind::Subject(subject) => Some(subject),
            NodeKind::Object | NodeKind::External => None,
        }
    }

    /// Reads the passes of a trusted subject; all its ports are known.
    pub(crate) fn read_trust(&mut self, id: NodeId, node: &'a Written<'a>) {
        let Some(block) = node
            .children()
            .iter()
            .find(|child| child.name.text == "trusted")
        else {
            return;
        };
        // Whatever its head says, the block is read.
        let _ = self.form(block, &TRUSTED);
        let mut trust = Trust::default();
        let mut seen: BTreeMap<Key, Span> = BTreeMap::new();
        for child in block.children() {
            match child.name.text.as_ref() {
                "pass" => {
                    let Ok(pass) = self.pass(id, child) else {
                        continue;
                    };
                    let key = (pass.from, pass.to, pass.data);
                    if let Some(first) = seen.insert(key, child.head_span()) {
                        let fault = found(&DuplicatePass, child.head_span());
                        self.faults.push(fault.label(first, "first listed here"));
                        continue;
                    }
                    trust.passes.push(pass);
                }
                "because" => {
                    let form = arguments("because \"…\"", 1, 1);
                    let word = self
                        .form(child, &form)
                        .and_then(|()| self.argument(child, 0));
                    let word = word.and_then(|word| self.not_empty(word, "because"));
                    trust.because = word.ok().map(|word| word.text.to_owned());
                }
                _ => {}
            }
        }
        if let Some(subject) = self.subject_mut(id) {
            subject.trust = Some(trust);
        }
    }

    fn pass(&mut self, subject: NodeId, node: &'a Written<'a>) -> Result<Pass, Reported> {
        self.form(node, &PASS)?;
        let mut port = |key: &str, direction: Direction| {
            let word = self.property(node, key)?.ok_or(Reported)?;
            self.port(subject, direction, word)
        };
        let from = port("from", Direction::In);
        let to = port("to", Direction::Out);
        let is_event = |port: &Result<PortId, Reported>| {
            let port = port.ok().and_then(|id| self.model.port(id));
            let channel = port.and_then(|port| self.model.channel(port.channel?));
            channel.is_some_and(|channel| channel.kind == ChannelKind::Event)
        };
        let (from_event, to_event) = (is_event(&from), is_event(&to));
        let data = match self.property(node, "data") {
            Ok(Some(word)) => match to {
                Ok(port) if to_event => {
                    let port = self.model.port_name(port);
                    Err(self.report(&EventWithData { port: &port }, word.span))
                }
                _ => self.class(word).map(Some),
            },
            Ok(None) => {
                if !self.model.classes.is_empty() && !from_event && !to_event {
                    self.report(&PassAnyClass, node.head_span());
                }
                Ok(None)
            }
            Err(reported) => Err(reported),
        };
        let lower = self.choice_property(node, "lower", &[("secrecy", ())]);
        let raise = self.choice_property(node, "raise", &[("integrity", ())]);
        let verified_by = self.some_text(node, "verified-by");
        let (from, to) = (from?, to?);
        let (lower, raise) = (lower?.is_some(), raise?.is_some());
        self.needless(node, from, to, lower, raise);
        Ok(Pass {
            from,
            to,
            data: data?,
            lowers_secrecy: lower,
            raises_integrity: raise,
            verified_by: verified_by?.map(|word| word.text.to_owned()),
            origin: self.origin(node.span),
        })
    }

    /// Warns of label changes that the labels do not need.
    fn needless(
        &mut self,
        node: &'a Written<'a>,
        from: PortId,
        to: PortId,
        lower: bool,
        raise: bool,
    ) {
        for (axis, key, stated) in [
            (Axis::Secrecy, "lower", lower),
            (Axis::Integrity, "raise", raise),
        ] {
            let labels = (self.port_label(from, axis), self.port_label(to, axis));
            let (true, (Some(source), Some(target))) = (stated, labels) else {
                continue;
            };
            if self.axes_faulty.contains(&axis) {
                continue;
            }
            let order = self.order(axis);
            let free = match axis {
                Axis::Secrecy => order.le(source, target),
                Axis::Integrity => order.le(target, source),
            };
            if !free {
                continue;
            }
            let (source, target) = (order.name(source).to_owned(), order.name(target).to_owned());
            let span = node
                .property(key)
                .map_or(node.head_span(), |entry| entry.span);
            self.report(
                &NeedlessLabelChange {
                    word: key,
                    axis: axis.name(),
                    low: &source,
                    high: &target,
                },
                span,
            );
        }
    }

    /// The label of a port, once the defaults are in.
    fn port_label(&self, id: PortId, axis: Axis) -> Option<LabelId> {
        let port = self.model.port(id)?;
        match axis {
            Axis::Secrecy => port.secrecy,
            Axis::Integrity => port.integrity,
        }
    }
}
