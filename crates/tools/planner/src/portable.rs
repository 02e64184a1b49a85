//! What must be enforced, whatever the platform.

use model::{
    Budget, ChannelKind, Direction, Grant, GrantDirection, Model, Node, NodeId, OnFailure, OnStale,
    Origin, Platform, Port, PortId, Resource, Strength, Subject,
};
use plan::{
    ChannelPlan, ConnectionPlan, Core, Enforce, FailureAction, FailurePlan, GrantPlan, ImagePlan,
    Kind, PlatformPlan, PortPlan, Reaction, ResourcePlan, SettingPlan, SubjectPlan,
};
use std::collections::BTreeMap;

/// Memory of a subject that states none, in bytes.
pub const MEMORY_DEFAULT_BYTES: u64 = 32 << 20;
/// Silence after which a subject that states nothing counts as failed, in milliseconds.
pub const HEARTBEAT_DEFAULT_MS: u64 = 1000;

/// Why something cannot be planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Impossible {
    /// Stable kebab-case name of the fault.
    pub code: &'static str,
    /// The element at fault.
    pub origin: Origin,
    /// In words.
    pub message: String,
    /// What to do next.
    pub help: String,
}

/// Makes the core of the plan of the one platform the model deploys on.
///
/// # Errors
/// Everything that stands in the way, each with the element it belongs to.
pub(crate) fn core(
    model: &Model,
    images: &BTreeMap<&str, &ImagePlan>,
) -> Result<(Core, Origin), Vec<Impossible>> {
    let deployment = model.deployments.first();
    let platform = deployment.and_then(|d| model.platforms.get(d.platform));
    let (Some(deployment), Some(platform)) = (deployment, platform) else {
        return Err(vec![Impossible {
            code: "nothing-deployed",
            origin: Origin::default(),
            message: "no subject is deployed on a platform".to_owned(),
            help: "add `deploy PLATFORM { all }`".to_owned(),
        }]);
    };
    let mut faults = Vec::new();
    let deployed = |id: NodeId| deployment.subjects.contains(&id);
    let mut subjects = Vec::new();
    for (id, node, subject) in model.subjects().filter(|(id, ..)| deployed(*id)) {
        match images.get(node.name.as_str()) {
            Some(image) => subjects.push(subject_plan(model, id, node, subject, image)),
            None => faults.push(Impossible {
                code: "no-program",
                origin: node.origin,
                message: format!("subject `{}` has no program to run", node.name),
                help: "add `run \"PROGRAM\"` to it, or leave it out of `deploy`".to_owned(),
            }),
        }
    }
    subjects.sort_by(|a, b| a.name.cmp(&b.name));
    capacity(platform, &subjects, &mut faults);
    let channels = channel_plans(model, &deployed, &mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    let core = Core {
        system: model.name.clone(),
        model: model.digest(),
        platform: PlatformPlan {
            name: platform.name.clone(),
            cores: platform.cores,
            memory_bytes: platform.memory_bytes,
            enforce: Enforce {
                memory: strength(platform.enforce_memory),
                processor: strength(platform.enforce_processor),
            },
        },
        subjects,
        channels,
    };
    Ok((core, deployment.origin))
}

fn strength(strength: Strength) -> plan::Strength {
    match strength {
        Strength::Best => plan::Strength::Best,
        Strength::Hard => plan::Strength::Hard,
    }
}

/// The platform must hold the sum of what its subjects are promised.
fn capacity(platform: &Platform, subjects: &[SubjectPlan], faults: &mut Vec<Impossible>) {
    let memory_bytes = subjects
        .iter()
        .fold(0u64, |sum, s| sum.saturating_add(s.memory_bytes));
    if memory_bytes > platform.memory_bytes {
        let mib = |bytes: u64| bytes.div_ceil(1 << 20);
        let most = subjects.iter().max_by_key(|own| own.memory_bytes);
        faults.push(Impossible {
            code: "too-little-memory",
            origin: platform.origin,
            message: format!(
                "the subjects need {} MiB of memory, platform `{}` has {} MiB",
                mib(memory_bytes),
                platform.name,
                platform.memory_bytes >> 20
            ),
            help: format!(
                "lower the subjects' `memory` or raise the platform's; most has {}",
                most.map_or_else(String::new, |own| format!(
                    "`{}`, {} MiB",
                    own.name,
                    mib(own.memory_bytes)
                ))
            ),
        });
    }
    let load_ppm = subjects.iter().fold(0u128, |sum, subject| {
        let period_us = u128::from(subject.budget_period_us.max(1));
        sum.saturating_add(u128::from(subject.budget_us) * 1_000_000 / period_us)
    });
    if load_ppm > u128::from(platform.cores) * 1_000_000 {
        faults.push(Impossible {
            code: "too-little-processor",
            origin: platform.origin,
            message: format!(
                "the budgets need {} % of a core, platform `{}` has {} %",
                load_ppm.div_ceil(10_000),
                platform.name,
                u64::from(platform.cores) * 100
            ),
            help: "lower the subjects' `budget` or raise the platform's `cores`".to_owned(),
        });
    }
}

fn subject_plan(
    model: &Model,
    id: NodeId,
    node: &Node,
    subject: &Subject,
    image: &ImagePlan,
) -> SubjectPlan {
    let budget = subject.budget.unwrap_or(Budget {
        budget_us: 0,
        period_us: 0,
    });
    let mut ports: Vec<PortPlan> = model
        .ports()
        .filter(|(_, port)| port.node == id)
        .filter_map(|(_, port)| port_plan(model, port))
        .collect();
    ports.sort_by(|a, b| (&a.name, a.direction).cmp(&(&b.name, b.direction)));
    let mut grants: Vec<GrantPlan> = model
        .grants
        .iter()
        .filter(|g| g.subject == id)
        .map(|g| grant_plan(model, g))
        .collect();
    grants.sort_by(|a, b| a.name.cmp(&b.name));
    let mut settings: Vec<SettingPlan> = subject
        .settings
        .iter()
        .map(|(key, value)| SettingPlan {
            key: key.clone(),
            value: value.clone(),
        })
        .collect();
    settings.sort_by(|a, b| a.key.cmp(&b.key));
    SubjectPlan {
        name: node.name.clone(),
        image: image.clone(),
        memory_bytes: subject.memory_bytes.unwrap_or(MEMORY_DEFAULT_BYTES),
        budget_us: budget.budget_us,
        budget_period_us: budget.period_us,
        period_us: subject.period_us,
        heartbeat_ms: subject.heartbeat_ms.unwrap_or(HEARTBEAT_DEFAULT_MS),
        on_failure: failure_plan(subject.on_failure),
        ports,
        grants,
        settings,
    }
}

fn failure_plan(rule: OnFailure) -> FailurePlan {
    let mut plan = FailurePlan {
        action: FailureAction::Stop,
        delay_ms: 0,
        count_max: 0,
        window_ms: 0,
        then_halt: false,
    };
    match rule {
        OnFailure::Stop => {}
        OnFailure::Halt => plan.action = FailureAction::Halt,
        OnFailure::Restart {
            delay_ms,
            count_max,
            window_ms,
            then_halt,
        } => {
            plan = FailurePlan {
                action: FailureAction::Restart,
                delay_ms,
                count_max,
                window_ms,
                then_halt,
            };
        }
    }
    plan
}

fn port_plan(model: &Model, port: &Port) -> Option<PortPlan> {
    let channel = model.channel_name(port.channel?);
    Some(PortPlan {
        name: port.name.clone(),
        direction: match port.direction {
            Direction::In => plan::Direction::In,
            Direction::Out => plan::Direction::Out,
        },
        channel,
        max_age_us: port.max_age_us.unwrap_or(0),
        on_stale: match port.on_stale {
            None | Some(OnStale::Hold) => Reaction::Hold,
            Some(OnStale::SafeValue) => Reaction::SafeValue,
            Some(OnStale::Stop) => Reaction::Stop,
        },
    })
}

fn grant_plan(model: &Model, grant: &Grant) -> GrantPlan {
    GrantPlan {
        name: grant.name.clone(),
        peer: model.node_name(grant.peer).to_owned(),
        direction: match grant.direction {
            GrantDirection::In => plan::GrantDirection::In,
            GrantDirection::Out => plan::GrantDirection::Out,
            GrantDirection::Both => plan::GrantDirection::Both,
        },
        resource: match &grant.resource {
            Resource::TcpConnect(address) => ResourcePlan::TcpConnect { address: *address },
            Resource::TcpListen(address) => ResourcePlan::TcpListen { address: *address },
            Resource::UdpReceive(address) => ResourcePlan::UdpReceive { address: *address },
            Resource::UdpSend(address) => ResourcePlan::UdpSend { address: *address },
            Resource::FileRead { path } => ResourcePlan::FileRead { path: path.clone() },
            Resource::FileAppend { path, quota_bytes } => ResourcePlan::FileAppend {
                path: path.clone(),
                quota_bytes: *quota_bytes,
            },
            Resource::Device { path } => ResourcePlan::Device { path: path.clone() },
        },
    }
}

/// Channels between deployed subjects.
fn channel_plans(
    model: &Model,
    deployed: &dyn Fn(NodeId) -> bool,
    faults: &mut Vec<Impossible>,
) -> Vec<ChannelPlan> {
    let end = |id: PortId| {
        let port = model.port(id);
        let subject = port
            .map_or("", |port| model.node_name(port.node))
            .to_owned();
        ConnectionPlan {
            subject,
            port: port.map_or("", |port| &port.name).to_owned(),
        }
    };
    let here = |id: PortId| model.port(id).is_some_and(|port| deployed(port.node));
    let mut channels = Vec::new();
    for channel in &model.channels {
        let (writer, reader) = (end(channel.from), end(channel.to));
        let name = format!(
            "{}.{} -> {}.{}",
            writer.subject, writer.port, reader.subject, reader.port
        );
        if !here(channel.from) || !here(channel.to) {
            faults.push(Impossible {
                code: "channel-leaves-platform",
                origin: channel.origin,
                message: format!("channel `{name}` joins subjects that are not deployed together"),
                help: "deploy both of its subjects, or remove the channel".to_owned(),
            });
            continue;
        }
        let (kind, depth) = match channel.kind {
            ChannelKind::Sampling => (Kind::Sampling, 1),
            ChannelKind::DropOldest { depth } => (Kind::DropOldest, depth),
            ChannelKind::Credit { depth } => (Kind::Credit, depth),
            ChannelKind::Event => (Kind::Event, 0),
        };
        channels.push(ChannelPlan {
            name,
            writer,
            reader,
            kind,
            depth,
            message_bytes: u32::try_from(model.message_bytes(channel)).unwrap_or(u32::MAX),
            schema: format!("{:016x}", model.schema(channel)),
        });
    }
    channels.sort_by(|a, b| a.name.cmp(&b.name));
    channels
}
