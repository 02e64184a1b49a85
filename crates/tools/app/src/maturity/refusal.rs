//! Why something about a project is not done: a code with its facts. What is wrong reads the same in
//! every face; what helps is worded by each face, in terms of what it offers.

use super::words::Change;
use maturity::{Date, Level, Scope};
use serde::Serialize;

macro_rules! refusals {
    ($($(#[$about:meta])* $code:literal $name:ident { $($(#[$of:meta])* $field:ident: $ty:ty,)* } => $($says:expr),+;)*) => {
        /// Why something is not done.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
        #[serde(tag = "code")]
        pub enum Refusal {
            $($(#[$about])* #[serde(rename = $code)] $name { $($(#[$of])* $field: $ty,)* },)*
        }

        impl Refusal {
            /// Which it is: a stable kebab-case name.
            pub fn code(&self) -> &'static str {
                match self {
                    $(Self::$name { .. } => $code,)*
                }
            }

            /// What is wrong.
            #[expect(unused_variables, reason = "not every fact is part of the sentence")]
            pub fn message(&self) -> String {
                match self {
                    $(Self::$name { $($field),* } => format!($($says),+),)*
                }
            }
        }
    };
}

refusals! {
    /// There is no ledger.
    "no-ledger" NoLedger {
        /// Its address, without a password.
        ledger: String,
    } => "there is no ledger `{ledger}`";
    /// The ledger has no project at all.
    "no-projects" NoProjects {} => "the ledger has no project";
    /// No project is named, and the ledger has several.
    "many-projects" ManyProjects {
        /// Their names.
        known: Vec<String>,
    } => "the ledger has {} projects", known.len();
    /// There is no project of that name.
    "no-project" NoProject {
        /// The name.
        project: String,
        /// The projects there are.
        known: Vec<String>,
    } => "there is no project `{project}`";
    /// The day has not come, and nothing is recorded as of it.
    "not-yet" NotYet {
        /// The day.
        today: Date,
    } => "{today} has not come yet";
    /// Nobody says who asks.
    "no-author" NoAuthor {
        /// The people of the project.
        known: Vec<String>,
    } => "it is not said who you are";
    /// The project has no person of that name.
    "unknown-author" UnknownAuthor {
        /// The name.
        author: String,
        /// The people of the project.
        known: Vec<String>,
    } => "the project has no person `{author}`";
    /// There is no practice of that name.
    "no-practice" NoPractice {
        /// The name.
        practice: String,
        /// The nearest id or name, if one is near.
        near: Option<String>,
    } => "there is no practice `{practice}`";
    /// There is no assessment of that name.
    "no-assessment" NoAssessment {
        /// The name.
        assessment: String,
        /// The assessments there are.
        known: Vec<String>,
    } => "there is no assessment `{assessment}`";
    /// No assessment is named, and none is open.
    "none-open" NoneOpen {} => "no assessment is open";
    /// No assessment is named, and several are open.
    "several-open" SeveralOpen {
        /// One of them.
        one: String,
        /// Another one.
        other: String,
    } => "`{one}` and `{other}` are both open";
    /// The period of an assessment is not over.
    "period-not-over" PeriodNotOver {
        /// The assessment.
        assessment: String,
        /// Its last day.
        to: Date,
    } => "the period of `{assessment}` ends on {to} and is not over";
    /// Nobody has reviewed the facts of an assessment.
    "not-reviewed" NotReviewed {
        /// The assessment.
        assessment: String,
    } => "the facts of `{assessment}` are not reviewed";
    /// Something of an assessment changed after its facts were reviewed.
    "changed-after-review" ChangedAfterReview {
        /// The assessment.
        assessment: String,
        /// The key of what changed.
        about: String,
    } => "the facts of `{assessment}` changed after they were reviewed: `{about}`";
    /// Somebody assesses who is not an assessor.
    "not-assessor" NotAssessor {
        /// Who.
        author: String,
        /// The assessment.
        assessment: String,
        /// Its assessors.
        assessors: Vec<String>,
    } => "`{author}` is not an assessor of `{assessment}`";
    /// Today is not within the period of an assessment.
    "outside-period" OutsidePeriod {
        /// The assessment.
        assessment: String,
        /// Its first day.
        from: Date,
        /// Its last day.
        to: Date,
        /// Today.
        today: Date,
    } => "`{assessment}` looks at {from} to {to}, and today is {today}";
    /// An assessment is approved and does not change.
    "frozen" Frozen {
        /// The assessment.
        assessment: String,
    } => "assessment `{assessment}` is frozen and cannot be changed";
    /// There is nothing in an assessment that could be approved.
    "empty" Empty {
        /// The assessment.
        assessment: String,
    } => "assessment `{assessment}` holds no answer and no judgement: there is nothing to approve";
    /// Evidence is replaced that a frozen assessment rests on.
    "evidence-of-frozen" EvidenceOfFrozen {
        /// The evidence.
        evidence: String,
        /// The assessment.
        assessment: String,
    } => "assessment `{assessment}` is frozen and rests on evidence `{evidence}`, which cannot be replaced";
    /// Somebody approves, or opens again, what they assess themselves.
    "own-work" OwnWork {
        /// Who.
        author: String,
        /// The assessment.
        assessment: String,
    } => "`{author}` assessed `{assessment}`, and nobody approves or reopens their own work";
    /// Somebody records that somebody else reviewed or approved an assessment.
    "signed-by-another" SignedByAnother {
        /// Who records it.
        author: String,
        /// The assessment.
        assessment: String,
        /// In whose name.
        by: String,
    } => "`{author}` cannot record that `{by}` reviewed or approved `{assessment}`";
    /// There is no target set of that name, or no such target in it.
    "no-target" NoTarget {
        /// The target set.
        set: String,
    } => "there is no target set `{set}`, or no such target in it";
    /// There is no target set of that name.
    "no-target-set" NoTargetSet {
        /// The name.
        set: String,
    } => "there is no target set `{set}`";
    /// A target differs from what is proposed, and it is not said why.
    "not-as-proposed" NotAsProposed {
        /// The practice.
        practice: String,
        /// What is proposed.
        proposed: String,
        /// The level that is wanted.
        level: Level,
        /// The scope that is wanted.
        scope: Scope,
    } => "{proposed} is proposed for {practice}, and you set {level} {scope}";
    /// There is no action of that name.
    "no-action" NoAction {
        /// The name.
        action: String,
    } => "there is no action `{action}`";
    /// The ledger has a project of that name already.
    "project-exists" ProjectExists {
        /// The name.
        project: String,
    } => "the ledger already has a project `{project}`";
    /// A text is about another project than the one it is to change.
    "other-project" OtherProject {
        /// The project it is about.
        written: String,
        /// The project it is to change.
        project: String,
    } => "the text is about `{written}`, not `{project}`";
    /// A project is begun, and nobody says by whom.
    "begun-by-nobody" BegunByNobody {} => "it is not said who you are";
    /// A project is begun by somebody who takes no part in it.
    "takes-no-part" TakesNoPart {
        /// Who.
        author: String,
    } => "you are `{author}`, and no person of that name takes part";
    /// There is no layer of that name.
    "no-layer" NoLayer {
        /// The name.
        layer: String,
        /// The layers there are.
        known: Vec<String>,
    } => "there is no layer `{layer}`";
    /// A text changes or removes what the ledger has, and it is not said that it may.
    "replaces" Replaces {
        /// What it changes or removes.
        changes: Vec<Change>,
    } => "the file would change or remove {} that the ledger has; nothing was recorded", things(changes.len());
    /// There is nothing of that key.
    "nothing-called" NothingCalled {
        /// The key.
        about: String,
    } => "there is nothing called `{about}`";
    /// An entry waits for no decision.
    "not-waiting" NotWaiting {
        /// Its number.
        entry: u64,
    } => "entry {entry} waits for no decision";
    /// What is set belongs to nothing that is there.
    "nowhere" Nowhere {
        /// Its key.
        key: String,
    } => "`{key}` belongs to nothing that is there";
    /// An answer is said to be computed from a model that was never checked for the project.
    "never-checked" NeverChecked {
        /// The indicator.
        indicator: String,
        /// The digest of the model, shortened.
        model: String,
    } => "the answer to {indicator} is said to be computed from model {model}, which was never checked here";
    /// A model has faults and says nothing.
    "faulty-model" FaultyModel {
        /// Its file.
        file: String,
    } => "`{file}` has faults and says nothing";
}

fn things(count: usize) -> String {
    match count {
        1 => "1 thing".to_owned(),
        count => format!("{count} things"),
    }
}
