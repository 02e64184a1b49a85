//! A project to its tables.

use super::list::join;
use super::schema::{CONTENTS, SHEETS, Sheet};
use super::seal::seal;
use super::{Cell, Row, Table};
use crate::imported::Form;
use maturity::catalog::Catalog;
use maturity::compose::Effective;
use maturity::project::{
    Action, Assessment, Evidence, GivenAnswer, Judgement, PracticeTarget, Project, TargetSet,
};
use maturity::{Date, Level, State, Word};

/// The largest whole number that a spreadsheet keeps exactly.
const EXACT_MAX: u64 = 1 << 53;

/// The tables of a project, all of them, in the order of [`SHEETS`]. `table` is the one the project
/// is assessed against; catalog and table only serve the columns that help readers.
pub fn write(project: &Project, catalog: &Catalog, table: &Effective) -> Vec<Table> {
    let writer = Writer { catalog, table };
    let one = |sheet: &Sheet| Table {
        name: sheet.name.to_owned(),
        form: Form::Sheet,
        head: 1,
        columns: sheet
            .columns
            .iter()
            .map(|column| column.name.to_owned())
            .collect(),
        rows: placed(writer.rows(sheet.name, project)),
    };
    let mut all: Vec<Table> = SHEETS.iter().map(one).collect();
    let contents = all.iter().filter(|table| table.name != CONTENTS);
    let contents = contents.map(|table| vec![text(&table.name), amount(table.rows.len() as u64)]);
    let contents: Vec<Vec<Cell>> = contents.collect();
    for table in all.iter_mut().filter(|table| table.name == CONTENTS) {
        table.rows = placed(contents.clone());
    }
    all
}

fn placed(rows: Vec<Vec<Cell>>) -> Vec<Row> {
    let row = |(at, cells)| Row {
        line: at + 2,
        cells,
    };
    rows.into_iter().enumerate().map(row).collect()
}

struct Writer<'c> {
    catalog: &'c Catalog,
    table: &'c Effective,
}

impl Writer<'_> {
    fn rows(&self, name: &str, project: &Project) -> Vec<Vec<Cell>> {
        match name {
            "Project" => vec![vec![
                text(&project.id),
                text(&project.title),
                text(&project.boundary),
                word(project.perspective),
                word(project.appetite),
                text(&project.catalog.name),
                text(&project.catalog.version),
                text(&project.format),
            ]],
            "Notes" => project.notes.iter().map(|note| vec![text(note)]).collect(),
            "Profiles" => rows(&project.profiles, |one| {
                vec![text(&one.name), text(&one.version)]
            }),
            "People" => rows(&project.people, |one| {
                vec![text(&one.id), text(&one.name), maybe(&one.role)]
            }),
            "Goals" => rows(&project.goals, |one| vec![text(&one.id), text(&one.says)]),
            "Concerns" => rows(&project.concerns, |one| {
                let goals = list(&one.goals);
                vec![text(&one.id), word(one.consequence), text(&one.says), goals]
            }),
            "Touches" => nested(
                &project.concerns,
                |one| &one.touches,
                |concern, one| {
                    vec![
                        text(&concern.id),
                        text(&one.practice),
                        self.practice(&one.practice),
                        word(one.scope),
                        one.level.map_or(Cell::Empty, level),
                        text(&one.because),
                    ]
                },
            ),
            "Obligations" => rows(&project.obligations, |one| {
                vec![text(&one.id), text(&one.source), Cell::Date(one.in_force)]
            }),
            "Minimums" => nested(
                &project.obligations,
                |one| &one.minimums,
                |duty, one| {
                    vec![
                        text(&duty.id),
                        text(&one.practice),
                        self.practice(&one.practice),
                        level(one.level),
                        word(one.scope),
                        text(&one.because),
                    ]
                },
            ),
            "Targets" => rows(&project.targets, |one| {
                vec![text(&one.id), maybe(&one.title), Cell::Date(one.by)]
            }),
            "Drafts" => nested(
                &project.targets,
                |one| &one.drafts,
                |set, one| {
                    let name = self.catalog.part(&one.part).map(|title| &title.name);
                    vec![
                        text(&set.id),
                        text(&one.part),
                        name.map_or(Cell::Empty, |name| text(name)),
                        level(one.level),
                        word(one.scope),
                        text(&one.because),
                    ]
                },
            ),
            "Practice targets" => {
                let own = |set: &TargetSet, one: &PracticeTarget| self.target(set, one);
                nested(&project.targets, |one| &one.practices, own)
            }
            "Evidence" => rows(&project.evidence, evidence),
            "Assessments" => rows(&project.assessments, |one| {
                assessment(one, &project.evidence)
            }),
            "Answers" => {
                let own = |whole: &Assessment, one: &GivenAnswer| self.answer(whole, one);
                nested(&project.assessments, |one| &one.answers, own)
            }
            "Judgements" => {
                let own = |whole: &Assessment, one: &Judgement| self.judgement(whole, one);
                nested(&project.assessments, |one| &one.judgements, own)
            }
            "Actions" => rows(&project.actions, action),
            _ => Vec::new(),
        }
    }

    /// The name of a practice, for readers.
    fn practice(&self, id: &str) -> Cell {
        let practice = self.catalog.practice(id);
        practice.map_or(Cell::Empty, |practice| text(&practice.title.name))
    }

    fn judgement(&self, whole: &Assessment, one: &Judgement) -> Vec<Cell> {
        vec![
            text(&whole.id),
            text(&one.practice),
            self.practice(&one.practice),
            level(one.level),
            word(one.scope),
            text(&one.by),
            Cell::Date(one.on),
            text(&one.because),
        ]
    }

    fn target(&self, set: &TargetSet, one: &PracticeTarget) -> Vec<Cell> {
        let parties: Vec<&str> = one.responsible.iter().map(|party| party.as_str()).collect();
        let decision = one.override_of.as_ref();
        vec![
            text(&set.id),
            text(&one.practice),
            self.practice(&one.practice),
            level(one.level),
            word(one.scope),
            maybe(&one.because),
            list(&one.concerns),
            maybe(&one.respondent),
            maybe(&one.owner),
            list(&parties),
            decision.map_or(Cell::Empty, |decision| text(&decision.by)),
            day(decision.map(|decision| decision.on)),
            decision.map_or(Cell::Empty, |decision| text(&decision.because)),
        ]
    }

    fn answer(&self, whole: &Assessment, one: &GivenAnswer) -> Vec<Cell> {
        let row = self.table.row(&one.indicator).map(|row| &row.what);
        let computed = one.computed.as_ref();
        let model = computed.and_then(|computed| computed.model);
        vec![
            text(&whole.id),
            text(&one.indicator),
            row.map_or(Cell::Empty, |row| text(&row.text)),
            row.map_or(Cell::Empty, |row| text(&row.ask)),
            word(one.answer),
            maybe(&one.by),
            one.method.map_or(Cell::Empty, word),
            day(one.on),
            list(&one.evidence),
            maybe(&one.note),
            maybe(&one.because),
            maybe(&one.approved_by),
            computed.map_or(Cell::Empty, |computed| text(&computed.check)),
            model.map_or(Cell::Empty, |model| Cell::Text(model.to_string())),
        ]
    }
}

