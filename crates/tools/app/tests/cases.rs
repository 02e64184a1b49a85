//! What can be asked for about a project in a ledger, asked as every face does.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]
#![cfg(feature = "maturity")]

use app::Failure;
use app::maturity::assess::{self, Judged, Reply};
use app::maturity::begin::{Beginning, New};
use app::maturity::book::Book;
use app::maturity::desk::{Author, Desk};
use app::maturity::import::{Changes, May};
use app::maturity::interview;
use app::maturity::library::Library;
use app::maturity::recording::{Done, Recorded};
use app::maturity::refusal::Refusal;
use app::maturity::targets::{self, Wanted};
use app::maturity::workshop;
use app::maturity::{actions, discuss, evidence};
use maturity::ledger::{AssessmentHead, SetHead};
use maturity::project::{
    Action, Concern, Evidence, Person, PracticeTarget, Project, Signed, Touch,
};
use maturity::{
    Answer, Appetite, AssessmentType, Consequence, Date, Level, Method, Party, Perspective, Scope,
    State, Status,
};
use source::Span;
use std::collections::BTreeSet;
use std::path::PathBuf;

const PROJECT: &str = "line-one";

/// A ledger in a folder of its own, removed in the end.
struct Place {
    folder: PathBuf,
    library: Library,
    book: Book,
}

impl Place {
    fn new(name: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("cases-{name}"));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let book = Book::create(folder.join("ledger").to_str().unwrap()).unwrap();
        let library = Library::open(&[]).unwrap();
        Self {
            folder,
            library,
            book,
        }
    }

    /// A place with a project of Ada, who assesses in January 2026, and Cleo.
    fn begun(name: &str) -> Self {
        let place = Self::new(name);
        let done = begin(&place, Some("ada"), new()).unwrap();
        assert_eq!(done.says, "project `line-one` begun");
        let mut desk = place.desk(day(31));
        let ada = desk.author(Some("ada")).unwrap();
        assess::open(&mut desk, &ada, head("winter")).unwrap();
        place
    }

    fn desk(&self, today: Date) -> Desk<'_> {
        Desk::to_change(&self.book, &self.library, None, today).unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn begin(place: &Place, named: Option<&str>, new: New) -> Result<Done, Failure> {
    let beginning = Beginning::of(&place.library, named, new, day(31))?;
    beginning.record(&place.book, &place.library)
}

/// A project of Ada and Cleo.
fn new() -> New {
    let person = |id: &str| Person {
        id: id.to_owned(),
        name: format!("{id} Keller"),
        role: None,
        at: Span::default(),
    };
    New {
        id: PROJECT.to_owned(),
        title: "Filling line one".to_owned(),
        boundary: "filler and edge box".to_owned(),
        perspective: Perspective::Integrator,
        appetite: Appetite::Moderate,
        notes: Vec::new(),
        layers: Vec::new(),
        people: vec![person("ada"), person("cleo")],
    }
}

/// A day of January 2026.
fn day(day: u8) -> Date {
    Date::new(2026, 1, day).unwrap()
}

fn head(id: &str) -> AssessmentHead {
    AssessmentHead {
        id: id.to_owned(),
        kind: AssessmentType::OwnParty,
        from: day(1),
        to: day(31),
        boundary: None,
        assessors: vec!["ada".to_owned()],
    }
}

fn person(desk: &Desk<'_>, id: &str) -> Author {
    desk.author(Some(id)).unwrap()
}

fn reply(answer: Answer) -> Reply {
    Reply {
        answer,
        method: Some(Method::Interview),
        evidence: Vec::new(),
        note: Some("seen".to_owned()),
        because: None,
        approved_by: None,
    }
}

fn judged(level: u8) -> Judged {
    Judged {
        level: Level::new(level.into()).unwrap(),
        scope: Scope::General,
        because: "locked since spring".to_owned(),
    }
}

/// Why something was refused, as data.
fn refusal<T>(answer: Result<T, Failure>) -> Refusal {
    let Err(failure) = answer else {
        panic!("it was done");
    };
    *failure.refusal.expect("it is a refusal")
}

#[test]
fn who_asks_is_a_person_of_the_project() {
    let place = Place::begun("authors");
    let desk = place.desk(day(31));
    let known = || vec!["ada".to_owned(), "cleo".to_owned()];
    assert_eq!(
        refusal(desk.author(None)),
        Refusal::NoAuthor { known: known() }
    );
    assert_eq!(
        refusal(desk.author(Some("mira"))),
        Refusal::UnknownAuthor {
            author: "mira".to_owned(),
            known: known()
        }
    );
    assert_eq!(desk.author(Some("cleo")).unwrap().as_str(), "cleo");
}

#[test]
fn the_project_that_is_meant_is_named_or_the_only_one() {
    let place = Place::new("systems");
    let open = |named| Desk::to_change(&place.book, &place.library, named, day(31));
    assert_eq!(refusal(open(None)), Refusal::NoProjects {});
    assert_eq!(
        refusal(open(Some("other"))),
        Refusal::NoProject {
            project: "other".to_owned(),
            known: Vec::new()
        }
    );
}

