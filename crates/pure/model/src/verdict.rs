//! One verdict object everywhere: claim, outcome, witness or certificate, notion, assumptions.
//!
//! Verdicts speak in names. A point is written `enter:NODE`, `leave:NODE`, `in:NODE.PORT`,
//! `out:NODE.PORT`, `back-in:NODE.PORT` (reverse side of an in-port) or `back-out:NODE.PORT`
//! (reverse side of an out-port).

use record::Digest;
use serde::{Deserialize, Serialize};

/// Format name and version of stored verdicts.
pub const FORMAT: &str = "bulkhead.verdicts/2";

/// Verdicts about one model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Verdicts {
    /// [`FORMAT`].
    pub format: String,
    /// System name.
    pub system: String,
    /// Digest of the model that was judged.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub model: Digest,
    /// Version of the tool that judged.
    pub tool: String,
    /// In the order of the requirements, then the built-in ones.
    pub verdicts: Vec<Verdict>,
}

/// One judged claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// Requirement name, with `#2`, `#3` … for further claims of one requirement; built-in:
    /// `labels.secrecy`, `labels.integrity`, `class.NAME`, `criticality.SUBJECT`.
    pub id: String,
    /// What is claimed.
    pub claim: Claim,
    /// How it was judged.
    pub outcome: Outcome,
    /// It holds because there is nothing it speaks about (e.g. no path at all for a mediation).
    pub vacuous: bool,
    /// In which sense it was judged.
    pub notion: String,
    /// Names of assumptions it rests on, `platform` and `local-policy.SUBJECT` included.
    pub assumptions: Vec<String>,
    /// Subjects whose compromise alone violates it, each with the path; empty unless it holds.
    pub violated_if: Vec<Compromise>,
}

/// How a claim was judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "verdict", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Outcome {
    /// It holds, and this proves it.
    Holds {
        /// The proof.
        certificate: Certificate,
    },
    /// It does not, and this shows it.
    Violated {
        /// The counterexample.
        witness: Witness,
    },
    /// It could not be judged.
    Unknown {
        /// Why not.
        reason: String,
    },
}

/// A claim in names. End points are `NODE` or `NODE.PORT`; of a port with both directions the one
/// that fits is meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "claim", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Claim {
    /// See [`crate::Claim::Never`].
    Never {
        /// Sorted; empty with `data` means every origin of the class.
        from: Vec<String>,
        /// Sorted.
        to: Vec<String>,
        /// Class, if only its flows count.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        data: Option<String>,
        /// Any one of these excuses a path.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        except_through: Vec<String>,
        /// All of these, in this order, excuse a path.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        except_in_order: Vec<String>,
    },
    /// No edge carries information to a place of lower or incomparable secrecy, or from a place
    /// of lower or incomparable integrity, except passes that say so.
    Labels {
        /// `secrecy` or `integrity`.
        axis: Axis,
    },
    /// Data of a class flows only where secrecy is at least the class's.
    ClassLabel {
        /// Class.
        class: String,
    },
    /// See [`crate::Claim::Keep`].
    Keep {
        /// Nodes lost together, sorted.
        lost: Vec<String>,
        /// Start.
        from: String,
        /// End.
        to: String,
        /// Events and credits are enough.
        #[serde(skip_serializing_if = "std::ops::Not::not", default)]
        signals: bool,
    },
    /// See [`crate::Claim::Fresh`].
    Fresh {
        /// In-port.
        port: String,
        /// Bound in microseconds.
        max_age_us: u64,
        /// `hold`, `safe-value` or `stop`, if required.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        reaction: Option<String>,
    },
    /// See [`crate::Claim::Latency`].
    Latency {
        /// Start.
        from: String,
        /// End.
        to: String,
        /// Bound in microseconds.
        max_us: u64,
    },
    /// The subject's claimed capability is offered by its platform.
    Criticality {
        /// Subject.
        subject: String,
        /// Claimed capability.
        level: String,
    },
}

/// Which labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Axis {
    /// Who may learn it.
    Secrecy,
    /// Who may have influenced it.
    Integrity,
}

/// A proof that a claim holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "certificate", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Certificate {
    /// Closed sets for [`Claim::Never`] and [`Claim::ClassLabel`]. Together the parts cover every
    /// pair of a start and an end; each part's set contains its starts, is closed under unexcused
    /// flow and contains none of its ends unexcused.
    Closed {
        /// The parts.
        parts: Vec<ClosedPart>,
    },
    /// For [`Claim::Labels`]: the labels of all points form an invariant that every edge keeps.
    Invariant {
        /// Every point with its label, sorted by point.
        labels: Vec<(String, String)>,
        /// Passes that lower or raise by their stated policy, as `in:… => out:…`, sorted.
        stated_passes: Vec<String>,
    },
    /// For [`Claim::Keep`]: a path that avoids what is lost.
    Path {
        /// Its points.
        points: Vec<String>,
    },
    /// For [`Claim::Fresh`] and [`Claim::Criticality`]: what the model states, as key and value.
    Table {
        /// Rows, sorted.
        rows: Vec<(String, String)>,
    },
}

/// One closed set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ClosedPart {
    /// Starts it speaks for, as the claim writes them (for every origin of a class: points).
    pub from: Vec<String>,
    /// Ends it speaks for.
    pub to: Vec<String>,
    /// Points reachable without excuse. With `AnyOf`, points of mediators are left out. With an
    /// order, an entry is `K|POINT` where K of its mediators were already met; without `K|` it is
    /// about ends of which one is a mediator of the order, so that nothing is excused.
    pub points: Vec<String>,
}

/// A counterexample.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "witness", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Witness {
    /// A violating path over the fewest nodes, and among these one of the fewest points.
    Path {
        /// Its points.
        points: Vec<String>,
        /// The same for people: nodes in order, each step with what carries it.
        steps: Vec<Step>,
    },
    /// An edge or pass that breaks the label order, reached by a path from where the label is
    /// highest (or lowest).
    LabelBreak {
        /// The two points of the edge.
        points: Vec<String>,
        /// The same for people.
        steps: Vec<Step>,
        /// Label where it comes from.
        from_label: String,
        /// Label where it goes to.
        to_label: String,
        /// All other flows that break the order, in the order of their points.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        others: Vec<Break>,
    },
    /// Nothing connects the ends once `lost` is removed: the closed set of what is still reached.
    Disconnected {
        /// Points still reachable from the start.
        points: Vec<String>,
    },
    /// What the model states and what was required, as key and value.
    Mismatch {
        /// Rows, sorted.
        rows: Vec<(String, String)>,
    },
}

/// A flow that breaks the label order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Break {
    /// The two points of the edge.
    pub points: Vec<String>,
    /// The same for people.
    pub steps: Vec<Step>,
    /// Label where it comes from.
    pub from_label: String,
    /// Label where it goes to.
    pub to_label: String,
}

/// One step of a path between two nodes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Node it leaves.
    pub from: String,
    /// Node it reaches.
    pub to: String,
    /// What carries it: `channel a.x -> b.y`, `credit of a.x -> b.y`, or a grant with its arrow, such
    /// as `grant a.g <-> e`.
    pub by: String,
    /// Of a credit: the bytes that its writer can write and its reader can read at once, which are
    /// more than the one position that an honest one uses.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bytes: Option<u64>,
    /// How it crossed the node it leaves, if that is a trusted subject: the pass, or `void`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub passed: Option<String>,
}

/// A subject whose compromise alone violates a claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Compromise {
    /// The subject whose local policy is void.
    pub subject: String,
    /// The path that then exists.
    pub witness: Witness,
}
