//! What can be asked about maturity.

use crate::format::Format;
use app::maturity::book::Head;
use app::maturity::results;
use clap::{Args, Subcommand, ValueEnum};
use maturity::{
    Answer, Appetite, AssessmentType, Date, Kind, Level, Method, Perspective, Scope, Status, Word,
};
use std::path::PathBuf;

/// Which project, in which ledger, and who asks.
#[derive(Clone, Debug, Args)]
pub struct Common {
    /// The ledger: a file, or `postgres://USER@HOST/DATABASE`
    #[arg(
        long,
        global = true,
        value_name = "ADDRESS",
        env = "BULKHEAD_LEDGER",
        default_value = "maturity.ledger",
        hide_env_values = true
    )]
    pub ledger: String,
    /// The project: its name in the ledger, or a project file; may be left out if the ledger has one
    #[arg(
        short,
        long,
        global = true,
        value_name = "NAME|FILE",
        env = "BULKHEAD_PROJECT"
    )]
    pub project: Option<String>,
    /// Who you are: the short name of a person of the project
    #[arg(long = "as", global = true, value_name = "PERSON", env = "BULKHEAD_AS")]
    pub author: Option<String>,
    /// Layers of your own: files, or folders of `.kdl` files
    #[arg(
        long,
        global = true,
        value_name = "PATH",
        env = "BULKHEAD_LAYERS",
        value_delimiter = ':'
    )]
    pub layers: Vec<PathBuf>,
    /// Ask as if it were this day
    #[arg(long, global = true, value_name = "DATE", value_parser = date)]
    pub today: Option<Date>,
    /// How to print
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// The assessment and the target that are meant.
#[derive(Clone, Debug, Default, Args)]
pub struct Meant {
    /// The assessment; without it the latest that is frozen, else the latest
    #[arg(long, value_name = "NAME")]
    pub assessment: Option<String>,
    /// The target set; without it the nearest that is not yet past
    #[arg(long, value_name = "NAME")]
    pub target: Option<String>,
    /// A model file: answers computed from an earlier state of it no longer count
    #[arg(long, value_name = "MODEL")]
    pub model: Option<PathBuf>,
}

