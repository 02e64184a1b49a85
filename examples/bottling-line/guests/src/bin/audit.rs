//! Writes what happened to a journal; influences nobody.

use bottling_line::convert::wall_ms;
use bottling_line::messages::Record;
use guest::{Error, Grant, Subject};
use std::io::{Seek, SeekFrom, Write};

guest::main!(run);

const SOURCES: [&str; 6] = [
    "hmi",
    "command-guard",
    "modbus-gate",
    "uplink",
    "vendor-session",
    "redactor",
];
/// Records taken per source and turn; more are left for the next.
const RECORDS_MAX: usize = 64;

fn run(mut subject: Subject) -> Result<(), Error> {
    let mut inputs = Vec::new();
    for source in SOURCES {
        inputs.push((source, subject.input::<Record>(source)?));
    }
    let Grant::Append {
        mut file,
        quota_bytes,
    } = subject.grant("journal")?
    else {
        return Err(Error::new(
            "wrong-grant",
            "journal",
            "must be a file to append to",
        ));
    };
    let failed = |error| Error::new("file", "journal", error);
    let mut bytes = file.seek(SeekFrom::End(0)).map_err(failed)?;
    let mut unwritten = 0_u64;
    subject.every(|subject, _| {
        for (source, input) in &mut inputs {
            for _ in 0..RECORDS_MAX {
                let Some(arrival) = input.receive() else {
                    break;
                };
                let record = arrival.value;
                let (number, lost, wall) = (record.number, arrival.lost, wall_ms());
                let line = format!(
                    "{wall} {source} {number} lost={lost} {} {}\n",
                    one_line(record.code.as_str()),
                    one_line(record.detail.as_str())
                );
                let length = line.len() as u64;
                if bytes.saturating_add(length) > quota_bytes {
                    unwritten += 1;
                    if unwritten.is_power_of_two() {
                        subject.log(format_args!("the journal is full: {unwritten} not written"));
                    }
                    continue;
                }
                file.write_all(line.as_bytes()).map_err(failed)?;
                bytes += length;
            }
        }
        Ok(())
    })
}

/// A record cannot fake another line.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '?' } else { c })
        .collect()
}
