//! The table of everything that can be reported, and the bounded list reports go to.

use serde::Serialize;
use source::{Diagnostic, Rule, Span, Worded, push_bounded};

/// Most diagnostics of one reading; one more says that there are others.
pub const DIAGNOSTICS_MAX: usize = 200;

/// A diagnostic and the text it points into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Located {
    /// Index into the texts that were read together.
    pub text: usize,
    /// What is wrong there.
    pub diagnostic: Diagnostic,
}

/// True if a finding is an error, that is, if what was read must not be used.
pub fn has_errors(findings: &[Located]) -> bool {
    findings.iter().any(|finding| finding.diagnostic.is_error())
}

/// As many findings as are shown, and one more that says so if there are others.
pub fn shown(findings: Vec<Located>) -> Vec<Located> {
    let mut shown = Vec::new();
    for finding in findings {
        let severity = |own: &Located| own.diagnostic.severity;
        push_bounded(&mut shown, DIAGNOSTICS_MAX, finding, severity, |left| {
            let diagnostic = too_many(&left.diagnostic);
            Located { diagnostic, ..left }
        });
    }
    shown
}

/// Says that there is more than is shown: an error if errors are left out, and else none.
fn too_many(left: &Diagnostic) -> Diagnostic {
    Diagnostic {
        severity: left.severity,
        ..found(&TooMany, left.span())
    }
}

