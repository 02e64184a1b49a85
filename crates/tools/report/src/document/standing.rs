//! Where every practice stands, roll-ups, who vouches, and what was found over time.

use super::parts::{Table, Width, cell};
use super::{
    Block, Chart, Section, at, count, level, link, people, quiet, stands, strong, text,
    to_practice, to_practices, verdict,
};
use crate::view::{PracticeView, View};
use maturity::agreement::ITEMS_MIN;
use maturity::{Found, Scope};

pub(super) fn section(view: &View) -> Section {
    let mut blocks = vec![
        Block::Para(vec![text(
            "A level holds at a scope: general as any organisation would do it, industry as fits \
             the sector, system as fits this system. A target is met only where its level is \
             reached at its scope. Level 0 is a finding: where nothing was said that decides level 1, \
             it says not judged. Levels are not averaged, and more than the target is no merit.",
        )]),
        Block::Table(gaps(view)),
    ];
    let chart = |chart: Chart, caption: &str| Block::Chart(chart, caption.to_owned());
    blocks.push(chart(
        Chart::HeatMap,
        "How much of each level is satisfied, where a practice is and where it should be",
    ));
    blocks.push(Block::Numbers(progress(view)));
    blocks.push(chart(
        Chart::Radar,
        "Level found and target around all practices",
    ));
    blocks.push(Block::Heading(
        3,
        None,
        vec![text("Domains and subdomains")],
    ));
    blocks.push(Block::Para(vec![text(
        "The lowest level of a group says how far all of it has come; the distribution says how \
         many practices are at each level. There is no mean. Where practices are not judged, the lowest \
         level is not known unless some practice is at 0.",
    )]));
    blocks.push(Block::Table(parts(view)));
    blocks.push(Block::Heading(3, None, vec![text("Who vouches")]));
    blocks.push(chart(
        Chart::Vouched,
        "Who vouches for the indicators of each practice",
    ));
    blocks.push(Block::Numbers(vouched(view)));
    blocks.extend(agreement(view));
    Section {
        anchor: "standing".to_owned(),
        title: "Target, level and gap".to_owned(),
        blocks,
    }
}

/// Calls for each practice, with a title where a domain begins.
fn each(view: &View, table: &mut Table, mut row: impl FnMut(&mut Table, &PracticeView)) {
    let mut before = "";
    for practice in &view.practices {
        if before != practice.domain {
            before = &practice.domain;
            let name = view.parts.iter().find(|part| part.id == practice.domain);
            table.group(name.map_or("", |part| part.name.as_str()));
        }
        row(table, practice);
    }
}

fn gaps(view: &View) -> Table {
    let mut table = Table::new(
        "All practices: levels at each scope, target and standing",
        &[
            ("Practice", Width::Wide),
            ("General", Width::Tiny),
            ("Industry", Width::Tiny),
            ("System", Width::Tiny),
            ("Target", Width::Narrow),
            ("Found", Width::Tiny),
            ("Standing", Width::Narrow),
            ("Decides", Width::Narrow),
        ],
    );
    each(view, &mut table, |table, practice| {
        let target = practice.target.as_ref();
        let mut standing = vec![verdict(practice)];
        if practice.judged && practice.current.level().is_some() {
            standing.push(quiet(", rests on a judgement"));
        }
        let mut cells = vec![vec![to_practice(view, &practice.id)]];
        for scope in [Scope::General, Scope::Industry, Scope::System] {
            cells.push(cell(text(level(practice.levels.at(scope)))));
        }
        cells.push(cell(text(
            target.map_or_else(String::new, |t| at(t.level, t.scope)),
        )));
        cells.push(cell(link(&practice.anchor, level(practice.current))));
        cells.push(vec![standing]);
        cells.push(cell(text(people(target.and_then(|t| t.owner.as_ref())))));
        table.row(cells);
    });
    table
}

fn progress(view: &View) -> Table {
    let mut table = Table::new(
        "Satisfied among applicable indicators, at the scope of the target and wider",
        &[
            ("Practice", Width::Wide),
            ("Level 1", Width::Tiny),
            ("Level 2", Width::Tiny),
            ("Level 3", Width::Tiny),
            ("Level 4", Width::Tiny),
        ],
    );
    each(view, &mut table, |table, practice| {
        let mut cells = vec![vec![to_practice(view, &practice.id)]];
        for progress in &practice.progress {
            let words = match progress.applicable {
                0 => "none applies".to_owned(),
                applicable => format!("{} of {applicable}", progress.satisfied),
            };
            cells.push(cell(text(words)));
        }
        table.row(cells);
    });
    table
}

