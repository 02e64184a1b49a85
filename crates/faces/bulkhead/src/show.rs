//! Findings and verdicts, for people and for machines.

use crate::format::Format;
use crate::help;
use crate::style::Style;
use app::check::Checked;
use app::codes::{Example, Explained, Shown};
use app::evidence::{Evidence, State};
use app::model_file::ModelFile;
use app::second::{Report, Ruling};
use app::{VERSION, documents, explain};
use model::Effect;
use model::verdict::{Certificate, Claim, Outcome, Verdict};
use serde::Serialize;
use source::{Diagnostic, render, sarif};
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Set once standard output took something not at all.
static OUTPUT_LOST: AtomicBool = AtomicBool::new(false);

/// Set once something was printed to standard output.
static HAS_PRINTED: AtomicBool = AtomicBool::new(false);

/// Prints a JSON value.
pub fn machine(value: &impl Serialize) {
    match serde_json::to_string_pretty(value) {
        Ok(text) => people(&format!("{text}\n")),
        Err(_) => OUTPUT_LOST.store(true, Ordering::Relaxed),
    }
}

/// Prints text. A reader that closed our output early (`| head`) is not a failure, a full disk is.
pub fn people(text: &str) {
    HAS_PRINTED.store(true, Ordering::Relaxed);
    let mut out = io::stdout();
    let printed = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    if printed.is_err_and(|error| error.kind() != io::ErrorKind::BrokenPipe) {
        OUTPUT_LOST.store(true, Ordering::Relaxed);
    }
}

/// Prints text to standard error. Whoever closed it, or lets its disk fill, does not get it; the exit
/// code still says what happened.
pub fn complaint(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Whether anything was printed to standard output.
pub fn has_printed() -> bool {
    HAS_PRINTED.load(Ordering::Relaxed)
}

/// Whether something that should have been printed was not.
pub fn output_lost() -> bool {
    OUTPUT_LOST.load(Ordering::Relaxed)
}

/// Text of others, without what could steer a terminal or disorder a line.
pub fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if record::text::steers(c) { '·' } else { c })
        .collect()
}

/// The same of several lines, which stay lines.
pub fn printable_lines(text: &str) -> String {
    let lines = text.split_inclusive('\n');
    let line = |line: &str| match line.strip_suffix('\n') {
        Some(line) => printable(line) + "\n",
        None => printable(line),
    };
    lines.map(line).collect()
}

/// The faults of a text alone, when nothing else can be said.
pub fn faults(file: &ModelFile, diagnostics: &[Diagnostic], format: Format) {
    let worded = || diagnostics.iter().map(help::diagnostic).collect::<Vec<_>>();
    match format {
        Format::Json => machine(&documents::check(file, &worded(), None)),
        Format::Sarif => machine(&sarif::log(&file.source, VERSION, &worded())),
        Format::Text => {
            print_diagnostics(file, diagnostics);
            let errors = diagnostics.iter().filter(|d| d.is_error()).count();
            let _ = writeln!(io::stderr(), "{}", count(errors, "error"));
        }
    }
}

/// Renders diagnostics to standard error.
pub fn print_diagnostics(file: &ModelFile, diagnostics: &[Diagnostic]) {
    let colour = Style::stderr().is_on();
    for diagnostic in diagnostics {
        let _ = writeln!(
            io::stderr(),
            "{}\n",
            render::text(&file.source, &help::diagnostic(diagnostic), colour)
        );
    }
}

/// Everything known about a judged model.
pub fn checked(file: &ModelFile, checked: &Checked, format: Format) {
    let mut findings = file.diagnostics.clone();
    findings.extend(app::plans::obstacles(file));
    let mut diagnostics = findings.clone();
    diagnostics.extend(explain::verdicts(file, checked));
    match format {
        Format::Json => machine(&documents::check(file, &findings, Some(checked))),
        Format::Sarif => machine(&sarif::log(&file.source, VERSION, &diagnostics)),
        Format::Text => {
            print_diagnostics(file, &diagnostics);
            people(&report(file, checked));
        }
    }
}

