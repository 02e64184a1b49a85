//! All tests in one command, the same here and on any other machine.

use crate::shell::{cargo, root, step};
use crate::{Done, build, catalog, fuzz, licences, peers};

/// Formatting, lints, licences, all tests, fuzz smoke runs. `--quick` leaves the fuzz runs out.
pub fn run(arguments: &[String]) -> Done {
    let quick = arguments.iter().any(|argument| argument == "--quick");
    step("format", &mut cargo(&["fmt", "--all", "--check"]))?;
    licences::check()?;
    peers::install()?;
    let clippy = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ];
    step("clippy", &mut cargo(&clippy))?;
    catalog::check()?;
    build::everything()?;
    step("test", &mut cargo(&["test", "--release", "--workspace"]))?;
    seeded(false)?;
    loom()?;
    benches()?;
    if quick { Ok(()) } else { fuzz::smoke(30) }
}

/// Plants faults into partitions and writes what the audit says of them into the document.
pub fn audit_table() -> Done {
    seeded(true)
}

/// Faults in partitions, by programs that exist for this only and lie apart from all others: a release
/// build cannot have them. They are planted with the rights of root.
fn seeded(write: bool) -> Done {
    let programs = ["--package", "linux", "--features", "faults"];
    let own = |words: &[&str]| {
        let mut command = cargo(words);
        command.args(programs);
        command.env("CARGO_TARGET_DIR", root().join("target/faults"));
        command
    };
    // A single test target does not build the examples, which are the subjects.
    step(
        "faulty programs",
        &mut own(&["build", "--bins", "--examples"]),
    )?;
    let mut command = own(&["test", "--test", "seeded"]);
    if write {
        command.env("BULKHEAD_WRITE_AUDIT_TABLE", "1");
    }
    step("seeded faults", &mut command)
}

/// Interleavings of the ring protocols, explored; a build of its own.
fn loom() -> Done {
    let loom = [
        "test",
        "--release",
        "--package",
        "bulkhead-channel",
        "--features",
        "loom",
        "--test",
        "loom",
    ];
    step("loom", &mut cargo(&loom))
}

/// Whether the benchmark that reads the port table itself still fits. The others use public ends, and
/// what they are compared with takes long to compile, or a compiler that is not everywhere.
fn benches() -> Done {
    let mut command = cargo(&["check", "--package", "start"]);
    command.current_dir(root().join("benches"));
    command.env("CARGO_TARGET_DIR", root().join("target/benches"));
    step("benches", &mut command)
}

/// The benchmarks, all in one run.
pub fn bench(arguments: &[String]) -> Done {
    peers::install()?;
    let programs = build::everything()?;
    for package in ["channels", "start", "ledger"] {
        let mut command = cargo(&["run", "--release", "--package", package, "--"]);
        command.args(arguments).current_dir(root().join("benches"));
        command.env("BULKHEAD_BIN_DIR", &programs);
        command.env("CARGO_TARGET_DIR", root().join("target/benches"));
        step(package, &mut command)?;
    }
    Ok(())
}

/// Writes the JSON schemas again from the types that own them.
pub fn schemas() -> Done {
    let mut command = cargo(&[
        "test",
        "--release",
        "--package",
        "end-to-end",
        "--test",
        "schemas",
    ]);
    step("schemas", command.env("BULKHEAD_WRITE_SCHEMAS", "1"))
}
