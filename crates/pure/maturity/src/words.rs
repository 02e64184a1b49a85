//! The closed vocabularies: each word has one spelling in KDL, JSON and messages.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A value that is written as one of a few words.
pub trait Word: Copy + Eq + Sized + 'static {
    /// All values, in the order of their meaning.
    const ALL: &'static [Self];
    /// The spelling.
    fn as_str(self) -> &'static str;
    /// The value of a spelling.
    fn from_word(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|word| word.as_str() == text)
    }
}

macro_rules! words {
    ($($(#[$about:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $text:literal,)* })*) => {$(
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum $name { $($(#[$of])* #[serde(rename = $text)] $variant,)* }
        impl Word for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),*];
            fn as_str(self) -> &'static str { match self { $(Self::$variant => $text,)* } }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(self.as_str()) }
        }
    )*};
}

words! {
    /// How closely a practice fits its surroundings: a second coordinate, not a higher level. The
    /// order is that of narrowing.
    Scope {
        /// As any organisation would do it.
        General = "general",
        /// Fits the sector.
        Industry = "industry",
        /// Fits this system.
        System = "system",
    }
    /// What kind of thing an indicator is about.
    Kind {
        /// What was drawn or decided.
        Design = "design",
        /// What was built.
        AsBuilt = "as-built",
        /// What happened over a period.
        Operating = "operating",
    }
    /// Who or what can answer an indicator.
    Source {
        /// Verdicts on the policy architecture.
        Architecture = "architecture",
        /// The audit and the record of the running system.
        RunningSystem = "running-system",
        /// Files such as parts lists, scans and certificates.
        Files = "files",
        /// Only a person.
        Person = "person",
    }
    /// How an example ends.
    Outcome {
        /// A target was chosen.
        Target = "target",
        /// A state was found.
        Assessed = "assessed",
    }
    /// How the demand of a practice level (first) relates to a requirement elsewhere (second).
    Relation {
        /// Both ask the same.
        Equal = "equal",
        /// The practice level asks for a part of the requirement.
        Subset = "subset",
        /// The practice level asks for more than the requirement.
        Superset = "superset",
        /// They share a part.
        Intersects = "intersects",
    }
    /// How sure a reading is.
    Confidence {
        /// Not much would surprise us.
        High = "high",
        /// Plausible from what was read.
        Medium = "medium",
        /// A first guess.
        Low = "low",
    }
    /// What a mapping line was read from.
    Basis {
        /// The text of the requirement.
        Reading = "reading",
        /// Its number and heading.
        Outline = "outline",
        /// A public law.
        Law = "law",
    }
    /// Whose duties a set of requirements describes, and who is responsible for a practice.
    Party {
        /// Owns and runs the system.
        AssetOwner = "asset-owner",
        /// Builds it from products.
        Integrator = "integrator",
        /// Makes the products.
        Supplier = "product-supplier",
        /// Serves it.
        ServiceProvider = "service-provider",
    }
    /// From where a target or profile is seen.
    Perspective {
        /// Builds the system.
        Integrator = "integrator",
        /// Supplies a part.
        Supplier = "supplier",
        /// Buys and uses it at home or in a shop.
        Consumer = "consumer",
        /// Runs it.
        Operator = "operator",
    }
    /// What a profile layer is about.
    LayerKind {
        /// A sector.
        Industry = "industry",
        /// One kind of system.
        System = "system",
        /// One class of device.
        DeviceClass = "device-class",
        /// An aspect of trustworthiness.
        Aspect = "aspect",
    }
    /// Who assesses whom.
    AssessmentType {
        /// The organisation itself.
        OwnParty = "self",
        /// Its customer or another party with an interest.
        SecondParty = "second-party",
        /// An independent body.
        ThirdParty = "third-party",
    }
    /// How far an assessment is. It only goes forward.
    State {
        /// Being answered.
        Draft = "draft",
        /// Those who were asked look whether the facts are right.
        FactualReview = "factual-review",
        /// Approved by somebody else and closed.
        Frozen = "frozen",
    }
    /// An answer to an indicator.
    Answer {
        /// Satisfied.
        Yes = "yes",
        /// Not fully.
        Partly = "partly",
        /// Not satisfied.
        No = "no",
        /// Does not apply, for a reason that somebody approved.
        NotApplicable = "not-applicable",
        /// Not known; never counts as yes.
        Unknown = "unknown",
    }
    /// How an assessor found an answer.
    Method {
        /// Asked.
        Interview = "interview",
        /// Read.
        Document = "document",
        /// Looked.
        Observation = "observation",
        /// Tried.
        Test = "test",
    }
    /// How bad it would be if a concern came true.
    Consequence {
        /// A nuisance.
        Minor = "minor",
        /// Costs much or breaks a duty.
        Serious = "serious",
        /// Can hurt people or end the business.
        Grave = "grave",
    }
    /// How much risk the business is ready to bear.
    Appetite {
        /// As little as possible.
        Low = "low",
        /// Some, where it pays.
        Moderate = "moderate",
        /// Much.
        High = "high",
    }
    /// How far an action is.
    Status {
        /// Decided.
        Planned = "planned",
        /// Under way.
        Started = "started",
        /// Finished; the next assessment shows whether it closed its indicators.
        Done = "done",
        /// Given up.
        Cancelled = "cancelled",
    }
}

/// A comprehensiveness level, 0 (none) to 4 (formalized).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(try_from = "u8", into = "u8")]
pub struct Level(u8);

impl Level {
    /// Nothing is done on purpose.
    pub const NONE: Self = Self(0);
    /// The levels that have indicators, 1 to 4, upwards.
    pub const WITH_INDICATORS: [Self; 4] = [Self(1), Self(2), Self(3), Self(4)];
    /// From this level on a level cannot rest on computed evidence alone.
    pub const NEEDS_PERSON: Self = Self(3);
    /// The highest level.
    pub const MAX: Self = Self(4);

    /// The level of a number, if there is one.
    pub fn new(number: i128) -> Option<Self> {
        match u8::try_from(number) {
            Ok(number @ 0..=4) => Some(Self(number)),
            _ => None,
        }
    }

    /// The number.
    pub fn number(self) -> u8 {
        self.0
    }

    /// The next level, if there is one.
    pub fn next(self) -> Option<Self> {
        Self::new(i128::from(self.0) + 1)
    }

    /// How many levels `self` is above `other`; 0 if it is not.
    pub fn above(self, other: Self) -> u8 {
        self.0.saturating_sub(other.0)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Level {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Level".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "integer", "minimum": 0, "maximum": 4 })
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl From<Level> for u8 {
    fn from(level: Level) -> Self {
        level.0
    }
}

impl TryFrom<u8> for Level {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, String> {
        Self::new(i128::from(number)).ok_or_else(|| format!("there is no level `{number}`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_five_levels() {
        let numbers: Vec<_> = (-1..7).filter_map(Level::new).map(Level::number).collect();
        assert_eq!(numbers, [0, 1, 2, 3, 4]);
        assert_eq!(Level::MAX.next(), None);
        assert_eq!((Level(3).above(Level(1)), Level(1).above(Level(3))), (2, 0));
        assert!(serde_json::from_str::<Level>("5").is_err());
    }

    #[test]
    fn words_are_spelled_the_same_in_json() {
        fn check<W: Word + Serialize + fmt::Debug>() {
            for word in W::ALL {
                assert_eq!(serde_json::to_value(word).unwrap(), word.as_str());
                assert_eq!(W::from_word(word.as_str()), Some(*word));
            }
        }
        check::<Scope>();
        check::<Answer>();
        check::<AssessmentType>();
        check::<State>();
        assert_eq!(Scope::from_word("General"), None);
    }
}
