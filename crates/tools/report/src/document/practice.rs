//! Every practice in detail: from its level to the indicators, from these to the answers.

use super::parts::{Cell, Line, Table, Width, cell};
use super::{
    Block, Chart, Section, at, code, count, duties, link, quiet, quoted, stands, strong, text,
    to_actions, verdict,
};
use crate::view::{Given, PracticeView, Row, Target, View, Way};
use maturity::{Found, Level, Scope};

pub(super) fn section(view: &View) -> Section {
    let mut blocks = vec![Block::Para(vec![text(
        "A level is reached at a scope if every applicable indicator of it and of all levels below \
         is satisfied, at that scope and the wider ones. Below, each practice shows its indicators \
         and each indicator the answers it rests on.",
    )])];
    for practice in &view.practices {
        blocks.extend(detail(view, practice));
    }
    Section {
        anchor: "practices".to_owned(),
        title: "Practices in detail".to_owned(),
        blocks,
    }
}

fn detail(view: &View, practice: &PracticeView) -> Vec<Block> {
    let title = vec![
        text(format!("{} {}", practice.id, practice.name)),
        text("  "),
        verdict(practice),
    ];
    let mut blocks = vec![
        Block::Heading(3, Some(practice.anchor.clone()), title),
        Block::Para(vec![quiet(&practice.aim)]),
        Block::Facts(facts(view, practice)),
    ];
    blocks.extend(ways(view, practice));
    if !practice.course.reached.is_empty() {
        let chart = Chart::Journey(practice.id.clone());
        let caption = format!("{} over time", practice.id);
        blocks.push(Block::Chart(chart, caption));
        blocks.push(Block::Numbers(course(practice)));
    }
    blocks.push(Block::Table(indicators(view, practice)));
    blocks
}

fn facts(view: &View, practice: &PracticeView) -> Vec<(String, Vec<Line>)> {
    let mut facts: Vec<(String, Vec<Line>)> = Vec::new();
    let mut fact = |name: &str, lines: Vec<Line>| {
        if !lines.is_empty() {
            facts.push((name.to_owned(), lines));
        }
    };
    let scopes = [Scope::General, Scope::Industry, Scope::System];
    let levels = scopes.map(|scope| format!("{scope} {}", practice.levels.at(scope)));
    fact("Levels", vec![vec![strong(levels.join(" · "))]]);
    let judged = practice.judgements.iter().map(|one| {
        let head = format!(
            "{} by {} on {}: ",
            at(one.level, one.scope),
            one.by.name,
            one.on
        );
        vec![text(head), quoted(&one.because)]
    });
    fact("Judged", judged.collect());
    if let Some(target) = &practice.target {
        fact("Target", vec![wanted(practice, target)]);
        let concerns = target.concerns.iter();
        let concern = |(id, says): &(String, String)| match says.as_str() {
            "" => vec![text(id)],
            says => vec![text(id), quiet(": "), text(says)],
        };
        fact("Concerns", concerns.map(concern).collect());
        fact("People", roles(target));
    }
    if let Some(proposed) = &practice.proposed {
        let reasons = proposed.reasons.iter().map(|reason| {
            let at = at(reason.level, reason.scope);
            let ask = if reason.asks_site {
                ", if it is so here: "
            } else {
                ": "
            };
            vec![
                text(format!("{at} by {} ({}){ask}", reason.from, reason.arose)),
                quoted(&reason.because),
            ]
        });
        let demanded = proposed.demanded.iter();
        let demanded = demanded.map(|words| vec![strong("Above it: "), text(words)]);
        let name = match proposed.differs {
            true => format!("Proposed {}, otherwise decided", proposed.says()),
            false => format!("Proposed {}", proposed.says()),
        };
        fact(&name, reasons.chain(demanded).collect());
    }
    let decision = practice.target.as_ref().and_then(|t| t.decision.as_ref());
    if let Some(decision) = decision {
        let head = format!("by {} on {}: ", decision.by.name, decision.on);
        fact(
            "Decided otherwise",
            vec![vec![text(head), quoted(&decision.because)]],
        );
    }
    let demanded = practice.duties.iter().map(|duty| {
        let since = if duty.binds { "since" } else { "from" };
        vec![
            text(format!(
                "{} {since} {}, ",
                at(duty.due.level, duty.due.scope),
                duty.in_force
            )),
            text(&duty.source),
            text(" "),
            duties::standing(&duty.due),
        ]
    });
    fact("Demanded", demanded.collect());
    let vouched = practice
        .vouched
        .counts()
        .into_iter()
        .filter(|(_, count)| *count > 0);
    let vouched: Vec<String> = vouched
        .map(|(what, count)| format!("{count} {what}"))
        .collect();
    fact("Who vouches", vec![vec![text(vouched.join(", "))]]);
    if !practice.actions.is_empty() {
        fact("Actions", vec![to_actions(view, &practice.actions)]);
    }
    facts
}

