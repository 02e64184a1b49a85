//! Everything about maturity that a face can ask for.
//!
//! [`library`] holds the catalog, its layers and crosswalks; [`book`] is a ledger with the projects in
//! it, [`desk`] one project of it at work, [`assess`] what is done in assessments, [`interview`] and
//! [`workshop`] sessions of an assessor, [`targets`] and [`actions`] what is wanted and planned, [`refusal`] why something is not done; [`subject`] is what a question is about: a project in a
//! ledger or in a file; [`computed`] answers indicators from the verdicts on an architecture;
//! [`formats`] reads and writes projects in all formats, [`results`] those of other assessments;
//! [`documents`] is what is printed for machines; [`summary`] is what lists of many systems show.

pub mod actions;
pub mod assess;
pub mod book;
pub mod computed;
pub mod desk;
pub mod documents;
pub mod formats;
pub mod interview;
pub mod library;
pub mod refusal;
pub mod results;
mod shipped;
pub mod subject;
pub mod summary;
pub mod targets;
pub mod workshop;
