//! KDL to a project. Here shapes, words, dates and names of practices are checked; what depends on
//! more than one line is found by `check`.

use super::{
    Action, Assessment, Computed, Concern, Cost, DraftTarget, Evidence, FORMAT, GivenAnswer, Goal,
    Judgement, Minimum, Obligation, Override, Person, PracticeTarget, Project, Signed, TargetSet,
    Touch, Versioned,
};
use crate::catalog::Catalog;
use crate::fault::{self, Faults, Located};
use crate::form::{Fields, Placed, is_id, only, texts, word_of};
use crate::profile::parties;
use crate::resolve;
use crate::words::{Appetite, State, Status};
use kdl::Node;

/// Reads a project. `None` if the text has none that can be used at all; lines that cannot be used
/// are reported and left out.
pub fn read(text: &source::Source, catalog: &Catalog) -> (Option<Project>, Vec<Located>) {
    let parse = kdl::parse(&text.text);
    let mut faults = Faults::new(parse.diagnostics);
    only(&parse.document.nodes, &["maturity-project"], &mut faults);
    let mut nodes = parse
        .document
        .nodes
        .iter()
        .filter(|node| node.name.text == "maturity-project");
    let project = match nodes.next() {
        Some(node) => project(node, catalog, &mut faults),
        None => {
            faults.report(&fault::NoProject, source::Span::default());
            None
        }
    };
    for node in nodes {
        faults.report(
            &fault::DuplicateField {
                field: "maturity-project",
            },
            node.head_span(),
        );
    }
    let found = faults.into_diagnostics().into_iter();
    (
        project,
        found
            .map(|diagnostic| Located {
                text: 0,
                diagnostic,
            })
            .collect(),
    )
}

fn project(node: &Node<'_>, catalog: &Catalog, faults: &mut Faults) -> Option<Project> {
    let mut fields = Fields::new(node, faults);
    let id = name(&mut fields);
    let format = fields.text("format");
    if format.text != "1" && !format.text.is_empty() {
        fields.faults.report(
            &fault::FormatUnknown {
                format: &format.text,
            },
            format.span,
        );
    }
    let title = fields.text("title").text;
    let boundary = fields.text("boundary").text;
    let perspective = fields.word("perspective");
    let appetite = fields.word_opt("appetite").unwrap_or(Appetite::Moderate);
    let notes = texts(fields.list("note"));
    let catalogs = each(&mut fields, "catalog", versioned);
    if catalogs.is_empty() {
        fields.report(&fault::MissingField { field: "catalog" });
    }
    let profiles = each(&mut fields, "profile", versioned);
    let people = each(&mut fields, "person", person);
    let goals = each(&mut fields, "goal", goal);
    let evidence = each(&mut fields, "evidence", evidence);
    let concerns = each(&mut fields, "concern", |fields| concern(fields, catalog));
    let obligations = each(&mut fields, "obligation", |fields| {
        obligation(fields, catalog)
    });
    let targets = each(&mut fields, "target", |fields| target_set(fields, catalog));
    let assessments = each(&mut fields, "assessment", |fields| {
        assessment(fields, catalog)
    });
    let actions = each(&mut fields, "action", action);
    let at = fields.span();
    fields.finish();
    Some(Project {
        format: FORMAT.to_owned(),
        id: id?,
        title,
        boundary,
        perspective: perspective?,
        appetite,
        notes,
        catalog: catalogs.into_iter().next().unwrap_or_default(),
        profiles,
        people,
        goals,
        concerns,
        obligations,
        targets,
        evidence,
        assessments,
        actions,
        at,
    })
}

