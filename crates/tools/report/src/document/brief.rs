//! One page for the board: where we want to be, where we are, what is missing, which duties are not
//! met, what it costs and what the plan reaches.

use super::parts::{Cell, Figures, Table, Tone, Width, cell};
use super::{
    Block, Chart, Line, Section, at, count, level, money, quiet, quoted, state, strong, text,
    to_practice, to_practices, verdict,
};
use crate::view::{Closes, Demanded, Due, Duty, Later, Obliged, PracticeView, Task, View, Wait};
use maturity::{State, Status};

/// How many gaps the page names; the table of all practices has the rest.
const GAPS_MAX: usize = 5;

pub(super) fn section(view: &View) -> Section {
    let mut blocks = vec![Block::Lead(lead(view))];
    blocks.extend(warnings(view));
    blocks.push(Block::Figures(figures(view)));
    let caption = "Level found and target of each practice, at the scope of the target";
    blocks.push(Block::Chart(Chart::Bars, caption.to_owned()));
    blocks.extend(gaps(view));
    blocks.push(Block::Columns(
        vec![heading("Duties from outside"), Block::List(duties(view))],
        vec![heading("Plan and cost"), Block::List(plan(view))],
    ));
    blocks.push(Block::Para(weight(view)));
    Section {
        anchor: "brief".to_owned(),
        title: "Brief for the board".to_owned(),
        blocks,
    }
}

fn heading(words: &str) -> Block {
    Block::Heading(3, None, vec![text(words)])
}

fn lead(view: &View) -> Line {
    let summary = &view.summary;
    let wanted = wanted(view);
    let Some(target) = view.target.as_ref().filter(|_| wanted > 0) else {
        let none = view.practices.iter().all(|one| one.target.is_none());
        return vec![text(match none {
            true => "No targets are set yet: nothing can be missed and nothing met.",
            false => {
                "No target asks for anything: each is level 0 where nobody looked, or its practice does not \
                 apply."
            }
        })];
    };
    if view.assessment.is_none() {
        let words = format!(
            "{wanted} practices have a target for {}; nothing was assessed yet.",
            target.by
        );
        return vec![text(words)];
    }
    let missing = wanted - summary.met;
    let meets = match summary.met {
        1 => "meets its target",
        _ => "meet their target",
    };
    let mut line = vec![
        strong(format!("{} of {wanted} practices", summary.met)),
        text(format!(" {meets} for {}. ", target.by)),
    ];
    if missing == 0 {
        line.push(text("Nothing is short."));
        return line;
    }
    let mut missing = count(missing, "does not", "do not");
    if summary.unjudged > 0 {
        missing.push_str(&format!(", {} of them not judged", summary.unjudged));
    }
    if !summary.answers_newer.is_empty() {
        line.push(text(format!(
            "{missing}; what the plan reaches is not projected here."
        )));
        return line;
    }
    line.push(text(format!("{missing}; the planned actions would close ")));
    let planned = match summary.planned.len() {
        0 => "none of them".to_owned(),
        some => format!("{some} of them"),
    };
    line.push(strong(planned));
    line.push(text(" in time"));
    if !summary.later.is_empty() {
        line.push(text(format!(" and {} later", summary.later.len())));
    }
    line.push(text("."));
    line
}

/// How many practices that apply have a target.
fn wanted(view: &View) -> usize {
    let summary = &view.summary;
    summary.met + summary.short + summary.scope_only + summary.unjudged
}

fn warnings(view: &View) -> Vec<Block> {
    let mut all = Vec::new();
    if let Some(assessment) = &view.assessment
        && assessment.state != State::Frozen
    {
        let words = "The assessment is not approved yet: everything on this page may still change.";
        all.push(Block::Warning(vec![text(words)]));
    }
    if let Some(shown) = &view.assessment {
        let newer = view.history.iter().filter(|seen| seen.on > shown.to);
        all.extend(newer.map(|seen| {
            Block::Warning(vec![
                text("A newer assessment, "),
                quoted(&seen.assessment),
                text(format!(
                    " of {}, is {} and not shown here.",
                    seen.on,
                    state(seen.state)
                )),
            ])
        }));
    }
    all.extend(answers_newer(view).map(Block::Warning));
    if let Some(dropped) = view.assessment.as_ref().map(|one| one.dropped)
        && dropped > 0
    {
        let words = format!(
            "{} no longer: evidence has expired or the architecture has changed.",
            count(dropped, "answer counts", "answers count")
        );
        all.push(Block::Warning(vec![text(words)]));
    }
    all
}