fn report(file: &ModelFile, checked: &Checked) -> String {
    let style = Style::stdout();
    let model = &file.model;
    let verdicts = &checked.verdicts.verdicts;
    let mut text = format!(
        "{} · {}, {}, {} · model {}\n",
        style.bold(&model.name),
        count(model.subjects().count(), "subject"),
        count(model.channels.len(), "channel"),
        count(model.requirements.len(), "requirement"),
        checked.verdicts.model.short(),
    );
    if !checked.without.is_empty() {
        let without = checked.without.join(", ");
        let text_line = format!("judged as if this did not hold: {without}");
        text.push_str(&format!("{}\n", style.yellow(&text_line)));
    }
    text.push('\n');
    let width = verdicts
        .iter()
        .map(|verdict| verdict.id.chars().count())
        .max()
        .unwrap_or(0);
    for verdict in verdicts {
        text.push_str(&verdict_line(verdict, width, style));
    }
    if model.requirements.is_empty() {
        let nothing = "no requirement is written: nothing else was judged";
        text.push_str(&format!("  {}\n", style.yellow(nothing)));
    }
    text.push('\n');
    text.push_str(&survey(checked, &app::evidence::of(file), style));
    for residual in &checked.residuals {
        let id = &residual.id;
        let line = match residual.decided {
            true => format!(
                "{id} needs honest readers: {} carries the data by a credit, a page of {} bytes",
                explain::ladder(&residual.steps),
                model::CREDIT_BYTES
            ),
            false => format!("{id}: whether a credit could carry the data is not worked out"),
        };
        text.push_str(&row("residual", &line, style));
    }
    let platform = "platform: exactly what is drawn flows (every claim needs it)";
    text.push_str(&row("assumed", platform, style));
    let left = |own: &&model::Assumption| !checked.without.contains(&own.name);
    for assumption in model.assumptions.iter().filter(left) {
        let rest = verdicts.iter();
        let rest = rest.filter(|verdict| verdict.assumptions.contains(&assumption.name));
        let rest = match (&assumption.effect, rest.count()) {
            (Effect::Stated, _) => "only stated, changes no verdict".to_owned(),
            (Effect::DoesNotRelay(_), 0) => "no proof rests on it".to_owned(),
            (Effect::DoesNotRelay(_), 1) => "1 proof rests on it".to_owned(),
            (Effect::DoesNotRelay(_), number) => format!("{number} proofs rest on it"),
        };
        let line = format!("{}: {} ({rest})", assumption.name, assumption.text);
        text.push_str(&row("assumed", &line, style));
    }
    for non_goal in &model.non_goals {
        let line = format!("{}: {}", non_goal.name, non_goal.text);
        text.push_str(&row("not a goal", &line, style));
    }
    let summary = checked.summary();
    let refused = app::check::refused(&checked.rechecked);
    let hold = if summary.hold == 1 { "holds" } else { "hold" };
    let vacuous = match summary.vacuous {
        0 => String::new(),
        1 => ", 1 holds vacuously (it speaks of nothing)".to_owned(),
        more => format!(", {more} hold vacuously (they speak of nothing)"),
    };
    let rechecked = match refused.as_slice() {
        _ if verdicts.is_empty() => "nothing was judged, so nothing is shown".to_owned(),
        [] => "the independent checker accepts every proof and counterexample".to_owned(),
        refused => {
            let line = format!("the independent checker refuses: {}", refused.join("; "));
            style.red(&line)
        }
    };
    text.push_str(&format!(
        "\n{}: {} {hold}{vacuous}, {} violated, {} unknown; {rechecked}\n",
        count(summary.claims, "claim"),
        summary.hold,
        summary.violated,
        summary.unknown,
    ));
    text
}

/// A line below the verdicts.
fn row(title: &str, item: &str, style: Style) -> String {
    let (title, item) = (style.dim(&format!("{title:<10}")), printable(item));
    format!("  {title} {item}\n")
}

