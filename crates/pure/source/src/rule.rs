//! Tables of what can be reported: a code with its texts, in which the user's words stand by name.
//!
//! A table is written with [`rules!`](crate::rules). Each row becomes a type whose fields are the words of its texts, so that
//! a report that lacks a word, or gives one that no text shows, does not compile; nor does a text that names a word which the
//! row does not have.
//!
//! ```
//! source::rules! {
//!     Error UnknownZone { zone } = "unknown-zone", "there is no zone `{zone}`", "declare it";
//! }
//! let fault = UnknownZone { zone: "cell" };
//! assert_eq!(source::Worded::word(&fault, "zone"), "cell");
//! # let _ = RULES;
//! ```
//!
//! A report without the word is no report:
//!
//! ```compile_fail,E0063
//! source::rules! {
//!     Error UnknownZone { zone } = "unknown-zone", "there is no zone `{zone}`", "declare it";
//! }
//! let fault = UnknownZone {};
//! ```
//!
//! Nor is a text with another word a text, or one that leaves out a word of its row:
//!
//! ```compile_fail,E0080
//! source::rules! {
//!     Error UnknownZone { zone } = "unknown-zone", "there is no zone `{name}`", "declare it";
//! }
//! ```
//!
//! ```compile_fail,E0080
//! source::rules! {
//!     Error UnknownZone { zone } = "unknown-zone", "there is no such zone", "declare it";
//! }
//! ```

use crate::{Diagnostic, Severity, Span};

/// One kind of fault. In both texts `{name}` stands for a word of the user; `{{` and `}}` are braces.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Stable kebab-case name.
    pub code: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// What is wrong.
    pub message: &'static str,
    /// What to do next.
    pub help: &'static str,
}

impl Rule {
    /// The fault at a place; `word` gives the word of a name as it is shown.
    pub fn at(&self, span: Span, word: &dyn Fn(&str) -> String) -> Diagnostic {
        let message = fill(self.message, word);
        let diagnostic = match self.severity {
            Severity::Error => Diagnostic::error(self.code, span, message),
            Severity::Warning => Diagnostic::warning(self.code, span, message),
        };
        diagnostic.help(fill(self.help, word))
    }

    /// What is wrong and what to do next, for no case: capitals stand for words.
    pub fn of_any(&self) -> (String, String) {
        let word = |name: &str| name.to_uppercase();
        (fill(self.message, &word), fill(self.help, &word))
    }
}

/// A rule with the words of one case; made by [`rules!`](crate::rules) only.
pub trait Worded {
    /// The rule.
    fn rule(&self) -> &'static Rule;
    /// The word of that name.
    fn word(&self, name: &str) -> &str;
}

/// Whether a text is one with words of these names only, and its braces are paired.
pub const fn is_template(text: &str, names: &[&str]) -> bool {
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = match (*first, after) {
            (b'{', [b'{', after @ ..]) | (b'}', [b'}', after @ ..]) => after,
            (b'}', _) => return false,
            (b'{', name) => match after_one_of(name, names) {
                Some(after) => after,
                None => return false,
            },
            _ => after,
        };
    }
    true
}

/// Whether a text shows the word of that name.
pub const fn shows(text: &str, name: &str) -> bool {
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = match (*first, after) {
            (b'{', [b'{', after @ ..]) => after,
            (b'{', word) if after_name(word, name.as_bytes()).is_some() => return true,
            _ => after,
        };
    }
    false
}

const fn after_one_of<'t>(text: &'t [u8], mut names: &[&str]) -> Option<&'t [u8]> {
    while let [name, others @ ..] = names {
        if let Some(after) = after_name(text, name.as_bytes()) {
            return Some(after);
        }
        names = others;
    }
    None
}

/// What follows a name and its brace.
const fn after_name<'t>(mut text: &'t [u8], mut name: &[u8]) -> Option<&'t [u8]> {
    while let [wanted, wanted_after @ ..] = name {
        match text {
            [found, after @ ..] if *found == *wanted => text = after,
            _ => return None,
        }
        name = wanted_after;
    }
    match text {
        [b'}', after @ ..] => Some(after),
        _ => None,
    }
}

fn fill(template: &str, word: &dyn Fn(&str) -> String) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once(['{', '}']) {
        text.push_str(before);
        let brace = rest.get(before.len()..=before.len()).unwrap_or_default();
        rest = match (after.strip_prefix(brace), after.split_once('}')) {
            (Some(after), _) => {
                text.push_str(brace);
                after
            }
            (None, Some((name, after))) => {
                text.push_str(&word(name));
                after
            }
            // Not in a text that `is_template`.
            (None, None) => after,
        };
    }
    text.push_str(rest);
    text
}

