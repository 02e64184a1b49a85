//! Faults planted into real partitions, each of which the audit must see and name before anything of
//! the subject runs. Needs programs with the feature `faults`: `cargo xtask audit-table`.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod support;

use plan::{GrantDirection, GrantPlan, Kind, Plan, ResourcePlan};
use record::cause::Cause;
use record::event::Event;
use record::reason::Note;
use record::review::Review;
use record::status::SubjectState;
use std::fmt::Write;
use std::fs::Permissions;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use support::{Place, Run, STOP, plan, subject};

/// Name of the fault, what is wrong, and what the audit says of it.
const SEEN: &[(&str, &str, &str)] = &[
    (
        "namespace-mnt",
        "mounts shared by two partitions",
        "it shares the mnt namespace of another partition",
    ),
    (
        "namespace-uts",
        "the supervisor's host name",
        "it shares the supervisor's uts namespace",
    ),
    (
        "namespace-ipc",
        "the supervisor's System V objects",
        "it shares the supervisor's ipc namespace",
    ),
    (
        "namespace-net",
        "the supervisor's network",
        "it shares the supervisor's net namespace",
    ),
    (
        "namespace-cgroup",
        "the supervisor's view of control groups",
        "it shares the supervisor's cgroup namespace",
    ),
    (
        "namespace-pid",
        "the supervisor's processes",
        "it shares the supervisor's pid namespace",
    ),
    (
        "namespace-time",
        "the supervisor's clocks",
        "it shares the supervisor's time namespace",
    ),
    (
        "root-writable",
        "a root that can be written",
        "its root is mounted without `ro`",
    ),
    (
        "root-suid",
        "a root with set-user-id programs",
        "its root is mounted without `nosuid`",
    ),
    (
        "root-devices",
        "a root with devices",
        "its root is mounted without `nodev`",
    ),
    (
        "root-executable",
        "a root with programs",
        "its root is mounted without `noexec`",
    ),
    (
        "root-file",
        "a directory in the root",
        "its root directory is not empty",
    ),
    (
        "root-second-mount",
        "a second mount",
        "it sees 2 mounts, not one",
    ),
    (
        "root-elsewhere",
        "the host's `/proc` as root",
        "its root directory is not",
    ),
    (
        "directory-elsewhere",
        "the host's `/proc` as working directory",
        "its working directory is not its empty root",
    ),
    (
        "mask-of-rights",
        "another mask of rights of new files",
        "its mask of rights of new files is not the supervisor's",
    ),
    (
        "keeper-new-privileges",
        "a keeper that may gain privileges",
        "keeper: it may gain privileges",
    ),
    (
        "rights-kept",
        "root with all capabilities",
        "it has capabilities",
    ),
    (
        "bounding-set-kept",
        "capabilities to be gained",
        "it has capabilities",
    ),
    (
        "user-of-another",
        "the user of another subject",
        "its users are",
    ),
    (
        "groups-further",
        "a further group",
        "it is in further groups",
    ),
    (
        "keeper-dumpable",
        "memory that its user may look into",
        "its own user may look into it",
    ),
    (
        "keeper-thread",
        "a second thread",
        "keeper: it has more threads than it may",
    ),
    ("subject-traced", "a tracer", "subject: it is being traced"),
    (
        "subject-unfiltered",
        "no filter",
        "subject: its filter mode is 0, not 2",
    ),
    (
        "subject-two-filters",
        "a second filter",
        "subject: its number of filters is",
    ),
    (
        "keeper-child",
        "a process more beside the subject",
        "the list of its children is",
    ),
    (
        "subject-child",
        "a child of the subject",
        "the list of its children is",
    ),
    (
        "stranger",
        "a process that entered from outside",
        "the processes in its process namespace are",
    ),
    (
        "limits-none",
        "no limits at all",
        "its limit `max data size` is",
    ),
    (
        "limit-data",
        "another limit of private memory",
        "its limit `max data size` is",
    ),
    (
        "limit-address-space",
        "another limit of addresses",
        "its limit `max address space` is",
    ),
    (
        "limit-file-size",
        "another limit of file size",
        "its limit `max file size` is",
    ),
    (
        "limit-processes",
        "another limit of processes",
        "its limit `max processes` is",
    ),
    (
        "limit-descriptors",
        "another limit of descriptors",
        "its limit `max open files` is",
    ),
    (
        "core-limit",
        "crashes that a handler gets",
        "its limit `max core file size` is 0, not 1",
    ),
    (
        "real-time",
        "real-time scheduling",
        "its scheduling policy is 1, not 0",
    ),
    (
        "batch",
        "scheduling as a batch",
        "its scheduling policy is 3, not 0",
    ),
    ("nice", "another nice value", "its nice value is -5, not"),
    (
        "signal-ignored",
        "a signal without effect",
        "its mask of ignored signals is",
    ),
    (
        "signal-handled",
        "a signal with the loader's handler",
        "its mask of handled signals is",
    ),
    (
        "signal-blocked",
        "signals kept back",
        "its mask of blocked signals is",
    ),
    (
        "group-none",
        "in no control group of its own",
        "its memory control group is",
    ),
    (
        "group-above",
        "in the control group of the run",
        "its memory control group is",
    ),
    (
        "group-memory",
        "a memory group with another limit",
        "of its control group is",
    ),
    (
        "group-threads",
        "a group with more threads",
        "`pids.max` of its control group is",
    ),
    (
        "group-processor",
        "a group without its budget",
        "of its control group is",
    ),
    (
        "victim-unchosen",
        "another place when memory is short",
        "subject: its place when memory is short",
    ),
    (
        "keeper-not-spared",
        "a keeper with another place when memory is short",
        "keeper: its place when memory is short",
    ),
    (
        "keeper-descriptor",
        "a pipe in the keeper",
        "keeper: unplanned descriptor",
    ),
    (
        "subject-descriptor",
        "a pipe in the subject",
        "subject: unplanned descriptor",
    ),
    (
        "open-file-shared",
        "standard descriptors shared by two subjects",
        "is one open file with one of another partition",
    ),
    (
        "input-of-the-supervisor",
        "the supervisor's standard input",
        "is one open file with one of the supervisor",
    ),
    (
        "grant-swapped",
        "one grant in the place of another",
        "is not what was opened for it",
    ),
    (
        "relative-writable",
        "a file to be read that can be written",
        "is of the wrong kind",
    ),
    (
        "append-anywhere",
        "a log that can be overwritten",
        "is of the wrong kind",
    ),
    (
        "device-writable",
        "a device to be read that can be written",
        "is of the wrong kind",
    ),
    (
        "send-unconnected",
        "a datagram socket without a peer",
        "the peer of descriptor",
    ),
    (
        "send-open",
        "a datagram socket that also receives",
        "is not closed for what arrives",
    ),
    (
        "send-elsewhere",
        "datagrams to another peer",
        "the peer of descriptor",
    ),
    (
        "receive-elsewhere",
        "datagrams at another address",
        "the address of descriptor",
    ),
    (
        "receive-connected",
        "datagrams of one peer only",
        "the peer of descriptor",
    ),
    (
        "connect-elsewhere",
        "a connection to another peer",
        "the peer of descriptor",
    ),
    (
        "connect-listens",
        "a listener instead of a connection",
        "takes connections",
    ),
    (
        "connect-datagrams",
        "datagrams instead of a connection",
        "is a socket of another kind",
    ),
    (
        "listen-elsewhere",
        "a listener at another address",
        "the address of descriptor",
    ),
    (
        "listen-deaf",
        "a listener that does not listen",
        "does not take connections",
    ),
    (
        "shared-mapping",
        "shared memory that no plan knows",
        "unplanned shared mapping",
    ),
    (
        "writable-code",
        "code that can be written",
        "mapping both writable and executable",
    ),
    (
        "loader-kept",
        "what the loader should have removed",
        "subject: mapping",
    ),
    (
        "reader-writes",
        "a reader that can write",
        "is mapped `rw-s`, not `r--s`",
    ),
    (
        "channel-unsealed",
        "a channel that can be mapped again",
        "lacks seals",
    ),
    (
        "channel-missing",
        "a channel that is not mapped",
        "is not mapped at",
    ),
];

