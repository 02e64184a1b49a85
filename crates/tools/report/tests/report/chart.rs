//! Charts are well formed, can be understood without eyes and colours, and show the numbers.

use crate::data::{Case, EXAMPLES, HOSTILE, Shipped, today, with_ending};
use report::chart;
use report::view::{Verdict, View};
use roxmltree::{Document, Node};
use std::collections::{BTreeMap, BTreeSet};

fn all(view: &View) -> Vec<(String, String)> {
    let mut charts = vec![
        ("bars".to_owned(), chart::bars(view, "a")),
        ("heat map".to_owned(), chart::heat_map(view, "b")),
        ("radar".to_owned(), chart::radar(view, "c")),
        ("vouched".to_owned(), chart::vouched(view, "d")),
        ("found".to_owned(), chart::found(view, "e")),
        ("gantt".to_owned(), chart::gantt(view, "f")),
    ];
    for (at, practice) in view.practices.iter().enumerate() {
        let chart = chart::journey(practice, view.about.today, &format!("g{at}"));
        charts.push((format!("journey of {}", practice.id), chart));
    }
    charts
}

fn number(node: Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).unwrap().parse().unwrap()
}

type Places = Vec<(f64, f64)>;

/// The places of circles, and of the middles of diamonds.
fn marks(svg: &Document<'_>) -> (Places, Places) {
    let circles = svg.descendants().filter(|node| node.has_tag_name("circle"));
    let circles = circles.map(|node| (number(node, "cx"), number(node, "cy")));
    let diamonds = svg
        .descendants()
        .filter(|node| node.has_tag_name("polygon"));
    let diamonds = diamonds.filter(|node| node.attribute("fill") == Some("#ffffff"));
    let middle = |node: Node<'_, '_>| {
        let points = node.attribute("points").unwrap();
        let points: Vec<f64> = points
            .split([' ', ','])
            .map(|n| n.parse().unwrap())
            .collect();
        (points[0], points[3])
    };
    (circles.collect(), diamonds.map(middle).collect())
}

#[test]
fn they_are_well_formed_named_and_closed_to_the_outside() {
    let shipped = Shipped::read();
    for name in EXAMPLES {
        for ending in ["", HOSTILE] {
            let case = shipped.example(name);
            let case = Case {
                project: with_ending(&case.project, ending),
                table: case.table,
            };
            let view = shipped.view(&case);
            let again = shipped.view(&case);
            for ((what, text), (_, same)) in all(&view).into_iter().zip(all(&again)) {
                assert_eq!(text, same, "{name}: {what} is not deterministic");
                let svg = Document::parse(&text).unwrap_or_else(|e| panic!("{name}, {what}: {e}"));
                let root = svg.root_element();
                assert_eq!(root.attribute("role"), Some("img"));
                let ids: BTreeSet<&str> = svg
                    .descendants()
                    .filter_map(|node| node.attribute("id"))
                    .collect();
                for id in root.attribute("aria-labelledby").unwrap().split(' ') {
                    assert!(ids.contains(id), "{what}: nobody is `{id}`");
                }
                let named = |tag: &str| {
                    let mut children = root.children();
                    let found = children.find(|node| node.has_tag_name(tag));
                    found
                        .and_then(|node| node.text())
                        .is_some_and(|text| text.len() > 10)
                };
                assert!(named("title") && named("desc"), "{what}");
                for node in svg.descendants().filter(Node::is_element) {
                    let tag = node.tag_name().name();
                    assert!(
                        !["script", "image", "use", "a", "foreignObject", "style"].contains(&tag)
                    );
                    for attribute in node.attributes() {
                        let value = attribute.value();
                        assert!(!attribute.name().starts_with("on"));
                        assert!(!value.contains("url(") || value.starts_with("url(#"));
                        assert!(!value.contains("NaN") && !value.contains("inf"), "{what}");
                    }
                }
            }
        }
    }
}

#[test]
fn everything_lies_inside_the_picture() {
    let shipped = Shipped::read();
    for name in EXAMPLES {
        let view = shipped.view(&shipped.example(name));
        for (what, text) in all(&view) {
            let svg = Document::parse(&text).unwrap();
            let root = svg.root_element();
            let (width, height) = (number(root, "width"), number(root, "height"));
            let (circles, diamonds) = marks(&svg);
            let texts = svg.descendants().filter(|node| node.has_tag_name("text"));
            let texts = texts.map(|node| (number(node, "x"), number(node, "y")));
            for (x, y) in circles.into_iter().chain(diamonds).chain(texts) {
                let inside = (0.0..=width).contains(&x) && (0.0..=height).contains(&y);
                assert!(
                    inside,
                    "{name}, {what}: {x} {y} outside of {width} {height}"
                );
            }
        }
    }
}

