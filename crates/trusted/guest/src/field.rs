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

/// Exactly these bytes, on the heap: a large array would not fit the stack. One is made with
/// `vec![0; N].into_boxed_slice().try_into()`.
impl<const N: usize> Field for Box<[u8; N]> {
    const BYTES: usize = N;
    fn put(&self, out: &mut [u8]) {
        copy(out, self.as_slice());
    }
    fn get(bytes: &[u8]) -> Option<Self> {
        let bytes = (bytes.len() == N).then(|| Box::<[u8]>::from(bytes))?;
        bytes.try_into().ok()
    }
}

/// UTF-8 text of at most `ROOM` bytes: on the wire a `u16` length and `ROOM` bytes, the unused
/// ones zero; in memory its own bytes, on the heap. `ROOM` must not exceed 65535.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Text<const ROOM: usize> {
    /// INVARIANT: at most `ROOM` bytes, and at most 65535.
    text: Box<str>,
}

impl<const ROOM: usize> Text<ROOM> {
    /// The text, if it fits.
    pub fn new(text: &str) -> Option<Self> {
        let fits = text.len() <= ROOM && u16::try_from(text.len()).is_ok();
        fits.then(|| Self { text: text.into() })
    }

    /// As much of the beginning of the text as fits, cut at a character.
    pub fn cut(text: &str) -> Self {
        let end = text.floor_char_boundary(ROOM.min(u16::MAX.into()));
        text.get(..end).and_then(Self::new).unwrap_or_default()
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
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
        let length = u16::try_from(self.text.len()).unwrap_or(0);
        put_padded(out, &length.to_le_bytes(), self.text.as_bytes());
    }
    fn get(bytes: &[u8]) -> Option<Self> {
        let (length, bytes) = bytes.split_first_chunk()?;
        let used = unpadded::<ROOM>(bytes, u16::from_le_bytes(*length).into())?;
        core::str::from_utf8(used).ok().and_then(Self::new)
    }
}

/// A byte string of at most `ROOM` bytes: on the wire a `u32` length and `ROOM` bytes, the unused
/// ones zero; in memory its own bytes, on the heap.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Blob<const ROOM: usize> {
    /// INVARIANT: at most `ROOM` bytes, and a length that fits `u32`.
    bytes: Box<[u8]>,
}

impl<const ROOM: usize> Blob<ROOM> {
    /// The byte string, if it fits.
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let fits = bytes.len() <= ROOM && u32::try_from(bytes.len()).is_ok();
        fits.then(|| Self {
            bytes: bytes.into(),
        })
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
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
        let length = u32::try_from(self.bytes.len()).unwrap_or(0);
        put_padded(out, &length.to_le_bytes(), &self.bytes);
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

/// Length, bytes, and zeros to the end.
fn put_padded(out: &mut [u8], length: &[u8], bytes: &[u8]) {
    let (head, room) = out.split_at_mut_checked(length.len()).unwrap_or_default();
    copy(head, length);
    let (used, rest) = room.split_at_mut_checked(bytes.len()).unwrap_or_default();
    copy(used, bytes);
    rest.fill(0);
}

/// The used part of the room, if it fits and the rest is zero.
fn unpadded<const ROOM: usize>(bytes: &[u8], length: usize) -> Option<&[u8]> {
    let (used, rest) = bytes.split_at_checked(length)?;
    (bytes.len() == ROOM && rest.iter().all(|byte| *byte == 0)).then_some(used)
}
