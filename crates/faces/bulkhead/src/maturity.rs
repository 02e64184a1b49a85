//! `bulkhead maturity` and `bulkhead ledger`: they ask `app::maturity` and show the answer.

pub mod arguments;
mod assess;
mod catalog;
mod compare;
mod context;
mod edit;
mod exchange;
mod help;
mod history;
mod init;
mod interview;
mod ledger;
mod plan;
mod portfolio;
mod standing;
mod table;
mod target;
mod workshop;

use app::maturity::import::May;
use app::{Exit, Failure};
use arguments::{Command, Common};
use context::Context;

pub use ledger::perform as ledger;

/// Does one thing.
pub fn perform(common: Common, command: Command) -> Result<Exit, Failure> {
    asked(common, command).map_err(help::worded)
}

fn asked(common: Common, command: Command) -> Result<Exit, Failure> {
    let context = Context::new(common)?;
    match command {
        Command::Init(init) => init::perform(&context, init),
        Command::Target { command } => target::perform(&context, command),
        Command::Assess { command, interview } => assess::perform(&context, command, interview),
        Command::Status { meant } => standing::status(&context, &meant),
        Command::Gap { meant } => standing::gap(&context, &meant),
        Command::Plan {
            command,
            brief,
            meant,
        } => plan::perform(&context, command, brief, &meant),
        Command::Explain {
            practice,
            level,
            scope,
            meant,
        } => standing::explain(&context, &practice, level, scope, &meant),
        Command::History { entries, meant } => history::perform(&context, entries, &meant),
        Command::Compare { what, scope } => compare::perform(&context, &what, scope),
        Command::Export { to, output, meant } => {
            exchange::export(&context, to, output.as_deref(), &meant)
        }
        Command::Import {
            file,
            dry_run,
            replace,
        } => {
            let may = May {
                replace,
                reopen: replace,
            };
            exchange::import(&context, &file, dry_run, may)
        }
        Command::Edit => edit::perform(&context),
        Command::Evidence(evidence) => edit::evidence(&context, evidence),
        Command::Comment { about, text } => edit::comment(&context, about, text),
        Command::Conflicts { keep, take } => edit::conflicts(&context, keep, take),
        Command::Catalog { what } => catalog::perform(&context, what.as_deref()),
    }
}
