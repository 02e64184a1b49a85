//! The audit of a system that runs: nothing is found in one that is left alone, what is changed from
//! outside is named, and both are recorded.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail loudly"
)]

mod support;

use linux::review::ask;
use plan::{GrantDirection, GrantPlan, Kind, ResourcePlan};
use record::cause::Cause;
use record::event::Event;
use record::review::Review;
use record::status::SubjectState;
use rustix::process::Pid;
use support::{Place, STOP, plan, subject};

fn look(place: &Place) -> Review {
    Review::parse(&ask(&place.path.join("run")).unwrap()).unwrap()
}

fn system() -> plan::Plan {
    let mut reader = subject("reader", "read", STOP);
    let (name, peer) = ("log".to_owned(), "disk".to_owned());
    let path = "log".to_owned();
    reader.grants = vec![GrantPlan {
        name,
        peer,
        direction: GrantDirection::Out,
        resource: ResourcePlan::FileAppend {
            path,
            quota_bytes: 4096,
        },
    }];
    let threads = subject("threads", "threads:4", STOP);
    let writer = subject("writer", "write", STOP);
    let ended = subject("ended", "exit:0", STOP);
    let channels = [("writer", "reader", Kind::Sampling, 1)];
    plan(vec![reader, threads, writer, ended], &channels)
}

fn runs_as_planned(place: &Place, mut run: support::Run<'_>) {
    run.wait_for("all", |status| {
        let own = |name: &str| status.subjects.iter().find(|own| own.name == name);
        let beats = ["reader", "writer"].map(|name| own(name).is_some_and(|own| own.beats > 0));
        let ended = own("ended").is_some_and(|own| own.state == SubjectState::Stopped);
        let threads = own("threads").is_some_and(|own| own.log_lines > 0);
        beats == [true; 2] && ended && threads
    });
    let review = look(place);
    assert_eq!(review.differences(), []);
    assert_eq!(review.partitions.len(), 4);
    let looked = review.partitions.iter().filter(|own| own.pid != 0).count();
    assert_eq!(looked, 3, "{review:?}");
    run.terminate();
    let (status, errors, events) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
    let recorded = |event: &&Event| matches!(event, Event::Reviewed { partitions: 3, differences } if differences.is_empty());
    assert_eq!(events.iter().filter(recorded).count(), 1);
    let last = usize::try_from(review.events).unwrap() - 1;
    assert!(recorded(&&events[last]), "{events:?}");
}

#[test]
fn a_system_that_is_left_alone_matches_its_plan() {
    let place = Place::new();
    let run = support::start(&place, &system(), &[]);
    runs_as_planned(&place, run);
}

#[test]
fn an_ordinary_user_s_system_matches_its_plan() {
    let place = Place::new();
    let run = support::start_unprivileged(&place, &system(), &[]);
    runs_as_planned(&place, run);
}

/// The kernel shows nothing of what a process has at a first thread that has ended.
fn first_thread_ended(begin: for<'a> fn(&'a Place, &plan::Plan, &[&str]) -> support::Run<'a>) {
    let place = Place::new();
    let peer = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut a = subject("a", "lead", STOP);
    a.grants = vec![GrantPlan {
        name: "g".to_owned(),
        peer: "outside".to_owned(),
        direction: GrantDirection::Out,
        resource: ResourcePlan::UdpSend {
            address: peer.local_addr().unwrap(),
        },
    }];
    let plan = plan(vec![a, subject("b", "idle", STOP)], &[]);
    let mut run = begin(&place, &plan, &[]);
    let status = run.wait_for("both", |status| status.subjects.iter().all(|s| s.beats > 0));
    let pid = status.subjects[0].pid;
    support::wait_for_end_of_first_thread(pid);
    let review = look(&place);
    assert_eq!(review.differences(), []);
    assert!(review.partitions.iter().all(|own| own.pid != 0));
    // And what is wrong is seen there.
    let other = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    let other = other.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let other: u32 = (other.map(|name| name.parse().unwrap()))
        .find(|thread| *thread != pid)
        .unwrap();
    let other = Pid::from_raw(other.cast_signed()).unwrap();
    rustix::process::setpriority_process(Some(other), 7).unwrap();
    let review = look(&place);
    let said = support::said(&review.differences());
    assert!(said.contains("its nice value is 7, not"), "{said}");
    assert_eq!(review.differences().len(), 1, "{said}");
    run.terminate();
    let (status, errors, _) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
}

