//! Evidence: what answers refer to, with its file if it has one.

use super::book;
use super::desk::{Author, Desk};
use super::recording::Done;
use crate::Failure;
use maturity::ledger::Event;
use maturity::project::Evidence;
use std::path::Path;

/// Largest file that is attached, in bytes.
const ATTACHED_BYTES_MAX: u64 = 1 << 30;

/// Records evidence. Its file is kept in the ledger under its digest, and is where it lies if nothing
/// else is said. What is refused leaves nothing behind.
///
/// # Errors
/// The file cannot be read, a frozen assessment rests on what would be replaced, the evidence would make
/// the project wrong, or the ledger refuses it.
pub fn attach(
    desk: &mut Desk<'_>,
    author: &Author,
    evidence: Evidence,
    file: Option<&Path>,
) -> Result<Done, Failure> {
    let measured = file.map(|file| book::measure(file, ATTACHED_BYTES_MAX));
    let mut measured = measured.transpose()?;
    let digest = measured.as_ref().map(book::Measured::digest);
    let digest = digest.or(evidence.digest);
    let name = file.and_then(Path::file_name);
    let name = || name.map(|name| name.to_string_lossy().into_owned());
    let evidence = Evidence {
        digest,
        location: evidence.location.or_else(name),
        ..evidence
    };
    let id = &evidence.id;
    let says = match digest {
        Some(digest) => format!("evidence `{id}` attached, sha-256 {digest}"),
        None => format!("evidence `{id}` recorded"),
    };
    let events = vec![Event::EvidenceAttached { evidence }];
    desk.perform_with(author, events, measured.as_mut(), says)
}
