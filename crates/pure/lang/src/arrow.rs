//! Arrows that are not written as the language writes them.

use crate::context::{Context, Written};
use crate::fault::{BadArrow, Reported, found};
use source::Span;

/// How arrows are written elsewhere, and here; the longest first.
const SPELLINGS: [(&str, &str); 16] = [
    ("<-->", "<->"),
    ("<==>", "<->"),
    ("<->", "<->"),
    ("<=>", "<->"),
    ("-->", "->"),
    ("==>", "->"),
    ("<--", "<-"),
    ("->", "->"),
    ("=>", "->"),
    ("<-", "<-"),
    ("→", "->"),
    ("⇒", "->"),
    ("←", "<-"),
    ("↔", "<->"),
    (">>", "->"),
    (">", "->"),
];

/// The arrow that is meant by a word that is one, however it is written.
pub(crate) fn meant_arrow(word: &str) -> Option<&'static str> {
    let own = SPELLINGS.iter().find(|own| own.0 == word);
    own.map(|own| own.1)
}

impl<'a> Context<'a> {
    /// Reports an arrow that runs together with its neighbours or falls into pieces, which tears a
    /// `channel` or `grant` apart; with what was meant. One that is only written otherwise is not torn.
    pub(crate) fn torn_arrow(&mut self, node: &'a Written<'a>) -> Result<(), Reported> {
        let second = node
            .arguments()
            .nth(1)
            .and_then(|entry| entry.value.as_str());
        if second.is_some_and(|second| meant_arrow(second).is_some()) {
            return Ok(());
        }
        // From the first entry to where the ends and the arrow are written, in whatever pieces.
        let (Some(first), Some(last)) = (
            node.entries.first(),
            node.entries
                .get(..4)
                .map_or(node.entries.last(), <[_]>::last),
        ) else {
            return Ok(());
        };
        let span = first.span.to(last.span);
        let written = self.source.get(span.range()).unwrap_or("");
        // Texts may have arrows of their own.
        let written = written.split('"').next().unwrap_or("");
        let spellings = SPELLINGS
            .iter()
            .filter_map(|own| Some((written.find(own.0)?, *own)));
        let Some((at, (spelt, meant))) =
            spellings.min_by_key(|(at, own)| (*at, usize::MAX - own.0.len()))
        else {
            return Ok(());
        };
        let (left, right) = sides(written, at, spelt);
        let start = span.range().start + at;
        let place = Span::new(start, start + spelt.len());
        let before = written.get(..at).unwrap_or("").split_whitespace();
        let several = before.filter(|own| *own != "-").count() > 1;
        let help = match several {
            true => format!("one name stands before an arrow, as in `{left} {meant} {right}`"),
            false => {
                format!("did you mean `{left} {meant} {right}`? an arrow stands between spaces")
            }
        };
        let help = help.replace("  ", " ");
        let fault = BadArrow {
            arrow: spelt,
            help: &help,
        };
        let mut fault = found(&fault, place);
        // A channel is one-way, so another arrow in it needs a thought; and what stands before it is no arrow.
        if !several
            && (node.name.text != "channel" || meant == "->")
            && let Some(spaced) = self.spaced_arrow(place, meant)
            && spaced != spelt
        {
            fault = fault.edit(place, spaced);
        }
        Err(self.faults.push(fault))
    }

    /// The arrow with the spaces that are missing around it; none if it is in pieces.
    fn spaced_arrow(&self, place: Span, meant: &str) -> Option<String> {
        let before = self.source.get(..place.range().start)?;
        let after = self.source.get(place.range().end..)?;
        let is_piece = |c: char| "-=<>".contains(c);
        let in_pieces =
            before.trim_end().ends_with(is_piece) || after.trim_start().starts_with(is_piece);
        let space = |is_there: bool| if is_there { "" } else { " " };
        let (left, right) = (
            space(before.ends_with(char::is_whitespace)),
            space(after.starts_with(char::is_whitespace)),
        );
        (!in_pieces).then(|| format!("{left}{meant}{right}"))
    }
}

/// The words right before and after what is spelt like an arrow at a place of a text.
fn sides<'t>(written: &'t str, at: usize, spelt: &str) -> (&'t str, &'t str) {
    let before = written.get(..at).unwrap_or("");
    let after = written.get(at + spelt.len()..).unwrap_or("");
    let mut left = before.split_whitespace().rev();
    let left = match left.next() {
        // `- >`
        Some("-") if spelt == ">" => left.next(),
        other => other,
    };
    let right = after.split_whitespace().next();
    let right = right.filter(|word| !word.contains(['{', '}']));
    (left.unwrap_or(""), right.unwrap_or(""))
}
