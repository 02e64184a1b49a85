//! Fuzz smoke runs on the stable toolchain (see `fuzz/README.md`).

use crate::Done;
use crate::shell::{cargo, output, root, step};
use std::process::Command;

const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1";

/// Builds every fuzz target and runs each for so many seconds.
pub fn smoke(seconds: u64) -> Done {
    let fuzz = root().join("fuzz");
    let target = root().join("target/fuzz");
    let mut build = cargo(&["build", "--release", "--bins"]);
    build
        .current_dir(&fuzz)
        .env("RUSTFLAGS", FLAGS)
        .env("CARGO_TARGET_DIR", &target);
    step("fuzz build", &mut build)?;
    let mut metadata = cargo(&["metadata", "--format-version", "1", "--no-deps"]);
    let metadata = output(metadata.current_dir(&fuzz))?;
    let metadata: serde_json::Value =
        serde_json::from_slice(&metadata).map_err(|error| error.to_string())?;
    let host = output(Command::new("rustc").args(["--print", "host-tuple"]))?;
    let host = String::from_utf8_lossy(&host).trim().to_owned();
    let empty = Vec::new();
    let targets = metadata["packages"][0]["targets"]
        .as_array()
        .unwrap_or(&empty);
    let names: Vec<&str> = targets
        .iter()
        .filter(|target| target["kind"][0] == "bin")
        .filter_map(|target| target["name"].as_str())
        .collect();
    if names.is_empty() {
        return Err("there is no fuzz target".to_owned());
    }
    for name in names {
        let program = [
            target.join(&host).join("release").join(name),
            target.join("release").join(name),
        ]
        .into_iter()
        .find(|program| program.is_file())
        .ok_or_else(|| format!("fuzz target {name} was not built"))?;
        let corpus = root().join("target/fuzz-corpus").join(name);
        std::fs::create_dir_all(&corpus).map_err(|error| error.to_string())?;
        let seeds = fuzz.join("seeds").join(name);
        let mut run = Command::new(program);
        run.arg(&corpus);
        if seeds.is_dir() {
            run.arg(seeds);
        }
        run.args([
            &format!("-max_total_time={seconds}"),
            "-timeout=10",
            "-rss_limit_mb=2048",
            "-max_len=4096",
            "-verbosity=0",
            "-print_final_stats=1",
            "-artifact_prefix=target/fuzz-",
        ]);
        step(
            &format!("fuzz {name} for {seconds} s"),
            run.current_dir(root()),
        )?;
    }
    Ok(())
}
