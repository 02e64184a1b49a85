//! The project inside an HTML file.

use crate::document::Unread;
use record::Digest;

/// Begins the data.
const OPEN: &str = "<script type=\"application/json\" id=\"bulkhead-project\"";
/// Begins the digest of the data, so that a part that was lost or changed on the way is noticed.
const DIGEST: &str = " data-sha256=\"";
/// Ends them.
const CLOSE: &str = "</script>";

/// What is written otherwise, so that no reader of HTML sees an end or a sign of its own in it. In
/// JSON both spellings mean the same, and these characters occur only inside of strings.
const SAFE: [(char, &str); 5] = [
    ('<', "\\u003c"),
    ('>', "\\u003e"),
    ('&', "\\u0026"),
    ('\u{2028}', "\\u2028"),
    ('\u{2029}', "\\u2029"),
];

/// The project as an element; `json` is its JSON form.
pub(super) fn block(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + 128);
    out.push_str(&format!("{OPEN}{DIGEST}{}\">", Digest::of(json.as_bytes())));
    for c in json.chars() {
        match SAFE.iter().find(|(plain, _)| *plain == c) {
            Some((_, safe)) => out.push_str(safe),
            None => out.push(c),
        }
    }
    out.push_str(CLOSE);
    out
}

/// The JSON form of the project in a report, byte for byte as `maturity` writes it.
pub fn read(bytes: &[u8]) -> Result<String, Unread> {
    let text = source::text(bytes).map_err(Unread::NotText)?;
    let (_, rest) = text.split_once(OPEN).ok_or(Unread::NoData)?;
    if rest.contains(OPEN) {
        return Err(Unread::Several);
    }
    let (data, _) = rest.split_once(CLOSE).ok_or(Unread::Cut)?;
    let (stated, data) = data.split_once('>').ok_or(Unread::Cut)?;
    let stated = stated
        .strip_prefix(DIGEST)
        .and_then(|rest| rest.strip_suffix('"'));
    // Line ends of other systems are accepted; within its texts JSON has none.
    let json = plain(data).replace("\r\n", "\n");
    match stated {
        Some(stated) if stated != Digest::of(json.as_bytes()).to_string() => Err(Unread::Changed),
        _ => Ok(json),
    }
}

/// Undoes [`SAFE`]. A backslash before another one is not the beginning of a spelling.
fn plain(data: &str) -> String {
    let mut out = String::with_capacity(data.len());
    let mut rest = data;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let spelled = SAFE.iter().find_map(|(plain, safe)| {
            let tail = after.strip_prefix(safe.trim_start_matches('\\'))?;
            Some((*plain, tail))
        });
        rest = match spelled {
            Some((plain, tail)) => {
                out.push(plain);
                tail
            }
            None => {
                out.push('\\');
                let mut chars = after.chars();
                out.extend(chars.next());
                chars.as_str()
            }
        };
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_come_back_byte_for_byte() {
        for json in [
            "{}",
            "{\n  \"a\": \"\\r\\n\"\n}\n",
            r#"{"a": "</script><script>alert(1)</script>"}"#,
            r#"{"a": "\\u003c & \\\u0001 < \\"}"#,
            "{\"a\": \"\u{2028}\u{2029}<!--\"}",
        ] {
            let block = block(json);
            let inner = block.strip_prefix(OPEN).unwrap().split_once('>').unwrap().1;
            let inner = inner.strip_suffix(CLOSE).unwrap();
            assert!(!inner.contains(['<', '>', '&', '\u{2028}', '\u{2029}']));
            let page = format!("<p>\n{block}\n</p>");
            assert_eq!(read(page.as_bytes()).as_deref(), Ok(json));
            let other = page.replace('\n', "\r\n");
            assert_eq!(read(other.as_bytes()).as_deref(), Ok(json));
        }
    }

    #[test]
    fn what_is_no_report_is_refused() {
        assert_eq!(read(b"<p>hello</p>"), Err(Unread::NoData));
        let wide = Err(Unread::NotText(source::NotText::Wide("UTF-16")));
        assert_eq!(read(&[0xff, 0xfe]), wide);
        let changed = block("{\"a\": 1}").replace("1}", "2}");
        assert_eq!(read(changed.as_bytes()), Err(Unread::Changed));
        assert_eq!(read(OPEN.as_bytes()), Err(Unread::Cut));
        let two = [block("{}"), block("{}")].concat();
        assert_eq!(read(two.as_bytes()), Err(Unread::Several));
    }
}
