//! Pure crates touch nothing outside of them: clippy refuses what `crates/pure/clippy.toml` lists.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use xtask::structure::Modules;

const PURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/pure");

/// Uses of everything that is refused, by kind, and what clippy must name.
const PLANTED: &[(&str, &[&str])] = &[
    (
        "pub fn files() { _ = std::fs::read(\"x\"); _ = std::fs::File::open(\"x\"); \
         _ = std::path::Path::new(\"x\").exists(); }",
        &["std::fs::read", "std::fs::File", "std::path::Path::exists"],
    ),
    (
        "pub fn environment() { _ = std::env::var(\"x\"); _ = std::env::args(); }",
        &["std::env::var", "std::env::args"],
    ),
    (
        "pub fn clocks() { _ = std::time::Instant::now(); _ = std::time::SystemTime::now(); }",
        &["std::time::Instant::now", "std::time::SystemTime::now"],
    ),
    (
        "pub fn network() { use std::net::{TcpStream, ToSocketAddrs}; \
         _ = TcpStream::connect(\"x:1\"); _ = \"x:1\".to_socket_addrs(); }",
        &[
            "std::net::TcpStream",
            "std::net::ToSocketAddrs::to_socket_addrs",
        ],
    ),
    (
        "pub fn threads() { use std::thread; thread::spawn(|| ()); thread::yield_now(); }",
        &["std::thread::spawn", "std::thread::yield_now"],
    ),
    (
        "pub fn processes() { _ = std::process::Command::new(\"x\"); std::process::exit(1) }",
        &["std::process::Command", "std::process::exit"],
    ),
    (
        "pub fn streams() { _ = std::io::stdin(); _ = std::io::stdout(); _ = std::io::stderr(); }",
        &["std::io::stdin", "std::io::stdout", "std::io::stderr"],
    ),
    (
        "pub fn printing() { print!(\"x\"); println!(); eprint!(\"x\"); eprintln!(); dbg!(1); }",
        &[
            "std::print",
            "std::println",
            "std::eprint",
            "std::eprintln",
            "std::dbg",
        ],
    ),
];

/// What clippy says of a library with that text in a folder with that configuration.
fn said(name: &str, configuration: &str, text: &str) -> BTreeSet<String> {
    let folder = format!("bulkhead-purity-{name}-{}", std::process::id());
    let folder = std::env::temp_dir().join(folder);
    fs::create_dir_all(folder.join("planted/src")).unwrap();
    let manifest = "[package]\nname = \"planted\"\nedition = \"2024\"\n\n[workspace]\n";
    fs::write(folder.join("clippy.toml"), configuration).unwrap();
    fs::write(folder.join("planted/Cargo.toml"), manifest).unwrap();
    fs::write(folder.join("planted/src/lib.rs"), text).unwrap();
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["clippy", "--offline", "--message-format", "json"])
        .current_dir(folder.join("planted"))
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env_remove("CLIPPY_CONF_DIR")
        .output()
        .expect("cargo runs");
    fs::remove_dir_all(&folder).unwrap();
    let problem = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{problem}");
    let lines = output.stdout.split(|byte| *byte == b'\n');
    let messages = lines.filter_map(|line| serde_json::from_slice::<Value>(line).ok());
    let messages = messages.filter_map(|own| own["message"]["message"].as_str().map(str::to_owned));
    messages.collect()
}

/// The names that messages about disallowed uses quote; every other message is a fault of the configuration.
fn named(said: &BTreeSet<String>) -> BTreeSet<&str> {
    let mut named = BTreeSet::new();
    for message in said {
        if message.ends_with("warnings emitted") || message.ends_with("warning emitted") {
            continue;
        }
        assert!(message.starts_with("use of a disallowed "), "{message}");
        named.extend(message.split('`').nth(1));
    }
    named
}

#[test]
fn clippy_refuses_each_kind_of_outside() {
    let configuration = fs::read_to_string(Path::new(PURE).join("clippy.toml")).unwrap();
    let texts: Vec<&str> = PLANTED.iter().map(|(text, _)| *text).collect();
    let said = said("planted", &configuration, &texts.join("\n"));
    let expected = PLANTED.iter().flat_map(|(_, names)| *names).copied();
    assert_eq!(named(&said), expected.collect());
}

#[test]
fn clippy_says_so_if_a_name_is_misspelt() {
    let said = said("misspelt", "disallowed-methods = [\"std::fs::raed\"]\n", "");
    assert!(
        said.iter().any(|message| message.contains("std::fs::raed")),
        "{said:?}"
    );
}

#[test]
fn no_pure_crate_gets_around_the_list() {
    let mut folders = Vec::new();
    for entry in fs::read_dir(PURE).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            folders.push(path);
        }
    }
    assert!(folders.len() > 5, "{folders:?}");
    for folder in folders {
        for name in ["clippy.toml", ".clippy.toml"] {
            assert!(
                !folder.join(name).exists(),
                "{} hides the list",
                folder.display()
            );
        }
        for file in Modules::read(&folder.join("src/lib.rs")).unwrap().files {
            let text = fs::read_to_string(&file.path).unwrap();
            assert!(
                !text.contains("clippy::disallowed"),
                "{}",
                file.path.display()
            );
        }
    }
    // What the configuration of the repository allows in tests is allowed here, too.
    let whole = fs::read_to_string(Path::new(PURE).join("../../clippy.toml")).unwrap();
    let pure = fs::read_to_string(Path::new(PURE).join("clippy.toml")).unwrap();
    assert!(
        whole
            .lines()
            .all(|line| pure.lines().any(|own| own == line))
    );
}
