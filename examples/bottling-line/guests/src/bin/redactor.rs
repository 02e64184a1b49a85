//! Lets listed, rounded figures of whole shifts out, and nothing else.

use bottling_line::convert::record;
use bottling_line::messages::{Aggregate, Figures, Record};
use bottling_line::redact::Redactor;
use guest::{Error, Subject, clock};

guest::main!(run);

fn run(mut subject: Subject) -> Result<(), Error> {
    let mut shifts = subject.input::<Figures>("shifts")?;
    let mut uplink = subject.output::<Aggregate>("uplink")?;
    let mut vendor = subject.output::<Aggregate>("vendor")?;
    let mut audit = subject.output::<Record>("audit")?;
    let mut redactor = Redactor::new(subject.setting_or("pause-s", 28_000)?, clock::now_ns());
    subject.every(|_, tick| {
        for arrival in shifts.drain() {
            let figures = arrival.value.figures();
            let number = u32::try_from(audit.written()).unwrap_or(u32::MAX);
            let detail = format!("shift {}", figures.shift);
            match redactor.release(&figures, tick.now_ns) {
                Some(aggregate) => {
                    let aggregate = Aggregate::of(&aggregate);
                    let _ = uplink.send(&aggregate);
                    let _ = vendor.send(&aggregate);
                    let _ = audit.send(&record(number, "released", &detail));
                }
                None => drop(audit.send(&record(number, "withheld", &detail))),
            }
        }
        Ok(())
    })
}