fn figures(view: &View) -> Vec<Figures> {
    let summary = &view.summary;
    let figure = |number: String, counts: &str, tone: Tone| Figures {
        number,
        counts: counts.to_owned(),
        tone,
    };
    // Nothing is good but by what was found.
    let met = match summary.met {
        0 => Tone::None,
        _ => Tone::Good,
    };
    let bad = |number: usize, otherwise: Tone| match number {
        0 => otherwise,
        _ => Tone::Bad,
    };
    let none_short = match summary.unjudged {
        0 => met,
        _ => Tone::None,
    };
    let open = view.actions.iter().filter(|task| !task.closed()).count();
    let late = view.actions.iter().filter(|task| task.late).count();
    let met_label = match summary.met {
        1 => "target met",
        _ => "targets met",
    };
    let mut all = vec![
        figure(summary.met.to_string(), met_label, met),
        figure(
            summary.short.to_string(),
            "short of their target",
            bad(summary.short, none_short),
        ),
    ];
    if summary.scope_only > 0 {
        let words = "reached only at a wider scope";
        all.push(figure(summary.scope_only.to_string(), words, Tone::Doubt));
    }
    if summary.unjudged > 0 {
        let words = "not judged at the scope of their target";
        all.push(figure(summary.unjudged.to_string(), words, Tone::Doubt));
    }
    if summary.nothing_wanted > 0 {
        let words = "with level 0 as target, where nobody looked";
        all.push(figure(
            summary.nothing_wanted.to_string(),
            words,
            Tone::None,
        ));
    }
    all.push(demands(view));
    let actions = if open == 1 { "action" } else { "actions" };
    let words = match late {
        0 => format!("{actions} open"),
        late => format!("{actions} open, {late} late"),
    };
    let tone = if late > 0 { Tone::Doubt } else { Tone::None };
    all.push(figure(open.to_string(), &words, tone));
    all
}

/// How many demands are open that apply; bad only by what was found.
fn demands(view: &View) -> Figures {
    let number = view.summary.duties.len();
    let mut binding = view.obligations.iter().filter(|one| one.binds);
    let due = binding.clone().flat_map(|one| &one.minimums);
    let any = |stands: Demanded| due.clone().any(|due| due.stands == stands);
    let tone = match number {
        0 if any(Demanded::Reached) && binding.any(Obliged::is_read_wider) => Tone::Doubt,
        0 if any(Demanded::Reached) => Tone::Good,
        0 => Tone::None,
        _ if any(Demanded::Below) => Tone::Bad,
        _ => Tone::Doubt,
    };
    let counts = match number {
        1 => "demand that applies and is not shown to be reached",
        _ => "demands that apply and are not shown to be reached",
    };
    Figures {
        number: number.to_string(),
        counts: counts.to_owned(),
        tone,
    }
}

/// The most pressing gaps as a table.
fn gaps(view: &View) -> Option<Block> {
    let all = &view.summary.gaps;
    let caption = match all.len() {
        some @ 0..=GAPS_MAX => format!("What is missing ({some}), the most pressing first"),
        more => format!("What is missing: the most pressing {GAPS_MAX} of {more}"),
    };
    let mut table = Table::new(
        &caption,
        &[
            ("Practice", Width::Wide),
            ("Found", Width::Tiny),
            ("Target", Width::Narrow),
            ("Standing", Width::Narrow),
            ("In the way", Width::Narrow),
            ("Why here", Width::Wide),
            ("Decides", Width::Narrow),
        ],
    );
    let ranked = view.summary.ranks.iter().take(GAPS_MAX);
    for (rank, one) in ranked.filter_map(|rank| Some((rank, view.practice(&rank.practice)?))) {
        table.row(vec![
            vec![to_practice(view, &one.id)],
            cell(text(level(one.current))),
            cell(text(
                one.target
                    .as_ref()
                    .map_or_else(String::new, |t| at(t.level, t.scope)),
            )),
            cell(verdict(one)),
            cell(text(in_the_way(one))),
            cell(quiet(rank.says())),
            owner(one),
        ]);
    }
    (!table.is_empty()).then_some(Block::Table(table))
}

fn in_the_way(practice: &PracticeView) -> String {
    let Some(way) = &practice.to_target else {
        return String::new();
    };
    let indicators = count(way.blockers.len(), "indicator", "indicators");
    match way.obstacles.len() {
        0 => indicators,
        _ => format!("{indicators}, and no answer suffices"),
    }
}

fn owner(practice: &PracticeView) -> Cell {
    let owner = practice
        .target
        .as_ref()
        .and_then(|target| target.owner.as_ref());
    cell(owner.map_or_else(|| quiet("nobody yet"), |who| text(&who.name)))
}

fn duties(view: &View) -> Vec<Line> {
    let mut lines = Vec::new();
    for obliged in &view.obligations {
        let since = obliged.says_since();
        let mut line = vec![text(&obliged.source), quiet(format!(", {since}: "))];
        let open = obliged.says_open();
        let open = open.map_or_else(String::new, |all| format!(" in {all}"));
        let words = format!("{}{open}", obliged.stands.label());
        line.push(match obliged.stands {
            Duty::Below => strong(words),
            _ => text(words),
        });
        line.extend(obliged.says_excluded().map(text));
        line.push(text("."));
        let low: Vec<String> = obliged.minimums.iter().filter_map(below_reading).collect();
        if !low.is_empty() {
            line.push(strong(" A minimum may be set too low: "));
            line.push(text(format!("{}.", low.join("; "))));
        }
        if let Some(unset) = obliged.says_unset() {
            line.push(strong(" Perhaps missing: "));
            line.push(text(format!("{unset}.")));
        }
        lines.push(line);
    }
    if lines.is_empty() {
        lines.push(vec![text("None are recorded.")]);
    }
    lines
}

