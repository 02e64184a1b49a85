//! A crate may use only what its row of `docs/architecture.md` allows.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Crate, and the workspace crates it may use.
const ROWS: &[(&str, &[&str])] = &[
    ("source", &["record"]),
    ("record", &[]),
    ("kdl", &["source"]),
    ("model", &["record"]),
    ("lang", &["source", "kdl", "model", "plan"]),
    ("analysis", &["model"]),
    ("plan", &["record"]),
    ("certify", &["model", "plan", "record"]),
    ("bulkhead-channel", &[]),
    ("bulkhead-guest", &["bulkhead-channel"]),
    ("audit", &["plan", "record"]),
    ("runtime", &["plan", "record", "bulkhead-channel", "audit"]),
    ("backend", &["model", "plan"]),
    ("maturity", &["source", "kdl", "record"]),
    ("store", &["record"]),
    ("exchange", &["maturity", "record", "source"]),
];

/// Ring 2, and the packages from outside that each of its crates may draw in.
const RING_2_PACKAGES_MAX: &[(&str, usize)] = &[
    ("bulkhead-channel", 0),
    ("bulkhead-guest", 1),
    ("audit", 20),
    ("runtime", 30),
];

fn metadata() -> serde_json::Value {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--offline"])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Normal and build dependencies of each package of the workspace, by name.
fn dependencies(metadata: &serde_json::Value) -> BTreeMap<String, Vec<String>> {
    let packages = metadata["packages"].as_array().unwrap();
    let members = packages
        .iter()
        .filter(|package| package["source"].is_null());
    let names = |package: &serde_json::Value| {
        let all = package["dependencies"].as_array().unwrap();
        let used = all.iter().filter(|d| d["kind"] != "dev");
        used.map(|d| d["name"].as_str().unwrap().to_owned())
            .collect()
    };
    members
        .map(|p| (p["name"].as_str().unwrap().to_owned(), names(p)))
        .collect()
}

#[test]
fn crates_use_only_what_their_row_allows() {
    let metadata = metadata();
    let dependencies = dependencies(&metadata);
    for (name, allowed) in ROWS {
        let used = dependencies
            .get(*name)
            .unwrap_or_else(|| panic!("there is no crate {name}"));
        for other in used
            .iter()
            .filter(|other| dependencies.contains_key(*other))
        {
            assert!(allowed.contains(&other.as_str()), "{name} uses {other}");
        }
    }
}

#[test]
fn the_trusted_ring_draws_in_few_packages() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    for (name, most) in RING_2_PACKAGES_MAX {
        let output = Command::new(&cargo)
            .args([
                "tree",
                "--offline",
                "--edges",
                "normal",
                "--prefix",
                "none",
                "--package",
                name,
            ])
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
            .output()
            .expect("cargo runs");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let tree = String::from_utf8(output.stdout).unwrap();
        let outside: BTreeSet<&str> = tree
            .lines()
            .filter(|line| !line.is_empty() && !line.contains("(/"))
            .map(|line| line.trim_end_matches(" (*)"))
            .collect();
        assert!(
            outside.len() <= *most,
            "{name} draws in {outside:?}, {most} are allowed"
        );
    }
}

#[test]
fn only_two_crates_may_be_unsafe() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let metadata = metadata();
    for package in metadata["packages"].as_array().unwrap() {
        let manifest = package["manifest_path"].as_str().unwrap();
        let name = package["name"].as_str().unwrap();
        if !package["source"].is_null() || ["bulkhead-channel", "runtime"].contains(&name) {
            continue;
        }
        let text = std::fs::read_to_string(manifest).unwrap();
        assert!(
            text.contains("[lints]\nworkspace = true"),
            "{manifest} opts out of the lints"
        );
    }
    let workspace = std::fs::read_to_string(format!("{root}/Cargo.toml")).unwrap();
    assert!(workspace.contains("unsafe_code = \"forbid\""));
}
