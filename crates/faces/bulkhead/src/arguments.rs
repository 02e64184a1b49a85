//! What can be asked.

use crate::format::Format;
use clap::{Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;

/// Check, plan and run MILS policy architectures; assess how mature the security around them is.
///
/// Write the policy architecture of a system as text, have it judged like source code, and run it
/// on Linux with every subject isolated and only the drawn flows possible. Set targets for the 18
/// practices of the IoT Security Maturity Model, assess, see the gap, plan.
#[derive(Debug, Parser)]
#[command(name = "bulkhead", version, after_help = EXIT_CODES)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "\
Examples:
  bulkhead check plant.kdl
  bulkhead plan plant.kdl -o plant.plan
  bulkhead run plant.kdl --programs build/ --for 30s --events run.jsonl
  bulkhead maturity status --project examples/bottling-line/maturity/project.kdl

Exit codes:
  0  all holds (also after Ctrl-C)
  1  a requirement is violated or unknown; something waits for a decision; a ledger was altered
  2  the input cannot be used
  3  the platform cannot enforce the plan
  4  the system halted by its own rule
  5  what should run does not, or not all of it
  70 a fault of bulkhead itself";

/// One thing to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judge every requirement of a model
    ///
    /// Prints the faults of the text, each violated or unknown requirement with the path that
    /// shows it, and what rests on which subject. Exit code 0 only if every requirement holds.
    #[command(
        after_help = "Examples:\n  bulkhead check plant.kdl --format json | jq .verdicts\n  bulkhead check plant.kdl --without local-policy.guard"
    )]
    Check {
        /// The model
        file: PathBuf,
        /// How to print
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
        /// Also write the verdicts with their certificates to a file, for `bulkhead recheck`
        #[arg(long, value_name = "FILE")]
        certificates: Option<PathBuf>,
        /// Judge as if this assumption did not hold: one of the model's, or `local-policy.SUBJECT` for
        /// what a trusted subject promises; may be given several times
        #[arg(long, value_name = "ASSUMPTION", conflicts_with = "certificates")]
        without: Vec<String>,
    },
    /// Make the plan that a machine enforces
    #[command(after_help = "Example:\n  bulkhead plan plant.kdl --programs build/ -o plant.plan")]
    Plan {
        /// The model
        file: PathBuf,
        /// Where to write the plan; standard output if left out
        #[arg(short, long, value_name = "PLAN")]
        output: Option<PathBuf>,
        /// Where to look for programs, and nowhere else; may be given several times. Without it: the
        /// model's directory
        #[arg(long, value_name = "DIR")]
        programs: Vec<PathBuf>,
        /// How to print findings
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Compare a plan with a model, independently of what made the plan
    #[command(after_help = "Example:\n  bulkhead lint-plan plant.kdl plant.plan")]
    LintPlan {
        /// The model
        file: PathBuf,
        /// The plan
        plan: PathBuf,
        /// How to print
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Re-check verdicts and their certificates, independently of what made them
    #[command(
        // The name until there was a checker of its own; certifiers are people.
        alias = "certify",
        after_help = "Example:\n  bulkhead check plant.kdl --certificates plant.verdicts\n  bulkhead recheck plant.kdl plant.verdicts"
    )]
    Recheck {
        /// The model
        file: PathBuf,
        /// The verdicts, as `bulkhead check --certificates` writes them
        certificates: PathBuf,
        /// How to print
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Check, plan and run a system on this machine
    ///
    /// Refuses to start unless every requirement holds. Shows the running system until Ctrl-C.
    #[command(
        after_help = "Example:\n  bulkhead run plant.kdl --programs build/ --for 30s --events run.jsonl"
    )]
    Run {
        /// The model
        file: PathBuf,
        /// Stop after this long, e.g. `30s`, `1.5s`, `5min`
        #[arg(long = "for", value_name = "TIME", value_parser = duration)]
        time: Option<Duration>,
        /// Also copy the event log to a new file; it is kept beside the state directory in any case
        #[arg(long, value_name = "FILE")]
        events: Option<PathBuf>,
        /// Send the hash of the log's end to the system's log, at `/dev/log`
        #[arg(long)]
        end_to_syslog: bool,
        /// Where to look for programs, and nowhere else; may be given several times. Without it: the
        /// model's directory
        #[arg(long, value_name = "DIR")]
        programs: Vec<PathBuf>,
        /// Where subjects' files live; by default a directory of the system's own
        #[arg(long, value_name = "DIR")]
        state: Option<PathBuf>,
        /// How to print findings and events
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Look at what runs
    ///
    /// The exit code is 5 if a subject does not run though it should, or a supervisor gives no news, and
    /// 2 if the named system does not run. With `--watch` it says how the run ended: 0 in order (also
    /// when only the watching was ended), 3 without a last word, as when it was killed, 4 by its own
    /// rule.
    #[command(
        after_help = "Example:\n  bulkhead status bottling-line --watch\n  bulkhead status bottling-line --check || alarm"
    )]
    Status {
        /// The system; all running systems if left out
        system: Option<String>,
        /// Go on showing it until it ends or Ctrl-C
        #[arg(long)]
        watch: bool,
        /// Say only what is wrong, for scripts: 0 if everything runs, 5 if not all of it, 2 if nothing
        /// runs or what is there cannot be read
        #[arg(long, conflicts_with = "watch")]
        check: bool,
        /// How to print
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Say what a code is about: by a text that has it and one that does it right, or in words
    #[command(after_help = "Example:\n  bulkhead explain mediator-is-end")]
    Explain {
        /// The code, as it stands in brackets after `error` or `warning`
        code: String,
        /// How to print
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Write the Rust types of a model's messages, for the programs of its subjects
    #[command(after_help = "Example:\n  bulkhead types plant.kdl -o src/messages.rs")]
    Types {
        /// The model
        file: PathBuf,
        /// Where to write them; standard output if left out
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// How to print findings
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Write a model in another form: text in the language, or JSON for machines
    ///
    /// A file whose name ends with `.json` is read as JSON, any other as text. Both say the same;
    /// comments are not kept.
    #[command(
        after_help = "Example:\n  bulkhead convert plant.kdl --to json -o plant.json\n  bulkhead convert plant.json --to kdl -o plant.kdl"
    )]
    Convert {
        /// The model
        file: PathBuf,
        /// The form to write
        #[arg(long, value_enum)]
        to: Form,
        /// Where to write it; standard output if left out
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// How to print findings
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Compare the partitions of a running system with its plan, now
    ///
    /// The supervisor makes the same comparison as before each start, changes nothing, and records the
    /// result in the event log. Exit code 0 if every running partition matches, 1 if one differs.
    #[command(after_help = "Example:\n  bulkhead audit bottling-line --format json")]
    Audit {
        /// The system
        system: String,
        /// How to print
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Verify an event log: every line vouches for all lines before it
    #[command(
        after_help = "Examples:\n  bulkhead events run.jsonl\n  bulkhead events older.jsonl newer.jsonl --after HASH"
    )]
    Events {
        /// The log, as `bulkhead run` keeps it; of several runs in turn, the oldest first
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// An end that was kept elsewhere, as `bulkhead run` prints it: the logs must contain it and go on
        /// from there
        #[arg(long, value_name = "HASH")]
        after: Option<record::Digest>,
        /// How to print
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// How mature security is: targets, assessments, gaps, plans
    ///
    /// For use with the IoT Security Maturity Model. Everything is recorded in a ledger.
    #[cfg(feature = "maturity")]
    Maturity {
        /// Which project, in which ledger, and who asks
        #[command(flatten)]
        common: Box<crate::maturity::arguments::Common>,
        /// What to do
        #[command(subcommand)]
        command: Box<crate::maturity::arguments::Command>,
    },
    /// Verify, back up and restore a ledger
    #[cfg(feature = "maturity")]
    Ledger {
        /// The ledger: a file, or `postgres://USER@HOST/DATABASE`
        #[arg(
            long,
            global = true,
            value_name = "ADDRESS",
            env = "BULKHEAD_LEDGER",
            default_value = "maturity.ledger",
            hide_env_values = true
        )]
        ledger: String,
        /// How to print
        #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
        format: Format,
        /// What to do
        #[command(subcommand)]
        command: crate::maturity::arguments::Ledger,
    },
    /// Not in this build
    #[cfg(not(feature = "maturity"))]
    #[command(alias = "ledger", hide = true, disable_help_flag = true)]
    Maturity {
        /// Whatever was asked
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<String>,
    },
    /// Print a completion script for a shell
    #[command(
        after_help = "Example:\n  bulkhead completions bash > /etc/bash_completion.d/bulkhead"
    )]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

