//! Names have their form and texts say something, whatever a project came from. A text in KDL was held
//! to this when it was read; data and recorded events are held to it here.

use super::Check;
use crate::fault;
use crate::form::is_id;
use crate::project::TEXT_MAX;
use source::Span;

impl Check<'_> {
    pub(super) fn texts(&mut self) {
        let project = self.project;
        let mut names: Vec<(&str, Span)> = vec![(&project.id, project.at)];
        let mut texts: Vec<(&str, &str, Span)> = vec![
            ("title", &project.title, project.at),
            ("boundary", &project.boundary, project.at),
        ];
        texts.extend(
            project
                .notes
                .iter()
                .map(|note| ("note", note.as_str(), project.at)),
        );
        for person in &project.people {
            names.push((&person.id, person.at));
            texts.push(("name", &person.name, person.at));
        }
        for goal in &project.goals {
            names.push((&goal.id, goal.at));
            texts.push(("says", &goal.says, goal.at));
        }
        for concern in &project.concerns {
            names.push((&concern.id, concern.at));
            texts.push(("says", &concern.says, concern.at));
            let touches = concern.touches.iter();
            texts.extend(touches.map(|touch| ("because", touch.because.as_str(), touch.at)));
        }
        for obligation in &project.obligations {
            names.push((&obligation.id, obligation.at));
            texts.push(("source", &obligation.source, obligation.at));
            let minimums = obligation.minimums.iter();
            texts.extend(minimums.map(|least| ("because", least.because.as_str(), least.at)));
        }
        for set in &project.targets {
            names.push((&set.id, set.at));
            let drafts = set.drafts.iter();
            texts.extend(drafts.map(|draft| ("because", draft.because.as_str(), draft.at)));
            for target in &set.practices {
                let because = target.because.iter();
                texts.extend(because.map(|text| ("because", text.as_str(), target.at)));
                let decided = target.override_of.iter();
                texts.extend(decided.map(|one| ("because", one.because.as_str(), one.at)));
            }
        }
        for evidence in &project.evidence {
            names.push((&evidence.id, evidence.at));
            texts.push(("title", &evidence.title, evidence.at));
        }
        for assessment in &project.assessments {
            names.push((&assessment.id, assessment.at));
            let judged = assessment.judgements.iter();
            texts.extend(judged.map(|one| ("because", one.because.as_str(), one.at)));
            for answer in &assessment.answers {
                let because = answer.because.iter();
                texts.extend(because.map(|text| ("because", text.as_str(), answer.at)));
            }
        }
        for action in &project.actions {
            names.push((&action.id, action.at));
            texts.push(("title", &action.title, action.at));
            let cost = action.cost.iter();
            texts.extend(cost.map(|cost| ("currency", cost.currency.as_str(), cost.at)));
        }
        // Texts that may be empty, or absent.
        let mut free: Vec<(&str, Option<&String>, Span)> = Vec::new();
        let roles = project.people.iter();
        free.extend(roles.map(|one| ("role", one.role.as_ref(), one.at)));
        let titles = project.targets.iter();
        free.extend(titles.map(|one| ("title", one.title.as_ref(), one.at)));
        let locations = project.evidence.iter();
        free.extend(locations.map(|one| ("location", one.location.as_ref(), one.at)));
        for one in &project.assessments {
            free.push(("boundary", one.boundary.as_ref(), one.at));
            let notes = one.answers.iter();
            free.extend(notes.map(|one| ("note", one.note.as_ref(), one.at)));
        }
        let free = free.into_iter();
        let free = free.filter_map(|(field, text, at)| Some((field, text?.as_str(), at)));
        let long: Vec<(&str, Span)> = (texts.iter().copied().chain(free))
            .filter(|(_, text, _)| is_long(text))
            .map(|(field, _, at)| (field, at))
            .collect();
        for (field, at) in long {
            self.report(&fault::LongText { field }, at);
        }
        for (name, at) in names {
            if !is_id(name) {
                self.report(&fault::BadId { id: name }, at);
            }
        }
        for (field, text, at) in texts {
            if text.trim().is_empty() {
                self.report(&fault::EmptyText { field }, at);
            }
        }
    }
}

fn is_long(text: &str) -> bool {
    // A UTF-16 unit takes at least one byte here: only long texts are counted.
    text.len() > TEXT_MAX && text.encode_utf16().count() > TEXT_MAX
}
