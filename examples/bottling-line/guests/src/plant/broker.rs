//! A broker that speaks the part of MQTT the line needs, and a client that stands for the cloud.

use crate::mqtt::{Packet, Packets};
use crate::plant::listen;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Clients of the broker and the topics they asked for.
type Subscribers = Arc<Mutex<Vec<(String, TcpStream)>>>;

/// Runs the broker until the process ends; prints each message unless `quiet`.
///
/// # Errors
/// The address cannot be listened at.
pub fn run(address: SocketAddr, quiet: bool) -> io::Result<()> {
    let listener = listen(address)?;
    println!("broker: at {address}");
    let subscribers = Subscribers::default();
    for stream in listener.incoming() {
        let subscribers = Arc::clone(&subscribers);
        let Ok(stream) = stream else { continue };
        std::thread::spawn(move || drop(serve(stream, &subscribers, quiet)));
    }
    Ok(())
}

fn serve(mut stream: TcpStream, subscribers: &Subscribers, quiet: bool) -> io::Result<()> {
    let mut packets = Packets::default();
    let mut buffer = [0; 2048];
    loop {
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        packets.push(buffer.get(..count).unwrap_or_default());
        while let Some(packet) = packets
            .next_packet()
            .map_err(|e| io::Error::other(e.to_string()))?
        {
            let reply = match packet {
                Packet::Connect { .. } => Some(Packet::ConnectAck { code: 0 }),
                Packet::Subscribe { id, topic } => {
                    let mut subscribers = subscribers.lock().map_err(|_| poisoned())?;
                    subscribers.push((topic, stream.try_clone()?));
                    Some(Packet::SubscribeAck { id, code: 0 })
                }
                Packet::Publish { topic, id, payload } => {
                    if !quiet {
                        println!("broker: {topic} {}", String::from_utf8_lossy(&payload));
                    }
                    forward(subscribers, &topic, payload)?;
                    id.map(|id| Packet::PublishAck { id })
                }
                Packet::Ping => Some(Packet::PingAck),
                Packet::Disconnect => return Ok(()),
                _ => None,
            };
            if let Some(reply) = reply {
                stream.write_all(&reply.encode())?;
            }
        }
    }
}

fn forward(subscribers: &Subscribers, topic: &str, payload: Vec<u8>) -> io::Result<()> {
    let bytes = Packet::Publish {
        topic: topic.to_owned(),
        id: None,
        payload,
    }
    .encode();
    let mut subscribers = subscribers.lock().map_err(|_| poisoned())?;
    subscribers.retain_mut(|(wanted, stream)| wanted != topic || stream.write_all(&bytes).is_ok());
    Ok(())
}

fn poisoned() -> io::Error {
    io::Error::other("the broker stopped")
}

/// The cloud: subscribes to the shift figures and prints `count` of them (or without end), or sends
/// one request.
///
/// # Errors
/// There is no broker, or it does not answer.
pub fn cloud(
    address: SocketAddr,
    topic: &str,
    request: Option<&str>,
    count: Option<u64>,
) -> io::Result<()> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(8)))?;
    let mut packets = Packets::default();
    let client = format!("cloud-{}", std::process::id());
    stream.write_all(
        &Packet::Connect {
            client,
            keep_alive_s: 20,
        }
        .encode(),
    )?;
    expect(&mut stream, &mut packets, |packet| {
        *packet == Packet::ConnectAck { code: 0 }
    })?;
    if let Some(request) = request {
        let topic = format!("{topic}/request");
        let payload = request.as_bytes().to_vec();
        stream.write_all(
            &Packet::Publish {
                topic,
                id: Some(1),
                payload,
            }
            .encode(),
        )?;
        expect(&mut stream, &mut packets, |packet| {
            *packet == Packet::PublishAck { id: 1 }
        })?;
        return stream.write_all(&Packet::Disconnect.encode());
    }
    let topic = format!("{topic}/shift");
    stream.write_all(&Packet::Subscribe { id: 1, topic }.encode())?;
    let mut left = count.unwrap_or(u64::MAX);
    let mut pinged = Instant::now();
    while left > 0 {
        if pinged.elapsed() > Duration::from_secs(6) {
            stream.write_all(&Packet::Ping.encode())?;
            pinged = Instant::now();
        }
        if let Some(Packet::Publish { topic, payload, .. }) = receive(&mut stream, &mut packets)? {
            println!("cloud: {topic} {}", String::from_utf8_lossy(&payload));
            left -= 1;
        }
    }
    Ok(())
}

fn expect(
    stream: &mut TcpStream,
    packets: &mut Packets,
    wanted: impl Fn(&Packet) -> bool,
) -> io::Result<()> {
    for _ in 0..100 {
        if receive(stream, packets)?.is_some_and(|packet| wanted(&packet)) {
            return Ok(());
        }
    }
    Err(io::Error::other("the broker does not answer"))
}

/// The next packet, or nothing within the read timeout.
fn receive(stream: &mut TcpStream, packets: &mut Packets) -> io::Result<Option<Packet>> {
    let malformed = |error: crate::mqtt::Malformed| io::Error::other(error.to_string());
    if let Some(packet) = packets.next_packet().map_err(malformed)? {
        return Ok(Some(packet));
    }
    let mut buffer = [0; 2048];
    match stream.read(&mut buffer) {
        Ok(0) => return Err(io::Error::other("the broker closed the connection")),
        Ok(count) => packets.push(buffer.get(..count).unwrap_or_default()),
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
            ) => {}
        Err(error) => return Err(error),
    }
    packets.next_packet().map_err(malformed)
}
