//! An architecture as text: its sections in the order in which a person would write them.

use super::architecture::{
    Architecture, Assumption, Channel, ChannelKind, Claim, DataClass, Domain, Field, Grant, Kept,
    Label, Labels, MessageType, Name, Never, NonGoal, OnFailure, Outside, Platform, Port,
    Requirement, Resource, Subject, Trusted, Zone,
};
use super::layout::{Line, constant, duration_ms, duration_us, lists, rows, size};
use model::{Characteristic, Direction, OnStale, PortRole, Strength};
use std::collections::BTreeSet;

/// The text of an architecture.
pub(crate) fn text(own: &Architecture) -> String {
    let sections = [
        labels(&own.labels).into_iter().collect(),
        own.domains.iter().map(domain).collect(),
        own.zones.iter().map(zone).collect(),
        own.data.iter().map(class).collect(),
        own.types.iter().map(message).collect(),
        outside("external", &own.externals),
        outside("object", &own.objects),
        own.subjects.iter().map(subject).collect(),
        own.grants.iter().map(grant).collect(),
        own.channels.iter().map(channel).collect(),
        own.assumptions.iter().map(assumption).collect(),
        own.non_goals.iter().map(non_goal).collect(),
        own.requirements.iter().map(requirement).collect(),
        own.platforms.iter().map(platform).collect(),
        deployments(own),
    ];
    let mut out = "bulkhead 1\n".to_owned();
    let system = Line::new("system").and(&own.name);
    let mut separator = "";
    system.open(&mut out);
    for section in sections
        .iter()
        .filter(|section: &&Vec<Line>| !section.is_empty())
    {
        out.push_str(separator);
        section.iter().for_each(|line| line.write(1, &mut out));
        separator = "\n";
    }
    out.push_str("}\n");
    out
}

fn plain(names: &[Name]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}

fn number(value: impl ToString) -> String {
    value.to_string()
}

fn labels(own: &Labels) -> Option<Line> {
    let axes = [("secrecy", &own.secrecy), ("integrity", &own.integrity)];
    let axes = axes.into_iter().filter(|(_, labels)| !labels.is_empty());
    let axes: Vec<Line> = axes.map(|(word, labels)| axis(word, labels)).collect();
    (!axes.is_empty()).then(|| Line::new("labels").holding(axes))
}

/// A chain if each label lies above the one before it alone, else a block.
fn axis(word: &str, labels: &[Label]) -> Line {
    let names: Vec<&str> = labels.iter().map(|label| label.name.as_str()).collect();
    let before = std::iter::once(None).chain(names.iter().map(|name| Some(*name)));
    let is_chain = labels
        .iter()
        .zip(before)
        .all(|(label, before)| label.above.iter().map(String::as_str).eq(before));
    let chain = names
        .iter()
        .fold(Line::new(word), |line, name| line.and(name));
    if is_chain && chain.fits(2) {
        return chain;
    }
    let block = labels
        .iter()
        .map(|label| Line::new(&label.name).with_list("above", &plain(&label.above)));
    Line::new(word).holding(block)
}

fn domain(own: &Domain) -> Line {
    Line::new("domain")
        .and(&own.name)
        .with("secrecy", own.secrecy.as_deref())
        .with("integrity", own.integrity.as_deref())
}

fn zone(own: &Zone) -> Line {
    Line::new("zone")
        .and(&own.name)
        .set("sl-t", &number(own.sl_t))
        .with("in", own.inside.as_deref())
        .holding(rows(&plain(&own.members), 2))
}

fn class(own: &DataClass) -> Line {
    Line::new("data")
        .and(&own.name)
        .with("secrecy", own.secrecy.as_deref())
}

fn message(own: &MessageType) -> Line {
    Line::new("type")
        .and(&own.name)
        .holding(own.fields.iter().map(field))
        .packed()
}

