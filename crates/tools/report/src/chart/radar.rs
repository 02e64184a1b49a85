//! All practices around a circle.

use super::counted;
use super::svg::{CURRENT, GRID, Look, Svg, TARGET};
use crate::view::{PracticeView, Verdict, View};
use maturity::{Found, Level};
use std::f64::consts::PI;

const SIZE: (f64, f64) = (440.0, 400.0);
const RADIUS: f64 = 150.0;

/// One axis for each practice, level 0 in the middle and 4 at the rim: a filled line with circles for
/// what was found, a dashed one with diamonds for the targets. The line of a practice that is undefined
/// or not judged at the scope of its target runs through the middle without a circle; one that does not
/// apply has neither mark.
pub fn radar(view: &View, id: &str) -> String {
    let mut svg = Svg::new(
        id,
        "Current level and target on one axis for each practice",
        &counted(view),
        SIZE.0,
        SIZE.1,
    );
    let axes = view.practices.len().max(1) as f64;
    let at = |axis: usize, level: f64| {
        let angle = 2.0 * PI * axis as f64 / axes - PI / 2.0;
        let reach = RADIUS * level / 4.0;
        (
            SIZE.0 / 2.0 + reach * angle.cos(),
            185.0 + reach * angle.sin(),
        )
    };
    for level in 1..=4 {
        let ring: Vec<(f64, f64)> = (0..view.practices.len())
            .map(|axis| at(axis, f64::from(level)))
            .collect();
        svg.shape("polygon", &ring, "none", GRID, "none");
    }
    for (axis, practice) in view.practices.iter().enumerate() {
        svg.line(at(axis, 0.0), at(axis, 4.0), GRID, 1.0);
        let (x, y) = at(axis, 4.55);
        svg.text(x, y, Look::PLAIN.middle(), &practice.id);
        let target = practice.target.as_ref();
        let target = target.map_or(Found::Undefined, |target| Found::Level(target.level));
        let words = format!("{}/{}", practice.current.sign(), target.sign());
        svg.text(x, y + 11.0, Look::QUIET.middle().size(9.0), &words);
    }
    let number = |level: Level| f64::from(level.number());
    let applies = |practice: &PracticeView| practice.verdict != Verdict::Excluded;
    let found: Vec<(Found, (f64, f64))> = view
        .practices
        .iter()
        .enumerate()
        .filter(|(_, practice)| applies(practice))
        .map(|(axis, practice)| {
            let level = practice.current.level().unwrap_or_default();
            (practice.current, at(axis, number(level)))
        })
        .collect();
    let wanted = |(axis, practice): (usize, &PracticeView)| {
        let target = practice.target.as_ref().filter(|_| applies(practice))?;
        Some(at(axis, number(target.level)))
    };
    let wanted: Vec<(f64, f64)> = view
        .practices
        .iter()
        .enumerate()
        .filter_map(wanted)
        .collect();
    let line: Vec<(f64, f64)> = found.iter().map(|(_, place)| *place).collect();
    svg.shape("polygon", &line, CURRENT, CURRENT, "none");
    svg.shape("polygon", &wanted, "none", TARGET, "5 3");
    for place in wanted {
        svg.diamond(place, 5.0);
    }
    for (_, place) in found.iter().filter(|(found, _)| found.level().is_some()) {
        svg.circle(*place, 3.5);
    }
    for level in 1..=4 {
        let (x, y) = at(0, f64::from(level));
        svg.text(x + 4.0, y + 9.0, Look::QUIET.size(8.0), &level.to_string());
    }
    let y = SIZE.1 - 8.0;
    svg.circle((SIZE.0 / 2.0 - 120.0, y - 3.5), 4.5);
    svg.text(SIZE.0 / 2.0 - 110.0, y, Look::QUIET, "level found");
    svg.diamond((SIZE.0 / 2.0 - 30.0, y - 3.5), 5.5);
    svg.text(SIZE.0 / 2.0 - 19.0, y, Look::QUIET, "target");
    svg.text(SIZE.0 / 2.0 + 30.0, y, Look::QUIET, "numbers: found/target");
    svg.finish()
}
