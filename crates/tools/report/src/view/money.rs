//! What something costs.

use super::shown;
use serde::Serialize;

shown! {
    /// A range of money.
    Money {
        /// At least, in whole units of the currency.
        least: u64,
        /// At most.
        most: u64,
        /// `EUR` and the like.
        currency: String,
    }
}

impl Money {
    /// In words, the digits not grouped.
    pub fn says(&self) -> String {
        match self.least == self.most {
            true => format!("{} {}", self.most, self.currency),
            false => format!("{} to {} {}", self.least, self.most, self.currency),
        }
    }
}
