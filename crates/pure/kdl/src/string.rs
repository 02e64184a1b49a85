//! What a string token says.

use crate::class;
use crate::fault::{self, Faults};
use source::Span;
use std::borrow::Cow;

/// The value of a string token, which begins at byte `start` of the text. Faults in it are
/// reported; the value is then as near as can be to what was meant.
pub(crate) fn value<'s>(token: &'s str, start: usize, faults: &mut Faults<'_>) -> Cow<'s, str> {
    let unhashed = token.trim_start_matches('#');
    let hashes = token.len() - unhashed.len();
    let raw = hashes > 0;
    let quotes = if unhashed.starts_with("\"\"\"") {
        "\"\"\""
    } else {
        "\""
    };
    let body = unhashed.strip_prefix(quotes).unwrap_or("");
    let Some(body) = close(body, quotes, hashes) else {
        // Reported by the lexer, which could not find its end.
        return Cow::Borrowed(body);
    };
    let body_start = start + hashes + quotes.len();
    if quotes.len() == 3 {
        return Cow::Owned(multiline(body, body_start, raw, faults));
    }
    if raw || !body.contains('\\') {
        return Cow::Borrowed(body);
    }
    let mut out = String::with_capacity(body.len());
    unescape(body, &|at| body_start + at, faults, &mut out);
    Cow::Owned(out)
}

/// The body without its closing delimiter; `None` if the string is not closed.
fn close<'s>(body: &'s str, quotes: &str, hashes: usize) -> Option<&'s str> {
    let cut = body.len().checked_sub(hashes)?;
    let (head, tail) = (body.get(..cut)?, body.get(cut..)?);
    tail.bytes().all(|byte| byte == b'#').then_some(())?;
    let body = head.strip_suffix(quotes)?;
    let slashes = body.len() - body.trim_end_matches('\\').len();
    (hashes > 0 || slashes % 2 == 0).then_some(body)
}

/// Resolves the escapes of one line, or of a whole single-line string with its white space
/// escapes. `place` maps an offset in `text` to one in the source.
fn unescape(text: &str, place: &dyn Fn(usize) -> usize, faults: &mut Faults<'_>, out: &mut String) {
    let mut rest = text;
    while let Some((plain, after)) = rest.split_once('\\') {
        out.push_str(plain);
        let at = text.len() - after.len() - 1;
        let c = after.chars().next();
        let length = c.map_or(0, char::len_utf8);
        rest = after.get(length..).unwrap_or("");
        let simple = match c {
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('s') => ' ',
            Some(c @ ('"' | '\\')) => c,
            Some('u') => {
                let (scalar, used) = unicode_escape(rest);
                if let Some(c) = scalar {
                    out.push(c);
                } else {
                    let span = Span::new(place(at), place(at) + 2 + used);
                    faults.report(&fault::BAD_UNICODE_ESCAPE, span);
                }
                rest = rest.get(used..).unwrap_or("");
                continue;
            }
            Some(c) if class::is_space(c) || class::is_newline(c) => {
                rest = rest.trim_start_matches(|c| class::is_space(c) || class::is_newline(c));
                continue;
            }
            _ => {
                let span = Span::new(place(at), place(at) + 1 + length);
                faults.report(&fault::BAD_ESCAPE, span);
                // The character as written, so that `\d` still shows what was meant.
                out.push('\\');
                out.extend(c);
                continue;
            }
        };
        out.push(simple);
    }
    out.push_str(rest);
}

/// Reads `{…}` after `\u`: the character if it names one, and the number of bytes read.
fn unicode_escape(text: &str) -> (Option<char>, usize) {
    let Some(inside) = text.strip_prefix('{') else {
        return (None, 0);
    };
    let digits = inside.bytes().take_while(u8::is_ascii_hexdigit).count();
    let hex = inside.get(..digits).unwrap_or("");
    if inside.as_bytes().get(digits) != Some(&b'}') {
        return (None, 1 + digits);
    }
    let scalar = if (1..=6).contains(&digits) {
        u32::from_str_radix(hex, 16).ok().and_then(char::from_u32)
    } else {
        None
    };
    (scalar, digits + 2)
}

