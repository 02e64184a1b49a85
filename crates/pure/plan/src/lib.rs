//! The plan: everything one machine must enforce, and nothing else; the only thing that crosses to
//! one.
//!
//! Principles:
//! - A plan is data. Who makes it (`planner`), who checks it (`recheck`) and who executes it
//!   (`linux`) are three others, and this crate is all they share.
//! - It has a portable core, which says what must be enforced, and one section for its platform, which says
//!   by what names and places there. Who judges a plan needs the core alone.
//! - It is complete: no default is filled in later, every address and limit is a literal.
//! - It is canonical: one plan has one spelling. [`Plan::parse`] refuses every other, so the
//!   [`Plan::digest`] of the bytes is the identity of the plan.
//! - [`FlowGraph`] is what the plan permits to flow, between names; the linter compares it with the
//!   model's, the audit with the kernel's.
#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm))]

pub mod address;
pub mod check;
mod difference;
mod flow;
mod format;
pub mod linux;
mod text;

pub use check::Fault;
pub use difference::{Difference, differences};
pub use flow::{Flow, FlowGraph, FlowKind};
pub use format::{
    ChannelPlan, ConnectionPlan, Core, Direction, Enforce, FORMAT, FailureAction, FailurePlan,
    GrantDirection, GrantPlan, ImagePlan, Kind, Plan, PlatformPlan, PortPlan, Reaction,
    ResourcePlan, SettingPlan, Strength, SubjectPlan, Target,
};
pub use text::{PLAN_BYTES_MAX, ParseError};
