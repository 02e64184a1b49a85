//! The stored schemas, by an independent validator.

use super::support::Place;
use std::process::Command;

/// Validates by an independent implementation, the Python package `jsonschema`.
pub fn validate(schema: &str, value: &serde_json::Value) {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let place = Place::new();
    let instance = place.file("instance.json", &value.to_string());
    let output = Command::new(format!("{root}/target/peers/bin/python"))
        .args(["-c", "import json, sys, jsonschema\njsonschema.validate(*[json.load(open(f)) for f in sys.argv[1:]])"])
        .arg(instance)
        .arg(format!("{root}/schemas/{schema}"))
        .output()
        .expect("`cargo verify` installs the peers");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
