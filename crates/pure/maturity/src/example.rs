//! Each code by example: a good text, and what spoils it.

use crate::catalog::{self, Catalog};
use crate::profile::Profile;
use crate::project::{Project, open, read, write_json};
use crate::{Date, Located, crosswalk, profile};
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
pub struct Spoiled {
    /// Which text.
    pub of: Of,
    /// The text that is reported.
    pub wrong: Source,
    /// The text that is not.
    pub right: String,
    /// What is reported.
    pub findings: Vec<Located>,
    /// The texts that the findings are in.
    pub texts: Vec<Source>,
}

impl Spoiled {
    /// What is reported under a code, and the text it is in: the spoiled one if possible.
    pub fn said(&self, code: &str) -> (&Source, Vec<Diagnostic>) {
        let found = |own: &&Located| own.diagnostic.code == code;
        let in_wrong = |own: &&Located| {
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
    pub fn read(&self, texts: &[Source]) -> Option<Spoiled> {
        let right = self.right(texts)?.text;
        match right.contains(self.from) {
            true => self.read_as(right.replacen(self.from, self.to, 1), texts),
            false => None,
        }
    }

    /// Reads another text in the place of the good one.
    pub fn read_as(&self, text: String, texts: &[Source]) -> Option<Spoiled> {
        let right = self.right(texts)?;
        let wrong = Source::new(right.name.as_str(), text);
        let catalog = || catalog::read(texts).0;
        let (findings, texts) = match self.of {
            Of::Project | Of::Json => (found_in_project(&wrong, &catalog()), None),
            Of::Profile | Of::Aspect => (profile::read(&wrong, &catalog()).1, None),
            Of::Crosswalk => (crosswalk::read(&wrong, &catalog()).1, None),
            Of::Catalog(_) => {
                let spoiled = |text: &Source| match text.name == wrong.name {
                    true => wrong.clone(),
                    false => text.clone(),
                };
                let texts: Vec<Source> = texts.iter().map(spoiled).collect();
                (catalog::read(&texts).1, Some(texts))
            }
        };
        Some(Spoiled {
            of: self.of,
            texts: texts.unwrap_or_else(|| vec![wrong.clone()]),
            wrong,
            right: right.text,
            findings,
        })
    }

    /// The good text.
    fn right(&self, texts: &[Source]) -> Option<Source> {
        Some(match self.of {
            Of::Project => Source::new("project.kdl", PROJECT),
            Of::Json => Source::new("project.json", json(texts)?),
            Of::Profile => Source::new("profile.kdl", LAYER),
            Of::Aspect => Source::new("profile.kdl", ASPECT),
            Of::Crosswalk => Source::new("crosswalk.kdl", CROSSWALK),
            Of::Catalog(file) => {
                let begins = |text: &&Source| {
                    let name = text.name.rsplit('/').next();
                    name.is_some_and(|name| name.starts_with(file))
                };
                texts.iter().find(begins)?.clone()
            }
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

/// The good project with the layer that it uses, and the day on which it is read.
pub fn project(catalog: &Catalog) -> Option<(Project, Vec<Profile>, Date)> {
    let layer = profile::read(&Source::new("profile.kdl", LAYER), catalog).0;
    let project = read(&Source::new("project.kdl", PROJECT), catalog).0;
    Some((
        project?,
        layer.into_iter().collect(),
        Date::new(2026, 11, 22)?,
    ))
}

fn found_in_project(text: &Source, catalog: &Catalog) -> Vec<Located> {
    let layer = profile::read(&Source::new("profile.kdl", LAYER), catalog).0;
    let layers: Vec<_> = layer.into_iter().collect();
    match Date::new(2026, 11, 22) {
        Some(today) => open(text, catalog, &layers, today).findings,
        // That day is in the calendar.
        None => Vec::new(),
    }
}
