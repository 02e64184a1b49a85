//! Whether a node is shaped as its word demands: arguments, properties, block.

use crate::context::{Context, Written};
use crate::fault::{
    ExtraArgument, MissingArgument, MissingProperty, NotInThisVersion, RepeatedProperty,
    RepeatedWord, Reported, UnexpectedAnnotation, UnexpectedBlock, UnknownProperty, UnknownWord,
    WrongValue, found, shown,
};
use crate::value::is_other_quote;
use kdl::{Name, Value};
use source::{Span, nearest};
use std::collections::BTreeMap;

/// The shape that a word demands of its node.
pub(crate) struct Form {
    /// How to write it; shown as help.
    pub(crate) usage: &'static str,
    /// Fewest and most arguments.
    pub(crate) arguments: (usize, usize),
    /// Properties it may have.
    pub(crate) properties: Properties,
    /// Properties it must have.
    pub(crate) required: &'static [&'static str],
    /// Its block.
    pub(crate) block: Block,
}

/// Which properties a node may have.
pub(crate) enum Properties {
    /// These.
    Known(&'static [&'static str]),
    /// Any; their names are the user's.
    Free,
}

/// What may stand in a block.
pub(crate) enum Block {
    /// There is no block.
    None,
    /// Nodes that begin with one of these words; those of `once` at most once.
    Words {
        known: &'static [&'static str],
        once: &'static [&'static str],
    },
    /// Nodes whose words are the user's; whoever reads them checks them.
    Free,
}

/// A node that is only its arguments.
pub(crate) const fn arguments(usage: &'static str, least: usize, most: usize) -> Form {
    Form {
        usage,
        arguments: (least, most),
        properties: Properties::Known(&[]),
        required: &[],
        block: Block::None,
    }
}

/// Any number of arguments.
pub(crate) const MANY: usize = usize::MAX;

/// Words, properties and kinds of the language that later versions will have.
const LATER: [&str; 12] = [
    "configuration",
    "transition",
    "request",
    "without",
    "node",
    "window",
    "major-frame",
    "component",
    "include",
    "template",
    "link",
    "conduit",
];

/// Whether a word belongs to a later version.
pub(crate) fn is_later(word: &str) -> bool {
    LATER.contains(&word)
}

impl<'a> Context<'a> {
    /// Reports all that differs from the form. An error if an argument that the form demands is
    /// missing, so that there is nothing to work with.
    pub(crate) fn form(&mut self, node: &'a Written<'a>, form: &Form) -> Result<(), Reported> {
        self.no_annotation(node.ty.as_ref());
        let word: &str = &node.name.text;
        let (least, most) = form.arguments;
        let mut count = 0;
        let mut seen = BTreeMap::new();
        let misquoted = self.misquoted(node);
        for entry in &node.entries {
            self.no_annotation(entry.ty.as_ref());
            match &entry.key {
                None => {
                    count += 1;
                    // A text whose quotes are wrong falls into as many arguments as it has words.
                    if count == most.saturating_add(1) && misquoted.is_ok() {
                        let shown = self.shown(&entry.value);
                        let fault = ExtraArgument {
                            argument: &shown,
                            word,
                            usage: form.usage,
                        };
                        self.report(&fault, entry.value_span);
                    }
                }
                Some(key) => {
                    if let Some(first) = seen.insert(key.text.as_ref(), key.span) {
                        let fault = found(
                            &RepeatedProperty {
                                property: &key.text,
                            },
                            key.span,
                        );
                        self.faults.push(fault.label(first, "first set here"));
                        continue;
                    }
                    let Properties::Known(known) = form.properties else {
                        continue;
                    };
                    if is_later(&key.text) {
                        self.report(&NotInThisVersion { word: &key.text }, key.span);
                    } else if !known.contains(&key.text.as_ref()) {
                        self.unknown_property(key, word, known, form);
                    }
                }
            }
        }
        for key in form.required.iter().filter(|key| !seen.contains_key(*key)) {
            self.report(
                &MissingProperty {
                    word,
                    property: key,
                    usage: form.usage,
                },
                node.head_span(),
            );
        }
        self.block(node, form);
        if count < least {
            return Err(self.report(
                &MissingArgument {
                    word,
                    usage: form.usage,
                },
                node.head_span(),
            ));
        }
        if count > most {
            return misquoted;
        }
        Ok(())
    }

    fn unknown_property(&mut self, key: &Name<'_>, word: &str, known: &[&str], form: &Form) {
        let inside = form.block.has(&key.text);
        let help = &match inside {
            true => format!(
                "write it in the block, without `=`: `{word} … {{ {} … }}`",
                key.text
            ),
            false => format!("write `{}`", form.usage),
        };
        let property = &key.text;
        let fault = UnknownProperty {
            property,
            word,
            help,
        };
        let near = nearest(property, known.iter().copied()).filter(|_| !inside);
        let fault = self.meant(found(&fault, key.span), property, near);
        self.faults.push(fault);
    }

