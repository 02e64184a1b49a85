//! What supervisor, zygote, keeper and the process of a subject say to each other before "go".
//!
//! | who to whom | messages |
//! |---|---|
//! | supervisor → zygote | [`Order::Prepare`]; [`Order::Keeper`] for each partition |
//! | zygote → supervisor | [`Report::Copied`] for each keeper; or [`Report::Fault`] |
//! | supervisor → keeper | [`Order::Map`] …, [`Order::Image`]; then [`Order::Load`] for each start |
//! | keeper → supervisor | [`Report::Mapped`]; for each start [`Report::Forked`] and [`Report::Ended`]; or [`Report::Fault`] |
//! | supervisor → subject's process, at its gate | [`Order::Start`]; then one byte: go |
//! | subject's process → supervisor, at its gate | [`Report::Ready`] or [`Report::Fault`] |

use crate::sys::Instruction;
use crate::wire::{Cursor, Fields};
use rustix::process::WaitIdStatus;

/// Descriptor of the zygote's, later of the keeper's, end of its control socket.
pub(crate) const CONTROL: i32 = 3;
/// First of a subject's grants; then comes its gate. Above the keeper's own control socket and
/// image, so that a number means one thing in a partition.
pub(crate) const GRANTS_FIRST: i32 = 5;
/// Above every descriptor a subject gets; the keeper's descriptor of the subject's process.
pub(crate) const ASIDE: i32 = 256;
/// Address at which every subject maps its pulse segment; below all channel segments.
pub const PULSE_ADDRESS: usize = 0x1080_0000_0000;
/// Most segments in one [`Order::Map`].
pub(crate) const SEGMENTS_MAX: usize = 64;

/// A segment to be mapped; its descriptor travels beside the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Where.
    pub address: u64,
    /// How many bytes.
    pub bytes: u64,
    /// Whether the subject may write.
    pub writable: bool,
}

/// Limits of a subject's process that the kernel keeps per process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ProcessLimits {
    /// Private writable memory.
    pub data_bytes: u64,
    /// Address space beyond what is mapped at the start.
    pub address_bytes: u64,
    /// Size of a file it may write.
    pub file_bytes: u64,
    /// Threads of its user; the largest number = without bound.
    pub threads: u64,
    /// Descriptors.
    pub descriptors: u64,
}

/// What one start needs besides the descriptors: port table, grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Start {
    /// Bytes of the port table.
    pub table_bytes: u64,
    /// Limits.
    pub limits: ProcessLimits,
    /// The filter program.
    pub filter: Vec<u8>,
}

/// From the supervisor to the zygote, a keeper or a subject's process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Map these segments.
    Map(Vec<Place>),
    /// Keep this image, and say that everything is mapped.
    Image,
    /// Copy a process for the subject of this name and place the image in it; its gate and what its
    /// standard descriptors are open on are beside.
    Load(String),
    /// Become the subject.
    Start(Start),
    /// Get ready to copy keepers.
    Prepare {
        /// Whether each gets a user namespace of its own.
        own_users: bool,
    },
    /// Copy a keeper; files by which it enters its control groups are beside.
    Keeper {
        /// Its user and group.
        user: u32,
    },
}

impl Order {
    pub(crate) fn encode(&self) -> Vec<u8> {
        match self {
            Self::Map(places) => {
                let fields = Fields::default().number(1).number(places.len() as u64);
                let add = |fields: Fields, place: &Place| {
                    let fields = fields.number(place.address).number(place.bytes);
                    fields.number(place.writable.into())
                };
                places.iter().fold(fields, add).done()
            }
            Self::Image => Fields::default().number(2).done(),
            Self::Start(start) => {
                let limits = start.limits;
                Fields::default()
                    .number(4)
                    .number(start.table_bytes)
                    .number(limits.data_bytes)
                    .number(limits.address_bytes)
                    .number(limits.file_bytes)
                    .number(limits.threads)
                    .number(limits.descriptors)
                    .bytes(&start.filter)
                    .done()
            }
            Self::Load(name) => Fields::default().number(7).bytes(name.as_bytes()).done(),
            Self::Prepare { own_users } => Fields::default()
                .number(5)
                .number((*own_users).into())
                .done(),
            Self::Keeper { user } => Fields::default().number(6).number((*user).into()).done(),
        }
    }

    pub(crate) fn decode(message: &[u8]) -> Option<Self> {
        let mut fields = Cursor::new(message);
        Some(match fields.number()? {
            1 => {
                let count = usize::try_from(fields.number()?).ok()?;
                let mut places = Vec::new();
                for _ in 0..count.min(SEGMENTS_MAX) {
                    places.push(Place {
                        address: fields.number()?,
                        bytes: fields.number()?,
                        writable: fields.number()? != 0,
                    });
                }
                Self::Map(places)
            }
            2 => Self::Image,
            4 => Self::Start(Start {
                table_bytes: fields.number()?,
                limits: ProcessLimits {
                    data_bytes: fields.number()?,
                    address_bytes: fields.number()?,
                    file_bytes: fields.number()?,
                    threads: fields.number()?,
                    descriptors: fields.number()?,
                },
                filter: fields.bytes()?.to_vec(),
            }),
            7 => Self::Load(fields.text()?.to_owned()),
            5 => Self::Prepare {
                own_users: fields.number()? != 0,
            },
            6 => Self::Keeper {
                user: u32::try_from(fields.number()?).ok()?,
            },
            _ => return None,
        })
    }
}

