//! The ledger itself.

use super::arguments::Ledger;
use crate::arguments::Format;
use crate::show;
use crate::style::Style;
use app::maturity::book::Book;
use app::{Exit, Failure, files};
use record::Digest;
use serde::Serialize;
use std::io::{IsTerminal, Write};
use std::path::Path;
use store::{Fault, Head};

/// `bulkhead ledger verify --format json`.
#[derive(Serialize)]
struct Verified {
    /// `bulkhead.ledger/1`.
    format: &'static str,
    /// Whether everything is as it was written.
    intact: bool,
    /// Number of entries.
    entries: u64,
    /// Hash of the last entry: keep it elsewhere, it is the proof that nothing was cut off.
    last: Digest,
    /// Attached files that were read.
    attachments: u64,
    /// What is wrong, with its place.
    faults: Vec<Wrong>,
}

/// Something that is wrong.
#[derive(Serialize)]
struct Wrong {
    /// Where.
    place: String,
    /// What.
    what: String,
    /// Whether it can be thrown away and made again.
    derived: bool,
}

/// Does one thing with a ledger.
pub fn perform(address: &str, format: Format, command: Ledger) -> Result<Exit, Failure> {
    match command {
        Ledger::Verify { after } => verify(address, format, after),
        Ledger::Extract { digest, output } => extract(address, &digest, &output),
    }
}

fn verify(address: &str, format: Format, after: Option<Head>) -> Result<Exit, Failure> {
    let book = Book::open(address)?;
    let shown = std::io::stderr().is_terminal();
    let mut progress = |done: u64, all: u64| {
        if shown {
            // Progress is a courtesy; a terminal that takes none is no fault of the ledger.
            let _ = write!(std::io::stderr(), "\r  {done} of {all} entries");
        }
    };
    let report = book.ask(async |ledger| ledger.verify(after, &mut progress).await)?;
    if shown {
        eprintln!();
    }
    let intact = report.faults.is_empty();
    if format == Format::Json {
        let wrong = |fault: Fault| Wrong {
            place: fault.place,
            what: fault.what,
            derived: fault.derived,
        };
        show::machine(&Verified {
            format: "bulkhead.ledger/1",
            intact,
            entries: report.head.seq,
            last: report.head.hash,
            attachments: report.attachments,
            faults: report.faults.into_iter().map(wrong).collect(),
        });
    } else if intact {
        show::people(&format!(
            "intact: {} entries, {} attached files, last hash {}\nkeep `{0}:{2}` elsewhere: `--after` with it finds entries that are cut off later\n",
            report.head.seq, report.attachments, report.head.hash
        ));
    } else {
        let style = Style::stderr();
        for fault in &report.faults {
            let again = if fault.derived {
                " (derived: it can be made again)"
            } else {
                ""
            };
            eprintln!(
                "{}: {}{again}",
                style.red("altered"),
                show::printable(&fault.to_string())
            );
        }
        eprintln!(
            "{} faults; restore a backup with `bulkhead ledger restore`",
            report.faults.len()
        );
    }
    Ok(if intact { Exit::Good } else { Exit::Unmet })
}

fn extract(address: &str, digest: &str, output: &Path) -> Result<Exit, Failure> {
    let digest: Digest = digest.parse().map_err(|_| {
        Failure::unusable(
            format!("`{digest}` is not a digest"),
            "give the 64 hexadecimal digits that `bulkhead maturity evidence` printed",
        )
    })?;
    let book = Book::open(address)?;
    files::write_with(output, &mut |file| {
        book.ask(async |ledger| ledger.attachment(digest, file).await)
            .map(|_| ())
    })?;
    show::people(&format!("written to `{}`\n", output.display()));
    Ok(Exit::Good)
}
