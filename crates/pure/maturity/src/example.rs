//! Each code by example: a good text, and what spoils it.

use crate::catalog::{self, Catalog};
use crate::project::{open, read, write_json};
use crate::{Date, Finding, crosswalk, profile};
use source::{Diagnostic, Source};

const PROJECT: &str = include_str!("../tests/data/project.kdl");
const LAYER: &str = include_str!("../tests/data/layer.kdl");
const ASPECT: &str = include_str!("../tests/data/aspect.kdl");
const CROSSWALK: &str = include_str!("../tests/data/crosswalk.kdl");

/// Which text is spoiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// A project.
    Project,
    /// The same as JSON.
    Json,
    /// A profile.
    Profile,
    /// A profile that adds one consideration.
    Aspect,
    /// A crosswalk.
    Crosswalk,
    /// The file of the catalog whose name begins so.
    Catalog(&'static str),
}

/// One way to spoil a text.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// Which text.
    pub of: Of,
    /// What is replaced where it stands first.
    pub from: &'static str,
    /// By what.
    pub to: &'static str,
    /// What is then reported.
    pub codes: &'static [&'static str],
}

const fn case(
    of: Of,
    from: &'static str,
    to: &'static str,
    codes: &'static [&'static str],
) -> Case {
    Case {
        of,
        from,
        to,
        codes,
    }
}

/// Every case that the tests try.
pub const CASES: &[Case] = include!("../tests/data/cases.rs");

/// A spoiled text beside the good one.
#[derive(Clone, Debug)]
pub struct Example {
    /// Which text.
    pub of: Of,
    /// The text that is reported.
    pub wrong: Source,
    /// The text that is not.
    pub right: String,
    /// What is reported.
    pub findings: Vec<Finding>,
    /// The texts that the findings are in.
    pub texts: Vec<Source>,
}

impl Example {
    /// What is reported under a code, and the text it is in: the spoiled one if possible.
    pub fn said(&self, code: &str) -> (&Source, Vec<Diagnostic>) {
        let found = |own: &&Finding| own.diagnostic.code == code;
        let in_wrong = |own: &&Finding| {
            self.texts.get(own.text).map(|text| &text.name) == Some(&self.wrong.name)
        };
        let all = || self.findings.iter().filter(found);
        let text = match all().find(in_wrong).or_else(|| all().next()) {
            Some(first) => first.text,
            None => 0,
        };
        let said = all().filter(|own| own.text == text);
        (
            self.texts.get(text).unwrap_or(&self.wrong),
            said.map(|own| own.diagnostic.clone()).collect(),
        )
    }
}

/// The case that shows a code best: it is the only one reported, or the first of few.
pub fn of(code: &str) -> Option<&'static Case> {
    let cases = CASES.iter().filter(|case| case.codes.contains(&code));
    cases.min_by_key(|case| (case.codes.len(), case.codes.first() != Some(&code)))
}

impl Case {
    /// Reads the spoiled text, with the texts of the catalog; `None` if the good text has nothing to replace.
    pub fn read(&self, texts: &[Source]) -> Option<Example> {
        let (name, right) = match self.of {
            Of::Project => ("project.kdl", PROJECT.to_owned()),
            Of::Json => ("project.json", json(texts)?),
            Of::Profile => ("profile.kdl", LAYER.to_owned()),
            Of::Aspect => ("profile.kdl", ASPECT.to_owned()),
            Of::Crosswalk => ("crosswalk.kdl", CROSSWALK.to_owned()),
            Of::Catalog(file) => {
                let begins = |text: &&Source| {
                    let name = text.name.rsplit('/').next();
                    name.is_some_and(|name| name.starts_with(file))
                };
                let file = texts.iter().find(begins)?;
                (file.name.as_str(), file.text.clone())
            }
        };
        let text = right
            .contains(self.from)
            .then(|| right.replacen(self.from, self.to, 1))?;
        let wrong = Source::new(name, text);
        let (findings, texts) = match self.of {
            Of::Project | Of::Json => (
                found_in_project(&wrong, &catalog::read(texts).0),
                vec![wrong.clone()],
            ),
            Of::Profile | Of::Aspect => (
                profile::read(&wrong, &catalog::read(texts).0).1,
                vec![wrong.clone()],
            ),
            Of::Crosswalk => (
                crosswalk::read(&wrong, &catalog::read(texts).0).1,
                vec![wrong.clone()],
            ),
            Of::Catalog(_) => {
                let spoiled = |text: &Source| match text.name == wrong.name {
                    true => wrong.clone(),
                    false => text.clone(),
                };
                let texts: Vec<Source> = texts.iter().map(spoiled).collect();
                (catalog::read(&texts).1, texts)
            }
        };
        Some(Example {
            of: self.of,
            wrong,
            right,
            findings,
            texts,
        })
    }
}

/// The good project as JSON.
fn json(texts: &[Source]) -> Option<String> {
    let project = read(
        &Source::new("project.kdl", PROJECT),
        &catalog::read(texts).0,
    )
    .0;
    project.map(|project| write_json(&project))
}

fn found_in_project(text: &Source, catalog: &Catalog) -> Vec<Finding> {
    let layer = profile::read(&Source::new("profile.kdl", LAYER), catalog).0;
    let layers: Vec<_> = layer.into_iter().collect();
    match Date::new(2026, 11, 22) {
        Some(today) => open(text, catalog, &layers, today).findings,
        // That day is in the calendar.
        None => Vec::new(),
    }
}
