//! The table of everything that can be reported, and the bounded list reports go to.

use serde::Serialize;
use source::{Diagnostic, Severity, Span, push_bounded};

/// Most diagnostics of one reading; one more says that there are others.
pub const DIAGNOSTICS_MAX: usize = 200;

/// A diagnostic and the text it points into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Index into the texts that were read together.
    pub text: usize,
    /// What is wrong there.
    pub diagnostic: Diagnostic,
}

/// True if a finding is an error, that is, if what was read must not be used.
pub fn has_errors(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.diagnostic.is_error())
}

/// As many findings as are shown, and one more that says so if there are others.
pub fn shown(findings: Vec<Finding>) -> Vec<Finding> {
    let mut shown = Vec::new();
    for finding in findings {
        let severity = |own: &Finding| own.diagnostic.severity;
        push_bounded(&mut shown, DIAGNOSTICS_MAX, finding, severity, |left| {
            let diagnostic = too_many(&left.diagnostic);
            Finding { diagnostic, ..left }
        });
    }
    shown
}

/// Says that there is more than is shown: an error if errors are left out, and else none.
fn too_many(left: &Diagnostic) -> Diagnostic {
    Diagnostic {
        severity: left.severity,
        ..make(&TOO_MANY, left.span(), "")
    }
}

/// One kind of fault. In the message, `{}` stands for the user's words.
pub(crate) struct Rule {
    pub(crate) code: &'static str,
    severity: Severity,
    message: &'static str,
    help: &'static str,
}

macro_rules! rules {
    ($($name:ident = $severity:ident $code:literal, $message:literal, $help:literal;)*) => {
        $(pub(crate) const $name: Rule = Rule {
            code: $code, severity: Severity::$severity, message: $message, help: $help,
        };)*
        const ALL: &[Rule] = &[$($name),*];
    };
}

