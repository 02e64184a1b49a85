//! Pieces of the outside world: opened by the launcher, fenced by the filter, said plainly when
//! they cannot be had, and opened anew for each start.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod support;

use plan::{GrantDirection, GrantPlan, Plan, ResourcePlan, SubjectPlan};
use record::event::Event;
use record::reason::Note;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::mpsc::TryRecvError;
use std::time::Duration;
use support::{Place, STOP, causes, logged, plan, restart, subject};

fn granted(action: &str, direction: GrantDirection, resource: ResourcePlan) -> SubjectPlan {
    let mut subject = subject("a", action, restart(20, false));
    subject.grants = vec![GrantPlan {
        name: "g".to_owned(),
        peer: "outside".to_owned(),
        direction,
        resource,
    }];
    subject
}

fn system(subject: SubjectPlan) -> Plan {
    plan(vec![subject], &[])
}

/// An address that was free a moment ago.
fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
}

fn limited(stream: &TcpStream) -> &TcpStream {
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    stream
}

/// Reasons for which the grant was refused.
fn refusals(events: &[Event]) -> Vec<String> {
    let reason = |event: &Event| match event {
        Event::GrantRefused {
            subject,
            grant,
            reason,
        } if subject == "a" && grant == "g" => Some(reason.clone()),
        _ => None,
    };
    events.iter().filter_map(reason).collect()
}

#[test]
fn a_connection_is_opened_and_opened_again_after_it_was_lost() {
    let place = Place::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let resource = ResourcePlan::TcpConnect { address };
    let plan = system(granted("echo", GrantDirection::Both, resource));
    let run = support::start(&place, &plan, &[]);
    for _ in 0..2 {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"hello").unwrap();
        let mut answer = [0; 5];
        limited(&stream).read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"hello");
    }
    run.terminate();
    let (status, errors, events) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
    assert_eq!(
        causes(&events, "a").first().map(String::as_str),
        Some("exit status 3")
    );
}

#[test]
fn a_listener_accepts_and_its_port_is_free_again_for_the_next_start() {
    let place = Place::new();
    let address = free();
    let resource = ResourcePlan::TcpListen { address };
    let plan = system(granted("serve", GrantDirection::Both, resource));
    let mut run = support::start(&place, &plan, &[]);
    for round in 1..=2 {
        run.wait_for("a server", |status| {
            status.subjects[0].epoch == round && status.subjects[0].pid != 0
        });
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(b"hello").unwrap();
        let mut answer = [0; 5];
        limited(&stream).read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"hello");
    }
    run.terminate();
    let (status, errors, events) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
    assert_eq!(refusals(&events), Vec::<String>::new());
}

#[test]
fn datagrams_flow_one_way_each() {
    let place = Place::new();
    let outside = UdpSocket::bind("127.0.0.1:0").unwrap();
    outside
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let address = UdpSocket::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let send = ResourcePlan::UdpSend {
        address: outside.local_addr().unwrap(),
    };
    let mut subject = granted("relay", GrantDirection::Out, send);
    subject.grants.insert(
        0,
        GrantPlan {
            name: "f".to_owned(),
            peer: "outside".to_owned(),
            direction: GrantDirection::In,
            resource: ResourcePlan::UdpReceive { address },
        },
    );
    let plan = system(subject);
    let mut run = support::start(&place, &plan, &[]);
    run.wait_for("it", |status| status.subjects[0].beats > 0);
    outside.send_to(b"ping", address).unwrap();
    let mut buffer = [0; 16];
    let (length, from) = outside.recv_from(&mut buffer).unwrap();
    assert_eq!(&buffer[..length], b"ping");
    // What is sent back to a socket that only sends is dropped by the kernel.
    outside.send_to(b"back", from).unwrap();
    run.wait_for("its look", |status| status.subjects[0].log_lines > 0);
    run.terminate();
    let (status, errors, events) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
    assert_eq!(logged(&events, "a"), ["pending 0"]);
}