/// From the zygote, a keeper or a subject's process to the supervisor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Report {
    /// Every segment is mapped.
    Mapped {
        /// Nanoseconds from the keeper's namespaces to the end of its rights.
        made_ns: u64,
    },
    /// The keeper or the subject's process exists; its descriptor is beside.
    Forked,
    /// The subject's process waits at its gate under this listener number.
    Ready(i32),
    /// The subject's process ended.
    Ended(Ending),
    /// A step failed with this error number.
    Fault(String, i32),
    /// A keeper exists; its descriptor and the supervisor's end of its control socket are beside.
    Copied,
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// By itself, with this status.
    Status(i32),
    /// By this signal.
    Signal(i32),
    /// The kernel did not say.
    Unknown,
}

impl Ending {
    /// Exit status and signal, as far as there are.
    pub(crate) fn parts(self) -> (Option<i32>, Option<i32>) {
        match self {
            Self::Status(status) => (Some(status), None),
            Self::Signal(signal) => (None, Some(signal)),
            Self::Unknown => (None, None),
        }
    }
}

impl From<Option<WaitIdStatus>> for Ending {
    fn from(status: Option<WaitIdStatus>) -> Self {
        let (status, signal) = status.map_or((None, None), |status| {
            (status.exit_status(), status.terminating_signal())
        });
        let signal = || signal.map_or(Self::Unknown, Self::Signal);
        status.map_or_else(signal, Self::Status)
    }
}

impl Report {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let signed = |number: i32| u64::from(number.cast_unsigned());
        let fields = Fields::default();
        match self {
            Self::Mapped { made_ns } => fields.number(1).number(*made_ns),
            Self::Forked => fields.number(2),
            Self::Ready(number) => fields.number(3).number(signed(*number)),
            Self::Ended(Ending::Status(status)) => fields.number(4).number(signed(*status)),
            Self::Ended(Ending::Signal(signal)) => fields.number(5).number(signed(*signal)),
            Self::Ended(Ending::Unknown) => fields.number(8),
            Self::Fault(step, number) => fields
                .number(6)
                .bytes(step.as_bytes())
                .number(signed(*number)),
            Self::Copied => fields.number(7),
        }
        .done()
    }

    pub(crate) fn decode(message: &[u8]) -> Option<Self> {
        let mut fields = Cursor::new(message);
        let kind = fields.number()?;
        let signed =
            |fields: &mut Cursor<'_>| u32::try_from(fields.number()?).ok().map(u32::cast_signed);
        Some(match kind {
            1 => Self::Mapped {
                made_ns: fields.number()?,
            },
            2 => Self::Forked,
            3 => Self::Ready(signed(&mut fields)?),
            4 => Self::Ended(Ending::Status(signed(&mut fields)?)),
            5 => Self::Ended(Ending::Signal(signed(&mut fields)?)),
            6 => {
                let step = fields.text()?.to_owned();
                Self::Fault(step, signed(&mut fields)?)
            }
            7 => Self::Copied,
            8 => Self::Ended(Ending::Unknown),
            _ => return None,
        })
    }
}

/// Filter instructions as bytes, and back.
pub(crate) fn filter_bytes(program: &[Instruction]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(program.len() * 8);
    for instruction in program {
        bytes.extend_from_slice(&instruction.code.to_le_bytes());
        bytes.extend_from_slice(&[instruction.jt, instruction.jf]);
        bytes.extend_from_slice(&instruction.k.to_le_bytes());
    }
    bytes
}

/// See [`filter_bytes`].
pub(crate) fn filter_program(bytes: &[u8]) -> Vec<Instruction> {
    let (instructions, _) = bytes.as_chunks::<8>();
    let read = |bytes: &[u8; 8]| {
        let [c0, c1, jt, jf, k0, k1, k2, k3] = *bytes;
        Instruction {
            code: u16::from_le_bytes([c0, c1]),
            jt,
            jf,
            k: u32::from_le_bytes([k0, k1, k2, k3]),
        }
    };
    instructions.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_back() {
        let place = Place {
            address: 0x1100_0000_0000,
            bytes: 4096,
            writable: true,
        };
        let start = Start {
            table_bytes: 9,
            limits: ProcessLimits {
                data_bytes: 1,
                address_bytes: 2,
                file_bytes: 3,
                threads: 4,
                descriptors: 5,
            },
            filter: vec![1, 2, 3],
        };
        for order in [
            Order::Map(vec![place; 3]),
            Order::Image,
            Order::Start(start),
            Order::Load("a".to_owned()),
            Order::Prepare { own_users: true },
            Order::Keeper { user: 7 },
        ] {
            let bytes = order.encode();
            assert_eq!(Order::decode(&bytes), Some(order));
            assert_eq!(Order::decode(&bytes[..bytes.len() - 1]), None);
        }
        for report in [
            Report::Mapped { made_ns: 8 },
            Report::Forked,
            Report::Ready(5),
            Report::Ended(Ending::Status(-1)),
            Report::Ended(Ending::Signal(9)),
            Report::Ended(Ending::Unknown),
            Report::Fault("step".to_owned(), 13),
            Report::Copied,
        ] {
            assert_eq!(Report::decode(&report.encode()), Some(report));
        }
    }
}
