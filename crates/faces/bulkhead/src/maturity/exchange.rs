//! Projects in other formats.

use super::arguments::{Form, Meant};
use super::context::Context;
use super::help;
use super::table::{Cell, count, table};
use crate::show;
use crate::style::Style;
use app::maturity::book::{self, Book};
use app::maturity::desk::{Author, Desk, may_record};
use app::maturity::formats::{self, Read};
use app::maturity::import::{self, Changes, May};
use app::maturity::refusal::Refusal;
use app::maturity::words::Change;
use app::maturity::written::{self, Written};
use app::{Exit, Failure, files};
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
    context.notes(&help::notes(&subject.notes));
    let view = context.view_of(&subject, meant)?;
    let written = match to {
        Form::Kdl => written::kdl(&subject),
        Form::Json => written::json(&subject),
        Form::Xlsx => written::xlsx(&subject, &view, &context.library)?,
        Form::Csv => written::csv(&subject, &context.library),
        Form::Markdown => written::markdown(&subject, &view),
        Form::Html => written::html(&subject, &view),
        Form::Oscal => written::oscal(&subject, &context.library, context.today),
        Form::View => written::view(&view)?,
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
                    "not-for-terminal",
                    "a workbook is not for the terminal",
                    "name a file with `-o FILE`",
                ));
            }
        },
        (Written::Many { files, lost }, Some(folder)) => {
            written::write_folder(folder, &files, &inputs)?;
            let lost: Vec<String> = lost
                .iter()
                .map(|what| format!("not carried: {what}"))
                .collect();
            context.notes(&lost);
        }
        (Written::Many { .. }, None) => {
            return Err(Failure::unusable(
                "not-for-terminal",
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

/// Records in the ledger what a file says; makes the ledger, and the project in it, if there is none.
/// In a dry run it only says what would be recorded.
pub fn import(context: &Context, path: &Path, dry_run: bool, may: May) -> Result<Exit, Failure> {
    may_record(context.today)?;
    let read = formats::read(path, &context.library, context.today)?;
    let name = &read.project.id;
    if let Some(named) = &context.common.project
        && named != name
    {
        let shown = path.display();
        return Err(Failure::unusable(
            "other-project",
            format!("`{shown}` holds the project `{name}`, not `{named}`"),
            format!("leave `--project` out, or give it as `{name}`"),
        ));
    }
    let address = &context.common.ledger;
    if !Book::exists(address) {
        if dry_run {
            context.notes(&read.notes);
            return Ok(would_record(&Changes::new_project(&read.project)));
        }
        // Before anything is made.
        author_among(context, &read.project)?;
    }
    let (book, made) = Book::open_or_create(address)?;
    let mut desk = Desk::open(&book, &context.library, name, context.today)?;
    let author = match &desk.state.project {
        Some(_) => context.author(&desk)?,
        None => author_among(context, &read.project)?,
    };
    let exit = take(context, &mut desk, &author, &read, (dry_run, may))?;
    if made {
        show::people(&format!("ledger `{}` made\n", book::shown(address)));
    }
    Ok(exit)
}

/// Who records a project that is not in the ledger yet: one of its own people.
fn author_among(context: &Context, project: &Project) -> Result<Author, Failure> {
    let named = context.common.author.as_deref();
    import::author_among(project, named).map_err(|failure| {
        let people: Vec<&str> = project.people.iter().map(|one| one.id.as_str()).collect();
        let help = format!("say it with `--as`: one of `{}`", people.join("`, `"));
        Failure { help, ..failure }
    })
}

fn rows(changes: &[Change]) -> Vec<Vec<Cell>> {
    let row = |change: &Change| vec![Cell::from(&change.what), Cell::from(&change.about)];
    changes.iter().map(row).collect()
}

fn would_record(changes: &Changes) -> Exit {
    let all = changes.list();
    let mut text = table(&["what", "about"], &rows(&all), Style::stdout());
    text.push_str(&format!(
        "\n{} would be recorded\n",
        count(all.len(), "entry", "entries")
    ));
    show::people(&text);
    Exit::Good
}

/// Records what a file changes in a project of the ledger.
pub fn take(
    context: &Context,
    desk: &mut Desk<'_>,
    author: &Author,
    read: &Read,
    (dry_run, may): (bool, May),
) -> Result<Exit, Failure> {
    context.notes(&read.notes);
    let changes = Changes::between(desk, &read.project)?;
    if changes.is_empty() {
        show::people("nothing is different: nothing was recorded\n");
        return Ok(Exit::Good);
    }
    if dry_run {
        return Ok(would_record(&changes));
    }
    let done = changes.record(desk, author, may).map_err(listed)?;
    Ok(context.done(&done))
}

/// A refusal to replace with the first of what would be replaced.
pub fn listed(failure: Failure) -> Failure {
    let changes = match failure.refusal.as_deref() {
        Some(Refusal::Replaces { changes }) => changes.as_slice(),
        _ => return failure,
    };
    let few = changes.get(..20).unwrap_or(changes);
    let list = table(&["what", "about"], &rows(few), Style::stderr());
    failure.with_details(vec![list])
}
