//! Assessments: opening, answering, judging, reviewing, approving.

use super::arguments::{Answering, Assess, Interview, Opening};
use super::context::Context;
use super::exchange::listed;
use super::interview;
use super::table::{Cell, Look, table};
use super::workshop;
use crate::show;
use crate::style::Style;
use app::maturity::assess::{self, Computed, Judged, Reply};
use app::maturity::desk::Desk;
use app::maturity::results;
use app::{Exit, Failure};
use maturity::Answer;
use maturity::ledger::AssessmentHead;
use maturity::project::GivenAnswer;
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
        let answers = assess::answers_in(desk, interview.assessment.as_deref(), file)?;
        context.notes(&answers.notes);
        let done = assess::record_answers(desk, &author, answers, interview.replace);
        return Ok(context.done(&done.map_err(listed)?));
    }
    let done = match command {
        None if interview.workshop => return workshop::perform(context, desk, &author, &interview),
        None => return interview::perform(context, desk, &author, &interview),
        Some(Assess::Open(opening)) => assess::open(desk, &author, head(opening)),
        Some(Assess::Answer(given)) => {
            let (assessment, indicator, reply) = reply(given);
            assess::answer(desk, &author, assessment.as_deref(), &indicator, reply)
        }
        Some(Assess::Judge(judging)) => {
            let assessment = assess::meant(desk, judging.assessment.as_deref())?
                .id
                .clone();
            let practice = context.practice(&judging.practice)?;
            let judged = Judged {
                level: judging.level,
                scope: judging.scope,
                because: judging.because,
            };
            assess::judge(desk, &author, Some(&assessment), &practice, judged)
        }
        Some(Assess::Review {
            assessment,
            done: true,
        }) => assess::review(desk, &author, assessment.as_deref()),
        Some(Assess::Review {
            assessment,
            done: false,
        }) => assess::begin_review(desk, &author, assessment.as_deref()),
        Some(Assess::Approve { assessment }) => {
            assess::approve(desk, &author, assessment.as_deref())
        }
    };
    Ok(context.done(&done?))
}

fn head(opening: Opening) -> AssessmentHead {
    let Opening {
        assessment,
        kind,
        from,
        to,
        assessor,
        boundary,
    } = opening;
    AssessmentHead {
        id: assessment,
        kind,
        from,
        to,
        boundary,
        assessors: assessor,
    }
}

/// The assessment that is named, the indicator, and what is answered.
fn reply(given: Answering) -> (Option<String>, String, Reply) {
    let Answering {
        indicator,
        answer,
        method,
        evidence,
        note,
        because,
        approved_by,
        assessment,
    } = given;
    let reply = Reply {
        answer,
        method,
        evidence,
        note,
        because,
        approved_by,
    };
    (assessment, indicator, reply)
}

/// Verdicts on a model become answers, bound to the model.
fn from_check(
    context: &Context,
    desk: &mut Desk<'_>,
    named: Option<&str>,
    path: &Path,
) -> Result<Exit, Failure> {
    let computed = assess::compute(desk, named, path)?;
    let author = context.author(desk)?;
    if !context.machine() {
        show::people(&computed_text(&computed, Style::stdout()));
    }
    Ok(context.done(&assess::record_computed(desk, &author, computed)?))
}

fn computed_text(computed: &Computed, style: Style) -> String {
    let row = |answer: &GivenAnswer| {
        let look = match answer.answer {
            Answer::Yes => Look::Good,
            _ => Look::Open,
        };
        vec![
            Cell::from(&answer.indicator),
            Cell::from(answer.answer).look(look),
            Cell::from(answer.note.as_deref().unwrap_or_default()),
        ]
    };
    let rows: Vec<Vec<Cell>> = computed.answers.iter().map(row).collect();
    table(&["indicator", "answer", "because"], &rows, style) + "\n"
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
