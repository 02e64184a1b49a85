//! What stands in the block of a subject: program, ports, settings, limits, failure rule.

use crate::bounds::{SETTINGS_BYTES_MAX, SETTINGS_MAX};
use crate::context::{Axis, Context, Word, Written};
use crate::fault::{
    BadProgram, BudgetAbovePeriod, DuplicatePort, HeartbeatBelowPeriod, ListedTwice,
    MissingArgument, NeedsMaxAge, NeedsRestart, Reported, TooManySettings, UnstatedReaction,
    WrongSide, WrongValue, found,
};
use crate::form::{Block, Form, MANY, Properties, arguments};
use crate::names::{Wanted, other, way};
use crate::value::{MS, US};
use model::{
    Budget, ClassId, Direction, LabelId, NodeId, NodeKind, OnFailure, OnStale, Origin, Port,
    PortId, PortRole, Subject,
};
use source::Span;
use std::collections::BTreeMap;

const RUN: Form = Form {
    usage: "run \"PROGRAM\" [from=NODE]",
    arguments: (1, 1),
    properties: Properties::Known(&["from"]),
    required: &[],
    block: Block::None,
};
const PORT: Form = Form {
    usage: "port NAME in|out [type=TYPE] [secrecy=LABEL] [integrity=LABEL] …",
    arguments: (2, 2),
    properties: Properties::Known(&[
        "type",
        "secrecy",
        "integrity",
        "max-age",
        "on-stale",
        "role",
        "data",
    ]),
    required: &[],
    block: Block::Words {
        known: &["emits"],
        once: &[],
    },
};
const SET: Form = Form {
    usage: "set KEY=VALUE …",
    arguments: (0, 0),
    properties: Properties::Free,
    required: &[],
    block: Block::None,
};
const BUDGET: Form = Form {
    usage: "budget \"2ms\" every=\"10ms\"",
    arguments: (1, 1),
    properties: Properties::Known(&["every"]),
    required: &["every"],
    block: Block::None,
};
const HEARTBEAT: Form = Form {
    usage: "heartbeat within=\"500ms\"",
    arguments: (0, 0),
    properties: Properties::Known(&["within"]),
    required: &["within"],
    block: Block::None,
};
const ON_FAILURE: Form = Form {
    usage: "on-failure restart|stop|halt [within=\"100ms\"] [max=10] [per=\"60s\"] [then=stop|halt]",
    arguments: (1, 1),
    properties: Properties::Known(&["within", "max", "per", "then"]),
    required: &[],
    block: Block::None,
};

/// Period of a subject that states none, in microseconds.
pub(crate) const PERIOD_DEFAULT_US: u64 = 10_000;
/// Heartbeat that is due of a subject that states none, in milliseconds; the planner's default.
const HEARTBEAT_DEFAULT_MS: u64 = 1000;

pub(crate) const STALE: [(&str, OnStale); 3] = [
    ("hold", OnStale::Hold),
    ("safe-value", OnStale::SafeValue),
    ("stop", OnStale::Stop),
];
pub(crate) const ROLES: [(&str, PortRole); 3] = [
    ("data", PortRole::Data),
    ("limits", PortRole::Limits),
    ("configuration", PortRole::Configuration),
];
const DIRECTIONS: [(&str, Direction); 2] = [("in", Direction::In), ("out", Direction::Out)];

/// A port that nothing more is known of.
pub(crate) fn bare_port(node: NodeId, name: &str, direction: Direction, origin: Origin) -> Port {
    Port {
        node,
        name: name.to_owned(),
        direction,
        message: None,
        secrecy: None,
        integrity: None,
        max_age_us: None,
        on_stale: None,
        role: PortRole::Data,
        emits: Vec::new(),
        grant: None,
        channel: None,
        origin,
    }
}

#[derive(Clone, Copy)]
enum Rule {
    Restart,
    Stop,
    Halt,
}

