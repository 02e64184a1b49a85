//! What a diagnostic of a model's text is about: a text that has it, what is then said, and one that does it
//! right.

use crate::Failure;
use source::json::{Finding, finding};
use source::{Diagnostic, Source, nearest};

/// A diagnostic, shown by example.
pub struct Explained {
    /// Its code.
    pub code: &'static str,
    /// A text that has it; its leading `//` lines are left out.
    pub wrong: Source,
    /// What is said of that text under this code; empty for one about a text too large to show.
    pub said: Vec<Diagnostic>,
    /// A text that does it right.
    pub right: Option<&'static str>,
}

impl Explained {
    /// What is said, for machines.
    pub fn findings(&self) -> Vec<Finding> {
        let said = self.said.iter();
        said.map(|own| finding(&self.wrong, own)).collect()
    }
}

/// Explains a code.
///
/// # Errors
/// No text of a model is reported under that code.
pub fn explain(code: &str) -> Result<Explained, Failure> {
    let known = || lang::codes().chain(kdl::codes());
    let Some(code) = known().find(|own| *own == code) else {
        let message = format!("no diagnostic of a model's text is called `{code}`");
        let help = match nearest(code, known()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                "only what is reported of the text of a model is explained by example".to_owned()
            }
        };
        return Err(Failure::unusable("unknown-code", message, help));
    };
    let (wrong, right) = match lang::example(code).or_else(|| kdl::example(code)) {
        Some((wrong, right)) => (without_heading(wrong), Some(right)),
        None => (String::new(), None),
    };
    let said = lang::read(&wrong).diagnostics.into_iter();
    Ok(Explained {
        code,
        said: said.filter(|own| own.code == code).collect(),
        wrong: Source::new("wrong.kdl", wrong),
        right,
    })
}

/// A text without the `//` lines that it begins with.
fn without_heading(text: &str) -> String {
    let lines = text.split_inclusive('\n');
    lines.skip_while(|line| line.starts_with("//")).collect()
}
