//! The system, the texts and the people behind everything, and what was shown as evidence.

use super::anchor::anchor;
use super::{Anchor, Ground, shown};
use maturity::project::write_json;
use maturity::{Appetite, Consequence, Date, Kind, Level, Perspective};
use record::Digest;
use serde::Serialize;
use std::collections::BTreeMap;

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

pub(super) fn evidence(ground: &Ground<'_>) -> Vec<Shown> {
    let mut cited: BTreeMap<&str, usize> = BTreeMap::new();
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
