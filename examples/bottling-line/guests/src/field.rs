//! Core of `field-read`: decodes what the controller answered. Every byte is hostile.

use crate::gate::POLLS;
use crate::modbus::registers;
use crate::registers::Values;

/// What the filler is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Stopped.
    Stopped,
    /// Starting up.
    Starting,
    /// Filling.
    Filling,
    /// Stopped by a fault.
    Fault,
}

impl State {
    /// The state of a register value.
    pub fn of(value: u16) -> Option<Self> {
        match value {
            0 => Some(Self::Stopped),
            1 => Some(Self::Starting),
            2 => Some(Self::Filling),
            3 => Some(Self::Fault),
            _ => None,
        }
    }

    /// As people read it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Starting => "starting",
            Self::Filling => "filling",
            Self::Fault => "fault",
        }
    }
}

/// The line at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What the filler is doing.
    pub state: State,
    /// Set points in effect.
    pub set: Values,
    /// Measured values, in the order and units of the set points.
    pub actual: Values,
    /// Bottles since the controller started.
    pub bottles: u32,
    /// Rejected bottles, modulo 2^16.
    pub rejects: u16,
}

/// Decodes one round of replies (holding registers, input registers); `None` if either is not
/// exactly what was asked for.
pub fn decode(holding: &[u8], inputs: &[u8]) -> Option<Reading> {
    let [(f3, _, n3), (f4, _, n4)] = POLLS;
    let set = registers(holding, f3, n3)?;
    let inputs = registers(inputs, f4, n4)?;
    let [state, a, b, c, d, e, f, high, low, rejects] = *inputs.as_array::<10>()?;
    Some(Reading {
        state: State::of(state)?,
        set: Values(*set.as_array::<6>()?),
        actual: Values([a, b, c, d, e, f]),
        bottles: u32::from(high) << 16 | u32::from(low),
        rejects,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn reply(function: u8, values: &[u16]) -> Vec<u8> {
        let mut data = vec![function, values.len() as u8 * 2];
        data.extend(values.iter().flat_map(|value| value.to_be_bytes()));
        data
    }

    #[test]
    fn a_round() {
        let holding = reply(3, &[500, 6000, 40, 1200, 300, 180]);
        let inputs = reply(4, &[2, 499, 5990, 41, 1190, 299, 179, 1, 2, 3]);
        let reading = decode(&holding, &inputs).unwrap();
        assert_eq!(reading.state, State::Filling);
        assert_eq!(reading.set, Values([500, 6000, 40, 1200, 300, 180]));
        assert_eq!(reading.actual, Values([499, 5990, 41, 1190, 299, 179]));
        assert_eq!((reading.bottles, reading.rejects), (65_538, 3));
        let unknown_state = reply(4, &[4, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(decode(&holding, &unknown_state), None);
        assert_eq!(decode(&inputs, &holding), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(
            holding in prop::collection::vec(any::<u8>(), 0..260),
            inputs in prop::collection::vec(any::<u8>(), 0..260),
        ) {
            if decode(&holding, &inputs).is_some() {
                prop_assert_eq!((holding.len(), inputs.len()), (14, 22));
            }
        }
    }
}
