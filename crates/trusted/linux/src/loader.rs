//! Places a static position-independent program and its first stack into this process.
//!
//! The order of the stack's words is that of the System V interface: arguments, variables,
//! auxiliary vector.

use crate::elf::{self, Layout};
use crate::sys::leave::{WAY_BYTES, Way};
use crate::sys::memory::{Reservation, Rights, auxiliary};
use channel::table::{TABLE_ADDRESS, TABLE_AUXILIARY};
use rustix::fd::AsFd;
use rustix::rand::{GetRandomFlags, getrandom};
use std::io;
use std::ops::Range;

/// Stack of a subject's first thread, in bytes.
pub(crate) const STACK_BYTES: usize = 2 << 20;
/// As much of it every program uses.
const STACK_BYTES_FIRST: usize = 4 * PAGE;
const PAGE: usize = 4096;
/// Where images are placed: above all segments, below what the kernel places; 2^30 pages.
const IMAGE_AREA: usize = 0x5000_0000_0000;
const IMAGE_AREA_BITS: u32 = 30;
/// Where stacks are placed: above the images; 2^28 pages.
const STACK_AREA: usize = 0x5480_0000_0000;
const STACK_AREA_BITS: u32 = 26;
/// All addresses of images and stacks.
pub(crate) const OWN: Range<usize> = IMAGE_AREA..0x5500_0000_0000;
/// The address space of a subject is bounded: one heap for all threads, instead of reservations of 64 MiB
/// for each, which the C library of GNU would not get.
const ARENAS: &[u8] = b"GLIBC_TUNABLES=glibc.malloc.arena_max=1\0";
/// Attempts to find a free random place.
const ATTEMPTS: usize = 16;

/// A loaded program: the way into it, and what is its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Loaded {
    /// How to get there.
    pub way: Way,
    /// Where its image lies, and the page of the way behind it.
    pub image: Range<usize>,
    /// Where its stack lies.
    pub stack: Range<usize>,
}

/// Reads the layout of a sealed image.
pub(crate) fn layout(image: impl AsFd) -> io::Result<Layout> {
    let size = rustix::fs::fstat(&image)?.st_size;
    let mut header = vec![0; elf::HEADER_BYTES_MAX];
    let length = rustix::io::pread(&image, header.as_mut_slice(), 0)?;
    header.truncate(length);
    // A file of no size has no segments, and is refused.
    let size = u64::try_from(size).unwrap_or(0);
    elf::parse(&header, size).map_err(|fault| io::Error::other(fault.to_string()))
}

/// Maps the image at a random place and builds the stack.
pub(crate) fn load(image: impl AsFd, layout: &Layout, name: &str) -> io::Result<Loaded> {
    let bytes = |value: u64| usize::try_from(value).map_err(|_| io::ErrorKind::InvalidInput);
    let span = bytes(layout.span)?;
    let space = reserve(IMAGE_AREA, IMAGE_AREA_BITS, span.saturating_add(WAY_BYTES))?;
    let mut filled = 0;
    for segment in &layout.segments {
        let rights = Rights {
            write: segment.write,
            execute: segment.execute,
        };
        let address = bytes(segment.address)?;
        let shift = address % PAGE;
        let first = address - shift;
        // What lies between segments would count as address space.
        space.release(filled, first.saturating_sub(filled))?;
        let file_end = address.saturating_add(bytes(segment.file_bytes)?);
        let file_pages_end = file_end.next_multiple_of(PAGE);
        let end = address
            .saturating_add(bytes(segment.memory_bytes)?)
            .next_multiple_of(PAGE);
        if segment.file_bytes > 0 {
            let offset = segment.file_offset.saturating_sub(shift as u64);
            space.map_file(first, file_end - first, rights, &image, offset)?;
        }
        let zero_from = if segment.file_bytes > 0 {
            file_pages_end
        } else {
            first
        };
        filled = end.max(file_pages_end);
        if end > zero_from {
            space.map_zero(zero_from, end - zero_from, rights)?;
        }
        if segment.write && segment.file_bytes > 0 {
            space.populate(first, file_pages_end - first);
            space.zero(file_end, file_pages_end - file_end)?;
        }
    }
    space.release(filled, span.saturating_sub(filled))?;
    let at = |offset: u64| bytes(offset).map(|offset| space.start().saturating_add(offset));
    let entry = at(layout.entry)?;
    let (stack, pointer) = stack(name, entry, at(layout.headers)?, layout.header_count)?;
    Ok(Loaded {
        way: Way::prepare(&space, span, entry, pointer)?,
        image: space.range(),
        stack: stack.range(),
    })
}