fn verdict_line(verdict: &Verdict, width: usize, style: Style) -> String {
    let word = match &verdict.outcome {
        Outcome::Holds { .. } if verdict.vacuous => style.yellow("holds (vacuous)"),
        Outcome::Holds { .. } => style.green("holds          "),
        Outcome::Violated { .. } => style.red("VIOLATED       "),
        Outcome::Unknown { .. } => style.yellow("UNKNOWN        "),
    };
    let detail = match &verdict.outcome {
        Outcome::Holds { certificate } => match (&verdict.claim, certificate) {
            (Claim::Keep { .. }, Certificate::Path { points }) => {
                format!("there is a way: {}", explain::way(points))
            }
            (Claim::Fresh { .. } | Claim::Criticality { .. }, _) => "as stated".to_owned(),
            _ if verdict.vacuous => "there is nothing that it speaks about".to_owned(),
            _ if verdict.violated_if.is_empty() => {
                "even with any one subject compromised".to_owned()
            }
            _ => {
                let subjects = verdict.violated_if.iter();
                let subjects: Vec<&str> = subjects.map(|own| own.subject.as_str()).collect();
                format!("violated if {} is compromised", one_of(&subjects))
            }
        },
        Outcome::Violated { witness } => explain::say(&verdict.claim, witness),
        Outcome::Unknown { reason } => reason.clone(),
    };
    let detail = style.dim(&printable(&detail));
    format!("  {word} {:width$}  {detail}\n", verdict.id)
}

/// At most so many characters.
pub fn fit(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let Some(most) = width.checked_sub(1) else {
        return String::new();
    };
    text.chars().take(most).chain(['…']).collect()
}

/// `1 error`, `2 errors`.
pub fn count(number: usize, noun: &str) -> String {
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{number} {noun}s")
    }
}

/// Trusted subjects, conduits, reverse flows and unneeded channels.
fn survey(checked: &Checked, evidence: &[Evidence], style: Style) -> String {
    let survey = &checked.survey;
    let mut text = String::new();
    let mut row = |title: &str, item: &str| text.push_str(&row(title, item, style));
    for trusted in &survey.trusted {
        row("trusted", &trusted_line(trusted));
        let own = evidence.iter().filter(|own| own.subject == trusted.subject);
        let own: Vec<&Evidence> = own.collect();
        if !own.is_empty() {
            row("", &format!("  {}", unverified(&own)));
        }
        if !trusted.code_influence.nodes.is_empty() {
            let who = few(&trusted.code_influence.nodes);
            row("", &format!("  its code can be influenced by {who}"));
        }
        for steering in &trusted.steering {
            let (role, port) = (steering.role, &steering.port);
            let who = if steering.influence.nodes.is_empty() {
                "nobody else".to_owned()
            } else {
                few(&steering.influence.nodes)
            };
            row(
                "",
                &format!("  its {role}, at {port}, can be influenced by {who}"),
            );
        }
    }
    for conduit in &survey.conduits {
        let flows = match conduit.channels.len() + conduit.grants.len() {
            0 => None,
            flows => Some(count(flows, "flow")),
        };
        let through = match conduit.through.as_slice() {
            [] => None,
            nodes => Some(format!("through {}, in both", few(nodes))),
        };
        let what: Vec<String> = flows.into_iter().chain(through).collect();
        let (from, to) = (&conduit.from, &conduit.to);
        row("conduit", &format!("{from} to {to}: {}", what.join(", ")));
    }
    for unzoned in &survey.unzoned {
        let flows = match unzoned.flows.as_slice() {
            [] => "no flow".to_owned(),
            flows => format!("{}: {}", count(flows.len(), "flow"), few(flows)),
        };
        row(
            "unzoned",
            &format!("{}, in no zone and no conduit: {flows}", unzoned.node),
        );
    }
    for reverse in &survey.reverse_flows {
        let (from, to) = (&reverse.from, &reverse.to);
        let line = format!(
            "{from} to {to}: credit of {}, a page of {} bytes, not one position",
            reverse.channel, reverse.bytes
        );
        row("way back", &line);
    }
    if !survey.complete {
        row(
            "incomplete",
            "the model is so large that some of these lines are missing",
        );
    }
    if let app::check::Unneeded::Channels { channels, .. } = &survey.unneeded
        && !channels.is_empty()
    {
        let channels = (count(channels.len(), "channel"), few(channels));
        row(
            "unneeded",
            &format!(
                "{} on no way that a requirement wants kept: {}",
                channels.0, channels.1
            ),
        );
    }
    text
}

