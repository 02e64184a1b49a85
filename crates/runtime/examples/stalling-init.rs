//! A keeper that stops the first process of its subject on the way to the gate, for the test that the
//! supervisor does not wait forever.

use rustix::process::{Pid, Signal, kill_process};
use std::os::fd::OwnedFd;
use std::time::Duration;

fn main() {
    runtime::nursery::run(stalling)
}

fn stalling(control: OwnedFd, made: Duration) -> ! {
    // In a partition the keeper is process 1, its thread here 2, and what it copies first 3.
    let subject = Pid::from_raw(3).expect("a process id");
    std::thread::spawn(move || while kill_process(subject, Signal::STOP).is_err() {});
    runtime::keeper::run(control, made)
}
