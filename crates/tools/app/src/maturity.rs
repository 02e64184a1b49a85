//! Everything about maturity that a face can ask for.
//!
//! [`library`] holds the catalog, its layers and crosswalks; [`book`] is a ledger with the projects in
//! it, [`desk`] one project of it at work, [`recording`] how it changes. What can be done to a project
//! is one function each: [`begin`], [`targets`], [`assess`], [`actions`], [`evidence`], [`discuss`],
//! [`import`]; the sessions of an assessor are state machines that a face draws: [`interview`],
//! [`workshop`]. [`refusal`] says as data why something is not done, [`findings`] in words what is
//! wrong, [`words`] what happened.
//!
//! [`subject`] is what a question is about: a project in a ledger or in a file; [`computed`] answers
//! indicators from the verdicts on an architecture; [`formats`] reads projects in all formats, [`written`]
//! writes them, [`results`] reads those of other assessments; [`documents`] is what is printed for
//! machines; [`summary`] is what lists of many systems show.

pub mod actions;
pub mod assess;
pub mod begin;
pub mod book;
pub mod computed;
pub mod desk;
pub mod discuss;
pub mod documents;
pub mod evidence;
pub mod findings;
pub mod formats;
pub mod import;
pub mod interview;
pub mod library;
pub mod recording;
pub mod refusal;
pub mod results;
mod shipped;
pub mod subject;
pub mod summary;
pub mod targets;
/// Everything there is to show about a project.
pub use report::view;
pub mod words;
pub mod workshop;
pub mod written;
