//! How what helps is done on the command line. `app` says what helps; this adds the words to type, by
//! code.

use app::Failure;
use source::Diagnostic;

/// What to type, if that is the same whatever it is about.
fn way(code: &str) -> Option<&'static str> {
    Some(match code {
        "not-a-directory" | "program-missing" | "program-ambiguous" => "`--programs DIR`",
        "model-is-json" => "`bulkhead convert FILE --to kdl -o MODEL`",
        "plan-unusable" => "`bulkhead plan FILE -o PLAN`",
        "state-directory" => "`--state DIR`",
        "audit-unanswered" => "`bulkhead status`",
        "table-alone" => "`bulkhead maturity assess --file FILE`",
        "supervisor-missing" | "supervisor-unusable" | "supervisor-ended" => {
            "`cargo xtask build` makes such a directory"
        }
        _ => return None,
    })
}

/// What helps against a code, with what to type.
pub fn meaning(code: &str, help: &str) -> String {
    let way = match code {
        "not-running" | "nothing-runs" => Some("`bulkhead run FILE`"),
        "several-run" => Some("`bulkhead status`"),
        "certificates-unusable" => Some("`bulkhead check FILE --certificates CERTIFICATES`"),
        "sarif-elsewhere" => Some("`--format json`"),
        "not-for-terminal" => Some("`-o FILE`"),
        "file-is-no-ledger" => Some("`bulkhead maturity import FILE`"),
        "day-missing" => Some("`--by DATE`"),
        "usage" => Some("`bulkhead --help`"),
        _ => way(code),
    };
    match way {
        Some(way) => format!("{help}: {way}"),
        None => help.to_owned(),
    }
}

fn with_way(help: &str, code: &str) -> Option<String> {
    way(code)
        .filter(|_| !help.is_empty())
        .map(|way| format!("{help}: {way}"))
}

/// The same failure with what to type.
pub fn failure(failure: Failure) -> Failure {
    match with_way(&failure.help, failure.code) {
        Some(help) => Failure { help, ..failure },
        None => failure,
    }
}

/// The same diagnostic with what to type.
pub fn diagnostic(diagnostic: &Diagnostic) -> Diagnostic {
    let mut diagnostic = diagnostic.clone();
    if let Some(help) = &diagnostic.help {
        diagnostic.help = with_way(help, diagnostic.code).or(diagnostic.help);
    }
    diagnostic
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_to_type_follows_what_helps() {
        let told = failure(Failure::unusable("plan-unusable", "", "make it again"));
        assert_eq!(told.help, "make it again: `bulkhead plan FILE -o PLAN`");
        let span = source::Span::default();
        let told = diagnostic(&Diagnostic::error("program-missing", span, "").help("build it"));
        assert_eq!(told.help.as_deref(), Some("build it: `--programs DIR`"));
        let other = Failure::unusable("internal", "", "report it");
        assert_eq!(failure(other.clone()), other);
    }
}