#[test]
fn a_subject_whose_first_thread_has_ended_is_looked_at_like_any_other() {
    first_thread_ended(support::start);
    first_thread_ended(support::start_unprivileged);
}

/// Nobody gets a clean look by being too quick for it.
fn threads_that_end(begin: for<'a> fn(&'a Place, &plan::Plan, &[&str]) -> support::Run<'a>) {
    let place = Place::new();
    let plan = plan(vec![support::churns("a"), subject("b", "idle", STOP)], &[]);
    let mut run = begin(&place, &plan, &[]);
    let status = run.wait_for("both", |status| {
        status.subjects[0].log_lines > 0 && status.subjects[1].beats > 0
    });
    let pid = status.subjects[0].pid;
    support::wait_for_end_of_first_thread(pid);
    let root = rustix::process::geteuid().is_root();
    if root {
        std::fs::write(format!("/proc/{pid}/oom_score_adj"), "500").unwrap();
    }
    let mut gone = false;
    for _ in 0..20 {
        let review = look(&place);
        let [a, b] = [0, 1].map(|index| &review.partitions[index]);
        assert_eq!(b.differences, []);
        // Perhaps it is too quick for the look after go as well.
        gone = a.pid == 0;
        if gone {
            break;
        }
        assert_eq!(a.pid, pid, "{review:?}");
        let said = support::said(&a.differences);
        let unseen = said.contains("faster than they can be looked at");
        assert!(
            unseen || said.contains("(`oom_score_adj`) is 500") == root,
            "{said}"
        );
        assert!(unseen || root || a.differences.is_empty(), "{said}");
    }
    run.terminate();
    let (status, errors, events) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
    let ended = [Cause::AuditFailedAfterGo.to_string()];
    assert!(
        !gone || support::causes(&events, "a") == ended,
        "{events:?}"
    );
}

#[test]
fn a_subject_whose_threads_end_is_looked_at_or_said_not_to_be() {
    threads_that_end(support::start);
    threads_that_end(support::start_unprivileged);
}

/// What one does nobody else is accused of, neither while it runs nor at its next start.
fn neighbours_of_threads_that_end(
    begin: for<'a> fn(&'a Place, &plan::Plan, &[&str]) -> support::Run<'a>,
) {
    let place = Place::new();
    let mut subjects: Vec<_> = (0..4)
        .map(|number| support::churns(&format!("churn{number}")))
        .collect();
    subjects.push(subject("idle", "idle", STOP));
    subjects.push(subject("again", "exit:1", support::restart(100_000, false)));
    let plan = plan(subjects, &[]);
    let mut run = begin(&place, &plan, &[]);
    run.wait_for("all", |status| {
        let has = |name: &str, is: fn(&record::status::SubjectStatus) -> bool| {
            let own = status
                .subjects
                .iter()
                .filter(|own| own.name.starts_with(name));
            own.map(is).collect::<Vec<bool>>()
        };
        let churn = has("churn", |own| own.log_lines > 0);
        let others = [
            has("idle", |own| own.beats > 0),
            has("again", |own| own.epoch > 20),
        ];
        churn == [true; 4] && others.concat() == [true; 2]
    });
    for _ in 0..20 {
        let review = look(&place);
        let innocent = |own: &&record::review::Partition| !own.subject.starts_with("churn");
        for own in review.partitions.iter().filter(innocent) {
            assert_eq!(own.differences, [], "{}", own.subject);
        }
    }
    run.terminate();
    let (status, errors, events) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
    let differs = |event: &&Event| match event {
        Event::Audited {
            subject,
            differences,
            ..
        } => !differences.is_empty() && !subject.starts_with("churn"),
        _ => false,
    };
    let differ: Vec<&Event> = events.iter().filter(differs).collect();
    assert!(differ.is_empty(), "{differ:?}");
}

#[test]
fn who_starts_beside_a_subject_whose_threads_end_is_not_accused() {
    neighbours_of_threads_that_end(support::start);
    neighbours_of_threads_that_end(support::start_unprivileged);
}

