//! The six set points of the filler, the one thing that all parts of the line agree on.

use std::fmt;

/// Number of set points.
pub const COUNT: usize = 6;
/// Modbus address of the first set point; the six holding registers are contiguous.
pub const HOLDING_START: u16 = 100;
/// Modbus address of the first input register with actual values.
pub const INPUT_START: u16 = 0;
/// Number of input registers that are polled.
pub const INPUT_COUNT: u16 = 10;

/// A set point of the filler.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Register {
    /// Millilitres per bottle.
    FillVolume,
    /// Bottles per hour.
    FillerSpeed,
    /// Tenths of a degree Celsius.
    Temperature,
    /// Millibar in the tank.
    Pressure,
    /// Millimetres per second.
    ConveyorSpeed,
    /// Hundredths of a newton metre.
    CappingTorque,
}

impl Register {
    /// All of them in the order of their addresses.
    pub const ALL: [Self; COUNT] = [
        Self::FillVolume,
        Self::FillerSpeed,
        Self::Temperature,
        Self::Pressure,
        Self::ConveyorSpeed,
        Self::CappingTorque,
    ];

    /// The register at this position, if there is one.
    pub fn at(index: u8) -> Option<Self> {
        Self::ALL.get(usize::from(index)).copied()
    }

    /// Position among the six.
    pub fn index(self) -> u8 {
        match self {
            Self::FillVolume => 0,
            Self::FillerSpeed => 1,
            Self::Temperature => 2,
            Self::Pressure => 3,
            Self::ConveyorSpeed => 4,
            Self::CappingTorque => 5,
        }
    }

    /// Modbus address.
    pub fn address(self) -> u16 {
        HOLDING_START + u16::from(self.index())
    }

    /// Name with its unit, as people write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::FillVolume => "fill-volume-ml",
            Self::FillerSpeed => "filler-speed-bph",
            Self::Temperature => "temperature-dc",
            Self::Pressure => "pressure-mbar",
            Self::ConveyorSpeed => "conveyor-speed-mms",
            Self::CappingTorque => "capping-torque-cnm",
        }
    }

    /// The register of a name; the unit may be left out.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|register| {
            let full = register.name();
            full == name
                || full
                    .rsplit_once('-')
                    .is_some_and(|(short, _)| short == name)
        })
    }
}

impl fmt::Display for Register {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One value per set point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Values(pub [u16; COUNT]);

impl Values {
    /// The value of a register.
    pub fn get(&self, register: Register) -> u16 {
        let [a, b, c, d, e, f] = self.0;
        match register {
            Register::FillVolume => a,
            Register::FillerSpeed => b,
            Register::Temperature => c,
            Register::Pressure => d,
            Register::ConveyorSpeed => e,
            Register::CappingTorque => f,
        }
    }
}

/// Permitted values of a set point, ends included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Lowest.
    pub min: u16,
    /// Highest.
    pub max: u16,
}

impl Span {
    /// Whether the value is permitted.
    pub fn admits(self, value: u16) -> bool {
        (self.min..=self.max).contains(&value)
    }

    /// Reads `MIN..MAX`; `None` unless both are numbers in order.
    pub fn parse(text: &str) -> Option<Self> {
        let (min, max) = text.split_once("..")?;
        let span = Self {
            min: number(min)?,
            max: number(max)?,
        };
        (span.min <= span.max).then_some(span)
    }
}

/// A number in its only spelling: digits without sign or leading zero.
pub fn number(text: &str) -> Option<u16> {
    let canonical = text == "0" || !text.starts_with(['0', '+']);
    if canonical { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_addresses_and_names_agree() {
        for (index, register) in Register::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(register.index()), index);
            assert_eq!(Register::at(register.index()), Some(register));
            assert_eq!(Register::find(register.name()), Some(register));
            assert_eq!(
                Values([10, 11, 12, 13, 14, 15]).get(register),
                10 + index as u16
            );
        }
        assert_eq!(Register::at(6), None);
        assert_eq!(Register::find("fill-volume"), Some(Register::FillVolume));
        assert_eq!(Register::find("fill"), None);
    }

    #[test]
    fn spans() {
        assert_eq!(Span::parse("3..7"), Some(Span { min: 3, max: 7 }));
        for wrong in [
            "", "3", "7..3", "03..7", "+3..7", "3..65536", "3...7", "-1..3",
        ] {
            assert_eq!(Span::parse(wrong), None, "{wrong}");
        }
        let span = Span { min: 3, max: 7 };
        assert_eq!(
            [2, 3, 7, 8].map(|value| span.admits(value)),
            [false, true, true, false]
        );
    }
}
