//! A document as Markdown.

use super::escape::{code, escape, piece};
use crate::document::{Block, Document, Figures, Inline, Line, Row, Table, Width};

/// The document; ends with an empty line.
pub(super) fn document(document: &Document) -> String {
    let mut out = Out(String::new());
    out.paragraph(&format!("# {}", escape(&document.title)));
    out.list(&document.about);
    for section in &document.sections {
        out.paragraph(&format!("## {}", escape(&section.title)));
        section.blocks.iter().for_each(|block| out.block(block));
    }
    out.0
}

struct Out(String);

impl Out {
    fn paragraph(&mut self, text: &str) {
        self.0.push_str(text.trim());
        self.0.push_str("\n\n");
    }

    fn list(&mut self, lines: &[Line]) {
        for line in lines {
            self.0.push_str(&format!("- {}\n", item(line)));
        }
        self.0.push('\n');
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading(depth, _, line) => {
                let signs = "#".repeat(usize::from(*depth).clamp(3, 6));
                self.paragraph(&format!("{signs} {}", inlines(line).trim()));
            }
            Block::Para(line) | Block::Lead(line) => self.paragraph(&inlines(line)),
            Block::Warning(line) => {
                self.paragraph(&format!("> **Note:** {}", inlines(line).trim()))
            }
            Block::List(lines) => self.list(lines),
            Block::Facts(facts) => self.facts(facts),
            Block::Figures(figures) => self.figures(figures),
            Block::Table(table) | Block::Numbers(table) => self.table(table),
            // A picture has no form here; its numbers stand in a table.
            Block::Chart(..) => {}
            Block::Columns(left, right) => {
                left.iter().chain(right).for_each(|block| self.block(block));
            }
        }
    }

    fn facts(&mut self, facts: &[(String, Vec<Line>)]) {
        for (name, lines) in facts {
            let lines: Vec<String> = lines.iter().map(item).collect();
            self.0.push_str(&format!("- **{}**: ", escape(name)));
            match lines.as_slice() {
                [one] => {
                    self.0.push_str(one);
                    self.0.push('\n');
                }
                all => {
                    self.0.truncate(self.0.trim_end().len());
                    self.0.push('\n');
                    all.iter()
                        .for_each(|line| self.0.push_str(&format!("  - {line}\n")));
                }
            }
        }
        self.0.push('\n');
    }

    fn figures(&mut self, figures: &[Figures]) {
        for figure in figures {
            self.0.push_str(&format!(
                "- **{}** {}\n",
                escape(&figure.number),
                escape(&figure.counts)
            ));
        }
        self.0.push('\n');
    }

    fn table(&mut self, table: &Table) {
        self.paragraph(&format!("**{}**", escape(&table.caption)));
        let head: Vec<String> = table
            .columns
            .iter()
            .map(|column| escape(&column.title))
            .collect();
        self.row(&head);
        let rules = table.columns.iter().map(|column| match column.width {
            Width::Tiny => ":-:".to_owned(),
            Width::Wide | Width::Narrow => "---".to_owned(),
        });
        self.row(&rules.collect::<Vec<_>>());
        for row in &table.rows {
            match row {
                Row::Group(title) => {
                    let mut cells = vec![format!("**{}**", escape(title))];
                    cells.resize(table.columns.len(), String::new());
                    self.row(&cells);
                }
                Row::Cells(_, cells) => {
                    let cells = cells.iter().map(|cell| {
                        let lines = cell.iter().map(|line| inlines(line).trim().to_owned());
                        let lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
                        lines.join("; ")
                    });
                    self.row(&cells.collect::<Vec<_>>());
                }
            }
        }
        self.0.push('\n');
    }

    fn row(&mut self, cells: &[String]) {
        for cell in cells {
            self.0.push_str("| ");
            self.0.push_str(cell);
            self.0.push(' ');
        }
        self.0.push_str("|\n");
    }
}

/// A line as an item of a list. Nothing would make the line before it a heading.
fn item(line: &Line) -> String {
    match inlines(line).trim() {
        "" => "–".to_owned(),
        words => words.to_owned(),
    }
}

fn inlines(line: &[Inline]) -> String {
    let mut out = String::new();
    for inline in line {
        match inline {
            Inline::Text(text) | Inline::Quiet(text) | Inline::Link(_, text) => {
                out.push_str(&piece(text))
            }
            Inline::Strong(text) => {
                // The signs must touch the words.
                let words = piece(text);
                let inner = words.trim();
                if inner.is_empty() {
                    continue;
                }
                let ends = words.split_once(inner);
                let (before, after) = ends.unwrap_or_default();
                out.push_str(&format!("{before}**{inner}**{after}"));
            }
            Inline::Code(text) => out.push_str(&code(text)),
            Inline::Mark(tone, words) => {
                out.push_str(&format!("{} {}", tone.sign(), escape(words)))
            }
        }
    }
    out
}
