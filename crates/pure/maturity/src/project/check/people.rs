//! Everybody who is named must be somebody.

use super::Check;
use crate::fault;
use source::Span;

impl Check<'_> {
    pub(super) fn people(&mut self) {
        let mut named: Vec<(&str, Span)> = Vec::new();
        let project = self.project;
        for target in project.targets.iter().flat_map(|set| &set.practices) {
            let decided = target.override_of.iter().map(|decision| &decision.by);
            let all = target.respondent.iter().chain(&target.owner).chain(decided);
            named.extend(all.map(|name| (name.as_str(), target.at)));
        }
        for assessment in &project.assessments {
            let signed = assessment.reviewed.iter().chain(&assessment.approved);
            named.extend(signed.map(|signed| (signed.by.as_str(), signed.at)));
            named.extend(
                assessment
                    .assessors
                    .iter()
                    .map(|name| (name.as_str(), assessment.at)),
            );
            for answer in &assessment.answers {
                named.extend(
                    answer
                        .approved_by
                        .iter()
                        .map(|name| (name.as_str(), answer.at)),
                );
            }
        }
        let owners = project
            .actions
            .iter()
            .filter_map(|a| Some((a.owner.as_deref()?, a.at)));
        named.extend(owners);
        for (name, at) in named {
            if !self.ids.people.contains(name) {
                let known = project.people.iter().map(|person| person.id.as_str());
                self.unknown(&fault::UnknownPerson { person: name }, at, name, known);
            }
        }
    }
}
