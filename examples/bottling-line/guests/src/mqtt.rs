//! The part of MQTT 3.1.1 (OASIS Standard, 2014) that the uplink and the simulated broker speak:
//! clean sessions, publish with QoS 0 and 1, subscribe, ping.

use std::fmt;

/// Most bytes of a packet after its length; larger ones are refused.
pub const PACKET_BYTES_MAX: usize = 4096;

/// A stream that is not MQTT as far as it is spoken here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// The length is not one, or above [`PACKET_BYTES_MAX`].
    Length,
    /// Type, flags or content of a packet of this first byte.
    Packet(u8),
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length => write!(f, "a packet has a malformed or too large length"),
            Self::Packet(first) => write!(f, "a packet that begins with {first:#04x} is malformed"),
        }
    }
}

/// A packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Packet {
    /// Client asks for a clean session.
    Connect {
        /// Client identifier.
        client: String,
        /// Seconds within which the client speaks.
        keep_alive_s: u16,
    },
    /// Server answers; 0 is yes.
    ConnectAck {
        /// Return code.
        code: u8,
    },
    /// A message.
    Publish {
        /// Topic.
        topic: String,
        /// Packet identifier: present with QoS 1, absent with QoS 0.
        id: Option<u16>,
        /// Content.
        payload: Vec<u8>,
    },
    /// A message with QoS 1 arrived.
    PublishAck {
        /// Its packet identifier.
        id: u16,
    },
    /// Client asks for a topic, QoS 0.
    Subscribe {
        /// Packet identifier.
        id: u16,
        /// Topic filter.
        topic: String,
    },
    /// Server answers.
    SubscribeAck {
        /// Packet identifier.
        id: u16,
        /// Granted QoS, or 0x80 for no.
        code: u8,
    },
    /// Client is alive.
    Ping,
    /// Server is alive.
    PingAck,
    /// Client goes.
    Disconnect,
}

impl Packet {
    /// The bytes on the wire.
    pub fn encode(&self) -> Vec<u8> {
        let mut body = Vec::new();
        let first = match self {
            Self::Connect {
                client,
                keep_alive_s,
            } => {
                text(&mut body, "MQTT");
                body.extend_from_slice(&[4, 2]);
                body.extend_from_slice(&keep_alive_s.to_be_bytes());
                text(&mut body, client);
                0x10
            }
            Self::ConnectAck { code } => {
                body.extend_from_slice(&[0, *code]);
                0x20
            }
            Self::Publish { topic, id, payload } => {
                text(&mut body, topic);
                body.extend(id.iter().flat_map(|id| id.to_be_bytes()));
                body.extend_from_slice(payload);
                if id.is_some() { 0x32 } else { 0x30 }
            }
            Self::PublishAck { id } => {
                body.extend_from_slice(&id.to_be_bytes());
                0x40
            }
            Self::Subscribe { id, topic } => {
                body.extend_from_slice(&id.to_be_bytes());
                text(&mut body, topic);
                body.push(0);
                0x82
            }
            Self::SubscribeAck { id, code } => {
                body.extend_from_slice(&id.to_be_bytes());
                body.push(*code);
                0x90
            }
            Self::Ping => 0xc0,
            Self::PingAck => 0xd0,
            Self::Disconnect => 0xe0,
        };
        let mut bytes = vec![first];
        let mut length = body.len();
        loop {
            let low = u8::try_from(length % 128).unwrap_or(0);
            length /= 128;
            bytes.push(if length > 0 { low | 0x80 } else { low });
            if length == 0 {
                break;
            }
        }
        bytes.extend_from_slice(&body);
        bytes
    }

    fn decode(first: u8, body: &[u8]) -> Option<Self> {
        let mut body = Body(body);
        let packet = match first {
            0x10 => {
                let [level, flags, k0, k1] =
                    *(body.text()? == "MQTT").then(|| body.take::<4>())??;
                let client = body.text()?;
                // Clean session, no will, no user name.
                (level == 4 && flags == 2).then(|| Self::Connect {
                    client,
                    keep_alive_s: u16::from_be_bytes([k0, k1]),
                })?
            }
            0x20 => {
                let [flags, code] = *body.take::<2>()?;
                (flags <= 1).then_some(Self::ConnectAck { code })?
            }
            // Duplicate and retain change nothing here; QoS 2 is not spoken.
            _ if first & 0xf0 == 0x30 && first & 0x04 == 0 => {
                let topic = body.text()?;
                let id = if first & 0x02 == 0 {
                    None
                } else {
                    Some(body.id()?)
                };
                Self::Publish {
                    topic,
                    id,
                    payload: std::mem::take(&mut body.0).to_vec(),
                }
            }
            0x40 => Self::PublishAck { id: body.id()? },
            0x82 => {
                let (id, topic) = (body.id()?, body.text()?);
                let [qos] = *body.take::<1>()?;
                (qos <= 2).then_some(Self::Subscribe { id, topic })?
            }
            0x90 => {
                let id = body.id()?;
                let [code] = *body.take::<1>()?;
                Self::SubscribeAck { id, code }
            }
            0xc0 => Self::Ping,
            0xd0 => Self::PingAck,
            0xe0 => Self::Disconnect,
            _ => return None,
        };
        body.0.is_empty().then_some(packet)
    }
}

