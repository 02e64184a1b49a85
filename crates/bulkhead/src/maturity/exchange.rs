//! Projects in other formats.

use super::arguments::{Form, Meant};
use super::context::Context;
use super::init::{ledger_exists, open_or_create};
use super::table::{Cell, table};
use crate::show;
use crate::style::Style;
use app::maturity::desk::Desk;
use app::maturity::formats::{self, Read, Written};
use app::{Exit, Failure, files};
use maturity::ledger::{Event, difference};
use std::path::Path;

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
    let file = context.file();
    match (written, output) {
        (Written::One(bytes), Some(path)) => {
            let inputs: Vec<&Path> = file.into_iter().collect();
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
            formats::write_folder(folder, &files)?;
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
    if file.is_none() {
        context.notes(&["the project as it is now; who recorded what when stays in the ledger: `bulkhead ledger backup`".to_owned()]);
    }
    Ok(Exit::Good)
}

/// Records in the ledger what a file says; makes the ledger, and the project in it, if there is none.
pub fn import(context: &Context, path: &Path, dry_run: bool) -> Result<Exit, Failure> {
    let read = formats::read(path, &context.library, context.today)?;
    let name = read.project.id.clone();
    if let Some(named) = &context.common.project
        && *named != name
    {
        return Err(Failure::unusable(
            format!(
                "`{}` holds the project `{name}`, not `{named}`",
                path.display()
            ),
            format!("leave `--project` out, or give it as `{name}`"),
        ));
    }
    if dry_run && !ledger_exists(context) {
        context.notes(&read.notes);
        return Ok(would_record(&difference(None, &read.project)));
    }
    let (book, made) = open_or_create(context)?;
    let mut desk = Desk::open(&book, &context.library, &name, context.today)?;
    let author = match (&desk.state.project, &context.common.author) {
        (Some(_), _) => context.author(&desk)?,
        (None, Some(author)) => author.clone(),
        (None, None) => match read.project.people.as_slice() {
            [only] => only.id.clone(),
            people => {
                let people: Vec<&str> = people.iter().map(|person| person.id.as_str()).collect();
                return Err(Failure::unusable(
                    "it is not said who you are",
                    format!("say it with `--as`: one of `{}`", people.join("`, `")),
                ));
            }
        },
    };
    let exit = take(context, &mut desk, &author, &read, dry_run)?;
    if made {
        show::people(&format!("ledger `{}` made\n", context.common.ledger));
    }
    Ok(exit)
}

fn would_record(events: &[Event]) -> Exit {
    let rows: Vec<Vec<Cell>> = (events.iter())
        .map(|event| {
            vec![
                Cell::from(super::history::kind(event)),
                Cell::from(event.key()),
            ]
        })
        .collect();
    let mut text = table(&["what", "about"], &rows, Style::stdout());
    text.push_str(&format!("\n{} entries would be recorded\n", events.len()));
    show::people(&text);
    Exit::Good
}

/// Records what a file changes in a project of the ledger.
pub fn take(
    context: &Context,
    desk: &mut Desk<'_>,
    author: &str,
    read: &Read,
    dry_run: bool,
) -> Result<Exit, Failure> {
    context.notes(&read.notes);
    if read.project.id != desk.system {
        return Err(Failure::unusable(
            format!(
                "the text is about `{}`, not `{}`",
                read.project.id, desk.system
            ),
            "a project keeps its name",
        ));
    }
    let events = difference(desk.state.project.as_ref(), &read.project);
    if events.is_empty() {
        show::people("nothing is different: nothing was recorded\n");
        return Ok(Exit::Good);
    }
    if dry_run {
        return Ok(would_record(&events));
    }
    let done = format!("{} entries recorded for `{}`", events.len(), desk.system);
    context.record(desk, author, events, &done)
}
