//! Everything about maturity that a face can ask for.
//!
//! [`library`] holds the catalog, its layers and crosswalks; [`book`] is a ledger with the projects in
//! it; [`subject`] is what a question is about: a project in a ledger or in a file, with the assessment
//! and the target that are meant; [`computed`] answers indicators from the verdicts on an architecture;
//! [`formats`] reads and writes projects in the formats of others.

pub mod computed;
pub mod library;
mod shipped;
