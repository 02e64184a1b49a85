//! The HTML report: what it shows, how it is sealed, and that the project comes back out of it.

use crate::data::{Case, EXAMPLES, HOSTILE, Shipped, nobody_looked, today, with_ending};
use maturity::project::{GivenAnswer, read_json, write_json};
use maturity::score::Reach;
use maturity::{Scope, Word, score, settle};
use proptest::prelude::*;
use record::Digest;
use report::html::{self, Unread};
use report::view::View;
use roxmltree::{Document, Node};
use source::Source;
use std::collections::BTreeSet;

/// The page as XML: without the type, the elements that never end, and the data.
fn xml(page: &str) -> String {
    let page = page.strip_prefix("<!DOCTYPE html>").unwrap();
    let mut out = String::new();
    let mut rest = page;
    while let Some((before, after)) = rest.split_once("<meta ") {
        out.push_str(before);
        rest = after.split_once('>').unwrap().1;
    }
    out.push_str(rest);
    match out.split_once("<script") {
        Some((before, after)) => {
            let (_, after) = after.split_once("</script>").unwrap();
            format!("{before}{after}")
        }
        None => out,
    }
}

fn text(node: Node<'_, '_>) -> String {
    let own = node.descendants().filter(Node::is_text);
    own.filter_map(|node| node.text()).collect()
}

fn class(node: Node<'_, '_>, wanted: &str) -> bool {
    node.attribute("class")
        .is_some_and(|all| all.split(' ').any(|one| one == wanted))
}

/// The cells of the rows of the table whose caption begins so.
fn rows(document: &Document<'_>, caption: &str) -> Vec<Vec<String>> {
    let mut tables = document
        .descendants()
        .filter(|node| node.has_tag_name("table"));
    let table = tables.find(|table| {
        let mut children = table.children();
        children.any(|one| one.has_tag_name("caption") && text(one).starts_with(caption))
    });
    let rows = table
        .unwrap()
        .descendants()
        .filter(|node| node.has_tag_name("tr"));
    rows.map(|row| {
        let cells = row.children().filter(|cell| cell.has_tag_name("td"));
        cells.map(text).collect()
    })
    .filter(|cells: &Vec<String>| !cells.is_empty())
    .collect()
}

fn changed(case: &Case, project: maturity::project::Project) -> Case {
    Case {
        project,
        table: case.table.clone(),
    }
}

#[test]
fn the_table_of_practices_says_what_the_engine_says() {
    let shipped = Shipped::read();
    for name in EXAMPLES {
        let case = shipped.example(name);
        let view = shipped.view(&case);
        let page = xml(&html::report(&view, &case.project));
        let document = Document::parse(&page).unwrap();
        let assessment = case
            .project
            .assessment(&view.assessment.as_ref().unwrap().id);
        let set = case
            .project
            .target(&view.target.as_ref().unwrap().id)
            .unwrap();
        let now = settle::Now {
            today: Some(today()),
            model: None,
        };
        let settled = settle::settle(&case.project, assessment.unwrap(), &case.table, &now);
        let shown = rows(&document, "All practices");
        let scores = score::score(&case.table, &settled);
        assert_eq!(shown.len(), 18);
        for (cells, score) in shown.iter().zip(&scores) {
            assert!(cells[0].starts_with(&format!("{} ", score.practice)));
            for (cell, scope) in cells[1..4].iter().zip(Scope::ALL) {
                let found = score.found(*scope).to_string();
                assert_eq!(*cell, found.replace("undefined", "–"));
            }
            let target = set.of(&score.practice);
            let words = target.as_ref().map(|t| format!("{} {}", t.level, t.scope));
            assert_eq!(cells[4], words.unwrap_or_default());
            let met = target.is_some_and(|t| score.reach(t.level, t.scope) == Reach::Reached);
            assert_eq!(cells[6].starts_with("✓ met"), met, "{cells:?}");
        }
    }
}

#[test]
fn nothing_is_good_where_nobody_looked() {
    let shipped = Shipped::read();
    let good = |case: &Case| {
        let page = xml(&html::report(&shipped.view(case), &case.project));
        let document = Document::parse(&page).unwrap();
        let all = document.descendants().filter(|node| class(*node, "good"));
        all.map(text).collect::<Vec<_>>()
    };
    assert_eq!(good(&nobody_looked(&shipped)), Vec::<String>::new());
    assert!(!good(&shipped.example("bottling-line")).is_empty());
}