source::rules! {
    // The shape of any of our files.
    Error TooMany = "too-many-faults",
        "there are more faults than are shown",
        "mend these first, then read the file again";
    Error UnknownWord { word } = "unknown-word",
        "`{word}` has no meaning here",
        "remove it, or use one of the words that the format has at this place";
    Error UnknownField { field } = "unknown-field",
        "`{field}` is not a field of this",
        "remove it, or correct its name";
    Error MissingField { field } = "missing-field",
        "`{field}` is not given",
        "add it as a property or as a line of its own in the block";
    Error DuplicateField { field } = "duplicate-field",
        "`{field}` is given more than once",
        "keep one of them";
    Error MissingArgument { word } = "missing-argument",
        "`{word}` is not followed by what it names",
        "write it after the word";
    Error SurplusArgument { word } = "surplus-argument",
        "`{word}` is one word too many",
        "remove it, or put quotes around words that belong together";
    Error NotText { value } = "not-text",
        "`{value}` is not a text",
        "write a text, in quotes if it has spaces";
    Error EmptyText { field } = "empty-text",
        "`{field}` says nothing",
        "write the text, or remove the field if it may be absent";
    Error NotAChoice { word } = "not-a-choice",
        "`{word}` is none of the words that are possible here",
        "use one of the possible words";
    Error LevelOutOfRange { level } = "level-out-of-range",
        "there is no level `{level}`",
        "the levels are 0 (none), 1 (minimum), 2 (ad hoc), 3 (consistent) and 4 (formalized)";
    Error BadDate { date } = "bad-date",
        "`{date}` is not a date",
        "write year, month and day, such as `2026-03-31`";
    Error BadLength { length } = "bad-length-of-time",
        "`{length}` is not a length of time",
        "write a number of days or months, such as `90 days` or `12 months`";
    Error BadAmount { amount } = "bad-amount",
        "`{amount}` is not a whole amount of money",
        "write a whole number that is not negative, without separators or currency";
    Error DuplicateId { id } = "duplicate-id",
        "`{id}` is already defined",
        "give this one its own id";
    Error SaidTwice { what } = "said-twice",
        "`{what}` is written twice",
        "remove one of the two";
    Error BadId { id } = "bad-id",
        "`{id}` is not an id of the form that is needed here",
        "use letters, digits, `.`, `-`, `_` and `:` in the pattern of its neighbours";
    // Catalog.
    Error NoCatalog = "no-catalog",
        "no text has a `catalog`",
        "give the file with the catalog's levels, scopes and domains together with its practices";
    Error DuplicateCatalog { catalog } = "duplicate-catalog",
        "there is a second catalog `{catalog}`",
        "read one catalog at a time";
    Error MissingLevel { part, level } = "missing-level",
        "`{part}` does not say what level {level} means",
        "write what the level means; levels are not skipped";
    Error DuplicateLevel { level } = "duplicate-level",
        "level `{level}` is written twice",
        "join the two";
    Error MissingScope { scope } = "missing-scope",
        "scope `{scope}` has no meaning written",
        "write what general, industry and system mean";
    Error MissingDomain { domain } = "missing-domain",
        "domain `{domain}` is missing",
        "the model has the domains G, E and H";
    Error MissingSubdomain { subdomain } = "missing-subdomain",
        "subdomain `{subdomain}` is missing",
        "each domain has the subdomains 1, 2 and 3";
    Error MissingPractice { practice } = "missing-practice",
        "practice `{practice}` is missing",
        "give the file with this practice; each subdomain has the practices 1 and 2";
    Error ForeignPart { part } = "foreign-part",
        "`{part}` is no part of the model, or stands under the wrong heading",
        "the model has the domains G, E, H, each with subdomains 1 to 3, each with practices 1 and 2";
    Error IndicatorCount { what } = "indicator-count",
        "{what}",
        "give each level three to six indicators";
    Error IndicatorId { indicator } = "indicator-id",
        "`{indicator}` does not say its practice and level",
        "an indicator of practice `E1.2` at level 3 is called `E1.2-3.1`, `E1.2-3.2` and so on";
    Error DuplicateText { indicator } = "duplicate-text",
        "`{indicator}` asks for the same as another indicator",
        "remove one of the two, or say what is different";
    Error CheckMissing { indicator } = "check-missing",
        "`{indicator}` does not say what is computed",
        "name it in `check`, or let a person answer: `source person`";
    Error CheckSurplus { indicator } = "check-surplus",
        "`{indicator}` is answered by a person and has a `check`",
        "remove the check, or name the source that it is computed from";
    Error ComputedAlone { level, practice } = "level-computed-alone",
        "level {level} of `{practice}` could be reached without any person",
        "from level 3 on, give each level at least one indicator that needs a person";
    Error CoversAndWithin { indicator } = "covers-and-within",
        "`{indicator}` looks back in two ways",
        "write `covers` if all of the time must be as the text says, `within` if one day of it can be enough";
    Warning PeriodUnstated { indicator, time } = "period-not-stated",
        "the text of `{indicator}` speaks of the last {time}",
        "write the same time as `covers=\"…\"` if all of it must be as the text says, or as `within=\"…\"` if one day of it can be enough";
    Error NoExample { practice } = "no-example",
        "practice `{practice}` lacks an example",
        "give one example for an industry and one for a system, each with its outcome and reason";
    Error AmbiguousName { name } = "ambiguous-name",
        "the name `{name}` stands for two parts of the catalog",
        "change one of the names or aliases";
    Error BadEvidenceList { indicator } = "evidence-count",
        "`{indicator}` needs one to five kinds of typical evidence",
        "say what an assessor would be shown";
    // Crosswalks and profiles.
    Error NoCrosswalk = "no-crosswalk",
        "this text has no `crosswalk`",
        "begin with `crosswalk STANDARD:EDITION version=1 {{ … }}`";
    Error UnversionedKey { key } = "unversioned-key",
        "`{key}` does not say standard, edition and requirement",
        "write it as `standard:edition/requirement`";
    Error KeyOfOtherStandard { key } = "key-of-other-standard",
        "`{key}` belongs to another standard than this crosswalk",
        "move the line to the crosswalk of that standard and edition";
    Error DuplicateMapping { key } = "duplicate-mapping",
        "`{key}` is mapped to the same practice and level twice",
        "keep one of the two lines";
    Error NoProfile = "no-profile",
        "this text has no `profile`",
        "begin with `profile NAME kind=industry perspective=integrator version=1 {{ … }}`";
    Error EmptyProfile { profile } = "empty-profile",
        "profile `{profile}` adds nothing",
        "add indicators or considerations, or carry targets";
    // Projects.
    Error NoProject = "no-project",
        "this text has no `maturity-project`",
        "begin with `maturity-project NAME {{ … }}`";
    Error BadJson { reason } = "bad-json",
        "{reason}",
        "a JSON project is made by exporting one; compare with its schema, or write the project in KDL";
    Error FormatUnknown { format } = "unknown-format",
        "format `{format}` is not known to this version",
        "write `format 1`, or use a newer version of the program";
    Error CatalogDiffers { catalog } = "catalog-differs",
        "the project was written for `{catalog}`",
        "read it with that catalog, or change the line after looking through the answers again";
    Error ProfileUnknown { profile } = "unknown-profile",
        "profile `{profile}` was not given",
        "give its file too, or correct name and version";
    Error TooMuch { most } = "too-much",
        "a project may not have more than {most}",
        "split the project: one for each system";
    Error UnknownPractice { practice } = "unknown-practice",
        "there is no practice `{practice}`",
        "use an id such as `E1.2`, or the official name in quotes";
    Error UnknownPart { part } = "unknown-part",
        "there is no domain or subdomain `{part}`",
        "use an id such as `G` or `G1`";
    Warning AliasUsed { alias, practice, name } = "alias-used",
        "`{alias}` is the name of `{practice} {name}` in another edition",
        "nothing needs doing; the present name is used from here on";
    Error UnknownIndicator { indicator } = "unknown-indicator",
        "there is no indicator `{indicator}` in the catalog or the profiles of this project",
        "correct the id, or name the profile that adds it";
    Error UnknownPerson { person } = "unknown-person",
        "nobody is called `{person}` here",
        "add `person NAME name=\"…\"` to the project";
    Error UnknownEvidence { evidence } = "unknown-evidence",
        "there is no evidence `{evidence}`",
        "describe it in an `evidence` line of the project, or correct the name";
    Error UnknownConcern { concern } = "unknown-concern",
        "there is no concern `{concern}`",
        "describe it in a `concern` line of the project, or correct the name";
    Error UnknownAction { action } = "unknown-action",
        "there is no action `{action}`",
        "describe it in an `action` line of the project, or correct the name";
    Error NoAssessor { indicator } = "answer-without-assessor",
        "the answer to `{indicator}` does not say who gave it",
        "add `by=NAME`; an answer by nobody is not an answer";
    Error NotAnAssessor { person } = "not-an-assessor",
        "`{person}` is not an assessor of this assessment",
        "name the person in `assessor`, or correct the name";
    Error NoMethod { indicator } = "answer-without-method",
        "the answer to `{indicator}` does not say how it was found",
        "add `method=interview`, `document`, `observation` or `test`";
    Error NoAnswerDate { indicator } = "answer-without-date",
        "the answer to `{indicator}` has no date",
        "add `on=\"YYYY-MM-DD\"`";
    Error FutureDate { date } = "date-in-future",
        "`{date}` is after today",
        "correct the date; what has not happened yet cannot be on record";
    Error PeriodReversed { end } = "period-reversed",
        "the period ends on `{end}`, before it begins",
        "exchange the two dates";
    Warning OutsidePeriod { date } = "answer-outside-period",
        "`{date}` is outside the period of the assessment",
        "correct the date, or state the period that was really assessed";
    Error NaNoReason { indicator } = "not-applicable-without-reason",
        "`{indicator}` is called not applicable without a reason",
        "add `because=\"…\"`; until then it counts as unknown";
    Error NaNoApproval { indicator } = "not-applicable-without-approval",
        "nobody approved that `{indicator}` is not applicable",
        "add `approved-by=NAME`; until then it counts as unknown";
    Error OwnApproval { person } = "own-approval",
        "`{person}` approves their own work",
        "let somebody approve who neither answered nor led the assessment";
    Error DuplicateAnswer { indicator } = "duplicate-answer",
        "`{indicator}` is answered twice by the same assessor",
        "keep the answer that holds";
    Error DuplicateJudgement { practice } = "duplicate-judgement",
        "the level of `{practice}` is judged twice by the same person at the same scope",
        "keep the judgement that holds";
    Error FrozenUnapproved { assessment } = "frozen-without-approval",
        "assessment `{assessment}` is frozen and nobody approved it",
        "add `approved by=NAME on=DATE`, or set it back to `factual-review`";
    Error LongText { field } = "text-too-long",
        "`{field}` has more than 32767 characters",
        "shorten it, or keep the text as evidence";
    Error FrozenEmpty { assessment } = "frozen-without-content",
        "assessment `{assessment}` is frozen and holds no answer and no judgement",
        "add what was found, or set its state back to `draft`: nothing is approved that is not there";
    Error ReviewMissing { assessment } = "review-missing",
        "assessment `{assessment}` was not reviewed for its facts",
        "add `reviewed by=NAME on=DATE` before it is frozen";
    Error EarlyApproval { assessment } = "approval-too-early",
        "assessment `{assessment}` is approved and not frozen",
        "set its state to `frozen`, or remove the approval";
    Error EarlyReview { assessment } = "review-too-early",
        "assessment `{assessment}` is reviewed and still a draft",
        "set its state to `factual-review` or `frozen`, or remove the review";
    Error ApprovalBeforeReview { assessment } = "approval-before-review",
        "assessment `{assessment}` is approved before it was reviewed",
        "correct the dates; first facts are reviewed, then the result is approved";
    Error ApprovalInPeriod { assessment } = "approval-in-period",
        "assessment `{assessment}` is approved before the last day of its period",
        "correct the dates; what is approved is the whole period";
    Error ReviewBeforeAnswers { assessment, on, about, last } = "review-before-answers",
        "assessment `{assessment}` is reviewed on {on}, and `{about}` is of {last}",
        "correct the dates; only what is there can be reviewed";
    Error ApprovalBeforeAnswers { assessment, on, about, last } = "approval-before-answers",
        "assessment `{assessment}` is approved on {on}, and `{about}` is of {last}",
        "correct the dates; only what is there can be approved";
    Error ComputedForPerson { indicator } = "computed-for-person",
        "`{indicator}` needs a person and has a computed answer",
        "let an assessor answer; what a program found can be attached as evidence";
    Error WrongCheck { indicator } = "wrong-check",
        "the answer to `{indicator}` was computed by another check than the indicator names",
        "answer with the check that the catalog names";
    Error ComputedWithoutModel { indicator } = "computed-without-model",
        "the computed answer to `{indicator}` does not say which model it is about",
        "add `model=` with the digest that the checker printed";
    Warning ScopeWithoutLayer { level, scope, practice } = "scope-without-layer",
        "no indicator says what ({level}, {scope}) means for `{practice}`, so the target cannot be met",
        "name a profile that adds indicators at this scope and level, or set the target at a scope that has them";
    Error JudgedUndefined { practice, level, scope } = "judged-undefined-scope",
        "`{practice}` is judged to be ({level}, {scope}), and no indicator says what that means",
        "name a profile that adds indicators at this scope, or judge the practice at general scope";
    Error NoReason { practice } = "target-without-reason",
        "the target of `{practice}` has no reason",
        "add `because=\"…\"`; a target that nobody can explain will not be kept";
    Warning UnjustifiedOverride { practice, level, scope, proposed } = "override-without-justification",
        "`{practice}` is set to ({level}, {scope}) and {proposed} was proposed",
        "add `override by=NAME on=DATE because=\"…\"` to the target, or follow the proposal";
    Warning NoOverrideNeeded { practice } = "override-of-nothing",
        "the target of `{practice}` is what was proposed and yet is marked as an override",
        "remove the override";
    Warning BelowObligation { practice, target, by, obligation, demanded, since } = "target-below-obligation",
        "`{practice}` {target} by {by} and `{obligation}` demands {demanded} since {since}",
        "raise the target, or show why the obligation does not apply and remove it";
    Error SinceWithoutEvidence { action } = "since-without-evidence",
        "action `{action}` is said to have begun already, and nothing shows it",
        "name what shows it as `evidence`, or leave `since` out";
    Error ActionCycle { action } = "action-cycle",
        "action `{action}` waits for itself, or stands between actions that do",
        "remove one of the dependencies on the way round";
    Error CostReversed { most } = "cost-reversed",
        "the cost range ends at `{most}`, below where it begins",
        "exchange the two amounts";
    Error ActionClosesNothing { action } = "action-closes-nothing",
        "action `{action}` closes no indicator",
        "name the indicators that it is meant to close";
    Warning EvidenceExpired { evidence, until } = "evidence-expired",
        "`{evidence}` was valid until {until}",
        "renew the evidence; until then the answers that rest on it count as unknown";
}

