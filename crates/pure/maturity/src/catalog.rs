//! The catalog: domains, subdomains, practices, levels and their indicators, with names and aliases.

mod complete;
mod draft;
mod read;

pub(crate) use read::indicator;
pub use read::read;

use crate::period::LooksBack;
use crate::words::{Kind, Level, Outcome, Scope, Source};
use record::Digest;
use record::facts::Facts;
use serde::{Deserialize, Serialize};
use source::nearest;

/// The whole catalog. If it was read without errors, all 18 practices are there with four levels
/// each, ids are unique and every reference resolves.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Catalog {
    /// Name of the catalog, e.g. `bulkhead-smm`.
    pub id: String,
    /// Title.
    pub name: String,
    /// Version of the text.
    pub version: String,
    /// Licence of the text.
    pub licence: String,
    /// What is to be said wherever it is used.
    pub notice: String,
    /// What the levels 0 to 4 mean, upwards.
    pub levels: Vec<LevelMeaning>,
    /// What the scopes mean.
    pub scopes: Vec<ScopeMeaning>,
    /// The three domains.
    pub domains: Vec<Domain>,
    /// The practices, in the order of their ids' subdomains.
    pub practices: Vec<Practice>,
}

/// What a level means anywhere.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LevelMeaning {
    /// The level.
    pub level: Level,
    /// Its name.
    pub name: String,
    /// What is required.
    pub requirement: String,
    /// How it is known.
    pub assurance: String,
}

/// What a scope means.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScopeMeaning {
    /// The scope.
    pub scope: Scope,
    /// Its name.
    pub name: String,
    /// Meaning.
    pub means: String,
}

/// What a level means in a domain or subdomain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Means {
    /// The level.
    pub level: Level,
    /// Meaning.
    pub means: String,
}

/// Name, other names and aim of a part of the hierarchy.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Title {
    /// Our id: `G`, `G1` or `G1.1`.
    pub id: String,
    /// Official name.
    pub name: String,
    /// Names in other editions.
    pub aliases: Vec<String>,
    /// What it is for.
    pub aim: String,
}

/// A domain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Domain {
    /// Id, name, aim.
    pub title: Title,
    /// Levels 1 to 4.
    pub levels: Vec<Means>,
    /// Its subdomains.
    pub subdomains: Vec<Subdomain>,
}

/// A subdomain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Subdomain {
    /// Id, name, aim.
    pub title: Title,
    /// Levels 1 to 4.
    pub levels: Vec<Means>,
}

/// A practice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Practice {
    /// Id, name, aim.
    pub title: Title,
    /// Id of its subdomain.
    pub subdomain: String,
    /// Levels 1 to 4, upwards.
    pub levels: Vec<PracticeLevel>,
    /// What it looks like in an industry and in a system.
    pub examples: Vec<Example>,
}

/// A level of a practice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PracticeLevel {
    /// The level.
    pub level: Level,
    /// Meaning.
    pub means: String,
    /// What must be done.
    pub tasks: Vec<String>,
    /// What shows that it is done.
    pub indicators: Vec<Indicator>,
}

/// Something an assessor can find satisfied or not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Indicator {
    /// `E1.2-3.1`; in a profile with its prefix before.
    pub id: String,
    /// Id of the practice.
    pub practice: String,
    /// The level it belongs to.
    pub level: Level,
    /// General in the catalog; layers add others.
    pub scope: Scope,
    /// Design, as-built or operating.
    pub kind: Kind,
    /// The past it speaks of, if it looks back.
    pub looks_back: Option<LooksBack>,
    /// The statement to be judged.
    pub text: String,
    /// The question in plain language.
    pub ask: String,
    /// Typical evidence.
    pub evidence: Vec<String>,
    /// Who or what can answer.
    pub source: Source,
    /// What is computed, if not a person answers.
    pub check: Option<String>,
}

/// An example: a situation and what was decided or found, with the reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Example {
    /// Industry or system.
    pub about: Scope,
    /// The situation.
    pub situation: String,
    /// Target or assessed state.
    pub outcome: Outcome,
    /// The level chosen or found.
    pub level: Level,
    /// The scope chosen or found.
    pub scope: Scope,
    /// Why.
    pub because: String,
}

