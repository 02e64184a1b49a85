//! What programs of subjects are built from, as an archive that stands alone: the crate
//! `bulkhead-guest` and those of ours that it uses, to be unpacked beside a project of others.

use crate::Done;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use xtask::shell::{self, root, step};

const GUEST: &str = "bulkhead-guest";

/// What a reader of the archive must know.
const README: &str = "\
# What a subject of Bulkhead links

Unpack this folder beside your project, and name it in `Cargo.toml`:

```toml
[dependencies]
guest = { package = \"bulkhead-guest\", path = \"FOLDER/bulkhead-guest\" }
```

Programs of subjects are static-PIE: copy `cargo-config.toml` to `.cargo/config.toml` of your project, and do not set `RUSTFLAGS`.
The crates `guest` and `bulkhead` on crates.io belong to others and have nothing to do with this one.

Licensed under Apache-2.0 or MIT, at your choice.
";

/// Makes the archive; prints where it lies.
pub fn archive() -> Done {
    let packages = packages()?;
    let version = text(&packages, GUEST, "version")?;
    let name = format!("{GUEST}-{version}");
    let parent = root().join("target/guest");
    let folder = parent.join(&name);
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| said(&folder, &error))?;
    }
    let mut left = vec![GUEST.to_owned()];
    let mut done = Vec::new();
    while let Some(own) = left.pop() {
        if !done.contains(&own) {
            left.extend(unpack(&packages, &own, &folder.join(&own))?);
            done.push(own);
        }
    }
    write(&folder.join("README.md"), README)?;
    for (from, to) in [
        ("LICENSE-APACHE", "LICENSE-APACHE"),
        ("LICENSE-MIT", "LICENSE-MIT"),
        (".cargo/config.toml", "cargo-config.toml"),
    ] {
        let own = fs::read_to_string(root().join(from)).map_err(|error| said(from, &error))?;
        // Aliases are for work on this repository.
        let own = own.split("\n[alias]").next().unwrap_or_default();
        write(&folder.join(to), &format!("{}\n", own.trim_end()))?;
    }
    // The same bytes for the same sources, whoever packs them and when.
    let archive = parent.join(format!("{name}.tar.gz"));
    step(
        "archive",
        Command::new("tar")
            .args(["--sort=name", "--mtime=@0", "--owner=0", "--group=0"])
            .args([
                "--numeric-owner",
                "--mode=u=rwX,go=rX",
                "--use-compress-program=gzip -n",
            ])
            .arg("-cf")
            .arg(&archive)
            .arg("-C")
            .arg(&parent)
            .arg(&name),
    )?;
    println!("{}", archive.display());
    Ok(())
}

/// Packages of the workspace by name.
fn packages() -> Result<BTreeMap<String, Value>, String> {
    let named = shell::packages(&root())?.into_iter().filter_map(|own| {
        let name = own["name"].as_str()?.to_owned();
        Some((name, own))
    });
    Ok(named.collect())
}

/// Writes the sources of a crate and a manifest that needs no workspace; returns which crates of ours
/// it uses.
fn unpack(
    packages: &BTreeMap<String, Value>,
    name: &str,
    to: &Path,
) -> Result<Vec<String>, String> {
    let package = packages.get(name).ok_or(format!("no package `{name}`"))?;
    let manifest = PathBuf::from(text(packages, name, "manifest_path")?);
    let from = manifest.parent().unwrap_or(Path::new("/"));
    copy(&from.join("src"), &to.join("src"))?;
    let library = package["targets"].as_array().into_iter().flatten();
    let library = library
        .filter(|target| target["kind"][0] == "lib")
        .find_map(|target| target["name"].as_str())
        .ok_or(format!("`{name}` is no library"))?;
    let mut lines = vec![
        "[package]".to_owned(),
        format!("name = {name:?}"),
        format!("version = {:?}", text(packages, name, "version")?),
        format!("edition = {:?}", text(packages, name, "edition")?),
        format!("rust-version = {:?}", text(packages, name, "rust_version")?),
        format!("license = {:?}", text(packages, name, "license")?),
        format!("description = {:?}", text(packages, name, "description")?),
        "publish = false".to_owned(),
        "\n[lib]".to_owned(),
        format!("name = {library:?}"),
        "\n[features]".to_owned(),
    ];
    let features = package["features"].as_object().cloned().unwrap_or_default();
    let mut optional_used = Vec::new();
    for (feature, what) in features.iter().filter(|(feature, _)| *feature != "loom") {
        let what = what.as_array().into_iter().flatten();
        let what: Vec<&str> = what.filter_map(Value::as_str).collect();
        optional_used.extend(what.iter().filter_map(|own| own.strip_prefix("dep:")));
        lines.push(format!("{feature} = {what:?}"));
    }
    lines.push("\n[dependencies]".to_owned());
    let mut ours = Vec::new();
    for used in package["dependencies"].as_array().into_iter().flatten() {
        let (own, is_optional) = (
            used["name"].as_str().unwrap_or_default(),
            used["optional"] == true,
        );
        if !used["kind"].is_null() || is_optional && !optional_used.contains(&own) {
            continue;
        }
        let key = used["rename"].as_str().unwrap_or(own);
        let source = if used["path"].is_string() {
            ours.push(own.to_owned());
            format!("path = \"../{own}\"")
        } else {
            format!("version = {}", used["req"])
        };
        let features = &used["features"];
        let defaults = &used["uses_default_features"];
        lines.push(format!(
            "{key} = {{ package = {own:?}, {source}, optional = {is_optional}, default-features = {defaults}, features = {features} }}"
        ));
    }
    // The models of interleavings stay behind.
    lines.push("\n[lints.rust]\nunexpected_cfgs = \"allow\"".to_owned());
    write(&to.join("Cargo.toml"), &format!("{}\n", lines.join("\n")))?;
    Ok(ours)
}

fn text(packages: &BTreeMap<String, Value>, name: &str, key: &str) -> Result<String, String> {
    let own = packages.get(name).and_then(|package| package[key].as_str());
    own.map(str::to_owned)
        .ok_or(format!("`{name}` states no `{key}`"))
}

fn copy(from: &Path, to: &Path) -> Done {
    fs::create_dir_all(to).map_err(|error| said(to, &error))?;
    for entry in fs::read_dir(from).map_err(|error| said(from, &error))? {
        let path = entry.map_err(|error| said(from, &error))?.path();
        let own = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &own)?;
        } else {
            fs::copy(&path, &own).map_err(|error| said(&own, &error))?;
        }
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> Done {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(|error| said(folder, &error))?;
    fs::write(path, text).map_err(|error| said(path, &error))
}

fn said(path: impl AsRef<Path>, error: &std::io::Error) -> String {
    format!("{}: {error}", path.as_ref().display())
}
