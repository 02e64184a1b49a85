//! Signals that ask for an end, for whoever runs a supervisor.

use crate::sys;

/// Does something while `SIGINT`, `SIGTERM` and `SIGHUP` wait. A library that installs a handler first
/// and then says what the handler does would lose one that arrives in between.
pub fn held<T>(work: impl FnOnce() -> T) -> T {
    let before = sys::block_termination();
    let result = work();
    sys::restore_signals(&before);
    result
}

#[cfg(test)]
mod tests {
    use super::held;
    use std::sync::atomic::{AtomicBool, Ordering};

    static ARRIVED: AtomicBool = AtomicBool::new(false);

    extern "C" fn arrive(_: i32) {
        ARRIVED.store(true, Ordering::SeqCst);
    }

    #[test]
    fn a_signal_that_is_held_arrives_afterwards() {
        held(|| {
            // SAFETY: it goes to this thread, and the handler only stores to an atomic.
            unsafe {
                assert_eq!(libc::raise(libc::SIGINT), 0);
                libc::signal(libc::SIGINT, arrive as *const () as libc::sighandler_t);
            }
            assert!(!ARRIVED.load(Ordering::SeqCst));
        });
        assert!(ARRIVED.load(Ordering::SeqCst));
    }
}
