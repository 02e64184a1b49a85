//! The closed vocabularies of a view; one spelling in JSON, one label for people.

use maturity::gap;
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
    /// How a minimum of a duty stands.
    Demanded {
        /// The level was found at its scope.
        Reached = "reached", "minimum reached";
        /// The minimum is level 0, and nobody looked.
        Nothing = "nothing", "nothing demanded";
        /// The duty binds, and the level was not found.
        Below = "below", "below the minimum";
        /// The duty does not bind yet, and the level was not found.
        NotYet = "not-yet", "not yet reached";
        /// Nobody looked.
        NotJudged = "not-judged", "not judged";
        /// The practice does not apply.
        Excluded = "excluded", "excluded";
    }
    /// How all minimums of a duty stand together; none of it shows that the law is kept.
    Duty {
        /// Each was found that asks for something and applies.
        Reached = "reached", "the minimum that was set is reached";
        /// All that applies is level 0, and nobody looked.
        Nothing = "nothing", "nothing is demanded";
        /// It binds, and something was not found.
        Below = "below", "below the minimum that was set";
        /// It does not bind yet, and something was not found.
        NotYet = "not-yet", "the minimum that was set is not yet reached";
        /// Nobody looked at something, and nothing was found to be below.
        NotJudged = "not-judged", "not judged whether the minimum that was set is reached";
        /// Nothing that it demands applies.
        Excluded = "excluded", "said not to apply";
        /// It has no minimum.
        NoMinimum = "no-minimum", "no minimum is set";
    }
    /// How a practice stands to its target.
    Verdict {
        /// The level was found at the scope of the target.
        Met = "met", "met";
        /// The target is level 0, and nobody looked.
        NothingWanted = "nothing-wanted", "nothing wanted";
        /// A level is missing.
        Short = "short", "short";
        /// The number was found at a wider scope only.
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

impl From<gap::Stands> for Verdict {
    fn from(stands: gap::Stands) -> Self {
        match stands {
            gap::Stands::Excluded => Self::Excluded,
            gap::Stands::NoTarget => Self::NoTarget,
            gap::Stands::Met => Self::Met,
            gap::Stands::NothingWanted => Self::NothingWanted,
            gap::Stands::NotJudged => Self::NotJudged,
            gap::Stands::ScopeOnly => Self::ScopeOnly,
            gap::Stands::Short => Self::Short,
        }
    }
}
