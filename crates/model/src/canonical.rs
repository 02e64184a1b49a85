//! The model's digest: everything that has meaning, as facts; nothing that is only layout.

use crate::*;
use record::Digest;
use record::facts::Facts;

impl Model {
    /// Digest of the meaning of the model. Text order, comments and spans do not enter.
    pub fn digest(&self) -> Digest {
        self.facts().digest()
    }

    /// The facts the digest covers, for explaining why two digests differ.
    pub fn facts(&self) -> Facts {
        let mut facts = Facts::default();
        facts.add(&["bulkhead-model/1", &self.name]);
        self.order_facts(&mut facts, "secrecy", &self.secrecy);
        self.order_facts(&mut facts, "integrity", &self.integrity);
        self.group_facts(&mut facts);
        self.node_facts(&mut facts);
        self.port_facts(&mut facts);
        self.flow_facts(&mut facts);
        self.claim_facts(&mut facts);
        self.platform_facts(&mut facts);
        facts
    }

    fn secrecy_name(&self, label: Option<LabelId>) -> &str {
        label.map_or("-", |label| self.secrecy.name(label))
    }

    fn integrity_name(&self, label: Option<LabelId>) -> &str {
        label.map_or("-", |label| self.integrity.name(label))
    }

    fn order_facts(&self, facts: &mut Facts, axis: &str, order: &Order) {
        for low in order.labels() {
            for high in order.labels().filter(|high| order.le(low, *high)) {
                facts.add(&["label", axis, order.name(low), order.name(high)]);
            }
        }
    }

    fn group_facts(&self, facts: &mut Facts) {
        for class in &self.classes {
            facts.add(&["data", &class.name, self.secrecy_name(class.secrecy)]);
        }
        for domain in &self.domains {
            let (s, i) = (
                self.secrecy_name(domain.secrecy),
                self.integrity_name(domain.integrity),
            );
            facts.add(&["domain", &domain.name, s, i]);
        }
        for zone in &self.zones {
            facts.add(&["zone", &zone.name, &zone.target_level.to_string()]);
            if let Some(parent) = zone.parent.and_then(|id| self.zone(id)) {
                facts.add(&["zone-in-zone", &zone.name, &parent.name]);
            }
        }
        for message in &self.messages {
            facts.add(&["type", &message.name, &message.description()]);
        }
    }

    fn node_facts(&self, facts: &mut Facts) {
        for (_, node) in self.nodes() {
            let kind = match &node.kind {
                NodeKind::Subject(_) => "subject",
                NodeKind::Object => "object",
                NodeKind::External => "external",
            };
            facts.add(&[
                kind,
                &node.name,
                node.domain
                    .and_then(|id| self.domain(id))
                    .map_or("-", |domain| &domain.name),
                self.secrecy_name(node.secrecy),
                self.integrity_name(node.integrity),
            ]);
            for zone in node.zones.iter().filter_map(|id| self.zone(*id)) {
                facts.add(&["in-zone", &node.name, &zone.name]);
            }
            for class in node.holds.iter().filter_map(|id| self.class(*id)) {
                facts.add(&["holds", &node.name, &class.name]);
            }
            if let NodeKind::Subject(subject) = &node.kind {
                self.subject_facts(facts, &node.name, subject);
            }
        }
    }

    fn subject_facts(&self, facts: &mut Facts, name: &str, subject: &Subject) {
        let number = |value: Option<u64>| value.map_or("-".to_owned(), |value| value.to_string());
        facts.add(&[
            "program",
            name,
            subject.program.as_deref().unwrap_or("-"),
            subject.program_from.map_or("-", |id| self.node_name(id)),
            subject.criticality.as_deref().unwrap_or("-"),
        ]);
        facts.add(&[
            "limits",
            name,
            &number(subject.memory_bytes),
            &number(subject.budget.map(|budget| budget.budget_us)),
            &number(subject.budget.map(|budget| budget.period_us)),
            &number(subject.heartbeat_ms),
            &subject.period_us.to_string(),
            &format!("{:?}", subject.on_failure),
        ]);
        for (key, value) in &subject.settings {
            facts.add(&["setting", name, key, value]);
        }
        if let Some(trust) = &subject.trust {
            facts.add(&["trusted", name, trust.because.as_deref().unwrap_or("-")]);
            for pass in &trust.passes {
                facts.add(&[
                    "pass",
                    &self.port_name(pass.from),
                    &self.port_name(pass.to),
                    pass.data
                        .and_then(|id| self.class(id))
                        .map_or("-", |class| &class.name),
                    if pass.lowers_secrecy {
                        "lower-secrecy"
                    } else {
                        "-"
                    },
                    if pass.raises_integrity {
                        "raise-integrity"
                    } else {
                        "-"
                    },
                    pass.verified_by.as_deref().unwrap_or("-"),
                ]);
            }
        }
    }