#[test]
fn a_refused_grant_is_said_plainly_and_tried_again() {
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = holder.local_addr().unwrap();
    let absent = free();
    let elsewhere: SocketAddr = "192.0.2.1:9".parse().unwrap();
    let file = |path: &str| ResourcePlan::FileRead {
        path: path.to_owned(),
    };
    for (direction, resource, words) in [
        (
            GrantDirection::Both,
            ResourcePlan::TcpListen { address: taken },
            format!("address {taken} is in use by another program"),
        ),
        (
            GrantDirection::Both,
            ResourcePlan::TcpConnect { address: absent },
            format!("nothing listens at {absent}"),
        ),
        (
            GrantDirection::In,
            ResourcePlan::UdpReceive { address: elsewhere },
            format!("address {elsewhere} is not of this machine"),
        ),
        (
            GrantDirection::In,
            file("absent"),
            "there is no `absent`".to_owned(),
        ),
        (
            GrantDirection::In,
            file("link"),
            "`link` leads through a link".to_owned(),
        ),
        (
            GrantDirection::In,
            file("pipe"),
            "`pipe` is not a regular file".to_owned(),
        ),
        (
            GrantDirection::Out,
            ResourcePlan::FileAppend {
                path: "pipe".to_owned(),
                quota_bytes: 10,
            },
            "`pipe` is not a regular file".to_owned(),
        ),
        (
            GrantDirection::In,
            file("plan.json"),
            "`plan.json` is reserved in the state directory".to_owned(),
        ),
        (
            GrantDirection::In,
            file("/dev/null"),
            "`/dev/null` is not a regular file".to_owned(),
        ),
        (
            GrantDirection::In,
            ResourcePlan::Device {
                path: "/dev/absent".to_owned(),
            },
            "there is no `/dev/absent`".to_owned(),
        ),
        (
            GrantDirection::In,
            ResourcePlan::Device {
                path: "/etc/passwd".to_owned(),
            },
            "`/etc/passwd` is not a device".to_owned(),
        ),
        (
            GrantDirection::Out,
            ResourcePlan::FileAppend {
                path: "big".to_owned(),
                quota_bytes: 10,
            },
            "`big` has 11 bytes, more than its quota of 10".to_owned(),
        ),
    ] {
        let place = Place::new();
        let state = place.path.join("state");
        std::os::unix::fs::symlink("/etc/passwd", state.join("link")).unwrap();
        std::fs::write(state.join("big"), "12345678901").unwrap();
        rustix::fs::mknodat(
            rustix::fs::CWD,
            state.join("pipe"),
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::from_raw_mode(0o600),
            0,
        )
        .unwrap();
        let mut subjects = vec![
            granted("idle", direction, resource),
            subject("b", "idle", STOP),
        ];
        subjects[1].heartbeat_ms = 1000;
        let plan = plan(subjects, &[]);
        let mut run = support::start(&place, &plan, &[]);
        let page = run.wait_for("the refusal", |status| {
            status.subjects[0].note.is_some() && status.subjects[1].beats > 0
        });
        let reason = words.clone();
        assert_eq!(page.subjects[0].note, Some(Note::GrantRefused { reason }));
        run.terminate();
        let (status, errors, events) = run.finish();
        assert_eq!(status, Some(0), "{errors}");
        assert_eq!(refusals(&events), [words]);
    }
    drop(holder);
}

#[test]
fn a_subject_starts_when_its_grant_appears() {
    let place = Place::new();
    let address = free();
    let plan = system(granted(
        "echo",
        GrantDirection::Both,
        ResourcePlan::TcpConnect { address },
    ));
    let mut run = support::start(&place, &plan, &[]);
    run.wait_for("a refusal", |status| status.subjects[0].note.is_some());
    let listener = TcpListener::bind(address).unwrap();
    let (stream, _) = listener.accept().unwrap();
    run.wait_for("its start", |status| status.subjects[0].pid != 0);
    drop(stream);
    run.terminate();
    let (status, errors, _) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
}

