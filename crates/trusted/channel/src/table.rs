//! The port table: what the trusted loader tells a subject about itself.
//!
//! The supervisor writes it with [`encode`]; the loader maps it read-only at [`TABLE_ADDRESS`] and
//! passes [`TABLE_AUXILIARY`] in the auxiliary vector; the subject reads it with [`Table::decode`].
//! The bytes, little-endian: magic, total length `u32`, counts of ports, grants and settings `u16`
//! each, two bytes of zero, epoch, mark, period and pulse address `u64` each, the subject's name, then
//! the ports, grants and settings. A text is a `u16` length and that many bytes.

mod bytes;
mod decode;
mod encode;

pub use decode::Table;
pub use encode::{TooLarge, encode};

use crate::{Incarnation, Shape};

/// Where the loader maps the table.
pub const TABLE_ADDRESS: usize = 0x1000_0000_0000;
/// Type of the entry that the loader adds to the auxiliary vector; its value is
/// [`TABLE_ADDRESS`]. The kernel never passes an entry of this type, so a program that finds it
/// was started by the loader.
pub const TABLE_AUXILIARY: u64 = 0x4255_4c4b;
/// Most bytes of a table. The loader maps as many whole pages as the table needs.
pub const TABLE_BYTES_MAX: usize = 64 << 10;
/// Most bytes of a name or key.
pub const NAME_BYTES_MAX: usize = 64;
/// Most ports of a subject.
pub const PORTS_MAX: usize = 256;
/// Most grants of a subject.
pub const GRANTS_MAX: usize = 64;
/// Most settings of a subject.
pub const SETTINGS_MAX: usize = 256;

/// Direction of a port, seen from the subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Receives.
    In,
    /// Sends.
    Out,
}

/// What a reader does when its data is older than it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OnStale {
    /// Keep the last value.
    Hold,
    /// Use the safe value.
    SafeValue,
    /// Stop acting.
    Stop,
}

/// One port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortSpec<'a> {
    /// Name, unique in the subject and direction.
    pub name: &'a str,
    /// Direction.
    pub direction: Direction,
    /// Shape of the channel.
    pub shape: Shape,
    /// Where the data segment is mapped.
    pub data_address: usize,
    /// Where the credit segment is mapped; 0 = there is none.
    pub credit_address: usize,
    /// Age from which data is stale; 0 = never.
    pub max_age_ns: u64,
    /// What the reader does then.
    pub on_stale: OnStale,
}

/// What a grant opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GrantKind {
    /// A connected stream socket.
    Stream,
    /// A listening stream socket.
    Listener,
    /// A bound datagram socket that only receives.
    DatagramIn,
    /// A connected datagram socket that only sends.
    DatagramOut,
    /// A file that only grows, up to a quota.
    Append,
    /// A file to read.
    ReadFile,
    /// A device.
    Device,
}

/// One grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GrantSpec<'a> {
    /// Name, unique in the subject.
    pub name: &'a str,
    /// What it opens.
    pub kind: GrantKind,
    /// The descriptor, open in the subject.
    pub fd: i32,
    /// Most bytes of an append file; 0 for other kinds.
    pub quota_bytes: u64,
}

/// A whole table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableSpec<'a> {
    /// Name of the subject.
    pub subject: &'a str,
    /// This start of the subject.
    pub incarnation: Incarnation,
    /// Period of the subject; 0 = it has none.
    pub period_ns: u64,
    /// Where the pulse is mapped.
    pub pulse_address: usize,
    /// Ports.
    pub ports: &'a [PortSpec<'a>],
    /// Grants.
    pub grants: &'a [GrantSpec<'a>],
    /// Constants, key and value.
    pub settings: &'a [(&'a str, &'a str)],
}
