//! Modbus TCP framing (Modbus Messaging on TCP/IP Implementation Guide V1.0b) and the three
//! function codes the line uses (Modbus Application Protocol V1.1b3): 3 read holding registers,
//! 4 read input registers, 16 write multiple registers.

use std::fmt;

/// Bytes of the header in front of each protocol data unit.
pub const HEADER_BYTES: usize = 7;
/// Most bytes of a protocol data unit.
pub const UNIT_BYTES_MAX: usize = 253;

/// A stream that is not Modbus TCP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// The protocol identifier is not 0.
    Protocol(u16),
    /// The length field is outside of what a frame may have.
    Length(u16),
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Protocol(value) => write!(f, "protocol identifier is {value}, not 0"),
            Self::Length(value) => write!(f, "length field is {value}, not 2 to 254"),
        }
    }
}

/// A frame without its header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Pairs a reply with its request.
    pub transaction: u16,
    /// Unit identifier.
    pub unit: u8,
    /// Protocol data unit: function code and what follows.
    pub data: Vec<u8>,
}

impl Frame {
    /// The bytes on the wire; a data unit that is too long is cut.
    pub fn encode(&self) -> Vec<u8> {
        let data = self.data.get(..UNIT_BYTES_MAX).unwrap_or(&self.data);
        let length = u16::try_from(data.len() + 1).unwrap_or(u16::MAX);
        let mut bytes = Vec::with_capacity(HEADER_BYTES + data.len());
        bytes.extend_from_slice(&self.transaction.to_be_bytes());
        bytes.extend_from_slice(&[0, 0]);
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.push(self.unit);
        bytes.extend_from_slice(data);
        bytes
    }
}

/// Cuts a byte stream into frames. Holds at most one frame and what one read gave.
#[derive(Debug, Default)]
pub struct Framer {
    bytes: Vec<u8>,
}

impl Framer {
    /// Adds what was read.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole frame.
    ///
    /// # Errors
    /// The stream cannot be Modbus TCP; it cannot be resynchronised.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, Malformed> {
        let Some([t0, t1, p0, p1, l0, l1, unit]) = self.bytes.first_chunk::<HEADER_BYTES>() else {
            return Ok(None);
        };
        let protocol = u16::from_be_bytes([*p0, *p1]);
        if protocol != 0 {
            return Err(Malformed::Protocol(protocol));
        }
        let length = u16::from_be_bytes([*l0, *l1]);
        if !(2..=UNIT_BYTES_MAX as u16 + 1).contains(&length) {
            return Err(Malformed::Length(length));
        }
        let end = HEADER_BYTES + usize::from(length) - 1;
        let Some(data) = self.bytes.get(HEADER_BYTES..end) else {
            return Ok(None);
        };
        let transaction = u16::from_be_bytes([*t0, *t1]);
        let frame = Frame {
            transaction,
            unit: *unit,
            data: data.to_vec(),
        };
        self.bytes.drain(..end);
        Ok(Some(frame))
    }
}

/// Data unit that reads `count` registers: function 3 or 4.
pub fn read_request(function: u8, start: u16, count: u16) -> Vec<u8> {
    let mut data = vec![function];
    data.extend_from_slice(&start.to_be_bytes());
    data.extend_from_slice(&count.to_be_bytes());
    data
}

/// Data unit that writes one register with function 16.
pub fn write_request(address: u16, value: u16) -> Vec<u8> {
    let mut data = vec![16];
    data.extend_from_slice(&address.to_be_bytes());
    data.extend_from_slice(&[0, 1, 2]);
    data.extend_from_slice(&value.to_be_bytes());
    data
}

/// The registers in a reply to a read, if it is a well-formed reply to exactly this request.
pub fn registers(data: &[u8], function: u8, count: u16) -> Option<Vec<u16>> {
    let (head, values) = data.split_first_chunk::<2>()?;
    let bytes = usize::from(count) * 2;
    if head[0] != function || usize::from(head[1]) != bytes || values.len() != bytes {
        return None;
    }
    let (pairs, _) = values.as_chunks::<2>();
    Some(pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_published_examples() {
        // Modbus Application Protocol V1.1b3, sections 6.3 and 6.12.
        assert_eq!(read_request(3, 107, 3), [3, 0, 0x6b, 0, 3]);
        let reply = [3, 6, 0x02, 0x2b, 0, 0, 0, 0x64];
        assert_eq!(registers(&reply, 3, 3), Some(vec![555, 0, 100]));
        assert_eq!(write_request(1, 10), [16, 0, 1, 0, 1, 2, 0, 10]);
    }

    #[test]
    fn replies_that_do_not_fit_the_request() {
        for reply in [
            &[][..],
            &[3],
            &[3, 2, 0],
            &[3, 2, 0, 1, 2],
            &[4, 2, 0, 1],
            &[0x83, 2],
        ] {
            assert_eq!(registers(reply, 3, 1), None, "{reply:?}");
        }
    }

    #[test]
    fn bad_headers() {
        let mut framer = Framer::default();
        framer.push(&[0, 1, 0, 9, 0, 2, 1]);
        assert_eq!(framer.next_frame(), Err(Malformed::Protocol(9)));
        for length in [0, 1, 255, 0xffff_u16] {
            let mut framer = Framer::default();
            let [high, low] = length.to_be_bytes();
            framer.push(&[0, 1, 0, 0, high, low, 1]);
            assert_eq!(framer.next_frame(), Err(Malformed::Length(length)));
        }
    }

    proptest! {
        #[test]
        fn any_cutting_gives_the_same_frames(
            frames in prop::collection::vec((any::<u16>(), any::<u8>(),
                prop::collection::vec(any::<u8>(), 1..=UNIT_BYTES_MAX)), 0..6),
            step in 1_usize..40,
        ) {
            let frames: Vec<Frame> = frames
                .into_iter()
                .map(|(transaction, unit, data)| Frame { transaction, unit, data })
                .collect();
            let bytes: Vec<u8> = frames.iter().flat_map(Frame::encode).collect();
            let mut framer = Framer::default();
            let mut got = Vec::new();
            for chunk in bytes.chunks(step) {
                framer.push(chunk);
                while let Some(frame) = framer.next_frame().unwrap() {
                    got.push(frame);
                }
            }
            prop_assert_eq!(got, frames);
        }

        #[test]
        fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            let mut framer = Framer::default();
            framer.push(&bytes);
            while let Ok(Some(frame)) = framer.next_frame() {
                let _ = registers(&frame.data, 3, 6);
                prop_assert!(frame.data.len() <= UNIT_BYTES_MAX);
            }
        }
    }
}
