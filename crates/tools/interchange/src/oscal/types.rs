//! The parts of OSCAL's models that are written, under OSCAL's names. Lists that OSCAL does not
//! admit empty are left out when they are.

use serde::Serialize;
use serde_json::{Map, Value};

macro_rules! structures {
    ($($(#[$about:meta])* $name:ident { $($(#[$of:meta])* $field:ident: $ty:ty,)* })*) => {$(
        $(#[$about])*
        #[derive(Clone, Debug, Default, PartialEq, Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub(super) struct $name { $($(#[$of])* pub(super) $field: $ty,)* }
    )*};
}

structures! {
    /// A name with a value.
    Prop {
        name: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        ns: Option<String>,
        value: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        class: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        group: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        remarks: Option<String>,
    }
    /// What every document says about itself.
    Metadata {
        title: String,
        last_modified: String,
        version: String,
        oscal_version: String,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        props: Vec<Prop>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        roles: Vec<Role>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        parties: Vec<Party>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        responsible_parties: Vec<ResponsibleParty>,
        #[serde(skip_serializing_if = "Option::is_none")]
        remarks: Option<String>,
    }
    /// What somebody does.
    Role { id: String, title: String, }
    /// Somebody.
    Party {
        uuid: String,
        r#type: &'static str,
        name: String,
        props: Vec<Prop>,
    }
    /// Who does what.
    ResponsibleParty { role_id: &'static str, party_uuids: Vec<String>, }
    /// What a document refers to.
    BackMatter { resources: Vec<Resource>, }
    /// Something that is referred to.
    Resource {
        uuid: String,
        title: String,
        description: String,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        props: Vec<Prop>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        rlinks: Vec<Rlink>,
    }
    /// Where it is.
    Rlink {
        href: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        media_type: Option<&'static str>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        hashes: Vec<Hash>,
    }
    /// What its bytes are.
    Hash { algorithm: &'static str, value: String, }
    /// A catalog.
    Catalog {
        uuid: String,
        metadata: Metadata,
        groups: Vec<Group>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        controls: Vec<Control>,
    }
    /// A domain or subdomain.
    Group {
        id: String,
        class: &'static str,
        title: String,
        props: Vec<Prop>,
        parts: Vec<Part>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        groups: Vec<Group>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        controls: Vec<Control>,
    }
    /// A practice.
    Control {
        id: String,
        class: &'static str,
        title: String,
        props: Vec<Prop>,
        parts: Vec<Part>,
    }
    /// A piece of text with a meaning.
    Part {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        name: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        ns: Option<&'static str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        title: Option<String>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        props: Vec<Prop>,
        prose: String,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        parts: Vec<Part>,
    }
    /// A profile.
    Profile {
        uuid: String,
        metadata: Metadata,
        imports: Vec<Import>,
        merge: Merge,
        #[serde(skip_serializing_if = "Option::is_none")]
        modify: Option<Modify>,
        back_matter: BackMatter,
    }
    /// What is taken from where.
    Import {
        href: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        include_all: Option<Map<String, Value>>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        include_controls: Vec<WithIds>,
    }
    /// Controls by their ids.
    WithIds { with_ids: Vec<String>, }
    /// How imports are joined.
    Merge { as_is: bool, }
    /// What is changed.
    Modify { alters: Vec<Alter>, }
    /// What is changed in a control.
    Alter { control_id: String, adds: Vec<Add>, }
    /// What is added, and where. Some tools take no properties without a position.
    Add { position: &'static str, props: Vec<Prop>, }
    /// Results of assessments.
    AssessmentResults {
        uuid: String,
        metadata: Metadata,
        import_ap: ImportAp,
        results: Vec<Result>,
        back_matter: BackMatter,
    }
    /// The plan.
    ImportAp { href: String, remarks: &'static str, }
    /// One assessment.
    Result {
        uuid: String,
        title: String,
        description: String,
        start: String,
        end: String,
        props: Vec<Prop>,
        #[serde(skip_serializing_if = "Option::is_none")]
        local_definitions: Option<LocalDefinitions>,
        reviewed_controls: ReviewedControls,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        attestations: Vec<Attestation>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        observations: Vec<Observation>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        findings: Vec<Finding>,
    }
    /// The programs that computed answers.
    LocalDefinitions { components: Vec<Component>, }
    /// A program.
    Component {
        uuid: String,
        r#type: &'static str,
        title: String,
        description: String,
        status: ComponentStatus,
    }
    /// Whether it is in use.
    ComponentStatus { state: &'static str, }
    /// What was looked at.
    ReviewedControls { control_selections: Vec<ControlSelection>, }
    /// Controls that were looked at.
    ControlSelection {
        description: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        include_all: Option<Map<String, Value>>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        include_controls: Vec<ControlId>,
    }
    /// A control.
    ControlId { control_id: String, }
    /// Somebody's word.
    Attestation { responsible_parties: Vec<ResponsibleParty>, parts: Vec<AssessmentPart>, }
    /// What somebody says.
    AssessmentPart {
        name: &'static str,
        ns: &'static str,
        title: String,
        prose: String,
    }
    /// An answer or a judgement.
    Observation {
        uuid: String,
        title: String,
        description: String,
        props: Vec<Prop>,
        methods: Vec<&'static str>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        origins: Vec<Origin>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        relevant_evidence: Vec<RelevantEvidence>,
        collected: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        remarks: Option<String>,
    }
    /// Who says so.
    Origin { actors: Vec<Actor>, }
    /// A person or a program.
    Actor { r#type: &'static str, actor_uuid: String, }
    /// What was shown.
    RelevantEvidence { href: String, description: String, }
    /// A practice against its target.
    Finding {
        uuid: String,
        title: String,
        description: String,
        props: Vec<Prop>,
        target: Target,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        related_observations: Vec<RelatedObservation>,
    }
    /// The practice.
    Target { r#type: &'static str, target_id: String, status: Status, }
    /// Whether its target is met.
    Status {
        state: &'static str,
        reason: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        remarks: Option<&'static str>,
    }
    /// An observation behind a finding.
    RelatedObservation { observation_uuid: String, }
}

/// A document with the name of its model.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Document {
    /// A catalog.
    Catalog(Catalog),
    /// A profile.
    Profile(Profile),
    /// Results of assessments.
    AssessmentResults(AssessmentResults),
}

impl Document {
    fn uuid(&mut self) -> &mut String {
        match self {
            Self::Catalog(catalog) => &mut catalog.uuid,
            Self::Profile(profile) => &mut profile.uuid,
            Self::AssessmentResults(results) => &mut results.uuid,
        }
    }

    /// With its UUID. OSCAL wants another one for each content, so it is derived from the rest.
    fn named(mut self) -> Self {
        let rest = serde_json::to_vec(&self).unwrap_or_default();
        let digest = record::Digest::of(&rest).to_string();
        *self.uuid() = super::uuid::of(&["document", &digest]);
        self
    }

    /// As a JSON value, without a UUID.
    pub(super) fn value(&self) -> Value {
        // The structures have no map with other keys than texts.
        serde_json::to_value(self).unwrap_or_default()
    }

    /// As a text: indented, in the order of the structures, with a line feed at its end.
    pub(super) fn text(self) -> String {
        serde_json::to_string_pretty(&self.named())
            .map(|text| text + "\n")
            .unwrap_or_default()
    }
}
