//! Our documents written again from what was read, to be compared with what came.

use super::at::{At, Report};
use super::{Subject, compare, profile, results};
use serde_json::Value;
use std::collections::BTreeSet;

/// Lists what one of our documents says beyond what was understood.
pub(super) fn losses(of: &Subject<'_>, model: &str, document: &At<'_>, report: &mut Report) {
    let metadata = document.get("metadata");
    let set = metadata.and_then(|metadata| metadata.id_of("target-set"));
    match (model, set) {
        ("profile", None) => {
            compare(document, &profile::demands_document(of).value(), report);
        }
        ("profile", Some(id)) => {
            if let Some(set) = of.project.target(&id) {
                compare(document, &profile::document(of, set).value(), report);
            }
        }
        _ => compare_results(of, document, report),
    }
}

/// Compares with a value that has the document under the name of its model.
fn compare(document: &At<'_>, ours: &Value, report: &mut Report) {
    if let Some(ours) = ours.as_object().and_then(|root| root.values().next()) {
        compare::losses(&document.path, document.value, ours, report);
    }
}

/// Compares results. Another tool may have joined several assessments in one document. Findings
/// cannot be made again without the target set that they are about; this is said.
fn compare_results(of: &Subject<'_>, document: &At<'_>, report: &mut Report) {
    let mut seen = BTreeSet::new();
    let mut whole: Option<Value> = None;
    for result in document.list("results") {
        let id = result
            .id_of("assessment")
            .filter(|id| seen.insert(id.clone()));
        let Some(assessment) = id.and_then(|id| of.project.assessment(&id)) else {
            continue;
        };
        let target = result.shown("target-set");
        let set = target.as_ref().and_then(|id| of.project.target(id));
        let mut ours = results::document(of, assessment, set).value();
        if let (Some(id), None) = (&target, set) {
            let message = format!("findings about target `{id}`, whose profile was not given");
            report.lose(format!("{}: {message}", result.path));
            unknown_target(&mut ours, result.value);
        }
        match (&mut whole, ours.pointer_mut(RESULTS).map(Value::take)) {
            (Some(whole), Some(Value::Array(more))) => {
                if let Some(Value::Array(all)) = whole.pointer_mut(RESULTS) {
                    all.extend(more);
                }
            }
            (whole, Some(results)) => {
                if let Some(place) = ours.pointer_mut(RESULTS) {
                    *place = results;
                }
                *whole = Some(ours);
            }
            _ => {}
        }
    }
    if let Some(ours) = whole {
        compare(document, &ours, report);
    }
}

const RESULTS: &str = "/assessment-results/results";

/// Takes what depends on an unknown target as it was given.
fn unknown_target(ours: &mut Value, given: &Value) {
    let Some(Value::Object(ours)) = ours.pointer_mut("/assessment-results/results/0") else {
        return;
    };
    for name in ["findings", "props"] {
        if let Some(value) = given.get(name) {
            ours.insert(name.to_owned(), value.clone());
        }
    }
}