#[test]
fn an_append_file_remembers_and_ends_at_its_quota() {
    let place = Place::new();
    let resource = ResourcePlan::FileAppend {
        path: "deep/er/log".to_owned(),
        quota_bytes: 100,
    };
    let plan = system(granted("append:30", GrantDirection::Both, resource));
    let mut run = support::start(&place, &plan, &[]);
    run.wait_for("four starts", |status| {
        status.subjects[0].epoch >= 4 && status.subjects[0].log_lines >= 8
    });
    run.terminate();
    let (status, errors, events) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
    let lines = logged(&events, "a");
    let expected = [
        "had 0", "wrote 30", "had 30", "wrote 30", "had 60", "wrote 30", "had 90", "wrote 10",
    ];
    assert_eq!(lines[..8], expected);
    let content = std::fs::read(place.path.join("state/deep/er/log")).unwrap();
    assert_eq!(content.len(), 100);
}

/// What a passed descriptor could otherwise be turned into.
#[test]
fn a_connection_cannot_be_led_elsewhere() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    for (action, call) in [
        ("connect", "connect"),
        ("bind", "bind"),
        ("listen", "listen"),
        ("accept", "accept"),
        ("accept4", "accept4"),
        ("sendmsg", "sendmsg"),
        ("recvmsg", "recvmsg"),
        ("sendto-address", "sendto"),
        ("sendto-fast-open", "sendto"),
    ] {
        let place = Place::new();
        let resource = ResourcePlan::TcpConnect { address };
        let mut subject = granted(&format!("call:{action}"), GrantDirection::Both, resource);
        subject.on_failure = STOP;
        let mut run = support::start(&place, &system(subject), &[]);
        let _stream = listener.accept().unwrap();
        run.wait_for("its end", |status| status.subjects[0].denied > 0);
        run.terminate();
        let (status, errors, events) = run.finish();
        assert_eq!(status, Some(0), "{errors}");
        assert_eq!(
            causes(&events, "a"),
            [format!("denied call `{call}`")],
            "{action}"
        );
    }
    let place = Place::new();
    let resource = ResourcePlan::TcpConnect { address };
    let subject = granted("call:setsockopt-device", GrantDirection::Both, resource);
    let mut run = support::start(&place, &system(subject), &[]);
    let _stream = listener.accept().unwrap();
    run.wait_for("its answer", |status| status.subjects[0].log_lines > 0);
    run.terminate();
    let (_, _, events) = run.finish();
    assert_eq!(logged(&events, "a"), ["answer -1 error 1"]);
}

/// What a run records until its subject has started, or was refused a grant.
fn begun_or_refused(place: &Place, subject: SubjectPlan) -> Vec<Event> {
    let mut run = support::start(place, &system(subject), &[]);
    run.wait_for("its start or a refusal", |status| {
        let subject = status.subjects.first().unwrap();
        subject.pid != 0 || subject.note.is_some()
    });
    run.terminate();
    let (status, errors, events) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
    events
}

/// Two pieces of the outside world that the plan has apart are not one object behind them.
#[test]
fn one_object_is_not_opened_as_two_pieces_of_the_world() {
    let file = |path: &str| ResourcePlan::FileAppend {
        path: path.to_owned(),
        quota_bytes: 100,
    };
    for (peer, refused) in [("other", true), ("outside", false)] {
        let place = Place::new();
        let state = place.path.join("state");
        std::fs::write(state.join("one"), "").unwrap();
        std::fs::hard_link(state.join("one"), state.join("two")).unwrap();
        let mut subject = granted("idle", GrantDirection::Out, file("two"));
        subject.grants.insert(
            0,
            GrantPlan {
                name: "f".to_owned(),
                peer: peer.to_owned(),
                direction: GrantDirection::Out,
                resource: file("one"),
            },
        );
        let events = begun_or_refused(&place, subject);
        let words = "`two` is the same object as `other`, and the plan has `outside` apart from it";
        let expected: &[&str] = if refused { &[words] } else { &[] };
        assert_eq!(refusals(&events), expected);
    }
}

/// A loop device of a file; free again with this.
struct Loop(String);

