//! Linux separation: makes one machine match its plan.
//!
//! Two programs are built from this crate. `bulkhead-supervisor` reads a plan, creates its channels
//! and partitions, lets a subject go only when the independent audit found nothing amiss, watches,
//! restarts and records. `bulkhead-init` is the *zygote*, whose copies are the *keepers*: the first
//! process of each partition, which holds the channel mappings and loads the subject's program (see
//! `docs/decisions/0003-a-keeper-holds-the-mappings.md`, `0004-keepers-are-copied-from-one-process.md`
//! and `0011-keepers-are-ready-before-programs-are-read.md`).
//!
//! Principles:
//! 1. The plan is the only input; nothing is decided here that the plan can say.
//! 2. Separation is mandatory: a missing mechanism is a refusal that names it. Limits are graded:
//!    the strongest mechanism present is used, printed and recorded.
//! 3. No instruction of a subject runs before the audit has passed.
//! 4. Whoever touches the outside world (`launcher`) is not who supervises.
//! 5. Every process dies with its supervisor, by two independent mechanisms.
//! 6. `unsafe` is in `sys` alone, behind functions that are safe to call as documented.
//!
//! The way of data: [`image`] gives checked programs → `segment` the shared memory → `partition` a
//! process behind [`keeper`] → `table` and [`filter`] what one start may see and call → `gate` audit
//! and go → `supervisor` the loop over it all, which writes `journal` and status page into the
//! [`rundir`]. [`run`] is the whole; [`limits`], [`platform`] and [`refusal`] say what is meant to be in
//! force and what is not, `mechanism` what the audit saw of it.

mod boot;
pub mod calls;
mod cell;
mod cgroup;
pub mod clock;
pub mod elf;
#[cfg(feature = "faults")]
pub mod faults;
pub mod filter;
mod gate;
pub mod image;
mod journal;
pub mod keeper;
mod launcher;
pub mod limits;
mod loader;
mod logs;
mod mechanism;
mod objects;
mod pace;
mod partition;
pub mod platform;
mod protocol;
pub mod refusal;
pub mod review;
pub mod run;
pub mod rundir;
mod segment;
pub mod signals;
mod supervisor;
mod sys;
mod table;
mod victim;
mod walk;
mod wire;
mod words;
pub mod zygote;

pub use protocol::PULSE_ADDRESS;
