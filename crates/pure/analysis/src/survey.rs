//! What an assessor asks about a whole system, answered in names.

use serde::Serialize;

/// Format name and version of stored surveys.
pub const SURVEY_FORMAT: &str = "bulkhead.survey/1";

/// Most names listed where a list could grow with the whole system; the count is always exact.
pub const NAMES_MAX: usize = 256;

/// A survey of one model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Survey {
    /// [`SURVEY_FORMAT`].
    pub format: String,
    /// System name.
    pub system: String,
    /// Digest of the model.
    pub model: String,
    /// Whether the whole of it was answered; `false` if a model is so large that some lists had to
    /// be left short.
    pub complete: bool,
    /// Trusted subjects by name.
    pub trusted: Vec<TrustedSubject>,
    /// Subjects whose compromise alone violates claims, most claims first, then by name.
    pub single_points_of_trust: Vec<SinglePoint>,
    /// Bundles of flows between zones (IEC 62443-3-2), by names of zones.
    pub conduits: Vec<Conduit>,
    /// Nodes in no zone while zones are declared, by name: their flows are in no conduit.
    pub unzoned: Vec<Unzoned>,
    /// Channels that serve no required flow.
    pub unneeded: Unneeded,
    /// Flows against the direction of a channel, by channel.
    pub reverse_flows: Vec<ReverseFlow>,
    /// Which claims are left when one subject is compromised.
    pub exposure: Exposure,
}

/// What is known about a trusted subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TrustedSubject {
    /// Its name.
    pub subject: String,
    /// No pass can be gone around.
    pub non_bypassable: bool,
    /// What it passes, in the order written.
    pub passes: Vec<PassReview>,
    /// How big it is.
    pub size: Size,
    /// External or object that supplies its code, if drawn.
    pub code_from: Option<String>,
    /// Who can influence its code: the supplier and whatever can influence that.
    pub code_influence: Influence,
    /// Its ports for limits and configuration, by name.
    pub steering: Vec<Steering>,
    /// Claims that are violated if it alone is compromised, as verdict ids.
    pub carries: Vec<String>,
}

/// One thing a trusted subject passes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PassReview {
    /// As `in:… => out:…`.
    pub pass: String,
    /// A shortest path, in points, from a node that feeds the in-port to a node that the out-port
    /// feeds, around the subject; empty if there is none.
    pub bypass: Vec<String>,
}

/// How big a trusted subject is: the smaller, the easier to verify.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Size {
    /// Ports, those of grants included.
    pub ports: usize,
    /// Passes.
    pub passes: usize,
    /// Different nodes from which something arrives, credit included.
    pub nodes_in: usize,
    /// Different nodes to which something departs, credit included.
    pub nodes_out: usize,
}

/// Nodes from which a path leads to something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Influence {
    /// How many nodes there are.
    pub node_count: usize,
    /// Their names, sorted; the first [`NAMES_MAX`].
    pub nodes: Vec<String>,
    /// Those of them that are untrusted subjects, externals or objects, sorted; the first
    /// [`NAMES_MAX`].
    pub untrusted: Vec<String>,
}

/// A port by which a trusted subject is steered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Steering {
    /// As `subject.port`.
    pub port: String,
    /// `limits` or `configuration`.
    pub role: &'static str,
    /// Who can influence what arrives there; the subject itself is left out.
    pub influence: Influence,
}

/// A subject whose compromise alone violates claims.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SinglePoint {
    /// The subject.
    pub subject: String,
    /// The claims, as verdict ids in their order.
    pub claims: Vec<String>,
}

/// A node in no zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Unzoned {
    /// The node.
    pub node: String,
    /// What flows from and to it: channels as `channel a.x -> b.y`, credits as `credit of a.x -> b.y`,
    /// grants with their arrows; sorted.
    pub flows: Vec<String>,
}

/// All flows from one zone to another, between the innermost zones that list their ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Conduit {
    /// Zone they leave.
    pub from: String,
    /// Zone they reach.
    pub to: String,
    /// Channels, as `a.x -> b.y`, and credits, as `credit of a.x -> b.y`, sorted.
    pub channels: Vec<String>,
    /// Grants with their arrows, such as `grant a.g <-> e`, sorted.
    pub grants: Vec<String>,
    /// Nodes in both zones, such as a firewall, that pass something on from the one to the other,
    /// sorted.
    pub through: Vec<String>,
}

/// Which channels serve no required flow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "unneeded", rename_all = "kebab-case")]
pub enum Unneeded {
    /// No requirement demands a flow, so nothing can be called unneeded.
    NoFlowRequired,
    /// The model is too large for the work that is spent on a survey.
    Open,
    /// Channels that lie on no walk from a start to an end of any required flow, sorted.
    Channels {
        /// As `a.x -> b.y`.
        channels: Vec<String>,
        /// How many flows are required.
        required_flows: usize,
    },
}

/// A flow that a queue with credit implies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReverseFlow {
    /// The reader, from which it comes.
    pub from: String,
    /// The writer, to which it goes.
    pub to: String,
    /// As `a.x -> b.y`.
    pub channel: String,
    /// Bytes that the reader can write and the writer can read at once: a whole page, not the one
    /// position that an honest reader writes.
    pub bytes: u64,
}

/// Which claims are left when one subject is compromised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Exposure {
    /// Claims that hold while all keep their local policy, as verdict ids in their order: the columns.
    pub claims: Vec<String>,
    /// Every subject by name. An untrusted one is hostile from the start: its compromise violates nothing.
    pub rows: Vec<ExposureRow>,
}

/// One compromised subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExposureRow {
    /// The subject.
    pub subject: String,
    /// Whether it is trusted.
    pub trusted: bool,
    /// Claims that are then violated; the others of [`Exposure::claims`] still hold.
    pub violated: Vec<String>,
}
