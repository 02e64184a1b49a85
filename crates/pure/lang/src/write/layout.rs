//! Lines and blocks of KDL, how values are spelled, and when a block stands on one line.

use crate::value::is_misquoted;

/// Columns that a line has room for; only prose and long names go beyond.
const WIDTH: usize = 100;
/// Ends a line whose block is on the lines below.
const OPEN: &str = " {\n";
/// Columns by which the content of a block is moved to the right.
const INDENT: usize = 2;

/// A word, its arguments and properties, and perhaps a block.
#[derive(Clone)]
pub(crate) struct Line {
    head: String,
    block: Vec<Line>,
    /// Several lines of the block may share one with the head, if there is room.
    packed: bool,
}

impl Line {
    /// A line that begins with a word or a name.
    pub(crate) fn new(word_or_name: &str) -> Self {
        Self {
            head: word(word_or_name),
            block: Vec::new(),
            packed: false,
        }
    }

    /// With a word or name as its next argument.
    pub(crate) fn and(self, argument: &str) -> Self {
        self.spelled(&word(argument))
    }

    /// With prose as its next argument, always in quotes.
    pub(crate) fn prose(self, text: &str) -> Self {
        self.spelled(&kdl::write_quoted(text))
    }

    /// With the next argument or property as it is to stand there.
    pub(crate) fn spelled(mut self, spelled: &str) -> Self {
        self.head.push(' ');
        self.head.push_str(spelled);
        self
    }

    /// With a property, if there is a value.
    pub(crate) fn with(self, key: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.set(key, &word(value)),
            None => self,
        }
    }

    /// With a property of prose, always in quotes, if there is a value.
    pub(crate) fn with_prose(self, key: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.set(key, &kdl::write_quoted(value)),
            None => self,
        }
    }

    /// With a property that holds several names, if there are any.
    pub(crate) fn with_list(self, key: &str, names: &[&str]) -> Self {
        match names {
            [] => self,
            names => self.set(key, &word(&names.join(" "))),
        }
    }

    /// With a property whose value is as it is to stand there.
    pub(crate) fn set(self, key: &str, spelled: &str) -> Self {
        let property = format!("{}={spelled}", word(key));
        self.spelled(&property)
    }

    /// With more lines in its block.
    pub(crate) fn holding(mut self, lines: impl IntoIterator<Item = Line>) -> Self {
        self.block.extend(lines);
        self
    }

    /// The block may stand on one line with the head, however many lines it has.
    pub(crate) fn packed(mut self) -> Self {
        self.packed = true;
        self
    }

    /// Whether it fits on a line of its own in a block of some depth.
    pub(crate) fn fits(&self, depth: usize) -> bool {
        self.block.is_empty() && INDENT * depth + self.head.chars().count() <= WIDTH
    }

    fn has_room(&self, name: &str, depth: usize) -> bool {
        INDENT * depth + self.head.chars().count() + 1 + name.chars().count() <= WIDTH
    }

    /// Writes it at some depth.
    pub(crate) fn write(&self, depth: usize, out: &mut String) {
        let indent = " ".repeat(INDENT * depth);
        out.push_str(&indent);
        out.push_str(&self.head);
        if let Some(inline) = self.inline(depth) {
            out.push_str(&inline);
        } else if !self.block.is_empty() {
            out.push_str(OPEN);
            for line in &self.block {
                line.write(depth + 1, out);
            }
            out.push_str(&indent);
            out.push('}');
        }
        out.push('\n');
    }

    /// Writes the head alone, with its block open.
    pub(crate) fn open(&self, out: &mut String) {
        out.push_str(&self.head);
        out.push_str(OPEN);
    }

    /// The block as it stands on one line with the head, if it may.
    fn inline(&self, depth: usize) -> Option<String> {
        let may = match self.block.as_slice() {
            [] => false,
            [one] => one.block.is_empty(),
            many => self.packed && many.iter().all(|line| line.block.is_empty()),
        };
        if !may {
            return None;
        }
        let heads: Vec<&str> = self.block.iter().map(|line| line.head.as_str()).collect();
        let inline = format!(" {{ {} }}", heads.join("; "));
        let width = INDENT * depth + self.head.chars().count() + inline.chars().count();
        (width <= WIDTH).then_some(inline)
    }
}

/// Lines that begin with `word` and list the names, as many on each as there is room for at a depth.
pub(crate) fn lists(word: &str, names: &[&str], depth: usize) -> Vec<Line> {
    wrapped(|name| Line::new(word).and(name), names, depth)
}

