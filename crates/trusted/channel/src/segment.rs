//! Shared memory as words that may change at any moment.
//!
//! Every access to a segment, on both sides, is an atomic access to an aligned 64-bit word. So
//! there is no data race in the sense of the language, whatever the other side stores and whenever:
//! a hostile peer can choose the values we load, nothing else. Reads of memory mapped read-only are
//! plain loads of pointer width, which the documentation of `core::sync::atomic` permits. An index
//! outside a segment reads zero and writes nothing; no index comes from shared memory.

use crate::Fault;
use crate::sync::{AtomicU64, Ordering};
use core::mem::align_of;
use core::ptr::NonNull;

/// Bytes of a word.
pub(crate) const WORD: usize = 8;

/// The words of a mapped segment.
struct Words {
    start: NonNull<AtomicU64>,
    count: usize,
}

// SAFETY: a `Words` only gives out shared references to atomics, which any thread may use.
unsafe impl Send for Words {}
// SAFETY: as above.
unsafe impl Sync for Words {}

impl Words {
    /// # Safety
    ///
    /// `count` words from `start` must be mapped readable while the value lives, and be accessed by
    /// nothing but atomic operations in this process.
    unsafe fn new(start: *const u8, count: usize) -> Result<Self, Fault> {
        let aligned = (start as usize).is_multiple_of(align_of::<AtomicU64>());
        match NonNull::new(start.cast_mut().cast::<AtomicU64>()) {
            Some(start) if aligned => Ok(Self { start, count }),
            _ => Err(Fault::Address),
        }
    }

    #[inline]
    fn all(&self) -> &[AtomicU64] {
        // SAFETY: `start` is not null and aligned (checked in `new`), and the caller of `new`
        // promised that `count` words are mapped while `self` lives and only accessed atomically.
        unsafe { core::slice::from_raw_parts(self.start.as_ptr(), self.count) }
    }

    /// The word; 0, as in memory that nobody has written, beyond the end, where no checked shape has one.
    #[inline]
    fn load(&self, index: usize, order: Ordering) -> u64 {
        self.all().get(index).map_or(0, |word| word.load(order))
    }
}

/// A segment this side only reads; it may be mapped read-only.
pub(crate) struct View(Words);

impl View {
    /// # Safety
    ///
    /// `count` words from `start` must be mapped readable while the value lives, and be accessed by
    /// nothing but atomic operations in this process.
    pub(crate) unsafe fn new(start: *const u8, count: usize) -> Result<Self, Fault> {
        // SAFETY: the same promise, passed on.
        unsafe { Words::new(start, count) }.map(Self)
    }

    /// The word at `index`.
    #[inline]
    pub(crate) fn load(&self, index: usize, order: Ordering) -> u64 {
        self.0.load(index, order)
    }

    /// All words; they are only to be loaded.
    #[inline]
    pub(crate) fn words(&self) -> &[AtomicU64] {
        self.0.all()
    }
}

/// A segment this side writes.
pub(crate) struct Segment(Words);

impl Segment {
    /// # Safety
    ///
    /// As for [`View::new`], and the words must be mapped writable.
    pub(crate) unsafe fn new(start: *mut u8, count: usize) -> Result<Self, Fault> {
        // SAFETY: the same promise, passed on.
        unsafe { Words::new(start, count) }.map(Self)
    }

    /// The word at `index`.
    #[inline]
    pub(crate) fn load(&self, index: usize, order: Ordering) -> u64 {
        self.0.load(index, order)
    }

    /// Sets the word at `index`.
    #[inline]
    pub(crate) fn store(&self, index: usize, value: u64, order: Ordering) {
        if let Some(word) = self.0.all().get(index) {
            word.store(value, order);
        }
    }

    /// All words.
    #[inline]
    pub(crate) fn words(&self) -> &[AtomicU64] {
        self.0.all()
    }
}

/// Copies `out.len()` bytes from the beginning of `words`, or as many as they have.
#[inline]
pub(crate) fn load_bytes(words: &[AtomicU64], out: &mut [u8]) {
    let (whole, rest) = out.as_chunks_mut::<WORD>();
    for (chunk, word) in whole.iter_mut().zip(words) {
        *chunk = word.load(Ordering::Relaxed).to_ne_bytes();
    }
    if let (Some(word), false) = (words.get(whole.len()), rest.is_empty()) {
        let bytes = word.load(Ordering::Relaxed).to_ne_bytes();
        for (byte, from) in rest.iter_mut().zip(bytes) {
            *byte = from;
        }
    }
}

/// Copies `bytes` to the beginning of `words`, or as many as they hold; the last word is filled up
/// with zeros.
#[inline]
pub(crate) fn store_bytes(words: &[AtomicU64], bytes: &[u8]) {
    let (whole, rest) = bytes.as_chunks::<WORD>();
    for (word, chunk) in words.iter().zip(whole) {
        word.store(u64::from_ne_bytes(*chunk), Ordering::Relaxed);
    }
    if let (Some(word), false) = (words.get(whole.len()), rest.is_empty()) {
        let mut last = [0; WORD];
        for (byte, from) in last.iter_mut().zip(rest) {
            *byte = *from;
        }
        word.store(u64::from_ne_bytes(last), Ordering::Relaxed);
    }
}
