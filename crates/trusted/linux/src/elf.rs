//! Reading the header of a program, from bytes that may be anything.
//!
//! Source of the offsets and numbers: the ELF-64 object file format and the System V interface for
//! x86-64.

use std::fmt;

/// Bytes of a file within which its program headers must lie: the loader reads no more.
pub const HEADER_BYTES_MAX: usize = 4096;
/// Largest span of addresses an image may cover.
const SPAN_MAX: u64 = 1 << 30;
const PAGE: u64 = 4096;
const SEGMENTS_MAX: u16 = 32;
const PROGRAM_HEADER_BYTES: usize = 56;

const LOAD: u32 = 1;
const DYNAMIC: u32 = 2;
const INTERPRETER: u32 = 3;
const EXECUTE: u32 = 1;
const WRITE: u32 = 2;

/// A piece of an image to be mapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Where it begins, relative to the image.
    pub address: u64,
    /// Bytes in memory; what the file does not fill is zero.
    pub memory_bytes: u64,
    /// Where it begins in the file.
    pub file_offset: u64,
    /// Bytes in the file.
    pub file_bytes: u64,
    /// Can be written.
    pub write: bool,
    /// Can be executed.
    pub execute: bool,
}

/// What the loader must know of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// First instruction, relative to the image.
    pub entry: u64,
    /// Where the program headers are in memory, relative to the image.
    pub headers: u64,
    /// How many program headers there are.
    pub header_count: u16,
    /// Bytes from the image's start to its end, whole pages.
    pub span: u64,
    /// Sorted by address, on pages of their own.
    pub segments: Vec<Segment>,
    /// File offset and size of the dynamic section.
    pub dynamic: Option<(u64, u64)>,
}

/// Why bytes are not an image the loader can start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ElfFault {
    /// No ELF file at all.
    NotElf,
    /// For another processor, word size or byte order; what it says.
    OtherMachine(String),
    /// Static, but bound to fixed addresses.
    FixedAddress,
    /// Needs a dynamic linker.
    Dynamic,
    /// Not what an executable looks like.
    Malformed(&'static str),
}

impl fmt::Display for ElfFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotElf => f.write_str("is not an ELF program"),
            Self::OtherMachine(what) => write!(f, "is a program for {what}"),
            Self::FixedAddress => f.write_str("is not position-independent"),
            Self::Dynamic => f.write_str("is dynamically linked"),
            Self::Malformed(what) => write!(f, "is not a sound program: {what}"),
        }
    }
}

/// The machine number of this processor, and its name.
const fn machine() -> (u16, &'static str) {
    if cfg!(target_arch = "x86_64") {
        (62, "x86-64")
    } else {
        (183, "aarch64")
    }
}

fn machine_name(number: u16) -> String {
    match number {
        3 => "i386".to_owned(),
        40 => "arm".to_owned(),
        62 => "x86-64".to_owned(),
        183 => "aarch64".to_owned(),
        243 => "riscv".to_owned(),
        other => format!("machine {other}"),
    }
}

/// Little-endian fields at offsets; none outside.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn u16(&self, at: usize) -> Option<u16> {
        self.0
            .get(at..)?
            .first_chunk()
            .map(|bytes| u16::from_le_bytes(*bytes))
    }

    fn u32(&self, at: usize) -> Option<u32> {
        self.0
            .get(at..)?
            .first_chunk()
            .map(|bytes| u32::from_le_bytes(*bytes))
    }

    fn u64(&self, at: usize) -> Option<u64> {
        self.0
            .get(at..)?
            .first_chunk()
            .map(|bytes| u64::from_le_bytes(*bytes))
    }
}

