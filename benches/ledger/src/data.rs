//! A portfolio that is made up, the same in every run.

use std::collections::BTreeMap;
use store::{Item, New, View};

/// Assessments of a system.
pub const ASSESSMENTS: u32 = 50;
/// Judgements of an assessment.
pub const PRACTICES: u32 = 18;

/// The name of a system.
pub fn system(number: u32) -> String {
    format!("plant-{:03}/line-{number:05}", number / 50)
}

/// What the portfolio is sorted by and searched in: the name that people know.
pub fn title(number: u32) -> String {
    let kinds = ["bottling", "gateway", "camera", "packing", "press"];
    let kind = kinds[number as usize % kinds.len()];
    format!("{kind} {:05}", number.wrapping_mul(7919) % 100_000)
}

/// The level of a practice, 0 to 4.
fn level(system: u32, assessment: u32, practice: u32) -> u32 {
    (system.wrapping_mul(31) + practice * 7 + assessment / 12) % 5
}

fn entry(number: u32, position: u32, body: String) -> New {
    New {
        system: system(number),
        author: format!("assessor-{}", number % 40),
        at_ns: 1_700_000_000_000_000_000 + u64::from(position) * 1_000_000_000,
        base: u64::from(position),
        key: format!("judgement/practice-{:02}", position % PRACTICES),
        body,
    }
}

/// All judgements of a system, about 250 bytes each.
pub fn judgements(number: u32) -> Vec<New> {
    let positions = 0..ASSESSMENTS * PRACTICES;
    let judgement = |position: u32| {
        let (assessment, practice) = (position / PRACTICES, position % PRACTICES);
        let level = level(number, assessment, practice);
        let body = format!(
            "{{\"assessment\":\"{assessment:02}\",\"practice\":\"practice-{practice:02}\",\"level\":{level},\
            \"scope\":\"system\",\"method\":\"interview\",\"rationale\":\"seen at the line on shift {position}: \
            the procedure is written, trained and followed, exceptions are signed\",\"evidence\":[\"doc-{position}\"]}}"
        );
        entry(number, position, body)
    };
    positions.map(judgement).collect()
}

/// The first entry of a system that has no judgements.
pub fn first(number: u32) -> New {
    entry(number, 0, "{\"created\":true}".to_owned())
}

/// The two views of a system.
pub fn views(number: u32, made_from: u64) -> [View; 2] {
    let body = |assessment| {
        let levels = (0..PRACTICES).map(|practice| {
            let level = level(number, assessment, practice);
            format!("\"practice-{practice:02}\":{level}")
        });
        let levels = levels.collect::<Vec<_>>().join(",");
        format!(
            "{{\"title\":\"{}\",\"levels\":{{{levels}}}}}",
            title(number)
        )
    };
    let newest = ASSESSMENTS - 1;
    let facet = |practice| {
        (
            format!("practice-{practice:02}"),
            level(number, newest, practice).to_string(),
        )
    };
    let portfolio = Item {
        sort: title(number),
        body: body(newest),
        facets: (0..PRACTICES).map(facet).collect(),
    };
    let assessment = |assessment: u32| {
        let item = Item {
            sort: format!("2025-{assessment:02}"),
            body: body(assessment),
            facets: BTreeMap::new(),
        };
        (format!("assessment-{assessment:02}"), item)
    };
    let view = |view: &str, items| View {
        view: view.to_owned(),
        system: system(number),
        made_from,
        valid_until: None,
        items,
    };
    [
        view(
            "portfolio",
            BTreeMap::from([("newest".to_owned(), portfolio)]),
        ),
        view("history", (0..ASSESSMENTS).map(assessment).collect()),
    ]
}
