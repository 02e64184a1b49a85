//! Arguments and properties as values, each with its place; a faulty one is reported.

use crate::bounds::PLACES_MAX;
use crate::context::{Context, Word, Written};
use crate::fault::{
    BadDuration, BadName, BadSize, EmptyText, ListedTwice, NotInThisVersion, OutOfBounds, Reported,
    UnknownChoice, WrongValue, found, shown,
};
use crate::form::is_later;
use crate::value::{self, MeasureFault};
use kdl::{Entry, Value};
use source::{Diagnostic, Span, nearest};
use std::collections::BTreeMap;

const NO_NUMBER: &str = "it does not begin with a number such as `12` or `1.5`";
const NO_UNIT: &str = "it has no unit";

/// Units of sizes that are read both ways.
fn is_decimal(unit: &str) -> bool {
    matches!(
        unit.to_ascii_lowercase().as_str(),
        "k" | "m" | "g" | "kb" | "mb" | "gb"
    )
}

/// The first character that cannot stand where it does in a name, in words, with what may.
fn misfit(text: &str) -> Option<String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let rules = "a name is a letter, then letters, digits, `-` and `_`, at most 64 in all";
    let first = text.chars().next()?;
    if let Some(c) = text.chars().find(|c| !fits(*c)) {
        let what = match c {
            c if c.is_alphabetic() => format!("`{c}` is a letter beyond `a` to `z`"),
            c if c.is_control() => "there is an invisible character".to_owned(),
            c => format!("`{c}` cannot stand in a name"),
        };
        let inner = text.trim_matches(|c| !fits(c));
        return Some(match value::is_name(inner) {
            true => format!("did you mean `{inner}`? {what}: {rules}"),
            false => format!("{what}: {rules}"),
        });
    }
    (!first.is_ascii_alphabetic()).then(|| format!("it begins with `{first}`: {rules}"))
}

/// What stands between separators, each with its own place if the word is written as it is read.
fn parts<'w>(word: Word<'w>, separates: fn(char) -> bool) -> impl Iterator<Item = Word<'w>> {
    let plain = word.span.len() == word.text.len();
    word.text
        .split(separates)
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(move |text| {
            let offset = text.as_ptr() as usize - word.text.as_ptr() as usize;
            let start = word.span.start as usize + offset;
            let span = match plain {
                true => Span::new(start, start + text.len()),
                false => word.span,
            };
            Word { text, span }
        })
}

