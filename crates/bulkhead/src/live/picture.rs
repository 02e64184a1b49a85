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
/// Columns of a subject's name and state.
const NAME_COLUMNS: usize = 18;
const STATE_COLUMNS: usize = 8;
/// A page older than this is no news.
const PAGE_NS_MAX: u64 = 3_000_000_000;

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
        let state = format!("{:<STATE_COLUMNS$}", lines::state(subject));
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
        let name = fit(&show::printable(&subject.name), NAME_COLUMNS);
        let head = format!("  {name:<NAME_COLUMNS$} ");
        let columns = head.chars().count() + STATE_COLUMNS;
        rows.push(if columns < width {
            format!("{head}{state} {}", fit(&rest, width - columns - 1))
        } else {
            fit(&format!("{head}{}", lines::state(subject)), width)
        });
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
    footer.truncate(height);
    let room = height.saturating_sub(rows.len() + footer.len());
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
    let room = height.saturating_sub(footer.len());
    if rows.len() > room {
        rows.truncate(room.saturating_sub(1));
        let more = "  … enlarge the window for the rest, or see `bulkhead status`";
        rows.extend((room > 0).then(|| style.dim(&fit(more, width))));
    }
    rows.extend(footer.into_iter().map(|row| style.dim(&row)));
    // A row is cleared before it is written, and nothing follows the last: the terminal neither
    // swallows a last column nor scrolls.
    let rows: Vec<String> = rows.iter().map(|row| format!("\x1b[2K{row}")).collect();
    format!("\x1b[H{}\x1b[J", rows.join("\n"))
}

fn headline(status: &Status) -> String {
    let seconds = status.at_ns.saturating_sub(status.started_at_ns) / 1_000_000_000;
    let running = status
        .subjects
        .iter()
        .filter(|s| s.state == SubjectState::Running)
        .count();
    let age_ns = lines::now_ns().saturating_sub(status.at_ns);
    if age_ns > PAGE_NS_MAX && !status.ended {
        let name = show::printable(&status.system);
        return format!("{name} · NO NEWS for {} s", age_ns / 1_000_000_000);
    }
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
    let Some(most) = width.checked_sub(1) else {
        return String::new();
    };
    text.chars().take(most).chain(['…']).collect()
}
