//! The model's digest: everything that has meaning, as facts; nothing that is only layout.
//!
//! The facts say each thing in one way, and different things differently: what is absent is left
//! out, whatever could be written in its place; a list is as many facts as it has elements; a fact
//! is fixed words and values, then keys with their values, in a fixed order. So two models have the
//! same facts only if they mean the same. Spans do not enter, nor does what follows from the rest:
//! which channel or grant a port belongs to.

use crate::*;
use record::Digest;
use record::facts::Facts;

/// One fact in the making.
pub(crate) struct Fact(Vec<String>);

impl Fact {
    /// A fact that begins with these words.
    pub(crate) fn new(words: &[&str]) -> Self {
        Self(words.iter().map(|word| (*word).to_owned()).collect())
    }

    /// Followed by values that each such fact has.
    pub(crate) fn and(mut self, values: &[&str]) -> Self {
        self.0
            .extend(values.iter().map(|value| (*value).to_owned()));
        self
    }

    /// With a value, if there is one.
    pub(crate) fn with(self, key: &str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.and(&[key, &value.to_string()]),
            None => self,
        }
    }

    /// With a word, if it applies.
    fn flag(self, key: &str, applies: bool) -> Self {
        if applies { self.and(&[key]) } else { self }
    }

    /// Adds it to the facts.
    pub(crate) fn put(self, facts: &mut Facts) {
        let fields: Vec<&str> = self.0.iter().map(String::as_str).collect();
        facts.add(&fields);
    }
}

impl Model {
    /// Digest of the meaning of the model. Text order, comments and spans do not enter.
    pub fn digest(&self) -> Digest {
        self.facts().digest()
    }

    /// The facts the digest covers, for explaining why two digests differ.
    pub fn facts(&self) -> Facts {
        let mut facts = Facts::default();
        Fact::new(&["bulkhead-model/2", &self.name]).put(&mut facts);
        order_facts(&mut facts, "secrecy", &self.secrecy);
        order_facts(&mut facts, "integrity", &self.integrity);
        self.group_facts(&mut facts);
        self.node_facts(&mut facts);
        self.port_facts(&mut facts);
        self.flow_facts(&mut facts);
        self.assumption_facts(&mut facts);
        self.requirement_facts(&mut facts);
        self.platform_facts(&mut facts);
        facts
    }

    fn secrecy_name(&self, label: Option<LabelId>) -> Option<&str> {
        label.map(|label| self.secrecy.name(label))
    }

    fn integrity_name(&self, label: Option<LabelId>) -> Option<&str> {
        label.map(|label| self.integrity.name(label))
    }

    fn class_name(&self, class: ClassId) -> Option<&str> {
        self.class(class).map(|class| class.name.as_str())
    }

    /// Subject, direction and name of a port.
    fn port_words(&self, id: PortId) -> [&str; 3] {
        self.port(id).map_or([""; 3], |port| {
            let node = self.node_name(port.node);
            [node, direction_word(port.direction), &port.name]
        })
    }

    fn group_facts(&self, facts: &mut Facts) {
        for class in &self.classes {
            Fact::new(&["data", &class.name])
                .with("secrecy", self.secrecy_name(class.secrecy))
                .put(facts);
        }
        for domain in &self.domains {
            Fact::new(&["domain", &domain.name])
                .with("secrecy", self.secrecy_name(domain.secrecy))
                .with("integrity", self.integrity_name(domain.integrity))
                .put(facts);
        }
        for zone in &self.zones {
            let parent = zone.parent.and_then(|id| self.zone(id));
            Fact::new(&["zone", &zone.name, &zone.target_level.to_string()])
                .with("inside", parent.map(|zone| &zone.name))
                .put(facts);
        }
        for message in &self.messages {
            Fact::new(&["type", &message.name]).put(facts);
            message.field_facts(facts, &message.name);
        }
    }