/// The codes of everything this crate can report about a text, in the order of the table.
pub fn codes() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|rule| rule.code)
}

/// The texts of a code.
pub fn rule(code: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.code == code)
}

/// The reports about one text: as many as are shown, errors before warnings, or every error.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    found: Vec<Diagnostic>,
    every_error: bool,
}

impl Faults {
    /// Begins with what the KDL parser reported.
    pub(crate) fn new(found: Vec<Diagnostic>) -> Self {
        Self {
            found,
            every_error: false,
        }
    }

    /// Keeps every error and no warning.
    pub(crate) fn of_errors() -> Self {
        Self {
            found: Vec::new(),
            every_error: true,
        }
    }

    /// Reports a fault at a place.
    pub(crate) fn report(&mut self, fault: &dyn Worded, span: Span) {
        self.push(found(fault, span));
    }

    /// Reports with help made for the case.
    pub(crate) fn report_with(&mut self, fault: &dyn Worded, span: Span, help: String) {
        self.push(found(fault, span).help(help));
    }

    /// Reports with the word that is meant, which repairs it if it is written at `place`.
    pub(crate) fn report_meant(
        &mut self,
        fault: &dyn Worded,
        span: Span,
        place: Option<Span>,
        meant: &str,
    ) {
        let found = found(fault, span).help(format!("did you mean `{meant}`?"));
        self.push(match place {
            Some(place) => found.edit(place, kdl::write_string(meant)),
            None => found,
        });
    }

    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        if self.every_error {
            if diagnostic.is_error() {
                self.found.push(diagnostic);
            }
            return;
        }
        let severity = |own: &Diagnostic| own.severity;
        let found = &mut self.found;
        push_bounded(found, DIAGNOSTICS_MAX, diagnostic, severity, |left| {
            too_many(&left)
        });
    }

    /// True if anything was reported.
    pub(crate) fn any(&self) -> bool {
        !self.found.is_empty()
    }

    /// True if there are more reports than are shown.
    pub(crate) fn is_full(&self) -> bool {
        self.found.len() > DIAGNOSTICS_MAX
    }

    /// The reports, in the order of the text.
    pub(crate) fn into_diagnostics(mut self) -> Vec<Diagnostic> {
        self.found.sort_by_key(|diagnostic| diagnostic.span());
        self.found
    }
}