/// That a crosswalk asks for more on the same law than the minimum that was set.
pub(super) fn below_reading(due: &Due) -> Option<String> {
    let reading = due.reading.as_ref()?;
    Some(format!(
        "{} is set to {}, and {} is read as level {} ({})",
        due.practice,
        at(due.level, due.scope),
        reading.requirement,
        reading.level,
        reading.why
    ))
}

fn weight(view: &View) -> Line {
    let counts = view.summary.vouched.counts().into_iter();
    let counts = counts.filter(|(_, count)| *count > 0);
    let counts: Vec<String> = counts
        .map(|(what, count)| format!("{count} {what}"))
        .collect();
    let mut words = format!(
        "{}: {}.",
        count(view.about.indicators, "indicator", "indicators"),
        counts.join(", ")
    );
    if view.summary.judged > 0 {
        words.push_str(&format!(
            " {} on a judgement from the table, without answers for each indicator.",
            count(view.summary.judged, "practice rests", "practices rest")
        ));
    }
    vec![strong("Weight of the findings. "), text(words)]
}

/// That nothing is projected, and why.
pub(super) fn answers_newer(view: &View) -> Option<Line> {
    let newer = &view.summary.answers_newer;
    let last = newer.last()?;
    let mut line = vec![text("The actions answer what ")];
    for (at, id) in newer.iter().enumerate() {
        line.extend((at > 0).then(|| text(", ")));
        line.push(quoted(id));
    }
    line.push(text(
        " found, after the assessment shown here. What they reach is not projected on older findings; \
         look at it with the assessment ",
    ));
    line.push(quoted(last));
    line.push(text("."));
    Some(line)
}

/// When a target is reached after its day, and what it waits for.
pub(super) fn reached_later(view: &View, later: &Later) -> Line {
    let mut line = vec![text(format!("Reached only on {}: ", later.on))];
    line.extend(to_practices(view, [&later.practice]));
    let waits: Vec<String> = later.waits.iter().map(wait).collect();
    if !waits.is_empty() {
        line.push(quiet(format!(", because {}", waits.join(", "))));
    }
    line
}

fn wait(wait: &Wait) -> String {
    format!("{} covers {}", wait.indicator, wait.covers)
}

/// Actions that were done and did not close what they name.
fn found_otherwise(view: &View) -> impl Iterator<Item = (&Task, &Closes)> {
    let each = |task| move |closes| (task, closes);
    let all = view.actions.iter();
    let all = all.flat_map(move |task| task.closes.iter().map(each(task)));
    all.filter(|(_, closes)| closes.found_otherwise)
}

fn plan(view: &View) -> Vec<Line> {
    let mut lines = Vec::new();
    let summary = &view.summary;
    let open = view.actions.iter().filter(|task| !task.closed()).count();
    if open == 0 {
        lines.push(vec![text("No actions are open.")]);
    }
    for cost in &summary.cost {
        lines.push(vec![
            text("Open actions cost "),
            strong(money(cost)),
            text("."),
        ]);
    }
    if summary.actions_without_cost > 0 {
        let words = count(
            summary.actions_without_cost,
            "open action has",
            "open actions have",
        );
        let rest = match summary.cost.is_empty() {
            true => "",
            false => "; the sum is not the whole",
        };
        lines.push(vec![text(format!("{words} no cost yet{rest}."))]);
    }
    if !summary.planned.is_empty() {
        let mut line = vec![text("Reached in time if all is done: ")];
        line.extend(to_practices(view, &summary.planned));
        lines.push(line);
    }
    for later in &summary.later {
        lines.push(reached_later(view, later));
    }
    let planned = |id: &&String| {
        summary.planned.contains(id) || summary.later.iter().any(|later| later.practice == **id)
    };
    let left = summary.gaps.iter().filter(|id| !planned(id));
    let left = to_practices(view, left);
    if !left.is_empty() && summary.answers_newer.is_empty() {
        let mut line = vec![strong("No plan reaches: ")];
        line.extend(left);
        lines.push(line);
    }
    for (task, closes) in found_otherwise(view) {
        let words = format!(
            "Done on {}, and the assessment found {} otherwise: {}.",
            task.due, closes.indicator, task.title
        );
        lines.push(vec![text(words)]);
    }
    let late = view.actions.iter().filter(|task| task.late);
    for task in late.filter(|task| task.status != Status::Done) {
        let words = format!("Late since {}: {}.", task.due, task.title);
        lines.push(vec![text(words)]);
    }
    if !summary.surplus.is_empty() {
        let beyond: Vec<String> = (summary.surplus.iter())
            .map(|(id, levels)| format!("{id} by {levels}"))
            .collect();
        let words = format!(
            "Beyond the target, effort that could go elsewhere: {}.",
            beyond.join(", ")
        );
        lines.push(vec![text(words)]);
    }
    lines
}
