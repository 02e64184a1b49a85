//! What pages ask, and how long the answer takes.

use crate::data::{self, PRACTICES};
use std::time::{Duration, Instant};
use store::{Ledger, Page, Result};

/// The goal for each question.
const GOAL: Duration = Duration::from_millis(50);

/// Asks each question many times, each time about something else.
pub async fn ask_all(ledger: &Ledger, systems: u32, rounds: u32) -> Result<()> {
    let some = |round: u32| round.wrapping_mul(7919) % systems;
    println!(
        "  {:<44}{:>10}{:>10}",
        "question, in milliseconds", "median", "p99"
    );
    macro_rules! ask {
        ($name:literal, $rows:literal, $round:ident => $answer:expr) => {{
            let mut times = Vec::new();
            for $round in 0..rounds {
                let start = Instant::now();
                let rows = $answer;
                times.push(start.elapsed());
                assert!(rows >= $rows, "{} has {rows} rows", $name);
            }
            show($name, times);
        }};
    }
    let portfolio = Page {
        view: "portfolio",
        limit: 50,
        ..Page::default()
    };
    ask!("portfolio, first page", 50, _round => ledger.page(&portfolio).await?.len());
    ask!("portfolio, a page in the middle", 1, round => {
        let title = data::title(some(round));
        let page = Page { after: Some((&title, "", "")), ..portfolio };
        ledger.page(&page).await?.len()
    });
    ask!("portfolio, last page, descending", 50, _round => {
        ledger.page(&Page { descending: true, ..portfolio }).await?.len()
    });
    ask!("portfolio, by the beginning of a name", 1, round => {
        let title = data::title(some(round));
        let prefix = &title[..title.len() - 3];
        ledger.page(&Page { prefix, ..portfolio }).await?.len()
    });
    ask!("systems at a level of a practice, a page", 30, round => {
        let practice = format!("practice-{:02}", round % PRACTICES);
        let level = (round % 5).to_string();
        let page = Page { facet: Some((&practice, &level)), ..portfolio };
        ledger.page(&page).await?.len()
    });
    ask!("distribution, practices by levels", 90, _round => ledger.tally("portfolio").await?.len());
    ask!("history of a system, 50 assessments", 50, round => {
        let system = data::system(some(round));
        let page = Page { view: "history", system: Some(&system), limit: 100, ..Page::default() };
        ledger.page(&page).await?.len()
    });
    ask!("two assessments to compare", 2, round => {
        let system = data::system(some(round));
        let one = ledger.item("history", &system, "assessment-03").await?;
        let two = ledger.item("history", &system, "assessment-49").await?;
        one.iter().chain(&two).count()
    });
    ask!("systems whose view is stale: none, all seen", 1, _round => {
        1 + ledger.stale("portfolio", "2026-01-01", "", 50).await?.len()
    });
    ask!("systems by the beginning of their id", 1, round => {
        ledger.systems(&format!("plant-{:03}", some(round) / 50), "", 50).await?.len()
    });
    ask!("entries of a system, the newest of 50 rounds", 1, round => {
        let system = data::system(some(round));
        let head = ledger.stream_head(&system).await?;
        ledger.read(&system, head.saturating_sub(u64::from(PRACTICES)), 100).await?.len()
    });
    ask!("append an assessment of 18 judgements", 18, round => {
        let batch = data::judgements(some(round)).into_iter().take(18);
        let batch = batch.map(|new| store::New { base: 0, ..new }).collect();
        ledger.append(batch).await?.positions.len()
    });
    Ok(())
}

fn show(name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    let late = if at(99) > GOAL {
        "  above the goal"
    } else {
        ""
    };
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    println!("  {name:<44}{:>10.2}{:>10.2}{late}", ms(at(50)), ms(at(99)));
}