#[test]
fn a_ledger_is_one_file_when_it_is_closed() {
    let mut place = Place::begun("one-file");
    let copy = place.folder.join("copy");
    for round in 1..=5 {
        let mut desk = place.desk(day(31));
        let ada = person(&desk, "ada");
        assess::judge(&mut desk, &ada, None, "E2.2", judged(round % 3)).unwrap();
        let read = desk.state.read;
        drop(desk);
        place.book =
            Book::create(place.folder.join(format!("other{round}")).to_str().unwrap()).unwrap();
        let ledger = place.folder.join("ledger");
        assert!(!place.folder.join("ledger-wal").exists());
        std::fs::copy(&ledger, &copy).unwrap();
        let copied = Book::open(copy.to_str().unwrap()).unwrap();
        assert_eq!(copied.state(PROJECT).unwrap().read, read);
        place.book = Book::open(ledger.to_str().unwrap()).unwrap();
    }
}

#[test]
fn nothing_is_recorded_as_of_a_day_to_come() {
    let place = Place::begun("days");
    let tomorrow = Date::LAST;
    let open = Desk::to_change(&place.book, &place.library, None, tomorrow);
    let not_yet = Refusal::NotYet { today: tomorrow };
    assert_eq!(refusal(open), not_yet);
    // Whoever opens it otherwise to look ahead records nothing either.
    let mut desk = Desk::open(&place.book, &place.library, PROJECT, tomorrow).unwrap();
    let ada = person(&desk, "ada");
    assert_eq!(
        refusal(assess::open(&mut desk, &ada, head("spring"))),
        not_yet
    );
    assert!(desk.project().unwrap().assessment("spring").is_none());
}

#[test]
fn the_assessment_that_is_meant_is_named_or_the_only_open_one() {
    let place = Place::begun("meant");
    let mut desk = place.desk(day(31));
    let ada = person(&desk, "ada");
    assert_eq!(assess::meant(&desk, None).unwrap().id, "winter");
    assert_eq!(
        refusal(assess::meant(&desk, Some("autumn"))),
        Refusal::NoAssessment {
            assessment: "autumn".to_owned(),
            known: vec!["winter".to_owned()]
        }
    );
    let done = assess::open(&mut desk, &ada, head("second")).unwrap();
    assert_eq!(
        done.says,
        "assessment `second` is open from 2026-01-01 to 2026-01-31"
    );
    let (one, other) = ("winter".to_owned(), "second".to_owned());
    assert_eq!(
        refusal(assess::meant(&desk, None)),
        Refusal::SeveralOpen { one, other }
    );
}

#[test]
fn only_assessors_assess_and_only_within_the_period() {
    let place = Place::begun("assessors");
    let desk = place.desk(day(31));
    let (ada, cleo) = (person(&desk, "ada"), person(&desk, "cleo"));
    assert_eq!(assess::may_assess(&desk, &ada, None).unwrap().id, "winter");
    assert_eq!(
        refusal(assess::may_assess(&desk, &cleo, None)),
        Refusal::NotAssessor {
            author: "cleo".to_owned(),
            assessment: "winter".to_owned(),
            assessors: vec!["ada".to_owned()]
        }
    );
    let later = place.desk(Date::new(2026, 2, 1).unwrap());
    assert!(matches!(
        refusal(assess::may_assess(&later, &ada, None)),
        Refusal::OutsidePeriod { .. }
    ));
}

#[test]
fn an_assessment_is_approved_when_it_is_over_reviewed_and_not_ones_own_and_then_closed() {
    let place = Place::begun("approval");
    let mut early = place.desk(day(30));
    let (ada, cleo) = (person(&early, "ada"), person(&early, "cleo"));
    let done = assess::judge(&mut early, &ada, None, "E2.2", judged(2)).unwrap();
    assert_eq!(done.says, "E2.2 judged: 2 general");
    assert_eq!(
        refusal(assess::approve(&mut early, &cleo, None)),
        Refusal::PeriodNotOver {
            assessment: "winter".to_owned(),
            to: day(31)
        }
    );
    let mut desk = place.desk(day(31));
    assert_eq!(
        refusal(assess::approve(&mut desk, &cleo, None)),
        Refusal::NotReviewed {
            assessment: "winter".to_owned()
        }
    );
    assess::begin_review(&mut desk, &ada, None).unwrap();
    assess::review(&mut desk, &cleo, None).unwrap();
    let own = refusal(assess::approve(&mut desk, &ada, None));
    assert_eq!(own, own_work("ada"));
    assess::approve(&mut desk, &cleo, None).unwrap();
    let frozen = Refusal::Frozen {
        assessment: "winter".to_owned(),
    };
    let late = assess::answer(
        &mut desk,
        &ada,
        Some("winter"),
        "E2.2-1.1",
        reply(Answer::Yes),
    );
    assert_eq!(refusal(late), frozen);
    assert_eq!(refusal(assess::meant(&desk, None)), Refusal::NoneOpen {});
}

