//! What `bulkhead maturity` and `bulkhead ledger` print for machines; the schemas in `schemas/` are
//! generated from these types. What a report shows is [`report::view::View`], where projects stand
//! [`super::summary::Portfolio`].

use maturity::compare::{Across, Change};
use maturity::ledger::Entry;
use record::Digest;
use serde::Serialize;

/// `bulkhead maturity compare --format json`.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Compared {
    /// `bulkhead.maturity-compare/1`.
    pub format: &'static str,
    /// What was compared, in order: two assessments, or projects.
    pub what: Vec<String>,
    /// Two assessments: the practices that differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<Vec<Change>>,
    /// Projects: every practice across them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub across: Option<Vec<Across>>,
}

impl Compared {
    /// The name of the format.
    pub const FORMAT: &str = "bulkhead.maturity-compare/1";
}

/// `bulkhead maturity history --entries --format json`.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Entries {
    /// `bulkhead.maturity-entries/1`.
    pub format: &'static str,
    /// Name of the project.
    pub project: String,
    /// Everything that was recorded about it, in order.
    pub entries: Vec<Entry>,
}

impl Entries {
    /// The name of the format.
    pub const FORMAT: &str = "bulkhead.maturity-entries/1";
}

/// `bulkhead ledger verify --format json`.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Verified {
    /// `bulkhead.ledger/1`.
    pub format: &'static str,
    /// Whether everything is as it was written.
    pub intact: bool,
    /// Number of entries.
    pub entries: u64,
    /// Hash of the last entry: keep it elsewhere, it shows later that nothing was cut off.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub last: Digest,
    /// Attached files that were read.
    pub attachments: u64,
    /// What is wrong, with its place.
    pub faults: Vec<Wrong>,
}

impl Verified {
    /// The name of the format.
    pub const FORMAT: &str = "bulkhead.ledger/1";
}

/// Something that is wrong with a ledger.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Wrong {
    /// Where.
    pub place: String,
    /// What.
    pub what: String,
    /// Whether it can be thrown away and made again.
    pub derived: bool,
}
