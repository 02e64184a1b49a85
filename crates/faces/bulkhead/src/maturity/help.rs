//! What to do when something is not done, in terms of the command line.

use app::Failure;
use app::maturity::refusal::Refusal;
use app::maturity::subject::Note;

/// The same failure with its help in words.
pub fn worded(failure: Failure) -> Failure {
    match &failure.refusal {
        Some(refusal) if failure.help.is_empty() => Failure {
            help: words(refusal),
            ..failure
        },
        _ => failure,
    }
}

/// Notes, with what to type about them.
pub fn notes(notes: &[Note]) -> Vec<String> {
    let all = notes.iter().map(|note| match note {
        Note::ModelChanged { file } => {
            format!("{note}: `bulkhead maturity assess --from-check {file}`")
        }
        Note::Undecided { .. } => format!("{note}: `bulkhead maturity conflicts`"),
        Note::ModelUnreadable { .. } | Note::Read(_) => note.to_string(),
    });
    all.collect()
}

/// What helps, where it depends on what there is.
fn words(refusal: &Refusal) -> String {
    match refusal {
        Refusal::ManyProjects { known } => {
            let few: Vec<String> = known.iter().take(10).cloned().collect();
            format!("name one with `--project`, e.g. {}", listed(&few))
        }
        Refusal::NoProject { known, .. } if !known.is_empty() => {
            format!("the ledger has {}", listed(known))
        }
        Refusal::NoAuthor { known } => format!("say it with `--as`: {}", people(known)),
        Refusal::UnknownAuthor { known, .. } => people(known),
        Refusal::NoPractice {
            near: Some(near), ..
        } => format!("did you mean `{near}`"),
        Refusal::NoAssessment { known, .. } if !known.is_empty() => {
            format!("one of {}", listed(known))
        }
        Refusal::NotAssessor { assessors, .. } => format!(
            "its assessors are {}: say who you are with `--as`",
            listed(assessors)
        ),
        Refusal::SignedByAnother { by, .. } => format!(
            "let them do it themselves: `bulkhead maturity assess review --done` and `approve`, with `--as {by}`"
        ),
        Refusal::TakesNoPart { author } => {
            format!("add `--person {author}=\"Full name, role\"`")
        }
        Refusal::NoLayer { known, .. } => format!(
            "the layers are {}; your own are found with `--layers`",
            listed(known)
        ),
        Refusal::FaultyModel { file } => format!("look at them with `bulkhead check {file}`"),
        other => always(other).to_owned(),
    }
}

const FROZEN: &str = "open a new assessment with `bulkhead maturity assess open`; if what was recorded is not what was approved, somebody who did not assess it repairs it with `bulkhead maturity import FILE --replace`";
const NEVER_CHECKED: &str =
    "have it answered from the model itself: `bulkhead maturity assess --from-check MODEL`";
const EVIDENCE_OF_FROZEN: &str = "attach it under another name; if what was recorded is not what was approved, somebody who did not assess it repairs it with `bulkhead maturity import FILE --replace`";

/// What helps in any case; nothing if all depends on what there is.
fn always(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::NoLedger { .. } => {
            "begin one with `bulkhead maturity init` or `import`, or name yours with `--ledger`"
        }
        Refusal::NoProjects {} => {
            "begin one with `bulkhead maturity init NAME`, or record one with `bulkhead maturity import FILE`"
        }
        Refusal::NoProject { .. } => "begin one with `bulkhead maturity init NAME`",
        Refusal::NotYet { .. } => {
            "record what is so today; `--today` with a later day is for looking ahead"
        }
        Refusal::NoPractice { .. } => "see them with `bulkhead maturity catalog`",
        Refusal::NoAssessment { .. } => "open one with `bulkhead maturity assess open`",
        Refusal::NoneOpen {} => {
            "open one: `bulkhead maturity assess open NAME --from DATE --to DATE --assessor PERSON`"
        }
        Refusal::SeveralOpen { .. } => "name the one you mean",
        Refusal::PeriodNotOver { .. } => {
            "approve it then, or change its period with `bulkhead maturity edit`"
        }
        Refusal::NotReviewed { .. } => {
            "those who were asked look at them: `bulkhead maturity assess review --done`"
        }
        Refusal::ChangedAfterReview { .. } => {
            "have them reviewed as they are now: `bulkhead maturity assess review --done`"
        }
        Refusal::OutsidePeriod { .. } => {
            "open another assessment, or change its period with `bulkhead maturity edit`"
        }
        Refusal::Frozen { .. } => FROZEN,
        Refusal::EvidenceOfFrozen { .. } => EVIDENCE_OF_FROZEN,
        Refusal::NeverChecked { .. } => NEVER_CHECKED,
        Refusal::Empty { .. } => "answer first, with `bulkhead maturity assess`",
        Refusal::OwnWork { .. } => {
            "let somebody do it who did not assess it, and say who with `--as`"
        }
        Refusal::NoTarget { .. } => {
            "see them with `bulkhead maturity target show`, open one with `bulkhead maturity target open`"
        }
        Refusal::NoTargetSet { .. } => "open it with `bulkhead maturity target open SET --by DATE`",
        Refusal::NotAsProposed { .. } => {
            "say why with `--override WHY`: the decision is recorded with your name and the day"
        }
        Refusal::NoAction { .. } => "see them with `bulkhead maturity plan`",
        Refusal::ProjectExists { .. } => {
            "choose another name, or change it with `bulkhead maturity edit`"
        }
        Refusal::OtherProject { .. } => "a project keeps its name",
        Refusal::BegunByNobody {} => {
            "name at least one `--person`, and say with `--as` which of them you are"
        }
        Refusal::Replaces { .. } => {
            "if the file is the truth and nobody else recorded meanwhile, say so with `--replace`; `import` lists all of it with `--dry-run`"
        }
        Refusal::NothingCalled { .. } => {
            "take what `bulkhead maturity history --entries` shows under `about`"
        }
        Refusal::NotWaiting { .. } => "see those that do with `bulkhead maturity conflicts`",
        Refusal::Nowhere { .. } => "look at what there is with `bulkhead maturity status`",
        Refusal::ManyProjects { .. }
        | Refusal::NoAuthor { .. }
        | Refusal::UnknownAuthor { .. }
        | Refusal::NotAssessor { .. }
        | Refusal::SignedByAnother { .. }
        | Refusal::TakesNoPart { .. }
        | Refusal::NoLayer { .. }
        | Refusal::FaultyModel { .. } => "",
    }
}

fn people(known: &[String]) -> String {
    match known {
        [] => "the project names nobody yet: `bulkhead maturity edit`".to_owned(),
        known => format!("one of {}", listed(known)),
    }
}

fn listed(names: &[String]) -> String {
    format!("`{}`", names.join("`, `"))
}
