//! Assessments: opening, answering, judging, reviewing, approving.

use super::arguments::{Assess, Interview};
use super::context::Context;
use super::interview;
use super::table::{Cell, Look, table};
use super::workshop;
use crate::show;
use crate::style::Style;
use app::maturity::desk::Desk;
use app::maturity::{computed, results};
use app::model_file::ModelFile;
use app::{Exit, Failure, check};
use maturity::ledger::{AssessmentHead, Event};
use maturity::project::{Assessment, GivenAnswer, Judgement, Signed};
use maturity::{Answer, Date, State};
use source::Span;
use std::path::Path;

/// Does one thing with an assessment; without more the interview.
pub fn perform(
    context: &Context,
    command: Option<Assess>,
    interview: Interview,
) -> Result<Exit, Failure> {
    let book = context.book()?;
    let mut desk = context.desk(&book)?;
    let desk = &mut desk;
    if let Some(file) = &interview.suggest {
        return suggest(context, desk, file);
    }
    if let Some(model) = &interview.from_check {
        return from_check(context, desk, interview.assessment.as_deref(), model);
    }
    let author = context.author(desk)?;
    if let Some(file) = &interview.file {
        return from_file(
            context,
            desk,
            &author,
            interview.assessment.as_deref(),
            file,
        );
    }
    match command {
        None if interview.workshop => workshop::perform(context, desk, &author, &interview),
        None => interview::perform(context, desk, &author, &interview),
        Some(Assess::Open {
            assessment,
            kind,
            from,
            to,
            assessor,
            boundary,
        }) => {
            let done = format!("assessment `{assessment}` is open from {from} to {to}");
            let assessment = AssessmentHead {
                id: assessment,
                kind,
                from,
                to,
                boundary,
                assessors: assessor,
            };
            context.record(
                desk,
                &author,
                vec![Event::AssessmentOpened { assessment }],
                &done,
            )
        }
        Some(Assess::Answer {
            indicator,
            answer,
            method,
            evidence,
            note,
            because,
            approved_by,
            assessment,
        }) => {
            let assessment = open_assessment(desk, assessment.as_deref())?.id.clone();
            let done = format!("{indicator}: {answer}");
            let answer = GivenAnswer {
                indicator,
                answer,
                by: Some(author.clone()),
                method,
                on: Some(context.today),
                evidence,
                note,
                because,
                approved_by,
                computed: None,
                at: Span::default(),
            };
            context.record(
                desk,
                &author,
                vec![Event::AnswerGiven { assessment, answer }],
                &done,
            )
        }
        Some(Assess::Judge {
            practice,
            level,
            scope,
            because,
            assessment,
        }) => {
            let assessment = open_assessment(desk, assessment.as_deref())?.id.clone();
            let practice = context.practice(&practice)?;
            let done = format!("{practice} judged: {level} {scope}");
            let judgement = Judgement {
                practice,
                level,
                scope,
                by: author.clone(),
                on: context.today,
                because,
                at: Span::default(),
            };
            let event = Event::LevelJudged {
                assessment,
                judgement,
            };
            context.record(desk, &author, vec![event], &done)
        }
        Some(Assess::Review { assessment, done }) => {
            review(context, desk, &author, assessment.as_deref(), done)
        }
        Some(Assess::Approve { assessment }) => {
            let known = open_assessment(desk, assessment.as_deref())?;
            may_be_frozen(known, context.today)?;
            let assessment = known.id.clone();
            let done = format!("assessment `{assessment}` is approved and frozen");
            let signed = Signed {
                by: author.clone(),
                on: context.today,
                at: Span::default(),
            };
            context.record(
                desk,
                &author,
                vec![Event::Approved { assessment, signed }],
                &done,
            )
        }
    }
}

/// The assessment that is meant: the one named, or the only one that is not frozen.
pub fn open_assessment<'d>(
    desk: &'d Desk<'_>,
    named: Option<&str>,
) -> Result<&'d Assessment, Failure> {
    let project = desk.project()?;
    if let Some(named) = named {
        return project.assessment(named).ok_or_else(|| {
            let known: Vec<&str> = project
                .assessments
                .iter()
                .map(|one| one.id.as_str())
                .collect();
            let help = match known.as_slice() {
                [] => "open one with `bulkhead maturity assess open`".to_owned(),
                known => format!("one of `{}`", known.join("`, `")),
            };
            Failure::unusable(format!("there is no assessment `{named}`"), help)
        });
    }
    let mut open = project
        .assessments
        .iter()
        .filter(|one| one.state != State::Frozen);
    match (open.next(), open.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err(Failure::unusable(
            "no assessment is open",
            "open one: `bulkhead maturity assess open NAME --from DATE --to DATE --assessor PERSON`",
        )),
        (Some(one), Some(other)) => Err(Failure::unusable(
            format!("`{}` and `{}` are both open", one.id, other.id),
            "name the one you mean",
        )),
    }
}

/// Whether an assessment can be approved today.
fn may_be_frozen(assessment: &Assessment, today: Date) -> Result<(), Failure> {
    let Assessment {
        id, to, reviewed, ..
    } = assessment;
    if *to > today {
        return Err(Failure::unusable(
            format!("the period of `{id}` ends on {to} and is not over"),
            "approve it then, or change its period with `bulkhead maturity edit`",
        ));
    }
    if reviewed.is_none() {
        return Err(Failure::unusable(
            format!("the facts of `{id}` are not reviewed"),
            "those who were asked look at them: `bulkhead maturity assess review --done`",
        ));
    }
    Ok(())
}