#[test]
fn what_changed_after_the_review_is_reviewed_again() {
    let place = Place::begun("reviewed");
    let mut desk = place.desk(day(31));
    let (ada, cleo) = (person(&desk, "ada"), person(&desk, "cleo"));
    assess::open(&mut desk, &ada, head("second")).unwrap();
    let winter = Some("winter");
    let shown = Reply {
        evidence: vec!["keys".to_owned()],
        ..reply(Answer::Yes)
    };
    let cited = |title: &str| Evidence {
        title: title.to_owned(),
        ..document("keys")
    };
    evidence::attach(&mut desk, &ada, cited("Keys"), None).unwrap();
    assess::answer(&mut desk, &ada, winter, "E2.2-1.1", shown).unwrap();
    let changed = |desk: &mut Desk<'_>, key: &str| {
        assert_eq!(
            refusal(assess::approve(desk, &cleo, winter)),
            Refusal::ChangedAfterReview {
                assessment: "winter".to_owned(),
                about: key.to_owned()
            }
        );
    };
    assess::review(&mut desk, &cleo, winter).unwrap();
    assess::judge(&mut desk, &ada, winter, "E2.2", judged(2)).unwrap();
    changed(&mut desk, "judgement:winter:E2.2:general:ada");
    // That it is to be reviewed again is no review.
    assess::begin_review(&mut desk, &ada, winter).unwrap();
    changed(&mut desk, "judgement:winter:E2.2:general:ada");
    assess::review(&mut desk, &cleo, winter).unwrap();
    assess::answer(&mut desk, &ada, winter, "E2.2-1.2", reply(Answer::No)).unwrap();
    changed(&mut desk, "answer:winter:E2.2-1.2:ada");
    assess::review(&mut desk, &cleo, winter).unwrap();
    evidence::attach(&mut desk, &ada, cited("Key list"), None).unwrap();
    changed(&mut desk, "evidence:keys");
    assess::review(&mut desk, &cleo, winter).unwrap();
    // What is left out was a fact, too; what belongs to another assessment is none.
    let mut written = desk.project().unwrap().clone();
    written.assessments[0].judgements.clear();
    let may = May {
        replace: true,
        ..May::default()
    };
    take(&mut desk, &ada, &written, may).unwrap();
    changed(&mut desk, "judgement:winter:E2.2:general:ada");
    assess::review(&mut desk, &cleo, winter).unwrap();
    assess::judge(&mut desk, &ada, Some("second"), "E2.2", judged(1)).unwrap();
    assess::approve(&mut desk, &cleo, winter).unwrap();
}

fn own_work(author: &str) -> Refusal {
    Refusal::OwnWork {
        author: author.to_owned(),
        assessment: "winter".to_owned(),
    }
}

#[test]
fn however_many_warnings_there_are_no_error_is_recorded() {
    let place = Place::begun("warnings");
    let mut desk = place.desk(day(31));
    let (ada, cleo) = (person(&desk, "ada"), person(&desk, "cleo"));
    let mut written = desk.project().unwrap().clone();
    written.evidence.extend((0..250).map(|number| Evidence {
        valid_until: Some(day(1)),
        ..document(&format!("old{number}"))
    }));
    take(&mut desk, &ada, &written, May::default()).unwrap();
    let stranger =
        |refusal| matches!(refusal, Refusal::NotAssessor { author, .. } if author == "cleo");
    let answered = assess::answer(&mut desk, &cleo, None, "E2.2-1.1", reply(Answer::Yes));
    assert!(stranger(refusal(answered)));
    let judgement = assess::judge(&mut desk, &cleo, None, "E2.2", judged(2));
    assert!(stranger(refusal(judgement)));
    let spared = Reply {
        because: Some("no door".to_owned()),
        approved_by: Some("ada".to_owned()),
        ..reply(Answer::NotApplicable)
    };
    let spared = assess::answer(&mut desk, &ada, None, "E2.2-1.1", spared);
    assert_eq!(refusal(spared), own_work("ada"));
    // Nothing but the list of errors stands between a wrong answer and the ledger.
    let unknown = assess::answer(&mut desk, &ada, None, "E2.2-9.9", reply(Answer::Yes));
    let details = unknown.unwrap_err().details;
    assert!(
        details[0].contains("error[unknown-indicator]"),
        "{details:?}"
    );
    assess::answer(&mut desk, &ada, None, "E2.2-1.1", reply(Answer::Yes)).unwrap();
    assess::review(&mut desk, &cleo, None).unwrap();
    let own = assess::approve(&mut desk, &ada, None);
    assert_eq!(refusal(own), own_work("ada"));
    assess::approve(&mut desk, &cleo, None).unwrap();
}

#[test]
fn an_answer_is_signed_and_a_wrong_one_not_recorded() {
    let place = Place::begun("answers");
    let mut desk = place.desk(day(31));
    let ada = person(&desk, "ada");
    assess::answer(&mut desk, &ada, None, "E2.2-1.1", reply(Answer::Yes)).unwrap();
    let unknown = assess::answer(&mut desk, &ada, None, "E2.2-9.9", reply(Answer::Yes));
    assert_eq!(unknown.unwrap_err().details.len(), 1);
    let [given] = assess::meant(&desk, None).unwrap().answers.as_slice() else {
        panic!("one answer is recorded");
    };
    assert_eq!(given.by.as_deref(), Some("ada"));
    assert_eq!((given.on, given.answer), (Some(day(31)), Answer::Yes));
}

