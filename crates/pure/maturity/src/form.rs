//! Strict reading of KDL nodes: what is not asked for is reported, nothing is ignored.
//!
//! A field is written as a property (`because="…"`) or as a line of the block (`because "…"`),
//! whichever reads better.

use crate::date::Date;
use crate::fault::{self, Faults};
use crate::period::Length;
use crate::words::{Level, Word};
use kdl::{Node, Value};
use source::{Span, Worded, nearest};

/// A text and where it is written.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    pub(crate) text: String,
    pub(crate) span: Span,
}

/// A node being read.
pub(crate) struct Fields<'n, 's, 'f> {
    node: &'n Node<'s>,
    pub(crate) faults: &'f mut Faults,
    taken: usize,
    known: Vec<&'static str>,
}

impl<'n, 's, 'f> Fields<'n, 's, 'f> {
    pub(crate) fn new(node: &'n Node<'s>, faults: &'f mut Faults) -> Self {
        Self {
            node,
            faults,
            taken: 0,
            known: Vec::new(),
        }
    }

    /// Where the node is named.
    pub(crate) fn span(&self) -> Span {
        self.node.head_span()
    }

    pub(crate) fn report(&mut self, fault: &dyn Worded) {
        self.faults.report(fault, self.node.head_span());
    }

    /// The next argument, if there is one.
    pub(crate) fn argument_opt(&mut self) -> Option<Placed> {
        let entry = self.node.arguments().nth(self.taken)?;
        self.taken += 1;
        text_of(&entry.value, entry.value_span, self.faults)
    }

    /// The next argument; reported if it is missing. Empty if absent.
    pub(crate) fn argument(&mut self) -> Placed {
        let before = self.taken;
        match self.argument_opt() {
            Some(found) => found,
            None => {
                if self.taken == before {
                    let name = self.node.name.text.to_string();
                    self.report(&fault::MissingArgument { word: &name });
                }
                Placed {
                    text: String::new(),
                    span: self.span(),
                }
            }
        }
    }

    /// All further arguments.
    pub(crate) fn arguments(&mut self) -> Vec<Placed> {
        let mut all = Vec::new();
        while self.taken < self.node.arguments().count() {
            all.extend(self.argument_opt());
        }
        all
    }

    /// All values of a field: its property and the arguments of its lines.
    pub(crate) fn list(&mut self, name: &'static str) -> Vec<Placed> {
        self.known.push(name);
        let mut all = Vec::new();
        let own = self.node.properties().filter(|(key, _)| key.text == name);
        for (index, (_, entry)) in own.enumerate() {
            if index > 0 {
                self.faults
                    .report(&fault::DuplicateField { field: name }, entry.span);
            } else {
                all.extend(text_of(&entry.value, entry.value_span, self.faults));
            }
        }
        for child in self
            .node
            .children()
            .iter()
            .filter(|child| child.name.text == name)
        {
            let mut fields = Fields::new(child, self.faults);
            let found = fields.arguments();
            if found.is_empty() && child.arguments().next().is_none() {
                fields.report(&fault::MissingArgument { word: name });
            }
            fields.finish();
            all.extend(found);
        }
        all
    }

    /// A field that may be absent.
    pub(crate) fn text_opt(&mut self, name: &'static str) -> Option<Placed> {
        let mut all = self.list(name).into_iter();
        let first = all.next();
        if let Some(second) = all.next() {
            self.faults
                .report(&fault::DuplicateField { field: name }, second.span);
        }
        first
    }

    /// A field that must be there; reported if it is not. Empty if absent.
    pub(crate) fn text(&mut self, name: &'static str) -> Placed {
        let there = self.has(name);
        match self.text_opt(name) {
            Some(found) => found,
            None => {
                if !there {
                    self.report(&fault::MissingField { field: name });
                }
                Placed {
                    text: String::new(),
                    span: self.span(),
                }
            }
        }
    }

    fn has(&self, name: &str) -> bool {
        self.node.properties().any(|(key, _)| key.text == name)
            || self
                .node
                .children()
                .iter()
                .any(|child| child.name.text == name)
    }

    /// One of a few words, if the field is there.
    pub(crate) fn word_opt<W: Word>(&mut self, name: &'static str) -> Option<W> {
        let found = self.text_opt(name)?;
        word_of(&found, self.faults)
    }

    /// One of a few words; reported if it is missing.
    pub(crate) fn word<W: Word>(&mut self, name: &'static str) -> Option<W> {
        let there = self.has(name);
        if !there {
            self.report(&fault::MissingField { field: name });
        }
        self.word_opt(name)
    }

    /// A level, if the field is there and is one.
    pub(crate) fn level_opt(&mut self, name: &'static str) -> Option<Level> {
        let found = self.text_opt(name)?;
        level_of(&found, self.faults)
    }

    /// A level; reported if it is missing or none.
    pub(crate) fn level(&mut self, name: &'static str) -> Option<Level> {
        if !self.has(name) {
            self.report(&fault::MissingField { field: name });
        }
        self.level_opt(name)
    }

    /// A date, if the field is there and is one.
    pub(crate) fn date_opt(&mut self, name: &'static str) -> Option<Date> {
        let found = self.text_opt(name)?;
        let date = found.text.parse().ok();
        if date.is_none() {
            let bad = fault::found(&fault::BadDate { date: &found.text }, found.span);
            self.faults.push(match padded(&found.text) {
                Some(date) => bad.edit(found.span, kdl::write_quoted(&date.to_string())),
                None => bad,
            });
        }
        date
    }

