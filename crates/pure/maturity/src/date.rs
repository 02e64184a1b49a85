//! Calendar dates (proleptic Gregorian, ISO 8601 `YYYY-MM-DD`), without a clock: today is given.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A day. Ordered by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// The first day there is.
    pub const FIRST: Self = Self {
        year: 1,
        month: 1,
        day: 1,
    };

    /// The last day there is.
    pub const LAST: Self = Self {
        year: 9999,
        month: 12,
        day: 31,
    };

    /// The day before; none before the first.
    pub fn before(self) -> Option<Self> {
        let Self { year, month, day } = self;
        let last = |month| (28..=31).rev().find_map(|day| Self::new(year, month, day));
        match (month, day) {
            (1, 1) => Self::new(year.checked_sub(1)?, 12, 31),
            (_, 1) => last(month - 1),
            _ => Self::new(year, month, day - 1),
        }
    }

    /// So many days later; the last day there is if the calendar ends before.
    pub(crate) fn plus_days(self, days: u16) -> Self {
        (0..days).fold(self, |day, _| day.next())
    }

    /// The same day of the month so many months later, or the last day of a shorter month; the last
    /// day there is if the calendar ends before.
    pub(crate) fn plus_months(self, months: u16) -> Self {
        let counted = u32::from(self.year) * 12 + u32::from(self.month) - 1 + u32::from(months);
        let found = || {
            let year = u16::try_from(counted / 12).ok()?;
            let month = u8::try_from(counted % 12 + 1).ok()?;
            let mut days = (1..=self.day).rev();
            days.find_map(|day| Self::new(year, month, day))
        };
        found().unwrap_or(Self::LAST)
    }

    fn next(self) -> Self {
        let Self { year, month, day } = self;
        Self::new(year, month, day + 1)
            .or_else(|| Self::new(year, month + 1, 1))
            .or_else(|| Self::new(year + 1, 1, 1))
            .unwrap_or(Self::LAST)
    }

    /// The day, if the calendar has it. Years 1 to 9999.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let leap =
            year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let last = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => 0,
        };
        let exists = (1..=9999).contains(&year) && (1..=last).contains(&day);
        exists.then_some(Self { year, month, day })
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Date {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Date".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date" })
    }
}

impl FromStr for Date {
    type Err = NotADate;

    fn from_str(text: &str) -> Result<Self, NotADate> {
        let mut parts = text.split('-');
        let mut part = |digits: usize| -> Option<u16> {
            let text = parts.next()?;
            let plain = text.len() == digits && text.bytes().all(|b| b.is_ascii_digit());
            plain.then(|| text.parse().ok()).flatten()
        };
        let date = (part(4), part(2), part(2));
        let (Some(year), Some(month), Some(day)) = date else {
            return Err(NotADate);
        };
        let (Ok(month), Ok(day)) = (u8::try_from(month), u8::try_from(day)) else {
            return Err(NotADate);
        };
        match parts.next() {
            Some(_) => Err(NotADate),
            None => Self::new(year, month, day).ok_or(NotADate),
        }
    }
}

/// The text is not a day of the calendar in the form `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotADate;

impl fmt::Display for NotADate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a date such as `2026-03-31`")
    }
}

impl std::error::Error for NotADate {}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}

impl TryFrom<String> for Date {
    type Error = NotADate;

    fn try_from(text: String) -> Result<Self, NotADate> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_of_the_calendar_are_read() {
        for text in [
            "2026-01-01",
            "2024-02-29",
            "2000-02-29",
            "9999-12-31",
            "0001-01-01",
        ] {
            assert_eq!(
                text.parse::<Date>().map(|d| d.to_string()),
                Ok(text.to_owned())
            );
        }
        for text in [
            "",
            "2026",
            "2026-1-1",
            "2026-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-04-31",
            "2026-01-00",
            "0000-01-01",
            "2026-01-01-01",
            "+026-01-01",
            "2026/01/01",
            "2026-01-01 ",
        ] {
            assert_eq!(text.parse::<Date>(), Err(NotADate), "{text}");
        }
    }

    #[test]
    fn dates_are_ordered_by_time() {
        let dates: Vec<Date> = ["2025-12-31", "2026-01-01", "2026-01-31", "2026-02-01"]
            .map(|d| d.parse().unwrap())
            .into();
        assert!(dates.is_sorted());
    }

    #[test]
    fn the_day_before() {
        for (day, before) in [
            ("2026-03-01", Some("2026-02-28")),
            ("2024-03-01", Some("2024-02-29")),
            ("2026-01-01", Some("2025-12-31")),
            ("2026-11-25", Some("2026-11-24")),
            ("0001-01-01", None),
        ] {
            let day: Date = day.parse().unwrap();
            assert_eq!(day.before().map(|day| day.to_string()).as_deref(), before);
        }
    }
}
