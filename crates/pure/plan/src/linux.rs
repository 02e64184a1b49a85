//! What Linux needs besides the core of a plan: programs, users, addresses.

use serde::{Deserialize, Serialize};

/// Lowest address at which a segment may be mapped.
pub const ADDRESS_MIN: u64 = 0x1100_0000_0000;
/// Addresses from here on are not used for segments, but for what a process has alone: its image, its stack,
/// and what the kernel places. A filter that sees an address can tell the two apart by one bit.
pub const ADDRESS_END: u64 = 0x4000_0000_0000;
/// Distance between the segments of a plan; each is smaller, since the runtime makes none of more than 512 MiB.
pub const ADDRESS_STEP: u64 = 0x4000_0000;

/// What Linux needs for each subject and channel of the core, in the core's order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LinuxPlan {
    /// Subjects, sorted by name.
    pub subjects: Vec<LinuxSubject>,
    /// Channels, sorted by name.
    pub channels: Vec<LinuxChannel>,
}

/// Where a subject's program lies, and as whom it runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LinuxSubject {
    /// Name of the subject.
    pub name: String,
    /// Absolute path of its program on the machine.
    pub program: String,
    /// Host user and group id under a privileged supervisor; distinct per subject.
    pub user: u32,
}

/// Where a channel's memory is mapped, on both sides at the same addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LinuxChannel {
    /// Name of the channel.
    pub name: String,
    /// Address of the data segment.
    pub data_address: u64,
    /// Address of the credit segment; 0 = there is none.
    pub credit_address: u64,
}