/// A fault at a place.
pub(crate) fn found(fault: &dyn Worded, span: Span) -> Diagnostic {
    fault.rule().at(span, &|name| shorten(fault.word(name)))
}

/// At most 200 characters: a message is one line, whatever the user wrote.
fn shorten(words: &str) -> String {
    match words.char_indices().nth(200) {
        None => words.to_owned(),
        Some((at, _)) => format!("{}…", words.get(..at).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const OLD: EvidenceExpired<'_> = EvidenceExpired {
        evidence: "audit",
        until: "2020-01-01",
    };
    const OWN: OwnApproval<'_> = OwnApproval { person: "ada" };

    #[test]
    fn codes_are_unique_kebab_case_and_messages_keep_the_house_style() {
        let codes: BTreeSet<_> = codes().collect();
        assert_eq!(codes.len(), RULES.len());
        for rule in RULES {
            assert!(
                rule.code
                    .bytes()
                    .all(|b| b == b'-' || b.is_ascii_lowercase()),
                "{}",
                rule.code
            );
            assert!(
                !rule.message.ends_with('.') && !rule.help.ends_with('.'),
                "{}",
                rule.code
            );
        }
    }

    #[test]
    fn the_list_is_bounded_and_long_words_are_cut() {
        let mut faults = Faults::default();
        for _ in 0..DIAGNOSTICS_MAX + 50 {
            faults.report(
                &UnknownWord {
                    word: &"ä".repeat(500),
                },
                Span::default(),
            );
        }
        let found = faults.into_diagnostics();
        assert_eq!(found.len(), DIAGNOSTICS_MAX + 1);
        assert_eq!(found.last().map(|d| d.code), Some("too-many-faults"));
        assert!(found[0].message.chars().count() < 250);
    }

    #[test]
    fn warnings_do_not_displace_errors() {
        let mut faults = Faults::default();
        let mut errors = Faults::of_errors();
        for faults in [&mut faults, &mut errors] {
            for _ in 0..DIAGNOSTICS_MAX + 50 {
                faults.report(&OLD, Span::default());
            }
            faults.report(&OWN, Span::default());
        }
        let found = faults.into_diagnostics();
        assert_eq!(found.len(), DIAGNOSTICS_MAX + 1);
        assert!(found.iter().any(|one| one.code == OwnApproval::RULE.code));
        let errors_of = |found: &[Diagnostic]| found.iter().filter(|one| one.is_error()).count();
        assert_eq!(errors_of(&found), 1, "that warnings are left out is none");
        for _ in 0..DIAGNOSTICS_MAX {
            errors.report(&UnknownWord { word: "word" }, Span::default());
        }
        let found = errors.into_diagnostics();
        assert_eq!(found.len(), DIAGNOSTICS_MAX + 1);
        assert!(
            found
                .iter()
                .all(|one| one.is_error() && one.code != TooMany::RULE.code)
        );
    }

    #[test]
    fn a_list_that_is_cut_keeps_its_errors_and_is_no_error_for_its_warnings() {
        let one = |fault: &dyn Worded| Located {
            text: 0,
            diagnostic: found(fault, Span::default()),
        };
        let errors_of = |found: &[Located]| {
            let errors = found.iter().filter(|one| one.diagnostic.is_error());
            errors.map(|one| one.diagnostic.code).collect::<Vec<_>>()
        };
        let mut found = vec![one(&OLD); DIAGNOSTICS_MAX];
        assert_eq!(shown(found.clone()), found);
        found.push(one(&OLD));
        let cut = shown(found.clone());
        assert_eq!(cut.len(), DIAGNOSTICS_MAX + 1);
        assert_eq!(errors_of(&cut), [""; 0]);
        found.push(one(&OWN));
        let cut = shown(found.clone());
        assert_eq!(cut.len(), DIAGNOSTICS_MAX + 1);
        assert_eq!(errors_of(&cut), [OwnApproval::RULE.code]);
        found.extend(vec![one(&OWN); DIAGNOSTICS_MAX]);
        let cut = shown(found);
        assert_eq!(cut.len(), DIAGNOSTICS_MAX + 1);
        assert_eq!(errors_of(&cut).last(), Some(&TooMany::RULE.code));
    }
}
