//! A place in a JSON document, and the bounded list of what is to be said about it.

use super::NS;
use super::props::{Given, decode, unflatten};
use maturity::{DIAGNOSTICS_MAX, Date, Located};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use source::{Diagnostic, Severity, Span, push_bounded};

/// Most losses that are listed; one more says how many others there are.
pub const LOST_MAX: usize = 500;

/// A value and the way to it, as a JSON path.
#[derive(Clone, Debug)]
pub(super) struct At<'v> {
    pub(super) value: &'v Value,
    pub(super) path: String,
}

impl<'v> At<'v> {
    /// The field with that name.
    pub(super) fn get(&self, name: &str) -> Option<At<'v>> {
        Some(At {
            value: self.value.get(name)?,
            path: format!("{}.{name}", self.path),
        })
    }

    /// The entries of a list; none if it is absent or no list.
    pub(super) fn list(&self, name: &str) -> Vec<At<'v>> {
        let all = self.value.get(name).and_then(Value::as_array);
        let all = all.into_iter().flatten().enumerate();
        all.map(|(at, value)| At {
            value,
            path: format!("{}.{name}[{at}]", self.path),
        })
        .collect()
    }

    /// A text.
    pub(super) fn text(&self, name: &str) -> Option<&'v str> {
        self.value.get(name).and_then(Value::as_str)
    }

    /// The day of an instant; none if it is no day of the calendar.
    pub(super) fn day(&self, name: &str) -> Option<Date> {
        self.text(name)?.get(..10)?.parse().ok()
    }

    /// Our properties of a group.
    fn own(&self, group: &str) -> Vec<Given<'v>> {
        let all = self.value.get("props").and_then(Value::as_array);
        let ours = all.into_iter().flatten().filter_map(|prop| {
            let text = |name: &str| prop.get(name).and_then(Value::as_str);
            let ours = text("ns") == Some(NS) && text("group") == Some(group);
            ours.then(|| Some((text("name")?, text("value")?, text("class"))))?
        });
        ours.collect()
    }

    /// True if there are properties of an item.
    pub(super) fn has(&self, group: &str) -> bool {
        !self.own(group).is_empty()
    }

    /// The id in the properties of an item.
    pub(super) fn id_of(&self, group: &str) -> Option<String> {
        let mut own = self.own(group).into_iter();
        let (name, value, class) = own.find(|(name, ..)| *name == "id")?;
        decode(name, value, class).ok()?.as_str().map(str::to_owned)
    }

    /// The text of our property without a group.
    pub(super) fn shown(&self, name: &str) -> Option<String> {
        let all = self.value.get("props").and_then(Value::as_array);
        let mut ours = all.into_iter().flatten().filter(|prop| {
            let text = |name: &str| prop.get(name).and_then(Value::as_str);
            text("ns") == Some(NS) && text("group").is_none() && text("name") == Some(name)
        });
        let prop = ours.next()?;
        let class = prop.get("class").and_then(Value::as_str);
        let value = decode(name, prop.get("value")?.as_str()?, class).ok()?;
        value.as_str().map(str::to_owned)
    }

    /// The item of a group, with its position from 0; `more` are fields that stand elsewhere. `None`
    /// without such properties, and if they do not make an item, which is reported.
    pub(super) fn item<T: DeserializeOwned>(
        &self,
        group: &str,
        more: Map<String, Value>,
        report: &mut Report,
    ) -> Option<(Option<usize>, T)> {
        let given = self.own(group);
        if given.is_empty() && more.is_empty() {
            return None;
        }
        let read = unflatten(&given).and_then(|(position, mut fields)| {
            fields.extend(more);
            let item = serde_json::from_value(Value::Object(fields));
            let item = item.map_err(|error| plain(&error.to_string()))?;
            Ok((position.and_then(|at| at.checked_sub(1)), item))
        });
        match read {
            Ok(item) => Some(item),
            Err(why) => {
                let message = format!("`{}` does not describe `{group}`: {why}", self.path);
                report.error("oscal-bad-item", message, "export the document again, or mend these properties; the schema of the JSON form names the fields");
                None
            }
        }
    }

    /// Lists the fields that are not among `known` as lost.
    pub(super) fn rest(&self, known: &[&str], report: &mut Report) {
        let fields = self.value.as_object().into_iter().flatten();
        for (name, _) in fields.filter(|(name, _)| !known.contains(&name.as_str())) {
            report.lose(format!("{}.{name}: not understood", self.path));
        }
    }
}

/// An error of the JSON reader without the names of our structures.
fn plain(error: &str) -> String {
    let end = error
        .find(", expected struct")
        .or_else(|| error.find(", expected internally"));
    error
        .get(..end.unwrap_or(error.len()))
        .unwrap_or_default()
        .to_owned()
}

/// What is to be said about the texts.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// The text that is being read.
    pub(super) text: usize,
    pub(super) findings: Vec<Located>,
    pub(super) lost: Vec<String>,
    more_lost: usize,
}

impl Report {
    pub(super) fn error(&mut self, code: &'static str, message: String, help: &str) {
        self.push(Diagnostic::error(code, Span::default(), cut(&message)).help(help));
    }

    pub(super) fn warning(&mut self, code: &'static str, message: String, help: &str) {
        self.push(Diagnostic::warning(code, Span::default(), cut(&message)).help(help));
    }

    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        let text = self.text;
        let new = Located { text, diagnostic };
        let severity = |own: &Located| own.diagnostic.severity;
        push_bounded(&mut self.findings, DIAGNOSTICS_MAX, new, severity, |left| {
            let words = "there are more faults than are shown";
            let said = match left.diagnostic.severity {
                Severity::Error => Diagnostic::error("too-many-faults", Span::default(), words),
                Severity::Warning => Diagnostic::warning("too-many-faults", Span::default(), words),
            };
            let diagnostic = said.help("mend these first, then read the documents again");
            Located { diagnostic, ..left }
        });
    }

    /// Says that something was not taken over.
    pub(super) fn lose(&mut self, what: String) {
        if self.lost.len() < LOST_MAX {
            self.lost.push(cut(&what));
        } else {
            self.more_lost += 1;
        }
    }

    /// Findings and losses; the last loss counts those that are not listed.
    pub(super) fn finish(mut self) -> (Vec<Located>, Vec<String>) {
        if self.more_lost > 0 {
            self.lost.push(format!("and {} more", self.more_lost));
        }
        (self.findings, self.lost)
    }
}

/// At most 400 characters on one line.
fn cut(words: &str) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let mut short: String = words.chars().take(400).map(plain).collect();
    if words.chars().nth(400).is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_alone_make_no_error_and_hide_none() {
        let mut report = Report::default();
        let errors = |report: &Report| {
            let errors = report.findings.iter().map(|one| &one.diagnostic);
            let errors = errors.filter(|one| one.is_error());
            errors.map(|one| one.code).collect::<Vec<_>>()
        };
        for _ in 0..DIAGNOSTICS_MAX + 5 {
            report.warning("x", String::new(), "");
        }
        assert_eq!(report.findings.len(), DIAGNOSTICS_MAX + 1);
        assert_eq!(errors(&report), [""; 0]);
        report.error("y", String::new(), "");
        assert_eq!(errors(&report), ["y"]);
        for _ in 0..DIAGNOSTICS_MAX {
            report.error("y", String::new(), "");
        }
        assert_eq!(report.findings.len(), DIAGNOSTICS_MAX + 1);
        assert_eq!(errors(&report).last(), Some(&"too-many-faults"));
    }
}
