//! The table of everything that can be reported, and the bounded list reports go to.

use crate::class::{Class, class};
use source::{Diagnostic, Rule, Severity, Span, is_template};

/// Most diagnostics of one parse; one more says that there are others.
pub const MAX_DIAGNOSTICS: usize = 100;

/// A table of rules. The one word of their texts is `{text}`: what stands at the place.
macro_rules! rules {
    ($($name:ident = $code:literal, $message:literal, $help:literal;)*
        // One without an example.
        $(@ $bare:ident = $bare_code:literal, $bare_message:literal, $bare_help:literal;)*) => {
        $(rules!(@rule $name $code $message $help);)*
        $(rules!(@rule $bare $bare_code $bare_message $bare_help);)*
        const ALL: &[Rule] = &[$($name,)* $($bare),*];

        /// For a code, a text that is reported under it and one that does it right; not for a text that is
        /// too long.
        pub fn example(code: &str) -> Option<(&'static str, &'static str)> {
            Some(match code {
                $($code => (
                    include_str!(concat!("../tests/faults/", $code, ".kdl")),
                    include_str!(concat!("../tests/right/", $code, ".kdl")),
                ),)*
                _ => return None,
            })
        }
    };
    (@rule $name:ident $code:literal $message:literal $help:literal) => {
        pub(crate) const $name: Rule = Rule {
            code: $code,
            severity: Severity::Error,
            message: $message,
            help: $help,
        };
        const _: () = {
            assert!(is_template($message, &["text"]), concat!("the message of ", $code, " has other words"));
            assert!(is_template($help, &["text"]), concat!("the help of ", $code, " has other words"));
        };
    };
}

rules! {
    // Characters and words.
    DISALLOWED_CHARACTER = "kdl-disallowed-character",
        "`{text}` may not be written literally",
        "remove it, or write it as an escape such as `\\u{{7f}}` in a quoted string";
    UNEXPECTED_CHARACTER = "kdl-unexpected-character",
        "`{text}` has no meaning here",
        "remove it, or put the text it belongs to in quotes";
    BAD_NUMBER = "kdl-bad-number",
        "`{text}` begins like a number but is not one",
        "put it in quotes if text is meant; numbers look like `12`, `-1.5e3`, `0x1f`, `0b10`";
    HASH_COMMENT = "kdl-hash-comment",
        "`#` begins no comment",
        "comments begin with `//`";
    UNKNOWN_KEYWORD = "kdl-unknown-keyword",
        "`{text}` is not a keyword",
        "the keywords are `#true`, `#false`, `#null`, `#inf`, `#-inf` and `#nan`";
    BARE_KEYWORD = "kdl-bare-keyword",
        "`{text}` may not be written bare",
        "put `#` before it if the value is meant, or put it in quotes if the word is meant";
    UNTERMINATED_COMMENT = "kdl-unterminated-comment",
        "this comment is not closed",
        "close it with `*/`; comments nest, so every `/*` needs its own";
    BAD_CONTINUATION = "kdl-bad-continuation",
        "`\\` is followed by something other than the end of the line",
        "`\\` joins the next line to this one: put nothing but a comment after it";
    // Strings.
    UNTERMINATED_STRING = "kdl-unterminated-string",
        "this string is not closed",
        "close it with the same quotes and `#` as it was opened; text of several lines needs `\"\"\"`";
    BAD_ESCAPE = "kdl-bad-escape",
        "`{text}` is not an escape",
        "the escapes are `\\n`, `\\r`, `\\t`, `\\\\`, `\\\"`, `\\b`, `\\f`, `\\s` and `\\u{{…}}`; in a raw string `#\"…\"#` nothing is one";
    BAD_UNICODE_ESCAPE = "kdl-bad-unicode-escape",
        "`{text}` names no character",
        "write 1 to 6 hexadecimal digits in braces, at most `10ffff` and not `d800` to `dfff`";
    MULTILINE_START = "kdl-multiline-start",
        "text follows the opening `\"\"\"` on its line",
        "begin the text on the next line, or use `\"` for text of one line";
    MULTILINE_END = "kdl-multiline-end",
        "the closing `\"\"\"` is not alone on its line",
        "put it on a line of its own; the white space before it is taken from every line";
    MULTILINE_INDENT = "kdl-multiline-indent",
        "this line does not begin with the white space that precedes the closing `\"\"\"`",
        "indent it with exactly the same characters, or move the closing quotes to the left";
    // Nodes and blocks.
    EMPTY_NODE = "kdl-empty-node",
        "`;` ends nothing",
        "remove it, or write a node before it; a comment begins with `//`";
    NAME_NOT_STRING = "kdl-name-not-string",
        "`{text}` cannot be the name of a node",
        "a name is a word or a quoted string";
    MISSING_SPACE = "kdl-missing-space",
        "a space is missing before `{text}`",
        "separate the parts of a node by white space";
    ENTRY_AFTER_BLOCK = "kdl-entry-after-block",
        "`{text}` follows a block",
        "write it before the block, or begin a new node on a new line or after `;`";
    SECOND_BLOCK = "kdl-second-block",
        "the node has a block already",
        "join the two blocks, or comment one out with `/-`";
    BLOCK_ALONE = "kdl-block-alone",
        "this block belongs to no node",
        "put `{{` on the line on which its node ends";
    UNCLOSED_BLOCK = "kdl-unclosed-block",
        "this block is not closed",
        "close it with `}}`";
    UNEXPECTED_CLOSE = "kdl-unexpected-close",
        "`}}` closes nothing",
        "remove it, or look for a missing `{{` above";
    SLASHDASH_NOTHING = "kdl-slashdash-nothing",
        "`/-` is not followed by what it could comment out",
        "put it before a node, an argument, a property or a block, or remove it";
    // Entries.
    BAD_ANNOTATION = "kdl-bad-annotation",
        "`{text}` is not a type annotation",
        "write one word or quoted string between `(` and `)`";
    UNCLOSED_ANNOTATION = "kdl-unclosed-annotation",
        "this type annotation is not closed",
        "write `)` after its one word";
    ANNOTATION_ALONE = "kdl-annotation-alone",
        "nothing follows the type annotation `{text}`",
        "write a node name or a value after it";
    ANNOTATION_BEFORE_KEY = "kdl-annotation-before-key",
        "the type annotation `{text}` stands before a property",
        "write it after `=`, before the value";
    KEY_NOT_STRING = "kdl-key-not-string",
        "`{text}` cannot be the name of a property",
        "a name is a word or a quoted string";
    MISSING_KEY = "kdl-missing-key",
        "`=` belongs to no property",
        "leave it out if the value belongs to the node itself, or write `name=value` after the name of the node; put `=` in quotes if the character is meant";
    MISSING_VALUE = "kdl-missing-value",
        "the property `{text}` has no value",
        "write a value after `=`, on the same line";
    // Bounds and hints.
    VERSION_MARKER = "kdl-version-marker",
        "the document says it is written in KDL version {text}, and is read as version 2",
        "convert it and write `/- kdl-version 2`, or remove the marker";
    TOO_DEEP = "kdl-too-deep",
        "blocks are nested too deeply here; what is inside is not read",
        "nest at most 128 blocks";
    TOO_MANY = "kdl-too-many-faults",
        "there are more faults from here on, which are not shown",
        "correct those shown and try again";
    @TOO_LONG = "kdl-too-long",
        "the text is too long and is not read",
        "a document has at most 8 MiB";
}

