//! The interview in a terminal: keys, prompts and texts of a session.

use super::arguments::Interview;
use super::context::Context;
use super::table::paragraph;
use crate::show;
use crate::style::Style;
use app::maturity::assess::{self, Reply};
use app::maturity::desk::{Author, Desk};
use app::maturity::findings::said;
use app::maturity::interview::{Question, Session};
use app::maturity::recording::Recorded;
use app::{Exit, Failure};
use maturity::{Answer, Located, Method, Word};
use std::collections::BTreeSet;
use std::io::BufRead;

const HELP: &str = "  y yes · p partly · n no · u unknown · a does not apply
  s skip this question · b back to the one before · j leave out the rest of this practice
  e show typical evidence and the last answers · q stop here; everything is recorded
  Words are fine too: `yes`, `partly`, `no`, `unknown`, `not-applicable`.
";

/// What somebody typed at a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Typed {
    Answer(Answer),
    Skip,
    Back,
    Jump,
    Evidence,
    Help,
    Quit,
}

fn word(text: &str) -> Option<Typed> {
    Some(match text.trim().to_lowercase().as_str() {
        "y" => Typed::Answer(Answer::Yes),
        "p" => Typed::Answer(Answer::Partly),
        "n" => Typed::Answer(Answer::No),
        "u" => Typed::Answer(Answer::Unknown),
        "a" => Typed::Answer(Answer::NotApplicable),
        "s" | "skip" => Typed::Skip,
        "b" | "back" => Typed::Back,
        "j" => Typed::Jump,
        "e" => Typed::Evidence,
        "?" | "h" | "help" => Typed::Help,
        "q" | "quit" => Typed::Quit,
        other => Typed::Answer(Answer::from_word(other)?),
    })
}

/// A session at a terminal.
struct Terminal<'s, 'b> {
    desk: &'s mut Desk<'b>,
    session: Session,
    lines: Box<dyn Iterator<Item = String>>,
    method: Option<Method>,
    heading: String,
}

/// Asks until nothing is open, or the person stops.
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
    let session = Session::begin(desk, author, Some(&assessment), only)?;
    show::people(&format!(
        "Assessment `{}`, assessor {}: {} open now; more follow where a level is reached.\n{HELP}",
        show::printable(&assessment),
        show::printable(author.as_str()),
        session.open(desk)?,
    ));
    let mut terminal = Terminal {
        desk,
        session,
        lines: Box::new(std::io::stdin().lock().lines().map_while(Result::ok)),
        method: None,
        heading: String::new(),
    };
    let ended = terminal.run()?;
    show::people(&format!(
        "\n{ended} {} answers were recorded. Go on with `bulkhead maturity assess`, look with `bulkhead maturity status`.\n",
        terminal.session.answered()
    ));
    Ok(Exit::Good)
}

