//! What a code is about: by example, if a text can have it, and else in words.

mod meanings;

use crate::model_file::ModelFile;
use crate::{Failure, check, explain, plans};
use meanings::MEANINGS;
use source::json::{Finding, finding};
use source::{Diagnostic, Rule, Source, nearest};
use std::path::Path;

/// What a code is about; it may be one of several kinds of text.
pub struct Explained {
    /// The code.
    pub code: &'static str,
    /// One for each kind of text, or other source.
    pub uses: Vec<Use>,
}

/// A code in one kind of text.
pub struct Use {
    /// What is reported under the code, such as `a model`.
    pub of: &'static str,
    /// By example, or in words.
    pub shown: Shown,
}

/// How a code is explained.
pub enum Shown {
    /// By example.
    Example(Box<Example>),
    /// In words: what is wrong, and what to do next; `large` if only a text has it that is too large to show.
    Words {
        /// What is wrong.
        message: String,
        /// What to do next.
        help: String,
        /// Whether a text can have it.
        large: bool,
    },
}

/// A text that is reported, and one that is not.
pub struct Example {
    /// A text that has it.
    pub wrong: Source,
    /// What is said of it under this code.
    pub said: Vec<Diagnostic>,
    /// The text that it is said of: mostly the same, or one that is read together with it.
    pub said_of: Source,
    /// A text that does it right.
    pub right: String,
}

impl Example {
    /// What is said, for machines.
    pub fn findings(&self) -> Vec<Finding> {
        let said = self.said.iter();
        said.map(|own| finding(&self.said_of, own)).collect()
    }
}

const MODEL: &str = "a model";

/// Each code of what is printed, once or more.
pub fn codes() -> impl Iterator<Item = &'static str> {
    let texts = lang::codes().chain(kdl::codes()).chain(maturity_codes());
    let examples = EXAMPLES.iter().map(|own| own.0);
    texts
        .chain(examples)
        .chain(MEANINGS.iter().map(|own| own.1))
}

/// Explains a code.
///
/// # Errors
/// Nothing is reported under that code.
pub fn explain(code: &str) -> Result<Explained, Failure> {
    let Some(code) = codes().find(|own| *own == code) else {
        let message = format!("no code is called `{code}`");
        let help = match nearest(code, codes()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "take the code as it stands in brackets after `error` or `warning`, or as `code` in JSON".to_owned(),
        };
        return Err(Failure::unusable("unknown-code", message, help));
    };
    let mut uses: Vec<Use> = of_model(code).into_iter().collect();
    uses.extend(of_maturity(code));
    uses.extend(of_table(code));
    let meanings = MEANINGS.iter().filter(|own| own.1 == code);
    uses.extend(meanings.map(|(of, _, message, help)| Use {
        of,
        shown: Shown::Words {
            message: (*message).to_owned(),
            help: (*help).to_owned(),
            large: false,
        },
    }));
    Ok(Explained { code, uses })
}

macro_rules! examples {
    ($($code:literal)*) => {
        /// Codes of a model that its text alone does not have: of its verdicts and of planning.
        const EXAMPLES: &[(&str, &str, &str)] = &[$((
            $code,
            include_str!(concat!("../tests/codes/", $code, ".kdl")),
            include_str!(concat!("../tests/codes/right/", $code, ".kdl")),
        )),*];
    };
}

examples! {
    "violated" "unknown" "no-program" "too-little-memory" "too-little-processor" "channel-leaves-platform"
}

fn of_model(code: &str) -> Option<Use> {
    let of_text = lang::example(code).or_else(|| kdl::example(code));
    let other = || EXAMPLES.iter().find(|own| own.0 == code);
    let Some((wrong, right)) = of_text.or_else(|| other().map(|own| (own.1, own.2))) else {
        return lang::rule(code)
            .or_else(|| kdl::rule(code))
            .map(|rule| large(MODEL, rule));
    };
    let wrong = without_heading(wrong);
    let said = said_of_model(&wrong).into_iter();
    let wrong = Source::new("wrong.kdl", wrong);
    Some(Use {
        of: MODEL,
        shown: Shown::Example(Box::new(Example {
            said: said.filter(|own| own.code == code).collect(),
            said_of: wrong.clone(),
            wrong,
            right: right.to_owned(),
        })),
    })
}

/// Everything that a check says of a text.
fn said_of_model(text: &str) -> Vec<Diagnostic> {
    let file = ModelFile::of_text(Path::new("wrong.kdl"), text.to_owned());
    let mut said = file.diagnostics.clone();
    if file.is_usable() {
        said.extend(plans::obstacles(&file));
        said.extend(explain::verdicts(&file, &check::check(&file)));
    }
    said
}

/// A rule that only a text has which is too large to show.
fn large(of: &'static str, rule: &Rule) -> Use {
    let (message, help) = rule.of_any();
    Use {
        of,
        shown: Shown::Words {
            message,
            help,
            large: true,
        },
    }
}

#[cfg(not(feature = "maturity"))]
fn maturity_codes() -> impl Iterator<Item = &'static str> {
    std::iter::empty()
}

#[cfg(not(feature = "maturity"))]
fn of_maturity(_: &str) -> Option<Use> {
    None
}

#[cfg(not(feature = "maturity"))]
fn of_table(_: &str) -> Option<Use> {
    None
}

#[cfg(feature = "maturity")]
fn maturity_codes() -> impl Iterator<Item = &'static str> {
    let tables = interchange::example::CASES.iter().map(|case| case.code);
    maturity::codes().chain(tables)
}

#[cfg(feature = "maturity")]
fn of_maturity(code: &str) -> Option<Use> {
    use maturity::example::{self, Of};
    let rule = maturity::rule(code)?;
    let texts = crate::maturity::library::catalog_texts();
    let Some(example) = example::of(code).and_then(|case| case.read(&texts)) else {
        return Some(large("a maturity project", rule));
    };
    let (said_of, said) = example.said(code);
    let said_of = said_of.clone();
    Some(Use {
        of: match example.of {
            Of::Project => "a maturity project",
            Of::Json => "a maturity project in JSON",
            Of::Profile | Of::Aspect => "a profile",
            Of::Crosswalk => "a crosswalk",
            Of::Catalog(_) => "a maturity catalog",
        },
        shown: Shown::Example(Box::new(Example {
            said,
            said_of,
            wrong: example.wrong,
            right: example.right,
        })),
    })
}

#[cfg(feature = "maturity")]
fn of_table(code: &str) -> Option<Use> {
    use interchange::example::CASES;
    let case = CASES.iter().find(|case| case.code == code)?;
    let catalog = maturity::catalog::read(&crate::maturity::library::catalog_texts()).0;
    let spoiled = case.read(&catalog)?;
    Some(Use {
        of: "a table of a project",
        shown: Shown::Example(Box::new(Example {
            said: spoiled.said,
            said_of: spoiled.wrong.clone(),
            wrong: spoiled.wrong,
            right: spoiled.right,
        })),
    })
}

/// A text without the `//` lines that it begins with.
fn without_heading(text: &str) -> String {
    let lines = text.split_inclusive('\n');
    lines.skip_while(|line| line.starts_with("//")).collect()
}
