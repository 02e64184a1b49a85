//! The Markdown report, as a reader of Markdown sees it, and that the project comes back out of it.

use crate::data::{Case, EXAMPLES, HOSTILE, Shipped, nobody_looked, today, with_ending};
use maturity::project::{GivenAnswer, Project, write_json};
use maturity::{Answer, Found, Level, Scope, Word};
use proptest::prelude::*;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use report::html::Unread;
use report::markdown;
use report::view::{Demanded, Duty};

fn events(text: &str) -> Vec<Event<'_>> {
    // Other quotation marks are a matter of taste.
    let options = Options::all() - Options::ENABLE_SMART_PUNCTUATION;
    Parser::new_ext(text, options).collect()
}

fn changed(case: &Case, project: Project) -> Case {
    Case {
        project,
        table: case.table.clone(),
    }
}

/// The cells of the rows of the table after the paragraph that begins so.
fn rows(text: &str, caption: &str) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let (mut near, mut inside) = (false, false);
    for event in events(text) {
        match event {
            Event::Text(words) if !inside => near |= words.starts_with(caption),
            Event::Start(Tag::Table(_)) => inside = near,
            Event::End(TagEnd::Table) if inside => return rows,
            Event::Start(Tag::TableRow) if inside => rows.push(Vec::new()),
            Event::Start(Tag::TableCell) if inside => {
                if let Some(row) = rows.last_mut() {
                    row.push(String::new());
                }
            }
            Event::Text(words) | Event::Code(words) if inside => {
                if let Some(cell) = rows.last_mut().and_then(|row| row.last_mut()) {
                    cell.push_str(&words);
                }
            }
            _ => {}
        }
    }
    panic!("no table after `{caption}`")
}

#[test]
fn the_table_of_practices_shows_the_levels() {
    let shipped = Shipped::read();
    for name in EXAMPLES {
        let case = shipped.example(name);
        let view = shipped.view(&case);
        let report = markdown::report(&view, &case.project);
        let shown = rows(&report, "All practices");
        let shown: Vec<_> = shown.iter().filter(|cells| !cells[5].is_empty()).collect();
        assert_eq!(shown.len(), 18);
        for (cells, practice) in shown.iter().zip(&view.practices) {
            assert_eq!(cells[0], format!("{} {}", practice.id, practice.name));
            for (cell, scope) in cells[1..4].iter().zip(Scope::ALL) {
                let found = practice.levels.at(*scope).to_string();
                assert_eq!(*cell, found.replace("undefined", "–"));
            }
        }
    }
}

#[test]
fn what_was_not_judged_is_nowhere_level_0() {
    let shipped = Shipped::read();
    // The workshop judged the threat model at general scope; its target is at system scope.
    let case = shipped.example("bottling-line");
    let view = shipped.view(&case);
    let course = &view.practice("G2.1").unwrap().course;
    assert_eq!(course.reached[0].level, Found::NotJudged);
    let report = markdown::report(&view, &case.project);
    let by_assessment = rows(&report, "Level of each practice, by assessment");
    let place = view.practices.iter().position(|one| one.id == "G2.1");
    let found: Vec<_> = by_assessment
        .iter()
        .map(|row| &row[place.unwrap() + 1])
        .collect();
    assert_eq!(found, ["?", "2"]);
    assert!(report.contains("not judged at system scope"));
    let chart = report::chart::journey(view.practice("G2.1").unwrap(), today(), "j");
    assert!(
        chart.contains("not judged on 2025-11-13; 2 on 2026-10-09"),
        "{chart}"
    );
    let chart = report::chart::found(&view, "found");
    assert!(
        chart.contains("workshop-2025 on 2025-11-13: 1, 10, 4, 0, 0, 3;"),
        "{chart}"
    );
    // The fob was assessed in four practices of eighteen.
    let case = shipped.example("key-fob");
    let view = shipped.view(&case);
    let report = markdown::report(&view, &case.project);
    let shown = rows(&report, "All practices");
    let shown: Vec<_> = shown.iter().filter(|cells| !cells[5].is_empty()).collect();
    let judged: Vec<_> = shown
        .iter()
        .filter(|cells| cells[5] != "not judged")
        .collect();
    assert_eq!((shown.len(), judged.len()), (18, 4));
    assert!(
        judged
            .iter()
            .all(|cells| cells[5] == "1" || cells[5] == "2")
    );
    let groups = rows(&report, "Lowest level and distribution");
    assert_eq!(
        groups[1][..3],
        ["All practices", "not judged", "14 practices"]
    );
    let standing =
        "1 of 5 practices meets its target for 2026-12-31. 4 do not, 1 of them not judged;";
    assert!(report.replace("**", "").contains(standing), "{report}");
}

