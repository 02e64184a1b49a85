//! Compares a plan with the model it should have been made from.
//!
//! Derived here a second time: the flows, the deployed subjects, every limit; and, for its platform, every
//! address and user. Not derivable, hence not checked: the directory, size and digest of a program
//! image; only that the image's file name is that of the program the model names.

mod linux;

use model::{
    ChannelKind, GrantDirection, Model, NodeId, OnFailure, OnStale, Port, Resource, Strength,
    Subject,
};
use plan::{
    ChannelPlan, ConnectionPlan, Core, Direction, Enforce, FailureAction, FailurePlan, Fault,
    FlowGraph, FlowKind, GrantPlan, Kind, Plan, PlatformPlan, PortPlan, Reaction, ResourcePlan,
    SettingPlan, SubjectPlan, Target,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

/// Memory of a subject that states none, in bytes.
const MEMORY_UNSTATED_BYTES: u64 = 32 * 1024 * 1024;
/// Silence permitted to a subject that states none, in milliseconds.
const HEARTBEAT_UNSTATED_MS: u64 = 1000;
/// Size of a message without a type, in bytes.
const MESSAGE_UNTYPED_BYTES: u64 = 256;

/// What to do about any finding.
pub const HELP: &str = "make the plan again from this model";

/// A difference between a plan and its model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    /// Stable kebab-case name of the kind of difference.
    pub code: &'static str,
    /// The element of the plan.
    pub place: String,
    /// In words.
    pub message: String,
}

/// All differences between a plan and a model; empty if the plan enforces exactly what the model
/// draws on the plan's platform.
pub fn lint(model: &Model, plan: &Plan) -> Vec<Finding> {
    let mut lint = Lint { model, core: &plan.core, findings: Vec::new() };
    lint.core(plan.faults());
    let Target::Linux(own) = &plan.target;
    lint.linux(own);
    lint.findings
}

/// All differences between what a plan says for any platform and a model. No target adds a flow, so that the
/// flows are judged by this alone.
pub fn lint_core(model: &Model, core: &Core) -> Vec<Finding> {
    let mut lint = Lint { model, core, findings: Vec::new() };
    lint.core(core.faults());
    lint.findings
}

struct Lint<'a> {
    model: &'a Model,
    core: &'a Core,
    findings: Vec<Finding>,
}

