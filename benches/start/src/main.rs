//! How long a program takes to start: from the call that spawns to the first byte it says, in
//! partitions of Bulkhead and under `bwrap --unshare-all`.
//!
//! This program is also the one that is started, so that both sides start the same file. What it
//! says is the time, by the monotonic clock that both sides share: the moment of its first byte
//! does not depend on how the byte travels. To `bwrap` only this one file is shown.

mod bwrap;
mod plant;
mod report;
mod subject;
mod supervisor;

use report::Row;
use std::time::{Duration, Instant};

/// Subjects of the larger system.
const MANY: usize = 20;

/// Before each measurement: the kernel takes namespaces apart long after their last process, and
/// whoever makes others meanwhile waits for it.
const SETTLE: Duration = Duration::from_millis(100);

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    if let Ok(ports) = channel::Ports::take() {
        subject::run(ports);
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => measure(30, Duration::from_secs(50)),
        ["--brief"] => measure(3, Duration::from_secs(20)),
        [bwrap::FIRST] => bwrap::say(),
        _ => Err("usage: start [--brief]".into()),
    }
}

fn settled<T>(measurement: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    std::thread::sleep(SETTLE);
    measurement()
}

/// All in turn in each round; no round begins after `limit`: on a busy machine there are fewer.
fn measure(rounds: usize, limit: Duration) -> Outcome<()> {
    let programs = supervisor::Programs::find()?;
    let one = plant::Plant::new(1)?;
    let many = plant::Plant::new(MANY)?;
    let mut table = report::Table::default();
    let start = Instant::now();
    for round in 0..=rounds {
        if start.elapsed() > limit {
            println!("too busy: {} of {rounds} rounds", round.max(1) - 1);
            break;
        }
        let bare = settled(bwrap::bare)?;
        let single = settled(|| bwrap::starts(1))?;
        let first = settled(|| programs.run(&one))?;
        let row = settled(|| bwrap::starts(MANY))?;
        let all = settled(|| programs.run(&many))?;
        // The first round only warms up.
        if round == 0 {
            continue;
        }
        table.add(Row::Bare, bare);
        table.add(Row::Bwrap, single);
        table.add(Row::Fresh, first.fresh_ms());
        table.add(Row::Mapped, first.partitions_ms());
        table.add(Row::Ready, first.ready_ms());
        table.add(Row::Go, first.go_ms());
        table.add(Row::Ahead, first.ahead_ms());
        table.add(Row::Audit, first.audit_ms());
        table.add(Row::Hash, first.hash_ms());
        table.add(Row::Place, first.place_ms());
        table.add(Row::Serial, first.fresh_ms() + first.ahead_ms());
        table.add(Row::Again, first.again_ms()?);
        table.add(Row::Whole, first.whole_ms());
        table.add(Row::BwrapMany, row / MANY as f64);
        table.add(Row::Many, all.fresh_ms() / MANY as f64);
        table.add(Row::ManyAudit, all.audit_ms() / MANY as f64);
    }
    print!("{table}");
    Ok(())
}
