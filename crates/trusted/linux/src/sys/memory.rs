//! Raw memory: mapped segments, the image and the stack of a subject.

use channel::pulse::{PULSE_BYTES, PulseReader};
use channel::{Fault, Observer, Shape};
use rustix::fd::AsFd;
use rustix::mm::{
    Advice, MapFlags, MprotectFlags, ProtFlags, madvise, mmap, mmap_anonymous, mprotect, munmap,
};
use std::io;
use std::ops::Range;

/// A mapping of the supervisor's own, undone when dropped.
pub(crate) struct Mapping {
    start: *mut u8,
    bytes: usize,
}

impl Mapping {
    /// Maps a whole shared segment readable.
    pub(crate) fn read_only(fd: impl AsFd, bytes: usize) -> io::Result<Self> {
        let nowhere = std::ptr::null_mut();
        // SAFETY: the kernel chooses an unused place, so nothing of ours is replaced.
        let start = unsafe { mmap(nowhere, bytes, ProtFlags::READ, MapFlags::SHARED, fd, 0) }?;
        Ok(Self {
            start: start.cast(),
            bytes,
        })
    }

    /// Looks at a channel through this mapping of its data segment, which must outlive the result.
    pub(crate) fn observer(&self, shape: Shape) -> Result<Observer, Fault> {
        if shape.data_bytes().map_err(|_| Fault::Shape)? > self.bytes {
            return Err(Fault::Shape);
        }
        // SAFETY: as many bytes as the shape needs are mapped; both users keep observer and mapping
        // in one structure that drops the observer first, and access the mapping in no other way.
        unsafe { Observer::attach(self.start, shape) }
    }

    /// Looks at a pulse through this mapping of it, which must outlive the result.
    pub(crate) fn pulse(&self) -> Result<PulseReader, Fault> {
        if PULSE_BYTES > self.bytes {
            return Err(Fault::Shape);
        }
        // SAFETY: as in `observer`.
        unsafe { PulseReader::attach(self.start) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: this value owns the mapping; whatever was attached to it is dropped before (the
        // users keep both in one structure, the mapping last). A failure leaves it mapped.
        let _ = unsafe { munmap(self.start.cast(), self.bytes) };
    }
}

/// A number from a segment's own process as pointers into the current address space.
fn at(address: usize) -> *mut std::ffi::c_void {
    std::ptr::with_exposed_provenance_mut(address)
}

/// Rights of a piece of a subject's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rights {
    /// Can be written.
    pub write: bool,
    /// Can be executed.
    pub execute: bool,
}

impl Rights {
    fn flags(self) -> ProtFlags {
        let mut flags = ProtFlags::READ;
        flags.set(ProtFlags::WRITE, self.write);
        flags.set(ProtFlags::EXEC, self.execute);
        flags
    }
}

/// Maps a shared segment at exactly this address, which must be free; for good.
pub(crate) fn map_shared(
    fd: impl AsFd,
    address: usize,
    bytes: usize,
    writable: bool,
) -> io::Result<()> {
    let rights = Rights {
        write: writable,
        execute: false,
    };
    let flags = MapFlags::SHARED | MapFlags::FIXED_NOREPLACE;
    // SAFETY: FIXED_NOREPLACE refuses to touch anything already mapped.
    let got = unsafe { mmap(at(address), bytes, rights.flags(), flags, fd, 0) }?;
    if got.addr() == address {
        Ok(())
    } else {
        Err(io::ErrorKind::AddrInUse.into())
    }
}

/// Where the kernel places what has no place of its own.
pub(crate) fn unasked_place() -> io::Result<u64> {
    const BYTES: usize = 4096;
    // SAFETY: a page of its own, which nobody gets to know and which is unmapped at once.
    let got = unsafe {
        let (rights, flags) = (ProtFlags::empty(), MapFlags::PRIVATE);
        let got = mmap_anonymous(std::ptr::null_mut(), BYTES, rights, flags)?;
        munmap(got, BYTES)?;
        got
    };
    Ok(got.addr() as u64)
}

/// Address space of a subject's own: reserved once, then filled piece by piece, for good.
pub(crate) struct Reservation {
    start: usize,
    bytes: usize,
}

impl Reservation {
    /// Reserves inaccessible space at exactly `start`, which must be free.
    pub(crate) fn new(start: usize, bytes: usize) -> io::Result<Self> {
        let flags = MapFlags::PRIVATE | MapFlags::FIXED_NOREPLACE | MapFlags::NORESERVE;
        // SAFETY: FIXED_NOREPLACE refuses to touch anything already mapped.
        let got = unsafe { mmap_anonymous(at(start), bytes, ProtFlags::empty(), flags) }?;
        if got.addr() != start {
            return Err(io::ErrorKind::AddrInUse.into());
        }
        Ok(Self { start, bytes })
    }

