//! Workshop mode: a level is judged from the table with a reason, practice by practice.

use super::arguments::Interview;
use super::context::Context;
use super::table::paragraph;
use crate::show;
use crate::style::Style;
use app::maturity::assess;
use app::maturity::desk::{Author, Desk, Recorded};
use app::maturity::formats::said;
use app::{Exit, Failure};
use maturity::catalog::Practice;
use maturity::ledger::Event;
use maturity::project::Judgement;
use maturity::{Level, Scope};
use source::Span;
use std::collections::BTreeSet;
use std::io::BufRead;

/// Goes through the practices that this person has not judged yet.
pub fn perform(
    context: &Context,
    desk: &mut Desk<'_>,
    author: &Author,
    asked: &Interview,
) -> Result<Exit, Failure> {
    let assessment = assess::may_assess(desk, author, asked.assessment.as_deref())?;
    let (assessment, author) = (assessment.id.clone(), author.as_str());
    let only = asked.practice.iter().map(|name| context.practice(name));
    let only = only.collect::<Result<BTreeSet<String>, Failure>>()?;
    let mut lines = std::io::stdin().lock().lines().map_while(Result::ok);
    show::people(
        "Write a level from 0 to 4, `s` to skip, `q` to stop; everything is recorded at once and shown as judged.\n",
    );
    let mut judged = 0;
    for practice in &context.library.catalog.practices {
        let id = &practice.title.id;
        if !only.is_empty() && !only.contains(id) {
            continue;
        }
        let scope = scope_of(desk, id)?;
        if only.is_empty() && is_judged(desk, &assessment, author, id)? {
            continue;
        }
        show::people(&table(practice, scope));
        loop {
            let Some(line) = ask(
                &mut lines,
                &format!("level at {scope} scope [0 1 2 3 4 · s q]: "),
            ) else {
                return Ok(stopped(judged));
            };
            let level = match line.trim() {
                "s" => break,
                "q" => return Ok(stopped(judged)),
                text => text.parse().ok().and_then(Level::new),
            };
            let Some(level) = level else {
                show::people("  write a number from 0 to 4\n");
                continue;
            };
            let Some(because) = ask(&mut lines, "because: ") else {
                return Ok(stopped(judged));
            };
            let judgement = Judgement {
                practice: id.clone(),
                level,
                scope,
                by: author.to_owned(),
                on: context.today,
                because: because.trim().to_owned(),
                at: Span::default(),
            };
            let assessment = assessment.clone();
            let event = Event::LevelJudged {
                assessment,
                judgement,
            };
            if because.trim().is_empty() {
                show::people("  a judged level needs its reason\n");
                continue;
            }
            match desk.record(author, vec![event])? {
                Recorded::Done { .. } => {
                    judged += 1;
                    break;
                }
                Recorded::Refused { findings } => {
                    for finding in &findings {
                        for line in said(finding).lines() {
                            show::people(&paragraph(line, 2));
                        }
                    }
                }
            }
        }
    }
    show::people(&format!(
        "\nThrough all practices: {judged} levels were judged. Look with `bulkhead maturity status`.\n"
    ));
    Ok(Exit::Good)
}

fn stopped(judged: usize) -> Exit {
    show::people(&format!(
        "\nStopped: {judged} levels were judged. Go on with `bulkhead maturity assess --workshop`.\n"
    ));
    Exit::Good
}

fn ask(lines: &mut dyn Iterator<Item = String>, prompt: &str) -> Option<String> {
    show::people(&format!("  {}", Style::stdout().bold(prompt)));
    lines.next()
}

/// The scope of the latest target; general without one.
fn scope_of(desk: &Desk<'_>, practice: &str) -> Result<Scope, Failure> {
    let mut sets: Vec<_> = desk.project()?.targets.iter().collect();
    sets.sort_by_key(|set| (set.by < desk.today, set.by));
    let target = sets.iter().find_map(|set| set.of(practice));
    Ok(target.map_or(Scope::General, |target| target.scope))
}

fn is_judged(
    desk: &Desk<'_>,
    assessment: &str,
    author: &str,
    practice: &str,
) -> Result<bool, Failure> {
    let judgements = desk.project()?.assessment(assessment);
    let mut judgements = judgements.iter().flat_map(|one| &one.judgements);
    Ok(judgements.any(|one| one.practice == practice && one.by == author))
}

/// What the levels of a practice mean.
fn table(practice: &Practice, scope: Scope) -> String {
    let style = Style::stdout();
    let title = &practice.title;
    let mut text = format!(
        "\n{} {} ({scope} scope)\n",
        style.bold(&title.id),
        style.bold(&title.name)
    );
    text.push_str(&paragraph(&title.aim, 2));
    for level in &practice.levels {
        text.push_str(&paragraph(&format!("{} {}", level.level, level.means), 2));
    }
    text
}
