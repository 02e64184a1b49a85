//! Projects as CSV files, and files of answers for a project that exists.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

mod tables_support;

use exchange::csv::{self, File, GivenAnswers};
use exchange::imported::{CellFinding, Imported};
use maturity::project::Project;
use maturity::{Answer, Method};
use proptest::prelude::*;
use tables_support::{EXAMPLES, arbitrary, catalog, example, places, profiles, show, today};

fn read(files: &[File]) -> Imported {
    csv::read(files, catalog(), profiles(), today())
}

fn files_of(project: &Project) -> Vec<File> {
    csv::write(project, catalog(), &project.table(catalog(), profiles()))
}

fn file<'f>(files: &'f mut [File], name: &str) -> &'f mut File {
    files.iter_mut().find(|file| file.name == name).unwrap()
}

fn replace(files: &mut [File], name: &str, from: &str, to: &str) {
    let file = file(files, name);
    let text = String::from_utf8(file.bytes.clone()).unwrap();
    assert!(text.contains(from), "{name} has no {from}");
    file.bytes = text.replacen(from, to, 1).into_bytes();
}

#[test]
fn worked_projects_come_back_whole() {
    for name in EXAMPLES {
        let (project, _) = example(name);
        let imported = read(&files_of(&project));
        assert_eq!(imported.project, Some(project), "{name}");
        assert!(imported.not_read.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_valid_project_comes_back_whole(project in arbitrary::project()) {
        let files = files_of(&project);
        let imported = read(&files);
        prop_assert_eq!(imported.project.as_ref(), Some(&project), "{}", show(&imported));
        // An independent reading of RFC 4180: no value begins like a formula.
        for file in &files {
            for value in values(&String::from_utf8(file.bytes.clone()).unwrap()) {
                prop_assert!(!value.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']), "{:?}", value);
            }
        }
    }

    #[test]
    fn any_bytes_are_read_or_reported(bytes in proptest::collection::vec(any::<u8>(), 0..200), cut in 0usize..2000) {
        let mut files = files_of(&example("key-fob").0);
        let answers = file(&mut files, "answers.csv");
        answers.bytes.truncate(cut);
        answers.bytes.extend(&bytes);
        let imported = read(&files);
        let error = imported.findings.iter().any(|one| one.severity == source::Severity::Error);
        prop_assert_eq!(imported.project.is_none(), error);
    }
}

/// The values of a text by the grammar of RFC 4180.
fn values(text: &str) -> Vec<String> {
    let (mut all, mut value, mut quoted) = (Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => value.extend(chars.next()),
            '"' => quoted = !quoted,
            ',' | '\n' if !quoted => all.push(std::mem::take(&mut value)),
            '\r' if !quoted => {}
            c => value.push(c),
        }
    }
    all
}

#[test]
fn files_as_spreadsheet_programs_save_them_are_read() {
    let (project, _) = example("key-fob");
    let mut files = files_of(&project);
    // With a byte order mark, with semicolons, in a folder, in another order.
    for file in &mut files {
        let text = String::from_utf8(file.bytes.clone()).unwrap();
        let lines = values_by_line(&text);
        let line = |line: &Vec<String>| {
            let quoted = line
                .iter()
                .map(|value| format!("\"{}\"", value.replace('"', "\"\"")));
            quoted.collect::<Vec<_>>().join(";") + "\r\n"
        };
        let text: String = lines.iter().map(line).collect();
        file.bytes = [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat();
        file.name = format!("export/{}", file.name.to_uppercase());
    }
    files.reverse();
    let imported = read(&files);
    assert_eq!(imported.project, Some(project), "{}", show(&imported));
}

fn values_by_line(text: &str) -> Vec<Vec<String>> {
    let mut lines = Vec::new();
    let (mut line, mut value, mut quoted) = (Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => value.extend(chars.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => line.push(std::mem::take(&mut value)),
            '\n' if !quoted => {
                line.push(std::mem::take(&mut value));
                lines.push(std::mem::take(&mut line));
            }
            '\r' if !quoted => {}
            c => value.push(c),
        }
    }
    lines
}

#[test]
fn faults_name_file_line_and_column() {
    let mut files = files_of(&example("bottling-line").0);
    replace(&mut files, "goals.csv", "\"recipes\"", "\"1recipes\"");
    replace(&mut files, "targets.csv", "2027-03-31", "soon");
    replace(
        &mut files,
        "people.csv",
        "\"jonas\",",
        "\"jonas\",\"surplus\",",
    );
    let imported = read(&files);
    assert_eq!(imported.project, None);
    assert_eq!(places(&imported), ["people.csv:2 surplus-value"]);
    replace(&mut files, "people.csv", "\"surplus\",", "");
    let found = places(&read(&files));
    for expected in ["goals.csv:3 (goal) bad-id", "targets.csv:2 (by) bad-date"] {
        assert!(found.contains(&expected.to_owned()), "{found:?}");
    }
}

#[test]
fn files_that_cannot_be_read_are_refused() {
    let whole = files_of(&example("key-fob").0);
    let mut files = whole.clone();
    file(&mut files, "notes.csv").bytes = vec![0xff, 0xfe, b'x'];
    assert_eq!(places(&read(&files)), ["notes.csv not-utf-8"]);
    let mut files = whole.clone();
    // The two lines of `project.csv` count too.
    file(&mut files, "notes.csv").bytes = b"note\r\n".repeat(400_000);
    assert_eq!(places(&read(&files))[0], "notes.csv:299999 too-much");
    let mut files = whole.clone();
    file(&mut files, "notes.csv").bytes = vec![b','; 10_000];
    assert_eq!(places(&read(&files)), ["notes.csv:1 too-much"]);
    let mut files = whole.clone();
    file(&mut files, "notes.csv").bytes = vec![b'x'; csv::BYTES_MAX + 1];
    assert!(places(&read(&files)).contains(&"notes.csv too-much".to_owned()));
    let mut files = whole;
    let name = "readme.txt".to_owned();
    let bytes = Vec::new();
    files.push(File { name, bytes });
    assert_eq!(read(&files).not_read, ["`readme.txt`"]);
}

/// The bottling line with its last assessment open, and the names of two assessments.
fn open_project() -> (Project, String, String) {
    let (mut project, _) = example("bottling-line");
    let frozen = project.assessments[0].id.clone();
    project.assessments[0].state = maturity::State::Frozen;
    let last = project.assessments.last_mut().unwrap();
    last.state = maturity::State::Draft;
    last.approved = None;
    let id = last.id.clone();
    assert_ne!(frozen, id);
    (project, frozen, id)
}

fn answers(project: &Project, text: &str) -> GivenAnswers {
    let file = File {
        name: "answers.csv".to_owned(),
        bytes: text.as_bytes().to_vec(),
    };
    let last = project.assessments.last().unwrap().id.as_str();
    let texts = (catalog(), profiles());
    csv::answers(&file, project, Some(last), texts, today())
}

fn codes(found: &GivenAnswers) -> Vec<String> {
    let line = |one: &CellFinding| format!("{} {}", one.place, one.code);
    found.findings.iter().map(line).collect()
}

#[test]
fn answers_are_added_and_replaced() {
    let (project, _, id) = open_project();
    let last = project.assessments.last().unwrap();
    let (by, on) = (last.assessors[0].clone(), last.to);
    let evidence = project.evidence[0].id.clone();
    let old = last
        .answers
        .iter()
        .find(|one| one.by == Some(by.clone()))
        .unwrap();
    let answered = old.indicator.clone();
    let free = catalog().indicators().find(|row| {
        let taken = last.answers.iter().any(|one| one.indicator == row.id);
        !taken && row.level.number() == 4
    });
    let free = free.unwrap().id.clone();
    let text = format!(
        "indicator,answer,by,method,on,evidence,note,approved-by,assessment\n\
         {},Partly,{by},Interview,{on},{evidence},\"seen, twice\",,\n\
         {free},no,{by},test,{on},,,,{id}\n",
        answered.to_lowercase(),
    );
    let found = answers(&project, &text);
    assert_eq!(codes(&found), Vec::<String>::new());
    let after = found.project.unwrap();
    let now = &after.assessments.last().unwrap().answers;
    assert_eq!(now.len(), last.answers.len() + 1);
    let place = last.answers.iter().position(|one| one == old).unwrap();
    assert_eq!(now[place].answer, Answer::Partly);
    assert_eq!(now[place].method, Some(Method::Interview));
    assert_eq!(now[place].evidence, [evidence]);
    assert_eq!(now[place].note.as_deref(), Some("seen, twice"));
    assert_eq!(now.last().unwrap().indicator, free);
    assert_eq!(found.given.len(), 2);
    assert_eq!(found.given[1], (id, now.last().unwrap().clone()));
    let others = project.assessments.len() - 1;
    assert_eq!(after.assessments[..others], project.assessments[..others]);
}

#[test]
fn answers_that_are_wrong_are_all_reported_and_none_is_taken() {
    let (project, frozen, _) = open_project();
    let last = project.assessments.last().unwrap();
    let (by, on) = (last.assessors[0].clone(), last.to);
    let text = format!(
        "assessment,indicator,answer,by,method,on,evidence,because,approved by,mood\r\n\
         ,E1.2-1.1,yes,{by},interview,{on},,,,\r\n\
         ,E1.2-1.1,no,{by},interview,{on},,,,\r\n\
         ,E1.2-9.1,yes,{by},interview,{on},,,,\r\n\
         ,E1.2-1.2,maybe,{by},interview,{on},,,,\r\n\
         {frozen},E1.2-1.2,yes,{by},interview,{on},,,,\r\n\
         nowhere,E1.2-1.2,yes,{by},interview,{on},,,,\r\n\
         ,E1.2-2.1,yes,nobody,interview,{on},,,,\r\n\
         ,E1.2-2.2,not applicable,{by},interview,{on},nothing,,,\r\n\
         ,E1.2-2.3,yes,,,,,,,\r\n"
    );
    let found = answers(&project, &text);
    assert_eq!(found.project, None);
    assert!(found.given.is_empty());
    assert_eq!(
        codes(&found),
        [
            "answers.csv:3 (indicator) duplicate-answer",
            "answers.csv:4 (indicator) unknown-indicator",
            "answers.csv:5 (answer) not-a-choice",
            "answers.csv:6 (assessment) assessment-frozen",
            "answers.csv:7 (assessment) unknown-assessment",
            "answers.csv:8 (by) not-an-assessor",
            "answers.csv:9 (evidence) unknown-evidence",
            "answers.csv:9 (because) not-applicable-without-reason",
            "answers.csv:9 (approved by) not-applicable-without-approval",
            "answers.csv:10 (by) answer-without-assessor",
            "answers.csv:10 (on) answer-without-date",
        ]
    );
    assert_eq!(
        found.not_read,
        ["answers.csv:1 (mood): not a column of this table"]
    );
}

#[test]
fn a_line_without_any_assessment_is_reported() {
    let (project, ..) = open_project();
    let file = File {
        name: "answers.csv".to_owned(),
        bytes: b"indicator,answer\nE1.2-1.1,yes\n".to_vec(),
    };
    let texts = (catalog(), profiles());
    let found = csv::answers(&file, &project, None, texts, today());
    assert_eq!(codes(&found), ["answers.csv:2 missing-field"]);
    assert_eq!(found.project, None);
}
