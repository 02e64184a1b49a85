//! A running system as a picture on a terminal, drawn anew twice a second.
//!
//! Four sections share the rows: subjects, channels, events, mechanisms in force. What has no room is
//! not left out: a section shows one page after another, by the clock.

use super::lines;
use crate::show::{count, fit, printable};
use crate::style::Style;
use app::model_file::ModelFile;
use record::chain::Record;
use record::event::Event;
use record::status::{ChannelStatus, Moment, Status, SubjectState, SubjectStatus};

/// To the other screen, cursor hidden, long rows cut by the terminal.
pub const OPEN: &str = "\x1b[?1049h\x1b[?25l\x1b[?7l";
/// Back.
pub const CLOSE: &str = "\x1b[?7h\x1b[?25h\x1b[?1049l";

/// Size of a terminal that does not say: columns, rows.
const SIZE_DEFAULT: (usize, usize) = (100, 40);
/// How long one page of a section is shown.
const PAGE_SHOWN_NS: u64 = 4_000_000_000;
/// Columns of a subject's name and state.
const NAME_COLUMNS: usize = 18;
const STATE_COLUMNS: usize = 8;
/// Rows each section gets before any gets more, with its heading.
const SUBJECT_ROWS_MIN: usize = 2;
const MECHANISM_ROWS_MIN: usize = 3;
const CHANNEL_ROWS_MIN: usize = 5;
const EVENT_ROWS_MIN: usize = 4;

const ALTERED: &str = "THE EVENT LOG WAS ALTERED, its events are no longer shown";

/// What is to be drawn.
pub struct Scene<'a> {
    /// The newest page of the system.
    pub status: &'a Status,
    /// The one before, for rates.
    pub before: Option<&'a Status>,
    /// The newest events, oldest first.
    pub recent: &'a [Record],
    /// The model, for the words of values; none if it is not known.
    pub file: Option<&'a ModelFile>,
    /// Whether the view's end is the system's.
    pub ours: bool,
    /// Whether the event log was altered, and is no longer read.
    pub altered: bool,
    /// When it is drawn.
    pub now: Moment,
}

/// One row, no wider than the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    text: String,
    tone: Tone,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tone {
    Plain,
    Strong,
    Faint,
    Open,
    Bad,
}

/// The picture for this terminal, with everything that clears what was there before.
pub fn draw(scene: &Scene<'_>) -> String {
    let (width, height) = app::terminal_size().unwrap_or(SIZE_DEFAULT);
    let style = Style::stdout();
    // A row is cleared before it is written, and nothing follows the last: the terminal does not scroll.
    let rows: Vec<String> = rows(scene, width, height)
        .iter()
        .map(|row| {
            let text = match row.tone {
                Tone::Plain => row.text.clone(),
                Tone::Strong => style.bold(&row.text),
                Tone::Faint => style.dim(&row.text),
                Tone::Open => style.yellow(&row.text),
                Tone::Bad => style.red(&row.text),
            };
            format!("\x1b[2K{text}")
        })
        .collect();
    format!("\x1b[H{}\x1b[J", rows.join("\n"))
}

