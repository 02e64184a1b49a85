//! Fields of fixed width and the text and byte strings that fit into one.

use core::fmt;

/// A value of fixed width on the wire, little-endian.
pub trait Field: Sized {
    /// Bytes on the wire.
    const BYTES: usize;
    /// Writes the value; `out` has exactly [`Field::BYTES`].
    fn put(&self, out: &mut [u8]);
    /// Reads a value from exactly [`Field::BYTES`]; none if the bytes are not the one spelling of
    /// a value.
    fn get(bytes: &[u8]) -> Option<Self>;
}

macro_rules! number {
    ($($number:ty),*) => {$(
        impl Field for $number {
            const BYTES: usize = size_of::<$number>();
            fn put(&self, out: &mut [u8]) {
                copy(out, &self.to_le_bytes());
            }
            fn get(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self::from_le_bytes)
            }
        }
    )*};
}

number!(u8, u16, u32, u64, i8, i16, i32, i64, f32, f64);

/// One byte, 0 or 1.
impl Field for bool {
    const BYTES: usize = 1;
    fn put(&self, out: &mut [u8]) {
        copy(out, &[u8::from(*self)]);
    }
    fn get(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0] => Some(false),
            [1] => Some(true),
            _ => None,
        }
    }
}

/// Exactly these bytes.
impl<const N: usize> Field for [u8; N] {
    const BYTES: usize = N;
    fn put(&self, out: &mut [u8]) {
        copy(out, self);
    }
    fn get(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok()
    }
}

/// UTF-8 text of at most `ROOM` bytes: on the wire a `u16` length and `ROOM` bytes, the unused
/// ones zero. `ROOM` must not exceed 65535.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Text<const ROOM: usize> {
    /// INVARIANT: the first `length` of `bytes` are UTF-8, the others zero; `length <= ROOM`.
    length: u16,
    bytes: [u8; ROOM],
}

impl<const ROOM: usize> Text<ROOM> {
    /// The text, if it fits.
    pub fn new(text: &str) -> Option<Self> {
        Some(Self {
            length: u16::try_from(text.len()).ok()?,
            bytes: padded(text.as_bytes())?,
        })
    }

    /// As much of the beginning of the text as fits, cut at a character.
    pub fn cut(text: &str) -> Self {
        let end = text.floor_char_boundary(ROOM.min(u16::MAX.into()));
        text.get(..end).and_then(Self::new).unwrap_or_default()
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..self.length.into()).unwrap_or_default();
        core::str::from_utf8(bytes).unwrap_or_default()
    }
}

impl<const ROOM: usize> Default for Text<ROOM> {
    fn default() -> Self {
        Self {
            length: 0,
            bytes: [0; ROOM],
        }
    }
}

impl<const ROOM: usize> fmt::Debug for Text<ROOM> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl<const ROOM: usize> fmt::Display for Text<ROOM> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_str(), f)
    }
}

impl<const ROOM: usize> Field for Text<ROOM> {
    const BYTES: usize = 2 + ROOM;
    fn put(&self, out: &mut [u8]) {
        copy(out, &self.length.to_le_bytes());
        copy(out.get_mut(2..).unwrap_or_default(), &self.bytes);
    }
    fn get(bytes: &[u8]) -> Option<Self> {
        let (length, bytes) = bytes.split_first_chunk()?;
        let used = unpadded::<ROOM>(bytes, u16::from_le_bytes(*length).into())?;
        core::str::from_utf8(used).ok().and_then(Self::new)
    }
}

/// A byte string of at most `ROOM` bytes: on the wire a `u32` length and `ROOM` bytes, the unused
/// ones zero.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Blob<const ROOM: usize> {
    /// INVARIANT: `length <= ROOM`; the bytes after it are zero.
    length: u32,
    bytes: [u8; ROOM],
}

impl<const ROOM: usize> Blob<ROOM> {
    /// The byte string, if it fits.
    pub fn new(bytes: &[u8]) -> Option<Self> {
        Some(Self {
            length: u32::try_from(bytes.len()).ok()?,
            bytes: padded(bytes)?,
        })
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        let length = usize::try_from(self.length).unwrap_or(0);
        self.bytes.get(..length).unwrap_or_default()
    }
}

impl<const ROOM: usize> Default for Blob<ROOM> {
    fn default() -> Self {
        Self {
            length: 0,
            bytes: [0; ROOM],
        }
    }
}

impl<const ROOM: usize> fmt::Debug for Blob<ROOM> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_bytes(), f)
    }
}

impl<const ROOM: usize> Field for Blob<ROOM> {
    const BYTES: usize = 4 + ROOM;
    fn put(&self, out: &mut [u8]) {
        copy(out, &self.length.to_le_bytes());
        copy(out.get_mut(4..).unwrap_or_default(), &self.bytes);
    }
    fn get(bytes: &[u8]) -> Option<Self> {
        let (length, bytes) = bytes.split_first_chunk()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        unpadded::<ROOM>(bytes, length).and_then(Self::new)
    }
}

/// Copies as much as both have.
fn copy(out: &mut [u8], bytes: &[u8]) {
    for (to, from) in out.iter_mut().zip(bytes) {
        *to = *from;
    }
}

fn padded<const ROOM: usize>(bytes: &[u8]) -> Option<[u8; ROOM]> {
    let mut room = [0; ROOM];
    room.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(room)
}

/// The used part of the room, if it fits and the rest is zero.
fn unpadded<const ROOM: usize>(bytes: &[u8], length: usize) -> Option<&[u8]> {
    let (used, rest) = bytes.split_at_checked(length)?;
    (bytes.len() == ROOM && rest.iter().all(|byte| *byte == 0)).then_some(used)
}
