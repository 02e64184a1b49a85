//! Tables and paragraphs for the terminal.

use crate::show::printable;
use crate::style::Style;

/// Width of a text for people, if the terminal does not say.
const WIDTH: usize = 100;

/// Columns that are there.
pub fn width() -> usize {
    app::terminal_size().map_or(WIDTH, |(columns, _)| columns.clamp(40, 160))
}

/// A cell: what it says, and how it is styled if styles are on.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    text: String,
    look: Look,
}

/// How a cell looks; never the only sign of what it says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// As it is.
    #[default]
    Plain,
    /// Less important.
    Dim,
    /// Right.
    Good,
    /// Open.
    Open,
    /// Wrong.
    Bad,
}

impl<T: ToString> From<T> for Cell {
    fn from(text: T) -> Self {
        Self {
            text: printable(&text.to_string()),
            look: Look::Plain,
        }
    }
}

impl Cell {
    /// The same with a look.
    pub fn look(self, look: Look) -> Self {
        Self { look, ..self }
    }

    fn styled(&self, text: &str, style: Style) -> String {
        match self.look {
            Look::Plain => text.to_owned(),
            Look::Dim => style.dim(text),
            Look::Good => style.green(text),
            Look::Open => style.yellow(text),
            Look::Bad => style.red(text),
        }
    }
}

/// Rows under a head, columns aligned; the last column is wrapped to the width.
pub fn table(head: &[&str], rows: &[Vec<Cell>], style: Style) -> String {
    let count = head.len();
    let mut widths: Vec<usize> = head.iter().map(|text| text.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.text.chars().count());
        }
    }
    let before: usize = widths
        .iter()
        .take(count.saturating_sub(1))
        .map(|w| w + 2)
        .sum();
    let last = width().saturating_sub(before + 2).max(24);
    let mut text = String::new();
    let heads: Vec<Cell> = (head.iter())
        .map(|text| Cell::from(text).look(Look::Dim))
        .collect();
    for row in std::iter::once(&heads).chain(rows) {
        let mut line = "  ".to_owned();
        for (at, cell) in row.iter().enumerate() {
            if at + 1 < count {
                let pad = widths.get(at).unwrap_or(&0) - cell.text.chars().count();
                line.push_str(&cell.styled(&cell.text, style));
                line.push_str(&" ".repeat(pad + 2));
                continue;
            }
            for (number, part) in wrap(&cell.text, last).iter().enumerate() {
                if number > 0 {
                    text.push_str(line.trim_end());
                    text.push('\n');
                    line = " ".repeat(before + 2);
                }
                line.push_str(&cell.styled(part, style));
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// A paragraph with an indent, wrapped to the width.
pub fn paragraph(text: &str, indent: usize) -> String {
    let lines = wrap(&printable(text), width().saturating_sub(indent).max(24));
    let lines = lines
        .iter()
        .map(|line| format!("{}{line}\n", " ".repeat(indent)));
    lines.collect()
}

/// A text in lines of at most so many characters, broken between words where there are any.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split_whitespace() {
        let mut word: Vec<char> = word.chars().collect();
        if used > 0 && used + 1 + word.len() > width {
            lines.push(String::new());
            used = 0;
        }
        while word.len() > width {
            let rest = word.split_off(width);
            if let Some(line) = lines.last_mut() {
                line.extend(word);
            }
            lines.push(String::new());
            word = rest;
        }
        if let Some(line) = lines.last_mut() {
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            used += word.len();
            line.extend(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_kept_whole_where_they_fit() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("", 7), [""]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        for width in 1..20 {
            let text = "words of äöü very different lengthsandonethatislong";
            let lines = wrap(text, width);
            assert!(lines.iter().all(|line| line.chars().count() <= width));
            let letters = |text: &str| text.replace(' ', "");
            assert_eq!(letters(&lines.concat()), letters(text));
        }
    }

    #[test]
    fn columns_are_aligned_and_the_last_is_wrapped() {
        let rows = vec![vec![Cell::from("E1.2"), Cell::from("word ".repeat(40))]];
        let text = table(&["id", "what"], &rows, Style::stdout());
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("  id    what"));
        assert!(lines[1].starts_with("  E1.2  word"));
        assert!(lines.len() > 2 && lines[2].starts_with("        word"));
    }
}
