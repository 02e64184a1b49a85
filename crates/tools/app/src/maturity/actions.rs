//! Actions: what is to be done, and how far it is.

use super::desk::{Author, Desk};
use super::recording::Done;
use super::refusal::Refusal;
use crate::Failure;
use maturity::Status;
use maturity::ledger::Event;
use maturity::project::Action;

/// Plans an action, or changes its plan. One that is known stays as far as it is.
///
/// # Errors
/// It would make the project wrong, or the ledger refuses it.
pub fn plan(desk: &mut Desk<'_>, author: &Author, action: Action) -> Result<Done, Failure> {
    let says = format!("action `{}` is due {}", action.id, action.due);
    let known = known(desk, &action.id)?;
    let status = known.map_or(Status::Planned, |known| known.status);
    let action = Action { status, ..action };
    desk.perform(author, vec![Event::ActionSet { action }], says)
}

/// Says how far an action is. What becomes done is done today: from then on its effect and its periods
/// count.
///
/// # Errors
/// As for [`plan`]; there is no such action.
pub fn mark(
    desk: &mut Desk<'_>,
    author: &Author,
    action: &str,
    status: Status,
) -> Result<Done, Failure> {
    let Some(known) = known(desk, action)?.cloned() else {
        let action = action.to_owned();
        return Err(Refusal::NoAction { action }.into());
    };
    let mut says = format!("action `{action}` is {status}");
    let done = status == Status::Done && known.status != Status::Done;
    let due = if done { desk.today } else { known.due };
    if due != known.due {
        says.push_str(&format!(", and its day is now {due}"));
    }
    let action = Action {
        status,
        due,
        ..known
    };
    desk.perform(author, vec![Event::ActionSet { action }], says)
}

fn known<'d>(desk: &'d Desk<'_>, action: &str) -> Result<Option<&'d Action>, Failure> {
    Ok(desk.project()?.actions.iter().find(|one| one.id == action))
}
