//! The ledger itself.

use super::arguments::Ledger;
use crate::format::Format;
use crate::show;
use crate::style::Style;
use app::maturity::book::{self, Book, Fault, Head};
use app::maturity::documents::{Verified, Wrong};
use app::{Exit, Failure, files};
use record::Digest;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

/// Does one thing with a ledger.
pub fn perform(address: &str, format: Format, command: Ledger) -> Result<Exit, Failure> {
    match command {
        Ledger::Verify { after } => verify(address, format, after),
        Ledger::Backup { file } => backup(address, &file),
        Ledger::Restore { file } => restore(address, &file),
        Ledger::Renew => renew(address),
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
    let report = book.verify(after, &mut progress)?;
    if shown {
        show::complaint("\n");
    }
    let intact = report.faults.is_empty();
    if format == Format::Json {
        let wrong = |fault: Fault| Wrong {
            place: fault.place,
            what: fault.what,
            derived: fault.derived,
        };
        show::machine(&Verified {
            format: Verified::FORMAT,
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
                " (derived: `bulkhead ledger renew` has it made again)"
            } else {
                ""
            };
            show::complaint(&format!(
                "{}: {}{again}\n",
                style.red("altered"),
                show::printable(&fault.to_string())
            ));
        }
        show::complaint(&format!(
            "{} faults; restore a backup with `bulkhead ledger restore`\n",
            report.faults.len()
        ));
    }
    Ok(if intact { Exit::Good } else { Exit::Unmet })
}

fn backup(address: &str, file: &Path) -> Result<Exit, Failure> {
    files::trust(file)?;
    let book = Book::open(address)?;
    let head = book.backup(file)?;
    show::people(&format!(
        "{} entries written to `{}`, last hash {}\n",
        head.seq,
        file.display(),
        head.hash
    ));
    Ok(Exit::Good)
}

fn restore(address: &str, file: &Path) -> Result<Exit, Failure> {
    let head = Book::restore(file, address)?;
    show::people(&format!(
        "{} entries restored into `{}`, last hash {}\n",
        head.seq,
        book::shown(address),
        head.hash
    ));
    Ok(Exit::Good)
}

fn renew(address: &str) -> Result<Exit, Failure> {
    let book = Book::open(address)?;
    book.renew()?;
    show::people("what is derived was thrown away; it is made again when it is needed\n");
    Ok(Exit::Good)
}

fn extract(address: &str, digest: &str, output: &Path) -> Result<Exit, Failure> {
    let digest: Digest = digest.parse().map_err(|_| {
        Failure::unusable(
            "not-a-digest",
            format!("`{digest}` is not a digest"),
            "give the 64 hexadecimal digits that `bulkhead maturity evidence` printed",
        )
    })?;
    let book = Book::open(address)?;
    let inputs = book::files(address);
    let inputs: Vec<&Path> = inputs.iter().map(PathBuf::as_path).collect();
    book.extract(digest, output, &inputs)?;
    show::people(&format!("written to `{}`\n", output.display()));
    Ok(Exit::Good)
}