fn evidence(one: &Evidence) -> Vec<Cell> {
    vec![
        text(&one.id),
        text(&one.title),
        one.kind.map_or(Cell::Empty, word),
        maybe(&one.location),
        one.digest
            .map_or(Cell::Empty, |digest| Cell::Text(digest.to_string())),
        day(one.dated),
        day(one.valid_until),
    ]
}

fn assessment(one: &Assessment, shown: &[Evidence]) -> Vec<Cell> {
    let (reviewed, approved) = (one.reviewed.as_ref(), one.approved.as_ref());
    vec![
        text(&one.id),
        word(one.kind),
        Cell::Date(one.from),
        Cell::Date(one.to),
        maybe(&one.boundary),
        list(&one.assessors),
        word(one.state),
        reviewed.map_or(Cell::Empty, |signed| text(&signed.by)),
        day(reviewed.map(|signed| signed.on)),
        approved.map_or(Cell::Empty, |signed| text(&signed.by)),
        day(approved.map(|signed| signed.on)),
        match one.state {
            State::Frozen => Cell::Text(seal(one, shown).to_string()),
            _ => Cell::Empty,
        },
    ]
}

fn action(one: &Action) -> Vec<Cell> {
    let cost = one.cost.as_ref();
    vec![
        text(&one.id),
        text(&one.title),
        list(&one.closes),
        maybe(&one.owner),
        Cell::Date(one.due),
        list(&one.after),
        word(one.status),
        cost.map_or(Cell::Empty, |cost| amount(cost.least)),
        cost.map_or(Cell::Empty, |cost| amount(cost.most)),
        cost.map_or(Cell::Empty, |cost| text(&cost.currency)),
        day(one.since),
        list(&one.evidence),
    ]
}

fn rows<T>(items: &[T], row: impl Fn(&T) -> Vec<Cell>) -> Vec<Vec<Cell>> {
    items.iter().map(row).collect()
}

/// One row for each item of each owner.
fn nested<T, U>(
    owners: &[T],
    items: impl Fn(&T) -> &Vec<U>,
    row: impl Fn(&T, &U) -> Vec<Cell>,
) -> Vec<Vec<Cell>> {
    let mut all = Vec::new();
    for owner in owners {
        all.extend(items(owner).iter().map(|item| row(owner, item)));
    }
    all
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn maybe(text: &Option<String>) -> Cell {
    text.clone().map_or(Cell::Empty, Cell::Text)
}

fn word<W: Word>(word: W) -> Cell {
    text(word.as_str())
}

fn level(level: Level) -> Cell {
    Cell::Number(f64::from(level.number()))
}

fn day(day: Option<Date>) -> Cell {
    day.map_or(Cell::Empty, Cell::Date)
}

fn amount(amount: u64) -> Cell {
    match amount <= EXACT_MAX {
        // Exact, because it is not larger than what the mantissa holds.
        true => Cell::Number(amount as f64),
        false => Cell::Text(amount.to_string()),
    }
}

fn list<S: AsRef<str>>(items: &[S]) -> Cell {
    match items.is_empty() {
        true => Cell::Empty,
        false => Cell::Text(join(items)),
    }
}
