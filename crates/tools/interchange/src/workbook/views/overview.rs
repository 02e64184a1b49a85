//! The whole at a glance: the board's figures and the roll-up.

use super::{Shown, ViewSheet, count, lines, reached, strong, text, toned, word};
use crate::workbook::style::Tone;
use maturity::AssessmentType;
use report::view::{Demanded, Layer, Money, Verdict, View, Who};

/// Where the system stands, on one page.
pub(super) fn overview(view: &View) -> ViewSheet {
    let heads = [("what", 34.0), ("figure", 44.0), ("which", 70.0)];
    let says = "A level and a scope are a pair; nothing is averaged, and more than the target is surplus, not merit.";
    let mut sheet = ViewSheet::new("Overview", says, &heads);
    system(&mut sheet, view);
    standing(&mut sheet, view);
    demands(&mut sheet, view);
    plan(&mut sheet, view);
    let vouched = view.summary.vouched.counts();
    for (label, number) in vouched {
        let what = format!("Indicators: {label}");
        sheet.row([strong(&what), count(number), text("")]);
    }
    remarks(&mut sheet, view);
    sheet
}

fn system(sheet: &mut ViewSheet, view: &View) {
    let about = &view.about;
    let layers = lines(about.layers.iter().map(versioned));
    let mut row = |what: &str, figure: &str, which: &str| {
        sheet.row([strong(what), text(figure), text(which)]);
    };
    row("System", &about.title, &about.boundary);
    let seen = format!(
        "{}, appetite for risk {}",
        about.perspective, about.appetite
    );
    row("Seen from", &seen, "");
    row("Catalog", &versioned(&about.catalog), &about.catalog_name);
    row("Profiles", &layers, "");
    if let Some(assessment) = &view.assessment {
        let (from, to) = (assessment.from, assessment.to);
        let figure = format!("{}: {} to {}", assessment.id, from, to);
        let kind = match assessment.kind {
            AssessmentType::OwnParty => "self-assessment".to_owned(),
            kind => format!("{kind} assessment"),
        };
        let mut says = vec![
            format!("{kind}, {}", assessment.state),
            format!("assessed by {}", names(&assessment.assessors)),
        ];
        let signed = [
            ("reviewed", &assessment.reviewed),
            ("approved", &assessment.approved),
        ];
        for (what, signed) in signed {
            if let Some((who, on)) = signed {
                says.push(format!("{what} by {} on {on}", who.name));
            }
        }
        row("Assessment", &figure, &lines(says));
    }
    if let Some(target) = &view.target {
        let title = target.title.as_deref().unwrap_or_default();
        row("Target", &format!("{} by {}", target.id, target.by), title);
    }
    row("As of", &about.today.to_string(), "");
}

/// A number of things, and which.
fn counted(sheet: &mut ViewSheet, what: &str, number: usize, tone: Tone, which: &str) {
    let (tone, which) = match number {
        0 => (Tone::Plain, ""),
        _ => (tone, which),
    };
    let figure = Shown {
        tone,
        ..count(number)
    };
    sheet.row([strong(what), figure, text(which)]);
}

/// How many practices stand how to their target, and which of them are open.
fn standing(sheet: &mut ViewSheet, view: &View) {
    let summary = &view.summary;
    for verdict in Verdict::ALL {
        let (what, number, tone) = match verdict {
            Verdict::Met => ("meet their target", summary.met, Tone::Good),
            Verdict::NothingWanted => (
                "have level 0 as their target, and nobody looked",
                summary.nothing_wanted,
                Tone::Quiet,
            ),
            Verdict::Short => ("are short of their target", summary.short, Tone::Bad),
            Verdict::ScopeOnly => (
                "reach the number only at a wider scope",
                summary.scope_only,
                Tone::Warn,
            ),
            Verdict::NotJudged => (
                "are not judged at the scope of their target",
                summary.unjudged,
                Tone::Warn,
            ),
            Verdict::Excluded => ("do not apply", summary.excluded, Tone::Quiet),
            Verdict::NoTarget => ("have no target", summary.without_target, Tone::Warn),
        };
        // In the order of the gaps: the most pressing first.
        let of = |id: &&String| view.practice(id).is_some_and(|one| one.verdict == *verdict);
        let which = lines(summary.gaps.iter().filter(of).map(|id| named(view, id)));
        counted(
            sheet,
            &format!("Practices that {what}"),
            number,
            tone,
            &which,
        );
    }
    let judged = "at least in part judged as a whole, not answered indicator by indicator";
    let what = "Levels that rest on a judgement";
    counted(sheet, what, summary.judged, Tone::Warn, judged);
    let surplus = summary.surplus.iter();
    let surplus = lines(surplus.map(|(id, more)| format!("{}: {more} more", named(view, id))));
    let (what, number) = ("Practices beyond their target", summary.surplus.len());
    counted(sheet, what, number, Tone::Plain, &surplus);
}

