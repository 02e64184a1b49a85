//! Shows the level; here, into its log once a second.

use first_system::Level;
use guest::{Error, Reading, Subject};

guest::main!(run);

fn run(mut subject: Subject) -> Result<(), Error> {
    let mut level = subject.input::<Level>("level")?;
    subject.every(|subject, tick| {
        let reading = level.read();
        if tick.number.is_multiple_of(10) {
            match reading {
                Reading::Fresh { value, age_ns, .. } => {
                    subject.log(format_args!(
                        "{} ml, {} ms old",
                        value.level,
                        age_ns / 1_000_000
                    ));
                }
                Reading::Stale { .. } => subject.log("no fresh level"),
                Reading::Never => subject.log("no level yet"),
            }
        }
        Ok(())
    })
}
