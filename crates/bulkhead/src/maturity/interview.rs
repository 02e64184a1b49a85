//! The interview in a terminal: one question after the other, each answer recorded at once, so that it
//! can be left and resumed at any time.

use super::arguments::Interview;
use super::context::Context;
use super::table::paragraph;
use crate::show;
use crate::style::Style;
use app::maturity::assess;
use app::maturity::desk::{Author, Desk, Recorded};
use app::maturity::formats::said;
use app::{Exit, Failure};
use exchange::oscal::target_for;
use maturity::catalog::Indicator;
use maturity::compose::{Effective, From};
use maturity::ledger::Event;
use maturity::project::{Assessment, GivenAnswer};
use maturity::settle::{Now, settle};
use maturity::{Answer, Method, Word, interview};
use source::Span;
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

/// One session of an interview.
struct Session<'s, 'b> {
    context: &'s Context,
    desk: &'s mut Desk<'b>,
    author: &'s str,
    assessment: String,
    table: Effective,
    only: BTreeSet<String>,
    lines: Box<dyn Iterator<Item = String>>,
    method: Option<Method>,
    skipped: BTreeSet<String>,
    left_out: BTreeSet<String>,
    before: Vec<String>,
    heading: String,
    answered: usize,
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
    let mut session = Session {
        context,
        author: author.as_str(),
        assessment,
        table: desk.table()?,
        desk,
        only,
        lines: Box::new(std::io::stdin().lock().lines().map_while(Result::ok)),
        method: None,
        skipped: BTreeSet::new(),
        left_out: BTreeSet::new(),
        before: Vec::new(),
        heading: String::new(),
        answered: 0,
    };
    session.run()
}

impl Session<'_, '_> {
    fn run(&mut self) -> Result<Exit, Failure> {
        let open = self.open()?.len();
        show::people(&format!(
            "Assessment `{}`, assessor {}: {open} open now; more follow where a level is reached.\n{HELP}",
            show::printable(&self.assessment),
            show::printable(self.author),
        ));
        let mut again: Option<String> = None;
        loop {
            let next = match again.take() {
                Some(id) => Some(id),
                None => self.open()?.into_iter().next(),
            };
            let Some(id) = next else {
                show::people(&format!("\nNothing is open any more. {}", self.goodbye()));
                return Ok(Exit::Good);
            };
            match self.ask(&id)? {
                Step::Next => {
                    self.before.retain(|one| *one != id);
                    self.before.push(id);
                }
                Step::Again => again = Some(id),
                Step::Back => match self.before.pop() {
                    Some(before) => {
                        self.skipped.remove(&before);
                        again = Some(before);
                    }
                    None => {
                        show::people("  this is the first question\n");
                        again = Some(id);
                    }
                },
                Step::Quit => {
                    show::people(&format!("\nStopped. {}", self.goodbye()));
                    return Ok(Exit::Good);
                }
            }
        }
    }

    fn goodbye(&self) -> String {
        format!(
            "{} answers were recorded. Go on with `bulkhead maturity assess`, look with `bulkhead maturity status`.\n",
            self.answered
        )
    }

    /// The ids of open questions, without those that were skipped or left out.
    fn open(&self) -> Result<Vec<String>, Failure> {
        let project = self.desk.project()?;
        let own = self.own()?;
        let settled = settle(project, &own, &self.table, &Now::default());
        let targets = target_for(project, &own);
        let rows = interview::open(&self.table, &settled, targets).into_iter();
        let wanted = |row: &&From<Indicator>| {
            let practice = &row.what.practice;
            (self.only.is_empty() || self.only.contains(practice))
                && !self.left_out.contains(practice)
                && !self.skipped.contains(&row.what.id)
        };
        Ok(rows.filter(wanted).map(|row| row.what.id.clone()).collect())
    }

    /// The assessment with this assessor's answers only: others' answers neither show nor stop theirs.
    fn own(&self) -> Result<Assessment, Failure> {
        let mut own = assess::meant(self.desk, Some(&self.assessment))?.clone();
        own.answers
            .retain(|answer| answer.by.as_deref() == Some(self.author));
        own.judgements.clear();
        Ok(own)
    }

