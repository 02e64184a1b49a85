//! What every plan must satisfy by itself, whatever made it.

mod linux;

use crate::address::{Purpose, unmet};
use crate::{
    Core, Direction, FORMAT, FailureAction, GrantDirection, GrantPlan, Kind, Plan, ResourcePlan,
    SubjectPlan, Target,
};
use std::collections::BTreeMap;
use std::fmt;

/// Largest product of message size and depth, in bytes.
pub const CHANNEL_BYTES_MAX: u64 = 0x1000_0000;
/// Longest name of a system, subject, port or grant, in bytes.
pub const NAME_BYTES_MAX: usize = 64;
/// Most subjects of a plan.
pub const SUBJECTS_MAX: usize = 1024;
/// Most channels of a plan.
pub const CHANNELS_MAX: usize = 8192;

/// A contradiction inside a plan, in words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault(pub String);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a name is fit to be a file name, an argument and a key: letters, digits, `-` and `_`,
/// starting with a letter.
pub fn is_name(name: &str) -> bool {
    name.len() <= NAME_BYTES_MAX
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

impl Plan {
    /// All contradictions; empty for a sound plan.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.format != FORMAT {
            faults.push(Fault(format!("format `{}` is not `{FORMAT}`", self.format)));
        }
        faults.extend(self.core.faults());
        faults.extend(match &self.target {
            Target::Linux(own) => own.faults(&self.core),
        });
        faults
    }
}

impl Core {
    /// All contradictions in what must be enforced on any platform; empty for a sound core.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut fault = |text: String| faults.push(Fault(text));
        if !is_name(&self.system) {
            fault(format!("`{}` is not a name", self.system));
        }
        if self.subjects.len() > SUBJECTS_MAX || self.channels.len() > CHANNELS_MAX {
            fault("too many subjects or channels".to_owned());
            return faults;
        }
        if !sorted(self.subjects.iter().map(|subject| &subject.name)) {
            fault("subjects are not sorted or not unique".to_owned());
        }
        if !sorted(self.channels.iter().map(|channel| &channel.name)) {
            fault("channels are not sorted or not unique".to_owned());
        }
        for subject in &self.subjects {
            subject_faults(subject, &mut fault);
        }
        self.channel_faults(&mut fault);
        faults
    }

    fn channel_faults(&self, fault: &mut dyn FnMut(String)) {
        let mut ends = BTreeMap::new();
        for subject in &self.subjects {
            for port in &subject.ports {
                let end = (subject.name.as_str(), port.name.as_str(), port.direction);
                ends.insert(end, port.channel.as_str());
            }
        }
        for channel in &self.channels {
            let name = &channel.name;
            let (writer, reader) = (&channel.writer, &channel.reader);
            let spelled = format!(
                "{}.{} -> {}.{}",
                writer.subject, writer.port, reader.subject, reader.port
            );
            if *name != spelled {
                fault(format!("channel `{name}` joins `{spelled}`"));
            }
            for (end, direction) in [(writer, Direction::Out), (reader, Direction::In)] {
                let key = (end.subject.as_str(), end.port.as_str(), direction);
                if ends.remove(&key) != Some(name.as_str()) {
                    fault(format!(
                        "channel `{name}` has no port `{}.{}`",
                        end.subject, end.port
                    ));
                }
            }
            if writer.subject == reader.subject {
                fault(format!("channel `{name}` joins a subject with itself"));
            }
            let bytes = u64::from(channel.depth).saturating_mul(channel.message_bytes.into());
            let fits = match channel.kind {
                Kind::Event => channel.depth == 0 && channel.message_bytes == 0,
                Kind::Sampling => channel.depth == 1 && channel.message_bytes > 0,
                Kind::DropOldest | Kind::Credit => channel.depth > 0 && channel.message_bytes > 0,
            };
            if !fits || bytes > CHANNEL_BYTES_MAX {
                fault(format!("channel `{name}` has an impossible size"));
            }
            let hex = |c: char| matches!(c, '0'..='9' | 'a'..='f');
            if channel.schema.len() != 16 || !channel.schema.chars().all(hex) {
                fault(format!("channel `{name}` has a malformed schema hash"));
            }
        }
        for ((subject, port, _), channel) in ends {
            fault(format!(
                "port `{subject}.{port}` names channel `{channel}`, which is not its"
            ));
        }
    }
}

