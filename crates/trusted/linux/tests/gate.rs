//! The go gate: no instruction of a subject runs unless its partition matches the plan.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use plan::Kind;
use record::cause::Cause;
use record::event::Event;
use record::status::Status;
use support::{Place, STOP, plan, restart, subject};

#[test]
fn a_partition_that_differs_never_runs() {
    let place = Place::new();
    let subjects = vec![
        subject("reader", "read", STOP),
        subject("writer", "write", STOP),
    ];
    let plan = plan(subjects, &[("writer", "reader", Kind::Sampling, 1)]);
    let init = support::example("faulty-init");
    let arguments = ["--for-ms", "3000", "--init", init.to_str().unwrap()];
    let (status, errors, events) = support::start(&place, &plan, &arguments).finish();
    assert_eq!(status, Some(3), "{errors}");
    assert!(errors.contains("error[partition-differs]"), "{errors}");
    let differences = events.iter().find_map(|event| match event {
        Event::Audited { differences, .. } => Some(support::said(differences)),
        _ => None,
    });
    let differences = differences.unwrap();
    assert!(
        differences.contains("unplanned descriptor"),
        "{differences}"
    );
    assert!(
        differences.contains("unplanned shared mapping"),
        "{differences}"
    );
    assert!(
        !events
            .iter()
            .any(|event| matches!(event, Event::Started { .. })),
        "{events:?}"
    );
    let page = std::fs::read(place.path.join("run/status.json")).unwrap();
    let page = Status::parse(&page).unwrap();
    assert!(page.ended);
    assert_eq!(page.channels[0].written, 0);
    assert_eq!(page.channels[0].epoch, 0, "the writer never attached");
    assert!(
        page.subjects
            .iter()
            .all(|subject| subject.beats == 0 && subject.log_lines == 0)
    );
}

#[test]
fn a_process_that_never_reaches_its_gate_is_started_again() {
    let place = Place::new();
    let plan = plan(vec![subject("lonely", "idle", restart(3, false))], &[]);
    let init = support::example("stalling-init");
    let arguments = ["--for-ms", "12000", "--init", init.to_str().unwrap()];
    let (status, errors, events) = support::start(&place, &plan, &arguments).finish();
    assert_eq!(status, Some(0), "{errors}");
    let cause = events.iter().find_map(|event| match event {
        Event::Exited {
            epoch: 1, cause, ..
        } => Some(cause),
        _ => None,
    });
    assert_eq!(cause, Some(&Cause::LoadedLate), "{events:?}");
    let is_over = |event: &Event| matches!(event, Event::Abandoned { .. } | Event::Started { .. });
    assert!(!events.iter().any(is_over), "{events:?}");
}
