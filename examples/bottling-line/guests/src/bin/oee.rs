//! Computes how effective the line was in each shift.

use bottling_line::messages::{Figures, Production};
use bottling_line::oee::Shift;
use guest::{Error, Subject};

guest::main!(run);

fn run(mut subject: Subject) -> Result<(), Error> {
    let mut production = subject.input::<Production>("production")?;
    let mut panel = subject.output::<Figures>("panel")?;
    let mut shifts = subject.output::<Figures>("shifts")?;
    let length_s = subject.setting_or("shift-s", 28_800)?;
    let mut shift = Shift::new(length_s, subject.setting_or("ideal-bph", 6_000)?);
    subject.every(|_, _| {
        let mut changed = false;
        for arrival in production.drain() {
            changed = true;
            if let Some(figures) = shift.add(arrival.value.sample()) {
                let _ = shifts.send(&Figures::of(&figures));
            }
        }
        if changed {
            let _ = panel.send(&Figures::of(&shift.figures()));
        }
        Ok(())
    })
}
