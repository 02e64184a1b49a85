//! The nearest known name.

/// The candidate nearest to `word`, case aside, if it is near enough to be what was meant: at most a
/// third of its length in edits (insert, delete, replace: Levenshtein's distance). The first of
/// equals. Words above 100 bytes have no neighbour, so that work stays bounded.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > 100 {
        return None;
    }
    let word = word.to_lowercase();
    let most = (word.len() / 3).max(1);
    let near = |candidate: &'a str| {
        let close = candidate.len().abs_diff(word.len()) <= most;
        let edits =
            close.then(|| distance(word.as_bytes(), candidate.to_lowercase().as_bytes()))?;
        (edits <= most).then_some((edits, candidate))
    };
    let best = candidates
        .into_iter()
        .filter_map(near)
        .min_by_key(|(edits, _)| *edits);
    best.map(|(_, candidate)| candidate)
}

fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        let mut left = i + 1;
        next.push(left);
        for (y, pair) in b.iter().zip(row.windows(2)) {
            let &[diagonal, above] = pair else { break };
            left = (diagonal + usize::from(x != y))
                .min(above + 1)
                .min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(a.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_wins_and_far_ones_do_not_count() {
        let names = ["Access Control", "Patch Management", "E1.2", "E2.1"];
        for (word, expected) in [
            ("acess controll", Some("Access Control")),
            ("Pach Management", Some("Patch Management")),
            ("E1.3", Some("E1.2")),
            ("Q9.9", None),
            ("something else", None),
        ] {
            assert_eq!(nearest(word, names), expected, "{word}");
        }
        assert_eq!(nearest(&"x".repeat(101), [&*"x".repeat(101)]), None);
    }

    #[test]
    fn distance_is_that_of_the_textbook() {
        for (a, b, edits) in [
            ("", "", 0),
            ("", "abc", 3),
            ("kitten", "sitting", 3),
            ("ab", "ba", 2),
        ] {
            assert_eq!(distance(a.as_bytes(), b.as_bytes()), edits, "{a} {b}");
            assert_eq!(distance(b.as_bytes(), a.as_bytes()), edits, "{b} {a}");
        }
    }
}
