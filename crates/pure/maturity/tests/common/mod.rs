//! The shipped catalog, and a way to spoil it.

use source::Source;
use std::fs;
use std::path::Path;

/// All `.kdl` texts below a folder of the repository, sorted by name.
pub fn texts(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../..")
        .join(folder);
    let mut names = Vec::new();
    let mut open = vec![root];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "kdl") {
                names.push(path);
            }
        }
    }
    names.sort();
    let read = |path: &std::path::PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        Source::new(name, fs::read_to_string(path).unwrap())
    };
    names.iter().map(read).collect()
}

/// Text, line, code and message of each finding, one per line.
pub fn show(texts: &[Source], findings: &[maturity::Located]) -> String {
    let line = |finding: &maturity::Located| {
        let source = &texts[finding.text];
        let at = source.position(finding.diagnostic.span().start);
        let d = &finding.diagnostic;
        format!("{}:{}: {}: {}\n", source.name, at.line, d.code, d.message)
    };
    findings.iter().map(line).collect()
}