/// What a name led to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Lookup<'c> {
    /// The id or the official name.
    Found(&'c Practice),
    /// A name from another edition.
    Alias(&'c Practice),
    /// Nothing; the nearest id or name, if one is near.
    Unknown(Option<&'c str>),
}

impl<'c> Lookup<'c> {
    /// The practice, however it was named.
    pub fn practice(self) -> Option<&'c Practice> {
        match self {
            Self::Found(practice) | Self::Alias(practice) => Some(practice),
            Self::Unknown(_) => None,
        }
    }
}

impl Catalog {
    /// The practice with that id.
    pub fn practice(&self, id: &str) -> Option<&Practice> {
        self.practices
            .iter()
            .find(|practice| practice.title.id == id)
    }

    /// The practice with that id, official name or alias; case and outer spaces do not matter.
    pub fn lookup(&self, name: &str) -> Lookup<'_> {
        let name = name.trim();
        let same = |other: &String| other.to_lowercase() == name.to_lowercase();
        let titled = |practice: &&Practice| same(&practice.title.id) || same(&practice.title.name);
        if let Some(practice) = self.practices.iter().find(titled) {
            return Lookup::Found(practice);
        }
        let aliased = |practice: &&Practice| practice.title.aliases.iter().any(same);
        if let Some(practice) = self.practices.iter().find(aliased) {
            return Lookup::Alias(practice);
        }
        let names = self.practices.iter().flat_map(|practice| {
            let title = &practice.title;
            let names = [title.id.as_str(), title.name.as_str()];
            names
                .into_iter()
                .chain(title.aliases.iter().map(String::as_str))
        });
        Lookup::Unknown(nearest(name, names))
    }

    /// All indicators, in the order of practice and level.
    pub fn indicators(&self) -> impl Iterator<Item = &Indicator> {
        let levels = self.practices.iter().flat_map(|practice| &practice.levels);
        levels.flat_map(|level| &level.indicators)
    }

    /// The titles of the domain or subdomain with that id.
    pub fn part(&self, id: &str) -> Option<&Title> {
        let parts = self.domains.iter().flat_map(|domain| {
            let below = domain.subdomains.iter().map(|subdomain| &subdomain.title);
            std::iter::once(&domain.title).chain(below)
        });
        parts.into_iter().find(|title| title.id == id)
    }

    /// The digest of what the catalog says; layout, comments and file names do not matter.
    pub fn digest(&self) -> Digest {
        let mut facts = Facts::default();
        let about = [
            "catalog",
            &self.id,
            &self.name,
            &self.version,
            &self.licence,
            &self.notice,
        ];
        facts.add(&about);
        for level in &self.levels {
            let number = level.level.to_string();
            facts.add(&[
                "level",
                &number,
                &level.name,
                &level.requirement,
                &level.assurance,
            ]);
        }
        for scope in &self.scopes {
            facts.add(&["scope", scope.scope.as_ref(), &scope.name, &scope.means]);
        }
        for domain in &self.domains {
            add_part(&mut facts, &domain.title, &domain.levels);
            for subdomain in &domain.subdomains {
                add_part(&mut facts, &subdomain.title, &subdomain.levels);
            }
        }
        for practice in &self.practices {
            add_practice(&mut facts, practice);
        }
        facts.digest()
    }
}

impl AsRef<str> for Scope {
    fn as_ref(&self) -> &str {
        crate::words::Word::as_str(*self)
    }
}

fn add_title(facts: &mut Facts, title: &Title) {
    facts.add(&["title", &title.id, &title.name, &title.aim]);
    for alias in &title.aliases {
        facts.add(&["alias", &title.id, alias]);
    }
}

fn add_part(facts: &mut Facts, title: &Title, levels: &[Means]) {
    add_title(facts, title);
    for level in levels {
        facts.add(&["means", &title.id, &level.level.to_string(), &level.means]);
    }
}

fn add_practice(facts: &mut Facts, practice: &Practice) {
    let id = practice.title.id.as_str();
    add_title(facts, &practice.title);
    facts.add(&["practice", id, &practice.subdomain]);
    for level in &practice.levels {
        let number = level.level.to_string();
        facts.add(&["means", id, &number, &level.means]);
        for (index, task) in level.tasks.iter().enumerate() {
            facts.add(&["do", id, &number, &index.to_string(), task]);
        }
        for indicator in &level.indicators {
            add_indicator(facts, indicator);
        }
    }
    for example in &practice.examples {
        facts.add(&[
            "example",
            id,
            example.about.as_ref(),
            &example.situation,
            &example.outcome.to_string(),
            &example.level.to_string(),
            example.scope.as_ref(),
            &example.because,
        ]);
    }
}

/// Adds what an indicator says; also used for those of profiles.
pub(crate) fn add_indicator(facts: &mut Facts, indicator: &Indicator) {
    let Indicator {
        id,
        practice,
        level,
        scope,
        kind,
        looks_back,
        text,
        ask,
        evidence,
        source,
        check,
    } = indicator;
    let (level, scope) = (level.to_string(), scope.to_string());
    let (kind, source) = (kind.to_string(), source.to_string());
    facts.add(&[
        "indicator",
        id,
        practice,
        &level,
        &scope,
        &kind,
        &source,
        text,
        ask,
    ]);
    if let Some(check) = check {
        facts.add(&["check", id, check]);
    }
    match looks_back {
        Some(LooksBack::Covers(length)) => facts.add(&["covers", id, &length.to_string()]),
        Some(LooksBack::Within(length)) => facts.add(&["within", id, &length.to_string()]),
        None => {}
    }
    for (index, evidence) in evidence.iter().enumerate() {
        facts.add(&["evidence", id, &index.to_string(), evidence]);
    }
}
