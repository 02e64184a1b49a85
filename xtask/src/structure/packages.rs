//! What cargo says of a workspace.

use crate::shell;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A package of a workspace.
pub struct Package {
    /// Its name.
    pub name: String,
    /// Where it lies.
    pub folder: PathBuf,
    /// What is built from it.
    pub targets: Vec<Target>,
    /// The packages beside it in this repository that its library and programs use.
    pub uses: BTreeSet<String>,
}

/// A library, program, test, example or benchmark.
pub struct Target {
    /// Its first file.
    pub root: PathBuf,
    /// Whether it is a library or a program.
    pub product: bool,
}

/// The packages of the workspace that lies in a directory, by name.
pub fn packages(workspace: &Path) -> Result<Vec<Package>, String> {
    let all = shell::packages(workspace)?;
    let mut packages: Vec<Package> = all.iter().map(package).collect();
    packages.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(packages)
}

fn package(value: &Value) -> Package {
    let uses = list(&value["dependencies"])
        .filter(|own| own["kind"] != "dev" && own["path"].is_string())
        .map(|own| text(&own["name"]));
    let mut folder = PathBuf::from(text(&value["manifest_path"]));
    folder.pop();
    Package {
        name: text(&value["name"]),
        folder,
        targets: list(&value["targets"]).map(target).collect(),
        uses: uses.collect(),
    }
}

fn target(value: &Value) -> Target {
    let product = |kind: &Value| kind == "lib" || kind == "bin";
    Target {
        root: text(&value["src_path"]).into(),
        product: list(&value["kind"]).any(product),
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
