//! Where practices stand, what is missing, and why.

use super::arguments::Meant;
use super::context::Context;
use super::help;
use super::portfolio;
use super::table::{Cell, Look, count, paragraph, table};
use crate::show;
use crate::style::Style;
use app::maturity::view::{Duty, Given, PracticeView, Row, Stands, Verdict, View, Way};
use app::{Exit, Failure};
use maturity::{Level, Scope, ScopeFound};

/// Where every practice stands.
pub fn status(context: &Context, meant: &Meant) -> Result<Exit, Failure> {
    if context.file().is_none() && context.common.project.is_none() {
        let book = context.book()?;
        if book.systems()?.len() > 1 {
            return portfolio::perform(context, &book);
        }
    }
    let view = context.view(meant)?;
    if context.machine() {
        show::machine(&view);
        return Ok(Exit::Good);
    }
    let style = Style::stdout();
    let mut text = heading(&view, style);
    text.push_str(&table(
        &[
            "",
            "practice",
            "target",
            "now",
            "g",
            "i",
            "s",
            "",
            "vouched by",
        ],
        &view.practices.iter().map(row).collect::<Vec<_>>(),
        style,
    ));
    text.push_str("\n  now: the level at the scope of the target · g, i, s: at general, industry, system scope\n  ?: not judged at this scope · –: undefined or excluded\n  a level and a scope are a pair; nothing is averaged\n\n");
    text.push_str(&rollup(&view, style));
    text.push_str(&counts(&view));
    text.push_str(&duties(&view, style));
    show::people(&text);
    Ok(Exit::Good)
}

/// What is missing to the target.
pub fn gap(context: &Context, meant: &Meant) -> Result<Exit, Failure> {
    let mut view = context.view(meant)?;
    let open = |one: &PracticeView| {
        matches!(
            one.verdict,
            Verdict::Short | Verdict::ScopeOnly | Verdict::NotJudged
        )
    };
    view.practices.retain(|one| open(one) || one.surplus > 0);
    let place = |one: &PracticeView| view.summary.gaps.iter().position(|id| *id == one.id);
    let mut practices = std::mem::take(&mut view.practices);
    practices.sort_by_key(|one| place(one).unwrap_or(usize::MAX));
    view.practices = practices;
    if context.machine() {
        show::machine(&view);
        return Ok(unmet(&view));
    }
    let style = Style::stdout();
    let mut text = heading(&view, style);
    if view.target.is_none() {
        text.push_str("There is no target yet: `bulkhead maturity target propose`.\n");
    }
    if view.practices.iter().any(open) {
        text.push_str("The most pressing first: by the consequence of the concern, the duty and its day, the levels missing, the indicators in the way.\n\n");
    }
    for one in view.practices.iter().filter(|one| open(one)) {
        let target = one.target.as_ref();
        let wanted = target.map_or(String::new(), |target| {
            format!("target {} {}", target.level, target.scope)
        });
        text.push_str(&format!(
            "{} {} · {wanted}, now {} · {}\n",
            style.bold(&one.id),
            show::printable(&one.name),
            one.current,
            verdict(one).0,
        ));
        let rank = view.summary.ranks.iter();
        for rank in rank.filter(|rank| rank.practice == one.id) {
            text.push_str(&paragraph(&rank.says(), 2));
        }
        if let Some(way) = &one.to_target {
            text.push_str(&way_text(way, style));
        }
        text.push('\n');
    }
    let surplus = view.practices.iter().filter(|one| one.surplus > 0);
    let surplus: Vec<Vec<Cell>> = surplus.map(row).collect();
    if !surplus.is_empty() {
        text.push_str("More than the target: not merit; the effort could go elsewhere.\n");
        let head = [
            "",
            "practice",
            "target",
            "now",
            "g",
            "i",
            "s",
            "",
            "vouched by",
        ];
        text.push_str(&table(&head, &surplus, style));
        text.push('\n');
    }
    text.push_str(&counts(&view));
    show::people(&text);
    Ok(unmet(&view))
}

