//! Core of `historian`: what is written to the archive, read back after a restart, and shown.
//!
//! The archive only grows, by records of [`RECORD_BYTES`] with a checksum. At ten samples a second
//! 30 days need 1.14 GiB. A crash may leave half a record at the end; the next start fills it up, so
//! that all others stay aligned, and it counts as damaged.

use crate::field::State;
use crate::registers::Values;
use std::collections::VecDeque;

/// Bytes of a record.
pub const RECORD_BYTES: usize = 44;
/// Samples the trend looks back, one minute.
const WINDOW: usize = 600;

/// One sample as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// Number of the sample; a sample is not stored twice.
    pub number: u64,
    /// Wall clock in milliseconds since 1970.
    pub wall_ms: u64,
    /// What the filler was doing.
    pub state: State,
    /// Measured values.
    pub actual: Values,
    /// Bottles so far.
    pub bottles: u32,
    /// Rejects so far, modulo 2^16.
    pub rejects: u16,
    /// Defects seen by the camera so far.
    pub defects: u32,
}

impl Record {
    /// The bytes in the archive, little-endian.
    pub fn encode(&self) -> [u8; RECORD_BYTES] {
        let mut bytes = Vec::with_capacity(RECORD_BYTES);
        bytes.extend_from_slice(&self.number.to_le_bytes());
        bytes.extend_from_slice(&self.wall_ms.to_le_bytes());
        bytes.extend_from_slice(&(self.state as u16).to_le_bytes());
        bytes.extend(self.actual.0.iter().flat_map(|value| value.to_le_bytes()));
        bytes.extend_from_slice(&self.bottles.to_le_bytes());
        bytes.extend_from_slice(&self.rejects.to_le_bytes());
        bytes.extend_from_slice(&self.defects.to_le_bytes());
        let sum = crc32(&bytes);
        bytes.extend_from_slice(&sum.to_le_bytes());
        bytes.try_into().unwrap_or([0; RECORD_BYTES])
    }

    /// Reads a record; `None` if it is damaged.
    pub fn decode(bytes: &[u8; RECORD_BYTES]) -> Option<Self> {
        let (body, sum) = bytes.split_last_chunk::<4>()?;
        if crc32(body) != u32::from_le_bytes(*sum) {
            return None;
        }
        let (number, rest) = body.split_first_chunk()?;
        let (wall_ms, rest) = rest.split_first_chunk()?;
        let (state, rest) = rest.split_first_chunk()?;
        let (actual, rest) = rest.split_first_chunk::<12>()?;
        let (bottles, rest) = rest.split_first_chunk()?;
        let (rejects, rest) = rest.split_first_chunk()?;
        let (defects, _) = rest.split_first_chunk()?;
        let (pairs, _) = actual.as_chunks::<2>();
        let values: Vec<u16> = pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
        Some(Self {
            number: u64::from_le_bytes(*number),
            wall_ms: u64::from_le_bytes(*wall_ms),
            state: State::of(u16::from_le_bytes(*state))?,
            actual: Values(values.try_into().ok()?),
            bottles: u32::from_le_bytes(*bottles),
            rejects: u16::from_le_bytes(*rejects),
            defects: u32::from_le_bytes(*defects),
        })
    }
}

/// What the historian remembers of the archive, and the last minute of it.
#[derive(Debug, Default)]
pub struct Archive {
    /// Good records in the archive.
    pub records: u64,
    /// Damaged ones.
    pub damaged: u64,
    /// Wall clock of the first record.
    pub first_ms: u64,
    /// Bytes in the archive.
    pub bytes: u64,
    partial: Vec<u8>,
    recent: VecDeque<Record>,
    delays_us: VecDeque<u64>,
}

impl Archive {
    /// Takes in bytes read back from the archive, in order.
    pub fn read_back(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.partial.extend_from_slice(bytes);
        let pending = std::mem::take(&mut self.partial);
        let (records, rest) = pending.as_chunks::<RECORD_BYTES>();
        for record in records {
            match Record::decode(record) {
                Some(record) => self.note(record),
                None => self.damaged += 1,
            }
        }
        self.partial = rest.to_vec();
    }

    /// After reading back: zeros that complete a record a crash left half-written.
    pub fn repair(&mut self) -> Vec<u8> {
        let rest = std::mem::take(&mut self.partial);
        if rest.is_empty() {
            return Vec::new();
        }
        let missing = RECORD_BYTES - rest.len();
        self.damaged += 1;
        self.bytes += missing as u64;
        vec![0; missing]
    }

