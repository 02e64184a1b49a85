//! The shipped catalog is whole, and each way to spoil it is found.
#![expect(
    clippy::disallowed_methods,
    reason = "a test reads its cases from files"
)]
#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]

mod common;

use common::{show, texts};
use maturity::catalog::{self, Catalog, Lookup};
use maturity::example::{CASES, Of};
use maturity::{LooksBack, spoken_of};
use source::Source;

fn shipped() -> Catalog {
    let texts = texts("catalog/smm");
    let (catalog, findings) = catalog::read(&texts);
    assert_eq!(show(&texts, &findings), "");
    catalog
}

#[test]
fn the_shipped_catalog_is_whole() {
    let catalog = shipped();
    assert_eq!(catalog.domains.len(), 3);
    assert_eq!(
        catalog
            .domains
            .iter()
            .map(|domain| domain.subdomains.len())
            .sum::<usize>(),
        9
    );
    assert_eq!(catalog.practices.len(), 18);
    assert_eq!(catalog.indicators().count(), 326);
    let first: Vec<_> = catalog
        .practices
        .iter()
        .map(|p| p.title.id.as_str())
        .collect();
    assert_eq!(first[..2], ["G1.1", "G1.2"]);
    assert_eq!(first[17], "H3.2");
}

/// Texts such as `in the last twelve months` say how far they look back, and so does the field.
#[test]
fn what_looks_back_says_how_far() {
    let catalog = shipped();
    let layers = texts("catalog/profiles");
    let layers: Vec<_> = layers
        .iter()
        .map(|text| {
            let (layer, findings) = maturity::profile::read(text, &catalog);
            assert_eq!(show(std::slice::from_ref(text), &findings), "");
            layer.unwrap()
        })
        .collect();
    let of_layers = layers.iter().flat_map(|layer| &layer.indicators);
    let (mut spoken, mut stated) = (0, 0);
    for indicator in catalog.indicators().chain(of_layers) {
        let length = indicator.looks_back.map(LooksBack::length);
        stated += usize::from(length.is_some());
        if let Some(said) = spoken_of(&indicator.text) {
            spoken += 1;
            assert_eq!(length, Some(said), "{}", indicator.id);
        }
    }
    // 119 of the catalog and 107 of the profiles; two speak of how long logs are kept.
    assert_eq!((spoken, stated), (226, 228));
    let of = |id: &str| {
        let mut all = catalog.indicators();
        all.find(|one| one.id == id).unwrap().looks_back.unwrap()
    };
    // Four quarters must pass; one review is enough; leavers' accounts can be closed today.
    for (id, words) in [
        ("G1.1-3.6", "covers 12 months"),
        ("E2.1-3.6", "covers 12 months"),
        ("H1.1-2.3", "covers 12 months"),
        ("E1.2-2.4", "within 24 months"),
        ("E1.1-2.3", "within 12 months"),
    ] {
        assert_eq!(of(id).to_string(), words, "{id}");
    }
}

#[test]
fn practices_are_found_by_id_name_and_older_name() {
    let catalog = shipped();
    let id = |name: &str| match catalog.lookup(name) {
        Lookup::Found(practice) => format!("found {}", practice.title.id),
        Lookup::Alias(practice) => format!("alias {}", practice.title.id),
        Lookup::Unknown(near) => format!("unknown {near:?}"),
    };
    assert_eq!(id("E1.2"), "found E1.2");
    assert_eq!(id(" access control "), "found E1.2");
    assert_eq!(id("Security Model and Policy for Data"), "alias E3.1");
    assert_eq!(
        id("(Services) Third-Party Dependencies Management"),
        "alias G3.2"
    );
    assert_eq!(id("Acces Control"), "unknown Some(\"Access Control\")");
    assert_eq!(id("E1.9"), "unknown Some(\"E1.1\")");
    assert_eq!(id("Cooking"), "unknown None");
}

