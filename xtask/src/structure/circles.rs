//! Circles among files.

use std::collections::{BTreeMap, BTreeSet};

/// Pairs of which the first uses the second.
pub type Arrows = BTreeSet<(usize, usize)>;

/// Those that use each other, directly or through others; each circle sorted.
pub fn circles(arrows: &Arrows) -> Vec<Vec<usize>> {
    let ends: BTreeSet<usize> = arrows.iter().flat_map(|(from, to)| [*from, *to]).collect();
    let reached: BTreeMap<usize, BTreeSet<usize>> =
        ends.iter().map(|end| (*end, reach(arrows, *end))).collect();
    let mut placed = BTreeSet::new();
    let mut circles = Vec::new();
    for end in ends {
        let circle: Vec<usize> = reached[&end]
            .iter()
            .copied()
            .filter(|other| reached[other].contains(&end))
            .collect();
        if circle.len() > 1 && placed.insert(circle[0]) {
            circles.push(circle);
        }
    }
    circles
}

/// What one uses, directly or through others; itself only if a circle leads back.
fn reach(arrows: &Arrows, from: usize) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut waiting = vec![from];
    while let Some(at) = waiting.pop() {
        for (_, to) in arrows.range((at, 0)..=(at, usize::MAX)) {
            if reached.insert(*to) {
                waiting.push(*to);
            }
        }
    }
    reached
}
