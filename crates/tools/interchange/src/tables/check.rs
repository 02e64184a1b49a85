//! The check of the whole project, with its findings brought back to rows and cells.

use super::{Cell, Table, list};
use crate::imported::{Findings, Place};
use maturity::catalog::Catalog;
use maturity::profile::Profile;
use maturity::project::{Project, check, is_of_form};
use maturity::{Date, Located};
use source::{Diagnostic, Severity, Span};
use std::collections::BTreeSet;

/// Which row each stand-in for a place stands for.
#[derive(Debug, Default)]
pub(crate) struct Places {
    rows: Vec<(usize, usize)>,
}

impl Places {
    /// The stand-in for a row of a table; never the empty place.
    pub(crate) fn add(&mut self, table: usize, row: usize) -> Span {
        self.rows.push((table, row));
        Span::new(self.rows.len(), self.rows.len())
    }

    /// The row of a stand-in; `None` for the empty place.
    pub(crate) fn row(&self, at: Span) -> Option<(usize, usize)> {
        let at = usize::try_from(at.start).ok()?.checked_sub(1)?;
        self.rows.get(at).copied()
    }
}

/// Checks a project whose places are stand-ins, and reports what is found at its rows. Where cells
/// were already wrong, what follows from them is left out, and so are warnings: there is no project
/// yet that they could be about.
pub(crate) fn findings_of(
    project: &Project,
    catalog: &Catalog,
    profiles: &[Profile],
    today: Date,
    places: &Places,
    tables: &[Table],
    findings: &mut Findings,
) {
    let composed = project.table(catalog, profiles);
    let found = check(project, catalog, &composed, today);
    report(found, places, tables, findings);
}

fn report(found: Vec<Located>, places: &Places, tables: &[Table], findings: &mut Findings) {
    let unusable = findings.has_errors();
    let wrong = findings.all.iter().filter_map(|one| {
        let column = one.place.column?;
        Some((one.place.table.clone(), one.place.line, column))
    });
    let wrong: BTreeSet<(String, usize, usize)> = wrong.collect();
    let mut said: BTreeSet<(&str, String, usize, usize)> = BTreeSet::new();
    for Located { diagnostic, .. } in found {
        if unusable && diagnostic.severity == Severity::Warning {
            continue;
        }
        if unusable && is_of_form(diagnostic.code) {
            // Cells were held to this one by one.
            continue;
        }
        if diagnostic.code == "unknown-profile" {
            let place = place_of_profile(tables, word(&diagnostic));
            let help = diagnostic.help.clone().unwrap_or_default();
            let (code, severity) = (diagnostic.code, diagnostic.severity);
            findings.push(place, code, severity, diagnostic.message, &help);
            continue;
        }
        let row = places.row(diagnostic.span());
        let table = row.and_then(|(table, _)| tables.get(table));
        let row = row.and_then(|(_, row)| table?.rows.get(row));
        let place = match (table, row) {
            (Some(table), Some(row)) => {
                let candidates = candidates(table, diagnostic.code);
                let known = |at: &usize| wrong.contains(&(table.name.clone(), row.line, *at));
                if candidates.iter().any(known) {
                    continue;
                }
                let word = word(&diagnostic);
                let says = |at: &&usize| row.cells.get(**at).is_some_and(|cell| holds(cell, word));
                // The same is said once of each cell that holds it.
                let saying: Vec<&usize> = candidates.iter().filter(says).collect();
                let mut fresh = saying.iter().copied();
                let fresh = fresh
                    .find(|at| said.insert((diagnostic.code, table.name.clone(), row.line, **at)));
                let column = fresh.or(saying.first().copied()).or(candidates.first());
                let whole = names(diagnostic.code).is_empty().then_some(0);
                table.place(row.line, column.copied().or(whole))
            }
            _ => Place::default(),
        };
        let help = help(&diagnostic, &place);
        let message = match diagnostic.code {
            "unknown-word" => format!("there is no goal `{}`", word(&diagnostic)),
            _ => diagnostic.message,
        };
        findings.push(place, diagnostic.code, diagnostic.severity, message, &help);
    }
}

/// The user's word that a finding is about.
fn word(diagnostic: &Diagnostic) -> &str {
    diagnostic.message.split('`').nth(1).unwrap_or_default()
}