impl<'a> Context<'a> {
    /// Reads the block of a subject, but for its trusted policy.
    pub(crate) fn read_subject(&mut self, id: NodeId, node: &'a Written<'a>) {
        let mut subject = Subject {
            period_us: PERIOD_DEFAULT_US,
            ..Subject::default()
        };
        subject.criticality = self
            .some_text(node, "criticality")
            .ok()
            .flatten()
            .map(|word| word.text.to_owned());
        let mut settings: BTreeMap<&'a str, (String, Span)> = BTreeMap::new();
        for child in node.children() {
            // Each reader reports its own mistakes; the others go on.
            let _ = match child.name.text.as_ref() {
                "run" => self.read_run(child, &mut subject),
                "port" => self.read_port(child, id),
                "set" => self.read_set(child, &mut settings),
                "memory" => self.read_memory(child, &mut subject),
                "budget" => self.read_budget(child, &mut subject),
                "period" => self.read_period(child, &mut subject),
                "heartbeat" => self.read_heartbeat(child, &mut subject),
                "on-failure" => self.read_on_failure(child, &mut subject),
                _ => Ok(()),
            };
        }
        let bytes: usize = settings
            .iter()
            .map(|(key, (value, _))| key.len() + value.len())
            .sum();
        if settings.len() > SETTINGS_MAX || bytes > SETTINGS_BYTES_MAX {
            let span = self.node_span(id);
            let name = self.model.node_name(id).to_owned();
            self.report(&TooManySettings { subject: &name }, span);
        }
        subject.settings = settings
            .into_iter()
            .map(|(key, (value, _))| (key.to_owned(), value))
            .collect();
        let due_ms = subject.heartbeat_ms.unwrap_or(HEARTBEAT_DEFAULT_MS);
        if due_ms.saturating_mul(1000) < subject.period_us {
            let span = self.node_span(id);
            let name = self.model.node_name(id).to_owned();
            self.report(
                &HeartbeatBelowPeriod {
                    subject: &name,
                    within: &due_ms.to_string(),
                },
                span,
            );
        }
        if let Some(node) = self.model.nodes.get_mut(id.index()) {
            node.kind = NodeKind::Subject(Box::new(subject));
        }
    }

    fn read_run(&mut self, node: &'a Written<'a>, subject: &mut Subject) -> Result<(), Reported> {
        self.form(node, &RUN)?;
        let from = self.property(node, "from")?;
        subject.program_from = from.and_then(|word| self.node(word, Wanted::Outside).ok());
        let program = self.argument(node, 0)?;
        if !crate::value::is_program(program.text) {
            return Err(self.report(
                &BadProgram {
                    program: program.text,
                },
                program.span,
            ));
        }
        subject.program = Some(program.text.to_owned());
        Ok(())
    }

    fn read_set(
        &mut self,
        node: &'a Written<'a>,
        settings: &mut BTreeMap<&'a str, (String, Span)>,
    ) -> Result<(), Reported> {
        self.form(node, &SET)?;
        if node.entries.is_empty() {
            let fault = MissingArgument {
                word: "set",
                usage: SET.usage,
            };
            return Err(self.report(&fault, node.head_span()));
        }
        for (key, entry) in node.properties() {
            self.checked_name(Word {
                text: &key.text,
                span: key.span,
            });
            let Ok(value) = self.setting(entry) else {
                continue;
            };
            match settings.get(key.text.as_ref()) {
                // Within one node the form has reported it.
                Some((_, first)) if first.start < node.span.start => {
                    let fault = found(&ListedTwice { word: &key.text }, key.span);
                    let fault = fault.label(*first, "first set here");
                    self.faults.push(fault);
                }
                _ => {
                    settings.insert(&key.text, (value, key.span));
                }
            }
        }
        Ok(())
    }

    /// A constant as the program gets it: text as it is, integers in decimal, `true` or `false`.
    fn setting(&mut self, entry: &'a kdl::Entry<'a>) -> Result<String, Reported> {
        Ok(match &entry.value {
            kdl::Value::String(text) => text.to_string(),
            kdl::Value::Number(number) => match (number.as_i128(), number.as_f64()) {
                (Some(integer), _) => integer.to_string(),
                (None, Some(real)) => real.to_string(),
                (None, None) => number.text.to_owned(),
            },
            kdl::Value::Bool(truth) => truth.to_string(),
            kdl::Value::Null => {
                let help = "leave the setting out, or write `\"\"`";
                let fault = WrongValue {
                    wanted: "a value",
                    value: "#null",
                    help,
                };
                return Err(self.report(&fault, entry.value_span));
            }
        })
    }

    fn read_memory(
        &mut self,
        node: &'a Written<'a>,
        subject: &mut Subject,
    ) -> Result<(), Reported> {
        self.form(node, &arguments("memory \"16MiB\"", 1, 1))?;
        let entry = node.arguments().next().ok_or(Reported)?;
        subject.memory_bytes = Some(self.size(entry)?);
        Ok(())
    }

