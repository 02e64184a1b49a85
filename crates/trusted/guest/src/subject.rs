//! The subject: its name, ports, grants, settings, and its turns.

use crate::schedule::{Schedule, Tick};
use crate::tally::Tally;
use crate::{Error, EventInput, EventOutput, Input, Message, Output};
use channel::pulse::{LOG_BYTES_MAX, PulseWriter};
use channel::{Grant, Ports, clock};
use core::fmt::Display;
use std::sync::{Arc, Mutex};

/// Turns of a subject whose model states no period.
pub const PERIOD_NS_DEFAULT: u64 = 10_000_000;
/// Most log records for one text.
const LOG_RECORDS_MAX: usize = 8;

/// This subject, as the model and the loader made it.
pub struct Subject {
    ports: Ports,
    pulse: Arc<Mutex<PulseWriter>>,
    tally: Arc<Tally>,
}

impl Subject {
    /// The subject this process is, once. Outside of a partition there is none.
    pub fn take() -> Result<Self, Error> {
        Ports::take()
            .and_then(|mut ports| {
                let pulse = ports.pulse()?;
                Ok(Self::with(ports, pulse))
            })
            .map_err(|fault| Error::fault(fault, ""))
    }

    /// A subject with the given ports, as `channel::loopback::partition` makes them for tests.
    pub fn with_ports(mut ports: Ports) -> Result<Self, Error> {
        let pulse = ports.pulse().map_err(|fault| Error::fault(fault, ""))?;
        Ok(Self::with(ports, pulse))
    }

    fn with(ports: Ports, pulse: PulseWriter) -> Self {
        Self {
            ports,
            pulse: Arc::new(Mutex::new(pulse)),
            tally: Arc::default(),
        }
    }

    /// Name of the subject in the model.
    pub fn name(&self) -> &str {
        self.ports.table().subject()
    }

    /// Number of this start, from 1.
    pub fn epoch(&self) -> u64 {
        self.ports.table().incarnation().epoch
    }

    /// Period of the subject's turns.
    pub fn period_ns(&self) -> u64 {
        match self.ports.table().period_ns() {
            0 => PERIOD_NS_DEFAULT,
            period_ns => period_ns,
        }
    }

    /// The value of a setting, if the model states one.
    pub fn setting(&self, key: &str) -> Option<&str> {
        let mut settings = self.ports.table().settings();
        settings
            .find(|(name, _)| *name == key)
            .map(|(_, value)| value)
    }

    /// The value of a setting as a `T`; `default` if the model states none.
    pub fn setting_or<T: core::str::FromStr>(&self, key: &str, default: T) -> Result<T, Error> {
        self.setting(key).map_or(Ok(default), |value| {
            value.parse().map_err(|_| {
                Error::new(
                    "malformed-setting",
                    key,
                    format!("`{value}` is not a value of this setting"),
                )
                .help("correct the setting in the model")
            })
        })
    }

    /// The in-port `name`, once.
    pub fn input<T: Message + Clone>(&mut self, name: &str) -> Result<Input<T>, Error> {
        let (reader, port) = self.place(name, |ports| ports.reader(name))?;
        Input::new(reader, &port, Arc::clone(&self.tally))
    }

    /// The out-port `name`, once.
    pub fn output<T: Message>(&mut self, name: &str) -> Result<Output<T>, Error> {
        let (writer, port) = self.place(name, |ports| ports.writer(name))?;
        Output::new(writer, &port, Arc::clone(&self.tally))
    }

    /// The in-port `name` for events, once.
    pub fn event_input(&mut self, name: &str) -> Result<EventInput, Error> {
        let (reader, port) = self.place(name, |ports| ports.reader(name))?;
        EventInput::new(reader, &port)
    }

    /// The out-port `name` for events, once.
    pub fn event_output(&mut self, name: &str) -> Result<EventOutput, Error> {
        let (writer, port) = self.place(name, |ports| ports.writer(name))?;
        EventOutput::new(writer, &port)
    }

    /// The grant `name`, once. When its peer closes, end the subject: its restart opens it again.
    pub fn grant(&mut self, name: &str) -> Result<Grant, Error> {
        self.place(name, |ports| ports.grant(name))
    }

    /// One sign of life, with the progress counters. [`Subject::every`] gives one each turn.
    pub fn beat(&self) {
        if let Ok(mut pulse) = self.pulse.lock() {
            self.tally.show(&mut pulse);
            pulse.beat();
        }
    }

    /// Writes to the subject's log: one record a line, long lines in several. Records that the
    /// supervisor does not collect in time are overwritten.
    pub fn log(&self, text: impl Display) {
        log(&self.pulse, &text.to_string());
    }

    /// Runs `step` at every multiple of the period, for as long as it returns `Ok`. A turn that
    /// takes longer than a period makes the subject miss turns; they are counted, not made up for.
    pub fn every<E>(
        &mut self,
        mut step: impl FnMut(&mut Self, Tick) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut schedule = Schedule::new(self.period_ns(), clock::now_ns());
        loop {
            clock::sleep_until(schedule.due_ns());
            let tick = schedule.turn(clock::now_ns());
            self.tally.missed(tick.missed);
            step(self, tick)?;
            self.beat();
        }
    }

    pub(crate) fn pulse(&self) -> Arc<Mutex<PulseWriter>> {
        Arc::clone(&self.pulse)
    }

    fn place<T>(
        &mut self,
        name: &str,
        take: impl FnOnce(&mut Ports) -> Result<T, channel::Fault>,
    ) -> Result<T, Error> {
        take(&mut self.ports).map_err(|fault| Error::fault(fault, name))
    }
}

/// Writes to the log unless the pulse is in use, as it may be when a turn ends in a panic.
pub(crate) fn log(pulse: &Mutex<PulseWriter>, text: &str) {
    let Ok(mut pulse) = pulse.try_lock() else {
        return;
    };
    let now_ns = clock::now_ns();
    let mut records = 0;
    for line in text.lines() {
        let mut rest = line;
        while records < LOG_RECORDS_MAX {
            let (record, more) = rest
                .split_at_checked(rest.floor_char_boundary(LOG_BYTES_MAX))
                .unwrap_or((rest, ""));
            pulse.log(record, now_ns);
            records += 1;
            rest = more;
            if rest.is_empty() {
                break;
            }
        }
    }
}
