//! Callers that wait: outside of a runtime and inside of one.

use crate::place::{Place, run};
use std::sync::Arc;
use store::{BlockingLedger, Kind, Ledger, New};

fn new(system: &str) -> New {
    New {
        system: system.to_owned(),
        author: "test".to_owned(),
        at_ns: 1,
        base: 0,
        key: String::new(),
        body: "{}".to_owned(),
    }
}

/// Makes, writes, reads, saves and closes a ledger, and makes another one of what was saved.
fn work(address: &str, place: &Place) {
    let missing = BlockingLedger::open(&place.path("nobody").display().to_string());
    assert_eq!(missing.unwrap_err().kind, Kind::Missing);
    let ledger = BlockingLedger::create(address).unwrap();
    let batch = vec![new("a"), new("b")];
    let appended = ledger.ask(async |ledger| ledger.append(batch).await);
    assert_eq!(appended.unwrap().positions, [(1, 1), (2, 1)]);
    // What a question borrows it may change.
    let mut steps = 0;
    let mut count = |_, _| steps += 1;
    let report = ledger.ask(async |ledger| ledger.verify(None, &mut count).await);
    assert_eq!(report.unwrap().faults, []);
    assert!(steps > 0);
    let saved = place.path(&format!("saved-{}", address.len()));
    let head = ledger
        .ask(async |ledger| ledger.backup(&saved).await)
        .unwrap();
    drop(ledger);
    let again = BlockingLedger::open(address).unwrap();
    let found = again.ask(async |ledger| ledger.head().await).unwrap();
    assert_eq!(found, head);
    let twin = place.path("twin").display().to_string();
    assert_eq!(BlockingLedger::restore(&saved, &twin).unwrap(), head);
    std::fs::remove_file(&twin).unwrap();
    std::fs::remove_file(&saved).unwrap();
}

#[test]
fn it_works_without_a_runtime() {
    let place = Place::sqlite();
    work(&place.path("alone").display().to_string(), &place);
}

/// All of it, and its end too: neither may a runtime be started in the thread of another, nor be dropped there.
#[test]
fn it_works_inside_of_either_kind_of_runtime() {
    async fn inside(place: Arc<Place>) {
        let address = place.address().await;
        work(&address, &place);
        // Who does not wait sees the same.
        let ledger = Ledger::open(&address).await.unwrap();
        assert_eq!(ledger.read_all(0, 10).await.unwrap().len(), 2);
        ledger.close().await;
    }
    run(Place::sqlite(), inside);
    run(Place::postgres(), inside);
    let alone = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    alone.block_on(inside(Arc::new(Place::sqlite())));
}

#[test]
fn a_question_that_panics_panics_where_it_was_asked() {
    let place = Place::sqlite();
    let ledger = BlockingLedger::create(&place.path("panic").display().to_string()).unwrap();
    let asked =
        std::panic::AssertUnwindSafe(|| ledger.ask::<()>(async |_| panic!("as it is meant")));
    let panic = std::panic::catch_unwind(asked).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"as it is meant"));
    assert!(ledger.ask(async |ledger| ledger.head().await).is_ok());
}
