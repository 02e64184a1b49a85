//! The way back: a model in names, and as text.

pub mod architecture;
mod layout;
mod name;
mod named;
mod text;
mod words;

use architecture::Architecture;
use model::Model;
use named::Named;

impl Architecture {
    /// A model in names. What [`write`] says of what is kept holds here.
    pub fn of(model: &Model) -> Self {
        Named::architecture(model)
    }

    /// The text that says it. Only reading that tells whether it is an architecture at all.
    pub fn text(&self) -> String {
        text::text(self)
    }
}

/// Writes a model as text in the architecture language.
///
/// Reading the text gives a model of the same digest, for every model that [`crate::read`] gives
/// without errors and whose text stays within the length that is read; the same model is always
/// written as the same text, and the text is written as itself once it has been read.
///
/// Comments, the places of the elements and the order of what has no order are not kept. What a model
/// does not say any more is written out: groups named by claims are their nodes, ports made by
/// channels are declared, the platform and the deployment stand there even if none was written. So
/// the warning `made-port` becomes `unconnected-port`, and a group without nodes that a claim named
/// beside others is `unused`. Limits and failure rules that a subject has by default are left out.
pub fn write(model: &Model) -> String {
    Architecture::of(model).text()
}
