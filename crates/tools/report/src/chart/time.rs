//! Days as numbers, and an axis of dates.

use super::svg::{GRID, Look, QUIET, Svg};
use maturity::Date;

/// Days since the first of March of the year 0, so that a leap day is the last of its year.
fn number(date: Date) -> i64 {
    let text = date.to_string();
    let mut parts = text.split('-').map(|part| part.parse::<i64>().unwrap_or(0));
    let mut part = || parts.next().unwrap_or(0);
    let (year, month, day) = (part(), part(), part());
    let (year, month) = if month < 3 {
        (year - 1, month + 9)
    } else {
        (year, month - 3)
    };
    365 * year + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + (153 * month + 2) / 5
        + day
        - 1
}

/// A scale of days along x.
#[derive(Clone, Copy)]
pub(super) struct Axis {
    first: i64,
    last: i64,
    left: f64,
    right: f64,
}

impl Axis {
    /// An axis on which all the days lie, with some room at both ends; `None` without a day.
    pub(super) fn over(days: impl Iterator<Item = Date>, left: f64, right: f64) -> Option<Self> {
        let days: Vec<i64> = days.map(number).collect();
        let (first, last) = (days.iter().min()?, days.iter().max()?);
        let room = ((last - first) / 20).max(15);
        Some(Self {
            first: first - room,
            last: last + room,
            left,
            right,
        })
    }

    fn place(&self, day: i64) -> f64 {
        let share = (day - self.first) as f64 / (self.last - self.first).max(1) as f64;
        self.left + share * (self.right - self.left)
    }

    /// Where a day lies.
    pub(super) fn at(&self, date: Date) -> f64 {
        self.place(number(date))
    }

    /// First days of months within the axis, at most `most` of them, with their labels.
    fn ticks(&self, most: usize) -> Vec<(f64, String)> {
        for step in [
            1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12000, 24000, 60000,
        ] {
            let mut all = Vec::new();
            // The years of the ends, roughly; what lies outside is left out.
            let (from, to) = (self.first / 366, self.last / 365 + 1);
            let mut month = 12 * from / step * step;
            while month <= 12 * to && all.len() <= most {
                let (year, of_year) = (month.div_euclid(12), month.rem_euclid(12) + 1);
                let year = u16::try_from(year).unwrap_or(0);
                let day = Date::new(year, u8::try_from(of_year).unwrap_or(1), 1);
                if let Some(day) = day.map(number)
                    && (self.first..=self.last).contains(&day)
                {
                    let label = match step {
                        12.. => format!("{year:04}"),
                        _ => format!("{year:04}-{of_year:02}"),
                    };
                    all.push((self.place(day), label));
                }
                month += step;
            }
            if all.len() <= most {
                return all;
            }
        }
        Vec::new()
    }

    /// Draws lines and labels between `top` and `bottom`.
    pub(super) fn draw(&self, svg: &mut Svg, top: f64, bottom: f64, most: usize) {
        for (x, label) in self.ticks(most) {
            svg.line((x, top), (x, bottom + 4.0), GRID, 1.0);
            svg.text(x, bottom + 15.0, Look::QUIET.middle(), &label);
        }
    }

    /// Draws the day of the view.
    pub(super) fn today(&self, svg: &mut Svg, today: Date, top: f64, bottom: f64) {
        let x = self.at(today);
        svg.dashed((x, top), (x, bottom), QUIET, 1.0, "2 2");
        svg.text(
            x,
            top - 4.0,
            Look::QUIET.middle(),
            &format!("today {today}"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn days_are_counted_through_leap_years() {
        let between = |a: &str, b: &str| number(day(b)) - number(day(a));
        assert_eq!(between("2026-12-31", "2027-01-01"), 1);
        assert_eq!(between("2024-02-28", "2024-03-01"), 2);
        assert_eq!(between("2100-02-28", "2100-03-01"), 1);
        assert_eq!(between("2000-01-01", "2400-01-01"), 146_097);
        assert_eq!(between("1970-01-01", "2026-11-25"), 20_782);
    }

    #[test]
    fn ticks_are_few_and_inside() {
        for (from, to) in [
            ("2026-01-01", "2026-02-01"),
            ("2025-11-13", "2027-12-11"),
            ("0001-01-01", "9999-12-31"),
            ("2026-05-05", "2026-05-05"),
        ] {
            let axis = Axis::over([day(from), day(to)].into_iter(), 0.0, 100.0).unwrap();
            let ticks = axis.ticks(6);
            assert!(
                (1..=6).contains(&ticks.len()),
                "{from} {to}: {}",
                ticks.len()
            );
            assert!(ticks.iter().all(|(x, _)| (0.0..=100.0).contains(x)));
            assert!(ticks.is_sorted_by(|a, b| a.0 < b.0));
        }
        assert!(Axis::over(std::iter::empty(), 0.0, 1.0).is_none());
    }
}