/// Reads every line of that name.
fn each<T>(
    fields: &mut Fields<'_, '_, '_>,
    name: &'static str,
    read: impl Fn(&mut Fields<'_, '_, '_>) -> Option<T>,
) -> Vec<T> {
    let mut all = Vec::new();
    for node in fields.children(name) {
        let mut inner = Fields::new(node, fields.faults);
        all.extend(read(&mut inner));
        inner.finish();
    }
    all
}

/// The first argument, which must be a name of ours.
fn name(fields: &mut Fields<'_, '_, '_>) -> Option<String> {
    let name = fields.argument();
    if name.text.is_empty() {
        return None;
    }
    if !is_id(&name.text) {
        fields
            .faults
            .report(&fault::BadId { id: &name.text }, name.span);
    }
    Some(name.text)
}

/// A text that must be there.
fn given(text: Placed) -> Option<String> {
    (!text.text.is_empty()).then_some(text.text)
}

fn some(text: Option<Placed>) -> Option<String> {
    text.map(|text| text.text)
}

fn versioned(fields: &mut Fields<'_, '_, '_>) -> Option<Versioned> {
    let name = name(fields);
    let version = fields.text("version").text;
    Some(Versioned {
        name: name?,
        version,
    })
}

fn person(fields: &mut Fields<'_, '_, '_>) -> Option<Person> {
    let id = name(fields);
    let name = fields.text("name").text;
    let role = some(fields.text_opt("role"));
    Some(Person {
        id: id?,
        name,
        role,
        at: fields.span(),
    })
}

fn goal(fields: &mut Fields<'_, '_, '_>) -> Option<Goal> {
    let id = name(fields);
    let says = fields.text("says").text;
    Some(Goal {
        id: id?,
        says,
        at: fields.span(),
    })
}

/// A practice named by the first argument.
fn practice(fields: &mut Fields<'_, '_, '_>, catalog: &Catalog) -> Option<String> {
    let named = fields.argument();
    resolve::practice(&named, catalog, fields.faults)
}

fn concern(fields: &mut Fields<'_, '_, '_>, catalog: &Catalog) -> Option<Concern> {
    let id = name(fields);
    let says = fields.text("says").text;
    let goals = texts(fields.list("goal"));
    let consequence = fields.word("consequence");
    let touches = each(fields, "touches", |fields| {
        let practice = practice(fields, catalog);
        let scope = fields.word("scope");
        let level = fields.level_opt("level");
        let because = fields.text("because").text;
        let at = fields.span();
        Some(Touch {
            practice: practice?,
            scope: scope?,
            level,
            because,
            at,
        })
    });
    Some(Concern {
        id: id?,
        says,
        goals,
        consequence: consequence?,
        touches,
        at: fields.span(),
    })
}

fn obligation(fields: &mut Fields<'_, '_, '_>, catalog: &Catalog) -> Option<Obligation> {
    let id = name(fields);
    let source = fields.text("source").text;
    let in_force = fields.date("in-force");
    let minimums = each(fields, "minimum", |fields| {
        let practice = practice(fields, catalog);
        let level = fields.level("level");
        let scope = fields.word("scope");
        let because = fields.text("because").text;
        let at = fields.span();
        Some(Minimum {
            practice: practice?,
            level: level?,
            scope: scope?,
            because,
            at,
        })
    });
    Some(Obligation {
        id: id?,
        source,
        in_force: in_force?,
        minimums,
        at: fields.span(),
    })
}

fn target_set(fields: &mut Fields<'_, '_, '_>, catalog: &Catalog) -> Option<TargetSet> {
    let id = name(fields);
    let title = some(fields.text_opt("title"));
    let by = fields.date("by");
    let drafts = each(fields, "draft", |fields| {
        let part = fields.argument();
        let level = fields.level("level");
        let scope = fields.word("scope");
        let because = fields.text("because").text;
        if catalog.part(&part.text).is_none() {
            if !part.text.is_empty() {
                fields
                    .faults
                    .report(&fault::UnknownPart { part: &part.text }, part.span);
            }
            return None;
        }
        let at = fields.span();
        Some(DraftTarget {
            part: part.text,
            level: level?,
            scope: scope?,
            because,
            at,
        })
    });
    let practices = each(fields, "practice", |fields| {
        practice_target(fields, catalog)
    });
    Some(TargetSet {
        id: id?,
        title,
        by: by?,
        drafts,
        practices,
        at: fields.span(),
    })
}

fn practice_target(fields: &mut Fields<'_, '_, '_>, catalog: &Catalog) -> Option<PracticeTarget> {
    let practice = practice(fields, catalog);
    let level = fields.level("level");
    let scope = fields.word("scope");
    let because = some(fields.text_opt("because"));
    let concerns = texts(fields.list("concern"));
    let respondent = some(fields.text_opt("respondent"));
    let owner = some(fields.text_opt("owner"));
    let responsible = parties(fields.list("responsible"), fields.faults);
    let overrides = each(fields, "override", |fields| {
        let by = given(fields.text("by"));
        let on = fields.date("on");
        let because = given(fields.text("because"));
        Some(Override {
            by: by?,
            on: on?,
            because: because?,
            at: fields.span(),
        })
    });
    if let Some(second) = overrides.get(1) {
        fields
            .faults
            .report(&fault::DuplicateField { field: "override" }, second.at);
    }
    Some(PracticeTarget {
        practice: practice?,
        level: level?,
        scope: scope?,
        because,
        concerns,
        respondent,
        owner,
        responsible,
        override_of: overrides.into_iter().next(),
        at: fields.span(),
    })
}

fn digest(fields: &mut Fields<'_, '_, '_>, name: &'static str) -> Option<record::Digest> {
    let text = fields.text_opt(name)?;
    let digest = text.text.parse().ok();
    if digest.is_none() {
        let help = "write the 64 hexadecimal digits of the SHA-256 digest".to_owned();
        fields
            .faults
            .report_with(&fault::BadId { id: &text.text }, text.span, help);
    }
    digest
}

fn evidence(fields: &mut Fields<'_, '_, '_>) -> Option<Evidence> {
    Some(Evidence {
        id: name(fields).unwrap_or_default(),
        title: fields.text("title").text,
        kind: fields.word_opt("kind"),
        location: some(fields.text_opt("location")),
        digest: digest(fields, "digest"),
        dated: fields.date_opt("dated"),
        valid_until: fields.date_opt("valid-until"),
        at: fields.span(),
    })
}

fn signed(fields: &mut Fields<'_, '_, '_>) -> Option<Signed> {
    let by = given(fields.text("by"));
    let on = fields.date("on");
    Some(Signed {
        by: by?,
        on: on?,
        at: fields.span(),
    })
}

/// At most one line of a name.
fn one(fields: &mut Fields<'_, '_, '_>, name: &'static str) -> Option<Signed> {
    let all = each(fields, name, signed);
    if let Some(second) = all.get(1) {
        fields
            .faults
            .report(&fault::DuplicateField { field: name }, second.at);
    }
    all.into_iter().next()
}

fn assessment(fields: &mut Fields<'_, '_, '_>, catalog: &Catalog) -> Option<Assessment> {
    let id = name(fields);
    let kind = fields.word("type");
    let from = fields.date("from");
    let to = fields.date("to");
    let boundary = some(fields.text_opt("boundary"));
    let assessors = texts(fields.list("assessor"));
    if assessors.is_empty() {
        fields.report(&fault::MissingField { field: "assessor" });
    }
    let state = fields.word_opt("state").unwrap_or(State::Draft);
    let reviewed = one(fields, "reviewed");
    let approved = one(fields, "approved");
    let answers = each(fields, "answer", answer);
    let judgements = each(fields, "judge", |fields| {
        let practice = practice(fields, catalog);
        let level = fields.level("level");
        let scope = fields.word("scope");
        let by = given(fields.text("by"));
        let on = fields.date("on");
        let because = given(fields.text("because"));
        let at = fields.span();
        let (practice, level, scope) = (practice?, level?, scope?);
        Some(Judgement {
            practice,
            level,
            scope,
            by: by?,
            on: on?,
            because: because?,
            at,
        })
    });
    Some(Assessment {
        id: id?,
        kind: kind?,
        from: from?,
        to: to?,
        boundary,
        assessors,
        state,
        reviewed,
        approved,
        answers,
        judgements,
        at: fields.span(),
    })
}

fn answer(fields: &mut Fields<'_, '_, '_>) -> Option<GivenAnswer> {
    let indicator = fields.argument();
    let word = fields.argument();
    let answer = if word.text.is_empty() {
        None
    } else {
        word_of(&word, fields.faults)
    };
    let check = some(fields.text_opt("computed-by"));
    let model = digest(fields, "model");
    if model.is_some() && check.is_none() {
        fields.report(&fault::MissingField {
            field: "computed-by",
        });
    }
    let given = GivenAnswer {
        indicator: indicator.text,
        answer: answer.unwrap_or(crate::words::Answer::Unknown),
        by: some(fields.text_opt("by")),
        method: fields.word_opt("method"),
        on: fields.date_opt("on"),
        evidence: texts(fields.list("evidence")),
        note: some(fields.text_opt("note")),
        because: some(fields.text_opt("because")),
        approved_by: some(fields.text_opt("approved-by")),
        computed: check.map(|check| Computed {
            check,
            model,
            at: fields.span(),
        }),
        at: fields.span(),
    };
    (!given.indicator.is_empty() && answer.is_some()).then_some(given)
}

fn amount(fields: &mut Fields<'_, '_, '_>, name: &'static str) -> Option<u64> {
    let text = fields.text(name);
    if text.text.is_empty() {
        return None;
    }
    let amount = text.text.parse().ok();
    if amount.is_none() {
        fields
            .faults
            .report(&fault::BadAmount { amount: &text.text }, text.span);
    }
    amount
}

fn action(fields: &mut Fields<'_, '_, '_>) -> Option<Action> {
    let id = name(fields);
    let title = fields.text("title").text;
    let closes = texts(fields.list("closes"));
    let owner = some(fields.text_opt("owner"));
    let due = fields.date("due");
    let after = texts(fields.list("after"));
    let since = fields.date_opt("since");
    let evidence = texts(fields.list("evidence"));
    let status = fields.word_opt("status").unwrap_or(Status::Planned);
    let costs = each(fields, "cost", |fields| {
        let least = amount(fields, "least");
        let most = amount(fields, "most");
        let currency = given(fields.text("currency"));
        let at = fields.span();
        Some(Cost {
            least: least?,
            most: most?,
            currency: currency?,
            at,
        })
    });
    if let Some(second) = costs.get(1) {
        fields
            .faults
            .report(&fault::DuplicateField { field: "cost" }, second.at);
    }
    let cost = costs.into_iter().next();
    Some(Action {
        id: id?,
        title,
        closes,
        owner,
        due: due?,
        cost,
        after,
        since,
        evidence,
        status,
        at: fields.span(),
    })
}
