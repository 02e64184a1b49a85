//! A keeper whose subjects stand still on the way to the gate, for the test that the supervisor does not
//! wait forever: the call that sets their limits is handed to a listener that never answers.
#![expect(clippy::expect_used, reason = "what fails ends the program")]

use libc::{sock_filter, sock_fprog};
use std::os::fd::OwnedFd;

fn main() {
    linux::zygote::run(stalling)
}

fn stalling(control: OwnedFd, origin: linux::keeper::Origin) -> ! {
    let instruction = |code, jt, jf, k| sock_filter { code, jt, jf, k };
    let limits = u32::try_from(libc::SYS_prlimit64).expect("a small number");
    // Load the number of the call (its first word); if it is this one, notify, else allow.
    let mut filter = [
        instruction(0x20, 0, 0, 0),
        instruction(0x15, 0, 1, limits),
        instruction(0x06, 0, 0, libc::SECCOMP_RET_USER_NOTIF),
        instruction(0x06, 0, 0, libc::SECCOMP_RET_ALLOW),
    ];
    let program = sock_fprog {
        len: 4,
        filter: filter.as_mut_ptr(),
    };
    // SAFETY: the kernel copies the live instructions. The listener it opens stays open.
    let listener = unsafe {
        libc::syscall(
            libc::SYS_seccomp,
            libc::SECCOMP_SET_MODE_FILTER,
            libc::SECCOMP_FILTER_FLAG_NEW_LISTENER,
            &raw const program,
        )
    };
    assert!(listener >= 0, "a filter");
    linux::keeper::run(control, origin)
}