/// How many links there are; each has its place, and no place is there twice.
fn led(name: &str, page: &str) -> usize {
    let page = xml(page);
    let document = Document::parse(&page).unwrap();
    let mut ids = BTreeSet::new();
    for id in document
        .descendants()
        .filter_map(|node| node.attribute("id"))
    {
        assert!(ids.insert(id), "{name}: `{id}` is there twice");
    }
    let links = document.descendants().filter(|node| node.has_tag_name("a"));
    let places: Vec<&str> = links
        .map(|node| node.attribute("href").unwrap().strip_prefix('#').unwrap())
        .collect();
    for place in &places {
        assert!(ids.contains(place), "{name}: nothing at `{place}`");
    }
    places.len()
}

#[test]
fn every_answer_is_in_the_report_and_every_way_leads_somewhere() {
    let shipped = Shipped::read();
    for name in EXAMPLES {
        let case = shipped.example(name);
        let view = shipped.view(&case);
        assert_eq!(led(name, &html::brief(&view)), 0);
        let report = html::report(&view, &case.project);
        assert!(led(name, &report) > 100);
        let page = xml(&report);
        let document = Document::parse(&page).unwrap();
        let assessment = case
            .project
            .assessment(&view.assessment.as_ref().unwrap().id);
        for (at, answer) in assessment.unwrap().answers.iter().enumerate() {
            let GivenAnswer { indicator, .. } = answer;
            let row = view.row(indicator).unwrap();
            let shown = document
                .descendants()
                .find(|n| n.attribute("id") == Some(row.anchor.as_str()));
            let shown = text(shown.unwrap());
            assert!(shown.contains(&format!("answer {}", at + 1)), "{shown}");
            assert!(shown.contains(answer.answer.as_str()), "{shown}");
            if let Some(note) = &answer.note {
                assert!(shown.contains(note.as_str()), "{shown}");
            }
        }
    }
}

#[test]
fn nothing_is_loaded_and_nothing_runs() {
    let shipped = Shipped::read();
    let case = shipped.example("bottling-line");
    let view = shipped.view(&case);
    for page in [html::report(&view, &case.project), html::brief(&view)] {
        let (_, policy) = page.split_once("content=\"").unwrap();
        let (policy, _) = policy.split_once('"').unwrap();
        let digest = policy
            .strip_prefix("default-src 'none'; style-src 'sha256-")
            .and_then(|rest| rest.strip_suffix("'; base-uri 'none'; form-action 'none'"));
        let (_, style) = page.split_once("<style>").unwrap();
        let (style, _) = style.split_once("</style>").unwrap();
        assert_eq!(bits(digest.unwrap()), Digest::of(style.as_bytes()).0);

        let page = xml(&page);
        let document = Document::parse(&page).unwrap();
        for node in document.descendants().filter(Node::is_element) {
            let name = node.tag_name().name();
            assert!(
                !["script", "link", "img", "iframe", "object", "embed", "form"].contains(&name)
            );
            for attribute in node.attributes() {
                assert!(!attribute.name().starts_with("on"));
                assert!(!["src", "style", "action", "srcset"].contains(&attribute.name()));
                let value = attribute.value();
                assert!(
                    !value.contains("url(") || value.starts_with("url(#"),
                    "{value}"
                );
            }
        }
        for outside in ["@import", "url(", "@font-face"] {
            assert!(!style.contains(outside));
        }
    }
}

/// The bytes of a text in base 64.
fn bits(text: &str) -> Vec<u8> {
    let signs: Vec<char> = ('A'..='Z')
        .chain('a'..='z')
        .chain('0'..='9')
        .chain(['+', '/'])
        .collect();
    let mut out = Vec::new();
    let (mut held, mut count) = (0_u32, 0);
    for c in text.trim_end_matches('=').chars() {
        held = held << 6 | signs.iter().position(|sign| *sign == c).unwrap() as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((held >> count & 0xff) as u8);
        }
    }
    out
}

/// Elements with their names and attributes, without texts and values.
fn skeleton(page: &str) -> Vec<String> {
    let page = xml(page);
    let document = Document::parse(&page).unwrap();
    let elements = document.descendants().filter(Node::is_element);
    let one = |node: Node<'_, '_>| {
        let names: Vec<&str> = node
            .attributes()
            .map(|attribute| attribute.name())
            .collect();
        format!("{} {}", node.tag_name().name(), names.join(" "))
    };
    elements.map(one).collect()
}