/// The row of a profile, given its name and version; the check has no place for it.
fn place_of_profile(tables: &[Table], named: &str) -> Place {
    let table = tables
        .iter()
        .find(|table| super::normal(table.plain_name()) == "profiles");
    let place = |table: &Table| {
        let column = |name: &str| {
            let mut columns = table.columns.iter();
            columns.position(|head| super::normal(head) == name)
        };
        let (name, version) = (column("profile")?, column("version")?);
        let row = table.rows.iter().find(|row| {
            let text = |at| row.cells.get(at).map(super::words).unwrap_or_default();
            format!("{} {}", text(name).trim(), text(version).trim()) == named
        })?;
        Some(table.place(row.line, Some(name)))
    };
    table.and_then(place).unwrap_or_default()
}

/// What to do, in words of tables: the check speaks of lines of a text.
fn help(diagnostic: &Diagnostic, place: &Place) -> String {
    let own = diagnostic.help.clone().unwrap_or_default();
    if own.starts_with("did you mean") {
        return own;
    }
    let table = match diagnostic.code {
        "unknown-person" => "People",
        "unknown-evidence" => "Evidence",
        "unknown-concern" => "Concerns",
        "unknown-action" => "Actions",
        "unknown-word" => "Goals",
        "unknown-profile" | "catalog-differs" => return own,
        _ if own.starts_with("add `") && !place.header.is_empty() => {
            return format!("fill in `{}`", place.header);
        }
        _ if own.starts_with("add `") && !names(diagnostic.code).is_empty() => {
            return format!("add a column `{}`", names(diagnostic.code).join("` or `"));
        }
        _ => return own,
    };
    format!("give it a row in `{table}`, or correct the name")
}

/// The positions of the columns that a finding can be about, the likeliest first.
fn candidates(table: &Table, code: &str) -> Vec<usize> {
    let at = |name: &&str| {
        let mut columns = table.columns.iter();
        columns.position(|column| super::normal(column) == *name)
    };
    names(code).iter().filter_map(at).collect()
}

/// The columns that name what a row is.
const IDS: &[&str] = &[
    "project",
    "person",
    "goal",
    "action",
    "evidence",
    "concern",
    "obligation",
    "practice",
    "part",
    "target",
    "assessment",
];

/// Their names; none if a finding is about the row as a whole.
fn names(code: &str) -> &'static [&'static str] {
    match code {
        "unknown-format" => &["format"],
        "catalog-differs" => &["catalog version", "catalog"],
        "unknown-indicator" => &["indicator", "closes"],
        "unknown-person" | "own-approval" => &[
            "assessors",
            "respondent",
            "owner",
            "override by",
            "reviewed by",
            "approved by",
        ],
        "unknown-evidence" => &["evidence"],
        "unknown-concern" => &["concerns"],
        "unknown-word" => &["goals"],
        "unknown-action" | "action-cycle" => &["after"],
        "unknown-practice" => &["practice"],
        "unknown-part" => &["part"],
        "answer-without-assessor" | "not-an-assessor" => &["by"],
        "answer-without-method" => &["method"],
        "answer-without-date" | "answer-outside-period" => &["on"],
        "date-in-future" => &[
            "on",
            "dated",
            "due",
            "reviewed on",
            "approved on",
            "override on",
            "from",
            "to",
        ],
        "period-reversed" => &["to", "from", "valid until", "dated"],
        "approval-before-review" => &["approved on", "reviewed on"],
        "approval-in-period" => &["approved on", "to"],
        "review-before-answers" => &["reviewed on"],
        "approval-before-answers" => &["approved on"],
        "not-applicable-without-reason" | "target-without-reason" => &["because"],
        "not-applicable-without-approval" | "frozen-without-approval" => &["approved by"],
        "approval-too-early" | "frozen-without-content" => &["state"],
        "review-missing" => &["reviewed by"],
        "computed-for-person" | "wrong-check" => &["computed by"],
        "computed-without-model" => &["model"],
        "judged-undefined-scope" | "scope-without-layer" | "target-below-obligation" => {
            &["level", "scope", "practice"]
        }
        "override-without-justification" | "override-of-nothing" => {
            &["override by", "level", "scope", "practice"]
        }
        "cost-reversed" => &["cost most", "cost least"],
        "action-closes-nothing" => &["closes"],
        "since-without-evidence" => &["evidence", "since"],
        "evidence-expired" => &["valid until"],
        "duplicate-answer" => &["indicator", "by", "computed by"],
        "duplicate-judgement" => &["practice", "scope", "by"],
        "duplicate-id" => IDS,
        "said-twice" => &["practice"],
        _ => &[],
    }
}

/// True if a cell holds that word, alone or in a list.
fn holds(cell: &Cell, word: &str) -> bool {
    let text = super::cell::text(cell);
    text.trim() == word || list::split(&text).iter().any(|item| item == word)
}