rules! {
    // The shape of any of our files.
    TOO_MANY = Error "too-many-faults",
        "there are more faults than are shown",
        "mend these first, then read the file again";
    UNKNOWN_WORD = Error "unknown-word",
        "`{}` has no meaning here",
        "remove it, or use one of the words that the format has at this place";
    UNKNOWN_FIELD = Error "unknown-field",
        "`{}` is not a field of this",
        "remove it, or correct its name";
    MISSING_FIELD = Error "missing-field",
        "`{}` is not given",
        "add it as a property or as a line of its own in the block";
    DUPLICATE_FIELD = Error "duplicate-field",
        "`{}` is given more than once",
        "keep one of them";
    MISSING_ARGUMENT = Error "missing-argument",
        "`{}` is not followed by what it names",
        "write it after the word";
    SURPLUS_ARGUMENT = Error "surplus-argument",
        "`{}` is one word too many",
        "remove it, or put quotes around words that belong together";
    NOT_TEXT = Error "not-text",
        "`{}` is not a text",
        "write a text, in quotes if it has spaces";
    EMPTY_TEXT = Error "empty-text",
        "`{}` says nothing",
        "write the text, or remove the field if it may be absent";
    NOT_A_CHOICE = Error "not-a-choice",
        "`{}` is none of the words that are possible here",
        "use one of the possible words";
    LEVEL_OUT_OF_RANGE = Error "level-out-of-range",
        "there is no level `{}`",
        "the levels are 0 (none), 1 (minimum), 2 (ad hoc), 3 (consistent) and 4 (formalized)";
    BAD_DATE = Error "bad-date",
        "`{}` is not a date",
        "write year, month and day, such as `2026-03-31`";
    BAD_LENGTH = Error "bad-length-of-time",
        "`{}` is not a length of time",
        "write a number of days or months, such as `90 days` or `12 months`";
    BAD_AMOUNT = Error "bad-amount",
        "`{}` is not a whole amount of money",
        "write a whole number that is not negative, without separators or currency";
    DUPLICATE_ID = Error "duplicate-id",
        "`{}` is already defined",
        "give this one its own id";
    SAID_TWICE = Error "said-twice",
        "`{}` is written twice",
        "remove one of the two";
    BAD_ID = Error "bad-id",
        "`{}` is not an id of the form that is needed here",
        "use letters, digits, `.`, `-`, `_` and `:` in the pattern of its neighbours";
    // Catalog.
    NO_CATALOG = Error "no-catalog",
        "no text has a `catalog`",
        "give the file with the catalog's levels, scopes and domains together with its practices";
    DUPLICATE_CATALOG = Error "duplicate-catalog",
        "there is a second catalog `{}`",
        "read one catalog at a time";
    MISSING_LEVEL = Error "missing-level",
        "{}",
        "write what the level means; levels are not skipped";
    DUPLICATE_LEVEL = Error "duplicate-level",
        "level `{}` is written twice",
        "join the two";
    MISSING_SCOPE = Error "missing-scope",
        "scope `{}` has no meaning written",
        "write what general, industry and system mean";
    MISSING_DOMAIN = Error "missing-domain",
        "domain `{}` is missing",
        "the model has the domains G, E and H";
    MISSING_SUBDOMAIN = Error "missing-subdomain",
        "subdomain `{}` is missing",
        "each domain has the subdomains 1, 2 and 3";
    MISSING_PRACTICE = Error "missing-practice",
        "practice `{}` is missing",
        "give the file with this practice; each subdomain has the practices 1 and 2";
    FOREIGN_PART = Error "foreign-part",
        "`{}` is no part of the model, or stands under the wrong heading",
        "the model has the domains G, E, H, each with subdomains 1 to 3, each with practices 1 and 2";
    INDICATOR_COUNT = Error "indicator-count",
        "{}",
        "give each level three to six indicators";
    INDICATOR_ID = Error "indicator-id",
        "`{}` does not say its practice and level",
        "an indicator of practice `E1.2` at level 3 is called `E1.2-3.1`, `E1.2-3.2` and so on";
    DUPLICATE_TEXT = Error "duplicate-text",
        "`{}` asks for the same as another indicator",
        "remove one of the two, or say what is different";
    CHECK_MISSING = Error "check-missing",
        "`{}` does not say what is computed",
        "name it in `check`, or let a person answer: `source person`";
    CHECK_SURPLUS = Error "check-surplus",
        "`{}` is answered by a person and has a `check`",
        "remove the check, or name the source that it is computed from";
    COMPUTED_ALONE = Error "level-computed-alone",
        "{}",
        "from level 3 on, give each level at least one indicator that needs a person";
    COVERS_AND_WITHIN = Error "covers-and-within",
        "`{}` looks back in two ways",
        "write `covers` if all of the time must be as the text says, `within` if one day of it can be enough";
    PERIOD_UNSTATED = Warning "period-not-stated",
        "{}",
        "write the same time as `covers=\"…\"` if all of it must be as the text says, or as `within=\"…\"` if one day of it can be enough";
    NO_EXAMPLE = Error "no-example",
        "practice `{}` lacks an example",
        "give one example for an industry and one for a system, each with its outcome and reason";
    AMBIGUOUS_NAME = Error "ambiguous-name",
        "the name `{}` stands for two parts of the catalog",
        "change one of the names or aliases";
    BAD_EVIDENCE_LIST = Error "evidence-count",
        "`{}` needs one to five kinds of typical evidence",
        "say what an assessor would be shown";
    // Crosswalks and profiles.
    NO_CROSSWALK = Error "no-crosswalk",
        "this text has no `crosswalk`",
        "begin with `crosswalk STANDARD:EDITION version=1 { … }`";
    UNVERSIONED_KEY = Error "unversioned-key",
        "`{}` does not say standard, edition and requirement",
        "write it as `standard:edition/requirement`";
    KEY_OF_OTHER_STANDARD = Error "key-of-other-standard",
        "`{}` belongs to another standard than this crosswalk",
        "move the line to the crosswalk of that standard and edition";
    DUPLICATE_MAPPING = Error "duplicate-mapping",
        "`{}` is mapped to the same practice and level twice",
        "keep one of the two lines";
    NO_PROFILE = Error "no-profile",
        "this text has no `profile`",
        "begin with `profile NAME kind=industry perspective=integrator version=1 { … }`";
    EMPTY_PROFILE = Error "empty-profile",
        "profile `{}` adds nothing",
        "add indicators or considerations, or carry targets";
    // Projects.
    NO_PROJECT = Error "no-project",
        "this text has no `maturity-project`",
        "begin with `maturity-project NAME { … }`";
    BAD_JSON = Error "bad-json",
        "{}",
        "a JSON project is made by exporting one; compare with its schema, or write the project in KDL";
    FORMAT_UNKNOWN = Error "unknown-format",
        "format `{}` is not known to this version",
        "write `format 1`, or use a newer version of the program";
    CATALOG_DIFFERS = Error "catalog-differs",
        "the project was written for `{}`",
        "read it with that catalog, or change the line after looking through the answers again";
    PROFILE_UNKNOWN = Error "unknown-profile",
        "profile `{}` was not given",
        "give its file too, or correct name and version";
    TOO_MUCH = Error "too-much",
        "a project may not have more than {}",
        "split the project: one for each system";
    UNKNOWN_PRACTICE = Error "unknown-practice",
        "there is no practice `{}`",
        "use an id such as `E1.2`, or the official name in quotes";
    UNKNOWN_PART = Error "unknown-part",
        "there is no domain or subdomain `{}`",
        "use an id such as `G` or `G1`";
    ALIAS_USED = Warning "alias-used",
        "{}",
        "nothing needs doing; the present name is used from here on";
    UNKNOWN_INDICATOR = Error "unknown-indicator",
        "there is no indicator `{}` in the catalog or the profiles of this project",
        "correct the id, or name the profile that adds it";
    UNKNOWN_PERSON = Error "unknown-person",
        "nobody is called `{}` here",
        "add `person NAME name=\"…\"` to the project";
    UNKNOWN_EVIDENCE = Error "unknown-evidence",
        "there is no evidence `{}`",
        "describe it in an `evidence` line of the project, or correct the name";
    UNKNOWN_CONCERN = Error "unknown-concern",
        "there is no concern `{}`",
        "describe it in a `concern` line of the project, or correct the name";
    UNKNOWN_ACTION = Error "unknown-action",
        "there is no action `{}`",
        "describe it in an `action` line of the project, or correct the name";
    NO_ASSESSOR = Error "answer-without-assessor",
        "the answer to `{}` does not say who gave it",
        "add `by=NAME`; an answer by nobody is not an answer";
    NOT_AN_ASSESSOR = Error "not-an-assessor",
        "`{}` is not an assessor of this assessment",
        "name the person in `assessor`, or correct the name";
    NO_METHOD = Error "answer-without-method",
        "the answer to `{}` does not say how it was found",
        "add `method=interview`, `document`, `observation` or `test`";
    NO_ANSWER_DATE = Error "answer-without-date",
        "the answer to `{}` has no date",
        "add `on=\"YYYY-MM-DD\"`";
    FUTURE_DATE = Error "date-in-future",
        "`{}` is after today",
        "correct the date; what has not happened yet cannot be on record";
    PERIOD_REVERSED = Error "period-reversed",
        "the period ends on `{}`, before it begins",
        "exchange the two dates";
    OUTSIDE_PERIOD = Warning "answer-outside-period",
        "`{}` is outside the period of the assessment",
        "correct the date, or state the period that was really assessed";
    NA_NO_REASON = Error "not-applicable-without-reason",
        "`{}` is called not applicable without a reason",
        "add `because=\"…\"`; until then it counts as unknown";
    NA_NO_APPROVAL = Error "not-applicable-without-approval",
        "nobody approved that `{}` is not applicable",
        "add `approved-by=NAME`; until then it counts as unknown";
    OWN_APPROVAL = Error "own-approval",
        "`{}` approves their own work",
        "let somebody approve who neither answered nor led the assessment";
    DUPLICATE_ANSWER = Error "duplicate-answer",
        "`{}` is answered twice by the same assessor",
        "keep the answer that holds";
    DUPLICATE_JUDGEMENT = Error "duplicate-judgement",
        "the level of `{}` is judged twice by the same person at the same scope",
        "keep the judgement that holds";
    FROZEN_UNAPPROVED = Error "frozen-without-approval",
        "assessment `{}` is frozen and nobody approved it",
        "add `approved by=NAME on=DATE`, or set it back to `factual-review`";
    LONG_TEXT = Error "text-too-long",
        "`{}` has more than 32767 characters",
        "shorten it, or keep the text as evidence";
    FROZEN_EMPTY = Error "frozen-without-content",
        "assessment `{}` is frozen and holds no answer and no judgement",
        "add what was found, or set its state back to `draft`: nothing is approved that is not there";
    REVIEW_MISSING = Error "review-missing",
        "assessment `{}` was not reviewed for its facts",
        "add `reviewed by=NAME on=DATE` before it is frozen";
    EARLY_APPROVAL = Error "approval-too-early",
        "assessment `{}` is approved and not frozen",
        "set its state to `frozen`, or remove the approval";
    EARLY_REVIEW = Error "review-too-early",
        "assessment `{}` is reviewed and still a draft",
        "set its state to `factual-review` or `frozen`, or remove the review";
    APPROVAL_BEFORE_REVIEW = Error "approval-before-review",
        "assessment `{}` is approved before it was reviewed",
        "correct the dates; first facts are reviewed, then the result is approved";
    APPROVAL_IN_PERIOD = Error "approval-in-period",
        "assessment `{}` is approved before the last day of its period",
        "correct the dates; what is approved is the whole period";
    REVIEW_BEFORE_ANSWERS = Error "review-before-answers",
        "{}",
        "correct the dates; only what is there can be reviewed";
    APPROVAL_BEFORE_ANSWERS = Error "approval-before-answers",
        "{}",
        "correct the dates; only what is there can be approved";
    COMPUTED_FOR_PERSON = Error "computed-for-person",
        "`{}` needs a person and has a computed answer",
        "let an assessor answer; what a program found can be attached as evidence";
    WRONG_CHECK = Error "wrong-check",
        "the answer to `{}` was computed by another check than the indicator names",
        "answer with the check that the catalog names";
    COMPUTED_WITHOUT_MODEL = Error "computed-without-model",
        "the computed answer to `{}` does not say which model it is about",
        "add `model=` with the digest that the checker printed";
    SCOPE_WITHOUT_LAYER = Warning "scope-without-layer",
        "{}",
        "name a profile that adds indicators at this scope and level, or set the target at a scope that has them";
    JUDGED_UNDEFINED = Error "judged-undefined-scope",
        "{}",
        "name a profile that adds indicators at this scope, or judge the practice at general scope";
    NO_REASON = Error "target-without-reason",
        "the target of `{}` has no reason",
        "add `because=\"…\"`; a target that nobody can explain will not be kept";
    UNJUSTIFIED_OVERRIDE = Warning "override-without-justification",
        "{}",
        "add `override by=NAME on=DATE because=\"…\"` to the target, or follow the proposal";
    NO_OVERRIDE_NEEDED = Warning "override-of-nothing",
        "the target of `{}` is what was proposed and yet is marked as an override",
        "remove the override";
    BELOW_OBLIGATION = Warning "target-below-obligation",
        "{}",
        "raise the target, or show why the obligation does not apply and remove it";
    SINCE_WITHOUT_EVIDENCE = Error "since-without-evidence",
        "action `{}` is said to have begun already, and nothing shows it",
        "name what shows it as `evidence`, or leave `since` out";
    ACTION_CYCLE = Error "action-cycle",
        "action `{}` waits for itself, or stands between actions that do",
        "remove one of the dependencies on the way round";
    COST_REVERSED = Error "cost-reversed",
        "the cost range ends at `{}`, below where it begins",
        "exchange the two amounts";
    ACTION_CLOSES_NOTHING = Error "action-closes-nothing",
        "action `{}` closes no indicator",
        "name the indicators that it is meant to close";
    EVIDENCE_EXPIRED = Warning "evidence-expired",
        "{}",
        "renew the evidence; until then the answers that rest on it count as unknown";
}

