//! How answers are printed.

use clap::ValueEnum;

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// For machines; its schemas are in `schemas/`, that of no answer is `bulkhead.failure/1`
    Json,
    /// For code-scanning services (SARIF 2.1.0)
    Sarif,
}
