//! Practices by levels: how much of each level is satisfied, where the practice is and should be.

use super::bars::legend;
use super::svg::{GRID, INK, Look, PAPER, QUIET, Svg};
use super::{NAMES, WIDTH, by_domain, counted, domain_name};
use crate::view::{Progress, Verdict, View};
use maturity::Level;

const ROW: f64 = 21.0;
const CELL: f64 = 84.0;
const ZERO: f64 = 40.0;

/// Shades from nothing to everything, light to dark.
const SHADES: [&str; 5] = ["#ffffff", "#e4edf5", "#c3d7e8", "#9dbfdb", "#7fabd0"];

/// One row for each practice and one cell for each level: the numbers say how many of its applicable
/// indicators are satisfied, at the scope of the target and wider; the shade is darker the more; a
/// circle marks the level found, a diamond the target.
pub fn heat_map(view: &View, id: &str) -> String {
    let domains = by_domain(view).filter(|(first, _)| *first).count() as f64;
    let bottom = 24.0 + ROW * view.practices.len() as f64 + 18.0 * domains;
    let mut svg = Svg::new(
        id,
        "Satisfied indicators of each practice and level",
        &format!(
            "{} Each cell counts the satisfied among the applicable indicators of a level.",
            counted(view)
        ),
        WIDTH,
        bottom + 26.0,
    );
    svg.text(NAMES + ZERO / 2.0, 12.0, Look::QUIET.middle(), "0");
    for level in Level::WITH_INDICATORS {
        let at = left_of(level) + CELL / 2.0;
        let name = view.levels.iter().find(|one| one.level == level);
        let name = name.map_or("", |one| one.name.as_str());
        svg.text(at, 12.0, Look::QUIET.middle(), &format!("{level} {name}"));
    }
    let mut y = 18.0;
    for (first, practice) in by_domain(view) {
        if first {
            let name = domain_name(view, &practice.domain);
            svg.text(0.0, y + 13.0, Look::PLAIN.bold(), name);
            y += 18.0;
        }
        let middle = y + ROW / 2.0;
        svg.text(8.0, middle + 4.0, Look::QUIET, &practice.id);
        svg.text(38.0, middle + 4.0, Look::PLAIN, &practice.name);
        svg.rect((NAMES, y), (ZERO, ROW), PAPER, GRID);
        for progress in &practice.progress {
            cell(&mut svg, progress, y);
        }
        if practice.verdict == Verdict::Excluded {
            let at = (NAMES + ZERO + 2.0 * CELL, middle + 4.0);
            let words = practice.verdict.label();
            svg.text(at.0, at.1, Look::PLAIN.middle(), words);
            y += ROW;
            continue;
        }
        if let Some(current) = practice.current.level() {
            svg.circle((left_of(current) + 14.0, middle), 5.0);
        }
        if let Some(target) = &practice.target {
            svg.diamond((left_of(target.level) + 28.0, middle), 6.0);
        }
        y += ROW;
    }
    legend(&mut svg, bottom + 17.0);
    svg.text(
        0.0,
        bottom + 17.0,
        Look::QUIET,
        "darker: more of the level is satisfied",
    );
    svg.finish()
}

fn left_of(level: Level) -> f64 {
    match level.number() {
        0 => NAMES,
        number => NAMES + ZERO + CELL * f64::from(number - 1),
    }
}

fn cell(svg: &mut Svg, progress: &Progress, y: f64) {
    let Progress {
        level,
        satisfied,
        applicable,
    } = *progress;
    let quarters = (4 * satisfied).checked_div(applicable).unwrap_or(0);
    let shade = SHADES.get(quarters).copied().unwrap_or(PAPER);
    svg.rect((left_of(level), y), (CELL, ROW), shade, GRID);
    let (text, fill) = match applicable {
        0 => ("none applies".to_owned(), QUIET),
        _ => (format!("{satisfied} of {applicable}"), INK),
    };
    let at = (left_of(level) + CELL - 6.0, y + ROW / 2.0 + 3.5);
    let size = if applicable == 0 { 8.0 } else { 10.0 };
    svg.text(at.0, at.1, Look::PLAIN.end().fill(fill).size(size), &text);
}
