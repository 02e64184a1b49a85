//! What a socket says of itself.

use super::Instruction;
use linux_audit::{Socket, SocketKind};
use rustix::fd::{AsFd, AsRawFd};
use rustix::net::{SocketType, getpeername, getsockname, sockopt};
use std::net::SocketAddr;

/// Describes a socket.
pub(crate) fn describe(socket: impl AsFd) -> Socket {
    let socket = socket.as_fd();
    let listens = sockopt::socket_acceptconn(socket);
    // One that does not say whether it listens is of no kind that a plan has: the audit must not guess.
    let kind = match (sockopt::socket_type(socket), listens) {
        (Ok(SocketType::STREAM), Ok(_)) => SocketKind::Stream,
        (Ok(SocketType::DGRAM), Ok(_)) => SocketKind::Datagram,
        _ => SocketKind::Other,
    };
    let local = getsockname(socket).ok();
    let peer = getpeername(socket).ok().flatten();
    Socket {
        kind,
        listens: listens.unwrap_or(false),
        local: local.and_then(|address| SocketAddr::try_from(address).ok()),
        peer: peer.and_then(|address| SocketAddr::try_from(address).ok()),
        closed: drops_all_input(socket),
    }
}

/// Whether a filter that accepts nothing is attached for good.
fn drops_all_input(socket: impl AsFd) -> bool {
    let number = socket.as_fd().as_raw_fd();
    let mut locked: libc::c_int = 0;
    let mut length = size_of_val(&locked) as libc::socklen_t;
    // SAFETY: the kernel writes at most `length` bytes to a live integer.
    let answer = unsafe {
        libc::getsockopt(
            number,
            libc::SOL_SOCKET,
            libc::SO_LOCK_FILTER,
            (&raw mut locked).cast(),
            &raw mut length,
        )
    };
    if answer != 0 || locked == 0 {
        return false;
    }
    let mut program = [Instruction {
        code: 0,
        jt: 0,
        jf: 0,
        k: u32::MAX,
    }];
    // This option counts in instructions.
    let mut length: libc::socklen_t = 1;
    // SAFETY: the kernel writes at most `length` instructions to a live array of as many; a program that
    // is longer is an error.
    let answer = unsafe {
        libc::getsockopt(
            number,
            libc::SOL_SOCKET,
            libc::SO_GET_FILTER,
            program.as_mut_ptr().cast(),
            &raw mut length,
        )
    };
    let [only] = program;
    // Return (0x06) with 0 bytes.
    answer == 0 && length == 1 && (only.code, only.k) == (0x06, 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, TcpStream, UdpSocket};

    #[test]
    fn sockets_are_described() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let seen = describe(&listener);
        assert_eq!((seen.kind, seen.listens), (SocketKind::Stream, true));
        assert_eq!((seen.local, seen.peer), (Some(address), None));
        let stream = TcpStream::connect(address).unwrap();
        let seen = describe(&stream);
        assert_eq!((seen.listens, seen.peer), (false, Some(address)));
        let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
        assert_eq!(describe(&sender).kind, SocketKind::Datagram);
        assert!(!describe(&sender).closed);
        super::super::drop_all_input(sender.as_fd()).unwrap();
        assert!(describe(&sender).closed);
        let (unix, _) = std::os::unix::net::UnixDatagram::pair().unwrap();
        assert_eq!(describe(&unix).local, None);
    }
}
