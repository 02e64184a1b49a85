//! Little-endian bytes, written and read in order.

/// Bytes to be written.
pub(super) struct Output<'a> {
    rest: &'a mut [u8],
    written: usize,
}

impl<'a> Output<'a> {
    pub(super) fn new(out: &'a mut [u8]) -> Self {
        Self {
            rest: out,
            written: 0,
        }
    }

    pub(super) fn written(&self) -> usize {
        self.written
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Option<()> {
        let rest = core::mem::take(&mut self.rest);
        let (head, rest) = rest.split_at_mut_checked(bytes.len())?;
        head.copy_from_slice(bytes);
        self.rest = rest;
        self.written += bytes.len();
        Some(())
    }

    pub(super) fn text(&mut self, text: &str) -> Option<()> {
        let length = u16::try_from(text.len()).ok()?;
        self.bytes(&length.to_le_bytes())?;
        self.bytes(text.as_bytes())
    }
}

/// Bytes to be read.
#[derive(Clone)]
pub(super) struct Input<'a>(pub(super) &'a [u8]);

impl<'a> Input<'a> {
    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.array().map(u8::from_le_bytes)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    pub(super) fn text(&mut self) -> Option<&'a str> {
        let length = self.u16()?;
        let (head, rest) = self.0.split_at_checked(length.into())?;
        self.0 = rest;
        core::str::from_utf8(head).ok()
    }
}