/// At most `height` rows of at most `width` characters.
fn rows(scene: &Scene<'_>, width: usize, height: usize) -> Vec<Row> {
    let mut rows = vec![headline(scene, width)];
    let hint = match scene.ours {
        true => "Ctrl-C stops it",
        false => "Ctrl-C ends this view, not the system",
    };
    let hint = match scene.altered {
        true => Row::new(&format!("{ALTERED}; {hint}"), Tone::Bad, width),
        false => Row::new(hint, Tone::Faint, width),
    };
    let room = height.saturating_sub(2);
    let mechanisms = mechanisms(scene.status, width);
    let channels = channels(scene, width);
    let events = events(scene, width);
    let mut subjects: Vec<Row> = scene
        .status
        .subjects
        .iter()
        .map(|own| subject(own, width))
        .collect();
    let events_least = EVENT_ROWS_MIN.min(1 + events.len());
    if subjects.len() + mechanisms.len() + channels.len() + 3 + events_least > room {
        subjects = compact(scene.status, width);
    }
    let sections = [
        (subjects.len() + 1, SUBJECT_ROWS_MIN),
        (mechanisms.len() + 1, MECHANISM_ROWS_MIN),
        (channels.len() + 1, CHANNEL_ROWS_MIN),
        (events.len() + 1, EVENT_ROWS_MIN),
    ];
    let [of_subjects, of_mechanisms, of_channels, of_events] = share(room, sections);
    let page = Page {
        number: scene.now.wall_ns / PAGE_SHOWN_NS,
        width,
    };
    page.show(&mut rows, "subjects", subjects, of_subjects);
    page.show(
        &mut rows,
        "channels: messages per second, latest value (+N: N fields more)",
        channels,
        of_channels,
    );
    // Of the events the newest, without pages.
    let past = (events.len() + 1).saturating_sub(of_events);
    let title = match past {
        0 => "events".to_owned(),
        _ => format!(
            "events: the newest {} of {}",
            events.len().saturating_sub(past),
            events.len()
        ),
    };
    let newest: Vec<Row> = events.into_iter().skip(past).collect();
    page.show(&mut rows, &title, newest, of_events);
    page.show(&mut rows, "in force", mechanisms, of_mechanisms);
    rows.push(hint);
    rows.truncate(height);
    rows
}

/// Rows for sections that want so many and need at least so many; the first come first.
fn share<const N: usize>(room: usize, sections: [(usize, usize); N]) -> [usize; N] {
    let mut left = room;
    let mut take = |most: usize| {
        let taken = most.min(left);
        left -= taken;
        taken
    };
    let least = sections.map(|(wanted, least)| take(least.min(wanted)));
    let mut shares = least;
    for (share, (wanted, _)) in shares.iter_mut().zip(sections) {
        *share += take(wanted.saturating_sub(*share));
    }
    shares
}

/// Which page of a section is shown.
struct Page {
    number: u64,
    width: usize,
}

impl Page {
    /// Adds a heading and as many rows as there is room for.
    fn show(&self, to: &mut Vec<Row>, title: &str, rows: Vec<Row>, room: usize) {
        let Some(room) = room.checked_sub(1) else {
            return;
        };
        if rows.len() <= room {
            to.push(Row::new(title, Tone::Faint, self.width));
            to.extend(rows);
            return;
        }
        let pages = rows.len().div_ceil(room.max(1));
        let page = usize::try_from(self.number % pages.max(1) as u64).unwrap_or(0);
        // The last page is as full as the others.
        let first = (page * room).min(rows.len() - room);
        let (word, rest) = title.split_once(':').unwrap_or((title, ""));
        let colon = if rest.is_empty() { "" } else { ":" };
        let (from, until) = (first + 1, first + room);
        let heading = format!("{word} {from}–{until} of {}{colon}{rest}", rows.len());
        to.push(Row::new(&heading, Tone::Faint, self.width));
        to.extend(rows.into_iter().skip(first).take(room));
    }
}

impl Row {
    fn new(text: &str, tone: Tone, width: usize) -> Self {
        let text = fit(text, width);
        Self { text, tone }
    }
}

/// The parts that fit, the most telling first.
fn headline(scene: &Scene<'_>, width: usize) -> Row {
    let status = scene.status;
    let mut parts = vec![printable(&status.system)];
    let old = lines::silence(status, scene.now);
    parts.extend(old.clone());
    let (restarts, denied) = (
        lines::total(status, |own| own.restarts),
        lines::total(status, |own| own.denied),
    );
    let seconds = status.at_ns.saturating_sub(status.started_at_ns) / 1_000_000_000;
    parts.push(format!(
        "{} of {} run",
        lines::running(status),
        status.subjects.len()
    ));
    parts.push(format!("{restarts} restarts"));
    if denied > 0 {
        parts.push(format!("{denied} DENIED"));
    }
    if status.events_lost > 0 {
        parts.push(format!("{} events LOST", status.events_lost));
    }
    parts.push(format!("{}:{:02} min", seconds / 60, seconds % 60));
    parts.push(format!("{} events", status.events));
    parts.push(format!("plan {}", status.plan.short()));
    let mut text = String::new();
    for part in parts {
        let longer = if text.is_empty() {
            part
        } else {
            format!("{text} · {part}")
        };
        if !text.is_empty() && longer.chars().count() > width {
            break;
        }
        text = longer;
    }
    let tone = if old.is_some() {
        Tone::Bad
    } else {
        Tone::Strong
    };
    Row::new(&text, tone, width)
}

