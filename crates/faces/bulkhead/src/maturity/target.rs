//! Targets: where one wants to be, and why.

use super::arguments::{Meant, Target, TargetSet};
use super::context::Context;
use super::table::{Cell, Look, paragraph, table};
use crate::show;
use crate::style::Style;
use app::maturity::desk::Desk;
use app::{Exit, Failure};
use exchange::view::PracticeView;
use maturity::ledger::{Event, SetHead};
use maturity::project::{DraftTarget, Override, PracticeTarget, Project};
use maturity::propose::{Asker, Proposal, demanded, propose};
use source::Span;
use std::collections::BTreeMap;

/// Sets and shows targets.
pub fn perform(context: &Context, command: Option<Target>) -> Result<Exit, Failure> {
    match command.unwrap_or(Target::Show { set: None }) {
        Target::Show { set } => shown(context, set),
        Target::Propose { into: None, .. } => proposed(context),
        Target::Propose {
            into: Some(set),
            by,
        } => {
            let by =
                by.ok_or_else(|| Failure::unusable("the set needs a day", "give `--by DATE`"))?;
            with_desk(context, |desk, author| {
                accept(
                    context,
                    desk,
                    author,
                    SetHead {
                        id: set,
                        title: None,
                        by,
                    },
                )
            })
        }
        Target::Open { set, by, title } => with_desk(context, |desk, author| {
            let done = format!("target set `{set}` is to be reached by {by}");
            let set = SetHead { id: set, title, by };
            context.record(desk, author, vec![Event::TargetSetOpened { set }], &done)
        }),
        Target::Set(target) => {
            with_desk(context, |desk, author| set(context, desk, author, target))
        }
        Target::Draft {
            set,
            part,
            level,
            scope,
            because,
        } => with_desk(context, |desk, author| {
            let done = format!("draft for {part}: {level} {scope}");
            let draft = DraftTarget {
                part,
                level,
                scope,
                because,
                at: Span::default(),
            };
            context.record(desk, author, vec![Event::DraftSet { set, draft }], &done)
        }),
        Target::Remove { set, part } => with_desk(context, |desk, author| {
            let done = format!("`{part}` has no target of its own in `{set}` any more");
            let known = context.practice(&part).unwrap_or(part);
            let what = format!("target:{set}:{known}");
            context.record(desk, author, vec![Event::Removed { what }], &done)
        }),
    }
}

