//! A finding about the user's text, as data.

use crate::Span;
use serde::Serialize;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The input can be used; something deserves a look.
    Warning,
    /// The input cannot be used.
    Error,
}

/// Finds a place in a full list for a finding: an error takes that of the last warning, so that no warning
/// stands in the way of an error. What has no place then comes back.
pub fn displace<T>(full: &mut [T], new: T, severity: impl Fn(&T) -> Severity) -> T {
    let mut last = full.iter_mut().rev();
    let warning = match severity(&new) {
        Severity::Warning => None,
        Severity::Error => last.find(|known| severity(known) == Severity::Warning),
    };
    match warning {
        Some(place) => std::mem::replace(place, new),
        None => new,
    }
}

/// Adds a finding to a list of at most `most`, and one more that says that there are others: `more` makes it
/// of what is left out, with its severity. It is an error only if errors are left out.
pub fn push_bounded<T>(
    list: &mut Vec<T>,
    most: usize,
    new: T,
    severity: impl Fn(&T) -> Severity,
    more: impl FnOnce(T) -> T,
) {
    let Some((room, rest)) = list.split_at_mut_checked(most) else {
        list.push(new);
        return;
    };
    if rest.iter().any(|own| severity(own) == Severity::Error) {
        return;
    }
    let said = more(displace(room, new, &severity));
    match rest.first_mut() {
        Some(rest) if severity(&said) == Severity::Error => *rest = said,
        Some(_) => {}
        None => list.push(said),
    }
}

/// A place and what is to be said about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// Shown beside it; may be empty.
    pub message: String,
}

/// One change of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// What is replaced; empty for an insertion.
    pub span: Span,
    /// By what.
    pub text: String,
}

/// A text after edits; `None` if they overlap or do not lie on its characters.
pub fn edited(text: &str, edits: &[Edit]) -> Option<String> {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| edit.span);
    // One place can be reported for two reasons.
    edits.dedup();
    let mut done = String::new();
    let mut at = 0;
    for edit in edits {
        let range = edit.span.range();
        done.push_str(text.get(at..range.start)?);
        text.get(range.clone())?;
        done.push_str(&edit.text);
        at = range.end;
    }
    done.push_str(text.get(at..)?);
    Some(done)
}

/// One finding: stable code, severity, message, places (the first is the main one), help, and its repair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Stable kebab-case name of the fault, e.g. `unknown-subject`; its negative test carries it.
    pub code: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// One line, lower case, no full stop, the user's words in backticks.
    pub message: String,
    /// Places; the first is where the fault is, others say what it conflicts with.
    pub labels: Vec<Label>,
    /// What to do next; may be absent.
    pub help: Option<String>,
    /// The edits that do it, if that is mechanical: all of them together, in the text of the places.
    pub fix: Vec<Edit>,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        let labels = vec![Label {
            span,
            message: String::new(),
        }];
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            labels,
            help: None,
            fix: Vec::new(),
        }
    }

    /// A warning at a place.
    pub fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, span, message)
        }
    }

    /// Says something at the main place.
    pub fn at_main(mut self, message: impl Into<String>) -> Self {
        if let Some(label) = self.labels.first_mut() {
            label.message = message.into();
        }
        self
    }

    /// Adds a further place.
    pub fn label(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label {
            span,
            message: message.into(),
        });
        self
    }

    /// Says what to do next.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds an edit to the repair.
    pub fn edit(mut self, span: Span, text: impl Into<String>) -> Self {
        let text = text.into();
        self.fix.push(Edit { span, text });
        self
    }

    /// The main place, or the start of the text if there is none.
    pub fn span(&self) -> Span {
        self.labels
            .first()
            .map(|label| label.span)
            .unwrap_or_default()
    }

    /// True for an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_takes_the_place_of_a_warning_and_nothing_else_does() {
        use Severity::{Error, Warning};
        let rest = |list: &[Severity], new| {
            let mut list: Vec<_> = list.iter().copied().enumerate().collect();
            let left = displace(&mut list, (9, new), |own| own.1);
            (list.iter().map(|own| own.0).collect::<Vec<_>>(), left.0)
        };
        assert_eq!(rest(&[Warning, Warning, Error], Error), (vec![0, 9, 2], 1));
        assert_eq!(rest(&[Error, Error], Error), (vec![0, 1], 9));
        assert_eq!(rest(&[Error, Warning], Warning), (vec![0, 1], 9));
        assert_eq!(rest(&[], Error), (vec![], 9));
    }

    #[test]
    fn edits_are_made_in_the_order_of_the_text_or_not_at_all() {
        let edit = |start, end, text: &str| Edit {
            span: Span::new(start, end),
            text: text.to_owned(),
        };
        let done = |edits: &[Edit]| edited("aü b", edits);
        assert_eq!(done(&[]), Some("aü b".to_owned()));
        let both = [edit(4, 5, "c"), edit(0, 1, ""), edit(5, 5, "!")];
        assert_eq!(done(&both), Some("ü c!".to_owned()));
        let same = [edit(0, 1, "c"), edit(0, 1, "c")];
        assert_eq!(done(&same), Some("cü b".to_owned()));
        for wrong in [
            &[edit(0, 3, ""), edit(1, 4, "")][..],
            &[edit(2, 3, "")],
            &[edit(5, 9, "")],
        ] {
            assert_eq!(done(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn a_bounded_list_ends_with_what_it_leaves_out() {
        use Severity::{Error, Warning};
        for (new, expected) in [
            (&[Warning, Error][..], &[(0, Warning), (1, Error)][..]),
            (&[Warning; 4], &[(0, Warning), (1, Warning), (99, Warning)]),
            (
                &[Warning, Warning, Error],
                &[(0, Warning), (2, Error), (99, Warning)],
            ),
            (
                &[Error, Error, Warning, Error],
                &[(0, Error), (1, Error), (99, Error)],
            ),
            (
                &[Error, Error, Error, Error],
                &[(0, Error), (1, Error), (99, Error)],
            ),
        ] {
            let mut list = Vec::new();
            for new in (0..).zip(new.iter().copied()) {
                push_bounded(&mut list, 2, new, |own| own.1, |left| (99, left.1));
            }
            assert_eq!(list, expected);
        }
    }
}
