//! The shipped crosswalks: keys that exist in form, lines that are known to be wrong stay out, and
//! every practice level is reached by some set.
#![expect(
    clippy::disallowed_methods,
    reason = "a test reads its cases from files"
)]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

mod common;

use common::{show, texts};
use maturity::crosswalk::{self, Crosswalk, Mapping};
use maturity::project::{Minimum, Obligation};
use maturity::{Basis, Confidence, Level, Relation, Scope, catalog, reading};
use std::collections::BTreeSet;

fn shipped() -> (catalog::Catalog, Vec<Crosswalk>) {
    let (catalog, _) = catalog::read(&texts("catalog/smm"));
    let mut sets = Vec::new();
    for text in texts("catalog/crosswalks") {
        let (set, findings) = crosswalk::read(&text, &catalog);
        assert_eq!(show(std::slice::from_ref(&text), &findings), "");
        sets.push(set.unwrap());
    }
    (catalog, sets)
}

fn lines(sets: &[Crosswalk]) -> impl Iterator<Item = &Mapping> + Clone {
    sets.iter().flat_map(|set| &set.mappings)
}

/// The part of a key behind its set.
fn requirement<'m>(mapping: &'m Mapping, set: &str) -> Option<&'m str> {
    mapping.to.strip_prefix(set)?.strip_prefix('/')
}

/// `prefix-digits`, then perhaps `(digits)`; gives prefix and number.
fn parts(text: &str) -> Option<(&str, usize)> {
    let (prefix, rest) = text.rsplit_once('-')?;
    let (number, enhancement) = rest.split_once('(').unwrap_or((rest, "1)"));
    let enhancement: usize = enhancement.strip_suffix(')')?.parse().ok()?;
    let fits = (1..=50).contains(&enhancement) && !number.is_empty();
    Some((prefix, number.parse().ok()?)).filter(|_| fits)
}