#[test]
fn answers_of_a_file_are_an_assessors_and_replace_none_unless_they_may() {
    let place = Place::begun("answers-file");
    let mut desk = place.desk(day(31));
    let (ada, cleo) = (person(&desk, "ada"), person(&desk, "cleo"));
    assess::answer(&mut desk, &ada, None, "E2.2-1.1", reply(Answer::No)).unwrap();
    let file = place.folder.join("answers.csv");
    let head = "indicator,answer,by,method,on,note\n";
    let mut record = |lines: &str, author: &Author, replace: bool| {
        std::fs::write(&file, format!("{head}{lines}")).unwrap();
        let answers = assess::answers_in(&desk, None, &file).unwrap();
        let done = assess::record_answers(&mut desk, author, answers, replace)?;
        let known = desk.project()?.assessments[0].answers.clone();
        Ok((done.says, known))
    };
    let says = |answer: Result<(String, Vec<_>), Failure>| answer.unwrap().0;
    let older = "E2.2-1.1,yes,ada,test,2026-01-20,\nE2.2-1.2,yes,ada,test,2026-01-20,\n";
    for replace in [false, true] {
        let stranger = refusal(record(older, &cleo, replace));
        assert!(matches!(stranger, Refusal::NotAssessor { author, .. } if author == "cleo"));
    }
    let Refusal::Replaces { changes } = refusal(record(older, &ada, false)) else {
        panic!("the ledger has a no");
    };
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].about, "answer:winter:E2.2-1.1:ada");
    // What the ledger has already and what it does not have yet is in nobody's way.
    let (same, new) = (
        "E2.2-1.1,no,ada,interview,2026-01-31,seen\n",
        "E2.2-1.2,no,ada,test,2026-01-20,\n",
    );
    let nothing = "nothing is different: nothing was recorded";
    assert_eq!(says(record(same, &ada, false)), nothing);
    let done = record(&format!("{same}{new}"), &ada, false);
    assert_eq!(says(done), "1 answer recorded");
    let (said, known) = record(older, &ada, true).unwrap();
    assert_eq!(said, "2 answers recorded");
    assert!(known.iter().all(|one| one.answer == Answer::Yes));
}

#[test]
fn who_signs_what_is_in_the_ledger_records_it_in_a_file_too() {
    let place = Place::begun("signed");
    let mut desk = place.desk(day(31));
    let (ada, cleo) = (person(&desk, "ada"), person(&desk, "cleo"));
    assess::judge(&mut desk, &ada, None, "E2.2", judged(2)).unwrap();
    let signed = |by: &str| Signed {
        by: by.to_owned(),
        on: day(31),
        at: Span::default(),
    };
    let written = |desk: &Desk<'_>, reviewed: &str, approved: Option<&str>| {
        let mut written = desk.project().unwrap().clone();
        let one = &mut written.assessments[0];
        one.reviewed = Some(signed(reviewed));
        one.approved = approved.map(signed);
        one.state = match approved {
            Some(_) => State::Frozen,
            None => State::FactualReview,
        };
        written
    };
    let may = |replace| May {
        replace,
        ..May::default()
    };
    let another = |author: &str, by: &str| Refusal::SignedByAnother {
        author: author.to_owned(),
        assessment: "winter".to_owned(),
        by: by.to_owned(),
    };
    for replace in [false, true] {
        let forged = written(&desk, "cleo", Some("cleo"));
        let forged = take(&mut desk, &ada, &forged, may(replace));
        assert_eq!(refusal(forged), another("ada", "cleo"));
        let forged = written(&desk, "ada", None);
        let forged = take(&mut desk, &cleo, &forged, may(replace));
        assert_eq!(refusal(forged), another("cleo", "ada"));
    }
    assess::review(&mut desk, &ada, None).unwrap();
    assess::judge(&mut desk, &ada, None, "E2.2", judged(1)).unwrap();
    // What ada reviewed is not what cleo would approve, by whatever way.
    let changed = written(&desk, "ada", Some("cleo"));
    let changed = take(&mut desk, &cleo, &changed, may(true));
    assert!(matches!(
        refusal(changed),
        Refusal::ChangedAfterReview { .. }
    ));
    assess::review(&mut desk, &ada, None).unwrap();
    let mut changed = written(&desk, "ada", Some("cleo"));
    changed.assessments[0].judgements[0].level = level(3);
    let changed = take(&mut desk, &cleo, &changed, may(true));
    assert!(matches!(
        refusal(changed),
        Refusal::ChangedAfterReview { .. }
    ));
    let approved = written(&desk, "ada", Some("cleo"));
    take(&mut desk, &cleo, &approved, may(true)).unwrap();
    let state = desk.project().unwrap().assessments[0].state;
    assert_eq!(state, State::Frozen);
}

#[test]
fn what_a_file_says_was_computed_names_a_model_that_was_checked() {
    let place = Place::begun("computed");
    let mut desk = place.desk(day(31));
    let ada = person(&desk, "ada");
    let model = record::Digest::of(b"a model");
    let file = place.folder.join("answers.csv");
    let lines = format!(
        "indicator,answer,on,computed by,model\nE1.2-3.1,yes,2026-01-20,unneeded-channels-absent,{model}\n"
    );
    std::fs::write(&file, lines).unwrap();
    let never = |refusal| matches!(refusal, Refusal::NeverChecked { indicator, .. } if indicator == "E1.2-3.1");
    let answers = assess::answers_in(&desk, None, &file).unwrap();
    let invented = answers.given[0].1.clone();
    assert!(never(refusal(assess::record_answers(
        &mut desk, &ada, answers, true
    ))));
    let mut written = desk.project().unwrap().clone();
    written.assessments[0].answers.push(invented);
    let forged = take(&mut desk, &ada, &written, May::default());
    assert!(never(refusal(forged)));
    let computed = assess::Computed {
        assessment: "winter".to_owned(),
        file: "line.kdl".to_owned(),
        model,
        answers: Vec::new(),
    };
    assess::record_computed(&mut desk, &ada, computed).unwrap();
    let answers = assess::answers_in(&desk, None, &file).unwrap();
    assess::record_answers(&mut desk, &ada, answers, false).unwrap();
}

