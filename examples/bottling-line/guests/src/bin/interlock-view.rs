//! Turns the safety controller's reports into a permission; has no way to answer.

use bottling_line::interlock::{REPORT_BYTES, Report, Sequence};
use bottling_line::messages::Permissive;
use guest::{Error, Grant, Subject};
use std::io::ErrorKind;

guest::main!(run);

/// Reports taken per turn; more are left for the next.
const REPORTS_MAX: usize = 16;

fn run(mut subject: Subject) -> Result<(), Error> {
    let mut guard = subject.output::<Permissive>("guard")?;
    let mut panel = subject.output::<Permissive>("panel")?;
    let Grant::DatagramIn(socket) = subject.grant("safety-plc")? else {
        return Err(Error::new(
            "wrong-grant",
            "safety-plc",
            "must be a datagram socket",
        ));
    };
    let failed = |error| Error::new("socket", "safety-plc", error);
    socket.set_nonblocking(true).map_err(failed)?;
    let mut sequence = Sequence::default();
    let mut ignored = 0_u64;
    let mut buffer = [0; REPORT_BYTES + 1];
    subject.every(|subject, tick| {
        for _ in 0..REPORTS_MAX {
            let count = match socket.recv(&mut buffer) {
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(Error::new("socket", "safety-plc", error)),
            };
            match Report::decode(buffer.get(..count).unwrap_or_default()) {
                Some(report) if sequence.accepts(report, tick.now_ns) => {
                    let (counter, inputs) = (report.counter, report.inputs);
                    let view = Permissive {
                        counter,
                        inputs,
                        permitted: report.permits(),
                    };
                    let _ = guard.send(&view);
                    let _ = panel.send(&view);
                }
                _ => {
                    ignored = ignored.saturating_add(1);
                    if ignored.is_power_of_two() {
                        subject.log(format_args!("{ignored} old or malformed reports ignored"));
                    }
                }
            }
        }
        Ok(())
    })
}