#[test]
fn nothing_is_good_where_nobody_looked() {
    let shipped = Shipped::read();
    let case = nobody_looked(&shipped);
    let view = shipped.view(&case);
    let summary = &view.summary;
    // The target of level 0 is not met: nobody looked, and nothing is wanted.
    assert_eq!((summary.met, summary.nothing_wanted), (0, 1));
    assert_eq!((summary.unjudged, summary.short), (17, 0));
    let brief = markdown::brief(&view).replace("**", "");
    for says in [
        "0 of 17 practices meet their target",
        "- 0 targets met",
        "- 1 with level 0 as target, where nobody looked",
        "- 0 short of their target",
    ] {
        assert!(brief.contains(says), "{brief}");
    }
    let report = markdown::report(&view, &case.project);
    assert!(!report.contains('✓') && !report.contains("minimum reached"));
    assert!(report.contains("nothing wanted") && report.contains("nothing demanded"));
    assert!(!report::chart::bars(&view, "bars").contains('✓'));
    // What was found makes the difference.
    let case = shipped.example("bottling-line");
    let view = shipped.view(&case);
    assert!(markdown::report(&view, &case.project).contains("✓ met"));
    assert!(report::chart::bars(&view, "bars").contains('✓'));
}

#[test]
fn a_law_that_is_read_wider_than_its_minimums_says_so_once() {
    let shipped = Shipped::read();
    let case = shipped.example("bottling-line");
    let view = shipped.view(&case);
    let brief = markdown::brief(&view);
    let says = "no minimum is set for what a crosswalk reads in this law: G1.1, E1.1, H2.1 at level 2; G2.1, G2.2, ";
    assert_eq!(brief.matches(says).count(), 1, "{brief}");
    let unset: Vec<usize> = view
        .obligations
        .iter()
        .map(|duty| duty.unset.len())
        .collect();
    assert_eq!(unset, [0, 0, 0, 13]);
    // A practice that does not apply needs none.
    let mut project = case.project.clone();
    let told = project.obligations[3].minimums.pop().unwrap();
    let missing = shipped.view(&changed(&case, project.clone()));
    assert_eq!(missing.obligations[3].unset.len(), 14);
    let assessment = project
        .assessments
        .iter_mut()
        .find(|one| one.id == "interview-2026");
    let answers = &mut assessment.unwrap().answers;
    let pattern = answers[0].clone();
    answers
        .retain(|answer| case.table.row(&answer.indicator).unwrap().what.practice != told.practice);
    answers.extend(
        case.table
            .rows_of(&told.practice)
            .iter()
            .map(|row| GivenAnswer {
                indicator: row.what.id.clone(),
                answer: Answer::NotApplicable,
                because: Some("nothing of it is here".to_owned()),
                approved_by: Some("mira".to_owned()),
                ..pattern.clone()
            }),
    );
    let view = shipped.view(&changed(&case, project));
    assert_eq!(view.obligations[3].unset.len(), 13);
}

/// Answers that take a practice out, as somebody else approved.
fn out_of_scope(case: &Case, practice: &str, pattern: &GivenAnswer) -> Vec<GivenAnswer> {
    let rows = case.table.rows_of(practice).iter();
    rows.map(|row| GivenAnswer {
        indicator: row.what.id.clone(),
        answer: Answer::NotApplicable,
        because: Some("nothing of it is here".to_owned()),
        approved_by: Some("bela".to_owned()),
        ..pattern.clone()
    })
    .collect()
}

#[test]
fn each_state_of_a_duty_has_its_own_true_words() {
    let shipped = Shipped::read();
    let case = shipped.example("key-fob");
    // Of the duty in force H2.2 was found at level 1, and H3.1 was not judged.
    for (least, without, stands, says) in [
        (
            [Some(3), Some(3)],
            None,
            Duty::Below,
            "below the minimum that was set in H2.2 (3 general); not judged in H3.1 (3 general).",
        ),
        (
            [None, Some(3)],
            None,
            Duty::NotJudged,
            "not judged whether the minimum that was set is reached in H3.1 (3 general).",
        ),
        (
            [Some(1), Some(0)],
            None,
            Duty::Reached,
            "the minimum that was set is reached.",
        ),
        ([None, Some(0)], None, Duty::Nothing, "nothing is demanded."),
        (
            [Some(1), Some(3)],
            Some("H3.1"),
            Duty::Reached,
            "the minimum that was set is reached, and H3.1 is said not to apply.",
        ),
        (
            [None, Some(3)],
            Some("H3.1"),
            Duty::Excluded,
            "said not to apply.",
        ),
        ([None, None], None, Duty::NoMinimum, "no minimum is set."),
    ] {
        let mut project = case.project.clone();
        let minimums = std::mem::take(&mut project.obligations[0].minimums);
        let both = minimums.into_iter().zip(least);
        let set = both.filter_map(|(mut minimum, level)| {
            minimum.level = Level::new(level?).unwrap();
            Some(minimum)
        });
        project.obligations[0].minimums = set.collect();
        let latest = project.assessments.last_mut().unwrap();
        let pattern = latest.answers[0].clone();
        let out = without.map(|practice| out_of_scope(&case, practice, &pattern));
        latest.answers.extend(out.into_iter().flatten());
        let view = shipped.view(&changed(&case, project));
        let duty = &view.obligations[0];
        assert_eq!((duty.stands, duty.met), (stands, stands == Duty::Reached));
        let brief = markdown::brief(&view).replace("**", "");
        let line = format!("Article 14, has applied since 2026-09-11: {says}");
        assert!(brief.contains(&line), "{line}: {brief}");
        // The number beside it counts what is below or not judged, and nothing that does not apply.
        let open = duty.minimums.iter().filter(|due| due.is_open()).count();
        assert_eq!(view.summary.duties.len(), open);
        let number = match open {
            1 => "- 1 demand that applies and is not".to_owned(),
            many => format!("- {many} demands that apply and are not"),
        };
        assert!(brief.contains(&number), "{brief}");
        // Nothing is good where nobody looked, whatever a crosswalk says.
        let mut nothing = duty.minimums.iter();
        let nothing = nothing.any(|due| due.stands == Demanded::Nothing);
        let report = markdown::report(&view, &case.project);
        assert_eq!(report.contains("nothing demanded"), nothing);
        assert!(!report.contains("✓ nothing demanded"));
    }
}

