//! A writer in another process that is killed at any moment, again and again: what the reader gets
//! is whole, in order and accounted for, and each new writer finds nothing that it must repair.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]
#![cfg(all(feature = "std", not(feature = "loom")))]

#[path = "common/content.rs"]
mod content;

use channel::{CREDIT_BYTES, Incarnation, Kind, Reader, Received, Sent, Shape, Writer, format};
use content::fill;
use std::fs::{File, OpenOptions};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Writers of one channel.
const WRITERS: u64 = 25;
/// Tells the program, when it is started as a writer: file, kind, depth, epoch.
const ROLE: &str = "BULKHEAD_TEST_WRITER";

fn shape(kind: Kind, depth: u32) -> Shape {
    Shape {
        kind,
        message_bytes: 100,
        depth,
        schema: 7,
    }
}

/// Both segments of a channel, one after the other in a file.
fn map(file: &File, shape: &Shape) -> (*mut u8, *mut u8) {
    let bytes = shape.data_bytes().unwrap();
    let whole = bytes + CREDIT_BYTES;
    file.set_len(whole as u64).unwrap();
    let access = libc::PROT_READ | libc::PROT_WRITE;
    // SAFETY: a fresh mapping of a file of this length; it is never given back.
    let start = unsafe {
        libc::mmap(
            std::ptr::null_mut(),
            whole,
            access,
            libc::MAP_SHARED,
            file.as_raw_fd(),
            0,
        )
    };
    assert_ne!(start, libc::MAP_FAILED);
    let data = start.cast::<u8>();
    (data, data.wrapping_add(bytes))
}

fn message(number: u64) -> [u8; 100] {
    let mut bytes = [0; 100];
    fill(&mut bytes, number);
    bytes
}

/// Not a test by itself: what the writing process runs.
#[test]
#[ignore = "a writer that only the other tests start"]
fn writer() {
    let role = std::env::var(ROLE).expect("the other tests start it");
    let mut role = role.split('|');
    let mut word = || role.next().unwrap();
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .open(word())
        .unwrap();
    let kind = if word() == "credit" {
        Kind::Credit
    } else {
        Kind::DropOldest
    };
    let shape = shape(kind, word().parse().unwrap());
    let (data, credit) = map(&file, &shape);
    let epoch = word().parse().unwrap();
    let incarnation = Incarnation { epoch, mark: epoch };
    // SAFETY: both segments stay mapped, and the writer before this one was killed.
    let mut writer = unsafe { Writer::attach(data, credit, shape, incarnation) };
    let writer = writer.as_mut().unwrap();
    assert_eq!(writer.faults(), 0, "a killed writer is no damage");
    // Bounded, should nobody be there to kill it.
    let end = Instant::now() + Duration::from_secs(20);
    while Instant::now() < end {
        let number = writer.written();
        if writer.send(&message(number), number) == Sent::Full || number % 64 == 0 {
            std::thread::yield_now();
        }
    }
}

fn check(name: &str, kind: Kind, depth: u32) {
    let path = std::env::temp_dir().join(format!(
        "bulkhead-killed-{}-{name}-{depth}",
        std::process::id()
    ));
    let _guard = Removed(path.clone());
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .open(&path)
        .unwrap();
    let shape = shape(kind, depth);
    let (data, credit) = map(&file, &shape);
    // SAFETY: the segment was mapped above with this length, and nobody else uses it yet.
    let fresh = unsafe { std::slice::from_raw_parts_mut(data, shape.data_bytes().unwrap()) };
    format(&shape, fresh);
    // SAFETY: both segments stay mapped, and this is their only reader.
    let mut reader = unsafe { Reader::attach(data, credit, shape) }.unwrap();
    let (mut next, mut epoch_before) = (0, 0);
    for epoch in 1..=WRITERS {
        let mut child = Running(start(&path, name, depth, epoch));
        let mut wanted = 500 + epoch * 37;
        let mut killed = false;
        let mut idle = 0;
        while !killed || idle < 200 {
            if wanted == 0 && !killed {
                child.kill();
                killed = true;
            }
            let mut out = [0; 100];
            match reader.receive(&mut out) {
                Received::Message {
                    len,
                    epoch: sender,
                    sent_ns,
                    sequence,
                    lost,
                } => {
                    assert_eq!((len, sent_ns, sequence), (100, sequence, next + lost));
                    assert!((epoch_before..=epoch).contains(&sender));
                    assert!(kind == Kind::DropOldest || lost == 0);
                    assert_eq!(out, message(sequence), "message {sequence} is torn");
                    (next, epoch_before) = (sequence + 1, sender);
                    wanted = wanted.saturating_sub(1);
                    idle = 0;
                }
                Received::Empty | Received::Busy => {
                    idle += 1;
                    let ended = idle % 10_000 == 0 && child.0.try_wait().unwrap().is_some();
                    assert!(killed || !ended, "the writer of epoch {epoch} ended");
                    std::thread::yield_now();
                }
                Received::Fault => panic!("a killed writer is no fault"),
            }
        }
        assert_eq!(epoch_before, epoch);
    }
    assert_eq!(reader.counters().faults, 0);
}

/// A writer, killed at the latest when the test ends.
struct Running(Child);

impl Running {
    fn kill(&mut self) {
        // It may have ended already; what matters is that it has.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

fn start(path: &Path, kind: &str, depth: u32, epoch: u64) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["writer", "--exact", "--ignored"])
        .env(ROLE, format!("{}|{kind}|{depth}|{epoch}", path.display()))
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

struct Removed(PathBuf);

impl Drop for Removed {
    fn drop(&mut self) {
        // What stays behind in the temporary directory is harmless.
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn a_killed_writer_of_a_credit_queue_loses_nothing() {
    for depth in [1, 5] {
        check("credit", Kind::Credit, depth);
    }
}

#[test]
fn a_killed_writer_of_a_lossy_queue_tears_nothing() {
    for depth in [1, 5] {
        check("drop-oldest", Kind::DropOldest, depth);
    }
}
