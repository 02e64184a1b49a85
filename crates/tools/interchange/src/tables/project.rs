//! The rows of all tables to one project.

use super::line::Line;
use super::rows::Tables;
use super::schema::SEAL;
use super::seal::holds;
use crate::imported::{Place, quote};
use maturity::ledger::{AssessmentHead, Header, SetHead};
use maturity::project::{
    Action, Assessment, Computed, Concern, Cost, DraftTarget, Evidence, GivenAnswer, Goal,
    Judgement, Minimum, Obligation, Override, Person, PracticeTarget, Project, Signed, TargetSet,
    Touch, Versioned,
};
use maturity::{Answer, Appetite, AssessmentType, Consequence, Perspective, Scope, State, Status};
use source::Span;
use std::collections::BTreeMap;

/// Reads all tables. `None` if there is no row that says what the project is.
pub(super) fn project(tables: &mut Tables<'_>) -> Option<Project> {
    let mut wholes = tables.each("Project", whole).into_iter();
    let first = wholes.next();
    for second in wholes {
        let message = format!("there is a second project {}", quote(&second.0.id));
        let help = "import each project from tables of its own";
        tables
            .findings
            .error(second.1, "surplus-row", message, help);
    }
    let mut project = match first {
        Some((project, _)) => project,
        None => {
            let message = "the table `Project` has no row".to_owned();
            let help = "give the project a name, a title, a boundary and a perspective";
            let table = tables
                .tables
                .iter()
                .find(|table| super::normal(table.plain_name()) == "project")?;
            let place = table.place(table.head, None);
            tables.findings.error(place, "no-project", message, help);
            return None;
        }
    };
    project.notes = tables.each("Notes", |line| line.text("note"));
    project.profiles = tables.each("Profiles", |line| Versioned {
        name: line.name("profile"),
        version: line.text("version"),
    });
    project.people = tables.each("People", |line| Person {
        id: line.name("person"),
        name: line.text("name"),
        role: line.text_opt("role"),
        at: line.at,
    });
    project.goals = tables.each("Goals", |line| Goal {
        id: line.name("goal"),
        says: line.text("says"),
        at: line.at,
    });
    project.concerns = concerns(tables);
    project.obligations = obligations(tables);
    project.targets = targets(tables);
    project.evidence = tables.each("Evidence", |line| Evidence {
        id: line.name("evidence"),
        title: line.text("title"),
        kind: line.word_opt("kind"),
        location: line.text_opt("location"),
        digest: line.digest("digest"),
        dated: line.date_opt("dated"),
        valid_until: line.date_opt("valid until"),
        at: line.at,
    });
    project.assessments = assessments(tables, &project.evidence);
    project.actions = tables.each("Actions", action);
    Some(project)
}

fn whole(line: &mut Line<'_, '_>) -> (Project, Place) {
    let format = line.text_opt("format");
    let header = Header {
        id: line.name("project"),
        title: line.text("title"),
        boundary: line.text("boundary"),
        perspective: line.word("perspective", Perspective::Integrator),
        appetite: line.word("appetite", Appetite::Moderate),
        notes: Vec::new(),
        catalog: Versioned {
            name: line.text("catalog"),
            version: line.text("catalog version"),
        },
        profiles: Vec::new(),
    };
    let mut project = Project::from(header);
    project.at = line.at;
    // `1` is how the text for people calls the same format.
    if let Some(format) = format.filter(|format| format != "1") {
        project.format = format;
    }
    (project, line.place("project"))
}

/// Something that belongs to a row of another table.
struct Part<T> {
    of: String,
    place: Place,
    what: T,
}

impl<T> Part<T> {
    fn read(line: &mut Line<'_, '_>, of: &str, what: impl FnOnce(&mut Line<'_, '_>) -> T) -> Self {
        let place = line.place(of);
        let of = line.text(of);
        let what = what(line);
        Self { of, place, what }
    }
}

