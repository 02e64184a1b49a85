//! The JSON form of a project, for machines; the same content as the KDL form.

use super::Project;
use crate::fault::{self, Faults, Located};
use source::{Source, Span};

/// Longest JSON text that is read, in bytes. What it holds is bounded by the checks of a project.
const BYTES_MAX: usize = 64 << 20;

/// Reads the JSON form. `None` if it is not one.
pub fn read_json(text: &Source) -> (Option<Project>, Vec<Located>) {
    let mut faults = Faults::default();
    let project = if text.text.len() > BYTES_MAX {
        faults.report(
            &fault::BadJson {
                reason: "the text is too long",
            },
            Span::default(),
        );
        None
    } else {
        serde_json::from_str(text.text.trim_start_matches('\u{feff}'))
            .map_err(|error| {
                let at = place(&text.text, error.line(), error.column());
                faults.report(
                    &fault::BadJson {
                        reason: &error.to_string(),
                    },
                    at,
                );
            })
            .ok()
    };
    let found = faults.into_diagnostics().into_iter();
    (
        project,
        found
            .map(|diagnostic| Located {
                text: 0,
                diagnostic,
            })
            .collect(),
    )
}

/// The byte that the reader points at; lines and columns count from 1, columns in bytes.
fn place(text: &str, line: usize, column: usize) -> Span {
    let before = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len);
    let at = before.sum::<usize>() + column.saturating_sub(1);
    Span::new(at.min(text.len()), (at + 1).min(text.len()))
}

/// Writes the JSON form, indented, with a line feed at its end.
pub fn write_json(project: &Project) -> String {
    // A project has no map with other keys than texts and no number that JSON lacks.
    serde_json::to_string_pretty(project)
        .map(|text| text + "\n")
        .unwrap_or_default()
}
