//! Medians with their spread, and the goal.

use std::collections::BTreeMap;
use std::fmt;

/// How many times faster than `bwrap` a start is to be.
const GOAL: f64 = 3.0;

/// What is measured, in the order it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Row {
    Bare,
    Bwrap,
    Fresh,
    Mapped,
    Ready,
    Go,
    Ahead,
    Audit,
    Hash,
    Place,
    Serial,
    Again,
    BwrapMany,
    Many,
    ManyAudit,
    Whole,
}

impl Row {
    fn text(self) -> &'static str {
        match self {
            Self::Bare => "fork and exec, nothing separated",
            Self::Bwrap => "bwrap --unshare-all",
            Self::Fresh => "a new partition to first byte",
            Self::Mapped => "  of it: memory, mapped and sealed",
            Self::Ready => "  of it: program, start, filter",
            Self::Go => "  of it: go, program's own start",
            Self::Ahead => "  ahead: the keeper, until it has no rights",
            Self::Audit => "  apart: audit",
            Self::Hash => "  apart: read, hash, seal the program",
            Self::Place => "  apart: run directory, groups, log",
            Self::Serial => "a' new partition, nothing ahead",
            Self::Again => "b program into a ready partition",
            Self::BwrapMany => "bwrap --unshare-all, each of 20",
            Self::Many => "c new partition, each of 20",
            Self::ManyAudit => "  apart: audit, each",
            Self::Whole => "d supervisor's exec to first byte",
        }
    }

    /// With what it is compared, if it is, and whether the goal is meant for it.
    fn peer(self) -> Option<(Self, bool)> {
        match self {
            Self::Fresh | Self::Serial | Self::Again => Some((Self::Bwrap, true)),
            Self::Bare | Self::Whole => Some((Self::Bwrap, false)),
            Self::Many => Some((Self::BwrapMany, true)),
            _ => None,
        }
    }
}

/// One figure for each round, in milliseconds.
#[derive(Default)]
pub struct Table {
    rounds: BTreeMap<Row, Vec<f64>>,
}

impl Table {
    pub fn add(&mut self, row: Row, ms: f64) {
        self.rounds.entry(row).or_default().push(ms);
    }

    /// Median over the rounds of the ratio within a round.
    fn faster(&self, row: Row, peer: Row) -> f64 {
        let rounds = |row| self.rounds.get(&row).into_iter().flatten();
        let ratios = rounds(peer).zip(rounds(row)).map(|(peer, own)| peer / own);
        median(&mut ratios.collect::<Vec<_>>())
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rounds = self.rounds.get(&Row::Bwrap).map_or(0, Vec::len);
        writeln!(
            f,
            "{:40} {:>8} {:>8} {:>8} {:>11}",
            format!("start, {rounds} rounds"),
            "min ms",
            "med ms",
            "max ms",
            "bwrap/this"
        )?;
        for (row, rounds) in &self.rounds {
            let mut sorted = rounds.clone();
            let middle = median(&mut sorted);
            let (least, most) = (sorted.first(), sorted.last());
            write!(
                f,
                "{:40} {:>8.3} {middle:>8.3} {:>8.3}",
                row.text(),
                least.copied().unwrap_or(0.0),
                most.copied().unwrap_or(0.0)
            )?;
            match row.peer() {
                Some((peer, goal)) => {
                    let faster = self.faster(*row, peer);
                    let verdict = match (goal, faster >= GOAL) {
                        (false, _) => String::new(),
                        (_, true) => format!("  >= {GOAL} met"),
                        (_, false) => format!("  >= {GOAL} MISSED"),
                    };
                    writeln!(f, " {faster:>11.2}{verdict}")?;
                }
                None => writeln!(f)?,
            }
        }
        Ok(())
    }
}

/// The middle value (of an even number, the upper one); 0 of none.
fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