impl Loop {
    /// None where there are no loop devices, or not for this user.
    fn of(file: &std::path::Path) -> Option<Self> {
        let made = std::process::Command::new("losetup")
            .args(["--find", "--show"])
            .arg(file)
            .output()
            .ok()?;
        let name = String::from_utf8(made.stdout).unwrap();
        made.status.success().then(|| Self(name.trim().to_owned()))
    }
}

impl Drop for Loop {
    fn drop(&mut self) {
        let _ = std::process::Command::new("losetup")
            .args(["--detach", &self.0])
            .status();
    }
}

/// Nor is one a disk that the other holds, whichever is opened first; nor one device node by two names.
#[test]
fn a_device_and_what_it_lies_on_are_not_two_pieces_of_the_world() {
    for (peer, by_link, device_first) in [
        ("other", false, true),
        ("other", false, false),
        ("other", true, true),
        ("outside", false, true),
    ] {
        let place = Place::new();
        let state = place.path.join("state");
        std::fs::write(state.join("disk"), [0; 65536]).unwrap();
        let Some(device) = Loop::of(&state.join("disk")) else {
            eprintln!("skipped: no loop device can be made here");
            return;
        };
        let link = place.path.join("link");
        std::os::unix::fs::symlink(&device.0, &link).unwrap();
        let link = link.to_str().unwrap().to_owned();
        let of_device = ResourcePlan::Device {
            path: device.0.clone(),
        };
        let of_other = match by_link {
            true => ResourcePlan::Device { path: link.clone() },
            false => ResourcePlan::FileRead {
                path: "disk".to_owned(),
            },
        };
        let (first, second) = match device_first {
            true => (of_device, of_other),
            false => (of_other, of_device),
        };
        let mut subject = granted("idle", GrantDirection::In, second);
        subject.grants.insert(
            0,
            GrantPlan {
                name: "f".to_owned(),
                peer: peer.to_owned(),
                direction: GrantDirection::In,
                resource: first,
            },
        );
        let events = begun_or_refused(&place, subject);
        let apart = "and the plan has `outside` apart from it";
        let expected = match (peer, by_link, device_first) {
            ("outside", ..) => vec![],
            (_, true, _) => vec![format!("`{link}` is the same object as `other`, {apart}")],
            (_, _, true) => vec![format!("`disk` is the same object as `other`, {apart}")],
            _ => vec![format!(
                "`{}` is a loop device on an object of `other`, {apart}",
                device.0
            )],
        };
        assert_eq!(
            refusals(&events),
            expected,
            "{peer} {by_link} {device_first}"
        );
    }
}

#[test]
fn a_path_into_the_own_directories_is_refused() {
    for (path, place_named) in [
        (
            "state/file",
            "the state directory, where paths are relative",
        ),
        ("run/new", "the run directory"),
        ("link/new", "the run directory"),
    ] {
        let place = Place::new();
        std::os::unix::fs::symlink(place.path.join("run"), place.path.join("link")).unwrap();
        let path = place.path.join(path).to_str().unwrap().to_owned();
        let resource = ResourcePlan::FileAppend {
            path: path.clone(),
            quota_bytes: 100,
        };
        let plan = system(granted("idle", GrantDirection::Out, resource));
        let mut run = support::start(&place, &plan, &[]);
        let refused = |status: &record::status::Status| status.subjects[0].note.is_some();
        run.wait_for("the refusal", refused);
        run.terminate();
        let (status, errors, events) = run.finish();
        assert_eq!(status, Some(0), "{errors}");
        assert_eq!(
            refusals(&events),
            [format!("`{path}` leads into {place_named}")]
        );
        assert!(!std::path::Path::new(&path).exists(), "nothing was created");
    }
}

