//! What the structure of the sources has to be like: short functions, no circles, nothing left behind, one list
//! of lints.
//!
//! Functions that were too long when the rule began stand in a list that may only get shorter.
#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use xtask::structure::{File, Modules, Package, circles, functions, packages};

/// Lines that a function may have.
const FUNCTION_LINES_MAX: usize = 70;

/// Longer functions: file, name, lines at most. Shorten them; the list takes no others.
const LONG_FUNCTIONS: &[(&str, &str, usize)] = &[
    ("benches/ledger/src/questions.rs", "ask_all", 73),
    ("crates/pure/analysis/src/review.rs", "zoning", 77),
    ("crates/tools/app/src/programs.rs", "find", 91),
    ("crates/faces/bulkhead/src/commands.rs", "perform", 93),
    ("crates/faces/bulkhead/src/live/lines.rs", "say", 137),
    ("crates/faces/bulkhead/src/maturity/catalog.rs", "whole", 73),
    ("crates/faces/bulkhead/src/maturity/plan.rs", "text", 90),
    (
        "crates/faces/bulkhead/src/maturity/standing.rs",
        "explain",
        79,
    ),
    ("crates/faces/bulkhead/src/show.rs", "report", 88),
    ("crates/faces/bulkhead/src/show.rs", "survey", 79),
    ("crates/tools/report/src/chart/radar.rs", "radar", 75),
    ("crates/tools/interchange/src/csv.rs", "table", 72),
    (
        "crates/tools/interchange/src/csv/answers.rs",
        "answers",
        123,
    ),
    (
        "crates/tools/interchange/src/oscal/foreign_results.rs",
        "answer",
        99,
    ),
    ("crates/tools/interchange/src/oscal/read.rs", "read", 87),
    ("crates/tools/report/src/document/plan.rs", "actions", 75),
    ("crates/tools/report/src/document/practice.rs", "facts", 87),
    ("crates/tools/report/src/document/sources.rs", "ground", 80),
    (
        "crates/tools/interchange/src/tables/write.rs",
        "Writer::rows",
        103,
    ),
    ("crates/tools/interchange/src/workbook/read.rs", "table", 81),
    (
        "crates/tools/interchange/src/workbook/views.rs",
        "about",
        74,
    ),
    ("crates/pure/kdl/src/braces.rs", "braces", 76),
    ("crates/pure/kdl/src/parse/node.rs", "Parser::node_body", 79),
    ("crates/pure/lang/src/labels.rs", "Context::axis", 95),
    ("crates/pure/lang/src/read.rs", "Context::system", 73),
    (
        "crates/pure/maturity/src/project/check/texts.rs",
        "Check::texts",
        96,
    ),
    ("crates/pure/record/src/cause.rs", "Cause::fmt", 77),
    (
        "crates/pure/record/src/difference.rs",
        "Deviation::fmt",
        182,
    ),
    ("crates/trusted/linux/src/elf.rs", "parse", 79),
    ("crates/trusted/linux/src/faults.rs", "opened", 88),
    ("crates/trusted/linux/src/filter/rules.rs", "rules", 130),
    ("crates/trusted/linux/src/gate.rs", "Auditor::inspect", 100),
    ("crates/trusted/linux/src/run.rs", "supervise", 175),
    (
        "crates/trusted/linux/src/supervisor/ends.rs",
        "Supervisor::ended_by",
        79,
    ),
    (
        "crates/trusted/linux/src/supervisor/go.rs",
        "Supervisor::try_go",
        136,
    ),
];

/// The workspaces of this repository.
const WORKSPACES: &[&str] = &[".", "benches", "fuzz"];

fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    root.canonicalize().unwrap()
}

/// A path as it is written in the lists.
fn shown(path: &Path, root: &Path) -> String {
    let path = path.canonicalize().unwrap();
    path.strip_prefix(root).unwrap().display().to_string()
}

/// The packages of all workspaces.
fn all() -> Vec<Package> {
    let workspaces = WORKSPACES.iter();
    let packages: Vec<Package> = workspaces
        .flat_map(|workspace| packages(&root().join(workspace)).unwrap())
        .collect();
    assert!(packages.iter().any(|package| package.name == "model"));
    packages
}

