//! What a subject links: typed ports, heartbeat, log.
//!
//! ```no_run
//! use guest::{Error, Reading, Subject};
//! # #[derive(Clone)] struct FillLevel;
//! # impl guest::Message for FillLevel {
//! #     const SCHEMA: u64 = 0; const BYTES: usize = 1;
//! #     fn encode(&self, _: &mut [u8]) {}
//! #     fn decode(_: &[u8]) -> Result<Self, guest::BadMessage> { Ok(Self) }
//! # }
//!
//! guest::main!(run);
//!
//! fn run(mut subject: Subject) -> Result<(), Error> {
//!     let mut level = subject.input::<FillLevel>("level")?;
//!     let mut report = subject.output::<FillLevel>("report")?;
//!     subject.log("ready");
//!     subject.every(|subject, tick| {
//!         match level.read() {
//!             Reading::Fresh { value, .. } => drop(report.send(&value)),
//!             Reading::Stale { .. } => subject.log(format_args!("turn {}: stale", tick.number)),
//!             Reading::Never => {}
//!         }
//!         Ok(())
//!     })
//! }
//! ```
//!
//! Principles:
//! 1. A subject sees its ports, grants and settings, and nothing else: this crate opens no file,
//!    starts no thread and reads no environment.
//! 2. What arrives is a copy, checked against its type, with its age: stale data does not look
//!    fresh, and what to do about it comes from the model ([`Reading::act`]).
//! 3. A subject polls at multiples of its period ([`Subject::every`]); no peer can wake it.
//! 4. Errors end the subject; its supervisor restarts it under a new epoch.
//!
//! [`Message`] is the trait of message types, [`Field`] of what they are made of. Tests run a
//! subject in their own process with `channel::loopback`.

mod error;
mod field;
mod input;
mod message;
mod output;
mod port;
mod schedule;
mod start;
mod subject;
mod tally;

pub use channel::table::OnStale;
pub use channel::{Allocator, Counters, Grant, Sent, clock};
pub use error::Error;
pub use field::{Blob, Field, Text};
pub use input::{Arrival, Drain, EventInput, Input, Reading};
pub use message::{BadMessage, Decoder, Encoder, Message};
pub use output::{EventOutput, Output};
pub use schedule::Tick;
pub use start::start;
pub use subject::{PERIOD_NS_DEFAULT, Subject};
