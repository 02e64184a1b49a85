//! The workshop in a terminal: prompts and texts of a session.

use super::arguments::Interview;
use super::context::Context;
use super::interview::refused;
use super::table::paragraph;
use crate::show;
use crate::style::Style;
use app::maturity::assess::{self, Judged};
use app::maturity::desk::{Author, Desk};
use app::maturity::recording::Recorded;
use app::maturity::workshop::Session;
use app::{Exit, Failure};
use maturity::catalog::Practice;
use maturity::{Level, Scope};
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
    let assessment = assessment.id.clone();
    let only = asked.practice.iter().map(|name| context.practice(name));
    let only = only.collect::<Result<BTreeSet<String>, Failure>>()?;
    let mut session = Session::begin(desk, author, Some(&assessment), only)?;
    let mut lines = std::io::stdin().lock().lines().map_while(Result::ok);
    show::people(
        "Write a level from 0 to 4, `s` to skip, `q` to stop; everything is recorded at once and shown as judged.\n",
    );
    let mut shown = None;
    while let Some(question) = session.next(desk)? {
        let (id, scope) = (&question.practice.title.id, question.scope);
        if shown != Some(id) {
            show::people(&table(question.practice, scope));
            shown = Some(id);
        }
        let prompt = format!("level at {scope} scope [0 1 2 3 4 · s q]: ");
        let Some(line) = ask(&mut lines, &prompt) else {
            return Ok(stopped(session.judged()));
        };
        let level = match line.trim() {
            "s" => {
                session.skip(id);
                continue;
            }
            "q" => return Ok(stopped(session.judged())),
            text => text.parse().ok().and_then(Level::new),
        };
        let Some(level) = level else {
            show::people("  write a number from 0 to 4\n");
            continue;
        };
        let Some(because) = ask(&mut lines, "because: ") else {
            return Ok(stopped(session.judged()));
        };
        let because = because.trim().to_owned();
        if because.is_empty() {
            show::people("  a judged level needs its reason\n");
            continue;
        }
        let judged = Judged {
            level,
            scope,
            because,
        };
        if let Recorded::Refused { findings } = session.judge(desk, id, judged)? {
            refused(&findings);
        }
    }
    show::people(&format!(
        "\nThrough all practices: {} levels were judged. Look with `bulkhead maturity status`.\n",
        session.judged()
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
