//! How far an indicator looks back. What is true of a period becomes true only when the period has
//! passed: whoever begins today to approve every change can say so of the last twelve months in
//! twelve months.

use crate::date::Date;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The past that an indicator speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LooksBack {
    /// All that happened in that time must be as the indicator says; what was otherwise cannot be
    /// mended afterwards.
    Covers(Length),
    /// What is done on one day of that time can be enough.
    Within(Length),
}

/// A length of time in whole days or months of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Length {
    count: u16,
    unit: Unit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Days,
    Months,
}

/// No indicator looks back further: ten years.
const MONTHS_MAX: u16 = 120;
const DAYS_MAX: u16 = 3660;

impl Length {
    /// So many days.
    pub const fn days(count: u16) -> Self {
        let unit = Unit::Days;
        Self { count, unit }
    }

    /// So many months.
    pub const fn months(count: u16) -> Self {
        let unit = Unit::Months;
        Self { count, unit }
    }

    /// The day on which the time is over that begins on a day.
    pub fn after(self, day: Date) -> Date {
        match self.unit {
            Unit::Days => day.plus_days(self.count),
            Unit::Months => day.plus_months(self.count),
        }
    }
}

impl LooksBack {
    /// The length of the past that is spoken of.
    pub fn length(self) -> Length {
        match self {
            Self::Covers(length) | Self::Within(length) => length,
        }
    }

    /// The time that must pass after something was begun until the indicator can be true of it.
    pub fn must_pass(self) -> Option<Length> {
        match self {
            Self::Covers(length) => Some(length),
            Self::Within(_) => None,
        }
    }
}

impl fmt::Display for LooksBack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Covers(length) => write!(f, "covers {length}"),
            Self::Within(length) => write!(f, "within {length}"),
        }
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            Unit::Days => "day",
            Unit::Months => "month",
        };
        let many = if self.count == 1 { "" } else { "s" };
        write!(f, "{} {unit}{many}", self.count)
    }
}

impl From<Length> for String {
    fn from(length: Length) -> Self {
        length.to_string()
    }
}

/// The text is not a length of time such as `12 months`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotALength;

impl fmt::Display for NotALength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a length of time such as `12 months` or `90 days`")
    }
}

impl FromStr for Length {
    type Err = NotALength;

    fn from_str(text: &str) -> Result<Self, NotALength> {
        let (count, unit) = text.split_once(' ').ok_or(NotALength)?;
        let plain = !count.starts_with('0') && count.bytes().all(|byte| byte.is_ascii_digit());
        let count: u16 = count.parse().ok().filter(|_| plain).ok_or(NotALength)?;
        match unit {
            "day" | "days" if count <= DAYS_MAX => Ok(Self::days(count)),
            "month" | "months" if count <= MONTHS_MAX => Ok(Self::months(count)),
            _ => Err(NotALength),
        }
    }
}

impl TryFrom<String> for Length {
    type Error = NotALength;

    fn try_from(text: String) -> Result<Self, NotALength> {
        text.parse()
    }
}

/// The past that a sentence speaks of: `the last twelve months`, `the past 90 days`, `each of the last
/// four quarters`. The first one, if there are several.
pub fn spoken_of(text: &str) -> Option<Length> {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let past = |word: &str| matches!(word, "last" | "past" | "previous" | "preceding");
    (1..words.len()).find_map(|at| {
        let (before, rest) = words.split_at(at);
        before.last().filter(|word| past(word))?;
        let (count, unit) = match rest {
            [number, unit, ..] if number_of(number).is_some() => (number_of(number)?, unit),
            [unit, ..] => (1, unit),
            [] => return None,
        };
        match unit.strip_suffix('s').unwrap_or(unit) {
            "day" => Some(Length::days(count)),
            "week" => Some(Length::days(count.saturating_mul(7))),
            "month" => Some(Length::months(count)),
            "quarter" => Some(Length::months(count.saturating_mul(3))),
            "year" => Some(Length::months(count.saturating_mul(12))),
            _ => None,
        }
    })
}

fn number_of(word: &str) -> Option<u16> {
    const WORDS: [&str; 12] = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    let position = WORDS.iter().position(|known| *known == word);
    let word_number = position.and_then(|at| u16::try_from(at + 1).ok());
    word_number.or_else(|| word.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_days_or_months() {
        for text in ["1 day", "90 days", "1 month", "12 months"] {
            let length: Length = text.parse().unwrap();
            assert_eq!(length.to_string(), text);
        }
        for text in [
            "",
            "12",
            "months",
            "0 days",
            "012 months",
            "1 year",
            "-1 days",
            "12  months",
            "999 months",
            "99999 days",
            "+1 days",
        ] {
            assert_eq!(text.parse::<Length>(), Err(NotALength), "{text}");
        }
    }

    #[test]
    fn a_time_ends_on_a_day_of_the_calendar() {
        for (day, length, end) in [
            ("2027-01-31", "12 months", "2028-01-31"),
            ("2027-01-31", "1 month", "2027-02-28"),
            ("2027-08-31", "6 months", "2028-02-29"),
            ("2026-12-20", "90 days", "2027-03-20"),
            ("2028-02-28", "2 days", "2028-03-01"),
            ("9999-12-31", "1 day", "9999-12-31"),
            ("9999-06-30", "12 months", "9999-12-31"),
        ] {
            let (day, length): (Date, Length) = (day.parse().unwrap(), length.parse().unwrap());
            assert_eq!(length.after(day).to_string(), end);
        }
    }

    #[test]
    fn sentences_say_how_far_they_look_back() {
        for (text, length) in [
            (
                "Each change of the last twelve months was approved.",
                Some("12 months"),
            ),
            ("In the last 90 days nothing was refused.", Some("90 days")),
            (
                "Collected in each of the last four quarters.",
                Some("12 months"),
            ),
            (
                "The owner can see who watched in the last week.",
                Some("7 days"),
            ),
            (
                "Looked through at least once in the past two years.",
                Some("24 months"),
            ),
            (
                "The figures of the last quarter are computed.",
                Some("3 months"),
            ),
            ("The last update was installed within three months.", None),
            ("Answered within 30 days.", None),
            ("The last digits of the year's number.", None),
            ("Programs last", None),
        ] {
            let length = length.map(|length| length.parse().unwrap());
            assert_eq!(spoken_of(text), length, "{text}");
        }
    }
}
