//! Practice by practice: status, blockers, indicators.

use super::{SCOPES, Shown, ViewSheet, count, level, lines, reached, strong, text, toned, word};
use crate::workbook::style::Tone;
use report::view::{Given, PracticeView, Stands, Verdict, View, Way};

/// Target, current levels, gap and surplus.
pub(super) fn status(view: &View) -> ViewSheet {
    let heads = [
        ("practice", 10.0),
        ("name", 32.0),
        ("target level", 9.0),
        ("target scope", 11.0),
        ("current", 12.0),
        ("standing", 12.0),
        ("gap", 7.0),
        ("surplus", 9.0),
        ("level at general scope", 12.0),
        ("level at industry scope", 12.0),
        ("level at system scope", 12.0),
        ("rests on", 23.0),
        ("attested", 10.0),
        ("judged with its level", 12.0),
        ("computed", 10.0),
        ("not satisfied", 10.0),
        ("missing", 9.0),
        ("not applicable", 11.0),
        ("open, wanted by no target", 12.0),
        ("target set at", 9.0),
        ("because", 48.0),
        ("respondent", 18.0),
        ("owner", 18.0),
        ("responsible", 18.0),
    ];
    let says = "Current is the level at the scope of the target.";
    let mut sheet = ViewSheet::new("Status", says, &heads);
    for practice in &view.practices {
        sheet.row(status_row(practice));
    }
    sheet
}

fn status_row(practice: &PracticeView) -> Vec<Shown> {
    let target = practice.target.as_ref();
    let excluded = practice.verdict == Verdict::Excluded;
    let at = |found| match excluded {
        true => toned("excluded", Tone::Quiet),
        false => reached(found),
    };
    let levels = |number: u8, tone| Shown {
        tone: if number > 0 { tone } else { Tone::Plain },
        ..count(usize::from(number))
    };
    // Where nobody looked nobody knows how much is missing.
    let gap = match practice.current.level() {
        None if practice.verdict == Verdict::NotJudged => text(""),
        _ => levels(practice.gap, Tone::Bad),
    };
    let answered = practice
        .indicators
        .iter()
        .any(|row| !row.answers.is_empty());
    let rests = match (practice.judged, answered) {
        (true, true) => toned("a judgement and answers", Tone::Warn),
        (true, false) => toned("a judgement", Tone::Warn),
        (false, true) => text("answers"),
        (false, false) => toned("nothing", Tone::Quiet),
    };
    let mut row = vec![
        strong(&practice.id),
        text(&practice.name),
        target.map_or(text("none"), |target| level(target.level)),
        target.map_or(text(""), |target| word(target.scope)),
        at(practice.current),
        standing(practice),
        gap,
        levels(practice.surplus, Tone::Warn),
    ];
    row.extend(SCOPES.map(|scope| at(practice.levels.at(scope))));
    row.push(rests);
    let vouched = practice.vouched.counts();
    row.extend(vouched.map(|(_, number)| count(number)));
    let who = |who: Option<&report::view::Who>| text(who.map_or("", |who| who.name.as_str()));
    row.extend([
        target.map_or(text(""), |target| text(&target.set_at)),
        target.map_or(text(""), |target| text(&target.because)),
        who(target.and_then(|target| target.respondent.as_ref())),
        who(target.and_then(|target| target.owner.as_ref())),
        text(&lines(target.into_iter().flat_map(|target| {
            let parties = target.responsible.iter();
            parties.map(ToString::to_string).collect::<Vec<_>>()
        }))),
    ]);
    row
}

fn standing(practice: &PracticeView) -> Shown {
    let verdict = practice.verdict;
    let tone = match verdict {
        Verdict::Met => Tone::Good,
        Verdict::Short => Tone::Bad,
        Verdict::ScopeOnly | Verdict::NotJudged => Tone::Warn,
        Verdict::NothingWanted | Verdict::Excluded | Verdict::NoTarget => Tone::Quiet,
    };
    toned(verdict.label(), tone)
}

pub(super) fn stands(stands: Stands) -> Shown {
    let tone = match stands {
        Stands::Attested | Stands::Computed => Tone::Good,
        Stands::Judged | Stands::Partly => Tone::Warn,
        Stands::No => Tone::Bad,
        Stands::Unknown => Tone::Warn,
        Stands::Missing => Tone::Plain,
        Stands::NotApplicable => Tone::Quiet,
    };
    toned(stands.label(), tone)
}