/// Every code this crate can report; each has a negative test of that name.
pub fn codes() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|rule| rule.code)
}

/// The texts of a code.
pub fn rule(code: &str) -> Option<&'static Rule> {
    ALL.iter().find(|rule| rule.code == code)
}

fn found(rule: &Rule, span: Span, text: &str) -> Diagnostic {
    rule.at(span, &|_| excerpt(text))
}

/// The user's words as shown in a message: one line, at most 40 characters, nothing invisible.
fn excerpt(words: &str) -> String {
    const LENGTH: usize = 40;
    let mut shown = String::new();
    for (count, c) in words.chars().enumerate() {
        if count == LENGTH {
            shown.push('…');
            break;
        }
        match class(c) {
            Class::Other => shown.push(c),
            Class::Space | Class::Newline => shown.push(' '),
            Class::Disallowed => shown.push_str(&format!("U+{:04X}", u32::from(c))),
        }
    }
    shown
}

/// A list of faults that never grows past [`MAX_DIAGNOSTICS`].
pub(crate) struct Faults<'s> {
    text: &'s str,
    list: Vec<Diagnostic>,
    overflow: Option<Span>,
}

impl<'s> Faults<'s> {
    pub(crate) fn new(text: &'s str) -> Self {
        Self {
            text,
            list: Vec::new(),
            overflow: None,
        }
    }

    /// Reports a fault; the user's words are those at the place.
    #[cold]
    pub(crate) fn report(&mut self, rule: &Rule, span: Span) {
        let words = self.text.get(span.range()).unwrap_or("");
        self.push(span, || found(rule, span, words));
    }

    /// Reports a fault with the edit that repairs it.
    #[cold]
    pub(crate) fn report_fix(&mut self, rule: &Rule, span: Span, edit: Span, text: &str) {
        let words = self.text.get(span.range()).unwrap_or("");
        self.push(span, || found(rule, span, words).edit(edit, text));
    }

