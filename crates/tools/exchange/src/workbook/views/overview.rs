//! The whole at a glance: the board's figures and the roll-up.

use super::{Shown, ViewSheet, count, lines, reached, strong, text, toned, word};
use crate::view::{Layer, Money, PracticeView, View, Who};
use crate::workbook::style::Tone;
use maturity::Found;

/// Where the system stands, on one page.
pub(super) fn overview(view: &View) -> ViewSheet {
    let heads = [("what", 34.0), ("figure", 44.0), ("which", 70.0)];
    let says = "A level and a scope are a pair; nothing is averaged, and more than the target is surplus, not merit.";
    let mut sheet = ViewSheet::new("Overview", says, &heads);
    system(&mut sheet, view);
    standing(&mut sheet, view);
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
        let mut says = vec![
            format!("{} assessment, {}", assessment.kind, assessment.state),
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

fn standing(sheet: &mut ViewSheet, view: &View) {
    let summary = &view.summary;
    let all = |ids: &[String]| lines(ids.iter().map(|id| named(view, id)));
    let mut row = |what: &str, number: usize, bad: Tone, which: &str| {
        let tone = if number > 0 { bad } else { Tone::Plain };
        let figure = Shown {
            tone,
            ..count(number)
        };
        sheet.row([strong(what), figure, text(which)]);
    };
    let mut practices = view.practices.iter();
    let met = match practices.any(PracticeView::is_met_by_findings) {
        true => Tone::Good,
        false => Tone::Plain,
    };
    row("Practices that meet their target", summary.met, met, "");
    row(
        "Practices short of their target",
        summary.short,
        Tone::Bad,
        &all(&summary.gaps),
    );
    row(
        "Practices that only lack the scope",
        summary.scope_only,
        Tone::Warn,
        "the number is reached at a wider scope and not at the target's",
    );
    row(
        "Practices not judged",
        summary.unjudged,
        Tone::Warn,
        "nothing was said that decides level 1 at the scope of the target",
    );
    row(
        "Practices without a target",
        summary.without_target,
        Tone::Warn,
        "",
    );
    row(
        "Practices that do not apply",
        summary.excluded,
        Tone::Quiet,
        "",
    );
    row(
        "Levels that rest on a judgement",
        summary.judged,
        Tone::Warn,
        "judged as a whole in a workshop, not answered indicator by indicator",
    );
    let surplus = summary.surplus.iter();
    let surplus = lines(surplus.map(|(id, more)| format!("{}: {more} more", named(view, id))));
    let beyond = summary.surplus.len();
    row(
        "Practices beyond their target",
        beyond,
        Tone::Plain,
        &surplus,
    );
    let duties = summary.duties.iter();
    let duties = lines(duties.map(|(duty, id)| format!("{duty}: {}", named(view, id))));
    let unmet = summary.duties.len();
    row(
        "Duties in force below their minimum",
        unmet,
        Tone::Bad,
        &duties,
    );
    row(
        "Targets the actions would reach in time",
        summary.planned.len(),
        Tone::Plain,
        &all(&summary.planned),
    );
    let later = summary.later.iter();
    let later = lines(later.map(|later| format!("{}: {}", named(view, &later.practice), later.on)));
    row(
        "Targets the actions would reach only later",
        summary.later.len(),
        Tone::Warn,
        &later,
    );
    if !summary.answers_newer.is_empty() {
        row(
            "Newer assessments that the actions answer",
            summary.answers_newer.len(),
            Tone::Warn,
            &format!(
                "{}: nothing is projected on older findings",
                lines(&summary.answers_newer)
            ),
        );
    }
    let cost = lines(summary.cost.iter().map(money));
    let cost = match cost.is_empty() {
        true => "none stated".to_owned(),
        false => cost,
    };
    let without = match summary.actions_without_cost {
        0 => String::new(),
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
        ("judged", 9.0),
    ];
    let says = "Minimum, and how many practices are at each level; there is no mean.";
    let mut sheet = ViewSheet::new("Roll-up", says, &heads);
    for part in &view.parts {
        let (id, name) = match part.id.as_str() {
            "" => ("all", "all practices"),
            id => (id, part.name.as_str()),
        };
        let minimum = match part.minimum {
            Found::Undefined => toned("none", Tone::Quiet),
            found => reached(found),
        };
        let weakest = lines(part.weakest.iter().map(|id| named(view, id)));
        let mut row = vec![
            strong(id),
            text(name),
            word(part.scope),
            minimum,
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

pub(super) fn money(money: &Money) -> String {
    let Money {
        least,
        most,
        currency,
    } = money;
    format!("{least} to {most} {currency}")
}

/// A practice with its name.
fn named(view: &View, id: &str) -> String {
    let practice = view.practices.iter().find(|practice| practice.id == *id);
    practice.map_or(id.to_owned(), |practice| format!("{id} {}", practice.name))
}