/// A session about one practice.
fn sitting(desk: &Desk<'_>, author: &Author, practice: &str) -> interview::Session {
    let only = BTreeSet::from([practice.to_owned()]);
    interview::Session::begin(desk, author, None, only).unwrap()
}

fn asked(session: &interview::Session, desk: &Desk<'_>) -> String {
    session.next(desk).unwrap().unwrap().indicator.id
}

#[test]
fn an_interview_goes_on_where_it_stopped() {
    let place = Place::begun("interview");
    let mut desk = place.desk(day(31));
    let ada = person(&desk, "ada");
    let mut first = sitting(&desk, &ada, "E2.2");
    let question = first.next(&desk).unwrap().unwrap();
    assert_eq!(question.indicator.id, "E2.2-1.1");
    assert_eq!(question.practice, "Physical Protection");
    assert!(question.level.is_some() && question.answered.is_none());
    let open = first.open(&desk).unwrap();
    let heard = first.answer(&mut desk, "E2.2-1.1", reply(Answer::Yes));
    assert!(matches!(heard, Ok(Recorded::Done { conflicts }) if conflicts.is_empty()));
    assert_eq!(
        (first.open(&desk).unwrap(), first.answered()),
        (open - 1, 1)
    );
    drop((first, desk));
    // Another day, another process.
    let desk = place.desk(day(31));
    let second = sitting(&desk, &ada, "E2.2");
    assert_eq!(asked(&second, &desk), "E2.2-1.2");
    assert_eq!(
        (second.open(&desk).unwrap(), second.answered()),
        (open - 1, 0)
    );
}

#[test]
fn an_interview_goes_back_skips_and_leaves_out() {
    let place = Place::begun("steps");
    let mut desk = place.desk(day(31));
    let ada = person(&desk, "ada");
    let mut session = sitting(&desk, &ada, "E2.2");
    assert!(!session.back(), "it is the first question");
    session.skip("E2.2-1.1");
    assert_eq!(asked(&session, &desk), "E2.2-1.2");
    session
        .answer(&mut desk, "E2.2-1.2", reply(Answer::No))
        .unwrap();
    assert!(session.back());
    let again = session.next(&desk).unwrap().unwrap();
    assert_eq!(again.indicator.id, "E2.2-1.2");
    assert_eq!(again.answered, Some(Answer::No));
    assert!(session.back());
    assert_eq!(asked(&session, &desk), "E2.2-1.1");
    session.leave_out("E2.2-1.1");
    assert!(session.next(&desk).unwrap().is_none());
}

#[test]
fn an_answer_that_is_refused_is_asked_for_again() {
    let place = Place::begun("refused");
    let mut desk = place.desk(day(31));
    let ada = person(&desk, "ada");
    let mut session = sitting(&desk, &ada, "E2.2");
    let unproved = Reply {
        evidence: vec!["nothing".to_owned()],
        ..reply(Answer::Yes)
    };
    let heard = session.answer(&mut desk, "E2.2-1.1", unproved).unwrap();
    let Recorded::Refused { findings } = heard else {
        panic!("there is no such evidence");
    };
    assert_eq!(findings.len(), 1);
    assert_eq!(asked(&session, &desk), "E2.2-1.1");
    assert!(assess::meant(&desk, None).unwrap().is_empty());
}

#[test]
fn an_interview_is_for_assessors_and_ends_with_the_approval() {
    let place = Place::begun("frozen");
    let mut desk = place.desk(day(31));
    let (ada, cleo) = (person(&desk, "ada"), person(&desk, "cleo"));
    let stranger = interview::Session::begin(&desk, &cleo, None, BTreeSet::new());
    assert!(matches!(refusal(stranger), Refusal::NotAssessor { .. }));
    let mut session = sitting(&desk, &ada, "E2.2");
    session
        .answer(&mut desk, "E2.2-1.1", reply(Answer::Yes))
        .unwrap();
    assess::review(&mut desk, &cleo, None).unwrap();
    assess::approve(&mut desk, &cleo, None).unwrap();
    let late = session.answer(&mut desk, "E2.2-1.2", reply(Answer::Yes));
    assert!(matches!(refusal(late), Refusal::Frozen { .. }));
    assert_eq!(session.answered(), 1);
}

#[test]
fn two_assessors_do_not_see_each_others_answers() {
    let place = Place::begun("own");
    let mut desk = place.desk(day(31));
    let (ada, cleo) = (person(&desk, "ada"), person(&desk, "cleo"));
    let both = AssessmentHead {
        assessors: vec!["ada".to_owned(), "cleo".to_owned()],
        ..head("winter")
    };
    assess::open(&mut desk, &ada, both).unwrap();
    let mut session = sitting(&desk, &ada, "E2.2");
    session
        .answer(&mut desk, "E2.2-1.1", reply(Answer::Yes))
        .unwrap();
    let other = sitting(&desk, &cleo, "E2.2");
    let question = other.next(&desk).unwrap().unwrap();
    assert_eq!(question.indicator.id, "E2.2-1.1");
    assert_eq!(question.answered, None);
}

