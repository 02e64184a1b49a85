//! What a crosswalk reads out of the law that an obligation names. An obligation says in words where
//! it comes from; a minimum that lies below the crosswalk's line on the same law deserves a look, and so
//! does a practice that the crosswalk reads in the law and for which no minimum is set.
//!
//! A law is recognised by the name of the crosswalk's standard, by the name in parentheses behind it,
//! or by the short name of the crosswalk; case, spaces and punctuation do not matter. If the source
//! names articles, only lines on these count; if it names an annex and no article, only lines that are
//! not on articles or on another annex. Only lines that bind when the obligation does are read.

use crate::crosswalk::{Crosswalk, Mapping};
use crate::project::{Minimum, Obligation};
use crate::words::{Basis, Level};
use serde::Serialize;
use std::collections::BTreeSet;

/// A line of a crosswalk that asks for more than a minimum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Above {
    /// The requirement, e.g. `cra:2024-2847/Art.14`.
    pub requirement: String,
    /// The level from which it is mostly addressed.
    pub level: Level,
    /// Why.
    pub why: String,
}

/// The line that asks for the highest level of the practice of a minimum, if it is above the minimum.
pub fn above(
    obligation: &Obligation,
    minimum: &Minimum,
    crosswalks: &[Crosswalk],
) -> Option<Above> {
    let lines = lines(obligation, crosswalks).map(|(_, line)| line);
    let lines =
        lines.filter(|line| line.practice == minimum.practice && line.level > minimum.level);
    let highest = highest(lines)?;
    Some(Above {
        requirement: highest.to.clone(),
        level: highest.level,
        why: highest.why.clone(),
    })
}

/// A practice that a crosswalk reads in a law and for which no minimum is set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unset {
    /// Id of the practice.
    pub practice: String,
    /// The requirement, e.g. `cra:2024-2847/Art.14`.
    pub requirement: String,
    /// The level from which it is mostly addressed.
    pub level: Level,
}

/// For each obligation the practices for which neither it nor another obligation from the same law sets
/// a minimum, in the order of the crosswalk. Each is told once, with the first obligation it belongs to.
pub fn unset(obligations: &[Obligation], crosswalks: &[Crosswalk]) -> Vec<Vec<Unset>> {
    let mut told: BTreeSet<(&str, &str)> = BTreeSet::new();
    for obligation in obligations {
        for crosswalk in named(obligation, crosswalks) {
            let set = obligation.minimums.iter();
            told.extend(set.map(|least| (crosswalk.id.as_str(), least.practice.as_str())));
        }
    }
    let mut all = Vec::new();
    for obligation in obligations {
        let mut own: Vec<(&str, Vec<&Mapping>)> = Vec::new();
        for (crosswalk, line) in lines(obligation, crosswalks) {
            let practice = line.practice.as_str();
            match own.iter_mut().find(|(other, _)| *other == practice) {
                Some((_, lines)) => lines.push(line),
                None if told.insert((&crosswalk.id, practice)) => own.push((practice, vec![line])),
                None => {}
            }
        }
        let unset = own.into_iter().filter_map(|(practice, lines)| {
            let highest = highest(lines.into_iter())?;
            Some(Unset {
                practice: practice.to_owned(),
                requirement: highest.to.clone(),
                level: highest.level,
            })
        });
        all.push(unset.collect());
    }
    all
}

/// The crosswalks whose standard is the law that an obligation names.
fn named<'c>(
    obligation: &'c Obligation,
    crosswalks: &'c [Crosswalk],
) -> impl Iterator<Item = &'c Crosswalk> {
    let all = crosswalks.iter();
    all.filter(|crosswalk| names(&obligation.source, crosswalk))
}

/// The lines of crosswalks that an obligation is read with.
fn lines<'c>(
    obligation: &'c Obligation,
    crosswalks: &'c [Crosswalk],
) -> impl Iterator<Item = (&'c Crosswalk, &'c Mapping)> {
    let clause = Clause::of(&obligation.source);
    let lines = named(obligation, crosswalks);
    let lines =
        lines.flat_map(|crosswalk| crosswalk.mappings.iter().map(move |line| (crosswalk, line)));
    lines.filter(move |(_, line)| {
        line.basis == Basis::Law
            && line.in_force.is_none_or(|day| day <= obligation.in_force)
            && clause.holds(line)
    })
}

/// The first of the lines with the highest level.
fn highest<'c>(lines: impl Iterator<Item = &'c Mapping>) -> Option<&'c Mapping> {
    lines.fold(None, |highest: Option<&Mapping>, line| match highest {
        Some(other) if other.level >= line.level => highest,
        _ => Some(line),
    })
}

/// True if a source names the standard of a crosswalk.
fn names(source: &str, crosswalk: &Crosswalk) -> bool {
    let (formal, common) = match crosswalk.standard.split_once('(') {
        // `Regulation (EU) 2024/2847 (Cyber Resilience Act)`: the last parentheses hold a name.
        Some(_) => match crosswalk.standard.rsplit_once('(') {
            Some((formal, common)) if common.ends_with(')') => (formal, common),
            _ => (crosswalk.standard.as_str(), ""),
        },
        None => (crosswalk.standard.as_str(), ""),
    };
    let short = crosswalk.id.split(':').next().unwrap_or_default();
    let source = format!(" {} ", words(source).join(" "));
    [formal, common, short].into_iter().any(|name| {
        let name = words(name).join(" ");
        !name.is_empty() && source.contains(&format!(" {name} "))
    })
}

/// The words of a text, in lower case, without punctuation.
fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// The part of a law that a source names.
#[derive(Debug, Default, PartialEq, Eq)]
struct Clause {
    articles: Vec<String>,
    annexes: Vec<String>,
}

impl Clause {
    fn of(source: &str) -> Self {
        let mut clause = Self::default();
        let words = words(source);
        let mut into: Option<bool> = None;
        for word in &words {
            let number = word.bytes().all(|byte| byte.is_ascii_digit());
            let roman = word.bytes().all(|byte| b"ivxlc".contains(&byte));
            match (word.as_str(), into) {
                ("article" | "articles" | "art" | "arts", _) => into = Some(true),
                ("annex" | "annexes", _) => into = Some(false),
                ("and" | "or" | "to" | "paragraph" | "part", _) => {}
                (_, Some(true)) if number => clause.articles.push(word.clone()),
                (_, Some(false)) if roman || number => clause.annexes.push(word.clone()),
                _ => into = None,
            }
        }
        clause
    }

    fn holds(&self, line: &Mapping) -> bool {
        let requirement = line.to.split_once('/').map_or("", |(_, end)| end);
        let words = words(requirement);
        match words.as_slice() {
            [kind, number, ..] if kind == "art" => match self.articles.as_slice() {
                [] => self.annexes.is_empty(),
                some => some.contains(number),
            },
            _ if !self.articles.is_empty() => false,
            [kind, number, ..] if kind == "annex" => {
                self.annexes.is_empty() || self.annexes.contains(number)
            }
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_and_annexes_are_read_out_of_words() {
        for (source, articles, annexes) in [
            (
                "Regulation (EU) 2024/2847, Article 14",
                &["14"][..],
                &[][..],
            ),
            ("CRA Art. 13 and 14", &["13", "14"], &[]),
            ("Regulation (EU) 2024/2847, annex I", &[], &["i"]),
            ("Regulation (EU) 2024/2847", &[], &[]),
            ("article of faith, 14 pages", &[], &[]),
        ] {
            let found = Clause::of(source);
            assert_eq!(found.articles, articles, "{source}");
            assert_eq!(found.annexes, annexes, "{source}");
        }
    }
}