fn reserve(area: usize, bits: u32, bytes: usize) -> io::Result<Reservation> {
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..ATTEMPTS {
        let page = usize::from_le_bytes(random()?) & ((1 << bits) - 1);
        match Reservation::new(area + page * PAGE, bytes) {
            Ok(space) => return Ok(space),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Bytes that nobody can foretell, from the kernel.
pub(crate) fn random<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom(&mut bytes, GetRandomFlags::empty())?;
    Ok(bytes)
}

/// Builds the first stack and returns it with the initial stack pointer.
fn stack(
    name: &str,
    entry: usize,
    headers: usize,
    header_count: u16,
) -> io::Result<(Reservation, usize)> {
    let space = reserve(STACK_AREA, STACK_AREA_BITS, PAGE + STACK_BYTES)?;
    let rights = Rights {
        write: true,
        execute: false,
    };
    space.map_zero(PAGE, STACK_BYTES, rights)?;
    let mut top = PAGE + STACK_BYTES;
    space.populate(top - STACK_BYTES_FIRST, STACK_BYTES_FIRST);
    let mut put = |bytes: &[u8]| -> io::Result<usize> {
        top = top.saturating_sub(bytes.len()) & !15;
        space.write_bytes(top, bytes)?;
        Ok(space.start() + top)
    };
    let seed = put(&random::<16>()?)?;
    let mut text = name.as_bytes().to_vec();
    text.push(0);
    let name = put(&text)?;
    let platform = put(b"x86_64\0")?;
    let arenas = put(ARENAS)?;
    let words = [
        // One argument, one variable.
        &[1, name, 0, arenas, 0][..],
        &[kind(libc::AT_PHDR), headers],
        &[kind(libc::AT_PHENT), 56],
        &[kind(libc::AT_PHNUM), header_count.into()],
        &[kind(libc::AT_PAGESZ), PAGE],
        &[kind(libc::AT_BASE), 0],
        &[kind(libc::AT_ENTRY), entry],
        &[kind(libc::AT_SECURE), 0],
        &[kind(libc::AT_RANDOM), seed],
        &[kind(libc::AT_EXECFN), name],
        &[kind(libc::AT_PLATFORM), platform],
        &[TABLE_AUXILIARY as usize, TABLE_ADDRESS],
    ]
    .concat();
    let inherited = [
        libc::AT_SYSINFO_EHDR,
        libc::AT_HWCAP,
        libc::AT_HWCAP2,
        libc::AT_CLKTCK,
        libc::AT_UID,
        libc::AT_EUID,
        libc::AT_GID,
        libc::AT_EGID,
        libc::AT_MINSIGSTKSZ,
    ];
    let inherited = inherited.into_iter().flat_map(|k| [kind(k), auxiliary(k)]);
    let words: Vec<usize> = words.into_iter().chain(inherited).chain([0, 0]).collect();
    let at = (top - size_of_val(words.as_slice())) & !15;
    space.write_words(at, &words)?;
    let pointer = space.start() + at;
    Ok((space, pointer))
}

fn kind(number: libc::c_ulong) -> usize {
    usize::try_from(number).unwrap_or(0)
}
