//! What the audit saw of the mechanisms that are intended.

use linux_audit::Property;
use record::mechanism::{Mechanism, Pairs, Uncompared};
use std::collections::BTreeSet;

/// A mechanism, and what shows it.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    /// What is recorded.
    pub mechanism: Mechanism,
    /// What the audit must have seen of every partition before it is said to be in force; nothing, if it says
    /// that something is not.
    by: Vec<Property>,
}

impl Shown {
    pub(crate) fn new(mechanism: Mechanism, by: &[Property]) -> Self {
        let by = by.to_vec();
        Self { mechanism, by }
    }
}

/// Most subjects of which is said what was not seen; of more it is said how many.
const SAID_MAX: usize = 3;

/// What is in force as far as it was seen.
pub(crate) struct InForce {
    intended: Vec<Intended>,
    said: Vec<Mechanism>,
}

/// A mechanism with the subjects of which it was not seen.
struct Intended {
    own: Shown,
    /// Who; empty while all show it.
    subjects: BTreeSet<String>,
}

impl Intended {
    /// Notes that a subject does not show it; true if it is still in force, as far as it was seen.
    fn add_gap(&mut self, subject: &str, pairs: Vec<Pairs>) -> bool {
        let Mechanism::OpenFiles { unseen, more } = &mut self.own.mechanism else {
            return false;
        };
        // Started again, a subject is no news.
        if self.subjects.insert(subject.to_owned()) {
            let subject = subject.to_owned();
            match unseen.len() < SAID_MAX {
                true => unseen.push(Uncompared { subject, pairs }),
                false => *more = more.saturating_add(1),
            }
        }
        true
    }
}

impl InForce {
    pub(crate) fn new(intended: Vec<Shown>) -> Self {
        let intended = intended.into_iter().map(|own| Intended {
            own,
            subjects: BTreeSet::new(),
        });
        Self {
            intended: intended.collect(),
            said: Vec::new(),
        }
    }

    /// What was seen of every partition that was let go; nothing before the first.
    pub(crate) fn said(&self) -> &[Mechanism] {
        &self.said
    }

    /// The partition of a subject is about to be let go: the mechanisms that it shows, too, if these are others
    /// than before.
    pub(crate) fn add(
        &mut self,
        subject: &str,
        shows: impl Fn(Property) -> bool,
        reasons: impl Fn(Property) -> Vec<Pairs>,
    ) -> Option<Vec<Mechanism>> {
        self.intended.retain_mut(|intended| {
            let missing = |property: &&Property| !shows(**property);
            let mut missing = intended.own.by.iter().filter(missing).peekable();
            if missing.peek().is_none() {
                return true;
            }
            let pairs = missing.flat_map(|property| reasons(*property)).collect();
            intended.add_gap(subject, pairs)
        });
        let now = self.intended.iter();
        let now: Vec<Mechanism> = now.map(|one| one.own.mechanism.clone()).collect();
        (now != self.said).then(|| {
            self.said.clone_from(&now);
            now
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use record::difference::Holder;

    #[test]
    fn a_mechanism_is_in_force_only_while_every_partition_shows_it() {
        let (filter, root) = (Property::Filter, Property::EmptyRoot);
        let mut own = InForce::new(vec![
            Shown::new(Mechanism::CallFilter, &[filter]),
            Shown::new(Mechanism::EmptyRoot, &[filter, root]),
            Shown::new(Mechanism::ProcessorUnplanned, &[]),
        ]);
        assert!(own.said().is_empty(), "nothing was seen yet");
        let mut add = |shows: &dyn Fn(Property) -> bool| own.add("a", shows, |_| vec![]);
        let all = [
            Mechanism::CallFilter,
            Mechanism::EmptyRoot,
            Mechanism::ProcessorUnplanned,
        ];
        assert_eq!(add(&|_| true).unwrap(), all);
        assert_eq!(add(&|_| true), None);
        let fewer = [Mechanism::CallFilter, Mechanism::ProcessorUnplanned];
        assert_eq!(add(&|property| property == filter).unwrap(), fewer);
        assert_eq!(add(&|_| true), None, "what was missing once stays out");
        assert_eq!(own.said(), fewer);
    }

    #[test]
    fn what_cannot_be_seen_is_said_with_its_reason() {
        let (unseen, more) = (vec![], 0);
        let files = Shown::new(
            Mechanism::OpenFiles { unseen, more },
            &[Property::OwnOpenFiles],
        );
        let mut own = InForce::new(vec![files]);
        let mut add = |subject: &str, reason: Option<&str>| {
            let pairs = |reason: &str| Pairs {
                descriptor: 3,
                with: Holder::Supervisor,
                more: 0,
                reason: reason.to_owned(),
            };
            let reasons = |_| reason.map(pairs).into_iter().collect();
            let now = own.add(subject, |_| reason.is_none(), reasons);
            now.map(|now| now.iter().map(Mechanism::to_string).collect::<Vec<_>>())
        };
        let head = "separation: no open file shared by two partitions, or with the supervisor";
        assert_eq!(add("a", None).unwrap(), [head]);
        let one = format!(
            "{head}, as far as it was SEEN; the kernel (`kcmp`) did not compare `b`: descriptor 3 with one of \
             the supervisor's: not permitted"
        );
        let why = Some("not permitted");
        assert_eq!(add("b", why).unwrap(), [one.as_str()]);
        assert_eq!(add("b", why), None, "the same again");
        assert_eq!(add("a", None), None, "it stays unseen");
        add("c", why).unwrap();
        add("d", why).unwrap();
        add("e", why).unwrap();
        let line = add("f", why).unwrap();
        assert!(line[0].starts_with(&one), "{line:?}");
        assert!(line[0].ends_with("; and of 2 more subjects"), "{line:?}");
        assert_eq!(add("f", why), None, "the same again");
    }
}
