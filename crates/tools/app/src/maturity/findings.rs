//! Findings about a project in words, and as the failure that they are together.

use crate::Failure;
use maturity::Located;

/// A finding without a text to point into.
pub fn said(finding: &Located) -> String {
    let diagnostic = &finding.diagnostic;
    let severity = if diagnostic.is_error() {
        "error"
    } else {
        "warning"
    };
    let mut text = format!("{severity}[{}]: {}", diagnostic.code, diagnostic.message);
    if let Some(help) = &diagnostic.help {
        text.push_str(&format!("\n  help: {help}"));
    }
    text
}

/// Findings as one failure.
pub fn faults(findings: Vec<String>) -> Failure {
    let message = match findings.len() {
        1 => "one finding; nothing was recorded".to_owned(),
        count => format!("{count} findings; nothing was recorded"),
    };
    Failure::unusable(
        "project-faulty",
        message,
        "mend what is named above and try again",
    )
    .with_details(findings)
}
