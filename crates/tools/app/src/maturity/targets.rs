//! Targets: where one wants to be, and why.

use super::desk::{Author, Desk};
use super::recording::Done;
use super::refusal::Refusal;
use crate::Failure;
use maturity::ledger::{Event, Key, SetHead};
use maturity::project::{DraftTarget, Override, PracticeTarget, Project};
use maturity::propose::{Asker, Proposal, propose};
use maturity::{Level, Party, Scope};
use source::Span;

/// What somebody wants of a practice. People and parties that are not said stay as they were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The level.
    pub level: Level,
    /// The scope.
    pub scope: Scope,
    /// Why.
    pub because: String,
    /// The concerns behind it.
    pub concerns: Vec<String>,
    /// Who can answer for it.
    pub respondent: Option<String>,
    /// Who pays and decides.
    pub owner: Option<String>,
    /// Whose practice it is.
    pub responsible: Vec<Party>,
    /// Why it differs from what is proposed.
    pub override_because: Option<String>,
}

/// Proposals that were taken over.
#[derive(Debug)]
pub struct Accepted {
    /// What was done.
    pub done: Done,
    /// The practices with proposals of which none contains the other: somebody decides.
    pub apart: Vec<String>,
}

/// Opens a target set, or changes its day or title.
///
/// # Errors
/// It would make the project wrong, or the ledger refuses it.
pub fn open(desk: &mut Desk<'_>, author: &Author, set: SetHead) -> Result<Done, Failure> {
    let says = format!("target set `{}` is to be reached by {}", set.id, set.by);
    desk.perform(author, vec![Event::TargetSetOpened { set }], says)
}

/// Drafts a target for a domain or subdomain until its practices have their own.
///
/// # Errors
/// As for [`open`]; there is no such target set.
pub fn draft(
    desk: &mut Desk<'_>,
    author: &Author,
    set: &str,
    draft: DraftTarget,
) -> Result<Done, Failure> {
    let says = format!("draft for {}: {} {}", draft.part, draft.level, draft.scope);
    let set = set.to_owned();
    desk.perform(author, vec![Event::DraftSet { set, draft }], says)
}

/// Removes the target of a practice, however it is named, or of a domain or subdomain.
///
/// # Errors
/// As for [`open`]; there is no such target.
pub fn remove(
    desk: &mut Desk<'_>,
    author: &Author,
    set: &str,
    part: &str,
) -> Result<Done, Failure> {
    let says = format!("`{part}` has no target of its own in `{set}` any more");
    let practice = desk.library.practice(part);
    let known = practice.map_or_else(|_| part.to_owned(), |practice| practice.id);
    let what = Key::Target {
        set: set.to_owned(),
        part: known,
    };
    desk.perform(author, vec![Event::Removed { what }], says)
}

/// Takes what concerns and layers propose over into a target set, which is opened if it is not there.
/// Targets that it has stay.
///
/// # Errors
/// As for [`open`].
pub fn accept(desk: &mut Desk<'_>, author: &Author, head: SetHead) -> Result<Accepted, Failure> {
    let project = desk.project()?;
    let known = project.target(&head.id);
    let has = |practice: &str| {
        let mut own = known.iter().flat_map(|set| &set.practices);
        own.any(|own| own.practice == practice)
    };
    let (mut targets, mut apart) = (Vec::new(), Vec::new());
    for (practice, proposal) in propose(project, &desk.table()?) {
        if has(&practice) {
            continue;
        }
        match accepted(project, &practice, &proposal) {
            Some(target) => targets.push(target),
            None => apart.push(practice),
        }
    }
    let set = head.id.clone();
    let says = format!("{} proposals taken over into `{set}`", targets.len());
    let opened = known
        .is_none()
        .then_some(Event::TargetSetOpened { set: head });
    let mut events: Vec<Event> = opened.into_iter().collect();
    events.extend(targets.into_iter().map(|target| Event::TargetSet {
        set: set.clone(),
        target,
    }));
    let done = desk.perform(author, events, says)?;
    Ok(Accepted { done, apart })
}

/// A proposal as a target; none if it asks for more than one thing.
fn accepted(project: &Project, practice: &str, proposal: &Proposal) -> Option<PracticeTarget> {
    let [ask] = proposal.asks.as_slice() else {
        return None;
    };
    Some(PracticeTarget {
        practice: practice.to_owned(),
        level: ask.level,
        scope: ask.scope,
        because: Some(because(proposal)),
        concerns: concerns(project, practice),
        respondent: None,
        owner: None,
        responsible: Vec::new(),
        override_of: None,
        at: Span::default(),
    })
}

/// The reasons of a proposal as those of a target. What a profile says stays a question until
/// somebody has answered it for this site.
fn because(proposal: &Proposal) -> String {
    let reasons = proposal.reasons.iter().map(|reason| match &reason.from {
        Asker::Concern { .. } => reason.because.clone(),
        Asker::Profile { name } => {
            format!(
                "to be confirmed here, as profile {name} asks: {}",
                reason.because
            )
        }
    });
    let mut all: Vec<String> = Vec::new();
    for reason in reasons {
        if !all.contains(&reason) {
            all.push(reason);
        }
    }
    all.join("; ")
}

/// The concerns among the reasons of a proposal.
fn concerns(project: &Project, practice: &str) -> Vec<String> {
    let touching = project.concerns.iter().filter(|concern| {
        let mut touches = concern.touches.iter();
        touches.any(|touch| touch.practice == practice)
    });
    touching.map(|concern| concern.id.clone()).collect()
}

/// Sets the target of a practice.
///
/// # Errors
/// As for [`open`]; there is no such target set, or something else is proposed and it is not said why
/// not.
pub fn set(
    desk: &mut Desk<'_>,
    author: &Author,
    set: &str,
    practice: &str,
    wanted: Wanted,
) -> Result<Done, Failure> {
    let project = desk.project()?;
    let Some(known) = project.target(set) else {
        let set = set.to_owned();
        return Err(Refusal::NoTargetSet { set }.into());
    };
    let Wanted { level, scope, .. } = wanted;
    let proposals = propose(project, &desk.table()?);
    if wanted.override_because.is_none()
        && let Some(proposal) = proposals.get(practice)
        && !proposal.is(level, scope)
    {
        let refusal = Refusal::NotAsProposed {
            practice: practice.to_owned(),
            proposed: proposal.says(),
            level,
            scope,
        };
        return Err(refusal.into());
    }
    let own = known.practices.iter().find(|own| own.practice == practice);
    let override_of = wanted.override_because.map(|because| Override {
        by: author.as_str().to_owned(),
        on: desk.today,
        because,
        at: Span::default(),
    });
    let target = PracticeTarget {
        practice: practice.to_owned(),
        level,
        scope,
        because: Some(wanted.because),
        concerns: kept(wanted.concerns, own.map(|own| &own.concerns)),
        respondent: wanted.respondent.or_else(|| own?.respondent.clone()),
        owner: wanted.owner.or_else(|| own?.owner.clone()),
        responsible: kept(wanted.responsible, own.map(|own| &own.responsible)),
        override_of,
        at: Span::default(),
    };
    let says = format!("{practice}: {level} {scope} in `{set}`");
    let set = set.to_owned();
    desk.perform(author, vec![Event::TargetSet { set, target }], says)
}

/// What is not said again stays as it was.
fn kept<T: Clone>(new: Vec<T>, old: Option<&Vec<T>>) -> Vec<T> {
    match old {
        Some(old) if new.is_empty() => old.clone(),
        _ => new,
    }
}
