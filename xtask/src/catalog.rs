//! The maturity catalog, its crosswalks and profiles: read strictly, whole, and usable together.

use crate::{Done, shell};
use maturity::{Located, catalog, compose, crosswalk, profile};
use source::Source;
use std::path::{Path, PathBuf};

/// Checks everything under `catalog/` and prints what there is.
pub fn check() -> Done {
    let root = shell::root().join("catalog");
    let texts = texts(&root.join("smm"))?;
    let (catalog, findings) = catalog::read(&texts);
    let mut faults = show(&texts, &findings);
    println!(
        "catalog {} {}: {} practices, {} indicators, sha-256 {}",
        catalog.id,
        catalog.version,
        catalog.practices.len(),
        catalog.indicators().count(),
        catalog.digest()
    );
    for text in self::texts(&root.join("crosswalks"))? {
        let (set, findings) = crosswalk::read(&text, &catalog);
        faults += show(std::slice::from_ref(&text), &findings);
        if let Some(set) = set {
            println!("crosswalk {}: {} lines", set.id, set.mappings.len());
        }
    }
    let mut layers = Vec::new();
    for text in self::texts(&root.join("profiles"))? {
        let (layer, findings) = profile::read(&text, &catalog);
        faults += show(std::slice::from_ref(&text), &findings);
        let Some(layer) = layer else { continue };
        let (indicators, targets) = (layer.indicators.len(), layer.targets.len());
        println!(
            "profile {}: {indicators} indicators, {targets} targets",
            layer.id
        );
        faults += unreachable_targets(&catalog, &layer);
        layers.push(layer);
    }
    for conflict in compose::compose(&catalog, &layers).conflicts {
        if let compose::Conflict::SameId { indicator, .. } = conflict {
            eprintln!("error: two profiles define `{indicator}`");
            faults += 1;
        }
    }
    if faults > 0 {
        Err(format!("{faults} findings"))
    } else {
        Ok(())
    }
}

/// Targets of a profile that its own indicators give no way to meet.
fn unreachable_targets(catalog: &catalog::Catalog, layer: &profile::Profile) -> usize {
    let table = compose::compose(catalog, std::slice::from_ref(layer));
    let unreachable = layer.targets.iter().filter(|target| {
        let most = table.defined(&target.practice, target.scope);
        most.is_none_or(|most| most < target.level)
    });
    unreachable
        .inspect(|target| {
            let (practice, level, scope) = (&target.practice, target.level, target.scope);
            eprintln!(
                "error: profile {}: nothing says what ({level}, {scope}) of {practice} means",
                layer.id
            );
        })
        .count()
}

/// Prints findings, all of which count as faults in what we ship.
fn show(texts: &[Source], findings: &[Located]) -> usize {
    for finding in findings {
        if let Some(text) = texts.get(finding.text) {
            eprintln!(
                "{}\n",
                source::render::text(text, &finding.diagnostic, false)
            );
        }
    }
    findings.len()
}

/// The KDL texts below a folder, by name; none if there is no such folder.
fn texts(folder: &Path) -> Result<Vec<Source>, String> {
    let mut paths: Vec<PathBuf> = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop().filter(|folder| folder.is_dir()) {
        let entries =
            std::fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        for entry in entries {
            let path = entry
                .map_err(|e| format!("{}: {e}", folder.display()))?
                .path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "kdl") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        let name = path
            .strip_prefix(shell::root())
            .unwrap_or(path)
            .display()
            .to_string();
        Ok(Source::new(name, text))
    };
    paths.iter().map(read).collect()
}
