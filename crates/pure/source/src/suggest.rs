//! The nearest known name.

/// The candidate that is nearest to `word` in edit distance, if it is near enough to be what was
/// meant: letters of another case; one edit from 3 bytes on, two from 5, three from 9. The first of
/// equals. Else the only one that goes on where it ends, such as `drop-oldest` after `drop`.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let most = match word.len() {
        0..=2 => 0,
        3..=4 => 1,
        5..=8 => 2,
        9..=64 => 3,
        _ => return None,
    };
    let word = word.to_ascii_lowercase();
    let mut best: Option<(usize, &'a str)> = None;
    let all: Vec<&'a str> = candidates.into_iter().collect();
    for candidate in all.iter().copied() {
        let least = best.map_or(most + 1, |(distance, _)| distance);
        if candidate.len().abs_diff(word.len()) >= least {
            continue;
        }
        let distance = distance(
            word.as_bytes(),
            candidate.to_ascii_lowercase().as_bytes(),
            least,
        );
        if distance < least {
            best = Some((distance, candidate));
        }
    }
    let longer = || {
        let goes_on = |own: &&str| own.get(..word.len()).is_some_and(|own| own == word);
        let mut longer = all.iter().copied().filter(goes_on);
        longer
            .next()
            .filter(|_| most > 0 && longer.next().is_none())
    };
    best.map(|(_, candidate)| candidate).or_else(longer)
}

/// Edits (insert, delete, replace, swap of neighbours: Damerau's optimal string alignment) between
/// two texts; any number of at least `limit` if there are that many.
fn distance(a: &[u8], b: &[u8], limit: usize) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(limit);
            let replaced = at(&row, j) + usize::from(x != y);
            let mut least = replaced.min(at(&row, j + 1) + 1).min(at(&next, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped {
                least = least.min(at(&before, j - 1) + 1);
            }
            next.push(least);
        }
        if next.iter().min().is_some_and(|least| *least > limit) {
            return limit;
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or(limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_wins_and_far_ones_do_not_count() {
        let names = [
            "historian",
            "filler",
            "oee",
            "uplink",
            "Access Control",
            "Patch Management",
            "E1.2",
            "E2.1",
        ];
        for (word, expected) in [
            ("histroian", Some("historian")),
            ("Filler", Some("filler")),
            ("fillr", Some("filler")),
            ("eoe", Some("oee")),
            ("plc", None),
            ("oe", None),
            ("downlink", None),
            ("acess controll", Some("Access Control")),
            ("Pach Management", Some("Patch Management")),
            ("E1.3", Some("E1.2")),
            ("Q9.9", None),
            ("something else", None),
            ("hist", Some("historian")),
            ("up", None),
        ] {
            assert_eq!(nearest(word, names), expected, "{word}");
        }
        assert_eq!(
            nearest("drop", ["drop-oldest", "credit"]),
            Some("drop-oldest")
        );
        assert_eq!(nearest("drop", ["drop-oldest", "drop-newest"]), None);
    }

    #[test]
    fn distance_is_exact_below_the_limit() {
        for (a, b, expected) in [
            ("", "", 0),
            ("abc", "acb", 1),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("same", "same", 0),
        ] {
            assert_eq!(distance(a.as_bytes(), b.as_bytes(), 9), expected, "{a} {b}");
        }
    }
}
