//! What values mean: durations, sizes, ranges, addresses, paths, names. Pure functions of text.

use crate::bounds::{DURATION_NS_MAX, SIZE_BYTES_MAX};
use model::{FieldKind, Range};

/// Longest name, in bytes.
pub(crate) const NAME_BYTES_MAX: usize = 64;
/// Longest unit, in bytes.
const UNIT_BYTES_MAX: usize = 32;

/// Nanoseconds in a microsecond.
pub(crate) const US: u128 = 1_000;
/// Nanoseconds in a millisecond.
pub(crate) const MS: u128 = 1_000_000;

const DURATIONS: [(&str, u128); 7] = [
    ("ns", 1),
    ("us", US),
    ("ms", MS),
    ("s", 1_000 * MS),
    ("min", 60_000 * MS),
    ("h", 3_600_000 * MS),
    ("d", 86_400_000 * MS),
];
const SIZES: [(&str, u128); 4] = [
    ("B", 1),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
];

/// Why a measure cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MeasureFault<'a> {
    /// It does not begin with a number.
    Malformed,
    /// It has no unit.
    NoUnit,
    /// This unit is not known.
    Unit(&'a str),
    /// It is not a whole multiple of the step.
    NotWhole,
    /// It is negative, zero where that makes no sense, or too large.
    Bounds,
}

/// A letter, then letters, digits, `-` and `_`; the same rule as for names in a plan.
pub(crate) fn is_name(text: &str) -> bool {
    text.len() <= NAME_BYTES_MAX
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

/// A word that may not be a name, since it means something where names stand.
pub(crate) fn is_reserved(text: &str) -> bool {
    matches!(text, "all" | "without")
}

/// What other languages put between names.
pub(crate) fn is_separator(c: char) -> bool {
    matches!(c, ',' | ';')
}

/// What may stand around names by mistake: separators and other quotes.
pub(crate) fn is_around_names(c: char) -> bool {
    is_separator(c) || is_other_quote(c)
}

/// A name without what stands around it by mistake.
pub(crate) fn bare_name(text: &str) -> &str {
    text.trim_matches(|c: char| is_around_names(c) || c.is_whitespace())
}

/// What a text editor or another language puts in the place of `"`.
pub(crate) fn is_other_quote(c: char) -> bool {
    matches!(
        c,
        '“' | '”'
            | '„'
            | '‟'
            | '‘'
            | '’'
            | '‚'
            | '‛'
            | '«'
            | '»'
            | '‹'
            | '›'
            | '\''
            | '`'
    )
}

/// Whether a text begins or ends with what takes the place of `"`.
pub(crate) fn is_misquoted(text: &str) -> bool {
    text.starts_with(is_other_quote) || text.ends_with(is_other_quote)
}

/// A unit: some text without white space and control characters.
pub(crate) fn is_unit(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= UNIT_BYTES_MAX
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

/// A path: not empty, no NUL, no `..`.
pub(crate) fn is_path(text: &str) -> bool {
    !text.is_empty()
        && text.len() < 4096
        && !text.contains('\0')
        && !text.ends_with('/')
        && !text.split('/').any(|part| part == "..")
}

/// A program: a bare name or a path, not empty, no NUL, not a directory, not in other quotes.
pub(crate) fn is_program(text: &str) -> bool {
    let is_path = !text.trim().is_empty() && !text.contains('\0') && !text.ends_with('/');
    is_path && text.len() < 4096 && !is_misquoted(text)
}

/// A path without what does not change its meaning (`.`, doubled slashes), to compare paths by.
pub(crate) fn same_path(text: &str) -> String {
    let parts = text
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".");
    let joined = parts.collect::<Vec<_>>().join("/");
    if text.starts_with('/') {
        format!("/{joined}")
    } else {
        joined
    }
}

/// A duration as a number of steps of `step_ns` each, 0 included.
pub(crate) fn duration(text: &str, step_ns: u128) -> Result<u64, MeasureFault<'_>> {
    let ns = measure(text, &DURATIONS, step_ns)?;
    within(ns, DURATION_NS_MAX, step_ns)
}

/// A size in bytes, 0 included.
pub(crate) fn size(text: &str) -> Result<u64, MeasureFault<'_>> {
    within(measure(text, &SIZES, 1)?, SIZE_BYTES_MAX.into(), 1)
}

fn within(value: u128, most: u128, step: u128) -> Result<u64, MeasureFault<'static>> {
    if value > most {
        return Err(MeasureFault::Bounds);
    }
    u64::try_from(value / step).map_err(|_| MeasureFault::Bounds)
}

/// A decimal number and a unit, in base units; a whole multiple of `step`.
fn measure<'a>(
    text: &'a str,
    units: &[(&str, u128)],
    step: u128,
) -> Result<u128, MeasureFault<'a>> {
    match text.strip_prefix('-') {
        // If all else is right, the sign is what is wrong.
        Some(rest) => positive(rest, units, step).and(Err(MeasureFault::Bounds)),
        None => positive(text, units, step),
    }
}

