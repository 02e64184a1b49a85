//! What is demanded, found and planned over time.

use super::practices::stands;
use super::word;
use super::{
    Head, SCOPES, Shown, ViewSheet, count, day, level, lines, reached, strong, text, toned,
};
use crate::workbook::style::Tone;
use maturity::{Found, Scope, ScopeFound};
use report::view::{Demanded, Due, Money, Obliged, Seen, Unset, View};
use std::collections::BTreeMap;

/// Duties from outside.
pub(super) fn duties(view: &View) -> ViewSheet {
    let heads = [
        ("duty", 16.0),
        ("source", 44.0),
        ("applies from", 12.0),
        ("applies now", 10.0),
        ("practice", 10.0),
        ("name", 32.0),
        ("least level", 9.0),
        ("scope", 11.0),
        ("current", 12.0),
        ("standing", 14.0),
        ("because", 52.0),
        ("read by a crosswalk as", 40.0),
    ];
    let says = "Kept apart from the target: a duty is what others demand.";
    let mut sheet = ViewSheet::new("Duties", says, &heads);
    for duty in &view.obligations {
        for due in &duty.minimums {
            sheet.row([
                strong(&duty.id),
                text(&duty.source),
                day(Some(duty.in_force)),
                text(if duty.binds { "yes" } else { "not yet" }),
                text(&due.practice),
                text(&due.name),
                level(due.level),
                word(due.scope),
                reached(due.current),
                standing(due),
                text(&due.because),
                match &due.reading {
                    Some(above) => toned(
                        &format!("level {}, {}", above.level, above.requirement),
                        Tone::Warn,
                    ),
                    None => text(""),
                },
            ]);
        }
    }
    for duty in &view.obligations {
        for unset in &duty.unset {
            sheet.row(without_minimum(view, duty, unset));
        }
    }
    sheet
}

/// How a demand stands.
fn standing(due: &Due) -> Shown {
    let tone = match due.stands {
        Demanded::Reached | Demanded::Nothing if due.reading.is_some() => Tone::Warn,
        Demanded::Reached => Tone::Good,
        Demanded::Below => Tone::Bad,
        Demanded::NotYet | Demanded::NotJudged => Tone::Warn,
        Demanded::Nothing | Demanded::Excluded => Tone::Quiet,
    };
    toned(due.stands.label(), tone)
}

/// A practice that a crosswalk reads in the law of a duty and for which no minimum is set.
fn without_minimum(view: &View, duty: &Obliged, unset: &Unset) -> [Shown; 12] {
    let name = view.practice(&unset.practice);
    let read = format!("level {}, {}", unset.level, unset.requirement);
    [
        strong(&duty.id),
        text(&duty.source),
        day(Some(duty.in_force)),
        text(if duty.binds { "yes" } else { "not yet" }),
        text(&unset.practice),
        text(name.map_or("", |practice| practice.name.as_str())),
        toned("none", Tone::Quiet),
        text(""),
        text(""),
        toned("no minimum is set", Tone::Warn),
        text(""),
        toned(&read, Tone::Warn),
    ]
}

/// What each assessment found, one column for each.
pub(super) fn history(view: &View) -> ViewSheet {
    let heads = [("practice", 10.0), ("name", 32.0), ("scope", 11.0)];
    let says = "Each assessment as it was seen then, in order of time.";
    let mut sheet = ViewSheet::new("History", says, &heads);
    for seen in &view.history {
        sheet.heads.push(Head {
            name: format!("{}\n{}\n{}", seen.assessment, seen.on, seen.state),
            width: 16.0,
        });
    }
    sheet.heads.push(Head {
        name: "change from first to last".to_owned(),
        width: 18.0,
    });
    let by_practice =
        |seen: &Seen| -> BTreeMap<String, ScopeFound> { seen.practices.iter().cloned().collect() };
    let found: Vec<BTreeMap<String, ScopeFound>> = view.history.iter().map(by_practice).collect();
    for practice in &view.practices {
        for scope in SCOPES {
            let at = |levels: Option<&ScopeFound>| {
                levels.map_or(Found::Undefined, |levels| levels.at(scope))
            };
            let all: Vec<Found> = (found.iter())
                .map(|found| at(found.get(&practice.id)))
                .collect();
            // A scope that was never defined says nothing.
            let undefined = |found: &Found| *found == Found::Undefined;
            if scope != Scope::General && all.iter().all(undefined) {
                continue;
            }
            let mut row = vec![strong(&practice.id), text(&practice.name), word(scope)];
            row.extend(all.iter().map(|found| reached(*found)));
            row.push(change(&all));
            sheet.row(row);
        }
    }
    sheet
}

