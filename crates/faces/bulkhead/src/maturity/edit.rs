//! Changing a project as text, evidence, comments, conflicts.

use super::arguments::Evidence as Given;
use super::context::Context;
use super::exchange::take;
use crate::show;
use crate::style::Style;
use app::maturity::discuss::{self, Undecided};
use app::maturity::import::May;
use app::maturity::{evidence, formats, words};
use app::{Exit, Failure, files};
use maturity::ledger::Entry;
use maturity::project::{Evidence, write};
use source::Span;
use std::path::PathBuf;
use std::process::Command;

/// The editor was given what the ledger had: what it changed is meant, and what others recorded
/// meanwhile is found by the ledger.
const EDIT: May = May {
    replace: true,
    reopen: false,
};

/// Opens the project in an editor; what was changed is recorded. A text with faults is kept, so that
/// no work is lost.
pub fn perform(context: &Context) -> Result<Exit, Failure> {
    let book = context.book()?;
    let mut desk = context.desk(&book)?;
    let author = context.author(&desk)?;
    let before = write(desk.project()?);
    let path = PathBuf::from(format!("{}.edit.kdl", desk.system));
    if path.exists() {
        let shown = path.display();
        return Err(Failure::unusable(
            "edit-unfinished",
            format!("`{shown}` is there already, perhaps from an edit that had faults"),
            format!("record it with `bulkhead maturity import {shown}`, or remove it"),
        ));
    }
    files::write(&path, before.as_bytes(), &[])?;
    // Who sets one to nothing has none.
    let named = ["VISUAL", "EDITOR"].into_iter();
    let mut named = named.filter_map(|name| std::env::var(name).ok());
    let editor = named.find(|editor| !editor.trim().is_empty());
    let editor = editor.unwrap_or_else(|| "vi".to_owned());
    let status = Command::new("sh")
        .args(["-c", &format!("{editor} \"$0\"")])
        .arg(&path)
        .status();
    if !status.is_ok_and(|status| status.success()) {
        // The text is as it was written above, or as far as the editor came; it is not needed.
        let _ = std::fs::remove_file(&path);
        return Err(Failure::unusable(
            "editor-failed",
            format!("the editor `{editor}` did not end well; nothing was recorded"),
            "set `VISUAL` or `EDITOR` to your editor",
        ));
    }
    let read = formats::read(&path, &context.library, context.today);
    let exit = read.and_then(|read| take(context, &mut desk, &author, &read, (false, EDIT)));
    let exit = exit.map_err(|failure| {
        let shown = path.display();
        let help = format!("your text is kept in `{shown}`: mend it and record it with `bulkhead maturity import {shown}`");
        Failure { help, ..failure }
    })?;
    // Recorded; the text is not needed any more.
    let _ = std::fs::remove_file(&path);
    Ok(exit)
}

/// Attaches evidence.
pub fn evidence(context: &Context, given: Given) -> Result<Exit, Failure> {
    let book = context.book()?;
    let mut desk = context.desk(&book)?;
    let author = context.author(&desk)?;
    let evidence = Evidence {
        id: given.name,
        title: given.title,
        kind: given.kind,
        location: given.location,
        digest: None,
        dated: given.dated,
        valid_until: given.valid_until,
        at: Span::default(),
    };
    let done = evidence::attach(&mut desk, &author, evidence, given.file.as_deref())?;
    Ok(context.done(&done))
}

/// Says something about something.
pub fn comment(context: &Context, about: String, text: String) -> Result<Exit, Failure> {
    let book = context.book()?;
    let mut desk = context.desk(&book)?;
    let author = context.author(&desk)?;
    Ok(context.done(&discuss::comment(&mut desk, &author, about, text)?))
}

/// Shows what waits for a decision, or decides it.
pub fn conflicts(
    context: &Context,
    keep: Option<u64>,
    other: Option<u64>,
) -> Result<Exit, Failure> {
    let book = context.book()?;
    let mut desk = context.desk(&book)?;
    let done = match (keep, other) {
        (Some(entry), _) => {
            let author = context.author(&desk)?;
            discuss::keep(&mut desk, &author, entry)?
        }
        (None, Some(entry)) => {
            let author = context.author(&desk)?;
            discuss::take(&mut desk, &author, entry)?
        }
        (None, None) if context.machine() => {
            show::machine(&desk.state.conflicts);
            return Ok(Exit::Good);
        }
        (None, None) => return Ok(undecided(&discuss::undecided(&desk)?)),
    };
    Ok(context.done(&done))
}

fn undecided(all: &[Undecided]) -> Exit {
    if all.is_empty() {
        show::people("nothing waits for a decision\n");
        return Exit::Good;
    }
    let style = Style::stdout();
    let side = |what: &str, entry: &Entry| {
        format!(
            "  {what} entry {} by {}: {}\n",
            entry.stream,
            show::printable(&entry.author),
            show::printable(&words::event(&entry.event))
        )
    };
    let mut text = String::new();
    for Undecided { conflict, standing } in all {
        text.push_str(&format!(
            "{}\n",
            style.bold(&show::printable(&conflict.key.to_string()))
        ));
        if let Some(standing) = standing {
            text.push_str(&side("stands:", standing));
        }
        text.push_str(&side("waits: ", &conflict.entry));
        text.push_str(&format!(
            "  decide: --keep {0} or --take {0}\n",
            conflict.entry.stream
        ));
    }
    show::people(&text);
    Exit::Unmet
}
