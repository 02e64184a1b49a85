//! Reading a model file.

use crate::{Failure, files};
use lang::{Origins, Reading};
use model::Model;
use source::{Diagnostic, Source, Span};
use std::path::{Path, PathBuf};

/// Largest model text that is read, in bytes.
pub const MODEL_BYTES_MAX: u64 = 8 << 20;

/// A model file that was read.
pub struct ModelFile {
    /// Where it was read from.
    pub path: PathBuf,
    /// Its text.
    pub source: Source,
    /// What it says; complete only if [`ModelFile::is_usable`].
    pub model: Model,
    /// What is wrong with it.
    pub diagnostics: Vec<Diagnostic>,
    /// Where its elements were written.
    pub origins: Origins,
}

impl ModelFile {
    /// Reads a model.
    ///
    /// # Errors
    /// The file cannot be read, is not text or is JSON. Faults in the text are diagnostics, not errors.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let bytes = files::read(path, MODEL_BYTES_MAX)?;
        let text = files::text(path, &bytes)?;
        // No model begins like this; its faults as one would not say what it is.
        if text.trim_start().starts_with('{') {
            let message = format!("`{}` is JSON, and not a model's text", path.display());
            let help = "a model that was written as JSON is converted back first";
            return Err(Failure::unusable("model-is-json", message, help));
        }
        let mut file = Self::of_text(path, text.to_owned());
        // A mark has three bytes.
        file.source.mark_bytes = u32::try_from(bytes.len() - text.len()).unwrap_or(0);
        Ok(file)
    }

    /// Takes a model's text as if it had been read from `path`.
    pub fn of_text(path: &Path, text: String) -> Self {
        let Reading {
            model,
            diagnostics,
            origins,
        } = lang::read(&text);
        let source = Source::new(path.display().to_string(), text);
        Self {
            path: path.to_owned(),
            source,
            model,
            diagnostics,
            origins,
        }
    }

    /// The first line of a span that may cover a whole block.
    pub fn head(&self, span: Span) -> Span {
        let text = self.source.slice(span);
        let line = text
            .lines()
            .next()
            .unwrap_or("")
            .trim_end()
            .trim_end_matches('{')
            .trim_end();
        Span::new(span.start as usize, span.start as usize + line.len())
    }

    /// Whether no diagnostic is an error.
    pub fn is_usable(&self) -> bool {
        !self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// The Rust types of a model's messages, for the programs of its subjects.
pub fn rust_types(file: &ModelFile) -> String {
    lang::rust_types(&file.model)
}