/// Whether a target is not met, or a duty that applies is not shown to be reached.
fn unmet(view: &View) -> Exit {
    let summary = &view.summary;
    if summary.short + summary.scope_only + summary.unjudged > 0 || !summary.duties.is_empty() {
        Exit::Unmet
    } else {
        Exit::Good
    }
}

/// The smallest set of indicators in the way of a level, and what stands behind the practice.
pub fn explain(
    context: &Context,
    practice: &str,
    asked: Option<Level>,
    scope: Option<Scope>,
    meant: &Meant,
) -> Result<Exit, Failure> {
    let id = context.practice(practice)?;
    let subject = context.subject(meant)?;
    context.notes(&help::notes(&subject.notes));
    let mut view = context.view_of(&subject, meant)?;
    view.practices.retain(|one| one.id == id);
    let Some(mut one) = view.practices.pop() else {
        let message = format!("the catalog of this project has no practice `{practice}`");
        let help = "see them with `bulkhead maturity catalog`";
        return Err(Failure::unusable("no-practice", message, help));
    };
    if asked.is_some() || scope.is_some() {
        let scope = scope.unwrap_or(one.scope);
        let next = one.levels.at(scope).level().unwrap_or_default().next();
        let level = asked.or(next).unwrap_or(Level::MAX);
        one.to_target = None;
        one.to_next = Some(context.way(&subject, meant, &id, level, scope)?);
    }
    if context.machine() {
        view.practices.push(one);
        show::machine(&view);
        return Ok(Exit::Good);
    }
    let style = Style::stdout();
    let mut text = format!("{} {}\n", style.bold(&one.id), show::printable(&one.name));
    text.push_str(&paragraph(&one.aim, 2));
    text.push_str(&format!("\n  now: {}\n", levels_text(&one.levels)));
    if let Some(target) = &one.target {
        let set = &target.set_at;
        let at = if *set == one.id {
            String::new()
        } else {
            format!(", drafted at {set}")
        };
        text.push_str(&format!(
            "  target: {} {}{at} · {}\n",
            target.level,
            target.scope,
            verdict(&one).0
        ));
        text.push_str(&paragraph(&target.because, 4));
    }
    let ways = one.to_target.iter().chain(&one.to_next);
    let mut seen: Vec<(Level, Scope)> = Vec::new();
    for way in ways {
        if seen.contains(&(way.level, way.scope)) {
            continue;
        }
        seen.push((way.level, way.scope));
        text.push_str(&format!(
            "\nTo reach level {} at {} scope:\n",
            way.level, way.scope
        ));
        text.push_str(&way_text(way, style));
    }
    text.push_str("\nWhat the levels rest on:\n");
    for row in &one.indicators {
        text.push_str(&indicator(row, style));
    }
    for judged in &one.judgements {
        let who = &judged.by.name;
        text.push_str(&paragraph(
            &format!(
                "judged: level {} {} by {who} on {}: {}",
                judged.level, judged.scope, judged.on, judged.because
            ),
            2,
        ));
    }
    show::people(&text);
    Ok(Exit::Good)
}

/// The project, the assessment and the target.
pub fn heading(view: &View, style: Style) -> String {
    let mut text = format!("{}\n", style.bold(&show::printable(&view.about.title)));
    match &view.assessment {
        Some(one) => text.push_str(&paragraph(
            &format!(
                "assessment {} ({}, {}, {} to {}, {}, {})",
                one.id,
                one.kind,
                one.state,
                one.from,
                one.to,
                count(one.answers, "answer", "answers"),
                count(one.judgements, "judged level", "judged levels")
            ),
            0,
        )),
        None => text.push_str("nothing is assessed yet\n"),
    }
    if let Some(dropped) = view
        .assessment
        .as_ref()
        .map(|one| one.dropped)
        .filter(|n| *n > 0)
    {
        let dropped = count(
            dropped,
            "answer no longer counts",
            "answers no longer count",
        );
        text.push_str(&format!(
            "{dropped}; `bulkhead maturity explain PRACTICE` says why\n"
        ));
    }
    match &view.target {
        Some(target) => text.push_str(&format!(
            "target {} by {} · as of {}, seen by the {}\n\n",
            show::printable(&target.id),
            target.by,
            view.about.today,
            view.about.perspective
        )),
        None => text.push_str(&format!("no target yet · as of {}\n\n", view.about.today)),
    }
    text
}

