//! Whatever the architecture: the flows of the live system are those of its plan, and data arrives.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod support;

use plan::Kind;
use record::event::Event;
use record::status::SubjectState;
use support::{Place, STOP, plan, subject};

/// A small generator of numbers, so that a failure can be repeated (xorshift64, Marsaglia 2003).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap()
    }
}

#[test]
fn random_architectures_run_as_drawn() {
    const NAMES: [&str; 10] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
    const KINDS: [(Kind, u32); 3] = [
        (Kind::Sampling, 1),
        (Kind::DropOldest, 8),
        (Kind::Credit, 4),
    ];
    for seed in 1..=8 {
        let place = Place::new();
        let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed));
        let count = 3 + numbers.below(NAMES.len() - 2);
        let subjects = NAMES[..count]
            .iter()
            .map(|name| subject(name, "all", STOP))
            .collect();
        let mut channels = Vec::new();
        for _ in 0..count * 2 {
            let pair = (NAMES[numbers.below(count)], NAMES[numbers.below(count)]);
            let drawn = |(a, b, ..): &(&str, &str, Kind, u32)| (*a, *b) == pair;
            if pair.0 != pair.1 && !channels.iter().any(drawn) {
                let (kind, depth) = KINDS[numbers.below(KINDS.len())];
                channels.push((pair.0, pair.1, kind, depth));
            }
        }
        let plan = plan(subjects, &channels);
        let mut run = support::start(&place, &plan, &[]);
        run.wait_for("data on every channel", |status| {
            let running = |s: &record::status::SubjectStatus| s.state == SubjectState::Running;
            status.subjects.iter().all(running) && status.channels.iter().all(|c| c.written > 0)
        });
        run.terminate();
        let (status, errors, events) = run.finish();
        assert_eq!(status, Some(0), "seed {seed}: {errors}");
        let started = events
            .iter()
            .filter(|event| matches!(event, Event::Started { .. }))
            .count();
        assert_eq!(started, count, "seed {seed}");
    }
}