fn change(all: &[Found]) -> Shown {
    let level = |found: Option<&Found>| found.and_then(|found| found.level());
    let (Some(first), Some(last)) = (level(all.first()), level(all.last())) else {
        return text("");
    };
    match (last.above(first), first.above(last)) {
        (0, 0) => text("as before"),
        (rise, 0) => toned(&format!("{rise} higher"), Tone::Good),
        (_, fall) => toned(&format!("{fall} lower"), Tone::Bad),
    }
}

/// What would follow from the actions.
pub(super) fn projection(view: &View) -> ViewSheet {
    let heads = [
        ("day", 12.0),
        ("actions that take effect", 34.0),
        ("practice", 10.0),
        ("name", 32.0),
        ("scope", 11.0),
        ("before", 12.0),
        ("after", 12.0),
        ("targets met from then on", 14.0),
    ];
    let says = match view.summary.answers_newer.is_empty() {
        true => {
            "If every action closes what it names on its day, or when the period has passed that an \
             indicator covers: a plan, not a finding."
        }
        false => {
            "Nothing is projected: the actions answer what a newer assessment found than the one shown."
        }
    };
    let mut sheet = ViewSheet::new("Projection", says, &heads);
    for step in &view.projection {
        let before = sheet.rows.len();
        let actions = lines(&step.actions);
        for rise in &step.rises {
            for scope in SCOPES {
                let (old, new) = (rise.before.at(scope), rise.after.at(scope));
                if old == new {
                    continue;
                }
                sheet.row([
                    day(Some(step.on)),
                    text(&actions),
                    strong(&rise.practice),
                    text(&rise.name),
                    word(scope),
                    reached(old),
                    reached(new),
                    count(step.met),
                ]);
            }
        }
        if sheet.rows.len() == before {
            let mut row = vec![day(Some(step.on)), text(&actions)];
            row.extend([
                text(""),
                text("no level changes"),
                text(""),
                text(""),
                text(""),
            ]);
            row.push(count(step.met));
            sheet.row(row);
        }
    }
    sheet
}

/// The actions.
pub(super) fn roadmap(view: &View) -> ViewSheet {
    let heads = [
        ("action", 18.0),
        ("title", 44.0),
        ("status", 12.0),
        ("owner", 20.0),
        ("due", 12.0),
        ("takes effect", 14.0),
        ("late", 9.0),
        ("cost", 24.0),
        ("after", 18.0),
        ("closes", 15.0),
        ("statement", 60.0),
        ("stands at", 16.0),
        ("covers", 12.0),
        ("counts from", 14.0),
    ];
    let says = "One row for each indicator that an action is meant to satisfy.";
    let mut sheet = ViewSheet::new("Roadmap", says, &heads);
    for task in &view.actions {
        for closes in &task.closes {
            let owner = task.owner.as_ref().map_or("", |who| who.name.as_str());
            let late = match task.late {
                true => toned("late", Tone::Bad),
                false => text("no"),
            };
            let effect = match task.effect {
                Some(effect) => day(Some(effect)),
                None => toned("never", Tone::Quiet),
            };
            sheet.row([
                strong(&task.id),
                text(&task.title),
                word(task.status),
                text(owner),
                day(Some(task.due)),
                effect,
                late,
                text(&task.cost.as_ref().map(Money::says).unwrap_or_default()),
                text(&lines(&task.after)),
                text(&closes.indicator),
                text(&closes.text),
                stands(closes.stands),
                text(closes.covers.as_deref().unwrap_or_default()),
                match closes.counts {
                    Some(from) => day(Some(from)),
                    None if closes.found_otherwise => toned("found otherwise", Tone::Bad),
                    None => toned("never", Tone::Quiet),
                },
            ]);
        }
    }
    sheet
}