/// All 106 outcomes of the framework: the numbers in use per category, gaps left by its revision.
#[test]
fn the_outcomes_of_csf_are_those_of_edition_2_and_none_is_left_out() {
    let categories: &[(&str, &[usize])] = &[
        ("GV.OC", &[1, 2, 3, 4, 5]),
        ("GV.RM", &[1, 2, 3, 4, 5, 6, 7]),
        ("GV.RR", &[1, 2, 3, 4]),
        ("GV.PO", &[1, 2]),
        ("GV.OV", &[1, 2, 3]),
        ("GV.SC", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        ("ID.AM", &[1, 2, 3, 4, 5, 7, 8]),
        ("ID.RA", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        ("ID.IM", &[1, 2, 3, 4]),
        ("PR.AA", &[1, 2, 3, 4, 5, 6]),
        ("PR.AT", &[1, 2]),
        ("PR.DS", &[1, 2, 10, 11]),
        ("PR.PS", &[1, 2, 3, 4, 5, 6]),
        ("PR.IR", &[1, 2, 3, 4]),
        ("DE.CM", &[1, 2, 3, 6, 9]),
        ("DE.AE", &[2, 3, 4, 6, 7, 8]),
        ("RS.MA", &[1, 2, 3, 4, 5]),
        ("RS.AN", &[3, 6, 7, 8]),
        ("RS.CO", &[2, 3]),
        ("RS.MI", &[1, 2]),
        ("RC.RP", &[1, 2, 3, 4, 5, 6]),
        ("RC.CO", &[3, 4]),
    ];
    let all = categories
        .iter()
        .flat_map(|(name, numbers)| numbers.iter().map(move |n| format!("{name}-{n:02}")));
    let all: BTreeSet<String> = all.collect();
    assert_eq!(all.len(), 106);
    let (_, sets) = shipped();
    let used = lines(&sets).filter_map(|line| requirement(line, "nist-csf:2.0"));
    let used: BTreeSet<String> = used.map(str::to_owned).collect();
    assert_eq!(used, all);
}

/// Family and number lie in the ranges of revision 5, and withdrawn controls do not occur.
#[test]
fn the_controls_of_800_53_are_those_of_revision_5() {
    let families = [
        ("AC", 25),
        ("AT", 6),
        ("AU", 16),
        ("CA", 9),
        ("CM", 14),
        ("CP", 13),
        ("IA", 12),
        ("IR", 9),
        ("MA", 7),
        ("MP", 8),
        ("PE", 23),
        ("PL", 11),
        ("PM", 32),
        ("PS", 9),
        ("PT", 8),
        ("RA", 10),
        ("SA", 23),
        ("SC", 51),
        ("SI", 23),
        ("SR", 12),
    ];
    let withdrawn = [
        "AC-13", "AC-15", "AT-5", "CA-4", "CP-5", "PE-3(6)", "PE-7", "PL-3", "PL-5", "PL-6",
        "RA-4", "SA-6", "SA-7", "SA-12", "SA-13", "SA-14", "SA-18", "SA-19", "SC-9", "SC-14",
        "SC-19", "SC-33", "SI-9",
    ];
    let (_, sets) = shipped();
    let mut count = 0;
    for line in lines(&sets) {
        let Some(control) = requirement(line, "nist800-53:r5") else {
            continue;
        };
        count += 1;
        let (family, number) = parts(control).unwrap();
        let most = families.iter().find(|(name, _)| *name == family).unwrap().1;
        assert!((1..=most).contains(&number), "{control}");
        assert!(!withdrawn.contains(&control), "{control}");
    }
    assert!(count > 100, "{count}");
}

/// Readings that an earlier reading had wrong: the requirement is about something else.
#[test]
fn lines_known_to_be_wrong_stay_out() {
    let (_, sets) = shipped();
    for (practice, key) in [
        ("G1.2", "iec62443-2-1:2024/ORG-2.1"),  // mitigation of risk
        ("G2.1", "iec62443-2-1:2024/ORG-2.2"),  // discovery of anomalies
        ("G2.1", "nist800-53:r5/PM-16"),        // a threat awareness programme
        ("G3.1", "iec62443-4-1:2018/SM-11"),    // handling of issues
        ("G3.2", "nist-csf:2.0/ID.AM-02"),      // software inventory
        ("E1.2", "iec62443-2-1:2024/NET-1.4"),  // autonomy of the network
        ("E1.2", "iec62443-2-1:2024/USER-1.9"), // authentication
        ("E2.2", "iec62443-3-3:2013/SR-2.3"),   // use of portable devices
        ("E2.2", "iec62443-2-1:2024/COMP-1.2"), // media
        ("E3.1", "iec62443-2-1:2024/DATA-1.3"), // mode of the safety system
        ("E3.1", "iec62443-3-3:2013/SR-5.3"),   // messages between people
        ("E3.2", "iec62443-2-4:2023/SP.12"),    // backup and restore
        ("H1.2", "nist-csf:2.0/ID.RA-06"),      // response to risks
        ("H3.1", "iec62443-4-1:2018/DM-4"),     // fixing of product issues
    ] {
        let found = lines(&sets).any(|line| line.practice == practice && line.to == key);
        assert!(!found, "{practice} {key}");
        let elsewhere = lines(&sets).any(|line| line.to == key);
        assert!(elsewhere, "{key} has its place in another practice");
    }
}

#[test]
fn every_practice_level_is_reached_by_some_set() {
    let (catalog, sets) = shipped();
    for practice in &catalog.practices {
        let id = &practice.title.id;
        let reached = lines(&sets).filter(|line| line.practice == *id);
        let reached: BTreeSet<Level> = reached.map(|line| line.level).collect();
        assert_eq!(reached.len(), 4, "{id}");
    }
}

/// Whoever read no more than a heading cannot be sure that one demand contains the other.
#[test]
fn what_was_read_as_a_heading_is_not_held_as_certain() {
    let (_, sets) = shipped();
    for line in lines(&sets).filter(|line| line.basis == Basis::Outline) {
        let contains = matches!(line.relation, Relation::Superset | Relation::Subset);
        let certain = line.relation == Relation::Equal;
        assert!(!certain, "{}", line.to);
        assert!(
            !contains || line.confidence != Confidence::High,
            "{}",
            line.to
        );
    }
    // Law binds from a day.
    let law = lines(&sets).filter(|line| line.basis == Basis::Law);
    assert!(law.clone().count() > 50);
    for line in law {
        assert!(line.in_force.is_some(), "{}", line.to);
    }
}

/// A minimum below the line of a shipped crosswalk on the same law is told, however the law is named.
#[test]
fn a_practice_without_minimum_is_told_once() {
    let (_, sets) = shipped();
    let duty = |source: &str, day: &str, practices: &[&str]| Obligation {
        id: "duty".to_owned(),
        source: source.to_owned(),
        in_force: day.parse().unwrap(),
        minimums: practices
            .iter()
            .map(|practice| Minimum {
                practice: (*practice).to_owned(),
                level: Level::NONE,
                scope: Scope::General,
                because: "x".to_owned(),
                at: source::Span::default(),
            })
            .collect(),
        at: source::Span::default(),
    };
    let unset = |duties: &[Obligation]| -> Vec<Vec<String>> {
        let one = |unset: &reading::Unset| {
            format!("{} {} {}", unset.practice, unset.requirement, unset.level)
        };
        let all = reading::unset(duties, &sets);
        all.iter()
            .map(|own| own.iter().map(one).collect())
            .collect()
    };
    let reporting = |practices| duty("CRA, Article 14", "2026-09-11", practices);
    assert_eq!(
        unset(&[reporting(&[])]),
        [["H2.2 cra:2024-2847/Art.14 3", "H3.1 cra:2024-2847/Art.14 3"]]
    );
    assert_eq!(
        unset(&[reporting(&["H2.2"])]),
        [["H3.1 cra:2024-2847/Art.14 3"]]
    );
    // Said with the first; another duty from the same law sets a minimum for all of it.
    let again = unset(&[reporting(&["H2.2"]), reporting(&[])]);
    assert_eq!(
        again,
        [vec!["H3.1 cra:2024-2847/Art.14 3".to_owned()], vec![]]
    );
    let full = |practices| duty("Cyber Resilience Act", "2027-12-11", practices);
    let both = unset(&[reporting(&[]), full(&["H2.2", "H3.1"])]);
    assert_eq!((both[0].len(), both[1].len()), (0, 16));
    assert!(
        both[1].contains(&"E1.2 cra:2024-2847/I.2(i) 3".to_owned()),
        "{both:?}"
    );
    // Nothing is said of laws that no crosswalk reads, nor of what does not bind yet.
    assert_eq!(
        unset(&[duty("House rules", "2026-01-01", &[])]),
        [vec![""; 0]]
    );
    assert_eq!(unset(&[duty("CRA", "2026-01-01", &[])]), [vec![""; 0]]);
}

#[test]
fn a_minimum_below_the_reading_of_its_law_is_found() {
    let (_, sets) = shipped();
    let read = |source: &str, day: &str, practice: &str, number: i128| {
        let minimum = Minimum {
            practice: practice.to_owned(),
            level: Level::new(number).unwrap(),
            scope: Scope::General,
            because: "x".to_owned(),
            at: source::Span::default(),
        };
        let obligation = Obligation {
            id: "duty".to_owned(),
            source: source.to_owned(),
            in_force: day.parse().unwrap(),
            minimums: vec![minimum.clone()],
            at: source::Span::default(),
        };
        let above = reading::above(&obligation, &minimum, &sets)?;
        Some(format!("{} {}", above.requirement, above.level))
    };
    let article = Some("cra:2024-2847/Art.14 3".to_owned());
    for source in [
        "Regulation (EU) 2024/2847, Article 14",
        "regulation (eu) 2024/2847 art. 14 (1)",
        "Cyber Resilience Act, articles 13 and 14",
        "CRA Art. 14",
    ] {
        assert_eq!(read(source, "2026-09-11", "H2.2", 1), article, "{source}");
        assert_eq!(read(source, "2026-09-11", "H2.2", 2), article, "{source}");
        assert_eq!(read(source, "2026-09-11", "H2.2", 3), None, "{source}");
    }
    let law = "Regulation (EU) 2024/2847";
    let full = "2027-12-11";
    for (source, day, practice, number, found) in [
        // The whole law; before it binds in full only what binds then.
        (law, full, "H1.2", 2, Some("cra:2024-2847/I.2(c) 3")),
        (law, "2026-09-11", "H1.2", 2, None),
        (law, "2026-09-11", "H2.2", 1, Some("cra:2024-2847/Art.14 3")),
        // An article says nothing about what others demand, an annex nothing about articles.
        ("CRA, Article 14", full, "H1.2", 1, None),
        (
            "CRA, annex I",
            full,
            "H2.2",
            1,
            Some("cra:2024-2847/II.4 3"),
        ),
        ("CRA, annex I", full, "G1.1", 0, None),
        (
            "CRA, annex VII",
            full,
            "G1.2",
            2,
            Some("cra:2024-2847/Annex-VII 3"),
        ),
        // Other laws, and words that only look alike.
        (
            "UN Regulation No. 155, passed on",
            full,
            "H3.1",
            2,
            Some("un-r155:2021/7.2.2.2(g) 3"),
        ),
        ("UN R155", full, "G1.1", 3, None),
        ("Directive (EU) 2022/2555", full, "H2.2", 1, None),
        (
            "Regulation (EU) 2024/2848, Article 14",
            full,
            "H2.2",
            1,
            None,
        ),
        ("Sacramento rules, Article 14", full, "H2.2", 1, None),
        // A standard that is no law is not read as a duty.
        ("IEC 62443-4-1", full, "H1.2", 1, None),
    ] {
        let found = found.map(str::to_owned);
        assert_eq!(
            read(source, day, practice, number),
            found,
            "{source} {practice}"
        );
    }
}
