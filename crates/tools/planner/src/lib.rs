//! From model to plan.
//!
//! Principles:
//! - The planner is a pure function of the model and of facts about program files that others read.
//! - It decides nothing about flows: it writes down what the model draws, and the linter in
//!   `recheck`, which shares no code with it, checks that it did.
//! - What cannot be planned is said per element, all at once.
//!
//! `portable` makes what a plan says for any platform; [`linux`] adds what the Linux separation runtime needs.

pub mod linux;
mod portable;

pub use portable::{HEARTBEAT_DEFAULT_MS, Impossible, MEMORY_DEFAULT_BYTES};
