//! Subjects that fail: classified, restarted by rule under a new epoch, and nobody else loses
//! anything.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail loudly"
)]

mod support;

use plan::{Kind, SubjectPlan};
use record::event::Event;
use record::reason::{Abandonment, End};
use record::status::SubjectState;
use support::{HALT, Place, STOP, causes, logged, plan, restart, run, subject};

/// Runs one failing subject `a` beside one that idles, and says how it ended.
fn cause_of(failing: SubjectPlan) -> String {
    let place = Place::new();
    let plan = plan(vec![failing, subject("b", "idle", STOP)], &[]);
    let mut run = support::start(&place, &plan, &[]);
    run.wait_for("its end", |status| {
        status.subjects[0].state == SubjectState::Stopped
    });
    run.terminate();
    let (status, errors, events) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
    assert_eq!(causes(&events, "b"), ["stopped with the system"]);
    let abandoned =
        |event: &Event| matches!(event, Event::Abandoned { subject, .. } if subject == "a");
    assert!(events.iter().any(abandoned));
    causes(&events, "a").first().cloned().unwrap()
}

#[test]
fn endings_are_told_apart() {
    for (action, expected) in [
        ("exit:0", "exit status 0"),
        ("exit:7", "exit status 7"),
        ("panic", "exit status 101"),
        ("abort", "killed by SIGABRT"),
        ("call:fork", "denied call `fork`"),
        ("call:x32-getpid", "killed by SIGSYS"),
    ] {
        assert_eq!(cause_of(subject("a", action, STOP)), expected, "{action}");
    }
}

/// A subject that links `guest` and ends as told.
fn ending(action: &str) -> SubjectPlan {
    let mut ending = subject("a", action, STOP);
    ending.image = support::image(&support::example("ending"));
    ending
}

#[test]
fn a_panic_and_an_error_are_recorded_with_their_words() {
    for (action, begin, end) in [
        (
            "panic",
            "killed by SIGABRT; it said: panicked at ",
            ": told to",
        ),
        (
            "thread",
            "killed by SIGABRT; it said: panicked at ",
            ": told to, in a thread",
        ),
        (
            "error",
            "exit status 1; it said: told-to: `do`: ",
            "a reason",
        ),
    ] {
        let cause = cause_of(ending(action));
        assert!(cause.starts_with(begin) && cause.ends_with(end), "{cause}");
    }
    let cause = cause_of(ending("flood-panic"));
    assert!(cause.contains("told to xxx"), "{cause}");
    assert!(cause.len() < 600, "bounded: {cause}");
}

#[test]
fn memory_that_is_refused_is_a_cause_only_of_giving_up() {
    let mut greedy = ending("allocate");
    greedy.memory_bytes = 16 << 20;
    assert_eq!(
        cause_of(greedy),
        "memory could not be allocated within the limit: killed by SIGABRT after 1048576 bytes were \
         refused, by its own account"
    );
    assert_eq!(cause_of(ending("refused")), "exit status 3");
}

/// Nothing is claimed to be known of a signal that has many reasons.
#[test]
fn a_stack_that_overflows_is_the_signal_that_it_is() {
    assert_eq!(cause_of(ending("overflow")), "killed by SIGSEGV");
}

#[test]
fn last_words_are_of_one_start_only() {
    let place = Place::new();
    let mut once = ending("once");
    once.on_failure = restart(1, false);
    let plan = plan(vec![once], &[]);
    let mut run = support::start(&place, &plan, &[]);
    run.wait_for("its end", |status| {
        status.subjects[0].state == SubjectState::Stopped
    });
    run.terminate();
    let (status, errors, events) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
    let causes = causes(&events, "a");
    assert!(causes[0].ends_with("told to, once"), "{causes:?}");
    assert_eq!(causes[1], "exit status 7");
}

#[test]
fn a_silent_subject_is_killed() {
    let place = Place::new();
    let mut silent = subject("a", "hang", STOP);
    silent.heartbeat_ms = 100;
    let mut loud = subject("b", "idle", STOP);
    loud.heartbeat_ms = 1000;
    let plan = plan(vec![silent, loud], &[]);
    let (status, errors, events) = run(&place, &plan, 1500);
    assert_eq!(status, Some(0), "{errors}");
    assert_eq!(causes(&events, "a"), ["lost heartbeat"]);
    assert_eq!(causes(&events, "b"), ["stopped with the system"]);
    let silent_ms = events.iter().find_map(|event| match event {
        Event::HeartbeatLost {
            subject, silent_ms, ..
        } if subject == "a" => Some(*silent_ms),
        _ => None,
    });
    assert!(silent_ms.unwrap() > 100);
}

