//! How many practices each assessment found at each level.

use super::WIDTH;
use super::svg::{GRID, INK, Look, PAPER, Svg};
use crate::view::View;

const ROW: f64 = 24.0;
const LEFT: f64 = 220.0;
/// Level 0 to 4, light to dark, and the colour of numbers on them.
const SHADES: [(&str, &str); 5] = [
    (PAPER, INK),
    ("#dbe7f1", INK),
    ("#a9c6de", INK),
    ("#4f81ad", PAPER),
    ("#1f4e79", PAPER),
];

/// One bar for each assessment in order of time, parted into levels from 0 to 4 at the scopes of the
/// targets; each part says its level and how many practices are there.
pub fn found(view: &View, id: &str) -> String {
    let bottom = 22.0 + ROW * view.history.len() as f64;
    let words: Vec<String> = view
        .history
        .iter()
        .enumerate()
        .map(|(at, seen)| {
            let counts = distribution(view, at).map(|count| count.to_string());
            format!("{} on {}: {}", seen.assessment, seen.on, counts.join(", "))
        })
        .collect();
    let about = format!("Practices at level 0, 1, 2, 3, 4. {}.", words.join("; "));
    let title = "Practices at each level, by assessment";
    let mut svg = Svg::new(id, title, &about, WIDTH, bottom + 24.0);
    let unit = (WIDTH - LEFT - 20.0) / view.practices.len().max(1) as f64;
    svg.text(
        LEFT,
        12.0,
        Look::QUIET,
        "number of practices ×, level in front",
    );
    let mut y = 18.0;
    for (at, seen) in view.history.iter().enumerate() {
        let name = super::svg::cut(&seen.assessment, 26);
        svg.text(0.0, y + 11.0, Look::PLAIN, &name);
        let words = format!("{}, {}", seen.on, seen.state);
        svg.text(0.0, y + 21.0, Look::QUIET.size(9.0), &words);
        let mut x = LEFT;
        for (level, count) in distribution(view, at).into_iter().enumerate() {
            let (fill, ink) = SHADES.get(level).copied().unwrap_or((PAPER, INK));
            if count == 0 {
                continue;
            }
            let width = unit * count as f64;
            svg.rect((x, y + 3.0), (width, ROW - 7.0), fill, INK);
            let words = match count {
                1 => level.to_string(),
                count => format!("{level}: {count}×"),
            };
            let look = Look::PLAIN.middle().fill(ink).size(9.5);
            svg.text(x + width / 2.0, y + 15.0, look, &words);
            x += width;
        }
        y += ROW;
        svg.line((0.0, y), (WIDTH, y), GRID, 0.6);
    }
    let mut x = LEFT;
    for (level, (fill, _)) in SHADES.into_iter().enumerate() {
        svg.rect((x, bottom + 8.0), (18.0, 10.0), fill, INK);
        svg.text(
            x + 23.0,
            bottom + 17.0,
            Look::QUIET,
            &format!("level {level}"),
        );
        x += 80.0;
    }
    svg.finish()
}

/// How many practices the assessment at that place found at level 0, 1, 2, 3, 4, each at the scope of
/// its target; those undefined there and those that do not apply are not counted.
fn distribution(view: &View, at: usize) -> [usize; 5] {
    let mut all = [0; 5];
    for practice in &view.practices {
        let level = practice.course.reached.get(at).and_then(|one| one.level);
        let count = level.and_then(|level| all.get_mut(usize::from(level.number())));
        if let Some(count) = count {
            *count += 1;
        }
    }
    all
}
