//! How long a program takes to start: from the call that spawns to the first byte it says, in
//! partitions of Bulkhead and under `bwrap --unshare-all`.
//!
//! This program is also the one that is started, so that both sides start the same file. Each side
//! is the leaner for it: to `bwrap` only this one file is shown, and it exits after its byte.

mod bwrap;
mod plant;
mod report;
mod subject;
mod supervisor;

use report::Row;
use std::net::UdpSocket;
use std::time::{Duration, Instant};

/// Subjects of the larger system.
const MANY: usize = 20;

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

/// All in turn in each round; no round begins after `limit`: on a busy machine there are fewer.
fn measure(rounds: usize, limit: Duration) -> Outcome<()> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.set_read_timeout(Some(Duration::from_secs(10)))?;
    let programs = supervisor::Programs::find()?;
    let one = plant::Plant::new(1, &socket)?;
    let many = plant::Plant::new(MANY, &socket)?;
    let mut table = report::Table::default();
    let start = Instant::now();
    for round in 0..=rounds {
        if start.elapsed() > limit {
            println!("too busy: {} of {rounds} rounds", round.max(1) - 1);
            break;
        }
        let single = bwrap::starts(1)?;
        let first = programs.run(&one, &socket)?;
        let row = bwrap::starts(MANY)?;
        let all = programs.run(&many, &socket)?;
        // The first round only warms up.
        if round == 0 {
            continue;
        }
        table.add(Row::Bwrap, single);
        table.add(Row::Fresh, first.fresh_ms());
        table.add(Row::Again, first.again_ms()?);
        table.add(Row::Whole, first.whole_ms());
        table.add(Row::Hash, first.hash_ms());
        table.add(Row::Audit, first.audit_ms());
        table.add(Row::Mapped, first.partitions_ms());
        table.add(Row::Between, first.between_ms());
        table.add(Row::BwrapMany, row / MANY as f64);
        table.add(Row::Many, all.fresh_ms() / MANY as f64);
        table.add(Row::ManyAudit, all.audit_ms() / MANY as f64);
    }
    print!("{table}");
    Ok(())
}
