//! A project as KDL, in one canonical layout; reading it gives the same project again.

use super::{
    Action, Assessment, Concern, Evidence, GivenAnswer, Obligation, PracticeTarget, Project,
    Signed, TargetSet,
};
use crate::words::Word;
use std::fmt::Write as _;

/// Writes a project as KDL.
pub fn write(project: &Project) -> String {
    let mut out = Out::default();
    out.open("maturity-project", &[&project.id]);
    out.text.push_str("  format 1\n");
    out.line("title", &[&project.title]);
    out.line("boundary", &[&project.boundary]);
    out.line("perspective", &[project.perspective.as_str()]);
    out.line("appetite", &[project.appetite.as_str()]);
    for note in &project.notes {
        out.line("note", &[note]);
    }
    let names = std::iter::once(("catalog", &project.catalog));
    for (word, name) in names.chain(project.profiles.iter().map(|name| ("profile", name))) {
        out.fields(word, &[&name.name], &[("version", Some(&name.version))]);
    }
    for person in &project.people {
        let fields = [
            ("name", Some(person.name.as_str())),
            ("role", person.role.as_deref()),
        ];
        out.fields("person", &[&person.id], &fields);
    }
    for goal in &project.goals {
        out.fields("goal", &[&goal.id], &[("says", Some(&goal.says))]);
    }
    project
        .concerns
        .iter()
        .for_each(|concern| out.concern(concern));
    project
        .obligations
        .iter()
        .for_each(|obligation| out.obligation(obligation));
    project.targets.iter().for_each(|set| out.target_set(set));
    project
        .evidence
        .iter()
        .for_each(|evidence| out.evidence(evidence));
    project
        .assessments
        .iter()
        .for_each(|assessment| out.assessment(assessment));
    project.actions.iter().for_each(|action| out.action(action));
    out.close();
    out.text
}

/// Fields that are written as numbers where they are plain ones.
const NUMBERS: &[&str] = &["level", "least", "most", "version"];

/// A value of a field: a bare number where one is meant, otherwise a string.
fn field(key: &str, value: &str) -> String {
    let digits = (1..=15).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit());
    let plain = digits && (value == "0" || !value.starts_with('0'));
    if plain && NUMBERS.contains(&key) {
        value.to_owned()
    } else {
        kdl::write_string(value)
    }
}

#[derive(Default)]
struct Out {
    text: String,
    depth: usize,
}

impl Out {
    fn head(&mut self, word: &str, arguments: &[&str]) {
        let indent = 2 * self.depth;
        // Writing to a string cannot fail.
        let _ = write!(self.text, "{:indent$}{word}", "");
        for argument in arguments {
            let _ = write!(self.text, " {}", kdl::write_string(argument));
        }
    }

    fn line(&mut self, word: &str, arguments: &[&str]) {
        self.head(word, arguments);
        self.text.push('\n');
    }

    fn list(&mut self, word: &str, items: &[String]) {
        if !items.is_empty() {
            let items: Vec<&str> = items.iter().map(String::as_str).collect();
            self.line(word, &items);
        }
    }

    fn fields(&mut self, word: &str, arguments: &[&str], fields: &[(&str, Option<&str>)]) {
        self.head(word, arguments);
        for (key, value) in fields {
            if let Some(value) = value {
                let _ = write!(self.text, " {key}={}", field(key, value));
            }
        }
        self.text.push('\n');
    }

    /// Opens a block, ending a head that is already written as a line.
    fn open(&mut self, word: &str, arguments: &[&str]) {
        self.open_fields(word, arguments, &[]);
    }

    fn open_fields(&mut self, word: &str, arguments: &[&str], fields: &[(&str, Option<&str>)]) {
        self.fields(word, arguments, fields);
        self.text.pop();
        self.text.push_str(" {\n");
        self.depth += 1;
    }

    fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        let indent = 2 * self.depth;
        let _ = writeln!(self.text, "{:indent$}}}", "");
    }

    fn concern(&mut self, concern: &Concern) {
        let consequence = Some(concern.consequence.as_str());
        self.open_fields("concern", &[&concern.id], &[("consequence", consequence)]);
        self.line("says", &[&concern.says]);
        self.list("goal", &concern.goals);
        for touch in &concern.touches {
            let level = touch.level.map(|level| level.to_string());
            let fields = [
                ("scope", Some(touch.scope.as_str())),
                ("level", level.as_deref()),
                ("because", Some(&touch.because)),
            ];
            self.fields("touches", &[&touch.practice], &fields);
        }
        self.close();
    }

    fn obligation(&mut self, obligation: &Obligation) {
        let in_force = obligation.in_force.to_string();
        self.open_fields(
            "obligation",
            &[&obligation.id],
            &[("in-force", Some(&in_force))],
        );
        self.line("source", &[&obligation.source]);
        for minimum in &obligation.minimums {
            let level = minimum.level.to_string();
            let fields = [
                ("level", Some(level.as_str())),
                ("scope", Some(minimum.scope.as_str())),
                ("because", Some(&minimum.because)),
            ];
            self.fields("minimum", &[&minimum.practice], &fields);
        }
        self.close();
    }

    fn target_set(&mut self, set: &TargetSet) {
        let by = set.by.to_string();
        let fields = [("by", Some(by.as_str())), ("title", set.title.as_deref())];
        self.open_fields("target", &[&set.id], &fields);
        for draft in &set.drafts {
            let level = draft.level.to_string();
            let fields = [
                ("level", Some(level.as_str())),
                ("scope", Some(draft.scope.as_str())),
                ("because", Some(&draft.because)),
            ];
            self.fields("draft", &[&draft.part], &fields);
        }
        set.practices
            .iter()
            .for_each(|target| self.practice_target(target));
        self.close();
    }

    fn practice_target(&mut self, target: &PracticeTarget) {
        let level = target.level.to_string();
        let fields = [
            ("level", Some(level.as_str())),
            ("scope", Some(target.scope.as_str())),
        ];
        self.open_fields("practice", &[&target.practice], &fields);
        self.optional("because", target.because.as_deref());
        self.list("concern", &target.concerns);
        self.optional("respondent", target.respondent.as_deref());
        self.optional("owner", target.owner.as_deref());
        if !target.responsible.is_empty() {
            let parties: Vec<&str> = target.responsible.iter().map(|p| p.as_str()).collect();
            self.line("responsible", &parties);
        }
        if let Some(decision) = &target.override_of {
            let on = decision.on.to_string();
            let fields = [
                ("by", Some(decision.by.as_str())),
                ("on", Some(&on)),
                ("because", Some(&decision.because)),
            ];
            self.fields("override", &[], &fields);
        }
        self.close();
    }

    fn optional(&mut self, word: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.line(word, &[text]);
        }
    }

    fn evidence(&mut self, evidence: &Evidence) {
        let digest = evidence.digest.map(|digest| digest.to_string());
        let dated = evidence.dated.map(|date| date.to_string());
        let until = evidence.valid_until.map(|date| date.to_string());
        let fields = [
            ("title", Some(evidence.title.as_str())),
            ("kind", evidence.kind.map(|kind| kind.as_str())),
            ("location", evidence.location.as_deref()),
            ("digest", digest.as_deref()),
            ("dated", dated.as_deref()),
            ("valid-until", until.as_deref()),
        ];
        self.fields("evidence", &[&evidence.id], &fields);
    }

    fn signed(&mut self, word: &str, signed: Option<&Signed>) {
        if let Some(signed) = signed {
            let on = signed.on.to_string();
            self.fields(
                word,
                &[],
                &[("by", Some(signed.by.as_str())), ("on", Some(&on))],
            );
        }
    }

    fn assessment(&mut self, assessment: &Assessment) {
        let (from, to) = (assessment.from.to_string(), assessment.to.to_string());
        let fields = [
            ("type", Some(assessment.kind.as_str())),
            ("from", Some(from.as_str())),
            ("to", Some(&to)),
        ];
        self.open_fields("assessment", &[&assessment.id], &fields);
        self.optional("boundary", assessment.boundary.as_deref());
        self.list("assessor", &assessment.assessors);
        self.line("state", &[assessment.state.as_str()]);
        self.signed("reviewed", assessment.reviewed.as_ref());
        self.signed("approved", assessment.approved.as_ref());
        assessment
            .answers
            .iter()
            .for_each(|answer| self.answer(answer));
        for judgement in &assessment.judgements {
            let (level, on) = (judgement.level.to_string(), judgement.on.to_string());
            let fields = [
                ("level", Some(level.as_str())),
                ("scope", Some(judgement.scope.as_str())),
                ("by", Some(&judgement.by)),
                ("on", Some(&on)),
                ("because", Some(&judgement.because)),
            ];
            self.fields("judge", &[&judgement.practice], &fields);
        }
        self.close();
    }

    fn answer(&mut self, answer: &GivenAnswer) {
        let on = answer.on.map(|date| date.to_string());
        let computed = answer.computed.as_ref();
        let model = computed
            .and_then(|computed| computed.model)
            .map(|model| model.to_string());
        let mut fields = vec![
            ("by", answer.by.as_deref()),
            ("method", answer.method.map(|method| method.as_str())),
            ("on", on.as_deref()),
            (
                "computed-by",
                computed.map(|computed| computed.check.as_str()),
            ),
            ("model", model.as_deref()),
            ("because", answer.because.as_deref()),
            ("approved-by", answer.approved_by.as_deref()),
            ("note", answer.note.as_deref()),
        ];
        let head = [answer.indicator.as_str(), answer.answer.as_str()];
        match answer.evidence.as_slice() {
            [] => self.fields("answer", &head, &fields),
            [one] => {
                fields.push(("evidence", Some(one)));
                self.fields("answer", &head, &fields);
            }
            many => {
                self.open_fields("answer", &head, &fields);
                self.list("evidence", many);
                self.close();
            }
        }
    }

    fn action(&mut self, action: &Action) {
        let due = action.due.to_string();
        let since = action.since.map(|since| since.to_string());
        let fields = [
            ("due", Some(due.as_str())),
            ("status", Some(action.status.as_str())),
            ("since", since.as_deref()),
        ];
        self.open_fields("action", &[&action.id], &fields);
        self.line("title", &[&action.title]);
        self.list("closes", &action.closes);
        self.optional("owner", action.owner.as_deref());
        self.list("after", &action.after);
        self.list("evidence", &action.evidence);
        if let Some(cost) = &action.cost {
            let (least, most) = (cost.least.to_string(), cost.most.to_string());
            let fields = [
                ("least", Some(least.as_str())),
                ("most", Some(&most)),
                ("currency", Some(&cost.currency)),
            ];
            self.fields("cost", &[], &fields);
        }
        self.close();
    }
}
