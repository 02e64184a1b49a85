//! Projects as CSV files, and files of answers for a project that exists.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

mod tables_support;

use interchange::csv::{self, File, GivenAnswers};
use interchange::imported::{CellFinding, Imported};
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
fn each_example_is_reported_under_its_code() {
    for case in interchange::example::CASES {
        let spoiled = case.read(catalog()).unwrap();
        assert!(!spoiled.said.is_empty(), "{case:?}");
        assert_ne!(spoiled.wrong.text, spoiled.right);
    }
    let (project, profiles, day) = maturity::example::project(catalog()).unwrap();
    let files = csv::write(&project, catalog(), &project.table(catalog(), &profiles));
    let found = csv::read(&files, catalog(), &profiles, day);
    assert_eq!(found.findings, [], "what is right is");
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
        bytes: b"indicator,answer,by,method,on\nE1.2-1.1,yes,,,\n".to_vec(),
    };
    let texts = (catalog(), profiles());
    let found = csv::answers(&file, &project, None, texts, today());
    assert_eq!(codes(&found), ["answers.csv:2 missing-field"]);
    assert_eq!(found.project, None);
}

#[test]
fn columns_of_answers_that_are_missing_are_named_once() {
    let (project, ..) = open_project();
    for (head, missing, help) in [
        (
            "indikator;answer;by;method;on",
            "indicator",
            "`indikator` looks like it",
        ),
        ("indicator;answer;method;on", "by", "put it back"),
        ("indicator\tanswer\tby\ton", "method", "put it back"),
        ("indicator,answer,by,methode,on", "method", "`methode`"),
        ("indicator,answer,by,method", "on", "put it back"),
        ("indicator,by,method,on", "answer", "put it back"),
    ] {
        let found = answers(&project, &format!("{head}\na,b,c,d,e\nf;g;h;i;j\n"));
        let missing = format!("there is no column `{missing}`");
        let said = |one: &&CellFinding| one.code == "missing-column";
        let columns: Vec<&CellFinding> = found.findings.iter().filter(said).collect();
        assert_eq!(columns.len(), 1, "{head}: {:?}", found.findings);
        assert_eq!(columns[0].message, missing);
        assert!(columns[0].help.contains(help), "{head}: {}", columns[0]);
        assert!(found.given.is_empty());
    }
    assert_eq!(codes(&answers(&project, ""))[0], "answers.csv empty-table");
}

#[test]
fn a_folder_without_one_of_its_tables_is_refused() {
    let whole = files_of(&example("bottling-line").0);
    for missing in 0..whole.len() {
        let mut files = whole.clone();
        let name = files.remove(missing).name;
        let imported = read(&files);
        let told = imported
            .findings
            .iter()
            .find(|one| one.code == "missing-table");
        let told = told.unwrap();
        assert!(told.message.contains(&format!("`{name}`")), "{told}");
        assert_eq!(imported.project, None, "{name}");
        let mut files = whole.clone();
        files[missing].bytes.clear();
        assert_eq!(places(&read(&files))[0], format!("{name} empty-table"));
    }
}

#[test]
fn a_copy_of_a_table_is_named_and_not_read() {
    let whole = files_of(&example("key-fob").0);
    for copy in [
        "answers copy.csv",
        "Answers (2).csv",
        "answers.csv.txt",
        "answers.txt",
        "Kopie von answers.csv",
    ] {
        let mut files = whole.clone();
        file(&mut files, "answers.csv").name = copy.to_owned();
        let imported = read(&files);
        assert_eq!(imported.project, None);
        let told = &imported.findings[0];
        assert_eq!(told.code, "missing-table");
        assert!(
            told.help.contains(copy) && told.help.contains("`answers.csv`"),
            "{told}"
        );
        let mut files = whole.clone();
        let mut second = file(&mut files, "answers.csv").clone();
        second.name = copy.to_owned();
        files.push(second);
        let imported = read(&files);
        assert!(imported.project.is_some());
        assert_eq!(
            imported.not_read,
            [format!("`{copy}` (looks like `answers.csv`)")]
        );
    }
    let mut files = whole;
    let mut second = file(&mut files, "answers.csv").clone();
    second.name = "Answers.CSV".to_owned();
    files.push(second);
    assert_eq!(places(&read(&files)), ["Answers.CSV duplicate-table"]);
}

#[test]
fn rows_that_are_missing_are_noticed() {
    let (project, ..) = open_project();
    let whole = files_of(&project);
    for name in ["answers.csv", "people.csv", "actions.csv"] {
        let mut files = whole.clone();
        let text = String::from_utf8(file(&mut files, name).bytes.clone()).unwrap();
        let rows = values_by_line(&text).len() - 1;
        // Cut at a line end, as a copy that broke off.
        let cut = text.trim_end().rfind("\r\n\"").unwrap() + 2;
        file(&mut files, name).bytes.truncate(cut);
        let imported = read(&files);
        let told = imported
            .findings
            .iter()
            .find(|one| one.code == "missing-rows");
        let told = told.unwrap();
        assert_eq!(told.place.table, name);
        assert_eq!(
            told.message,
            format!("{} rows are here, and {rows} were written", rows - 1)
        );
        assert!(told.help.contains("`contents.csv:"), "{told}");
        assert_eq!(imported.project, None);
    }
    // More than there were is as well.
    let mut files = files_of(&example("bottling-line").0);
    replace(&mut files, "notes.csv", "\r\n", "\r\n\"one more\"\r\n");
    assert!(read(&files).project.is_some());
}