/// Reads the headers of an image. `bytes` is its beginning (at least [`HEADER_BYTES_MAX`] or all of
/// it), `size` the length of the file.
///
/// # Errors
/// Why the loader cannot start it.
pub fn parse(bytes: &[u8], size: u64) -> Result<Layout, ElfFault> {
    if !bytes.starts_with(b"\x7fELF") {
        return Err(ElfFault::NotElf);
    }
    let bytes = Bytes(bytes.get(..HEADER_BYTES_MAX).unwrap_or(bytes));
    let cut = || ElfFault::Malformed("its header is cut off");
    match bytes.0.get(4..6).ok_or_else(cut)? {
        [2, 1] => {}
        [1, _] => return Err(ElfFault::OtherMachine("32-bit processors".to_owned())),
        _ => return Err(ElfFault::OtherMachine("another byte order".to_owned())),
    }
    let kind = bytes.u16(16).ok_or_else(cut)?;
    let number = bytes.u16(18).ok_or_else(cut)?;
    if number != machine().0 {
        return Err(ElfFault::OtherMachine(machine_name(number)));
    }
    let entry = bytes.u64(24).ok_or_else(cut)?;
    let table = bytes.u64(32).ok_or_else(cut)?;
    let header_bytes = bytes.u16(54).ok_or_else(cut)?;
    let count = bytes.u16(56).ok_or_else(cut)?;
    if usize::from(header_bytes) != PROGRAM_HEADER_BYTES || count == 0 || count > SEGMENTS_MAX {
        return Err(ElfFault::Malformed(
            "it has an impossible number of program headers",
        ));
    }
    let table_at = usize::try_from(table).map_err(|_| cut())?;
    let (mut segments, mut dynamic) = (Vec::new(), None);
    for index in 0..usize::from(count) {
        let at = index
            .checked_mul(PROGRAM_HEADER_BYTES)
            .and_then(|offset| offset.checked_add(table_at))
            .ok_or_else(cut)?;
        let flags = bytes.u32(at.saturating_add(4)).ok_or_else(cut)?;
        let field = |offset: usize| bytes.u64(at.saturating_add(offset)).ok_or_else(cut);
        let segment = Segment {
            file_offset: field(8)?,
            address: field(16)?,
            file_bytes: field(32)?,
            memory_bytes: field(40)?,
            write: flags & WRITE != 0,
            execute: flags & EXECUTE != 0,
        };
        match bytes.u32(at).ok_or_else(cut)? {
            INTERPRETER => return Err(ElfFault::Dynamic),
            DYNAMIC => dynamic = Some((segment.file_offset, segment.file_bytes)),
            LOAD => segments.push(segment),
            _ => {}
        }
    }
    match kind {
        3 => {}
        2 => return Err(ElfFault::FixedAddress),
        _ => return Err(ElfFault::Malformed("it is an object, not a program")),
    }
    let span = check(&segments, size)?;
    let runs = |segment: &&Segment| segment.execute && holds(segment, entry, 1);
    if !segments.iter().any(|segment| runs(&segment)) {
        return Err(ElfFault::Malformed(
            "its first instruction is outside its code",
        ));
    }
    let headers = segments.iter().find_map(|segment| {
        let address = table
            .checked_sub(segment.file_offset)?
            .checked_add(segment.address)?;
        let all = u64::from(count) * PROGRAM_HEADER_BYTES as u64;
        let within =
            table.checked_add(all)? <= segment.file_offset.checked_add(segment.file_bytes)?;
        (within && holds(segment, address, all)).then_some(address)
    });
    Ok(Layout {
        entry,
        headers: headers.ok_or(ElfFault::Malformed("its program headers are not loaded"))?,
        header_count: count,
        span,
        segments,
        dynamic,
    })
}

impl Layout {
    /// Bytes of the pages that the program cannot write: they are no memory of the plan's, and count as
    /// address space.
    pub fn constant_bytes(&self) -> u64 {
        let constant = self.segments.iter().filter(|segment| !segment.write);
        constant.map(Segment::page_bytes).sum()
    }
}

impl Segment {
    /// Bytes of the pages it takes.
    fn page_bytes(&self) -> u64 {
        (self.address % PAGE + self.memory_bytes).next_multiple_of(PAGE)
    }
}

fn holds(segment: &Segment, address: u64, bytes: u64) -> bool {
    let end = segment.address.checked_add(segment.memory_bytes);
    let wanted = address.checked_add(bytes);
    address >= segment.address && wanted.is_some() && wanted <= end
}

/// The span of sound segments.
fn check(segments: &[Segment], size: u64) -> Result<u64, ElfFault> {
    let (mut free, mut file_free) = (0, 0);
    for segment in segments {
        let file_end = segment.file_offset.checked_add(segment.file_bytes);
        let end = segment.address.checked_add(segment.memory_bytes);
        let Some(file_end) = file_end.filter(|end| *end <= size) else {
            return Err(ElfFault::Malformed("a segment is outside the file"));
        };
        if segment.file_bytes > segment.memory_bytes {
            return Err(ElfFault::Malformed("a segment is outside the file"));
        }
        // What a program cannot write comes beside its memory, so it is bounded by its file.
        if !segment.write && segment.memory_bytes > segment.file_bytes {
            return Err(ElfFault::Malformed(
                "a segment that cannot be written is larger than in the file",
            ));
        }
        if segment.file_bytes > 0 {
            if segment.file_offset < file_free {
                return Err(ElfFault::Malformed("its segments share a part of the file"));
            }
            file_free = file_end;
        }
        if segment.address % PAGE != segment.file_offset % PAGE {
            return Err(ElfFault::Malformed("a segment is not aligned"));
        }
        if segment.write && segment.execute {
            return Err(ElfFault::Malformed(
                "a segment is both writable and executable",
            ));
        }
        if segment.address - segment.address % PAGE < free {
            return Err(ElfFault::Malformed(
                "its segments are out of order or share a page",
            ));
        }
        match end {
            Some(end) if end <= SPAN_MAX => free = end.next_multiple_of(PAGE),
            _ => return Err(ElfFault::Malformed("it covers too many addresses")),
        }
    }
    if free == 0 {
        Err(ElfFault::Malformed("it has no segments"))
    } else {
        Ok(free)
    }
}

