//! The auditor: rebuilds from the kernel's own words what a partition can reach, and compares it
//! with the plan.
//!
//! Principles:
//! - It shares no code with the runtime, which it checks: all it takes from there are facts about
//!   objects (which segment has which inode) and the numbers of processes and descriptors.
//! - Reading and judging are apart. [`observe`] turns a process into plain data; everything else is
//!   a pure function of such data and the plan, and can be tested without a process.
//! - What is not expected is a difference. There is no list of bad things to look for.
//! - It says all differences at once, as data that names the object; the sentences are in `record::difference`.
//!
//! For each start of a subject the runtime observes the keeper and the subject's process, which
//! waits for its "go", and asks [`compare`]; once all run, [`graph`] joins all observations to the
//! flows of the live system, which must be those of the plan ([`graph_differences`]). The same can be
//! asked of a system that runs, at any time.
//!
//! What it cannot see: the rules inside a filter (only that there is one), and anything that the kernel
//! does not show in `/proc`. What a socket is bound and connected to the kernel tells only who holds the
//! socket: the runtime asks, through copies, and hands the answers over with an observation. So it does with the
//! question whether two descriptors are one open file description.

mod compare;
mod evidence;
mod expect;
mod graph;
mod observe;
mod seen;
mod texts;

pub use compare::compare;
pub use evidence::{Property, shows};
pub use expect::{
    Control, ControlKind, Expectation, Granted, Group, Mode, Outside, Role, Segment, Stage, seals,
};
pub use graph::{Live, graph, graph_differences};
pub use observe::{
    Looked, ObserveError, THREADS_END, left_open, observe, observe_groups, outside, processes,
    through,
};
pub use record::difference::Process;
pub use seen::{
    Descriptor, FileId, Held, Limit, Mapping, Mount, Observation, Resource, Schedule, Sharing,
    Socket, SocketKind, Status,
};
