//! The log directory: where it lies, and the names of event logs, by which it is known.

use std::path::{Path, PathBuf};

/// What the name of a log directory ends with, after a point.
pub const EXTENSION: &str = "logs";
/// What the names of logs end with.
pub const SUFFIX: &str = ".jsonl";
/// Fewest digits of the running number. Names of earlier versions begin with a year, of four.
pub const DIGITS: usize = 6;

/// Whether a file has the name of a log: `000042-2026-11-30T22-35-02Z.jsonl`, or
/// `2026-11-30T22-35-02Z-001.jsonl` in earlier versions.
pub fn is_log(name: &str) -> bool {
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

/// The running number of a log; 0 if it has none, as those of earlier versions, which are older than all
/// that have one.
pub fn number(name: &str) -> u64 {
    let digits = name.split('-').next().unwrap_or_default();
    match digits.len() >= DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        true => digits.parse().unwrap_or(0),
        false => 0,
    }
}

/// Where the event logs of a system lie: beside its state directory, where no grant leads. A name with a
/// point is no system's.
pub fn beside(state: &Path) -> PathBuf {
    let mut name = state.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(EXTENSION);
    state.with_file_name(name)
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