/// What is seen as soon as it was opened, likewise. It cannot be told from what others do in their
/// directories: the subject alone waits.
const SEEN_AT_ONCE: &[(&str, &str, &str)] = &[
    (
        "relative-elsewhere",
        "another file below the state directory",
        "is not the file at `relative`",
    ),
    (
        "absolute-elsewhere",
        "another file at an absolute path",
        "is not the file at `/",
    ),
    (
        "append-elsewhere",
        "another file to append to",
        "is not the file at `append`",
    ),
    (
        "device-elsewhere",
        "another device",
        "is not the file at `/dev/zero`",
    ),
];

const NO_ROOM: &str = "the kernel then refuses to make the user namespace";
const NO_GROUPS: &str = "it has no control groups of its own";
const NO_RIGHT: &str = "nobody there has the right to do it";
const ONE_USER: &str = "all its subjects share one user and its groups";

/// Faults that make sense in a run of root only, and why.
const OF_ROOT: &[(&str, &str)] = &[
    ("root-second-mount", NO_ROOM),
    ("root-elsewhere", NO_ROOM),
    (
        "bounding-set-kept",
        "each partition reduces its own once more, in its user namespace",
    ),
    ("user-of-another", ONE_USER),
    ("groups-further", ONE_USER),
    ("keeper-dumpable", "the kernel does not show it, see below"),
    ("stranger", NO_RIGHT),
    ("real-time", NO_RIGHT),
    ("nice", NO_RIGHT),
    ("group-none", NO_GROUPS),
    ("group-above", NO_GROUPS),
    ("group-memory", NO_GROUPS),
    ("group-threads", NO_GROUPS),
    ("group-processor", NO_GROUPS),
];

