//! Projects as tables: nothing is lost, what people do to tables is understood, and what cannot be
//! understood is reported with its cell.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

mod tables_support;

use interchange::imported::Imported;
use interchange::tables::{self, Cell, Row, Table, schema};
use maturity::project::Project;
use proptest::prelude::*;
use tables_support::{EXAMPLES, arbitrary, catalog, example, places, profiles, show, today};

fn read(tables: &[Table]) -> Imported {
    tables::read(tables, catalog(), profiles(), today())
}

fn tables_of(project: &Project) -> Vec<Table> {
    let table = project.table(catalog(), profiles());
    tables::write(project, catalog(), &table)
}

fn t(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

/// The tables of a worked project, to be spoilt.
struct Spoilt(Vec<Table>);

impl Spoilt {
    fn new() -> Self {
        Self(tables_of(&example("bottling-line").0))
    }

    fn table(&mut self, name: &str) -> &mut Table {
        self.0.iter_mut().find(|table| table.name == name).unwrap()
    }

    /// Puts something in a cell; rows count from the first one below the head.
    fn set(&mut self, table: &str, row: usize, column: &str, cell: Cell) -> &mut Self {
        let table = self.table(table);
        let at = table.columns.iter().position(|name| name == column);
        table.rows[row].cells[at.unwrap()] = cell;
        self
    }

    /// Takes away what only exports have.
    fn by_hand(&mut self) {
        self.0.retain(|table| table.name != "Contents");
        self.without("Assessments", "content digest");
    }

    fn without(&mut self, table: &str, column: &str) {
        let table = self.table(table);
        let at = table.columns.iter().position(|name| name == column);
        table.columns.remove(at.unwrap());
        for row in &mut table.rows {
            row.cells.remove(at.unwrap());
        }
    }

    fn places(&self) -> Vec<String> {
        places(&read(&self.0))
    }
}

#[test]
fn worked_projects_come_back_whole() {
    for name in EXAMPLES {
        let (project, _) = example(name);
        let imported = read(&tables_of(&project));
        let again = imported.project.as_ref();
        assert_eq!(again, Some(&project), "{name}: {}", show(&imported));
        assert!(imported.not_read.is_empty(), "{:?}", imported.not_read);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_valid_project_comes_back_whole(project in arbitrary::project()) {
        let imported = read(&tables_of(&project));
        prop_assert_eq!(imported.project.as_ref(), Some(&project), "{}", show(&imported));
    }

    #[test]
    fn the_order_of_columns_and_tables_does_not_matter(
        project in arbitrary::project(),
        turn in 0usize..20,
    ) {
        let mut tables = tables_of(&project);
        for table in &mut tables {
            let by = turn % table.columns.len();
            table.columns.rotate_left(by);
            table.rows.iter_mut().for_each(|row| row.cells.rotate_left(by));
        }
        tables.rotate_left(turn % schema::SHEETS.len());
        prop_assert_eq!(read(&tables).project, Some(project));
    }

    #[test]
    fn any_cells_are_read_or_reported(
        table in 0usize..17,
        row in 0usize..4,
        column in 0usize..14,
        text in prop_oneof![".{0,20}", "[0-9.-]{1,6}"],
        kind in 0u8..5,
    ) {
        let mut spoilt = Spoilt::new();
        let cell = match kind {
            0 => t(&text),
            1 => Cell::Number(text.parse().unwrap_or(f64::NAN)),
            2 => Cell::Bool(true),
            3 => Cell::Error(text),
            _ => Cell::Date(today()),
        };
        if let Some(found) = spoilt.0[table].rows.get_mut(row).and_then(|row| row.cells.get_mut(column)) {
            *found = cell;
        }
        let imported = read(&spoilt.0);
        let error = imported.findings.iter().any(|one| one.severity == source::Severity::Error);
        prop_assert_eq!(imported.project.is_none(), error);
    }
}

#[test]
fn every_row_has_a_cell_for_every_column() {
    for (table, sheet) in Spoilt::new().0.iter().zip(schema::SHEETS) {
        assert_eq!(table.name, sheet.name);
        for row in &table.rows {
            assert_eq!(row.cells.len(), sheet.columns.len(), "{}", sheet.name);
        }
    }
}

#[test]
fn what_people_do_to_tables_is_understood() {
    let (project, _) = example("bottling-line");
    let mut spoilt = Spoilt::new();
    spoilt
        .set("Project", 0, "perspective", t(" Integrator "))
        .set("Project", 0, "appetite", t("MODERATE"))
        .set("Profiles", 0, "version", Cell::Number(1.0))
        .set("Practice targets", 0, "level", t(" 3 "))
        .set(
            "Practice targets",
            0,
            "practice",
            t("security program management"),
        )
        .set(
            "Practice targets",
            0,
            "responsible",
            t("Asset Owner\nintegrator;"),
        )
        .set("Targets", 0, "by", t("2027-03-31 "));
    let answers = spoilt.table("Answers");
    let lower = match &answers.rows[0].cells[1] {
        Cell::Text(id) => id.to_lowercase(),
        _ => String::new(),
    };
    answers.rows[0].cells[1] = t(&lower);
    answers.columns[11] = "Approved-By".to_owned();
    answers.rows.push(Row::default());
    answers.rows.push(Row {
        line: 9999,
        cells: vec![t(" "), Cell::Empty, t("left over")],
    });
    for table in &mut spoilt.0 {
        table.columns[0] = format!(" {} ", table.columns[0].to_uppercase());
    }
    let imported = read(&spoilt.0);
    assert_eq!(
        imported.project.as_ref(),
        Some(&project),
        "{}",
        show(&imported)
    );
}

#[test]
fn names_of_other_editions_are_taken_with_a_note() {
    let alias = catalog()
        .practices
        .iter()
        .find_map(|practice| Some((practice.title.id.clone(), practice.title.aliases.first()?)));
    let (id, alias) = alias.unwrap();
    let mut spoilt = Spoilt::new();
    spoilt.table("Practice targets").rows.truncate(1);
    spoilt.by_hand();
    spoilt.set("Practice targets", 0, "practice", t(alias));
    let imported = read(&spoilt.0);
    assert!(
        places(&imported).contains(&"Practice targets!B2 (practice) alias-used".to_owned()),
        "{}",
        show(&imported)
    );
    let project = imported.project.unwrap();
    assert_eq!(project.targets[0].practices[0].practice, id);
}

#[test]
fn every_bad_cell_is_reported_and_nothing_is_imported() {
    let mut spoilt = Spoilt::new();
    spoilt
        .set("Project", 0, "perspective", t("sideways"))
        .set("Profiles", 0, "version", Cell::Number(7.0))
        .set("People", 1, "person", t("1st"))
        .set("Touches", 0, "level", Cell::Number(5.0))
        .set("Touches", 1, "concern", t("set-piont"))
        .set("Minimums", 0, "practice", t("Z9.9"))
        .set("Targets", 0, "by", t("31.03.2027"))
        .set("Practice targets", 2, "respondent", t("jonsa"))
        .set("Practice targets", 3, "override by", t("jonas"))
        .set("Answers", 0, "answer", t("perhaps"))
        .set("Answers", 1, "indicator", t("E1.2-9.9"))
        .set("Answers", 2, "by", Cell::Empty)
        .set("Answers", 3, "on", Cell::Number(46_000.0))
        .set("Answers", 4, "evidence", t("no-such-thing"))
        .set("Answers", 5, "method", Cell::Error("#REF!".to_owned()))
        .set("Answers", 6, "on", t("2027-01-01"))
        .set("Actions", 0, "cost least", t("1,000"))
        .set("Actions", 1, "status", Cell::Bool(true));
    let found = spoilt.places();
    for expected in [
        "Project!D2 (perspective) not-a-choice",
        "Profiles!A2 (profile) unknown-profile",
        "People!A3 (person) bad-id",
        "Touches!E2 (level) level-out-of-range",
        "Touches!A3 (concern) unknown-concern",
        "Minimums!B2 (practice) unknown-practice",
        "Targets!C2 (by) bad-date",
        "Practice targets!H4 (respondent) unknown-person",
        "Practice targets!L5 (override on) missing-field",
        "Practice targets!M5 (override because) missing-field",
        "Answers!E2 (answer) not-a-choice",
        "Answers!B3 (indicator) unknown-indicator",
        "Answers!F4 (by) answer-without-assessor",
        "Answers!H5 (on) bad-date",
        "Answers!I6 (evidence) unknown-evidence",
        "Answers!G7 (method) cell-error",
        "Answers!H8 (on) date-in-future",
        "Actions!H2 (cost least) bad-amount",
        "Actions!G3 (status) not-a-choice",
    ] {
        assert!(
            found.contains(&expected.to_owned()),
            "{expected}: {found:#?}"
        );
    }
    let imported = read(&spoilt.0);
    assert_eq!(imported.project, None);
    for finding in &imported.findings {
        assert!(!finding.help.is_empty(), "{finding}");
        assert!(!finding.message.ends_with('.'), "{finding}");
    }
}

#[test]
fn one_bad_cell_is_one_finding() {
    for (table, row, column, cell, expected) in [
        (
            "Goals",
            0,
            "says",
            Cell::Empty,
            "Goals!B2 (says) missing-field",
        ),
        (
            "Evidence",
            0,
            "dated",
            t("yesterday"),
            "Evidence!F2 (dated) bad-date",
        ),
        (
            "Practice targets",
            0,
            "practice",
            t("nonsense"),
            "Practice targets!B2 (practice) unknown-practice",
        ),
        (
            "Practice targets",
            0,
            "because",
            Cell::Empty,
            "Practice targets!F2 (because) target-without-reason",
        ),
        (
            "Assessments",
            0,
            "to",
            t("soon"),
            "Assessments!D2 (to) bad-date",
        ),
        (
            "Concerns",
            0,
            "goals",
            t("deliver; pepole-unharmed"),
            "Concerns!D2 (goals) unknown-word",
        ),
        (
            "Project",
            0,
            "catalog version",
            t("9.9"),
            "Project!G2 (catalog version) catalog-differs",
        ),
        (
            "Evidence",
            0,
            "digest",
            t("abc"),
            "Evidence!E2 (digest) bad-id",
        ),
    ] {
        let mut spoilt = Spoilt::new();
        spoilt.set(table, row, column, cell);
        let imported = read(&spoilt.0);
        let errors = imported
            .findings
            .iter()
            .filter(|one| one.severity == source::Severity::Error);
        let errors: Vec<String> = errors
            .map(|one| format!("{} {}", one.place, one.code))
            .collect();
        assert_eq!(errors, [expected], "{}", show(&imported));
    }
}

#[test]
fn a_second_row_of_the_same_name_is_reported_at_its_name() {
    for (table, place) in [
        ("Evidence", "evidence"),
        ("Practice targets", "practice"),
        ("Assessments", "assessment"),
        ("Actions", "action"),
    ] {
        let mut spoilt = Spoilt::new();
        let found = spoilt.table(table);
        let mut row = found.rows[0].clone();
        row.line = found.rows.len() + 2;
        let column = found.columns.iter().position(|name| name == place);
        let letter = char::from(b'A' + u8::try_from(column.unwrap()).unwrap());
        let expected = format!("{table}!{letter}{} ({place}) duplicate-id", row.line);
        found.rows.push(row);
        let found = spoilt.places();
        assert!(found.contains(&expected), "{expected}: {found:?}");
    }
}

#[test]
fn tables_and_columns_that_are_missing_or_foreign_are_told() {
    let mut spoilt = Spoilt::new();
    spoilt.table("Goals").columns[1] = "Says what".to_owned();
    spoilt.table("People").columns.push("Phone".to_owned());
    let again = spoilt.table("Answers").clone();
    spoilt.0.push(again);
    spoilt.0.push(Table {
        name: "Actoins".to_owned(),
        ..Table::default()
    });
    let imported = read(&spoilt.0);
    let found = places(&imported);
    assert!(
        found.contains(&"Goals!A1 missing-column".to_owned()),
        "{found:?}"
    );
    assert!(
        found.contains(&"Answers duplicate-table".to_owned()),
        "{found:?}"
    );
    assert_eq!(
        imported.not_read,
        [
            "People!D1 (Phone): not a column of this table",
            "Goals!B1 (Says what): not a column of this table",
            "`Actoins` (looks like `Actions`)",
        ]
    );

    let mut spoilt = Spoilt::new();
    spoilt.0.retain(|table| table.name != "Notes");
    assert_eq!(spoilt.places(), [" missing-table"]);
    assert_eq!(read(&spoilt.0).project, None);
    // Tables that somebody made need not be all.
    spoilt.by_hand();
    let imported = read(&spoilt.0);
    assert!(imported.project.as_ref().unwrap().notes.is_empty());
    assert_eq!(places(&imported)[0], " missing-table");
    spoilt
        .0
        .retain(|table| !["Answers", "Judgements"].contains(&table.name.as_str()));
    assert_eq!(spoilt.places()[0], " missing-table");
    assert_eq!(read(&spoilt.0).project, None);

    spoilt.0.retain(|table| table.name != "Project");
    assert_eq!(spoilt.places()[0], " missing-table");
    assert_eq!(read(&[]).project, None);
    let mut spoilt = Spoilt::new();
    spoilt.table("Project").rows.clear();
    assert_eq!(
        spoilt.places(),
        ["Project missing-rows", "Project!A1 no-project"]
    );
    let mut spoilt = Spoilt::new();
    let second = spoilt.table("Project").rows[0].clone();
    spoilt.table("Project").rows.push(second);
    assert!(
        spoilt
            .places()
            .contains(&"Project!A2 (project) surplus-row".to_owned())
    );
}

#[test]
fn an_export_that_lacks_a_column_or_its_contents_is_refused() {
    for sheet in schema::SHEETS {
        for column in sheet.columns {
            let mut spoilt = Spoilt::new();
            spoilt.without(sheet.name, column.name);
            let help = matches!(column.kind, schema::Kind::Help);
            let told = format!("{}!A1 missing-column", sheet.name);
            let found = spoilt.places();
            let rows = !spoilt.table(sheet.name).rows.is_empty();
            assert_eq!(
                found.contains(&told),
                rows && !help,
                "{} {}: {found:?}",
                sheet.name,
                column.name
            );
            let whole = read(&spoilt.0).project.is_some();
            assert_eq!(whole, !rows || help, "{} {}", sheet.name, column.name);
            // What somebody made has the columns that are needed.
            if !column.needed && column.name != "content digest" {
                spoilt.by_hand();
                let found = spoilt.places();
                assert!(!found.contains(&told), "{} {}", sheet.name, column.name);
            }
        }
    }
    let mut spoilt = Spoilt::new();
    spoilt.0.retain(|table| table.name != "Contents");
    let imported = read(&spoilt.0);
    assert_eq!(imported.project, None);
    assert_eq!(places(&imported), [" missing-table"]);
    assert!(imported.findings[0].help.contains("`content digest`"));
}

#[test]
fn contents_that_leave_a_table_out_are_refused() {
    for row in 0..schema::SHEETS.len() - 1 {
        let mut spoilt = Spoilt::new();
        spoilt.table("Contents").rows.remove(row);
        let imported = read(&spoilt.0);
        assert_eq!(imported.project, None);
        assert_eq!(places(&imported), ["Contents missing-rows"]);
        let name = schema::SHEETS[row].name;
        assert_eq!(
            imported.findings[0].message,
            format!("it does not say how many rows `{name}` has")
        );
    }
}

#[test]
fn evidence_of_what_was_approved_is_that_which_was_shown() {
    let (project, _) = example("bottling-line");
    let frozen = |one: &&maturity::project::Assessment| one.state == maturity::State::Frozen;
    let mut cited = project
        .assessments
        .iter()
        .filter(frozen)
        .flat_map(|one| one.cited());
    let cited = cited.next().unwrap();
    let is = |one: &maturity::project::Evidence| one.id == cited;
    let row = project.evidence.iter().position(is).unwrap();
    for (column, cell) in [
        ("title", t("Something else")),
        ("valid until", t("2031-01-01")),
        ("dated", Cell::Empty),
    ] {
        let mut spoilt = Spoilt::new();
        spoilt.set("Evidence", row, column, cell);
        let found = spoilt.places();
        let seal = "(content digest) content-differs";
        assert!(
            found.iter().any(|one| one.ends_with(seal)),
            "{column}: {found:?}"
        );
    }
}

#[test]
fn digests_of_earlier_exports_still_hold() {
    let (project, _) = example("bottling-line");
    // They left out the evidence.
    let mut bare = project.clone();
    bare.evidence.clear();
    let mut earlier = Spoilt(tables_of(&bare));
    let mut spoilt = Spoilt::new();
    let column = spoilt.table("Assessments").columns.iter();
    let at = column
        .clone()
        .position(|name| name == "content digest")
        .unwrap();
    let mut rows = earlier.table("Assessments").rows.clone().into_iter();
    let mut differs = false;
    for row in &mut spoilt.table("Assessments").rows {
        let digest = rows.next().unwrap().cells[at].clone();
        differs |= digest != row.cells[at];
        row.cells[at] = digest;
    }
    assert!(differs);
    assert_eq!(read(&spoilt.0).project, Some(project));
}

#[test]
fn days_to_come_are_reported_at_their_own_cells() {
    let day = "2026-12-24";
    let mut spoilt = Spoilt::new();
    let columns = ["to", "reviewed on", "approved on"];
    for column in columns {
        spoilt.set("Assessments", 1, column, t(day));
    }
    spoilt.set("Assessments", 1, "content digest", Cell::Empty);
    let found = spoilt.places();
    let expected = ["D3 (to)", "I3 (reviewed on)", "K3 (approved on)"];
    let expected = expected.map(|cell| format!("Assessments!{cell} date-in-future"));
    let future: Vec<&String> = found
        .iter()
        .filter(|one| one.ends_with("date-in-future"))
        .collect();
    assert_eq!(future, expected.iter().collect::<Vec<_>>(), "{found:?}");
    // Until it is frozen, a period may end in days to come.
    for column in ["approved by", "approved on"] {
        spoilt.set("Assessments", 1, column, Cell::Empty);
    }
    spoilt.set("Assessments", 1, "state", t("factual-review"));
    let found = spoilt.places();
    assert!(
        found.contains(&expected[1]) && !found.contains(&expected[0]),
        "{found:?}"
    );
}

#[test]
fn signatures_before_their_time_are_reported_at_their_cells() {
    for (column, place) in [
        (
            "reviewed on",
            "Assessments!I3 (reviewed on) review-before-answers",
        ),
        (
            "approved on",
            "Assessments!K3 (approved on) approval-before-answers",
        ),
        (
            "approved on",
            "Assessments!K3 (approved on) approval-in-period",
        ),
    ] {
        let mut spoilt = Spoilt::new();
        spoilt.set("Assessments", 1, column, t("2026-10-05"));
        let found = spoilt.places();
        assert!(found.contains(&place.to_owned()), "{place}: {found:?}");
    }
}