fn text(out: &mut Vec<u8>, text: &str) {
    let end = text.floor_char_boundary(u16::MAX.into());
    let bytes = text.as_bytes().get(..end).unwrap_or_default();
    out.extend_from_slice(&u16::try_from(bytes.len()).unwrap_or(0).to_be_bytes());
    out.extend_from_slice(bytes);
}

struct Body<'a>(&'a [u8]);

impl<'a> Body<'a> {
    fn take<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(taken)
    }

    fn id(&mut self) -> Option<u16> {
        self.take()
            .map(|bytes| u16::from_be_bytes(*bytes))
            .filter(|id| *id != 0)
    }

    fn text(&mut self) -> Option<String> {
        let length = u16::from_be_bytes(*self.take()?);
        let (bytes, rest) = self.0.split_at_checked(length.into())?;
        self.0 = rest;
        std::str::from_utf8(bytes)
            .ok()
            .filter(|text| !text.contains('\0'))
            .map(str::to_owned)
    }
}

/// Cuts a byte stream into packets. Holds at most one packet and what one read gave.
#[derive(Debug, Default)]
pub struct Packets {
    bytes: Vec<u8>,
}

impl Packets {
    /// Adds what was read.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole packet.
    ///
    /// # Errors
    /// The stream cannot be MQTT; it cannot be resynchronised.
    pub fn next_packet(&mut self) -> Result<Option<Packet>, Malformed> {
        let Some((first, rest)) = self.bytes.split_first() else {
            return Ok(None);
        };
        let mut length = 0_usize;
        let mut used = 0;
        loop {
            let Some(byte) = rest.get(used) else {
                return if used < 2 {
                    Ok(None)
                } else {
                    Err(Malformed::Length)
                };
            };
            length |= usize::from(byte & 0x7f) << (7 * used);
            used += 1;
            if byte & 0x80 == 0 {
                break;
            }
            if used == 2 {
                return Err(Malformed::Length);
            }
        }
        if length > PACKET_BYTES_MAX {
            return Err(Malformed::Length);
        }
        let first = *first;
        let Some(body) = rest.get(used..used + length) else {
            return Ok(None);
        };
        let packet = Packet::decode(first, body).ok_or(Malformed::Packet(first))?;
        self.bytes.drain(..1 + used + length);
        Ok(Some(packet))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all() -> Vec<Packet> {
        let topic = || "bottling/line-1/shift".to_owned();
        vec![
            Packet::Connect {
                client: "line-1".into(),
                keep_alive_s: 30,
            },
            Packet::ConnectAck { code: 0 },
            Packet::Publish {
                topic: topic(),
                id: Some(7),
                payload: vec![1; 300],
            },
            Packet::Publish {
                topic: topic(),
                id: None,
                payload: Vec::new(),
            },
            Packet::PublishAck { id: 7 },
            Packet::Subscribe {
                id: 1,
                topic: topic(),
            },
            Packet::SubscribeAck { id: 1, code: 0x80 },
            Packet::Ping,
            Packet::PingAck,
            Packet::Disconnect,
        ]
    }

    #[test]
    fn connect_as_in_the_standard() {
        // Section 3.1 with an empty payload but for the client identifier.
        let connect = Packet::Connect {
            client: "a".into(),
            keep_alive_s: 10,
        };
        let expected = [
            0x10, 13, 0, 4, b'M', b'Q', b'T', b'T', 4, 2, 0, 10, 0, 1, b'a',
        ];
        assert_eq!(connect.encode(), expected);
    }

    #[test]
    fn packets_survive_any_cutting() {
        let bytes: Vec<u8> = all().iter().flat_map(Packet::encode).collect();
        for step in 1..20 {
            let mut packets = Packets::default();
            let mut got = Vec::new();
            for chunk in bytes.chunks(step) {
                packets.push(chunk);
                while let Some(packet) = packets.next_packet().unwrap() {
                    got.push(packet);
                }
            }
            assert_eq!(got, all());
        }
    }

    #[test]
    fn malformed_packets() {
        let cases: [&[u8]; 7] = [
            &[0x30, 0xff, 0xff, 0xff, 0x7f],
            &[0x30, 0xff, 0x7f],
            &[0x36, 5, 0, 1, b'a', 0, 1],
            &[0x40, 2, 0, 0],
            &[0x30, 2, 0, 9],
            &[0xc0, 1, 0],
            &[0x00, 0],
        ];
        for bytes in cases {
            let mut packets = Packets::default();
            packets.push(bytes);
            assert!(packets.next_packet().is_err(), "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let mut packets = Packets::default();
            packets.push(&bytes);
            let mut count = 0;
            while let Ok(Some(_)) = packets.next_packet() {
                count += 1;
            }
            prop_assert!(count <= bytes.len());
        }
    }
}
