//! Target and current level of every practice.

use super::svg::{CURRENT, GRID, Look, Svg};
use super::{NAMES, WIDTH, by_domain, counted, domain_name};
use crate::view::{Verdict, View};
use maturity::Level;

const ROW: f64 = 16.0;

/// One row for each practice: the level that was found as a bar with a circle at its end, the target
/// as a diamond, both numbers in words at the right.
pub fn bars(view: &View, id: &str) -> String {
    let domains = by_domain(view).filter(|(first, _)| *first).count() as f64;
    let bottom = 24.0 + ROW * (view.practices.len() as f64 + domains);
    let mut svg = Svg::new(
        id,
        "Target and current level of each practice",
        &counted(view),
        WIDTH,
        bottom + 24.0,
    );
    let (left, right) = (NAMES, WIDTH - 174.0);
    let x = |level: f64| left + (right - left) * level / 4.0;
    for level in 0..=4 {
        let at = x(f64::from(level));
        svg.line((at, 16.0), (at, bottom), GRID, 1.0);
        svg.text(at, 11.0, Look::QUIET.middle(), &level.to_string());
    }
    svg.text(right + 16.0, 11.0, Look::QUIET, "found → target");
    let mut y = 18.0;
    for (first, practice) in by_domain(view) {
        if first {
            let name = domain_name(view, &practice.domain);
            svg.text(0.0, y + 12.0, Look::PLAIN.bold(), name);
            y += ROW;
        }
        let middle = y + ROW / 2.0;
        svg.text(8.0, middle + 4.0, Look::QUIET, &practice.id);
        svg.text(38.0, middle + 4.0, Look::PLAIN, &practice.name);
        let number = |level: Level| f64::from(level.number());
        let excluded = practice.verdict == Verdict::Excluded;
        if let Some(current) = practice.current.level().filter(|_| !excluded) {
            let width = x(number(current)) - left;
            svg.rect((left, middle - 4.0), (width, 8.0), CURRENT, "none");
            svg.circle((left + width, middle), 4.5);
        }
        let target = practice.target.as_ref().filter(|_| !excluded);
        if let Some(target) = target {
            svg.diamond((x(number(target.level)), middle), 6.0);
        }
        let words = match target {
            _ if excluded => practice.verdict.label().to_owned(),
            None => format!("{}, no target", practice.current.sign()),
            Some(target) => format!(
                "{} → {} {}{}",
                practice.current.sign(),
                target.level,
                target.scope,
                match practice.verdict {
                    Verdict::Met if practice.surplus > 0 => "  ✓ more".to_owned(),
                    Verdict::Met => "  ✓".to_owned(),
                    Verdict::ScopeOnly | Verdict::NotJudged | Verdict::NothingWanted => {
                        format!("  {}", practice.verdict.label())
                    }
                    Verdict::Short | Verdict::Excluded | Verdict::NoTarget => String::new(),
                }
            ),
        };
        svg.text(right + 16.0, middle + 4.0, Look::PLAIN, &words);
        y += ROW;
    }
    legend(&mut svg, bottom + 16.0);
    svg.finish()
}

/// The marks of found and wanted.
pub(super) fn legend(svg: &mut Svg, y: f64) {
    svg.circle((NAMES + 4.0, y - 3.5), 4.5);
    svg.text(
        NAMES + 14.0,
        y,
        Look::QUIET,
        "level found at the scope of the target",
    );
    svg.diamond((NAMES + 226.0, y - 3.5), 5.5);
    svg.text(NAMES + 237.0, y, Look::QUIET, "target");
}