/// What is seen only once a subject was let go, likewise.
const SEEN_AFTER_GO: &[(&str, &str, &str)] = &[
    (
        "gate-left-open",
        "the gate open after \"go\"",
        "is still open after its go",
    ),
    (
        "listener-left-open",
        "the listener of the filter open after \"go\"",
        "on `anon_inode:seccomp notify` is still open after its go",
    ),
];

/// What the kernel does not show, and what stands for it.
const UNSEEN: &[(&str, &str)] = &[
    (
        "the rules inside a filter",
        "the kernel gives them only to a tracer that stops the process; the tests try every forbidden call in a real partition",
    ),
    (
        "the bytes of a program's image in private memory",
        "the digest is checked where the image is sealed, and the sealed image is compared by inode in the keeper",
    ),
    (
        "secure bits",
        "no file of `/proc` has them; without capabilities and with an empty bounding set they have nothing to act on",
    ),
    (
        "the signal sent when the parent ends",
        "no file of `/proc` has it; the process namespace ends with the keeper all the same",
    ),
    (
        "whether a process of an unprivileged run may be dumped",
        "`/proc` shows the same owner in both cases; the limit of core files is compared",
    ),
    (
        "further groups of an unprivileged run",
        "they cannot be given up there, and are said",
    ),
    (
        "a process that root puts into a partition of an ordinary user",
        "that user may not look at it",
    ),
    (
        "what the subject does after \"go\"",
        "the filter stands for it; `bulkhead audit` looks again at any time",
    ),
    (
        "whether a process that ended within its first moments had closed gate and listener",
        "the kernel shows nothing of a process that has ended; such ends are counted in the event log (`closing-unseen`)",
    ),
    (
        "the state of the hardware",
        "outside of what a kernel tells",
    ),
];

struct Outside {
    _listener: TcpListener,
    _socket: UdpSocket,
    connect: SocketAddr,
    send: SocketAddr,
}

impl Outside {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        Self {
            connect: listener.local_addr().unwrap(),
            send: socket.local_addr().unwrap(),
            _listener: listener,
            _socket: socket,
        }
    }
}

/// An address that no other run of this test gets, and no socket whose port the kernel chooses.
fn free() -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    const PORTS: std::ops::Range<u16> = 10_000..30_000;
    let begin = u16::try_from(std::process::id() % 100).unwrap() * 200;
    loop {
        let next = begin.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = PORTS.start + next % (PORTS.end - PORTS.start);
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        if TcpListener::bind(address).is_ok() && UdpSocket::bind(address).is_ok() {
            return address;
        }
    }
}

