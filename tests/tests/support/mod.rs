//! The built programs, and a place of its own for each test.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

/// Where the programs were built: beside the test programs, or where `BULKHEAD_BIN_DIR` says.
pub fn programs() -> PathBuf {
    if let Some(directory) = std::env::var_os("BULKHEAD_BIN_DIR") {
        return directory.into();
    }
    let own = std::env::current_exe().expect("a test program has a path");
    own.parent()
        .and_then(Path::parent)
        .expect("it lies in `deps`")
        .to_owned()
}

/// A built program.
pub fn program(name: &str) -> PathBuf {
    let path = programs().join(name);
    assert!(
        path.is_file(),
        "{} is missing: run `cargo xtask build` first",
        path.display()
    );
    path
}

/// A directory that is removed at the end of the test.
pub struct Place(pub PathBuf);

impl Place {
    /// A fresh one.
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path =
            std::env::temp_dir().join(format!("bulkhead-test-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a temporary directory");
        Self(path)
    }

    /// Writes a file into it.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).expect("a temporary file");
        path
    }

    /// `bulkhead` with its run directories in this place.
    pub fn bulkhead(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program("bulkhead"));
        command
            .args(arguments)
            .env("BULKHEAD_RUN_DIR", self.0.join("run"))
            .current_dir(&self.0);
        command
    }

    /// Runs `bulkhead` to its end.
    pub fn ask(&self, arguments: &[&str]) -> Answer {
        let output = self.bulkhead(arguments).output().expect("bulkhead starts");
        Answer::of(&output)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // A directory that stays behind in the temporary directory is harmless.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What a command answered.
#[derive(Debug)]
pub struct Answer {
    /// Exit code; −1 if it was killed.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Answer {
    /// Takes a finished command's output.
    pub fn of(output: &Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Standard output as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}
