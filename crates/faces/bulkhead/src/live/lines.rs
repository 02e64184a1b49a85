//! A running system in plain lines.

use super::values;
use crate::show::{self, printable};
use app::Exit;
use app::attach;
use app::model_file::ModelFile;
use record::chain::Record;
use record::difference::Difference;
use record::event::Event;
use record::mechanism::Mechanism;
use record::review::Review;
use record::status::{ChannelStatus, Moment, Status, SubjectState, SubjectStatus};

/// Most characters of a value in a line.
const VALUE_CHARS_MAX: usize = 90;

/// Time of day in UTC, `12:34:56.789`.
pub fn clock(at_ns: u64) -> String {
    let millis = at_ns / 1_000_000;
    let (seconds, millis) = (millis / 1000, millis % 1000);
    let (hours, minutes) = (seconds / 3600 % 24, seconds / 60 % 60);
    format!("{hours:02}:{minutes:02}:{:02}.{millis:03}", seconds % 60)
}

/// A status older than this is no news.
const STATUS_NS_MAX: u64 = 3_000_000_000;

/// How long nothing was heard of a supervisor that should write its page twice a second.
pub fn silence(status: &Status, now: Moment) -> Option<String> {
    let age_ns = status.age_ns(now);
    let silent = age_ns > STATUS_NS_MAX && !status.ended;
    silent.then(|| format!("NO NEWS for {} s", age_ns / 1_000_000_000))
}

/// What a subject says that it lost or could not use; nothing if it had no trouble.
pub fn troubles(own: &SubjectStatus) -> String {
    let numbers = [
        (own.faults, "FAULT"),
        (own.lost, "lost message"),
        (own.refused, "refused message"),
        (own.missed, "missed period"),
    ];
    let said = numbers.into_iter().filter(|(number, _)| *number > 0);
    let say = |(number, what): (u64, &str)| {
        let number = usize::try_from(number).unwrap_or(usize::MAX);
        format!(" {}", show::count(number, what))
    };
    said.map(say).collect()
}

/// One event as a line.
pub fn event(record: &Record) -> String {
    format!("{} {}\n", clock(record.at_ns), say(&record.event))
}

fn mechanism_lines(text: &mut String, word: &str, mechanisms: &[Mechanism]) {
    for mechanism in mechanisms {
        text.push_str(&format!(
            "\n             {word}: {}",
            show::printable(&mechanism.to_string())
        ));
    }
}

fn joined(differences: &[Difference]) -> String {
    let all: Vec<String> = differences.iter().map(Difference::to_string).collect();
    all.join("; ")
}

