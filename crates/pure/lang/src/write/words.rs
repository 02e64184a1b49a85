//! Words of the language that stand for one of a few values.

use serde::{Deserialize, Serialize};

/// Words of the language as values of their own.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$case_doc:meta])* $case:ident = $word:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum $name {
            $($(#[$case_doc])* #[serde(rename = $word)] $case,)*
        }

        impl $name {
            /// As the language writes it.
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$case => $word,)*
                }
            }
        }
    )*};
}

words! {
    /// Format of the document.
    Format {
        /// The first, for version 1 of the language.
        One = "bulkhead.architecture/1",
    }
    /// Direction of a port, seen from its subject.
    Direction {
        /// Receives.
        In = "in",
        /// Sends.
        Out = "out",
    }
    /// Directions of a grant.
    Arrow {
        /// Towards the subject.
        In = "<-",
        /// Towards the peer.
        Out = "->",
        /// Both.
        Both = "<->",
    }
    /// What a program does with stale data.
    OnStale {
        /// Keep the last value.
        Hold = "hold",
        /// Use the safe value.
        SafeValue = "safe-value",
        /// Stop acting.
        Stop = "stop",
    }
    /// What an in-port is for.
    Role {
        /// Ordinary data.
        Data = "data",
        /// Limits the subject judges by.
        Limits = "limits",
        /// Configuration it works by.
        Configuration = "configuration",
    }
    /// How strictly a limit is enforced.
    Strength {
        /// By the strongest mechanism present.
        Best = "best",
        /// By an exact one, or not at all.
        Hard = "hard",
    }
    /// What a requirement serves.
    Characteristic {
        /// Safety.
        Safety = "safety",
        /// Security.
        Security = "security",
        /// Reliability.
        Reliability = "reliability",
        /// Resilience.
        Resilience = "resilience",
        /// Privacy.
        Privacy = "privacy",
    }
    /// What becomes of a subject that was restarted too often.
    Then {
        /// It stays stopped.
        Stop = "stop",
        /// The whole system halts.
        Halt = "halt",
    }
    /// How a channel behaves.
    ChannelKind {
        /// The newest value.
        Sampling = "sampling",
        /// A queue.
        Queuing = "queuing",
        /// A counter of occurrences.
        Event = "event",
    }
    /// What a full queue does.
    Overflow {
        /// Overwrites.
        DropOldest = "drop-oldest",
        /// Tells the writer.
        Credit = "credit",
    }
    /// Kind of a field.
    Kind {
        /// Unsigned, 1 byte.
        U8 = "u8",
        /// Unsigned, 2 bytes.
        U16 = "u16",
        /// Unsigned, 4 bytes.
        U32 = "u32",
        /// Unsigned, 8 bytes.
        U64 = "u64",
        /// Signed, 1 byte.
        I8 = "i8",
        /// Signed, 2 bytes.
        I16 = "i16",
        /// Signed, 4 bytes.
        I32 = "i32",
        /// Signed, 8 bytes.
        I64 = "i64",
        /// Floating point, 4 bytes.
        F32 = "f32",
        /// Floating point, 8 bytes.
        F64 = "f64",
        /// Truth value, 1 byte.
        Bool = "bool",
        /// Exactly `size` bytes.
        Bytes = "bytes",
        /// UTF-8 of at most `max` bytes.
        Text = "text",
        /// At most `max` bytes.
        Blob = "blob",
    }
}
