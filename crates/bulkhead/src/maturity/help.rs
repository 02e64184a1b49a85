//! What to do when something is not done, in terms of the command line.

use app::Failure;
use app::maturity::refusal::Refusal;

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

fn words(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NoProjects => {
            "begin one with `bulkhead maturity init NAME`, or record one with `bulkhead maturity import FILE`".to_owned()
        }
        Refusal::ManyProjects { known } => {
            let few: Vec<&str> = known.iter().take(10).map(String::as_str).collect();
            format!("name one with `--project`, e.g. `{}`", few.join("`, `"))
        }
        Refusal::NoProject { known, .. } => match known.as_slice() {
            [] => "begin one with `bulkhead maturity init NAME`".to_owned(),
            known => format!("the ledger has {}", listed(known)),
        },
        Refusal::NotYet { .. } => {
            "record what is so today; `--today` with a later day is for looking ahead".to_owned()
        }
        Refusal::NoAuthor { known } => format!("say it with `--as`: {}", people(known)),
        Refusal::UnknownAuthor { known, .. } => people(known),
        Refusal::NoPractice { near, .. } => match near {
            Some(near) => format!("did you mean `{near}`"),
            None => "see them with `bulkhead maturity catalog`".to_owned(),
        },
        Refusal::NoAssessment { known, .. } => match known.as_slice() {
            [] => "open one with `bulkhead maturity assess open`".to_owned(),
            known => format!("one of {}", listed(known)),
        },
        Refusal::NoneOpen => {
            "open one: `bulkhead maturity assess open NAME --from DATE --to DATE --assessor PERSON`".to_owned()
        }
        Refusal::SeveralOpen { .. } => "name the one you mean".to_owned(),
        Refusal::PeriodNotOver { .. } => {
            "approve it then, or change its period with `bulkhead maturity edit`".to_owned()
        }
        Refusal::NotReviewed { .. } => {
            "those who were asked look at them: `bulkhead maturity assess review --done`".to_owned()
        }
        Refusal::NotAssessor { assessors, .. } => format!(
            "its assessors are {}: say who you are with `--as`",
            listed(assessors)
        ),
        Refusal::OutsidePeriod { .. } => {
            "open another assessment, or change its period with `bulkhead maturity edit`".to_owned()
        }
        Refusal::Frozen { .. } => {
            "open a new assessment with `bulkhead maturity assess open`; if what was recorded is not what was approved, somebody who did not assess it repairs it with `bulkhead maturity import FILE --replace`".to_owned()
        }
        Refusal::Empty { .. } => "answer first, with `bulkhead maturity assess`".to_owned(),
        Refusal::OwnWork { .. } => {
            "let somebody record it with `--as` who did not assess it".to_owned()
        }
        Refusal::NoTarget { .. } => {
            "see them with `bulkhead maturity target show`, open one with `bulkhead maturity target open`".to_owned()
        }
        Refusal::Nowhere { .. } => "look at what there is with `bulkhead maturity status`".to_owned(),
        Refusal::FaultyModel { file } => format!("look at them with `bulkhead check {file}`"),
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