    fn read_budget(
        &mut self,
        node: &'a Written<'a>,
        subject: &mut Subject,
    ) -> Result<(), Reported> {
        self.form(node, &BUDGET)?;
        let entry = node.arguments().next().ok_or(Reported)?;
        let budget_us = self.duration(entry, US);
        let period_us = self.duration_property(node, "every", US);
        let (budget_us, Some(period_us)) = (budget_us?, period_us?) else {
            return Err(Reported);
        };
        if budget_us > period_us {
            let every = node.property("every").map(|every| self.shown(&every.value));
            let fault = BudgetAbovePeriod {
                budget: &self.shown(&entry.value),
                period: &every.unwrap_or_default(),
            };
            return Err(self.report(&fault, entry.span));
        }
        subject.budget = Some(Budget {
            budget_us,
            period_us,
        });
        Ok(())
    }

    fn read_period(
        &mut self,
        node: &'a Written<'a>,
        subject: &mut Subject,
    ) -> Result<(), Reported> {
        self.form(node, &arguments("period \"10ms\"", 1, 1))?;
        let entry = node.arguments().next().ok_or(Reported)?;
        subject.period_us = self.duration(entry, US)?;
        Ok(())
    }

    fn read_heartbeat(
        &mut self,
        node: &'a Written<'a>,
        subject: &mut Subject,
    ) -> Result<(), Reported> {
        self.form(node, &HEARTBEAT)?;
        subject.heartbeat_ms = self.duration_property(node, "within", MS)?;
        Ok(())
    }

    fn read_on_failure(
        &mut self,
        node: &'a Written<'a>,
        subject: &mut Subject,
    ) -> Result<(), Reported> {
        self.form(node, &ON_FAILURE)?;
        let word = self.argument(node, 0)?;
        let rules = [
            ("restart", Rule::Restart),
            ("stop", Rule::Stop),
            ("halt", Rule::Halt),
        ];
        let rule = self.choice(word, &rules)?;
        if !matches!(rule, Rule::Restart) {
            for (key, _) in node
                .properties()
                .filter(|(key, _)| ON_FAILURE.has(&key.text))
            {
                self.report(&NeedsRestart { word: &key.text }, key.span);
            }
        }
        let delay = self.duration_property(node, "within", MS);
        let count = self.number_property(node, "max", 1, 1_000_000);
        let window = self.duration_property(node, "per", MS);
        let then = self.choice_property(node, "then", &[("stop", false), ("halt", true)]);
        subject.on_failure = match (rule, OnFailure::default()) {
            (Rule::Stop, _) => OnFailure::Stop,
            (Rule::Halt, _) => OnFailure::Halt,
            (
                Rule::Restart,
                OnFailure::Restart {
                    delay_ms,
                    count_max,
                    window_ms,
                    then_halt,
                },
            ) => OnFailure::Restart {
                delay_ms: delay?.unwrap_or(delay_ms),
                count_max: count?
                    .and_then(|n| u32::try_from(n).ok())
                    .unwrap_or(count_max),
                window_ms: window?.unwrap_or(window_ms),
                then_halt: then?.unwrap_or(then_halt),
            },
            (Rule::Restart, default) => default,
        };
        Ok(())
    }

    fn read_port(&mut self, node: &'a Written<'a>, subject: NodeId) -> Result<(), Reported> {
        let result = self.declared_port(node, subject);
        if result.is_err()
            && let Some(name) = node
                .arguments()
                .next()
                .and_then(|entry| entry.value.as_str())
        {
            self.faulty_ports
                .insert((subject, crate::value::bare_name(name).to_owned()));
        }
        result
    }

