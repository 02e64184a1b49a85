//! The fields of a plan. All lists are sorted by name, so that one plan has one spelling.

use crate::linux::{LinuxChannel, LinuxPlan, LinuxSubject};
use record::Digest;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;

/// Format name and version.
pub const FORMAT: &str = "bulkhead.plan/2";

/// What one machine must enforce.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// [`FORMAT`].
    pub format: String,
    /// What must be enforced, whatever the platform.
    pub core: Core,
    /// What the platform needs besides to enforce it.
    pub target: Target,
}

/// What must be enforced, whatever the platform: who exists, what flows, what is granted and how much of the
/// machine each may use. It can be checked, compared, digested and judged without knowing a platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Core {
    /// System name.
    pub system: String,
    /// Digest of the model it was made from.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub model: Digest,
    /// The machine.
    pub platform: PlatformPlan,
    /// Subjects, sorted by name.
    pub subjects: Vec<SubjectPlan>,
    /// Channels, sorted by name.
    pub channels: Vec<ChannelPlan>,
}

/// What one kind of platform needs besides the core: where things lie on it, and under which identities. It
/// adds no flow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// The Linux separation runtime.
    Linux(LinuxPlan),
}

impl Plan {
    /// The section for Linux.
    pub fn linux(&self) -> &LinuxPlan {
        match &self.target {
            Target::Linux(own) => own,
        }
    }

    /// The section for Linux, to be changed.
    pub fn linux_mut(&mut self) -> &mut LinuxPlan {
        match &mut self.target {
            Target::Linux(own) => own,
        }
    }

    /// Each subject with its part of the section for Linux; in a sound plan each has one.
    pub fn subjects_on_linux(&self) -> impl Iterator<Item = (&SubjectPlan, &LinuxSubject)> {
        self.core.subjects.iter().zip(&self.linux().subjects)
    }

    /// Each channel with its part of the section for Linux; in a sound plan each has one.
    pub fn channels_on_linux(&self) -> impl Iterator<Item = (&ChannelPlan, &LinuxChannel)> {
        self.core.channels.iter().zip(&self.linux().channels)
    }
}

/// The machine and how strictly its limits hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PlatformPlan {
    /// Platform name.
    pub name: String,
    /// Processor cores for all subjects together.
    pub cores: u32,
    /// Memory for all subjects together, in bytes.
    pub memory_bytes: u64,
    /// How strictly limits must hold.
    pub enforce: Enforce,
}

/// How strictly limits must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Enforce {
    /// Memory limits.
    pub memory: Strength,
    /// Processor budgets.
    pub processor: Strength,
}

/// How strictly one limit must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// The strongest mechanism present; which one is printed and recorded.
    Best,
    /// Refuse to run without an exact mechanism.
    Hard,
}

/// One subject and the partition it runs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SubjectPlan {
    /// Name.
    pub name: String,
    /// Which program it runs.
    pub image: ImagePlan,
    /// Memory limit in bytes.
    pub memory_bytes: u64,
    /// Processor time in every `budget_period_us`; 0 = no budget.
    pub budget_us: u64,
    /// Interval of the budget; 0 = no budget.
    pub budget_period_us: u64,
    /// Period at which it polls its ports, in microseconds.
    pub period_us: u64,
    /// Longest silence in milliseconds; 0 = not watched.
    pub heartbeat_ms: u64,
    /// What happens when it fails.
    pub on_failure: FailurePlan,
    /// Ports on channels, sorted by name and direction.
    pub ports: Vec<PortPlan>,
    /// Grants, sorted by name.
    pub grants: Vec<GrantPlan>,
    /// Constants handed to the program, sorted by key.
    pub settings: Vec<SettingPlan>,
}

/// Which program: its bytes. Where it lies, the target says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ImagePlan {
    /// Its size in bytes.
    pub size_bytes: u64,
    /// SHA-256 of its bytes; another file is refused.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub sha256: Digest,
}

