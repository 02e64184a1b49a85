//! Names in the user's text to parts of the catalog.

use crate::catalog::{Catalog, Lookup};
use crate::fault::{self, Faults};
use crate::form::Placed;

/// The id of the practice that was named; a name from another edition is accepted with a note.
pub(crate) fn practice(named: &Placed, catalog: &Catalog, faults: &mut Faults) -> Option<String> {
    if named.text.is_empty() {
        return None;
    }
    match catalog.lookup(&named.text) {
        Lookup::Found(practice) => Some(practice.title.id.clone()),
        Lookup::Alias(practice) => {
            let title = &practice.title;
            let alias = fault::AliasUsed {
                alias: &named.text,
                practice: &title.id,
                name: &title.name,
            };
            faults.report(&alias, named.span);
            Some(title.id.clone())
        }
        Lookup::Unknown(Some(near)) => {
            let unknown = fault::UnknownPractice {
                practice: &named.text,
            };
            faults.report_meant(&unknown, named.span, Some(named.span), near);
            None
        }
        Lookup::Unknown(None) => {
            faults.report(
                &fault::UnknownPractice {
                    practice: &named.text,
                },
                named.span,
            );
            None
        }
    }
}
