//! A ledger with projects in it: entries of the store become events, events add up to states.

use super::refusal::Refusal;
use crate::Failure;
use maturity::ledger::{Entry, Event, FORMAT, State};
use record::Digest;
use std::path::{Path, PathBuf};
use store::{BlockingLedger, Ledger, New};

pub use store::{Fault, Head, Report};

/// A file whose bytes are known and not kept yet.
pub(super) type Measured = store::Measured<std::fs::File>;

/// Entries that are read at a time.
const CHUNK: u32 = 5_000;
/// So many entries after the last snapshot make a new one worth its place.
const SNAPSHOT_ENTRIES: u64 = 200;

/// An open ledger.
#[derive(Debug)]
pub struct Book {
    ledger: BlockingLedger,
}

impl Book {
    /// Opens a ledger: a file, `sqlite:PATH` or `postgres://USER@HOST/DATABASE`.
    ///
    /// # Errors
    /// There is none, or it cannot be read; another user may have laid it out.
    pub fn open(address: &str) -> Result<Self, Failure> {
        trust(address)?;
        let ledger = BlockingLedger::open(address).map_err(failure)?;
        Ok(Self { ledger })
    }

    /// Whether there is a ledger of that address; a server always is until it is asked.
    pub fn exists(address: &str) -> bool {
        files(address).first().is_none_or(|file| file.exists())
    }

    /// Opens a ledger that has to be there.
    ///
    /// # Errors
    /// As for [`Book::open`].
    pub fn open_known(address: &str) -> Result<Self, Failure> {
        if !Self::exists(address) {
            let ledger = address.to_owned();
            return Err(Refusal::NoLedger { ledger }.into());
        }
        Self::open(address)
    }

    /// Opens a ledger, or makes it if it is not there yet; true if it was made.
    ///
    /// # Errors
    /// It can be neither opened nor made.
    pub fn open_or_create(address: &str) -> Result<(Self, bool), Failure> {
        if !Self::exists(address) {
            return Ok((Self::create(address)?, true));
        }
        match Self::open(address) {
            Ok(book) => Ok((book, false)),
            Err(failure) if !files(address).is_empty() => Err(failure),
            // A server may be there and have no ledger yet.
            Err(failure) => match Self::create(address) {
                Ok(book) => Ok((book, true)),
                Err(_) => Err(failure),
            },
        }
    }

    /// Makes an empty ledger.
    ///
    /// # Errors
    /// There is something already, or it cannot be made.
    pub fn create(address: &str) -> Result<Self, Failure> {
        trust(address)?;
        let ledger = BlockingLedger::create(address).map_err(failure)?;
        Ok(Self { ledger })
    }

    /// Makes a new ledger from a backup: all of it, or none.
    ///
    /// # Errors
    /// The backup is not whole, or there is a ledger already.
    pub fn restore(file: &Path, address: &str) -> Result<Head, Failure> {
        trust(address)?;
        BlockingLedger::restore(file, address).map_err(failure)
    }

    /// Asks the ledger something.
    pub(super) fn ask<T: Send>(
        &self,
        question: impl AsyncFnOnce(&Ledger) -> store::Result<T> + Send,
    ) -> Result<T, Failure> {
        self.ledger.ask(question).map_err(failure)
    }