/// Two subjects, a channel between them, and one grant of each kind.
fn system(place: &Place, outside: &Outside, fault: &str) -> Plan {
    let absolute = place.path.join("absolute");
    std::fs::write(&absolute, "absolute").unwrap();
    let relative = place.path.join("state/relative");
    std::fs::write(&relative, "relative").unwrap();
    // One of the faults opens it for writing, also as an ordinary user.
    std::fs::set_permissions(&relative, Permissions::from_mode(0o666)).unwrap();
    let path = |path: &str| path.to_owned();
    let (arrives, leaves, both) = (
        GrantDirection::In,
        GrantDirection::Out,
        GrantDirection::Both,
    );
    let grants = [
        (
            "absolute",
            arrives,
            ResourcePlan::FileRead {
                path: path(absolute.to_str().unwrap()),
            },
        ),
        (
            "append",
            leaves,
            ResourcePlan::FileAppend {
                path: path("append"),
                quota_bytes: 4096,
            },
        ),
        (
            "connect",
            both,
            ResourcePlan::TcpConnect {
                address: outside.connect,
            },
        ),
        (
            "device",
            arrives,
            ResourcePlan::Device {
                path: path("/dev/zero"),
            },
        ),
        ("listen", both, ResourcePlan::TcpListen { address: free() }),
        (
            "receive",
            arrives,
            ResourcePlan::UdpReceive { address: free() },
        ),
        (
            "relative",
            arrives,
            ResourcePlan::FileRead {
                path: path("relative"),
            },
        ),
        (
            "send",
            leaves,
            ResourcePlan::UdpSend {
                address: outside.send,
            },
        ),
    ];
    let grant = |(name, direction, resource): (&str, GrantDirection, ResourcePlan)| GrantPlan {
        name: name.to_owned(),
        peer: format!("peer-{name}"),
        direction,
        resource,
    };
    let mut reader = subject("reader", "idle", STOP);
    reader.grants = grants.map(grant).to_vec();
    let mut writer = subject("writer", "write", STOP);
    // Where processor time is counted, the kernel refuses real time by itself.
    if fault != "real-time" {
        for subject in [&mut reader, &mut writer] {
            (subject.budget_us, subject.budget_period_us) = (5_000, 50_000);
        }
    }
    plan(
        vec![reader, writer],
        &[("writer", "reader", Kind::Sampling, 1)],
    )
}

type Begin = for<'a> fn(&'a Place, &Plan, &[&str]) -> Run<'a>;

/// Runs the system with a fault, or none; returns why it is not seen.
fn missed(fault: &str, words: &str, outside: &Outside, begin: Begin) -> Option<String> {
    let place = Place::new();
    let plan = system(&place, outside, fault);
    let run = begin(&place, &plan, &["--for-ms", "10000", "--fault", fault]);
    let (status, errors, events) = run.finish();
    let started = |event: &Event| matches!(event, Event::Started { .. });
    let named = events.iter().any(|event| match event {
        Event::Audited { differences, .. } => support::said(differences).contains(words),
        _ => false,
    });
    let both = events.iter().filter(|event| started(event)).count() > 1;
    if status == Some(3) && named && !both {
        return None;
    }
    Some(format!(
        "{fault}: status {status:?}, `{words}` not in: {errors}\n{events:?}"
    ))
}

/// Plants each of these faults; fails with those that are not seen.
fn all_are_seen<'f>(faults: impl Iterator<Item = &'f (&'f str, &'f str, &'f str)>, begin: Begin) {
    let faults: Vec<_> = faults.collect();
    let outside = Outside::new();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut missed_here = Vec::new();
        while let Some((fault, _, words)) = faults.get(next.fetch_add(1, Ordering::Relaxed)) {
            missed_here.extend(missed(fault, words, &outside, begin));
        }
        missed_here
    };
    let missed: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    assert!(
        missed.is_empty(),
        "{} of {}:\n{}",
        missed.len(),
        faults.len(),
        missed.join("\n\n")
    );
}

#[test]
fn every_fault_that_can_be_seen_is_seen_and_named() {
    assert!(SEEN.len() >= 45);
    let root = rustix::process::geteuid().is_root();
    assert!(root, "these faults are planted with the rights of root");
    all_are_seen(SEEN.iter(), support::start);
}

#[test]
fn an_ordinary_user_s_run_sees_them_too() {
    let of_root = |fault: &str| OF_ROOT.iter().any(|(own, _)| *own == fault);
    let own = SEEN.iter().filter(|(fault, ..)| !of_root(fault));
    all_are_seen(own, support::start_unprivileged);
}