fn field(own: &Field) -> Line {
    let mut line = Line::new(&own.name).and(&own.kind);
    for (key, bytes) in [("max", own.max), ("size", own.size)] {
        if let Some(bytes) = bytes {
            line = line.set(key, &number(bytes));
        }
    }
    line.with("unit", own.unit.as_deref())
        .with_prose("range", own.range.as_deref())
}

fn outside(word: &str, nodes: &[Outside]) -> Vec<Line> {
    let lines = nodes.iter().map(|own| {
        Line::new(word)
            .and(&own.name)
            .with("in", own.domain.as_deref())
            .with("secrecy", own.secrecy.as_deref())
            .with("integrity", own.integrity.as_deref())
            .holding(lists("holds", &plain(&own.holds), 2))
    });
    lines.collect()
}

fn subject(own: &Subject) -> Line {
    let head = Line::new("subject")
        .and(&own.name)
        .with("in", own.domain.as_deref())
        .with("secrecy", own.secrecy.as_deref())
        .with("integrity", own.integrity.as_deref())
        .with("criticality", own.criticality.as_deref());
    let run = own.run.as_ref().map(|run| {
        Line::new("run")
            .prose(&run.program)
            .with("from", run.from.as_deref())
    });
    head.holding(run)
        .holding(own.ports.iter().map(port))
        .holding(lists("holds", &plain(&own.holds), 2))
        .holding(settings(&own.settings))
        .holding(limits(own))
        .holding(own.on_failure.as_ref().map(on_failure))
        .holding(own.trusted.as_ref().map(trusted))
}

/// Settings, as many on each line as there is room for.
fn settings(own: &[(Name, String)]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for (key, value) in own {
        let value = constant(value);
        let longer = lines
            .pop()
            .map(|last| (last.clone().set(key, &value), last));
        match longer {
            Some((longer, _)) if longer.fits(2) => lines.push(longer),
            longer => {
                lines.extend(longer.map(|(_, last)| last));
                lines.push(Line::new("set").set(key, &value));
            }
        }
    }
    lines
}

fn limits(own: &Subject) -> Vec<Line> {
    let memory = own
        .memory_bytes
        .map(|bytes| Line::new("memory").spelled(&size(bytes)));
    let budget = own.budget.as_ref().map(|budget| {
        Line::new("budget")
            .spelled(&duration_us(budget.budget_us))
            .set("every", &duration_us(budget.every_us))
    });
    let period = own
        .period_us
        .map(|us| Line::new("period").spelled(&duration_us(us)));
    let heartbeat = own
        .heartbeat_ms
        .map(|ms| Line::new("heartbeat").set("within", &duration_ms(ms)));
    let limits = [memory, budget, period, heartbeat];
    limits.into_iter().flatten().collect()
}

fn on_failure(own: &OnFailure) -> Line {
    let line = Line::new("on-failure");
    match own {
        OnFailure::Restart {
            within_ms,
            max,
            per_ms,
            then_halt,
        } => line
            .and("restart")
            .set("within", &duration_ms(*within_ms))
            .set("max", &number(max))
            .set("per", &duration_ms(*per_ms))
            .set("then", if *then_halt { "halt" } else { "stop" }),
        OnFailure::Stop => line.and("stop"),
        OnFailure::Halt => line.and("halt"),
    }
}

fn trusted(own: &Trusted) -> Line {
    let passes = own.passes.iter().map(|pass| {
        Line::new("pass")
            .with("from", Some(&pass.from))
            .with("to", Some(&pass.to))
            .with("data", pass.data.as_deref())
            .with("lower", pass.lower_secrecy.then_some("secrecy"))
            .with("raise", pass.raise_integrity.then_some("integrity"))
            .with_prose("verified-by", pass.verified_by.as_deref())
    });
    let because = own.because.as_ref();
    Line::new("trusted")
        .holding(passes)
        .holding(because.map(|because| Line::new("because").prose(because)))
}

