//! The closed vocabularies of a view; one spelling in JSON, one label for people.

use maturity::settle::{Standing, Voucher};
use serde::Serialize;

macro_rules! words {
    ($($(#[$about:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $word:literal, $label:literal;)* })*) => {$(
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum $name { $($(#[$of])* #[serde(rename = $word)] $variant,)* }
        impl $name {
            /// All values, in the order in which they are shown.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            /// The spelling for machines.
            pub fn as_str(self) -> &'static str { match self { $(Self::$variant => $word,)* } }
            /// The words for people.
            pub fn label(self) -> &'static str { match self { $(Self::$variant => $label,)* } }
        }
    )*};
}

words! {
    /// Where an indicator stands and who says so.
    Stands {
        /// Satisfied, and a person says so of this indicator.
        Attested = "attested", "yes, attested";
        /// Presumed satisfied: a person judged the level as a whole.
        Judged = "judged", "yes, judged with its level";
        /// Satisfied, and only a program says so.
        Computed = "computed", "yes, computed";
        /// Not fully.
        Partly = "partly", "partly";
        /// Not.
        No = "no", "no";
        /// Answered, and not known; or no longer backed.
        Unknown = "unknown", "unknown";
        /// Nobody answered.
        Missing = "missing", "not answered";
        /// Does not apply, with approval.
        NotApplicable = "not-applicable", "does not apply";
    }
    /// How a practice stands to its target.
    Verdict {
        /// The level is reached at the scope of the target.
        Met = "met", "met";
        /// A level is missing.
        Short = "short", "short";
        /// The number is reached at a wider scope only.
        ScopeOnly = "scope-only", "scope gap";
        /// Nothing was said that decides level 1 at the scope of the target.
        NotJudged = "not-judged", "not judged";
        /// The practice does not apply.
        Excluded = "excluded", "excluded";
        /// There is no target.
        NoTarget = "no-target", "no target";
    }
}

impl Stands {
    /// True if satisfied, whoever says so.
    pub fn is_yes(self) -> bool {
        matches!(self, Self::Attested | Self::Judged | Self::Computed)
    }
}

impl From<Standing> for Stands {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Yes(Voucher::Attested) => Self::Attested,
            Standing::Yes(Voucher::Judged) => Self::Judged,
            Standing::Yes(Voucher::Computed) => Self::Computed,
            Standing::Partly => Self::Partly,
            Standing::No => Self::No,
            Standing::NotApplicable => Self::NotApplicable,
            Standing::Unknown => Self::Unknown,
            Standing::Missing => Self::Missing,
        }
    }
}

impl From<&maturity::gap::Gap> for Verdict {
    fn from(gap: &maturity::gap::Gap) -> Self {
        match gap {
            gap if gap.excluded => Self::Excluded,
            gap if gap.target.is_none() => Self::NoTarget,
            gap if gap.met => Self::Met,
            gap if gap.scope_gap => Self::ScopeOnly,
            gap if gap.unjudged => Self::NotJudged,
            _ => Self::Short,
        }
    }
}
