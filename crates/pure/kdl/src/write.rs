//! How a string is written.

use crate::class::{Class, class, is_identifier, is_number_like, is_reserved};
use std::fmt::Write as _;

/// A spelling of `text` that reads back as `text`: bare if the grammar permits, otherwise quoted,
/// with escapes for what may not or should not be written literally.
pub fn string(text: &str) -> String {
    let bare = !text.is_empty()
        && !is_reserved(text)
        && !is_number_like(text)
        && text.chars().all(is_identifier);
    if bare { text.to_owned() } else { quoted(text) }
}

/// The spelling of `text` in quotes, also where it could stand without them.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' ' => out.push(' '),
            _ if class(c) == Class::Other => out.push(c),
            _ => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::{quoted, string};

    #[test]
    fn a_word_is_bare_and_all_else_is_quoted() {
        for (text, written) in [
            ("a.b-c", "a.b-c"),
            ("->", "->"),
            ("", "\"\""),
            ("true", "\"true\""),
            ("-inf", "\"-inf\""),
            ("-.5", "\"-.5\""),
            ("1a", "\"1a\""),
            ("a b", "\"a b\""),
            ("a=\"\\\n", "\"a=\\\"\\\\\\n\""),
            ("\u{202e}", "\"\\u{202e}\""),
        ] {
            assert_eq!(string(text), written);
        }
        assert_eq!(quoted("a.b-c"), "\"a.b-c\"");
    }
}
