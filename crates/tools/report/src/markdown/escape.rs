//! Text that stays text in Markdown.

use crate::document::text::clean;

/// Signs that mean something anywhere in a line, to one reader of Markdown or another.
const SIGNS: &str = "\\`*_{}[]<>|~&$^#=";

/// Text in a line. Spaces are joined, since several can mean something at an end or a beginning.
pub(super) fn escape(text: &str) -> String {
    let words: Vec<String> = clean(text).split_whitespace().map(word).collect();
    words.join(" ")
}

/// As [`escape`], with the spaces at both ends kept as one.
pub(super) fn piece(text: &str) -> String {
    let mut out = escape(text);
    if out.is_empty() {
        return if text.is_empty() { out } else { " ".to_owned() };
    }
    if text.starts_with(char::is_whitespace) {
        out.insert(0, ' ');
    }
    if text.ends_with(char::is_whitespace) {
        out.push(' ');
    }
    out
}

fn word(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let lower = text.to_ascii_lowercase();
    let begins = out.len();
    // What readers make links of although nobody asked: addresses with a scheme, `www.` and mail.
    let address = lower.contains("://") || lower.contains("www.");
    for (at, c) in text.char_indices() {
        let first = at == begins;
        match c {
            '@' => out.push_str("`@`"),
            ':' | '.' | '/' if address => {
                out.push('\\');
                out.push(c);
            }
            // At the beginning of a line these would make a list, a heading or a rule.
            '-' | '+' if first => {
                out.push('\\');
                out.push(c);
            }
            '.' | ')' if text.get(..at).is_some_and(number) => {
                out.push('\\');
                out.push(c);
            }
            c if SIGNS.contains(c) => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// True if it is made of digits only and has some: with a point it would number a list.
fn number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// A name as code; where that is not possible, as text.
pub(super) fn code(text: &str) -> String {
    let text = clean(text);
    let plain = |c: char| c.is_alphanumeric() || "-_.:/+".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        format!("`{text}`")
    } else {
        escape(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_escaped_and_words_stay_readable() {
        assert_eq!(
            escape("a set point, 3 of 4 (twice)."),
            "a set point, 3 of 4 (twice)."
        );
        assert_eq!(
            escape("*x* | <b> [y](z) `c`"),
            "\\*x\\* \\| \\<b\\> \\[y\\](z) \\`c\\`"
        );
        assert_eq!(escape("- a\n+ b\n1. c"), "\\- a \\+ b 1\\. c");
        assert_eq!(escape("a@b.example"), "a`@`b.example");
        assert_eq!(
            escape("see https://x.example/y"),
            "see https\\:\\/\\/x\\.example\\/y"
        );
    }

    #[test]
    fn code_is_used_where_it_is_safe() {
        assert_eq!(code("G1.1-2.3"), "`G1.1-2.3`");
        assert_eq!(code("a`b"), "a\\`b");
    }
}
