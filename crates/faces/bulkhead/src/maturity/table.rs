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
            _ if text.is_empty() => String::new(),
            Look::Plain => text.to_owned(),
            Look::Dim => style.dim(text),
            Look::Good => style.green(text),
            Look::Open => style.yellow(text),
            Look::Bad => style.red(text),
        }
    }
}

/// Rows under a head, columns aligned and no line wider than the terminal: the widest columns are
/// wrapped.
pub fn table(head: &[&str], rows: &[Vec<Cell>], style: Style) -> String {
    let heads: Vec<Cell> = head
        .iter()
        .map(|text| Cell::from(text).look(Look::Dim))
        .collect();
    let mut widths = vec![0; head.len()];
    for row in std::iter::once(&heads).chain(rows) {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.text.chars().count());
        }
    }
    fit(&mut widths, width().saturating_sub(GAP * head.len()));
    let mut text = String::new();
    for row in std::iter::once(&heads).chain(rows) {
        let cells = row.iter().zip(&widths);
        let wrapped: Vec<Vec<String>> = cells
            .map(|(cell, width)| wrap(&cell.text, *width))
            .collect();
        let height = wrapped.iter().map(Vec::len).max().unwrap_or(0);
        for at in 0..height {
            let mut line = String::new();
            for ((cell, parts), width) in row.iter().zip(&wrapped).zip(&widths) {
                let part = parts.get(at).map_or("", String::as_str);
                let pad = width.saturating_sub(part.chars().count());
                line.push_str(&" ".repeat(GAP));
                line.push_str(&cell.styled(part, style));
                line.push_str(&" ".repeat(pad));
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
    text
}

/// Spaces before each column.
const GAP: usize = 2;
/// No column is made narrower than this.
const COLUMN_MIN: usize = 10;

/// Takes from the widest columns until all fit.
fn fit(widths: &mut [usize], most: usize) {
    while widths.iter().sum::<usize>() > most {
        let Some(widest) = widths.iter_mut().max().filter(|width| **width > COLUMN_MIN) else {
            return;
        };
        *widest -= 1;
    }
}

/// `1 entry`, `3 entries`.
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
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
    fn columns_are_aligned_and_no_line_is_too_wide() {
        let rows = vec![vec![
            Cell::from("E1.2"),
            Cell::from("name ".repeat(12)),
            Cell::from("word ".repeat(40)),
        ]];
        let text = table(&["id", "practice", "what"], &rows, Style::stdout());
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("  id    practice"));
        assert!(lines[1].starts_with("  E1.2  name"));
        assert!(lines.iter().all(|line| line.chars().count() <= width()));
        assert_eq!(text.matches("word").count(), 40);
        assert_eq!(text.matches("name").count(), 12);
    }

    #[test]
    fn the_widest_column_gives_way() {
        let mut widths = [4, 30, 90];
        fit(&mut widths, 80);
        assert_eq!(widths, [4, 30, 46]);
        fit(&mut widths, 10);
        assert_eq!(widths, [4, COLUMN_MIN, COLUMN_MIN]);
    }

    #[test]
    fn one_is_one() {
        assert_eq!(count(1, "entry", "entries"), "1 entry");
        assert_eq!(count(0, "entry", "entries"), "0 entries");
    }
}
