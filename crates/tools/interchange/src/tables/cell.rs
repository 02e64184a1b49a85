//! One cell to one value, kindly: the forms that spreadsheet programs and people use for the same
//! thing are the same thing.

use super::Cell;
use maturity::{Date, Level, Word};

/// What a cell says, as a text; whole numbers without a decimal point.
pub(super) fn text(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) | Cell::Error(text) => text.clone(),
        // `3` and not `3.0`; the display of a number is exact and without exponent.
        Cell::Number(number) => number.to_string(),
        Cell::Bool(true) => "TRUE".to_owned(),
        Cell::Bool(false) => "FALSE".to_owned(),
        Cell::Date(date) => date.to_string(),
    }
}

/// One of a few words: `Not applicable` is `not-applicable`.
pub(super) fn word<W: Word>(text: &str) -> Option<W> {
    let spaced = super::normal(text);
    W::ALL
        .iter()
        .copied()
        .find(|word| super::normal(word.as_str()) == spaced)
}

/// A level: `3`, the number 3.
pub(super) fn level(cell: &Cell) -> Option<Level> {
    let number = whole(cell)?;
    Level::new(i128::from(number))
}

/// A whole number that is not negative. A text is one if it has nothing but digits: what a point or a
/// comma in it means depends on the country it comes from; see [`readings`].
pub(super) fn whole(cell: &Cell) -> Option<u64> {
    match cell {
        Cell::Number(number) => of_float(*number),
        Cell::Text(text) => {
            let text = text.trim();
            let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            plain.then(|| text.parse().ok()).flatten()
        }
        _ => None,
    }
}

/// What to do about a text that is a number with separators or an exponent: how it can be read.
pub(super) fn readings(cell: &Cell) -> Option<String> {
    let Cell::Text(text) = cell else {
        return None;
    };
    let text = text.trim();
    let separates = |c: char| ".,'’_".contains(c) || c.is_whitespace();
    let exponent = text.contains(['e', 'E']).then(|| text.parse::<f64>().ok());
    if let Some(number) = exponent.flatten() {
        return Some(format!(
            "it can be read as the number {number} and as a name: write the digits alone"
        ));
    }
    let number = text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_digit() || separates(c));
    if !number {
        return None;
    }
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    let joined = digits(text);
    let decimal = text.rsplit_once(['.', ',']).map(|(whole, fraction)| {
        let fraction = digits(fraction);
        match fraction.trim_end_matches('0') {
            "" => digits(whole),
            fraction => format!("{}.{fraction}", digits(whole)),
        }
    });
    Some(match decimal.filter(|decimal| *decimal != joined) {
        Some(decimal) => {
            format!("it can be read as {decimal} and as {joined}: write the digits alone")
        }
        None => format!("write {joined}, the digits alone"),
    })
}

fn of_float(number: f64) -> Option<u64> {
    let exact = number.fract() == 0.0 && (0.0..=9_007_199_254_740_992.0).contains(&number);
    // In range and whole, so that nothing is cut off.
    exact.then_some(number as u64)
}

/// A day: a date of the spreadsheet, or its text `YYYY-MM-DD`; a time of day after it is left out.
pub(super) fn date(cell: &Cell) -> Option<Date> {
    match cell {
        Cell::Date(date) => Some(*date),
        Cell::Text(text) => {
            let text = text.trim();
            let day = match text.split_once(['T', ' ']) {
                Some((day, time)) if is_time(time) => day,
                _ => text,
            };
            day.parse().ok()
        }
        _ => None,
    }
}

fn is_time(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.'))
}

/// A digest: 64 hexadecimal digits.
pub(super) fn digest(text: &str) -> Option<record::Digest> {
    text.trim().to_lowercase().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use maturity::{Answer, AssessmentType};

    fn t(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn numbers_are_read_however_they_are_kept() {
        for cell in [Cell::Number(3.0), t("3"), t(" 3 "), t("03")] {
            assert_eq!(level(&cell).map(Level::number), Some(3), "{cell:?}");
        }
        for cell in [
            Cell::Number(3.5),
            Cell::Number(-1.0),
            Cell::Number(5.0),
            Cell::Number(f64::NAN),
            Cell::Number(f64::INFINITY),
            t("5"),
            t("-1"),
            t("+3"),
            t("3,0"),
            t("3.0"),
            t("3.000"),
            t("3."),
            t("1 000"),
            t("1e0"),
            t("III"),
            t(""),
            Cell::Bool(true),
            Cell::Date("2026-01-01".parse().unwrap()),
        ] {
            assert_eq!(level(&cell), None, "{cell:?}");
        }
        assert_eq!(whole(&t("18446744073709551615")), Some(u64::MAX));
        assert_eq!(whole(&t("18446744073709551616")), None);
        assert_eq!(whole(&Cell::Number(1e300)), None);
        assert_eq!(text(&Cell::Number(1.0)), "1");
        assert_eq!(text(&Cell::Number(2.5)), "2.5");
    }

    #[test]
    fn a_number_with_separators_has_its_readings() {
        for (text, expected) in [
            ("3.000", Some("3 and as 3000")),
            ("3,000", Some("3 and as 3000")),
            ("12,5", Some("12.5 and as 125")),
            ("1.234,50", Some("1234.5 and as 123450")),
            ("3.0", Some("3 and as 30")),
            ("1e3", Some("the number 1000 and as a name")),
            ("1 000", Some("write 1000")),
            ("1\u{202f}000", Some("write 1000")),
            ("1'000", Some("write 1000")),
            ("three", None),
            ("-1", None),
            ("", None),
        ] {
            let found = readings(&t(text));
            assert_eq!(found.is_some(), expected.is_some(), "{text}");
            assert!(
                found
                    .unwrap_or_default()
                    .contains(expected.unwrap_or_default()),
                "{text}"
            );
        }
        assert_eq!(readings(&Cell::Number(3.5)), None);
    }

    #[test]
    fn words_are_read_in_any_case_and_with_spaces() {
        assert_eq!(word("Not applicable"), Some(Answer::NotApplicable));
        assert_eq!(word(" YES\n"), Some(Answer::Yes));
        assert_eq!(word("Second Party"), Some(AssessmentType::SecondParty));
        assert_eq!(word::<Answer>("perhaps"), None);
        assert_eq!(word::<Answer>(""), None);
    }

    #[test]
    fn dates_are_read_as_dates_and_as_texts() {
        let day: Date = "2026-03-02".parse().unwrap();
        for cell in [
            Cell::Date(day),
            t(" 2026-03-02 "),
            t("2026-03-02T10:15:00"),
            t("2026-03-02 00:00"),
        ] {
            assert_eq!(date(&cell), Some(day), "{cell:?}");
        }
        for cell in [
            t("02.03.2026"),
            t("2026-02-30"),
            t("2026-03-02 noon"),
            Cell::Number(46_000.0),
            Cell::Bool(true),
        ] {
            assert_eq!(date(&cell), None, "{cell:?}");
        }
    }
}