/// The libraries and programs of a package, or all its targets.
fn targets(package: &Package, products: bool) -> impl Iterator<Item = Modules> {
    let targets = package.targets.iter();
    targets
        .filter(move |target| target.product || !products)
        .map(|target| Modules::read(&target.root).unwrap())
}

fn generated(file: &File) -> bool {
    let text = fs::read_to_string(&file.path).unwrap();
    let first = text.lines().next().unwrap_or_default();
    first.starts_with("//!") && first.contains("Generated from")
}

/// The functions that are too long, with their lines; of two with one name the longer.
fn long(modules: &Modules, root: &Path) -> BTreeMap<(String, String), usize> {
    let mut long = BTreeMap::new();
    for file in modules.files.iter().filter(|file| !generated(file)) {
        for function in functions(file) {
            if function.lines > FUNCTION_LINES_MAX {
                let lines = long.entry((shown(&file.path, root), function.name));
                let lines = lines.or_insert(0);
                *lines = function.lines.max(*lines);
            }
        }
    }
    long
}

/// The circles among the files of a target outside of parent and child.
fn circular(modules: &Modules, root: &Path) -> BTreeSet<String> {
    let circles = circles(&modules.apart(&modules.arrows()));
    let circles = circles.iter().map(|circle| {
        let files = circle
            .iter()
            .map(|at| shown(&modules.files[*at].path, root));
        let mut files: Vec<String> = files.collect();
        files.sort();
        files.join(" ")
    });
    circles.collect()
}

/// What is found and not known, and what is known and not found any more.
fn compare<T: Ord + Clone + std::fmt::Debug>(found: &BTreeSet<T>, known: &BTreeSet<T>) -> String {
    let new: Vec<&T> = found.difference(known).collect();
    let gone: Vec<&T> = known.difference(found).collect();
    let mut text = String::new();
    if !new.is_empty() {
        text += &format!("new: {new:#?}\n");
    }
    if !gone.is_empty() {
        text += &format!("gone, take from the list: {gone:#?}\n");
    }
    text
}

#[test]
fn functions_are_short() {
    let root = root();
    let mut found = BTreeMap::new();
    for package in all() {
        for modules in targets(&package, true) {
            found.extend(long(&modules, &root));
        }
    }
    let known: BTreeMap<(String, String), usize> = LONG_FUNCTIONS
        .iter()
        .map(|(file, name, lines)| (((*file).to_owned(), (*name).to_owned()), *lines))
        .collect();
    assert_eq!(
        known.len(),
        LONG_FUNCTIONS.len(),
        "one of them stands twice"
    );
    let wrong = compare(
        &found.keys().cloned().collect(),
        &known.keys().cloned().collect(),
    );
    assert!(
        wrong.is_empty(),
        "more than {FUNCTION_LINES_MAX} lines: {wrong}"
    );
    let grown = found
        .iter()
        .filter(|(function, lines)| **lines > known[*function]);
    let grown: Vec<_> = grown.collect();
    assert!(grown.is_empty(), "longer than listed: {grown:?}");
}

#[test]
fn files_have_an_order() {
    let root = root();
    let mut found = BTreeSet::new();
    for package in all() {
        for modules in targets(&package, false) {
            found.extend(circular(&modules, &root));
        }
    }
    assert!(
        found.is_empty(),
        "files of one crate that use each other, directly or through others: {found:#?}"
    );
}

/// All files beneath a directory, but those of builds and of git.
fn walk(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !path.is_symlink() {
            if name != "target" && !name.starts_with('.') {
                walk(&path, files);
            }
        } else {
            files.push(path);
        }
    }
}

/// Source files that no target reaches.
fn unreached(files: &[PathBuf], reached: &BTreeSet<PathBuf>) -> Vec<PathBuf> {
    let sources = files
        .iter()
        .filter(|file| file.extension().is_some_and(|own| own == "rs"));
    let dead = sources.filter(|file| !reached.contains(&file.canonicalize().unwrap()));
    dead.cloned().collect()
}

