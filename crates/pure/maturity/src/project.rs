//! A project: what is assessed, its targets, assessments and actions. Plain data; `read` makes it
//! from KDL, `write` writes it back, serde gives the JSON form, `check` finds what is wrong with it
//! whatever it came from.

mod check;
mod json;
mod read;
mod write;

pub use check::{check, errors};
pub use json::{read_json, write_json};
pub use read::read;
pub use write::write;

use crate::catalog::Catalog;
use crate::compose::{Effective, compose};
use crate::date::Date;
use crate::fault::{self, Located, has_errors};
use crate::profile::Profile;
use crate::words::{
    Answer, Appetite, AssessmentType, Consequence, Kind, Level, Method, Party, Perspective, Scope,
    State, Status,
};
use record::Digest;
use serde::{Deserialize, Serialize};
use source::Span;

/// Most characters of a text, as spreadsheet programs count them (UTF-16 units): what a cell holds.
pub const TEXT_MAX: usize = 32_767;

/// The name of the JSON form.
pub const FORMAT: &str = "bulkhead.maturity-project/1";

/// A name with a version.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Versioned {
    /// The name.
    pub name: String,
    /// The version.
    pub version: String,
}

/// Everything about the maturity of one system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Project {
    /// [`FORMAT`].
    pub format: String,
    /// Name.
    pub id: String,
    /// Title.
    pub title: String,
    /// The system and what lies inside its boundary.
    pub boundary: String,
    /// From where targets are set.
    pub perspective: Perspective,
    /// How much risk the business bears.
    pub appetite: Appetite,
    /// What readers should know, e.g. where the numbers come from.
    pub notes: Vec<String>,
    /// The catalog it was written for.
    pub catalog: Versioned,
    /// The layers it uses.
    pub profiles: Vec<Versioned>,
    /// Everybody who is named anywhere.
    pub people: Vec<Person>,
    /// What the business wants.
    pub goals: Vec<Goal>,
    /// What could keep it from that.
    pub concerns: Vec<Concern>,
    /// What is demanded from outside, kept apart from the targets.
    pub obligations: Vec<Obligation>,
    /// Named targets over time.
    pub targets: Vec<TargetSet>,
    /// What answers refer to.
    pub evidence: Vec<Evidence>,
    /// Assessments.
    pub assessments: Vec<Assessment>,
    /// What is to be done.
    pub actions: Vec<Action>,
    /// Where it is written.
    #[serde(skip)]
    pub at: Span,
}

macro_rules! items {
    ($($(#[$about:meta])* $name:ident { $($(#[$of:meta])* $field:ident: $ty:ty,)* })*) => {$(
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$of])* pub $field: $ty,)*
            /// Where it is written; empty if it did not come from a text.
            #[serde(skip)]
            pub at: Span,
        }
    )*};
}