#[test]
fn a_workshop_goes_on_where_it_stopped() {
    let place = Place::begun("workshop");
    let mut desk = place.desk(day(31));
    let (ada, cleo) = (person(&desk, "ada"), person(&desk, "cleo"));
    let all = |desk: &Desk<'_>| workshop::Session::begin(desk, &ada, None, BTreeSet::new());
    let id = |session: &workshop::Session, desk: &Desk<'_>| {
        let question = session.next(desk).unwrap().unwrap();
        assert_eq!(question.scope, Scope::General);
        question.practice.title.id.clone()
    };
    let mut first = all(&desk).unwrap();
    let one = id(&first, &desk);
    let heard = first.judge(&mut desk, &one, judged(2)).unwrap();
    assert!(matches!(heard, Recorded::Done { .. }));
    let two = id(&first, &desk);
    first.skip(&two);
    let three = id(&first, &desk);
    assert!(one != two && two != three && first.judged() == 1);
    // What is judged is not asked again, what was skipped is.
    let second = all(&desk).unwrap();
    assert_eq!(id(&second, &desk), two);
    let only = BTreeSet::from([one.clone()]);
    let named = workshop::Session::begin(&desk, &ada, None, only).unwrap();
    assert_eq!(id(&named, &desk), one, "what is named is asked in any case");
    let stranger = workshop::Session::begin(&desk, &cleo, None, BTreeSet::new());
    assert!(matches!(refusal(stranger), Refusal::NotAssessor { .. }));
}

fn level(number: u8) -> Level {
    Level::new(number.into()).unwrap()
}

/// A place whose project has a concern that asks for level 3 of E2.2.
fn concerned(name: &str) -> Place {
    let place = Place::begun(name);
    let concern = Concern {
        id: "theft".to_owned(),
        says: "somebody takes the box".to_owned(),
        goals: Vec::new(),
        consequence: Consequence::Serious,
        touches: vec![Touch {
            practice: "E2.2".to_owned(),
            scope: Scope::General,
            level: Some(level(3)),
            because: "it stands in the open".to_owned(),
            at: Span::default(),
        }],
        at: Span::default(),
    };
    let mut desk = place.desk(day(31));
    let ada = person(&desk, "ada");
    let mut written = desk.project().unwrap().clone();
    written.concerns.push(concern);
    take(&mut desk, &ada, &written, May::default()).unwrap();
    drop(desk);
    place
}

fn first_year() -> SetHead {
    SetHead {
        id: "first-year".to_owned(),
        title: None,
        by: Date::new(2026, 12, 31).unwrap(),
    }
}

fn wanted(number: u8) -> Wanted {
    Wanted {
        level: level(number),
        scope: Scope::General,
        because: "it is what we can pay".to_owned(),
        concerns: Vec::new(),
        respondent: None,
        owner: None,
        responsible: Vec::new(),
        override_because: None,
    }
}

fn target_of<'d>(desk: &'d Desk<'_>, practice: &str) -> Option<&'d PracticeTarget> {
    let set = desk.project().unwrap().target("first-year").unwrap();
    set.practices.iter().find(|one| one.practice == practice)
}

#[test]
fn a_target_against_a_proposal_needs_its_reason() {
    let place = concerned("targets");
    let mut desk = place.desk(day(31));
    let ada = person(&desk, "ada");
    let set = |desk: &mut Desk<'_>, wanted| targets::set(desk, &ada, "first-year", "E2.2", wanted);
    assert_eq!(
        refusal(set(&mut desk, wanted(1))),
        Refusal::NoTargetSet {
            set: "first-year".to_owned()
        }
    );
    targets::open(&mut desk, &ada, first_year()).unwrap();
    assert_eq!(
        refusal(set(&mut desk, wanted(1))),
        Refusal::NotAsProposed {
            practice: "E2.2".to_owned(),
            proposed: "3 general".to_owned(),
            level: level(1),
            scope: Scope::General
        }
    );
    assert_eq!(target_of(&desk, "E2.2"), None);
    let decided = Wanted {
        override_because: Some("it moves inside in March".to_owned()),
        owner: Some("cleo".to_owned()),
        responsible: vec![Party::AssetOwner],
        ..wanted(1)
    };
    set(&mut desk, decided).unwrap();
    let decision = target_of(&desk, "E2.2").unwrap().override_of.clone();
    let decision = decision.unwrap();
    assert_eq!((decision.by.as_str(), decision.on), ("ada", day(31)));
    // What is not said again stays, the decision does not.
    set(&mut desk, wanted(3)).unwrap();
    let own = target_of(&desk, "E2.2").unwrap();
    assert_eq!(own.owner.as_deref(), Some("cleo"));
    assert_eq!(own.responsible, [Party::AssetOwner]);
    assert_eq!(own.override_of, None);
}

#[test]
fn proposals_are_taken_over_and_targets_stay() {
    let place = concerned("proposals");
    let mut desk = place.desk(day(31));
    let ada = person(&desk, "ada");
    let accepted = targets::accept(&mut desk, &ada, first_year()).unwrap();
    assert_eq!(
        accepted.done.says,
        "1 proposals taken over into `first-year`"
    );
    assert!(accepted.apart.is_empty());
    let own = target_of(&desk, "E2.2").unwrap();
    assert_eq!(
        (own.level, own.concerns.as_slice()),
        (level(3), &["theft".to_owned()][..])
    );
    targets::remove(&mut desk, &ada, "first-year", "Physical Protection").unwrap();
    assert_eq!(target_of(&desk, "E2.2"), None);
    let gone = targets::remove(&mut desk, &ada, "first-year", "E2.2");
    assert_eq!(
        refusal(gone),
        Refusal::NoTarget {
            set: "first-year".to_owned()
        }
    );
}

