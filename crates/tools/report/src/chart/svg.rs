//! A small SVG writer: elements with escaped attributes and texts.

use crate::document::text::clean;
use std::fmt::{Display, Write as _};

/// Text.
pub(super) const INK: &str = "#1f2933";
/// Lesser text.
pub(super) const QUIET: &str = "#5b6770";
/// Lines behind the data.
pub(super) const GRID: &str = "#d9dee3";
/// What was found.
pub(super) const CURRENT: &str = "#1f4e79";
/// What is wanted.
pub(super) const TARGET: &str = "#b45309";
/// What is demanded from outside.
pub(super) const DUTY: &str = "#7b2d6b";
/// Where nothing is said.
pub(super) const PAPER: &str = "#ffffff";

/// A picture that is being written.
pub(super) struct Svg {
    body: String,
    id: String,
    width: f64,
    height: f64,
    title: String,
    about: String,
}

/// Where a text is held.
#[derive(Clone, Copy)]
pub(super) enum Hold {
    Start,
    Middle,
    End,
}

/// How a text looks.
#[derive(Clone, Copy)]
pub(super) struct Look {
    pub(super) hold: Hold,
    pub(super) size: f64,
    pub(super) fill: &'static str,
    pub(super) bold: bool,
}

impl Look {
    /// Usual text held at its start.
    pub(super) const PLAIN: Self = Self {
        hold: Hold::Start,
        size: 11.0,
        fill: INK,
        bold: false,
    };
    /// Lesser text.
    pub(super) const QUIET: Self = Self {
        size: 10.0,
        fill: QUIET,
        ..Self::PLAIN
    };

    pub(super) fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    pub(super) fn fill(self, fill: &'static str) -> Self {
        Self { fill, ..self }
    }

    pub(super) fn size(self, size: f64) -> Self {
        Self { size, ..self }
    }

    pub(super) fn middle(self) -> Self {
        let hold = Hold::Middle;
        Self { hold, ..self }
    }

    pub(super) fn end(self) -> Self {
        let hold = Hold::End;
        Self { hold, ..self }
    }
}

/// A number with at most one digit after the point.
pub(super) fn n(number: f64) -> String {
    let text = format!("{number:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0" } else { text }.to_owned()
}

