//! Core of `interlock-view`: what the safety controller reports, and whether it permits changes.
//!
//! The report is a datagram of ten bytes: `SPI1`, a counter (big-endian), the inputs, and the
//! inputs inverted. The safety controller sends it every 50 ms and receives nothing.

/// Bytes of a report.
pub const REPORT_BYTES: usize = 10;
const MAGIC: [u8; 4] = *b"SPI1";
/// Guard doors closed, pressure relief closed, emergency stop released.
pub const ALL_INPUTS: u8 = 0b111;

/// A report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// Rises with each report.
    pub counter: u32,
    /// Bit 0 guard doors closed, bit 1 pressure relief closed, bit 2 emergency stop released.
    pub inputs: u8,
}

impl Report {
    /// Whether set points may change.
    pub fn permits(self) -> bool {
        self.inputs == ALL_INPUTS
    }

    /// The datagram.
    pub fn encode(self) -> [u8; REPORT_BYTES] {
        let [m0, m1, m2, m3] = MAGIC;
        let [c0, c1, c2, c3] = self.counter.to_be_bytes();
        [m0, m1, m2, m3, c0, c1, c2, c3, self.inputs, !self.inputs]
    }

    /// Reads a datagram; `None` for anything that is not exactly a report.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let [m0, m1, m2, m3, c0, c1, c2, c3, inputs, inverse] =
            *bytes.as_array::<REPORT_BYTES>()?;
        let sound = [m0, m1, m2, m3] == MAGIC && inverse == !inputs && inputs & !ALL_INPUTS == 0;
        sound.then(|| Self {
            counter: u32::from_be_bytes([c0, c1, c2, c3]),
            inputs,
        })
    }
}

/// Rejects reports that are not newer than the last. After a silence any counter is accepted, as
/// the safety controller may have restarted; a replay then lasts at most as long as it is newer.
#[derive(Debug, Default)]
pub struct Sequence {
    last: Option<(u32, u64)>,
}

/// Silence after which a lower counter is a restart, in nanoseconds.
const RESTART_NS: u64 = 1_000_000_000;

impl Sequence {
    /// Whether the report counts.
    pub fn accepts(&mut self, report: Report, now_ns: u64) -> bool {
        let newer = self.last.is_none_or(|(counter, at_ns)| {
            report.counter.wrapping_sub(counter).wrapping_sub(1) < u32::MAX / 2
                || now_ns.saturating_sub(at_ns) > RESTART_NS
        });
        if newer {
            self.last = Some((report.counter, now_ns));
        }
        newer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_all_inputs_permit() {
        for inputs in 0..8 {
            let report = Report { counter: 7, inputs };
            assert_eq!(Report::decode(&report.encode()), Some(report));
            assert_eq!(report.permits(), inputs == 7, "{inputs}");
        }
    }

    #[test]
    fn every_flipped_bit_is_noticed_or_a_counter() {
        let bytes = Report {
            counter: 1,
            inputs: 7,
        }
        .encode();
        for position in 0..80 {
            let mut wrong = bytes;
            wrong[position / 8] ^= 1 << (position % 8);
            let counter = (32..64).contains(&position);
            assert_eq!(Report::decode(&wrong).is_some(), counter, "bit {position}");
        }
        assert_eq!(Report::decode(&bytes[..9]), None);
        assert_eq!(Report::decode(&[0; 11]), None);
    }

    #[test]
    fn old_reports_do_not_count() {
        let mut sequence = Sequence::default();
        let report = |counter| Report { counter, inputs: 7 };
        assert!(sequence.accepts(report(5), 0));
        assert!(!sequence.accepts(report(5), 10));
        assert!(!sequence.accepts(report(4), 10));
        assert!(sequence.accepts(report(6), 10));
        assert!(
            sequence.accepts(report(1), 2_000_000_000),
            "after a silence"
        );
        assert!(sequence.accepts(report(u32::MAX), 4_000_000_000));
        assert!(sequence.accepts(report(0), 4_000_000_001), "wraps");
    }
}
