//! Program images: whether a file can be a subject's program, and its digest.
//!
//! The planner uses [`inspect`]; the supervisor uses the same checks through `checked`, and `seal` copies
//! the checked bytes into sealed memory: what was hashed is what is started, whatever happens to the
//! file meanwhile.

use crate::elf::{self, ElfFault, Layout};
use crate::loader::STACK_BYTES;
use plan::ImagePlan;
use record::Digest;
use rustix::fd::{AsRawFd, OwnedFd};
use rustix::fs::{MemfdFlags, Mode, OFlags, SealFlags};
use std::fmt;
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

/// Largest program that is read, in bytes.
pub const IMAGE_BYTES_MAX: u64 = 256 << 20;

/// What the libraries of a program take before its `main`: thread-local memory, the first heap, a stack
/// for signals. Measured: programs of the crate `guest` start with 350 KiB and not with 320 KiB.
const BEGIN_BYTES: u64 = 384 << 10;

/// What a program needs to start, and what a plan must say about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageFacts {
    /// Its size.
    pub size_bytes: u64,
    /// SHA-256 of its bytes.
    pub sha256: Digest,
    /// Private memory without which it cannot start: its writable segments, its stack, and what its
    /// libraries take before `main`.
    pub memory_bytes: u64,
}

/// Why a file cannot be a subject's program. The text continues a sentence that begins with the
/// path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImageFault {
    /// There is no such file.
    Missing,
    /// It cannot be read; what the system said.
    Unreadable(String),
    /// A directory, device or the like.
    NotRegular,
    /// Nobody may execute it.
    NotExecutable,
    /// More than [`IMAGE_BYTES_MAX`].
    TooLarge,
    /// Not a program the loader can start.
    Unsuitable(ElfFault),
    /// Another file than the one the plan was made for.
    Changed,
}

impl ImageFault {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing => "program-missing",
            Self::Unreadable(_) => "program-unreadable",
            Self::NotRegular => "program-not-a-file",
            Self::NotExecutable => "program-not-executable",
            Self::TooLarge => "program-too-large",
            Self::Unsuitable(ElfFault::NotElf) => "program-not-elf",
            Self::Unsuitable(ElfFault::OtherMachine(_)) => "program-wrong-architecture",
            Self::Unsuitable(ElfFault::FixedAddress) => "program-not-position-independent",
            Self::Unsuitable(ElfFault::Dynamic) => "program-dynamically-linked",
            Self::Unsuitable(ElfFault::Malformed(_)) => "program-malformed",
            Self::Changed => "program-changed",
        }
    }

    /// What to do next.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Missing => "build the program, or correct the path",
            Self::Unreadable(_) => "let the user who runs the system read the file",
            Self::NotRegular => "name the program file itself",
            Self::NotExecutable => "make it executable: `chmod +x`",
            Self::TooLarge => "strip the program: 256 MiB is the limit",
            Self::Unsuitable(ElfFault::OtherMachine(_)) => "build the program for this machine",
            Self::Unsuitable(
                ElfFault::NotElf
                | ElfFault::FixedAddress
                | ElfFault::Dynamic
                | ElfFault::Malformed(_),
            ) => {
                "build it as a static position-independent program \
                 (`-C target-feature=+crt-static`, or `-static-pie`)"
            }
            Self::Changed => "make a new plan for the new program, or restore the old one",
        }
    }
}

impl fmt::Display for ImageFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("does not exist"),
            Self::Unreadable(reason) => write!(f, "cannot be read: {reason}"),
            Self::NotRegular => f.write_str("is not a regular file"),
            Self::NotExecutable => f.write_str("is not executable"),
            Self::TooLarge => write!(f, "has more than {IMAGE_BYTES_MAX} bytes"),
            Self::Unsuitable(fault) => fault.fmt(f),
            Self::Changed => f.write_str("has changed since planning"),
        }
    }
}

impl std::error::Error for ImageFault {}

/// Checks a file and hashes it.
///
/// # Errors
/// Why it cannot be a subject's program.
pub fn inspect(path: &Path) -> Result<ImageFacts, ImageFault> {
    let (bytes, layout) = read(path)?;
    let writable = layout.segments.iter().filter(|segment| segment.write);
    let writable = writable.map(|segment| segment.memory_bytes);
    Ok(ImageFacts {
        size_bytes: bytes.len() as u64,
        sha256: Digest::of(&bytes),
        memory_bytes: writable.fold(STACK_BYTES as u64 + BEGIN_BYTES, u64::saturating_add),
    })
}

