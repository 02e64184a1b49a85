//! From entries to the state they add up to.

use super::event::{Event, Header, ModelFile};
use super::key::Key;
use crate::date::Date;
use crate::project::{
    Action, Assessment, Concern, DraftTarget, Evidence, Goal, Obligation, Person, PracticeTarget,
    Project, TargetSet,
};
use crate::words::State as Stage;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A recorded event with who recorded it and how far they had read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Entry {
    /// Position among the entries of this project, from 1.
    pub stream: u64,
    /// When it was recorded, in nanoseconds since 1970-01-01 UTC.
    pub at_ns: u64,
    /// Who recorded it.
    pub author: String,
    /// The last position they had read.
    pub base: u64,
    /// What happened.
    pub event: Event,
}

/// Who set what stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Position of the entry.
    pub stream: u64,
    /// When it was recorded, in nanoseconds since 1970-01-01 UTC.
    pub at_ns: u64,
    /// Who recorded it.
    pub author: String,
}

/// Why an entry did not come to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Somebody else set the same thing after its author had last read.
    SetMeanwhile,
    /// The assessment is frozen.
    Frozen,
    /// The assessment holds no answer and no judgement, so there is nothing to approve.
    Empty,
    /// Its author assessed what was approved, and does not open it again.
    OwnWork,
    /// What it belongs to is not there, or was removed.
    Nowhere,
}

/// An entry that did not come to stand, kept until somebody decides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conflict {
    /// What it is about.
    pub key: Key,
    /// Why it does not stand.
    pub reason: Reason,
    /// Position of the entry that stands; 0 if none does.
    pub standing: u64,
    /// The entry.
    pub entry: Entry,
}

/// Something somebody said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// Position of the entry.
    pub stream: u64,
    /// Key of what it is about.
    pub about: String,
    /// Who.
    pub author: String,
    /// When.
    pub on: Date,
    /// What.
    pub text: String,
}

/// Everything the entries add up to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Position of the last entry that was read.
    pub read: u64,
    /// The project; none before its first header.
    pub project: Option<Project>,
    /// The model that was checked last.
    pub model: Option<ModelFile>,
    /// Who set what stands, by key.
    pub held: BTreeMap<Key, Held>,
    /// What did not come to stand and is not decided.
    pub conflicts: Vec<Conflict>,
    /// Comments, in order.
    pub comments: Vec<Comment>,
}

impl State {
    /// The state after all these entries.
    pub fn of<'e>(entries: impl IntoIterator<Item = &'e Entry>) -> Self {
        let mut state = Self::default();
        for entry in entries {
            state.apply(entry);
        }
        state
    }

    /// Adds one entry. Entries are given in order, each once.
    pub fn apply(&mut self, entry: &Entry) {
        self.read = entry.stream;
        let key = entry.event.key();
        match &entry.event {
            Event::Commented { about, text, on } => {
                self.comments.push(Comment {
                    stream: entry.stream,
                    about: about.clone(),
                    author: entry.author.clone(),
                    on: *on,
                    text: text.clone(),
                });
                return;
            }
            Event::Settled { entry } => {
                self.conflicts
                    .retain(|conflict| conflict.entry.stream != *entry);
                return;
            }
            Event::HeaderSet { .. }
            | Event::PersonSet { .. }
            | Event::GoalSet { .. }
            | Event::ConcernSet { .. }
            | Event::ObligationSet { .. }
            | Event::TargetSetOpened { .. }
            | Event::DraftSet { .. }
            | Event::TargetSet { .. }
            | Event::EvidenceAttached { .. }
            | Event::AssessmentOpened { .. }
            | Event::AnswerGiven { .. }
            | Event::LevelJudged { .. }
            | Event::ReviewBegun { .. }
            | Event::Reviewed { .. }
            | Event::Approved { .. }
            | Event::Reopened { .. }
            | Event::ActionSet { .. }
            | Event::ModelChecked { .. }
            | Event::Removed { .. } => {}
        }
        match self.refused(&key, entry) {
            None => {
                let held = Held {
                    stream: entry.stream,
                    at_ns: entry.at_ns,
                    author: entry.author.clone(),
                };
                self.held.insert(key.clone(), held);
                self.conflicts
                    .retain(|conflict| conflict.key != key || conflict.entry.stream > entry.base);
            }
            Some((reason, standing)) => self.conflicts.push(Conflict {
                key,
                reason,
                standing,
                entry: entry.clone(),
            }),
        }
    }

    /// Brings an event to stand, or says why it cannot and what stands instead.
    fn refused(&mut self, key: &Key, entry: &Entry) -> Option<(Reason, u64)> {
        let standing = self.held.get(key).map_or(0, |held| held.stream);
        if let Some(reason) = self.closed(entry) {
            return Some((reason, standing));
        }
        // What one person records at one moment is one deed, in its order.
        let own = |held: &Held| held.author == entry.author && held.at_ns == entry.at_ns;
        if standing > entry.base && !self.held.get(key).is_some_and(own) {
            let mut after = self.project.clone();
            let same = put(&mut after, &mut self.model, &entry.event) && after == self.project;
            return (!same).then_some((Reason::SetMeanwhile, standing));
        }
        let put = put(&mut self.project, &mut self.model, &entry.event);
        (!put).then_some((Reason::Nowhere, standing))
    }

    /// Why the stage of an assessment does not let an entry in, if it does not.
    fn closed(&self, entry: &Entry) -> Option<Reason> {
        let known = self
            .project
            .as_ref()?
            .assessment(entry.event.assessment()?)?;
        let frozen = known.state == Stage::Frozen;
        match &entry.event {
            Event::Reopened { .. } => {
                (frozen && known.assessors.contains(&entry.author)).then_some(Reason::OwnWork)
            }
            _ if frozen => Some(Reason::Frozen),
            Event::Approved { .. } => known.is_empty().then_some(Reason::Empty),
            Event::HeaderSet { .. }
            | Event::PersonSet { .. }
            | Event::GoalSet { .. }
            | Event::ConcernSet { .. }
            | Event::ObligationSet { .. }
            | Event::TargetSetOpened { .. }
            | Event::DraftSet { .. }
            | Event::TargetSet { .. }
            | Event::EvidenceAttached { .. }
            | Event::AssessmentOpened { .. }
            | Event::AnswerGiven { .. }
            | Event::LevelJudged { .. }
            | Event::ReviewBegun { .. }
            | Event::Reviewed { .. }
            | Event::ActionSet { .. }
            | Event::ModelChecked { .. }
            | Event::Commented { .. }
            | Event::Removed { .. }
            | Event::Settled { .. } => None,
        }
    }
}

