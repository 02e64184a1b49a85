//! Canonical bytes as a sorted list of facts: one line per fact, fields separated by tabs.
//!
//! Equal data gives equal bytes whatever the order in which it was written down, and a change of
//! digest can be explained by a line diff.

use crate::Digest;

/// Collects facts; order of insertion does not matter.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    lines: Vec<String>,
}

impl Facts {
    /// Adds one fact. Fields may hold any text; tabs, line breaks and backslashes are escaped.
    pub fn add(&mut self, fields: &[&str]) {
        let mut line = String::new();
        for (index, field) in fields.iter().enumerate() {
            if index > 0 {
                line.push('\t');
            }
            for character in field.chars() {
                match character {
                    '\t' => line.push_str("\\t"),
                    '\n' => line.push_str("\\n"),
                    '\\' => line.push_str("\\\\"),
                    other => line.push(other),
                }
            }
        }
        self.lines.push(line);
    }

    /// The canonical bytes: sorted lines, each ended by a line feed.
    pub fn bytes(&self) -> Vec<u8> {
        let mut lines: Vec<&str> = self.lines.iter().map(String::as_str).collect();
        lines.sort_unstable();
        let mut bytes = Vec::new();
        for line in lines {
            bytes.extend_from_slice(line.as_bytes());
            bytes.push(b'\n');
        }
        bytes
    }

    /// The digest of the canonical bytes.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_does_not_matter_but_fields_do() {
        let of = |facts: &[&[&str]]| {
            let mut all = Facts::default();
            facts.iter().for_each(|fact| all.add(fact));
            all.digest()
        };
        assert_eq!(of(&[&["a", "b"], &["c"]]), of(&[&["c"], &["a", "b"]]));
        assert_ne!(of(&[&["a", "b"]]), of(&[&["a\tb"]]));
        assert_ne!(of(&[&["a"], &["b"]]), of(&[&["a\nb"]]));
        assert_ne!(of(&[&["a\\tb"]]), of(&[&["a\tb"]]));
    }
}
