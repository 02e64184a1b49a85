//! What stands behind a pass of a trusted subject, as far as this tool can see: it looks whether the
//! name that `verified-by` gives is that of a file beside the model. It runs nothing, so no pass is
//! ever called verified here.

use crate::model_file::ModelFile;
use model::{Model, Pass};
use serde::Serialize;
use std::path::Path;

/// A pass and what is named as its evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Evidence {
    /// The trusted subject.
    pub subject: String,
    /// The pass, as `in:… => out:…`.
    pub pass: String,
    /// What `verified-by` says, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified_by: Option<String>,
    /// What that is.
    pub state: State,
}

/// What `verified-by` comes to. None of these is a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Nothing is named.
    UnverifiedNothingNamed,
    /// What is named is no file that this tool can see.
    UnverifiedNothingFound,
    /// A file of that name lies beside the model; what it shows was not looked at.
    UnverifiedFileNamed,
}

/// Every pass of every trusted subject, by subject, in the order written.
pub fn of(file: &ModelFile) -> Vec<Evidence> {
    let model = &file.model;
    let directory = file.path.parent().unwrap_or(Path::new(""));
    let mut all = Vec::new();
    for (_, node, subject) in model.subjects() {
        let passes = subject.trust.iter().flat_map(|trust| &trust.passes);
        all.extend(passes.map(|pass| Evidence {
            subject: node.name.clone(),
            pass: pass_name(model, pass),
            verified_by: pass.verified_by.clone(),
            state: state(directory, pass.verified_by.as_deref()),
        }));
    }
    all.sort_by(|a, b| a.subject.cmp(&b.subject));
    all
}

fn pass_name(model: &Model, pass: &Pass) -> String {
    let (from, to) = (model.port_name(pass.from), model.port_name(pass.to));
    format!("in:{from} => out:{to}")
}

/// A name may begin with the kind of evidence, as `test:guard.rs`, and end with a place in the file, as
/// `guard.rs#limits`.
fn state(directory: &Path, named: Option<&str>) -> State {
    let Some(named) = named else {
        return State::UnverifiedNothingNamed;
    };
    let path = match named.split_once(':') {
        Some((kind, rest)) if kind.bytes().all(|byte| byte.is_ascii_alphanumeric()) => rest,
        _ => named,
    };
    let file = path.split_once('#').map_or(path, |(file, _)| file);
    let is_file = !file.is_empty() && !file.contains('\0') && directory.join(file).is_file();
    match is_file {
        true => State::UnverifiedFileNamed,
        false => State::UnverifiedNothingFound,
    }
}
