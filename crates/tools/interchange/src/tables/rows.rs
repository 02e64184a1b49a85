//! The rows of all tables, while they are read.

use super::Table;
use super::check::Places;
use super::line::{Head, Known, Line};
use super::schema::Sheet;
use crate::imported::Findings;

/// All tables being read.
pub(crate) struct Tables<'t> {
    pub(crate) tables: &'t [Table],
    pub(super) heads: &'t [(&'static Sheet, usize, Head)],
    pub(super) known: &'t Known<'t>,
    pub(super) places: &'t mut Places,
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
        if !head.fills(row) {
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
