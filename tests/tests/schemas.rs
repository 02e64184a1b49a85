//! The schemas in `schemas/` are those of the types that own them.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]

use schemars::{JsonSchema, schema_for};
use std::path::PathBuf;

fn check<T: JsonSchema>(name: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../schemas")
        .join(name);
    let mut text = serde_json::to_string_pretty(&schema_for!(T)).unwrap();
    text.push('\n');
    if std::env::var_os("BULKHEAD_WRITE_SCHEMAS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let stored = std::fs::read_to_string(&path).expect("the schema is stored");
    assert_eq!(
        stored, text,
        "{name} is out of date: run `cargo xtask schemas`"
    );
}

#[test]
fn verdicts() {
    check::<model::verdict::Verdicts>("bulkhead.verdicts-2.json");
}

#[test]
fn architecture() {
    check::<lang::architecture::Architecture>("bulkhead.architecture-1.json");
}

#[test]
fn plan() {
    check::<plan::Plan>("bulkhead.plan-2.json");
}

#[test]
fn status() {
    check::<record::status::Status>("bulkhead.status-3.json");
    check::<record::review::Review>("bulkhead.audit-2.json");
    check::<app::documents::Systems>("bulkhead.systems-3.json");
}

#[test]
fn events() {
    check::<record::chain::Record>("bulkhead.record-1.json");
    check::<app::documents::Events>("bulkhead.events-1.json");
}

#[test]
fn findings() {
    check::<app::documents::Check>("bulkhead.check-2.json");
    check::<app::documents::Explanation>("bulkhead.explanation-1.json");
    check::<app::documents::Lint>("bulkhead.lint-1.json");
    check::<app::documents::Failed>("bulkhead.failure-1.json");
    check::<recheck::Report>("bulkhead.rechecked-1.json");
}

#[test]
fn maturity() {
    use app::maturity::{documents, summary};
    check::<maturity::project::Project>("bulkhead.maturity-project-1.json");
    check::<report::view::View>("bulkhead.maturity-report-1.json");
    check::<summary::Portfolio>("bulkhead.maturity-portfolio-1.json");
    check::<documents::Compared>("bulkhead.maturity-compare-1.json");
    check::<documents::Entries>("bulkhead.maturity-entries-1.json");
    check::<documents::Verified>("bulkhead.ledger-1.json");
}