#[test]
fn hostile_texts_stay_texts() {
    let shipped = Shipped::read();
    for name in EXAMPLES {
        let case = shipped.example(name);
        // A word of its own: the laws that are named stay the same.
        let pages = [" x", HOSTILE].map(|ending| {
            let case = changed(&case, with_ending(&case.project, ending));
            let view = shipped.view(&case);
            let report = html::report(&view, &case.project);
            assert_eq!(html::read(report.as_bytes()), Ok(write_json(&case.project)));
            (report, html::brief(&view))
        });
        let [(plain, plain_brief), (hostile, hostile_brief)] = pages;
        assert!(hostile.matches("alert(1)").count() > 50);
        assert!(skeleton(&plain) == skeleton(&hostile), "{name}");
        assert!(skeleton(&plain_brief) == skeleton(&hostile_brief), "{name}");
        assert_eq!(hostile.matches("<script").count(), 1);
        let (shown, _) = hostile.split_once("<script").unwrap();
        for c in [
            '\u{202e}', '\u{2066}', '\u{0}', '\u{7}', '\u{1b}', '\u{feff}', '\u{2028}',
        ] {
            assert!(!shown.contains(c), "{:04x}", u32::from(c));
        }
    }
}

#[test]
fn a_report_without_assessment_target_or_actions_is_whole() {
    let shipped = Shipped::read();
    let case = shipped.example("key-fob");
    let mut project = case.project.clone();
    project.assessments.clear();
    project.targets.clear();
    project.actions.clear();
    let case = changed(&case, project);
    let view = shipped.view(&case);
    let page = xml(&html::report(&view, &case.project));
    let document = Document::parse(&page).unwrap();
    assert!(page.contains("No targets are set yet"));
    assert!(page.contains("Not assessed yet"));
    assert_eq!(rows(&document, "All practices").len(), 18);
    let good = |node: &Node<'_, '_>| class(*node, "good");
    let good: Vec<String> = document.descendants().filter(good).map(text).collect();
    assert_eq!(good, [""; 0], "nothing was judged, so nothing is good");
}

#[test]
fn what_deserves_a_warning_is_warned_of() {
    let shipped = Shipped::read();
    let case = shipped.example("bottling-line");
    let warnings = |view: &View, case: &Case| {
        let page = xml(&html::report(view, &case.project));
        let document = Document::parse(&page).unwrap();
        let notes = document
            .descendants()
            .filter(|node| class(*node, "warning"));
        notes.map(text).collect::<Vec<_>>()
    };
    assert_eq!(warnings(&shipped.view(&case), &case), [""; 0]);
    let mut project = case.project.clone();
    for assessment in &mut project.assessments {
        assessment.state = maturity::State::Draft;
    }
    project.evidence[0].valid_until = Some("2026-11-01".parse().unwrap());
    let draft = changed(&case, project);
    let shown = warnings(&shipped.view(&draft), &draft);
    assert!(shown[0].contains("not approved yet"), "{shown:?}");
    assert!(shown[1].contains("no longer"), "{shown:?}");
    let mut project = case.project.clone();
    project.assessments[1].state = maturity::State::Draft;
    let newer = changed(&case, project);
    let shown = warnings(&shipped.view(&newer), &newer);
    assert!(
        shown[0].contains("“interview-2026” of 2026-10-09, is draft"),
        "{shown:?}"
    );
}

#[test]
fn the_brief_holds_no_project() {
    let shipped = Shipped::read();
    let view = shipped.view(&shipped.example("key-fob"));
    assert_eq!(
        html::read(html::brief(&view).as_bytes()),
        Err(Unread::NoData)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn the_project_comes_back_whatever_is_written_in_it(
        texts in prop::collection::vec(any::<String>(), 6),
        ending in "\\PC{0,20}|[<>&'\"\\\\`u003c2028\u{2028}\u{0}-\u{1f}]{0,20}",
    ) {
        let shipped = Shipped::read();
        let case = shipped.example("key-fob");
        let mut project = with_ending(&case.project, &ending);
        project.title.clone_from(&texts[0]);
        project.boundary.clone_from(&texts[1]);
        project.notes = vec![texts[2].clone(), ending];
        project.people[0].name.clone_from(&texts[3]);
        project.actions[0].title.clone_from(&texts[4]);
        let answer = project.assessments.iter_mut().flat_map(|one| &mut one.answers).next();
        answer.unwrap().note = Some(texts[5].clone());
        let case = changed(&case, project);
        let page = html::report(&shipped.view(&case), &case.project);
        let back = html::read(page.as_bytes()).unwrap();
        prop_assert_eq!(&back, &write_json(&case.project));
        let (again, findings) = read_json(&Source::new("back", back));
        prop_assert!(findings.is_empty());
        prop_assert_eq!(write_json(&again.unwrap()), write_json(&case.project));
        let page = xml(&page);
        prop_assert!(Document::parse(&page).is_ok());
    }
}
