//! Core of `modbus-gate`: which set points may be written, and what is asked of the controller.
//!
//! It frames and it counts; it decodes no value that the controller sends.

use crate::modbus::{Frame, read_request, write_request};
use crate::registers::{COUNT, HOLDING_START, INPUT_COUNT, INPUT_START, Register, Span};
use std::fmt;

/// Writes admitted within one second.
pub const WRITES_PER_SECOND_MAX: usize = 2;
const SECOND_NS: u64 = 1_000_000_000;

/// The poll table: function code, first register, number of registers.
pub const POLLS: [(u8, u16, u16); 2] = [
    (3, HOLDING_START, COUNT as u16),
    (4, INPUT_START, INPUT_COUNT),
];

/// Why a set point was not admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such register.
    Register(u8),
    /// The value is outside the absolute limits.
    Limit(Register, u16),
    /// It came too soon after the others.
    Rate,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Register(index) => write!(f, "register {index} is not listed"),
            Self::Limit(register, value) => {
                write!(f, "{register} {value} is outside the absolute limits")
            }
            Self::Rate => write!(f, "more than {WRITES_PER_SECOND_MAX} writes in a second"),
        }
    }
}

/// The gate's memory.
#[derive(Debug)]
pub struct Gate {
    limits: [Span; COUNT],
    admitted_ns: [Option<u64>; WRITES_PER_SECOND_MAX],
    transaction: u16,
}

impl Gate {
    /// A gate with these absolute limits, in the order of the registers.
    pub fn new(limits: [Span; COUNT]) -> Self {
        Self {
            limits,
            admitted_ns: [None; WRITES_PER_SECOND_MAX],
            transaction: 0,
        }
    }

    /// The absolute limits from settings `limit-NAME = "MIN..MAX"`, all six of them.
    ///
    /// # Errors
    /// The name of the first setting that is missing or not a span.
    pub fn limits<'a>(setting: impl Fn(&str) -> Option<&'a str>) -> Result<[Span; COUNT], String> {
        let mut limits = [Span::default(); COUNT];
        for (span, register) in limits.iter_mut().zip(Register::ALL) {
            let key = format!("limit-{register}");
            *span = setting(&key).and_then(Span::parse).ok_or(key)?;
        }
        Ok(limits)
    }

    /// The request that writes a set point, if it is admitted now.
    ///
    /// # Errors
    /// Why it is not. A refused set point leaves no trace in the rate.
    pub fn admit(&mut self, index: u8, value: u16, now_ns: u64) -> Result<Frame, Refusal> {
        let register = Register::at(index).ok_or(Refusal::Register(index))?;
        let span = self
            .limits
            .get(usize::from(index))
            .ok_or(Refusal::Register(index))?;
        if !span.admits(value) {
            return Err(Refusal::Limit(register, value));
        }
        let recent = |at: &Option<u64>| at.is_some_and(|at| now_ns < at.saturating_add(SECOND_NS));
        if self.admitted_ns.iter().all(recent) {
            return Err(Refusal::Rate);
        }
        self.admitted_ns.rotate_left(1);
        if let Some(last) = self.admitted_ns.last_mut() {
            *last = Some(now_ns);
        }
        Ok(self.frame(write_request(register.address(), value)))
    }

    /// The request of entry `index` of the poll table.
    pub fn poll(&mut self, index: usize) -> Option<Frame> {
        let (function, start, count) = *POLLS.get(index)?;
        Some(self.frame(read_request(function, start, count)))
    }

    fn frame(&mut self, data: Vec<u8>) -> Frame {
        self.transaction = self.transaction.wrapping_add(1);
        Frame {
            transaction: self.transaction,
            unit: 1,
            data,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn gate() -> Gate {
        Gate::new([Span { min: 10, max: 20 }; COUNT])
    }

    #[test]
    fn limits_are_inclusive() {
        for (value, admitted) in [(9, false), (10, true), (20, true), (21, false)] {
            assert_eq!(gate().admit(0, value, 0).is_ok(), admitted, "{value}");
        }
    }

    #[test]
    fn only_listed_registers() {
        assert_eq!(gate().admit(6, 15, 0), Err(Refusal::Register(6)));
        let frame = gate().admit(5, 15, 0).unwrap();
        assert_eq!(frame.data, [16, 0, 105, 0, 1, 2, 0, 15]);
    }

    #[test]
    fn two_writes_a_second() {
        let mut gate = gate();
        assert!(gate.admit(0, 15, 0).is_ok());
        assert!(gate.admit(0, 15, 400_000_000).is_ok());
        assert_eq!(gate.admit(0, 15, 999_999_999), Err(Refusal::Rate));
        assert!(gate.admit(0, 15, 1_000_000_000).is_ok());
        assert_eq!(gate.admit(0, 15, 1_399_999_999), Err(Refusal::Rate));
    }

    #[test]
    fn settings_must_be_complete() {
        let all = |key: &str| key.starts_with("limit-").then_some("1..2");
        assert_eq!(Gate::limits(all), Ok([Span { min: 1, max: 2 }; COUNT]));
        let one_missing = |key: &str| (!key.contains("pressure")).then_some("1..2");
        assert_eq!(
            Gate::limits(one_missing),
            Err("limit-pressure-mbar".to_owned())
        );
    }

    proptest! {
        #[test]
        fn nothing_but_listed_writes_within_limits_and_rate(
            offers in prop::collection::vec((any::<u8>(), any::<u16>(), 0_u64..700_000_000), 0..200),
        ) {
            let mut gate = gate();
            let (mut now, mut admitted) = (0, Vec::new());
            for (index, value, pause) in offers {
                now += pause;
                if let Ok(frame) = gate.admit(index % 8, value % 32, now) {
                    prop_assert_eq!(frame.data.len(), 8);
                    prop_assert_eq!(&frame.data[..1], &[16]);
                    let address = u16::from_be_bytes([frame.data[1], frame.data[2]]);
                    prop_assert!((100..106).contains(&address));
                    let written = u16::from_be_bytes([frame.data[6], frame.data[7]]);
                    prop_assert!((10..=20).contains(&written));
                    admitted.push(now);
                }
            }
            for window in admitted.windows(3) {
                prop_assert!(window[2] - window[0] >= SECOND_NS);
            }
        }
    }
}
