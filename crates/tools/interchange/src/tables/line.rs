//! A row being read: each cell by the head of its column. A cell that cannot be used is reported and
//! a harmless value stands in for it, so that the rest of the project can still be looked at; it is
//! given to nobody, because there was an error.

use super::schema::{Column, Kind, Sheet};
use super::{Cell, Row, TEXT_MAX, Table, cell, list};
use crate::imported::{Findings, Place, quote};
use maturity::catalog::{Catalog, Lookup};
use maturity::compose::Effective;
use maturity::{Date, Level, Word};
use source::Span;
use source::nearest;
use std::collections::BTreeMap;

/// What names can mean.
pub(crate) struct Known<'k> {
    pub(crate) catalog: &'k Catalog,
    /// Ids of indicators by their lower-case form.
    indicators: BTreeMap<String, &'k str>,
    /// Stands in for a date that is not one.
    day: Date,
}

impl<'k> Known<'k> {
    pub(crate) fn new(catalog: &'k Catalog, table: &'k Effective, day: Date) -> Self {
        let ids = table.rows.iter().map(|row| row.what.id.as_str());
        Self {
            catalog,
            indicators: ids.map(|id| (id.to_lowercase(), id)).collect(),
            day,
        }
    }

    /// The id of an indicator in its own spelling; what is not known stays as it is, for the check
    /// of the whole project to report.
    fn indicator(&self, id: &str) -> String {
        let known = self.indicators.get(&id.to_lowercase());
        known.copied().unwrap_or(id).to_owned()
    }
}

/// Where the columns of a table are.
#[derive(Debug, Default)]
pub(crate) struct Head {
    pub(crate) at: BTreeMap<&'static str, usize>,
}

impl Head {
    /// True if anything stands in one of the columns.
    pub(crate) fn fills(&self, row: &Row) -> bool {
        let cell = |at: &usize| row.cells.get(*at);
        let mut places = self.at.values();
        places.any(|at| cell(at).is_some_and(|cell| !cell.is_empty()))
    }
}

pub(crate) struct Line<'l, 'f> {
    pub(crate) sheet: &'static Sheet,
    pub(crate) table: &'l Table,
    pub(crate) head: &'l Head,
    pub(crate) row: &'l Row,
    /// Stands for this row in the project until it has been checked.
    pub(crate) at: Span,
    pub(crate) known: &'l Known<'l>,
    pub(crate) findings: &'f mut Findings,
}

