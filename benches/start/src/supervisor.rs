//! A run of the supervisor, and what its `--timing` says about it.

use crate::Outcome;
use crate::plant::Plant;
use channel::clock;
use record::chain::Record;
use record::event::Event;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a run may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where the runtime's programs are.
pub struct Programs {
    supervisor: PathBuf,
    init: PathBuf,
}

/// Moments of one run, in nanoseconds of the monotonic clock.
pub struct Run {
    spawned: u64,
    /// How long the first keeper took: namespaces, copy, the end of its rights.
    ahead: u64,
    begun: u64,
    limited: u64,
    read: u64,
    hashed: u64,
    logged: u64,
    partitions: u64,
    starts: Vec<Start>,
    /// First byte of each start: epoch and moment.
    bytes: Vec<(u64, u64)>,
}

struct Start {
    epoch: u64,
    ordered: u64,
    ready: u64,
    audited: u64,
}

impl Programs {
    /// In `BULKHEAD_BIN_DIR`, or where `cargo build --release` puts them.
    pub fn find() -> Outcome<Self> {
        let built = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../target")
            .join(format!("{}-unknown-linux-gnu", std::env::consts::ARCH))
            .join("release");
        let directory = std::env::var_os("BULKHEAD_BIN_DIR").map_or(built, PathBuf::from);
        let program = |name: &str| -> Outcome<PathBuf> {
            let path = directory.join(name);
            if path.is_file() {
                return Ok(path);
            }
            let shown = path.display();
            Err(format!("no `{shown}`: build it with `cargo build --release -p linux`").into())
        };
        Ok(Self {
            supervisor: program("bulkhead-supervisor")?,
            init: program("bulkhead-init")?,
        })
    }

    /// Runs a plan until every first byte arrived.
    pub fn run(&self, plant: &Plant) -> Outcome<Run> {
        let spawned = clock::now_ns();
        let mut child = Command::new(&self.supervisor)
            .arg("--plan")
            .arg(plant.directory.join("plan.json"))
            .arg("--run-dir")
            .arg(plant.directory.join("run"))
            .arg("--state-dir")
            .arg(plant.directory.join("state"))
            .arg("--init")
            .arg(&self.init)
            .args(["--timing", "--stop-with-stdin", "--for-ms", "20000"])
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let log = plant.directory.join("run/events.jsonl");
        let bytes = listen(plant.bytes, &log, &mut child);
        let text = finish(&mut child)?;
        let bytes = bytes.map_err(|error| format!("{error}: {text}"))?;
        // The next run begins with an empty log.
        std::fs::remove_file(&log)?;
        parse(&text, spawned, bytes).ok_or_else(|| format!("strange timing: {text}").into())
    }
}

/// Waits until the event log has the first line of every start; gives its epoch and moment.
fn listen(count: usize, log: &Path, child: &mut Child) -> Outcome<Vec<(u64, u64)>> {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until && child.try_wait()?.is_none() {
        // Seldom enough not to take the processor from what is measured.
        std::thread::sleep(Duration::from_millis(20));
        let text = std::fs::read_to_string(log).unwrap_or_default();
        let found: Vec<(u64, u64)> = text.lines().filter_map(first_byte).collect();
        if found.len() >= count {
            return Ok(found);
        }
    }
    Err("a first byte is missing".into())
}

fn first_byte(line: &str) -> Option<(u64, u64)> {
    let record: Record = serde_json::from_str(line).ok()?;
    match record.event {
        Event::Log { epoch, text, .. } => Some((epoch, text.parse().ok()?)),
        _ => None,
    }
}

/// Closes its standard input, which ends it, and returns what it said.
fn finish(child: &mut Child) -> Outcome<String> {
    drop(child.stdin.take());
    let mut text = String::new();
    if let Some(stderr) = &mut child.stderr {
        stderr.read_to_string(&mut text)?;
    }
    let status = child.wait()?;
    if status.success() {
        Ok(text)
    } else {
        Err(format!("the supervisor ended with {status}: {text}").into())
    }
}

