//! Tables to a project: finds the tables and columns, reads them all, then checks the whole.

use super::check::{Places, findings_of};
use super::line::{Head, Known};
use super::project::{forget_places, project};
use super::rows::Tables;
use super::schema::{CONTENTS, Column, Kind, SEAL, SHEETS, Sheet, resembled, sheet};
use super::{Row, Table};
use crate::imported::{Findings, Imported, Place, quote};
use maturity::Date;
use maturity::catalog::Catalog;
use maturity::compose::compose;
use maturity::profile::Profile;
use source::nearest;
use std::collections::BTreeSet;

/// Reads a project from its tables. Every fault is reported with its cell; a project is only given
/// if there was no error. Tables may come in any order; those that are not ours are listed.
pub fn read(tables: &[Table], catalog: &Catalog, profiles: &[Profile], today: Date) -> Imported {
    let mut findings = Findings::default();
    let mut not_read = Vec::new();
    let mut places = Places::default();
    let heads = heads(tables, &mut findings, &mut not_read);
    let layers = named_layers(tables, &heads, profiles);
    let composed = compose(catalog, &layers);
    let known = Known::new(catalog, &composed, today);
    let mut source = Tables {
        tables,
        heads: &heads,
        known: &known,
        places: &mut places,
        findings: &mut findings,
    };
    let mut project = project(&mut source);
    contents(&mut source);
    // What follows from a table that is not whole says nothing.
    const TORN: [&str; 3] = ["missing-table", "empty-table", "missing-rows"];
    let torn = findings.errors().any(|one| TORN.contains(&one.code));
    if let Some(project) = project.as_mut().filter(|_| !torn) {
        findings_of(
            project,
            catalog,
            profiles,
            today,
            &places,
            tables,
            &mut findings,
        );
        forget_places(project);
    }
    sort(&mut findings, tables);
    let errors = findings.has_errors();
    Imported {
        project: project.filter(|_| !errors),
        findings: findings.all,
        not_read,
    }
}

/// Puts findings in the order of the tables.
pub(crate) fn sort(findings: &mut Findings, tables: &[Table]) {
    let order = |place: &Place| tables.iter().position(|table| table.name == place.table);
    findings
        .all
        .sort_by_key(|one| (order(&one.place), one.place.line, one.place.column));
}

