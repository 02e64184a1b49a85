//! The policy architecture, free of syntax, and the vocabulary of verdicts about it.
//!
//! Principles:
//! - A [`Model`] is complete and well formed when `lang` hands it out without errors: every id
//!   resolves, every port has labels, every end point is expanded to nodes and ports.
//! - It knows no text: each element carries an opaque [`Origin`] that `lang` maps to a span.
//! - What may flow is defined once, in words, in [`flow`]; `analysis` and `recheck` each build that
//!   graph on their own, so that a mistake in one is found by the other.
//! - A [`verdict`] speaks in names, so that it can be stored, sent and re-checked anywhere.
//! - [`Model::digest`] covers the meaning, not the text: order and comments do not change it.
#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm))]

mod canonical;
mod claim;
pub mod flow;
mod ids;
pub mod invariant;
mod message;
mod node;
mod order;
mod system;
pub mod verdict;

pub use claim::{Characteristic, Claim, EndPoint, Requirement, Through};
pub use ids::{
    ChannelId, ClassId, DomainId, GrantId, LabelId, NodeId, Origin, PortId, TypeId, ZoneId,
};
pub use message::{Field, FieldKind, MessageType, Range, SCHEMA_VERSION};
pub use node::{
    Budget, Direction, Node, NodeKind, OnFailure, OnStale, Pass, Port, PortRole, Subject, Trust,
};
pub use order::{CycleError, Order};
pub use system::{
    Assumption, CREDIT_BYTES, Channel, ChannelKind, DataClass, Deployment, Domain, Effect, Grant,
    GrantDirection, Model, NonGoal, Platform, Resource, Strength, Zone,
};
