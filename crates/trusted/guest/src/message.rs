//! Messages of fixed layout, and the cursors that write and read their fields.

use crate::Field;
use core::fmt;
use core::ops::RangeBounds;

/// A message type of fixed layout: its fields in order, little-endian, no padding.
///
/// Implementations are generated from the model; by hand one looks like this:
///
/// ```
/// use guest::{BadMessage, Decoder, Encoder, Field, Message};
///
/// #[derive(Clone, Debug, PartialEq)]
/// struct FillLevel {
///     level_ml: u16,
///     at_ns: u64,
/// }
///
/// impl Message for FillLevel {
///     const SCHEMA: u64 = 0x5eed;
///     const BYTES: usize = <u16 as Field>::BYTES + <u64 as Field>::BYTES;
///
///     fn encode(&self, out: &mut [u8]) {
///         let mut out = Encoder::new(out);
///         out.put(&self.level_ml);
///         out.put(&self.at_ns);
///     }
///
///     fn decode(bytes: &[u8]) -> Result<Self, BadMessage> {
///         let mut input = Decoder::new(bytes);
///         let message = Self {
///             level_ml: input.get_in("level", 0..=1500)?,
///             at_ns: input.get("at")?,
///         };
///         input.finish()?;
///         Ok(message)
///     }
/// }
///
/// let mut bytes = [0; FillLevel::BYTES];
/// FillLevel { level_ml: 700, at_ns: 1 }.encode(&mut bytes);
/// assert_eq!(bytes, [0xbc, 0x02, 1, 0, 0, 0, 0, 0, 0, 0]);
/// assert_eq!(FillLevel::decode(&bytes), Ok(FillLevel { level_ml: 700, at_ns: 1 }));
/// assert!(FillLevel::decode(&[0xff; 10]).is_err(), "outside the range");
/// ```
pub trait Message: Sized {
    /// Hash of the type's description; it guards both ends of a channel.
    const SCHEMA: u64;
    /// Bytes on the wire, of every value.
    const BYTES: usize;
    /// Writes the value; `out` has at least [`Message::BYTES`].
    fn encode(&self, out: &mut [u8]);
    /// Reads a value from exactly [`Message::BYTES`]. The bytes come from a peer: whatever they
    /// are, this returns a value that obeys its type or says why there is none.
    fn decode(bytes: &[u8]) -> Result<Self, BadMessage>;
}

/// Why bytes are no message of the expected type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadMessage {
    /// Too few or too many bytes.
    Length,
    /// The named field is not the spelling of a value.
    Malformed(&'static str),
    /// The named field is outside its range.
    Range(&'static str),
}

impl fmt::Display for BadMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length => f.write_str("the message has the wrong length"),
            Self::Malformed(field) => write!(f, "field `{field}` is malformed"),
            Self::Range(field) => write!(f, "field `{field}` is outside its range"),
        }
    }
}

impl core::error::Error for BadMessage {}

/// Writes fields in order.
pub struct Encoder<'a>(&'a mut [u8]);

impl<'a> Encoder<'a> {
    /// Writes to `out` from the beginning.
    pub fn new(out: &'a mut [u8]) -> Self {
        Self(out)
    }

    /// Writes a field; one that does not fit any more is left out.
    pub fn put<T: Field>(&mut self, field: &T) {
        let rest = core::mem::take(&mut self.0);
        if let Some((out, rest)) = rest.split_at_mut_checked(T::BYTES) {
            field.put(out);
            self.0 = rest;
        }
    }
}

/// Reads fields in order.
pub struct Decoder<'a>(&'a [u8]);

impl<'a> Decoder<'a> {
    /// Reads `bytes` from the beginning.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The next field; `name` is for the message.
    pub fn get<T: Field>(&mut self, name: &'static str) -> Result<T, BadMessage> {
        let (bytes, rest) = self
            .0
            .split_at_checked(T::BYTES)
            .ok_or(BadMessage::Length)?;
        self.0 = rest;
        T::get(bytes).ok_or(BadMessage::Malformed(name))
    }

    /// The next field, within `range`. A number that is none (NaN) is within no range.
    pub fn get_in<T: Field + PartialOrd>(
        &mut self,
        name: &'static str,
        range: impl RangeBounds<T>,
    ) -> Result<T, BadMessage> {
        let value = self.get(name)?;
        range
            .contains(&value)
            .then_some(value)
            .ok_or(BadMessage::Range(name))
    }

    /// Says that there must be nothing left.
    pub fn finish(self) -> Result<(), BadMessage> {
        self.0.is_empty().then_some(()).ok_or(BadMessage::Length)
    }
}
