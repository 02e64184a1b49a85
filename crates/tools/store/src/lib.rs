//! The ledger: append-only, hash-chained entries in SQLite or PostgreSQL.
//!
//! Principles:
//! - It knows nothing about what entries mean: bodies are JSON texts that callers give and get back
//!   byte for byte. State is a fold over entries, and it is the callers'.
//! - Nothing is changed or removed. Each entry holds the hash of all before it ([`Entry`]), has a
//!   place in the ledger and one in the stream of its system, both without gaps.
//! - Many may write at once, from threads, processes and machines: each batch is one transaction, in
//!   its turn. Conflicts are not refused but visible: an entry says what its author had seen
//!   ([`New::base`]); who wants refusal has [`Ledger::append_if`].
//! - Both databases run the same code, statements and tests; `database` and `schema` hold all that
//!   differs.
//! - It is asked asynchronously, within whatever runtime there is; [`BlockingLedger`] is for callers that wait.
//! - What is derived (snapshots, views) is bound to the chain, is checked like the rest, and may be
//!   thrown away.
//! - From inside one cannot see that entries were cut off the end and the head set back, or that all
//!   hashes were made anew: keep a [`Head`] elsewhere and hand it to [`Ledger::verify`].

mod address;
mod attachment;
mod backup;
mod blocking;
mod database;
mod entry;
mod error;
mod ledger;
mod part;
mod restore;
mod schema;
mod snapshot;
mod verify;
mod view;

pub use address::{files, shown};
pub use attachment::{CHUNK_BYTES, Measured};
pub use blocking::BlockingLedger;
pub use entry::{
    BATCH_BYTES_MAX, BATCH_MAX, BODY_BYTES_MAX, Entry, Head, KEY_BYTES_MAX, NAME_BYTES_MAX, New,
};
pub use error::{Error, Kind, Result};
pub use ledger::{Appended, LIMIT_MAX, Ledger, Stream};
pub use snapshot::{SNAPSHOT_BYTES_MAX, Snapshot};
pub use verify::{FAULTS_MAX, Fault, Report};
pub use view::{
    FACETS_MAX, ITEM_BYTES_MAX, ITEMS_MAX, Item, Page, Row, Tally, VIEW_BYTES_MAX, View,
};
