//! A catalog while it is read.

use super::Catalog;
use crate::fault::{self, Faults};
use source::{Span, Worded};
use std::collections::BTreeMap;

/// A place in one of the texts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) text: usize,
    pub(super) span: Span,
}

/// A catalog under construction: what was read, and where.
pub(super) struct Draft {
    pub(super) catalog: Catalog,
    pub(super) faults: Vec<Faults>,
    /// Where each id, alias-free, is defined. Subdomains and practices too.
    pub(super) places: BTreeMap<String, Place>,
    /// Where the catalog itself is.
    pub(super) at: Option<Place>,
}

impl Draft {
    /// Says where an id is defined; reports it if it already is.
    pub(super) fn define(&mut self, id: &str, place: Place) {
        if id.is_empty() {
            return;
        }
        if self.places.contains_key(id) {
            self.report(&fault::DuplicateId { id }, place);
        } else {
            self.places.insert(id.to_owned(), place);
        }
    }

    /// Reports a fault of one of the texts.
    pub(super) fn report(&mut self, fault: &dyn Worded, place: Place) {
        if let Some(faults) = self.faults.get_mut(place.text) {
            faults.report(fault, place.span);
        }
    }
}