#[test]
fn another_file_than_the_one_at_the_path_is_refused_and_the_others_run() {
    let outside = Outside::new();
    for begin in [support::start as Begin, support::start_unprivileged] {
        for (fault, _, words) in SEEN_AT_ONCE {
            let place = Place::new();
            let plan = system(&place, &outside, fault);
            let mut run = begin(&place, &plan, &["--fault", fault]);
            run.wait_for("the other, and the refusal", |status| {
                let refused = matches!(&status.subjects[0].note,
                    Some(Note::GrantRefused { reason }) if reason.contains(words));
                refused && status.subjects[1].beats > 0
            });
            run.terminate();
            let (status, errors, events) = run.finish();
            assert_eq!(status, Some(0), "{fault}: {errors}");
            let started = |event: &Event| matches!(event, Event::Started { subject, .. } if subject == "reader");
            assert!(!events.iter().any(started), "{fault}: {events:?}");
            let recorded = |event: &Event| matches!(event, Event::GrantRefused { reason, .. } if reason.contains(words));
            assert!(events.iter().any(recorded), "{fault}: {events:?}");
        }
    }
}

fn appends() -> GrantPlan {
    GrantPlan {
        name: "g".to_owned(),
        peer: "disk".to_owned(),
        direction: GrantDirection::Out,
        resource: ResourcePlan::FileAppend {
            path: "append".to_owned(),
            quota_bytes: 4096,
        },
    }
}

/// Between the opening of a file and the gate, planted once.
#[test]
fn a_file_that_is_moved_before_the_gate_puts_off_its_subject_alone() {
    let place = Place::new();
    // Even a subject that nothing starts again.
    let mut a = subject("a", "idle", STOP);
    a.grants = vec![appends()];
    let plan = plan(vec![a, subject("b", "idle", STOP)], &[]);
    let mut run = support::start(&place, &plan, &["--fault", "append-moved"]);
    run.wait_for("both", |status| status.subjects.iter().all(|s| s.beats > 0));
    run.terminate();
    let (status, errors, events) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
    let named = |event: &Event| match event {
        Event::Audited {
            epoch: 1,
            differences,
            ..
        } => support::said(differences).contains("is not the file at `append`"),
        _ => false,
    };
    assert!(events.iter().any(named), "{events:?}");
    let again =
        |event: &Event| matches!(event, Event::Started { subject, epoch: 2, .. } if subject == "a");
    assert!(events.iter().any(again), "{events:?}");
    assert!(place.path.join("state/append.1").exists());
}

/// Somebody moves it each time: the pauses grow, as of a grant that is refused.
#[test]
fn a_subject_that_is_put_off_again_and_again_waits_longer_each_time() {
    let place = Place::new();
    let mut a = subject("a", "idle", STOP);
    a.grants = vec![appends()];
    let plan = plan(vec![a, subject("b", "idle", STOP)], &[]);
    let mut run = support::start(&place, &plan, &["--fault", "append-moved-often"]);
    run.wait_for("four starts", |status| status.subjects[0].epoch >= 5);
    run.terminate();
    let (status, errors, events) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
    let pauses = events.iter().filter_map(|event| match event {
        Event::Restarting {
            subject, after_ms, ..
        } if subject == "a" => Some(*after_ms),
        _ => None,
    });
    let pauses: Vec<u64> = pauses.take(4).collect();
    assert_eq!(pauses, [200, 400, 800, 1600]);
}

/// Nobody can tell whether a subject closed what was the loader's that does nothing but make threads that end.
#[test]
fn a_subject_that_is_too_quick_for_the_look_after_go_is_accused_all_the_same() {
    for (fault, _, words) in SEEN_AFTER_GO {
        let place = Place::new();
        let plan = plan(vec![support::churns("a")], &[]);
        let mut run = support::start(&place, &plan, &["--fault", fault]);
        run.wait_for("its end", |status| {
            status.subjects[0].state == SubjectState::Stopped
        });
        run.terminate();
        let (status, errors, events) = run.finish();
        let found = accused(&events, "a");
        match status {
            Some(3) => assert!(found.contains(words), "{fault}: {found}"),
            status => {
                assert_eq!(status, Some(0), "{fault}: {errors}");
                assert!(found.contains(TOO_QUICK), "{fault}: {found}");
            }
        }
    }
}