fn wanted(practice: &PracticeView, target: &Target) -> Line {
    let mut line = vec![strong(at(target.level, target.scope))];
    if target.set_at != practice.id {
        line.push(quiet(format!(" (draft for {})", target.set_at)));
    }
    if !target.because.is_empty() {
        line.push(text(" because "));
        line.push(quoted(&target.because));
    }
    line
}

fn roles(target: &Target) -> Vec<Line> {
    let mut parts = Vec::new();
    if let Some(owner) = &target.owner {
        parts.push(format!("{} decides", owner.name));
    }
    if let Some(respondent) = &target.respondent {
        parts.push(format!("{} can answer", respondent.name));
    }
    if !target.responsible.is_empty() {
        let parties = target.responsible.iter().map(ToString::to_string);
        let parties: Vec<String> = parties.collect();
        parts.push(format!("responsible: {}", parties.join(", ")));
    }
    match parts.as_slice() {
        [] => Vec::new(),
        parts => vec![vec![text(parts.join("; "))]],
    }
}

/// What stands between the practice and its target, and the next level if that is another one.
fn ways(view: &View, practice: &PracticeView) -> Vec<Block> {
    let mut blocks = Vec::new();
    let target = practice.to_target.as_ref();
    if let Some(way) = target {
        blocks.extend(way_to(view, "To reach the target", way));
    }
    let level_and_scope = |way: &Way| (way.level, way.scope);
    let next = practice.to_next.as_ref();
    let next = next.filter(|next| target.map(level_and_scope) != Some(level_and_scope(next)));
    if let Some(way) = next {
        blocks.extend(way_to(view, "To reach the next level", way));
    }
    blocks
}

fn way_to(view: &View, words: &str, way: &Way) -> Vec<Block> {
    let mut lines: Vec<Line> = Vec::new();
    for obstacle in &way.obstacles {
        lines.push(vec![strong("No answer suffices: "), text(&obstacle.says)]);
    }
    for blocker in &way.blockers {
        let mut line = vec![
            link(&blocker.anchor, &blocker.indicator),
            text(" "),
            text(&blocker.text),
            text(" "),
            stands(blocker.stands),
        ];
        if blocker.lacks_person {
            line.push(quiet(" a person must vouch for it"));
        }
        if !blocker.actions.is_empty() {
            line.push(quiet(" planned: "));
            line.extend(to_actions(view, &blocker.actions));
        }
        lines.push(line);
    }
    let head = vec![
        strong(format!("{words}, {}: ", at(way.level, way.scope))),
        text(count(
            way.blockers.len(),
            "indicator must change",
            "indicators must change",
        )),
    ];
    vec![Block::Para(head), Block::List(lines)]
}

