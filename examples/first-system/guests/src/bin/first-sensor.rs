//! Measures: here, a level that rises and falls, now and then beyond what is plausible.

use first_system::Level;
use guest::{Error, Subject, clock};

guest::main!(run);

fn run(mut subject: Subject) -> Result<(), Error> {
    let mut out = subject.output::<Level>("level")?;
    let mut level = 0;
    subject.every(|_, _| {
        level = (level + 10) % 2000;
        // A sampling channel is never full.
        let _ = out.send(&Level {
            level,
            at: clock::now_ns(),
        });
        Ok(())
    })
}