impl<'a> Context<'a> {
    /// The argument at a position. Its absence was reported with the form.
    pub(crate) fn argument(
        &mut self,
        node: &'a Written<'a>,
        index: usize,
    ) -> Result<Word<'a>, Reported> {
        let entry = node.arguments().nth(index).ok_or(Reported)?;
        self.text(entry)
    }

    /// All arguments from a position on that are text, with those that are not reported.
    pub(crate) fn arguments(&mut self, node: &'a Written<'a>, from: usize) -> Vec<Word<'a>> {
        node.arguments()
            .skip(from)
            .filter_map(|entry| self.text(entry).ok())
            .collect()
    }

    /// The text of a property; `None` if it is not written.
    pub(crate) fn property(
        &mut self,
        node: &'a Written<'a>,
        key: &str,
    ) -> Result<Option<Word<'a>>, Reported> {
        let entry = node.property(key);
        entry.map(|entry| self.text(entry)).transpose()
    }

    /// The text of a property; empty text is reported.
    pub(crate) fn some_text(
        &mut self,
        node: &'a Written<'a>,
        key: &str,
    ) -> Result<Option<Word<'a>>, Reported> {
        let word = self.property(node, key)?;
        match word {
            Some(word) => self.not_empty(word, key).map(Some),
            None => Ok(None),
        }
    }

    /// The word, unless it is empty.
    pub(crate) fn not_empty(&mut self, word: Word<'a>, what: &str) -> Result<Word<'a>, Reported> {
        if word.text.trim().is_empty() {
            return Err(self.report(&EmptyText { what }, word.span));
        }
        Ok(word)
    }

    /// The text of an entry; any other value is reported.
    pub(crate) fn text(&mut self, entry: &'a Entry<'a>) -> Result<Word<'a>, Reported> {
        match &entry.value {
            // That its quotes are wrong was reported with the form.
            Value::String(text) if self.is_misquoted(entry) => Ok(Word {
                text: text.trim_matches(value::is_other_quote),
                span: entry.value_span,
            }),
            Value::String(text) => Ok(Word {
                text,
                span: entry.value_span,
            }),
            other @ (Value::Number(_) | Value::Bool(_) | Value::Null) => {
                let shown = self.shown(other);
                let help = format!("put it in quotes if text is meant: `\"{shown}\"`");
                let fault = WrongValue {
                    wanted: "text",
                    value: &shown,
                    help: &help,
                };
                Err(self.report(&fault, entry.value_span))
            }
        }
    }

    /// Whether a value is a word that begins or ends with what takes the place of `"`.
    pub(crate) fn is_misquoted(&self, entry: &Entry<'_>) -> bool {
        let written = self.written(entry);
        !written.starts_with(['"', '#']) && value::is_misquoted(written)
    }

    /// A value as it stands in the text.
    pub(crate) fn written(&self, entry: &Entry<'_>) -> &'a str {
        self.source.get(entry.value_span.range()).unwrap_or("")
    }

    /// A whole number within bounds, ends included. One that is not is shown as it is written, since
    /// its quotes may be what is wrong, with the nearest that is.
    pub(crate) fn number(
        &mut self,
        entry: &'a Entry<'a>,
        least: i128,
        most: i128,
    ) -> Result<i128, Reported> {
        let value = match &entry.value {
            Value::Number(number) => number.as_i128(),
            Value::String(_) | Value::Bool(_) | Value::Null => None,
        };
        match value.filter(|value| (least..=most).contains(value)) {
            Some(value) => Ok(value),
            None if self.is_misquoted(entry) => Err(Reported),
            None => {
                let written = self.written(entry);
                let quoted: Option<i128> =
                    entry.value.as_str().and_then(|own| own.trim().parse().ok());
                let fits = quoted.filter(|value| (least..=most).contains(value));
                let near = value.or(quoted).unwrap_or(2).min(most).max(least);
                let example = match &entry.key {
                    Some(key) => format!("{}={near}", key.text),
                    None => near.to_string(),
                };
                let fault = OutOfBounds {
                    value: written,
                    least: &least.to_string(),
                    most: &most.to_string(),
                    example: &example,
                };
                let mut fault = found(&fault, entry.value_span);
                if let Some(value) = fits {
                    fault = fault.edit(entry.value_span, value.to_string());
                }
                Err(self.faults.push(fault))
            }
        }
    }

    /// The number of a property.
    pub(crate) fn number_property(
        &mut self,
        node: &'a Written<'a>,
        key: &str,
        least: i128,
        most: i128,
    ) -> Result<Option<i128>, Reported> {
        let entry = node.property(key);
        entry
            .map(|entry| self.number(entry, least, most))
            .transpose()
    }

    /// The truth value of a property.
    pub(crate) fn truth_property(
        &mut self,
        node: &'a Written<'a>,
        key: &str,
    ) -> Result<Option<bool>, Reported> {
        let Some(entry) = node.property(key) else {
            return Ok(None);
        };
        match &entry.value {
            Value::Bool(value) => Ok(Some(*value)),
            _ if self.is_misquoted(entry) => Err(Reported),
            other @ (Value::String(_) | Value::Number(_) | Value::Null) => {
                let shown = self.shown(other);
                let fault = WrongValue {
                    wanted: "`#true` or `#false`",
                    value: &shown,
                    help: "write `#true` or `#false`",
                };
                let mut fault = found(&fault, entry.value_span);
                if let Some(word @ ("true" | "false")) = other.as_str() {
                    fault = fault.edit(entry.value_span, format!("#{word}"));
                }
                Err(self.faults.push(fault))
            }
        }
    }

    /// One of a few words.
    pub(crate) fn choice<T: Copy>(
        &mut self,
        word: Word<'a>,
        choices: &[(&'static str, T)],
    ) -> Result<T, Reported> {
        if let Some((_, value)) = choices.iter().find(|(name, _)| *name == word.text) {
            return Ok(*value);
        }
        if is_later(word.text) {
            return Err(self.report(&NotInThisVersion { word: word.text }, word.span));
        }
        let names: Vec<String> = choices
            .iter()
            .map(|(name, _)| format!("`{name}`"))
            .collect();
        let known = match names.as_slice() {
            [one] => one.clone(),
            names => format!("one of {}", names.join(", ")),
        };
        let fault = found(
            &UnknownChoice {
                word: word.text,
                choices: &known,
            },
            word.span,
        );
        let near = nearest(word.text, choices.iter().map(|(name, _)| *name));
        Err(self.faults.push(self.meant(fault, word.text, near)))
    }

    /// One of a few words as a property.
    pub(crate) fn choice_property<T: Copy>(
        &mut self,
        node: &'a Written<'a>,
        key: &str,
        choices: &[(&'static str, T)],
    ) -> Result<Option<T>, Reported> {
        match self.property(node, key)? {
            Some(word) => self.choice(word, choices).map(Some),
            None => Ok(None),
        }
    }

    /// A duration in steps of `step_ns`, from 1 step on.
    pub(crate) fn duration(
        &mut self,
        entry: &'a Entry<'a>,
        step_ns: u128,
    ) -> Result<u64, Reported> {
        if self.is_misquoted(entry) {
            return Err(Reported);
        }
        let step = match step_ns {
            value::US => "microseconds",
            _ => "milliseconds",
        };
        let fault = match &entry.value {
            Value::String(text) => match value::duration(text, step_ns) {
                Ok(0) => MeasureFault::Bounds,
                Ok(steps) => return Ok(steps),
                Err(fault) => fault,
            },
            Value::Number(_) => MeasureFault::NoUnit,
            Value::Bool(_) | Value::Null => MeasureFault::Malformed,
        };
        let reason = match fault {
            MeasureFault::Malformed => NO_NUMBER.to_owned(),
            MeasureFault::NoUnit => NO_UNIT.to_owned(),
            MeasureFault::Unit(unit) => format!("its unit `{unit}` is not known"),
            MeasureFault::NotWhole => format!("it must come out as a whole number of {step}"),
            MeasureFault::Bounds => "it must be more than nothing and at most ten years".to_owned(),
        };
        let shown = self.shown(&entry.value);
        Err(self.report(
            &BadDuration {
                value: &shown,
                reason: &reason,
            },
            entry.value_span,
        ))
    }

    /// A duration as a property, in steps of `step_ns`.
    pub(crate) fn duration_property(
        &mut self,
        node: &'a Written<'a>,
        key: &str,
        step_ns: u128,
    ) -> Result<Option<u64>, Reported> {
        let entry = node.property(key);
        entry.map(|entry| self.duration(entry, step_ns)).transpose()
    }

    /// A size in bytes, from 1 on.
    pub(crate) fn size(&mut self, entry: &'a Entry<'a>) -> Result<u64, Reported> {
        if self.is_misquoted(entry) {
            return Err(Reported);
        }
        let fault = match &entry.value {
            Value::String(text) => match value::size(text) {
                Ok(0) => MeasureFault::Bounds,
                Ok(bytes) => return Ok(bytes),
                Err(fault) => fault,
            },
            Value::Number(_) => MeasureFault::NoUnit,
            Value::Bool(_) | Value::Null => MeasureFault::Malformed,
        };
        let reason = match fault {
            MeasureFault::Malformed => NO_NUMBER.to_owned(),
            MeasureFault::NoUnit => NO_UNIT.to_owned(),
            MeasureFault::Unit(unit) if is_decimal(unit) => {
                format!("`{unit}` is read both as a power of 1000 and of 1024, so it is refused")
            }
            MeasureFault::Unit(unit) => format!("its unit `{unit}` is not known"),
            MeasureFault::NotWhole => "it must come out as a whole number of bytes".to_owned(),
            MeasureFault::Bounds => "it must be more than nothing and at most 1024 GiB".to_owned(),
        };
        let shown = self.shown(&entry.value);
        Err(self.report(
            &BadSize {
                value: &shown,
                reason: &reason,
            },
            entry.value_span,
        ))
    }

    /// The size of a property.
    pub(crate) fn size_property(
        &mut self,
        node: &'a Written<'a>,
        key: &str,
    ) -> Result<Option<u64>, Reported> {
        let entry = node.property(key);
        entry.map(|entry| self.size(entry)).transpose()
    }

    /// A name that is declared here, as its node's first argument. One that breaks the rules is
    /// reported and kept, so that what refers to it finds it.
    pub(crate) fn new_name(&mut self, node: &'a Written<'a>) -> Result<Word<'a>, Reported> {
        let word = self.argument(node, 0)?;
        Ok(self.checked_name(word))
    }

    /// The name, without what separates it from others; one that breaks the rules is reported.
    pub(crate) fn checked_name<'w>(&mut self, word: Word<'w>) -> Word<'w> {
        let Ok(name) = self.one_name(word) else {
            return word;
        };
        self.check_name(name);
        name
    }

    /// The only name in a word; a word that separates names is reported.
    pub(crate) fn one_name<'w>(&mut self, word: Word<'w>) -> Result<Word<'w>, Reported> {
        match self.separated(vec![word]).as_slice() {
            [name] => Ok(*name),
            _ => Err(Reported),
        }
    }

    /// The names in a list of words. Those that are separated by other than spaces, or in other quotes
    /// than plain ones, are one mistake, and are read as they are meant.
    pub(crate) fn separated<'w>(&mut self, words: Vec<Word<'w>>) -> Vec<Word<'w>> {
        let mut names = Vec::new();
        let mut fault: Option<Diagnostic> = None;
        for word in words {
            let separates = word.text.contains(value::is_separator);
            if !separates && !value::is_misquoted(word.text) {
                names.push(word);
                continue;
            }
            let first = names.len();
            names.extend(parts(word, value::is_around_names));
            let meant: Vec<&str> = names.iter().skip(first).map(|name| name.text).collect();
            let reported = match fault {
                Some(fault) if fault.labels.len() >= PLACES_MAX => fault,
                Some(fault) => fault.label(word.span, "also here"),
                None => {
                    let help = match meant.is_empty() {
                        true => "leave it out: names are separated by spaces alone".to_owned(),
                        false => {
                            let rule = match separates {
                                true => "names are separated by spaces alone",
                                false => "a name needs no quotes",
                            };
                            format!("did you mean `{}`? {rule}", shown(&meant.join(" ")))
                        }
                    };
                    found(&BadName { word: word.text }, word.span).help(help)
                }
            };
            let written = self.source.get(word.span.range()).unwrap_or("");
            fault = Some(match written.trim_matches('"') == word.text {
                true => reported.edit(word.span, meant.join(" ")),
                false => reported,
            });
        }
        if let Some(fault) = fault
            && self.separators.insert(fault.span())
        {
            self.faults.push(fault);
        }
        names
    }

    /// The names among the arguments from a position on.
    pub(crate) fn named(&mut self, node: &'a Written<'a>, from: usize) -> Vec<Word<'a>> {
        let words = self.arguments(node, from);
        self.separated(words)
    }

    /// Reports a name that breaks the rules.
    fn check_name(&mut self, word: Word<'_>) {
        if !value::is_name(word.text) || value::is_reserved(word.text) {
            let fault = found(&BadName { word: word.text }, word.span);
            self.faults.push(match misfit(word.text) {
                Some(why) => fault.help(why),
                None => fault,
            });
        }
    }

    /// The names in a property, separated by spaces.
    pub(crate) fn list_property(&mut self, node: &'a Written<'a>, key: &str) -> Vec<Word<'a>> {
        let word = match node.property(key) {
            Some(entry) => self.text(entry),
            None => return Vec::new(),
        };
        let Ok(word) = word else { return Vec::new() };
        if self.not_empty(word, key).is_err() {
            return Vec::new();
        }
        // Without escapes, each name has its own place in the text.
        let written = self.source.get(word.span.range()).unwrap_or("");
        let base = written
            .find(word.text)
            .map(|at| word.span.start as usize + at);
        let inner = base.map(|base| Span::new(base, base + word.text.len()));
        let inner = Word {
            text: word.text,
            span: inner.unwrap_or(word.span),
        };
        let words = parts(inner, char::is_whitespace).collect();
        self.separated(words)
    }

    /// The names in a block: the words of its nodes and their arguments.
    pub(crate) fn names_in_block(&mut self, nodes: &'a [Written<'a>]) -> Vec<Word<'a>> {
        let mut names = Vec::new();
        for node in nodes {
            let usage = crate::form::arguments("NAME …", 0, crate::form::MANY);
            // Only what is not a list of names is reported; nothing can be missing.
            if self.form(node, &usage).is_ok() {
                names.push(Word {
                    text: &node.name.text,
                    span: node.name.span,
                });
                names.extend(self.arguments(node, 0));
            }
        }
        self.separated(names)
    }

    /// The list without what it names twice, which is reported.
    pub(crate) fn once_each(&mut self, words: Vec<Word<'a>>) -> Vec<Word<'a>> {
        let mut seen = BTreeMap::new();
        let mut list = Vec::new();
        for word in words {
            match seen.get(word.text).copied() {
                Some(first) => {
                    let fault = found(&ListedTwice { word: word.text }, word.span);
                    self.faults.push(fault.label(first, "first listed here"));
                }
                None => {
                    seen.insert(word.text, word.span);
                    list.push(word);
                }
            }
        }
        list
    }
}