impl Command {
    /// How it was asked to print.
    pub fn format(&self) -> Format {
        match self {
            Self::Check { format, .. }
            | Self::Plan { format, .. }
            | Self::LintPlan { format, .. }
            | Self::Recheck { format, .. }
            | Self::Run { format, .. }
            | Self::Status { format, .. }
            | Self::Types { format, .. }
            | Self::Explain { format, .. }
            | Self::Convert { format, .. }
            | Self::Audit { format, .. }
            | Self::Events { format, .. } => *format,
            #[cfg(feature = "maturity")]
            Self::Maturity { common, .. } => common.format,
            #[cfg(feature = "maturity")]
            Self::Ledger { format, .. } => *format,
            #[cfg(not(feature = "maturity"))]
            Self::Maturity { .. } => Format::Text,
            Self::Completions { .. } => Format::Text,
        }
    }
}

/// How a model is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// JSON; its schema is `bulkhead.architecture/1`
    Json,
    /// Text in the language
    Kdl,
}

impl From<Form> for app::convert::Form {
    fn from(form: Form) -> Self {
        match form {
            Form::Json => Self::Json,
            Form::Kdl => Self::Kdl,
        }
    }
}

/// Most digits after the point of a time.
const FRACTION_DIGITS_MAX: usize = 9;