/// Data of tests that no source names: by its path from the directory of the tests or from the source,
/// by its directory, in which each file is then an input or belongs to one, or as the seeds that proptest keeps.
fn unnamed(files: &[PathBuf], reached: &BTreeSet<PathBuf>) -> Vec<PathBuf> {
    let texts: Vec<String> = reached
        .iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let named = |name: &str| {
        let last = format!("{name}\"");
        let said = |text: &String| {
            let mut places = text.match_indices(&last);
            places.any(|(at, _)| text[..at].ends_with(['"', '/']))
        };
        texts.iter().any(said)
    };
    let live = |file: &PathBuf| {
        let name = file.file_name().unwrap().to_str().unwrap();
        let directory = file.parent().unwrap();
        let within = directory.file_name().unwrap().to_str().unwrap();
        if within == "tests" {
            return named(name);
        }
        if within == "proptest-regressions" {
            let source = file.with_extension("rs");
            let source = source.file_name().unwrap();
            let beside = |path: &PathBuf| path.starts_with(directory.parent().unwrap());
            let of = |path: &PathBuf| beside(path) && path.file_name() == Some(source);
            return reached.iter().any(of);
        }
        named(&format!("{within}/{name}")) || named(within) && file.with_extension("kdl").is_file()
    };
    files.iter().filter(|file| !live(file)).cloned().collect()
}

/// Whether a file is data of a test: neither source nor manifest.
fn test_data(file: &Path) -> bool {
    let extension = file.extension().and_then(|own| own.to_str());
    file.iter().any(|part| part == "tests")
        && !matches!(extension, Some("rs" | "toml"))
        && !file.is_symlink()
}

#[test]
fn nothing_is_left_behind() {
    let root = root();
    let mut reached = BTreeSet::new();
    for package in all() {
        for modules in targets(&package, false) {
            let files = modules.files.iter();
            reached.extend(files.map(|file| file.path.canonicalize().unwrap()));
        }
    }
    let mut files = Vec::new();
    walk(&root, &mut files);
    let dead = unnamed(&unreached(&files, &reached), &reached);
    assert!(
        dead.is_empty(),
        "no target reaches and no test reads {dead:#?}"
    );
    let data = files
        .iter()
        .filter(|file| test_data(file.strip_prefix(&root).unwrap()));
    let data: Vec<PathBuf> = data.cloned().collect();
    assert!(data.len() > 100, "the data of the tests lies elsewhere");
    let dead = unnamed(&data, &reached);
    assert!(dead.is_empty(), "no test reads {dead:#?}");
    let broken = files.iter().filter(|file| !file.exists());
    let broken: Vec<&PathBuf> = broken.collect();
    assert!(broken.is_empty(), "links that lead nowhere: {broken:#?}");
}

/// Folders of the repository whose paths documents name.
const FOLDERS: &[&str] = &[
    "crates/",
    "docs/",
    "examples/",
    "fuzz/",
    "schemas/",
    "tests/",
    "xtask/",
];

/// What a document names and does not exist, seen from its folder: paths in backticks that begin at the root
/// of the repository and hold no placeholder, and links.
fn missing(root: &Path, document: &Path, text: &str) -> Vec<String> {
    let is_path = |word: &&str| {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "/._-".contains(c);
        FOLDERS.iter().any(|folder| word.starts_with(folder)) && word.chars().all(plain)
    };
    let named = text.split('`').skip(1).step_by(2).filter(is_path);
    let mut paths: Vec<(PathBuf, &str)> = named.map(|word| (root.join(word), word)).collect();
    for link in text.split("](").skip(1) {
        let target = link.split([')', '#']).next().unwrap();
        if !target.is_empty() && !target.contains("://") {
            paths.push((document.parent().unwrap().join(target), target));
        }
    }
    let missing = paths.into_iter().filter(|(path, _)| !path.exists());
    missing.map(|(_, word)| word.to_owned()).collect()
}