fn course(practice: &PracticeView) -> Table {
    let mut table = Table::new(
        "Found, wanted and demanded over time",
        &[
            ("Day", Width::Narrow),
            ("What", Width::Wide),
            ("Level", Width::Narrow),
        ],
    );
    let course = &practice.course;
    let mut rows = Vec::new();
    for one in &course.reached {
        let words = match one.level {
            Found::Level(level) => at(level, course.scope),
            found => format!("{found} at {} scope", course.scope),
        };
        rows.push((one.on, "found by ", &one.assessment, words));
    }
    for one in &course.minimums {
        rows.push((
            one.from,
            "demanded by ",
            &one.obligation,
            at(one.level, one.scope),
        ));
    }
    for one in &course.wanted {
        rows.push((one.by, "wanted by ", &one.set, at(one.level, one.scope)));
    }
    rows.sort_by_key(|(day, ..)| *day);
    for (day, what, name, words) in rows {
        let what = vec![vec![text(what), text(name)]];
        table.row(vec![cell(text(day)), what, cell(text(words))]);
    }
    table
}

fn indicators(view: &View, practice: &PracticeView) -> Table {
    let mut table = Table::new(
        &format!("Indicators of {} and the answers behind them", practice.id),
        &[
            ("Indicator", Width::Narrow),
            ("What it says", Width::Wide),
            ("Stands", Width::Narrow),
            ("Answers", Width::Wide),
        ],
    );
    for level in Level::WITH_INDICATORS {
        let name = view.levels.iter().find(|one| one.level == level);
        let name = name.map_or("", |one| one.name.as_str());
        table.group(&format!("Level {level} {name}"));
        let rows = practice.indicators.iter().filter(|row| row.level == level);
        for row in rows {
            table.row_at(
                &row.anchor,
                vec![
                    head(row),
                    statement(row),
                    cell(stands(row.stands)),
                    row.answers
                        .iter()
                        .flat_map(|given| answer(view, given))
                        .collect(),
                ],
            );
        }
    }
    table
}

fn head(row: &Row) -> Cell {
    let mut cell = vec![
        vec![code(&row.id)],
        vec![quiet(format!("{}, {}", row.scope, row.kind))],
    ];
    if row.from_layer {
        cell.push(vec![quiet(format!(
            "from {} {}",
            row.origin.name, row.origin.version
        ))]);
    }
    cell
}

fn statement(row: &Row) -> Cell {
    let mut cell = vec![vec![text(&row.text)]];
    // The question helps where the answer is not yes; the catalog has it for the rest.
    if !row.answers.is_empty() && !row.stands.is_yes() {
        cell.push(vec![quiet(&row.ask)]);
    }
    cell
}

fn answer(view: &View, given: &Given) -> Cell {
    let mut line = vec![strong(given.answer)];
    match (&given.by, &given.check) {
        (_, Some(check)) => {
            line.push(text(" computed by "));
            line.push(code(check));
            if let Some(model) = given.model {
                line.push(quiet(format!(" from model {}", model.short())));
            }
        }
        (Some(by), None) => line.push(text(format!(" by {}", by.name))),
        (None, None) => line.push(text(" by nobody named")),
    }
    let mut how = Vec::new();
    how.extend(given.method.map(|method| method.to_string()));
    how.extend(given.on.map(|on| on.to_string()));
    how.push(format!("answer {}", given.number));
    line.push(quiet(format!(", {}", how.join(", "))));
    let mut cell = vec![line];
    if let Some(note) = &given.note {
        cell.push(vec![quoted(note)]);
    }
    if let Some(because) = &given.because {
        let approved = given.approved_by.as_ref();
        let approved = approved.map(|who| format!(", approved by {}", who.name));
        let approved = approved.unwrap_or_else(|| ", approved by nobody".to_owned());
        cell.push(vec![text("because "), quoted(because), text(approved)]);
    }
    for (id, title) in &given.evidence {
        let shown = view.evidence.iter().find(|one| one.id == *id);
        cell.push(vec![
            quiet("evidence "),
            shown.map_or_else(|| text(id), |one| link(&one.anchor, id)),
            quiet(format!(": {title}")),
        ]);
    }
    if let Some(dropped) = &given.dropped {
        cell.push(vec![strong("no longer counts: "), text(dropped)]);
    }
    cell
}
