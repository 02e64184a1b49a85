//! Profiles of other tools: what is understood becomes a target set, the rest is listed as lost.

use super::at::{At, Report};
use super::merge::Names;
use maturity::catalog::Catalog;
use maturity::ledger::SetHead;
use maturity::project::{PracticeTarget, Project, TargetSet};
use maturity::{Date, Level, Scope, Word};
use source::Span;
use std::collections::BTreeSet;

/// Adds the targets of a profile: practices with `target-level` and `target-scope` in our namespace.
pub(super) fn profile(
    document: &At<'_>,
    catalog: &Catalog,
    project: &mut Project,
    report: &mut Report,
) {
    document.rest(&["uuid", "metadata", "imports", "merge", "modify"], report);
    let metadata = document.get("metadata");
    let title = metadata
        .as_ref()
        .and_then(|at| at.text("title"))
        .unwrap_or("imported");
    let mut practices: Vec<PracticeTarget> = Vec::new();
    let modify = document.get("modify");
    if let Some(modify) = &modify {
        modify.rest(&["alters"], report);
    }
    for alter in modify.iter().flat_map(|modify| modify.list("alters")) {
        alter.rest(&["control-id", "adds"], report);
        if let Some(target) = target(&alter, catalog, title, report) {
            if practices
                .iter()
                .any(|other| other.practice == target.practice)
            {
                report.lose(format!(
                    "{}: a second target of `{}`",
                    alter.path, target.practice
                ));
            } else {
                practices.push(target);
            }
        }
    }
    let have: BTreeSet<&str> = practices.iter().map(|one| one.practice.as_str()).collect();
    selected(document, catalog, &have, report);
    if practices.is_empty() {
        report.lose(format!("{}: no practice has a target", document.path));
        return;
    }
    let Some(by) = by(document, report) else {
        return;
    };
    let mut names = Names::new(project.targets.iter().map(|set| set.id.as_str()));
    let mut set = TargetSet::from(SetHead {
        id: names.give(title),
        title: Some(title.to_owned()),
        by,
    });
    set.practices = practices;
    project.targets.push(set);
}

/// The day of the targets: stated, or that of the document.
fn by(document: &At<'_>, report: &mut Report) -> Option<Date> {
    let metadata = document.get("metadata")?;
    let stated = metadata.shown("target-by").and_then(|day| day.parse().ok());
    let by = stated.or_else(|| metadata.day("last-modified"));
    match (stated, by) {
        (None, Some(day)) => report.warning(
            "oscal-assumed",
            format!(
                "`{}` does not say by when its targets are to be reached",
                document.path
            ),
            &format!(
                "correct the day of the target set: {day}, the day of the document, was assumed"
            ),
        ),
        (_, None) => report.error(
            "oscal-bad-item",
            format!("`{}.metadata.last-modified` is no day", document.path),
            "write a date and time such as `2026-03-31T00:00:00Z`",
        ),
        _ => {}
    }
    by
}

fn target(
    alter: &At<'_>,
    catalog: &Catalog,
    title: &str,
    report: &mut Report,
) -> Option<PracticeTarget> {
    let control = alter.text("control-id").unwrap_or_default();
    let Some(practice) = catalog.lookup(control).practice() else {
        report.lose(format!("{}: `{control}` is no practice", alter.path));
        return None;
    };
    let (mut level, mut scope, mut because) = (None, None, None);
    for add in alter.list("adds") {
        add.rest(&["position", "by-id", "props"], report);
        level = level.or_else(|| add.shown("target-level"));
        scope = scope.or_else(|| add.shown("target-scope"));
        because = because.or_else(|| add.shown("because"));
        for prop in add.list("props") {
            let ours = prop.text("ns") == Some(super::NS);
            let name = prop.text("name").unwrap_or_default();
            if !ours || !["target-level", "target-scope", "because"].contains(&name) {
                report.lose(format!("{}: property `{name}` not understood", prop.path));
            }
        }
    }
    let read = level
        .as_ref()
        .and_then(|level| Level::new(level.parse().ok()?));
    match (read, scope.as_deref().and_then(Scope::from_word)) {
        (Some(level), Some(scope)) => Some(PracticeTarget {
            practice: practice.title.id.clone(),
            level,
            scope,
            because: Some(because.unwrap_or_else(|| format!("as in `{title}`"))),
            concerns: Vec::new(),
            respondent: None,
            owner: None,
            responsible: Vec::new(),
            override_of: None,
            at: Span::default(),
        }),
        _ => {
            let words = [level, scope].map(|word| word.unwrap_or_else(|| "nothing".to_owned()));
            let [level, scope] = words;
            report.lose(format!(
                "{}: `{control}` has no level 0 to 4 with a scope: level {level}, scope {scope}",
                alter.path
            ));
            None
        }
    }
}

/// Says which practices are selected without a target, and what else is selected.
fn selected(document: &At<'_>, catalog: &Catalog, have: &BTreeSet<&str>, report: &mut Report) {
    for import in document.list("imports") {
        import.rest(&["href", "include-controls"], report);
        for select in import.list("include-controls") {
            select.rest(&["with-ids"], report);
            for id in select.list("with-ids") {
                let name = id.value.as_str().unwrap_or_default();
                match catalog.lookup(name).practice() {
                    Some(practice) if have.contains(practice.title.id.as_str()) => {}
                    Some(_) => report.lose(format!("{}: `{name}` has no target", id.path)),
                    None => report.lose(format!("{}: `{name}` is no practice", id.path)),
                }
            }
        }
    }
}