fn with_desk(
    context: &Context,
    perform: impl FnOnce(&mut Desk<'_>, &str) -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    let book = context.book()?;
    let mut desk = context.desk(&book)?;
    let author = context.author(&desk)?;
    perform(&mut desk, author.as_str())
}

fn shown(context: &Context, set: Option<String>) -> Result<Exit, Failure> {
    let meant = Meant {
        target: set,
        ..Meant::default()
    };
    let view = context.view(&meant)?;
    if context.machine() {
        show::machine(&view);
        return Ok(Exit::Good);
    }
    let style = Style::stdout();
    let Some(target) = &view.target else {
        show::people(
            "There is no target yet: `bulkhead maturity target propose` shows what concerns and layers ask for.\n",
        );
        return Ok(Exit::Good);
    };
    let title = target.title.as_deref().unwrap_or(&target.id);
    let mut text = format!(
        "{} · `{}` by {}\n\n",
        style.bold(&show::printable(title)),
        show::printable(&target.id),
        target.by
    );
    let rows: Vec<Vec<Cell>> = view.practices.iter().map(target_row).collect();
    text.push_str(&table(
        &["", "practice", "target", "proposed", "why"],
        &rows,
        style,
    ));
    show::people(&text);
    Ok(Exit::Good)
}

fn target_row(one: &PracticeView) -> Vec<Cell> {
    let why = match &one.target {
        None => String::new(),
        Some(target) => {
            let mut why = target.because.clone();
            if target.set_at != one.id {
                why.push_str(&format!(" (drafted at {})", target.set_at));
            }
            let people = [("owner", &target.owner), ("answers", &target.respondent)];
            for (what, who) in people {
                if let Some(who) = who {
                    why.push_str(&format!("; {what}: {}", who.name));
                }
            }
            if !target.responsible.is_empty() {
                let parties: Vec<String> =
                    target.responsible.iter().map(ToString::to_string).collect();
                why.push_str(&format!("; responsible: {}", parties.join(", ")));
            }
            if let Some(decision) = &target.decision {
                why.push_str(&format!(
                    "; {} decided on {}: {}",
                    decision.by.name, decision.on, decision.because
                ));
            }
            why
        }
    };
    let target = one
        .target
        .as_ref()
        .map_or("–".to_owned(), |t| format!("{} {}", t.level, t.scope));
    let proposed = match &one.proposed {
        None => Cell::from("–").look(Look::Dim),
        Some(proposed) if proposed.differs => Cell::from(proposed.says()).look(Look::Open),
        Some(proposed) => Cell::from(proposed.says()).look(Look::Dim),
    };
    vec![
        Cell::from(&one.id),
        Cell::from(&one.name),
        Cell::from(target),
        proposed,
        Cell::from(why),
    ]
}

fn proposed(context: &Context) -> Result<Exit, Failure> {
    let subject = context.subject(&Meant::default())?;
    let proposals = propose(&subject.project, &subject.table);
    if context.machine() {
        show::machine(&proposals);
        return Ok(Exit::Good);
    }
    let style = Style::stdout();
    if proposals.is_empty() {
        show::people(
            "Nothing proposes a target: name concerns with `bulkhead maturity edit`, or use a layer that has targets.\n",
        );
        return Ok(Exit::Good);
    }
    let mut text = String::new();
    for (practice, name) in &subject.table.practices {
        let proposal = proposals
            .get(practice)
            .cloned()
            .unwrap_or_else(|| Proposal {
                demanded: demanded(&subject.project, practice, &[]),
                ..Proposal::default()
            });
        let says = match proposal.asks.len() {
            0 if proposal.demanded.is_empty() => continue,
            0 => "nothing is proposed".to_owned(),
            1 => proposal.says(),
            _ => format!("{}: no one contains the other, you decide", proposal.says()),
        };
        text.push_str(&format!(
            "{} {} · {says}\n",
            style.bold(practice),
            show::printable(name),
        ));
        for reason in &proposal.reasons {
            let line = format!(
                "{} asks for {} ({}): {}",
                reason.from,
                reason.ask,
                reason.arose(),
                reason.says()
            );
            text.push_str(&paragraph(&line, 4));
        }
        for demand in &proposal.demanded {
            let line = format!(
                "above it: duty {} demands {} from {} ({})",
                demand.obligation, demand.least, demand.in_force, demand.source
            );
            text.push_str(&paragraph(&line, 4));
        }
    }
    text.push_str(
        "\ntake them over with `bulkhead maturity target propose --into SET --by DATE`\n",
    );
    show::people(&text);
    Ok(Exit::Good)
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

fn accept(
    context: &Context,
    desk: &mut Desk<'_>,
    author: &str,
    head: SetHead,
) -> Result<Exit, Failure> {
    let (project, table) = (desk.project()?, desk.table()?);
    let proposals: BTreeMap<String, Proposal> = propose(project, &table);
    let known = project.target(&head.id);
    let set = head.id.clone();
    let mut events = Vec::new();
    let mut apart = Vec::new();
    if known.is_none() {
        events.push(Event::TargetSetOpened { set: head });
    }
    for (practice, proposal) in &proposals {
        let has =
            known.is_some_and(|set| set.practices.iter().any(|own| own.practice == *practice));
        if has {
            continue;
        }
        let [ask] = proposal.asks.as_slice() else {
            apart.push(practice.as_str());
            continue;
        };
        events.push(Event::TargetSet {
            set: set.clone(),
            target: PracticeTarget {
                practice: practice.clone(),
                level: ask.level,
                scope: ask.scope,
                because: Some(because(proposal)),
                concerns: concerns(project, practice),
                respondent: None,
                owner: None,
                responsible: Vec::new(),
                override_of: None,
                at: Span::default(),
            },
        });
    }
    let taken = events
        .iter()
        .filter(|event| matches!(event, Event::TargetSet { .. }))
        .count();
    let mut done = format!("{taken} proposals taken over into `{set}`");
    if !apart.is_empty() {
        done.push_str(&format!(
            "; {} has proposals of which none contains the other: decide with `bulkhead maturity target set`",
            apart.join(", ")
        ));
    }
    context.record(desk, author, events, &done)
}

fn set(
    context: &Context,
    desk: &mut Desk<'_>,
    author: &str,
    target: TargetSet,
) -> Result<Exit, Failure> {
    let practice = context.practice(&target.practice)?;
    let done = format!(
        "{practice}: {} {} in `{}`",
        target.level, target.scope, target.set
    );
    let override_of = target.override_because.map(|because| Override {
        by: author.to_owned(),
        on: context.today,
        because,
        at: Span::default(),
    });
    if desk.project()?.target(&target.set).is_none() {
        return Err(Failure::unusable(
            format!("there is no target set `{}`", target.set),
            "open it with `bulkhead maturity target open SET --by DATE`",
        ));
    }
    let proposals = propose(desk.project()?, &desk.table()?);
    if let Some(proposal) = proposals.get(&practice).filter(|_| override_of.is_none())
        && !proposal.is(target.level, target.scope)
    {
        return Err(Failure::unusable(
            format!(
                "{} is proposed for {practice}, and you set {} {}",
                proposal.says(),
                target.level,
                target.scope
            ),
            "say why with `--override WHY`: the decision is recorded with your name and the day",
        ));
    }
    // What is not said again stays as it was.
    let known = desk.project()?.target(&target.set);
    let own = known.and_then(|set| set.practices.iter().find(|own| own.practice == practice));
    let kept = |new: Vec<String>, old: Option<&Vec<String>>| match old {
        Some(old) if new.is_empty() => old.clone(),
        _ => new,
    };
    let responsible = match own {
        Some(own) if target.responsible.is_empty() => own.responsible.clone(),
        _ => target.responsible,
    };
    let event = Event::TargetSet {
        set: target.set,
        target: PracticeTarget {
            practice,
            level: target.level,
            scope: target.scope,
            because: Some(target.because),
            concerns: kept(target.concern, own.map(|own| &own.concerns)),
            respondent: target.respondent.or_else(|| own?.respondent.clone()),
            owner: target.owner.or_else(|| own?.owner.clone()),
            responsible,
            override_of,
            at: Span::default(),
        },
    };
    context.record(desk, author, vec![event], &done)
}
