//! Mechanisms as they are said: what is intended, and what the audit saw.

use linux_audit::Property;
use std::collections::BTreeSet;

/// One line about a mechanism.
#[derive(Clone, Debug)]
pub(crate) struct Mechanism {
    /// What is said.
    pub line: String,
    /// What the audit must have seen of every partition before it is said to be in force; nothing, if the
    /// line says that something is not.
    pub shown_by: Vec<Property>,
    /// What is said instead where that was not seen, and nothing differs; of whom, and why, follows.
    pub unseen: Option<&'static str>,
}

impl Mechanism {
    pub(crate) fn new(line: impl Into<String>, shown_by: &[Property]) -> Self {
        Self {
            line: line.into(),
            shown_by: shown_by.to_vec(),
            unseen: None,
        }
    }
}

/// Most partitions of which a line says what was not seen; of more it says how many.
const SAID_MAX: usize = 3;

/// What is in force as far as it was seen.
pub(crate) struct InForce {
    intended: Vec<Intended>,
    said: Vec<String>,
}

/// A mechanism with the partitions of which it was not seen.
struct Intended {
    own: Mechanism,
    /// Who; empty while all show it.
    subjects: BTreeSet<String>,
    /// The first of them, with what was not seen.
    gaps: Vec<String>,
}

impl Intended {
    fn line(&self) -> String {
        let (Some(head), false) = (self.own.unseen, self.gaps.is_empty()) else {
            return self.own.line.clone();
        };
        let more = match self.subjects.len().saturating_sub(self.gaps.len()) {
            0 => String::new(),
            more => format!("; and of {more} more subjects"),
        };
        format!("{head} {}{more}", self.gaps.join("; "))
    }

    fn add_gap(&mut self, subject: &str, reasons: &[String]) {
        // Started again, a subject is no news.
        if self.subjects.insert(subject.to_owned()) && self.gaps.len() < SAID_MAX {
            self.gaps.push(match reasons {
                [] => format!("`{subject}`: nobody asked"),
                some => format!("`{subject}`: {}", some.join(", ")),
            });
        }
    }
}

impl InForce {
    pub(crate) fn new(intended: Vec<Mechanism>) -> Self {
        let intended = intended.into_iter().map(|own| Intended {
            own,
            subjects: BTreeSet::new(),
            gaps: Vec::new(),
        });
        Self {
            intended: intended.collect(),
            said: Vec::new(),
        }
    }

    /// What was seen of every partition that was let go; nothing before the first.
    pub(crate) fn lines(&self) -> &[String] {
        &self.said
    }

    /// The partition of a subject is about to be let go: the lines that still hold, if these are others than
    /// before.
    pub(crate) fn add(
        &mut self,
        subject: &str,
        shows: impl Fn(Property) -> bool,
        reasons: impl Fn(Property) -> Vec<String>,
    ) -> Option<Vec<String>> {
        self.intended.retain_mut(|intended| {
            let missing = |property: &&Property| !shows(**property);
            let mut missing = intended.own.shown_by.iter().filter(missing).peekable();
            if missing.peek().is_none() {
                return true;
            }
            let reasons: Vec<String> = missing.flat_map(|property| reasons(*property)).collect();
            intended.add_gap(subject, &reasons);
            intended.own.unseen.is_some()
        });
        let lines: Vec<String> = self.intended.iter().map(Intended::line).collect();
        (lines != self.said).then(|| {
            self.said.clone_from(&lines);
            lines
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mechanism_is_in_force_only_while_every_partition_shows_it() {
        let (filter, root) = (Property::Filter, Property::EmptyRoot);
        let mut own = InForce::new(vec![
            Mechanism::new("filter", &[filter]),
            Mechanism::new("filter and root", &[filter, root]),
            Mechanism::new("no budgets", &[]),
        ]);
        assert!(own.lines().is_empty(), "nothing was seen yet");
        let mut add = |shows: &dyn Fn(Property) -> bool| own.add("a", shows, |_| vec![]);
        let all = ["filter", "filter and root", "no budgets"];
        assert_eq!(add(&|_| true).unwrap(), all);
        assert_eq!(add(&|_| true), None);
        let fewer = ["filter", "no budgets"];
        assert_eq!(add(&|property| property == filter).unwrap(), fewer);
        assert_eq!(add(&|_| true), None, "what was missing once stays out");
        assert_eq!(own.lines(), fewer);
    }

    #[test]
    fn what_cannot_be_seen_is_said_with_its_reason() {
        let mut files = Mechanism::new("open files", &[Property::OwnOpenFiles]);
        files.unseen = Some("open files, not compared:");
        let mut own = InForce::new(vec![files]);
        let mut add = |subject: &str, reason: Option<&str>| {
            let reasons = |_| reason.map(str::to_owned).into_iter().collect();
            own.add(subject, |_| reason.is_none(), reasons)
        };
        assert_eq!(add("a", None).unwrap(), ["open files"]);
        let one = "open files, not compared: `b`: descriptor 3: not permitted";
        let why = Some("descriptor 3: not permitted");
        assert_eq!(add("b", why).unwrap(), [one]);
        assert_eq!(add("b", why), None, "the same again");
        assert_eq!(add("a", None), None, "it stays unseen");
        add("c", why).unwrap();
        add("d", why).unwrap();
        add("e", why).unwrap();
        let line = add("f", why).unwrap();
        assert!(line[0].starts_with(one), "{line:?}");
        assert!(line[0].ends_with("; and of 2 more subjects"), "{line:?}");
        assert_eq!(add("f", why), None, "the same again");
    }
}