/// One subject with all there is to say.
fn subject(own: &SubjectStatus, width: usize) -> Row {
    let name = fit(&printable(&own.name), NAME_COLUMNS);
    let state = lines::state(own);
    let mut text = format!(
        "  {name:<NAME_COLUMNS$} {state:<STATE_COLUMNS$}{} epoch {:<3}",
        lines::process(own),
        own.epoch
    );
    if own.restarts > 0 {
        text.push_str(&format!(" {} restarts", own.restarts));
    }
    if own.denied > 0 {
        text.push_str(&format!(" {} DENIED", own.denied));
    }
    text.push_str(&lines::troubles(own));
    text.push(' ');
    text.push_str(&lines::note(own));
    let tone = match own.state {
        SubjectState::Running => Tone::Plain,
        SubjectState::Waiting | SubjectState::Starting => Tone::Open,
        SubjectState::Stopped => Tone::Bad,
    };
    Row::new(text.trim_end(), tone, width)
}

/// A row for each subject about which there is something to say, then the names of the others.
fn compact(status: &Status, width: usize) -> Vec<Row> {
    let quiet = |own: &&SubjectStatus| {
        own.state == SubjectState::Running
            && own.restarts == 0
            && own.denied == 0
            && own.faults == 0
            && own.note.is_none()
    };
    let (quiet, telling): (Vec<_>, Vec<_>) = status.subjects.iter().partition(quiet);
    let mut rows: Vec<Row> = telling.into_iter().map(|own| subject(own, width)).collect();
    let names = quiet
        .iter()
        .map(|own| format!("{} ({})", printable(&own.name), own.pid));
    rows.extend(wrapped("  running: ", names, ", ", width));
    rows
}

fn mechanisms(status: &Status, width: usize) -> Vec<Row> {
    let words = status.mechanisms.iter().flat_map(|mechanism| {
        let text = printable(&mechanism.to_string());
        let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
        if let Some(last) = words.last_mut() {
            last.push_str(" ·");
        }
        words
    });
    let mut words: Vec<String> = words.collect();
    if let Some(last) = words.last_mut() {
        last.truncate(last.len().saturating_sub(" ·".len()));
    }
    wrapped("  ", words.into_iter(), " ", width)
}

/// Items one after the other on as many rows as they need; later rows begin below the first item.
fn wrapped(
    lead: &str,
    items: impl Iterator<Item = String>,
    between: &str,
    width: usize,
) -> Vec<Row> {
    let indent = " ".repeat(lead.chars().count());
    let mut rows: Vec<Row> = Vec::new();
    let mut text = String::new();
    for item in items {
        if text.is_empty() {
            text = format!("{lead}{item}");
            continue;
        }
        let longer = format!("{text}{between}{item}");
        // What follows the item, a comma or a space, must fit too.
        if longer.chars().count() + between.trim_end().len() > width {
            let full = format!("{text}{}", between.trim_end());
            rows.push(Row::new(&full, Tone::Plain, width));
            text = format!("{indent}{item}");
        } else {
            text = longer;
        }
    }
    if !text.is_empty() {
        rows.push(Row::new(&text, Tone::Plain, width));
    }
    rows
}

/// A row for each channel; names give way to values on narrow terminals.
fn channels(scene: &Scene<'_>, width: usize) -> Vec<Row> {
    let all = &scene.status.channels;
    let longest = all.iter().map(|own| own.name.chars().count()).max();
    let columns = longest.unwrap_or(0).min(width * 45 / 100);
    let row = |own: &ChannelStatus| {
        let rate = scene
            .before
            .map_or(0.0, |before| lines::rate(scene.status, before, own));
        let name = fit(&printable(&own.name), columns);
        let lead = format!("  {rate:>8.1}/s  {name:<columns$}  ");
        let room = width.saturating_sub(lead.chars().count());
        let value = lines::latest(scene.file, own, room);
        Row::new(format!("{lead}{value}").trim_end(), Tone::Plain, width)
    };
    all.iter().map(row).collect()
}