impl Lint<'_> {
    fn core(&mut self, faults: Vec<Fault>) {
        let (model, core) = (self.model, self.core);
        for fault in faults {
            self.find("unsound-plan", &core.system, fault.to_string());
        }
        for (code, planned, own) in [
            ("wrong-system", &core.system, &model.name),
            ("wrong-model", &core.model.to_string(), &model.digest().to_string()),
        ] {
            if planned != own {
                let message = format!("it is planned for `{planned}`, the model is `{own}`");
                self.find(code, "plan", message);
            }
        }
        let deployed = self.platform();
        self.subjects(&deployed);
        self.channels(&deployed);
        self.flows(&deployed);
    }

    fn find(&mut self, code: &'static str, place: &str, message: String) {
        let place = place.to_owned();
        self.findings.push(Finding { code, place, message });
    }

    /// Requires that the plan says what the model implies; every field that does not is a finding.
    fn equal<T: PartialEq + Serialize>(
        &mut self,
        code: impl Fn(&str) -> &'static str,
        place: &str,
        planned: &T,
        implied: &T,
    ) {
        if planned == implied {
            return;
        }
        for difference in plan::differences(planned, implied) {
            self.find(code(&difference.field), place, difference.to_string());
        }
    }

    /// Checks the machine and gives what the model deploys on it.
    fn platform(&mut self) -> BTreeSet<NodeId> {
        let (model, planned) = (self.model, &self.core.platform);
        let mut platforms = (0..).zip(&model.platforms);
        let Some((index, platform)) = platforms.find(|(_, own)| own.name == planned.name) else {
            let message = "the model has no such platform".to_owned();
            self.find("unknown-platform", &planned.name, message);
            return BTreeSet::new();
        };
        let place = &planned.name;
        let strength = |own| match own {
            Strength::Best => plan::Strength::Best,
            Strength::Hard => plan::Strength::Hard,
        };
        let own = PlatformPlan {
            name: platform.name.clone(),
            cores: platform.cores,
            memory_bytes: platform.memory_bytes,
            enforce: Enforce {
                memory: strength(platform.enforce_memory),
                processor: strength(platform.enforce_processor),
            },
        };
        self.equal(|_| "wrong-platform", place, planned, &own);
        let subjects = &self.core.subjects;
        let bytes: u128 = subjects.iter().map(|subject| u128::from(subject.memory_bytes)).sum();
        if bytes > u128::from(platform.memory_bytes) {
            let message = format!("its subjects may use {bytes} bytes, more than it has");
            self.find("too-little-memory", place, message);
        }
        let load: f64 = subjects.iter().map(load).sum();
        if load > f64::from(platform.cores) + 1e-6 {
            let message = format!("its subjects may use {load:.3} cores, more than it has");
            self.find("too-little-processor", place, message);
        }
        let here = model.deployments.iter().filter(|deployment| deployment.platform == index);
        here.flat_map(|deployment| deployment.subjects.iter().copied()).collect()
    }

    fn subjects(&mut self, deployed: &BTreeSet<NodeId>) {
        let (model, core) = (self.model, self.core);
        let mut own: BTreeMap<&str, (NodeId, &Subject)> = BTreeMap::new();
        for (id, node, subject) in model.subjects().filter(|(id, ..)| deployed.contains(id)) {
            own.insert(&node.name, (id, subject));
        }
        for planned in &core.subjects {
            let name = planned.name.as_str();
            let Some((id, subject)) = own.remove(name) else {
                let message = "the model does not deploy this subject, or not twice".to_owned();
                self.find("surplus-subject", name, message);
                continue;
            };
            let own = own_subject(model, id, subject, planned);
            let code = |field: &str| match field.split(['.', '[']).next() {
                Some("ports") => "wrong-port",
                Some("grants") => "wrong-grant",
                Some("settings") => "wrong-setting",
                Some("") => "wrong-order",
                _ => "wrong-limit",
            };
            self.equal(code, name, planned, &own);
            for grant in planned.grants.iter().filter(|grant| !is_canonical(&grant.resource)) {
                let place = format!("{name}.{}", grant.name);
                let message = "its address or path has another, usual form".to_owned();
                self.find("unusual-form", &place, message);
            }
        }
        for name in own.into_keys() {
            let message = "the model deploys this subject, the plan lacks it".to_owned();
            self.find("missing-subject", name, message);
        }
    }

    fn channels(&mut self, deployed: &BTreeSet<NodeId>) {
        let mut own: BTreeMap<String, ChannelPlan> = BTreeMap::new();
        for channel in &self.model.channels {
            let (Some(from), Some(to)) =
                (self.model.port(channel.from), self.model.port(channel.to))
            else {
                continue;
            };
            let planned = self.own_channel(channel, from, to);
            match [from, to].map(|port| deployed.contains(&port.node)) {
                [true, true] => drop(own.insert(planned.name.clone(), planned)),
                [false, false] => {}
                _ => {
                    let message = "one end is not deployed on this platform".to_owned();
                    self.find("split-channel", &planned.name, message);
                }
            }
        }
        for planned in &self.core.channels {
            match own.remove(&planned.name) {
                Some(own) => self.equal(|_| "wrong-channel", &own.name, planned, &own),
                None => {
                    let message = "the model has no such channel, or not twice".to_owned();
                    self.find("surplus-channel", &planned.name, message);
                }
            }
        }
        for name in own.into_keys() {
            let message = "the model has this channel, the plan lacks it".to_owned();
            self.find("missing-channel", &name, message);
        }
    }

    /// A channel as it must be planned.
    fn own_channel(&self, channel: &model::Channel, from: &Port, to: &Port) -> ChannelPlan {
        let end = |port: &Port| ConnectionPlan {
            subject: self.model.node_name(port.node).to_owned(),
            port: port.name.clone(),
        };
        let (kind, depth) = match channel.kind {
            ChannelKind::Sampling => (Kind::Sampling, 1),
            ChannelKind::DropOldest { depth } => (Kind::DropOldest, depth),
            ChannelKind::Credit { depth } => (Kind::Credit, depth),
            ChannelKind::Event => (Kind::Event, 0),
        };
        let message = from.message.and_then(|id| self.model.message(id));
        let bytes = match (kind, message) {
            (Kind::Event, _) => 0,
            (_, Some(message)) => message.fields.iter().map(|field| field.kind.bytes()).sum(),
            (_, None) => MESSAGE_UNTYPED_BYTES,
        };
        ChannelPlan {
            name: format!("{} -> {}", qualified(self.model, from), qualified(self.model, to)),
            writer: end(from),
            reader: end(to),
            kind,
            depth,
            message_bytes: u32::try_from(bytes).unwrap_or(u32::MAX),
            schema: format!("{:016x}", message.map_or(0, model::MessageType::schema)),
        }
    }

    /// The flows the plan permits must be those the model draws between what is deployed.
    fn flows(&mut self, deployed: &BTreeSet<NodeId>) {
        let model = self.model;
        let mut drawn = FlowGraph::default();
        for channel in &model.channels {
            let (Some(from), Some(to)) = (model.port(channel.from), model.port(channel.to)) else {
                continue;
            };
            if !deployed.contains(&from.node) || !deployed.contains(&to.node) {
                continue;
            }
            let kind = match channel.kind {
                ChannelKind::Sampling => FlowKind::Sampling,
                ChannelKind::DropOldest { .. } => FlowKind::DropOldest,
                ChannelKind::Credit { .. } => FlowKind::Credit,
                ChannelKind::Event => FlowKind::Event,
            };
            let (from, to) = (qualified(model, from), qualified(model, to));
            if kind == FlowKind::Credit {
                drawn.add(&to, &from, FlowKind::CreditReturn);
            }
            drawn.add(from, to, kind);
        }
        for grant in model.grants.iter().filter(|grant| deployed.contains(&grant.subject)) {
            let peer = model.node_name(grant.peer);
            if let (Some(port), false) = (grant.in_port, grant.direction == GrantDirection::Out) {
                drawn.add(peer, model.port_name(port), FlowKind::Grant);
            }
            if let (Some(port), false) = (grant.out_port, grant.direction == GrantDirection::In) {
                drawn.add(model.port_name(port), peer, FlowKind::Grant);
            }
        }
        let planned = self.core.flows();
        for flow in planned.flows.symmetric_difference(&drawn.flows) {
            let (code, message) = match planned.flows.contains(flow) {
                true => ("undrawn-flow", "the model does not draw this flow"),
                false => ("unplanned-flow", "the plan does not permit this flow"),
            };
            let place = format!("{} -> {}", flow.from, flow.to);
            self.find(code, &place, format!("{message} ({})", flow.kind.name()));
        }
    }
}