/// What another system records, or its subjects keep, is no piece of the outside world.
#[test]
fn a_path_into_the_directories_of_another_system_is_refused() {
    let other = Place::new();
    let logs = other.path.join("state.logs");
    let idle = support::plan(vec![subject("a", "idle", STOP)], &[]);
    let arguments = ["--log-dir", logs.to_str().unwrap()];
    let mut runs = support::start(&other, &idle, &arguments);
    let page = runs.wait_for("its start", |status| status.subjects[0].pid != 0);
    let refused = |path: &str, what: &str, directory: &str| {
        let place = Place::new();
        let resource = ResourcePlan::FileAppend {
            path: path.to_owned(),
            quota_bytes: 1 << 20,
        };
        let plan = system(granted("append:9", GrantDirection::Both, resource));
        let mut run = support::start(&place, &plan, &[]);
        run.wait_for("the refusal", |status| status.subjects[0].note.is_some());
        run.terminate();
        let (status, errors, events) = run.finish();
        assert_eq!(status, Some(0), "{errors}");
        let directory = other.path.join(directory);
        let words = format!(
            "`{path}` leads into the {what} directory of another system, `{}`",
            directory.display()
        );
        assert_eq!(refusals(&events), [words]);
    };
    let new = |name: &str| other.path.join(name).to_str().unwrap().to_owned();
    refused(&page.log, "log", "state.logs");
    refused(&new("run/new"), "run", "run");
    refused(&new("state/new"), "state", "state");
    runs.terminate();
    let (status, errors, _) = runs.finish();
    assert_eq!(status, Some(0), "{errors}");
    // The same of one that has ended.
    refused(&page.log, "log", "state.logs");
    refused(&new("run/new"), "run", "run");
    refused(&new("state/deep/new"), "state", "state");
    for made in ["run/new", "state/new", "state/deep"] {
        assert!(!other.path.join(made).exists(), "{made}");
    }
    let log = std::fs::read(page.log).unwrap();
    record::chain::verify(&log[..], |_| ()).unwrap();
}

/// Of another user, in a directory that all may write to.
#[test]
fn what_another_user_laid_out_leads_nowhere() {
    use std::os::unix::fs::{PermissionsExt, lchown, symlink};
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let laid = |place: &Place| {
        let shared = place.path.join("shared");
        std::fs::create_dir(&shared).unwrap();
        std::fs::set_permissions(&shared, std::fs::Permissions::from_mode(0o1777)).unwrap();
        std::fs::create_dir(place.path.join("own")).unwrap();
        std::fs::write(place.path.join("own/file"), "kept").unwrap();
        for (name, to) in [("log", "file"), ("dangling", "new"), ("x", "")] {
            symlink(place.path.join("own").join(to), shared.join(name)).unwrap();
            lchown(shared.join(name), Some(65534), Some(65534)).unwrap();
        }
        shared
    };
    for (name, link, append) in [
        ("log", "log", true),
        ("dangling", "dangling", true),
        ("x/file", "x", true),
        ("log", "log", false),
    ] {
        let place = Place::new();
        let shared = laid(&place);
        let path = shared.join(name).to_str().unwrap().to_owned();
        let (direction, resource) = match append {
            true => (
                GrantDirection::Both,
                ResourcePlan::FileAppend {
                    path: path.clone(),
                    quota_bytes: 100,
                },
            ),
            false => (
                GrantDirection::In,
                ResourcePlan::FileRead { path: path.clone() },
            ),
        };
        let plan = system(granted("append:30", direction, resource));
        let mut run = support::start(&place, &plan, &[]);
        run.wait_for("its start or a refusal", |status| {
            let subject = &status.subjects[0];
            subject.log_lines > 0 || subject.note.is_some()
        });
        run.terminate();
        let (status, errors, events) = run.finish();
        assert_eq!(status, Some(0), "{errors}");
        let words = format!(
            "`{path}` leads through a link: `{}` is a link that another user put into a directory that \
             others may write to",
            shared.join(link).display()
        );
        assert_eq!(refusals(&events), [words]);
        let own = place.path.join("own");
        assert_eq!(std::fs::read_to_string(own.join("file")).unwrap(), "kept");
        assert!(!own.join("new").exists());
    }
    let place = Place::new();
    let state = laid(&place).join("x/a/b");
    let plan = system(granted(
        "idle",
        GrantDirection::In,
        ResourcePlan::FileRead {
            path: "/etc/passwd".to_owned(),
        },
    ));
    let state = state.to_str().unwrap();
    let run = support::start(&place, &plan, &["--state-dir", state, "--for-ms", "100"]);
    let (status, errors, _) = run.finish();
    assert_eq!(status, Some(2), "{errors}");
    assert!(
        errors.contains("shared/x` is a link that another user"),
        "{errors}"
    );
    assert!(!place.path.join("own/a").exists());
}

