//! What everything rests on: evidence, goals, notes, how levels are made, versions.

use super::parts::{Table, Width, cell};
use super::{Block, Line, Section, code, count, people, quiet, state, strong, text};
use crate::view::{Layer, View};

pub(super) fn sections(view: &View) -> Vec<Section> {
    vec![evidence(view), ground(view), made(view), versions(view)]
}

fn evidence(view: &View) -> Section {
    let mut table = Table::new(
        "Evidence",
        &[
            ("Name", Width::Narrow),
            ("What it is", Width::Wide),
            ("Kept at", Width::Wide),
            ("Dated", Width::Narrow),
            ("Counts until", Width::Narrow),
            ("Cited", Width::Tiny),
        ],
    );
    for shown in &view.evidence {
        let mut what = vec![vec![text(&shown.title)]];
        what.extend(shown.kind.map(|kind| vec![quiet(kind)]));
        what.extend(shown.digest.map(|digest| vec![code(digest)]));
        let day = |day: Option<maturity::Date>| day.map_or_else(String::new, |day| day.to_string());
        let mut until = vec![vec![text(day(shown.valid_until))]];
        if shown.expired {
            until.push(vec![strong("expired")]);
        }
        table.row_at(
            &shown.anchor,
            vec![
                cell(code(&shown.id)),
                what,
                cell(text(shown.location.as_deref().unwrap_or_default())),
                cell(text(day(shown.dated))),
                until,
                cell(text(shown.cited)),
            ],
        );
    }
    Section {
        anchor: "evidence".to_owned(),
        title: "Evidence".to_owned(),
        blocks: match table.is_empty() {
            true => vec![Block::Para(vec![text("None is recorded.")])],
            false => vec![Block::Table(table)],
        },
    }
}

fn ground(view: &View) -> Section {
    let about = &view.about;
    let mut facts: Vec<(String, Vec<Line>)> = vec![
        (
            "System and boundary".to_owned(),
            vec![vec![text(&about.boundary)]],
        ),
        (
            "Seen by the".to_owned(),
            vec![vec![text(about.perspective)]],
        ),
        ("Risk appetite".to_owned(), vec![vec![text(about.appetite)]]),
    ];
    let mut fact = |name: &str, lines: Vec<Line>| {
        if !lines.is_empty() {
            facts.push((name.to_owned(), lines));
        }
    };
    if let Some(assessment) = &view.assessment {
        let boundary = assessment
            .boundary
            .iter()
            .map(|boundary| vec![text(boundary)]);
        fact("Boundary of the assessment", boundary.collect());
        fact("Assessors", vec![vec![text(people(&assessment.assessors))]]);
        let signed = |words: &str, by: &Option<(crate::view::Who, maturity::Date)>| match by {
            Some((who, on)) => vec![text(format!("{words} by {} on {on}", who.name))],
            None => vec![text(format!("not {words} yet"))],
        };
        fact(
            "State",
            vec![
                vec![text(state(assessment.state))],
                signed("reviewed", &assessment.reviewed),
                signed("approved", &assessment.approved),
            ],
        );
        let given = format!(
            "{}, {}, {}",
            count(assessment.answers, "answer", "answers"),
            count(assessment.judgements, "level judged", "levels judged"),
            count(
                assessment.dropped,
                "answer that no longer counts",
                "answers that no longer count"
            )
        );
        fact("Given", vec![vec![text(given)]]);
    }
    let goals = about.goals.iter();
    fact(
        "Goals",
        goals
            .map(|(id, says)| vec![quiet(id), text(" "), text(says)])
            .collect(),
    );
    let concerns = about.concerns.iter().map(|concern| {
        vec![
            quiet(format!("{}, {}", concern.id, concern.consequence)),
            text(" "),
            text(&concern.says),
            quiet(format!(" touches {}", concern.practices.join(", "))),
        ]
    });
    fact("Concerns", concerns.collect());
    let people = about.people.iter().map(|who| {
        let role = who.role.as_deref().unwrap_or("role not said");
        vec![text(&who.name), quiet(format!(" ({}), {role}", who.id))]
    });
    fact("People", people.collect());
    fact(
        "Notes",
        about.notes.iter().map(|note| vec![text(note)]).collect(),
    );
    Section {
        anchor: "ground".to_owned(),
        title: "Assumptions and notes".to_owned(),
        blocks: vec![Block::Facts(facts)],
    }
}

