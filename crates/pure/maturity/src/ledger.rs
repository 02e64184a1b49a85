//! What happened to a project, as events; the project is a fold over them.
//!
//! Principles:
//! - An [`Event`] sets one thing, named by its [`Event::key`], or removes it. Events are never
//!   changed; a correction is another event.
//! - An [`Entry`] says how far its author had read ([`Entry::base`]). If somebody else set the same
//!   thing in between, the later entry is a [`Conflict`]: it is kept and shown, and what stands goes
//!   on standing until somebody who has seen both decides. Nobody's work is lost, and no lock is needed.
//! - What one person records at one moment (equal author and time) is one deed: it does not conflict
//!   with itself.
//! - A frozen assessment is closed: what reaches it later is a conflict with its approval, until
//!   somebody who did not assess it opens it again ([`Event::Reopened`]). One that holds nothing is
//!   never frozen.
//! - The fold is pure: the same entries give the same [`State`], whoever stores them and wherever.
//!
//! [`difference`] turns two projects into the events between them: importing a file is recording what
//! it changes.

mod difference;
mod event;
mod fold;
mod key;

pub use difference::difference;
pub use event::{AssessmentHead, Event, Header, ModelFile, SetHead};
pub use fold::{Comment, Conflict, Entry, Held, Reason, State};
pub use key::Key;

/// Version of the stored events and of the stored state; part of every snapshot's name.
pub const FORMAT: &str = "bulkhead.maturity-state/2";
