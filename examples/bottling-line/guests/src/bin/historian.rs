//! Keeps every sample for 30 days and shows the last minute.

use bottling_line::archive::{Archive, Record};
use bottling_line::convert::wall_ms;
use bottling_line::messages::{Inspection, Production, Sample, Trend};
use guest::{Error, Grant, Subject, clock};
use std::io::{Read, Write};

guest::main!(run);

/// Turns between two trends.
const TREND_TURNS: u64 = 10;
/// Samples taken per turn; more are left for the next.
const SAMPLES_MAX: usize = 256;

fn run(mut subject: Subject) -> Result<(), Error> {
    let mut samples = subject.input::<Sample>("samples")?;
    let mut inspections = subject.input::<Inspection>("defects")?;
    let mut oee = subject.output::<Production>("oee")?;
    let mut panel = subject.output::<Trend>("panel")?;
    let Grant::Append {
        mut file,
        quota_bytes,
    } = subject.grant("archive")?
    else {
        return Err(Error::new(
            "wrong-grant",
            "archive",
            "must be a file to append to",
        ));
    };
    let failed = |error| Error::new("file", "archive", error);
    let mut archive = Archive::default();
    let mut buffer = vec![0; 1024 * 1024];
    loop {
        match file.read(&mut buffer).map_err(failed)? {
            0 => break,
            count => archive.read_back(buffer.get(..count).unwrap_or_default()),
        }
        subject.beat();
    }
    file.write_all(&archive.repair()).map_err(failed)?;
    subject.log(format_args!(
        "{} samples, {} damaged",
        archive.records, archive.damaged
    ));
    // Samples are numbered from the start of the system. After a restart in between, the queue
    // shows some again that are in the archive already.
    let mut stored = archive
        .last()
        .filter(|_| subject.epoch() > 1)
        .map(|last| last.number);
    let mut full = false;
    let mut defects = 0;
    subject.every(|subject, tick| {
        for arrival in inspections.drain() {
            defects = arrival.value.defects;
        }
        for arrival in samples.drain().take(SAMPLES_MAX) {
            let sample = arrival.value;
            if stored.is_some_and(|stored| sample.number <= stored) {
                continue;
            }
            if arrival.lost > 0 {
                subject.log(format_args!("{} samples lost", arrival.lost));
            }
            stored = Some(sample.number);
            let record = record(&sample, defects);
            if archive.has_room(quota_bytes) {
                file.write_all(&record.encode()).map_err(failed)?;
                archive.wrote(record);
                archive.delayed(clock::now_ns().saturating_sub(sample.at) / 1000);
            } else if !std::mem::replace(&mut full, true) {
                subject.log("the archive is full: nothing more is kept");
            }
            let _ = oee.send(&production(&record));
        }
        if tick.number % TREND_TURNS == 0 {
            let _ = panel.send(&trend(&archive, defects, full));
        }
        Ok(())
    })
}

fn record(sample: &Sample, defects: u32) -> Record {
    Record {
        number: sample.number,
        wall_ms: wall_ms(),
        state: sample.filler_state(),
        actual: sample.actual(),
        bottles: sample.bottles,
        rejects: sample.rejects,
        defects,
    }
}

fn production(record: &Record) -> Production {
    let [fill_volume, filler_speed, ..] = record.actual.0;
    Production {
        wall: record.wall_ms,
        state: record.state as u8,
        fill_volume,
        filler_speed,
        bottles: record.bottles,
        rejects: record.rejects,
        defects: record.defects,
    }
}

fn trend(archive: &Archive, defects: u32, full: bool) -> Trend {
    let span = |index| archive.trend(index).unwrap_or_default();
    let (fill_volume_mean, fill_volume_min, fill_volume_max) = span(0);
    let (filler_speed_mean, filler_speed_min, filler_speed_max) = span(1);
    let (pressure_mean, pressure_min, pressure_max) = span(3);
    Trend {
        records: archive.records,
        damaged: archive.damaged,
        delay_max: archive.delay_max(),
        first_wall: archive.first_ms,
        full,
        fill_volume_mean,
        fill_volume_min,
        fill_volume_max,
        filler_speed_mean,
        filler_speed_min,
        filler_speed_max,
        pressure_mean,
        pressure_min,
        pressure_max,
        defects,
    }
}
