//! The tables of `docs/security.md` that are made by running partitions.

use crate::Done;
use crate::shell::{cargo, step};

/// All paths past the plan, tried as root and as an ordinary user; `--write` puts the table into the
/// document.
pub fn reverse_capacity(arguments: &[String]) -> Done {
    let write = arguments.iter().any(|argument| argument == "--write");
    programs()?;
    let mut command = cargo(&[
        "test",
        "--release",
        "--package",
        "linux",
        "--test",
        "capacity",
        "--",
        "--ignored",
        "--exact",
        "--nocapture",
        "table",
    ]);
    if write {
        command.env("BULKHEAD_WRITE_CAPACITY", "1");
    }
    step("reverse capacity", &mut command)
}

/// Writes the table of a partition's objects again.
pub fn objects() -> Done {
    programs()?;
    let mut command = cargo(&[
        "test",
        "--release",
        "--package",
        "linux",
        "--test",
        "objects",
    ]);
    step("objects", command.env("BULKHEAD_WRITE_OBJECTS", "1"))
}

/// What runs in the partitions of the tests.
fn programs() -> Done {
    let arguments = [
        "build",
        "--release",
        "--package",
        "linux",
        "--bins",
        "--examples",
    ];
    step("build", &mut cargo(&arguments))
}