/// What ends the others is a fault of the loader, never what a subject does.
#[test]
fn a_subject_that_lets_nobody_look_after_its_go_ends_alone() {
    let place = Place::new();
    let plan = plan(
        vec![subject("a", "idle", STOP), subject("b", "idle", STOP)],
        &[],
    );
    let mut run = support::start(&place, &plan, &["--fault", "look-missed"]);
    let status = run.wait_for("the end of one", |status| {
        status.subjects[0].state == SubjectState::Stopped
    });
    let beats = status.subjects[1].beats;
    run.wait_for("the other", |status| status.subjects[1].beats > beats);
    run.terminate();
    let (status, errors, events) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
    assert!(accused(&events, "a").contains(TOO_QUICK), "{events:?}");
    assert_ne!(support::causes(&events, "b"), support::causes(&events, "a"));
}

const TOO_QUICK: &str = "faster than they can be looked at";

/// What was found of a subject that had been let go, for which it was ended.
fn accused(events: &[Event], name: &str) -> String {
    let found = events.iter().find_map(|event| match event {
        Event::Audited {
            subject,
            after_go: true,
            differences,
            ..
        } if subject == name => Some(support::said(differences)),
        _ => None,
    });
    let ended = [Cause::AuditFailedAfterGo.to_string()];
    assert_eq!(support::causes(events, name), ended, "{events:?}");
    found.unwrap_or_else(|| panic!("{events:?}"))
}

#[test]
fn what_the_loader_leaves_open_ends_the_subject_and_the_system() {
    let outside = Outside::new();
    for (fault, _, words) in SEEN_AFTER_GO {
        let place = Place::new();
        // One of the two accepts connections, which are sockets as the gate is.
        let plan = system(&place, &outside, fault);
        let run = support::start(&place, &plan, &["--for-ms", "20000", "--fault", fault]);
        let (status, errors, events) = run.finish();
        assert_eq!(status, Some(3), "{fault}: {errors}");
        let named = events.iter().find_map(|event| match event {
            Event::Audited {
                subject,
                after_go: true,
                differences,
                ..
            } if support::said(differences).contains(words) => Some(subject.clone()),
            _ => None,
        });
        let named = named.unwrap_or_else(|| panic!("{fault}: {events:?}"));
        let ended = support::causes(&events, &named);
        assert_eq!(
            ended,
            [Cause::AuditFailedAfterGo.to_string()],
            "{fault}: {errors}"
        );
        assert!(errors.contains("error[partition-differs]"), "{errors}");
        assert!(errors.contains("had been let go"), "{errors}");
    }
}

/// The same in a process whose first thread has ended, at which the kernel shows no descriptors any more.
#[test]
fn what_the_loader_leaves_open_is_seen_without_the_first_thread() {
    for (fault, _, words) in SEEN_AFTER_GO {
        let place = Place::new();
        let plan = plan(vec![subject("a", "lead", STOP)], &[]);
        let run = support::start(&place, &plan, &["--for-ms", "20000", "--fault", fault]);
        let (status, errors, events) = run.finish();
        assert_eq!(status, Some(3), "{fault}: {errors}");
        let named = |event: &Event| match event {
            Event::Audited { differences, .. } => support::said(differences).contains(words),
            _ => false,
        };
        assert!(events.iter().any(named), "{fault}: {events:?}");
    }
}

/// Nobody can tell what it had open: that is said.
#[test]
fn what_ended_before_it_was_seen_to_close_its_gate_is_counted() {
    for (fault, ..) in SEEN_AFTER_GO {
        let place = Place::new();
        let plan = plan(
            vec![subject("a", "exit:1", support::restart(4, false))],
            &[],
        );
        let mut run = support::start(&place, &plan, &["--fault", fault]);
        run.wait_for("the last end", |status| {
            status.subjects[0].state == SubjectState::Stopped
        });
        run.terminate();
        let (_, errors, events) = run.finish();
        let started = |event: &&Event| matches!(event, Event::Started { .. });
        let count = |event: &Event| match event {
            Event::Repeated { of, count, .. } if of == "closing-unseen" => Some(*count),
            _ => None,
        };
        let counted: u64 = events.iter().filter_map(count).sum();
        assert_eq!(events.iter().filter(started).count(), 5, "{errors}");
        assert_eq!(counted, 5, "{fault}: {events:?}");
    }
}