/// Reads `500ms`, `1.5s`, `5min`, `2h`; what is shorter than a millisecond is rounded up to one.
fn duration(text: &str) -> Result<Duration, String> {
    let is_number = |c: char| c.is_ascii_digit() || c == '.';
    let digits = text.len() - text.trim_start_matches(is_number).len();
    let (number, unit) = text.split_at(digits);
    let unit_ms: u128 = match unit {
        "ms" => 1,
        "s" => 1000,
        "min" => 60_000,
        "h" => 3_600_000,
        _ => return Err("write a number and a unit: `500ms`, `1.5s`, `5min` or `2h`".to_owned()),
    };
    let (whole, fraction) = match number.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
        Some(_) => return Err("write digits after the point".to_owned()),
        None => (number, ""),
    };
    if fraction.len() > FRACTION_DIGITS_MAX {
        return Err(format!(
            "at most {FRACTION_DIGITS_MAX} digits after the point"
        ));
    }
    let scale = 10u128.pow(u32::try_from(fraction.len()).unwrap_or(0));
    let parts: u128 = format!("{whole}{fraction}")
        .parse()
        .ok()
        .filter(|_| !whole.is_empty())
        .ok_or("write a number before the unit, e.g. `1.5s`")?;
    let millis = parts.checked_mul(unit_ms).map(|ms| ms.div_ceil(scale));
    millis
        .and_then(|millis| u64::try_from(millis).ok())
        .filter(|millis| *millis > 0 && *millis < 1 << 52)
        .map(Duration::from_millis)
        .ok_or_else(|| "the time is out of range".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn durations() {
        assert_eq!(duration("30s"), Ok(Duration::from_secs(30)));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(duration("0.25h"), Ok(Duration::from_secs(900)));
        assert_eq!(duration("0.0001s"), Ok(Duration::from_millis(1)));
        for bad in [
            "",
            "30",
            "s",
            "0s",
            "0.0s",
            "-1s",
            "1.s",
            ".5s",
            "1.2.3s",
            "1,5s",
            "1e3s",
            "0.1234567891s",
            "3 s",
            "99999999999999999999h",
            "999999999999999999999999999999999999999999s",
        ] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