/// One thing to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Begin a project
    #[command(
        after_help = "Example:\n  bulkhead maturity init line-one --title \"Filling line one\" \\\n    --boundary \"Filler, edge box and their remote access\" --perspective integrator \\\n    --profile food-and-beverage-line --person ada=\"Ada Keller, assessor\" --as ada"
    )]
    Init(Init),
    /// Set and show targets: where you want to be, and why
    #[command(
        after_help = "Examples:\n  bulkhead maturity target propose --into first-year --by 2027-12-31\n  bulkhead maturity target set first-year E1.2 3 system --because \"a wrong set point bursts bottles\"\n  bulkhead maturity target show"
    )]
    Target {
        /// What to do; shows the targets if left out
        #[command(subcommand)]
        command: Option<Target>,
    },
    /// Assess: interview, answers from a file, verdicts of a model, a judged level
    ///
    /// Without more it goes on with the interview of the assessment that is open.
    #[command(
        args_conflicts_with_subcommands = true,
        after_help = assess_help()
    )]
    Assess {
        /// What to do; the interview if left out
        #[command(subcommand)]
        command: Option<Assess>,
        /// The interview
        #[command(flatten)]
        interview: Interview,
    },
    /// Where every practice stands; without a project, where every project of the ledger stands
    Status {
        /// Assessment and target
        #[command(flatten)]
        meant: Meant,
    },
    /// What is missing to the target, and which indicators stand in the way
    ///
    /// Exit code 1 if a target is not met, or a minimum of a duty that applies is not shown to be reached.
    Gap {
        /// Assessment and target
        #[command(flatten)]
        meant: Meant,
    },
    /// What is to be done, what it costs, and the levels that would follow
    #[command(
        after_help = "Examples:\n  bulkhead maturity plan\n  bulkhead maturity plan --brief\n  bulkhead maturity plan add roles --title \"Write down what each role may do\" \\\n    --closes E1.2-2.1 --owner ada --due 2027-03-01 --cost 2000-5000EUR"
    )]
    Plan {
        /// What to do; shows the plan if left out
        #[command(subcommand)]
        command: Option<Plan>,
        /// One page for the board
        #[arg(long)]
        brief: bool,
        /// Assessment and target
        #[command(flatten)]
        meant: Meant,
    },
    /// The smallest set of indicators between a practice and a level, and the answers behind it
    #[command(after_help = "Example:\n  bulkhead maturity explain E1.2 --level 3 --scope system")]
    Explain {
        /// The practice, by id or name
        practice: String,
        /// The level; the next one if left out
        #[arg(long, value_parser = level)]
        level: Option<Level>,
        /// The scope; that of the target if left out
        #[arg(long, value_parser = word::<Scope>)]
        scope: Option<Scope>,
        /// Assessment and target
        #[command(flatten)]
        meant: Meant,
    },
    /// What was found over time; or everything that was recorded
    History {
        /// Every entry of the ledger about the project
        #[arg(long)]
        entries: bool,
        /// Assessment and target
        #[command(flatten)]
        meant: Meant,
    },
    /// Two assessments, or several projects, side by side
    #[command(
        after_help = "Examples:\n  bulkhead maturity compare spring autumn\n  bulkhead maturity compare line-one line-two plant/other.kdl --scope general"
    )]
    Compare {
        /// Two assessments of the project, or projects by name or file
        #[arg(required = true, num_args = 2..)]
        what: Vec<String>,
        /// The scope at which projects are compared
        #[arg(long, value_parser = word::<Scope>, default_value = "general")]
        scope: Scope,
    },
    /// Write a project in another format
    #[command(
        after_help = "Examples:\n  bulkhead maturity export --to html -o report.html\n  bulkhead maturity export --to xlsx -o workbook.xlsx\n  bulkhead maturity export --to oscal -o oscal/"
    )]
    Export {
        /// The format
        #[arg(long, value_enum)]
        to: Form,
        /// The file, or the folder for formats of several files; standard output if left out
        #[arg(short, long, value_name = "PATH")]
        output: Option<PathBuf>,
        /// Assessment and target
        #[command(flatten)]
        meant: Meant,
    },
    /// Record in the ledger what a file says: a project in any of our formats
    ///
    /// What is new is recorded. A file does not know what others recorded since it was written: what
    /// it would change or remove is listed, and recorded only with `--replace`.
    #[command(
        after_help = "Examples:\n  bulkhead maturity import project.kdl\n  bulkhead maturity import workbook.xlsx --dry-run"
    )]
    Import {
        /// The file, or the folder of CSV or OSCAL files
        file: PathBuf,
        /// Say what would be recorded, and record nothing
        #[arg(long)]
        dry_run: bool,
        /// Also change and remove what the ledger has: what the file says takes its place
        #[arg(long)]
        replace: bool,
    },
    /// Change the project as text in your editor, and record what you changed
    Edit,
    /// Attach evidence: the file is kept in the ledger under its digest
    #[command(
        after_help = "Example:\n  bulkhead maturity evidence keys --title \"Key list\" --kind operating --file keys.pdf --valid-until 2027-02-01"
    )]
    Evidence(Evidence),
    /// Say something about something
    Comment {
        /// What it is about, e.g. `target:first-year:E1.2`; empty for the whole
        about: String,
        /// What to say
        text: String,
    },
    /// Show what two people set at once, or decide it
    Conflicts {
        /// Leave what stands: the number of the entry that did not come to stand
        #[arg(long, value_name = "ENTRY", conflicts_with = "take")]
        keep: Option<u64>,
        /// Take the other: the number of the entry that did not come to stand
        #[arg(long, value_name = "ENTRY")]
        take: Option<u64>,
    },
    /// What the model says: practices, indicators, layers, crosswalks
    #[command(
        after_help = "Examples:\n  bulkhead maturity catalog\n  bulkhead maturity catalog \"Access Control\"\n  bulkhead maturity catalog E1.2-3.1\n  bulkhead maturity catalog iec62443-3-3:2013"
    )]
    Catalog {
        /// A practice, an indicator, a layer or a standard; the whole at a glance if left out
        what: Option<String>,
    },
}

/// A new project.
#[derive(Debug, Args)]
pub struct Init {
    /// Short name: letters, digits, `-`
    pub name: String,
    /// Title
    #[arg(long)]
    pub title: String,
    /// What is assessed and what lies outside
    #[arg(long)]
    pub boundary: String,
    /// From where targets are set
    #[arg(long, value_parser = word::<Perspective>)]
    pub perspective: Perspective,
    /// How much risk the business bears
    #[arg(long, value_parser = word::<Appetite>, default_value = "moderate")]
    pub appetite: Appetite,
    /// A layer; may be given several times
    #[arg(long, value_name = "LAYER")]
    pub profile: Vec<String>,
    /// Somebody who takes part, as `SHORT="Full name, role"`; may be given several times
    #[arg(long, value_name = "PERSON", value_parser = person)]
    pub person: Vec<(String, String, Option<String>)>,
    /// What readers should know; may be given several times
    #[arg(long)]
    pub note: Vec<String>,
}