#[test]
fn what_was_approved_is_whole_or_refused() {
    let (mut project, _) = example("bottling-line");
    for assessment in &mut project.assessments {
        assert_eq!(assessment.state, maturity::State::Frozen);
    }
    let mut files = files_of(&project);
    replace(&mut files, "answers.csv", "\"yes\"", "\"no\"");
    let imported = read(&files);
    let places = places(&imported);
    assert!(
        places[0].starts_with("assessments.csv:")
            && places[0].ends_with("(content digest) content-differs"),
        "{places:?}"
    );
    assert_eq!(imported.project, None);
    // Rows in another order are the same; said to be right, they are.
    let mut files = files_of(&project);
    let text = String::from_utf8(file(&mut files, "judgements.csv").bytes.clone()).unwrap();
    let mut lines: Vec<&str> = text.trim_end().split("\r\n").collect();
    lines[1..].reverse();
    file(&mut files, "judgements.csv").bytes = lines.join("\r\n").into_bytes();
    assert!(read(&files).project.is_some(), "{}", show(&read(&files)));
}

#[test]
fn separators_of_all_countries_are_read() {
    let (project, _) = example("bottling-line");
    let whole = files_of(&project);
    for (separator, named) in [
        (";", true),
        ("\t", false),
        (";", false),
        ("|", true),
        ("\t", true),
    ] {
        let mut files = whole.clone();
        for file in &mut files {
            let text = String::from_utf8(file.bytes.clone()).unwrap();
            let quoted = |value: &String| {
                let plain = !value.contains(['"', '\n', '\r']) && !value.contains(separator);
                match plain {
                    true => value.clone(),
                    false => format!("\"{}\"", value.replace('"', "\"\"")),
                }
            };
            let line = |line: &Vec<String>| {
                let values: Vec<String> = line.iter().map(quoted).collect();
                values.join(separator) + "\r\n"
            };
            let lines = values_by_line(&text);
            let mut text: String = lines.iter().map(line).collect();
            if named {
                text = format!("sep={separator}\r\n{text}");
            }
            file.bytes = text.into_bytes();
        }
        let imported = read(&files);
        assert_eq!(
            imported.project.as_ref(),
            Some(&project),
            "{separator:?}: {}",
            show(&imported)
        );
        replace(&mut files, "goals.csv", "recipes", "1recipes");
        let line = if named { 4 } else { 3 };
        assert_eq!(
            places(&read(&files))[0],
            format!("goals.csv:{line} (goal) bad-id")
        );
    }
}

#[test]
fn quotes_encodings_numbers_and_long_texts_have_their_place() {
    let (project, _) = example("bottling-line");
    let whole = files_of(&project);
    let spoilt = |name: &str, from: &str, to: &str| {
        let mut files = whole.clone();
        replace(&mut files, name, from, to);
        let imported = read(&files);
        assert_eq!(imported.project, None);
        let one = imported
            .findings
            .into_iter()
            .find(|one| one.severity == source::Severity::Error);
        one.unwrap().to_string()
    };
    for (name, from, to, said) in [
        (
            "people.csv",
            "\"jonas\"",
            "\"jonas\"x",
            "column 8: text follows a quote that closes",
        ),
        (
            "people.csv",
            "\"jonas\"",
            " \"jonas\"",
            "column 2: a quote stands behind spaces",
        ),
        (
            "actions.csv",
            ",3000,",
            ",\"3.000\",",
            "it can be read as 3 and as 3000",
        ),
        (
            "actions.csv",
            ",3000,",
            ",\"12,5\",",
            "it can be read as 12.5 and as 125",
        ),
        ("actions.csv", ",3000,", ",1e3,", "as the number 1000"),
        (
            "practice-targets.csv",
            ",3,",
            ",3.000,",
            "it can be read as 3 and as 3000",
        ),
    ] {
        let found = spoilt(name, from, to);
        assert!(found.contains(said), "{from} {to}: {found}");
    }
    let long = format!("\"{}\"", "x".repeat(32_768));
    let found = spoilt(
        "goals.csv",
        "\"recipes\",\"",
        &format!("\"recipes\",{long}\r\n\"more\",\""),
    );
    assert!(
        found
            .starts_with("goals.csv:3 (says): error[text-too-long]: the text has 32768 characters"),
        "{found}"
    );
    let mut files = whole.clone();
    let goals = file(&mut files, "goals.csv");
    goals.bytes.truncate(goals.bytes.len() - 3);
    let found = read(&files).findings[0].to_string();
    assert!(
        found.starts_with("goals.csv:4: error[bad-csv]: column ")
            && found.contains("the quote that is opened here is never closed"),
        "{found}"
    );
    let mut files = whole.clone();
    let goals = file(&mut files, "goals.csv");
    let at = goals
        .bytes
        .windows(7)
        .position(|w| w == b"recipes")
        .unwrap();
    goals.bytes[at] = 0xe4;
    let found = read(&files).findings[0].to_string();
    assert!(
        found.starts_with(
            "goals.csv:3: error[not-utf-8]: the text is not UTF-8: byte 0xe4 at line 3, column 2"
        ),
        "{found}"
    );
    let goals = file(&mut files, "goals.csv");
    goals.bytes = "goal\tsays"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let found = read(&files).findings[0].to_string();
    assert!(found.contains("the text is UTF-16, not UTF-8"), "{found}");
    // The format as people write it in the text for people.
    let mut files = whole.clone();
    replace(
        &mut files,
        "project.csv",
        "\"bulkhead.maturity-project/1\"",
        "1",
    );
    assert_eq!(read(&files).project, Some(project));
}
