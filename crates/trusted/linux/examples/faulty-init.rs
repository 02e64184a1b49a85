//! A keeper with two planted faults, for the test that the audit stops what it should: a descriptor
//! too many and shared memory that no plan knows.
#![expect(clippy::expect_used, reason = "what fails ends the program")]

use std::os::fd::{IntoRawFd, OwnedFd};

fn main() {
    linux::zygote::run(faulty)
}

fn faulty(control: OwnedFd, origin: linux::keeper::Origin) -> ! {
    let (ours, _) = std::os::unix::net::UnixStream::pair().expect("a pair");
    let _ = ours.into_raw_fd();
    let flags = rustix::mm::MapFlags::SHARED;
    let rights = rustix::mm::ProtFlags::READ | rustix::mm::ProtFlags::WRITE;
    // SAFETY: the kernel chooses an unused place.
    let shared = unsafe { rustix::mm::mmap_anonymous(std::ptr::null_mut(), 4096, rights, flags) };
    shared.expect("shared memory");
    linux::keeper::run(control, origin)
}