fn port(own: &Port) -> Line {
    let direction = match own.direction {
        Direction::In => "in",
        Direction::Out => "out",
    };
    let mut line = Line::new("port")
        .and(&own.name)
        .and(direction)
        .with("type", own.message.as_deref())
        .with("secrecy", own.secrecy.as_deref())
        .with("integrity", own.integrity.as_deref());
    if let Some(us) = own.max_age_us {
        line = line.set("max-age", &duration_us(us));
    }
    let line = line
        .with("on-stale", own.on_stale.map(OnStale::name))
        .with("role", role(own.role));
    let emits = plain(&own.emits);
    let whole = line.clone().with_list("data", &emits);
    match whole.fits(2) {
        true => whole,
        false => line.holding(lists("emits", &emits, 3)),
    }
}

/// The word of a role, unless it is that of ordinary data.
fn role(own: PortRole) -> Option<&'static str> {
    match own {
        PortRole::Data => None,
        PortRole::Limits => Some("limits"),
        PortRole::Configuration => Some("configuration"),
    }
}

fn grant(own: &Grant) -> Line {
    let subject = match own.name == own.peer {
        true => own.subject.clone(),
        false => format!("{}.{}", own.subject, own.name),
    };
    let line = Line::new("grant")
        .and(&subject)
        .and(own.arrow)
        .and(&own.peer);
    let line = match &own.resource {
        Resource::Tcp(address) => line.with_prose("tcp", Some(address)),
        Resource::TcpListen(address) => line.with_prose("tcp-listen", Some(address)),
        Resource::UdpIn(address) => line.with_prose("udp-in", Some(address)),
        Resource::UdpOut(address) => line.with_prose("udp-out", Some(address)),
        Resource::Device(path) => line.with_prose("device", Some(path)),
        Resource::File { path, quota_bytes } => {
            let line = line.with_prose("file", Some(path));
            match quota_bytes {
                Some(bytes) => line.set("quota", &size(*bytes)),
                None => line,
            }
        }
    };
    let line = line
        .with_list("data", &plain(&own.emits))
        .with("role", role(own.role));
    let (incoming, outgoing) = (&own.incoming, &own.outgoing);
    let secrecy = [incoming.secrecy.as_deref(), outgoing.secrecy.as_deref()];
    let integrity = [incoming.integrity.as_deref(), outgoing.integrity.as_deref()];
    let line = both_sides(line, own.arrow, "secrecy", secrecy);
    both_sides(line, own.arrow, "integrity", integrity)
}

/// A label of the ports of a grant: once if all its ports have it, else of each side.
fn both_sides(
    line: Line,
    arrow: &str,
    axis: &str,
    [incoming, outgoing]: [Option<&str>; 2],
) -> Line {
    match (incoming, outgoing) {
        (Some(one), Some(other)) if one == other => line.with(axis, Some(one)),
        (Some(one), None) | (None, Some(one)) if arrow != "<->" => line.with(axis, Some(one)),
        (incoming, outgoing) => line
            .with(&format!("in-{axis}"), incoming)
            .with(&format!("out-{axis}"), outgoing),
    }
}

fn channel(own: &Channel) -> Line {
    let line = Line::new("channel").and(&own.from).and("->").and(&own.to);
    match own.kind {
        ChannelKind::Sampling => line.and("sampling"),
        ChannelKind::Queuing { depth, credit } => line
            .and("queuing")
            .set("depth", &number(depth))
            .set("overflow", if credit { "credit" } else { "drop" }),
        ChannelKind::Event => line.and("event"),
    }
}

fn assumption(own: &Assumption) -> Line {
    Line::new("assume")
        .and(&own.name)
        .prose(&own.text)
        .holding(lists("does-not-relay", &plain(&own.does_not_relay), 2))
}

fn non_goal(own: &NonGoal) -> Line {
    Line::new("non-goal").and(&own.name).prose(&own.text)
}

