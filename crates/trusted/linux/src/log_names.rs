//! Names of event logs, by which a directory of logs is known.

use std::path::Path;

/// What they end with.
pub(crate) const SUFFIX: &str = ".jsonl";
/// Fewest digits of the running number. Names of earlier versions begin with a year, of four.
pub(crate) const DIGITS: usize = 6;

/// Whether a file has the name of a log: `000042-2026-11-30T22-35-02Z.jsonl`, or
/// `2026-11-30T22-35-02Z-001.jsonl` in earlier versions.
pub(crate) fn is_log(name: &str) -> bool {
    let shape = |byte: u8| match byte {
        b'0'..=b'9' => b'0',
        other => other,
    };
    let Some(stem) = name.strip_suffix(SUFFIX) else {
        return false;
    };
    let time = "0000-00-00T00-00-00Z";
    let stem: Vec<u8> = stem.bytes().map(shape).collect();
    let stem = String::from_utf8(stem).unwrap_or_default();
    let rest = stem.trim_start_matches('0');
    match stem.strip_prefix(time) {
        Some(number) => number == "-000",
        None => stem.len() - rest.len() >= DIGITS && rest.strip_prefix('-') == Some(time),
    }
}

/// Whether a directory has logs.
pub(crate) fn are_in(directory: &Path) -> bool {
    let mut entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    entries.any(|entry| is_log(&entry.file_name().to_string_lossy()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_are_known_by_their_names() {
        for (name, is) in [
            ("000042-2026-11-30T22-35-02Z.jsonl", true),
            ("1000042-2026-11-30T22-35-02Z.jsonl", true),
            ("2026-11-30T22-35-02Z-001.jsonl", true),
            ("2026-11-30T22-35-02Z.jsonl", false),
            ("42-2026-11-30T22-35-02Z.jsonl", false),
            ("000042-2026-11-30T22-35-02Z", false),
            ("000042.jsonl", false),
            (".jsonl", false),
        ] {
            assert_eq!(is_log(name), is, "{name}");
        }
    }
}