/// What happens when a subject fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FailurePlan {
    /// First reaction.
    pub action: FailureAction,
    /// Restart: pause before the start, in milliseconds; otherwise 0.
    pub delay_ms: u64,
    /// Restart: at most so many within the window; otherwise 0.
    pub count_max: u32,
    /// Restart: the window in milliseconds; otherwise 0.
    pub window_ms: u64,
    /// Restart: when the count is exceeded, halt the system instead of leaving it stopped.
    pub then_halt: bool,
}

/// First reaction to a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum FailureAction {
    /// Start it again under a new epoch.
    Restart,
    /// Leave it stopped.
    Stop,
    /// Halt the whole system.
    Halt,
}

/// A subject's end of a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PortPlan {
    /// Name, unique in the subject and direction.
    pub name: String,
    /// Direction, seen from the subject.
    pub direction: Direction,
    /// Name of the channel.
    pub channel: String,
    /// In-ports: age from which data is stale, in microseconds; 0 = never.
    pub max_age_us: u64,
    /// In-ports: what the reader then does; `hold` where nothing is stated.
    pub on_stale: Reaction,
}

/// Direction of a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Receives.
    In,
    /// Sends.
    Out,
}

/// What a reader does with stale data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Reaction {
    /// Keep the last value.
    Hold,
    /// Use the safe value.
    SafeValue,
    /// Stop acting.
    Stop,
}

/// A constant handed to the program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SettingPlan {
    /// Key.
    pub key: String,
    /// Value.
    pub value: String,
}

/// A piece of the outside world, opened by the launcher and passed as a descriptor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GrantPlan {
    /// Name, unique in the subject.
    pub name: String,
    /// The external or object at the other end.
    pub peer: String,
    /// Permitted directions.
    pub direction: GrantDirection,
    /// What is opened.
    pub resource: ResourcePlan,
}

/// Directions of a grant, seen from the subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum GrantDirection {
    /// Only towards the subject.
    In,
    /// Only away from it.
    Out,
    /// Both.
    Both,
}

/// What a grant opens, by the name that the model gives to that piece of the outside: two grants on one name
/// meet there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "open", rename_all = "kebab-case", deny_unknown_fields)]
pub enum ResourcePlan {
    /// A TCP connection, `both`.
    TcpConnect {
        /// Peer address.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        address: SocketAddr,
    },
    /// A TCP listener, `both`.
    TcpListen {
        /// Own address.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        address: SocketAddr,
    },
    /// A bound UDP socket that only receives, `in`.
    UdpReceive {
        /// Own address.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        address: SocketAddr,
    },
    /// A connected UDP socket that only sends, `out`.
    UdpSend {
        /// Peer address.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        address: SocketAddr,
    },
    /// A file opened read-only, `in`.
    FileRead {
        /// Path: absolute, or relative to the run's state directory.
        path: String,
    },
    /// A file opened for appending, `out`, or `both` to read back.
    FileAppend {
        /// Path: absolute, or relative to the run's state directory.
        path: String,
        /// Most bytes it may have.
        quota_bytes: u64,
    },
    /// A device, opened as the direction says.
    Device {
        /// Path: absolute.
        path: String,
    },
}

/// A channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ChannelPlan {
    /// `writer.port -> reader.port`.
    pub name: String,
    /// The writing end.
    pub writer: ConnectionPlan,
    /// The reading end.
    pub reader: ConnectionPlan,
    /// How it behaves.
    pub kind: Kind,
    /// Messages kept: 1 for sampling, 0 for an event.
    pub depth: u32,
    /// Bytes of one message: 0 for an event.
    pub message_bytes: u32,
    /// Schema hash guarding both ends, as 16 hexadecimal digits; zeros if untyped.
    pub schema: String,
}

/// One end of a channel.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ConnectionPlan {
    /// Subject.
    pub subject: String,
    /// Port.
    pub port: String,
}

/// How a channel behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The newest value.
    Sampling,
    /// An overwriting queue.
    DropOldest,
    /// A bounded queue with a reverse flow.
    Credit,
    /// A counter.
    Event,
}