/// What stands behind the passes of one trusted subject.
fn unverified(passes: &[&Evidence]) -> String {
    let names = |wanted: State| {
        let own = passes.iter().filter(|own| own.state == wanted);
        let names: BTreeSet<String> = own.filter_map(|own| own.verified_by.clone()).collect();
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        match names.len() {
            0 => None,
            1 => Some((few(&names), "is", "was")),
            _ => Some((few(&names), "are", "were")),
        }
    };
    let mut parts = Vec::new();
    let bare = passes.iter().filter(|own| own.verified_by.is_none());
    match bare.count() {
        0 => {}
        _ if passes.len() == 1 => parts.push("it has no `verified-by`".to_owned()),
        1 => parts.push("1 has no `verified-by`".to_owned()),
        number => parts.push(format!("{number} have no `verified-by`")),
    }
    if let Some((names, is, _)) = names(State::UnverifiedNothingFound) {
        parts.push(format!("{names} {is} no file here"));
    }
    if let Some((names, _, was)) = names(State::UnverifiedFileNamed) {
        parts.push(format!("{names} {was} not looked into"));
    }
    let all = match passes.len() {
        1 => "its pass is unverified".to_owned(),
        all => format!("its {all} passes are unverified"),
    };
    format!("{all}: {}", parts.join("; "))
}

fn trusted_line(trusted: &app::check::TrustedSubject) -> String {
    let mut around = trusted.passes.iter().filter(|own| !own.bypass.is_empty());
    let around = match (around.next(), around.count()) {
        (None, _) => "cannot be bypassed".to_owned(),
        (Some(own), 0) => format!("1 pass can be bypassed ({})", own.pass),
        (Some(own), more) => format!("{} passes can be bypassed (first {})", more + 1, own.pass),
    };
    let code = match &trusted.code_from {
        Some(supplier) => format!("its code comes from {supplier}"),
        None => "the supplier of its code is not drawn".to_owned(),
    };
    let carries = match trusted.carries.len() {
        0 => "no claim rests".to_owned(),
        1 => "1 claim rests".to_owned(),
        number => format!("{number} claims rest"),
    };
    format!(
        "{}: {}, {}; {carries} on it alone; {around}; {code}",
        trusted.subject,
        count(trusted.size.ports, "port"),
        if trusted.size.passes == 1 {
            "1 pass".to_owned()
        } else {
            format!("{} passes", trusted.size.passes)
        },
    )
}

/// `a`, `a or b`, `a, b or c`.
fn one_of(names: &[&str]) -> String {
    match names {
        [rest @ .., next, last] => {
            let rest: String = rest.iter().map(|name| format!("{name}, ")).collect();
            format!("{rest}{next} or {last}")
        }
        _ => names.concat(),
    }
}