    fn node_facts(&self, facts: &mut Facts) {
        for (_, node) in self.nodes() {
            let kind = match &node.kind {
                NodeKind::Subject(_) => "subject",
                NodeKind::Object => "object",
                NodeKind::External => "external",
            };
            let domain = node.domain.and_then(|id| self.domain(id));
            Fact::new(&[kind, &node.name])
                .with("domain", domain.map(|domain| &domain.name))
                .with("secrecy", self.secrecy_name(node.secrecy))
                .with("integrity", self.integrity_name(node.integrity))
                .put(facts);
            for zone in node.zones.iter().filter_map(|id| self.zone(*id)) {
                Fact::new(&["in-zone", &node.name, &zone.name]).put(facts);
            }
            for class in node.holds.iter().filter_map(|id| self.class_name(*id)) {
                Fact::new(&["holds", &node.name, class]).put(facts);
            }
            if let NodeKind::Subject(subject) = &node.kind {
                self.subject_facts(facts, &node.name, subject);
            }
        }
    }

    fn subject_facts(&self, facts: &mut Facts, name: &str, subject: &Subject) {
        let supplier = subject.program_from.map(|id| self.node_name(id));
        Fact::new(&["program", name])
            .with("run", subject.program.as_ref())
            .with("from", supplier)
            .with("criticality", subject.criticality.as_ref())
            .put(facts);
        Fact::new(&["limits", name, "period-us", &subject.period_us.to_string()])
            .with("memory-bytes", subject.memory_bytes)
            .with("budget-us", subject.budget.map(|budget| budget.budget_us))
            .with("every-us", subject.budget.map(|budget| budget.period_us))
            .with("heartbeat-ms", subject.heartbeat_ms)
            .put(facts);
        let failure = Fact::new(&["on-failure", name]);
        let failure = match subject.on_failure {
            OnFailure::Restart {
                delay_ms,
                count_max,
                window_ms,
                then_halt,
            } => failure
                .and(&["restart", &delay_ms.to_string()])
                .and(&[&count_max.to_string(), &window_ms.to_string()])
                .flag("then-halt", then_halt),
            OnFailure::Stop => failure.and(&["stop"]),
            OnFailure::Halt => failure.and(&["halt"]),
        };
        failure.put(facts);
        for (key, value) in &subject.settings {
            Fact::new(&["setting", name, key, value]).put(facts);
        }
        if let Some(trust) = &subject.trust {
            Fact::new(&["trusted", name])
                .with("because", trust.because.as_ref())
                .put(facts);
            for pass in &trust.passes {
                Fact::new(&["pass", name])
                    .and(&self.port_words(pass.from))
                    .and(&self.port_words(pass.to))
                    .with("data", pass.data.and_then(|id| self.class_name(id)))
                    .flag("lower-secrecy", pass.lowers_secrecy)
                    .flag("raise-integrity", pass.raises_integrity)
                    .with("verified-by", pass.verified_by.as_ref())
                    .put(facts);
            }
        }
    }

    fn port_facts(&self, facts: &mut Facts) {
        for (id, port) in self.ports() {
            let role = match port.role {
                PortRole::Data => "data",
                PortRole::Limits => "limits",
                PortRole::Configuration => "configuration",
            };
            let message = port.message.and_then(|id| self.message(id));
            Fact::new(&["port"])
                .and(&self.port_words(id))
                .and(&[role])
                .with("type", message.map(|message| &message.name))
                .with("secrecy", self.secrecy_name(port.secrecy))
                .with("integrity", self.integrity_name(port.integrity))
                .with("max-age-us", port.max_age_us)
                .with("on-stale", port.on_stale.map(OnStale::name))
                .put(facts);
            for class in port.emits.iter().filter_map(|id| self.class_name(*id)) {
                let words = self.port_words(id);
                Fact::new(&["emits"]).and(&words).and(&[class]).put(facts);
            }
        }
    }

