//! Load, check, plan, run: the functions that every face calls.
//!
//! Principles:
//! - The command line, and later the pages, only ask and show. Everything they can ask for is a
//!   function here, and its answer is data.
//! - A [`Failure`] is the user's to mend and says how; it carries the [`Exit`] that scripts see.
//! - Nothing is half-written: see [`files`].
//!
//! [`model_file`] reads a model, [`convert`] gives it another form, [`check`] judges it, [`programs`] finds
//! what it runs, [`plans`] makes and lints plans, [`run`] starts a system and [`attach`] looks at one that
//! runs. [`devices`] says which devices of a model are one on this machine.

pub mod attach;
pub mod check;
pub mod codes;
pub mod convert;
pub mod devices;
pub mod documents;
pub mod evidence;
pub mod explain;
mod failure;
pub mod files;
pub mod log;
#[cfg(feature = "maturity")]
pub mod maturity;
pub mod model_file;
mod names;
pub mod plans;
pub mod programs;
mod remedy;
pub mod run;
pub mod second;
pub mod syslog;

pub use failure::{Exit, Failure};

/// Version of the tool, as recorded in verdicts.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Columns and rows of the terminal on standard output, if it is one.
pub fn terminal_size() -> Option<(usize, usize)> {
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok()?;
    (size.ws_col > 0 && size.ws_row > 0).then(|| (size.ws_col.into(), size.ws_row.into()))
}