/// What a subject may do with what it has, and what others do with the files.
#[test]
fn what_is_permitted_is_no_difference() {
    let place = Place::new();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let mut a = subject("a", "business", STOP);
    let path = |path: &str| path.to_owned();
    let quota_bytes = 4096;
    a.grants = [
        (
            "g",
            GrantDirection::Both,
            ResourcePlan::TcpListen { address },
        ),
        (
            "l",
            GrantDirection::Out,
            ResourcePlan::FileAppend {
                path: path("log"),
                quota_bytes,
            },
        ),
        (
            "r",
            GrantDirection::In,
            ResourcePlan::FileRead {
                path: path("recipe"),
            },
        ),
    ]
    .map(|(name, direction, resource)| GrantPlan {
        name: name.to_owned(),
        peer: format!("peer-{name}"),
        direction,
        resource,
    })
    .to_vec();
    let state = place.path.join("state");
    std::fs::write(state.join("recipe"), "1").unwrap();
    let plan = plan(vec![a, subject("b", "idle", STOP)], &[]);
    let mut run = support::start(&place, &plan, &[]);
    run.wait_for("both", |status| status.subjects.iter().all(|s| s.pid != 0));
    let connect = || std::net::TcpStream::connect(address).unwrap();
    let connections = [connect(), connect(), connect(), connect()];
    run.wait_for("its business", |status| {
        status.subjects[0].log_lines > 0 && status.subjects[1].beats > 0
    });
    assert_eq!(look(&place).differences(), []);
    drop(connections);
    std::fs::rename(state.join("log"), state.join("log.1")).unwrap();
    assert_eq!(look(&place).differences(), []);
    std::fs::remove_file(state.join("log.1")).unwrap();
    assert_eq!(look(&place).differences(), []);
    run.terminate();
    let (status, errors, events) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
    assert_eq!(support::logged(&events, "a"), ["done"]);
}

#[test]
fn what_is_changed_from_outside_is_named_and_the_system_goes_on() {
    let place = Place::new();
    let plan = plan(
        vec![subject("a", "idle", STOP), subject("b", "idle", STOP)],
        &[],
    );
    let mut run = support::start(&place, &plan, &[]);
    let status = run.wait_for("both", |status| status.subjects.iter().all(|s| s.beats > 0));
    let pid = Pid::from_raw(status.subjects[0].pid.cast_signed()).unwrap();
    rustix::process::setpriority_process(Some(pid), 7).unwrap();
    let root = rustix::process::geteuid().is_root();
    if root {
        let file = format!("/proc/{pid}/oom_score_adj");
        std::fs::write(file, "500").unwrap();
    }
    let review = look(&place);
    let [a, b] = [0, 1].map(|index| &review.partitions[index]);
    let a = support::said(&a.differences);
    assert!(a.contains("its nice value is 7, not"), "{a}");
    assert_eq!(a.contains("(`oom_score_adj`) is 500"), root, "{a}");
    assert_eq!(b.differences, []);
    let status = run.wait_for("both", |status| status.subjects.iter().all(|s| s.beats > 0));
    assert!(status.subjects.iter().all(|own| own.pid != 0));
    run.terminate();
    let (status, errors, events) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
    let recorded = events.iter().any(|event| match event {
        Event::Reviewed { differences, .. } => differences
            .iter()
            .any(|own| own.to_string().starts_with("a: subject: ")),
        _ => false,
    });
    assert!(recorded, "{events:?}");
}

/// How long a look takes is printed, not asserted: machines differ.
#[test]
fn thirty_two_partitions_are_looked_at() {
    let place = Place::new();
    let subjects = (10..42).map(|number| subject(&format!("s{number}"), "idle", STOP));
    let plan = plan(subjects.collect(), &[]);
    let mut run = support::start(&place, &plan, &[]);
    run.wait_for("all", |status| status.subjects.iter().all(|s| s.beats > 0));
    // Nanoseconds on a processor (kernel: Documentation/scheduler/sched-stats.rst): of the look itself,
    // whatever else the machine does meanwhile.
    let schedule = format!("/proc/{}/schedstat", run.pid());
    let spent_us = || {
        let text = std::fs::read_to_string(&schedule).unwrap_or_default();
        let first = text.split(' ').next().and_then(|word| word.parse().ok());
        first.map_or(0, |ns: u64| ns / 1000)
    };
    for _ in 0..5 {
        let before = spent_us();
        let review = look(&place);
        assert_eq!(review.differences(), []);
        assert!(review.partitions.iter().all(|own| own.pid != 0));
        let spent_us = spent_us() - before;
        let took_us = review.took_us;
        println!("32 partitions: {took_us} µs, of which {spent_us} µs on a processor");
    }
    run.terminate();
    let (status, errors, _) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
}