    /// First address.
    pub(crate) fn start(&self) -> usize {
        self.start
    }

    fn inside(&self, offset: usize, bytes: usize) -> io::Result<usize> {
        let end = offset.checked_add(bytes);
        match end {
            Some(end) if end <= self.bytes => Ok(self.start + offset),
            _ => Err(io::ErrorKind::InvalidInput.into()),
        }
    }

    /// Replaces a piece by private pages of a file.
    pub(crate) fn map_file(
        &self,
        offset: usize,
        bytes: usize,
        rights: Rights,
        fd: impl AsFd,
        file_offset: u64,
    ) -> io::Result<()> {
        let address = self.inside(offset, bytes)?;
        let flags = MapFlags::PRIVATE | MapFlags::FIXED;
        // SAFETY: the piece lies inside this reservation, which nothing else uses.
        unsafe { mmap(at(address), bytes, rights.flags(), flags, fd, file_offset) }?;
        Ok(())
    }

    /// Makes a piece fresh zeroed memory.
    pub(crate) fn map_zero(&self, offset: usize, bytes: usize, rights: Rights) -> io::Result<()> {
        let address = self.inside(offset, bytes)?;
        let flags = MapFlags::PRIVATE | MapFlags::FIXED;
        // SAFETY: the piece lies inside this reservation, which nothing else uses.
        unsafe { mmap_anonymous(at(address), bytes, rights.flags(), flags) }?;
        Ok(())
    }

    /// Gives up a piece that was not filled.
    pub(crate) fn release(&self, offset: usize, bytes: usize) -> io::Result<()> {
        if bytes == 0 {
            return Ok(());
        }
        let address = self.inside(offset, bytes)?;
        // SAFETY: the piece lies inside this reservation, and nobody has put anything there.
        unsafe { munmap(at(address), bytes) }?;
        Ok(())
    }

    /// Changes the rights of a piece.
    pub(crate) fn protect(&self, offset: usize, bytes: usize, rights: Rights) -> io::Result<()> {
        let address = self.inside(offset, bytes)?;
        let mut flags = MprotectFlags::READ;
        flags.set(MprotectFlags::WRITE, rights.write);
        flags.set(MprotectFlags::EXEC, rights.execute);
        // SAFETY: the piece lies inside this reservation, of which nothing is borrowed.
        unsafe { mprotect(at(address), bytes, flags) }?;
        Ok(())
    }

    /// All of it.
    pub(crate) fn range(&self) -> Range<usize> {
        self.start..self.start + self.bytes
    }

    /// Gives a piece that was mapped writable its pages at once: one fault for each costs more.
    pub(crate) fn populate(&self, offset: usize, bytes: usize) {
        if let Ok(address) = self.inside(offset, bytes) {
            // SAFETY: the piece lies inside this reservation; its content stays as it is.
            // Kernels before 5.14 do not know this advice: then pages come when they are used.
            let _ = unsafe { madvise(at(address), bytes, Advice::LinuxPopulateWrite) };
        }
    }

    /// Zeroes bytes of a piece that was mapped writable.
    pub(crate) fn zero(&self, offset: usize, bytes: usize) -> io::Result<()> {
        let address = self.inside(offset, bytes)?;
        // SAFETY: the piece lies inside this reservation, and the caller mapped it writable.
        unsafe { std::ptr::write_bytes(at(address).cast::<u8>(), 0, bytes) };
        Ok(())
    }

    /// Copies words to a piece that was mapped writable.
    pub(crate) fn write_words(&self, offset: usize, words: &[usize]) -> io::Result<()> {
        let address = self.inside(offset, size_of_val(words))?;
        if !address.is_multiple_of(align_of::<usize>()) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        // SAFETY: the piece is aligned, lies inside this reservation, and the caller mapped it
        // writable; the source is a live slice elsewhere.
        unsafe { std::ptr::copy_nonoverlapping(words.as_ptr(), at(address).cast(), words.len()) };
        Ok(())
    }

    /// Copies bytes to a piece that was mapped writable.
    pub(crate) fn write_bytes(&self, offset: usize, bytes: &[u8]) -> io::Result<()> {
        let address = self.inside(offset, bytes.len())?;
        // SAFETY: as in `write_words`, and bytes need no alignment.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), at(address).cast(), bytes.len()) };
        Ok(())
    }
}

/// Entry of the auxiliary vector of this process; 0 if there is none.
pub(crate) fn auxiliary(kind: u64) -> usize {
    // SAFETY: reads the process's own vector.
    usize::try_from(unsafe { libc::getauxval(kind) }).unwrap_or(0)
}
