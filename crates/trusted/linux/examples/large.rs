//! Subjects with the largest messages that a model can describe: one writes them, one reads them.

use guest::{Blob, Error, Message, Reading, Subject, Text};

/// As `bulkhead types` makes it.
#[derive(Clone, Debug, PartialEq)]
struct Frame {
    number: u64,
    name: Text<65535>,
    bulk: Box<[u8; 500_000]>,
    rest: Blob<483_000>,
}

impl Message for Frame {
    const SCHEMA: u64 = 0x1a26e;
    const BYTES: usize = 1_048_549;

    fn encode(&self, out: &mut [u8]) {
        let mut encoder = guest::Encoder::new(out);
        encoder.put(&self.number);
        encoder.put(&self.name);
        encoder.put(&self.bulk);
        encoder.put(&self.rest);
    }

    fn decode(bytes: &[u8]) -> Result<Self, guest::BadMessage> {
        let mut decoder = guest::Decoder::new(bytes);
        let message = Self {
            number: decoder.get("number")?,
            name: decoder.get("name")?,
            bulk: decoder.get("bulk")?,
            rest: decoder.get("rest")?,
        };
        decoder.finish()?;
        Ok(message)
    }
}

guest::main!(run);

fn frame(number: u64) -> Option<Frame> {
    let byte = number.to_le_bytes()[0];
    Some(Frame {
        number,
        name: Text::new(&"x".repeat(65_535))?,
        bulk: vec![byte; 500_000].into_boxed_slice().try_into().ok()?,
        rest: Blob::new(&vec![byte; 483_000])?,
    })
}

fn run(mut subject: Subject) -> Result<(), Error> {
    let unfit = || Error::new("unfit", "frame", "a field does not fit");
    if subject.setting("do") == Some("write") {
        let mut out = subject.output::<Frame>("out")?;
        return subject.every(|_, tick| {
            let _ = out.send(&frame(tick.number).ok_or_else(unfit)?);
            Ok(())
        });
    }
    let mut input = subject.input::<Frame>("in")?;
    let queue = subject.setting("do") == Some("drain");
    subject.every(|subject, _| {
        let value = match input.read() {
            _ if queue => input.drain().last().map(|arrival| arrival.value),
            Reading::Fresh {
                value, new: true, ..
            } => Some(value),
            _ => None,
        };
        if let Some(value) = value {
            let same = frame(value.number).as_ref() == Some(&value);
            subject.log(format_args!("whole {same}"));
        }
        Ok(())
    })
}
