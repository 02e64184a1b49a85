//! The system's allocator, which notes in the pulse when memory is refused.
//!
//! A program to which memory is refused usually aborts, and a signal does not say why. Nothing can be
//! allocated, formatted or sent at that moment, so the allocator stores one word where the supervisor
//! looks when the program has ended.

use crate::pulse;
use core::ptr::null_mut;
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering};

/// Null, or the word of a pulse that is mapped for the life of the process.
static NOTE: AtomicPtr<AtomicU64> = AtomicPtr::new(null_mut());

/// The system's allocator; what it refuses is noted in the subject's pulse.
pub struct Allocator;

/// From now on what is refused is noted in the pulse at this address.
///
/// # Safety
///
/// A pulse must be mapped there, readable and writable, for the life of the process.
pub(crate) unsafe fn note_in(pulse: *mut u8) {
    NOTE.store(pulse::refused_at(pulse), Ordering::Release);
}

fn note(pointer: *mut u8, bytes: usize) -> *mut u8 {
    if pointer.is_null() {
        // SAFETY: it is null or, by the promise to `note_in`, the aligned address of a word that is
        // mapped for the life of the process and only accessed atomically.
        if let Some(word) = unsafe { NOTE.load(Ordering::Acquire).as_ref() } {
            word.store(bytes as u64, Ordering::Relaxed);
        }
    }
    pointer
}

// SAFETY: every call is passed on to the system's allocator as it came, and its answer back.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise, passed on.
        note(unsafe { System.alloc(layout) }, layout.size())
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise, passed on.
        note(unsafe { System.alloc_zeroed(layout) }, layout.size())
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise, passed on.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's promise, passed on.
        note(unsafe { System.realloc(pointer, layout, size) }, size)
    }
}