impl Terminal<'_, '_> {
    /// Asks, and says why it ended.
    fn run(&mut self) -> Result<&'static str, Failure> {
        const STOPPED: &str = "Stopped.";
        while let Some(question) = self.session.next(self.desk)? {
            self.show(&question);
            let id = &question.indicator.id;
            let Some(line) = self.line("answer [y p n u a · s b j e ? q]: ") else {
                return Ok(STOPPED);
            };
            match word(&line) {
                Some(Typed::Answer(answer)) => {
                    if self.answer(id, answer)? == Next::Stop {
                        return Ok(STOPPED);
                    }
                }
                Some(Typed::Skip) => self.session.skip(id),
                Some(Typed::Jump) => self.session.leave_out(id),
                Some(Typed::Back) => {
                    if !self.session.back() {
                        show::people("  this is the first question\n");
                    }
                }
                Some(Typed::Quit) => return Ok(STOPPED),
                Some(Typed::Help) => show::people(HELP),
                Some(Typed::Evidence) => show::people(&evidence(&question)),
                None => show::people(&format!(
                    "  `{}` is none of the answers\n{HELP}",
                    show::printable(line.trim())
                )),
            }
        }
        Ok("Nothing is open any more.")
    }

    /// Asks for what belongs to an answer, and has it recorded.
    fn answer(&mut self, id: &str, answer: Answer) -> Result<Next, Failure> {
        let mut reply = Reply {
            answer,
            method: None,
            evidence: Vec::new(),
            note: None,
            because: None,
            approved_by: None,
        };
        let text = |line: String| Some(line.trim().to_owned()).filter(|text| !text.is_empty());
        if answer == Answer::NotApplicable {
            let (Some(because), Some(by)) = (
                self.line("why does it not apply: ").and_then(text),
                self.line("who approves that (a person who is not an assessor): ")
                    .and_then(text),
            ) else {
                show::people("  it needs a reason and an approval; nothing was recorded\n");
                return Ok(Next::Ask);
            };
            (reply.because, reply.approved_by) = (Some(because), Some(by));
        }
        if answer != Answer::Unknown {
            match self.method() {
                Some(method) => reply.method = Some(method),
                None => return Ok(Next::Stop),
            }
        }
        let evidence = self
            .line("evidence (short names, Enter for none): ")
            .unwrap_or_default();
        reply.evidence = evidence.split_whitespace().map(str::to_owned).collect();
        reply.note = self.line("note (Enter for none): ").and_then(text);
        match self.session.answer(self.desk, id, reply)? {
            Recorded::Done { conflicts } if conflicts.is_empty() => {}
            Recorded::Done { .. } => show::people(
                "  the same was answered elsewhere at the same time; see `bulkhead maturity conflicts`\n",
            ),
            Recorded::Refused { findings } => {
                refused(&findings);
                show::people("  nothing was recorded\n");
            }
        }
        Ok(Next::Ask)
    }

    /// How it was found; Enter keeps the last one.
    fn method(&mut self) -> Option<Method> {
        loop {
            let last = self
                .method
                .map_or(String::new(), |method| format!(", Enter for {method}"));
            let line = self.line(&format!(
                "found by [i]nterview [d]ocument [o]bservation [t]est{last}: "
            ))?;
            let method = match line.trim().to_lowercase().as_str() {
                "" => self.method,
                "i" => Some(Method::Interview),
                "d" => Some(Method::Document),
                "o" => Some(Method::Observation),
                "t" => Some(Method::Test),
                other => Method::from_word(other),
            };
            if method.is_some() {
                self.method = method;
                return method;
            }
            show::people("  write one of the four\n");
        }
    }

    fn line(&mut self, prompt: &str) -> Option<String> {
        show::people(&format!("  {}", Style::stdout().bold(prompt)));
        let line = self.lines.next();
        if line.is_none() {
            show::people("\n");
        }
        line
    }

    fn show(&mut self, question: &Question) {
        let style = Style::stdout();
        let what = &question.indicator;
        let heading = format!(
            "{} {} · level {}",
            what.practice, question.practice, what.level
        );
        let mut text = String::new();
        if heading != self.heading {
            text.push_str(&format!("\n{}\n", style.bold(&show::printable(&heading))));
            if let Some(level) = &question.level {
                text.push_str(&paragraph(level, 2));
            }
            self.heading = heading;
        }
        text.push_str(&format!(
            "\n  {} ({} scope)\n",
            style.bold(&what.id),
            what.scope
        ));
        text.push_str(&paragraph(&what.text, 2));
        text.push_str(&paragraph(&what.ask, 4));
        if let Some(answer) = question.answered {
            text.push_str(&paragraph(&format!("you answered: {answer}"), 4));
        }
        show::people(&text);
    }
}

/// Typical evidence, and what earlier assessments answered.
fn evidence(question: &Question) -> String {
    let mut text = String::new();
    for one in &question.indicator.evidence {
        text.push_str(&paragraph(&format!("typical evidence: {one}"), 4));
    }
    for earlier in &question.earlier {
        let who = earlier.by.as_deref().unwrap_or("computed");
        let note = earlier.note.as_deref().unwrap_or_default();
        let line = format!("{}: {} ({who}) {note}", earlier.assessment, earlier.answer);
        text.push_str(&paragraph(&line, 4));
    }
    text
}

/// Says what is wrong with an answer.
pub fn refused(findings: &[Located]) {
    for finding in findings {
        for line in said(finding).lines() {
            show::people(&paragraph(line, 2));
        }
    }
}

/// What comes after an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Ask,
    Stop,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_and_words() {
        assert_eq!(word(" Y "), Some(Typed::Answer(Answer::Yes)));
        assert_eq!(
            word("not-applicable"),
            Some(Typed::Answer(Answer::NotApplicable))
        );
        assert_eq!(word("back"), Some(Typed::Back));
        assert_eq!(word("perhaps"), None);
        assert_eq!(word(""), None);
    }
}
