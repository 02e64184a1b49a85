//! Decodes what the controller answered. It dies of a malformed reply; its readers see stale data.

use bottling_line::field::decode;
use bottling_line::messages::{RawReplies, Sample};
use guest::{Error, Reading, Subject};

guest::main!(run);

fn run(mut subject: Subject) -> Result<(), Error> {
    let mut raw = subject.input::<RawReplies>("raw")?;
    let mut guard = subject.output::<Sample>("guard")?;
    let mut panel = subject.output::<Sample>("panel")?;
    let mut historian = subject.output::<Sample>("historian")?;
    subject.every(|_, tick| {
        let Reading::Fresh {
            value,
            age_ns,
            new: true,
            ..
        } = raw.read()
        else {
            return Ok(());
        };
        let reading = decode(value.holding.as_bytes(), value.inputs.as_bytes())
            .ok_or_else(|| Error::new("malformed-reply", "raw", "not what was asked for"))?;
        let sample = Sample::of(
            &reading,
            historian.written(),
            tick.now_ns.saturating_sub(age_ns),
        );
        let _ = guard.send(&sample);
        let _ = panel.send(&sample);
        let _ = historian.send(&sample);
        Ok(())
    })
}