    /// Reports that a space is missing, and adds it if there is none.
    #[cold]
    pub(crate) fn report_missing_space(&mut self, span: Span) {
        let before = self.text.get(..span.range().start).unwrap_or("");
        let place = Span::new(before.len(), before.len());
        match before.ends_with(crate::class::is_space) {
            true => self.report(&MISSING_SPACE, span),
            false => self.report_fix(&MISSING_SPACE, span, place, " "),
        }
    }

    /// Reports a word that is not a keyword, and the one that is likely meant.
    #[cold]
    pub(crate) fn report_keyword(&mut self, span: Span, meant: Option<&str>) {
        let words = self.text.get(span.range()).unwrap_or("");
        self.push(span, || {
            let diagnostic = found(&UNKNOWN_KEYWORD, span, words);
            match meant {
                Some(meant) => {
                    let help = UNKNOWN_KEYWORD.help;
                    let meant = format!("#{meant}");
                    let help = format!("did you mean `{meant}`? {help}");
                    diagnostic.help(help).edit(span, meant)
                }
                None => diagnostic,
            }
        });
    }

    /// Reports a fault together with the place it conflicts with.
    #[cold]
    pub(crate) fn report_conflict(&mut self, rule: &Rule, span: Span, other: Span, why: &str) {
        let words = self.text.get(span.range()).unwrap_or("");
        self.push(span, || found(rule, span, words).label(other, why));
    }

    /// Reports something that does not make the document unusable.
    #[cold]
    pub(crate) fn warn(&mut self, rule: &Rule, span: Span) {
        let words = self.text.get(span.range()).unwrap_or("");
        self.push(span, || Diagnostic {
            severity: Severity::Warning,
            ..found(rule, span, words)
        });
    }

    fn push(&mut self, span: Span, make: impl FnOnce() -> Diagnostic) {
        if self.list.len() < MAX_DIAGNOSTICS {
            self.list.push(make());
        } else if self.overflow.is_none() {
            self.overflow = Some(span);
        }
    }

    /// How many faults of one kind there are.
    pub(crate) fn count(&self, rule: &Rule) -> usize {
        self.list.iter().filter(|own| own.code == rule.code).count()
    }

    /// Removes the faults of one kind.
    pub(crate) fn remove(&mut self, rule: &Rule) {
        self.list.retain(|own| own.code != rule.code);
    }

    /// Both lists as one, in the order of the text.
    pub(crate) fn merge(mut self, other: Self) -> Vec<Diagnostic> {
        self.list.extend(other.list);
        self.list.sort_by_key(|diagnostic| diagnostic.span().start);
        let cut = self.list.get(MAX_DIAGNOSTICS).map(Diagnostic::span);
        self.list.truncate(MAX_DIAGNOSTICS);
        if let Some(span) = [cut, self.overflow, other.overflow]
            .into_iter()
            .flatten()
            .min()
        {
            self.list.push(found(&TOO_MANY, span, ""));
        }
        self.list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct_and_messages_follow_the_house_form() {
        let mut seen = std::collections::BTreeSet::new();
        for rule in ALL {
            assert!(seen.insert(rule.code), "{} twice", rule.code);
            assert!(rule.code.starts_with("kdl-"), "{}", rule.code);
            for text in [rule.message, rule.help] {
                assert!(!text.ends_with('.'), "{text}");
                assert!(!text.starts_with(|c: char| c.is_uppercase()), "{text}");
            }
        }
    }

    #[test]
    fn the_keyword_that_is_likely_meant_is_named_first() {
        for (word, meant) in [
            ("#ture", "#true"),
            ("#False", "#false"),
            ("##nul", "#null"),
            ("#-ifn", "#-inf"),
        ] {
            let found = crate::parse(&format!("a {word}")).diagnostics;
            let help = found
                .first()
                .and_then(|own| own.help.clone())
                .unwrap_or_default();
            assert!(
                help.starts_with(&format!("did you mean `{meant}`? ")),
                "{word}: {help}"
            );
        }
        let found = crate::parse("a #perhaps").diagnostics;
        let help = found
            .first()
            .and_then(|own| own.help.clone())
            .unwrap_or_default();
        assert!(help.starts_with("the keywords are"), "{help}");
    }

    #[test]
    fn the_bounds_in_the_help_are_the_bounds_in_force() {
        assert!(TOO_DEEP.help.contains(&crate::MAX_DEPTH.to_string()));
        assert!(
            TOO_LONG
                .help
                .contains(&format!("{} MiB", crate::MAX_BYTES >> 20))
        );
    }

    #[test]
    fn an_excerpt_shows_nothing_invisible_and_stays_short() {
        assert_eq!(excerpt("a\u{202e}b\nc"), "aU+202Eb c");
        assert_eq!(excerpt(&"x".repeat(100)).chars().count(), 41);
    }
}