fn positive<'a>(
    text: &'a str,
    units: &[(&str, u128)],
    step: u128,
) -> Result<u128, MeasureFault<'a>> {
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end).ok_or(MeasureFault::Malformed)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return Err(MeasureFault::Malformed);
    }
    let unit = unit.trim_start();
    if unit.is_empty() {
        return Err(MeasureFault::NoUnit);
    }
    let known = units.iter().find(|(name, _)| *name == unit);
    let (_, scale) = known.ok_or(MeasureFault::Unit(unit))?;
    let fraction = fraction.trim_end_matches('0');
    // Nine decimals are more than any unit has steps to offer.
    if whole.len() > 20 || fraction.len() > 9 {
        return Err(if whole.len() > 20 {
            MeasureFault::Bounds
        } else {
            MeasureFault::NotWhole
        });
    }
    let mut tens = 1u128;
    let mut value = 0u128;
    for digit in whole.bytes().chain(fraction.bytes()) {
        value = value * 10 + u128::from(digit - b'0');
    }
    for _ in fraction.bytes() {
        tens *= 10;
    }
    let scaled = value.checked_mul(*scale).ok_or(MeasureFault::Bounds)?;
    if !scaled.is_multiple_of(tens) || !(scaled / tens).is_multiple_of(step) {
        return Err(MeasureFault::NotWhole);
    }
    Ok(scaled / tens)
}

/// Permitted values `LOW..HIGH` of a field; `None` if malformed, reversed or beyond the kind.
pub(crate) fn range(text: &str, kind: FieldKind) -> Option<Range> {
    let (low, high) = text.split_once("..")?;
    let integer = |low: &str, high: &str| Some((whole(low)?, whole(high)?));
    match kind {
        FieldKind::Unsigned(width) => {
            let (low, high) = integer(low, high)?;
            let most = (1i128 << (u32::from(width) * 8)) - 1;
            (0 <= low && low <= high && high <= most).then_some(Range::Integer(low, high))
        }
        FieldKind::Signed(width) => {
            let (low, high) = integer(low, high)?;
            let most = 1i128 << (u32::from(width) * 8 - 1);
            (-most <= low && low <= high && high < most).then_some(Range::Integer(low, high))
        }
        FieldKind::Float(width) => {
            let (low, high) = (real(low)?, real(high)?);
            let fits = width == 8 || (fits_f32(low) && fits_f32(high));
            (low <= high && fits).then_some(Range::Float(low, high))
        }
        FieldKind::Bool | FieldKind::Bytes(_) | FieldKind::Text(_) | FieldKind::Blob(_) => None,
    }
}

fn fits_f32(value: f64) -> bool {
    value.abs() <= f64::from(f32::MAX)
}

fn whole(text: &str) -> Option<i128> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn real(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '-' | '+'));
    let value: f64 = plain.then(|| text.parse().ok()).flatten()?;
    // Minus zero is zero, so that equal ranges have equal descriptions.
    value.is_finite().then_some(value + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_exact() {
        for (text, step, expected) in [
            ("200ms", US, Ok(200_000)),
            ("1.5ms", US, Ok(1500)),
            ("0.5ms", MS, Err(MeasureFault::NotWhole)),
            ("2 h", MS, Ok(7_200_000)),
            ("1d", MS, Ok(86_400_000)),
            ("250ns", 1, Ok(250)),
            ("250ns", US, Err(MeasureFault::NotWhole)),
            ("200", US, Err(MeasureFault::NoUnit)),
            ("200 m", US, Err(MeasureFault::Unit("m"))),
            ("-1ms", US, Err(MeasureFault::Bounds)),
            ("--1ms", US, Err(MeasureFault::Malformed)),
            ("-ms", US, Err(MeasureFault::Malformed)),
            ("1.ms", US, Err(MeasureFault::Malformed)),
            ("", US, Err(MeasureFault::Malformed)),
            ("99999999999999999999d", US, Err(MeasureFault::Bounds)),
            ("999999999999999999999d", US, Err(MeasureFault::Bounds)),
            ("1.0000000001s", US, Err(MeasureFault::NotWhole)),
            ("1.000000000000000000s", US, Ok(1_000_000)),
        ] {
            assert_eq!(duration(text, step), expected, "{text}");
        }
    }

    #[test]
    fn sizes_are_binary() {
        for (text, expected) in [
            ("512B", Ok(512)),
            ("16MiB", Ok(16 << 20)),
            ("0.5KiB", Ok(512)),
            ("1024GiB", Ok(1 << 40)),
            ("1025GiB", Err(MeasureFault::Bounds)),
            ("16MB", Err(MeasureFault::Unit("MB"))),
            ("16", Err(MeasureFault::NoUnit)),
        ] {
            assert_eq!(size(text), expected, "{text}");
        }
    }

    #[test]
    fn ranges_fit_their_kind() {
        use FieldKind::{Bool, Float, Signed, Unsigned};
        for (text, kind, expected) in [
            ("0..1500", Unsigned(2), Some(Range::Integer(0, 1500))),
            ("0..70000", Unsigned(2), None),
            ("-1..5", Unsigned(2), None),
            ("-128..127", Signed(1), Some(Range::Integer(-128, 127))),
            ("-129..127", Signed(1), None),
            (
                "0..18446744073709551615",
                Unsigned(8),
                Some(Range::Integer(0, u64::MAX.into())),
            ),
            ("5..4", Unsigned(1), None),
            ("0.5..1.5e3", Float(8), Some(Range::Float(0.5, 1500.0))),
            ("0..1e39", Float(4), None),
            ("inf..inf", Float(8), None),
            ("1...5", Float(8), None),
            ("0..1", Bool, None),
            ("0-1", Unsigned(1), None),
        ] {
            assert_eq!(range(text, kind), expected, "{text}");
        }
    }

    #[test]
    fn equal_paths_compare_equal() {
        assert_eq!(same_path("./a//b/."), "a/b");
        assert_eq!(same_path("/a/./b"), "/a/b");
        assert!(is_path("a/b") && !is_path("a/../b") && !is_path("") && !is_path("a/"));
    }
}