fn parse(text: &str, spawned: u64, bytes: Vec<(u64, u64)>) -> Option<Run> {
    let value = |line: &str, key: &str| -> Option<u64> {
        let mut words = line.split(' ');
        words.find_map(|word| word.strip_prefix(key)?.strip_prefix('=')?.parse().ok())
    };
    let first = text
        .lines()
        .find(|line| line.starts_with("timing ahead_ns="))?;
    let lines = text
        .lines()
        .filter(|line| line.starts_with("timing subject="));
    let start = |line: &str| {
        Some(Start {
            epoch: value(line, "epoch")?,
            ordered: value(line, "ordered_ns")?,
            ready: value(line, "ready_ns")?,
            audited: value(line, "audited_ns")?,
        })
    };
    Some(Run {
        spawned,
        ahead: value(first, "ahead_ns")?,
        begun: value(first, "begun_ns")?,
        limited: value(first, "limited_ns")?,
        read: value(first, "read_ns")?,
        hashed: value(first, "hashed_ns")?,
        logged: value(first, "logged_ns")?,
        partitions: value(first, "partitions_ns")?,
        starts: lines.map(start).collect::<Option<_>>()?,
        bytes,
    })
}

impl Run {
    fn first(&self) -> impl Iterator<Item = &Start> {
        self.starts.iter().filter(|start| start.epoch == 1)
    }

    /// Moment of the last first byte of a first start.
    fn arrived(&self) -> u64 {
        let first = self.bytes.iter().filter(|(epoch, _)| *epoch == 1);
        first.map(|(_, at)| *at).max().unwrap_or(0)
    }

    fn audit(&self) -> u64 {
        self.first().map(|start| start.audited - start.ready).sum()
    }

    /// From the moment when the first keeper is called for to the last first byte; everything in
    /// between included, also waiting for its keeper, except the audits.
    pub fn fresh_ms(&self) -> f64 {
        ms(self.arrived() - self.logged - self.audit())
    }

    /// The first keeper, made while the program is read.
    pub fn ahead_ms(&self) -> f64 {
        ms(self.ahead)
    }

    /// Until every keeper has mapped, and every segment is sealed.
    pub fn partitions_ms(&self) -> f64 {
        ms(self.partitions - self.logged)
    }

    /// Until a process has loaded the program and taken its start and its filter.
    pub fn ready_ms(&self) -> f64 {
        let ready = self.first().map(|start| start.ready).min().unwrap_or(0);
        ms(ready.saturating_sub(self.partitions))
    }

    /// From the end of the audit, its record included, to the first byte.
    pub fn go_ms(&self) -> f64 {
        let audited = self.first().map(|start| start.audited).max().unwrap_or(0);
        ms(self.arrived().saturating_sub(audited))
    }

    /// From the order to start a program in a partition that exists to its first byte, without the
    /// audit.
    pub fn again_ms(&self) -> Outcome<f64> {
        let second = self.starts.iter().find(|start| start.epoch == 2);
        let byte = self.bytes.iter().find(|(epoch, _)| *epoch == 2);
        let (Some(start), Some((_, at))) = (second, byte) else {
            return Err("it was not started again".into());
        };
        Ok(ms(at - start.ordered - (start.audited - start.ready)))
    }

    /// From the spawn of the supervisor to the last first byte, everything included.
    pub fn whole_ms(&self) -> f64 {
        ms(self.arrived() - self.spawned)
    }

    /// Reading, hashing and sealing the program.
    pub fn hash_ms(&self) -> f64 {
        ms(self.hashed - self.read)
    }

    /// Run directory, control groups, event log.
    pub fn place_ms(&self) -> f64 {
        ms(self.limited - self.begun + self.logged - self.hashed)
    }

    /// The audits of all first starts.
    pub fn audit_ms(&self) -> f64 {
        ms(self.audit())
    }
}

fn ms(ns: u64) -> f64 {
    ns as f64 / 1e6
}