/// Targets.
#[derive(Debug, Subcommand)]
pub enum Target {
    /// The targets with their reasons
    Show {
        /// The target set
        set: Option<String>,
    },
    /// What concerns and layers propose, with their reasons
    Propose {
        /// Take the proposals over into this target set; targets it has already stay
        #[arg(long, value_name = "SET", requires = "by")]
        into: Option<String>,
        /// The day by which the set is to be reached
        #[arg(long, value_name = "DATE", value_parser = date)]
        by: Option<Date>,
    },
    /// Open a target set, or change its day or title
    Open {
        /// Its short name
        set: String,
        /// The day by which it is to be reached
        #[arg(long, value_name = "DATE", value_parser = date)]
        by: Date,
        /// Its title
        #[arg(long)]
        title: Option<String>,
    },
    /// Set the target of a practice
    Set(TargetSet),
    /// Draft a target for a whole domain or subdomain, until its practices have their own
    Draft {
        /// The target set
        set: String,
        /// The domain or subdomain, e.g. `E` or `E1`
        part: String,
        /// The level, 0 to 4
        #[arg(value_parser = level)]
        level: Level,
        /// The scope
        #[arg(value_parser = word::<Scope>)]
        scope: Scope,
        /// Why
        #[arg(long)]
        because: String,
    },
    /// Remove the target of a practice, domain or subdomain from a set
    Remove {
        /// The target set
        set: String,
        /// The practice, domain or subdomain
        part: String,
    },
}

/// The target of a practice.
#[derive(Debug, Args)]
pub struct TargetSet {
    /// The target set
    pub set: String,
    /// The practice, by id or name
    pub practice: String,
    /// The level, 0 to 4
    #[arg(value_parser = level)]
    pub level: Level,
    /// The scope
    #[arg(value_parser = word::<Scope>)]
    pub scope: Scope,
    /// Why
    #[arg(long)]
    pub because: String,
    /// A concern behind it; may be given several times
    #[arg(long)]
    pub concern: Vec<String>,
    /// Who can answer for it
    #[arg(long, value_name = "PERSON")]
    pub respondent: Option<String>,
    /// Who pays and decides
    #[arg(long, value_name = "PERSON")]
    pub owner: Option<String>,
    /// Whose practice it is; may be given several times
    #[arg(long, value_name = "PARTY", value_parser = word::<maturity::Party>)]
    pub responsible: Vec<maturity::Party>,
    /// Why it differs from what is proposed; recorded with your name and the day
    #[arg(long = "override", value_name = "WHY")]
    pub override_because: Option<String>,
}

/// The interview, or where answers come from instead.
#[derive(Debug, Default, Args)]
pub struct Interview {
    /// The assessment; the one that is open if left out
    pub assessment: Option<String>,
    /// Judge whole levels from the table, with a reason each: half an hour for a first pass
    #[arg(long, conflicts_with_all = ["from_check", "file", "suggest"])]
    pub workshop: bool,
    /// Ask only about these practices, by id or name
    #[arg(long, value_name = "PRACTICE")]
    pub practice: Vec<String>,
    /// Take the verdicts on a model as answers, of kind design and bound to the model
    #[arg(long, value_name = "MODEL")]
    pub from_check: Option<PathBuf>,
    /// Take answers from a CSV file; its columns are listed below
    #[arg(long, value_name = "FILE", conflicts_with = "from_check")]
    pub file: Option<PathBuf>,
    /// Also change answers that the ledger has: those of the file take their place
    #[arg(long, requires = "file")]
    pub replace: bool,
    /// Show what results under another standard suggest, as lines of `KEY,met|partly|not-met`
    #[arg(long, value_name = "FILE")]
    pub suggest: Option<PathBuf>,
}

/// Assessments.
#[derive(Debug, Subcommand)]
pub enum Assess {
    /// Open an assessment
    Open(Opening),
    /// Give one answer
    Answer(Answering),
    /// Judge a level from the table, with the reason (workshop mode)
    Judge(Judging),
    /// Hand the facts to those who were asked; with `--done` record that they were reviewed
    Review {
        /// The assessment; the one that is open if left out
        assessment: Option<String>,
        /// The facts were reviewed, by you, today
        #[arg(long)]
        done: bool,
    },
    /// Approve and freeze a reviewed assessment; nobody approves their own
    Approve {
        /// The assessment; the one that is open if left out
        assessment: Option<String>,
    },
}