/// The first names of a list that may be long.
fn few(names: &[String]) -> String {
    const MOST: usize = 6;
    let shown = names
        .iter()
        .take(MOST)
        .cloned()
        .collect::<Vec<String>>()
        .join(", ");
    match names.len().saturating_sub(MOST) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// Why nothing was started.
pub fn refusal(message: &str) {
    let _ = writeln!(
        io::stderr(),
        "{}: {message}",
        Style::stderr().red("refused")
    );
}

/// Lines and reports shown of an example; some show a bound and are long.
const EXAMPLE: (usize, usize) = (30, 3);
/// Lines shown of a longer example: before the first that is wrong, and in all.
const EXCERPT: (usize, usize) = (3, 12);

/// What a code is about.
pub fn explained(explained: &Explained) {
    let bold = |text: &str| Style::stdout().bold(text);
    let uses = explained.uses.iter().map(|own| match &own.shown {
        Shown::Example(example) => format!(
            "{}\n\n{}",
            bold(&format!("in {}", own.of)),
            by_example(example)
        ),
        Shown::Words {
            message,
            help,
            large,
        } => {
            let why = match large {
                true => "a text that is reported under this code is too large to show",
                false => "there is no example of it",
            };
            let (of, message, help) = (
                bold(&format!("about {}", own.of)),
                printable(message),
                printable(&help::meaning(explained.code, help)),
            );
            format!("{of}\n\n  what is wrong  {message}\n  what helps     {help}\n\n  {why}\n")
        }
    });
    people(uses.collect::<Vec<_>>().join("\n").trim_end());
    people("\n");
}

fn by_example(example: &Example) -> String {
    let (wrong, right) = (&example.wrong.text, &example.right);
    let same = wrong
        .lines()
        .zip(right.lines())
        .take_while(|(one, other)| one == other);
    let first = same.count();
    let mut text = excerpt("wrong", wrong, first);
    let (colour, source) = (Style::stdout().is_on(), &example.said_of);
    for own in example.said.iter().take(EXAMPLE.1) {
        let own = render::text(source, &help::diagnostic(own), colour);
        text.push_str(&format!("{own}\n\n"));
    }
    if let more @ 1.. = example.said.len().saturating_sub(EXAMPLE.1) {
        text.push_str(&format!("and {} like it\n\n", count(more, "more report")));
    }
    text + &excerpt("right", right, first)
}

/// A text under its title, or of a long one what stands around a line.
fn excerpt(title: &str, text: &str, line: usize) -> String {
    let mut shown = format!("{}\n\n", Style::stdout().bold(title));
    let all = text.lines().count();
    let (before, most) = match all > EXAMPLE.0 {
        true => (line.saturating_sub(EXCERPT.0), EXCERPT.1),
        false => (0, all),
    };
    if before > 0 {
        shown.push_str(&format!("  after {}\n", count(before, "more line")));
    }
    for line in text.lines().skip(before).take(most) {
        shown.push_str(&format!("  {}\n", printable(line)));
    }
    if let more @ 1.. = all.saturating_sub(before + most) {
        shown.push_str(&format!("  and {}\n", count(more, "more line")));
    }
    shown + "\n"
}

/// What the independent checker says, claim by claim.
pub fn rechecked(report: &Report) {
    let style = Style::stdout();
    let mut text = String::new();
    for claim in &report.claims {
        let (word, reason) = match &claim.result {
            Ruling::Proved => (style.green("proved  "), ""),
            Ruling::Refuted => (style.red("refuted "), ""),
            Ruling::Unproven { reason } => (style.yellow("unproven"), reason.as_str()),
            Ruling::Refused { reason } => (style.red("REFUSED "), reason.as_str()),
            Ruling::Missing => (style.red("MISSING "), "there is no verdict about it"),
        };
        let line = format!("{}  {reason}", claim.id);
        text.push_str(&format!("  {word} {}\n", printable(line.trim_end())));
    }
    let proved = report
        .claims
        .iter()
        .filter(|c| c.result == Ruling::Proved)
        .count();
    if !report.compromisable.is_empty() && report.accepted {
        text.push_str(
            "  every violation listed under a compromised subject was shown; that no other is missing was \
             not: ask `bulkhead check FILE --without local-policy.SUBJECT`\n",
        );
    }
    text.push_str(&format!(
        "{}: {proved} proved; model {}\n",
        count(report.claims.len(), "claim"),
        report.model,
    ));
    people(&text);
}
