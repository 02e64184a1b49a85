//! Hostile actions, one by one: each is either reported and killed, or refused with an error, or
//! without effect.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod support;

use record::event::Event;
use support::{Place, STOP, causes, logged, plan, run, subject};

/// What becomes of an action.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    /// Recorded under this name, and killed.
    Denied(&'static str),
    /// Killed at once, as a foreign call interface is.
    Killed,
    /// This error, and the subject goes on.
    Error(i32),
    /// No error and no effect.
    Nothing,
}

use Fate::{Denied, Error, Killed, Nothing};

const EPERM: i32 = 1;
const ENOSYS: i32 = 38;

fn check(actions: &[(&str, Fate)]) {
    let place = Place::new();
    let name = |action: &str| format!("s-{action}").replace('_', "-");
    let subjects = actions
        .iter()
        .map(|(action, _)| subject(&name(action), &format!("call:{action}"), STOP));
    let plan = plan(subjects.collect(), &[]);
    let mut run = support::start(&place, &plan, &[]);
    let decided = run.wait_for("every action", |status| {
        status.subjects.iter().all(|subject| {
            subject.state == record::status::SubjectState::Stopped || subject.log_lines > 0
        })
    });
    assert_eq!(decided.subjects.len(), actions.len());
    run.terminate();
    let (status, errors, events) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
    for (action, expected) in actions {
        let name = name(action);
        let denied = events.iter().find_map(|event| match event {
            Event::Denied {
                subject,
                call,
                arguments,
                ..
            } if *subject == name => {
                assert_eq!(arguments.len(), 6);
                Some(call.clone())
            }
            _ => None,
        });
        let cause = causes(&events, &name).first().cloned().unwrap();
        let answer = logged(&events, &name).first().cloned();
        match expected {
            Denied(call) => {
                assert_eq!(
                    denied.as_deref(),
                    Some(*call),
                    "{action}: {cause} {answer:?}"
                );
                assert_eq!(cause, format!("denied call `{call}`"));
                assert_eq!(answer, None, "{action} came back");
            }
            Killed => {
                assert_eq!((denied, answer), (None, None), "{action}");
                assert_eq!(cause, "killed by SIGSYS", "{action}");
            }
            Error(number) => {
                assert_eq!(
                    answer,
                    Some(format!("answer -1 error {number}")),
                    "{action}: {denied:?}"
                );
                assert_eq!(cause, "stopped with the system", "{action}");
            }
            Nothing => {
                assert_eq!(
                    answer,
                    Some("answer 0 error 0".to_owned()),
                    "{action}: {denied:?}"
                );
                assert_eq!(cause, "stopped with the system", "{action}");
            }
        }
    }
}

#[test]
fn files_and_mounts() {
    check(&[
        ("openat", Error(EPERM)),
        ("open", Error(EPERM)),
        ("newfstatat", Error(EPERM)),
        ("openat2", Denied("openat2")),
        ("chroot", Denied("chroot")),
        ("fchdir", Denied("fchdir")),
        ("pivot_root", Denied("pivot_root")),
        ("mount", Denied("mount")),
        ("fsopen", Denied("fsopen")),
        ("open_tree", Denied("open_tree")),
        ("move_mount", Denied("move_mount")),
        ("mount_setattr", Denied("mount_setattr")),
        ("umount2", Denied("umount2")),
        ("open_by_handle_at", Denied("open_by_handle_at")),
        ("name_to_handle_at", Denied("name_to_handle_at")),
        ("mknodat", Denied("mknodat")),
        ("getdents64", Denied("getdents64")),
        ("inotify_init1", Denied("inotify_init1")),
        ("fanotify_init", Denied("fanotify_init")),
    ]);
}

