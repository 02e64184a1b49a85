//! Files that lack what they claim to carry are refused or named, by the built program alone.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use support::{Answer, Place};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
const DAY: &str = "2026-11-25";

/// `bulkhead maturity …` with words separated by spaces.
fn ask(place: &Place, words: &str) -> Answer {
    let mut arguments = vec!["maturity"];
    arguments.extend(words.split(' '));
    place.ask(&arguments)
}

fn good(place: &Place, words: &str) -> Answer {
    let answer = ask(place, words);
    assert_eq!(answer.code, 0, "{words}: {answer:?}");
    answer
}

/// The bottling line in a ledger, and its exports.
fn exported() -> Place {
    let place = Place::new();
    let file = format!("{ROOT}/examples/bottling-line/maturity/project.kdl");
    good(
        &place,
        &format!("--ledger first import {file} --as jonas --today {DAY}"),
    );
    for form in ["kdl", "json", "xlsx", "csv", "markdown", "html", "oscal"] {
        good(
            &place,
            &format!("--ledger first export --to {form} -o {form} --today {DAY}"),
        );
    }
    place
}

/// Imports into a new ledger.
fn import(place: &Place, path: &str) -> Answer {
    for name in ["new", "new-wal", "new-shm"] {
        let _ = fs::remove_file(place.0.join(name));
    }
    ask(
        place,
        &format!("--ledger new import {path} --as jonas --today {DAY}"),
    )
}

fn refused(place: &Place, path: &str, words: &[&str]) {
    let answer = import(place, path);
    assert_eq!(answer.code, 2, "{path}: {answer:?}");
    for words in words {
        assert!(answer.err.contains(words), "{path} {words}: {answer:?}");
    }
    assert!(!place.0.join("new").exists(), "{path}: nothing is made");
}