#[test]
fn the_digest_depends_on_what_is_said_and_not_on_how() {
    let mut all = texts("catalog/smm");
    let digest = catalog::read(&all).0.digest();
    all.reverse();
    assert_eq!(catalog::read(&all).0.digest(), digest);
    let end = all.len() - 1;
    all[end] = Source::new("other name", format!("// a comment\n{}", all[end].text));
    assert_eq!(catalog::read(&all).0.digest(), digest);
    let spoiled = all[0].text.replacen("aim \"", "aim \"x", 1);
    all[0] = Source::new("x", spoiled);
    assert_ne!(catalog::read(&all).0.digest(), digest);
}

/// Changes one text of the catalog and gives the codes that are then reported.
fn check(file: &str, from: &str, to: &str) -> Vec<&'static str> {
    let mut all = texts("catalog/smm");
    let text = all
        .iter_mut()
        .find(|text| text.name.starts_with(file))
        .unwrap();
    assert!(text.text.contains(from), "{file} has no {from}");
    *text = Source::new(text.name.clone(), text.text.replacen(from, to, 1));
    let (_, findings) = catalog::read(&all);
    findings
        .into_iter()
        .map(|finding| finding.diagnostic.code)
        .collect()
}

#[test]
fn each_fault_is_found_and_nothing_else() {
    let texts = texts("catalog/smm");
    let mut tried = 0;
    for case in CASES
        .iter()
        .filter(|case| matches!(case.of, Of::Catalog(_)))
    {
        let example = case.read(&texts).unwrap();
        let findings = example.findings.iter();
        let mut found: Vec<_> = findings.map(|own| own.diagnostic.code).collect();
        found.dedup();
        tried += 1;
        if case.codes.is_empty() {
            assert!(found.contains(&"foreign-part"), "{case:?}: {found:?}");
            continue;
        }
        for code in case.codes {
            assert!(found.contains(code), "{case:?}: {found:?}");
        }
        let known = |code: &&str| case.codes.contains(code) || found_with(case.codes, code);
        assert!(found.iter().all(known), "{case:?}: {found:?}");
    }
    assert!(tried >= 33, "{tried}");
}

/// What follows from a bigger hole is reported too.
fn found_with(codes: &[&str], code: &str) -> bool {
    let follow = [
        "foreign-part",
        "indicator-id",
        "indicator-count",
        "duplicate-id",
    ];
    let hole = [
        "missing-domain",
        "missing-subdomain",
        "missing-level",
        "missing-practice",
    ];
    codes.iter().any(|code| hole.contains(code)) && follow.contains(&code)
}

#[test]
fn a_second_catalog_is_refused() {
    let mut all = texts("catalog/smm");
    all.push(all[0].clone());
    let (_, findings) = catalog::read(&all);
    assert!(
        findings
            .iter()
            .any(|finding| finding.diagnostic.code == "duplicate-catalog")
    );
}

#[test]
fn two_indicators_with_the_same_words_are_found() {
    let all = texts("catalog/smm");
    let text = &all
        .iter()
        .find(|text| text.name.starts_with("e1.2"))
        .unwrap()
        .text;
    let line = |at: usize| {
        text.lines()
            .filter(|line| line.trim().starts_with("text "))
            .nth(at)
            .unwrap()
    };
    assert_eq!(check("e1.2", line(1), line(0)), ["duplicate-text"]);
}

#[test]
fn a_level_that_needs_nobody_is_found() {
    let all = texts("catalog/smm");
    let text = &all
        .iter()
        .find(|text| text.name.starts_with("e1.2"))
        .unwrap()
        .text;
    let at = text.find("level 3 {").unwrap();
    let computed = text[at..].replace("source person", "source files; check \"x\"");
    let found = check("e1.2", &text[at..], &computed);
    assert_eq!(found, ["level-computed-alone", "level-computed-alone"]);
}

#[test]
fn reading_never_panics_on_cut_or_scrambled_texts() {
    let all = texts("catalog/smm");
    let text = &all[0].text;
    for end in (0..text.len())
        .step_by(211)
        .filter(|end| text.is_char_boundary(*end))
    {
        let (catalog, findings) = catalog::read(&[Source::new("cut", &text[..end])]);
        assert!(maturity::has_errors(&findings), "{end}: {}", catalog.id);
    }
    assert!(maturity::has_errors(&catalog::read(&[]).1));
}
