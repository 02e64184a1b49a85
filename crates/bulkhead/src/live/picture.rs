//! A running system as a picture on a terminal, drawn anew twice a second.

use super::lines;
use crate::show;
use crate::style::Style;
use app::model_file::ModelFile;
use record::chain::Record;
use record::event::Event;
use runtime::status::{Status, SubjectState};

/// To the other screen, cursor hidden.
pub const OPEN: &str = "\x1b[?1049h\x1b[?25l";
/// Back.
pub const CLOSE: &str = "\x1b[?25h\x1b[?1049l";

/// Size of a terminal that does not say.
const SIZE_DEFAULT: (usize, usize) = (100, 40);

/// Rows for events before mechanisms are shown.
const EVENT_ROWS_MIN: usize = 4;

/// The picture, with everything that clears what was there before.
pub fn draw(
    status: &Status,
    before: Option<&Status>,
    recent: &[Record],
    file: Option<&ModelFile>,
) -> String {
    let (width, height) = app::terminal_size().unwrap_or(SIZE_DEFAULT);
    let style = Style::stdout();
    let mut rows = vec![style.bold(&fit(&headline(status), width))];
    rows.push(String::new());
    for subject in &status.subjects {
        let state = format!("{:<8}", lines::state(subject));
        let state = match subject.state {
            SubjectState::Running => style.green(&state),
            SubjectState::Waiting | SubjectState::Starting => style.yellow(&state),
            SubjectState::Stopped => style.red(&state),
        };
        let mut rest = format!("epoch {:<3}", subject.epoch);
        if subject.restarts > 0 {
            rest.push_str(&format!(" {} restarts", subject.restarts));
        }
        if subject.denied > 0 {
            rest.push_str(&format!(" {} DENIED", subject.denied));
        }
        rest.push(' ');
        rest.push_str(&show::printable(&subject.note));
        let name = fit(&show::printable(&subject.name), 18);
        rows.push(format!(
            "  {name:<18} {state} {}",
            fit(&rest, width.saturating_sub(31))
        ));
    }
    rows.push(String::new());
    for channel in &status.channels {
        let rate = before.map_or(0.0, |before| lines::rate(status, before, channel));
        let name = fit(&show::printable(&channel.name), 46);
        let line = format!(
            "  {rate:>8.1}/s  {name:<46} {}",
            lines::latest(file, channel)
        );
        rows.push(fit(&line, width));
    }
    rows.push(String::new());
    let mut footer = footer(status, width);
    // On a small terminal the mechanisms give way first.
    if rows.len() + footer.len() + EVENT_ROWS_MIN > height {
        footer.drain(..footer.len().saturating_sub(1));
    }
    let room = height.saturating_sub(rows.len() + footer.len() + 1);
    let telling: Vec<&Record> = recent
        .iter()
        .filter(|record| tells(&record.event))
        .collect();
    for record in telling.iter().skip(telling.len().saturating_sub(room)) {
        let text = lines::say(&record.event)
            .lines()
            .next()
            .unwrap_or("")
            .to_owned();
        let line = format!("  {} {text}", lines::clock(record.at_ns));
        let line = fit(&line, width);
        rows.push(if warns(&record.event) {
            style.yellow(&line)
        } else {
            line
        });
    }
    rows.truncate(height.saturating_sub(footer.len() + 1));
    rows.extend(footer.into_iter().map(|row| style.dim(&row)));
    let mut text = String::from("\x1b[H");
    for row in rows {
        text.push_str(&row);
        text.push_str("\x1b[K\n");
    }
    text.push_str("\x1b[J");
    text
}

fn headline(status: &Status) -> String {
    let seconds = status.at_ns.saturating_sub(status.started_at_ns) / 1_000_000_000;
    let running = status
        .subjects
        .iter()
        .filter(|s| s.state == SubjectState::Running)
        .count();
    format!(
        "{} · {running} of {} subjects run · {}:{:02} min · plan {} · {} events",
        show::printable(&status.system),
        status.subjects.len(),
        seconds / 60,
        seconds % 60,
        status.plan.short(),
        status.events,
    )
}

fn footer(status: &Status, width: usize) -> Vec<String> {
    let mut rows: Vec<String> = status
        .mechanisms
        .iter()
        .map(|mechanism| {
            fit(
                &format!("  in force: {}", show::printable(mechanism)),
                width,
            )
        })
        .collect();
    rows.push(fit("  Ctrl-C stops it", width));
    rows
}

/// Starts and audits are routine; the subjects' rows show them.
fn tells(event: &Event) -> bool {
    !matches!(
        event,
        Event::RunStarted { .. } | Event::Audited { .. } | Event::Started { .. }
    )
}

fn warns(event: &Event) -> bool {
    !matches!(event, Event::Log { .. } | Event::RunEnded { .. })
}

/// At most so many characters.
fn fit(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(width.saturating_sub(1)).collect();
    short.push('…');
    short
}
