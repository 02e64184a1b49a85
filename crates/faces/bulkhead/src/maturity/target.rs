//! Targets: where one wants to be, and why.

use super::arguments::{Meant, Target, TargetSet};
use super::context::Context;
use super::table::{Cell, Look, paragraph, table};
use crate::show;
use crate::style::Style;
use app::maturity::desk::{Author, Desk};
use app::maturity::recording::Done;
use app::maturity::targets::{self, Accepted, Wanted};
use app::maturity::view::PracticeView;
use app::{Exit, Failure};
use maturity::ledger::SetHead;
use maturity::project::DraftTarget;
use maturity::propose::{Proposal, demanded, propose};
use source::Span;

/// Sets and shows targets.
pub fn perform(context: &Context, command: Option<Target>) -> Result<Exit, Failure> {
    match command.unwrap_or(Target::Show { set: None }) {
        Target::Show { set } => shown(context, set),
        Target::Propose { into: None, .. } => proposed(context),
        Target::Propose {
            into: Some(set),
            by,
        } => {
            let by = by.ok_or_else(|| {
                Failure::unusable("day-missing", "the set needs a day", "give `--by DATE`")
            })?;
            let title = None;
            with_desk(context, |desk, author| {
                let head = SetHead { id: set, title, by };
                Ok(context.done(&accept(desk, author, head)?))
            })
        }
        Target::Open { set, by, title } => with_desk(context, |desk, author| {
            let head = SetHead { id: set, title, by };
            Ok(context.done(&targets::open(desk, author, head)?))
        }),
        Target::Set(target) => with_desk(context, |desk, author| {
            let practice = context.practice(&target.practice)?;
            let set = target.set.clone();
            let done = targets::set(desk, author, &set, &practice, wanted(target))?;
            Ok(context.done(&done))
        }),
        Target::Draft {
            set,
            part,
            level,
            scope,
            because,
        } => with_desk(context, |desk, author| {
            let draft = DraftTarget {
                part,
                level,
                scope,
                because,
                at: Span::default(),
            };
            Ok(context.done(&targets::draft(desk, author, &set, draft)?))
        }),
        Target::Remove { set, part } => with_desk(context, |desk, author| {
            if let Ok(practice) = context.library.practice(&part) {
                context.notes(practice.note.as_slice());
            }
            Ok(context.done(&targets::remove(desk, author, &set, &part)?))
        }),
    }
}

fn wanted(target: TargetSet) -> Wanted {
    Wanted {
        level: target.level,
        scope: target.scope,
        because: target.because,
        concerns: target.concern,
        respondent: target.respondent,
        owner: target.owner,
        responsible: target.responsible,
        override_because: target.override_because,
    }
}

/// Takes proposals over, and says which of them somebody has to decide.
fn accept(desk: &mut Desk<'_>, author: &Author, head: SetHead) -> Result<Done, Failure> {
    let Accepted { mut done, apart } = targets::accept(desk, author, head)?;
    if !apart.is_empty() {
        done.says.push_str(&format!(
            "; {} has proposals of which none contains the other: decide with `bulkhead maturity target set`",
            apart.join(", ")
        ));
    }
    Ok(done)
}

fn with_desk(
    context: &Context,
    perform: impl FnOnce(&mut Desk<'_>, &Author) -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    let book = context.book()?;
    let mut desk = context.desk(&book)?;
    let author = context.author(&desk)?;
    perform(&mut desk, &author)
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
