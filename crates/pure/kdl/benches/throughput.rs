//! Throughput of the parser on a realistic document of about 8 MB, beside a plain scan of the same
//! bytes in the same run. Prints the median of the rounds and their spread.
#![expect(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "what is measured is printed"
)]
#![expect(clippy::indexing_slicing, reason = "what fails ends the program")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;

const SIZE: usize = 8_000_000;
const ROUNDS: usize = 25;

fn document() -> String {
    let mut text = String::with_capacity(SIZE + 1000);
    text.push_str("bulkhead 1\n");
    let mut count = 0_u32;
    while text.len() < SIZE {
        count += 1;
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            r#"system line-{count} {{                     // one bottling line
  domain field   secrecy=plant integrity=safety
  type FillLevel {{ level u16 unit=ml range="0..1500"; at u64 unit=ns }}

  subject filler-{count} in=field criticality=SIL2 {{
    run "filler"                                  // a program; it sees its ports and nothing else
    port level out type=FillLevel
    port setpoint in type=Setpoint max-age="200ms" on-stale=stop
    memory "16MiB"; budget "2ms" every="10ms"
    because "accepts only set points within the \"recipe's\" limits"
    /- on-failure restart within="50ms"
  }}
  channel filler-{count}.level -> historian.level sampling depth={count} overflow=drop-oldest enforce=#true
  /* the loss of the uplink is survivable:
     see hazard H3 */
  require one-loss {{ if-lost uplink {{ keep level samples }} }}
}}

"#
        );
    }
    text
}

/// Runs `work` and gives the throughput of each round in MB/s, sorted.
fn measure(bytes: usize, mut work: impl FnMut()) -> Vec<f64> {
    work();
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            work();
            bytes as f64 / 1e6 / start.elapsed().as_secs_f64()
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    rounds
}

fn median(rounds: &[f64]) -> f64 {
    rounds[rounds.len() / 2]
}

fn show(name: &str, rounds: &[f64]) {
    let (low, high) = (rounds[0], rounds[rounds.len() - 1]);
    println!(
        "{name:<12} {:>9.1} MB/s (median of {ROUNDS}; {low:.1} to {high:.1})",
        median(rounds)
    );
}

fn main() {
    let text = document();
    assert!(kdl::parse(&text).diagnostics.is_empty());
    println!("document     {:>9.1} MB", text.len() as f64 / 1e6);
    let scan = measure(text.len(), || {
        black_box(
            black_box(text.as_bytes())
                .iter()
                .filter(|byte| **byte == b'\n')
                .count(),
        );
    });
    let parse = measure(text.len(), || {
        black_box(kdl::parse(black_box(&text)));
    });
    show("byte scan", &scan);
    show("parse", &parse);
    println!("ratio        {:>9.1}", median(&scan) / median(&parse));
}