    fn flow_facts(&self, facts: &mut Facts) {
        for channel in &self.channels {
            let fact = Fact::new(&["channel"])
                .and(&self.port_words(channel.from))
                .and(&self.port_words(channel.to));
            let fact = match channel.kind {
                ChannelKind::Sampling => fact.and(&["sampling"]),
                ChannelKind::DropOldest { depth } => fact.and(&["drop-oldest", &depth.to_string()]),
                ChannelKind::Credit { depth } => fact.and(&["credit", &depth.to_string()]),
                ChannelKind::Event => fact.and(&["event"]),
            };
            fact.put(facts);
        }
        for grant in &self.grants {
            let direction = match grant.direction {
                GrantDirection::In => "in",
                GrantDirection::Out => "out",
                GrantDirection::Both => "both",
            };
            let subject = self.node_name(grant.subject);
            let mut fact = Fact::new(&["grant", subject, &grant.name])
                .and(&[self.node_name(grant.peer), direction]);
            for (key, port) in [("in-port", grant.in_port), ("out-port", grant.out_port)] {
                if let Some(port) = port {
                    fact = fact.and(&[key]).and(&self.port_words(port));
                }
            }
            resource(fact, &grant.resource).put(facts);
        }
    }

    fn assumption_facts(&self, facts: &mut Facts) {
        for Assumption {
            name, text, effect, ..
        } in &self.assumptions
        {
            match effect {
                Effect::Stated => Fact::new(&["assume", name, text, "stated"]).put(facts),
                Effect::DoesNotRelay(nodes) => {
                    Fact::new(&["assume", name, text, "does-not-relay"]).put(facts);
                    for node in nodes {
                        let node = self.node_name(*node);
                        Fact::new(&["does-not-relay", name, node]).put(facts);
                    }
                }
            }
        }
        for non_goal in &self.non_goals {
            Fact::new(&["non-goal", &non_goal.name, &non_goal.text]).put(facts);
        }
    }

    fn requirement_facts(&self, facts: &mut Facts) {
        for requirement in &self.requirements {
            let name = requirement.name.as_str();
            Fact::new(&["require", name])
                .with("source", requirement.source.as_ref())
                .with("owner", requirement.owner.as_ref())
                .put(facts);
            for characteristic in &requirement.characteristics {
                Fact::new(&["characteristic", name, characteristic.name()]).put(facts);
            }
            for (index, (claim, _)) in requirement.claims.iter().enumerate() {
                self.claim_facts(facts, [name, &index.to_string()], claim);
            }
        }
    }

    /// What one claim says; `place` is its requirement and its position there.
    fn claim_facts(&self, facts: &mut Facts, place: [&str; 2], claim: &Claim) {
        let fact = Fact::new(&["claim"]).and(&place);
        match claim {
            Claim::Never {
                from,
                to,
                data,
                through,
            } => {
                let through = match through {
                    Through::Nothing => "never",
                    Through::AnyOf(nodes) => {
                        for node in nodes {
                            let fact = Fact::new(&["any-of"]).and(&place);
                            fact.and(&[self.node_name(*node)]).put(facts);
                        }
                        "never-except-any-of"
                    }
                    Through::InOrder(nodes) => {
                        for (index, node) in nodes.iter().enumerate() {
                            let fact = Fact::new(&["in-order"]).and(&place);
                            let index = index.to_string();
                            fact.and(&[&index, self.node_name(*node)]).put(facts);
                        }
                        "never-except-in-order"
                    }
                };
                let data = data.and_then(|id| self.class_name(id));
                fact.and(&[through]).with("data", data).put(facts);
                self.end_facts(facts, "from", place, from);
                self.end_facts(facts, "to", place, to);
            }
            Claim::Keep {
                lost,
                from,
                to,
                signals,
            } => {
                fact.and(&["keep"]).flag("signals", *signals).put(facts);
                for node in lost {
                    let fact = Fact::new(&["lost"]).and(&place);
                    fact.and(&[self.node_name(*node)]).put(facts);
                }
                self.end_facts(facts, "from", place, &[*from]);
                self.end_facts(facts, "to", place, &[*to]);
            }
            Claim::Fresh {
                port,
                max_age_us,
                reaction,
            } => fact
                .and(&["fresh"])
                .and(&self.port_words(*port))
                .and(&[&max_age_us.to_string()])
                .with("reaction", reaction.map(OnStale::name))
                .put(facts),
            Claim::Latency { from, to, max_us } => {
                fact.and(&["latency", &max_us.to_string()]).put(facts);
                self.end_facts(facts, "from", place, &[*from]);
                self.end_facts(facts, "to", place, &[*to]);
            }
        }
    }

