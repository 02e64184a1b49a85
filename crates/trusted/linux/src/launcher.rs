//! The launcher: the only process that opens pieces of the outside world, and only those the plan
//! names. It is copied from the supervisor before anything else and dies with it.

use crate::objects::{Peers, Places};
use crate::walk::{self, Fault};
use crate::wire::{self, Cursor, Fields};
use plan::{GrantDirection, GrantPlan, Plan, ResourcePlan};
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{FileType, Mode, OFlags, ResolveFlags};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, sockopt};
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

/// How long a connection attempt may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Connections a listener keeps waiting.
const BACKLOG: i32 = 16;

/// Asks for a grant: subject and grant by their positions in the plan.
pub(crate) fn ask(end: impl AsFd, subject: usize, grant: usize) -> io::Result<()> {
    let fields = Fields::default()
        .number(subject as u64)
        .number(grant as u64);
    wire::send(end, &fields.done(), &[])
}

/// An answer of the launcher.
pub(crate) struct Answer {
    /// Position of the subject in the plan.
    pub subject: usize,
    /// Position of the grant in the subject.
    pub grant: usize,
    /// The descriptor, or why there is none.
    pub outcome: Result<OwnedFd, String>,
}

/// Receives an answer; none if the launcher is gone.
pub(crate) fn answer(end: impl AsFd) -> Option<Answer> {
    let message = wire::receive(end).ok()?;
    let mut fields = Cursor::new(&message.bytes);
    let subject = usize::try_from(fields.number()?).ok()?;
    let grant = usize::try_from(fields.number()?).ok()?;
    let reason = fields.text()?.to_owned();
    let outcome = message.fds.into_iter().next().ok_or(reason);
    Some(Answer {
        subject,
        grant,
        outcome,
    })
}

/// A connection attempt under way.
struct Pending {
    subject: usize,
    grant: usize,
    socket: OwnedFd,
    address: SocketAddr,
    until: Instant,
}

/// Serves until the supervisor is gone.
pub(crate) fn serve(end: OwnedFd, plan: &Plan, places: Places) {
    let mut launcher = Launcher {
        end,
        plan,
        places,
        peers: Peers::default(),
        pending: Vec::new(),
    };
    while launcher.turn().is_some() {}
}

struct Launcher<'a> {
    end: OwnedFd,
    plan: &'a Plan,
    places: Places,
    peers: Peers,
    pending: Vec<Pending>,
}

impl Launcher<'_> {
    /// One request, one finished connection attempt, or one timeout; none when it is over.
    fn turn(&mut self) -> Option<()> {
        let wait = self.pending.iter().map(|p| p.until).min();
        let wait = wait.map(|until| until.saturating_duration_since(Instant::now()));
        let wait = wait.and_then(|wait| Timespec::try_from(wait).ok());
        let mut watched = vec![PollFd::new(&self.end, PollFlags::IN)];
        watched.extend(
            self.pending
                .iter()
                .map(|p| PollFd::new(&p.socket, PollFlags::OUT)),
        );
        match rustix::event::poll(&mut watched, wait.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(_) => return None,
        }
        let mut ready = watched.iter().map(|one| !one.revents().is_empty());
        let asked = ready.next().unwrap_or(false);
        let ready: Vec<bool> = ready.collect();
        let now = Instant::now();
        let pending = std::mem::take(&mut self.pending);
        for (one, ready) in pending.into_iter().zip(ready) {
            let address = one.address;
            let error = match (ready, now >= one.until) {
                (false, false) => {
                    self.pending.push(one);
                    continue;
                }
                (false, true) => Err(Errno::TIMEDOUT),
                (true, _) => sockopt::socket_error(&one.socket).unwrap_or_else(Err),
            };
            let outcome = error.and_then(|()| blocking(&one.socket));
            let outcome = outcome
                .map(|()| one.socket)
                .map_err(|e| network(e, address));
            #[cfg(feature = "faults")]
            let outcome = self.planted(one.subject, one.grant, outcome);
            self.reply(one.subject, one.grant, outcome)?;
        }
        if asked {
            let message = wire::receive(&self.end)
                .ok()
                .filter(|message| !message.is_end())?;
            self.request(&message.bytes)?;
        }
        Some(())
    }

    fn request(&mut self, message: &[u8]) -> Option<()> {
        let mut fields = Cursor::new(message);
        let subject = usize::try_from(fields.number()?).ok()?;
        let grant = usize::try_from(fields.number()?).ok()?;
        let planned = self.plan.core.subjects.get(subject)?.grants.get(grant)?;
        if let ResourcePlan::TcpConnect { address } = planned.resource {
            return match begin_connect(address) {
                Ok(socket) => {
                    let until = Instant::now() + CONNECT_TIMEOUT;
                    self.pending.push(Pending {
                        subject,
                        grant,
                        socket,
                        address,
                        until,
                    });
                    Some(())
                }
                Err(error) => self.reply(subject, grant, Err(network(error, address))),
            };
        }
        let outcome = open(planned, &self.places, &mut self.peers);
        #[cfg(feature = "faults")]
        let outcome = self.planted(subject, grant, outcome);
        self.reply(subject, grant, outcome)
    }

    #[cfg(feature = "faults")]
    fn planted(
        &self,
        subject: usize,
        grant: usize,
        outcome: Result<OwnedFd, String>,
    ) -> Result<OwnedFd, String> {
        let subject = self.plan.core.subjects.get(subject);
        match subject.and_then(|subject| subject.grants.get(grant)) {
            Some(grant) => crate::faults::opened(grant, outcome),
            None => outcome,
        }
    }

    fn reply(&self, subject: usize, grant: usize, outcome: Result<OwnedFd, String>) -> Option<()> {
        let (reason, fds): (&str, Vec<BorrowedFd<'_>>) = match &outcome {
            Ok(fd) => ("", vec![fd.as_fd()]),
            Err(reason) => (reason, vec![]),
        };
        let fields = Fields::default()
            .number(subject as u64)
            .number(grant as u64);
        wire::send(&self.end, &fields.bytes(reason.as_bytes()).done(), &fds).ok()
    }
}

