//! The way in: texts to a project, a catalog, findings and losses.

use super::again::losses;
use super::at::{At, Report};
use super::catalog_read::{self, CatalogDocument};
use super::collect::{Collected, is_ours};
use super::{Subject, foreign, foreign_results, merge, metadata};
use maturity::catalog::Catalog;
use maturity::profile::Profile;
use maturity::project::Project;
use maturity::{Date, Located, has_errors};
use serde_json::Value;
use source::{Diagnostic, Source, Span};
use std::collections::BTreeSet;

/// Longest text that is read, in bytes.
const BYTES_MAX: usize = 32 << 20;
/// Most documents that are read together.
const DOCUMENTS_MAX: usize = 10_000;

/// What documents hold.
#[derive(Clone, Debug, Default)]
pub struct Read {
    /// The project; `None` if no document is about one or a finding is an error. It is not checked
    /// against the catalog: [`maturity::project::check`] does that.
    pub project: Option<Project>,
    /// The catalog with what layers add, if one of the documents is a catalog of this model.
    pub catalog: Option<CatalogDocument>,
    /// What is wrong; messages name places as JSON paths.
    pub findings: Vec<Located>,
    /// What was not taken over, each with its place.
    pub lost: Vec<String>,
}

/// Reads documents that belong together, in any order: catalogs, profiles and assessment results,
/// ours or those of other tools. `catalog` and `layers` are what answers and targets are about.
///
/// From documents of other tools is taken: targets of practices that carry `target-level` and
/// `target-scope` in our namespace; findings about indicators, with method, day, person and
/// evidence. A level is never taken over, because levels follow from answers.
pub fn read(texts: &[Source], catalog: &Catalog, layers: &[Profile]) -> Read {
    let mut report = Report::default();
    let mut found = None;
    if texts.len() > DOCUMENTS_MAX {
        let message = format!("more than {DOCUMENTS_MAX} documents cannot be read together");
        report.error(
            "oscal-too-much",
            message,
            "read the documents of one project at a time",
        );
        let (findings, lost) = report.finish();
        return Read {
            findings,
            lost,
            ..Read::default()
        };
    }
    // Each text is read twice, so that only one is held as a tree at a time.
    let mut collected = Collected::default();
    let mut kinds = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        report.text = at;
        let Some((model, value)) = parse(text, &mut report) else {
            continue;
        };
        let document = place(model, &value);
        let ours = is_ours(&document);
        match model {
            "catalog" => catalog_read::take(&document, &mut found, &mut report),
            "profile" if ours => collected.profile(&document, &mut report),
            _ if ours => collected.results(&document, &mut report),
            _ => {}
        }
        if model != "catalog" {
            kinds.push((at, text, ours));
        }
    }
    let again = |at: usize, text: &Source, report: &mut Report| {
        report.text = at;
        parse(text, &mut Report::default())
    };
    let digests = std::mem::take(&mut collected.digests);
    let contents = std::mem::take(&mut collected.contents);
    let mut project = merge::project(collected);
    // Any day will do: that of a document is not compared.
    if let (Some(project), Some(day)) = (&project, Date::new(2000, 1, 1)) {
        let table = project.table(catalog, layers);
        let of = Subject::new(project, catalog, &table, day);
        for (at, text, _) in kinds.iter().filter(|(_, _, ours)| *ours) {
            if let Some((model, value)) = again(*at, text, &mut report) {
                losses(&of, model, &place(model, &value), &mut report);
            }
        }
        if !has_errors(&report.findings) {
            whole(&of, &digests, &contents, &mut report);
        }
    }
    let ours = project.is_some();
    let mut table = None;
    for (at, text, _) in kinds.iter().filter(|(_, _, ours)| !*ours) {
        let Some((model, value)) = again(*at, text, &mut report) else {
            continue;
        };
        let document = place(model, &value);
        let into = project.get_or_insert_with(|| merge::around(&document, catalog, layers));
        let table = table.get_or_insert_with(|| into.table(catalog, layers));
        match model {
            "profile" => foreign::profile(&document, catalog, into, &mut report),
            _ => foreign_results::results(&document, table, into, &mut report),
        }
    }
    if let Some(made) = project.as_ref().filter(|_| !ours) {
        if made.targets.is_empty() && made.assessments.is_empty() {
            project = None;
        } else {
            merge::assumed(made, &mut report);
        }
    }
    let (findings, lost) = report.finish();
    let project = project.filter(|_| !has_errors(&findings));
    Read {
        project,
        catalog: found,
        findings,
        lost,
    }
}

