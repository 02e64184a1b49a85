//! What our tests share with the commands of `cargo xtask`: the packages and source files of this repository.
#![expect(
    clippy::indexing_slicing,
    reason = "what is looked up comes from the same list, or is JSON"
)]

pub mod shell;
pub mod structure;

/// The result of a step; the message says what to do.
pub type Done = Result<(), String>;