/// Opens what can be opened at once.
fn open(grant: &GrantPlan, places: &Places, peers: &mut Peers) -> Result<OwnedFd, String> {
    match &grant.resource {
        // Connections are begun by the caller.
        ResourcePlan::TcpConnect { address } => {
            begin_connect(*address).map_err(|error| network(error, *address))
        }
        ResourcePlan::TcpListen { address } => {
            listen(*address).map_err(|error| network(error, *address))
        }
        ResourcePlan::UdpReceive { address } => {
            receive(*address).map_err(|error| network(error, *address))
        }
        ResourcePlan::UdpSend { address } => {
            send(*address).map_err(|error| network(error, *address))
        }
        ResourcePlan::FileRead { path } => {
            let file = regular(open_path(places, path, OFlags::RDONLY), path)?;
            peers.admit(&file, grant, path)?;
            Ok(file)
        }
        ResourcePlan::FileAppend { path, quota_bytes } => {
            let rights = match grant.direction {
                GrantDirection::Both => OFlags::RDWR,
                GrantDirection::In | GrantDirection::Out => OFlags::WRONLY,
            };
            let flags = rights | OFlags::APPEND | OFlags::CREATE;
            let file = regular(open_path(places, path, flags), path)?;
            peers.admit(&file, grant, path)?;
            within_quota(file, path, *quota_bytes)
        }
        ResourcePlan::Device { path } => {
            let rights = match grant.direction {
                GrantDirection::In => OFlags::RDONLY,
                GrantDirection::Out => OFlags::WRONLY,
                GrantDirection::Both => OFlags::RDWR,
            };
            let device = device(open_path(places, path, rights), path)?;
            peers.admit(&device, grant, path)?;
            Ok(device)
        }
    }
}

fn socket(address: SocketAddr, kind: SocketType) -> Result<OwnedFd, Errno> {
    let family = if address.is_ipv4() {
        AddressFamily::INET
    } else {
        AddressFamily::INET6
    };
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    rustix::net::socket_with(family, kind, flags, None)
}

fn blocking(socket: &OwnedFd) -> Result<(), Errno> {
    let flags = rustix::fs::fcntl_getfl(socket)?;
    rustix::fs::fcntl_setfl(socket, flags - OFlags::NONBLOCK)
}

fn begin_connect(address: SocketAddr) -> Result<OwnedFd, Errno> {
    let socket = socket(address, SocketType::STREAM)?;
    match rustix::net::connect(&socket, &address) {
        Ok(()) | Err(Errno::INPROGRESS) => Ok(socket),
        Err(error) => Err(error),
    }
}

fn listen(address: SocketAddr) -> Result<OwnedFd, Errno> {
    let socket = socket(address, SocketType::STREAM)?;
    sockopt::set_socket_reuseaddr(&socket, true)?;
    rustix::net::bind(&socket, &address)?;
    rustix::net::listen(&socket, BACKLOG)?;
    blocking(&socket)?;
    Ok(socket)
}

fn receive(address: SocketAddr) -> Result<OwnedFd, Errno> {
    let socket = socket(address, SocketType::DGRAM)?;
    rustix::net::bind(&socket, &address)?;
    blocking(&socket)?;
    Ok(socket)
}

fn send(address: SocketAddr) -> Result<OwnedFd, Errno> {
    let socket = socket(address, SocketType::DGRAM)?;
    // Before it is connected, so that nothing slips in.
    let closed = crate::sys::drop_all_input(socket.as_fd());
    closed.map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::INVAL))?;
    rustix::net::connect(&socket, &address)?;
    blocking(&socket)?;
    Ok(socket)
}

/// What went wrong with an address, in words.
fn network(error: Errno, address: SocketAddr) -> String {
    match error {
        Errno::ADDRINUSE => format!("address {address} is in use by another program"),
        Errno::ADDRNOTAVAIL => format!("address {address} is not of this machine"),
        Errno::CONNREFUSED => format!("nothing listens at {address}"),
        Errno::TIMEDOUT => format!("{address} does not answer"),
        Errno::NETUNREACH | Errno::HOSTUNREACH => format!("there is no way to {address}"),
        Errno::ACCESS | Errno::PERM => format!("this user may not use address {address}"),
        other => format!("address {address}: {}", crate::words::system(&other.into())),
    }
}

