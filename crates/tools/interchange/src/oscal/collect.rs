//! From our documents to items with their positions. The same item may be in several documents; it
//! must then say the same.

use super::at::{At, Report};
use super::metadata::{CONTENTS, DIGEST, LISTS};
use maturity::project::{
    Action, Assessment, Concern, Evidence, GivenAnswer, Goal, Judgement, Obligation, Person,
    PracticeTarget, Project, TargetSet,
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Most items of one list whose position is not known; each is compared with all others.
const UNPLACED_MAX: usize = 1_000;

/// Items of one list by their position; those without one come last.
#[derive(Debug)]
pub(super) struct Items<T> {
    placed: BTreeMap<usize, T>,
    others: Vec<T>,
}

impl<T> Default for Items<T> {
    fn default() -> Self {
        Self {
            placed: BTreeMap::new(),
            others: Vec::new(),
        }
    }
}

impl<T: PartialEq> Items<T> {
    fn put(&mut self, (position, item): (Option<usize>, T), at: &At<'_>, report: &mut Report) {
        match position {
            None if self.others.contains(&item) => {}
            None if self.others.len() < UNPLACED_MAX => self.others.push(item),
            None => {
                let message = format!(
                    "`{}` is one of more than {UNPLACED_MAX} items without a position",
                    at.path
                );
                report.error(
                    "oscal-too-much",
                    message,
                    "export the documents again; what is exported has positions",
                );
            }
            Some(position) => match self.placed.get(&position) {
                None => {
                    self.placed.insert(position, item);
                }
                Some(same) if *same == item => {}
                Some(_) => {
                    let message = format!("`{}` contradicts another document", at.path);
                    report.error(
                        "oscal-conflict",
                        message,
                        "read only documents that were exported together",
                    );
                }
            },
        }
    }

    /// The items in order.
    pub(super) fn into_vec(self) -> Vec<T> {
        self.placed.into_values().chain(self.others).collect()
    }
}

/// Everything found in our documents.
#[derive(Debug, Default)]
pub(super) struct Collected {
    pub(super) headers: Items<Project>,
    pub(super) people: Items<Person>,
    pub(super) goals: Items<Goal>,
    pub(super) concerns: Items<Concern>,
    pub(super) obligations: Items<Obligation>,
    pub(super) targets: Items<TargetSet>,
    pub(super) evidence: Items<Evidence>,
    pub(super) assessments: Items<Assessment>,
    pub(super) actions: Items<Action>,
    /// What the documents say about the whole: its digest, and how much there is of everything.
    pub(super) digests: BTreeSet<String>,
    pub(super) contents: BTreeSet<String>,
}

/// Lists that are filled from elsewhere.
fn lists(names: &[&str]) -> Map<String, Value> {
    let empty = |name: &&str| ((*name).to_owned(), Value::Array(Vec::new()));
    names.iter().map(empty).collect()
}

/// True if a document is one of ours about a project.
pub(super) fn is_ours(document: &At<'_>) -> bool {
    document
        .get("metadata")
        .is_some_and(|metadata| metadata.has("project"))
}

impl Collected {
    /// Collects from a profile of ours.
    pub(super) fn profile(&mut self, document: &At<'_>, report: &mut Report) {
        self.common(document, report);
        let Some(metadata) = document.get("metadata").filter(|at| at.has("target-set")) else {
            return;
        };
        let set = metadata.item::<TargetSet>("target-set", lists(&["practices"]), report);
        let mut targets = Items::<PracticeTarget>::default();
        let alters = document
            .get("modify")
            .map(|at| at.list("alters"))
            .unwrap_or_default();
        for add in alters.iter().flat_map(|alter| alter.list("adds")) {
            if let Some(target) = add.item("target", Map::new(), report) {
                targets.put(target, &add, report);
            }
        }
        if let Some((position, mut set)) = set {
            set.practices = targets.into_vec();
            self.targets.put((position, set), &metadata, report);
        }
    }

    /// Collects from assessment results of ours.
    pub(super) fn results(&mut self, document: &At<'_>, report: &mut Report) {
        self.common(document, report);
        for result in document
            .list("results")
            .iter()
            .filter(|at| at.has("assessment"))
        {
            let empty = lists(&["answers", "judgements"]);
            let assessment = result.item::<Assessment>("assessment", empty, report);
            let mut answers = Items::<GivenAnswer>::default();
            let mut judgements = Items::<Judgement>::default();
            for seen in result.list("observations") {
                if let Some(answer) = seen.item("answer", Map::new(), report) {
                    answers.put(answer, &seen, report);
                } else if let Some(judged) = seen.item("judgement", Map::new(), report) {
                    judgements.put(judged, &seen, report);
                }
            }
            if let Some((position, mut assessment)) = assessment {
                assessment.answers = answers.into_vec();
                assessment.judgements = judgements.into_vec();
                self.assessments.put((position, assessment), result, report);
            }
        }
    }

    fn common(&mut self, document: &At<'_>, report: &mut Report) {
        let Some(metadata) = document.get("metadata") else {
            return;
        };
        if let Some((_, header)) = metadata.item::<Project>("project", lists(&LISTS), report) {
            // All headers are about one thing.
            self.headers.put((Some(0), header), &metadata, report);
        }
        self.digests.extend(metadata.shown(DIGEST));
        self.contents.extend(metadata.shown(CONTENTS));
        take(
            &mut self.people,
            &metadata.list("parties"),
            "person",
            report,
        );
        let resources = document.get("back-matter").map(|at| at.list("resources"));
        let resources = resources.unwrap_or_default();
        take(&mut self.goals, &resources, "goal", report);
        take(&mut self.concerns, &resources, "concern", report);
        take(&mut self.obligations, &resources, "obligation", report);
        take(&mut self.evidence, &resources, "evidence", report);
        take(&mut self.actions, &resources, "action", report);
    }
}

fn take<T: DeserializeOwned + PartialEq>(
    into: &mut Items<T>,
    places: &[At<'_>],
    group: &str,
    report: &mut Report,
) {
    for at in places {
        if let Some(item) = at.item(group, Map::new(), report) {
            into.put(item, at, report);
        }
    }
}
