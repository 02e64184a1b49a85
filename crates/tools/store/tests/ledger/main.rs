//! The ledger on both databases.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]

#[path = "../support/cluster.rs"]
#[expect(dead_code, reason = "killing the server is for the tests of crashes")]
mod cluster;
#[path = "../support/place.rs"]
#[macro_use]
mod place;

mod append;
mod attach;
mod backup;
mod blocking;
mod connect;
mod derive;
mod verify;
