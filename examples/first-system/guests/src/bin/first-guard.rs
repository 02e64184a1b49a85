//! Passes a level on if it is plausible, and says when it does not.

use first_system::{Level, plausible};
use guest::{Error, Reading, Subject};

guest::main!(run);

fn run(mut subject: Subject) -> Result<(), Error> {
    let mut raw = subject.input::<Level>("raw")?;
    let mut checked = subject.output::<Level>("checked")?;
    let most_ml = subject.setting_or("most-ml", 0)?;
    let mut refusing = false;
    subject.every(|subject, _| {
        if let Reading::Fresh {
            value, new: true, ..
        } = raw.read()
        {
            let refuse = !plausible(&value, most_ml);
            if refuse && !refusing {
                subject.log(format_args!("level {} ml is not plausible", value.level));
            }
            refusing = refuse;
            if !refuse {
                // A sampling channel is never full.
                let _ = checked.send(&value);
            }
        }
        Ok(())
    })
}