/// A process is on its way from go to the subject until it has closed gate and listener, here for long.
#[test]
fn a_subject_on_its_way_from_its_gate_is_not_accused() {
    for (fault, ..) in SEEN_AFTER_GO {
        let place = Place::new();
        let plan = plan(vec![subject("a", "hang", STOP)], &[]);
        let mut run = support::start(&place, &plan, &["--fault", fault]);
        run.wait_for("it", |status| status.subjects[0].pid != 0);
        let review = linux::review::ask(&place.path.join("run")).unwrap();
        let review = Review::parse(&review).unwrap();
        assert_eq!(review.differences(), [], "{fault}");
        assert_ne!(review.partitions[0].pid, 0);
        run.terminate();
        let (status, errors, _) = run.finish();
        assert_eq!(status, Some(0), "{fault}: {errors}");
    }
}

#[test]
fn an_open_file_of_a_process_without_its_first_thread_is_seen_at_the_next_gate() {
    let place = Place::new();
    let mut late = subject("late", "idle", STOP);
    late.grants = vec![GrantPlan {
        name: "g".to_owned(),
        peer: "disk".to_owned(),
        direction: GrantDirection::In,
        resource: ResourcePlan::FileRead {
            path: "signal".to_owned(),
        },
    }];
    let plan = plan(vec![subject("first", "lead", STOP), late], &[]);
    let fault = ["--for-ms", "30000", "--fault", "open-file-shared"];
    let mut run = support::start(&place, &plan, &fault);
    let status = run.wait_for("the first", |status| status.subjects[0].beats > 0);
    support::wait_for_end_of_first_thread(status.subjects[0].pid);
    std::fs::write(place.path.join("state/signal"), "go").unwrap();
    let (status, errors, events) = run.finish();
    assert_eq!(status, Some(3), "{errors}");
    let named = |event: &Event| match event {
        Event::Audited {
            subject,
            differences,
            ..
        } if subject == "late" => {
            support::said(differences).contains("is one open file with one of another partition")
        }
        _ => false,
    };
    assert!(events.iter().any(named), "{events:?}");
}

/// No fault of a partition, but of a machine: planted by the personality of the programs, which gives
/// the layout that `vm.legacy_va_layout=1` gives to all.
#[test]
fn a_layout_of_addresses_that_leaves_no_room_is_named_before_anything_starts() {
    let outside = Outside::new();
    for begin in [support::start as Begin, support::start_unprivileged] {
        let place = Place::new();
        let plan = system(&place, &outside, "none");
        let run = begin(&place, &plan, &["--fault", "layout-from-below"]);
        let (status, errors, events) = run.finish();
        assert_eq!(status, Some(3), "{errors}");
        assert!(errors.contains("error[address-layout]"), "{errors}");
        assert!(errors.contains("sysctl vm.legacy_va_layout=0"), "{errors}");
        let looked = |event: &Event| matches!(event, Event::Audited { .. } | Event::Started { .. });
        assert!(!events.iter().any(looked), "{events:?}");
    }
}

/// Faults that take a mechanism away, and words of its line.
const AWAY: &[(&str, &str)] = &[
    ("namespace-net", "network"),
    ("namespace-time", "time namespaces"),
    ("root-writable", "read-only root"),
    ("rights-kept", "no capabilities"),
    ("keeper-new-privileges", "no new privileges"),
    ("subject-unfiltered", "call filter"),
    ("group-none", "memory: "),
    ("group-threads", "threads: "),
    ("group-processor", "processor: "),
    ("limits-none", "private memory"),
];

/// What was said of mechanisms: intended, and in force by log and status page.
fn said(place: &Place, events: &[Event]) -> (Vec<String>, Vec<String>) {
    let (mut intended, mut in_force) = (Vec::new(), Vec::new());
    for event in events {
        match event {
            Event::RunStarted {
                mechanisms,
                intended: own,
                ..
            } => {
                in_force.extend(support::sentences(mechanisms));
                intended.extend(support::sentences(own));
            }
            Event::InForce { mechanisms } => in_force.extend(support::sentences(mechanisms)),
            _ => {}
        }
    }
    // Whoever fails before anything is loaded leaves no page.
    if let Ok(page) = std::fs::read(place.path.join("run/status.json")) {
        let page = record::status::Status::parse(&page).unwrap();
        in_force.extend(support::sentences(&page.mechanisms));
    }
    (intended, in_force)
}

