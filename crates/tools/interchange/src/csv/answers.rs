//! A file of answers for a project that exists: all of them are taken in, or none.

use super::{Budget, File, table};
use crate::imported::{CellFinding, Findings, quote};
use crate::tables::schema::ANSWERS;
use crate::tables::{
    Known, Places, answer, each_line, findings_of, forget_places, head, no_column, sort,
};
use maturity::catalog::Catalog;
use maturity::profile::Profile;
use maturity::project::{GivenAnswer, Project};
use maturity::{Date, State};
use source::nearest;
use std::collections::{BTreeMap, BTreeSet};

/// The column that may be missing, because the assessment can be named outside.
const OUTSIDE: &str = "assessment";

/// The result of reading answers.
#[derive(Clone, Debug, Default)]
pub struct GivenAnswers {
    /// The project with the answers in it; absent if anything was an error.
    pub project: Option<Project>,
    /// The answers with the names of their assessments, in the order of the file; empty if anything
    /// was an error.
    pub given: Vec<(String, GivenAnswer)>,
    /// Everything that was found about the lines of the file.
    pub findings: Vec<CellFinding>,
    /// Columns that were not read.
    pub not_read: Vec<String>,
}

fn columns() -> String {
    let names: Vec<&str> = ANSWERS.columns.iter().map(|own| own.name).collect();
    let names = names.join("`, `");
    format!("its first line names its columns, of `{names}`")
}

/// Reads answers onto a project. `assessment` is meant where a line names none. An answer takes the
/// place of the one that the same assessor gave to the same indicator.
pub fn answers(
    file: &File,
    project: &Project,
    assessment: Option<&str>,
    (catalog, profiles): (&Catalog, &[Profile]),
    today: Date,
) -> GivenAnswers {
    let mut findings = Findings::default();
    let mut not_read = Vec::new();
    let mut places = Places::default();
    let mut project = project.clone();
    forget_places(&mut project);
    let Some(table) = table(file, &ANSWERS, &mut Budget::default(), &mut findings) else {
        return GivenAnswers {
            findings: findings.all,
            ..GivenAnswers::default()
        };
    };
    let head = head(&table, &ANSWERS, &[OUTSIDE], &mut findings, &mut not_read);
    // Who, how and when is needed of every answer that no program computed.
    for name in ["by", "method", "on"] {
        let computed = head.at.contains_key("computed by");
        if !head.at.contains_key(name) && !computed && !table.rows.is_empty() {
            no_column(&table, &ANSWERS, name, &mut findings);
        }
    }
    if table.columns.is_empty() {
        let message = "the file is empty".to_owned();
        findings.error(table.place(0, None), "empty-table", message, &columns());
    }
    if findings.has_errors() {
        return GivenAnswers {
            findings: findings.all,
            not_read,
            ..GivenAnswers::default()
        };
    }
    let composed = project.table(catalog, profiles);
    let known = Known::new(catalog, &composed, today);
    let sides = (&mut places, &mut findings);
    let mut seen = BTreeSet::new();
    let mut index = index(&project);
    let mut given: Vec<(String, GivenAnswer)> = Vec::new();
    each_line(&ANSWERS, &table, 0, &head, &known, sides, |line| {
        let of = match line.has(OUTSIDE) {
            true => line.text_opt(OUTSIDE),
            false => assessment.map(str::to_owned),
        };
        let answer = answer(line);
        let Some(of) = of else {
            let message = "the line does not say which assessment it belongs to".to_owned();
            let help = "fill in `assessment`, or name it when importing";
            line.error("assessment", "missing-field", message, help);
            return;
        };
        let at = project.assessments.iter().position(|one| one.id == of);
        let whole = at.and_then(|at| Some((at, project.assessments.get_mut(at)?)));
        let Some((at, whole)) = whole else {
            let message = format!("there is no assessment {}", quote(&of));
            let ids = project.assessments.iter().map(|one| one.id.as_str());
            let help = match nearest(&of, ids) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "add the assessment to the project first".to_owned(),
            };
            line.error("assessment", "unknown-assessment", message, &help);
            return;
        };
        if whole.state == State::Frozen {
            let message = format!("assessment {} is frozen", quote(&of));
            let help = "what was approved does not change; answer in a new assessment";
            line.error("assessment", "assessment-frozen", message, help);
            return;
        }
        if !seen.insert((at, who(&answer))) {
            let message = format!(
                "{} is answered twice by the same assessor",
                quote(&answer.indicator)
            );
            let help = "keep the answer that holds";
            line.error("indicator", "duplicate-answer", message, help);
            return;
        }
        let place = *index
            .entry((at, who(&answer)))
            .or_insert(whole.answers.len());
        match whole.answers.get_mut(place) {
            Some(old) => *old = answer.clone(),
            None => whole.answers.push(answer.clone()),
        }
        given.push((of, answer));
    });
    let tables = [table];
    findings_of(
        &project,
        catalog,
        profiles,
        today,
        &places,
        &tables,
        &mut findings,
    );
    // What is wrong elsewhere in the project is not about this file.
    findings
        .all
        .retain(|one| !one.place.table.is_empty() || one.code == "too-many-faults");
    sort(&mut findings, &tables);
    let errors = findings.has_errors();
    forget_places(&mut project);
    for (_, answer) in &mut given {
        answer.at = source::Span::default();
        answer
            .computed
            .iter_mut()
            .for_each(|one| one.at = answer.at);
    }
    GivenAnswers {
        project: (!errors).then_some(project),
        given: if errors { Vec::new() } else { given },
        findings: findings.all,
        not_read,
    }
}

/// What makes an answer the same: the indicator and who or what answered.
type Who = (String, Option<String>, Option<String>);

/// Where each answer is: by the position of its assessment and who gave it.
fn index(project: &Project) -> BTreeMap<(usize, Who), usize> {
    let mut index = BTreeMap::new();
    for (whole, assessment) in project.assessments.iter().enumerate() {
        for (at, answer) in assessment.answers.iter().enumerate() {
            index.entry((whole, who(answer))).or_insert(at);
        }
    }
    index
}

fn who(answer: &GivenAnswer) -> Who {
    let check = answer.computed.as_ref().map(|one| one.check.clone());
    let by = answer.by.clone().filter(|_| check.is_none());
    (answer.indicator.clone(), by, check)
}