/// The codes of everything this crate can report about a text, in the order of the table.
pub fn codes() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|rule| rule.code)
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

    /// Reports; `words` replaces `{}`.
    pub(crate) fn report(&mut self, rule: &Rule, span: Span, words: &str) {
        self.push(make(rule, span, words));
    }

    /// Reports with help made for the case.
    pub(crate) fn report_with(&mut self, rule: &Rule, span: Span, words: &str, help: String) {
        self.push(make(rule, span, words).help(help));
    }

    fn push(&mut self, diagnostic: Diagnostic) {
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

fn make(rule: &Rule, span: Span, words: &str) -> Diagnostic {
    let message = rule.message.replacen("{}", &shorten(words), 1);
    let diagnostic = match rule.severity {
        Severity::Error => Diagnostic::error(rule.code, span, message),
        Severity::Warning => Diagnostic::warning(rule.code, span, message),
    };
    diagnostic.help(rule.help)
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

    #[test]
    fn codes_are_unique_kebab_case_and_messages_keep_the_house_style() {
        let codes: BTreeSet<_> = codes().collect();
        assert_eq!(codes.len(), ALL.len());
        for rule in ALL {
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
            assert!(rule.message.matches("{}").count() <= 1, "{}", rule.code);
        }
    }

    #[test]
    fn the_list_is_bounded_and_long_words_are_cut() {
        let mut faults = Faults::default();
        for _ in 0..DIAGNOSTICS_MAX + 50 {
            faults.report(&UNKNOWN_WORD, Span::default(), &"ä".repeat(500));
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
                faults.report(&EVIDENCE_EXPIRED, Span::default(), "old");
            }
            faults.report(&OWN_APPROVAL, Span::default(), "ada");
        }
        let found = faults.into_diagnostics();
        assert_eq!(found.len(), DIAGNOSTICS_MAX + 1);
        assert!(found.iter().any(|one| one.code == OWN_APPROVAL.code));
        let errors_of = |found: &[Diagnostic]| found.iter().filter(|one| one.is_error()).count();
        assert_eq!(errors_of(&found), 1, "that warnings are left out is none");
        for _ in 0..DIAGNOSTICS_MAX {
            errors.report(&UNKNOWN_WORD, Span::default(), "word");
        }
        let found = errors.into_diagnostics();
        assert_eq!(found.len(), DIAGNOSTICS_MAX + 1);
        assert!(
            found
                .iter()
                .all(|one| one.is_error() && one.code != TOO_MANY.code)
        );
    }

    #[test]
    fn a_list_that_is_cut_keeps_its_errors_and_is_no_error_for_its_warnings() {
        let one = |rule| Finding {
            text: 0,
            diagnostic: make(rule, Span::default(), ""),
        };
        let errors_of = |found: &[Finding]| {
            let errors = found.iter().filter(|one| one.diagnostic.is_error());
            errors.map(|one| one.diagnostic.code).collect::<Vec<_>>()
        };
        let mut found = vec![one(&EVIDENCE_EXPIRED); DIAGNOSTICS_MAX];
        assert_eq!(shown(found.clone()), found);
        found.push(one(&EVIDENCE_EXPIRED));
        let cut = shown(found.clone());
        assert_eq!(cut.len(), DIAGNOSTICS_MAX + 1);
        assert_eq!(errors_of(&cut), [""; 0]);
        found.push(one(&OWN_APPROVAL));
        let cut = shown(found.clone());
        assert_eq!(cut.len(), DIAGNOSTICS_MAX + 1);
        assert_eq!(errors_of(&cut), [OWN_APPROVAL.code]);
        found.extend(vec![one(&OWN_APPROVAL); DIAGNOSTICS_MAX]);
        let cut = shown(found);
        assert_eq!(cut.len(), DIAGNOSTICS_MAX + 1);
        assert_eq!(errors_of(&cut).last(), Some(&TOO_MANY.code));
    }
}