#[test]
fn a_peer_that_hangs_up_again_and_again_stops_nobody_for_good() {
    let place = Place::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let connect = || ResourcePlan::TcpConnect { address };
    let ended = format!("exit:{}", channel::PEER_FAILED);
    let mut named = granted(&ended, GrantDirection::Both, connect());
    named.on_failure = restart(1, true);
    let mut run = support::start(&place, &system(named), &[]);
    let status = run.wait_for("five starts", |status| status.subjects[0].epoch >= 5);
    assert_eq!(status.subjects[0].note, Some(Note::PeerFailed));
    run.terminate();
    let (status, errors, events) = run.finish();
    assert_eq!(status, Some(0), "not halted: {errors}");
    let cause = "a peer of its grants failed";
    assert!(causes(&events, "a").iter().all(|own| own == cause));
    let pauses: Vec<u64> = (events.iter())
        .filter_map(|event| match event {
            Event::Restarting { after_ms, .. } => Some(*after_ms),
            _ => None,
        })
        .collect();
    assert_eq!(pauses[..4], [200, 400, 800, 1600]);
    // Its own failures count, and so does what a subject without a peer says.
    for (subject, told) in [
        (
            granted("exit:3", GrantDirection::Both, connect()),
            "exit status 3",
        ),
        (subject("a", &ended, restart(1, true)), "exit status 75"),
    ] {
        let subject = SubjectPlan {
            on_failure: restart(1, true),
            ..subject
        };
        let place = Place::new();
        let (status, errors, events) = support::start(&place, &system(subject), &[]).finish();
        assert_eq!(status, Some(4), "{errors}");
        assert_eq!(causes(&events, "a"), [told, told]);
    }
}

/// Others may put another file in the place of one at any time, also while it is being opened.
#[test]
fn a_file_that_others_replace_all_the_time_stops_nobody_but_its_subject() {
    let place = Place::new();
    let shared = place.path.join("shared");
    std::fs::create_dir(&shared).unwrap();
    let state = place.path.join("state");
    let append = |path: String| ResourcePlan::FileAppend {
        path,
        quota_bytes: 4096,
    };
    let absolute = append(shared.join("log").to_str().unwrap().to_owned());
    let relative = append("log".to_owned());
    let mut other = granted("idle", GrantDirection::Out, relative);
    other.name = "c".to_owned();
    let subjects = vec![
        granted("idle", GrantDirection::Out, absolute),
        subject("b", "idle", STOP),
        other,
    ];
    let plan = plan(subjects, &[]);
    let directories = [shared, state];
    let (done, goes_on) = std::sync::mpsc::channel::<()>();
    std::thread::scope(|scope| {
        let replace = move || {
            while goes_on.try_recv() == Err(TryRecvError::Empty) {
                for directory in &directories {
                    let (new, log) = (directory.join("new"), directory.join("log"));
                    std::fs::write(&new, "").unwrap();
                    std::fs::rename(&new, &log).unwrap();
                }
            }
        };
        scope.spawn(replace);
        let mut run = support::start(&place, &plan, &[]);
        // A start that did not notice is as good as one that did.
        run.wait_for("everybody", |status| {
            let mut subjects = status.subjects.iter();
            let noticed = subjects.all(|own| own.note.is_some() || own.beats > 0);
            noticed && status.subjects[1].beats > 10
        });
        drop(done);
        run.wait_for("all", |status| status.subjects.iter().all(|s| s.beats > 0));
        run.terminate();
        let (status, errors, _) = run.finish();
        assert_eq!(status, Some(0), "{errors}");
    });
}
