//! Two points in time, or several projects, side by side.

use super::arguments::Meant;
use super::context::Context;
use super::standing::levels_text;
use super::table::{Cell, Look, count, table};
use crate::show;
use crate::style::Style;
use app::maturity::desk::Desk;
use app::maturity::documents::Compared;
use app::maturity::subject::Subject;
use app::{Exit, Failure};
use maturity::compare::{Move, changes, portfolio};
use maturity::project::Assessment;
use maturity::score::{PracticeScore, score};
use maturity::settle::{Now, settle};
use maturity::{Scope, ScopeFound};
use std::path::Path;

/// Compares assessments of the project if all names are such; projects otherwise.
pub fn perform(context: &Context, what: &[String], scope: Scope) -> Result<Exit, Failure> {
    let subject = context.subject(&Meant::default());
    if let (Ok(subject), [before, after]) = (&subject, what) {
        let found = (
            subject.project.assessment(before),
            subject.project.assessment(after),
        );
        if let (Some(before), Some(after)) = found {
            return points(context, subject, before, after);
        }
    }
    let scores = |name: &String| scores_of(context, name);
    let scores = what.iter().map(scores).collect::<Result<Vec<_>, Failure>>();
    // A name that is neither: say what the assessments are, too.
    let scores = scores.map_err(|failure| match subject {
        Ok(subject) if !subject.project.assessments.is_empty() => {
            let known: Vec<&str> = subject
                .project
                .assessments
                .iter()
                .map(|one| one.id.as_str())
                .collect();
            Failure::unusable(
                failure.code,
                failure.message,
                format!(
                    "{}; its assessments are `{}`",
                    failure.help,
                    known.join("`, `")
                ),
            )
        }
        _ => failure,
    })?;
    projects(context, &scores, scope)
}

fn scored(subject: &Subject, assessment: &Assessment) -> Vec<PracticeScore> {
    let settled = settle(
        &subject.project,
        assessment,
        &subject.table,
        &Now::default(),
    );
    score(&subject.table, &settled)
}

fn points(
    context: &Context,
    subject: &Subject,
    before: &Assessment,
    after: &Assessment,
) -> Result<Exit, Failure> {
    let changes = changes(&scored(subject, before), &scored(subject, after));
    if context.machine() {
        show::machine(&Compared {
            format: Compared::FORMAT,
            what: vec![before.id.clone(), after.id.clone()],
            changes: Some(changes),
            across: None,
        });
        return Ok(Exit::Good);
    }
    let style = Style::stdout();
    let levels = |found: &Option<ScopeFound>| found.as_ref().map_or("–".to_owned(), levels_text);
    let rows: Vec<Vec<Cell>> = changes
        .iter()
        .map(|change| {
            let rises = change.moves.iter().any(Move::rises);
            let falls = change.moves.iter().any(Move::falls);
            let (word, look) = match (rises, falls) {
                (true, false) => ("rises", Look::Good),
                (false, true) => ("FALLS", Look::Bad),
                (true, true) => ("rises and FALLS", Look::Bad),
                (false, false) => ("changes", Look::Plain),
            };
            let name = context.library.catalog.practice(&change.practice);
            vec![
                Cell::from(&change.practice),
                Cell::from(name.map_or("", |practice| practice.title.name.as_str())),
                Cell::from(levels(&change.before)),
                Cell::from(levels(&change.after)),
                Cell::from(word).look(look),
            ]
        })
        .collect();
    let head = ["", "practice", before.id.as_str(), after.id.as_str(), ""];
    let mut text = table(&head, &rows, style);
    let same = subject.table.practices.len() - changes.len().min(subject.table.practices.len());
    let same = count(same, "practice is", "practices are");
    text.push_str(&format!("\n{same} the same\n"));
    show::people(&text);
    Ok(Exit::Good)
}

/// Name and current levels of a project by name or file.
fn scores_of(context: &Context, name: &str) -> Result<(String, Vec<PracticeScore>), Failure> {
    let path = Path::new(name);
    let subject = if path.exists() {
        Subject::of_file(path, &context.library, context.today)?
    } else {
        let book = context.book()?;
        Subject::of_desk(&Desk::open(&book, &context.library, name, context.today)?)?
    };
    let view = context.view_of(&subject, &Meant::default())?;
    let id = view.assessment.map(|one| one.id).ok_or_else(|| {
        Failure::unusable(
            "nothing-assessed",
            format!("nothing is assessed in `{name}`"),
            "assess it first, or leave it out",
        )
    })?;
    let assessment = subject.project.assessment(&id);
    let now = Now {
        today: Some(context.today),
        model: subject.model,
    };
    let settled = assessment.map(|one| settle(&subject.project, one, &subject.table, &now));
    let scores = score(&subject.table, &settled.unwrap_or_default());
    Ok((subject.project.id, scores))
}

fn projects(
    context: &Context,
    scores: &[(String, Vec<PracticeScore>)],
    scope: Scope,
) -> Result<Exit, Failure> {
    let across = portfolio(scores, scope);
    if context.machine() {
        show::machine(&Compared {
            format: Compared::FORMAT,
            what: scores.iter().map(|(name, _)| name.clone()).collect(),
            changes: None,
            across: Some(across),
        });
        return Ok(Exit::Good);
    }
    let style = Style::stdout();
    let rows: Vec<Vec<Cell>> = across
        .iter()
        .map(|one| {
            let name = context.library.catalog.practice(&one.practice);
            let name = name.map_or("", |practice| practice.title.name.as_str());
            let mut row = vec![Cell::from(&one.practice), Cell::from(name)];
            row.extend(one.levels.iter().map(|found| Cell::from(found.sign())));
            row.push(Cell::from(one.rollup.minimum.sign()));
            row
        })
        .collect();
    let mut head = vec!["", "practice"];
    head.extend(scores.iter().map(|(name, _)| name.as_str()));
    head.push("lowest");
    let mut text = table(&head, &rows, style);
    text.push_str(&format!(
        "\n  levels at {scope} scope; ? where it is not judged, – where it is undefined or excluded\n"
    ));
    show::people(&text);
    Ok(Exit::Good)
}