#[test]
fn marks_of_the_bars_lie_where_the_levels_are() {
    let shipped = Shipped::read();
    for name in EXAMPLES {
        let view = shipped.view(&shipped.example(name));
        let text = chart::bars(&view, "bars");
        let svg = Document::parse(&text).unwrap();
        let (circles, diamonds) = marks(&svg);
        // The last mark of each kind is the legend's.
        let found: Vec<u8> = view
            .practices
            .iter()
            .filter(|practice| practice.verdict != Verdict::Excluded)
            .filter_map(|practice| practice.current.level())
            .map(|level| level.number())
            .collect();
        assert_eq!(circles.len(), found.len() + 1, "{name}");
        let mut places: BTreeMap<u8, f64> = BTreeMap::new();
        let wanted = view
            .practices
            .iter()
            .filter(|p| p.verdict != Verdict::Excluded);
        let wanted: Vec<u8> = wanted
            .filter_map(|practice| practice.target.as_ref())
            .map(|target| target.level.number())
            .collect();
        assert_eq!(diamonds.len(), wanted.len() + 1, "{name}");
        let pairs = found
            .iter()
            .zip(&circles)
            .chain(wanted.iter().zip(&diamonds));
        for (level, (x, _)) in pairs {
            assert_eq!(
                places.entry(*level).or_insert(*x),
                x,
                "{name}: level {level}"
            );
        }
        assert!(places.values().is_sorted_by(|a, b| a < b), "{places:?}");
    }
}

#[test]
fn the_heat_map_counts_satisfied_indicators() {
    let shipped = Shipped::read();
    let view = shipped.view(&shipped.example("bottling-line"));
    let text = chart::heat_map(&view, "heat");
    let svg = Document::parse(&text).unwrap();
    let cells = svg.descendants().filter(|node| node.has_tag_name("text"));
    let cells: Vec<&str> = cells
        .filter_map(|node| node.text())
        .filter(|text| text.contains(" of ") && text.len() < 10)
        .collect();
    let mut expected = Vec::new();
    for practice in &view.practices {
        for level in 1..=4 {
            let own = practice.indicators.iter().filter(|row| {
                let at = row.level.number() == level && row.scope <= practice.scope;
                at && row.stands.as_str() != "not-applicable"
            });
            let yes = own.clone().filter(|row| row.stands.is_yes()).count();
            expected.push(format!("{yes} of {}", own.count()));
        }
    }
    assert_eq!(cells, expected);
}

#[test]
fn a_journey_keeps_the_order_of_days_and_levels() {
    let shipped = Shipped::read();
    let view = shipped.view(&shipped.example("bottling-line"));
    let practice = view.practice("G1.2").unwrap();
    let text = chart::journey(practice, today(), "j");
    let svg = Document::parse(&text).unwrap();
    let (circles, diamonds) = marks(&svg);
    let course = &practice.course;
    assert_eq!(circles.len(), course.reached.len() + 1);
    assert_eq!(diamonds.len(), course.wanted.len() + 1);
    // Later days stand further right, higher levels further up.
    let targets: Vec<_> = course.wanted.iter().zip(&diamonds).collect();
    assert!(targets.len() > 1);
    for pair in targets.windows(2) {
        let ((one, a), (other, b)) = (pair[0], pair[1]);
        assert_eq!(one.by.cmp(&other.by), a.0.total_cmp(&b.0));
        assert_eq!(one.level.cmp(&other.level), b.1.total_cmp(&a.1));
    }
    let last = targets.last().unwrap().1;
    assert!(circles[0].0 < circles[1].0 && circles[1].0 < last.0);
    let about = svg.descendants().find(|node| node.has_tag_name("desc"));
    let about = about
        .and_then(|node| node.text().map(str::to_owned))
        .unwrap();
    for one in &course.reached {
        assert!(about.contains(&one.on.to_string()), "{about}");
    }
    assert!(
        about.contains("Demanded: 3 industry from 2027-12-11"),
        "{about}"
    );
}

#[test]
fn empty_projects_have_charts_too() {
    let shipped = Shipped::read();
    let case = shipped.example("key-fob");
    let mut project = case.project.clone();
    project.assessments.clear();
    project.targets.clear();
    project.actions.clear();
    project.obligations.clear();
    let case = Case {
        project,
        table: case.table,
    };
    for (what, text) in all(&shipped.view(&case)) {
        assert!(Document::parse(&text).is_ok(), "{what}");
    }
}