/// An event in words.
pub fn say(event: &Event) -> String {
    let text = match event {
        Event::RunStarted {
            system,
            plan,
            mechanisms,
            intended,
            ..
        } => {
            let mut text = format!("{system} starts with plan {}", plan.short());
            // Those of older logs are quoted as they were said.
            mechanism_lines(&mut text, "in force", mechanisms);
            mechanism_lines(&mut text, "intended", intended);
            return text;
        }
        Event::InForce { mechanisms } => {
            let mut text = "the audit saw the mechanisms".to_owned();
            mechanism_lines(&mut text, "in force", mechanisms);
            return text;
        }
        Event::LogRemoved { name, last } => {
            let end = last.map_or_else(String::new, |last| format!(", which ended with {last}"));
            format!("the oldest log {name}{end}, was removed to make room")
        }
        Event::Audited {
            subject,
            epoch,
            differences,
            ..
        } if differences.is_empty() => {
            format!("{subject}: audit of start {epoch} passed")
        }
        Event::Audited {
            subject,
            epoch,
            after_go,
            differences,
        } => {
            let when = if *after_go { " after the go" } else { "" };
            format!(
                "{subject}: AUDIT{when} of start {epoch} FAILED: {}",
                joined(differences)
            )
        }
        Event::Started {
            subject,
            epoch,
            pid,
        } => {
            format!("{subject}: started, epoch {epoch}, process {pid}")
        }
        Event::Denied {
            subject,
            number,
            call,
            arguments,
            ..
        } => {
            let arguments: Vec<String> = arguments.iter().map(|a| format!("{a:#x}")).collect();
            format!(
                "{subject}: DENIED {call} (call {number}) with {}",
                arguments.join(" ")
            )
        }
        Event::Exited {
            subject,
            epoch,
            cause,
        } => format!("{subject}: epoch {epoch} ended: {cause}"),
        Event::Restarting {
            subject,
            epoch,
            after_ms,
        } => {
            format!("{subject}: starts again as epoch {epoch} in {after_ms} ms")
        }
        Event::Abandoned { subject, reason } => format!("{subject}: stays stopped: {reason}"),
        Event::HeartbeatLost {
            subject, silent_ms, ..
        } => {
            format!("{subject}: silent for {silent_ms} ms")
        }
        Event::GrantRefused {
            subject,
            grant,
            reason,
        } => {
            format!("{subject}: grant `{grant}` cannot be opened: {reason}")
        }
        Event::Log { subject, text, .. } => format!("{subject}: {text}"),
        Event::LogLost { subject, lines } => format!("{subject}: {lines} log lines lost"),
        Event::ChannelFault {
            channel, reason, ..
        } => format!("channel {channel}: {reason}"),
        Event::Reviewed {
            partitions,
            differences,
        } if differences.is_empty() => format!("audit: {partitions} running partitions match"),
        Event::Reviewed { differences, .. } => {
            format!("AUDIT: differs from the plan: {}", joined(differences))
        }
        Event::Halted { reason } => format!("HALTED: {reason}"),
        Event::RunEnded { reason } => format!("ended: {reason}"),
        Event::EventsLost {
            subject: Some(subject),
            count,
        } => format!("{subject}: {count} events lost, its share of the log is full"),
        Event::EventsLost { count, .. } => format!("{count} events lost"),
        Event::Repeated {
            subject,
            of,
            what,
            count,
            since_ns,
            ..
        } => format!(
            "{subject}: {}",
            repeated(of, what, *count, &clock(*since_ns))
        ),
        Event::Other => "an event of a kind this version does not know".to_owned(),
    };
    show::printable(&text)
}

/// What happened again and again, how often and since when.
fn repeated(of: &str, what: &str, count: u64, since: &str) -> String {
    let times = match count {
        1 => "once".to_owned(),
        count => format!("{count} times"),
    };
    match (of, what) {
        ("refused", what) => format!("`{what}` refused {times} since {since}"),
        ("closing-unseen", _) => {
            format!("ended {times} before it was seen to close its gate since {since}")
        }
        (of, "") => format!("{count} times more since {since}: {of}"),
        (of, what) => format!("{count} times more since {since}: {of} ({what})"),
    }
}

/// What a subject is doing, in one word.
pub fn state(subject: &SubjectStatus) -> &'static str {
    match subject.state {
        SubjectState::Waiting => "waiting",
        SubjectState::Starting => "starting",
        SubjectState::Running => "running",
        SubjectState::Stopped => "stopped",
    }
}

/// Messages per second between two pages.
pub fn rate(now: &Status, before: &Status, channel: &ChannelStatus) -> f64 {
    let earlier = before.channels.iter().find(|c| c.name == channel.name);
    let written = channel
        .written
        .saturating_sub(earlier.map_or(0, |c| c.written));
    let elapsed_ns = now.at_ns.saturating_sub(before.at_ns).max(1);
    written as f64 * 1e9 / elapsed_ns as f64
}

/// The newest message of a channel in the words of its type, on so many columns.
pub fn latest(file: Option<&ModelFile>, channel: &ChannelStatus, columns: usize) -> String {
    let digits = channel.latest.as_bytes();
    let bytes: Option<Vec<u8>> = digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect();
    match bytes {
        Some(bytes) if !bytes.is_empty() => values::describe(file, &channel.name, &bytes, columns),
        _ => String::new(),
    }
}