fn row(one: &PracticeView) -> Vec<Cell> {
    let target = one.target.as_ref();
    let (word, look) = verdict(one);
    let vouched = &one.vouched;
    let who = counted(&[
        (vouched.attested, "attested"),
        (vouched.judged, "judged"),
        (vouched.computed, "computed"),
        (vouched.unsatisfied, "no"),
        (vouched.missing, "open"),
        (vouched.not_applicable, "n/a"),
    ]);
    vec![
        Cell::from(&one.id),
        Cell::from(&one.name),
        Cell::from(target.map_or("–".to_owned(), |t| format!("{} {}", t.level, t.scope))),
        Cell::from(one.current.sign()),
        Cell::from(one.levels.general.sign()).look(Look::Dim),
        Cell::from(one.levels.industry.sign()).look(Look::Dim),
        Cell::from(one.levels.system.sign()).look(Look::Dim),
        Cell::from(word).look(look),
        Cell::from(who).look(Look::Dim),
    ]
}

/// How a practice stands to its target, in words.
fn verdict(one: &PracticeView) -> (String, Look) {
    let look = match one.verdict {
        Verdict::Met if one.surplus > 0 => Look::Open,
        Verdict::Met => Look::Good,
        Verdict::Short | Verdict::ScopeOnly => Look::Bad,
        Verdict::NotJudged => Look::Open,
        Verdict::NothingWanted | Verdict::Excluded | Verdict::NoTarget => Look::Dim,
    };
    let (words, label) = (one.says_verdict(), one.verdict.label());
    let words = match look {
        Look::Bad | Look::Open if one.verdict != Verdict::Met => {
            words.replacen(label, &label.to_uppercase(), 1)
        }
        _ => words,
    };
    (words, look)
}

/// What was found at the scopes that are defined.
pub fn levels_text(found: &ScopeFound) -> String {
    match found.to_string() {
        none if none.is_empty() => "excluded".to_owned(),
        some => some,
    }
}

fn way_text(way: &Way, style: Style) -> String {
    let mut text = String::new();
    if way.blockers.is_empty() && way.obstacles.is_empty() {
        // Level 0 has no indicators: nothing is in its way even where nobody looked.
        text.push_str(match way.level {
            Level::NONE => "  level 0 asks for nothing\n",
            _ => "  nothing is in the way: it is reached\n",
        });
    }
    let rows: Vec<Vec<Cell>> = (way.blockers.iter())
        .map(|one| {
            let need = if one.lacks_person {
                "needs a person's word"
            } else {
                one.stands.label()
            };
            vec![
                Cell::from(&one.indicator),
                Cell::from(need).look(Look::Open),
                Cell::from(&one.text),
            ]
        })
        .collect();
    if !rows.is_empty() {
        text.push_str(&table(
            &["indicator", "is", "what must be true"],
            &rows,
            style,
        ));
    }
    for obstacle in &way.obstacles {
        text.push_str(&paragraph(
            &format!("no answer can change: {}", obstacle.says),
            2,
        ));
    }
    text
}

fn indicator(row: &Row, style: Style) -> String {
    let stands = match row.stands {
        Stands::Attested | Stands::Judged | Stands::Computed => style.green(row.stands.label()),
        Stands::NotApplicable => style.dim(row.stands.label()),
        _ => style.yellow(row.stands.label()),
    };
    let layer = if row.from_layer {
        format!(" · {}", row.origin.name)
    } else {
        String::new()
    };
    let mut text = format!(
        "  {} · level {} {}{} · {stands}\n",
        style.bold(&row.id),
        row.level,
        row.scope,
        show::printable(&layer)
    );
    text.push_str(&paragraph(&row.text, 4));
    for given in &row.answers {
        text.push_str(&paragraph(&answer(given), 4));
    }
    text
}

