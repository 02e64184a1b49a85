//! What can be wrong with an end before the first message.

use core::fmt;

/// Why an end, a table or a grant cannot be had. What a peer does wrong later is counted, not
/// returned here: a hostile peer cannot prevent an end from attaching.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The program was not started as a partition.
    NotInPartition,
    /// What can be had only once was already taken.
    Taken,
    /// The port table is malformed or of another version.
    Table,
    /// The shape is outside the bounds.
    Shape,
    /// A segment is missing or not aligned.
    Address,
    /// There is no such port or grant.
    Unknown,
    /// The port runs the other way.
    Direction,
}

impl Fault {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotInPartition => "not-in-partition",
            Self::Taken => "already-taken",
            Self::Table => "malformed-port-table",
            Self::Shape => "impossible-shape",
            Self::Address => "segment-not-mapped",
            Self::Unknown => "no-such-port",
            Self::Direction => "wrong-direction",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotInPartition => "the program was not started as a partition",
            Self::Taken => "this was already taken, it can be had only once",
            Self::Table => "the port table is malformed or of another version",
            Self::Shape => "the shape of the channel is outside the bounds",
            Self::Address => "a segment of the channel is missing or not aligned",
            Self::Unknown => "there is no such port or grant",
            Self::Direction => "the port runs the other way",
        })
    }
}

impl core::error::Error for Fault {}
