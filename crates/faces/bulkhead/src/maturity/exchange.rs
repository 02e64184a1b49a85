//! Projects in other formats.

use super::arguments::{Form, Meant};
use super::context::Context;
use super::history::kind;
use super::init::{ledger_exists, open_or_create};
use super::table::{Cell, count, table};
use crate::show;
use crate::style::Style;
use app::maturity::desk::{Desk, may_record};
use app::maturity::formats::{self, Read, Written};
use app::maturity::refusal::Refusal;
use app::{Exit, Failure, files};
use maturity::State;
use maturity::ledger::{Event, difference};
use maturity::project::Project;
use std::path::{Path, PathBuf};

/// Writes the project that is meant in a format.
pub fn export(
    context: &Context,
    to: Form,
    output: Option<&Path>,
    meant: &Meant,
) -> Result<Exit, Failure> {
    let subject = context.subject(meant)?;
    context.notes(&subject.notes);
    let view = context.view_of(&subject, meant)?;
    let written = match to {
        Form::Kdl => formats::kdl(&subject),
        Form::Json => formats::json(&subject),
        Form::Xlsx => formats::xlsx(&subject, &view, &context.library)?,
        Form::Csv => formats::csv(&subject, &context.library),
        Form::Markdown => formats::markdown(&subject, &view),
        Form::Html => formats::html(&subject, &view),
        Form::Oscal => formats::oscal(&subject, &context.library, context.today),
        Form::View => formats::view(&view)?,
    };
    let inputs = context.inputs();
    let inputs: Vec<&Path> = inputs.iter().map(PathBuf::as_path).collect();
    match (written, output) {
        (Written::One(bytes), Some(path)) => {
            files::write(path, &bytes, &inputs)?;
        }
        (Written::One(bytes), None) => match String::from_utf8(bytes) {
            Ok(text) => show::people(&text),
            Err(_) => {
                return Err(Failure::unusable(
                    "a workbook is not for the terminal",
                    "name a file with `-o FILE`",
                ));
            }
        },
        (Written::Many { files, lost }, Some(folder)) => {
            formats::write_folder(folder, &files, &inputs)?;
            let lost: Vec<String> = lost
                .iter()
                .map(|what| format!("not carried: {what}"))
                .collect();
            context.notes(&lost);
        }
        (Written::Many { .. }, None) => {
            return Err(Failure::unusable(
                "this format is a folder of files",
                "name a folder with `-o FOLDER`",
            ));
        }
    }
    if context.file().is_none() {
        context.notes(&["the project as it is now; who recorded what when stays in the ledger: `bulkhead ledger backup`".to_owned()]);
    }
    Ok(Exit::Good)
}

/// How a file is taken in.
#[derive(Clone, Copy, Debug)]
pub struct Mode {
    /// Only say what would be recorded.
    pub dry_run: bool,
    /// Also change and remove what the ledger has.
    pub replace: bool,
    /// Also change what was approved: it is opened again, which is recorded.
    pub reopen: bool,
}

/// Records in the ledger what a file says; makes the ledger, and the project in it, if there is none.
pub fn import(context: &Context, path: &Path, mode: Mode) -> Result<Exit, Failure> {
    may_record(context.today)?;
    let read = formats::read(path, &context.library, context.today)?;
    let name = read.project.id.clone();
    if let Some(named) = &context.common.project
        && *named != name
    {
        let shown = path.display();
        return Err(Failure::unusable(
            format!("`{shown}` holds the project `{name}`, not `{named}`"),
            format!("leave `--project` out, or give it as `{name}`"),
        ));
    }
    if !ledger_exists(context) {
        if mode.dry_run {
            context.notes(&read.notes);
            return Ok(would_record(&difference(None, &read.project)));
        }
        // Before anything is made.
        author_among(context, &read.project)?;
    }
    let (book, made) = open_or_create(context)?;
    let mut desk = Desk::open(&book, &context.library, &name, context.today)?;
    let author = match &desk.state.project {
        Some(_) => context.author(&desk)?.as_str().to_owned(),
        None => author_among(context, &read.project)?,
    };
    let exit = take(context, &mut desk, &author, &read, mode)?;
    if made {
        let ledger = store::shown(&context.common.ledger);
        show::people(&format!("ledger `{ledger}` made\n"));
    }
    Ok(exit)
}

