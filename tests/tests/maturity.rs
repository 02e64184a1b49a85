//! Projects about maturity from nothing to a report, by the built program alone.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]

#[path = "support/schema.rs"]
mod schema;
mod support;

use schema::validate;
use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use support::{Answer, Place};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
const EXAMPLES: [(&str, &str); 4] = [
    ("bottling-line", "jonas"),
    ("vehicle-gateway", ""),
    ("home-camera", ""),
    ("key-fob", ""),
];

fn example(name: &str) -> String {
    format!("{ROOT}/examples/{name}/maturity/project.kdl")
}

/// `bulkhead maturity …` with words separated by spaces; `_` stands for a space within a word.
fn ask(place: &Place, words: &str) -> Answer {
    let words: Vec<String> = words
        .split(' ')
        .map(|word| word.replace('_', " "))
        .collect();
    let mut arguments = vec!["maturity"];
    arguments.extend(words.iter().map(String::as_str));
    place.ask(&arguments)
}

fn good(place: &Place, words: &str) -> Answer {
    let answer = ask(place, words);
    assert_eq!(answer.code, 0, "{words}: {answer:?}");
    answer
}

/// The same with lines typed at its prompts.
fn typed(place: &Place, words: &str, lines: &str) -> Answer {
    let mut arguments = vec!["maturity"];
    arguments.extend(words.split(' '));
    let mut child = place
        .bulkhead(&arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(lines.as_bytes())
        .unwrap();
    Answer::of(&child.wait_with_output().unwrap())
}

/// A project with an open assessment.
fn begun() -> Place {
    let place = Place::new();
    good(
        &place,
        "init line-one --title Filling_line_one --boundary Filler_and_edge_box --perspective integrator \
         --profile food-and-beverage-line --person ada=Ada_Keller,_assessor \
         --person cleo=Cleo_Marin,_plant_manager --as ada"
            .replace("         ", "")
            .as_str(),
    );
    good(
        &place,
        "target propose --into first-year --by 2027-12-31 --as ada",
    );
    good(
        &place,
        "assess open autumn --from 2026-10-01 --to 2026-11-25 --assessor ada --as ada --today 2026-11-25",
    );
    place
}

fn json(place: &Place, words: &str) -> Value {
    good(place, &format!("{words} --format json")).json()
}

/// The practice with that id in a report for machines.
fn practice<'v>(view: &'v Value, id: &str) -> &'v Value {
    let all = view["practices"].as_array().unwrap();
    all.iter().find(|one| one["id"] == id).unwrap()
}

fn exported(place: &Place, ledger: &str) -> String {
    good(place, &format!("--ledger {ledger} export --to json")).out
}

#[test]
fn from_nothing_to_a_report() {
    let place = begun();
    good(
        &place,
        "assess judge Access_Control 2 general --because rights_are_written_down --as ada --today 2026-11-25",
    );
    good(
        &place,
        "assess answer G1.1-1.1 yes --method interview --note it_is_Mira --as ada --today 2026-11-25",
    );
    let status = good(&place, "status --today 2026-11-25");
    assert!(status.out.contains("E1.2  Access Control"), "{status:?}");
    assert!(status.out.contains("judged"), "{status:?}");
    good(&place, "export --to html -o report.html --today 2026-11-25");
    let page = std::fs::read_to_string(place.0.join("report.html")).unwrap();
    assert!(page.contains("Filling line one") && page.contains("<svg"));
    let gap = ask(&place, "gap --today 2026-11-25");
    assert_eq!(gap.code, 1, "targets are not met: {gap:?}");
    for words in [
        "plan",
        "plan --brief",
        "history",
        "history --entries",
        "explain E1.2",
        "target",
        "catalog",
        "catalog E1.2",
        "catalog E1.2-3.1",
        "catalog nist-csf:2.0",
        "catalog trustworthiness",
        "conflicts",
    ] {
        assert!(!good(&place, words).out.is_empty(), "{words}");
    }
}

