//! Character classes of the KDL 2.0 grammar, by table for bytes and by range for the rest.

/// The byte may stand in an identifier whatever follows it.
pub(crate) const IDENT: u8 = 1;
/// The byte leads a code point that may be a space, a newline or disallowed: look closer.
pub(crate) const LOOK: u8 = 2;
/// The byte means nothing special in any string or comment.
pub(crate) const TEXT: u8 = 4;

const TABLE: [u8; 256] = table();

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated at compile time, where it cannot panic"
)]
const fn table() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            0x00..=0x08 | 0x0a..=0x1f | 0x7f => 0,
            b'\t' | b' ' => TEXT,
            b'"' | b'\\' | b'/' => 0,
            b'(' | b')' | b'{' | b'}' | b'[' | b']' | b'#' | b';' | b'=' => TEXT,
            b'*' => IDENT,
            // Lead bytes of U+0080..00BF, U+1000..1FFF, U+2000..2FFF, U+3000..3FFF, U+F000..FFFF.
            0xc2 | 0xe1 | 0xe2 | 0xe3 | 0xef => LOOK,
            _ => IDENT | TEXT,
        };
        byte += 1;
    }
    table
}

/// The class bits of a byte.
pub(crate) fn of(byte: u8) -> u8 {
    TABLE.get(usize::from(byte)).copied().unwrap_or(0)
}

/// What a character is to the grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// White space within a line.
    Space,
    /// Ends a line.
    Newline,
    /// May not be written literally anywhere.
    Disallowed,
    /// Anything else.
    Other,
}

/// The class of a character, after the tables of the specification.
pub(crate) fn class(c: char) -> Class {
    match c {
        '\t' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' => Class::Space,
        '\u{202f}' | '\u{205f}' | '\u{3000}' => Class::Space,
        '\n' | '\u{b}' | '\u{c}' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Class::Newline,
        '\0'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}' | '\u{feff}' => Class::Disallowed,
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            Class::Disallowed
        }
        _ => Class::Other,
    }
}

/// True for white space within a line.
pub(crate) fn is_space(c: char) -> bool {
    class(c) == Class::Space
}

/// True for a character that ends a line.
pub(crate) fn is_newline(c: char) -> bool {
    class(c) == Class::Newline
}

/// True if the character may stand in an identifier.
pub(crate) fn is_identifier(c: char) -> bool {
    class(c) == Class::Other && !"\\/(){};[]\"#=".contains(c)
}

/// Words that may not be written bare.
pub(crate) const RESERVED: [&str; 6] = ["true", "false", "null", "inf", "-inf", "nan"];

/// Whether a word may not be written bare.
pub(crate) fn is_reserved(word: &str) -> bool {
    RESERVED.contains(&word)
}

/// True if a word of identifier characters begins like a number and so cannot be an identifier.
pub(crate) fn is_number_like(word: &str) -> bool {
    let rest = word.strip_prefix(['+', '-']).unwrap_or(word);
    let rest = rest.strip_prefix('.').unwrap_or(rest);
    rest.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_byte_table_agrees_with_the_character_classes() {
        for c in '\0'..=char::MAX {
            let mut buffer = [0; 4];
            let bytes = c.encode_utf8(&mut buffer).as_bytes();
            let lead = of(bytes[0]);
            if lead & LOOK != 0 {
                continue;
            }
            assert_eq!(lead & IDENT != 0, is_identifier(c), "{c:?}");
            let text = !"\"\\/*".contains(c) && matches!(class(c), Class::Other | Class::Space);
            assert_eq!(lead & TEXT != 0, text, "{c:?}");
            for byte in &bytes[1..] {
                assert_eq!(of(*byte), IDENT | TEXT, "{c:?}");
            }
        }
    }
}
