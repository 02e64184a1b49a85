//! Messages between supervisor, keeper and launcher: one datagram each, descriptors beside it.
//!
//! Both ends are ours, but an end may be dead or late: whatever arrives is decoded with bounds.

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, SocketFlags, SocketType,
};
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;

/// Most bytes of a message.
pub(crate) const MESSAGE_BYTES_MAX: usize = 64 << 10;
/// Most descriptors beside one message.
pub(crate) const DESCRIPTORS_MAX: usize = 128;

/// A pair of connected ends. Neither blocks the other for long: a message is written at once or not
/// at all.
pub(crate) fn pair() -> io::Result<(OwnedFd, OwnedFd)> {
    let (family, kind) = (AddressFamily::UNIX, SocketType::SEQPACKET);
    Ok(rustix::net::socketpair(
        family,
        kind,
        SocketFlags::CLOEXEC,
        None,
    )?)
}

/// Whether a message was not sent because nobody is at the other end any more. It may have left last
/// words.
pub(crate) fn is_gone(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset
    )
}

/// Sends one message.
pub(crate) fn send(end: impl AsFd, bytes: &[u8], fds: &[BorrowedFd<'_>]) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS_MAX))];
    let mut beside = SendAncillaryBuffer::new(&mut space);
    if !fds.is_empty() && !beside.push(SendAncillaryMessage::ScmRights(fds)) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    loop {
        let parts = [IoSlice::new(bytes)];
        match rustix::net::sendmsg(&end, &parts, &mut beside, SendFlags::NOSIGNAL) {
            Ok(_) => return Ok(()),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// A message that arrived.
pub(crate) struct Message {
    /// Its bytes; empty when the other end is gone.
    pub bytes: Vec<u8>,
    /// The descriptors beside it.
    pub fds: Vec<OwnedFd>,
}

impl Message {
    /// Whether the other end is gone.
    pub(crate) fn is_end(&self) -> bool {
        self.bytes.is_empty()
    }
}

/// Receives one message, waiting for it if need be. No memory is touched beyond its length: a
/// keeper is copied for each start, and each page it has written costs.
pub(crate) fn receive(end: impl AsFd) -> io::Result<Message> {
    // A reset is how a dead end looks when it left something unread; it is said once, and before
    // what that end sent.
    let mut reset = false;
    let length = loop {
        let flags = RecvFlags::PEEK | RecvFlags::TRUNC;
        match rustix::net::recv(&end, &mut [0_u8; 1][..], flags) {
            Ok((_, length)) => break length.min(MESSAGE_BYTES_MAX),
            Err(Errno::CONNRESET) if !reset => reset = true,
            Err(Errno::CONNRESET) => break 0,
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    };
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS_MAX))];
    let mut beside = RecvAncillaryBuffer::new(&mut space);
    let mut bytes = vec![0; length];
    let length = loop {
        let mut parts = [IoSliceMut::new(&mut bytes)];
        match rustix::net::recvmsg(&end, &mut parts, &mut beside, RecvFlags::CMSG_CLOEXEC) {
            Ok(received) => break received.bytes,
            Err(Errno::CONNRESET) if !reset => reset = true,
            Err(Errno::CONNRESET) => break 0,
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    };
    bytes.truncate(length);
    let mut fds = Vec::new();
    for message in beside.drain() {
        if let RecvAncillaryMessage::ScmRights(received) = message {
            fds.extend(received);
        }
    }
    Ok(Message { bytes, fds })
}

/// Writes the fields of a message.
#[derive(Default)]
pub(crate) struct Fields(Vec<u8>);

impl Fields {
    /// Appends a number.
    pub(crate) fn number(mut self, value: u64) -> Self {
        self.0.extend_from_slice(&value.to_le_bytes());
        self
    }

    /// Appends bytes with their length.
    pub(crate) fn bytes(self, bytes: &[u8]) -> Self {
        let mut this = self.number(bytes.len() as u64);
        this.0.extend_from_slice(bytes);
        this
    }

    /// The message.
    pub(crate) fn done(self) -> Vec<u8> {
        self.0
    }
}

/// Reads the fields of a message, in the same order.
pub(crate) struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    /// From the beginning.
    pub(crate) fn new(message: &'a [u8]) -> Self {
        Self(message)
    }

    /// The next number.
    pub(crate) fn number(&mut self) -> Option<u64> {
        let (number, rest) = self.0.split_first_chunk::<8>()?;
        self.0 = rest;
        Some(u64::from_le_bytes(*number))
    }

    /// The next bytes.
    pub(crate) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    /// The next bytes as text.
    pub(crate) fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_back_and_cut_ones_do_not() {
        let message = Fields::default().number(7).bytes(b"name").number(9).done();
        let mut cursor = Cursor::new(&message);
        assert_eq!(cursor.number(), Some(7));
        assert_eq!(cursor.text(), Some("name"));
        assert_eq!(cursor.number(), Some(9));
        assert_eq!(cursor.number(), None);
        let mut cut = Cursor::new(&message[..18]);
        assert_eq!((cut.number(), cut.bytes()), (Some(7), None));
    }

    #[test]
    fn descriptors_travel_beside_a_message() {
        let (a, b) = pair().unwrap();
        let null = std::fs::File::open("/dev/null").unwrap();
        send(&a, b"x", &[null.as_fd(), null.as_fd()]).unwrap();
        let message = receive(&b).unwrap();
        assert_eq!(
            (message.bytes.as_slice(), message.fds.len()),
            (&b"x"[..], 2)
        );
        drop(a);
        assert!(receive(&b).unwrap().is_end());
    }

    #[test]
    fn last_words_are_heard_though_something_was_left_unread() {
        let (a, b) = pair().unwrap();
        send(&b, b"unread", &[]).unwrap();
        send(&a, b"last words", &[]).unwrap();
        drop(a);
        assert_eq!(receive(&b).unwrap().bytes, b"last words");
        assert!(receive(&b).unwrap().is_end());
    }
}