/// Checks what the head of a file says, for a program that comes with us.
pub(crate) fn check(path: &Path) -> Result<(), ImageFault> {
    let file = open(path)?;
    let size = file.metadata().map_err(unreadable)?.len();
    let mut head = Vec::new();
    let mut limited = file.take(elf::HEADER_BYTES_MAX as u64);
    limited.read_to_end(&mut head).map_err(unreadable)?;
    elf::parse(&head, size)
        .map(drop)
        .map_err(ImageFault::Unsuitable)
}

fn unreadable(error: std::io::Error) -> ImageFault {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => ImageFault::Missing,
        _ => ImageFault::Unreadable(crate::words::system(&error)),
    }
}

/// Opens a file that may be a program.
fn open(path: &Path) -> Result<File, ImageFault> {
    // Without waiting, should it be a pipe.
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = File::options()
        .read(true)
        .custom_flags(flags.bits().cast_signed())
        .open(path)
        .map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(ImageFault::NotRegular);
    }
    if metadata.mode() & 0o111 == 0 {
        return Err(ImageFault::NotExecutable);
    }
    if metadata.len() > IMAGE_BYTES_MAX {
        return Err(ImageFault::TooLarge);
    }
    Ok(file)
}

/// The bytes of a file that can be a program.
fn read(path: &Path) -> Result<(Vec<u8>, Layout), ImageFault> {
    let file = open(path)?;
    // At most the limit, and one byte more to see the end without growing.
    let size = file.metadata().map_err(unreadable)?.len();
    let mut bytes = Vec::with_capacity(usize::try_from(size.min(IMAGE_BYTES_MAX) + 1).unwrap_or(0));
    let mut limited = file.take(IMAGE_BYTES_MAX + 1);
    limited.read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > IMAGE_BYTES_MAX {
        return Err(ImageFault::TooLarge);
    }
    let layout = elf::parse(&bytes, bytes.len() as u64).map_err(ImageFault::Unsuitable)?;
    let section = layout.dynamic.and_then(|(offset, length)| {
        let start = usize::try_from(offset).ok()?;
        bytes.get(start..start.checked_add(usize::try_from(length).ok()?)?)
    });
    if section.is_some_and(elf::needs_libraries) {
        return Err(ImageFault::Unsuitable(ElfFault::Dynamic));
    }
    Ok((bytes, layout))
}

/// Checks that a file is the planned program and returns its bytes.
pub(crate) fn checked(path: &str, planned: &ImagePlan) -> Result<Vec<u8>, ImageFault> {
    let (bytes, _) = read(Path::new(path))?;
    if bytes.len() as u64 != planned.size_bytes || Digest::of(&bytes) != planned.sha256 {
        return Err(ImageFault::Changed);
    }
    Ok(bytes)
}

/// The bytes of a program in sealed memory of their own.
pub(crate) fn seal(bytes: &[u8]) -> Result<OwnedFd, ImageFault> {
    let failed = |error: std::io::Error| ImageFault::Unreadable(crate::words::system(&error));
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    // Kernels before 6.3 do not know the flag that asks for executable memory, and need none.
    let fd = rustix::fs::memfd_create("image", flags | MemfdFlags::EXEC)
        .or_else(|_| rustix::fs::memfd_create("image", flags))
        .map_err(|error| failed(error.into()))?;
    let mut file = File::from(fd);
    file.write_all(bytes).map_err(failed)?;
    let seals = SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE | SealFlags::SEAL;
    rustix::fs::fcntl_add_seals(&file, seals).map_err(|error| failed(error.into()))?;
    // Readable and executable by the subject's user, and by nobody writable.
    let mode = Mode::from_raw_mode(0o555);
    rustix::fs::fchmod(&file, mode).map_err(|error| failed(error.into()))?;
    let path = format!("/proc/self/fd/{}", file.as_raw_fd());
    let flags = OFlags::RDONLY | OFlags::CLOEXEC;
    rustix::fs::open(path, flags, Mode::empty()).map_err(|error| failed(error.into()))
}