items! {
    /// Somebody.
    Person {
        /// Short name used in the project.
        id: String,
        /// Full name.
        name: String,
        /// What they do.
        role: Option<String>,
    }
    /// What the business wants.
    Goal {
        /// Short name.
        id: String,
        /// The goal.
        says: String,
    }
    /// What could keep the business from its goals.
    Concern {
        /// Short name.
        id: String,
        /// The concern.
        says: String,
        /// The goals at stake.
        goals: Vec<String>,
        /// How bad it would be.
        consequence: Consequence,
        /// The practices that matter for it.
        touches: Vec<Touch>,
    }
    /// A practice that matters for a concern.
    Touch {
        /// Id of the practice.
        practice: String,
        /// The scope that is needed.
        scope: Scope,
        /// The level, if it is not the usual one for consequence and appetite.
        level: Option<Level>,
        /// Why.
        because: String,
    }
    /// A duty with its date.
    Obligation {
        /// Short name.
        id: String,
        /// Law, contract or standard.
        source: String,
        /// In force from this day.
        in_force: Date,
        /// What it demands at least.
        minimums: Vec<Minimum>,
    }
    /// The least a duty demands of a practice.
    Minimum {
        /// Id of the practice.
        practice: String,
        /// The level.
        level: Level,
        /// The scope.
        scope: Scope,
        /// Why.
        because: String,
    }
    /// Targets to be reached by a day.
    TargetSet {
        /// Short name.
        id: String,
        /// Title.
        title: Option<String>,
        /// To be reached by this day.
        by: Date,
        /// Drafts for whole domains or subdomains.
        drafts: Vec<DraftTarget>,
        /// Targets of practices; they go before drafts.
        practices: Vec<PracticeTarget>,
    }
    /// A target for a domain or subdomain until its practices have their own.
    DraftTarget {
        /// Id of the domain or subdomain.
        part: String,
        /// The level.
        level: Level,
        /// The scope.
        scope: Scope,
        /// Why.
        because: String,
    }
    /// The target of a practice.
    PracticeTarget {
        /// Id of the practice.
        practice: String,
        /// The level.
        level: Level,
        /// The scope.
        scope: Scope,
        /// Why.
        because: Option<String>,
        /// The concerns behind it.
        concerns: Vec<String>,
        /// Who can answer for it.
        respondent: Option<String>,
        /// Who pays and decides.
        owner: Option<String>,
        /// Whose practice it is.
        responsible: Vec<Party>,
        /// Why it differs from what was proposed.
        override_of: Option<Override>,
    }
    /// A recorded decision against a proposal.
    Override {
        /// Who decided.
        by: String,
        /// When.
        on: Date,
        /// Why.
        because: String,
    }
    /// Something that was shown.
    Evidence {
        /// Short name.
        id: String,
        /// What it is.
        title: String,
        /// Design, as-built or operating.
        kind: Option<Kind>,
        /// Where it is kept.
        location: Option<String>,
        /// Digest of its bytes.
        #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
        digest: Option<Digest>,
        /// From when it is.
        dated: Option<Date>,
        /// The last day on which it counts.
        valid_until: Option<Date>,
    }
    /// An assessment.
    Assessment {
        /// Short name.
        id: String,
        /// Who assesses whom.
        kind: AssessmentType,
        /// First day of the period that was looked at.
        from: Date,
        /// Last day.
        to: Date,
        /// What was looked at, if not all of the project's system.
        boundary: Option<String>,
        /// Who assesses.
        assessors: Vec<String>,
        /// How far it is.
        state: State,
        /// The review of the facts.
        reviewed: Option<Signed>,
        /// The approval.
        approved: Option<Signed>,
        /// Answers to indicators.
        answers: Vec<GivenAnswer>,
        /// Levels judged from the table in a workshop.
        judgements: Vec<Judgement>,
    }
    /// Somebody's word on a day.
    Signed {
        /// Who.
        by: String,
        /// When.
        on: Date,
    }
    /// An answer as it was given.
    GivenAnswer {
        /// Id of the indicator.
        indicator: String,
        /// The answer.
        answer: Answer,
        /// The assessor; none if it was computed.
        by: Option<String>,
        /// How it was found.
        method: Option<Method>,
        /// When.
        on: Option<Date>,
        /// The evidence, by short name.
        evidence: Vec<String>,
        /// What was seen or said.
        note: Option<String>,
        /// Why it does not apply.
        because: Option<String>,
        /// Who approved that it does not apply.
        approved_by: Option<String>,
        /// Set if a program found it.
        computed: Option<Computed>,
    }
    /// Where a computed answer comes from.
    Computed {
        /// The check, as the catalog names it.
        check: String,
        /// Digest of the model it was computed from.
        #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
        model: Option<Digest>,
    }
    /// A level judged from the table.
    Judgement {
        /// Id of the practice.
        practice: String,
        /// The level.
        level: Level,
        /// The scope.
        scope: Scope,
        /// Who judged.
        by: String,
        /// When.
        on: Date,
        /// Why.
        because: String,
    }
    /// Something to be done.
    Action {
        /// Short name.
        id: String,
        /// What.
        title: String,
        /// The indicators it is meant to satisfy.
        closes: Vec<String>,
        /// Who does it.
        owner: Option<String>,
        /// By when.
        due: Date,
        /// What it costs, as a range.
        cost: Option<Cost>,
        /// Actions that come first.
        after: Vec<String>,
        /// The day from which the evidence shows that it was done already.
        since: Option<Date>,
        /// What shows that, by short name.
        #[serde(default)]
        evidence: Vec<String>,
        /// How far it is.
        status: Status,
    }
    /// A range of money.
    Cost {
        /// At least, in whole units of the currency.
        least: u64,
        /// At most.
        most: u64,
        /// `EUR` and the like.
        currency: String,
    }
}