#[test]
fn documents_name_what_is_there() {
    let root = root();
    let mut files = Vec::new();
    walk(&root, &mut files);
    // The changelog also names what was.
    files.retain(|file| {
        file.extension().is_some_and(|end| end == "md") && !file.ends_with("CHANGELOG.md")
    });
    assert!(files.len() > 30, "the documents lie elsewhere");
    let mut wrong = Vec::new();
    for file in &files {
        let text = std::fs::read_to_string(file).unwrap();
        let shown = file.strip_prefix(&root).unwrap().display().to_string();
        wrong.extend(
            missing(&root, file, &text)
                .into_iter()
                .map(|path| (shown.clone(), path)),
        );
    }
    assert!(wrong.is_empty(), "named and not there: {wrong:#?}");
    let planted = "`crates/none` `crates/pure/NAME` `docs` [a](none.md#b) [b](https://a) [c](#d) `cargo test`";
    let found = missing(&root, &root.join("docs/a.md"), planted);
    assert_eq!(found, ["crates/none", "none.md"]);
}

/// The lints that a manifest sets in one table, `[TABLE.rust]` and `[TABLE.clippy]`.
fn lints(manifest: &str, table: &str) -> BTreeSet<String> {
    let mut set = BTreeSet::new();
    for tool in ["rust", "clippy"] {
        let begins = format!("[{table}.{tool}]");
        let lines = manifest.lines().skip_while(|line| *line != begins);
        let lines = lines.skip(1).take_while(|line| !line.starts_with('['));
        let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        set.extend(lines.map(|line| format!("{tool}: {line}")));
    }
    set
}

/// Whether a package has the lints of the workspace; one that may be unsafe has all others.
fn has_lints(manifest: &str, workspace: &str) -> bool {
    if manifest.contains("[lints]\nworkspace = true\n") {
        return true;
    }
    let mut shared = lints(workspace, "workspace.lints");
    shared.remove("rust: unsafe_code = \"forbid\"");
    shared.is_subset(&lints(manifest, "lints"))
}

#[test]
fn there_is_one_list_of_denied_lints() {
    let root = root();
    let workspace = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let listed = lints(&workspace, "workspace.lints");
    for lint in [
        "rust: unsafe_code = \"forbid\"",
        "clippy: unwrap_used = \"warn\"",
    ] {
        assert!(listed.contains(lint), "{listed:?}");
    }
    for package in packages(&root).unwrap() {
        let manifest = package.folder.join("Cargo.toml");
        let text = fs::read_to_string(&manifest).unwrap();
        assert!(
            has_lints(&text, &workspace),
            "{} lacks lints",
            manifest.display()
        );
        if package.folder.starts_with(root.join("crates/pure")) {
            let text = fs::read_to_string(package.folder.join("src/lib.rs")).unwrap();
            // Refused, or expected with a reason.
            let refused = text.contains("clippy::wildcard_enum_match_arm");
            assert!(refused, "`{}` may match its own enums by `_`", package.name);
        }
    }
}

#[test]
fn a_missing_lint_is_found() {
    let workspace = "[workspace.lints.rust]\nunsafe_code = \"forbid\"\nmissing_docs = \"warn\"\n\n\
                     [workspace.lints.clippy]\ntodo = \"warn\"\n";
    let inherits = "[package]\n\n[lints]\nworkspace = true\n";
    let unsafe_too = "[lints.rust]\nmissing_docs = \"warn\"\n\n[lints.clippy]\ntodo = \"warn\"\n";
    for good in [inherits, unsafe_too] {
        assert!(has_lints(good, workspace), "{good}");
    }
    let without = unsafe_too.replace("todo", "dbg_macro");
    let allowed = unsafe_too.replace("todo = \"warn\"", "todo = \"allow\"");
    for bad in [
        "[package]\n",
        "[lints]\nworkspace = false\n",
        &without,
        &allowed,
    ] {
        assert!(!has_lints(bad, workspace), "{bad}");
    }
}

/// A directory of planted files, which goes away with it.
struct Planted(PathBuf);

impl Planted {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let directory = format!("bulkhead-tidy-{name}-{}", std::process::id());
        let directory = std::env::temp_dir().join(directory);
        for (path, text) in files {
            let path = directory.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Self(directory.canonicalize().unwrap())
    }

