//! Labels of one axis as a finite partial order (Denning 1976).

use crate::LabelId;

/// A partial order over named labels; reflexive and transitive by construction.
#[derive(Clone, Debug, Default)]
pub struct Order {
    names: Vec<String>,
    /// `below[a]` has bit `b` set iff `a <= b`.
    below: Vec<Vec<u64>>,
}

/// The given pairs put two different labels each below the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CycleError {
    /// One of them.
    pub first: LabelId,
    /// The other.
    pub second: LabelId,
}

impl Order {
    /// The order over `names` in which each pair `(low, high)` holds, with all that follows.
    /// Pairs that name a label that does not exist are ignored.
    ///
    /// # Errors
    /// Two labels that would be each below the other.
    pub fn new(names: Vec<String>, pairs: &[(LabelId, LabelId)]) -> Result<Self, CycleError> {
        let words = names.len().div_ceil(64);
        let mut order = Self {
            below: vec![vec![0; words]; names.len()],
            names,
        };
        let all: Vec<LabelId> = order.labels().collect();
        for label in &all {
            order.set(*label, *label);
        }
        for (low, high) in pairs {
            order.set(*low, *high);
        }
        for middle in &all {
            let above = order.below.get(middle.index()).cloned().unwrap_or_default();
            for low in &all {
                if order.le(*low, *middle)
                    && let Some(row) = order.below.get_mut(low.index())
                {
                    row.iter_mut()
                        .zip(&above)
                        .for_each(|(to, from)| *to |= from);
                }
            }
        }
        for first in &all {
            for second in &all {
                if first < second && order.le(*first, *second) && order.le(*second, *first) {
                    return Err(CycleError {
                        first: *first,
                        second: *second,
                    });
                }
            }
        }
        Ok(order)
    }

    fn set(&mut self, low: LabelId, high: LabelId) {
        if high.index() < self.names.len()
            && let Some(word) = self
                .below
                .get_mut(low.index())
                .and_then(|row| row.get_mut(high.index() / 64))
        {
            *word |= 1 << (high.index() % 64);
        }
    }

    /// All labels in the order they were declared.
    pub fn labels(&self) -> impl Iterator<Item = LabelId> + use<> {
        (0..self.names.len()).map(LabelId::of)
    }

    /// Number of labels.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// True without labels.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The label of a name.
    pub fn find(&self, name: &str) -> Option<LabelId> {
        self.names.iter().position(|n| n == name).map(LabelId::of)
    }

    /// The name of a label; empty for one that does not exist.
    pub fn name(&self, label: LabelId) -> &str {
        self.names.get(label.index()).map_or("", String::as_str)
    }

    /// Whether `low <= high`.
    pub fn le(&self, low: LabelId, high: LabelId) -> bool {
        self.below
            .get(low.index())
            .and_then(|row| row.get(high.index() / 64))
            .is_some_and(|word| word >> (high.index() % 64) & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diamond() -> Order {
        let names = ["low", "left", "right", "high"].map(String::from).to_vec();
        let pairs = [(0, 1), (0, 2), (1, 3), (2, 3)].map(|(a, b)| (LabelId(a), LabelId(b)));
        Order::new(names, &pairs).unwrap()
    }

    #[test]
    fn closure_and_incomparable_labels() {
        let order = diamond();
        let le = |a, b| order.le(LabelId(a), LabelId(b));
        assert!(le(0, 3) && le(2, 2) && le(1, 3));
        assert!(!le(1, 2) && !le(2, 1) && !le(3, 0));
    }

    #[test]
    fn a_cycle_is_named() {
        let names = ["a", "b", "c"].map(String::from).to_vec();
        let pairs = [(0, 1), (1, 2), (2, 0)].map(|(a, b)| (LabelId(a), LabelId(b)));
        let error = Order::new(names, &pairs).unwrap_err();
        assert_eq!(
            error,
            CycleError {
                first: LabelId(0),
                second: LabelId(1)
            }
        );
    }
}