#[test]
fn every_export_is_read_back_without_loss() {
    for (name, author) in EXAMPLES {
        let place = Place::new();
        let file = example(name);
        let author = if author.is_empty() {
            first_person(&place, &file)
        } else {
            author.to_owned()
        };
        good(
            &place,
            &format!("--ledger first import {file} --as {author}"),
        );
        let before = exported(&place, "first");
        for form in ["kdl", "json", "xlsx", "csv", "markdown", "html", "oscal"] {
            good(
                &place,
                &format!("--ledger first export --to {form} -o out-{form}"),
            );
            good(
                &place,
                &format!("--ledger {form}.ledger import out-{form} --as {author}"),
            );
            assert!(
                exported(&place, &format!("{form}.ledger")) == before,
                "{name} as {form}"
            );
        }
    }
}

/// Any person that a project names.
fn first_person(place: &Place, file: &str) -> String {
    let view = json(place, &format!("-p {file} status"));
    view["about"]["people"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn verdicts_fill_indicators_and_fall_with_the_flow_they_rest_on() {
    let place = begun();
    let model =
        std::fs::read_to_string(format!("{ROOT}/examples/bottling-line/system.kdl")).unwrap();
    place.file("plant.kdl", &model);
    good(
        &place,
        "assess --from-check plant.kdl --as ada --today 2026-11-25",
    );
    let view = json(&place, "status --today 2026-11-25");
    let computed =
        |view: &Value, id: &str| practice(view, id)["vouched"]["computed"].as_u64().unwrap();
    for id in ["G2.1", "E1.2"] {
        assert!(computed(&view, id) >= 3, "{id}");
    }
    assert!(computed(&view, "E3.1") + computed(&view, "E3.2") >= 2);
    for one in view["practices"].as_array().unwrap() {
        for scope in ["general", "industry", "system"] {
            assert!(one["levels"][scope].as_u64().unwrap_or(0) < 3, "{one}");
        }
    }
    // One flow more: everything that was computed no longer counts, and says why.
    let line = model
        .lines()
        .find(|line| line.trim_start().starts_with("channel "))
        .unwrap();
    let without = model.replacen(line, "", 1);
    assert_ne!(without, model);
    place.file("plant.kdl", &without);
    let changed = place.ask(&["check", "plant.kdl", "--format", "json"]);
    assert_ne!(
        changed.code, 2,
        "the changed model is still a model: {changed:?}"
    );
    let answer = ask(&place, "status --today 2026-11-25 --format json");
    assert!(
        answer.err.contains("has changed since it was checked"),
        "{answer:?}"
    );
    let view = answer.json();
    for id in ["G2.1", "E1.2", "E3.1"] {
        assert_eq!(computed(&view, id), 0, "{id}");
    }
    let explained = ask(&place, "explain E1.2 --today 2026-11-25");
    assert!(explained.out.contains("NO LONGER COUNTS"), "{explained:?}");
}

#[test]
fn the_interview_is_left_and_resumed() {
    let place = begun();
    let first = typed(
        &place,
        "assess --practice E2.2 --as ada --today 2026-11-25",
        "y\no\n\nseen it\nn\n\n\nthe key hangs there\nb\np\n\n\n\nq\n",
    );
    assert_eq!(first.code, 0, "{first:?}");
    let view = json(&place, "status --today 2026-11-25");
    let rows = practice(&view, "E2.2")["indicators"]
        .as_array()
        .unwrap()
        .clone();
    let row = |id: &str| rows.iter().find(|row| row["id"] == id).unwrap().clone();
    assert_eq!(row("E2.2-1.1")["stands"], "attested");
    assert_eq!(row("E2.2-1.1")["answers"][0]["note"], "seen it");
    assert_eq!(row("E2.2-1.1")["answers"][0]["method"], "observation");
    // Back, and answered anew.
    assert_eq!(row("E2.2-1.2")["stands"], "partly");
    let second = typed(
        &place,
        "assess --practice E2.2 --as ada --today 2026-11-25",
        "s\nq\n",
    );
    assert!(
        !second.out.contains("E2.2-1.1 ("),
        "what is answered is not asked again: {second:?}"
    );
}

#[test]
fn the_workshop_judges_levels_with_reasons() {
    let place = begun();
    let answer = typed(
        &place,
        "assess --workshop --practice E2.2 --as ada --today 2026-11-25",
        "9\n2\n\n2\nlocked since spring\n",
    );
    assert_eq!(answer.code, 0, "{answer:?}");
    let view = json(&place, "status --today 2026-11-25");
    assert_eq!(practice(&view, "E2.2")["levels"]["general"], 2);
    assert_eq!(practice(&view, "E2.2")["judged"], true);
}

#[test]
fn nobody_approves_their_own_and_frozen_is_frozen() {
    let place = begun();
    let day = "--today 2026-11-25";
    good(
        &place,
        &format!("assess judge E2.2 1 general --because locked --as ada {day}"),
    );
    let early = ask(&place, &format!("assess approve --as cleo {day}"));
    assert_eq!(early.code, 2, "{early:?}");
    assert!(early.err.contains("review --done"), "{early:?}");
    good(&place, &format!("assess review --done --as cleo {day}"));
    let own = ask(&place, &format!("assess approve --as ada {day}"));
    assert_eq!(own.code, 2, "{own:?}");
    assert!(
        own.err.contains("approves-own-work") || own.err.contains("own"),
        "{own:?}"
    );
    good(&place, &format!("assess approve --as cleo {day}"));
    let late = ask(
        &place,
        &format!("assess judge E2.2 2 general --because x --assessment autumn --as ada {day}"),
    );
    assert_eq!(late.code, 2, "{late:?}");
    assert!(late.err.contains("frozen"), "{late:?}");
}

#[test]
fn nothing_is_approved_that_is_not_there() {
    let place = begun();
    let day = "--today 2026-11-25";
    good(&place, &format!("assess review --done --as cleo {day}"));
    let empty = ask(&place, &format!("assess approve --as cleo {day}"));
    assert_eq!(empty.code, 2, "{empty:?}");
    assert!(
        empty.err.contains("holds no answer and no judgement"),
        "{empty:?}"
    );
    let text = good(&place, "export --to json").out;
    let mut file: Value = serde_json::from_str(&text).unwrap();
    let one = &mut file["assessments"][0];
    one["state"] = "frozen".into();
    one["approved"] = one["reviewed"].clone();
    place.file("empty.json", &file.to_string());
    let empty = ask(&place, "--ledger other.ledger import empty.json --as cleo");
    assert_eq!(empty.code, 2, "{empty:?}");
    assert!(empty.err.contains("frozen-without-content"), "{empty:?}");
    assert!(!place.0.join("other.ledger").exists());
}

#[test]
fn what_was_approved_is_repaired_on_record_by_somebody_who_did_not_assess_it() {
    let place = begun();
    let day = "--today 2026-11-25";
    for practice in ["E2.2", "H1.1"] {
        good(
            &place,
            &format!("assess judge {practice} 1 general --because seen --as ada {day}"),
        );
    }
    good(&place, &format!("assess review --done --as cleo {day}"));
    good(&place, &format!("assess approve --as cleo {day}"));
    let whole: Value = serde_json::from_str(&good(&place, "export --to json").out).unwrap();
    let mut half = whole.clone();
    half["assessments"][0]["judgements"]
        .as_array_mut()
        .unwrap()
        .truncate(1);
    place.file("half.json", &half.to_string());
    place.file("whole.json", &whole.to_string());
    good(&place, "--ledger half import half.json --as cleo");
    let frozen = ask(&place, "--ledger half import whole.json --as cleo");
    assert_eq!(frozen.code, 2, "{frozen:?}");
    assert!(frozen.err.contains("state:autumn"), "{frozen:?}");
    let own = ask(&place, "--ledger half import whole.json --replace --as ada");
    assert_eq!(own.code, 2, "{own:?}");
    assert!(own.err.contains("`ada` assessed `autumn`"), "{own:?}");
    good(
        &place,
        "--ledger half import whole.json --replace --as cleo",
    );
    let after: Value = serde_json::from_str(&exported(&place, "half")).unwrap();
    assert_eq!(after, whole);
    let entries = good(&place, "--ledger half history --entries").out;
    assert!(entries.contains("opened again"), "{entries}");
    assert_eq!(ask(&place, "--ledger half conflicts").code, 0);
    // An editor is not the way to it.
    let script = place.file("edit.sh", "sed -i 's/because=seen/because=other/' \"$1\"");
    let edited = place
        .bulkhead(&["maturity", "edit", "--as", "cleo"])
        .env("VISUAL", "")
        .env("EDITOR", format!("sh {}", script.display()))
        .output()
        .unwrap();
    let edited = Answer::of(&edited);
    assert_eq!(edited.code, 2, "{edited:?}");
    assert!(edited.err.contains("is frozen"), "{edited:?}");
}

#[test]
fn going_back_a_stage_is_recorded() {
    let place = begun();
    let day = "--today 2026-11-25";
    good(
        &place,
        &format!("assess judge E2.2 1 general --because seen --as ada {day}"),
    );
    let draft = good(&place, "export --to json").out;
    place.file("draft.json", &draft);
    good(&place, &format!("assess review --as ada {day}"));
    let reviewing = good(&place, "export --to json").out;
    place.file("reviewing.json", &reviewing);
    good(&place, &format!("assess review --done --as cleo {day}"));
    for (name, text) in [("reviewing", &reviewing), ("draft", &draft)] {
        let back = ask(&place, &format!("import {name}.json --as cleo"));
        assert_eq!(back.code, 2, "{back:?}");
        assert!(back.err.contains("opened again"), "{back:?}");
        good(&place, &format!("import {name}.json --replace --as cleo"));
        assert!(good(&place, "export --to json").out == *text);
    }
}

#[test]
fn two_who_edit_at_once_lose_nothing_and_see_it() {
    let place = begun();
    let edit = |who: &str, level: &str, then: &str| {
        let script =
            format!("sed -i 's/practice E1.2 level=3/practice E1.2 level={level}/' \"$1\"; {then}");
        let path = place.file(&format!("{who}.sh"), &script);
        let folder = place.0.join(who);
        std::fs::create_dir_all(&folder).unwrap();
        let ledger = place.0.join("maturity.ledger");
        place
            .bulkhead(&["maturity", "edit", "--as", who, "--ledger"])
            .arg(ledger)
            .current_dir(folder)
            .env("VISUAL", format!("sh {}", path.display()))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    // The second begins when the first has the text, and the first ends when the second has recorded.
    let at = |name: &str| place.0.join(name).display().to_string();
    let (open, done) = (at("open"), at("done"));
    let wait = format!("touch {open}; while [ ! -e {done} ]; do sleep 0.1; done");
    let slow = edit("ada", "2", &wait);
    while !Path::new(&open).exists() {
        std::thread::sleep(Duration::from_millis(20));
    }
    let fast = Answer::of(&edit("cleo", "4", "true").wait_with_output().unwrap());
    std::fs::write(&done, "").unwrap();
    let slow = Answer::of(&slow.wait_with_output().unwrap());
    assert_eq!(fast.code, 0, "{fast:?}");
    assert_eq!(slow.code, 1, "{slow:?}");
    assert!(slow.err.contains("target:first-year:E1.2"), "{slow:?}");
    let target =
        |place: &Place| practice(&json(place, "status"), "E1.2")["target"]["level"].clone();
    assert_eq!(target(&place), 4);
    let shown = ask(&place, "conflicts");
    assert!(
        shown.out.contains("waits:") && shown.out.contains("by ada"),
        "{shown:?}"
    );
    let number = shown
        .out
        .split("--take ")
        .nth(1)
        .unwrap()
        .split_whitespace()
        .next()
        .unwrap();
    good(&place, &format!("conflicts --take {number} --as cleo"));
    assert_eq!(target(&place), 2);
    assert_eq!(ask(&place, "conflicts").code, 0);
}

#[test]
fn bad_input_is_named_and_nothing_is_recorded() {
    let place = begun();
    let before = place.ask(&["ledger", "verify", "--format", "json"]).json();
    let project = std::fs::read_to_string(example("key-fob")).unwrap();
    for (words, said) in [
        (
            "target set first-year E1.2 5 system --because x --as ada",
            "the levels are",
        ),
        (
            "target set first-year E9.9 2 system --because x --as ada",
            "no practice `E9.9`",
        ),
        (
            "target set first-year E1.2 2 local --because x --as ada",
            "`industry`",
        ),
        (
            "target set nowhere E1.2 2 system --because x --as ada",
            "nowhere",
        ),
        (
            "assess answer E1.2-1.1 yes --method interview --evidence none --as ada --today 2026-11-25",
            "unknown-evidence",
        ),
        (
            "assess answer E1.2-9.1 yes --method interview --as ada --today 2026-11-25",
            "unknown-indicator",
        ),
        (
            "assess answer E1.2-1.1 yes --as ada --today 2026-11-25",
            "method",
        ),
        (
            "assess answer E1.2-1.1 not-applicable --method interview --as ada --today 2026-11-25",
            "reason",
        ),
        (
            "assess answer E1.2-1.1 yes --method interview --as cleo --today 2026-11-25",
            "assessor",
        ),
        (
            "assess open late --from 2026-12-01 --to 2026-11-01 --assessor ada --as ada",
            "period",
        ),
        (
            "plan add roles --title Roles --closes E9.9-1.1 --due 2027-03-01 --as ada",
            "E9.9-1.1",
        ),
        ("status --assessment summer", "autumn"),
        ("status --format sarif", "--format json"),
        ("explain Acces_Control", "did you mean `Access Control`"),
        ("import missing.kdl --as ada", "no such file"),
        ("assess --from-check missing.kdl --as ada", "no such file"),
        ("comment nothing hello --as ada", "nothing called"),
        (
            "target show --as nobody --project other",
            "no project `other`",
        ),
    ] {
        let answer = ask(&place, words);
        assert_eq!(answer.code, 2, "{words}: {answer:?}");
        assert!(answer.err.contains(said), "{words}: {answer:?}");
        assert!(
            answer.err.contains("help") || answer.err.contains("possible"),
            "{words}: {answer:?}"
        );
    }
    for (from, to, code) in [
        ("level=2", "level=5", "level-out-of-range"),
        ("catalog bulkhead-smm", "catalog other-smm", "catalog"),
        ("\n    practice ", "\n    practise ", "unknown"),
    ] {
        let broken = project.replacen(from, to, 1);
        assert_ne!(broken, project, "{from}");
        place.file("broken.kdl", &broken);
        let answer = ask(&place, "import broken.kdl --as ada");
        assert_eq!(answer.code, 2, "{from}: {answer:?}");
        assert!(
            answer.err.contains(code) && answer.err.contains("broken.kdl:"),
            "{answer:?}"
        );
    }
    let after = place.ask(&["ledger", "verify", "--format", "json"]).json();
    assert_eq!(before["last"], after["last"]);
}

#[test]
fn no_output_takes_the_place_of_the_ledger() {
    let place = begun();
    let before = place.ask(&["ledger", "verify", "--format", "json"]).json();
    for words in [
        "export --to html -o maturity.ledger",
        "export --to json -o ./maturity.ledger",
    ] {
        let answer = ask(&place, words);
        assert_eq!(answer.code, 2, "{words}: {answer:?}");
    }
    place.file("keys.txt", "keys\n");
    let attached = good(
        &place,
        "evidence keys --title Keys --file keys.txt --as ada",
    );
    let digest = attached.out.split_whitespace().last().unwrap().to_owned();
    let answer = place.ask(&["ledger", "extract", &digest, "-o", "maturity.ledger"]);
    assert_eq!(answer.code, 2, "{answer:?}");
    let after = place.ask(&["ledger", "verify", "--format", "json"]);
    assert_eq!(after.code, 0, "{after:?}");
    assert!(after.json()["entries"].as_u64() > before["entries"].as_u64());
}

#[test]
fn names_and_texts_are_checked_at_every_door() {
    let place = begun();
    let text = good(&place, "export --to json").out;
    for (from, to, code) in [
        (
            "\"id\": \"line-one\"",
            "\"id\": \"../../line-two\"",
            "bad-id",
        ),
        (
            "\"title\": \"Filling line one\"",
            "\"title\": \" \"",
            "empty-text",
        ),
    ] {
        place.file("odd.json", &text.replacen(from, to, 1));
        let answer = ask(&place, "--ledger other.ledger import odd.json --as ada");
        assert_eq!(answer.code, 2, "{answer:?}");
        assert!(answer.err.contains(code), "{answer:?}");
    }
    for words in [
        "target draft first-year G 2 general --because _ --as ada",
        "assess judge E2.2 1 general --because _ --as ada --today 2026-11-25",
    ] {
        let answer = ask(&place, words);
        assert_eq!(answer.code, 2, "{words}: {answer:?}");
        assert!(answer.err.contains("empty-text"), "{words}: {answer:?}");
    }
    let odd = ask(
        &place,
        "--ledger other.ledger init a/b --title T --boundary B --perspective operator --person ada=Ada",
    );
    assert_eq!(odd.code, 2, "{odd:?}");
    let stranger = ask(
        &place,
        &format!(
            "--ledger new.ledger import {} --as mallory",
            example("key-fob")
        ),
    );
    assert_eq!(stranger.code, 2, "{stranger:?}");
    assert!(!place.0.join("new.ledger").exists());
}

#[test]
fn an_old_file_does_not_undo_what_others_recorded() {
    let place = begun();
    good(&place, "export --to xlsx -o old.xlsx");
    good(
        &place,
        "assess answer E2.2-1.1 yes --method observation --as ada --today 2026-11-25",
    );
    let answer = ask(&place, "import old.xlsx --as cleo");
    assert_eq!(answer.code, 2, "{answer:?}");
    assert!(
        answer.err.contains("answer:autumn:E2.2-1.1:ada"),
        "{answer:?}"
    );
    let view = json(&place, "status --today 2026-11-25");
    assert_eq!(view["assessment"]["answers"], 1);
    good(&place, "import old.xlsx --replace --as cleo");
    let view = json(&place, "status --today 2026-11-25");
    assert_eq!(view["assessment"]["answers"], 0);
}

#[test]
fn nothing_is_recorded_as_of_a_day_to_come_and_no_decision_without_its_reason() {
    let place = begun();
    let late = ask(&place, "assess review --done --as cleo --today 2199-01-01");
    assert_eq!(late.code, 2, "{late:?}");
    good(&place, "status --today 2199-01-01");
    let other = ask(
        &place,
        "target set first-year E1.2 1 general --because cheap --as ada",
    );
    assert_eq!(other.code, 2, "{other:?}");
    assert!(other.err.contains("--override"), "{other:?}");
    good(
        &place,
        "target set first-year E1.2 1 general --because cheap --override the_cell_is_alone --as ada",
    );
    good(
        &place,
        "plan add locks --title Locks --closes E2.2-1.1 --due 2199-01-01 --as ada",
    );
    good(&place, "plan mark locks done --as ada");
}

/// The day by another clock: that of the system, asked for a zone.
fn day_in(zone: &str) -> String {
    let day = std::process::Command::new("date")
        .arg("+%F")
        .env("TZ", zone)
        .output()
        .unwrap();
    String::from_utf8(day.stdout).unwrap().trim().to_owned()
}

#[test]
fn today_is_the_day_where_the_user_is() {
    let place = begun();
    let asked = |zone: &str, words: &str| {
        let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
        let mut command = place.bulkhead(&["maturity"]);
        Answer::of(&command.args(words).env("TZ", zone).output().unwrap())
    };
    let as_of = |zone: &str| {
        let view = asked(zone, "status --format json").json();
        view["about"]["today"].as_str().unwrap().to_owned()
    };
    // Between the two lie 26 hours: they never have the same day.
    let (east, west) = ("<+14>-14", "<-12>12");
    for zone in [east, west, "Pacific/Kiritimati", "Etc/GMT+12", "UTC", ""] {
        let (before, found, after) = (day_in(zone), as_of(zone), day_in(zone));
        assert!([before, after].contains(&found), "{zone}: {found}");
    }
    assert_ne!(as_of(east), as_of(west));
    let odd = asked("No/Where", "status");
    assert_eq!(odd.code, 0, "{odd:?}");
    assert!(odd.err.contains("`TZ` is `No/Where`"), "{odd:?}");
    // What is recorded bears the day of who records it; when, is kept in UTC.
    let day = as_of(east);
    let opened = asked(
        east,
        &format!("assess open east --from {day} --to {day} --assessor ada --as ada"),
    );
    assert_eq!(opened.code, 0, "{opened:?}");
    let early = asked(
        west,
        &format!("assess open west --from {day} --to {day} --assessor ada --as ada"),
    );
    assert_eq!(early.code, 2, "{early:?}");
    assert!(early.err.contains("date-in-future"), "{early:?}");
    let before = day_in("UTC");
    let answered = asked(
        east,
        "assess answer E2.2-1.1 yes --method test --assessment east --as ada",
    );
    assert_eq!(answered.code, 0, "{answered:?}");
    let view = asked(east, "status --assessment east --format json").json();
    let rows = practice(&view, "E2.2")["indicators"].as_array().unwrap();
    let row = rows.iter().find(|row| row["id"] == "E2.2-1.1").unwrap();
    assert!([&day, &day_in(east)].contains(&&row["answers"][0]["on"].as_str().unwrap().to_owned()));
    for zone in [east, west] {
        let entries = asked(zone, "history --entries").out;
        let last = entries.lines().rfind(|line| line.contains("E2.2-1.1"));
        let last = last.unwrap();
        assert!(
            last.contains(&before) || last.contains(&day_in("UTC")),
            "{last}"
        );
    }
}

#[test]
fn lines_fit_the_terminal() {
    let place = begun();
    for words in [
        "status",
        "target show",
        "history",
        "history --entries",
        "plan",
    ] {
        let answer = good(&place, &format!("{words} --today 2026-11-25"));
        let wide = answer.out.lines().find(|line| line.chars().count() > 100);
        assert_eq!(wide, None, "{words}");
    }
}

#[test]
fn any_bytes_are_refused_in_words() {
    let place = Place::new();
    let noise: Vec<u8> = (0..4096_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    for (name, bytes) in [
        ("empty", &b""[..]),
        ("noise", &noise),
        ("PK", b"PK\x03\x04 not a workbook"),
        ("half.json", b"{\"format\": \"bulkhead.maturity-project/1\""),
        ("oscal.json", b"{\"catalog\": 7}"),
        ("page.html", b"<!doctype html><p>nothing"),
        ("text.md", b"# nothing"),
        ("text.kdl", b"maturity-project { { { "),
    ] {
        let path = place.0.join(name);
        std::fs::write(&path, bytes).unwrap();
        for words in [
            format!("import {name} --as ada"),
            format!("-p {name} status"),
            format!("--ledger {name} status"),
        ] {
            let answer = ask(&place, &words);
            assert_eq!(answer.code, 2, "{words}: {answer:?}");
            assert!(
                !answer.err.contains("internal error"),
                "{words}: {answer:?}"
            );
        }
    }
    std::fs::create_dir(place.0.join("folder")).unwrap();
    assert_eq!(ask(&place, "import folder --as ada").code, 2);
    assert!(
        !place.0.join("maturity.ledger").exists(),
        "nothing is made for what cannot be read"
    );
}

#[test]
fn a_ledger_is_verified_backed_up_and_restored() {
    let place = begun();
    place.file("keys.txt", "the list of keys\n");
    good(
        &place,
        "evidence keys --title Key_list --kind operating --file keys.txt --valid-until 2027-02-01 --as ada",
    );
    good(
        &place,
        "comment evidence:keys where_is_the_second_page --as cleo",
    );
    let verified = place.ask(&["ledger", "verify", "--format", "json"]);
    assert_eq!(verified.code, 0, "{verified:?}");
    validate("bulkhead.ledger-1.json", &verified.json());
    assert_eq!(verified.json()["attachments"], 1);
    assert_eq!(place.ask(&["ledger", "backup", "all.backup"]).code, 0);
    let restored = place.ask(&[
        "ledger",
        "restore",
        "all.backup",
        "--ledger",
        "again.ledger",
    ]);
    assert_eq!(restored.code, 0, "{restored:?}");
    let again = place.ask(&[
        "ledger",
        "verify",
        "--format",
        "json",
        "--ledger",
        "again.ledger",
    ]);
    assert_eq!(again.json()["last"], verified.json()["last"]);
    assert!(exported(&place, "again.ledger") == exported(&place, "maturity.ledger"));
    let view = json(&place, "status");
    let digest = view["evidence"][0]["digest"].as_str().unwrap().to_owned();
    assert_eq!(
        place
            .ask(&[
                "ledger",
                "extract",
                &digest,
                "-o",
                "back.txt",
                "--ledger",
                "again.ledger"
            ])
            .code,
        0
    );
    assert_eq!(
        std::fs::read(place.0.join("back.txt")).unwrap(),
        b"the list of keys\n"
    );
    // One letter, wherever the database keeps it, copies that it has given up included.
    let mut bytes = std::fs::read(place.0.join("again.ledger")).unwrap();
    let title = b"Filling line one";
    let places = (0..bytes.len() - title.len()).filter(|at| bytes[*at..].starts_with(title));
    let places: Vec<usize> = places.collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at] = b'K';
    }
    std::fs::write(place.0.join("again.ledger"), bytes).unwrap();
    let altered = place.ask(&["ledger", "verify", "--ledger", "again.ledger"]);
    assert_eq!(altered.code, 1, "{altered:?}");
    assert!(altered.err.contains("altered"), "{altered:?}");
}

#[test]
fn what_was_not_judged_is_nowhere_level_0() {
    let place = Place::new();
    let file = example("bottling-line");
    let history = good(&place, &format!("-p {file} history")).out;
    assert!(history.contains("not judged at this scope"), "{history}");
    let compared = good(
        &place,
        &format!("-p {file} compare workshop-2025 interview-2026"),
    );
    let of = |id: &str| compared.out.split("\n  ").find(|line| line.starts_with(id));
    let services = of("G3.2").unwrap();
    assert!(
        services.contains("not judged") && services.contains("changes"),
        "{services}"
    );
    let view = json(&place, &format!("-p {file} history"));
    let course = &practice(&view, "G2.1")["course"]["reached"];
    assert_eq!(course[0]["level"], "not-judged");
    assert_eq!(course[1]["level"], 2);
    let file = example("key-fob");
    let status = good(&place, &format!("-p {file} status")).out;
    assert!(
        status.contains("1 met, 3 short, 1 not judged, 13 without a target"),
        "{status}"
    );
    assert!(
        status.contains("H3.1 wants 3 general, is not judged"),
        "{status}"
    );
    let gap = ask(&place, &format!("-p {file} gap"));
    assert_eq!(gap.code, 1);
    assert!(gap.out.contains("now not judged · NOT JUDGED"), "{gap:?}");
}

#[test]
fn what_machines_read_matches_the_stored_schemas() {
    let place = begun();
    let file = example("bottling-line");
    validate(
        "bulkhead.maturity-report-1.json",
        &json(&place, &format!("-p {file} status")),
    );
    let gap = ask(&place, "gap --format json");
    validate("bulkhead.maturity-report-1.json", &gap.json());
    validate(
        "bulkhead.maturity-compare-1.json",
        &json(
            &place,
            &format!("-p {file} compare workshop-2025 interview-2026"),
        ),
    );
    validate(
        "bulkhead.maturity-compare-1.json",
        &json(&place, &format!("compare {file} {}", example("key-fob"))),
    );
    validate(
        "bulkhead.maturity-entries-1.json",
        &json(&place, "history --entries"),
    );
    good(&place, &format!("import {file} --as jonas"));
    let portfolio = json(&place, "status");
    validate("bulkhead.maturity-portfolio-1.json", &portfolio);
    assert_eq!(portfolio["systems"].as_array().unwrap().len(), 2);
    let text = good(&place, &format!("-p {file} export --to json")).out;
    validate(
        "bulkhead.maturity-project-1.json",
        &serde_json::from_str(&text).unwrap(),
    );
}

#[test]
fn answers_from_a_file_are_taken_in_whole_or_not() {
    let place = begun();
    place.file(
        "answers.csv",
        "indicator,answer,by,method,on\nE2.2-1.1,yes,ada,observation,2026-11-20\nE2.2-1.2,maybe,ada,observation,2026-11-20\nE9.9-1.1,yes,ada,test,2026-11-20\n",
    );
    let answer = ask(
        &place,
        "assess --file answers.csv --as ada --today 2026-11-25",
    );
    assert_eq!(answer.code, 2, "{answer:?}");
    assert!(
        answer.err.contains("maybe") && answer.err.contains("E9.9-1.1"),
        "{answer:?}"
    );
    assert_eq!(
        practice(&json(&place, "status --today 2026-11-25"), "E2.2")["vouched"]["attested"],
        0
    );
    place.file(
        "answers.csv",
        "indicator,answer,by,method,on\nE2.2-1.1,yes,ada,observation,2026-11-20\n",
    );
    good(
        &place,
        "assess --file answers.csv --as ada --today 2026-11-25",
    );
    assert_eq!(
        practice(&json(&place, "status --today 2026-11-25"), "E2.2")["vouched"]["attested"],
        1
    );
}

#[test]
fn results_elsewhere_suggest_and_never_answer() {
    let place = begun();
    place.file(
        "results.txt",
        "# audit of March\niec62443-3-3:2013/SR-1.1,met\nnist-csf:2.0/PR.AA-01,partly\n",
    );
    let answer = good(
        &place,
        "assess --suggest results.txt --as ada --today 2026-11-25",
    );
    assert!(answer.out.contains("E1.1"), "{answer:?}");
    let view = json(&place, "status --today 2026-11-25");
    assert_eq!(view["assessment"]["answers"], 0);
    place.file("results.txt", "SR-1.1 met\n");
    assert_eq!(ask(&place, "assess --suggest results.txt --as ada").code, 2);
}
