//! Digests, canonical bytes, the hash chain and its verifier, the versioned event vocabulary, and what a
//! running system says of itself.
//!
//! Principles:
//! - A [`Digest`] is SHA-256 over canonical bytes and is shown as lower-case hexadecimal.
//! - [`facts`] writes data as sorted lines of escaped fields: canonical, and readable in a diff.
//! - A [`chain`] line is one JSON object whose last field is the hash of everything before it and
//!   of the previous line's hash: removing, adding, reordering or altering a line is found.
//! - An [`event`] says what happened in words that later versions keep reading, a [`cause`] why a subject ended, a
//!   [`reason`] why it stays stopped or all ends, a [`difference`] what the audit found, a [`mechanism`] what
//!   separates.
//! - A [`status`] page says what a running system does now, a [`review`] what another look at it found; [`rundir`] and
//!   [`logs`] say by which names both and the event logs are found.
//! - What of others is shown holds no character that [steers](text::steers) the place where it is shown.
#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm))]

pub mod cause;
pub mod chain;
pub mod difference;
mod digest;
pub mod event;
pub mod facts;
pub mod logs;
pub mod mechanism;
pub mod reason;
pub mod review;
pub mod rundir;
pub mod status;
pub mod text;

pub use digest::Digest;