    fn port_facts(&self, facts: &mut Facts) {
        for (id, port) in self.ports() {
            let name = self.port_name(id);
            let direction = format!("{:?}", port.direction);
            facts.add(&[
                "port",
                &name,
                &direction,
                port.message
                    .and_then(|id| self.message(id))
                    .map_or("-", |message| &message.name),
                self.secrecy_name(port.secrecy),
                self.integrity_name(port.integrity),
                &port
                    .max_age_us
                    .map_or("-".to_owned(), |age| age.to_string()),
                &port
                    .on_stale
                    .map_or("-".to_owned(), |reaction| format!("{reaction:?}")),
                &format!("{:?}", port.role),
            ]);
            for class in port.emits.iter().filter_map(|id| self.class(*id)) {
                facts.add(&["emits", &name, &direction, &class.name]);
            }
        }
    }

    fn flow_facts(&self, facts: &mut Facts) {
        for channel in &self.channels {
            facts.add(&[
                "channel",
                &self.port_name(channel.from),
                &self.port_name(channel.to),
                &format!("{:?}", channel.kind),
            ]);
        }
        for grant in &self.grants {
            facts.add(&[
                "grant",
                self.node_name(grant.subject),
                &grant.name,
                self.node_name(grant.peer),
                &format!("{:?}", grant.direction),
                &format!("{:?}", grant.resource),
            ]);
        }
    }

    fn claim_facts(&self, facts: &mut Facts) {
        for assumption in &self.assumptions {
            let effect = match &assumption.effect {
                Effect::Stated => "stated".to_owned(),
                Effect::DoesNotRelay(nodes) => format!("does-not-relay {}", self.names(nodes)),
            };
            facts.add(&["assume", &assumption.name, &assumption.text, &effect]);
        }
        for non_goal in &self.non_goals {
            facts.add(&["non-goal", &non_goal.name, &non_goal.text]);
        }
        for requirement in &self.requirements {
            let characteristics: Vec<&str> = requirement
                .characteristics
                .iter()
                .map(|c| c.name())
                .collect();
            facts.add(&[
                "require",
                &requirement.name,
                &characteristics.join(" "),
                requirement.source.as_deref().unwrap_or("-"),
                requirement.owner.as_deref().unwrap_or("-"),
            ]);
            for (index, (claim, _)) in requirement.claims.iter().enumerate() {
                let claim = self.claim_text(claim);
                facts.add(&["claim", &requirement.name, &index.to_string(), &claim]);
            }
        }
    }

    fn claim_text(&self, claim: &Claim) -> String {
        match claim {
            Claim::Never {
                from,
                to,
                data,
                through,
            } => {
                let data = data
                    .and_then(|id| self.class(id))
                    .map_or("-", |class| &class.name);
                let through = match through {
                    Through::Nothing => "-".to_owned(),
                    Through::AnyOf(nodes) => format!("any-of {}", self.names(nodes)),
                    Through::InOrder(nodes) => {
                        let names: Vec<&str> = nodes.iter().map(|id| self.node_name(*id)).collect();
                        format!("in-order {}", names.join(" "))
                    }
                };
                format!(
                    "never {} / {} / {data} / {through}",
                    self.ends(from),
                    self.ends(to)
                )
            }
            Claim::Keep {
                lost,
                from,
                to,
                signals,
            } => {
                let (lost, from, to) = (self.names(lost), self.ends(&[*from]), self.ends(&[*to]));
                format!("keep {lost} / {from} / {to} / {signals}")
            }
            Claim::Fresh {
                port,
                max_age_us,
                reaction,
            } => {
                format!(
                    "fresh {} / {max_age_us} / {reaction:?}",
                    self.port_name(*port)
                )
            }
            Claim::Latency { from, to, max_us } => {
                format!(
                    "latency {} / {} / {max_us}",
                    self.ends(&[*from]),
                    self.ends(&[*to])
                )
            }
        }
    }

    fn names(&self, nodes: &[NodeId]) -> String {
        let mut names: Vec<&str> = nodes.iter().map(|id| self.node_name(*id)).collect();
        names.sort_unstable();
        names.join(" ")
    }

    fn ends(&self, ends: &[EndPoint]) -> String {
        let mut names: Vec<String> = ends
            .iter()
            .map(|end| match end {
                EndPoint::Node(id) => self.node_name(*id).to_owned(),
                EndPoint::Port(id) => {
                    let direction = self.port(*id).map(|port| port.direction);
                    format!("{}:{direction:?}", self.port_name(*id))
                }
            })
            .collect();
        names.sort_unstable();
        names.join(" ")
    }

    fn platform_facts(&self, facts: &mut Facts) {
        for platform in &self.platforms {
            facts.add(&[
                "platform",
                &platform.name,
                &platform.cores.to_string(),
                &platform.memory_bytes.to_string(),
                &format!("{:?}", platform.enforce_memory),
                &format!("{:?}", platform.enforce_processor),
                &platform.qualified.join(" "),
            ]);
            for (device, dma) in &platform.devices {
                facts.add(&["device", &platform.name, device, &dma.to_string()]);
            }
        }
        for deployment in &self.deployments {
            let platform = self
                .platforms
                .get(deployment.platform)
                .map_or("-", |p| &p.name);
            for subject in &deployment.subjects {
                facts.add(&["deploy", platform, self.node_name(*subject)]);
            }
        }
    }
}