fn review(
    context: &Context,
    desk: &mut Desk<'_>,
    author: &str,
    named: Option<&str>,
    reviewed: bool,
) -> Result<Exit, Failure> {
    let assessment = open_assessment(desk, named)?.id.clone();
    if !reviewed {
        let done = format!("assessment `{assessment}` is in factual review");
        return context.record(desk, author, vec![Event::ReviewBegun { assessment }], &done);
    }
    let done = format!("the facts of `{assessment}` are reviewed");
    let signed = Signed {
        by: author.to_owned(),
        on: context.today,
        at: Span::default(),
    };
    context.record(
        desk,
        author,
        vec![Event::Reviewed { assessment, signed }],
        &done,
    )
}

/// Verdicts on a model become answers, bound to the model.
fn from_check(
    context: &Context,
    desk: &mut Desk<'_>,
    named: Option<&str>,
    path: &Path,
) -> Result<Exit, Failure> {
    let assessment = open_assessment(desk, named)?.id.clone();
    let file = ModelFile::read(path)?;
    if !file.is_usable() {
        let shown = path.display();
        return Err(Failure::unusable(
            format!("`{shown}` has faults and says nothing"),
            format!("look at them with `bulkhead check {shown}`"),
        ));
    }
    let checked = check::check(&file);
    if !checked.certified.accepted {
        return Err(Failure::internal(
            check::refused(&checked.certified).join("; "),
        ));
    }
    let table = desk.table()?;
    let answers = computed::answers(&table, &file.model, &checked, context.today);
    let style = Style::stdout();
    let rows: Vec<Vec<Cell>> = answers
        .iter()
        .map(|answer| {
            let look = if answer.answer == Answer::Yes {
                Look::Good
            } else {
                Look::Open
            };
            vec![
                Cell::from(&answer.indicator),
                Cell::from(answer.answer).look(look),
                Cell::from(answer.note.as_deref().unwrap_or_default()),
            ]
        })
        .collect();
    let model = maturity::ledger::ModelFile {
        file: path.display().to_string(),
        digest: checked.verdicts.model,
    };
    let mut events = vec![Event::ModelChecked { model }];
    let count = answers.len();
    events.extend(answers.into_iter().map(|answer| Event::AnswerGiven {
        assessment: assessment.clone(),
        answer,
    }));
    // A computed answer is signed by nobody; who let it be computed is the author of the entry.
    let author = context.author(desk)?;
    if !context.machine() {
        show::people(&table_text(&rows, style));
    }
    let done = format!(
        "{count} answers computed from model {} recorded in `{assessment}`; they fall when the model changes, and no level of 3 or more rests on them alone",
        checked.verdicts.model.short()
    );
    context.record(desk, &author, events, &done)
}

fn table_text(rows: &[Vec<Cell>], style: Style) -> String {
    table(&["indicator", "answer", "because"], rows, style) + "\n"
}

/// Answers from a CSV file, all or none.
fn from_file(
    context: &Context,
    desk: &mut Desk<'_>,
    author: &str,
    named: Option<&str>,
    path: &Path,
) -> Result<Exit, Failure> {
    let meant = open_assessment(desk, named).map(|one| one.id.clone());
    let meant = match named {
        Some(_) => Some(meant?),
        // Lines may name their assessments themselves.
        None => meant.ok(),
    };
    let project = desk.project()?;
    let read = results::answers(
        path,
        project,
        meant.as_deref(),
        &context.library,
        context.today,
    )?;
    context.notes(&read.notes);
    let done = format!("{} answers recorded", read.given.len());
    let events = read
        .given
        .into_iter()
        .map(|(assessment, answer)| Event::AnswerGiven { assessment, answer });
    context.record(desk, author, events.collect(), &done)
}

/// What results under another standard suggest. An assessor decides.
fn suggest(context: &Context, desk: &Desk<'_>, path: &Path) -> Result<Exit, Failure> {
    let results = results::outcomes(path)?;
    let results::Suggested { all, notes } = results::suggestions(&context.library, &results)?;
    context.notes(&notes);
    if context.machine() {
        show::machine(&all);
        return Ok(Exit::Good);
    }
    let style = Style::stdout();
    let project = desk.project()?;
    let names = |id: &str| {
        let practice = context.library.catalog.practice(id);
        practice
            .map_or("", |practice| practice.title.name.as_str())
            .to_owned()
    };
    let rows: Vec<Vec<Cell>> = all
        .iter()
        .map(|one| {
            vec![
                Cell::from(&one.practice),
                Cell::from(names(&one.practice)),
                Cell::from(one.level),
                Cell::from(one.expect),
                Cell::from(one.confidence),
                Cell::from(format!("{} ({}): {}", one.from, one.relation, one.because)),
            ]
        })
        .collect();
    let mut text = format!(
        "What {} results suggest for `{}`; nothing is answered by this: look, then answer.\n\n",
        results.len(),
        show::printable(&project.id)
    );
    let head = ["", "practice", "level", "expect", "confidence", "because"];
    text.push_str(&table(&head, &rows, style));
    show::people(&text);
    Ok(Exit::Good)
}
