//! What a subject has in its address space and among its descriptors is its own, and what it takes is
//! counted.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail loudly"
)]

mod support;

use plan::{GrantDirection, GrantPlan, ResourcePlan};
use record::event::Event;
use record::status::Status;
use std::fs;
use std::path::PathBuf;
use support::{Place, Run, STOP, logged, plan, subject};

const MIB: u64 = 1 << 20;
/// What a subject may take beyond its memory: nothing but its own program and the kernel's pages.
const BESIDE_BYTES: u64 = 8 * MIB;

type Begin = for<'a> fn(&'a Place, &plan::Plan, &[&str]) -> Run<'a>;
const BOTH: [Begin; 2] = [support::start, support::start_unprivileged];

fn of(pid: u32, name: &str) -> String {
    fs::read_to_string(format!("/proc/{pid}/{name}")).unwrap()
}

/// What a subject says once it has done this, and what is seen of it then.
fn after<T>(begin: Begin, action: &str, memory: u64, look: impl Fn(u32) -> T) -> (String, T) {
    let place = Place::new();
    let mut subject = subject("a", action, STOP);
    subject.memory_bytes = memory;
    let plan = plan(vec![subject], &[]);
    let mut run = begin(&place, &plan, &[]);
    let status = run.wait_for("its line", |status| status.subjects[0].log_lines > 0);
    let seen = look(status.subjects[0].pid);
    run.terminate();
    let (status, errors, events) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
    (logged(&events, "a").first().cloned().unwrap(), seen)
}

fn resident_bytes(pid: u32) -> u64 {
    let text = of(pid, "status");
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib: u64 = line
        .unwrap()
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .unwrap();
    kib * 1024
}

#[test]
fn memory_that_may_not_be_written_any_more_still_counts() {
    let memory = 16 * MIB;
    for begin in BOTH {
        for rights in ["read", "none"] {
            let action = format!("hoard:{rights}");
            let (line, resident) = after(begin, &action, memory, resident_bytes);
            let program = fs::metadata(support::probe()).unwrap().len();
            let taken: u64 = line.strip_prefix("took ").unwrap().parse().unwrap();
            assert!(taken <= memory, "{rights}: {line}");
            assert!(
                resident <= memory + program + BESIDE_BYTES,
                "{rights}: {resident}"
            );
        }
    }
}

#[test]
fn threads_can_be_waited_for() {
    for begin in BOTH {
        assert_eq!(after(begin, "join", 32 * MIB, |_| ()).0, "joined 6");
    }
}

/// Names, command lines and environments of processes are for everybody to read.
#[test]
fn a_subject_cannot_choose_what_is_read_of_it_in_proc() {
    for begin in BOTH {
        let look = |pid| (of(pid, "comm"), of(pid, "cmdline"), of(pid, "environ"));
        let (line, seen) = after(begin, "rename", 16 * MIB, look);
        assert_eq!(line, "named -1");
        let nothing = String::new();
        assert_eq!(
            seen,
            ("bulkhead-init\n".to_owned(), nothing.clone(), nothing)
        );
    }
}

/// A piped handler of crashes gets all memory of what crashes unless the limit is exactly 1.
#[test]
fn no_handler_of_crashes_gets_a_subject() {
    for begin in BOTH {
        let (_, limits) = after(begin, "join", 32 * MIB, |pid| of(pid, "limits"));
        let line = limits
            .lines()
            .find(|line| line.starts_with("Max core file size"));
        let numbers: Vec<&str> = line.unwrap().split_whitespace().skip(4).take(2).collect();
        assert_eq!(numbers, ["1", "1"], "{limits}");
    }
}

/// Files that are mapped, by device and inode, and the descriptors that are open, with their targets.
fn held(pid: u32) -> (Vec<String>, Vec<(String, PathBuf)>) {
    let maps = of(pid, "maps");
    let files = maps.lines().filter_map(|line| {
        let mut words = line.split_whitespace().skip(3);
        let (device, inode) = (words.next()?, words.next()?);
        (inode != "0").then(|| format!("{device} {inode} {}", words.collect::<Vec<_>>().join(" ")))
    });
    let mut descriptors = Vec::new();
    for entry in fs::read_dir(format!("/proc/{pid}/fd")).unwrap() {
        let entry = entry.unwrap();
        let number = entry.file_name().to_string_lossy().into_owned();
        descriptors.push((number, fs::read_link(entry.path()).unwrap()));
    }
    descriptors.sort();
    (files.collect(), descriptors)
}

/// Whether two processes have one open file, with its flags, behind these descriptors.
fn one_open_file(first: (u32, u64), second: (u32, u64)) -> bool {
    // KCMP_FILE (linux/kcmp.h).
    const OPEN_FILE: libc::c_long = 0;
    // SAFETY: plain numbers.
    let answer = unsafe {
        libc::syscall(
            libc::SYS_kcmp,
            first.0,
            second.0,
            OPEN_FILE,
            first.1,
            second.1,
        )
    };
    assert!(answer >= 0, "{}", std::io::Error::last_os_error());
    answer == 0
}

#[test]
fn two_subjects_of_one_program_have_nothing_in_common() {
    for begin in BOTH {
        let place = Place::new();
        let plan = plan(
            vec![subject("a", "idle", STOP), subject("b", "idle", STOP)],
            &[],
        );
        let mut run = begin(&place, &plan, &[]);
        let running = |status: &Status| status.subjects.iter().all(|subject| subject.beats > 0);
        let status = run.wait_for("both", running);
        let pids: Vec<u32> = status.subjects.iter().map(|subject| subject.pid).collect();
        let (first, second) = (held(pids[0]), held(pids[1]));
        assert!(
            first.0.iter().any(|file| file.contains("/memfd:image")),
            "{first:?}"
        );
        for file in &first.0 {
            assert!(file.contains("/memfd:"), "a file of the machine: {file}");
            assert!(!second.0.contains(file), "in both: {file}");
        }
        let numbers: Vec<&str> = first.1.iter().map(|(number, _)| number.as_str()).collect();
        assert_eq!(numbers, ["0", "1", "2"], "no grant, no gate, no listener");
        for number in 0..3 {
            assert!(one_open_file((pids[0], 0), (pids[0], number)));
            assert!(!one_open_file((pids[0], number), (pids[1], number)));
            assert!(!one_open_file((pids[0], number), (run.pid(), number)));
        }
        run.terminate();
        let (status, errors, _) = run.finish();
        assert_eq!(status, Some(0), "{errors}");
    }
}

#[test]
fn views_of_the_kernel_are_no_files() {
    for path in [
        "/proc/self/maps",
        "/proc/sys/kernel/hostname",
        "/sys/kernel/mm/ksm/run",
    ] {
        let place = Place::new();
        let mut subject = subject("a", "idle", STOP);
        subject.grants.push(GrantPlan {
            name: "g".to_owned(),
            peer: "outside".to_owned(),
            direction: GrantDirection::In,
            resource: ResourcePlan::FileRead {
                path: path.to_owned(),
            },
        });
        let plan = plan(vec![subject], &[]);
        let (status, errors, events) = support::run(&place, &plan, 300);
        assert_eq!(status, Some(0), "{errors}");
        let refused = |event: &Event| match event {
            Event::GrantRefused { reason, .. } => Some(reason.clone()),
            _ => None,
        };
        let reason = events
            .iter()
            .find_map(refused)
            .unwrap_or_else(|| panic!("{events:?}"));
        assert!(reason.contains("a view of the kernel's"), "{reason}");
        assert!(
            !events
                .iter()
                .any(|event| matches!(event, Event::Started { .. }))
        );
    }
}