/// Hands the parts to their owners, in the order of the rows.
fn hand_out<T, O>(
    tables: &mut Tables<'_>,
    (what, code): (&str, &'static str),
    owners: &mut [O],
    id: impl Fn(&O) -> &str,
    of: impl Fn(&mut O) -> &mut Vec<T>,
    parts: Vec<Part<T>>,
) {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (at, owner) in owners.iter().enumerate() {
        places.entry(id(owner).to_owned()).or_insert(at);
    }
    for part in parts {
        let owner = places.get(&part.of).and_then(|at| owners.get_mut(*at));
        match owner {
            Some(owner) => of(owner).push(part.what),
            // An empty name was already reported.
            None if part.of.is_empty() => {}
            None => {
                let known: Vec<&str> = owners.iter().map(&id).collect();
                Line::unknown(tables.findings, part.place, code, what, &part.of, &known);
            }
        }
    }
}

fn concerns(tables: &mut Tables<'_>) -> Vec<Concern> {
    let mut concerns = tables.each("Concerns", |line| Concern {
        id: line.name("concern"),
        says: line.text("says"),
        goals: line.list("goals"),
        consequence: line.word("consequence", Consequence::Minor),
        touches: Vec::new(),
        at: line.at,
    });
    let touches = tables.each("Touches", |line| {
        Part::read(line, "concern", |line| Touch {
            practice: line.practice("practice"),
            scope: line.word("scope", Scope::General),
            level: line.level_opt("level"),
            because: line.text("because"),
            at: line.at,
        })
    });
    let names = ("concern", "unknown-concern");
    hand_out(
        tables,
        names,
        &mut concerns,
        |one| &one.id,
        |one| &mut one.touches,
        touches,
    );
    concerns
}

fn obligations(tables: &mut Tables<'_>) -> Vec<Obligation> {
    let mut obligations = tables.each("Obligations", |line| Obligation {
        id: line.name("obligation"),
        source: line.text("source"),
        in_force: line.date("in force"),
        minimums: Vec::new(),
        at: line.at,
    });
    let minimums = tables.each("Minimums", |line| {
        Part::read(line, "obligation", |line| Minimum {
            practice: line.practice("practice"),
            level: line.level("level"),
            scope: line.word("scope", Scope::General),
            because: line.text("because"),
            at: line.at,
        })
    });
    let names = ("obligation", "unknown-obligation");
    hand_out(
        tables,
        names,
        &mut obligations,
        |one| &one.id,
        |one| &mut one.minimums,
        minimums,
    );
    obligations
}

fn targets(tables: &mut Tables<'_>) -> Vec<TargetSet> {
    let mut sets = tables.each("Targets", |line| {
        let mut set = TargetSet::from(SetHead {
            id: line.name("target"),
            title: line.text_opt("title"),
            by: line.date("by"),
        });
        set.at = line.at;
        set
    });
    let drafts = tables.each("Drafts", |line| {
        Part::read(line, "target", |line| DraftTarget {
            part: line.part("part"),
            level: line.level("level"),
            scope: line.word("scope", Scope::General),
            because: line.text("because"),
            at: line.at,
        })
    });
    let practices = tables.each("Practice targets", |line| {
        Part::read(line, "target", practice_target)
    });
    let names = ("target", "unknown-target");
    hand_out(
        tables,
        names,
        &mut sets,
        |one| &one.id,
        |one| &mut one.drafts,
        drafts,
    );
    hand_out(
        tables,
        names,
        &mut sets,
        |one| &one.id,
        |one| &mut one.practices,
        practices,
    );
    sets
}

fn practice_target(line: &mut Line<'_, '_>) -> PracticeTarget {
    let group = ["override by", "override on", "override because"];
    PracticeTarget {
        practice: line.practice("practice"),
        level: line.level("level"),
        scope: line.word("scope", Scope::General),
        because: line.text_opt("because"),
        concerns: line.list("concerns"),
        respondent: line.text_opt("respondent"),
        owner: line.text_opt("owner"),
        responsible: line.words("responsible"),
        override_of: together(line, &group).then(|| Override {
            by: line.text("override by"),
            on: line.date("override on"),
            because: line.text("override because"),
            at: line.at,
        }),
        at: line.at,
    }
}

/// True if some cells that only mean something together are there. If some are there and others are
/// not, the missing ones are reported.
fn together(line: &mut Line<'_, '_>, names: &[&str]) -> bool {
    let there = names.iter().filter(|name| line.has(name)).count();
    if there > 0 {
        for name in names {
            if !line.has(name) {
                let message = format!("`{name}` is not given");
                let help = format!("`{}` go together: fill in all or none", names.join("`, `"));
                line.error(name, "missing-field", message, &help);
            }
        }
    }
    there > 0
}

fn signed(line: &mut Line<'_, '_>, by: &str, on: &str) -> Option<Signed> {
    together(line, &[by, on]).then(|| Signed {
        by: line.text(by),
        on: line.date(on),
        at: line.at,
    })
}

fn assessments(tables: &mut Tables<'_>, evidence: &[Evidence]) -> Vec<Assessment> {
    let mut seals = Vec::new();
    let mut assessments = tables.each("Assessments", |line| {
        seals.push((line.place(SEAL), line.digest(SEAL)));
        assessment(line)
    });
    let answers = tables.each("Answers", |line| Part::read(line, "assessment", answer));
    let judgements = tables.each("Judgements", |line| {
        Part::read(line, "assessment", |line| Judgement {
            practice: line.practice("practice"),
            level: line.level("level"),
            scope: line.word("scope", Scope::General),
            by: line.text("by"),
            on: line.date("on"),
            because: line.text("because"),
            at: line.at,
        })
    });
    let names = ("assessment", "unknown-assessment");
    hand_out(
        tables,
        names,
        &mut assessments,
        |one| &one.id,
        |one| &mut one.answers,
        answers,
    );
    hand_out(
        tables,
        names,
        &mut assessments,
        |one| &one.id,
        |one| &mut one.judgements,
        judgements,
    );
    sealed(tables, &assessments, evidence, seals);
    assessments
}

/// Reports what was approved and is not here as it was written. Where anything else is wrong already,
/// that is what to mend first.
fn sealed(
    tables: &mut Tables<'_>,
    assessments: &[Assessment],
    evidence: &[Evidence],
    seals: Vec<(Place, Option<record::Digest>)>,
) {
    let unusable = tables.findings.has_errors();
    for (one, (place, stated)) in assessments.iter().zip(seals) {
        let frozen = one.state == State::Frozen && !unusable;
        if frozen && stated.is_some_and(|stated| !holds(stated, one, evidence)) {
            let message = format!(
                "the answers and judgements of {}, or the evidence they cite, are not those that were approved",
                quote(&one.id)
            );
            let help =
                "put back what is missing or was changed; if it is right as it is, empty this cell";
            tables
                .findings
                .error(place, "content-differs", message, help);
        }
    }
}

fn assessment(line: &mut Line<'_, '_>) -> Assessment {
    let mut assessment = Assessment::from(AssessmentHead {
        id: line.name("assessment"),
        kind: line.word("type", AssessmentType::OwnParty),
        from: line.date("from"),
        to: line.date("to"),
        boundary: line.text_opt("boundary"),
        assessors: line.list("assessors"),
    });
    assessment.state = line.word("state", State::Draft);
    assessment.reviewed = signed(line, "reviewed by", "reviewed on");
    assessment.approved = signed(line, "approved by", "approved on");
    assessment.at = line.at;
    assessment
}

/// One answer, without the assessment it belongs to.
pub(crate) fn answer(line: &mut Line<'_, '_>) -> GivenAnswer {
    let check = line.text_opt("computed by");
    let model = line.digest("model");
    if model.is_some() && check.is_none() {
        let message = "`computed by` is not given".to_owned();
        let help = "name the check that found the answer, or remove the model";
        line.error("computed by", "missing-field", message, help);
    }
    GivenAnswer {
        indicator: line.indicator("indicator"),
        answer: line.word("answer", Answer::Unknown),
        by: line.text_opt("by"),
        method: line.word_opt("method"),
        on: line.date_opt("on"),
        evidence: line.list("evidence"),
        note: line.text_opt("note"),
        because: line.text_opt("because"),
        approved_by: line.text_opt("approved by"),
        computed: check.map(|check| Computed {
            check,
            model,
            at: line.at,
        }),
        at: line.at,
    }
}

fn action(line: &mut Line<'_, '_>) -> Action {
    let group = ["cost least", "cost most", "currency"];
    Action {
        id: line.name("action"),
        title: line.text("title"),
        closes: line.indicators("closes"),
        owner: line.text_opt("owner"),
        due: line.date("due"),
        cost: together(line, &group).then(|| Cost {
            least: line.amount("cost least"),
            most: line.amount("cost most"),
            currency: line.text("currency"),
            at: line.at,
        }),
        after: line.list("after"),
        since: line.date_opt("since"),
        evidence: line.list("evidence"),
        status: line.word("status", Status::Planned),
        at: line.at,
    }
}

/// Takes the stand-ins for rows out of a project: to others they would look like places in a text.
pub(crate) fn forget_places(project: &mut Project) {
    let none = Span::default();
    project.at = none;
    project.people.iter_mut().for_each(|one| one.at = none);
    project.goals.iter_mut().for_each(|one| one.at = none);
    for concern in &mut project.concerns {
        concern.at = none;
        concern.touches.iter_mut().for_each(|one| one.at = none);
    }
    for duty in &mut project.obligations {
        duty.at = none;
        duty.minimums.iter_mut().for_each(|one| one.at = none);
    }
    for set in &mut project.targets {
        set.at = none;
        set.drafts.iter_mut().for_each(|one| one.at = none);
        for target in &mut set.practices {
            target.at = none;
            target.override_of.iter_mut().for_each(|one| one.at = none);
        }
    }
    project.evidence.iter_mut().for_each(|one| one.at = none);
    for assessment in &mut project.assessments {
        assessment.at = none;
        let signed = assessment.reviewed.iter_mut();
        let signed = signed.chain(&mut assessment.approved);
        signed.for_each(|one| one.at = none);
        for answer in &mut assessment.answers {
            answer.at = none;
            answer.computed.iter_mut().for_each(|one| one.at = none);
        }
        let judgements = assessment.judgements.iter_mut();
        judgements.for_each(|one| one.at = none);
    }
    for action in &mut project.actions {
        action.at = none;
        action.cost.iter_mut().for_each(|one| one.at = none);
    }
}