    fn ask(&mut self, id: &str) -> Result<Step, Failure> {
        let Some(row) = self.table.row(id).cloned() else {
            return Ok(Step::Next);
        };
        self.show(&row)?;
        let Some(line) = self.line("answer [y p n u a · s b j e ? q]: ") else {
            return Ok(Step::Quit);
        };
        let answer = match word(&line) {
            Some(Typed::Answer(answer)) => answer,
            Some(Typed::Skip) => {
                self.skipped.insert(id.to_owned());
                return Ok(Step::Next);
            }
            Some(Typed::Jump) => {
                self.left_out.insert(row.what.practice);
                return Ok(Step::Next);
            }
            Some(Typed::Back) => return Ok(Step::Back),
            Some(Typed::Quit) => return Ok(Step::Quit),
            Some(Typed::Help) => {
                show::people(HELP);
                return Ok(Step::Again);
            }
            Some(Typed::Evidence) => {
                self.evidence(&row.what)?;
                return Ok(Step::Again);
            }
            None => {
                show::people(&format!(
                    "  `{}` is none of the answers\n{HELP}",
                    show::printable(line.trim())
                ));
                return Ok(Step::Again);
            }
        };
        self.record(id, answer)
    }

    fn record(&mut self, id: &str, answer: Answer) -> Result<Step, Failure> {
        let mut given = GivenAnswer {
            indicator: id.to_owned(),
            answer,
            by: Some(self.author.to_owned()),
            method: None,
            on: Some(self.context.today),
            evidence: Vec::new(),
            note: None,
            because: None,
            approved_by: None,
            computed: None,
            at: Span::default(),
        };
        let text = |line: String| Some(line.trim().to_owned()).filter(|text| !text.is_empty());
        if answer == Answer::NotApplicable {
            let (Some(because), Some(by)) = (
                self.line("why does it not apply: ").and_then(text),
                self.line("who approves that (a person who is not an assessor): ")
                    .and_then(text),
            ) else {
                show::people("  it needs a reason and an approval; nothing was recorded\n");
                return Ok(Step::Again);
            };
            (given.because, given.approved_by) = (Some(because), Some(by));
        }
        if answer != Answer::Unknown {
            match self.method() {
                Some(method) => given.method = Some(method),
                None => return Ok(Step::Quit),
            }
        }
        let evidence = self
            .line("evidence (short names, Enter for none): ")
            .unwrap_or_default();
        given.evidence = evidence.split_whitespace().map(str::to_owned).collect();
        given.note = self.line("note (Enter for none): ").and_then(text);
        let event = Event::AnswerGiven {
            assessment: self.assessment.clone(),
            answer: given,
        };
        match self.desk.record(self.author, vec![event])? {
            Recorded::Done { conflicts } => {
                self.answered += 1;
                if !conflicts.is_empty() {
                    show::people(
                        "  the same was answered elsewhere at the same time; see `bulkhead maturity conflicts`\n",
                    );
                }
                Ok(Step::Next)
            }
            Recorded::Refused { findings } => {
                for line in findings
                    .iter()
                    .flat_map(|one| said(one).lines().map(str::to_owned).collect::<Vec<_>>())
                {
                    show::people(&paragraph(&line, 2));
                }
                show::people("  nothing was recorded\n");
                Ok(Step::Again)
            }
        }
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

    fn show(&mut self, row: &From<Indicator>) -> Result<(), Failure> {
        let style = Style::stdout();
        let what = &row.what;
        let name = self
            .table
            .practices
            .iter()
            .find(|(id, _)| *id == what.practice);
        let name = name.map_or("", |(_, name)| name.as_str());
        let heading = format!("{} {name} · level {}", what.practice, what.level);
        let mut text = String::new();
        if heading != self.heading {
            text.push_str(&format!("\n{}\n", style.bold(&show::printable(&heading))));
            if let Some(level) = self.level(what) {
                text.push_str(&paragraph(&level, 2));
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
        for answer in self
            .own()?
            .answers
            .iter()
            .filter(|one| one.indicator == what.id)
        {
            text.push_str(&paragraph(&format!("you answered: {}", answer.answer), 4));
        }
        show::people(&text);
        Ok(())
    }

    /// What the level of an indicator means.
    fn level(&self, what: &Indicator) -> Option<String> {
        let practice = self.context.library.catalog.practice(&what.practice)?;
        let level = practice
            .levels
            .iter()
            .find(|level| level.level == what.level)?;
        Some(level.means.clone())
    }

    /// Typical evidence, and what earlier assessments answered.
    fn evidence(&self, what: &Indicator) -> Result<(), Failure> {
        let mut text = String::new();
        for one in &what.evidence {
            text.push_str(&paragraph(&format!("typical evidence: {one}"), 4));
        }
        for earlier in &self.desk.project()?.assessments {
            if earlier.id == self.assessment {
                continue;
            }
            for answer in earlier
                .answers
                .iter()
                .filter(|one| one.indicator == what.id)
            {
                let who = answer.by.as_deref().unwrap_or("computed");
                let note = answer.note.as_deref().unwrap_or_default();
                let line = format!("{}: {} ({who}) {note}", earlier.id, answer.answer);
                text.push_str(&paragraph(&line, 4));
            }
        }
        show::people(&text);
        Ok(())
    }
}

/// What comes after a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Next,
    Again,
    Back,
    Quit,
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