/// Compares what was read with what the documents say about the whole: a project of which a document, or
/// a part of one, is missing or was changed is not that project.
fn whole(
    of: &Subject<'_>,
    digests: &BTreeSet<String>,
    contents: &BTreeSet<String>,
    report: &mut Report,
) {
    // What follows is about all texts together.
    report.text = usize::MAX;
    let here = metadata::counts(of.project);
    let mut missing = BTreeSet::new();
    for stated in contents.iter().flat_map(|all| all.split(' ')) {
        let stated = stated.split_once('=');
        let stated = stated.and_then(|(what, count)| Some((what, count.parse::<usize>().ok()?)));
        let found = here
            .iter()
            .find(|(what, _)| stated.is_some_and(|(own, _)| own == *what));
        if let (Some((what, stated)), Some((_, found))) = (stated, found)
            && *found != stated
        {
            missing.insert(format!("{found} of {stated} {}", what.replace('-', " ")));
        }
    }
    if !missing.is_empty() {
        let missing: Vec<String> = missing.into_iter().collect();
        report.error(
            "oscal-incomplete",
            format!(
                "{} were read: a document, or a part of one, is missing",
                missing.join(", ")
            ),
            "give all documents of the export, as they were exported",
        );
    } else if digests.iter().next() != Some(&of.digest) || digests.len() > 1 {
        let stated = digests.iter().find(|other| **other != of.digest);
        let stated = stated.map_or("none", |stated| stated.get(..12).unwrap_or(stated));
        report.error(
            "oscal-changed",
            format!("what was read is not the project that was exported: digest {}… in place of {stated}…", of.digest.get(..12).unwrap_or_default()),
            "export it again; a project is changed in its text, its data, a workbook or tables",
        );
    }
}

/// A document with its path.
fn place<'v>(model: &str, value: &'v Value) -> At<'v> {
    let path = format!("$.{model}");
    At { value, path }
}

/// The model and the document of a text.
fn parse(text: &Source, report: &mut Report) -> Option<(&'static str, Value)> {
    if text.text.len() > BYTES_MAX {
        let message = format!("the document is longer than {} MiB", BYTES_MAX >> 20);
        report.error("oscal-too-much", message, "split the document");
        return None;
    }
    let value: Value = match serde_json::from_str(&text.text) {
        Ok(value) => value,
        Err(error) => {
            let lines = text
                .text
                .split_inclusive('\n')
                .take(error.line().saturating_sub(1));
            let at = lines.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
            let end = text.text.len();
            let span = Span::new(at.min(end), (at + 1).min(end));
            let diagnostic = Diagnostic::error("oscal-not-json", span, error.to_string());
            report.push(diagnostic.help("give a document of OSCAL in its JSON form"));
            return None;
        }
    };
    let Value::Object(mut root) = value else {
        let message = "`$` is no document of OSCAL".to_owned();
        report.error("oscal-unknown-document", message, MODELS);
        return None;
    };
    root.remove("$schema");
    let names: Vec<String> = root.keys().cloned().collect();
    let known = ["catalog", "profile", "assessment-results"];
    let model = known
        .into_iter()
        .find(|model| names.len() == 1 && root.contains_key(*model));
    let Some(model) = model else {
        let words = names.iter().take(5).map(|name| format!("`{name}`"));
        let words = words.collect::<Vec<_>>().join(", ");
        let message = format!(
            "`$` has {}, which is not read",
            if words.is_empty() { "nothing" } else { &words }
        );
        report.error("oscal-unknown-document", message, MODELS);
        return None;
    };
    let document = root.remove(model).filter(Value::is_object);
    let Some(document) = document else {
        let message = format!("`$.{model}` is no object");
        report.error("oscal-unknown-document", message, MODELS);
        return None;
    };
    let version = document
        .get("metadata")
        .and_then(|metadata| metadata.get("oscal-version"));
    let version = version.and_then(Value::as_str).unwrap_or_default();
    if !version.starts_with("1.") {
        let message = format!(
            "`$.{model}.metadata.oscal-version` is `{version}`, and version 1 is understood"
        );
        report.warning(
            "oscal-version",
            message,
            "look through what was read, or convert the document to version 1.1",
        );
    }
    Some((model, document))
}

const MODELS: &str = "give one catalog, profile or assessment-results in each file";
