//! Mechanisms as they are said: what is intended, and what the audit saw.

use linux_audit::Property;

/// One line about a mechanism.
#[derive(Clone, Debug)]
pub(crate) struct Mechanism {
    /// What is said.
    pub line: String,
    /// What the audit must have seen of every partition before it is said to be in force; nothing, if the
    /// line says that something is not.
    pub shown_by: Vec<Property>,
    /// What is said instead where that was not seen, and nothing differs.
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

/// What is in force as far as it was seen.
pub(crate) struct InForce {
    intended: Vec<Mechanism>,
    said: Vec<String>,
}

impl InForce {
    pub(crate) fn new(intended: Vec<Mechanism>) -> Self {
        let said = Vec::new();
        Self { intended, said }
    }

    /// What was seen of every partition that was let go; nothing before the first.
    pub(crate) fn lines(&self) -> &[String] {
        &self.said
    }

    /// A partition is about to be let go: the lines that still hold, if these are others than before.
    pub(crate) fn add(&mut self, shows: impl Fn(Property) -> bool) -> Option<Vec<String>> {
        let shows = |own: &Mechanism| own.shown_by.iter().all(|property| shows(*property));
        let intended = std::mem::take(&mut self.intended).into_iter();
        let held = intended.filter_map(|own| match shows(&own) {
            true => Some(own),
            false => own.unseen.map(|line| Mechanism::new(line, &[])),
        });
        self.intended = held.collect();
        let lines: Vec<String> = self.intended.iter().map(|own| own.line.clone()).collect();
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
        let all = ["filter", "filter and root", "no budgets"];
        assert_eq!(own.add(|_| true).unwrap(), all);
        assert_eq!(own.add(|_| true), None);
        let fewer = ["filter", "no budgets"];
        assert_eq!(own.add(|property| property == filter).unwrap(), fewer);
        assert_eq!(own.add(|_| true), None, "what was missing once stays out");
        assert_eq!(own.lines(), fewer);
    }

    #[test]
    fn what_cannot_be_seen_is_said() {
        let mut files = Mechanism::new("open files", &[Property::OwnOpenFiles]);
        files.unseen = Some("open files: unseen");
        let mut own = InForce::new(vec![files]);
        assert_eq!(own.add(|_| false).unwrap(), ["open files: unseen"]);
        assert_eq!(own.add(|_| true), None, "it stays unseen");
    }
}