/// An assessment to open.
#[derive(Debug, Args)]
pub struct Opening {
    /// Its short name
    pub assessment: String,
    /// Who assesses whom
    #[arg(long = "type", value_parser = word::<AssessmentType>, default_value = "self")]
    pub kind: AssessmentType,
    /// First day of the period
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub from: Date,
    /// Last day of the period
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub to: Date,
    /// An assessor; may be given several times
    #[arg(long, value_name = "PERSON", required = true)]
    pub assessor: Vec<String>,
    /// What is looked at, if not all of the system
    #[arg(long)]
    pub boundary: Option<String>,
}

/// An answer.
#[derive(Debug, Args)]
pub struct Answering {
    /// The indicator
    pub indicator: String,
    /// The answer
    #[arg(value_parser = word::<Answer>)]
    pub answer: Answer,
    /// How it was found
    #[arg(long, value_parser = word::<Method>)]
    pub method: Option<Method>,
    /// Evidence; may be given several times
    #[arg(long)]
    pub evidence: Vec<String>,
    /// What was seen or said
    #[arg(long)]
    pub note: Option<String>,
    /// Why it does not apply
    #[arg(long)]
    pub because: Option<String>,
    /// Who approved that it does not apply
    #[arg(long, value_name = "PERSON")]
    pub approved_by: Option<String>,
    /// The assessment; the one that is open if left out
    #[arg(long)]
    pub assessment: Option<String>,
}

/// A judged level.
#[derive(Debug, Args)]
pub struct Judging {
    /// The practice, by id or name
    pub practice: String,
    /// The level, 0 to 4
    #[arg(value_parser = level)]
    pub level: Level,
    /// The scope
    #[arg(value_parser = word::<Scope>)]
    pub scope: Scope,
    /// Why
    #[arg(long)]
    pub because: String,
    /// The assessment; the one that is open if left out
    #[arg(long)]
    pub assessment: Option<String>,
}

/// Actions.
#[derive(Debug, Subcommand)]
pub enum Plan {
    /// Plan an action, or change its plan
    Add(Planning),
    /// Say how far an action is
    Mark {
        /// The action
        action: String,
        /// How far it is
        #[arg(value_parser = word::<Status>)]
        status: Status,
    },
}

/// An action to plan.
#[derive(Debug, Args)]
pub struct Planning {
    /// Its short name
    pub action: String,
    /// What is to be done
    #[arg(long)]
    pub title: String,
    /// An indicator it is meant to satisfy; may be given several times
    #[arg(long, value_name = "INDICATOR", required = true)]
    pub closes: Vec<String>,
    /// Who does it
    #[arg(long, value_name = "PERSON")]
    pub owner: Option<String>,
    /// By when
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub due: Date,
    /// What it costs, e.g. `2000-5000EUR`
    #[arg(long, value_name = "RANGE", value_parser = cost)]
    pub cost: Option<(u64, u64, String)>,
    /// An action that comes first; may be given several times
    #[arg(long, value_name = "ACTION")]
    pub after: Vec<String>,
    /// The day from which evidence shows that it was done already
    #[arg(long, value_name = "DATE", value_parser = date, requires = "evidence")]
    pub since: Option<Date>,
    /// Evidence that shows it; may be given several times
    #[arg(long, value_name = "EVIDENCE")]
    pub evidence: Vec<String>,
}

/// Evidence.
#[derive(Debug, Args)]
pub struct Evidence {
    /// Its short name
    pub name: String,
    /// What it is
    #[arg(long)]
    pub title: String,
    /// Of what kind it is
    #[arg(long, value_parser = word::<Kind>)]
    pub kind: Option<Kind>,
    /// The file, kept in the ledger
    #[arg(long)]
    pub file: Option<PathBuf>,
    /// Where it is kept otherwise
    #[arg(long)]
    pub location: Option<String>,
    /// From when it is
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub dated: Option<Date>,
    /// The last day on which it counts
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub valid_until: Option<Date>,
}

/// The formats of others and our own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// Our text, for people
    Kdl,
    /// Our data, for machines
    Json,
    /// A workbook with one sheet per view
    Xlsx,
    /// A folder of tables
    Csv,
    /// A report as text
    Markdown,
    /// A report as one page of HTML with charts
    Html,
    /// OSCAL catalog, profiles and assessment results, in a folder
    Oscal,
    /// Everything a report shows, for machines
    View,
}