fn subject_faults(subject: &SubjectPlan, fault: &mut dyn FnMut(String)) {
    let name = &subject.name;
    if !is_name(name) {
        fault(format!("`{name}` is not a name"));
    }
    if subject.memory_bytes == 0 {
        fault(format!("`{name}` has no memory"));
    }
    if subject.period_us == 0 {
        fault(format!("`{name}` has no period"));
    }
    if (subject.budget_us == 0) != (subject.budget_period_us == 0) {
        fault(format!("`{name}` has half a processor budget"));
    }
    let failure = subject.on_failure;
    let contradictory = match failure.action {
        FailureAction::Restart => failure.count_max == 0 || failure.window_ms == 0,
        FailureAction::Stop | FailureAction::Halt => {
            failure.then_halt
                || (failure.delay_ms, failure.count_max, failure.window_ms) != (0, 0, 0)
        }
    };
    if contradictory {
        fault(format!("`{name}` has a contradictory failure rule"));
    }
    if !sorted(
        subject
            .ports
            .iter()
            .map(|port| (&port.name, port.direction)),
    ) {
        fault(format!("ports of `{name}` are not sorted or not unique"));
    }
    if !sorted(subject.grants.iter().map(|grant| &grant.name)) {
        fault(format!("grants of `{name}` are not sorted or not unique"));
    }
    if !sorted(subject.settings.iter().map(|setting| &setting.key)) {
        fault(format!("settings of `{name}` are not sorted or not unique"));
    }
    for port in &subject.ports {
        if !is_name(&port.name) {
            fault(format!("`{}` is not a name", port.name));
        }
    }
    for grant in &subject.grants {
        grant_faults(name, grant, fault);
    }
}

fn grant_faults(name: &str, grant: &GrantPlan, fault: &mut dyn FnMut(String)) {
    if !is_name(&grant.name) || !is_name(&grant.peer) {
        fault(format!(
            "`{}` or `{}` is not a name",
            grant.name, grant.peer
        ));
    }
    let socket = match &grant.resource {
        ResourcePlan::TcpConnect { address } => Some((Purpose::Connect, *address)),
        ResourcePlan::TcpListen { address } => Some((Purpose::Listen, *address)),
        ResourcePlan::UdpReceive { address } => Some((Purpose::Receive, *address)),
        ResourcePlan::UdpSend { address } => Some((Purpose::Send, *address)),
        ResourcePlan::FileRead { .. }
        | ResourcePlan::FileAppend { .. }
        | ResourcePlan::Device { .. } => None,
    };
    if let Some((purpose, address)) = socket
        && let Some(why) = unmet(purpose, address)
    {
        fault(format!(
            "grant `{name}.{}` cannot meet `{address}`: {why}",
            grant.name
        ));
    }
    let fits = match &grant.resource {
        ResourcePlan::TcpConnect { .. } | ResourcePlan::TcpListen { .. } => {
            grant.direction == GrantDirection::Both
        }
        ResourcePlan::UdpReceive { .. } | ResourcePlan::FileRead { .. } => {
            grant.direction == GrantDirection::In
        }
        ResourcePlan::UdpSend { .. } => grant.direction == GrantDirection::Out,
        ResourcePlan::FileAppend { quota_bytes, .. } => {
            grant.direction != GrantDirection::In && *quota_bytes > 0
        }
        ResourcePlan::Device { .. } => true,
    };
    if !fits {
        fault(format!(
            "grant `{name}.{}` cannot be opened as it says",
            grant.name
        ));
    }
}

fn sorted<T: PartialOrd>(mut items: impl Iterator<Item = T>) -> bool {
    let Some(mut last) = items.next() else {
        return true;
    };
    items.all(|item| {
        let ok = last < item;
        last = item;
        ok
    })
}