fn requirement(own: &Requirement) -> Line {
    let characteristics = own.characteristics.iter().copied();
    let characteristics: Vec<&str> = characteristics.map(Characteristic::name).collect();
    Line::new("require")
        .and(&own.name)
        .with_list("characteristic", &characteristics)
        .with_prose("source", own.source.as_deref())
        .with_prose("owner", own.owner.as_deref())
        .holding(own.claims.iter().map(claim))
}

fn claim(own: &Claim) -> Line {
    match own {
        Claim::Never(own) => never(own),
        Claim::IfLost { lost, keep } => {
            let line = Line::new("if-lost");
            let line = lost.iter().fold(line, |line, name| line.and(name));
            line.holding(keep.iter().map(kept))
        }
        Claim::Fresh {
            port,
            max_us,
            reaction,
        } => Line::new("fresh")
            .with("port", Some(port))
            .set("max", &duration_us(*max_us))
            .with("reaction", reaction.map(OnStale::name)),
        Claim::Latency { from, to, max_us } => Line::new("latency")
            .with("from", Some(from))
            .with("to", Some(to))
            .set("max", &duration_us(*max_us)),
    }
}

/// On one line if there is room, else with its lists in a block.
fn never(own: &Never) -> Line {
    let named = [
        ("from", plain(&own.from)),
        ("to", plain(&own.to)),
        ("except-through", plain(&own.except_through)),
        ("then", plain(&own.then)),
    ];
    let data = own.data.as_deref();
    let line = named
        .iter()
        .fold(Line::new("never"), |line, (word, names)| {
            line.with_list(word, names)
        })
        .with("data", data);
    if line.fits(2) {
        return line;
    }
    let block = named.iter().flat_map(|(word, names)| lists(word, names, 3));
    Line::new("never").with("data", data).holding(block)
}

fn kept(own: &Kept) -> Line {
    let signals = own.signals.then_some("#true");
    let line = Line::new("keep")
        .with("from", Some(&own.from))
        .with("to", Some(&own.to));
    signals
        .into_iter()
        .fold(line, |line, truth| line.set("signals", truth))
}

fn platform(own: &Platform) -> Line {
    let devices = own.devices.iter().map(|(name, dma)| {
        let line = Line::new("device").and(name);
        if *dma { line.set("dma", "#true") } else { line }
    });
    let enforce = Line::new("enforce")
        .with("memory", strength(own.enforce_memory))
        .with("processor", strength(own.enforce_processor));
    let is_strict = own.enforce_memory != Strength::Best || own.enforce_processor != Strength::Best;
    let qualified = own.qualified.iter();
    let qualified = qualified.fold(Line::new("qualified"), |line, own| line.and(own));
    Line::new("platform")
        .and(&own.name)
        .holding([
            Line::new("cores").spelled(&number(own.cores)),
            Line::new("memory").spelled(&size(own.memory_bytes)),
        ])
        .holding(devices)
        .holding(is_strict.then_some(enforce))
        .holding((!own.qualified.is_empty()).then_some(qualified))
        .packed()
}

/// The word of a strength, unless it is the best there is.
fn strength(own: Strength) -> Option<&'static str> {
    match own {
        Strength::Best => None,
        Strength::Hard => Some("hard"),
    }
}

/// `all` where all subjects are deployed, else their names.
fn deployments(own: &Architecture) -> Vec<Line> {
    let all: BTreeSet<&Name> = own.subjects.iter().map(|own| &own.name).collect();
    let lines = own.deployments.iter().map(|deployment| {
        let subjects = match deployment.subjects.iter().collect::<BTreeSet<_>>() == all {
            true => vec!["all"],
            false => plain(&deployment.subjects),
        };
        Line::new("deploy")
            .and(&deployment.platform)
            .holding(rows(&subjects, 2))
    });
    lines.collect()
}