/// The ledger itself.
#[derive(Debug, Subcommand)]
pub enum Ledger {
    /// Find every altered byte
    Verify {
        /// An end that an earlier verification printed: finds entries that were cut off since
        #[arg(long, value_name = "NUMBER:HASH", value_parser = head)]
        after: Option<Head>,
    },
    /// Write everything to one file
    Backup {
        /// The file
        file: PathBuf,
    },
    /// Make a new ledger from a backup
    Restore {
        /// The backup
        file: PathBuf,
    },
    /// Throw away what is derived from the entries: lists and snapshots are made again when needed
    Renew,
    /// Write an attached file out again, by its digest
    Extract {
        /// The digest
        digest: String,
        /// The file
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
}

/// What `assess --help` says below its options.
fn assess_help() -> String {
    let columns = results::columns();
    format!(
        "Examples:\n  bulkhead maturity assess open autumn --from 2026-10-01 --to 2026-12-31 --assessor ada\n  bulkhead maturity assess\n  bulkhead maturity assess --from-check plant.kdl\n  bulkhead maturity assess judge G1.1 2 general --because \"a policy, dated and signed\"\n\nColumns of the file for `--file`, in any order, separated by `,`, `;` or tabs:\n{columns}  `assessment` may be left out: the one that is named, or open, is meant. `by`, `method` and `on`\n  are needed of every answer that no program computed."
    )
}

fn word<W: Word>(text: &str) -> Result<W, String> {
    let words = || W::ALL.iter().map(|word| word.as_str()).collect::<Vec<_>>();
    W::from_word(text).ok_or_else(|| format!("write one of `{}`", words().join("`, `")))
}

fn level(text: &str) -> Result<Level, String> {
    let level = text.parse().ok().and_then(Level::new);
    level.ok_or_else(|| {
        "the levels are 0 (none), 1 (minimum), 2 (ad hoc), 3 (consistent) and 4 (formalized)"
            .to_owned()
    })
}

fn date(text: &str) -> Result<Date, String> {
    let help = |_| "write year, month and day, such as `2026-03-31`".to_owned();
    text.parse().map_err(help)
}

/// Reads `ada="Ada Keller, assessor"`.
fn person(text: &str) -> Result<(String, String, Option<String>), String> {
    let (id, rest) = text
        .split_once('=')
        .ok_or("write a short name, `=`, and the full name with the role after a comma")?;
    let (name, role) = match rest.split_once(',') {
        Some((name, role)) => (name, Some(role.trim().to_owned())),
        None => (rest, None),
    };
    Ok((id.trim().to_owned(), name.trim().to_owned(), role))
}

/// Reads `2000-5000EUR` and `2000EUR`.
fn cost(text: &str) -> Result<(u64, u64, String), String> {
    let help = "write a range and a currency, such as `2000-5000EUR`";
    let at = text.find(|c: char| c.is_ascii_alphabetic()).ok_or(help)?;
    let (range, currency) = text.split_at(at);
    let (least, most) = range.split_once('-').unwrap_or((range, range));
    let amount = |text: &str| text.trim().parse::<u64>().map_err(|_| help.to_owned());
    Ok((amount(least)?, amount(most)?, currency.to_owned()))
}

/// Reads `812:ba78…`.
fn head(text: &str) -> Result<Head, String> {
    let help = "write the number and the hash with `:` between them, as a verification prints them";
    let (seq, hash) = text.split_once(':').ok_or(help)?;
    Ok(Head {
        seq: seq.parse().map_err(|_| help)?,
        hash: hash.parse().map_err(|_| help)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_levels_people_and_costs() {
        assert_eq!(word::<Scope>("system"), Ok(Scope::System));
        assert!(word::<Scope>("local").unwrap_err().contains("`industry`"));
        assert!(level("5").is_err() && level("-1").is_err() && level("x").is_err());
        assert!(date("2026-02-30").is_err());
        let ada = person("ada=Ada Keller, assessor").unwrap();
        assert_eq!(
            (ada.1.as_str(), ada.2.as_deref()),
            ("Ada Keller", Some("assessor"))
        );
        assert!(person("ada").is_err());
        assert_eq!(cost("2000-5000EUR"), Ok((2000, 5000, "EUR".to_owned())));
        assert_eq!(cost("7EUR"), Ok((7, 7, "EUR".to_owned())));
        assert!(cost("2000").is_err() && cost("a-bEUR").is_err() && cost("").is_err());
    }
}