/// Imported without loss, and these words said.
fn whole(place: &Place, path: &str, words: &[&str]) {
    let answer = import(place, path);
    assert_eq!(answer.code, 0, "{path}: {answer:?}");
    for words in words {
        assert!(answer.err.contains(words), "{path} {words}: {answer:?}");
    }
    let [first, new] = ["first", "new"]
        .map(|ledger| good(place, &format!("--ledger {ledger} export --to json")).out);
    assert!(first == new, "{path}");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

/// A copy of an exported folder to be spoilt.
fn spoilt(place: &Place, of: &str) -> PathBuf {
    let to = place.0.join("spoilt");
    let _ = fs::remove_dir_all(&to);
    copy(&place.0.join(of), &to);
    to
}

#[test]
fn a_folder_of_tables_is_whole_or_refused() {
    let place = exported();
    let names: Vec<String> = fs::read_dir(place.0.join("csv"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names.len(), 18);
    for name in &names {
        let folder = spoilt(&place, "csv");
        fs::remove_file(folder.join(name)).unwrap();
        refused(
            &place,
            "spoilt",
            &[&format!("there is no table `{name}`"), "missing-table"],
        );
        fs::write(folder.join(name), "").unwrap();
        refused(&place, "spoilt", &["empty-table", name]);
    }
    let folder = spoilt(&place, "csv");
    fs::rename(folder.join("answers.csv"), folder.join("answers.csv.txt")).unwrap();
    refused(
        &place,
        "spoilt",
        &["`answers.csv`", "answers.csv.txt` looks like it"],
    );
    fs::rename(folder.join("answers.csv.txt"), folder.join("ANSWERS.CSV")).unwrap();
    whole(&place, "spoilt", &[]);
    fs::copy(folder.join("ANSWERS.CSV"), folder.join("answers copy.csv")).unwrap();
    fs::write(folder.join("notes.md"), "hello").unwrap();
    fs::write(folder.join("answers.json"), "{}").unwrap();
    fs::create_dir(folder.join("old")).unwrap();
    fs::write(folder.join("old/answers.csv"), "").unwrap();
    whole(
        &place,
        "spoilt",
        &[
            "not read: `spoilt/answers copy.csv` (looks like `answers.csv`)",
            "not read: `spoilt/notes.md`",
            "not read: `spoilt/answers.json`",
            "not read: `spoilt/old/answers.csv`",
        ],
    );
    // What says what there is cannot be left out.
    let folder = spoilt(&place, "csv");
    fs::remove_file(folder.join("contents.csv")).unwrap();
    fs::remove_file(folder.join("answers.csv")).unwrap();
    refused(&place, "spoilt", &["there is no table `contents.csv`"]);
    refused(&place, "csv/answers.csv", &["the folder with all tables"]);
}

#[test]
fn documents_of_oscal_are_whole_or_refused() {
    let place = exported();
    let names: Vec<String> = fs::read_dir(place.0.join("oscal"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    for name in names.iter().filter(|name| *name != "catalog.json") {
        let folder = spoilt(&place, "oscal");
        fs::remove_file(folder.join(name)).unwrap();
        refused(&place, "spoilt", &["oscal-incomplete"]);
        fs::write(folder.join(name), "").unwrap();
        refused(&place, "spoilt", &[&format!("spoilt/{name}` is empty")]);
        let text = fs::read(place.0.join("oscal").join(name)).unwrap();
        fs::write(folder.join(name), &text[..text.len() / 2]).unwrap();
        refused(&place, "spoilt", &["oscal-not-json", name]);
        fs::write(
            folder.join(name),
            [b"\xef\xbb\xbf".as_slice(), &text].concat(),
        )
        .unwrap();
        whole(&place, "spoilt", &[]);
    }
    let name = names
        .iter()
        .find(|name| name.starts_with("results-2"))
        .unwrap();
    let results = fs::read(place.0.join("oscal").join(name)).unwrap();
    let mut text: serde_json::Value = serde_json::from_slice(&results).unwrap();
    let result = &mut text["assessment-results"]["results"][0];
    let observations = result.as_object_mut().unwrap().remove("observations");
    let answers = observations.unwrap().as_array().unwrap().len();
    assert!(answers > 100, "{answers}");
    let folder = spoilt(&place, "oscal");
    fs::write(folder.join(name), text.to_string()).unwrap();
    refused(
        &place,
        "spoilt",
        &[
            &format!("0 of {answers} answers"),
            "oscal-incomplete",
            "more values",
        ],
    );
}

#[test]
fn a_workspace_of_oscal_documents_is_read_and_the_rest_is_named() {
    let place = exported();
    let work = place.0.join("work");
    for entry in fs::read_dir(place.0.join("oscal")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let (folder, file) = match name.split('-').next().unwrap() {
            "catalog" => ("catalogs", "catalog.json"),
            "profile" => ("profiles", "profile.json"),
            _ => ("assessment-results", "assessment-results.json"),
        };
        let folder = work.join(folder).join(&name);
        fs::create_dir_all(&folder).unwrap();
        fs::copy(&path, folder.join(file)).unwrap();
    }
    fs::create_dir_all(work.join(".trestle")).unwrap();
    fs::create_dir_all(work.join("dist/catalogs")).unwrap();
    fs::copy(
        place.0.join("oscal/catalog.json"),
        work.join("dist/catalogs/smm.json"),
    )
    .unwrap();
    fs::create_dir_all(work.join("component-definitions/edge")).unwrap();
    let edge = work.join("component-definitions/edge/component-definition.json");
    fs::write(edge, "{\"component-definition\": {}}").unwrap();
    fs::write(work.join("profiles/profile.yaml"), "profile:\n").unwrap();
    fs::write(work.join("catalog.XML"), "<catalog/>").unwrap();
    whole(
        &place,
        "work",
        &[
            "not read: `work/.trestle`",
            "not read: `work/dist/catalogs/smm.json`: the same as `work/catalogs/catalog/catalog.json`",
            "`component-definition` is none of",
            "not read: `work/profiles/profile.yaml`: give OSCAL in its JSON form",
            "not read: `work/catalog.XML`: give OSCAL in its JSON form",
        ],
    );
    fs::create_dir(place.0.join("yaml")).unwrap();
    fs::write(place.0.join("yaml/results.yaml"), "assessment-results:\n").unwrap();
    refused(&place, "yaml", &["JSON form", "results.yaml"]);
    refused(&place, "yaml/results.yaml", &["JSON form"]);
    let none = "these documents hold no project";
    refused(&place, "oscal/catalog.json", &[none]);
}

#[test]
fn single_files_are_whole_or_refused() {
    let place = exported();
    for form in ["kdl", "json", "markdown", "html"] {
        let text = fs::read(place.0.join(form)).unwrap();
        let file = place.0.join("file");
        fs::write(&file, [b"\xef\xbb\xbf".as_slice(), &text].concat()).unwrap();
        whole(&place, "file", &[]);
        let said = String::from_utf8(text.clone()).unwrap();
        let wide = said.encode_utf16().flat_map(u16::to_le_bytes);
        fs::write(
            &file,
            [0xff, 0xfe].into_iter().chain(wide).collect::<Vec<u8>>(),
        )
        .unwrap();
        refused(&place, "file", &["the text is UTF-16, not UTF-8"]);
        let mut broken = text.clone();
        let at = broken.windows(4).position(|w| w == b"edge").unwrap();
        broken[at] = 0xff;
        fs::write(&file, &broken).unwrap();
        refused(&place, "file", &["byte 0xff at line "]);
        fs::write(&file, &text[..text.len() * 3 / 4]).unwrap();
        refused(&place, "file", &[]);
        fs::write(&file, "").unwrap();
        refused(&place, "file", &["`file` is empty"]);
    }
    // What is not meant to be edited states its digest.
    for form in ["markdown", "html"] {
        let text = fs::read_to_string(place.0.join(form)).unwrap();
        let changed = text.replacen("\"answer\": \"yes\"", "\"answer\": \"no\"", 1);
        assert_ne!(text, changed);
        place.file("file", &changed);
        refused(&place, "file", &["not as it was exported"]);
    }
}

#[test]
fn results_elsewhere_that_suggest_nothing_are_named() {
    let place = exported();
    let suggest = |text: &str| {
        fs::write(place.0.join("results"), text).unwrap();
        ask(
            &place,
            &format!("--ledger first assess --suggest results --as jonas --today {DAY}"),
        )
    };
    let answer = suggest(
        "\u{feff}iec62443-3-3:2013/SR-1.1;met\niec62443-3-3:2013/SR-1.1,Met\nnist-csf:2.0/PR.AA-1\tpartly\nfoo:1/x,not met\n",
    );
    assert_eq!(answer.code, 0, "{answer:?}");
    assert!(answer.out.contains("E1.1"), "{answer:?}");
    for words in [
        "no crosswalk has `foo:1/x`",
        "no crosswalk has `nist-csf:2.0/PR.AA-1` (did you mean `nist-csf:2.0/PR.AA-01`?)",
    ] {
        assert!(answer.err.contains(words), "{words}: {answer:?}");
    }
    assert!(!answer.err.contains("SR-1.1"), "{answer:?}");
    let data = good(
        &place,
        &format!("--ledger first assess --suggest results --as jonas --today {DAY} --format json"),
    );
    let data = data.json();
    let all = data.as_array().unwrap().iter();
    assert!(
        all.clone()
            .all(|one| one["from"] == "iec62443-3-3:2013/SR-1.1")
    );
    assert!(all.count() > 0);
    let answer = suggest("iec62443-3-3:2013/SR-1.1,met\niec62443-3-3:2013/SR-1.1,not-met\n");
    assert_eq!(answer.code, 2, "{answer:?}");
    assert!(
        answer
            .err
            .contains("line 2 of `results` contradicts line 1")
    );
    let answer = suggest("foo:1/x,met\n");
    assert_eq!(answer.code, 2, "{answer:?}");
    assert!(
        answer.err.contains("no crosswalk has `foo:1/x`"),
        "{answer:?}"
    );
}

#[test]
fn the_columns_of_answers_are_documented_and_printed() {
    let place = Place::new();
    let help = good(&place, "assess --help").out;
    let guide = fs::read_to_string(format!("{ROOT}/docs/maturity.md")).unwrap();
    for column in [
        "assessment",
        "indicator",
        "answer",
        "by",
        "method",
        "on",
        "evidence",
        "note",
        "because",
        "approved by",
        "computed by",
        "model",
    ] {
        assert!(
            help.contains(&format!("  {column:<12}  ")),
            "{column}: {help}"
        );
        assert!(guide.contains(&format!("| `{column}` |")), "{column}");
    }
}

#[test]
fn killed_programs_leave_no_parts_of_files() {
    let place = exported();
    let names = |folder: &Path| -> Vec<String> {
        let all = fs::read_dir(folder).unwrap();
        let mut all: Vec<String> = all
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        all.sort();
        all
    };
    let (folder, out) = (place.0.join("csv"), place.0.join("out"));
    let before = names(&folder);
    fs::create_dir(&out).unwrap();
    for time in 0..24_u64 {
        let words = match time % 3 {
            0 => vec!["maturity", "export", "--to", "csv", "-o", "csv"],
            1 => vec!["maturity", "export", "--to", "json", "-o", "out/json"],
            _ => vec!["ledger", "backup", "out/backup"],
        };
        let mut child = place
            .bulkhead(&words)
            .args(["--ledger", "first"])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(time * 17 % 200));
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(names(&folder), before);
        let odd = names(&out)
            .into_iter()
            .find(|n| n != "json" && n != "backup");
        assert_eq!(odd, None);
        let _ = fs::remove_file(out.join("backup"));
    }
    // What was left while there is a name goes with the next run, whatever it writes there.
    let part = ".bulkhead-part-0123456789abcdef";
    for end in ["", "-wal", "-shm", "-journal"] {
        fs::write(out.join(format!("{part}{end}")), "half").unwrap();
    }
    good(&place, "--ledger first export --to json -o out/json");
    assert_eq!(names(&out), ["json"]);
    for end in ["", "-wal", "-shm", "-journal"] {
        let left = place.0.join(format!("{part}{end}"));
        fs::write(&left, "half").unwrap();
        good(&place, "--ledger first status");
        assert!(!left.exists(), "{end}");
    }
}

/// Another user: whoever runs the tests as root can make files of that user.
const OTHER: u32 = 65534;

/// Nothing of a ledger is read or written that another user laid out in a directory that all may write to.
#[test]
fn a_ledger_is_not_where_another_user_laid_it_out() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, lchown, symlink};
    let place = Place::new();
    let victim = place.0.join("victim");
    let shared = place.0.join("shared");
    fs::create_dir(&shared).unwrap();
    fs::set_permissions(&shared, fs::Permissions::from_mode(0o1777)).unwrap();
    let init = "init plant --title T --boundary B --perspective operator --person ada=Ada";
    for ledger in ["first", "shared/own"] {
        good(&place, &format!("--ledger {ledger} {init}"));
        good(&place, &format!("--ledger {ledger} status"));
    }
    // Only root can make somebody else's files.
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        return;
    }
    let refused = |words: &[&str], about: &str| {
        let answer = place.ask(words);
        assert_eq!(answer.code, 2, "{words:?} {answer:?}");
        assert!(answer.err.contains(about), "{answer:?}");
        assert!(answer.err.contains("another user"), "{answer:?}");
        assert!(!victim.exists());
    };
    for end in ["", "-wal", "-shm", "-journal"] {
        let name = match end {
            "" => "new".to_owned(),
            end => format!("own{end}"),
        };
        let planted = shared.join(&name);
        let ledger = format!("shared/{}", name.trim_end_matches(end));
        let ledger = if end.is_empty() {
            "shared/new"
        } else {
            &ledger
        };
        for link in [true, false] {
            match link {
                true => symlink(&victim, &planted).unwrap(),
                false => fs::copy(place.0.join("first"), &planted).map(drop).unwrap(),
            }
            lchown(&planted, Some(OTHER), Some(OTHER)).unwrap();
            let maturity = ["maturity", "--ledger", ledger].into_iter();
            let words: Vec<&str> = maturity.chain(init.split(' ')).collect();
            refused(&words, &name);
            refused(&["ledger", "--ledger", ledger, "verify"], &name);
            fs::remove_file(&planted).unwrap();
        }
    }
    good(&place, "--ledger first status");
    let backup = ["ledger", "--ledger", "first", "backup", "shared/way/out"];
    symlink(&place.0, shared.join("way")).unwrap();
    lchown(shared.join("way"), Some(OTHER), Some(OTHER)).unwrap();
    refused(&backup, "way");
    assert!(!place.0.join("out").exists());
}