#[test]
fn a_mechanism_that_is_not_there_is_never_said_to_be_in_force() {
    let outside = Outside::new();
    for (fault, words) in AWAY {
        let place = Place::new();
        let plan = system(&place, &outside, fault);
        let run = support::start(&place, &plan, &["--for-ms", "10000", "--fault", fault]);
        let (status, errors, events) = run.finish();
        let (intended, in_force) = said(&place, &events);
        assert_eq!(status, Some(3), "{fault}: {errors}");
        let compared = |event: &Event| matches!(event, Event::Audited { differences, .. } if !differences.is_empty());
        assert!(events.iter().any(compared), "{fault}: {errors}");
        let named = |lines: &[String]| lines.iter().any(|line| line.contains(words));
        assert!(named(&intended), "{fault}: {intended:?}");
        assert!(!named(&in_force), "{fault}: {in_force:?}");
    }
}

#[test]
fn what_is_intended_is_in_force_once_it_was_seen_and_before_anything_runs() {
    let (place, outside) = (Place::new(), Outside::new());
    let plan = system(&place, &outside, "none");
    let mut run = support::start(&place, &plan, &["--fault", "none"]);
    run.wait_for("both subjects", |status| {
        status.subjects.iter().all(|own| own.beats > 0)
    });
    run.terminate();
    let (_, errors, events) = run.finish();
    let (intended, in_force) = said(&place, &events);
    let twice = [intended.clone(), intended].concat();
    assert_eq!(in_force, twice, "log and page: {errors}");
    let first = |wanted: fn(&Event) -> bool| events.iter().position(wanted).unwrap();
    let seen = first(|event| matches!(event, Event::InForce { .. }));
    assert!(seen > first(|event| matches!(event, Event::Audited { .. })));
    assert!(seen < first(|event| matches!(event, Event::Started { .. })));
}

#[test]
fn without_a_fault_nothing_is_found() {
    let (place, outside) = (Place::new(), Outside::new());
    let plan = system(&place, &outside, "none");
    let mut run = support::start(&place, &plan, &["--fault", "none"]);
    run.wait_for("both subjects", |status| {
        status.subjects.iter().all(|own| own.beats > 0)
    });
    run.terminate();
    let (status, errors, _) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
}

/// The table in `docs/security.md`, between its marks.
#[test]
fn the_document_has_the_table() {
    let mut table =
        String::from("| what is wrong in the partition | what the audit says |\n|---|---|\n");
    for (_, what, words) in SEEN.iter().chain(SEEN_AT_ONCE).chain(SEEN_AFTER_GO) {
        // A column must not end a cell.
        writeln!(table, "| {what} | … {} … |", words.replace('|', "\\|")).unwrap();
    }
    table.push_str(
        "\n| planted in runs of root only | why not in an ordinary user's |\n|---|---|\n",
    );
    for (fault, why) in OF_ROOT {
        let row = SEEN.iter().find(|(own, ..)| own == fault);
        writeln!(table, "| {} | {why} |", row.unwrap().1).unwrap();
    }
    table.push_str("\n| what the audit cannot see | why, and what stands for it |\n|---|---|\n");
    for (what, why) in UNSEEN {
        writeln!(table, "| {what} | {why} |").unwrap();
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../docs/security.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (begin, end) = (
        "<!-- audit table: `cargo xtask audit-table` -->\n",
        "<!-- end of audit table -->",
    );
    let Some((before, rest)) = text.split_once(begin) else {
        panic!("the document has no mark for the table")
    };
    let (stored, after) = rest.split_once(end).unwrap();
    if std::env::var_os("BULKHEAD_WRITE_AUDIT_TABLE").is_some() {
        std::fs::write(path, format!("{before}{begin}{table}{end}{after}")).unwrap();
        return;
    }
    assert_eq!(stored, table, "out of date: run `cargo xtask audit-table`");
}