/// A body whose white space escapes are gone and whose newlines are line feeds.
struct Joined {
    text: String,
    /// Places where the offset to the source changes: offset here, offset in the body.
    anchors: Vec<(usize, usize)>,
}

impl Joined {
    fn anchor(&mut self, body_at: usize) {
        self.anchors.push((self.text.len(), body_at));
    }

    /// The offset in the body of an offset in the text.
    fn place(&self, at: usize) -> usize {
        let next = self.anchors.partition_point(|(here, _)| *here <= at);
        match next
            .checked_sub(1)
            .and_then(|index| self.anchors.get(index))
        {
            Some((here, body_at)) => body_at + (at - here),
            None => at,
        }
    }
}

/// The first step of reading a multi-line string. Escapes other than of white space stay.
fn join(body: &str, raw: bool) -> Joined {
    let mut joined = Joined {
        text: String::with_capacity(body.len()),
        anchors: Vec::new(),
    };
    let mut rest = body;
    let special = |c: char| (c == '\\' && !raw) || class::is_newline(c);
    while let Some(found) = rest.find(special) {
        let (plain, after) = rest.split_at_checked(found).unwrap_or((rest, ""));
        joined.text.push_str(plain);
        let mut chars = after.chars();
        let first = chars.next();
        let blank = |c: char| class::is_space(c) || class::is_newline(c);
        if first == Some('\\') {
            match chars.next() {
                Some(c) if blank(c) => rest = chars.as_str().trim_start_matches(blank),
                second => {
                    joined.text.push('\\');
                    joined.text.extend(second);
                    rest = chars.as_str();
                    continue;
                }
            }
        } else {
            joined.text.push('\n');
            rest = chars.as_str();
            if first == Some('\r') {
                rest = rest.strip_prefix('\n').unwrap_or(rest);
            }
        }
        joined.anchor(body.len() - rest.len());
    }
    joined.text.push_str(rest);
    joined
}

/// The value of a multi-line string: white space escapes first, then the common indent, then the
/// other escapes, in the order the specification demands.
fn multiline(body: &str, start: usize, raw: bool, faults: &mut Faults<'_>) -> String {
    let joined = join(body, raw);
    let place = |at: usize| start + joined.place(at);
    if !body.starts_with(class::is_newline) {
        let length = body.find(class::is_newline).unwrap_or(body.len());
        faults.report(&fault::MULTILINE_START, Span::new(start, start + length));
        return finish(&joined.text, 0, raw, &place, faults);
    }
    let rest_at = 1;
    let rest = joined.text.get(rest_at..).unwrap_or("");
    // With nothing in between, the newline after the opening is also the one before the closing.
    let (lines, indent) = rest
        .rsplit_once('\n')
        .map_or((None, rest), |(l, i)| (Some(l), i));
    let indent_at = joined.text.len() - indent.len();
    let blank = |line: &str| line.chars().all(class::is_space);
    if !blank(indent) {
        let span = Span::new(place(indent_at), place(joined.text.len()));
        faults.report(&fault::MULTILINE_END, span);
        return finish(rest, rest_at, raw, &place, faults);
    }
    let mut out = String::with_capacity(rest.len());
    let mut at = rest_at;
    for (count, line) in lines
        .into_iter()
        .flat_map(|lines| lines.split('\n'))
        .enumerate()
    {
        if count > 0 {
            out.push('\n');
        }
        if !blank(line) {
            let cut = line.strip_prefix(indent).unwrap_or_else(|| {
                let span = Span::new(place(at), place(at + line.len()));
                faults.report(&fault::MULTILINE_INDENT, span);
                line.trim_start_matches(class::is_space)
            });
            let cut_at = at + (line.len() - cut.len());
            out.push_str(&finish(cut, cut_at, raw, &place, faults));
        }
        at += line.len() + 1;
    }
    out
}

/// The escapes of a part of the joined text that begins at `at`.
fn finish(
    part: &str,
    at: usize,
    raw: bool,
    place: &dyn Fn(usize) -> usize,
    faults: &mut Faults<'_>,
) -> String {
    if raw {
        return part.to_owned();
    }
    let mut out = String::with_capacity(part.len());
    unescape(part, &|inner| place(at + inner), faults, &mut out);
    out
}