fn answer(given: &Given) -> String {
    let who = match (&given.by, &given.check) {
        (Some(by), _) => by.name.clone(),
        (None, Some(check)) => format!("computed by `{check}`"),
        (None, None) => "nobody".to_owned(),
    };
    let mut text = format!("→ {} · {who}", given.answer);
    if let Some(on) = given.on {
        text.push_str(&format!(" · {on}"));
    }
    if let Some(method) = given.method {
        text.push_str(&format!(" · {method}"));
    }
    for (id, title) in &given.evidence {
        text.push_str(&format!(" · evidence {id} ({title})"));
    }
    for said in given.note.iter().chain(&given.because) {
        text.push_str(&format!(" · {said}"));
    }
    if let Some(why) = &given.dropped {
        text.push_str(&format!(" · NO LONGER COUNTS: {why}"));
    }
    text
}

fn rollup(view: &View, style: Style) -> String {
    let parts = view
        .parts
        .iter()
        .filter(|part| part.scope == Scope::General);
    let rows: Vec<Vec<Cell>> = parts
        .map(|part| {
            let counts = part.distribution.iter().chain([&part.unjudged]);
            let counts: Vec<String> = counts.map(ToString::to_string).collect();
            let name = if part.id.is_empty() {
                "all practices".to_owned()
            } else {
                format!("{} {}", part.id, part.name)
            };
            vec![
                Cell::from(name),
                Cell::from(part.minimum.sign()),
                Cell::from(counts.join(" · ")),
                Cell::from(part.weakest.join(" ")).look(Look::Dim),
            ]
        })
        .collect();
    table(
        &[
            "general scope",
            "lowest",
            "at 0 · 1 · 2 · 3 · 4 · ?",
            "who is lowest",
        ],
        &rows,
        style,
    ) + "\n"
}

fn counts(view: &View) -> String {
    let summary = &view.summary;
    counted(&[
        (summary.met, Verdict::Met.label()),
        (summary.short, Verdict::Short.label()),
        (summary.scope_only, Verdict::ScopeOnly.label()),
        (summary.unjudged, Verdict::NotJudged.label()),
        (summary.nothing_wanted, Verdict::NothingWanted.label()),
        (summary.excluded, Verdict::Excluded.label()),
        (summary.without_target, "without a target"),
    ]) + "\n"
}

/// What there is some of, as `3 met, 2 short`.
fn counted(all: &[(usize, &str)]) -> String {
    let some = all.iter().filter(|(count, _)| *count > 0);
    let some: Vec<String> = some
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    some.join(", ")
}

fn duties(view: &View, style: Style) -> String {
    let mut text = String::new();
    for obliged in &view.obligations {
        let words = obliged.stands.label();
        let shown = match obliged.stands {
            Duty::Reached | Duty::Nothing if obliged.is_read_wider() => style.yellow(words),
            Duty::Reached => style.green(words),
            Duty::Below => style.red(&words.to_uppercase()),
            Duty::NotYet | Duty::NotJudged => style.yellow(words),
            Duty::Nothing | Duty::Excluded | Duty::NoMinimum => style.dim(words),
        };
        let id = show::printable(&obliged.id);
        text.push_str(&format!(
            "duty {id} ({}), {}: {shown}",
            show::printable(&obliged.source),
            obliged.says_since()
        ));
        text.push_str(&obliged.says_excluded().unwrap_or_default());
        let open = obliged.minimums.iter().filter(|due| due.is_open());
        let open: Vec<String> = open
            .map(|due| {
                format!(
                    "{} wants {} {}, is {}",
                    due.practice, due.level, due.scope, due.current
                )
            })
            .collect();
        if !open.is_empty() {
            text.push_str(&format!(" · {}", open.join("; ")));
        }
        text.push('\n');
        for due in &obliged.minimums {
            if let Some(reading) = &due.reading {
                let line = format!(
                    "warning: the minimum of {} may be too low: it is {} {}, and {} is read as level {} ({})",
                    due.practice,
                    due.level,
                    due.scope,
                    reading.requirement,
                    reading.level,
                    reading.why
                );
                text.push_str(&paragraph(&line, 2));
            }
        }
        if let Some(unset) = obliged.says_unset() {
            text.push_str(&paragraph(&format!("warning: {unset}"), 2));
        }
    }
    text
}