/// Writes an event into a project. False if there is nothing it could be written into.
fn put(project: &mut Option<Project>, model: &mut Option<ModelFile>, event: &Event) -> bool {
    if let Event::HeaderSet { header } = event {
        set_header(project, header);
        return true;
    }
    if let Event::ModelChecked { model: checked } = event {
        *model = Some(checked.clone());
        return true;
    }
    (project.as_mut()).is_some_and(|project| put_into(project, event).is_some())
}

fn put_into(project: &mut Project, event: &Event) -> Option<()> {
    match event {
        Event::PersonSet { person } => set(&mut project.people, person),
        Event::GoalSet { goal } => set(&mut project.goals, goal),
        Event::ConcernSet { concern } => set(&mut project.concerns, concern),
        Event::ObligationSet { obligation } => set(&mut project.obligations, obligation),
        Event::EvidenceAttached { evidence } => set(&mut project.evidence, evidence),
        Event::ActionSet { action } => set(&mut project.actions, action),
        Event::TargetSetOpened { set: head } => open_set(project, head),
        Event::DraftSet { set: id, draft } => set(&mut set_of(project, id)?.drafts, draft),
        Event::TargetSet { set: id, target } => set(&mut set_of(project, id)?.practices, target),
        Event::AssessmentOpened { assessment } => open_assessment(project, assessment),
        Event::AnswerGiven { assessment, answer } => {
            let of = |one: &_| Key::answer("", one);
            let given = &mut assessment_of(project, assessment)?.answers;
            set_by(given, answer, |one| of(one) == of(answer));
        }
        Event::LevelJudged {
            assessment,
            judgement,
        } => {
            let of = |one: &_| Key::judgement("", one);
            let judged = &mut assessment_of(project, assessment)?.judgements;
            set_by(judged, judgement, |one| of(one) == of(judgement));
        }
        Event::ReviewBegun { assessment } => {
            assessment_of(project, assessment)?.state = Stage::FactualReview;
        }
        Event::Reviewed { assessment, signed } => {
            let known = assessment_of(project, assessment)?;
            known.state = Stage::FactualReview;
            known.reviewed = Some(signed.clone());
        }
        Event::Approved { assessment, signed } => {
            let known = assessment_of(project, assessment)?;
            known.state = Stage::Frozen;
            known.approved = Some(signed.clone());
        }
        Event::Reopened { assessment } => {
            let known = assessment_of(project, assessment)?;
            known.state = Stage::Draft;
            (known.reviewed, known.approved) = (None, None);
        }
        Event::Removed { what } => return remove(project, what),
        Event::HeaderSet { .. }
        | Event::ModelChecked { .. }
        | Event::Commented { .. }
        | Event::Settled { .. } => {}
    }
    Some(())
}

