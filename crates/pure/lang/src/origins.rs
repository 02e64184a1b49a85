//! From a model's opaque origins to places in the text.

use model::Origin;
use source::Span;

/// Where the elements of one model were written. Origin 0 is the system's name; elements that no
/// text wrote, such as a default platform, have it.
#[derive(Clone, Debug)]
pub struct Origins {
    spans: Vec<Span>,
}

impl Origins {
    pub(crate) fn new(system: Span) -> Self {
        Self {
            spans: vec![system],
        }
    }

    pub(crate) fn add(&mut self, span: Span) -> Origin {
        let origin = Origin::of(self.spans.len());
        self.spans.push(span);
        origin
    }

    /// The place of an element, from its first word to the end of its block; empty at the start of
    /// the text for an origin of another model.
    pub fn span(&self, origin: Origin) -> Span {
        self.spans.get(origin.index()).copied().unwrap_or_default()
    }
}