    fn end_facts(&self, facts: &mut Facts, side: &str, place: [&str; 2], ends: &[EndPoint]) {
        for end in ends {
            let fact = Fact::new(&[side]).and(&place);
            match *end {
                EndPoint::Node(id) => fact.and(&["node", self.node_name(id)]).put(facts),
                EndPoint::Port(id) => fact.and(&["port"]).and(&self.port_words(id)).put(facts),
            }
        }
    }

    fn platform_facts(&self, facts: &mut Facts) {
        let strength = |strength| match strength {
            Strength::Best => "best",
            Strength::Hard => "hard",
        };
        for platform in &self.platforms {
            let (cores, memory) = (platform.cores, platform.memory_bytes);
            Fact::new(&["platform", &platform.name])
                .and(&[&cores.to_string(), &memory.to_string()])
                .and(&[strength(platform.enforce_memory)])
                .and(&[strength(platform.enforce_processor)])
                .put(facts);
            for capability in &platform.qualified {
                Fact::new(&["qualified", &platform.name, capability]).put(facts);
            }
            for (device, dma) in &platform.devices {
                Fact::new(&["device", &platform.name, device])
                    .flag("dma", *dma)
                    .put(facts);
            }
        }
        for deployment in &self.deployments {
            let platform = self.platforms.get(deployment.platform);
            let platform = platform.map_or("", |own| own.name.as_str());
            Fact::new(&["deployment", platform]).put(facts);
            for subject in &deployment.subjects {
                Fact::new(&["deploy", platform, self.node_name(*subject)]).put(facts);
            }
        }
    }
}

fn order_facts(facts: &mut Facts, axis: &str, order: &Order) {
    for low in order.labels() {
        Fact::new(&["label", axis, order.name(low)]).put(facts);
        for high in order.labels().filter(|high| order.le(low, *high)) {
            Fact::new(&["below", axis, order.name(low), order.name(high)]).put(facts);
        }
    }
}

fn direction_word(direction: Direction) -> &'static str {
    match direction {
        Direction::In => "in",
        Direction::Out => "out",
    }
}

/// Completes the fact of a grant.
fn resource(fact: Fact, resource: &Resource) -> Fact {
    let address = |fact: Fact, word: &str, address: &std::net::SocketAddr| {
        // Its usual notation has everything but this.
        let flow = match address {
            std::net::SocketAddr::V6(address) => address.flowinfo(),
            std::net::SocketAddr::V4(_) => 0,
        };
        fact.and(&[word, &address.to_string()])
            .with("flow", Some(flow).filter(|flow| *flow != 0))
    };
    match resource {
        Resource::TcpConnect(own) => address(fact, "tcp", own),
        Resource::TcpListen(own) => address(fact, "tcp-listen", own),
        Resource::UdpReceive(own) => address(fact, "udp-in", own),
        Resource::UdpSend(own) => address(fact, "udp-out", own),
        Resource::FileRead { path } => fact.and(&["file-read", path]),
        Resource::FileAppend { path, quota_bytes } => {
            fact.and(&["file-append", path, &quota_bytes.to_string()])
        }
        Resource::Device { path } => fact.and(&["device", path]),
    }
}
