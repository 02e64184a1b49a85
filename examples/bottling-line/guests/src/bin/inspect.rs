//! Looks at camera frames and says what is wrong with a bottle; no frame goes further.

use bottling_line::messages::Inspection;
use bottling_line::vision::{Class, FRAME_BYTES_MAX, Frame};
use guest::{Error, Grant, Subject};
use std::io::ErrorKind;

guest::main!(run);

/// Frames taken per turn; more are left for the next.
const FRAMES_MAX: usize = 8;

fn run(mut subject: Subject) -> Result<(), Error> {
    let mut defects = subject.output::<Inspection>("defects")?;
    let Grant::DatagramIn(socket) = subject.grant("line-camera")? else {
        return Err(Error::new(
            "wrong-grant",
            "line-camera",
            "must be a datagram socket",
        ));
    };
    let failed = |error| Error::new("socket", "line-camera", error);
    socket.set_nonblocking(true).map_err(failed)?;
    let mut buffer = vec![0; FRAME_BYTES_MAX + 1];
    let (mut bottles, mut bad) = (0_u32, 0_u32);
    let mut ignored = 0_u64;
    subject.every(|subject, _| {
        for _ in 0..FRAMES_MAX {
            let count = match socket.recv(&mut buffer) {
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(Error::new("socket", "line-camera", error)),
            };
            let Some(frame) = Frame::decode(buffer.get(..count).unwrap_or_default()) else {
                ignored = ignored.saturating_add(1);
                if ignored.is_power_of_two() {
                    subject.log(format_args!("{ignored} malformed frames ignored"));
                }
                continue;
            };
            let class = frame.classify();
            bottles = bottles.saturating_add(u32::from(class != Class::NoBottle));
            bad = bad.saturating_add(u32::from(class.is_defect()));
            let (frame, class) = (frame.number, class.code());
            let _ = defects.send(&Inspection {
                frame,
                class,
                bottles,
                defects: bad,
            });
        }
        Ok(())
    })
}