/// Lines that are nothing but names, as many on each as there is room for at a depth.
pub(crate) fn rows(names: &[&str], depth: usize) -> Vec<Line> {
    wrapped(Line::new, names, depth)
}

fn wrapped(first: impl Fn(&str) -> Line, names: &[&str], depth: usize) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for name in names {
        match lines.pop() {
            Some(last) if last.has_room(name, depth) => lines.push(last.and(name)),
            full => {
                lines.extend(full);
                lines.push(first(name));
            }
        }
    }
    lines
}

/// A word that reads back as itself: bare if the grammar permits and the reader does not take its
/// first or last character for a quote, otherwise in quotes.
fn word(text: &str) -> String {
    match is_misquoted(text) {
        true => kdl::write_quoted(text),
        false => kdl::write_string(text),
    }
}

const TIMES_US: [(&str, u64); 6] = [
    ("d", 86_400_000_000),
    ("h", 3_600_000_000),
    ("min", 60_000_000),
    ("s", 1_000_000),
    ("ms", 1_000),
    ("us", 1),
];
const SIZES: [(&str, u64); 4] = [
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("B", 1),
];

/// A duration in the largest unit in which it is whole, in quotes.
pub(crate) fn duration_us(us: u64) -> String {
    measure(us, &TIMES_US)
}

/// A duration in milliseconds, likewise.
pub(crate) fn duration_ms(ms: u64) -> String {
    // Ten years, the longest there is, are far below the limit.
    duration_us(ms.saturating_mul(1000))
}

/// A size in the largest unit in which it is whole, in quotes.
pub(crate) fn size(bytes: u64) -> String {
    measure(bytes, &SIZES)
}

fn measure(value: u64, units: &[(&str, u64)]) -> String {
    let whole = units
        .iter()
        .find(|(_, scale)| value != 0 && value.is_multiple_of(*scale));
    let smallest = units.last();
    match whole.or(smallest) {
        Some((unit, scale)) => format!("\"{}{unit}\"", value / scale),
        None => format!("\"{value}\""),
    }
}

/// The constant of a setting: numbers and truth values without quotes where they read back as the
/// same text.
pub(crate) fn constant(text: &str) -> String {
    let is_number = text.parse::<i64>().is_ok_and(|own| own.to_string() == text);
    match text {
        "true" => "#true".to_owned(),
        "false" => "#false".to_owned(),
        _ if is_number => text.to_owned(),
        _ => kdl::write_quoted(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_take_the_largest_unit_that_is_whole() {
        assert_eq!(duration_us(1), "\"1us\"");
        assert_eq!(duration_us(200_000), "\"200ms\"");
        assert_eq!(duration_us(90_000_000), "\"90s\"");
        assert_eq!(duration_us(60_000_000), "\"1min\"");
        assert_eq!(duration_ms(86_400_000), "\"1d\"");
        assert_eq!(duration_us(0), "\"0us\"");
        assert_eq!(size(64 << 10), "\"64KiB\"");
        assert_eq!(size(1025), "\"1025B\"");
    }

    #[test]
    fn what_could_be_taken_for_something_else_is_quoted() {
        for (text, written) in [
            ("filler", "filler"),
            ("true", "\"true\""),
            ("1a", "\"1a\""),
            ("'a", "\"'a\""),
            ("a`", "\"a`\""),
            ("«a»", "\"«a»\""),
            ("a b", "\"a b\""),
            ("", "\"\""),
        ] {
            assert_eq!(word(text), written);
        }
        for (text, written) in [
            ("330", "330"),
            ("-5", "-5"),
            ("007", "\"007\""),
            ("1.5", "\"1.5\""),
            ("true", "#true"),
            ("fast", "\"fast\""),
        ] {
            assert_eq!(constant(text), written);
        }
    }

    #[test]
    fn a_block_stands_on_one_line_while_there_is_room() {
        let name = "n".repeat(38);
        let field = || Line::new(&name).and("u8");
        let mut out = String::new();
        let short = Line::new("type").and("T").packed();
        short.holding([field(), field()]).write(1, &mut out);
        let long = Line::new("type").and("T").packed();
        long.holding([field(), field(), field()]).write(1, &mut out);
        let field = format!("{name} u8");
        let expected = format!(
            "  type T {{ {field}; {field} }}\n  type T {{\n    {field}\n    {field}\n    {field}\n  }}\n"
        );
        assert_eq!(out, expected);
    }

    #[test]
    fn long_lists_are_wrapped() {
        let name = "n".repeat(40);
        let lines = lists("holds", &[&name, &name, &name], 2);
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|line| line.fits(2)));
        assert_eq!(rows(&[&name, &name, &name], 2).len(), 2);
    }
}
