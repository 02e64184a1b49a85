//! The folders under `crates/` are rings: what a crate may use follows from where it lies.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// From the inside out: a crate uses crates of its own folder and of those before it.
const RINGS: &[&str] = &["pure", "trusted", "tools", "faces"];

/// Crates inside one ring that must stay apart, since one checks the other.
const APART: &[(&str, &str)] = &[("recheck", "analysis"), ("analysis", "recheck")];

fn cargo(arguments: &[&str]) -> String {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = Command::new(cargo);
    let output = command.args(arguments).current_dir(ROOT).output();
    let output = output.expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// A crate of ours: its ring by number, whom it uses, what its manifest says besides.
struct Member {
    ring: usize,
    uses: BTreeSet<String>,
    package: Value,
}

/// All crates under `crates/`, by name, with their normal and build dependencies.
fn members() -> BTreeMap<String, Member> {
    let text = cargo(&[
        "metadata",
        "--format-version",
        "1",
        "--offline",
        "--no-deps",
    ]);
    let metadata: Value = serde_json::from_str(&text).unwrap();
    let folders = Path::new(ROOT).join("crates").canonicalize().unwrap();
    let mut members = BTreeMap::new();
    for package in metadata["packages"].as_array().unwrap() {
        let manifest = Path::new(package["manifest_path"].as_str().unwrap());
        let Ok(inside) = manifest.strip_prefix(&folders) else {
            continue;
        };
        let folder = inside.iter().next().unwrap().to_str().unwrap();
        let ring = RINGS.iter().position(|ring| *ring == folder);
        let ring = ring.unwrap_or_else(|| panic!("`crates/{folder}` is no ring"));
        let used = package["dependencies"].as_array().unwrap().iter();
        let used = used.filter(|own| own["kind"] != "dev" && own["path"].is_string());
        let uses = used.map(|own| own["name"].as_str().unwrap().to_owned());
        let member = Member {
            ring,
            uses: uses.collect(),
            package: package.clone(),
        };
        members.insert(package["name"].as_str().unwrap().to_owned(), member);
    }
    for ring in 0..RINGS.len() {
        assert!(members.values().any(|own| own.ring == ring));
    }
    members
}

#[test]
fn arrows_point_inward() {
    let members = members();
    let mut wrong = Vec::new();
    for (name, member) in &members {
        for used in &member.uses {
            let other = &members[used];
            let outward = other.ring > member.ring;
            let between_faces = member.ring == RINGS.len() - 1 && other.ring == member.ring;
            let apart = APART.contains(&(name.as_str(), used.as_str()));
            if outward || between_faces || apart {
                wrong.push(format!("{name} -> {used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn the_trusted_ring_draws_in_few_packages() {
    for (name, member) in members()
        .iter()
        .filter(|(_, own)| RINGS[own.ring] == "trusted")
    {
        let most = member.package["metadata"]["bulkhead"]["packages-max"].as_u64();
        let most = most.unwrap_or_else(|| {
            panic!("{name}: state `packages-max` under `[package.metadata.bulkhead]`")
        });
        let tree = cargo(&[
            "tree",
            "--offline",
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--package",
            name,
        ]);
        let outside: BTreeSet<&str> = tree
            .lines()
            .filter(|line| !line.is_empty() && !line.contains("(/"))
            .map(|line| line.trim_end_matches(" (*)"))
            .collect();
        assert!(
            outside.len() as u64 <= most,
            "{name} draws in {outside:?}, {most} are allowed"
        );
    }
}

#[test]
fn only_two_crates_may_be_unsafe() {
    for (name, member) in members() {
        if ["bulkhead-channel", "linux"].contains(&name.as_str()) {
            continue;
        }
        let manifest = member.package["manifest_path"].as_str().unwrap();
        let text = std::fs::read_to_string(manifest).unwrap();
        assert!(
            text.contains("[lints]\nworkspace = true"),
            "{manifest} opts out of the lints"
        );
    }
    let workspace = std::fs::read_to_string(format!("{ROOT}/Cargo.toml")).unwrap();
    assert!(workspace.contains("unsafe_code = \"forbid\""));
}