/// Processor cores a subject may use.
fn load(subject: &SubjectPlan) -> f64 {
    subject.budget_us as f64 / subject.budget_period_us.max(1) as f64
}

/// A subject as it must be planned. Size and digest of its program are taken from the plan.
fn own_subject(model: &Model, id: NodeId, subject: &Subject, planned: &SubjectPlan) -> SubjectPlan {
    let budget = subject.budget.map_or((0, 0), |budget| (budget.budget_us, budget.period_us));
    let (action, delay_ms, count_max, window_ms, then_halt) = match subject.on_failure {
        OnFailure::Stop => (FailureAction::Stop, 0, 0, 0, false),
        OnFailure::Halt => (FailureAction::Halt, 0, 0, 0, false),
        OnFailure::Restart { delay_ms, count_max, window_ms, then_halt } => {
            (FailureAction::Restart, delay_ms, count_max, window_ms, then_halt)
        }
    };
    let setting =
        |(key, value): &(String, String)| SettingPlan { key: key.clone(), value: value.clone() };
    let mut settings: Vec<SettingPlan> = subject.settings.iter().map(setting).collect();
    settings.sort_by(|a, b| a.key.cmp(&b.key));
    SubjectPlan {
        name: model.node_name(id).to_owned(),
        image: planned.image.clone(),
        memory_bytes: subject.memory_bytes.unwrap_or(MEMORY_UNSTATED_BYTES),
        budget_us: budget.0,
        budget_period_us: budget.1,
        period_us: subject.period_us,
        heartbeat_ms: subject.heartbeat_ms.unwrap_or(HEARTBEAT_UNSTATED_MS),
        on_failure: FailurePlan { action, delay_ms, count_max, window_ms, then_halt },
        ports: own_ports(model, id),
        grants: own_grants(model, id),
        settings,
    }
}

