//! How fast the ledger takes entries and answers what pages ask, in SQLite and in PostgreSQL.
//!
//! A portfolio is made up: systems with 50 assessments each, an assessment with 18 judgements. The
//! judgements are entries. Two views are kept: the newest assessment of each system, counted by
//! practice and level, and all assessments of each system.

#[path = "../../../crates/tools/store/tests/support/cluster.rs"]
#[expect(dead_code, reason = "the benchmark only starts a server")]
mod cluster;
mod data;
mod questions;

use data::{ASSESSMENTS, PRACTICES};
use std::time::{Duration, Instant};
use std::{env, fs, process};
use store::Ledger;

/// The import's goal, in entries a second.
const RATE_GOAL: f64 = 20_000.0;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// How much of everything.
#[derive(Clone, Copy)]
struct Scale {
    /// Systems whose judgements are entries.
    systems: u32,
    /// Systems with views, at least as many; those beyond have one entry each.
    viewed: u32,
    /// How often each question is asked.
    rounds: u32,
}

fn main() -> Outcome<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let scale = |systems, viewed, rounds| Scale {
        systems,
        viewed,
        rounds,
    };
    let scale = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => scale(1_000, 10_000, 200),
        ["--brief"] => scale(20, 200, 20),
        ["--full"] => scale(10_000, 10_000, 200),
        [systems] => scale(systems.parse()?, 10_000, 200),
        _ => return Err("usage: ledger [SYSTEMS | --brief | --full]".into()),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let directory = env::temp_dir().join(format!("ledger-bench-{}", process::id()));
    fs::create_dir(&directory)?;
    let address = directory.join("ledger").display().to_string();
    let done = runtime.block_on(measure("SQLite", &address, scale));
    fs::remove_dir_all(&directory)?;
    done?;
    let cluster = cluster::Cluster::start();
    runtime.block_on(measure("PostgreSQL", &cluster.url("postgres"), scale))
}

async fn measure(name: &str, address: &str, scale: Scale) -> Outcome<()> {
    println!("\n{name}");
    let ledger = Ledger::create(address).await?;
    let start = Instant::now();
    let mut stored = Duration::ZERO;
    for system in 0..scale.systems {
        let batch = data::judgements(system);
        let before = Instant::now();
        ledger.append(batch).await?;
        stored += before.elapsed();
    }
    let entries = u64::from(scale.systems * ASSESSMENTS * PRACTICES);
    let rate = entries as f64 / stored.as_secs_f64();
    let verdict = if rate >= RATE_GOAL {
        ""
    } else {
        "  below the goal"
    };
    println!(
        "  {:<44}{entries:>10} entries in {:.1} s: {rate:.0} a second{verdict}",
        "import",
        start.elapsed().as_secs_f64()
    );

    for systems in (scale.systems..scale.viewed)
        .collect::<Vec<_>>()
        .chunks(1000)
    {
        let batch = systems.iter().map(|system| data::first(*system)).collect();
        ledger.append(batch).await?;
    }
    let start = Instant::now();
    for systems in (0..scale.viewed).collect::<Vec<_>>().chunks(50) {
        let head = |system| match system < scale.systems {
            true => u64::from(ASSESSMENTS * PRACTICES),
            false => 1,
        };
        let views = systems
            .iter()
            .flat_map(|system| data::views(*system, head(*system)));
        ledger.put_views(&views.collect::<Vec<_>>()).await?;
    }
    let items = u64::from(scale.viewed * (ASSESSMENTS + 1));
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "  {:<44}{items:>10} items in {seconds:.1} s: {:.0} a second",
        "views",
        items as f64 / seconds
    );

    questions::ask_all(&ledger, scale.viewed, scale.rounds).await?;
    let start = Instant::now();
    let report = ledger.verify(None, &mut |_, _| ()).await?;
    if let Some(fault) = report.faults.first() {
        return Err(fault.to_string().into());
    }
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "  {:<44}{:>10} entries and all else in {seconds:.1} s",
        "verify", report.head.seq
    );
    ledger.close().await;
    Ok(())
}