    /// Reports once that a node has values in other quotes than `"`.
    fn misquoted(&mut self, node: &'a Written<'a>) -> Result<(), Reported> {
        let mut entries = node.entries.iter();
        let Some(first) = entries.find(|entry| self.is_misquoted(entry)) else {
            return Ok(());
        };
        // From the word with which the text begins to the word with which it ends.
        let is_open = !self.written(first).ends_with(is_other_quote);
        let last = entries.find(|entry| is_open && self.is_misquoted(entry));
        let span = last.map_or(first.value_span, |last| {
            first.value_span.to(last.value_span)
        });
        let written = self.source.get(span.range()).unwrap_or("");
        let plain = written.trim_matches(is_other_quote);
        let plain = shown(plain);
        let help = match plain.bytes().all(|byte| byte.is_ascii_digit()) {
            true => format!("a number stands without quotes: `{plain}`"),
            false => format!("write plain quotes: `\"{plain}\"`"),
        };
        let fault = WrongValue {
            wanted: "text in plain `\"`",
            value: written,
            help: &help,
        };
        let mut fault = found(&fault, span);
        let meant = written.trim_matches(is_other_quote);
        if !meant.contains(['"', '\\', '\n']) {
            fault = fault.edit(
                span,
                match meant.bytes().all(|byte| byte.is_ascii_digit()) {
                    true => meant.to_owned(),
                    false => format!("\"{meant}\""),
                },
            );
        }
        Err(self.faults.push(fault))
    }

    fn block(&mut self, node: &'a Written<'a>, form: &Form) {
        let word: &str = &node.name.text;
        match form.block {
            Block::Free => {}
            Block::None => {
                if let Some(children) = &node.children {
                    self.report(
                        &UnexpectedBlock {
                            word,
                            usage: form.usage,
                        },
                        children.span,
                    );
                }
            }
            Block::Words { known, once } => {
                self.words(node.children(), known, &format!("in `{word}`"));
                let mut seen = BTreeMap::new();
                for child in node.children() {
                    let text: &str = &child.name.text;
                    if !once.contains(&text) {
                        continue;
                    }
                    if let Some(first) = seen.insert(text, child.name.span) {
                        let fault = found(&RepeatedWord { word: text }, child.name.span);
                        self.faults.push(fault.label(first, "first written here"));
                    }
                }
            }
        }
    }

    /// Reports nodes that do not begin with one of the known words.
    pub(crate) fn words(&mut self, nodes: &'a [Written<'a>], known: &[&str], place: &str) {
        for node in nodes {
            let word: &str = &node.name.text;
            if known.contains(&word) {
                continue;
            }
            if is_later(word) {
                self.report(&NotInThisVersion { word }, node.name.span);
                continue;
            }
            if is_comment(word) {
                let help = "a comment begins with `//`";
                let mut fault = found(&UnknownWord { word, place, help }, node.name.span);
                if let Some(begin) = ["--", "%"]
                    .into_iter()
                    .find(|begin| word.starts_with(begin))
                {
                    let at = node.name.span.range().start;
                    fault = fault.edit(Span::new(at, at + begin.len()), "//");
                }
                self.faults.push(fault);
                continue;
            }
            let near = nearest(word, known.iter().copied());
            if near.is_some() {
                // What it would have declared is not known, but it was meant to.
                let names = node.arguments().filter_map(|entry| entry.value.as_str());
                self.unread_names.extend(names.take(1));
            }
            let list: Vec<String> = known.iter().map(|word| format!("`{word}`")).collect();
            let help = format!("what may stand here: {}", list.join(", "));
            let fault = found(
                &UnknownWord {
                    word,
                    place,
                    help: &help,
                },
                node.name.span,
            );
            // The list of words may be longer than what is shown of a user's word.
            self.faults.push(self.meant(fault.help(help), word, near));
        }
    }

    /// The place of a word with the parentheses around it, and the space after them.
    fn in_parentheses(&self, place: Span) -> Option<Span> {
        let before = self.source.get(..place.range().start)?;
        let start = before.trim_end().strip_suffix('(')?.len();
        let after = self.source.get(place.range().end..)?;
        let rest = after.trim_start().strip_prefix(')')?.trim_start();
        Some(Span::new(start, self.source.len() - rest.len()))
    }

    /// Reports a type annotation; the language has none.
    pub(crate) fn no_annotation(&mut self, annotation: Option<&kdl::Name<'_>>) {
        if let Some(name) = annotation {
            let annotation = &name.text;
            let mut fault = found(&UnexpectedAnnotation { annotation }, name.span);
            if let Some(whole) = self.in_parentheses(name.span) {
                fault = fault.edit(whole, "");
            }
            self.faults.push(fault);
        }
    }

    /// A value as the user wrote it.
    pub(crate) fn shown(&self, value: &Value<'_>) -> String {
        match value {
            Value::String(text) => text.to_string(),
            Value::Number(number) => number.text.to_owned(),
            Value::Bool(true) => "#true".to_owned(),
            Value::Bool(false) => "#false".to_owned(),
            Value::Null => "#null".to_owned(),
        }
    }
}

/// Whether a word begins a comment in some other language.
fn is_comment(word: &str) -> bool {
    ["--", "%", "'", "<!--", "(*", "!"]
        .iter()
        .any(|begin| word.starts_with(begin))
        || word.eq_ignore_ascii_case("rem")
}

impl Block {
    /// Whether a node that begins with the word may stand in it.
    fn has(&self, word: &str) -> bool {
        matches!(self, Self::Words { known, .. } if known.contains(&word))
    }
}

impl Form {
    /// Whether it has a property of that name.
    pub(crate) fn has(&self, key: &str) -> bool {
        match self.properties {
            Properties::Known(known) => known.contains(&key),
            Properties::Free => true,
        }
    }
}
