//! One practice over time: found, wanted, demanded.

use super::svg::{CURRENT, DUTY, GRID, Look, Svg, TARGET};
use super::time::Axis;
use crate::view::PracticeView;
use maturity::{Date, Level};

const SIZE: (f64, f64) = (760.0, 190.0);
const TOP: f64 = 26.0;
const BOTTOM: f64 = 134.0;
/// Up to so many levels found each has its number.
const LABELS_MAX: usize = 12;

/// The course of a practice at the scope of its target: circles on a line for what assessments found,
/// diamonds on a dashed line for targets, squares on a dotted step for the least that duties demand
/// from their day on. Levels of another scope than the target's are named with it.
pub fn journey(practice: &PracticeView, today: Date, id: &str) -> String {
    let course = &practice.course;
    let found = course.reached.iter();
    let found: Vec<String> = found
        .map(|one| format!("{} on {}", one.level, one.on))
        .collect();
    let wanted = course.wanted.iter();
    let wanted: Vec<String> = wanted
        .map(|one| format!("{} {} by {}", one.level, one.scope, one.by))
        .collect();
    let demanded = course.minimums.iter();
    let demanded: Vec<String> = demanded
        .map(|one| format!("{} {} from {}", one.level, one.scope, one.from))
        .collect();
    let words = |what: &str, all: &[String]| match all {
        [] => format!("{what}: nothing. "),
        all => format!("{what}: {}. ", all.join("; ")),
    };
    let about = words(&format!("Found at {} scope", course.scope), &found)
        + &words("Targets", &wanted)
        + words("Demanded", &demanded).trim_end();
    let title = format!("{} {} over time", practice.id, practice.name);
    let mut svg = Svg::new(id, &title, &about, SIZE.0, SIZE.1);
    let days = course.reached.iter().map(|one| one.on);
    let days = days.chain(course.wanted.iter().map(|one| one.by));
    let days = days.chain(course.minimums.iter().map(|one| one.from));
    let Some(axis) = Axis::over(days.chain([today]), 30.0, SIZE.0 - 70.0) else {
        return svg.finish();
    };
    axis.draw(&mut svg, TOP, BOTTOM, 8);
    for level in 0..=4 {
        let y = height(level);
        svg.line((30.0, y), (SIZE.0 - 70.0, y), GRID, 1.0);
        svg.text(22.0, y + 3.5, Look::QUIET.end(), &level.to_string());
    }
    axis.today(&mut svg, today, TOP, BOTTOM);
    duties(&mut svg, practice, &axis);
    targets(&mut svg, practice, &axis);
    reached(&mut svg, practice, &axis);
    let y = SIZE.1 - 10.0;
    svg.circle((34.0, y - 3.5), 4.5);
    svg.text(
        44.0,
        y,
        Look::QUIET,
        &format!("found, {} scope", course.scope),
    );
    svg.diamond((174.0, y - 3.5), 5.5);
    svg.text(185.0, y, Look::QUIET, "target");
    svg.square((244.0, y - 3.5), 4.0);
    svg.text(254.0, y, Look::QUIET, "least that duties demand");
    svg.finish()
}

fn height(level: u8) -> f64 {
    BOTTOM - (BOTTOM - TOP) * f64::from(level) / 4.0
}

fn y(level: Level) -> f64 {
    height(level.number())
}

/// The highest demand of all duties that bind, from each day on which one more does.
fn duties(svg: &mut Svg, practice: &PracticeView, axis: &Axis) {
    let mut points: Vec<(f64, f64)> = Vec::new();
    let mut marks = Vec::new();
    let mut most = Level::NONE;
    for minimum in &practice.course.minimums {
        let x = axis.at(minimum.from);
        points.push((x, y(most)));
        most = most.max(minimum.level);
        points.push((x, y(most)));
        marks.push((x, minimum));
    }
    if points.is_empty() {
        return;
    }
    points.push((SIZE.0 - 70.0, y(most)));
    svg.shape("polyline", &points, "none", DUTY, "1.5 3");
    for (x, minimum) in marks {
        svg.square((x, y(minimum.level)), 4.0);
        if minimum.scope != practice.course.scope {
            let look = Look::QUIET.fill(DUTY).size(9.0);
            svg.text(
                x + 7.0,
                y(minimum.level) + 11.0,
                look,
                minimum.scope.as_ref(),
            );
        }
    }
}

fn targets(svg: &mut Svg, practice: &PracticeView, axis: &Axis) {
    let wanted = &practice.course.wanted;
    let points: Vec<(f64, f64)> = wanted
        .iter()
        .map(|one| (axis.at(one.by), y(one.level)))
        .collect();
    if points.len() > 1 {
        svg.shape("polyline", &points, "none", TARGET, "5 3");
    }
    for (place, one) in points.iter().zip(wanted) {
        svg.diamond(*place, 6.0);
        let look = Look::QUIET.fill(TARGET).size(9.0);
        let words = if one.scope == practice.course.scope {
            one.level.to_string()
        } else {
            format!("{} {}", one.level, one.scope)
        };
        svg.text(place.0 + 9.0, place.1 - 5.0, look, &words);
    }
}

fn reached(svg: &mut Svg, practice: &PracticeView, axis: &Axis) {
    let reached = practice.course.reached.iter();
    let points: Vec<((f64, f64), Level)> = reached
        .filter_map(|one| Some((axis.at(one.on), one.level.level()?)))
        .map(|(x, level)| ((x, y(level)), level))
        .collect();
    // A level holds until the next assessment says otherwise.
    let mut line: Vec<(f64, f64)> = Vec::new();
    for ((x, y), _) in &points {
        line.extend(line.last().map(|(_, before)| (*x, *before)));
        line.push((*x, *y));
    }
    if line.len() > 1 {
        svg.shape("polyline", &line, "none", CURRENT, "none");
    }
    let few = points.len() <= LABELS_MAX;
    let mut before = None;
    for ((x, y), level) in points {
        svg.circle((x, y), 5.0);
        // With many points only a change is worth its number.
        if before.replace(level) == Some(level) && !few {
            continue;
        }
        let look = Look::PLAIN.bold().fill(CURRENT).end();
        svg.text(x - 8.0, y - 5.0, look, &level.to_string());
    }
}