    /// Whether another record fits.
    pub fn has_room(&self, quota_bytes: u64) -> bool {
        self.bytes.saturating_add(RECORD_BYTES as u64) <= quota_bytes
    }

    /// Notes a record that was written.
    pub fn wrote(&mut self, record: Record) {
        self.bytes += RECORD_BYTES as u64;
        self.note(record);
    }

    /// Notes how long a record took from the field to the archive.
    pub fn delayed(&mut self, delay_us: u64) {
        if self.delays_us.len() >= WINDOW {
            self.delays_us.pop_front();
        }
        self.delays_us.push_back(delay_us);
    }

    /// The longest delay over the last minute, in microseconds.
    pub fn delay_max(&self) -> u64 {
        self.delays_us.iter().copied().max().unwrap_or(0)
    }

    fn note(&mut self, record: Record) {
        if self.records == 0 {
            self.first_ms = record.wall_ms;
        }
        self.records += 1;
        if self.recent.len() >= WINDOW {
            self.recent.pop_front();
        }
        self.recent.push_back(record);
    }

    /// The newest record.
    pub fn last(&self) -> Option<&Record> {
        self.recent.back()
    }

    /// Mean, lowest and highest of a measured value over the last minute.
    pub fn trend(&self, index: usize) -> Option<(u16, u16, u16)> {
        let values = || {
            self.recent
                .iter()
                .filter_map(|record| record.actual.0.get(index).copied())
        };
        let count = values().count() as u64;
        let sum: u64 = values().map(u64::from).sum();
        let mean = u16::try_from(sum.checked_div(count)?).ok()?;
        Some((mean, values().min()?, values().max()?))
    }
}

/// CRC-32 (ISO-HDLC, reflected polynomial 0xEDB88320).
pub fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                crc >> 1 ^ 0xEDB8_8320
            } else {
                crc >> 1
            };
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn record(number: u64) -> Record {
        Record {
            number,
            wall_ms: 1000 + number,
            state: State::Filling,
            actual: Values([500 + number as u16, 2, 3, 4, 5, 6]),
            bottles: 7,
            rejects: 8,
            defects: 9,
        }
    }

    #[test]
    fn the_checksum_is_the_published_one() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn a_flipped_bit_is_noticed() {
        let bytes = record(3).encode();
        assert_eq!(Record::decode(&bytes), Some(record(3)));
        for position in 0..RECORD_BYTES * 8 {
            let mut wrong = bytes;
            wrong[position / 8] ^= 1 << (position % 8);
            assert_eq!(Record::decode(&wrong), None, "bit {position}");
        }
    }

    #[test]
    fn half_a_record_is_filled_up_and_the_rest_survives() {
        let mut file: Vec<u8> = (0..3).flat_map(|number| record(number).encode()).collect();
        file.extend_from_slice(&record(3).encode()[..10]);
        let mut archive = Archive::default();
        file.chunks(7).for_each(|chunk| archive.read_back(chunk));
        let fill = archive.repair();
        assert_eq!(
            (archive.records, archive.damaged, fill.len()),
            (3, 1, RECORD_BYTES - 10)
        );
        file.extend_from_slice(&fill);
        file.extend_from_slice(&record(4).encode());
        let mut again = Archive::default();
        again.read_back(&file);
        assert_eq!(
            (again.records, again.damaged, again.repair().len()),
            (4, 1, 0)
        );
        assert_eq!((again.first_ms, again.last()), (1000, Some(&record(4))));
    }

    #[test]
    fn the_quota_is_kept() {
        let mut archive = Archive::default();
        assert!(archive.has_room(RECORD_BYTES as u64));
        archive.wrote(record(0));
        assert!(!archive.has_room(RECORD_BYTES as u64 * 2 - 1));
        assert!(archive.has_room(RECORD_BYTES as u64 * 2));
    }

    #[test]
    fn the_trend_is_of_the_last_minute() {
        let mut archive = Archive::default();
        assert_eq!(archive.trend(0), None);
        (0..WINDOW as u64 + 10).for_each(|number| archive.wrote(record(number)));
        assert_eq!(archive.trend(0), Some((809, 510, 1109)));
        assert_eq!(archive.trend(6), None);
        (0..=WINDOW as u64)
            .rev()
            .for_each(|delay| archive.delayed(delay));
        assert_eq!(archive.delay_max(), WINDOW as u64 - 1);
    }

    proptest! {
        #[test]
        fn any_file_is_survived(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
            let mut archive = Archive::default();
            archive.read_back(&bytes);
            archive.repair();
            prop_assert_eq!(archive.bytes % RECORD_BYTES as u64, 0);
        }
    }
}
