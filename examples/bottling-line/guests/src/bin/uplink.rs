//! Publishes aggregates to the cloud's broker and takes its requests.
//!
//! The channel is the store in store-and-forward: after each start it shows everything it still
//! holds, and the cloud gets each aggregate at least once. A lost or hostile broker ends the
//! subject; its restart connects again.

use bottling_line::convert::record;
use bottling_line::messages::{Aggregate, Record, RemoteRequest};
use bottling_line::mqtt::{Packet, Packets};
use bottling_line::panel::remote_request;
use guest::{Error, Grant, Input, Output, Subject};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;

guest::main!(run);

const KEEP_ALIVE_S: u16 = 20;
const PING_NS: u64 = 8_000_000_000;
const ANSWER_NS_MAX: u64 = 5_000_000_000;

struct Session {
    stream: TcpStream,
    packets: Packets,
    topic: String,
    subscribed: bool,
    /// Packet identifier of the aggregate on its way.
    pending: Option<u16>,
    next_id: u16,
    /// Since when the broker owes an answer.
    owes_since_ns: Option<u64>,
    pinged_ns: u64,
}

struct Ports {
    aggregates: Input<Aggregate>,
    request: Output<RemoteRequest>,
    audit: Output<Record>,
}

fn run(mut subject: Subject) -> Result<(), Error> {
    let aggregates = subject.input::<Aggregate>("aggregates")?;
    let (request, audit) = (subject.output("request")?, subject.output("audit")?);
    let mut ports = Ports {
        aggregates,
        request,
        audit,
    };
    let Grant::Stream(stream) = subject.grant("cloud")? else {
        return Err(Error::new("wrong-grant", "cloud", "must be a connection"));
    };
    stream.set_nonblocking(true).map_err(lost)?;
    let topic = subject
        .setting("topic")
        .unwrap_or("bottling/line")
        .to_owned();
    let mut session = Session {
        stream,
        packets: Packets::default(),
        topic,
        subscribed: false,
        pending: None,
        next_id: 1,
        owes_since_ns: None,
        pinged_ns: guest::clock::now_ns(),
    };
    let client = session.topic.replace('/', "-");
    session.send(&Packet::Connect {
        client,
        keep_alive_s: KEEP_ALIVE_S,
    })?;
    session.owes_since_ns = Some(session.pinged_ns);
    subject.every(|subject, tick| {
        session.receive(subject, &mut ports, tick.now_ns)?;
        if session
            .owes_since_ns
            .is_some_and(|since| tick.now_ns - since > ANSWER_NS_MAX)
        {
            return Err(Error::of_peer("no-answer", "cloud", "the broker is silent"));
        }
        if !session.subscribed || session.owes_since_ns.is_some() {
            return Ok(());
        }
        if let Some(arrival) = ports.aggregates.receive() {
            let id = session.take_id();
            let payload = arrival.value.json().into_bytes();
            let topic = format!("{}/shift", session.topic);
            session.send(&Packet::Publish {
                topic,
                id: Some(id),
                payload,
            })?;
            session.pending = Some(id);
            session.owes_since_ns = Some(tick.now_ns);
        } else if tick.now_ns - session.pinged_ns > PING_NS {
            session.send(&Packet::Ping)?;
            session.pinged_ns = tick.now_ns;
            session.owes_since_ns = Some(tick.now_ns);
        }
        Ok(())
    })
}

impl Session {
    fn take_id(&mut self) -> u16 {
        let id = self.next_id;
        self.next_id = self.next_id.checked_add(1).unwrap_or(1);
        id
    }

    fn send(&mut self, packet: &Packet) -> Result<(), Error> {
        self.stream.write_all(&packet.encode()).map_err(lost)
    }

    /// One bounded read and what it completes.
    fn receive(&mut self, subject: &Subject, ports: &mut Ports, now_ns: u64) -> Result<(), Error> {
        let mut buffer = [0; 2048];
        match self.stream.read(&mut buffer) {
            Ok(0) => {
                return Err(Error::of_peer(
                    "connection-lost",
                    "cloud",
                    "the broker closed it",
                ));
            }
            Ok(count) => self.packets.push(buffer.get(..count).unwrap_or_default()),
            Err(error)
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
            Err(error) => return Err(lost(error)),
        }
        let malformed = |fault| Error::of_peer("malformed-stream", "cloud", fault);
        while let Some(packet) = self.packets.next_packet().map_err(malformed)? {
            match packet {
                Packet::ConnectAck { code: 0 } => {
                    let (id, topic) = (self.take_id(), format!("{}/request", self.topic));
                    self.send(&Packet::Subscribe { id, topic })?;
                    self.owes_since_ns = Some(now_ns);
                }
                Packet::SubscribeAck { code: 0..=2, .. } => {
                    self.subscribed = true;
                    self.owes_since_ns = None;
                    subject.log("connected to the broker");
                }
                Packet::PublishAck { id } if self.pending == Some(id) => {
                    self.pending = None;
                    self.owes_since_ns = None;
                }
                Packet::PingAck => self.owes_since_ns = None,
                Packet::Publish { id, payload, .. } => {
                    if let Some(id) = id {
                        self.send(&Packet::PublishAck { id })?;
                    }
                    ports.ask(&payload);
                }
                other => {
                    let message = format!("unexpected {other:?}")
                        .chars()
                        .take(80)
                        .collect::<String>();
                    return Err(Error::of_peer("unexpected-packet", "cloud", message));
                }
            }
        }
        Ok(())
    }
}

impl Ports {
    /// A request of the cloud goes to the guard; what is none is recorded.
    fn ask(&mut self, payload: &[u8]) {
        let text = String::from_utf8_lossy(payload);
        match remote_request(&text) {
            Ok((register, value)) => {
                let id = u32::try_from(self.request.written()).unwrap_or(u32::MAX);
                let _ = self.request.send(&RemoteRequest {
                    id,
                    register: register.index(),
                    value,
                });
            }
            Err(reason) => {
                let number = u32::try_from(self.audit.written()).unwrap_or(u32::MAX);
                let _ = self
                    .audit
                    .send(&record(number, "malformed-request", &reason));
            }
        }
    }
}

fn lost(error: std::io::Error) -> Error {
    Error::of_peer("connection-lost", "cloud", error)
}