/// A table of rules: `SEVERITY Name { word, … } = "code", "message", "help";`, without braces where there are no words. Makes
/// a type for each row, and `RULES`, the list of all.
#[macro_export]
macro_rules! rules {
    ($($severity:ident $name:ident $({ $($word:ident),+ })? = $code:literal, $message:literal, $help:literal;)*) => {
        $($crate::rules!(@row $name { $($($word)+)? } $severity $code $message $help);)*
        const RULES: &[&$crate::Rule] = &[$(&$name::RULE),*];
    };
    (@row $name:ident {} $severity:ident $code:literal $message:literal $help:literal) => {
        #[derive(Clone, Copy)]
        pub(crate) struct $name;
        $crate::rules!(@rule $name [] $severity $code $message $help);
        impl $crate::Worded for $name {
            fn rule(&self) -> &'static $crate::Rule {
                &Self::RULE
            }
            fn word(&self, _: &str) -> &str {
                // No text of it shows a word.
                ""
            }
        }
    };
    (@row $name:ident { $($word:ident)+ } $severity:ident $code:literal $message:literal $help:literal) => {
        #[derive(Clone, Copy)]
        pub(crate) struct $name<'w> {
            $(pub(crate) $word: &'w str,)+
        }
        $crate::rules!(@rule $name ['_ $($word)+] $severity $code $message $help);
        impl $crate::Worded for $name<'_> {
            fn rule(&self) -> &'static $crate::Rule {
                &Self::RULE
            }
            fn word(&self, name: &str) -> &str {
                match name {
                    $(stringify!($word) => self.$word,)+
                    // Its texts show no other.
                    _ => "",
                }
            }
        }
    };
    (@rule $name:ident [$($life:lifetime $($word:ident)+)?] $severity:ident $code:literal $message:literal $help:literal) => {
        impl $name $(<$life>)? {
            pub(crate) const RULE: $crate::Rule = $crate::Rule {
                code: $code,
                severity: $crate::Severity::$severity,
                message: $message,
                help: $help,
            };
        }
        const _: () = {
            const NAMES: &[&str] = &[$($(stringify!($word)),+)?];
            assert!($crate::is_template($message, NAMES), concat!("the message of ", $code, " has other words"));
            assert!($crate::is_template($help, NAMES), concat!("the help of ", $code, " has other words"));
            $($(assert!(
                $crate::shows($message, stringify!($word)) || $crate::shows($help, stringify!($word)),
                concat!("no text of ", $code, " shows ", stringify!($word))
            );)+)?
        };
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    rules! {
        Error Unknown { what, name } = "unknown", "there is no {what} `{name}`", "write `{{ {name} }}`";
        Warning Odd = "odd", "odd }}", "look";
    }

    fn said(fault: &dyn Worded) -> Diagnostic {
        fault
            .rule()
            .at(Span::new(1, 2), &|name| fault.word(name).to_owned())
    }

    #[test]
    fn words_stand_where_their_names_are() {
        let found = said(&Unknown {
            name: "{what}",
            what: "zone",
        });
        let expected = Diagnostic::error("unknown", Span::new(1, 2), "there is no zone `{what}`");
        assert_eq!(found, expected.help("write `{ {what} }`"));
        let expected = Diagnostic::warning("odd", Span::new(1, 2), "odd }");
        assert_eq!(said(&Odd), expected.help("look"));
        assert_eq!(RULES.len(), 2);
        assert_eq!(Unknown::RULE.of_any().0, "there is no WHAT `NAME`");
    }

    #[test]
    fn a_text_with_other_words_or_braces_is_none() {
        for text in [
            "", "a", "{a}", "{{", "}}", "{{x}}", "{a}{bc}", "{{{a}}}", "ü{a}ü",
        ] {
            assert!(is_template(text, &["a", "bc"]), "{text}");
        }
        for text in [
            "{", "}", "{}", "{b}", "{0}", "{ab}", "{a", "{a }", "{{}", "{}}",
        ] {
            assert!(!is_template(text, &["a", "bc"]), "{text}");
        }
        for (text, shown) in [
            ("{a}", true),
            ("x {a} y", true),
            ("{{a}}", false),
            ("{ab}", false),
            ("{{{a}}}", true),
        ] {
            assert_eq!(shows(text, "a"), shown, "{text}");
        }
    }
}
