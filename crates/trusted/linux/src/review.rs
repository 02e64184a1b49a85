//! A look at a system that runs: asked for over a socket in the run directory, done by the supervisor,
//! which has the facts and is the only one who writes the event log, and answered with a report.
//!
//! Whoever asks sends nothing but the wish, and gets a descriptor of the report in memory: the supervisor
//! never waits for anybody, and nothing is written but the event.

use crate::wire;
use record::review::Review;
use record::rundir::AUDIT as NAME;
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fd::{AsFd, AsRawFd, OwnedFd};
use rustix::fs::{AtFlags, MemfdFlags, Mode, OFlags};
use rustix::net::{
    AddressFamily, SocketAddrUnix, SocketFlags, SocketType, accept_with, bind, connect, listen,
    socket_with, sockopt,
};
use rustix::process::geteuid;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::Path;

/// Largest report that is read.
const REPORT_BYTES_MAX: u64 = 16 << 20;
/// How long a supervisor may take, in seconds.
const ANSWER_SECONDS: i64 = 20;
/// Wishes that wait.
const BACKLOG: i32 = 8;

/// Where wishes arrive.
pub(crate) struct Wishes {
    pub socket: OwnedFd,
}

/// The directory and the name of the socket in it: a path may be too long for an address.
fn place(run_directory: &Path) -> io::Result<(OwnedFd, SocketAddrUnix)> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let directory = rustix::fs::open(run_directory, flags, Mode::empty())?;
    let path = format!("/proc/self/fd/{}/{NAME}", directory.as_raw_fd());
    Ok((directory, SocketAddrUnix::new(path)?))
}

fn socket(flags: SocketFlags) -> io::Result<OwnedFd> {
    let (family, kind) = (AddressFamily::UNIX, SocketType::SEQPACKET);
    Ok(socket_with(
        family,
        kind,
        flags | SocketFlags::CLOEXEC,
        None,
    )?)
}

impl Wishes {
    /// Listens in a run directory that this process holds.
    pub(crate) fn open(run_directory: &Path) -> io::Result<Self> {
        let (directory, address) = place(run_directory)?;
        // Of a run that was killed.
        let _ = rustix::fs::unlinkat(&directory, NAME, AtFlags::empty());
        let socket = socket(SocketFlags::NONBLOCK)?;
        bind(&socket, &address)?;
        listen(&socket, BACKLOG)?;
        Ok(Self { socket })
    }

    /// The next one who wishes a look and may have it.
    pub(crate) fn next(&self) -> Option<OwnedFd> {
        let who = accept_with(&self.socket, SocketFlags::CLOEXEC | SocketFlags::NONBLOCK).ok()?;
        let user = sockopt::socket_peercred(&who).ok()?.uid;
        (user.is_root() || user == geteuid()).then_some(who)
    }
}

/// Answers a wish. Whoever is gone does not want it any more.
pub(crate) fn answer(who: &OwnedFd, review: &Review) -> io::Result<()> {
    let mut file = File::from(rustix::fs::memfd_create("review", MemfdFlags::CLOEXEC)?);
    serde_json::to_writer(&mut file, review)?;
    file.flush()?;
    file.rewind()?;
    wire::send(who, b"r", &[file.as_fd()])
}

/// Asks the supervisor that holds a run directory for a look.
///
/// # Errors
/// It does not listen there, or does not answer.
pub fn ask(run_directory: &Path) -> io::Result<Vec<u8>> {
    let (_directory, address) = place(run_directory)?;
    let socket = socket(SocketFlags::empty())?;
    connect(&socket, &address)?;
    let mut watched = [PollFd::new(&socket, PollFlags::IN)];
    let limit = Timespec {
        tv_sec: ANSWER_SECONDS,
        tv_nsec: 0,
    };
    if rustix::event::poll(&mut watched, Some(&limit))? == 0 {
        return Err(io::ErrorKind::TimedOut.into());
    }
    let message = wire::receive(&socket)?;
    let report = message.fds.into_iter().next();
    let mut report = File::from(report.ok_or(io::ErrorKind::UnexpectedEof)?);
    report.rewind()?;
    let mut bytes = Vec::new();
    report.take(REPORT_BYTES_MAX).read_to_end(&mut bytes)?;
    Ok(bytes)
}
