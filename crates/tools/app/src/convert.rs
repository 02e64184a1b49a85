//! An architecture from one form into another: text in the language, or a document of the format
//! `bulkhead.architecture/1`.
//!
//! A document is never judged by itself: it is laid out as text, and the reader of the language says
//! what is wrong with that. So there is one set of rules, and no way around it.

use crate::model_file::{MODEL_BYTES_MAX, ModelFile};
use crate::{Failure, files};
use lang::architecture::Architecture;
use source::Diagnostic;
use std::path::Path;

/// Largest document that is read, in bytes: about four times what the same says as text.
pub const DOCUMENT_BYTES_MAX: u64 = 32 << 20;

/// How an architecture is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Text in the language.
    Kdl,
    /// A document for machines.
    Json,
}

impl Form {
    /// The form of a file, by the end of its name.
    pub fn of(path: &Path) -> Self {
        match path.extension().is_some_and(|end| end == "json") {
            true => Self::Json,
            false => Self::Kdl,
        }
    }
}

/// Reads an architecture in the form that the end of the file's name says. The diagnostics of a
/// document are about its text in the language, which is the source of the answer.
///
/// # Errors
/// The file cannot be read, is not text, or not a document of this format.
pub fn read(path: &Path) -> Result<ModelFile, Failure> {
    match Form::of(path) {
        Form::Kdl => ModelFile::read(path),
        Form::Json => {
            let bytes = files::read(path, DOCUMENT_BYTES_MAX)?;
            let document = files::text(path, &bytes)?;
            let mut file = ModelFile::of_text(path, parse(path, document)?.text());
            file.source.name.push_str(" (as text)");
            Ok(file)
        }
    }
}

fn parse(path: &Path, document: &str) -> Result<Architecture, Failure> {
    serde_json::from_str(document).map_err(|error| {
        Failure::unusable(
            "architecture-unusable",
            format!("`{}`: {error}", path.display()),
            "the schema `bulkhead.architecture-1.json` says what may stand where",
        )
    })
}

/// Writes a usable model in a form, and reads it back to see that it still says the same.
///
/// # Errors
/// It would be larger than what is read; or the two differ, which is a fault of this tool.
pub fn write(file: &ModelFile, form: Form) -> Result<String, Failure> {
    let architecture = Architecture::of(&file.model);
    let written = match form {
        Form::Kdl => architecture.text(),
        Form::Json => document(&architecture)?,
    };
    let text = match form {
        Form::Kdl => written.clone(),
        Form::Json => parse(&file.path, &written)?.text(),
    };
    for (bytes, most) in [
        (text.len(), MODEL_BYTES_MAX),
        (written.len(), DOCUMENT_BYTES_MAX),
    ] {
        if bytes as u64 > most {
            return Err(Failure::unusable(
                "file-too-large",
                format!(
                    "`{}` would become larger than {most} bytes",
                    file.path.display()
                ),
                "claims about large groups name each node; make them about fewer",
            ));
        }
    }
    let again = lang::read(&text);
    let same = again.model.digest() == file.model.digest();
    if same && !again.diagnostics.iter().any(Diagnostic::is_error) {
        return Ok(written);
    }
    Err(Failure::internal(
        "what was written does not read as the same model",
    ))
}

fn document(architecture: &Architecture) -> Result<String, Failure> {
    let mut document = serde_json::to_string_pretty(architecture)
        .map_err(|error| Failure::internal(format!("the document cannot be written: {error}")))?;
    document.push('\n');
    Ok(document)
}
