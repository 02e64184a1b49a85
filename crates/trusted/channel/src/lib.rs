//! One-way rings in shared memory, both ends.
//!
//! A channel is a **data segment** that its writer maps writable and its reader maps read-only, so
//! nothing flows back through it. Only a credit queue has a second segment, the **credit page**,
//! writable by the reader and read-only to the writer: one word, the number of messages taken. That
//! word is a reverse flow, and the policy architecture shows it as one.
//!
//! Principles:
//! 1. Both sides are hostile to each other. The reader copies first and then validates the copy;
//!    the writer believes no credit it cannot check. A breach is counted and survived.
//! 2. Nothing waits and nothing loops without bound: a call gives a message or says why not.
//! 3. The shape of a channel comes from the plan; the copy in shared memory is only compared.
//! 4. A channel outlives its ends. A restarted writer repairs what its earlier incarnation damaged,
//!    keeps what was complete, and says where it begins; its readers compare that with their own
//!    count; a restarted reader finds its place.
//! 5. `unsafe` is at the places where addresses become ends; every access behind them is atomic.
//!
//! [`Writer`], [`Reader`] and [`Observer`] are the ends. [`table`] is what the loader tells a
//! subject about its ports, [`pulse`] what a subject tells its supervisor. With the feature `std`,
//! [`Ports`] turns the table into ends, safely and once.
#![cfg_attr(not(any(feature = "std", feature = "loom", test)), no_std)]

#[cfg(feature = "std")]
mod allocator;
#[cfg(feature = "std")]
pub mod clock;
mod fault;
#[cfg(feature = "std")]
pub mod loopback;
mod message;
mod observer;
#[cfg(feature = "std")]
mod ports;
pub mod pulse;
mod reader;
mod segment;
mod shape;
mod slot;
mod sync;
pub mod table;
mod writer;

/// Exit status of a subject that cannot go on because of a peer of one of its grants: it is started
/// again with growing pauses and without end, apart from the rule for its own failures.
pub const PEER_FAILED: u8 = 75;

#[cfg(feature = "std")]
pub use allocator::Allocator;
pub use fault::Fault;
pub use message::{Counters, Incarnation, Latest, Received, Sent};
pub use observer::Observer;
#[cfg(feature = "std")]
pub use ports::{Grant, Ports};
pub use reader::Reader;
pub use shape::{
    CREDIT_BYTES, DATA_BYTES_MAX, DEPTH_MAX, Kind, MESSAGE_BYTES_MAX, PAGE, Shape, ShapeError,
    beginning, format,
};
pub use writer::Writer;
