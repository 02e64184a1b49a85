//! Actions on an axis of dates.

use super::WIDTH;
use super::svg::{CURRENT, GRID, INK, Look, QUIET, Svg, cut};
use super::time::Axis;
use crate::view::{Task, View};
use maturity::Status;

const ROW: f64 = 26.0;
const LEFT: f64 = 290.0;

/// One row for each action: the bar is the time left until its due day, not the work; a dashed line
/// leads to the day on which it takes effect, if it waits for others; the mark tells the status.
pub fn gantt(view: &View, id: &str) -> String {
    let actions = &view.actions;
    let bottom = 34.0 + ROW * actions.len() as f64;
    let open = actions.iter().filter(|task| !task.closed()).count();
    let about = format!(
        "{} actions, {open} of them open. Bars show the time left until the due day.",
        actions.len()
    );
    let title = "Actions and their days";
    let mut svg = Svg::new(id, title, &about, WIDTH, bottom + 44.0);
    let days = actions.iter().map(|task| task.due);
    let days = days.chain(actions.iter().filter_map(|task| task.effect));
    let days = days.chain(view.target.iter().map(|target| target.by));
    let Some(axis) = Axis::over(days.chain([view.about.today]), LEFT, WIDTH - 10.0) else {
        return svg.finish();
    };
    let hatch = svg.name("started");
    svg.open("defs", &[]);
    svg.hatch("started", CURRENT, "#ffffff", 45, 5.0);
    svg.close("defs");
    axis.draw(&mut svg, 28.0, bottom, 7);
    let mut y = 34.0;
    for task in actions {
        row(&mut svg, view, task, &axis, y, &hatch);
        y += ROW;
    }
    axis.today(&mut svg, view.about.today, 16.0, bottom);
    if let Some(target) = &view.target {
        let x = axis.at(target.by);
        svg.dashed((x, 28.0), (x, bottom), super::svg::TARGET, 1.2, "5 3");
        svg.diamond((x, 26.0), 5.0);
    }
    legend(&mut svg, bottom + 36.0, &hatch);
    svg.finish()
}

fn row(svg: &mut Svg, view: &View, task: &Task, axis: &Axis, y: f64, hatch: &str) {
    let middle = y + ROW / 2.0;
    svg.line((0.0, y), (WIDTH, y), GRID, 0.6);
    svg.open("g", &[]);
    svg.hint(&task.title);
    svg.text(
        0.0,
        middle - 1.5,
        Look::PLAIN.size(10.5),
        &cut(&task.title, 52),
    );
    let owner = task
        .owner
        .as_ref()
        .map_or("no owner", |who| who.name.as_str());
    let late = if task.late { ", late" } else { "" };
    let words = format!(
        "{}, {}, due {}{late}",
        cut(owner, 24),
        task.status,
        task.due
    );
    svg.text(0.0, middle + 9.5, Look::QUIET.size(9.0), &words);
    svg.close("g");
    let (now, due) = (axis.at(view.about.today), axis.at(task.due));
    if !task.closed() {
        let (from, to) = (now.min(due), now.max(due));
        let fill = match task.status {
            Status::Started => format!("url(#{hatch})"),
            _ => "#c3d7e8".to_owned(),
        };
        svg.rect((from, middle - 5.0), (to - from, 10.0), &fill, CURRENT);
    }
    if let Some(effect) = task.effect.filter(|effect| *effect > task.due) {
        svg.dashed((due, middle), (axis.at(effect), middle), INK, 1.2, "3 2");
        svg.line(
            (axis.at(effect), middle - 5.0),
            (axis.at(effect), middle + 5.0),
            INK,
            1.2,
        );
    }
    let mark = match task.status {
        Status::Done => "✓",
        Status::Cancelled => "✗",
        Status::Started | Status::Planned if task.late => "!",
        Status::Started | Status::Planned => "▸",
    };
    svg.text(due + 3.0, middle + 4.0, Look::PLAIN.bold(), mark);
}

fn legend(svg: &mut Svg, y: f64, hatch: &str) {
    let fill = format!("url(#{hatch})");
    svg.rect((0.0, y - 9.0), (18.0, 9.0), "#c3d7e8", CURRENT);
    svg.text(23.0, y, Look::QUIET, "planned");
    svg.rect((76.0, y - 9.0), (18.0, 9.0), &fill, CURRENT);
    svg.text(99.0, y, Look::QUIET, "started");
    svg.text(150.0, y, Look::PLAIN.bold(), "✓");
    svg.text(163.0, y, Look::QUIET, "done");
    svg.text(200.0, y, Look::PLAIN.bold(), "✗");
    svg.text(213.0, y, Look::QUIET, "cancelled");
    svg.text(274.0, y, Look::PLAIN.bold(), "!");
    svg.text(283.0, y, Look::QUIET, "late");
    svg.dashed((320.0, y - 4.0), (340.0, y - 4.0), QUIET, 1.2, "3 2");
    svg.text(346.0, y, Look::QUIET, "waits for others");
    svg.diamond((448.0, y - 4.0), 5.0);
    svg.text(458.0, y, Look::QUIET, "day of the target");
}
