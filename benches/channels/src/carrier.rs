//! What all carriers have in common.

use std::time::Duration;

/// Message sizes in bytes.
pub const SIZES: [usize; 3] = [64, 1024, 65_536];
/// Messages a queue keeps, by size.
pub const DEPTHS: [u32; 3] = [16, 16, 8];

/// The carriers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    Lines,
    Credit,
    DropOldest,
    Pipe,
    Socket,
    Iceoryx,
}

pub const CARRIERS: [Name; 6] = [
    Name::Lines,
    Name::Credit,
    Name::DropOldest,
    Name::Pipe,
    Name::Socket,
    Name::Iceoryx,
];

impl Name {
    pub fn text(self) -> &'static str {
        match self {
            Self::Lines => "cache lines",
            Self::Credit => "credit queue",
            Self::DropOldest => "drop-oldest queue",
            Self::Pipe => "pipe",
            Self::Socket => "Unix socket",
            Self::Iceoryx => "iceoryx2",
        }
    }

    /// About how long a round trip takes: to choose how many fit into a slice.
    pub fn estimate(self, size: usize) -> Duration {
        let (fixed_ns, per_kib_ns) = match self {
            Self::Lines | Self::Credit | Self::DropOldest => (800, 500),
            Self::Pipe | Self::Socket => (20_000, 1_000),
            Self::Iceoryx => (3_000, 600),
        };
        Duration::from_nanos(fixed_ns + per_kib_ns * size as u64 / 1024)
    }
}

/// A two-way connection between the processes.
pub trait Carrier {
    /// Sends, waiting for room.
    fn send(&mut self, message: &[u8]);
    /// Copies a message out; blocks or says that there is none.
    fn receive(&mut self, out: &mut [u8]) -> bool;
    /// Messages received or lost so far.
    fn passed(&self) -> u64;
}
