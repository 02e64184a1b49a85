//! A named text and byte ranges in it.

use serde::{Deserialize, Serialize};

/// A byte range `start..end` in one [`Source`].
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte; never less than `start`.
    pub end: u32,
}

impl Span {
    /// The range `start..end`; an `end` before `start` gives the empty range at `start`.
    #[inline]
    pub fn new(start: usize, end: usize) -> Self {
        let start = u32::try_from(start).unwrap_or(u32::MAX);
        let end = u32::try_from(end).unwrap_or(u32::MAX);
        Self {
            start,
            end: end.max(start),
        }
    }

    /// The smallest range that covers both.
    #[inline]
    pub fn to(self, other: Self) -> Self {
        Self {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }

    /// As a `usize` range for slicing.
    #[inline]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Number of bytes.
    #[inline]
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// True if it covers no byte.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
}

/// One-based line and column; a line ends at a line feed, the column counts Unicode scalar values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineColumn {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// A text with the name it is shown under (usually the path as the user wrote it).
#[derive(Clone, Debug)]
pub struct Source {
    /// Shown in diagnostics.
    pub name: String,
    /// The whole text, without the mark that some programs write before one.
    pub text: String,
    /// Bytes of that mark in the file: offsets within the file count them.
    pub mark_bytes: u32,
    line_starts: Vec<u32>,
}

impl Source {
    /// Takes a text; texts above 4 GiB are not supported by [`Span`] and are refused by loaders.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let mut line_starts = vec![0];
        for (at, byte) in text.bytes().enumerate() {
            if byte == b'\n' {
                line_starts.push(Span::new(at + 1, at + 1).start);
            }
        }
        Self {
            name: name.into(),
            text,
            mark_bytes: 0,
            line_starts,
        }
    }

    /// The text of a span; empty if the span does not lie on character boundaries of this text.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }

    /// Where a byte offset lies. Offsets past the end give the last position.
    pub fn position(&self, offset: u32) -> LineColumn {
        let line = self
            .line_starts
            .partition_point(|start| *start <= offset)
            .max(1);
        let start = self.line_starts.get(line - 1).copied().unwrap_or(0) as usize;
        let mut end = (offset as usize).min(self.text.len()).max(start);
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let column = self.text.get(start..end).map_or(0, |s| s.chars().count()) + 1;
        LineColumn { line, column }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_never_reversed_and_saturates() {
        assert_eq!(Span::new(5, 3), Span { start: 5, end: 5 });
        let far = usize::try_from(u64::from(u32::MAX) + 7).unwrap();
        assert_eq!(
            Span::new(far, far),
            Span {
                start: u32::MAX,
                end: u32::MAX
            }
        );
        assert_eq!(
            Span::new(2, 4).to(Span::new(7, 9)),
            Span { start: 2, end: 9 }
        );
        assert_eq!(
            (Span::new(2, 4).len(), Span::new(2, 2).is_empty()),
            (2, true)
        );
    }

    #[test]
    fn every_offset_has_the_position_counted_by_hand() {
        for text in ["", "a", "\n", "\n\n", "aü\nb🌡c\r\n\nlast", "ends\n"] {
            let source = Source::new("a.kdl", text);
            for offset in 0..text.len() + 3 {
                let mut at = offset.min(text.len());
                while !text.is_char_boundary(at) {
                    at -= 1;
                }
                let (before, _) = text.split_at(at);
                let line = before.matches('\n').count() + 1;
                let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
                let offset = u32::try_from(offset).unwrap();
                assert_eq!(
                    source.position(offset),
                    LineColumn { line, column },
                    "{text:?}"
                );
            }
        }
    }

    #[test]
    fn a_span_off_the_text_or_its_characters_gives_the_empty_slice() {
        let source = Source::new("a.kdl", "aü");
        assert_eq!(source.slice(Span::new(0, 3)), "aü");
        assert_eq!(source.slice(Span::new(0, 2)), "");
        assert_eq!(source.slice(Span::new(1, 9)), "");
    }
}