/// Who records a project that is not in the ledger yet: one of its own people.
fn author_among(context: &Context, project: &Project) -> Result<String, Failure> {
    let people: Vec<&str> = project
        .people
        .iter()
        .map(|person| person.id.as_str())
        .collect();
    match (context.common.author.as_deref(), people.as_slice()) {
        (Some(author), people) if people.contains(&author) => Ok(author.to_owned()),
        (None, [only]) => Ok((*only).to_owned()),
        (author, people) => Err(Failure::unusable(
            match author {
                Some(author) => format!("the project has no person `{author}`"),
                None => "it is not said who you are".to_owned(),
            },
            format!("say it with `--as`: one of `{}`", people.join("`, `")),
        )),
    }
}

fn rows(events: &[&Event]) -> Vec<Vec<Cell>> {
    let row = |event: &&Event| vec![Cell::from(kind(event)), Cell::from(event.key())];
    events.iter().map(row).collect()
}

fn would_record(events: &[Event]) -> Exit {
    let all: Vec<&Event> = events.iter().collect();
    let mut text = table(&["what", "about"], &rows(&all), Style::stdout());
    text.push_str(&format!(
        "\n{} would be recorded\n",
        count(events.len(), "entry", "entries")
    ));
    show::people(&text);
    Exit::Good
}

/// Records what a file changes in a project of the ledger.
pub fn take(
    context: &Context,
    desk: &mut Desk<'_>,
    author: &str,
    read: &Read,
    mode: Mode,
) -> Result<Exit, Failure> {
    context.notes(&read.notes);
    if read.project.id != desk.system {
        let other = &read.project.id;
        return Err(Failure::unusable(
            format!("the text is about `{other}`, not `{}`", desk.system),
            "a project keeps its name",
        ));
    }
    let events = difference(desk.state.project.as_ref(), &read.project);
    if events.is_empty() {
        show::people("nothing is different: nothing was recorded\n");
        return Ok(Exit::Good);
    }
    if mode.dry_run {
        return Ok(would_record(&events));
    }
    let frozen = |id: &str| {
        let project = desk.state.project.as_ref();
        let known = project.and_then(|project| project.assessment(id));
        known.is_some_and(|known| known.state == State::Frozen)
    };
    let opened = events.iter().find_map(|event| match event {
        Event::Reopened { assessment } if frozen(assessment) => Some(assessment),
        _ => None,
    });
    if let Some(assessment) = opened.filter(|_| mode.replace && !mode.reopen) {
        let assessment = assessment.clone();
        return Err(Refusal::Frozen { assessment }.into());
    }
    let held = |event: &&Event| desk.state.held.contains_key(&event.key());
    let replaced: Vec<&Event> = events.iter().filter(held).collect();
    if !replaced.is_empty() && !mode.replace {
        let few: Vec<&Event> = replaced.iter().take(20).copied().collect();
        let list = table(&["what", "about"], &rows(&few), Style::stderr());
        return Err(Failure::unusable(
            format!(
                "the file would change or remove {} that the ledger has; nothing was recorded",
                count(replaced.len(), "thing", "things")
            ),
            "if the file is the truth and nobody else recorded meanwhile, say so with `--replace`; all of it is listed by `--dry-run`",
        )
        .with_details(vec![list]));
    }
    let recorded = count(events.len(), "entry", "entries");
    let done = format!("{recorded} recorded for `{}`", desk.system);
    context.record(desk, author, events, &done)
}
