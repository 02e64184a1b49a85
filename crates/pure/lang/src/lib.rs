//! The architecture language: text to [`model::Model`], diagnostics and places.
//!
//! `docs/language.md` is the reference of the language; this crate is its only reader.
//!
//! Principles:
//! 1. Reading never fails: [`read`] returns a model as complete as the text permits. If no
//!    diagnostic is an error, the model keeps every promise that crate `model` makes.
//! 2. Every mistake is reported once, where it was made: what depends on a faulty place is not
//!    reported again, and independent mistakes all appear in one run.
//! 3. Nothing is ignored: an unknown word, property or argument is an error.
//! 4. The model knows no text; [`Origins`] maps its opaque origins back to spans.
//! 5. Work is bounded for any text; the bounds are in the module `bounds`.
//!
//! Data flows one way: [`kdl::parse`] → `form` (is each node shaped as its word demands) and `entry`
//! with `value` (what does a value mean) → one module per construct, in the order in which they need
//! each other: `labels`, `groups`, `types`, `nodes`, `subject`, `grant`, `channel`, `trust`,
//! `statements`, `claims`, `platform` → `finish` (what only the whole shows). `context` carries the
//! model under construction and its names; `fault` is the table of all that can be reported, and
//! `damage` says which of it waits until faults of the syntax are mended. `rust` and `write` go the
//! other way: message types to Rust source, a model to text.
#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm))]

mod arrow;
mod bounds;
mod channel;
mod claims;
mod context;
mod damage;
mod entry;
mod fault;
mod finish;
mod form;
mod grant;
mod groups;
mod labels;
mod names;
mod nodes;
mod opened;
mod origins;
mod platform;
mod read;
mod rust;
mod statements;
mod subject;
mod trust;
mod types;
mod unused;
mod value;
mod write;

pub use fault::{codes, example, rule};
pub use origins::Origins;
pub use read::{Reading, read};
pub use rust::rust_types;
pub use write::{architecture, write};