#[test]
fn a_minimum_that_is_reached_is_never_called_a_law_that_is_met() {
    let shipped = Shipped::read();
    for name in EXAMPLES {
        let case = shipped.example(name);
        let view = shipped.view(&case);
        let report = markdown::report(&view, &case.project);
        let shown = rows(&report, "Minimums that duties demand");
        let shown: Vec<_> = shown.iter().filter(|cells| !cells[3].is_empty()).collect();
        let due = view.obligations.iter();
        let due: Vec<_> = due
            .flat_map(|one| one.minimums.iter().map(|due| (one.binds, due)))
            .collect();
        assert_eq!(shown.len(), due.len());
        for (cells, (binds, due)) in shown.iter().zip(due) {
            let wanted = match (due.excluded, due.met, binds) {
                (true, ..) => "excluded",
                (_, true, _) => "minimum reached",
                _ if due.current == Found::NotJudged => "not judged",
                (_, false, true) => "below the minimum",
                (_, false, false) => "not yet reached",
            };
            assert!(cells[3].ends_with(wanted), "{cells:?}");
        }
        for obliged in &view.obligations {
            assert!(!report.contains(&format!(
                "{}, has applied since {}: met",
                obliged.source, obliged.in_force
            )));
        }
        let reached = view.obligations.iter().any(|one| one.met);
        assert_eq!(
            report.contains("the minimum that was set is reached."),
            reached
        );
    }
}

#[test]
fn a_minimum_below_the_crosswalk_is_told_where_the_duty_is_shown() {
    let shipped = Shipped::read();
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../examples/key-fob/maturity/project.kdl"
    );
    let text = std::fs::read_to_string(path).unwrap();
    let report = |text: &str| {
        let case = shipped.open(text.to_owned());
        let view = shipped.view(&case);
        (
            markdown::report(&view, &case.project),
            markdown::brief(&view),
        )
    };
    let (whole, brief) = report(&text);
    assert!(!brief.contains("too low") && !whole.contains("perhaps too low"));
    let low = text.replace("minimum H2.2 level=3", "minimum H2.2 level=1");
    let low = low.replace(
        "    minimum H3.1 level=3 scope=general because=\"a severe",
        "    /-minimum H3.1 level=3 scope=general because=\"a severe",
    );
    let (whole, brief) = report(&low);
    let told = "H2.2 is set to 1 general, and cra:2024-2847/Art.14 is read as level 3";
    // What was set is reached, and neither page lets it stand there alone.
    assert!(
        brief.contains("the minimum that was set is reached."),
        "{brief}"
    );
    assert!(brief.contains("A minimum may be set too low:"), "{brief}");
    assert!(brief.contains(told), "{brief}");
    assert!(whole.contains("perhaps too low:") && whole.contains(told));
    let view = shipped.view(&shipped.open(low));
    let due = &view.obligations[0].minimums[0];
    let reading = due.reading.as_ref().unwrap();
    assert_eq!((due.met, reading.level.number()), (true, 3));
}