fn parts(view: &View) -> Table {
    let mut table = Table::new(
        "Lowest level and distribution of each domain and subdomain",
        &[
            ("Group", Width::Wide),
            ("Lowest", Width::Tiny),
            ("Who is there", Width::Wide),
            ("at 0", Width::Tiny),
            ("at 1", Width::Tiny),
            ("at 2", Width::Tiny),
            ("at 3", Width::Tiny),
            ("at 4", Width::Tiny),
            ("not judged", Width::Tiny),
            ("undefined", Width::Tiny),
            ("excluded", Width::Tiny),
        ],
    );
    for scope in [Scope::General, Scope::Industry, Scope::System] {
        table.group(&format!("At {scope} scope"));
        for part in view.parts.iter().filter(|part| part.scope == scope) {
            let name = match part.id.len() {
                0 | 1 => strong(&part.name),
                _ => text(format!("{} {}", part.id, part.name)),
            };
            let who = match part.weakest.len() {
                most @ 7.. => vec![quiet(count(most, "practice", "practices"))],
                _ => to_practices(view, &part.weakest),
            };
            let mut cells = vec![cell(name), cell(strong(level(part.minimum))), vec![who]];
            let counts =
                part.distribution
                    .iter()
                    .chain([&part.unjudged, &part.undefined, &part.excluded]);
            cells.extend(counts.map(|count| match count {
                0 => cell(quiet("·")),
                count => cell(text(count)),
            }));
            table.row(cells);
        }
    }
    table
}

fn vouched(view: &View) -> Table {
    let mut columns = vec![("Practice", Width::Wide)];
    columns.extend(crate::view::Vouched::LABELS.map(|label| (label, Width::Tiny)));
    let mut table = Table::new("Indicators by who vouches for them", &columns);
    each(view, &mut table, |table, practice| {
        let mut cells = vec![vec![to_practice(view, &practice.id)]];
        let counts = practice.vouched.counts();
        cells.extend(counts.map(|(_, count)| match count {
            0 => cell(quiet("·")),
            count => cell(link(&practice.anchor, count)),
        }));
        table.row(cells);
    });
    let mut cells = vec![cell(strong("All"))];
    let counts = view.summary.vouched.counts();
    cells.extend(counts.map(|(_, count)| cell(strong(count))));
    table.row(cells);
    table
}

fn agreement(view: &View) -> Vec<Block> {
    let agreed = &view.agreement;
    if agreed.assessors.len() < 2 {
        return Vec::new();
    }
    let fact = |name: &str, words: String| (name.to_owned(), vec![vec![text(words)]]);
    let number = |value: Option<f64>| {
        value.map_or_else(|| "not defined".to_owned(), |value| format!("{value:.2}"))
    };
    let mut facts = vec![
        fact("Assessors", people(&agreed.assessors)),
        fact(
            "Answered by all of them",
            count(agreed.items, "indicator", "indicators"),
        ),
    ];
    if agreed.items < ITEMS_MIN {
        let words = format!("too few for a figure, which needs {ITEMS_MIN} indicators");
        facts.push(fact("Same answer", words));
    } else {
        let share = agreed.agreement.map_or_else(
            || "not defined".to_owned(),
            |share| format!("{:.0} %", 100.0 * share),
        );
        facts.push(fact("Same answer", share));
        if agreed.assessors.len() == 2 {
            facts.push(fact("Cohen’s kappa", number(agreed.cohen)));
        }
        facts.push(fact("Fleiss’ kappa", number(agreed.fleiss)));
    }
    let mut blocks = vec![
        Block::Heading(3, None, vec![text("Agreement between assessors")]),
        Block::Facts(facts),
    ];
    let mut table = Table::new(
        "Where assessors differ",
        &[
            ("Indicator", Width::Narrow),
            ("Answers", Width::Wide),
            ("Counts as", Width::Narrow),
        ],
    );
    for disputed in &agreed.disputed {
        let Some(row) = view.row(&disputed.indicator) else {
            continue;
        };
        let opinions = disputed.opinions.iter();
        let opinions = opinions.map(|one| format!("{}: {}", one.by.name, one.answer));
        let opinions: Vec<String> = opinions.collect();
        table.row(vec![
            cell(link(&row.anchor, &row.id)),
            cell(text(opinions.join("; "))),
            cell(stands(row.stands)),
        ]);
    }
    if !table.is_empty() {
        blocks.push(Block::Table(table));
    }
    blocks
}

pub(super) fn over_time(view: &View) -> Section {
    let mut blocks = vec![Block::Para(vec![text(
        "What each assessment found, as it was seen then, at the scopes of today’s targets. The \
         answers behind another assessment than today’s are in a report made for it. The course of \
         each practice beside its targets and duties is shown with the practice. “?” is not judged at this \
         scope, “–” undefined or excluded.",
    )])];
    if view.history.is_empty() {
        blocks.push(Block::Para(vec![text("Nothing was assessed yet.")]));
    } else {
        let caption = "Practices at each level, by assessment";
        blocks.push(Block::Chart(Chart::Found, caption.to_owned()));
        let mut columns = vec![("Assessment", Width::Narrow)];
        let practices = view.practices.iter();
        columns.extend(practices.map(|practice| (practice.id.as_str(), Width::Tiny)));
        let mut table = Table::new("Level of each practice, by assessment", &columns);
        for (at, seen) in view.history.iter().enumerate() {
            let mut cells = vec![vec![
                vec![text(&seen.assessment)],
                vec![quiet(format!("{}, {}", seen.on, seen.state))],
            ]];
            for practice in &view.practices {
                let found = practice.course.reached.get(at);
                let found = found.map_or(Found::Undefined, |one| one.level);
                cells.push(cell(text(found.sign())));
            }
            table.row(cells);
        }
        blocks.push(Block::Table(table));
    }
    Section {
        anchor: "history".to_owned(),
        title: "Over time".to_owned(),
        blocks,
    }
}
