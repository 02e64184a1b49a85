//! The bytes of a file as text, whoever saved it.

use std::fmt;

/// The mark that some programs write before a text in UTF-8.
const MARK: &str = "\u{feff}";

/// Why bytes are no text that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotText {
    /// They are UTF-16, or UTF-32.
    Wide(&'static str),
    /// A byte belongs to no character.
    Invalid {
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
        /// The byte.
        byte: u8,
    },
}

impl NotText {
    /// What to do next.
    pub const HELP: &str = "save the file as UTF-8";

    /// The line of the first byte that is wrong, if it is one byte.
    pub fn line(self) -> Option<usize> {
        match self {
            Self::Wide(_) => None,
            Self::Invalid { line, .. } => Some(line),
        }
    }
}

impl fmt::Display for NotText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wide(name) => write!(f, "the text is {name}, not UTF-8"),
            Self::Invalid { line, column, byte } => write!(
                f,
                "the text is not UTF-8: byte 0x{byte:02x} at line {line}, column {column} belongs to no character"
            ),
        }
    }
}

impl std::error::Error for NotText {}

/// The text of a file in UTF-8, without the mark that may stand before it.
///
/// # Errors
/// It is in another encoding, which is named, or has a byte that belongs to no character.
pub fn text(bytes: &[u8]) -> Result<&str, NotText> {
    if let Some(name) = wide(bytes) {
        return Err(NotText::Wide(name));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix(MARK).unwrap_or(text)),
        Err(error) => {
            let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let before = std::str::from_utf8(valid).unwrap_or_default();
            let before = before.strip_prefix(MARK).unwrap_or(before);
            let last = before.rsplit('\n').next().unwrap_or_default();
            Err(NotText::Invalid {
                line: before.matches('\n').count() + 1,
                column: last.chars().count() + 1,
                byte: bytes.get(error.valid_up_to()).copied().unwrap_or_default(),
            })
        }
    }
}

/// The name of an encoding with wider units, by its mark, or by the zeros beside its first letters.
fn wide(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Some("UTF-32"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("UTF-16"),
        [a, 0, 0, 0, ..] | [0, 0, 0, a, ..] if *a != 0 => Some("UTF-32"),
        [a, 0, b, 0, ..] | [0, a, 0, b, ..] if *a != 0 && *b != 0 => Some("UTF-16"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_is_no_part_of_the_text() {
        assert_eq!(text(b"\xef\xbb\xbfa"), Ok("a"));
        assert_eq!(text("ä\u{feff}".as_bytes()), Ok("ä\u{feff}"));
        assert_eq!(text(b""), Ok(""));
    }

    #[test]
    fn other_encodings_are_named() {
        let wide = |text: &str, mark: &[u8], unit: fn(u16) -> [u8; 2]| {
            let mut bytes = mark.to_vec();
            bytes.extend(text.encode_utf16().flat_map(unit));
            bytes
        };
        for bytes in [
            wide("note", b"\xff\xfe", u16::to_le_bytes),
            wide("note", b"\xfe\xff", u16::to_be_bytes),
            wide("note", b"", u16::to_le_bytes),
            wide("note", b"", u16::to_be_bytes),
        ] {
            assert_eq!(text(&bytes), Err(NotText::Wide("UTF-16")), "{bytes:?}");
        }
        for bytes in [
            &b"\xff\xfe\0\0n\0\0\0"[..],
            b"\0\0\xfe\xff\0\0\0n",
            b"n\0\0\0",
            b"\0\0\0n",
        ] {
            assert_eq!(text(bytes), Err(NotText::Wide("UTF-32")), "{bytes:?}");
        }
    }

    #[test]
    fn a_byte_that_is_no_character_has_its_place() {
        let found = text(b"\xef\xbb\xbfone\ntw\xc3\xa4\xe4 three").unwrap_err();
        assert_eq!(
            found.to_string(),
            "the text is not UTF-8: byte 0xe4 at line 2, column 4 belongs to no character"
        );
        assert_eq!(found.line(), Some(2));
    }
}
