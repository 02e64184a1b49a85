//! Shared memory: created whole, readable by descriptor, sealed once every subject has mapped it.

use crate::refusal::Refusal;
use crate::sys::memory::Mapping;
use channel::pulse::{PULSE_BYTES, PulseReader, pulse_beginning};
use channel::{Kind, Observer, Shape};
use plan::ChannelPlan;
use rustix::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use rustix::fs::{FallocateFlags, MemfdFlags, Mode, OFlags, SealFlags};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// A shared segment.
pub(crate) struct Segment {
    /// Writable until sealed; then dropped.
    writer: Option<OwnedFd>,
    reader: OwnedFd,
    /// Its size.
    pub bytes: usize,
    /// Its device and inode, by which the kernel shows it in every process that maps it.
    pub identity: (u64, u64),
}

impl Segment {
    /// Creates a segment with all its pages, of fixed size. It is zero but for this content at this
    /// offset.
    pub(crate) fn create(bytes: usize, offset: usize, content: &[u8]) -> io::Result<Self> {
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        // Kernels before 6.3 do not know the flag that forbids execution.
        let writer = rustix::fs::memfd_create("segment", flags | MemfdFlags::NOEXEC_SEAL)
            .or_else(|_| rustix::fs::memfd_create("segment", flags))
            .map(File::from)?;
        rustix::fs::ftruncate(&writer, bytes as u64)?;
        rustix::fs::fallocate(&writer, FallocateFlags::empty(), 0, bytes as u64)?;
        rustix::fs::fchmod(&writer, Mode::from_raw_mode(0o444))?;
        writer.write_all_at(content, offset as u64)?;
        rustix::fs::fcntl_add_seals(&writer, SealFlags::SHRINK | SealFlags::GROW)?;
        let path = format!("/proc/self/fd/{}", writer.as_raw_fd());
        let reader = rustix::fs::open(path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
        let stat = rustix::fs::fstat(&reader)?;
        Ok(Self {
            writer: Some(writer.into()),
            reader,
            bytes,
            identity: (stat.st_dev, stat.st_ino),
        })
    }

    /// Read-only bytes that nobody can ever write again.
    pub(crate) fn constant(content: &[u8]) -> io::Result<Self> {
        let mut segment = Self::create(content.len(), 0, content)?;
        rustix::fs::fcntl_add_seals(
            segment.reader_or_writer(),
            SealFlags::WRITE | SealFlags::SEAL,
        )?;
        segment.writer = None;
        Ok(segment)
    }

    fn reader_or_writer(&self) -> BorrowedFd<'_> {
        self.writer.as_ref().unwrap_or(&self.reader).as_fd()
    }

    /// The descriptor through which a subject maps it.
    pub(crate) fn descriptor(&self, writable: bool) -> BorrowedFd<'_> {
        if writable {
            self.reader_or_writer()
        } else {
            self.reader.as_fd()
        }
    }

    /// From now on nobody can map it writable; mappings that exist stay as they are.
    pub(crate) fn seal(&mut self) -> io::Result<()> {
        let seals = SealFlags::FUTURE_WRITE | SealFlags::SEAL;
        rustix::fs::fcntl_add_seals(self.reader_or_writer(), seals)?;
        self.writer = None;
        Ok(())
    }

    /// The seals in force, as the kernel says.
    pub(crate) fn seals(&self) -> io::Result<u32> {
        Ok(rustix::fs::fcntl_get_seals(&self.reader)?.bits())
    }
}

/// The memory of one channel and the supervisor's look at it.
pub(crate) struct ChannelMemory {
    /// Statistics; before `_view`, which it reads.
    pub observer: Observer,
    _view: Mapping,
    /// Writer to reader.
    pub data: Segment,
    /// Reader to writer, on credit queues.
    pub credit: Option<Segment>,
}

/// The shape both ends of a channel agree on; none if its schema hash is none, as no sound plan has it.
pub(crate) fn shape(channel: &ChannelPlan) -> Option<Shape> {
    Some(Shape {
        kind: match channel.kind {
            plan::Kind::Sampling => Kind::Sampling,
            plan::Kind::DropOldest => Kind::DropOldest,
            plan::Kind::Credit => Kind::Credit,
            plan::Kind::Event => Kind::Event,
        },
        message_bytes: channel.message_bytes,
        depth: channel.depth,
        schema: u64::from_str_radix(&channel.schema, 16).ok()?,
    })
}

impl ChannelMemory {
    /// Creates the segments of a channel.
    pub(crate) fn create(channel: &ChannelPlan) -> Result<Self, Refusal> {
        let impossible = |text: String| {
            let message = format!("channel `{}` cannot be made: {text}", channel.name);
            Refusal::unusable(
                "channel-impossible",
                message,
                "make its messages or its depth smaller",
            )
        };
        let shape =
            shape(channel).ok_or_else(|| impossible("its schema hash is none".to_owned()))?;
        let failed = |error: io::Error| impossible(crate::words::system(&error));
        let bytes = shape
            .data_bytes()
            .map_err(|error| impossible(error.to_string()))?;
        let data = Segment::create(bytes, 0, &channel::beginning(&shape)).map_err(failed)?;
        let credit = match shape.credit_bytes() {
            0 => None,
            bytes => Some(Segment::create(bytes, 0, &[]).map_err(failed)?),
        };
        let view = Mapping::read_only(data.descriptor(false), bytes).map_err(failed)?;
        let observer = view
            .observer(shape)
            .map_err(|fault| impossible(fault.to_string()))?;
        Ok(Self {
            observer,
            _view: view,
            data,
            credit,
        })
    }

    /// All segments of the channel.
    pub(crate) fn segments(&mut self) -> impl Iterator<Item = &mut Segment> {
        std::iter::once(&mut self.data).chain(&mut self.credit)
    }
}

/// The memory through which a subject says that it lives.
pub(crate) struct PulseMemory {
    /// The supervisor's end; before `_view`, which it reads.
    pub reader: PulseReader,
    _view: Mapping,
    /// Subject to supervisor.
    pub segment: Segment,
}

impl PulseMemory {
    /// Creates the pulse of one subject.
    pub(crate) fn create() -> io::Result<Self> {
        let (offset, content) = pulse_beginning();
        let segment = Segment::create(PULSE_BYTES, offset, &content)?;
        let view = Mapping::read_only(segment.descriptor(false), PULSE_BYTES)?;
        let reader = view
            .pulse()
            .map_err(|fault| io::Error::other(fault.to_string()))?;
        Ok(Self {
            reader,
            _view: view,
            segment,
        })
    }
}

/// Bytes of shared memory a channel needs; the largest number if it is impossible.
pub(crate) fn bytes_of(channel: &ChannelPlan) -> u64 {
    let bytes = shape(channel).and_then(|shape| {
        let data = u64::try_from(shape.data_bytes().ok()?).ok()?;
        Some(data.saturating_add(shape.credit_bytes() as u64))
    });
    // What cannot be made is more than there is.
    bytes.unwrap_or(u64::MAX)
}