impl<'l> Line<'l, '_> {
    /// The place of a cell of this row.
    pub(crate) fn place(&self, name: &str) -> Place {
        let column = self.head.at.get(name).copied();
        self.table.place(self.row.line, column)
    }

    pub(crate) fn error(&mut self, name: &str, code: &'static str, message: String, help: &str) {
        let place = self.place(name);
        self.findings.error(place, code, message, help);
    }

    /// A cell with something in it.
    fn given(&mut self, name: &str) -> Option<&'l Cell> {
        let at = self.head.at.get(name)?;
        match self.row.cells.get(*at).unwrap_or(&Cell::Empty) {
            Cell::Error(error) => {
                let message = format!("the cell holds the error {}", quote(error));
                let help = "mend the formula, or put the value itself in the cell";
                self.error(name, "cell-error", message, help);
                None
            }
            cell if cell.is_empty() => {
                let needed = |column: &Column| column.name == name && column.needed;
                if self.sheet.columns.iter().any(needed) {
                    let message = format!("`{name}` is not given");
                    self.error(name, "missing-field", message, "fill in the cell");
                }
                None
            }
            Cell::Text(text) if text.encode_utf16().count() > TEXT_MAX => {
                let message = format!("the text has {} characters", text.encode_utf16().count());
                let help = format!("shorten it to {TEXT_MAX}, or keep it as evidence");
                self.error(name, "text-too-long", message, &help);
                None
            }
            cell => Some(cell),
        }
    }

    /// True if there is anything in the cell.
    pub(crate) fn has(&self, name: &str) -> bool {
        let cell = self
            .head
            .at
            .get(name)
            .and_then(|at| self.row.cells.get(*at));
        cell.is_some_and(|cell| !cell.is_empty())
    }

    /// A text; spaces around it are part of it only where texts are free.
    pub(crate) fn text_opt(&mut self, name: &str) -> Option<String> {
        let text = cell::text(self.given(name)?);
        let free =
            |column: &Column| column.name == name && matches!(column.kind, Kind::Text | Kind::Long);
        match self.sheet.columns.iter().any(free) {
            true => Some(text),
            false => Some(text.trim().to_owned()),
        }
    }

    pub(crate) fn text(&mut self, name: &str) -> String {
        self.text_opt(name).unwrap_or_default()
    }

    /// A short name that this row defines.
    pub(crate) fn name(&mut self, name: &str) -> String {
        let text = self.text(name);
        if !text.is_empty() && !maturity::is_id(&text) {
            let message = format!("{} cannot be a short name", quote(&text));
            let help = "begin with a letter and use letters, digits, `.`, `-`, `_` and `:`";
            self.error(name, "bad-id", message, help);
        }
        text
    }

    pub(crate) fn word_opt<W: Word>(&mut self, name: &str) -> Option<W> {
        let text = cell::text(self.given(name)?);
        self.one_word(name, &text)
    }

    /// One of a few words; `default` if there is none.
    pub(crate) fn word<W: Word>(&mut self, name: &str, default: W) -> W {
        self.word_opt(name).unwrap_or(default)
    }

    pub(crate) fn words<W: Word>(&mut self, name: &str) -> Vec<W> {
        let all = self.list(name);
        all.iter()
            .filter_map(|text| self.one_word(name, text))
            .collect()
    }

    fn one_word<W: Word>(&mut self, name: &str, text: &str) -> Option<W> {
        let word = cell::word(text);
        if word.is_none() {
            let all: Vec<&str> = W::ALL.iter().map(|word| word.as_str()).collect();
            let message = format!("{} is none of the words for `{name}`", quote(text));
            let help = format!("possible here: `{}`", all.join("`, `"));
            self.error(name, "not-a-choice", message, &help);
        }
        word
    }

    pub(crate) fn level_opt(&mut self, name: &str) -> Option<Level> {
        let found = self.given(name)?;
        let level = cell::level(found);
        if level.is_none() {
            let message = format!("there is no level {}", quote(&cell::text(found)));
            let levels = "the levels are 0 (none), 1 (minimum), 2 (ad hoc), 3 (consistent) and 4 (formalized)";
            let help = cell::readings(found).unwrap_or_else(|| levels.to_owned());
            self.error(name, "level-out-of-range", message, &help);
        }
        level
    }

    pub(crate) fn level(&mut self, name: &str) -> Level {
        self.level_opt(name).unwrap_or_default()
    }

    pub(crate) fn date_opt(&mut self, name: &str) -> Option<Date> {
        let found = self.given(name)?;
        let date = cell::date(found);
        if date.is_none() {
            let message = format!("{} is not a date", quote(&cell::text(found)));
            let help = match found {
                Cell::Number(_) => {
                    "format the cell as a date, or write year, month and day, such as `2026-03-31`"
                }
                _ => "write year, month and day, such as `2026-03-31`",
            };
            self.error(name, "bad-date", message, help);
        }
        date
    }

    pub(crate) fn date(&mut self, name: &str) -> Date {
        self.date_opt(name).unwrap_or(self.known.day)
    }

    pub(crate) fn amount(&mut self, name: &str) -> u64 {
        let Some(found) = self.given(name) else {
            return 0;
        };
        let amount = cell::whole(found);
        if amount.is_none() {
            let message = format!("{} is not a whole amount", quote(&cell::text(found)));
            let plain = "write a whole number that is not negative, without separators or currency";
            let help = cell::readings(found).unwrap_or_else(|| plain.to_owned());
            self.error(name, "bad-amount", message, &help);
        }
        amount.unwrap_or_default()
    }

    /// Several short names.
    pub(crate) fn list(&mut self, name: &str) -> Vec<String> {
        let found = self.given(name).map(cell::text);
        list::split(&found.unwrap_or_default())
    }

    pub(crate) fn digest(&mut self, name: &str) -> Option<record::Digest> {
        let text = self.text_opt(name)?;
        let digest = cell::digest(&text);
        if digest.is_none() {
            let message = format!("{} is not a digest", quote(&text));
            let help = "write the 64 hexadecimal digits of the SHA-256 digest";
            self.error(name, "bad-id", message, help);
        }
        digest
    }

    pub(crate) fn indicator(&mut self, name: &str) -> String {
        let text = self.text(name);
        self.known.indicator(&text)
    }

    pub(crate) fn indicators(&mut self, name: &str) -> Vec<String> {
        let all = self.list(name);
        all.iter().map(|id| self.known.indicator(id)).collect()
    }

    /// The id of a practice that is named by its id, its name or a name from another edition.
    pub(crate) fn practice(&mut self, name: &str) -> String {
        let text = self.text(name);
        if text.is_empty() {
            return text;
        }
        match self.known.catalog.lookup(&text) {
            Lookup::Found(practice) => practice.title.id.clone(),
            Lookup::Alias(practice) => {
                let title = &practice.title;
                let (id, own) = (&title.id, &title.name);
                let message = format!(
                    "{} is the name of `{id} {own}` in another edition",
                    quote(&text)
                );
                let help = "nothing needs doing; the present name is used from here on";
                let place = self.place(name);
                self.findings.warning(place, "alias-used", message, help);
                id.clone()
            }
            Lookup::Unknown(near) => {
                let help = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "use an id such as `E1.2`, or the official name".to_owned(),
                };
                let message = format!("there is no practice {}", quote(&text));
                self.error(name, "unknown-practice", message, &help);
                String::new()
            }
        }
    }

    /// The id of a domain or subdomain that is named by its id or its name.
    pub(crate) fn part(&mut self, name: &str) -> String {
        let text = self.text(name);
        if text.is_empty() {
            return text;
        }
        let parts = self.known.catalog.domains.iter().flat_map(|domain| {
            let below = domain.subdomains.iter().map(|subdomain| &subdomain.title);
            std::iter::once(&domain.title).chain(below)
        });
        let wanted = text.to_lowercase();
        let same = |other: &String| other.to_lowercase() == wanted;
        let mut parts = parts;
        let part = parts.find(|title| same(&title.id) || same(&title.name));
        if part.is_none() {
            let message = format!("there is no domain or subdomain {}", quote(&text));
            let help = "use an id such as `G` or `G1`";
            self.error(name, "unknown-part", message, help);
        }
        part.map(|title| title.id.clone()).unwrap_or_default()
    }

    /// Reports that a name leads to no row of another table.
    pub(crate) fn unknown(
        findings: &mut Findings,
        place: Place,
        code: &'static str,
        what: &str,
        word: &str,
        known: &[&str],
    ) {
        let help = match nearest(word, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("give it a row of its own in the table of every {what}"),
        };
        let message = format!("there is no {what} {}", quote(word));
        findings.error(place, code, message, &help);
    }
}
