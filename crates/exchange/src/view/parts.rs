//! What stands around the practices: the system, the assessment, roll-ups, agreement, evidence.

use super::practice::anchor;
use super::{Anchor, Ground, Money, shown};
use maturity::project::{Assessment, TargetSet, write_json};
use maturity::score::ScopeLevels;
use maturity::{
    Answer, Appetite, AssessmentType, Consequence, Date, Kind, Level, Perspective, Scope, State,
    Word, agreement as engine, brief, rollup, score,
};
use record::Digest;
use serde::Serialize;

shown! {
    /// The system and the texts that everything was computed from.
    About {
        /// Short name of the project.
        id: String,
        /// Title.
        title: String,
        /// The system and what lies inside its boundary.
        boundary: String,
        /// From where targets are set.
        perspective: Perspective,
        /// How much risk the business bears.
        appetite: Appetite,
        /// What readers should know.
        notes: Vec<String>,
        /// The day everything was computed for.
        today: Date,
        /// Digest of the architecture in force, if one was given.
        #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
        model: Option<Digest>,
        /// Digest of the JSON form of the project.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        project_digest: Digest,
        /// The catalog.
        catalog: Layer,
        /// Title of the catalog.
        catalog_name: String,
        /// The catalog version the project was written for, if it is another one.
        written_for: Option<Layer>,
        /// What is to be said wherever the catalog is used.
        notice: String,
        /// Licence of the catalog's text.
        licence: String,
        /// Digest of what the catalog says.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        catalog_digest: Digest,
        /// The layers on it.
        layers: Vec<Layer>,
        /// Layers the project names and that were not found.
        missing_layers: Vec<Layer>,
        /// Digest of the rows of catalog and layers together.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        table_digest: Digest,
        /// How many indicators count.
        indicators: usize,
        /// What the layers disagree on, in words.
        conflicts: Vec<String>,
        /// What the business wants: short name and goal.
        goals: Vec<(String, String)>,
        /// What could keep it from that.
        concerns: Vec<Worry>,
        /// Everybody who is named.
        people: Vec<Who>,
    }
    /// A catalog or profile.
    Layer {
        /// Its name.
        name: String,
        /// Its version.
        version: String,
    }
    /// Somebody.
    Who {
        /// Short name.
        id: String,
        /// Full name; the short one if none is known.
        name: String,
        /// What they do.
        role: Option<String>,
    }
    /// A concern.
    Worry {
        /// Short name.
        id: String,
        /// The concern.
        says: String,
        /// How bad it would be.
        consequence: Consequence,
        /// Short names of the goals at stake.
        goals: Vec<String>,
        /// Ids of the practices that matter for it.
        practices: Vec<String>,
    }
    /// What a level means anywhere.
    LevelSays {
        /// The level.
        level: Level,
        /// Its name.
        name: String,
        /// What is required.
        requirement: String,
        /// How it is known.
        assurance: String,
    }
    /// The assessment behind the current levels.
    Assessed {
        /// Short name.
        id: String,
        /// Who assesses whom.
        kind: AssessmentType,
        /// How far it is.
        state: State,
        /// First day of its period.
        from: Date,
        /// Last day.
        to: Date,
        /// What was looked at, if not all of the system.
        boundary: Option<String>,
        /// Who assesses.
        assessors: Vec<Who>,
        /// Who reviewed the facts, and when.
        reviewed: Option<(Who, Date)>,
        /// Who approved it, and when.
        approved: Option<(Who, Date)>,
        /// How many answers were given.
        answers: usize,
        /// How many levels were judged from the table.
        judgements: usize,
        /// How many answers no longer count.
        dropped: usize,
    }
    /// A target set.
    TargetDay {
        /// Short name.
        id: String,
        /// Title.
        title: Option<String>,
        /// To be reached by this day.
        by: Date,
    }
    /// A level at each scope; none where the scope is undefined.
    Levels {
        /// At general scope.
        general: Option<Level>,
        /// At industry scope.
        industry: Option<Level>,
        /// At system scope.
        system: Option<Level>,
    }
    /// Who vouches for indicators.
    Vouched {
        /// Satisfied, and a person says so.
        attested: usize,
        /// Presumed satisfied, because a person judged the level.
        judged: usize,
        /// Satisfied, and only a program says so.
        computed: usize,
        /// Answered, but not with yes.
        unsatisfied: usize,
        /// Not answered, unknown, or no longer backed.
        missing: usize,
        /// Not applicable, with approval.
        not_applicable: usize,
    }
    /// The one-page brief in numbers; practices by id.
    Summary {
        /// How many practices meet their target.
        met: usize,
        /// How many miss a level.
        short: usize,
        /// How many reach the number at a wider scope only.
        scope_only: usize,
        /// How many do not apply.
        excluded: usize,
        /// How many have no target.
        without_target: usize,
        /// How many have a level that rests on a judgement.
        judged: usize,
        /// Practices whose target is not met, the widest gap first.
        gaps: Vec<String>,
        /// Practices beyond their target, and by how many levels.
        surplus: Vec<(String, u8)>,
        /// Duties in force that are not met: obligation and practice.
        duties: Vec<(String, String)>,
        /// Who vouches for all indicators together.
        vouched: Vouched,
        /// Cost of the open actions, for each currency.
        cost: Vec<Money>,
        /// Open actions without a cost.
        actions_without_cost: usize,
        /// Practices whose target the actions would reach by its day.
        planned: Vec<String>,
    }
    /// A group of practices at one scope.
    Part {
        /// Id of the domain or subdomain; empty for all practices.
        id: String,
        /// Its name.
        name: String,
        /// The scope.
        scope: Scope,
        /// The lowest level of those that have one.
        minimum: Option<Level>,
        /// Ids of the practices at that level.
        weakest: Vec<String>,
        /// How many practices are at level 0, 1, 2, 3, 4.
        distribution: Vec<usize>,
        /// How many are undefined at the scope.
        undefined: usize,
        /// How many are excluded.
        excluded: usize,
        /// How many rest on a judgement.
        judged: usize,
    }
    /// How far assessors agree.
    Agreed {
        /// Those who answered anything.
        assessors: Vec<Who>,
        /// How many indicators all of them answered.
        items: usize,
        /// Share of agreeing pairs, 0 to 1.
        agreement: Option<f64>,
        /// Cohen's kappa, for exactly two.
        cohen: Option<f64>,
        /// Fleiss' kappa.
        fleiss: Option<f64>,
        /// Where they differ.
        disputed: Vec<Disputed>,
    }
    /// An indicator on which assessors differ.
    Disputed {
        /// Id of the indicator.
        indicator: String,
        /// What each of them says.
        opinions: Vec<Opinion>,
    }
    /// What one of them says.
    Opinion {
        /// Who.
        by: Who,
        /// The answer.
        answer: Answer,
    }
    /// Evidence.
    Shown {
        /// Short name.
        id: String,
        /// Where a document shows it.
        anchor: Anchor,
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
        /// True if that day has passed.
        expired: bool,
        /// How many answers of the assessment cite it.
        cited: usize,
    }
}

