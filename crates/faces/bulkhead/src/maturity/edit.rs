//! Changing a project as text, evidence, comments, conflicts.

use super::arguments::Evidence as Given;
use super::context::Context;
use super::exchange::{Mode, take};
use super::history::kind;
use crate::show;
use crate::style::Style;
use app::maturity::formats;
use app::{Exit, Failure, files};
use maturity::ledger::Event;
use maturity::project::{Evidence, write};
use source::Span;
use std::path::PathBuf;
use std::process::Command;

/// The editor was given what the ledger had: what it changed is meant, and what others recorded
/// meanwhile is found by the ledger.
const EDIT: Mode = Mode {
    dry_run: false,
    replace: true,
    reopen: false,
};
/// Largest file that is attached, in bytes.
const ATTACHED_BYTES_MAX: u64 = 1 << 30;

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
            format!("`{shown}` is there already, perhaps from an edit that had faults"),
            format!("record it with `bulkhead maturity import {shown}`, or remove it"),
        ));
    }
    files::write(&path, before.as_bytes(), &[])?;
    let editor = std::env::var("VISUAL").or_else(|_| std::env::var("EDITOR"));
    let editor = editor.unwrap_or_else(|_| "vi".to_owned());
    let status = Command::new("sh")
        .args(["-c", &format!("{editor} \"$0\"")])
        .arg(&path)
        .status();
    if !status.is_ok_and(|status| status.success()) {
        // The text is as it was written above, or as far as the editor came; it is not needed.
        let _ = std::fs::remove_file(&path);
        return Err(Failure::unusable(
            format!("the editor `{editor}` did not end well; nothing was recorded"),
            "set `VISUAL` or `EDITOR` to your editor",
        ));
    }
    let read = formats::read(&path, &context.library, context.today);
    let exit = read.and_then(|read| take(context, &mut desk, author.as_str(), &read, EDIT));
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
    let digest = match &given.file {
        Some(file) => Some(book.attach(file, ATTACHED_BYTES_MAX)?),
        None => None,
    };
    let location = given.location.or_else(|| {
        let name = given.file.as_ref()?.file_name()?;
        Some(name.to_string_lossy().into_owned())
    });
    let done = match digest {
        Some(digest) => format!("evidence `{}` attached, sha-256 {digest}", given.name),
        None => format!("evidence `{}` recorded", given.name),
    };
    let evidence = Evidence {
        id: given.name,
        title: given.title,
        kind: given.kind,
        location,
        digest,
        dated: given.dated,
        valid_until: given.valid_until,
        at: Span::default(),
    };
    context.record(
        &mut desk,
        author.as_str(),
        vec![Event::EvidenceAttached { evidence }],
        &done,
    )
}

/// Says something about something.
pub fn comment(context: &Context, about: String, text: String) -> Result<Exit, Failure> {
    let book = context.book()?;
    let mut desk = context.desk(&book)?;
    let author = context.author(&desk)?;
    if !about.is_empty() && !desk.state.held.contains_key(&about) {
        return Err(Failure::unusable(
            format!("there is nothing called `{about}`"),
            "take what `bulkhead maturity history --entries` shows under `about`",
        ));
    }
    let on = context.today;
    let event = Event::Commented { about, text, on };
    context.record(&mut desk, author.as_str(), vec![event], "said")
}

/// Shows what waits for a decision, or decides it.
pub fn conflicts(
    context: &Context,
    keep: Option<u64>,
    other: Option<u64>,
) -> Result<Exit, Failure> {
    let book = context.book()?;
    let mut desk = context.desk(&book)?;
    if let Some(entry) = keep.or(other) {
        let author = context.author(&desk)?;
        let mut all = desk.state.conflicts.iter();
        let found = all.find(|conflict| conflict.entry.stream == entry).cloned();
        let conflict = found.ok_or_else(|| {
            Failure::unusable(
                format!("entry {entry} waits for no decision"),
                "see those that do with `bulkhead maturity conflicts`",
            )
        })?;
        return match keep {
            Some(_) => {
                let events = vec![Event::Settled { entry }];
                context.record(&mut desk, author.as_str(), events, "what stands is kept")
            }
            None => {
                let events = vec![conflict.entry.event];
                context.record(&mut desk, author.as_str(), events, "the other is taken")
            }
        };
    }
    if context.machine() {
        show::machine(&desk.state.conflicts);
        return Ok(Exit::Good);
    }
    let conflicts = &desk.state.conflicts;
    if conflicts.is_empty() {
        show::people("nothing waits for a decision\n");
        return Ok(Exit::Good);
    }
    let style = Style::stdout();
    let entries = book.entries(&desk.system, 0)?;
    let mut text = String::new();
    for conflict in conflicts {
        let standing = entries
            .iter()
            .find(|entry| entry.stream == conflict.standing);
        text.push_str(&format!(
            "{}\n",
            style.bold(&show::printable(&conflict.key))
        ));
        if let Some(standing) = standing {
            let (by, what) = (&standing.author, kind(&standing.event));
            text.push_str(&format!(
                "  stands: entry {} by {}: {}\n",
                standing.stream,
                show::printable(by),
                show::printable(&what)
            ));
        }
        let late = &conflict.entry;
        let (by, what) = (&late.author, kind(&late.event));
        text.push_str(&format!(
            "  waits:  entry {} by {}: {}\n",
            late.stream,
            show::printable(by),
            show::printable(&what)
        ));
        text.push_str(&format!(
            "  decide: --keep {0} or --take {0}\n",
            late.stream
        ));
    }
    show::people(&text);
    Ok(Exit::Unmet)
}