fn made(view: &View) -> Section {
    let rules = [
        "Level n is reached at a scope only if level n − 1 is reached there, and level n at every \
         wider scope that is defined.",
        "At least one indicator of level n, of this scope or a wider one, applies; all that apply \
         are satisfied: yes, not partly and not unknown.",
        "Some indicator of exactly this scope applies at level n or higher: a profile does not vouch \
         for levels it says nothing about.",
        "From level 3 on a person vouches for at least one of the indicators: no level of 3 or more \
         rests on computed evidence alone.",
        "A scope without an indicator of its own is undefined and never met. A practice of which \
         nothing applies is excluded and counts nowhere.",
        "Of several assessors one no makes it no, else one partly, else one unknown. Does not apply \
         counts only if all say so and somebody else approved it.",
        "A judged level stands for a yes to every indicator up to it that nobody answered, and is \
         shown as judged. An answer takes its place.",
        "An answer falls to unknown when all evidence it cites has expired, or when the model it was \
         computed from is no longer the one in force.",
        "Gap is target minus level, not below 0. Surplus is level minus target at the target’s scope \
         and no merit. A scope gap means: the number is reached at a wider scope, not at the \
         target’s.",
    ];
    let mut table = Table::new(
        "What the levels mean",
        &[
            ("Level", Width::Narrow),
            ("What is required", Width::Wide),
            ("How it is known", Width::Wide),
        ],
    );
    for level in &view.levels {
        table.row(vec![
            vec![vec![strong(level.level), text(" "), text(&level.name)]],
            cell(text(&level.requirement)),
            cell(text(&level.assurance)),
        ]);
    }
    Section {
        anchor: "made".to_owned(),
        title: "How levels are made".to_owned(),
        blocks: vec![
            Block::List(rules.iter().map(|rule| vec![text(rule)]).collect()),
            Block::Table(table),
        ],
    }
}

fn versions(view: &View) -> Section {
    let about = &view.about;
    let named = |layer: &Layer| vec![text(&layer.name), text(" "), text(&layer.version)];
    let mut facts: Vec<(String, Vec<Line>)> = vec![(
        "Catalog".to_owned(),
        vec![
            named(&about.catalog),
            vec![quiet(&about.catalog_name)],
            vec![code(about.catalog_digest)],
        ],
    )];
    let mut fact = |name: &str, lines: Vec<Line>| {
        if !lines.is_empty() {
            facts.push((name.to_owned(), lines));
        }
    };
    fact(
        "Written for another version",
        about.written_for.iter().map(named).collect(),
    );
    fact("Profiles", about.layers.iter().map(named).collect());
    fact(
        "Profiles not found",
        about.missing_layers.iter().map(named).collect(),
    );
    fact(
        "Table of indicators",
        vec![
            vec![text(count(about.indicators, "indicator", "indicators"))],
            vec![code(about.table_digest)],
        ],
    );
    let conflicts = about.conflicts.iter();
    fact(
        "Where profiles differ",
        conflicts.map(|words| vec![text(words)]).collect(),
    );
    let unplaced = view.unplaced.iter();
    fact(
        "Answers without an indicator",
        unplaced.map(|id| vec![code(id)]).collect(),
    );
    fact(
        "Project",
        vec![vec![text(&about.id)], vec![code(about.project_digest)]],
    );
    fact(
        "Architecture in force",
        about.model.iter().map(|model| vec![code(model)]).collect(),
    );
    fact("Notice", vec![vec![text(&about.notice)]]);
    Section {
        anchor: "versions".to_owned(),
        title: "Versions and digests".to_owned(),
        blocks: vec![
            Block::Para(vec![text(
                "With these texts, this project and this day the same report comes out again. The \
                 project itself is part of this document, as data.",
            )]),
            Block::Facts(facts),
        ],
    }
}