/// What is demanded and open.
fn demands(sheet: &mut ViewSheet, view: &View) {
    let duties = &view.summary.duties;
    let mut due = view.obligations.iter().flat_map(|one| &one.minimums);
    let tone = match due.any(|due| due.stands == Demanded::Below) {
        true => Tone::Bad,
        false => Tone::Warn,
    };
    let which = (duties.iter()).map(|(duty, id)| format!("{duty}: {}", named(view, id)));
    let what = "Demands that apply and are not shown to be reached";
    counted(sheet, what, duties.len(), tone, &lines(which));
}

/// What the actions would reach, and what they cost.
fn plan(sheet: &mut ViewSheet, view: &View) {
    let summary = &view.summary;
    if summary.answers_newer.is_empty() {
        let planned = lines(summary.planned.iter().map(|id| named(view, id)));
        let what = "Targets the actions would reach in time";
        counted(sheet, what, summary.planned.len(), Tone::Plain, &planned);
        let later = summary.later.iter();
        let later = later.map(|later| format!("{}: {}", named(view, &later.practice), later.on));
        let what = "Targets the actions would reach only later";
        let number = summary.later.len();
        counted(sheet, what, number, Tone::Warn, &lines(later));
    } else {
        let newer = lines(&summary.answers_newer);
        let which = format!("{newer}: nothing is projected on older findings");
        let what = "Newer assessments that the actions answer";
        let number = summary.answers_newer.len();
        counted(sheet, what, number, Tone::Warn, &which);
    }
    let cost = lines(summary.cost.iter().map(Money::says));
    let cost = match cost.is_empty() {
        true => "none stated".to_owned(),
        false => cost,
    };
    let without = match summary.actions_without_cost {
        0 => String::new(),
        1 => "1 open action has no cost stated".to_owned(),
        number => format!("{number} open actions have no cost stated"),
    };
    sheet.row([strong("Cost of open actions"), text(&cost), text(&without)]);
}

fn remarks(sheet: &mut ViewSheet, view: &View) {
    let about = &view.about;
    for missing in &about.missing_layers {
        let figure = toned(&versioned(missing), Tone::Bad);
        sheet.row([
            strong("Profile that was not given"),
            figure,
            text("what it adds is missing everywhere here"),
        ]);
    }
    if let Some(written) = &about.written_for {
        let says = "the project was written for another catalog; look through the answers again";
        let figure = toned(&versioned(written), Tone::Bad);
        sheet.row([strong("Written for"), figure, text(says)]);
    }
    for conflict in &about.conflicts {
        let figure = toned("layers disagree", Tone::Warn);
        sheet.row([strong("Conflict"), figure, text(conflict)]);
    }
    if !view.unplaced.is_empty() {
        let figure = Shown {
            tone: Tone::Bad,
            ..count(view.unplaced.len())
        };
        sheet.row([
            strong("Answers that count nowhere"),
            figure,
            text(&lines(&view.unplaced)),
        ]);
    }
    for note in &about.notes {
        sheet.row([strong("Note"), text(""), text(note)]);
    }
}

/// Minimum and distribution.
pub(super) fn rollup(view: &View) -> ViewSheet {
    let heads = [
        ("part", 9.0),
        ("name", 34.0),
        ("scope", 11.0),
        ("minimum", 11.0),
        ("weakest practices", 44.0),
        ("at level 0", 8.0),
        ("at level 1", 8.0),
        ("at level 2", 8.0),
        ("at level 3", 8.0),
        ("at level 4", 8.0),
        ("not judged", 11.0),
        ("undefined", 11.0),
        ("excluded", 10.0),
        ("rest on a judgement", 12.0),
    ];
    let says = "Minimum, and how many practices are at each level; there is no mean.";
    let mut sheet = ViewSheet::new("Roll-up", says, &heads);
    for part in &view.parts {
        let (id, name) = match part.id.as_str() {
            "" => ("all", "all practices"),
            id => (id, part.name.as_str()),
        };
        let weakest = lines(part.weakest.iter().map(|id| named(view, id)));
        let mut row = vec![
            strong(id),
            text(name),
            word(part.scope),
            reached(part.minimum),
            text(&weakest),
        ];
        row.extend(part.distribution.iter().map(|number| count(*number)));
        row.extend([part.unjudged, part.undefined, part.excluded, part.judged].map(count));
        sheet.row(row);
    }
    sheet
}

fn versioned(layer: &Layer) -> String {
    format!("{} {}", layer.name, layer.version)
}

fn names(people: &[Who]) -> String {
    let names: Vec<&str> = people.iter().map(|who| who.name.as_str()).collect();
    names.join(", ")
}

/// A practice with its name.
fn named(view: &View, id: &str) -> String {
    let practice = view.practices.iter().find(|practice| practice.id == *id);
    practice.map_or(id.to_owned(), |practice| format!("{id} {}", practice.name))
}
