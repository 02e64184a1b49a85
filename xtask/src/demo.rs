//! The demonstration.

use std::process::ExitCode;

/// Builds, starts peers and the bottling line, shows it live until Ctrl-C.
pub fn run(_arguments: &[String]) -> ExitCode {
    ExitCode::FAILURE
}
