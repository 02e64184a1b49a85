//! The project inside a Markdown document.

use crate::document::Unread;
use record::Digest;

/// What stands after the opening fence; the digest of the data follows, so that a part that was lost
/// or changed on the way is noticed.
const INFO: &str = "json bulkhead-project";
/// Begins the digest.
const DIGEST: &str = " sha256=";

/// The project as a section with a fenced block; `json` is its JSON form and ends with a line feed.
pub(super) fn block(json: &str) -> String {
    let mut longest = 0;
    let mut run = 0;
    for c in json.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat((longest + 1).max(3));
    format!(
        "## Data\n\nThe project that this report was made from.\n\n{fence}{INFO}{DIGEST}{}\n{json}{fence}\n",
        Digest::of(json.as_bytes())
    )
}

/// The JSON form of the project in a report, byte for byte as it was put there. Line ends of other
/// systems are accepted.
pub fn read(bytes: &[u8]) -> Result<String, Unread> {
    let text = source::text(bytes).map_err(Unread::NotText)?;
    let mut lines = text.lines();
    let opening = |line: &str| {
        let (fence, stated) = line.split_once(INFO)?;
        let only = fence.len() >= 3 && fence.bytes().all(|b| b == b'`');
        let stated = stated.strip_prefix(DIGEST);
        only.then(|| (fence.to_owned(), stated.map(str::to_owned)))
    };
    let (fence, stated) = lines.by_ref().find_map(opening).ok_or(Unread::NoData)?;
    let mut json = String::with_capacity(text.len());
    let mut closed = false;
    for line in lines.by_ref() {
        if line == fence {
            closed = true;
            break;
        }
        json.push_str(line);
        json.push('\n');
    }
    if lines.any(|line| opening(line).is_some()) {
        return Err(Unread::Several);
    }
    if !closed {
        return Err(Unread::Cut);
    }
    match stated {
        Some(stated) if stated != Digest::of(json.as_bytes()).to_string() => Err(Unread::Changed),
        _ => Ok(json),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_come_back_byte_for_byte() {
        for json in [
            "{}\n",
            "{\n  \"a\": \"```` ``\"\n}\n",
            "{\"a\": \"\u{2028}\"}\n",
        ] {
            let text = format!("# Title\n\n{}", block(json));
            assert_eq!(read(text.as_bytes()).as_deref(), Ok(json));
            let other = text.replace('\n', "\r\n");
            assert_eq!(read(other.as_bytes()).as_deref(), Ok(json));
        }
    }

    #[test]
    fn what_is_no_report_is_refused() {
        assert_eq!(read(b"# Title\n\n```json\n{}\n```\n"), Err(Unread::NoData));
        assert!(matches!(read(&[0xc0]), Err(Unread::NotText(_))));
        let changed = block("{\"a\": 1}\n").replace("1}", "2}");
        assert_eq!(read(changed.as_bytes()), Err(Unread::Changed));
        let text = block("{}\n");
        assert_eq!(
            read(text.trim_end_matches(['`', '\n']).as_bytes()),
            Err(Unread::Cut)
        );
        let two = format!("{text}{text}");
        assert_eq!(read(two.as_bytes()), Err(Unread::Several));
    }
}
