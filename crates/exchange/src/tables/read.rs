//! Tables to a project: finds the tables and columns, reads them all, then checks the whole.

use super::check::{Places, findings_of};
use super::line::{Head, Known, Line};
use super::project::{forget_places, project};
use super::schema::{Column, Kind, SHEETS, Sheet, sheet};
use super::{Cell, Row, Table, list};
use crate::imported::{Findings, Imported, Place, quote};
use maturity::catalog::Catalog;
use maturity::compose::compose;
use maturity::profile::Profile;
use maturity::{Date, nearest};

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
    if let Some(project) = &mut project {
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
            let names = SHEETS.iter().map(|sheet| sheet.name);
            let near = nearest(table.plain_name(), names);
            let near = near.map(|near| format!(" (did you mean `{near}`?)"));
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
        let head = head(table, sheet, &[], findings, not_read);
        heads.push((sheet, at, head));
    }
    let missing = SHEETS.iter().map(|sheet| sheet.name);
    let missing: Vec<&str> = missing
        .filter(|name| !heads.iter().any(|(other, ..)| other.name == *name))
        .collect();
    let place = Place::default;
    if missing.contains(&"Project") {
        let message = "there is no table `Project`".to_owned();
        let help = "export a project to see how its tables look";
        findings.error(place(), "missing-table", message, help);
    } else if !missing.is_empty() {
        let names = missing.join("`, `");
        let message = format!("not there, and so read as empty: `{names}`");
        let help = "put a table back if something belongs in it";
        findings.warning(place(), "missing-table", message, help);
    }
    heads
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
            let message = format!("there is no column `{}`", column.name);
            let help = "put it back; an export shows how the table looks";
            let line = table.head;
            findings.error(table.place(line, None), "missing-column", message, help);
        }
    }
    head
}

/// All tables being read.
pub(crate) struct Tables<'t> {
    pub(crate) tables: &'t [Table],
    heads: &'t [(&'static Sheet, usize, Head)],
    known: &'t Known<'t>,
    places: &'t mut Places,
    pub(crate) findings: &'t mut Findings,
}

impl Tables<'_> {
    /// Reads every row of a table that is not empty.
    pub(crate) fn each<T>(
        &mut self,
        name: &str,
        read: impl FnMut(&mut Line<'_, '_>) -> T,
    ) -> Vec<T> {
        let found = self.heads.iter().find(|(sheet, ..)| sheet.name == name);
        let Some((sheet, at, head)) = found else {
            return Vec::new();
        };
        let Some(table) = self.tables.get(*at) else {
            return Vec::new();
        };
        let sides = (&mut *self.places, &mut *self.findings);
        each_line(sheet, table, *at, head, self.known, sides, read)
    }
}

/// Reads every row of one table that is not empty. `index` is the position of the table among all.
pub(crate) fn each_line<T>(
    sheet: &'static Sheet,
    table: &Table,
    index: usize,
    head: &Head,
    known: &Known<'_>,
    (places, findings): (&mut Places, &mut Findings),
    mut read: impl FnMut(&mut Line<'_, '_>) -> T,
) -> Vec<T> {
    let mut all = Vec::new();
    for (at, row) in table.rows.iter().enumerate() {
        let cell = |at: &usize| row.cells.get(*at);
        let filled = |at: &usize| cell(at).is_some_and(|cell| !cell.is_empty());
        if !head.at.values().any(filled) {
            continue;
        }
        let mut line = Line {
            sheet,
            table,
            head,
            row,
            at: places.add(index, at),
            known,
            findings,
        };
        all.push(read(&mut line));
    }
    all
}

/// True if a cell holds that word, alone or in a list.
pub(super) fn holds(cell: &Cell, word: &str) -> bool {
    let text = super::cell::text(cell);
    text.trim() == word || list::split(&text).iter().any(|item| item == word)
}