/// A port with its subject's name.
fn qualified(model: &Model, port: &Port) -> String {
    format!("{}.{}", model.node_name(port.node), port.name)
}

/// The ports of a subject as they must be planned.
fn own_ports(model: &Model, subject: NodeId) -> Vec<PortPlan> {
    let mut ports = Vec::new();
    for channel in &model.channels {
        let (Some(from), Some(to)) = (model.port(channel.from), model.port(channel.to)) else {
            continue;
        };
        let name = format!("{} -> {}", qualified(model, from), qualified(model, to));
        for (port, direction) in [(from, Direction::Out), (to, Direction::In)] {
            if port.node != subject {
                continue;
            }
            ports.push(PortPlan {
                name: port.name.clone(),
                direction,
                channel: name.clone(),
                max_age_us: port.max_age_us.unwrap_or_default(),
                on_stale: match port.on_stale.unwrap_or(OnStale::Hold) {
                    OnStale::Hold => Reaction::Hold,
                    OnStale::SafeValue => Reaction::SafeValue,
                    OnStale::Stop => Reaction::Stop,
                },
            });
        }
    }
    ports.sort_by(|a, b| (&a.name, a.direction).cmp(&(&b.name, b.direction)));
    ports
}

/// Whether a resource is written in the one form in which two of them can be compared: no IPv4
/// address within an IPv6 one, no scope where none is meant, no part of a path without a meaning.
fn is_canonical(resource: &ResourcePlan) -> bool {
    match resource {
        ResourcePlan::TcpConnect { address }
        | ResourcePlan::TcpListen { address }
        | ResourcePlan::UdpReceive { address }
        | ResourcePlan::UdpSend { address } => match address {
            SocketAddr::V4(_) => true,
            SocketAddr::V6(address) => {
                let parts = address.ip().segments();
                let is_scoped = matches!(parts[0], 0xfe80..=0xfebf | 0xff00..);
                !matches!(parts, [0, 0, 0, 0, 0, 0xffff, _, _])
                    && (is_scoped || address.scope_id() == 0)
            }
        },
        ResourcePlan::FileRead { path }
        | ResourcePlan::FileAppend { path, .. }
        | ResourcePlan::Device { path } => {
            let parts = path.strip_prefix('/').unwrap_or(path);
            !parts.split('/').any(|part| part.is_empty() || part == ".")
        }
    }
}

/// The grants of a subject as they must be planned.
fn own_grants(model: &Model, subject: NodeId) -> Vec<GrantPlan> {
    let mut grants = Vec::new();
    for grant in model.grants.iter().filter(|grant| grant.subject == subject) {
        let resource = match grant.resource.clone() {
            Resource::TcpConnect(address) => ResourcePlan::TcpConnect { address },
            Resource::TcpListen(address) => ResourcePlan::TcpListen { address },
            Resource::UdpReceive(address) => ResourcePlan::UdpReceive { address },
            Resource::UdpSend(address) => ResourcePlan::UdpSend { address },
            Resource::FileRead { path } => ResourcePlan::FileRead { path },
            Resource::FileAppend { path, quota_bytes } => {
                ResourcePlan::FileAppend { path, quota_bytes }
            }
            Resource::Device { path } => ResourcePlan::Device { path },
        };
        grants.push(GrantPlan {
            name: grant.name.clone(),
            peer: model.node_name(grant.peer).to_owned(),
            direction: match grant.direction {
                GrantDirection::In => plan::GrantDirection::In,
                GrantDirection::Out => plan::GrantDirection::Out,
                GrantDirection::Both => plan::GrantDirection::Both,
            },
            resource,
        });
    }
    grants.sort_by(|a, b| a.name.cmp(&b.name));
    grants
}
