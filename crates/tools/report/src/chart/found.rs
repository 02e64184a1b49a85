//! How many practices each assessment found at each level.

use super::WIDTH;
use super::svg::{GRID, INK, Look, PAPER, Svg};
use crate::view::View;
use maturity::Found;

const ROW: f64 = 24.0;
const LEFT: f64 = 220.0;
/// Level 0 to 4, light to dark, then what is not judged, and the colour of numbers on them.
const SHADES: [(&str, &str); 6] = [
    (PAPER, INK),
    ("#dbe7f1", INK),
    ("#a9c6de", INK),
    ("#4f81ad", PAPER),
    ("#1f4e79", PAPER),
    (GRID, INK),
];

/// What a part of a bar is called, and its name in the legend.
const PARTS: [(&str, &str); 6] = [
    ("0", "level 0"),
    ("1", "level 1"),
    ("2", "level 2"),
    ("3", "level 3"),
    ("4", "level 4"),
    ("?", "not judged"),
];

/// One bar for each assessment in order of time, parted into levels from 0 to 4 at the scopes of the
/// targets and what was not judged there; each part says its level and how many practices are there.
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
    let about = format!(
        "Practices at level 0, 1, 2, 3, 4 and not judged. {}.",
        words.join("; ")
    );
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
        let parts = distribution(view, at).into_iter().zip(PARTS).zip(SHADES);
        for ((count, (sign, _)), (fill, ink)) in parts {
            if count == 0 {
                continue;
            }
            let width = unit * count as f64;
            svg.rect((x, y + 3.0), (width, ROW - 7.0), fill, INK);
            let words = match count {
                1 => sign.to_owned(),
                count => format!("{sign}: {count}×"),
            };
            let look = Look::PLAIN.middle().fill(ink).size(9.5);
            svg.text(x + width / 2.0, y + 15.0, look, &words);
            x += width;
        }
        y += ROW;
        svg.line((0.0, y), (WIDTH, y), GRID, 0.6);
    }
    let mut x = LEFT;
    for ((_, name), (fill, _)) in PARTS.into_iter().zip(SHADES) {
        svg.rect((x, bottom + 8.0), (18.0, 10.0), fill, INK);
        svg.text(x + 23.0, bottom + 17.0, Look::QUIET, name);
        x += 80.0;
    }
    svg.finish()
}

/// How many practices the assessment at that place found at level 0, 1, 2, 3, 4 and how many it did not
/// judge, each at the scope of its target; those undefined there and those that do not apply are not
/// counted.
fn distribution(view: &View, at: usize) -> [usize; 6] {
    let mut all = [0; 6];
    for practice in &view.practices {
        let found = practice.course.reached.get(at);
        let place = match found.map_or(Found::Undefined, |one| one.level) {
            Found::Level(level) => usize::from(level.number()),
            Found::NotJudged => 5,
            Found::Undefined => continue,
        };
        if let Some(count) = all.get_mut(place) {
            *count += 1;
        }
    }
    all
}