/// Whether a dynamic section names libraries that must be loaded first.
pub fn needs_libraries(section: &[u8]) -> bool {
    const END: u64 = 0;
    const NEEDED: u64 = 1;
    let (entries, _) = section.as_chunks::<16>();
    let tag = |[a, b, c, d, e, f, g, h, ..]: [u8; 16]| u64::from_le_bytes([a, b, c, d, e, f, g, h]);
    entries
        .iter()
        .map(|entry| tag(*entry))
        .take_while(|tag| *tag != END)
        .any(|tag| tag == NEEDED)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own() -> Vec<u8> {
        std::fs::read("/proc/self/exe").unwrap()
    }

    fn check(bytes: &[u8]) -> Result<Layout, ElfFault> {
        parse(bytes, bytes.len() as u64)
    }

    #[test]
    fn this_static_program_can_be_loaded() {
        let bytes = own();
        let layout = check(&bytes).unwrap();
        let (at, length) = layout.dynamic.unwrap();
        let section = &bytes[at as usize..(at + length) as usize];
        assert!(!needs_libraries(section));
        assert!(layout.segments.iter().any(|segment| segment.execute));
    }

    #[test]
    fn constant_pages_are_counted_whole_and_variables_are_not() {
        let mut layout = check(&own()).unwrap();
        let segment = |address, memory_bytes, write| Segment {
            address,
            memory_bytes,
            file_offset: 0,
            file_bytes: 0,
            write,
            execute: false,
        };
        layout.segments = vec![
            segment(0, 1, false),
            segment(0x1ff0, 0x20, false),
            segment(0x4000, 0x9000, true),
        ];
        assert_eq!(layout.constant_bytes(), 0x3000);
    }

    #[test]
    fn faults_are_told_apart() {
        let bytes = own();
        let altered = |at: usize, value: u8| {
            let mut bytes = bytes.clone();
            bytes[at] = value;
            check(&bytes)
        };
        assert_eq!(check(b"#!/bin/sh\n"), Err(ElfFault::NotElf));
        assert_eq!(check(b""), Err(ElfFault::NotElf));
        assert!(matches!(altered(4, 1), Err(ElfFault::OtherMachine(_))));
        assert!(matches!(altered(5, 2), Err(ElfFault::OtherMachine(_))));
        assert!(matches!(altered(18, 243), Err(ElfFault::OtherMachine(_))));
        assert_eq!(altered(16, 2), Err(ElfFault::FixedAddress));
        assert!(matches!(altered(16, 1), Err(ElfFault::Malformed(_))));
        assert!(matches!(altered(56, 0), Err(ElfFault::Malformed(_))));
        assert!(matches!(check(&bytes[..100]), Err(ElfFault::Malformed(_))));
        assert!(matches!(check(&bytes[..5000]), Err(ElfFault::Malformed(_))));
    }

    /// Where the program header of a segment is that is loaded, can or cannot be written, and has bytes.
    fn loaded(bytes: &[u8], write: bool) -> usize {
        let fields = Bytes(bytes);
        let table = fields.u64(32).unwrap() as usize;
        let count = usize::from(fields.u16(56).unwrap());
        let mut headers = (0..count).map(|index| table + index * PROGRAM_HEADER_BYTES);
        let wanted = |at: &usize| {
            let flags = fields.u32(*at + 4).unwrap();
            fields.u32(*at) == Some(LOAD) && (flags & WRITE != 0) == write
        };
        headers.find(wanted).unwrap()
    }

    #[test]
    fn what_cannot_be_written_is_bounded_by_the_file() {
        let bytes = own();
        let at = loaded(&bytes, false);
        let mut larger = bytes.clone();
        let memory = Bytes(&bytes).u64(at + 40).unwrap() + 1;
        larger[at + 40..at + 48].copy_from_slice(&memory.to_le_bytes());
        assert!(matches!(check(&larger), Err(ElfFault::Malformed(_))));
        let mut twice = bytes.clone();
        let next = loaded(&bytes, true);
        let offset = Bytes(&bytes).u64(next + 8).unwrap() - PAGE;
        twice[next + 8..next + 16].copy_from_slice(&offset.to_le_bytes());
        let found = check(&twice);
        let shares = ElfFault::Malformed("its segments share a part of the file");
        assert_eq!(found, Err(shares));
    }

    #[test]
    fn every_altered_header_byte_is_read_without_harm() {
        let mut bytes = own();
        bytes.truncate(1 << 20);
        let (mut refused, size) = (0, bytes.len() as u64);
        for at in 0..1024 {
            for value in [0, 1, 0x7f, 0x80, 0xff] {
                let before = std::mem::replace(&mut bytes[at], value);
                if let Ok(layout) = parse(&bytes, u64::MAX) {
                    assert!(layout.span <= SPAN_MAX);
                    for segment in layout.segments {
                        assert!(segment.address + segment.memory_bytes <= layout.span);
                        assert!(!(segment.write && segment.execute));
                    }
                }
                refused += usize::from(parse(&bytes, size).is_err());
                bytes[at] = before;
            }
        }
        assert!(refused > 100);
    }
}