#[test]
fn namespaces_ids_and_programs() {
    check(&[
        ("clone-newuser", Denied("clone")),
        ("clone-fork", Denied("clone")),
        ("fork", Denied("fork")),
        ("vfork", Denied("vfork")),
        ("clone3", Error(38)),
        ("unshare", Denied("unshare")),
        ("setns", Denied("setns")),
        ("setresuid", Denied("setresuid")),
        ("setgroups", Denied("setgroups")),
        ("capset", Denied("capset")),
        ("prctl-ambient", Error(EPERM)),
        ("prctl-seccomp", Error(EPERM)),
        ("prctl-pdeathsig", Error(EPERM)),
        ("seccomp", Denied("seccomp")),
        ("landlock", Denied("landlock_create_ruleset")),
        ("execve", Denied("execve")),
        ("execveat", Denied("execveat")),
        ("setsid", Denied("setsid")),
        ("setpgid", Denied("setpgid")),
        ("personality", Denied("personality")),
    ]);
}

#[test]
fn memory_and_other_processes() {
    check(&[
        ("memfd_create", Denied("memfd_create")),
        ("mmap-exec", Denied("mmap")),
        ("mmap-growsdown", Denied("mmap")),
        ("mmap-huge", Denied("mmap")),
        ("mmap-shared", Denied("mmap")),
        ("mprotect-exec", Denied("mprotect")),
        ("mprotect-table", Denied("mprotect")),
        ("mmap-file", Denied("mmap")),
        ("mremap-table", Denied("mremap")),
        ("mremap-to", Denied("mremap")),
        ("pkey_mprotect", Denied("pkey_mprotect")),
        ("madvise-remove", Error(22)),
        ("process_madvise", Denied("process_madvise")),
        ("mincore", Denied("mincore")),
        ("cachestat", Denied("cachestat")),
        ("mlock", Denied("mlock")),
        ("mlockall", Denied("mlockall")),
        ("ptrace", Denied("ptrace")),
        ("process_vm_readv", Denied("process_vm_readv")),
        ("pidfd_open", Denied("pidfd_open")),
        ("pidfd_getfd", Denied("pidfd_getfd")),
        ("kcmp", Denied("kcmp")),
        ("kill-all", Denied("kill")),
        ("tgkill-keeper", Error(EPERM)),
        // The kernel shields the first process of a partition.
        ("tgkill-abort-keeper", Nothing),
        ("futex-wake-shared", Denied("futex")),
        ("userfaultfd", Denied("userfaultfd")),
    ]);
}

#[test]
fn descriptors_and_shared_objects() {
    check(&[
        ("fcntl-owner", Error(EPERM)),
        ("fcntl-lock", Error(EPERM)),
        ("fcntl-duplicate", Error(EPERM)),
        ("dup2", Denied("dup2")),
        ("fsetxattr", Denied("fsetxattr")),
        ("ftruncate", Denied("ftruncate")),
        ("fallocate", Denied("fallocate")),
        ("flock", Denied("flock")),
        ("utimensat", Denied("utimensat")),
        ("shmget", Denied("shmget")),
        ("semget", Denied("semget")),
        ("msgget", Denied("msgget")),
        ("mq_open", Denied("mq_open")),
        ("add_key", Denied("add_key")),
        ("keyctl", Denied("keyctl")),
        ("pipe2", Denied("pipe2")),
        ("eventfd2", Denied("eventfd2")),
        ("ioctl-push", Error(EPERM)),
        ("ioctl-push-high", Error(EPERM)),
    ]);
}

/// Without a socket grant no socket call is known at all.
#[test]
fn sockets() {
    check(&[
        ("socket-inet", Denied("socket")),
        ("socket-unix", Denied("socket")),
        ("socket-netlink", Denied("socket")),
        ("socket-packet", Denied("socket")),
        ("socket-vsock", Denied("socket")),
        ("socket-alg", Denied("socket")),
        ("socketpair", Denied("socketpair")),
        ("connect", Denied("connect")),
        ("bind", Denied("bind")),
        ("listen", Denied("listen")),
        ("accept", Denied("accept")),
        ("accept4", Denied("accept4")),
        ("sendmsg", Denied("sendmsg")),
        ("recvmsg", Denied("recvmsg")),
        ("sendto-address", Denied("sendto")),
    ]);
}