impl Levels {
    /// The level at a scope.
    pub fn at(&self, scope: Scope) -> Option<Level> {
        match scope {
            Scope::General => self.general,
            Scope::Industry => self.industry,
            Scope::System => self.system,
        }
    }
}

impl From<ScopeLevels> for Levels {
    fn from(levels: ScopeLevels) -> Self {
        let ScopeLevels {
            general,
            industry,
            system,
        } = levels;
        Self {
            general,
            industry,
            system,
        }
    }
}

impl From<score::Vouched> for Vouched {
    fn from(vouched: score::Vouched) -> Self {
        let score::Vouched {
            attested,
            judged,
            computed,
            unsatisfied,
            missing,
            not_applicable,
        } = vouched;
        Self {
            attested,
            judged,
            computed,
            unsatisfied,
            missing,
            not_applicable,
        }
    }
}

impl Vouched {
    /// What the counts mean, in the order in which they are shown.
    pub const LABELS: [&str; 6] = [
        "attested by a person",
        "judged with its level",
        "computed",
        "not satisfied",
        "missing or unknown",
        "not applicable",
    ];

    /// The counts with their labels, in the order in which they are shown.
    pub fn counts(&self) -> [(&'static str, usize); 6] {
        let [
            attested,
            judged,
            computed,
            unsatisfied,
            missing,
            not_applicable,
        ] = Self::LABELS;
        [
            (attested, self.attested),
            (judged, self.judged),
            (computed, self.computed),
            (unsatisfied, self.unsatisfied),
            (missing, self.missing),
            (not_applicable, self.not_applicable),
        ]
    }
}

fn layer(origin: &maturity::compose::Origin) -> Layer {
    Layer {
        name: origin.name.clone(),
        version: origin.version.clone(),
    }
}

fn named(name: &maturity::project::Versioned) -> Layer {
    Layer {
        name: name.name.clone(),
        version: name.version.clone(),
    }
}

pub(super) fn about(ground: &Ground<'_>) -> About {
    let Ground {
        project,
        catalog,
        table,
        ..
    } = ground;
    let layers: Vec<Layer> = table.layers.iter().map(layer).collect();
    let asked = project.profiles.iter().map(named);
    let missing_layers = asked.filter(|name| !layers.contains(name)).collect();
    let written_for = named(&project.catalog);
    let used = layer(&table.catalog);
    let concern = |concern: &maturity::project::Concern| Worry {
        id: concern.id.clone(),
        says: concern.says.clone(),
        consequence: concern.consequence,
        goals: concern.goals.clone(),
        practices: concern.touches.iter().map(|t| t.practice.clone()).collect(),
    };
    About {
        id: project.id.clone(),
        title: project.title.clone(),
        boundary: project.boundary.clone(),
        perspective: project.perspective,
        appetite: project.appetite,
        notes: project.notes.clone(),
        today: ground.today,
        model: ground.now.model,
        project_digest: Digest::of(write_json(project).as_bytes()),
        written_for: Some(written_for).filter(|name| *name != used),
        catalog: used,
        catalog_name: catalog.name.clone(),
        notice: catalog.notice.clone(),
        licence: catalog.licence.clone(),
        catalog_digest: catalog.digest(),
        layers,
        missing_layers,
        table_digest: table.digest(),
        indicators: table.rows.len(),
        conflicts: table.conflicts.iter().map(conflict).collect(),
        goals: (project.goals.iter())
            .map(|goal| (goal.id.clone(), goal.says.clone()))
            .collect(),
        concerns: project.concerns.iter().map(concern).collect(),
        people: (project.people.iter())
            .map(|person| ground.who(&person.id))
            .collect(),
    }
}

fn conflict(conflict: &maturity::compose::Conflict) -> String {
    use maturity::compose::{Conflict, Origin};
    let name = |origin: &Origin| format!("`{}` {}", origin.name, origin.version);
    match conflict {
        Conflict::SameId {
            indicator,
            kept,
            left_out,
        } => format!(
            "the indicator `{indicator}` is taken from {} and not from {}",
            name(kept),
            name(left_out)
        ),
        Conflict::Targets {
            practice,
            one: (one, level, scope),
            other: (other, other_level, other_scope),
        } => format!(
            "for `{practice}` {} proposes {level} {scope} and {} {other_level} {other_scope}",
            name(one),
            name(other)
        ),
        Conflict::Perspectives {
            one: (one, seen),
            other: (other, other_seen),
        } => format!(
            "{} is seen from the {seen} and {} from the {other_seen}",
            name(one),
            name(other)
        ),
        Conflict::Versions { kept, left_out } => {
            format!("{} is used and not {}", name(kept), name(left_out))
        }
    }
}

pub(super) fn levels(ground: &Ground<'_>) -> Vec<LevelSays> {
    let levels = ground.catalog.levels.iter();
    let says = |level: &maturity::catalog::LevelMeaning| LevelSays {
        level: level.level,
        name: level.name.clone(),
        requirement: level.requirement.clone(),
        assurance: level.assurance.clone(),
    };
    levels.map(says).collect()
}

pub(super) fn assessed(ground: &Ground<'_>, one: &Assessment) -> Assessed {
    let signed = |signed: &maturity::project::Signed| (ground.who(&signed.by), signed.on);
    Assessed {
        id: one.id.clone(),
        kind: one.kind,
        state: one.state,
        from: one.from,
        to: one.to,
        boundary: one.boundary.clone(),
        assessors: one.assessors.iter().map(|id| ground.who(id)).collect(),
        reviewed: one.reviewed.as_ref().map(signed),
        approved: one.approved.as_ref().map(signed),
        answers: one.answers.len(),
        judgements: one.judgements.len(),
        dropped: ground.settled.dropped.len(),
    }
}

pub(super) fn target_day(set: &TargetSet) -> TargetDay {
    TargetDay {
        id: set.id.clone(),
        title: set.title.clone(),
        by: set.by,
    }
}

/// Stands where no assessment is yet.
pub(super) fn no_assessment(today: Date) -> Assessment {
    Assessment {
        id: String::new(),
        kind: AssessmentType::OwnParty,
        from: today,
        to: today,
        boundary: None,
        assessors: Vec::new(),
        state: State::Draft,
        reviewed: None,
        approved: None,
        answers: Vec::new(),
        judgements: Vec::new(),
        at: source::Span::default(),
    }
}

/// Stands where no target set is yet.
pub(super) fn no_target(today: Date) -> TargetSet {
    TargetSet {
        id: String::new(),
        title: None,
        by: today,
        drafts: Vec::new(),
        practices: Vec::new(),
        at: source::Span::default(),
    }
}

pub(super) fn summary(brief: &brief::Brief) -> Summary {
    let money = |(currency, (least, most)): (&String, &(u64, u64))| Money {
        least: *least,
        most: *most,
        currency: currency.clone(),
    };
    let duty = |duty: &brief::Duty| (duty.obligation.clone(), duty.practice.clone());
    Summary {
        met: brief.counts.met,
        short: brief.counts.short,
        scope_only: brief.counts.scope_only,
        excluded: brief.counts.excluded,
        without_target: brief.counts.without_target,
        judged: brief.counts.judged,
        gaps: (brief.short.iter())
            .map(|short| short.gap.practice.clone())
            .collect(),
        surplus: brief.surplus.clone(),
        duties: brief.duties.iter().map(duty).collect(),
        vouched: brief.vouched.into(),
        cost: brief.cost.iter().map(money).collect(),
        actions_without_cost: brief.actions_without_cost,
        planned: brief.planned.clone(),
    }
}

pub(super) fn parts(ground: &Ground<'_>) -> Vec<Part> {
    let part = |scope: Scope, one: rollup::Rollup| Part {
        name: ground
            .catalog
            .part(&one.part)
            .map_or_else(|| "All practices".to_owned(), |title| title.name.clone()),
        id: one.part,
        scope,
        minimum: one.minimum,
        weakest: one.weakest,
        distribution: one.distribution.to_vec(),
        undefined: one.undefined,
        excluded: one.excluded,
        judged: one.judged,
    };
    let scopes = Scope::ALL.iter().flat_map(|scope| {
        let all = rollup::rollups(ground.catalog, &ground.scores, *scope);
        all.into_iter().map(move |one| part(*scope, one))
    });
    scopes.collect()
}

pub(super) fn agreement(ground: &Ground<'_>) -> Agreed {
    let found = ground.assessment.map(engine::agreement).unwrap_or_default();
    let answers = |indicator: &str| {
        let all = ground.assessment.into_iter().flat_map(|one| &one.answers);
        let own = all.filter(|answer| answer.indicator == indicator && answer.computed.is_none());
        let opinion = |answer: &maturity::project::GivenAnswer| {
            Some(Opinion {
                by: ground.who(answer.by.as_deref()?),
                answer: answer.answer,
            })
        };
        own.filter_map(opinion).collect()
    };
    Agreed {
        assessors: found.assessors.iter().map(|id| ground.who(id)).collect(),
        items: found.items,
        agreement: found.agreement,
        cohen: found.cohen,
        fleiss: found.fleiss,
        disputed: (found.disputed.into_iter())
            .map(|indicator| Disputed {
                opinions: answers(&indicator),
                indicator,
            })
            .collect(),
    }
}

pub(super) fn evidence(ground: &Ground<'_>) -> Vec<Shown> {
    let mut cited: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    let answers = ground.assessment.into_iter().flat_map(|one| &one.answers);
    for name in answers.flat_map(|answer| &answer.evidence) {
        *cited.entry(name).or_default() += 1;
    }
    let shown = |one: &maturity::project::Evidence| Shown {
        id: one.id.clone(),
        anchor: anchor("evidence", &one.id),
        title: one.title.clone(),
        kind: one.kind,
        location: one.location.clone(),
        digest: one.digest,
        dated: one.dated,
        valid_until: one.valid_until,
        expired: one.valid_until.is_some_and(|until| until < ground.today),
        cited: cited.get(one.id.as_str()).copied().unwrap_or_default(),
    };
    ground.project.evidence.iter().map(shown).collect()
}
