//! What people of a project say to each other: comments, and decisions where two set the same at once.

use super::desk::{Author, Desk};
use super::recording::Done;
use super::refusal::Refusal;
use crate::Failure;
use maturity::ledger::{Conflict, Entry, Event, Key};

/// Two entries about one thing, of which one stands.
#[derive(Clone, Debug)]
pub struct Undecided {
    /// What it is about, and the entry that waits.
    pub conflict: Conflict,
    /// The entry that stands; none if nothing does.
    pub standing: Option<Entry>,
}

/// Says something about what a key names; about the whole if it is empty.
///
/// # Errors
/// There is nothing of that key, or the ledger refuses it.
pub fn comment(
    desk: &mut Desk<'_>,
    author: &Author,
    about: String,
    text: String,
) -> Result<Done, Failure> {
    let known = || desk.state.held.contains_key(&Key::from(about.clone()));
    if !about.is_empty() && !known() {
        return Err(Refusal::NothingCalled { about }.into());
    }
    let on = desk.today;
    let event = Event::Commented { about, text, on };
    desk.perform(author, vec![event], "said".to_owned())
}

/// What waits for a decision.
///
/// # Errors
/// The ledger cannot be read.
pub fn undecided(desk: &Desk<'_>) -> Result<Vec<Undecided>, Failure> {
    let conflicts = &desk.state.conflicts;
    if conflicts.is_empty() {
        return Ok(Vec::new());
    }
    let entries = desk.book.entries(&desk.system, 0)?;
    let both = |conflict: &Conflict| {
        let mut entries = entries.iter();
        let standing = entries.find(|entry| entry.stream == conflict.standing);
        Undecided {
            conflict: conflict.clone(),
            standing: standing.cloned(),
        }
    };
    Ok(conflicts.iter().map(both).collect())
}

/// Leaves what stands: the entry of that number was seen, and is not taken.
///
/// # Errors
/// It waits for no decision, or the ledger refuses it.
pub fn keep(desk: &mut Desk<'_>, author: &Author, entry: u64) -> Result<Done, Failure> {
    waiting(desk, entry)?;
    let events = vec![Event::Settled { entry }];
    desk.perform(author, events, "what stands is kept".to_owned())
}

/// Takes the entry of that number in the place of what stands.
///
/// # Errors
/// As for [`keep`].
pub fn take(desk: &mut Desk<'_>, author: &Author, entry: u64) -> Result<Done, Failure> {
    let events = vec![waiting(desk, entry)?.entry.event.clone()];
    desk.perform(author, events, "the other is taken".to_owned())
}

fn waiting<'d>(desk: &'d Desk<'_>, entry: u64) -> Result<&'d Conflict, Refusal> {
    let mut all = desk.state.conflicts.iter();
    all.find(|conflict| conflict.entry.stream == entry)
        .ok_or(Refusal::NotWaiting { entry })
}
