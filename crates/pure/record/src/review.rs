//! What a look at a running system found.

use crate::Digest;
use crate::difference::Difference;
use crate::status::SubjectState;
use serde::{Deserialize, Serialize};

/// Format name and version.
pub const FORMAT: &str = "bulkhead.audit/2";

/// What a look at a running system found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Review {
    /// [`FORMAT`].
    pub format: String,
    /// System name.
    pub system: String,
    /// Digest of the plan in force.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub plan: Digest,
    /// When; nanoseconds since 1970-01-01 UTC.
    pub at_ns: u64,
    /// How long the look took, in microseconds.
    pub took_us: u64,
    /// In the order of the plan.
    pub partitions: Vec<Partition>,
    /// Differences between the flows of the live system and the plan's; compared once every partition
    /// was seen.
    pub flows: Vec<Difference>,
    /// Number of lines in the event log, of which the last records this look.
    pub events: u64,
}

/// One partition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Partition {
    /// Its subject.
    pub subject: String,
    /// What the subject was doing; only a partition whose subject runs is looked at.
    pub state: SubjectState,
    /// Number of its current or last start.
    pub epoch: u64,
    /// Process id on the host; 0 if it was not looked at, because it does not run or ended meanwhile.
    pub pid: u32,
    /// Differences from the plan.
    pub differences: Vec<Difference>,
}

impl Review {
    /// All differences, each with its subject.
    pub fn differences(&self) -> Vec<Difference> {
        let own = |partition: &Partition| {
            let name = partition.subject.clone();
            let differences = partition.differences.clone().into_iter();
            differences.map(move |difference| difference.in_partition(&name))
        };
        let flows = self.flows.iter().cloned();
        self.partitions.iter().flat_map(own).chain(flows).collect()
    }

    /// Reads a report; none if it is not one.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let review: Self = serde_json::from_slice(bytes).ok()?;
        (review.format == FORMAT).then_some(review)
    }
}
