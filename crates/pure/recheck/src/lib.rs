//! Independent checks: of verdicts against the model they are about, and of a plan against the
//! model it was made from.
//!
//! Principles:
//! - It shares no code with what it checks: neither `analysis` nor the planner is used here. The
//!   flow graph is built a second time from the words of [`model::flow`].
//! - It is small enough to be read by the person who relies on it; a test keeps it so.
//! - It finds no proofs: it looks at one and says whether it is one. What it does not accept is
//!   refused with a reason, and a claim nobody proved is reported as missing.
//! - It is as suspicious of the files of our own tools as of anyone's: sizes and work are bounded,
//!   and no bytes make it panic.
//!
//! [`certificates`] checks verdicts, [`lint`] checks plans.
#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm))]

mod certificates;
mod claims;
mod flows;
mod graph;
mod labels;
mod lint;

pub use certificates::{Checked, REPORT_FORMAT, Report, Ruling, VERDICTS_BYTES_MAX, certificates};
pub use lint::{Finding, HELP, lint, lint_core};
