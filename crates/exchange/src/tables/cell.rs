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

/// A level: `3`, `3.0`, the number 3.
pub(super) fn level(cell: &Cell) -> Option<Level> {
    let number = whole(cell)?;
    Level::new(i128::from(number))
}

/// A whole number that is not negative.
pub(super) fn whole(cell: &Cell) -> Option<u64> {
    match cell {
        Cell::Number(number) => of_float(*number),
        Cell::Text(text) => {
            let text = text.trim();
            let (digits, zeros) = text.split_once('.').unwrap_or((text, ""));
            let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
            let exact = zeros.bytes().all(|b| b == b'0');
            (plain && exact).then(|| digits.parse().ok()).flatten()
        }
        _ => None,
    }
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
        for cell in [Cell::Number(3.0), t("3"), t(" 3.0 "), t("03"), t("3.")] {
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