/// A count over all subjects; a page may say anything.
pub fn total(status: &Status, count: fn(&SubjectStatus) -> u64) -> u64 {
    let counts = status.subjects.iter().map(count);
    counts.fold(0, u64::saturating_add)
}

/// Subjects that run.
pub fn running(status: &Status) -> usize {
    let runs = |own: &&SubjectStatus| own.state == SubjectState::Running;
    status.subjects.iter().filter(runs).count()
}

/// A line per channel that moves, between two pages.
pub fn rates(now: &Status, before: &Status, file: Option<&ModelFile>) -> String {
    let running = running(now);
    let restarts = restarts(total(now, |s| s.restarts));
    let denied = total(now, |s| s.denied);
    let silence = silence(now, attach::now());
    let silence = silence.map_or_else(String::new, |own| format!("{own}, then: "));
    let mut text = format!(
        "{} {silence}{running} of {} subjects run, {restarts}, {denied} recorded as denied\n",
        clock(now.at_ns),
        now.subjects.len()
    );
    let mut still = 0;
    for channel in &now.channels {
        let rate = rate(now, before, channel);
        if rate == 0.0 {
            still += 1;
            continue;
        }
        let name = show::printable(&channel.name);
        let value = latest(file, channel, VALUE_CHARS_MAX);
        text.push_str(&format!("  {rate:>8.1}/s  {name}  {value}\n"));
    }
    if still > 0 {
        let still = show::count(still, "channel");
        text.push_str(&format!("  {still} without new messages\n"));
    }
    text
}

/// One running system in one line.
pub fn summary(status: &Status) -> String {
    let running = running(status);
    let silence = silence(status, attach::now());
    let silence = silence.map_or_else(String::new, |own| {
        format!(
            "{own}: is process {} stopped? nothing restarts meanwhile; then: ",
            status.pid
        )
    });
    format!(
        "{}: {silence}{running} of {} subjects run, process {}, plan {}, since {} UTC\n",
        show::printable(&status.system),
        status.subjects.len(),
        status.pid,
        status.plan.short(),
        clock(status.started_at_ns),
    )
}

/// What is wrong with a running system, a line for each; nothing if all of it runs.
pub fn trouble(status: &Status) -> String {
    let mut text = down(status);
    if let Some(silence) = silence(status, attach::now()) {
        let system = show::printable(&status.system);
        text.push_str(&format!("{system}: {silence}\n"));
    }
    text
}

/// Subjects that do not run though they should, and why, a line for each.
pub fn down(status: &Status) -> String {
    let own = status.subjects.iter().filter(|own| own.down);
    let line = |own: &SubjectStatus| {
        let note = match &own.note {
            None => "waits to be started again".to_owned(),
            Some(note) => show::printable(&note.to_string()),
        };
        let name = show::printable(&own.name);
        format!("{name} does not run: {note}\n")
    };
    own.map(line).collect()
}

/// Why it does not run, or nothing.
pub fn note(own: &SubjectStatus) -> String {
    let note = own.note.as_ref().map(ToString::to_string);
    show::printable(&note.unwrap_or_default())
}

/// `process 4711`, or nothing.
pub fn process(own: &SubjectStatus) -> String {
    match own.pid {
        0 => String::new(),
        pid => format!(" process {pid}"),
    }
}

/// Which calls were answered with an error, and how often: `, refused: 1 openat, 2 prctl`; or nothing.
fn refused_calls(own: &SubjectStatus) -> String {
    let calls = own.refused_calls.iter();
    let calls: Vec<String> = calls
        .map(|(call, count)| format!("{count} {}", show::printable(call)))
        .collect();
    match calls.as_slice() {
        [] => String::new(),
        calls => format!(", refused: {}", calls.join(", ")),
    }
}

