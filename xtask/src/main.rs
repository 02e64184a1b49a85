//! Everything around the product that is not the product: building what runs, the demonstration,
//! all tests, the benchmarks, generated files.
//!
//! ```text
//! cargo demo              build, check the bottling line, start it with its peers, show it live
//! cargo verify            formatting, lints, licences, all tests, fuzz smoke runs
//! cargo xtask bench       the benchmarks against named peers
//! cargo xtask build       what runs, and a check that it is static-PIE
//! cargo xtask schemas     writes the JSON schemas again
//! cargo xtask audit-table  plants faults, and writes what the audit says of them into docs/security.md
//! cargo xtask reverse-capacity [--write]   the bits that hostile subjects get past their plan
//! cargo xtask guest       packs what programs of subjects are built from
//! cargo xtask objects     writes the table of a partition's objects again
//! cargo xtask map [CRATE]   the crates by ring, or the files of one, with what each uses
//! cargo xtask catalog     checks the maturity catalog, its crosswalks and profiles
//! ```
#![expect(
    clippy::indexing_slicing,
    reason = "what is looked up comes from the same list, or is JSON"
)]

mod build;
mod catalog;
mod demo;
mod fuzz;
mod guest;
mod licences;
mod map;
mod peers;
mod security;
mod verify;

use std::process::ExitCode;
use xtask::{Done, shell};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", &[][..]),
    };
    let done = match command {
        "build" => build::everything().map(|_| ()),
        "demo" => return demo::run(rest),
        "verify" => verify::run(rest),
        "bench" => verify::bench(rest),
        "schemas" => verify::schemas(),
        "audit-table" => verify::audit_table(),
        "reverse-capacity" => security::reverse_capacity(rest),
        "guest" => guest::archive(),
        "objects" => security::objects(),
        "map" => map::print(rest),
        "catalog" => catalog::check(),
        "licences" => licences::check(),
        "fuzz" => fuzz::smoke(rest.first().and_then(|s| s.parse().ok()).unwrap_or(30)),
        _ => {
            eprintln!(
                "usage: cargo xtask build | demo | verify | bench | schemas | audit-table | reverse-capacity [--write] | guest | objects | map [CRATE] | catalog | licences | fuzz [SECONDS]"
            );
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask {command}: {message}");
            ExitCode::FAILURE
        }
    }
}
