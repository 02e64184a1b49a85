//! An architecture as text: its sections in the order in which a person would write them.

use super::architecture::{
    Architecture, Arrow, Assumption, Channel, Claim, DataClass, Domain, End, Field, Grant, Kept,
    Label, Labels, MessageType, Name, NonGoal, OnFailure, OnStale, Outside, Overflow, Platform,
    Port, Requirement, Resource, Role, Setting, Strength, Subject, Trusted, Zone,
};
use super::layout::{Line, constant, duration_ms, duration_us, lists, rows, size};
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
    let system = Line::new("system").and(own.name.as_str());
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
    names.iter().map(Name::as_str).collect()
}

fn optional(name: &Option<Name>) -> Option<&str> {
    name.as_ref().map(Name::as_str)
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
        .all(|(label, before)| label.above.iter().map(Name::as_str).eq(before));
    let chain = names
        .iter()
        .fold(Line::new(word), |line, name| line.and(name));
    if is_chain && chain.fits(2) {
        return chain;
    }
    let block = labels
        .iter()
        .map(|label| Line::new(label.name.as_str()).with_list("above", &plain(&label.above)));
    Line::new(word).holding(block)
}

fn domain(own: &Domain) -> Line {
    Line::new("domain")
        .and(own.name.as_str())
        .with("secrecy", optional(&own.secrecy))
        .with("integrity", optional(&own.integrity))
}

fn zone(own: &Zone) -> Line {
    Line::new("zone")
        .and(own.name.as_str())
        .set("sl-t", &number(own.sl_t))
        .with("in", optional(&own.inside))
        .holding(rows(&plain(&own.members), 2))
}

fn class(own: &DataClass) -> Line {
    Line::new("data")
        .and(own.name.as_str())
        .with("secrecy", optional(&own.secrecy))
}

fn message(own: &MessageType) -> Line {
    Line::new("type")
        .and(own.name.as_str())
        .holding(own.fields.iter().map(field))
        .packed()
}

fn field(own: &Field) -> Line {
    let mut line = Line::new(own.name.as_str()).and(own.kind.word());
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
            .and(own.name.as_str())
            .with("in", optional(&own.domain))
            .with("secrecy", optional(&own.secrecy))
            .with("integrity", optional(&own.integrity))
            .holding(lists("holds", &plain(&own.holds), 2))
    });
    lines.collect()
}