    /// A length of time, if the field is there and is one.
    pub(crate) fn length_opt(&mut self, name: &'static str) -> Option<Length> {
        let found = self.text_opt(name)?;
        let length = found.text.parse().ok();
        if length.is_none() {
            self.faults.report(
                &fault::BadLength {
                    length: &found.text,
                },
                found.span,
            );
        }
        length
    }

    /// A date; reported if it is missing or none.
    pub(crate) fn date(&mut self, name: &'static str) -> Option<Date> {
        if !self.has(name) {
            self.report(&fault::MissingField { field: name });
        }
        self.date_opt(name)
    }

    /// The lines of the block with that name, to be read by the caller.
    pub(crate) fn children(&mut self, name: &'static str) -> Vec<&'n Node<'s>> {
        self.known.push(name);
        self.node
            .children()
            .iter()
            .filter(|child| child.name.text == name)
            .collect()
    }

    /// Reports whatever was not asked for.
    pub(crate) fn finish(self) {
        let types = self
            .node
            .entries
            .iter()
            .filter_map(|entry| entry.ty.as_ref());
        for ty in self.node.ty.iter().chain(types) {
            let help = "remove it with its parentheses".to_owned();
            self.faults
                .report_with(&fault::UnknownWord { word: &ty.text }, ty.span, help);
        }
        for entry in self.node.arguments().skip(self.taken) {
            let words = show(&entry.value);
            self.faults
                .report(&fault::SurplusArgument { word: &words }, entry.value_span);
        }
        for (key, entry) in self.node.properties() {
            if !self.known.contains(&&*key.text) {
                unknown(
                    &fault::UnknownField { field: &key.text },
                    &key.text,
                    (entry.span, key.span),
                    &self.known,
                    self.faults,
                );
            }
        }
        for child in self.node.children() {
            if !self.known.contains(&&*child.name.text) {
                let name = &child.name;
                unknown(
                    &fault::UnknownWord { word: &name.text },
                    &name.text,
                    (name.span, name.span),
                    &self.known,
                    self.faults,
                );
            }
        }
    }
}

/// The day that lacks only zeros, such as `2026-3-1`.
fn padded(text: &str) -> Option<Date> {
    let (year, rest) = text.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    format!("{year}-{month:0>2}-{day:0>2}").parse().ok()
}

/// Reports a word that is none of the known ones; `place` is where it stands itself.
fn unknown(
    fault: &dyn Worded,
    word: &str,
    (span, place): (Span, Span),
    known: &[&str],
    faults: &mut Faults,
) {
    match nearest(word, known.iter().copied()) {
        Some(near) => faults.report_meant(fault, span, Some(place), near),
        None if known.is_empty() => faults.report(fault, span),
        None => {
            let help = format!("possible here: `{}`", known.join("`, `"));
            faults.report_with(fault, span, help);
        }
    }
}

/// Reports nodes at the top of a text that are not among the known ones.
pub(crate) fn only(nodes: &[Node<'_>], known: &[&str], faults: &mut Faults) {
    for node in nodes
        .iter()
        .filter(|node| !known.contains(&&*node.name.text))
    {
        unknown(
            &fault::UnknownWord {
                word: &node.name.text,
            },
            &node.name.text,
            (node.name.span, node.name.span),
            known,
            faults,
        );
    }
}

/// The text of a value; a number keeps its spelling, so that `version=1` is the text `1`.
fn text_of(value: &Value<'_>, span: Span, faults: &mut Faults) -> Option<Placed> {
    match value {
        Value::String(text) if text.trim().is_empty() => {
            faults.report(&fault::EmptyText { field: text }, span);
            None
        }
        Value::String(text) => Some(Placed {
            text: text.to_string(),
            span,
        }),
        Value::Number(number) => Some(Placed {
            text: number.text.to_owned(),
            span,
        }),
        Value::Bool(_) | Value::Null => {
            faults.report(
                &fault::NotText {
                    value: &show(value),
                },
                span,
            );
            None
        }
    }
}

fn show(value: &Value<'_>) -> String {
    match value {
        Value::String(text) => text.to_string(),
        Value::Number(number) => number.text.to_owned(),
        Value::Bool(true) => "#true".to_owned(),
        Value::Bool(false) => "#false".to_owned(),
        Value::Null => "#null".to_owned(),
    }
}

/// The level a text stands for; reported if it is none.
pub(crate) fn level_of(found: &Placed, faults: &mut Faults) -> Option<Level> {
    let level = found.text.parse().ok().and_then(Level::new);
    if level.is_none() {
        faults.report(&fault::LevelOutOfRange { level: &found.text }, found.span);
    }
    level
}

/// The word a text stands for; reported if it is none.
pub(crate) fn word_of<W: Word>(found: &Placed, faults: &mut Faults) -> Option<W> {
    let word = W::from_word(&found.text);
    if word.is_none() {
        let all: Vec<&str> = W::ALL.iter().map(|word| word.as_str()).collect();
        let help = format!("possible here: `{}`", all.join("`, `"));
        faults.report_with(&fault::NotAChoice { word: &found.text }, found.span, help);
    }
    word
}

/// The texts of some values, without their places.
pub(crate) fn texts(all: Vec<Placed>) -> Vec<String> {
    all.into_iter().map(|placed| placed.text).collect()
}

/// True for a name of ours: 1 to 64 of letters, digits and `-`, `_`, `.`, `:`, beginning with a
/// letter.
pub fn is_id(text: &str) -> bool {
    text.len() <= 64
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_.:".contains(c))
}