#[test]
fn what_becomes_done_is_done_today() {
    let place = Place::begun("actions");
    let mut desk = place.desk(day(20));
    let ada = person(&desk, "ada");
    let action = Action {
        id: "lock".to_owned(),
        title: "Fit a lock".to_owned(),
        closes: vec!["E2.2-1.1".to_owned()],
        owner: Some("cleo".to_owned()),
        due: day(31),
        cost: None,
        after: Vec::new(),
        since: None,
        evidence: Vec::new(),
        status: Status::Planned,
        at: Span::default(),
    };
    let unknown = actions::mark(&mut desk, &ada, "lock", Status::Done);
    assert_eq!(
        refusal(unknown),
        Refusal::NoAction {
            action: "lock".to_owned()
        }
    );
    actions::plan(&mut desk, &ada, action.clone()).unwrap();
    let done = actions::mark(&mut desk, &ada, "lock", Status::Done).unwrap();
    assert_eq!(
        done.says,
        "action `lock` is done, and its day is now 2026-01-20"
    );
    // A plan that is written again does not undo how far it is.
    let again = Action {
        due: day(20),
        title: "Fit a better lock".to_owned(),
        ..action
    };
    actions::plan(&mut desk, &ada, again).unwrap();
    let [known] = desk.project().unwrap().actions.as_slice() else {
        panic!("one action is planned");
    };
    assert_eq!(known.title, "Fit a better lock");
    assert_eq!((known.status, known.due), (Status::Done, day(20)));
}

/// Has a project take the place of the one that is there.
fn take(
    desk: &mut Desk<'_>,
    author: &Author,
    written: &Project,
    may: May,
) -> Result<Done, Failure> {
    Changes::between(desk, written)?.record(desk, author, may)
}

#[test]
fn a_project_begins_once_and_by_somebody_who_takes_part() {
    let place = Place::new("begin");
    assert_eq!(
        refusal(begin(&place, None, new())),
        Refusal::BegunByNobody {}
    );
    assert_eq!(
        refusal(begin(&place, Some("mira"), new())),
        Refusal::TakesNoPart {
            author: "mira".to_owned()
        }
    );
    let layered = New {
        layers: vec!["no-such".to_owned()],
        ..new()
    };
    let unknown = refusal(begin(&place, Some("ada"), layered));
    assert!(matches!(unknown, Refusal::NoLayer { known, .. } if !known.is_empty()));
    assert!(place.book.systems().unwrap().is_empty());
    begin(&place, Some("ada"), new()).unwrap();
    assert_eq!(
        refusal(begin(&place, Some("ada"), new())),
        Refusal::ProjectExists {
            project: PROJECT.to_owned()
        }
    );
}

#[test]
fn a_text_changes_what_is_there_only_if_it_may() {
    let place = Place::begun("import");
    let mut desk = place.desk(day(31));
    let ada = person(&desk, "ada");
    let same = desk.project().unwrap().clone();
    assert!(Changes::between(&desk, &same).unwrap().is_empty());
    let other = Project {
        id: "other".to_owned(),
        ..same.clone()
    };
    assert!(matches!(
        refusal(Changes::between(&desk, &other)),
        Refusal::OtherProject { .. }
    ));
    let renamed = Project {
        title: "Filling line 1".to_owned(),
        ..same
    };
    let Refusal::Replaces { changes } = refusal(take(&mut desk, &ada, &renamed, May::default()))
    else {
        panic!("the ledger has a title");
    };
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].what, "the project was described");
    assert_eq!(desk.project().unwrap().title, "Filling line one");
    let may = May {
        replace: true,
        ..May::default()
    };
    let done = take(&mut desk, &ada, &renamed, may).unwrap();
    assert_eq!(done.says, "1 entry recorded for `line-one`");
    assert_eq!(desk.project().unwrap().title, "Filling line 1");
}

#[test]
fn what_was_approved_is_repaired_by_somebody_who_did_not_assess_it() {
    let place = Place::begun("repair");
    let mut desk = place.desk(day(31));
    let (ada, cleo) = (person(&desk, "ada"), person(&desk, "cleo"));
    assess::judge(&mut desk, &ada, None, "E2.2", judged(2)).unwrap();
    assess::review(&mut desk, &cleo, None).unwrap();
    assess::approve(&mut desk, &cleo, None).unwrap();
    let mut written = desk.project().unwrap().clone();
    written.assessments[0].judgements[0].level = level(1);
    let may = |reopen| May {
        replace: true,
        reopen,
    };
    let frozen = refusal(take(&mut desk, &cleo, &written, may(false)));
    assert!(matches!(frozen, Refusal::Frozen { .. }));
    let own = refusal(take(&mut desk, &ada, &written, may(true)));
    assert!(matches!(own, Refusal::OwnWork { .. }));
    take(&mut desk, &cleo, &written, may(true)).unwrap();
    let repaired = desk.project().unwrap().assessment("winter").unwrap();
    assert_eq!(repaired.judgements[0].level, level(1));
}

