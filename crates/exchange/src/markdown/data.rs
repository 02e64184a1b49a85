//! The project inside a Markdown document.

use crate::report::Unread;

/// What stands after the opening fence.
const INFO: &str = "json bulkhead-project";

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
        "## Data\n\nThe project that this report was made from.\n\n{fence}{INFO}\n{json}{fence}\n"
    )
}

/// The JSON form of the project in a report, byte for byte as it was put there. Line ends of other
/// systems are accepted.
pub fn read(bytes: &[u8]) -> Result<String, Unread> {
    let text = std::str::from_utf8(bytes).map_err(|_| Unread::NotText)?;
    let mut lines = text.lines();
    let opening = |line: &str| {
        let fence = line.strip_suffix(INFO)?;
        let only = fence.len() >= 3 && fence.bytes().all(|b| b == b'`');
        only.then(|| fence.to_owned())
    };
    let fence = lines.by_ref().find_map(opening).ok_or(Unread::NoData)?;
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
    match closed {
        true => Ok(json),
        false => Err(Unread::Cut),
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
        assert_eq!(read(&[0xc0]), Err(Unread::NotText));
        let text = block("{}\n");
        assert_eq!(
            read(text.trim_end_matches(['`', '\n']).as_bytes()),
            Err(Unread::Cut)
        );
        let two = format!("{text}{text}");
        assert_eq!(read(two.as_bytes()), Err(Unread::Several));
    }
}