/// Everything a page says.
pub fn detail(status: &Status) -> String {
    let mut text = summary(status);
    for mechanism in &status.mechanisms {
        text.push_str(&format!(
            "  in force: {}\n",
            show::printable(&mechanism.to_string())
        ));
    }
    for subject in &status.subjects {
        text.push_str(&format!(
            "  {:<16} {:<8}{} epoch {}, {}, {} recorded as denied{}{} {}\n",
            show::printable(&subject.name),
            state(subject),
            process(subject),
            subject.epoch,
            restarts(subject.restarts),
            subject.denied,
            refused_calls(subject),
            troubles(subject),
            note(subject),
        ));
    }
    for channel in &status.channels {
        let name = show::printable(&channel.name);
        text.push_str(&format!("  {:>10} written  {name}\n", channel.written));
    }
    let (events, last) = (status.events, status.last_event);
    let log = show::printable(&status.log);
    text.push_str(&format!("  {events} events in `{log}`, last hash {last}\n"));
    text
}

/// Whether it is the last event of a whole log.
pub fn is_end(record: &Record) -> bool {
    matches!(record.event, Event::RunEnded { .. })
}

/// `1 restart`, `2 restarts`.
pub fn restarts(number: u64) -> String {
    show::count(usize::try_from(number).unwrap_or(usize::MAX), "restart")
}

/// How a run ended, by the exit code of its supervisor.
pub fn how(exit: Exit) -> &'static str {
    match exit {
        Exit::Good => "stopped in order",
        Exit::Halted => "halted by its own rule",
        Exit::Platform => "the platform cannot enforce the plan",
        Exit::Unmet | Exit::Unusable | Exit::Down | Exit::Internal => "ended out of order",
    }
}

/// What remains to be said at the end, which came about as `how` says; `last` is the last event of the
/// log, if it was read to its end.
pub fn farewell(status: &Status, how: &str, last: Option<&Record>) -> String {
    let restarts = restarts(total(status, |s| s.restarts));
    let denied = total(status, |s| s.denied);
    let lost = match status.events_lost {
        0 => String::new(),
        lost => format!(" ({lost} LOST)"),
    };
    let read = |last: &Record| last.seq.saturating_add(1);
    let events = match last {
        Some(last) if !is_end(last) => {
            format!("the event log BREAKS OFF after {} events{lost}", read(last))
        }
        // Only a page of the same moment knows the hash of the last event.
        Some(last) if read(last) != status.events => format!("{} events{lost}", read(last)),
        _ => {
            let (number, hash) = (status.events, status.last_event);
            format!("{number} events{lost}, last hash {hash}")
        }
    };
    format!(
        "{}: {how}; {restarts}, {denied} calls recorded as denied, {events}\n",
        show::printable(&status.system),
    )
}
/// What a look at a running system found.
pub fn review(review: &Review) -> String {
    let mut text = String::new();
    let running = review.partitions.iter().filter(|own| own.pid != 0);
    let (running, all) = (running.count(), review.partitions.len());
    let own = |own: &&record::review::Partition| own.pid != 0 && own.differences.is_empty();
    let matching = review.partitions.iter().filter(own).count();
    for difference in review.differences() {
        text.push_str(&format!(
            "DIFFERS  {}\n",
            printable(&difference.to_string())
        ));
    }
    let (verdict, matching) = match review.differences().is_empty() {
        true => ("match", String::new()),
        false => ("were compared with", format!(", {matching} match")),
    };
    text.push_str(&format!(
        "{}: {running} running of {all} partitions {verdict} plan {}{matching} ({} µs), recorded as event {}\n",
        printable(&review.system),
        review.plan.short(),
        review.took_us,
        review.events
    ));
    for waiting in review.partitions.iter().filter(|own| own.pid == 0) {
        let name = printable(&waiting.subject);
        let why = match waiting.state {
            SubjectState::Running => "ended meanwhile",
            _ => "does not run",
        };
        text.push_str(&format!("  not looked at: {name}, which {why}\n"));
    }
    text
}
