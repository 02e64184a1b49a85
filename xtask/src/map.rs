//! The structure as text: the crates by ring, or the files of one crate, each with what it uses.

use crate::Done;
use crate::shell::root;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use xtask::structure::{Modules, Package, circles, packages};

/// From the inside out; a folder of another name comes last.
const RINGS: &[&str] = &["pure", "trusted", "tools", "faces"];

/// Prints the map of all crates, or of the one that is named.
pub fn print(arguments: &[String]) -> Done {
    let packages = packages(&root())?;
    let text = match arguments {
        [] => crates(&packages),
        [name] => {
            let named = packages.iter().find(|own| own.name == *name);
            files(
                named
                    .ok_or_else(|| format!("no crate is called `{name}`: see `cargo xtask map`"))?,
            )?
        }
        _ => return Err("give one crate, or none for the map of all".to_owned()),
    };
    print!("{text}");
    Ok(())
}

/// The folder of `crates/` in which a crate lies.
fn ring(package: &Package) -> Option<String> {
    let inside = package.folder.strip_prefix(root().join("crates")).ok()?;
    let mut names = inside.iter();
    let folder = names.next()?.to_string_lossy().into_owned();
    Some(if names.next().is_some() {
        folder
    } else {
        "crates".to_owned()
    })
}

fn rank(ring: &str) -> usize {
    let place = RINGS.iter().position(|own| *own == ring);
    place.unwrap_or(RINGS.len())
}

/// All crates, the innermost ring first.
fn crates(packages: &[Package]) -> String {
    let mut rings: BTreeMap<(usize, String), Vec<&Package>> = BTreeMap::new();
    let mut place = BTreeMap::new();
    for package in packages {
        if let Some(ring) = ring(package) {
            place.insert(package.name.as_str(), rank(&ring));
            let rank = rank(&ring);
            rings.entry((rank, ring)).or_default().push(package);
        }
    }
    let mut text = String::new();
    for ((rank, ring), members) in rings {
        _ = writeln!(text, "{ring}");
        for member in members {
            let used = member.uses.iter().map(|used| {
                let outward = place.get(used.as_str()).is_some_and(|other| *other > rank);
                format!("{used}{}", if outward { " (outward)" } else { "" })
            });
            row(&mut text, &member.name, used.collect());
        }
    }
    text
}

/// The files of the library and the programs of one crate.
fn files(package: &Package) -> Result<String, String> {
    let mut text = String::new();
    for target in package.targets.iter().filter(|target| target.product) {
        let modules = Modules::read(&target.root)?;
        let name = |at: usize| {
            let path = &modules.files[at].path;
            path.strip_prefix(&package.folder)
                .unwrap_or(path)
                .display()
                .to_string()
        };
        let arrows = modules.arrows();
        let mut rows = BTreeMap::new();
        for at in (0..modules.files.len()).filter(|at| !modules.files[*at].test) {
            let used = arrows.iter().filter(|(from, _)| *from == at);
            rows.insert(
                name(at),
                used.map(|(_, to)| name(*to)).collect::<BTreeSet<_>>(),
            );
        }
        for (file, used) in rows {
            row(&mut text, &file, used.into_iter().collect());
        }
        for circle in circles(&modules.apart(&arrows)) {
            let mut files: Vec<String> = circle.into_iter().map(name).collect();
            files.sort();
            _ = writeln!(text, "circle: {}", files.join(", "));
        }
    }
    Ok(text)
}

fn row(text: &mut String, name: &str, used: Vec<String>) {
    let arrow = if used.is_empty() { "" } else { " -> " };
    _ = writeln!(text, "  {name}{arrow}{}", used.join(", "));
}
