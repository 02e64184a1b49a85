//! Pure questions to the model; answers are verdicts with witness and certificate.
//!
//! Principles:
//! - What may flow is defined in [`model::flow`]; nothing here adds to it or takes away from it.
//! - A claim that holds comes with a proof that someone else can check, a claim that does not with
//!   a shortest counterexample. What cannot be answered within the budget is `unknown`.
//! - Equal questions get equal answers: nothing depends on where or in which order something was
//!   written, nor on time, memory addresses or hash seeds.
//! - Only trusted subjects and mediators can be compromised: everything else is hostile from the
//!   start.
//!
//! What a verdict assumes: `platform` (the platform enforces exactly the drawn edges); each
//! assumption of the model that is only stated; each one that an external does not relay, if what
//! the proof says is reached arrives there and would otherwise leave again; `local-policy.SUBJECT`
//! for each subject
//! 1. at which something arrives that the proof says is reached, and that does not leave freely;
//! 2. that is a mediator of a set and is touched, or a mediator of an order;
//! 3. that is trusted and holds the class a claim is about.
//!
//! Even with the local policy of all others void at once, the same proof is valid. A subject whose
//! compromise violates a claim is always named; one may be named whose compromise alone does not.
//!
//! A claim about a class label lists no ends in its certificate: it is about every place whose
//! secrecy is too low.
//!
//! Modules: `graph` (the flow graph in compressed rows), `search` (breadth-first, with mediators),
//! `never` (pairs of ends, closed sets), `compromise`, `labels`, `stated` (flows that are kept; what the model
//! says), `rules` (of the definition, where several need them), `words` (names), `judge`; `repair` (the
//! fewest flows to remove), `without` (a model less an assumption); `survey` (what an assessor asks) and `review`, which answers it.
#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm))]

mod compromise;
mod graph;
mod judge;
mod labels;
mod never;
mod repair;
mod residual;
mod review;
mod rules;
mod search;
mod stated;
pub mod survey;
mod without;
mod words;

pub use judge::judge;
pub use repair::{PROPOSALS_MAX, Repair, Search, repairs};
pub use residual::{Residual, residuals};
pub use review::{survey, survey_with};
pub use survey::Survey;
pub use without::{droppable, without};
pub use words::grant_name;