#[test]
fn every_indicator_and_answer_is_in_it() {
    let shipped = Shipped::read();
    let case = shipped.example("bottling-line");
    let view = shipped.view(&case);
    let report = markdown::report(&view, &case.project);
    for practice in &view.practices {
        let shown = rows(&report, &format!("Indicators of {} ", practice.id));
        for row in &practice.indicators {
            let cells = shown.iter().find(|cells| cells[0].starts_with(&row.id));
            let cells = cells.unwrap();
            assert!(cells[1].starts_with(row.text.as_str()), "{cells:?}");
            assert!(cells[2].ends_with(row.stands.label()), "{cells:?}");
            for answer in &row.answers {
                assert!(cells[3].contains(&format!("answer {}", answer.number)));
            }
        }
    }
}

/// What a reader makes of it, without the words.
fn skeleton(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for event in events(text) {
        match event {
            Event::Text(_) | Event::Code(_) => {}
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                let digest = info.strip_prefix("json bulkhead-project sha256=");
                assert_eq!(digest.map(str::len), Some(64), "{info}");
                out.push("data".to_owned());
            }
            Event::Start(Tag::Heading { level, .. }) => out.push(format!("{level}")),
            event @ (Event::Start(_) | Event::End(_)) => {
                let name = format!("{event:?}");
                for never in [
                    "Html",
                    "Link",
                    "Image",
                    "Footnote",
                    "CodeBlock(Indented",
                    "Strike",
                ] {
                    assert!(!name.contains(never), "{name}");
                }
                out.push(name);
            }
            event => panic!("{event:?} is in the document"),
        }
    }
    out
}

fn assert_same(one: &[String], other: &[String], about: &str) {
    let pairs = one.iter().zip(other).enumerate();
    let differ = pairs.into_iter().find(|(_, (one, other))| one != other);
    assert_eq!(differ, None, "{about}");
    assert_eq!(one.len(), other.len(), "{about}");
}

#[test]
fn hostile_texts_stay_texts() {
    let shipped = Shipped::read();
    for name in EXAMPLES {
        let case = shipped.example(name);
        // A word of its own: the laws that are named stay the same.
        let [plain, hostile] = [" x", HOSTILE].map(|ending| {
            let case = changed(&case, with_ending(&case.project, ending));
            let view = shipped.view(&case);
            let report = markdown::report(&view, &case.project);
            assert_eq!(
                markdown::read(report.as_bytes()),
                Ok(write_json(&case.project))
            );
            skeleton(&markdown::brief(&view));
            report
        });
        assert!(hostile.matches("alert(1)").count() > 50);
        assert_same(&skeleton(&plain), &skeleton(&hostile), name);
        let (shown, _) = hostile.split_once("\n## Data\n").unwrap();
        for link in ["https://", "www.", "@evil", "\u{202e}", "\u{0}"] {
            let found = shown.find(link).map(|at| &shown[at.saturating_sub(40)..at]);
            assert_eq!(found, None, "`{link}`");
        }
    }
}

#[test]
fn beginnings_of_lines_mean_nothing() {
    let shipped = Shipped::read();
    let case = shipped.example("key-fob");
    for start in [
        "- x", "+ x", "* x", "1. x", "2) x", "# x", "> x", "---", "===", "    x", "```", "~~~",
        "| x |", "", "[x]: y", "[ ] x", ": x", "&#42; x", "<!--",
    ] {
        let pages = ["x", start].map(|words| {
            let mut project = case.project.clone();
            project.title = words.to_owned();
            project.boundary = words.to_owned();
            project.notes = vec![words.to_owned(); 2];
            project.people[0].name = words.to_owned();
            project.actions[0].title = words.to_owned();
            let case = changed(&case, project);
            markdown::report(&shipped.view(&case), &case.project)
        });
        let [plain, other] = pages;
        // An empty text leaves an empty mark out.
        let without = |text: &str| {
            let all = skeleton(text).into_iter();
            all.filter(|name| !name.contains("Strong"))
                .collect::<Vec<_>>()
        };
        assert_same(&without(&plain), &without(&other), start);
    }
}

#[test]
fn the_brief_holds_no_project() {
    let shipped = Shipped::read();
    let view = shipped.view(&shipped.example("key-fob"));
    assert_eq!(
        markdown::read(markdown::brief(&view).as_bytes()),
        Err(Unread::NoData)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn the_project_comes_back_whatever_is_written_in_it(
        texts in prop::collection::vec(any::<String>(), 4),
        ending in "\\PC{0,20}|[`~|\\\\#\n*_<&\\[\\]()!{}$.0-9-]{0,20}",
    ) {
        let shipped = Shipped::read();
        let case = shipped.example("key-fob");
        let mut project = with_ending(&case.project, &ending);
        project.title.clone_from(&texts[0]);
        project.notes = vec![texts[1].clone(), ending];
        project.people[0].name.clone_from(&texts[2]);
        project.actions[0].title.clone_from(&texts[3]);
        let case = changed(&case, project);
        let report = markdown::report(&shipped.view(&case), &case.project);
        prop_assert_eq!(markdown::read(report.as_bytes()), Ok(write_json(&case.project)));
        skeleton(&report);
    }
}