/// A target as it holds for a practice, with where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TargetAt {
    /// Id of the practice.
    pub practice: String,
    /// The level.
    pub level: Level,
    /// The scope.
    pub scope: Scope,
    /// Id of the practice, subdomain or domain where it was set.
    pub set_at: String,
    /// Why.
    pub because: String,
}

impl TargetSet {
    /// The target of a practice: its own, else the draft of its subdomain, else of its domain.
    pub fn of(&self, practice: &str) -> Option<TargetAt> {
        if let Some(own) = self
            .practices
            .iter()
            .find(|target| target.practice == practice)
        {
            return Some(TargetAt {
                practice: practice.to_owned(),
                level: own.level,
                scope: own.scope,
                set_at: practice.to_owned(),
                because: own.because.clone().unwrap_or_default(),
            });
        }
        let below = self
            .drafts
            .iter()
            .filter(|draft| practice.starts_with(&draft.part));
        let draft = below.max_by_key(|draft| draft.part.len())?;
        Some(TargetAt {
            practice: practice.to_owned(),
            level: draft.level,
            scope: draft.scope,
            set_at: draft.part.clone(),
            because: draft.because.clone(),
        })
    }
}

impl Assessment {
    /// True if nothing was answered and nothing judged.
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty() && self.judgements.is_empty()
    }

    /// The evidence that its answers cite, by name, each as often as it is cited.
    pub fn cited(&self) -> impl Iterator<Item = &str> {
        let answers = self.answers.iter();
        answers.flat_map(|answer| answer.evidence.iter().map(String::as_str))
    }
}

impl Project {
    /// The assessment with that name.
    pub fn assessment(&self, id: &str) -> Option<&Assessment> {
        self.assessments
            .iter()
            .find(|assessment| assessment.id == id)
    }

    /// The target set with that name.
    pub fn target(&self, id: &str) -> Option<&TargetSet> {
        self.targets.iter().find(|target| target.id == id)
    }

    /// The target set that an assessment is compared with: the first that was still to be reached when
    /// its period ended, else the last one there is.
    pub fn target_for(&self, assessment: &Assessment) -> Option<&TargetSet> {
        let ahead = self.targets.iter().filter(|set| set.by >= assessment.to);
        let last = || self.targets.iter().max_by_key(|set| set.by);
        ahead.min_by_key(|set| set.by).or_else(last)
    }

    /// The layers it names, among those that are there.
    pub fn layers<'p>(&self, profiles: &'p [Profile]) -> Vec<&'p Profile> {
        let named = |profile: &&Profile| {
            let wanted =
                |name: &Versioned| name.name == profile.id && name.version == profile.version;
            self.profiles.iter().any(wanted)
        };
        profiles.iter().filter(named).collect()
    }

    /// The table it is assessed against.
    pub fn table(&self, catalog: &Catalog, profiles: &[Profile]) -> Effective {
        let layers: Vec<Profile> = self.layers(profiles).into_iter().cloned().collect();
        compose(catalog, &layers)
    }
}

/// True for what [`check`] says of the form of names and texts. Readers of written forms say the same
/// where it stands; what they refused need not be refused again.
pub fn is_of_form(code: &str) -> bool {
    [
        fault::BadId::RULE.code,
        fault::EmptyText::RULE.code,
        fault::LongText::RULE.code,
    ]
    .contains(&code)
}

/// A project with the table it is assessed against.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The project; `None` if the text has none.
    pub project: Option<Project>,
    /// Catalog and layers.
    pub table: Effective,
    /// Everything that was found, in the order of the text.
    pub findings: Vec<Located>,
}

/// Reads and checks a project in either form: the usual way in. JSON begins with `{`.
pub fn open(text: &source::Source, catalog: &Catalog, profiles: &[Profile], today: Date) -> Opened {
    let begins = text.text.trim_start_matches('\u{feff}').trim_start();
    let (project, mut findings) = match begins.starts_with('{') {
        true => read_json(text),
        false => read(text, catalog),
    };
    let Some(project) = project else {
        return Opened {
            project: None,
            table: compose(catalog, &[]),
            findings,
        };
    };
    let table = project.table(catalog, profiles);
    let mut found = check(&project, catalog, &table, today);
    if has_errors(&findings) {
        // What is missing or malformed in a text was reported where it stands.
        found.retain(|one| !is_of_form(one.diagnostic.code));
    }
    findings.extend(found);
    findings.sort_by_key(|finding| finding.diagnostic.span());
    Opened {
        project: Some(project),
        table,
        findings,
    }
}