/// What stands between a practice and its target, or its next level if the target is met.
pub(super) fn blockers(view: &View) -> ViewSheet {
    let heads = [
        ("practice", 10.0),
        ("name", 32.0),
        ("on the way to", 14.0),
        ("level", 7.0),
        ("scope", 11.0),
        ("indicator", 15.0),
        ("what stands in the way", 70.0),
        ("stands at", 16.0),
        ("needs", 30.0),
        ("actions that close it", 26.0),
    ];
    let says = "Together the rows of a practice are the smallest set that must change.";
    let mut sheet = ViewSheet::new("Blockers", says, &heads);
    for practice in &view.practices {
        let ways = [
            ("its target", &practice.to_target),
            ("the next level", &practice.to_next),
        ];
        // The next level says nothing new if it is the target itself.
        let same = practice.to_target == practice.to_next;
        for (to, way) in ways.into_iter().take(if same { 1 } else { 2 }) {
            for way in way.iter() {
                for row in way_rows(practice, to, way) {
                    sheet.row(row);
                }
            }
        }
    }
    sheet
}

fn way_rows(practice: &PracticeView, to: &str, way: &Way) -> Vec<Vec<Shown>> {
    let start = || {
        vec![
            strong(&practice.id),
            text(&practice.name),
            text(to),
            level(way.level),
            word(way.scope),
        ]
    };
    let mut rows = Vec::new();
    for obstacle in &way.obstacles {
        let mut row = start();
        row.extend([
            text(""),
            text(&obstacle.says),
            toned("no answer can change it", Tone::Bad),
            text("a profile for this scope, or another target"),
            text(""),
        ]);
        rows.push(row);
    }
    for blocker in &way.blockers {
        let needs = match blocker.lacks_person {
            true => "a person who vouches for it",
            false => "to be satisfied",
        };
        let mut row = start();
        row.extend([
            text(&blocker.indicator),
            text(&blocker.text),
            stands(blocker.stands),
            text(needs),
            text(&lines(&blocker.actions)),
        ]);
        rows.push(row);
    }
    rows
}

/// Where each indicator stands and why.
pub(super) fn indicators(view: &View) -> ViewSheet {
    let heads = [
        ("practice", 10.0),
        ("name", 28.0),
        ("level", 7.0),
        ("scope", 11.0),
        ("indicator", 15.0),
        ("statement", 60.0),
        ("question", 44.0),
        ("kind", 11.0),
        ("can be answered by", 16.0),
        ("stands at", 16.0),
        ("answers", 44.0),
        ("notes and reasons", 44.0),
        ("evidence shown", 30.0),
        ("typical evidence", 40.0),
        ("actions that close it", 24.0),
        ("comes from", 24.0),
    ];
    let says = "Every level can be traced to these rows.";
    let mut sheet = ViewSheet::new("Indicators", says, &heads);
    for practice in &view.practices {
        for row in &practice.indicators {
            let answers = lines(row.answers.iter().map(given));
            let reasons = lines(row.answers.iter().flat_map(reasons));
            let shown = row.answers.iter().flat_map(|given| &given.evidence);
            let shown = lines(shown.map(|(id, title)| format!("{id}: {title}")));
            sheet.row([
                strong(&practice.id),
                text(&practice.name),
                level(row.level),
                word(row.scope),
                strong(&row.id),
                text(&row.text),
                text(&row.ask),
                word(row.kind),
                word(row.source),
                stands(row.stands),
                text(&answers),
                text(&reasons),
                text(&shown),
                text(&lines(&row.evidence)),
                text(&lines(&row.actions)),
                text(&format!("{} {}", row.origin.name, row.origin.version)),
            ]);
        }
    }
    sheet
}

/// An answer in one line.
fn given(given: &Given) -> String {
    let mut parts = vec![given.answer.to_string()];
    match (&given.by, &given.check) {
        (_, Some(check)) => parts.push(format!("computed by {check}")),
        (Some(who), None) => parts.push(who.name.clone()),
        (None, None) => {}
    }
    parts.extend(given.method.map(|method| method.to_string()));
    parts.extend(given.on.map(|on| on.to_string()));
    parts.join(", ")
}

/// What was said with an answer, and why it no longer counts.
fn reasons(given: &Given) -> Vec<String> {
    let mut all: Vec<String> = given.note.iter().cloned().collect();
    if let Some(because) = &given.because {
        let by = given.approved_by.as_ref().map(|who| who.name.as_str());
        let by = by.map(|by| format!(" (approved by {by})"));
        all.push(format!(
            "does not apply: {because}{}",
            by.unwrap_or_default()
        ));
    }
    if let Some(dropped) = &given.dropped {
        all.push(format!("no longer counts: {dropped}"));
    }
    all
}
