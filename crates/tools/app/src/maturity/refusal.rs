//! Why something about a project is not done: a code with its facts. What is wrong reads the same in
//! every face; what helps is worded by each face, in terms of what it offers.

use super::words::Change;
use maturity::{Date, Level, Scope};
use serde::Serialize;

macro_rules! refusals {
    ($($(#[$about:meta])* $name:ident { $($(#[$of:meta])* $field:ident: $ty:ty,)* } => $($says:expr),+;)*) => {
        /// Why something is not done.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
        #[serde(tag = "code", rename_all = "kebab-case")]
        pub enum Refusal {
            $($(#[$about])* $name { $($(#[$of])* $field: $ty,)* },)*
        }

        impl Refusal {
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
    NoLedger {
        /// Its address, without a password.
        ledger: String,
    } => "there is no ledger `{ledger}`";
    /// The ledger has no project at all.
    NoProjects {} => "the ledger has no project";
    /// No project is named, and the ledger has several.
    ManyProjects {
        /// Their names.
        known: Vec<String>,
    } => "the ledger has {} projects", known.len();
    /// There is no project of that name.
    NoProject {
        /// The name.
        project: String,
        /// The projects there are.
        known: Vec<String>,
    } => "there is no project `{project}`";
    /// The day has not come, and nothing is recorded as of it.
    NotYet {
        /// The day.
        today: Date,
    } => "{today} has not come yet";
    /// Nobody says who asks.
    NoAuthor {
        /// The people of the project.
        known: Vec<String>,
    } => "it is not said who you are";
    /// The project has no person of that name.
    UnknownAuthor {
        /// The name.
        author: String,
        /// The people of the project.
        known: Vec<String>,
    } => "the project has no person `{author}`";
    /// There is no practice of that name.
    NoPractice {
        /// The name.
        practice: String,
        /// The nearest id or name, if one is near.
        near: Option<String>,
    } => "there is no practice `{practice}`";
    /// There is no assessment of that name.
    NoAssessment {
        /// The name.
        assessment: String,
        /// The assessments there are.
        known: Vec<String>,
    } => "there is no assessment `{assessment}`";
    /// No assessment is named, and none is open.
    NoneOpen {} => "no assessment is open";
    /// No assessment is named, and several are open.
    SeveralOpen {
        /// One of them.
        one: String,
        /// Another one.
        other: String,
    } => "`{one}` and `{other}` are both open";
    /// The period of an assessment is not over.
    PeriodNotOver {
        /// The assessment.
        assessment: String,
        /// Its last day.
        to: Date,
    } => "the period of `{assessment}` ends on {to} and is not over";
    /// Nobody has reviewed the facts of an assessment.
    NotReviewed {
        /// The assessment.
        assessment: String,
    } => "the facts of `{assessment}` are not reviewed";
    /// Somebody assesses who is not an assessor.
    NotAssessor {
        /// Who.
        author: String,
        /// The assessment.
        assessment: String,
        /// Its assessors.
        assessors: Vec<String>,
    } => "`{author}` is not an assessor of `{assessment}`";
    /// Today is not within the period of an assessment.
    OutsidePeriod {
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
    Frozen {
        /// The assessment.
        assessment: String,
    } => "assessment `{assessment}` is frozen and cannot be changed";
    /// There is nothing in an assessment that could be approved.
    Empty {
        /// The assessment.
        assessment: String,
    } => "assessment `{assessment}` holds no answer and no judgement: there is nothing to approve";
    /// Evidence is replaced that a frozen assessment rests on.
    EvidenceOfFrozen {
        /// The evidence.
        evidence: String,
        /// The assessment.
        assessment: String,
    } => "assessment `{assessment}` is frozen and rests on evidence `{evidence}`, which cannot be replaced";
    /// Somebody approves, or opens again, what they assess themselves.
    OwnWork {
        /// Who.
        author: String,
        /// The assessment.
        assessment: String,
    } => "`{author}` assessed `{assessment}`, and nobody approves or reopens their own work";
    /// There is no target set of that name, or no such target in it.
    NoTarget {
        /// The target set.
        set: String,
    } => "there is no target set `{set}`, or no such target in it";
    /// There is no target set of that name.
    NoTargetSet {
        /// The name.
        set: String,
    } => "there is no target set `{set}`";
    /// A target differs from what is proposed, and it is not said why.
    NotAsProposed {
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
    NoAction {
        /// The name.
        action: String,
    } => "there is no action `{action}`";
    /// The ledger has a project of that name already.
    ProjectExists {
        /// The name.
        project: String,
    } => "the ledger already has a project `{project}`";
    /// A text is about another project than the one it is to change.
    OtherProject {
        /// The project it is about.
        written: String,
        /// The project it is to change.
        project: String,
    } => "the text is about `{written}`, not `{project}`";
    /// A project is begun, and nobody says by whom.
    BegunByNobody {} => "it is not said who you are";
    /// A project is begun by somebody who takes no part in it.
    TakesNoPart {
        /// Who.
        author: String,
    } => "you are `{author}`, and no person of that name takes part";
    /// There is no layer of that name.
    NoLayer {
        /// The name.
        layer: String,
        /// The layers there are.
        known: Vec<String>,
    } => "there is no layer `{layer}`";
    /// A text changes or removes what the ledger has, and it is not said that it may.
    Replaces {
        /// What it changes or removes.
        changes: Vec<Change>,
    } => "the file would change or remove {} that the ledger has; nothing was recorded", things(changes.len());
    /// There is nothing of that key.
    NothingCalled {
        /// The key.
        about: String,
    } => "there is nothing called `{about}`";
    /// An entry waits for no decision.
    NotWaiting {
        /// Its number.
        entry: u64,
    } => "entry {entry} waits for no decision";
    /// What is set belongs to nothing that is there.
    Nowhere {
        /// Its key.
        key: String,
    } => "`{key}` belongs to nothing that is there";
    /// A model has faults and says nothing.
    FaultyModel {
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
