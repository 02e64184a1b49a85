//! Owns the only connection to the controller: polls a fixed table, writes admitted set points.

use bottling_line::convert::record;
use bottling_line::gate::{Gate, POLLS};
use bottling_line::messages::{RawReplies, Record, SetPoint};
use bottling_line::modbus::{Frame, Framer};
use guest::{Blob, Error, Grant, Input, Output, Subject, Tick};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;

guest::main!(run);

const CYCLE_NS: u64 = 100_000_000;
const REPLY_NS_MAX: u64 = 1_000_000_000;

/// What the controller was asked last.
#[derive(Clone, Copy)]
enum Asked {
    Nothing,
    Poll(usize),
    Write,
}

struct Link {
    stream: TcpStream,
    framer: Framer,
    asked: Asked,
    transaction: u16,
    asked_ns: u64,
}

fn run(mut subject: Subject) -> Result<(), Error> {
    let limits = Gate::limits(|key| subject.setting(key)).map_err(|key| {
        Error::new("malformed-setting", &key, "must be MIN..MAX").help("correct it in the model")
    })?;
    let mut gate = Gate::new(limits);
    let mut set_points = subject.input::<SetPoint>("set-point")?;
    let mut raw = subject.output::<RawReplies>("raw")?;
    let mut audit = subject.output::<Record>("audit")?;
    let Grant::Stream(stream) = subject.grant("plc")? else {
        return Err(Error::new("wrong-grant", "plc", "must be a connection"));
    };
    let blocking = |error| Error::new("connection", "plc", error);
    stream.set_nonblocking(true).map_err(blocking)?;
    let (framer, asked) = (Framer::default(), Asked::Nothing);
    let mut link = Link {
        stream,
        framer,
        asked,
        transaction: 0,
        asked_ns: 0,
    };
    let mut replies: [Vec<u8>; POLLS.len()] = Default::default();
    let mut cycle_ns = 0;
    subject.log("connected to the controller");
    subject.every(|subject, tick| {
        while let Some((asked, frame)) = link.reply(&tick)? {
            match asked {
                Asked::Poll(index) => {
                    if let Some(reply) = replies.get_mut(index) {
                        *reply = frame.data;
                    }
                    match gate.poll(index + 1) {
                        Some(next) => link.ask(Asked::Poll(index + 1), &next, tick.now_ns)?,
                        None => publish(&mut raw, &replies),
                    }
                }
                // The first bit of the function code says that the controller refused.
                Asked::Write if frame.data.first().is_some_and(|code| code & 0x80 != 0) => {
                    note(&mut audit, "controller-refused", "a set point");
                }
                Asked::Write | Asked::Nothing => {}
            }
        }
        if let Asked::Nothing = link.asked {
            let next = write(subject, &mut gate, &mut set_points, &mut audit, &tick);
            if let Some(frame) = next {
                link.ask(Asked::Write, &frame, tick.now_ns)?;
            } else if tick.now_ns >= cycle_ns
                && let Some(frame) = gate.poll(0)
            {
                cycle_ns = tick.due_ns - tick.due_ns % CYCLE_NS + CYCLE_NS;
                link.ask(Asked::Poll(0), &frame, tick.now_ns)?;
            }
        }
        Ok(())
    })
}

fn publish(raw: &mut Output<RawReplies>, [holding, inputs]: &[Vec<u8>; POLLS.len()]) {
    if let (Some(holding), Some(inputs)) = (Blob::new(holding), Blob::new(inputs)) {
        let _ = raw.send(&RawReplies { holding, inputs });
    }
}

/// The next set point that is admitted, as a request.
fn write(
    subject: &Subject,
    gate: &mut Gate,
    set_points: &mut Input<SetPoint>,
    audit: &mut Output<Record>,
    tick: &Tick,
) -> Option<Frame> {
    let point = set_points.receive()?.value;
    match gate.admit(point.register, point.value, tick.now_ns) {
        Ok(frame) => Some(frame),
        Err(refusal) => {
            let detail = format!("set point {}: {refusal}", point.id);
            subject.log(&detail);
            note(audit, "gate-refused", &detail);
            None
        }
    }
}

fn note(audit: &mut Output<Record>, code: &str, detail: &str) {
    let number = u32::try_from(audit.written()).unwrap_or(u32::MAX);
    let _ = audit.send(&record(number, code, detail));
}

impl Link {
    fn ask(&mut self, asked: Asked, frame: &Frame, now_ns: u64) -> Result<(), Error> {
        let lost = |error| Error::of_peer("connection-lost", "plc", error);
        self.stream.write_all(&frame.encode()).map_err(lost)?;
        (self.asked, self.transaction, self.asked_ns) = (asked, frame.transaction, now_ns);
        Ok(())
    }

    /// The reply to what was asked, if it is here.
    fn reply(&mut self, tick: &Tick) -> Result<Option<(Asked, Frame)>, Error> {
        let mut buffer = [0; 512];
        match self.stream.read(&mut buffer) {
            Ok(0) => {
                return Err(Error::of_peer(
                    "connection-lost",
                    "plc",
                    "the controller closed it",
                ));
            }
            Ok(count) => self.framer.push(buffer.get(..count).unwrap_or_default()),
            Err(error)
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
            Err(error) => return Err(Error::of_peer("connection-lost", "plc", error)),
        }
        let malformed = |fault| Error::of_peer("malformed-stream", "plc", fault);
        let Some(frame) = self.framer.next_frame().map_err(malformed)? else {
            let waiting = !matches!(self.asked, Asked::Nothing);
            if waiting && tick.now_ns.saturating_sub(self.asked_ns) > REPLY_NS_MAX {
                return Err(Error::of_peer(
                    "no-reply",
                    "plc",
                    "the controller is silent",
                ));
            }
            return Ok(None);
        };
        match std::mem::replace(&mut self.asked, Asked::Nothing) {
            Asked::Nothing => Err(Error::of_peer("unasked-reply", "plc", "nothing was asked")),
            _ if frame.transaction != self.transaction => Err(Error::of_peer(
                "wrong-reply",
                "plc",
                "the reply is to another request",
            )),
            asked => Ok(Some((asked, frame))),
        }
    }
}