    fn modules(&self) -> Modules {
        Modules::read(&self.0.join("src/lib.rs")).unwrap()
    }
}

impl Drop for Planted {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

#[test]
fn a_long_function_is_found() {
    let body = |lines: usize| "\n    work();".repeat(lines);
    let text = format!(
        "fn just() {{{}\n}}\nimpl Own {{\n/// Documented.\nfn longer(\n) {{{}\n}}\n}}\n\
         #[cfg(test)]\nmod tests {{\nfn test() {{{}\n}}\n}}\n",
        body(68),
        body(68),
        body(90),
    );
    let planted = Planted::new("long", &[("src/lib.rs", &text)]);
    let name = ("src/lib.rs".to_owned(), "Own::longer".to_owned());
    assert_eq!(
        long(&planted.modules(), &planted.0),
        BTreeMap::from([(name, 71)])
    );
    let text = format!("//! Generated from a model.\n{text}");
    let planted = Planted::new("generated", &[("src/lib.rs", &text)]);
    assert_eq!(long(&planted.modules(), &planted.0), BTreeMap::new());
}

#[test]
fn a_circle_is_found() {
    let circle = |one: &str, two: &str, parent: &str| {
        let planted = Planted::new(
            "circle",
            &[
                ("src/lib.rs", parent),
                ("src/one.rs", one),
                ("src/two.rs", "mod three;"),
                ("src/two/three.rs", two),
            ],
        );
        circular(&planted.modules(), &planted.0)
    };
    let found = BTreeSet::from(["src/one.rs src/two/three.rs".to_owned()]);
    let parent = "mod one; mod two;";
    // By paths, by names brought in, within macros, and through a name that the parent passes on.
    let one = "fn f() { crate::two::three::g() }";
    assert_eq!(circle(one, "use crate::one::f;", parent), found);
    assert_eq!(
        circle(one, "use super::super::one; fn g() { one::f() }", parent),
        found
    );
    assert_eq!(
        circle(one, "fn g() { assert!(crate::one::f()) }", parent),
        found
    );
    let parent = "mod one; mod two; pub use one::f;";
    assert_eq!(circle(one, "fn g() { crate::f() }", parent), found);
    // In one direction only, among tests only, and between parent and child.
    let none = BTreeSet::new();
    assert_eq!(circle(one, "fn g() {}", parent), none);
    assert_eq!(
        circle(one, "#[cfg(test)] mod tests { use crate::f; }", parent),
        none
    );
    assert_eq!(
        circle(
            "use crate::two;",
            "use super::super::two; use crate::h;",
            parent
        ),
        none
    );
}

#[test]
fn a_dead_file_is_found() {
    let planted = Planted::new(
        "dead",
        &[
            ("src/lib.rs", "mod used;"),
            (
                "src/used.rs",
                "const LIST: &str = \"tests/list\"; const ONE: &str = \"data/one.txt\";",
            ),
            ("src/dead.rs", ""),
            ("tests/list/a.kdl", ""),
            ("tests/list/a.expect", ""),
            ("tests/list/b.expect", ""),
            ("tests/data/one.txt", ""),
            ("tests/data/bone.txt", ""),
        ],
    );
    let mut files = Vec::new();
    walk(&planted.0, &mut files);
    let modules = planted.modules();
    let reached = modules.files.iter().map(|file| file.path.clone()).collect();
    assert_eq!(unreached(&files, &reached), [planted.0.join("src/dead.rs")]);
    files.retain(|file| test_data(file.strip_prefix(&planted.0).unwrap()));
    let mut dead = unnamed(&files, &reached);
    dead.sort();
    let expected = ["tests/data/bone.txt", "tests/list/b.expect"];
    assert_eq!(dead, expected.map(|file| planted.0.join(file)));
    // A module without its file does not go unnoticed either.
    fs::remove_file(planted.0.join("src/used.rs")).unwrap();
    assert!(Modules::read(&planted.0.join("src/lib.rs")).is_err());
}
