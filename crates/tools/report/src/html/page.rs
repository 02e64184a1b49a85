//! A document as HTML.

use crate::chart;
use crate::document::text::clean;
use crate::document::{
    Block, Cell, Chart, Column, Document, Figures, Inline, Row, Section, Table, Tone, Width,
};
use crate::view::View;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use record::Digest;
use std::collections::BTreeSet;

const STYLE: &str = include_str!("report.css");

/// The page; `data` is put at its end as it is.
pub(super) fn page(view: &View, document: &Document, data: Option<&str>) -> String {
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        base64(&Digest::of(STYLE.as_bytes()).0)
    );
    let many = document.sections.len() > 1;
    let form = Form {
        view,
        anchors: document.anchors(),
    };
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                meta name="generator" content="Bulkhead";
                title { (clean(&document.title)) " – maturity report" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header.page {
                    p.kind { "IoT security maturity report" }
                    h1 { (clean(&document.title)) }
                    ul.about { @for line in &document.about { li { (form.inlines(line)) } } }
                }
                @if many {
                    nav aria-label="Contents" {
                        ol {
                            @for section in &document.sections {
                                li { a href={ "#" (section.anchor) } { (section.title) } }
                            }
                        }
                    }
                }
                main { @for section in &document.sections { (form.section(section)) } }
                footer.page { p { (clean(&view.about.notice)) } }
                @if let Some(data) = data { (PreEscaped(data)) }
            }
        }
    };
    page.into_string()
}

/// What the parts of a page are made with.
struct Form<'a> {
    view: &'a View,
    /// The places of the document; a link to elsewhere becomes text.
    anchors: BTreeSet<&'a str>,
}

impl Form<'_> {
    fn section(&self, section: &Section) -> Markup {
        html! {
            section id=(section.anchor) class=(section.anchor) {
                h2 { (section.title) }
                @for block in &section.blocks { (self.block(block)) }
            }
        }
    }

    fn block(&self, block: &Block) -> Markup {
        html! {
            @match block {
                Block::Heading(depth, anchor, line) => {
                    @match depth {
                        0..=3 => h3 id=[anchor.as_deref()] { (self.inlines(line)) },
                        _ => h4 id=[anchor.as_deref()] { (self.inlines(line)) },
                    }
                }
                Block::Para(line) => p { (self.inlines(line)) },
                Block::Lead(line) => p.lead { (self.inlines(line)) },
                Block::Warning(line) => {
                    p.warning role="note" { strong { "Note: " } (self.inlines(line)) }
                }
                Block::List(lines) => ul { @for line in lines { li { (self.inlines(line)) } } },
                Block::Facts(facts) => {
                    dl {
                        @for (name, lines) in facts {
                            div {
                                dt { (clean(name)) }
                                @for line in lines { dd { (self.inlines(line)) } }
                            }
                        }
                    }
                }
                Block::Figures(figures) => (self::figures(figures)),
                Block::Table(table) => (self.table(table)),
                Block::Numbers(table) => {
                    details {
                        summary { "As a table: " (clean(&table.caption)) }
                        (self.table(table))
                    }
                }
                Block::Chart(chart, caption) => {
                    figure {
                        (PreEscaped(self.drawn(chart)))
                        figcaption { (clean(caption)) }
                    }
                }
                Block::Columns(left, right) => {
                    div.columns {
                        div { @for block in left { (self.block(block)) } }
                        div { @for block in right { (self.block(block)) } }
                    }
                }
            }
        }
    }

    fn drawn(&self, chart: &Chart) -> String {
        match chart {
            Chart::Bars => chart::bars(self.view, "bars"),
            Chart::HeatMap => chart::heat_map(self.view, "heat"),
            Chart::Radar => chart::radar(self.view, "radar"),
            Chart::Vouched => chart::vouched(self.view, "vouched"),
            Chart::Found => chart::found(self.view, "found"),
            Chart::Gantt => chart::gantt(self.view, "gantt"),
            Chart::Journey(id) => {
                let mut all = self.view.practices.iter().enumerate();
                let found = all.find(|(_, practice)| practice.id == *id);
                found.map_or_else(String::new, |(at, practice)| {
                    let name = format!("journey-{at}");
                    chart::journey(practice, self.view.about.today, &name)
                })
            }
        }
    }

    fn table(&self, table: &Table) -> Markup {
        let columns = table.columns.len();
        html! {
            div.table {
                table {
                    caption { (clean(&table.caption)) }
                    thead { tr { @for column in &table.columns { (head(column)) } } }
                    tbody {
                        @for row in &table.rows {
                            @match row {
                                Row::Group(title) => {
                                    tr.group {
                                        th colspan=(columns) scope="rowgroup" { (clean(title)) }
                                    }
                                }
                                Row::Cells(anchor, cells) => {
                                    tr id=[anchor.as_deref()] { (self.cells(cells, table)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    fn cells(&self, cells: &[Cell], table: &Table) -> Markup {
        html! {
            @for (cell, column) in cells.iter().zip(&table.columns) {
                td class=[width(column.width)] {
                    @for line in cell { div { (self.inlines(line)) } }
                }
            }
        }
    }

    fn inlines(&self, line: &[Inline]) -> Markup {
        html! {
            @for inline in line {
                @match inline {
                    Inline::Text(text) => (clean(text)),
                    Inline::Strong(text) => strong { (clean(text)) },
                    Inline::Quiet(text) => span.quiet { (clean(text)) },
                    Inline::Code(text) => code { (clean(text)) },
                    Inline::Link(anchor, text) => {
                        @if self.anchors.contains(anchor.as_str()) {
                            a href={ "#" (anchor) } { (clean(text)) }
                        } @else {
                            (clean(text))
                        }
                    }
                    Inline::Mark(mark, text) => {
                        span class={ "mark " (tone(*mark)) } {
                            span aria-hidden="true" { (mark.sign()) }
                            " " (clean(text))
                        }
                    }
                }
            }
        }
    }
}

fn figures(figures: &[Figures]) -> Markup {
    html! {
        ul.figures {
            @for figure in figures {
                li class=(tone(figure.tone)) {
                    span.number { (figure.number) }
                    " "
                    span.counts { (figure.counts) }
                }
            }
        }
    }
}

fn head(column: &Column) -> Markup {
    html! { th scope="col" class=[width(column.width)] { (clean(&column.title)) } }
}

fn width(width: Width) -> Option<&'static str> {
    match width {
        Width::Wide => None,
        Width::Narrow => Some("narrow"),
        Width::Tiny => Some("tiny"),
    }
}

fn tone(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "good",
        Tone::Bad => "bad",
        Tone::Doubt => "doubt",
        Tone::None => "none",
    }
}

/// RFC 4648, with padding.
fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or(0));
        let all = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let sign = SIGNS.get((all >> (18 - 6 * at) & 63) as usize);
            match sign.filter(|_| at <= three.len()) {
                Some(sign) => out.push(char::from(*sign)),
                None => out.push('='),
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_pads() {
        let shown = ["", "f", "fo", "foo", "foob", "fooba", "foobar"].map(|t| base64(t.as_bytes()));
        let known = [
            "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy",
        ];
        assert_eq!(shown, known);
    }
}