/// A text that is cut to some number of characters.
pub(super) fn cut(text: &str, most: usize) -> String {
    let text = clean(text);
    if text.chars().count() <= most {
        return text;
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
}

impl Svg {
    /// A picture with a name, a title and a description, both in plain text.
    pub(super) fn new(id: &str, title: &str, about: &str, width: f64, height: f64) -> Self {
        let plain = id
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '-');
        Self {
            body: String::new(),
            id: plain.collect(),
            width,
            height,
            title: title.to_owned(),
            about: about.to_owned(),
        }
    }

    /// A name inside the picture that is unique in the document.
    pub(super) fn name(&self, of: &str) -> String {
        format!("{}-{of}", self.id)
    }

    /// An element without content.
    pub(super) fn draw(&mut self, element: &str, attributes: &[(&str, &dyn Display)]) {
        self.open(element, attributes);
        self.body.truncate(self.body.len().saturating_sub(1));
        self.body.push_str("/>\n");
    }

    /// The start of an element; [`Self::close`] ends it.
    pub(super) fn open(&mut self, element: &str, attributes: &[(&str, &dyn Display)]) {
        let _ = write!(self.body, "<{element}");
        for (name, value) in attributes {
            let _ = write!(self.body, " {name}=\"");
            escape(&clean(&value.to_string()), &mut self.body);
            self.body.push('"');
        }
        self.body.push('>');
    }

    /// The end of an element.
    pub(super) fn close(&mut self, element: &str) {
        let _ = writeln!(self.body, "</{element}>");
    }

    /// What is shown of the elements that follow when somebody points at them.
    pub(super) fn hint(&mut self, text: &str) {
        self.body.push_str("<title>");
        escape(&clean(text), &mut self.body);
        self.body.push_str("</title>");
    }

    pub(super) fn text(&mut self, x: f64, y: f64, look: Look, text: &str) {
        let hold = match look.hold {
            Hold::Start => "start",
            Hold::Middle => "middle",
            Hold::End => "end",
        };
        let weight = if look.bold { "600" } else { "400" };
        self.open(
            "text",
            &[
                ("x", &n(x)),
                ("y", &n(y)),
                ("text-anchor", &hold),
                ("font-size", &n(look.size)),
                ("font-weight", &weight),
                ("fill", &look.fill),
            ],
        );
        escape(&clean(text), &mut self.body);
        self.close("text");
    }

    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), stroke: &str, width: f64) {
        self.dashed(from, to, stroke, width, "none");
    }

    pub(super) fn dashed(
        &mut self,
        from: (f64, f64),
        to: (f64, f64),
        stroke: &str,
        width: f64,
        dashes: &str,
    ) {
        self.draw(
            "line",
            &[
                ("x1", &n(from.0)),
                ("y1", &n(from.1)),
                ("x2", &n(to.0)),
                ("y2", &n(to.1)),
                ("stroke", &stroke),
                ("stroke-width", &n(width)),
                ("stroke-dasharray", &dashes),
            ],
        );
    }

    pub(super) fn rect(&mut self, at: (f64, f64), size: (f64, f64), fill: &str, stroke: &str) {
        self.draw(
            "rect",
            &[
                ("x", &n(at.0)),
                ("y", &n(at.1)),
                ("width", &n(size.0.max(0.0))),
                ("height", &n(size.1.max(0.0))),
                ("fill", &fill),
                ("stroke", &stroke),
            ],
        );
    }

    /// The mark of what was found: a filled circle.
    pub(super) fn circle(&mut self, at: (f64, f64), radius: f64) {
        self.draw(
            "circle",
            &[
                ("cx", &n(at.0)),
                ("cy", &n(at.1)),
                ("r", &n(radius)),
                ("fill", &CURRENT),
                ("stroke", &PAPER),
            ],
        );
    }

    /// The mark of what is wanted: an open diamond.
    pub(super) fn diamond(&mut self, at: (f64, f64), radius: f64) {
        let (x, y) = at;
        let points = [
            (x, y - radius),
            (x + radius, y),
            (x, y + radius),
            (x - radius, y),
        ];
        self.shape("polygon", &points, PAPER, TARGET, "none");
    }

    /// The mark of what is demanded: an open square.
    pub(super) fn square(&mut self, at: (f64, f64), radius: f64) {
        let corner = (at.0 - radius, at.1 - radius);
        self.rect(corner, (2.0 * radius, 2.0 * radius), PAPER, DUTY);
    }

    /// A `polygon` or `polyline`.
    pub(super) fn shape(
        &mut self,
        element: &str,
        points: &[(f64, f64)],
        fill: &str,
        stroke: &str,
        dashes: &str,
    ) {
        let points: Vec<String> = points
            .iter()
            .map(|(x, y)| format!("{},{}", n(*x), n(*y)))
            .collect();
        self.draw(
            element,
            &[
                ("points", &points.join(" ")),
                ("fill", &fill),
                ("fill-opacity", &if fill == CURRENT { "0.18" } else { "1" }),
                ("stroke", &stroke),
                ("stroke-width", &"1.6"),
                ("stroke-dasharray", &dashes),
                ("stroke-linejoin", &"round"),
            ],
        );
    }

    /// A filling of lines: `angle` in degrees, `gap` between them.
    pub(super) fn hatch(&mut self, of: &str, back: &str, lines: &str, angle: i32, gap: f64) {
        let name = self.name(of);
        let turn = format!("rotate({angle})");
        self.open(
            "pattern",
            &[
                ("id", &name),
                ("width", &n(gap)),
                ("height", &n(gap)),
                ("patternUnits", &"userSpaceOnUse"),
                ("patternTransform", &turn),
            ],
        );
        self.rect((0.0, 0.0), (gap, gap), back, "none");
        self.line((0.0, 0.0), (0.0, gap), lines, 2.0);
        self.close("pattern");
    }

    /// The finished picture.
    pub(super) fn finish(self) -> String {
        let mut out = String::new();
        let (width, height) = (n(self.width), n(self.height));
        let (title, about) = (self.name("title"), self.name("about"));
        let _ = write!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
             width=\"{width}\" height=\"{height}\" role=\"img\" \
             aria-labelledby=\"{title} {about}\" \
             font-family=\"'Segoe UI', 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif\">\n\
             <title id=\"{title}\">"
        );
        escape(&clean(&self.title), &mut out);
        let _ = write!(out, "</title>\n<desc id=\"{about}\">");
        escape(&clean(&self.about), &mut out);
        out.push_str("</desc>\n");
        out.push_str(&self.body);
        out.push_str("</svg>\n");
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!(
            [n(1.0), n(-0.01), n(2.25), n(100.04)],
            ["1", "0", "2.2", "100"]
        );
    }

    #[test]
    fn long_texts_are_cut_at_characters() {
        assert_eq!(cut("größer als gedacht", 8), "größer…");
        assert_eq!(cut("kurz", 4), "kurz");
    }
}
