//! Medians with their spread, and the goals.

use crate::carrier::{CARRIERS, Name, SIZES};
use std::collections::BTreeMap;
use std::fmt;

/// The middle value (of an even number, the upper one); 0 of none.
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// One figure for each round, by size and carrier.
pub struct Table {
    title: &'static str,
    unit: &'static str,
    /// What the others are compared with.
    base: Name,
    rounds: BTreeMap<(usize, Name), Vec<f64>>,
}

impl Table {
    pub fn new(title: &'static str, unit: &'static str, base: Name) -> Self {
        Self {
            title,
            unit,
            base,
            rounds: BTreeMap::new(),
        }
    }

    pub fn add(&mut self, size: usize, name: Name, value: f64) {
        self.rounds.entry((size, name)).or_default().push(value);
    }

    /// Median of the ratio of two carriers in the same round.
    fn ratio(&self, size: usize, name: Name, to: Name) -> f64 {
        let rounds = |name| self.rounds.get(&(size, name)).into_iter().flatten();
        let ratios = rounds(name)
            .zip(rounds(to))
            .map(|(value, other)| value / other);
        median(&mut ratios.collect::<Vec<_>>())
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (title, unit) = (self.title, self.unit);
        writeln!(
            f,
            "{title:12} {:>8} {:>10} {:>10} {:>10} {:>12}",
            "bytes",
            format!("min {unit}"),
            format!("med {unit}"),
            format!("max {unit}"),
            format!("/{}", self.base.text())
        )?;
        for size in SIZES {
            for name in CARRIERS {
                let Some(rounds) = self.rounds.get(&(size, name)) else {
                    continue;
                };
                let mut sorted = rounds.clone();
                let middle = median(&mut sorted);
                writeln!(
                    f,
                    "{:12} {size:>8} {:>10.3} {middle:>10.3} {:>10.3} {:>12.2}",
                    name.text(),
                    sorted.first().copied().unwrap_or(0.0),
                    sorted.last().copied().unwrap_or(0.0),
                    self.ratio(size, name, self.base)
                )?;
            }
        }
        Ok(())
    }
}

/// The goals and what was reached: medians over the rounds of the ratio within a round.
pub fn goals(round_trip: &Table, one_way: &Table) -> String {
    let mut text = String::from("goal                                        wanted   reached\n");
    let mut line = |goal: &str, most: bool, wanted: f64, reached: f64| {
        let met = if most {
            reached <= wanted
        } else {
            reached >= wanted
        };
        let sign = if most { "<=" } else { ">=" };
        let verdict = if met { "met" } else { "MISSED" };
        text += &format!("{goal:42} {sign} {wanted:<5} {reached:>8.2}  {verdict}\n");
    };
    let trip = |name, to| round_trip.ratio(64, name, to);
    line(
        "64 B round trip: credit / cache lines",
        true,
        1.5,
        trip(Name::Credit, Name::Lines),
    );
    line(
        "64 B round trip: drop-oldest / cache lines",
        true,
        1.8,
        trip(Name::DropOldest, Name::Lines),
    );
    line(
        "64 B round trip: iceoryx2 / credit",
        false,
        3.0,
        trip(Name::Iceoryx, Name::Credit),
    );
    let way = |size| one_way.ratio(size, Name::Credit, Name::Iceoryx);
    line("64 B one way: credit / iceoryx2", false, 5.0, way(64));
    line("1 KiB one way: credit / iceoryx2", false, 2.5, way(1024));
    line("64 KiB one way: credit / iceoryx2", false, 1.0, way(65_536));
    text
}
