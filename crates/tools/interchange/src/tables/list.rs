//! Several short names in one cell, separated by `;` or line breaks. A name that holds one of these,
//! or begins or ends with a space, is written in quotes, with quotes inside doubled.

/// The cell for some names.
pub(crate) fn join<S: AsRef<str>>(items: &[S]) -> String {
    let written: Vec<String> = items.iter().map(|item| quoted(item.as_ref())).collect();
    written.join("; ")
}

fn quoted(item: &str) -> String {
    let plain = !item.is_empty() && item.trim() == item && !item.contains([';', '\n', '\r', '"']);
    match plain {
        true => item.to_owned(),
        false => format!("\"{}\"", item.replace('"', "\"\"")),
    }
}

/// The names in a cell. Empty ones are left out, so a closing `;` does no harm.
pub(crate) fn split(cell: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut rest = cell.trim_start();
    while !rest.is_empty() {
        let (item, after) = match rest.strip_prefix('"').and_then(in_quotes) {
            Some((item, after)) => (Some(item), after),
            None => {
                let end = rest.find([';', '\n', '\r']).unwrap_or(rest.len());
                let (item, after) = rest.split_at(end);
                let item = item.trim_end();
                ((!item.is_empty()).then(|| item.to_owned()), after)
            }
        };
        all.extend(item);
        rest = after.trim_start_matches(|c: char| c == ';' || c.is_whitespace());
    }
    all
}

/// The text up to the closing quote, and what follows; `None` if it is not a quoted name as a whole.
fn in_quotes(text: &str) -> Option<(String, &str)> {
    let mut item = String::new();
    let mut rest = text;
    loop {
        let (before, after) = rest.split_once('"')?;
        item.push_str(before);
        match after.strip_prefix('"') {
            Some(more) => {
                item.push('"');
                rest = more;
            }
            None => {
                let ends = after.trim_start_matches([' ', '\t']);
                let whole = ends.is_empty() || ends.starts_with([';', '\n', '\r']);
                return whole.then_some((item, after));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_separated_by_semicolons_and_line_breaks() {
        for (cell, expected) in [
            ("", vec![]),
            (" ; ;\n", vec![]),
            ("a", vec!["a"]),
            (" a ;b\nc\r\nd; ", vec!["a", "b", "c", "d"]),
            ("two words; x", vec!["two words", "x"]),
            ("\"a;b\"; c", vec!["a;b", "c"]),
            ("\"a\"\"b\"", vec!["a\"b"]),
            ("\"open; c", vec!["\"open", "c"]),
            ("\"a\" b", vec!["\"a\" b"]),
        ] {
            assert_eq!(split(cell), expected, "{cell:?}");
        }
    }

    proptest! {
        #[test]
        fn any_names_come_back(items in proptest::collection::vec("[a-c;\"\n\r ]{0,6}", 0..5)) {
            prop_assert_eq!(split(&join(&items)), items);
        }

        #[test]
        fn any_cell_can_be_read(cell in ".{0,40}") {
            let items = split(&cell);
            prop_assert_eq!(split(&join(&items)), items);
        }
    }
}
