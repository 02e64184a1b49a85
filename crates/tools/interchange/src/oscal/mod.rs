//! Maturity projects as documents of NIST's OSCAL (Open Security Controls Assessment Language), in
//! its JSON form, version [`VERSION`], written and read.
//!
//! Principles:
//! 1. Three models are used. A *catalog* holds the practices as controls, with the indicators as
//!    their assessment objectives; a *profile* selects practices and says which level and scope
//!    they are to have; *assessment results* hold answers as observations and levels against
//!    targets as findings.
//! 2. Where OSCAL has a place, it is filled, so that other tools understand what they can. It has no
//!    notion of level, scope, target or who vouches: these are properties in our namespace [`NS`],
//!    which other tools keep.
//! 3. Properties with a group are the truth when a document comes back (`props` says how an item
//!    becomes properties). Everything else in our documents follows from them; what does not follow,
//!    because another tool added or changed it, is listed as lost, never silently dropped.
//! 4. Equal input gives equal bytes: identifiers are derived from what they name (`uuid`), days
//!    come from the caller, and there is no clock.
//! 5. Any text may come in. Faults are reported with their place as a JSON path; work is bounded.
//!
//! Data flows one way: [`maturity`] → [`catalog()`], [`profile`], `results` → `types` → text;
//! and back: text → `at` → `collect`, or `foreign` for documents of other tools → `merge` →
//! [`read()`], which compares what came with what would be written (`again`, `compare`).

mod again;
mod at;
mod catalog;
mod catalog_read;
mod collect;
mod compare;
mod foreign;
mod foreign_results;
mod merge;
mod metadata;
mod profile;
mod props;
mod read;
mod results;
mod results_parts;
mod types;
mod uuid;

pub use at::LOST_MAX;
pub use catalog::{Additions, catalog};
pub use catalog_read::CatalogDocument;
pub use profile::{demands, profile};
pub use read::{Read, read};
pub use results::assessment_results;

use maturity::Date;
use maturity::catalog::Catalog;
use maturity::compose::Effective;
use maturity::project::Project;
use std::collections::BTreeSet;

/// The version of OSCAL that is written.
pub const VERSION: &str = "1.1.3";

/// The namespace of our properties and parts. `.example` is reserved (RFC 2606): the name is an
/// identifier, belongs to nobody, and leads nowhere.
pub const NS: &str = "https://bulkhead.example/ns/oscal";

/// The file name under which the other documents refer to the catalog.
pub const CATALOG_FILE: &str = "catalog.json";

/// What documents about a project are made from.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    project: &'a Project,
    catalog: &'a Catalog,
    table: &'a Effective,
    on: Date,
    /// Digest of the project's JSON form.
    digest: String,
    /// The short names of all people.
    people: BTreeSet<&'a str>,
}

impl<'a> Subject<'a> {
    /// A project with the catalog it was written for and the table it is assessed against
    /// ([`Project::table`]); `on` is the day that the documents bear.
    pub fn new(project: &'a Project, catalog: &'a Catalog, table: &'a Effective, on: Date) -> Self {
        Self {
            project,
            catalog,
            table,
            on,
            digest: metadata::digest(project),
            people: project.people.iter().map(|one| one.id.as_str()).collect(),
        }
    }
}

/// Everything about a project: file names and texts. First the catalog, then the demands, a profile
/// for each target set, results for each assessment, in the order of the project. Each document
/// names only the people and the evidence that it is about; the demands name the others.
pub fn bundle(of: &Subject<'_>) -> Vec<(String, String)> {
    let mut documents = vec![
        (
            CATALOG_FILE.to_owned(),
            catalog(of.catalog, &Additions::of(of.table), of.on),
        ),
        ("profile-demands.json".to_owned(), demands(of)),
    ];
    for (at, set) in of.project.targets.iter().enumerate() {
        documents.push((file_name("profile", at, &set.id), profile(of, set)));
    }
    for (at, assessment) in of.project.assessments.iter().enumerate() {
        let set = of.project.target_for(assessment);
        let name = file_name("results", at, &assessment.id);
        documents.push((name, assessment_results(of, assessment, set)));
    }
    documents
}

/// A file name with letters, digits and hyphens only; the number keeps names apart.
fn file_name(what: &str, at: usize, id: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let id: String = id.chars().map(plain).take(60).collect();
    format!("{what}-{}-{id}.json", at + 1)
}