fn set_header(project: &mut Option<Project>, header: &Header) {
    let Some(known) = project else {
        *project = Some(header.clone().into());
        return;
    };
    let Header {
        id,
        title,
        boundary,
        perspective,
        appetite,
        notes,
        catalog,
        profiles,
    } = header.clone();
    (known.id, known.title, known.boundary) = (id, title, boundary);
    (known.perspective, known.appetite) = (perspective, appetite);
    (known.notes, known.catalog, known.profiles) = (notes, catalog, profiles);
}

fn open_set(project: &mut Project, head: &super::SetHead) {
    let head = head.clone();
    match set_of(project, &head.id) {
        Some(known) => (known.title, known.by) = (head.title, head.by),
        None => project.targets.push(head.into()),
    }
}

fn open_assessment(project: &mut Project, head: &super::AssessmentHead) {
    let head = head.clone();
    match assessment_of(project, &head.id) {
        Some(known) => {
            (known.kind, known.from, known.to) = (head.kind, head.from, head.to);
            (known.boundary, known.assessors) = (head.boundary, head.assessors);
        }
        None => project.assessments.push(head.into()),
    }
}

fn set_of<'p>(project: &'p mut Project, id: &str) -> Option<&'p mut TargetSet> {
    project.targets.iter_mut().find(|set| set.id == id)
}

fn assessment_of<'p>(project: &'p mut Project, id: &str) -> Option<&'p mut Assessment> {
    project.assessments.iter_mut().find(|one| one.id == id)
}

/// What has a name of its own within its list.
pub(super) trait Named {
    /// The name.
    fn own_name(&self) -> &str;
}

macro_rules! named {
    ($($ty:ident by $field:ident),* $(,)?) => {
        $(impl Named for $ty { fn own_name(&self) -> &str { &self.$field } })*
    };
}

named!(
    Person by id, Goal by id, Concern by id, Obligation by id, Evidence by id, Action by id,
    TargetSet by id, DraftTarget by part, PracticeTarget by practice, Assessment by id,
);

/// Puts an item in the place of the one with its name, or at the end.
fn set<T: Named + Clone>(list: &mut Vec<T>, item: &T) {
    set_by(list, item, |one| one.own_name() == item.own_name());
}

fn set_by<T: Clone>(list: &mut Vec<T>, item: &T, same: impl Fn(&T) -> bool) {
    match list.iter_mut().find(|one| same(one)) {
        Some(one) => *one = item.clone(),
        None => list.push(item.clone()),
    }
}

/// Removes what a key names. `None` if it is not there.
fn remove(project: &mut Project, key: &Key) -> Option<()> {
    match key {
        Key::Person(id) => take(&mut project.people, id),
        Key::Goal(id) => take(&mut project.goals, id),
        Key::Concern(id) => take(&mut project.concerns, id),
        Key::Obligation(id) => take(&mut project.obligations, id),
        Key::Evidence(id) => take(&mut project.evidence, id),
        Key::Action(id) => take(&mut project.actions, id),
        Key::Targets(id) => take(&mut project.targets, id),
        Key::Assessment(id) => take(&mut project.assessments, id),
        Key::Target { set, part } => {
            let set = set_of(project, set)?;
            take(&mut set.practices, part).or_else(|| take(&mut set.drafts, part))
        }
        Key::Answer { assessment, .. } => {
            let answers = &mut assessment_of(project, assessment)?.answers;
            take_by(answers, |one| Key::answer(assessment, one) == *key)
        }
        Key::Judgement { assessment, .. } => {
            let judgements = &mut assessment_of(project, assessment)?.judgements;
            take_by(judgements, |one| Key::judgement(assessment, one) == *key)
        }
        Key::Header
        | Key::Model
        | Key::State(_)
        | Key::Comment(_)
        | Key::Conflict(_)
        | Key::Other(_) => None,
    }
}

fn take<T: Named>(list: &mut Vec<T>, name: &str) -> Option<()> {
    take_by(list, |one| one.own_name() == name)
}

fn take_by<T>(list: &mut Vec<T>, is: impl Fn(&T) -> bool) -> Option<()> {
    let at = list.iter().position(is)?;
    list.remove(at);
    Some(())
}