    /// Names of all systems, by name.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn systems(&self) -> Result<Vec<String>, Failure> {
        let mut all: Vec<String> = Vec::new();
        loop {
            let after = all.last().cloned().unwrap_or_default();
            let next = self.ask(async |ledger| ledger.systems("", &after, CHUNK).await)?;
            let last = next.is_empty();
            all.extend(next.into_iter().map(|stream| stream.system));
            if last {
                return Ok(all);
            }
        }
    }

    /// The name of the project that is meant: the one named, or the only one there is.
    ///
    /// # Errors
    /// None is named, and there is none or more than one; or the ledger cannot be read.
    pub fn system(&self, named: Option<&str>) -> Result<String, Failure> {
        if let Some(named) = named {
            return Ok(named.to_owned());
        }
        let mut known = self.systems()?;
        match (known.pop(), known.is_empty()) {
            (Some(one), true) => Ok(one),
            (None, _) => Err(Refusal::NoProjects {}.into()),
            (Some(last), false) => {
                known.push(last);
                Err(Refusal::ManyProjects { known }.into())
            }
        }
    }

    /// What the entries of a system add up to; empty if it has none.
    ///
    /// # Errors
    /// The ledger cannot be read, or was written by a later version.
    pub fn state(&self, system: &str) -> Result<State, Failure> {
        let kept = self.ask(async |ledger| ledger.snapshot(system, FORMAT, u64::MAX >> 1).await)?;
        // One that is not understood is as good as none: all entries are folded.
        let kept = kept.and_then(|kept| serde_json::from_str(&kept.body).ok());
        let mut state: State = kept.unwrap_or_default();
        let begun = state.read;
        self.follow(system, &mut state)?;
        if state.read >= begun + SNAPSHOT_ENTRIES
            && let Ok(body) = serde_json::to_string(&state)
        {
            // A snapshot only saves time; without it the entries are folded again.
            let put = async |ledger: &Ledger| {
                ledger.put_snapshot(system, state.read, FORMAT, &body).await
            };
            let _ = self.ask(put);
        }
        Ok(state)
    }

    /// Adds to a state what was recorded since.
    ///
    /// # Errors
    /// As for [`Book::state`].
    pub fn follow(&self, system: &str, state: &mut State) -> Result<(), Failure> {
        loop {
            let after = state.read;
            let next = self.ask(async |ledger| ledger.read(system, after, CHUNK).await)?;
            if next.is_empty() {
                return Ok(());
            }
            for entry in next {
                state.apply(&self::entry(entry)?);
            }
        }
    }

    /// All entries of a system after a position, in order.
    ///
    /// # Errors
    /// As for [`Book::state`].
    pub fn entries(&self, system: &str, after: u64) -> Result<Vec<Entry>, Failure> {
        let mut all: Vec<Entry> = Vec::new();
        loop {
            let after = all.last().map_or(after, |entry| entry.stream);
            let next = self.ask(async |ledger| ledger.read(system, after, CHUNK).await)?;
            if next.is_empty() {
                return Ok(all);
            }
            for entry in next {
                all.push(self::entry(entry)?);
            }
        }
    }

    /// Records events, and keeps the file that they refer to: all or nothing, by an author who has read up
    /// to `base`.
    pub(super) fn record(
        &self,
        system: &str,
        (author, base, at_ns): (&str, u64, u64),
        events: &[Event],
        file: Option<&mut Measured>,
    ) -> Result<(), Failure> {
        let new = |event: &Event| {
            let body = serde_json::to_string(event);
            Ok(New {
                system: system.to_owned(),
                author: author.to_owned(),
                at_ns,
                base,
                key: event.key().to_string(),
                body: body.map_err(|_| Failure::internal("an event cannot be written"))?,
            })
        };
        let batch = events
            .iter()
            .map(new)
            .collect::<Result<Vec<New>, Failure>>()?;
        self.ask(async |ledger| match file {
            Some(file) => ledger.append_with(file, batch).await,
            None => ledger.append(batch).await,
        })?;
        Ok(())
    }

    /// Finds every altered byte. With an end that an earlier verification gave also entries that were cut
    /// off since.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn verify(
        &self,
        after: Option<Head>,
        progress: &mut (dyn FnMut(u64, u64) + Send),
    ) -> Result<Report, Failure> {
        self.ask(async |ledger| ledger.verify(after, progress).await)
    }

    /// Writes everything to one file; answers the end of what was written.
    ///
    /// # Errors
    /// The ledger cannot be read, or the file not be written.
    pub fn backup(&self, file: &Path) -> Result<Head, Failure> {
        self.ask(async |ledger| ledger.backup(file).await)
    }

    /// Throws away what is derived from the entries; it is made again when it is needed.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn renew(&self) -> Result<(), Failure> {
        self.ask(async |ledger| ledger.clear_derived().await)
    }

    /// Writes an attached file out again, not over one of `inputs`.
    ///
    /// # Errors
    /// There is none of that digest, or it cannot be written.
    pub fn extract(&self, digest: Digest, output: &Path, inputs: &[&Path]) -> Result<(), Failure> {
        crate::files::write_with(output, inputs, &mut |file| {
            self.ask(async |ledger| ledger.attachment(digest, file).await)
                .map(|_| ())
        })
    }
}

/// The files of a ledger, the main one first; none if a server keeps it.
pub fn files(address: &str) -> Vec<PathBuf> {
    store::files(address)
}

/// An address as it may be shown: without a password.
pub fn shown(address: &str) -> String {
    store::shown(address)
}

/// Reads a file that is to be kept.
pub(super) fn measure(path: &Path, bytes_max: u64) -> Result<Measured, Failure> {
    let file = crate::files::open(path)?;
    Measured::of(file, bytes_max).map_err(failure)
}

/// A stored entry as an event.
fn entry(stored: store::Entry) -> Result<Entry, Failure> {
    let event = serde_json::from_str(&stored.body).map_err(|_| {
        Failure::unusable(
            "entry-unknown",
            format!(
                "entry {} of `{}` is not understood",
                stored.stream, stored.system
            ),
            "it was written by a later version of bulkhead, or by something else: use that version",
        )
    })?;
    Ok(Entry {
        stream: stored.stream,
        at_ns: stored.at_ns,
        author: stored.author,
        base: stored.base,
        event,
    })
}

/// Refuses a ledger that another user may have laid out, or a part of it. SQLite follows what it finds.
fn trust(address: &str) -> Result<(), Failure> {
    let files = files(address);
    files.iter().try_for_each(|file| crate::files::trust(file))
}

fn failure(error: store::Error) -> Failure {
    Failure::unusable(error.kind.code(), error.message, error.help)
}
