//! The one spelling of a plan: JSON, two-space indents, fields in declared order, a final newline.

use crate::{Core, FORMAT, Fault, Plan};
use record::Digest;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Largest plan that is read, in bytes.
pub const PLAN_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Why bytes are not a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParseError {
    /// Larger than [`PLAN_BYTES_MAX`].
    TooLarge,
    /// A plan of another version of the format, which it names.
    Version(String),
    /// Not JSON of this format; line, column and reason as the JSON reader gives them.
    Malformed(String),
    /// A plan, but not in its one spelling.
    NotCanonical,
    /// A plan that contradicts itself.
    Unsound(Vec<Fault>),
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => write!(f, "larger than {PLAN_BYTES_MAX} bytes"),
            Self::Version(format) => write!(f, "its format is `{format}`, not `{FORMAT}`"),
            Self::Malformed(reason) => write!(f, "not a plan: {reason}"),
            Self::NotCanonical => f.write_str("a plan, but not in its canonical spelling"),
            Self::Unsound(faults) => {
                f.write_str("the plan contradicts itself")?;
                faults.iter().try_for_each(|fault| write!(f, "; {fault}"))
            }
        }
    }
}

impl std::error::Error for ParseError {}

/// What says of which version a plan is, whatever else is in it.
#[derive(Deserialize)]
struct Versioned {
    format: String,
}

impl Core {
    /// The digest of what must be enforced, whatever the platform: equal for plans that differ only in how
    /// their platforms do it.
    pub fn digest(&self) -> Digest {
        Digest::of(&canonical(self))
    }
}

impl Plan {
    /// The canonical bytes.
    pub fn bytes(&self) -> Vec<u8> {
        canonical(self)
    }

    /// The digest of the canonical bytes: the identity of the plan.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.bytes())
    }

    /// Reads a plan and checks that it is canonical and sound (see [`Plan::faults`]).
    ///
    /// # Errors
    /// Why the bytes cannot be used.
    pub fn parse(bytes: &[u8]) -> Result<Self, ParseError> {
        if bytes.len() > PLAN_BYTES_MAX {
            return Err(ParseError::TooLarge);
        }
        let plan: Self =
            serde_json::from_slice(bytes).map_err(|error| match serde_json::from_slice(bytes) {
                Ok(Versioned { format }) if is_other_version(&format) => {
                    ParseError::Version(format)
                }
                _ => ParseError::Malformed(error.to_string()),
            })?;
        if plan.bytes() != bytes {
            return Err(ParseError::NotCanonical);
        }
        let faults = plan.faults();
        if faults.is_empty() {
            Ok(plan)
        } else {
            Err(ParseError::Unsound(faults))
        }
    }
}

/// Whether a format is that of plans, in another version.
fn is_other_version(format: &str) -> bool {
    let name = |format: &str| format.split_once('/').map(|(name, _)| name.to_owned());
    format != FORMAT && name(format) == name(FORMAT)
}

fn canonical(part: &impl Serialize) -> Vec<u8> {
    // Serialising these plain structures into memory has no way to fail; an empty plan would be
    // refused by every reader.
    let mut bytes = serde_json::to_vec_pretty(part).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}
