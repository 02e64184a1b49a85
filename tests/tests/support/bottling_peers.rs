//! The other ends of the bottling line's sockets, as the tests need them.

use bottling_line::modbus::{Frame, Framer, read_request, registers};
use bottling_line::mqtt::{Packet, Packets};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(5);

/// A Modbus client beside the gate: the tests look at the device, not at what the line says of it.
pub struct Modbus(TcpStream);

impl Modbus {
    pub fn connect(port: u16) -> Option<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        Some(Self(stream))
    }

    /// The six set points.
    pub fn set_points(&mut self) -> Vec<u16> {
        let request = Frame {
            transaction: 1,
            unit: 1,
            data: read_request(3, 100, 6),
        };
        self.0.write_all(&request.encode()).unwrap();
        let mut framer = Framer::default();
        loop {
            let mut buffer = [0; 300];
            let count = self.0.read(&mut buffer).unwrap();
            assert!(count > 0, "the field device closed the connection");
            framer.push(&buffer[..count]);
            if let Some(reply) = framer.next_frame().unwrap() {
                return registers(&reply.data, 3, 6).unwrap();
            }
        }
    }
}

/// A conversation in lines: the operator's or the vendor's terminal.
pub struct Panel {
    stream: TcpStream,
    heard: String,
}

impl Panel {
    pub fn connect(port: u16) -> Self {
        let until = Instant::now() + Duration::from_secs(20);
        let stream = loop {
            match TcpStream::connect(("127.0.0.1", port)) {
                Ok(stream) => break stream,
                Err(error) => assert!(Instant::now() < until, "nobody listens: {error}"),
            }
            std::thread::sleep(Duration::from_millis(100));
        };
        stream
            .set_read_timeout(Some(Duration::from_millis(50)))
            .unwrap();
        Self {
            stream,
            heard: String::new(),
        }
    }

    /// Sends a line; whoever was cut off does not hear it.
    pub fn send(&mut self, line: &str) {
        let _ = self.stream.write_all(format!("{line}\n").as_bytes());
    }

    pub fn send_bytes(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes);
    }

    /// Everything heard so far.
    pub fn heard(&mut self) -> &str {
        let mut buffer = [0; 8192];
        if let Ok(count) = self.stream.read(&mut buffer) {
            self.heard
                .push_str(&String::from_utf8_lossy(&buffer[..count]));
        }
        &self.heard
    }

    /// Sends a line and gives what came until a line with `until`, or until nothing more comes.
    pub fn ask(&mut self, line: &str, until: &str) -> String {
        self.heard.clear();
        self.send(line);
        let end = Instant::now() + PATIENCE;
        while !self.heard().contains(until) && Instant::now() < end {}
        // The rest of the answer.
        self.heard();
        self.heard.clone()
    }

    /// Whether something is heard within a few seconds.
    pub fn hears(&mut self, words: &str) -> bool {
        let end = Instant::now() + Duration::from_secs(15);
        while Instant::now() < end {
            if self.heard().contains(words) {
                return true;
            }
        }
        false
    }
}

/// Topics and payloads, shared with the thread that listens.
type Heard = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// Everything a broker carries, as someone sees who subscribed to all of it.
pub struct Eavesdropper {
    heard: Heard,
    stream: TcpStream,
}

impl Eavesdropper {
    pub fn connect(port: u16) -> Self {
        let until = Instant::now() + Duration::from_secs(20);
        let mut stream = loop {
            match TcpStream::connect(("127.0.0.1", port)) {
                Ok(stream) => break stream,
                Err(error) => assert!(Instant::now() < until, "no broker: {error}"),
            }
            std::thread::sleep(Duration::from_millis(100));
        };
        let connect = Packet::Connect {
            client: "eavesdropper".into(),
            keep_alive_s: 600,
        };
        stream.write_all(&connect.encode()).unwrap();
        stream
            .write_all(
                &Packet::Subscribe {
                    id: 1,
                    topic: "#".into(),
                }
                .encode(),
            )
            .unwrap();
        let heard = Heard::default();
        let eavesdropper = Self {
            heard: Arc::clone(&heard),
            stream: stream.try_clone().unwrap(),
        };
        std::thread::spawn(move || {
            let mut packets = Packets::default();
            let mut buffer = [0; 2048];
            while let Ok(count @ 1..) = stream.read(&mut buffer) {
                packets.push(&buffer[..count]);
                while let Ok(Some(packet)) = packets.next_packet() {
                    if let Packet::Publish { topic, payload, .. } = packet {
                        heard.lock().unwrap().push((topic, payload));
                    }
                }
            }
        });
        eavesdropper
    }

    /// Messages so far.
    pub fn heard(&self) -> Vec<(String, String)> {
        let heard = self.heard.lock().unwrap();
        let text = |payload: &Vec<u8>| String::from_utf8_lossy(payload).into_owned();
        heard
            .iter()
            .map(|(topic, payload)| (topic.clone(), text(payload)))
            .collect()
    }

    /// Publishes to a topic.
    pub fn publish(&mut self, topic: &str, payload: &[u8]) {
        let packet = Packet::Publish {
            topic: topic.into(),
            id: None,
            payload: payload.to_vec(),
        };
        self.stream.write_all(&packet.encode()).unwrap();
    }
}