/// The layers that the tables name, among those that are there. Faults are found later.
fn named_layers(
    tables: &[Table],
    heads: &[(&'static Sheet, usize, Head)],
    profiles: &[Profile],
) -> Vec<Profile> {
    let mut names = Vec::new();
    for (_, table, head) in heads.iter().filter(|(sheet, ..)| sheet.name == "Profiles") {
        let rows = tables.get(*table).map(|table| &table.rows);
        for row in rows.into_iter().flatten() {
            let cell = |name: &str| head.at.get(name).and_then(|at| row.cells.get(*at));
            let text = |name: &str| cell(name).map(super::cell::text).unwrap_or_default();
            names.push((
                text("profile").trim().to_owned(),
                text("version").trim().to_owned(),
            ));
        }
    }
    let wanted = |profile: &&Profile| {
        names
            .iter()
            .any(|(name, version)| *name == profile.id && *version == profile.version)
    };
    profiles.iter().filter(wanted).cloned().collect()
}

/// The tables that are ours, with their columns.
fn heads(
    tables: &[Table],
    findings: &mut Findings,
    not_read: &mut Vec<String>,
) -> Vec<(&'static Sheet, usize, Head)> {
    let mut heads: Vec<(&'static Sheet, usize, Head)> = Vec::new();
    for (at, table) in tables.iter().enumerate() {
        let Some(sheet) = sheet(table.plain_name()) else {
            let near = resembled(table.plain_name());
            let near = near.map(|near| format!(" (looks like `{}`)", table.form.name(near)));
            let near = near.unwrap_or_default();
            not_read.push(format!("{}{near}", quote(&table.name)));
            continue;
        };
        if heads.iter().any(|(other, ..)| other.name == sheet.name) {
            let message = format!("there is a second table `{}`", sheet.name);
            let help = "join the two, or give one of them another name";
            findings.error(table.place(0, None), "duplicate-table", message, help);
            continue;
        }
        if table.columns.is_empty() {
            let message = format!("`{}` is empty: not even its columns are there", sheet.name);
            let help = "put it back as it was; a table without rows has the heads of its columns";
            findings.error(table.place(0, None), "empty-table", message, help);
        }
        let head = head(table, sheet, &[], findings, not_read);
        heads.push((sheet, at, head));
    }
    missing(&heads, tables, findings);
    if heads.iter().any(|(sheet, ..)| sheet.name == CONTENTS) {
        for (sheet, at, head) in &heads {
            tables
                .get(*at)
                .iter()
                .for_each(|table| whole(table, sheet, head, findings));
        }
    }
    heads
}

/// Reports the columns that every export has and this table has not, although it says what was written.
/// Those without which no row can be read are reported already.
fn whole(table: &Table, sheet: &'static Sheet, head: &Head, findings: &mut Findings) {
    let read = |column: &&Column| !column.needed && !matches!(column.kind, Kind::Help);
    for column in sheet.columns.iter().filter(read) {
        if !head.at.contains_key(column.name) && !table.rows.is_empty() {
            no_column(table, sheet, column.name, findings);
        }
    }
}

/// Reports the tables that are not there. Where it is said which tables were written, all of them must be
/// there; tables that somebody made may be few, but not without what an assessment found.
fn missing(heads: &[(&'static Sheet, usize, Head)], tables: &[Table], findings: &mut Findings) {
    let form = tables.first().map(|table| table.form).unwrap_or_default();
    let there = |name: &str| heads.iter().any(|(sheet, ..)| sheet.name == name);
    let (written, found) = (there(CONTENTS), there("Answers") || there("Judgements"));
    // Nobody but an export has digests of what it holds.
    let is_export = heads.iter().any(|(_, _, head)| head.at.contains_key(SEAL));
    let mut without = Vec::new();
    for sheet in SHEETS.iter().filter(|sheet| !there(sheet.name)) {
        let copy = tables.iter().find(|table| {
            let plain = table.plain_name();
            let looks = resembled(plain).is_some_and(|other| other.name == sheet.name);
            looks && super::schema::sheet(plain).is_none()
        });
        let needed = match sheet.name {
            "Project" => true,
            "Answers" => written || there("Assessments") && !found,
            CONTENTS => is_export,
            _ => written,
        };
        let name = form.name(sheet);
        let help = match copy {
            Some(copy) => format!("{} looks like it: call it `{name}`", quote(&copy.name)),
            None if needed && sheet.name == CONTENTS => format!(
                "put it back as it was exported; if not all of an export is meant, remove the column `{SEAL}`, which goes with it"
            ),
            None if needed => {
                "put it back; a table without rows has the heads of its columns alone".to_owned()
            }
            None => {
                without.push(name);
                continue;
            }
        };
        let message = format!("there is no table `{name}`");
        findings.error(Place::default(), "missing-table", message, &help);
    }
    if !without.is_empty() {
        let message = format!(
            "not there, and so read as empty: `{}`",
            without.join("`, `")
        );
        let help = "put a table back if something belongs in it";
        findings.warning(Place::default(), "missing-table", message, help);
    }
}

/// Compares the tables with what is said about them where they were written: rows may have been added
/// since, and none may be missing.
pub(super) fn contents(tables: &mut Tables<'_>) {
    let stated = tables.each(CONTENTS, |line| {
        (line.place("rows"), line.text("table"), line.amount("rows"))
    });
    unstated(tables, stated.iter().map(|(_, name, _)| name.as_str()));
    for (place, name, rows) in stated {
        let head = tables
            .heads
            .iter()
            .find(|(own, ..)| super::normal(own.name) == super::normal(&name));
        let found = head.and_then(|(_, at, head)| Some((tables.tables.get(*at)?, head)));
        let Some((table, head)) = found else {
            if sheet(&name).is_none() {
                let message = format!("there is no table {}", quote(&name));
                let help = "leave this list as it was exported";
                tables.findings.error(place, "unknown-table", message, help);
            }
            continue;
        };
        let here = table.rows.iter().filter(|row| head.fills(row)).count();
        if u64::try_from(here).unwrap_or(u64::MAX) < rows {
            let message = format!("{here} rows are here, and {rows} were written");
            let help = format!(
                "put the table back whole; if the others were removed on purpose, say {here} at `{place}`"
            );
            let at = table.place(0, None);
            tables.findings.error(at, "missing-rows", message, &help);
        }
    }
}

/// Reports the tables of which it is not said how much they held.
fn unstated<'n>(tables: &mut Tables<'_>, stated: impl Iterator<Item = &'n str>) {
    let mut heads = tables.heads.iter();
    let list = heads.find(|(sheet, ..)| sheet.name == CONTENTS);
    let Some(list) = list.and_then(|(_, at, _)| tables.tables.get(*at)) else {
        return;
    };
    let stated: BTreeSet<String> = stated.map(super::normal).collect();
    let others = SHEETS.iter().map(|sheet| sheet.name);
    let left_out = |name: &&str| *name != CONTENTS && !stated.contains(&super::normal(name));
    let others: Vec<&str> = others.filter(left_out).collect();
    if !others.is_empty() {
        let message = format!(
            "it does not say how many rows `{}` has",
            others.join("`, `")
        );
        let help = "leave this list as it was exported";
        let place = list.place(0, None);
        tables.findings.error(place, "missing-rows", message, help);
    }
}

/// Where the columns of one table are. `optional` names needed columns that may be missing here.
pub(crate) fn head(
    table: &Table,
    sheet: &'static Sheet,
    optional: &[&str],
    findings: &mut Findings,
    not_read: &mut Vec<String>,
) -> Head {
    let mut head = Head::default();
    for (at, name) in table.columns.iter().enumerate() {
        let place = table.place(table.head, Some(at));
        match sheet.column(name) {
            Some(column) if matches!(column.kind, Kind::Help) => {}
            Some(column) => {
                if head.at.insert(column.name, at).is_some() {
                    let message = format!("there is a second column `{}`", column.name);
                    findings.error(place, "duplicate-column", message, "keep one of the two");
                }
            }
            None if name.trim().is_empty() => {
                let filled = |row: &&Row| row.cells.get(at).is_some_and(|cell| !cell.is_empty());
                if let Some(row) = table.rows.iter().find(filled) {
                    not_read.push(format!(
                        "{}: no head above it",
                        table.place(row.line, Some(at))
                    ));
                }
            }
            None => not_read.push(format!("{place}: not a column of this table")),
        }
    }
    let needed = |column: &&Column| column.needed && !optional.contains(&column.name);
    for column in sheet.columns.iter().filter(needed) {
        if !head.at.contains_key(column.name) && !table.rows.is_empty() {
            no_column(table, sheet, column.name, findings);
        }
    }
    head
}

/// Reports a column that is not there, and the one that looks like it.
pub(crate) fn no_column(table: &Table, sheet: &Sheet, name: &str, findings: &mut Findings) {
    let mut others = table
        .columns
        .iter()
        .filter(|own| sheet.column(own).is_none());
    let help = match others.find(|own| nearest(own, [name]).is_some()) {
        Some(own) => format!("{} looks like it: call it `{name}`", quote(own)),
        None => "put it back; an export shows how the table looks".to_owned(),
    };
    let message = format!("there is no column `{name}`");
    let place = table.place(table.head, None);
    findings.error(place, "missing-column", message, &help);
}