    fn declared_port(&mut self, node: &'a Written<'a>, subject: NodeId) -> Result<(), Reported> {
        self.form(node, &PORT)?;
        let name = self.new_name(node)?;
        let direction = self
            .argument(node, 1)
            .and_then(|word| self.choice(word, &DIRECTIONS))?;
        let origin = self.origin(node.span);
        let mut port = bare_port(subject, name.text, direction, origin);
        let message = self.property(node, "type");
        let message = message.and_then(|word| word.map(|word| self.message_type(word)).transpose());
        port.message = message.unwrap_or(None);
        let secrecy = self.label(node, "secrecy", Axis::Secrecy);
        let integrity = self.label(node, "integrity", Axis::Integrity);
        port.secrecy = secrecy.unwrap_or(None);
        port.integrity = integrity.unwrap_or(None);
        let full = format!("{}.{}", self.model.node_name(subject), name.text);
        match direction {
            Direction::In => {
                self.not_here(node, &["data"], &full, direction);
                for child in node
                    .children()
                    .iter()
                    .filter(|child| child.name.text == "emits")
                {
                    self.wrong_side(
                        Word {
                            text: "emits",
                            span: child.name.span,
                        },
                        &full,
                        direction,
                    );
                }
                (port.max_age_us, port.on_stale) = self.staleness(node, &full);
                port.role = self
                    .choice_property(node, "role", &ROLES)
                    .ok()
                    .flatten()
                    .unwrap_or_default();
            }
            Direction::Out => {
                self.not_here(node, &["max-age", "on-stale", "role"], &full, direction);
                port.emits = self.emitted(node);
            }
        }
        if let Some(first) = self.find_port(subject, direction, name.text) {
            let first = self.port_span(first);
            let fault = DuplicatePort {
                node: self.model.node_name(subject),
                port: name.text,
                way: way(direction),
            };
            let fault = found(&fault, name.span);
            return Err(self.faults.push(fault.label(first, "first declared here")));
        }
        let id = self.add_port(port, node.head_span())?;
        self.excuse_port(id, secrecy, integrity);
        if message.is_err() {
            self.types_excused.insert(id);
        }
        Ok(())
    }

    /// Remembers which labels of a port are faulty.
    pub(crate) fn excuse_port(
        &mut self,
        id: PortId,
        secrecy: Result<Option<LabelId>, Reported>,
        integrity: Result<Option<LabelId>, Reported>,
    ) {
        for (axis, label) in [(Axis::Secrecy, secrecy), (Axis::Integrity, integrity)] {
            if label.is_err() {
                self.port_labels_excused.insert((id, axis));
            }
        }
    }

    /// `max-age` and `on-stale` of an in-port, written at the port or at its channel.
    pub(crate) fn staleness(
        &mut self,
        node: &'a Written<'a>,
        port: &str,
    ) -> (Option<u64>, Option<OnStale>) {
        let age = self.duration_property(node, "max-age", US);
        let reaction = self.choice_property(node, "on-stale", &STALE);
        match (age, reaction) {
            (Ok(Some(_)), Ok(None)) => {
                let span = node
                    .property("max-age")
                    .map_or(node.head_span(), |entry| entry.span);
                self.report(&UnstatedReaction { port }, span);
            }
            (Ok(None), Ok(Some(_))) => {
                let span = node
                    .property("on-stale")
                    .map_or(node.head_span(), |entry| entry.span);
                self.report(&NeedsMaxAge, span);
            }
            _ => {}
        }
        (age.unwrap_or(None), reaction.unwrap_or(None))
    }

    /// Data classes that originate at an out-port: `data=` and `emits`.
    pub(crate) fn emitted(&mut self, node: &'a Written<'a>) -> Vec<ClassId> {
        let form = arguments("emits CLASS …", 1, MANY);
        let mut words = self.list_property(node, "data");
        for child in node
            .children()
            .iter()
            .filter(|child| child.name.text == "emits")
        {
            if self.form(child, &form).is_ok() {
                words.extend(self.named(child, 0));
            }
        }
        self.classes(words)
    }

    /// Reports properties that belong to ports of the other direction.
    pub(crate) fn not_here(
        &mut self,
        node: &'a Written<'a>,
        keys: &[&str],
        port: &str,
        direction: Direction,
    ) {
        for key in keys {
            let name = node.property(key).and_then(|entry| entry.key.as_ref());
            if let Some(name) = name {
                self.wrong_side(
                    Word {
                        text: key,
                        span: name.span,
                    },
                    port,
                    direction,
                );
            }
        }
    }

    /// Reports a word at a port of the direction that it is not for.
    pub(crate) fn wrong_side(&mut self, word: Word<'_>, port: &str, direction: Direction) {
        let fault = WrongSide {
            word: word.text,
            port,
            side: way(other(direction)),
            way: &format!("an {}", way(direction)),
        };
        self.report(&fault, word.span);
    }
}