#[test]
fn what_two_set_at_once_waits_for_a_decision() {
    let place = Place::begun("conflicts");
    let (mut one, mut other) = (place.desk(day(31)), place.desk(day(31)));
    let (ada, cleo) = (person(&one, "ada"), person(&one, "cleo"));
    targets::open(&mut one, &ada, first_year()).unwrap();
    let later = SetHead {
        title: Some("First year".to_owned()),
        ..first_year()
    };
    let done = targets::open(&mut other, &cleo, later).unwrap();
    assert_eq!(done.conflicts.len(), 1);
    let entry = done.conflicts[0].entry.stream;
    let undecided = discuss::undecided(&other).unwrap();
    let [both] = undecided.as_slice() else {
        panic!("one waits");
    };
    assert_eq!(both.standing.as_ref().unwrap().author, "ada");
    assert_eq!(both.conflict.entry.author, "cleo");
    let title = |desk: &Desk<'_>| desk.project().unwrap().targets[0].title.clone();
    assert_eq!(title(&other), None);
    assert_eq!(
        refusal(discuss::keep(&mut other, &cleo, entry + 1)),
        Refusal::NotWaiting { entry: entry + 1 }
    );
    discuss::take(&mut other, &cleo, entry).unwrap();
    assert_eq!(title(&other).as_deref(), Some("First year"));
    assert!(discuss::undecided(&other).unwrap().is_empty());
}

fn document(id: &str) -> Evidence {
    Evidence {
        id: id.to_owned(),
        title: "Key list".to_owned(),
        kind: None,
        location: None,
        digest: None,
        dated: None,
        valid_until: None,
        at: Span::default(),
    }
}

#[test]
fn evidence_of_a_frozen_assessment_is_not_replaced() {
    let place = Place::begun("cited");
    let mut desk = place.desk(day(31));
    let (ada, cleo) = (person(&desk, "ada"), person(&desk, "cleo"));
    for id in ["keys", "doors"] {
        evidence::attach(&mut desk, &ada, document(id), None).unwrap();
    }
    let shown = Reply {
        evidence: vec!["keys".to_owned()],
        ..reply(Answer::Yes)
    };
    assess::answer(&mut desk, &ada, None, "E2.2-1.1", shown).unwrap();
    let other = |id: &str, title: &str| Evidence {
        title: title.to_owned(),
        ..document(id)
    };
    let draft = other("keys", "List of keys");
    evidence::attach(&mut desk, &ada, draft.clone(), None).unwrap();
    assess::review(&mut desk, &cleo, None).unwrap();
    assess::approve(&mut desk, &cleo, None).unwrap();
    for author in [&ada, &cleo] {
        let replaced = evidence::attach(&mut desk, author, other("keys", "Forged"), None);
        assert_eq!(
            refusal(replaced),
            Refusal::EvidenceOfFrozen {
                evidence: "keys".to_owned(),
                assessment: "winter".to_owned()
            }
        );
    }
    evidence::attach(&mut desk, &ada, draft, None).unwrap();
    evidence::attach(&mut desk, &ada, other("doors", "Doors"), None).unwrap();
    // A file repairs it as it repairs the assessment: opened again, by somebody who did not assess it.
    let mut written = desk.project().unwrap().clone();
    let keys = written
        .evidence
        .iter_mut()
        .find(|one| one.id == "keys")
        .unwrap();
    keys.title = "Keys".to_owned();
    let may = |reopen| May {
        replace: true,
        reopen,
    };
    let frozen = refusal(take(&mut desk, &cleo, &written, may(false)));
    assert!(matches!(frozen, Refusal::Frozen { .. }));
    let own = refusal(take(&mut desk, &ada, &written, may(true)));
    assert_eq!(own, own_work("ada"));
    take(&mut desk, &cleo, &written, may(true)).unwrap();
    let project = desk.project().unwrap();
    assert!(project.evidence.iter().any(|one| one.title == "Keys"));
    assert!(project.assessment("winter").unwrap().approved.is_some());
}

#[test]
fn evidence_that_is_refused_leaves_no_file_behind() {
    let place = Place::begun("refused");
    let mut desk = place.desk(day(31));
    let ada = person(&desk, "ada");
    let file = place.folder.join("keys.txt");
    std::fs::write(&file, "two keys\n").unwrap();
    let kept = |desk: &Desk<'_>| desk.book.verify(None, &mut |_, _| ()).unwrap().attachments;
    let refused = evidence::attach(&mut desk, &ada, document("no id"), Some(&file));
    assert!(refused.is_err());
    assert_eq!(
        (kept(&desk), desk.state.read),
        (0, place.desk(day(31)).state.read)
    );
    // Nor does what the ledger itself refuses.
    let long = Evidence {
        title: "x".repeat(2 << 20),
        ..document("keys")
    };
    assert!(evidence::attach(&mut desk, &ada, long, Some(&file)).is_err());
    assert_eq!(kept(&desk), 0);
    evidence::attach(&mut desk, &ada, document("keys"), Some(&file)).unwrap();
    assert_eq!(kept(&desk), 1);
}

#[test]
fn evidence_keeps_its_file_and_comments_are_about_something() {
    let place = Place::begun("evidence");
    let mut desk = place.desk(day(31));
    let ada = person(&desk, "ada");
    let file = place.folder.join("keys.txt");
    std::fs::write(&file, "two keys\n").unwrap();
    evidence::attach(&mut desk, &ada, document("keys"), Some(&file)).unwrap();
    let [known] = desk.project().unwrap().evidence.as_slice() else {
        panic!("one is attached");
    };
    assert_eq!(known.location.as_deref(), Some("keys.txt"));
    assert!(known.digest.is_some());
    let nothing = discuss::comment(&mut desk, &ada, "evidence:doors".to_owned(), "?".to_owned());
    assert!(matches!(refusal(nothing), Refusal::NothingCalled { .. }));
    let about = "evidence:keys".to_owned();
    discuss::comment(&mut desk, &ada, about, "who has the other?".to_owned()).unwrap();
    assert_eq!(desk.state.comments.len(), 1);
}