fn subject(own: &Subject) -> Line {
    let head = Line::new("subject")
        .and(own.name.as_str())
        .with("in", optional(&own.domain))
        .with("secrecy", optional(&own.secrecy))
        .with("integrity", optional(&own.integrity))
        .with("criticality", own.criticality.as_deref());
    let run = own.run.as_ref().map(|run| {
        Line::new("run")
            .prose(&run.program)
            .with("from", optional(&run.from))
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
fn settings(own: &[Setting]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for setting in own {
        let (key, value) = (setting.key.as_str(), constant(&setting.value));
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
            then,
        } => line
            .and("restart")
            .set("within", &duration_ms(*within_ms))
            .set("max", &number(max))
            .set("per", &duration_ms(*per_ms))
            .set("then", then.word()),
        OnFailure::Stop {} => line.and("stop"),
        OnFailure::Halt {} => line.and("halt"),
    }
}

fn trusted(own: &Trusted) -> Line {
    let passes = own.passes.iter().map(|pass| {
        Line::new("pass")
            .with("from", Some(pass.from.as_str()))
            .with("to", Some(pass.to.as_str()))
            .with("data", optional(&pass.data))
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
    let mut line = Line::new("port")
        .and(own.name.as_str())
        .and(own.direction.word())
        .with("type", optional(&own.type_name))
        .with("secrecy", optional(&own.secrecy))
        .with("integrity", optional(&own.integrity));
    if let Some(us) = own.max_age_us {
        line = line.set("max-age", &duration_us(us));
    }
    let line = line
        .with("on-stale", own.on_stale.map(OnStale::word))
        .with("role", own.role.map(Role::word));
    let emits = plain(&own.emits);
    let whole = line.clone().with_list("data", &emits);
    match whole.fits(2) {
        true => whole,
        false => line.holding(lists("emits", &emits, 3)),
    }
}

fn grant(own: &Grant) -> Line {
    let subject = match own.name == own.peer {
        true => own.subject.as_str().to_owned(),
        false => format!("{}.{}", own.subject.as_str(), own.name.as_str()),
    };
    let line = Line::new("grant")
        .and(&subject)
        .and(own.arrow.word())
        .and(own.peer.as_str());
    let line = match &own.opens {
        Resource::Tcp { address } => line.with_prose("tcp", Some(address)),
        Resource::TcpListen { address } => line.with_prose("tcp-listen", Some(address)),
        Resource::UdpIn { address } => line.with_prose("udp-in", Some(address)),
        Resource::UdpOut { address } => line.with_prose("udp-out", Some(address)),
        Resource::Device { path } => line.with_prose("device", Some(path)),
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
        .with("role", own.role.map(Role::word));
    let secrecy = (optional(&own.in_secrecy), optional(&own.out_secrecy));
    let integrity = (optional(&own.in_integrity), optional(&own.out_integrity));
    let line = grant_label(line, own.arrow, "secrecy", secrecy);
    grant_label(line, own.arrow, "integrity", integrity)
}

/// The label of a grant's ports: once if all its ports have it, else of each side.
fn grant_label(line: Line, arrow: Arrow, axis: &str, sides: (Option<&str>, Option<&str>)) -> Line {
    let common = match (arrow, sides) {
        (Arrow::In, (Some(label), None)) | (Arrow::Out, (None, Some(label))) => Some(label),
        (Arrow::Both, (Some(label), Some(other))) if label == other => Some(label),
        (Arrow::In | Arrow::Out | Arrow::Both, _) => None,
    };
    match common {
        Some(label) => line.with(axis, Some(label)),
        None => line
            .with(&format!("in-{axis}"), sides.0)
            .with(&format!("out-{axis}"), sides.1),
    }
}

fn channel(own: &Channel) -> Line {
    let line = Line::new("channel")
        .and(own.from.as_str())
        .and("->")
        .and(own.to.as_str())
        .and(own.kind.word());
    let depth = own.depth.map(number);
    let line = depth
        .iter()
        .fold(line, |line, depth| line.set("depth", depth));
    line.with("overflow", own.overflow.map(Overflow::word))
}

fn assumption(own: &Assumption) -> Line {
    Line::new("assume")
        .and(own.name.as_str())
        .prose(&own.text)
        .holding(lists("does-not-relay", &plain(&own.does_not_relay), 2))
}

fn non_goal(own: &NonGoal) -> Line {
    Line::new("non-goal")
        .and(own.name.as_str())
        .prose(&own.text)
}

fn requirement(own: &Requirement) -> Line {
    let characteristics = own.characteristics.iter();
    let characteristics: Vec<&str> = characteristics.map(|one| one.word()).collect();
    Line::new("require")
        .and(own.name.as_str())
        .with_list("characteristic", &characteristics)
        .with_prose("source", own.source.as_deref())
        .with_prose("owner", own.owner.as_deref())
        .holding(own.claims.iter().map(claim))
}

fn claim(own: &Claim) -> Line {
    match own {
        Claim::Never {
            from,
            to,
            data,
            except_through,
            then,
        } => {
            let named = [
                ("from", ends(from)),
                ("to", ends(to)),
                ("except-through", plain(except_through)),
                ("then", plain(then)),
            ];
            never(&named, optional(data))
        }
        Claim::IfLost { lost, keep } => {
            let line = Line::new("if-lost");
            let line = lost.iter().fold(line, |line, name| line.and(name.as_str()));
            line.holding(keep.iter().map(kept))
        }
        Claim::Fresh {
            port,
            max_us,
            reaction,
        } => Line::new("fresh")
            .with("port", Some(port.as_str()))
            .set("max", &duration_us(*max_us))
            .with("reaction", reaction.map(OnStale::word)),
        Claim::Latency { from, to, max_us } => Line::new("latency")
            .with("from", Some(from.as_str()))
            .with("to", Some(to.as_str()))
            .set("max", &duration_us(*max_us)),
    }
}

fn ends(own: &[End]) -> Vec<&str> {
    own.iter().map(End::as_str).collect()
}

/// On one line if there is room, else with its lists in a block.
fn never(named: &[(&str, Vec<&str>)], data: Option<&str>) -> Line {
    let line = named
        .iter()
        .fold(Line::new("never"), |line, (word, names)| {
            line.with_list(word, names)
        });
    let line = line.with("data", data);
    if line.fits(2) {
        return line;
    }
    let block = named.iter().flat_map(|(word, names)| lists(word, names, 3));
    Line::new("never").with("data", data).holding(block)
}

fn kept(own: &Kept) -> Line {
    let line = Line::new("keep")
        .with("from", Some(own.from.as_str()))
        .with("to", Some(own.to.as_str()));
    match own.signals {
        true => line.set("signals", "#true"),
        false => line,
    }
}

fn platform(own: &Platform) -> Line {
    let devices = own.devices.iter().map(|device| {
        let line = Line::new("device").and(device.name.as_str());
        match device.dma {
            true => line.set("dma", "#true"),
            false => line,
        }
    });
    let is_strict = own.enforce_memory.is_some() || own.enforce_processor.is_some();
    let enforce = Line::new("enforce")
        .with("memory", own.enforce_memory.map(Strength::word))
        .with("processor", own.enforce_processor.map(Strength::word));
    let qualified = own.qualified.iter();
    let qualified = qualified.fold(Line::new("qualified"), |line, own| line.and(own));
    Line::new("platform")
        .and(own.name.as_str())
        .holding([
            Line::new("cores").spelled(&number(own.cores)),
            Line::new("memory").spelled(&size(own.memory_bytes)),
        ])
        .holding(devices)
        .holding(is_strict.then_some(enforce))
        .holding((!own.qualified.is_empty()).then_some(qualified))
        .packed()
}

/// `all` where all subjects are deployed, each named once; else their names.
fn deployments(own: &Architecture) -> Vec<Line> {
    let all: BTreeSet<&Name> = own.subjects.iter().map(|own| &own.name).collect();
    let lines = own.deployments.iter().map(|deployment| {
        let named = &deployment.subjects;
        let is_all = named.len() == all.len() && named.iter().all(|own| all.contains(own));
        let is_all = is_all && named.iter().collect::<BTreeSet<_>>().len() == named.len();
        let subjects = if is_all { vec!["all"] } else { plain(named) };
        Line::new("deploy")
            .and(deployment.platform.as_str())
            .holding(rows(&subjects, 2))
    });
    lines.collect()
}