/// Why a path cannot be opened.
enum PathFault {
    /// A pipe without a reader, a socket, or a device file without a device.
    NothingBehind,
    /// In words.
    Said(String),
}

/// Opens a file: a relative path strictly below the state directory and without links, an absolute
/// one as the plan says, without the links of `/proc` and those that another user planted, and not into
/// the own directories.
fn open_path(places: &Places, path: &str, flags: OFlags) -> Result<OwnedFd, PathFault> {
    let failed = |fault: Fault| {
        PathFault::Said(match fault {
            Fault::System(Errno::NXIO) => return PathFault::NothingBehind,
            Fault::System(Errno::NOENT | Errno::NODEV) => format!("there is no `{path}`"),
            Fault::System(Errno::ACCESS | Errno::PERM) => {
                format!("this user may not open `{path}`")
            }
            Fault::System(Errno::LOOP | Errno::XDEV) => format!("`{path}` leads through a link"),
            Fault::System(_) => format!("`{path}`: {fault}"),
            Fault::Planted(_) => format!("`{path}` leads through a link: {fault}"),
            Fault::Twofold(_) => format!("`{path}` is not opened: {fault}"),
        })
    };
    places.check_path(path).map_err(PathFault::Said)?;
    // Without waiting, should it be a pipe; without leaving a time that another reader can see.
    let quiet = OFlags::CLOEXEC | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::NOATIME;
    let flags = flags | quiet;
    let fd = match open_once(places, path, flags) {
        // Only the owner of a file may ask for that.
        Err(Fault::System(Errno::PERM)) => open_once(places, path, flags - OFlags::NOATIME),
        opened => opened,
    };
    let fd = fd.map_err(failed)?;
    places.check_opened(&fd, path).map_err(PathFault::Said)?;
    blocking(&fd).map_err(|error| failed(error.into()))?;
    Ok(fd)
}

fn open_once(places: &Places, path: &str, flags: OFlags) -> Result<OwnedFd, Fault> {
    let create = flags.contains(OFlags::CREATE);
    let mode = if create {
        Mode::from_raw_mode(0o600)
    } else {
        Mode::empty()
    };
    if path.starts_with('/') {
        return walk::open(Path::new(path), flags, mode);
    }
    let directory = OFlags::DIRECTORY | OFlags::CLOEXEC;
    let directory = walk::open(&places.state, directory, Mode::empty())?;
    if create {
        make_parents(&directory, path)?;
    }
    Ok(rustix::fs::openat2(&directory, path, flags, mode, below())?)
}

fn below() -> ResolveFlags {
    ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS
}

/// Makes the directories a relative path leads through.
fn make_parents(root: &OwnedFd, path: &str) -> Result<(), Errno> {
    for (at, _) in path.match_indices('/') {
        let parent = path
            .get(..at)
            .filter(|parent| !parent.is_empty())
            .ok_or(Errno::INVAL)?;
        // Step by step below the root and through no link: each level is opened like the file.
        let (above, name) = parent.rsplit_once('/').unwrap_or((".", parent));
        let flags = OFlags::DIRECTORY | OFlags::CLOEXEC;
        let above = rustix::fs::openat2(root, above, flags, Mode::empty(), below())?;
        match rustix::fs::mkdirat(&above, name, Mode::from_raw_mode(0o700)) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn kind(fd: &OwnedFd) -> Option<FileType> {
    rustix::fs::fstat(fd)
        .ok()
        .map(|stat| FileType::from_raw_mode(stat.st_mode))
}

fn regular(opened: Result<OwnedFd, PathFault>, path: &str) -> Result<OwnedFd, String> {
    match opened {
        Ok(fd) if kind(&fd) == Some(FileType::RegularFile) => Ok(fd),
        Ok(_) | Err(PathFault::NothingBehind) => Err(format!("`{path}` is not a regular file")),
        Err(PathFault::Said(reason)) => Err(reason),
    }
}

fn device(opened: Result<OwnedFd, PathFault>, path: &str) -> Result<OwnedFd, String> {
    match opened {
        Ok(fd) => match kind(&fd) {
            Some(FileType::CharacterDevice | FileType::BlockDevice) => Ok(fd),
            _ => Err(format!("`{path}` is not a device")),
        },
        Err(PathFault::NothingBehind) => Err(format!("there is no device behind `{path}`")),
        Err(PathFault::Said(reason)) => Err(reason),
    }
}

fn within_quota(fd: OwnedFd, path: &str, quota_bytes: u64) -> Result<OwnedFd, String> {
    let size = rustix::fs::fstat(&fd).map_or(u64::MAX, |stat| stat.st_size.cast_unsigned());
    if size <= quota_bytes {
        Ok(fd)
    } else {
        Err(format!(
            "`{path}` has {size} bytes, more than its quota of {quota_bytes}"
        ))
    }
}
