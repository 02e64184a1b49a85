//! The thinnest system: two subjects, one channel, and a clean end.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use plan::Kind;
use record::event::Event;
use support::{Place, STOP, causes, command, events, logged, plan, run, subject};

#[test]
fn a_sampling_channel_carries_values() {
    let place = Place::new();
    let subjects = vec![
        subject("reader", "read", STOP),
        subject("writer", "write", STOP),
    ];
    let plan = plan(subjects, &[("writer", "reader", Kind::Sampling, 1)]);
    let (status, errors, events) = run(&place, &plan, 500);
    assert_eq!(status, Some(0), "{errors}");
    let lines = logged(&events, "reader");
    assert!(lines.len() > 10, "{lines:?} {events:?}");
    let numbers: Vec<u64> = lines
        .iter()
        .map(|line| line.strip_prefix("got 1 ").unwrap().parse().unwrap())
        .collect();
    assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
    for name in ["reader", "writer"] {
        let of = |event: &Event| match event {
            Event::Audited {
                subject,
                differences,
                ..
            } if subject == name => {
                assert_eq!(differences, &[]);
                Some("audited")
            }
            Event::Started { subject, .. } if subject == name => Some("started"),
            Event::Exited { subject, .. } if subject == name => Some("exited"),
            _ => None,
        };
        let order: Vec<&str> = events.iter().filter_map(of).collect();
        assert_eq!(order, ["audited", "started", "exited"]);
    }
    assert!(matches!(events.first(), Some(Event::RunStarted { .. })));
    assert!(matches!(events.last(), Some(Event::RunEnded { .. })));
}

/// Two partitions whose memory is a few of the largest messages: they are read and written whole.
#[test]
fn the_largest_messages_are_carried() {
    for (kind, depth, action) in [(Kind::Sampling, 1, "read"), (Kind::DropOldest, 4, "drain")] {
        let place = Place::new();
        let large = |name, action| {
            let mut large = subject(name, action, STOP);
            large.image = support::image(&support::example("large"));
            large.memory_bytes = 12 << 20;
            large
        };
        let subjects = vec![large("reader", action), large("writer", "write")];
        let mut plan = plan(subjects, &[("writer", "reader", kind, depth)]);
        let channel = plan.core.channels.first_mut().unwrap();
        channel.message_bytes = 1_048_549;
        channel.schema = format!("{:016x}", 0x1a26e);
        let mut run = support::start(&place, &plan, &[]);
        run.wait_for("some messages", |status| status.subjects[0].log_lines > 3);
        run.terminate();
        let (status, errors, events) = run.finish();
        assert_eq!(status, Some(0), "{errors}");
        for line in logged(&events, "reader") {
            assert_eq!(line, "whole true", "{events:?}");
        }
        for name in ["reader", "writer"] {
            assert_eq!(causes(&events, name), ["stopped with the system"]);
        }
    }
}

/// The same without any privilege: one host user for all, and it is said.
#[test]
fn an_unprivileged_user_can_run_a_system() {
    let place = Place::new();
    let subjects = vec![
        subject("reader", "queue", STOP),
        subject("writer", "write", STOP),
    ];
    let plan = plan(subjects, &[("writer", "reader", Kind::Credit, 8)]);
    let run = support::start_unprivileged(&place, &plan, &["--for-ms", "500"]);
    let (status, errors, events) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
    let lines = logged(&events, "reader");
    assert!(lines.len() > 10, "{lines:?} {events:?}");
    assert!(
        lines.iter().all(|line| line.ends_with("lost 0")),
        "{lines:?}"
    );
    let in_force = |event: &&Event| matches!(event, Event::InForce { .. });
    let Some(Event::InForce { mechanisms }) = events.iter().find(in_force) else {
        panic!("{events:?}")
    };
    let mechanisms = support::sentences(mechanisms);
    let users = mechanisms
        .iter()
        .find(|line| line.starts_with("users:"))
        .unwrap();
    assert!(users.contains("share one host user"), "{users}");
}

#[test]
fn root_of_a_user_namespace_is_an_ordinary_user() {
    let place = Place::new();
    let subjects = vec![subject("a", "exit:0", STOP)];
    let usual = command(&place, &plan(subjects, &[]), &["--for-ms", "500"]);
    let mut inside = std::process::Command::new("unshare");
    inside
        .args(["--user", "--map-root-user"])
        .arg(usual.get_program())
        .args(usual.get_args());
    let output = inside.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{errors}");
    let events = events(&place);
    assert_eq!(causes(&events, "a"), ["exit status 0"], "{events:?}");
    let unprivileged = |event: &Event| match event {
        Event::InForce { mechanisms } => support::sentences(mechanisms)
            .iter()
            .any(|line| line.contains("unprivileged run")),
        _ => false,
    };
    assert!(events.iter().any(unprivileged), "{events:?}");
}