/// The reader of a queue sees every message of every epoch of its failing writer, in order.
#[test]
fn a_restarted_writer_has_a_new_epoch_and_readers_lose_nothing() {
    let place = Place::new();
    let subjects = vec![
        subject("reader", "queue", STOP),
        subject("writer", "write-then:5=abort", restart(3, false)),
    ];
    let plan = plan(subjects, &[("writer", "reader", Kind::Credit, 64)]);
    let mut run = support::start(&place, &plan, &[]);
    run.wait_for("all messages", |status| {
        status.subjects[0].log_lines >= 20 && status.subjects[1].state == SubjectState::Stopped
    });
    run.terminate();
    let (status, errors, events) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
    let expected: Vec<String> = (1..=4)
        .flat_map(|epoch| (1..=5).map(move |number| format!("got {epoch} {number} lost 0")))
        .collect();
    assert_eq!(logged(&events, "reader"), expected);
    assert_eq!(causes(&events, "writer"), ["killed by SIGABRT"; 4]);
    let epochs = events.iter().filter_map(|event| match event {
        Event::Restarting {
            subject,
            epoch,
            after_ms: 10,
        } if subject == "writer" => Some(*epoch),
        _ => None,
    });
    assert_eq!(epochs.collect::<Vec<u64>>(), [2, 3, 4]);
    let reason = events.iter().find_map(|event| match event {
        Event::Abandoned { subject, reason } if subject == "writer" => Some(reason.clone()),
        _ => None,
    });
    let (count, window_ms) = (3, 60_000);
    assert_eq!(
        reason,
        Some(Abandonment::RestartsSpent { count, window_ms })
    );
}

/// What was sent before the reader's end is there for its next start.
#[test]
fn unread_messages_survive_the_restart_of_their_reader() {
    let place = Place::new();
    let subjects = vec![
        subject("reader", "queue-then:3=abort", restart(3, false)),
        subject("writer", "write-then:12=idle", STOP),
    ];
    let plan = plan(subjects, &[("writer", "reader", Kind::Credit, 64)]);
    let mut run = support::start(&place, &plan, &[]);
    run.wait_for("all messages", |status| status.subjects[0].log_lines >= 12);
    run.terminate();
    let (status, errors, events) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
    let expected: Vec<String> = (1..=12)
        .map(|number| format!("got 1 {number} lost 0"))
        .collect();
    assert_eq!(logged(&events, "reader"), expected);
}

#[test]
fn a_system_halts_by_its_rules() {
    for (action, rule, words) in [
        ("exit:1", HALT, "its rule is halt"),
        (
            "exit:1",
            restart(2, true),
            "after 2 restarts within 60000 ms, then halt",
        ),
    ] {
        let place = Place::new();
        let plan = plan(
            vec![subject("a", action, rule), subject("b", "idle", STOP)],
            &[],
        );
        let (status, errors, events) = run(&place, &plan, 20_000);
        assert_eq!(status, Some(4), "{errors}");
        assert!(
            errors.contains("halted") && errors.contains(words),
            "{errors}"
        );
        let tail: Vec<&Event> = events.iter().rev().take(2).collect();
        assert!(
            matches!(
                tail[..],
                [
                    Event::RunEnded {
                        reason: End::Halted
                    },
                    Event::Halted { .. }
                ]
            ),
            "{tail:?}"
        );
    }
}

/// Every start places code and stack anew.
#[test]
fn places_in_memory_are_random() {
    let place = Place::new();
    let plan = plan(vec![subject("a", "address", restart(5, false))], &[]);
    let mut run = support::start(&place, &plan, &[]);
    run.wait_for("six starts", |status| {
        status.subjects[0].state == SubjectState::Stopped
    });
    run.terminate();
    let (_, errors, events) = run.finish();
    let mut lines = logged(&events, "a");
    assert_eq!(lines.len(), 6, "{errors}");
    lines.sort();
    lines.dedup();
    assert_eq!(lines.len(), 6, "{lines:?}");
}

#[test]
fn a_line_is_of_the_start_that_said_it() {
    const LINES: usize = 60;
    let place = Place::new();
    let own = subject("a", &format!("say:{LINES}"), restart(5, false));
    let (status, errors, events) = support::run(&place, &plan(vec![own], &[]), 1500);
    assert_eq!(status, Some(0), "{errors}");
    let lines = |start: u64| {
        let of_it = |event: &Event| match event {
            Event::Log { epoch, text, .. } if *epoch == start => Some(text.clone()),
            _ => None,
        };
        events.iter().filter_map(of_it).collect::<Vec<_>>()
    };
    let all: Vec<String> = (0..LINES).map(|number| format!("line {number}")).collect();
    for start in 1..=5 {
        assert_eq!(lines(start), all, "start {start}");
    }
}
