//! Source text, spans and diagnostics: what every reader of user text reports with.
//!
//! Principles:
//! - A [`Span`] is a byte range of one [`Source`]; it never copies text.
//! - A [`Diagnostic`] is data: a stable kebab-case `code`, a severity, one message in the user's
//!   words, labelled places, help that says what to do next, and the edits that do it where that is
//!   mechanical. It is rendered last, by
//!   [`render`] for people, and by [`json`] and [`sarif`] for machines.
//! - Messages are lower case, without a full stop, the user's words in backticks.
#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm))]

mod bytes;
mod diagnostic;
pub mod json;
pub mod render;
mod rule;
pub mod sarif;
mod suggest;
mod text;

pub use bytes::{NotText, text};
pub use diagnostic::{Diagnostic, Edit, Label, Severity, displace, edited, push_bounded};
pub use rule::{Rule, Worded, is_template, shows};
pub use suggest::nearest;
pub use text::{LineColumn, Source, Span};
