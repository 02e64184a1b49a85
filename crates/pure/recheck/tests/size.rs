//! What a certifier must read stays small.
#![expect(clippy::disallowed_methods, reason = "a test reads its cases from files")]
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

/// Lines of code of a file: neither blank nor comment.
fn lines_of_code(file: &str) -> usize {
    let path = format!("{}/src/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let code = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with("//");
    text.lines().filter(code).count()
}

#[test]
fn the_checker_and_the_linter_stay_small() {
    let directory = format!("{}/src", env!("CARGO_MANIFEST_DIR"));
    // `lib.rs` only names the modules of both.
    let mut checker = 0;
    for entry in std::fs::read_dir(directory).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if !["lint", "lint.rs", "lib.rs"].contains(&name.as_str()) {
            checker += lines_of_code(&name);
        }
    }
    let linter = lines_of_code("lint.rs") + lines_of_code("lint/linux.rs");
    assert!(checker <= 870, "the checker has {checker} lines of code");
    assert!(linter <= 400, "the linter has {linter} lines of code");
}
