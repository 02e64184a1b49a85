//! `labels`: the partial order of each axis.

use crate::bounds::LABELS_MAX;
use crate::context::{Axis, Context, Word, Written};
use crate::fault::{DuplicateName, LabelCycle, MissingArgument, Reported, UnknownLabel, found};
use crate::form::{Block, Form, MANY, Properties};
use crate::value::{bare_name, is_around_names};
use model::{LabelId, Order};
use std::collections::BTreeMap;

const LABELS: Form = Form {
    usage: "labels { secrecy LOW … HIGH; integrity LOW … HIGH }",
    arguments: (0, 0),
    properties: Properties::Known(&[]),
    required: &[],
    block: Block::Words {
        known: &["secrecy", "integrity"],
        once: &["secrecy", "integrity"],
    },
};
const CHAIN: Form = Form {
    usage: "secrecy LOW … HIGH` or `secrecy { LOW; HIGH above=LOW }",
    arguments: (0, MANY),
    properties: Properties::Known(&[]),
    required: &[],
    block: Block::Free,
};
const LABEL: Form = Form {
    usage: "LABEL [above=\"LABEL …\"]",
    arguments: (0, 0),
    properties: Properties::Known(&["above"]),
    required: &[],
    block: Block::None,
};

/// Labels of one axis with the places of their names.
type Places<'a> = Vec<Word<'a>>;

impl<'a> Context<'a> {
    /// Reads `labels`.
    pub(crate) fn labels(&mut self, node: &'a Written<'a>) {
        if self.form(node, &LABELS).is_err() {
            return;
        }
        for child in node.children() {
            let axis = match child.name.text.as_ref() {
                "secrecy" => Axis::Secrecy,
                "integrity" => Axis::Integrity,
                _ => {
                    // The word was reported; which axis it means is not known.
                    for axis in Axis::BOTH {
                        self.unread(axis, child);
                    }
                    continue;
                }
            };
            if !self.order(axis).is_empty() {
                self.unread(axis, child);
                continue;
            }
            if self.form(child, &CHAIN).is_err() {
                continue;
            }
            let Ok(order) = self.axis(axis, child) else {
                self.unread(axis, child);
                continue;
            };
            match axis {
                Axis::Secrecy => self.model.secrecy = order,
                Axis::Integrity => self.model.integrity = order,
            }
        }
    }

    /// Remembers the labels of a declaration that cannot be used.
    fn unread(&mut self, axis: Axis, node: &'a Written<'a>) {
        self.axes_faulty.insert(axis);
        let chain = node.arguments().filter_map(|entry| entry.value.as_str());
        let block = node.children().iter().map(|child| child.name.text.as_ref());
        let names = chain
            .chain(block)
            .flat_map(|word| word.split(is_around_names));
        self.labels_unread
            .extend(names.map(|label| (axis, label.trim())));
    }

    fn axis(&mut self, axis: Axis, node: &'a Written<'a>) -> Result<Order, Reported> {
        let chain = self.named(node, 0);
        let block = node.children();
        let count = chain.len() + block.len();
        self.room(
            count.saturating_sub(1),
            LABELS_MAX,
            "labels of one axis",
            node.name.span,
        )?;
        let mut places: Places<'a> = Vec::new();
        let mut ids: BTreeMap<&'a str, LabelId> = BTreeMap::new();
        let mut declare = |context: &mut Self, word: Word<'a>| {
            let word = context.checked_name(word);
            let first = ids
                .get(word.text)
                .and_then(|id| places.get(id.index()))
                .map(|w| w.span);
            if let Some(first) = first {
                let fault = found(&DuplicateName { name: word.text }, word.span);
                context.faults.push(fault.label(first, "first used here"));
                return;
            }
            ids.insert(word.text, LabelId::of(places.len()));
            places.push(word);
        };
        for word in &chain {
            declare(self, *word);
        }
        for child in block {
            let name = &child.name;
            let (text, span) = (name.text.as_ref(), name.span);
            declare(self, Word { text, span });
        }
        let spans = places.iter().map(|word| {
            let key = (axis == Axis::Secrecy, word.text.to_owned());
            (key, word.span)
        });
        self.label_spans.extend(spans);
        if places.is_empty() {
            let (word, usage) = (node.name.text.as_ref(), CHAIN.usage);
            return Err(self.report(&MissingArgument { word, usage }, node.head_span()));
        }
        let mut pairs: Vec<(LabelId, LabelId)> = chain
            .windows(2)
            .filter_map(|pair| match pair {
                [low, high] => Some((*ids.get(low.text)?, *ids.get(high.text)?)),
                _ => None,
            })
            .filter(|(low, high)| low != high)
            .collect();
        for child in block {
            if self.form(child, &LABEL).is_err() {
                continue;
            }
            let Some(high) = ids.get(bare_name(&child.name.text)) else {
                continue;
            };
            let list = self.list_property(child, "above");
            for low in self.once_each(list) {
                let label = low.text;
                match ids.get(label) {
                    Some(id) if id == high => {
                        self.report(&LabelCycle { label, way: "" }, low.span);
                    }
                    Some(id) => pairs.push((*id, *high)),
                    None => {
                        let near = self.near(label, ids.keys().copied());
                        let axis: &str = &node.name.text;
                        let fault = found(&UnknownLabel { label, axis }, low.span);
                        self.faults.push(self.meant(fault, label, near));
                    }
                }
            }
        }
        let names: Vec<String> = places.iter().map(|word| word.text.to_owned()).collect();
        match Order::new(names.clone(), &pairs) {
            Ok(order) => Ok(order),
            Err(cycle) => {
                let word = |id: LabelId| places.get(id.index()).copied();
                if let (Some(first), Some(second)) = (word(cycle.first), word(cycle.second)) {
                    let way = &format!(" by way of `{}`", first.text);
                    let label = second.text;
                    let fault = found(&LabelCycle { label, way }, second.span);
                    self.faults
                        .push(fault.label(first.span, "above and below it"));
                }
                // Its labels are known, only their order is not.
                self.axes_faulty.insert(axis);
                Order::new(names, &[]).map_err(|_| Reported)
            }
        }
    }
}
