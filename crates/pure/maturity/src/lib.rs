//! The IoT Security Maturity Model as an engine: catalog, profiles, targets, assessments, levels,
//! gaps, actions. For use with the model of the Industry IoT Consortium; all words are our own and
//! no endorsement is claimed.
//!
//! Principles:
//! 1. Pure: texts and a date come in, data and diagnostics go out. Reading never fails.
//! 2. A level and a scope are a pair. Nothing is averaged, more than the target is surplus and not
//!    merit, unknown is never yes, and a level is not reached by having nothing to show.
//! 3. Levels are cumulative and monotone: a better answer never lowers one. `score` is the only
//!    place where a level is made.
//! 4. Every level says who vouches for it; none of 3 or more rests on computed evidence alone.
//! 5. Every effective row, target and level can be traced to the text and the answers behind it.
//!
//! Data flows one way: `form` (strict reading of KDL) → [`catalog`], [`profile`], [`crosswalk`],
//! [`project`] → [`compose`] (catalog and layers to one table) → [`settle`] (the answers of several
//! assessors to one standing per indicator) → [`score`] → [`explain`], [`gap`], [`rollup`],
//! [`projection`], [`compare`] → [`brief`]. [`agreement`], [`interview`] and [`propose`] stand
//! beside. `words` holds the closed vocabularies, `fault` the table of all that can be reported.
#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm))]

pub mod agreement;
pub mod brief;
pub mod catalog;
pub mod compare;
pub mod compose;
pub mod crosswalk;
mod date;
pub mod example;
pub mod explain;
mod fault;
mod form;
mod found;
pub mod gap;
pub mod interview;
pub mod ledger;
mod period;
pub mod profile;
pub mod project;
pub mod projection;
pub mod propose;
pub mod reading;
mod resolve;
pub mod rollup;
pub mod score;
pub mod settle;
mod words;

pub use date::{Date, NotADate};
pub use fault::{DIAGNOSTICS_MAX, Located, codes, has_errors, rule, shown};
pub use form::is_id;
pub use found::{Found, ScopeFound};
pub use period::{Length, LooksBack, NotALength, spoken_of};
pub use words::{
    Answer, Appetite, AssessmentType, Basis, Confidence, Consequence, Kind, LayerKind, Level,
    Method, Outcome, Party, Perspective, Relation, Scope, Source, State, Status, Word,
};
