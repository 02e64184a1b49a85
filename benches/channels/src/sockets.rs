//! What the kernel carries.

use crate::carrier::Carrier;
use crate::shared::Link;

fn write_all(descriptor: i32, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        // SAFETY: the bytes are valid for their length.
        let count = unsafe { libc::write(descriptor, bytes.as_ptr().cast(), bytes.len()) };
        assert!(count > 0, "the peer is gone");
        bytes = &bytes[count as usize..];
    }
}

fn read_all(descriptor: i32, mut out: &mut [u8]) {
    while !out.is_empty() {
        // SAFETY: the buffer is valid for its length.
        let count = unsafe { libc::read(descriptor, out.as_mut_ptr().cast(), out.len()) };
        assert!(count > 0, "the peer is gone");
        out = &mut out[count as usize..];
    }
}

/// A pipe in each direction.
pub struct Pipes {
    from: i32,
    to: i32,
    passed: u64,
}

impl Pipes {
    pub fn open(link: &Link, size: usize, side: usize) -> Self {
        let [peer_reads, parent_writes, parent_reads, peer_writes, ..] = link.descriptors(size);
        let (from, to) = match side {
            0 => (parent_reads, parent_writes),
            _ => (peer_reads, peer_writes),
        };
        Self {
            from,
            to,
            passed: 0,
        }
    }
}

impl Carrier for Pipes {
    fn send(&mut self, message: &[u8]) {
        write_all(self.to, message);
    }

    fn receive(&mut self, out: &mut [u8]) -> bool {
        read_all(self.from, out);
        self.passed += 1;
        true
    }

    fn passed(&self) -> u64 {
        self.passed
    }
}

/// A Unix socket that keeps messages apart (SOCK_SEQPACKET).
pub struct Socket {
    descriptor: i32,
    passed: u64,
}

impl Socket {
    pub fn open(link: &Link, size: usize, side: usize) -> Self {
        Self {
            descriptor: link.descriptors(size)[4 + side],
            passed: 0,
        }
    }
}

impl Carrier for Socket {
    fn send(&mut self, message: &[u8]) {
        write_all(self.descriptor, message);
    }

    fn receive(&mut self, out: &mut [u8]) -> bool {
        read_all(self.descriptor, out);
        self.passed += 1;
        true
    }

    fn passed(&self) -> u64 {
        self.passed
    }
}