/// Waits and wakes by which a page that others map, too, would tell them something.
#[test]
fn waits_and_wakes() {
    check(&[
        ("futex-table", Denied("futex")),
        ("futex-wake", Denied("futex")),
        ("futex-lock-pi", Denied("futex")),
        ("set_robust_list", Error(ENOSYS)),
        ("set_tid_address", Denied("set_tid_address")),
        ("clone-thread-table", Denied("clone")),
        ("prctl-name", Error(EPERM)),
        ("fstat-grant", Error(EPERM)),
    ]);
}

#[test]
fn machine_and_kernel() {
    check(&[
        ("sched_setattr", Denied("sched_setattr")),
        ("sched_setscheduler", Denied("sched_setscheduler")),
        ("setpriority", Denied("setpriority")),
        ("ioprio_set", Denied("ioprio_set")),
        ("sched_setaffinity", Error(EPERM)),
        ("prlimit-raise", Error(EPERM)),
        ("prlimit-keeper", Error(EPERM)),
        ("timer_create", Denied("timer_create")),
        ("timerfd_create", Denied("timerfd_create")),
        ("io_uring_setup", Denied("io_uring_setup")),
        ("bpf", Denied("bpf")),
        ("perf_event_open", Denied("perf_event_open")),
        ("kexec_load", Denied("kexec_load")),
        ("init_module", Denied("init_module")),
        ("finit_module", Denied("finit_module")),
        ("reboot", Denied("reboot")),
        ("clock_settime", Denied("clock_settime")),
        ("sethostname", Denied("sethostname")),
        ("syslog", Denied("syslog")),
        ("modify_ldt", Denied("modify_ldt")),
        ("iopl", Denied("iopl")),
        ("vhangup", Denied("vhangup")),
        ("swapon", Denied("swapon")),
        ("acct", Denied("acct")),
        ("x32-getpid", Killed),
        ("no-such-call", Denied("unknown")),
    ]);
}

#[test]
fn a_store_to_read_only_memory_is_fatal() {
    let place = Place::new();
    let plan = plan(
        vec![
            subject("input", "store:input", STOP),
            subject("table", "store:table", STOP),
            subject("writer", "write", STOP),
        ],
        &[("writer", "input", plan::Kind::Sampling, 1)],
    );
    let (status, errors, events) = run(&place, &plan, 500);
    assert_eq!(status, Some(0), "{errors}");
    for name in ["input", "table"] {
        assert_eq!(causes(&events, name), ["killed by SIGSEGV"]);
        assert!(logged(&events, name).is_empty());
    }
}

/// What is refused with an error alone is counted, by subject and call, and a flood of it is slowed down
/// instead of taking the supervisor's time.
#[test]
fn what_is_refused_with_an_error_is_counted() {
    let place = Place::new();
    let trying = subject("a", "try:300", STOP);
    let plan = plan(vec![trying, subject("b", "call:newfstatat", STOP)], &[]);
    let mut run = support::start(&place, &plan, &[]);
    let said = |status: &record::status::Status| {
        status.subjects.iter().all(|subject| subject.log_lines > 0)
    };
    run.wait_for("both", said);
    run.terminate();
    let (status, errors, events) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
    assert_eq!(logged(&events, "a"), ["refused 300"]);
    let counted = |name: &str, call: &str| -> u64 {
        let count = |event: &Event| match event {
            Event::Repeated {
                subject,
                of,
                what,
                count,
                ..
            } if subject == name && of == "refused" && what == call => *count,
            _ => 0,
        };
        events.iter().map(count).sum()
    };
    // A library may have tried, too.
    assert!((300..310).contains(&counted("a", "openat")), "{events:?}");
    assert_eq!(counted("b", "newfstatat"), 1, "{events:?}");
    assert_eq!(counted("a", "newfstatat"), 0);
    assert!(
        !events
            .iter()
            .any(|event| matches!(event, Event::Denied { .. }))
    );
}
