//! Writes what happened to a journal; influences nobody.

use bottling_line::convert::wall_ms;
use bottling_line::messages::Record;
use bottling_line::meter::Meter;
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
/// Records of a source written one by one; above it, their number.
const RECORDS_PER_SECOND_MAX: u32 = 50;
/// Records taken per source and turn; more are left for the next.
const RECORDS_MAX: usize = 64;

fn run(mut subject: Subject) -> Result<(), Error> {
    let mut inputs = Vec::new();
    for source in SOURCES {
        let meter = Meter::new(RECORDS_PER_SECOND_MAX);
        inputs.push((source, subject.input::<Record>(source)?, meter));
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
    subject.every(|subject, tick| {
        let mut lines = String::new();
        for (source, input, meter) in &mut inputs {
            let wall = wall_ms();
            for arrival in input.drain().take(RECORDS_MAX) {
                if meter.passes(tick.now_ns) {
                    let (record, lost) = (arrival.value, arrival.lost);
                    let (number, code) = (record.number, one_line(record.code.as_str()));
                    let detail = one_line(record.detail.as_str());
                    lines.push_str(&format!(
                        "{wall} {source} {number} lost={lost} {code} {detail}\n"
                    ));
                }
            }
            if let Some(more) = meter.more(tick.now_ns) {
                lines.push_str(&format!("{wall} {source} and {more} more\n"));
            }
        }
        bytes = bytes.saturating_add(lines.len() as u64);
        if bytes > quota_bytes {
            unwritten += 1;
            if unwritten.is_power_of_two() {
                subject.log(format_args!(
                    "the journal is full: nothing written in {unwritten} turns"
                ));
            }
            return Ok(());
        }
        if !lines.is_empty() {
            file.write_all(lines.as_bytes()).map_err(failed)?;
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
