//! Building what runs, and asserting that guests and the trusted loader are static-PIE.

use crate::Done;
use crate::shell::{cargo, packages, root, step};
use std::fs;
use std::path::{Path, PathBuf};

/// Builds all programs in release mode; returns their directory.
pub fn everything() -> Result<PathBuf, String> {
    step(
        "build",
        &mut cargo(&[
            "build",
            "--release",
            "--workspace",
            "--bins",
            "--exclude",
            "xtask",
        ]),
    )?;
    assert_static()
}

/// Builds what the demonstration runs, without the ledger: no database driver is compiled.
pub fn demonstration() -> Result<PathBuf, String> {
    let bins = bins()?;
    let mut packages: Vec<&str> = bins.iter().map(|(package, _)| package.as_str()).collect();
    packages.dedup();
    let mut arguments = vec!["build", "--release", "--bins", "--no-default-features"];
    for package in packages {
        arguments.extend(["--package", package]);
    }
    step("build", &mut cargo(&arguments))?;
    assert_static()
}

fn assert_static() -> Result<PathBuf, String> {
    let directory = program_directory()?;
    for (_, name) in bins()? {
        static_pie(&directory.join(&name))?;
    }
    Ok(directory)
}

/// Where release programs are put.
pub fn program_directory() -> Result<PathBuf, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    own.parent()
        .map(Path::to_owned)
        .ok_or_else(|| "this program has no directory".to_owned())
}

/// All programs of the workspace, each with its package: those that run in a partition and those
/// that build one, and everything beside them.
fn bins() -> Result<Vec<(String, String)>, String> {
    let empty = Vec::new();
    let mut bins = Vec::new();
    for package in packages(&root())? {
        let own = package["name"].as_str().unwrap_or_default();
        for target in package["targets"].as_array().unwrap_or(&empty) {
            if target["kind"][0] == "bin" && own != "xtask" {
                let name = target["name"].as_str().unwrap_or_default();
                bins.push((own.to_owned(), name.to_owned()));
            }
        }
    }
    Ok(bins)
}

/// A static-PIE program is an `ET_DYN` file for this machine without an interpreter (ELF gABI).
fn static_pie(path: &Path) -> Done {
    let shown = path.display();
    let bytes = fs::read(path).map_err(|error| format!("{shown}: {error}"))?;
    let half = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
    let word = |at: usize| half(at) as u32 | (u32::from(half(at + 2)) << 16);
    if bytes.len() < 64 || bytes[..4] != *b"\x7fELF" {
        return Err(format!("{shown} is not an ELF program"));
    }
    let (kind, headers, size, count) = (half(16), word(32) as usize, half(54), half(56));
    let interpreter = (0..usize::from(count))
        .map(|index| headers + index * usize::from(size))
        .any(|at| at + 4 <= bytes.len() && word(at) == 3);
    if kind != 3 || interpreter {
        return Err(format!(
            "{shown} is not static-PIE; is RUSTFLAGS set in the environment? unset it and build again"
        ));
    }
    Ok(())
}
