//! The bottling line's project shows what its architecture answers: the same answers come out again.
#![cfg(feature = "maturity")]

use app::check;
use app::maturity::computed;
use app::maturity::library::Library;
use app::maturity::subject::Subject;
use app::model_file::ModelFile;
use maturity::project::GivenAnswer;
use maturity::{Answer, Date};
use std::path::{Path, PathBuf};

fn example(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../examples/bottling-line")
        .join(file)
}

#[test]
fn the_bottling_line_shows_its_computed_answers() {
    let library = Library::open(&[]).unwrap();
    let day: Date = "2026-10-07".parse().unwrap();
    let today: Date = "2026-11-25".parse().unwrap();
    let subject = Subject::of_file(&example("maturity/project.kdl"), &library, today).unwrap();
    let file = ModelFile::read(&example("system.kdl")).unwrap();
    let checked = check::check(&file);
    let found = computed::answers(&subject.table, &file.model, &checked, day);
    let assessment = subject.project.assessment("interview-2026").unwrap();
    let shown = assessment
        .answers
        .iter()
        .filter(|one| one.computed.is_some());
    let plain = |answer: &GivenAnswer| {
        let computed = answer.computed.as_ref().unwrap();
        (
            answer.indicator.clone(),
            answer.answer,
            computed.check.clone(),
            computed.model,
            answer.note.clone(),
        )
    };
    let mut shown: Vec<_> = shown.map(plain).collect();
    let mut found: Vec<_> = found.iter().map(plain).collect();
    shown.sort();
    found.sort();
    // After a change of the architecture: `bulkhead maturity assess --from-check` gives them anew.
    assert_eq!(shown, found);
    let yes = |answer: &Answer| *answer == Answer::Yes;
    assert_eq!(shown.len(), 12);
    assert_eq!(shown.iter().filter(|one| yes(&one.1)).count(), 11);
}