/// A row for each event that tells something the other sections do not.
fn events(scene: &Scene<'_>, width: usize) -> Vec<Row> {
    let telling = scene.recent.iter().filter(|record| tells(&record.event));
    let row = |record: &Record| {
        let said = lines::say(&record.event);
        let text = said.lines().next().unwrap_or("");
        let more = match said.lines().count().saturating_sub(1) {
            0 => String::new(),
            more => format!("(+{}) ", count(more, "line")),
        };
        let text = format!("  {} {more}{text}", lines::clock(record.at_ns));
        let tone = match record.event {
            Event::Log { .. } | Event::RunEnded { .. } => Tone::Plain,
            _ => Tone::Open,
        };
        Row::new(&text, tone, width)
    };
    telling.map(row).collect()
}

/// Starts and audits are routine; the subjects' rows show them, and mechanisms have rows of their own.
fn tells(event: &Event) -> bool {
    !matches!(
        event,
        Event::RunStarted { .. }
            | Event::InForce { .. }
            | Event::Audited { .. }
            | Event::Started { .. }
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use record::Digest;
    use record::mechanism::Mechanism;

    const SECOND_NS: u64 = 1_000_000_000;

    fn words(text: &str) -> Mechanism {
        let text = text.to_owned();
        Mechanism::Words { text }
    }

    /// A plant of so many subjects and channels; the second subject was started again twice and denied
    /// five calls.
    fn plant(subjects: usize, channels: usize) -> Status {
        let subject = |number: usize| SubjectStatus {
            name: format!("subject-{number}"),
            state: SubjectState::Running,
            note: None,
            epoch: if number == 2 { 3 } else { 1 },
            restarts: if number == 2 { 2 } else { 0 },
            pid: 4000 + number as u32,
            down: false,
            denied: if number == 2 { 5 } else { 0 },
            refused_calls: Default::default(),
            beats: 0,
            lost: 0,
            faults: 0,
            refused: 0,
            missed: 0,
            log_lines: 0,
            log_lost: 0,
        };
        let channel = |number: usize| ChannelStatus {
            name: format!("subject-{number}.out -> subject-{}.in", number + 1),
            written: 10,
            epoch: 1,
            latest: "2a00".to_owned(),
        };
        Status {
            format: record::status::FORMAT.to_owned(),
            system: "plant".to_owned(),
            pid: 1,
            plan: Digest::of(b"plan"),
            started_at_ns: 0,
            at_ns: 75 * SECOND_NS,
            ended: false,
            mechanisms: vec![
                words("separation: mount, process, network, IPC, host name and time namespaces"),
                words("memory: control groups version 1"),
            ],
            subjects: (1..=subjects).map(subject).collect(),
            channels: (1..=channels).map(channel).collect(),
            events: 40,
            boot_ns: 0,
            events_lost: 0,
            last_event: Digest::of(b"last"),
            log: String::new(),
        }
    }

    fn logs(count: u64) -> Vec<Record> {
        let log = |seq| Record {
            seq,
            at_ns: seq * SECOND_NS,
            event: Event::Log {
                subject: "subject-1".to_owned(),
                epoch: 1,
                text: format!("line {seq}"),
            },
            prev: Digest::of(b"last"),
        };
        (0..count).map(log).collect()
    }

    /// The text of the rows at a moment.
    fn check(status: &Status, size: (usize, usize), now_s: u64) -> Vec<String> {
        check_with(status, None, size, now_s)
    }

    /// The same with a model.
    fn check_with(
        status: &Status,
        file: Option<&ModelFile>,
        size: (usize, usize),
        now_s: u64,
    ) -> Vec<String> {
        let recent = logs(9);
        let scene = Scene {
            status,
            before: None,
            recent: &recent,
            file,
            ours: false,
            altered: false,
            now: Moment {
                wall_ns: now_s * SECOND_NS,
                boot_ns: 0,
            },
        };
        let rows = rows(&scene, size.0, size.1);
        rows.into_iter().map(|row| row.text).collect()
    }

    #[test]
    fn a_plant_on_a_small_terminal() {
        let picture = check(&plant(14, 27), (80, 24), 76).join("\n");
        assert_eq!(
            picture,
            "\
plant · 14 of 14 run · 2 restarts · 5 DENIED · 1:15 min · 40 events
subjects
  subject-2          running  process 4002 epoch 3   2 restarts 5 DENIED
  running: subject-1 (4001), subject-3 (4003), subject-4 (4004),
           subject-5 (4005), subject-6 (4006), subject-7 (4007),
           subject-8 (4008), subject-9 (4009), subject-10 (4010),
           subject-11 (4011), subject-12 (4012), subject-13 (4013),
           subject-14 (4014)
channels 21–27 of 27: messages per second, latest value (+N: N fields more)
       0.0/s  subject-21.out -> subject-22.in  2a00
       0.0/s  subject-22.out -> subject-23.in  2a00
       0.0/s  subject-23.out -> subject-24.in  2a00
       0.0/s  subject-24.out -> subject-25.in  2a00
       0.0/s  subject-25.out -> subject-26.in  2a00
       0.0/s  subject-26.out -> subject-27.in  2a00
       0.0/s  subject-27.out -> subject-28.in  2a00
events: the newest 3 of 9
  00:00:06.000 subject-1: line 6
  00:00:07.000 subject-1: line 7
  00:00:08.000 subject-1: line 8
in force
  separation: mount, process, network, IPC, host name and time namespaces ·
  memory: control groups version 1
Ctrl-C ends this view, not the system"
        );
    }

    /// The bottling line, each byte of its newest messages a small number.
    fn bottling_line() -> (ModelFile, Status) {
        let text = include_str!("../../../../../examples/bottling-line/system.kdl");
        let file = ModelFile::of_text(std::path::Path::new("system.kdl"), text.to_owned());
        let mut status = plant(0, 0);
        status.system = file.model.name.clone();
        let channel = |index: usize| {
            let id = model::ChannelId::of(index);
            let from = file.model.channel(id).map(|own| own.from);
            let message = from.and_then(|port| file.model.port(port)?.message);
            let message = message.and_then(|id| file.model.message(id));
            let bytes = message.map_or(0, |own| own.bytes());
            let latest = 0..bytes.min(record::status::LATEST_BYTES_MAX as u64);
            ChannelStatus {
                name: file.model.channel_name(id),
                written: 10,
                epoch: 1,
                latest: latest.map(|at| format!("{:02x}", at % 3)).collect(),
            }
        };
        status.channels = (0..file.model.channels.len()).map(channel).collect();
        let names = file.model.subjects().map(|(_, node, _)| node.name.clone());
        let names: Vec<String> = names.collect();
        status.subjects = plant(names.len(), 0).subjects;
        for (own, name) in status.subjects.iter_mut().zip(names) {
            own.name = name;
        }
        (file, status)
    }

    #[test]
    fn a_small_terminal_shows_values_in_the_words_of_their_types() {
        let (file, status) = bottling_line();
        let at = |second| check_with(&status, Some(&file), (80, 24), second);
        assert_eq!(
            at(76).join("\n"),
            "\
bottling-line · 14 of 14 run · 2 restarts · 5 DENIED · 1:15 min · 40 events
subjects
  field-read         running  process 4002 epoch 3   2 restarts 5 DENIED
  running: modbus-gate (4001), interlock-view (4003), command-guard (4004),
           recipe-import (4005), recipe-store (4006), hmi (4007),
           inspect (4008), historian (4009), oee (4010), redactor (4011),
           uplink (4012), vendor-session (4013), audit (4014)
channels 20–27 of 27: messages per second, latest value (+N: N fields more)
       0.0/s  uplink.request -> command-guard.clo…  id 131328, register 1, +1
       0.0/s  vendor-session.request -> command-g…  id 131328, register 1, +1
       0.0/s  hmi.audit -> audit.hmi                number 131328, +2
       0.0/s  command-guard.audit -> audit.comman…  number 131328, +2
       0.0/s  modbus-gate.audit -> audit.modbus-g…  number 131328, +2
       0.0/s  uplink.audit -> audit.uplink          number 131328, +2
       0.0/s  vendor-session.audit -> audit.vendo…  number 131328, +2
       0.0/s  redactor.audit -> audit.redactor      number 131328, +2
events: the newest 3 of 9
  00:00:06.000 subject-1: line 6
  00:00:07.000 subject-1: line 7
  00:00:08.000 subject-1: line 8
in force
  separation: mount, process, network, IPC, host name and time namespaces ·
  memory: control groups version 1
Ctrl-C ends this view, not the system"
        );
        // On some page each channel of a known type begins with the first field of it.
        let seen: std::collections::BTreeSet<String> = (0..400)
            .flat_map(at)
            .filter(|row| row.contains("/s  "))
            .collect();
        assert_eq!(seen.len(), 27);
        for row in seen {
            let (_, value) = row.rsplit_once("  ").unwrap();
            let is_word =
                value.starts_with(|c: char| c.is_ascii_lowercase()) && value.contains(' ');
            assert!(is_word, "{row}");
        }
    }

    #[test]
    fn a_large_terminal_has_a_row_for_each_subject() {
        let rows = check(&plant(8, 9), (120, 40), 76);
        let of = |name: &str| rows.iter().filter(|row| row.starts_with(name)).count();
        assert_eq!(of("  subject-"), 8, "{rows:#?}");
        assert_eq!(of("       0.0/s"), 9);
        assert!(
            rows.iter()
                .any(|row| row == "channels: messages per second, latest value (+N: N fields more)")
        );
        assert_eq!(of("  00:00:0"), 9);
    }

    #[test]
    fn every_channel_is_shown_on_some_page() {
        let status = plant(14, 27);
        for size in [(80, 24), (60, 20), (40, 16)] {
            let seen: std::collections::BTreeSet<String> = (0..400)
                .flat_map(|second| check(&status, size, second))
                .filter(|row| row.contains("/s  "))
                .collect();
            assert_eq!(seen.len(), 27, "{size:?}");
        }
    }

    #[test]
    fn every_mechanism_is_shown_on_some_page() {
        let mut status = plant(40, 60);
        status.mechanisms = (0..30)
            .map(|n| words(&format!("mechanism number {n} of this machine")))
            .collect();
        let seen: Vec<String> = (0..400)
            .flat_map(|second| check(&status, (80, 24), second))
            .collect();
        let seen = seen.concat();
        for number in 0..30 {
            assert!(seen.contains(&format!("number {number}")), "{number}");
        }
    }

    #[test]
    fn no_picture_is_larger_than_its_terminal() {
        for (subjects, channels) in [(0, 0), (1, 0), (14, 27), (200, 300)] {
            let status = plant(subjects, channels);
            for width in (0..=100).step_by(3).chain([1, 2]) {
                for height in 0..=50 {
                    let rows = check(&status, (width, height), 76);
                    assert!(
                        rows.len() <= height,
                        "{} rows on {width}×{height}",
                        rows.len()
                    );
                    let widest = rows.iter().map(|row| row.chars().count()).max();
                    assert!(widest.unwrap_or(0) <= width, "{width}×{height}: {rows:#?}");
                }
            }
        }
    }

    #[test]
    fn what_is_wrong_stays_in_the_headline_of_a_narrow_terminal() {
        let mut status = plant(14, 27);
        status.events_lost = 3;
        let rows = check(&status, (64, 24), 90);
        let head = rows.first().map_or("", String::as_str);
        assert_eq!(
            head,
            "plant · NO NEWS for 15 s · 14 of 14 run · 2 restarts · 5 DENIED"
        );
    }

    #[test]
    fn names_cannot_steer_the_terminal() {
        let mut status = plant(1, 1);
        status.system = "a\x1b[2Jb".to_owned();
        status.mechanisms = vec![words("c\x1bd\ne")];
        for own in &mut status.subjects {
            own.name = "f\rg".to_owned();
            let text = "h\x07".to_owned();
            own.note = Some(record::reason::Note::Words { text });
        }
        for own in &mut status.channels {
            own.name = "i\nj".to_owned();
        }
        let rows = check(&status, (80, 24), 76);
        assert!(
            rows.iter().all(|row| !row.contains(char::is_control)),
            "{rows:#?}"
        );
    }
}
