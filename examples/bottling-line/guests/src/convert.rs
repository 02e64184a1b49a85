//! Between messages and what the cores work with.

use crate::field::{Reading, State};
use crate::messages::{Aggregate, Figures, Production, Recipe, Record, Sample};
use crate::recipe::Limits;
use crate::registers::{Span, Values};
use crate::{oee, recipe, redact};
use guest::Text;

/// Milliseconds since 1970.
pub fn wall_ms() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |passed| {
        u64::try_from(passed.as_millis()).unwrap_or(u64::MAX)
    })
}

/// A record for the audit.
pub fn record(number: u32, code: &str, detail: &str) -> Record {
    Record {
        number,
        code: Text::cut(code),
        detail: Text::cut(detail),
    }
}

impl Sample {
    /// A decoded reading as a message.
    pub fn of(reading: &Reading, number: u64, at_ns: u64) -> Self {
        let [s0, s1, s2, s3, s4, s5] = reading.set.0;
        let [a0, a1, a2, a3, a4, a5] = reading.actual.0;
        Self {
            number,
            at: at_ns,
            state: reading.state as u8,
            set_fill_volume: s0,
            set_filler_speed: s1,
            set_temperature: s2,
            set_pressure: s3,
            set_conveyor_speed: s4,
            set_capping_torque: s5,
            fill_volume: a0,
            filler_speed: a1,
            temperature: a2,
            pressure: a3,
            conveyor_speed: a4,
            capping_torque: a5,
            bottles: reading.bottles,
            rejects: reading.rejects,
        }
    }

    /// What the filler is doing.
    pub fn filler_state(&self) -> State {
        State::of(self.state.into()).unwrap_or(State::Fault)
    }

    /// Set points in effect.
    pub fn set(&self) -> Values {
        Values([
            self.set_fill_volume,
            self.set_filler_speed,
            self.set_temperature,
            self.set_pressure,
            self.set_conveyor_speed,
            self.set_capping_torque,
        ])
    }

    /// Measured values.
    pub fn actual(&self) -> Values {
        Values([
            self.fill_volume,
            self.filler_speed,
            self.temperature,
            self.pressure,
            self.conveyor_speed,
            self.capping_torque,
        ])
    }
}

impl Recipe {
    /// A released recipe as a message.
    pub fn of(recipe: &recipe::Recipe) -> Self {
        let [s0, s1, s2, s3, s4, s5] = recipe.limits.spans;
        let [r0, r1, r2, r3, r4, r5] = recipe.limits.ramps.0;
        Self {
            version: recipe.limits.version,
            name: Text::cut(&recipe.name),
            fill_volume_min: s0.min,
            fill_volume_max: s0.max,
            fill_volume_ramp: r0,
            filler_speed_min: s1.min,
            filler_speed_max: s1.max,
            filler_speed_ramp: r1,
            temperature_min: s2.min,
            temperature_max: s2.max,
            temperature_ramp: r2,
            pressure_min: s3.min,
            pressure_max: s3.max,
            pressure_ramp: r3,
            conveyor_speed_min: s4.min,
            conveyor_speed_max: s4.max,
            conveyor_speed_ramp: r4,
            capping_torque_min: s5.min,
            capping_torque_max: s5.max,
            capping_torque_ramp: r5,
        }
    }

    /// What the guard judges by.
    pub fn limits(&self) -> Limits {
        let span = |min, max| Span { min, max };
        Limits {
            version: self.version,
            spans: [
                span(self.fill_volume_min, self.fill_volume_max),
                span(self.filler_speed_min, self.filler_speed_max),
                span(self.temperature_min, self.temperature_max),
                span(self.pressure_min, self.pressure_max),
                span(self.conveyor_speed_min, self.conveyor_speed_max),
                span(self.capping_torque_min, self.capping_torque_max),
            ],
            ramps: Values([
                self.fill_volume_ramp,
                self.filler_speed_ramp,
                self.temperature_ramp,
                self.pressure_ramp,
                self.conveyor_speed_ramp,
                self.capping_torque_ramp,
            ]),
        }
    }
}

impl Production {
    /// As the computation takes it.
    pub fn sample(&self) -> oee::Sample {
        oee::Sample {
            wall_ms: self.wall,
            state: State::of(self.state.into()).unwrap_or(State::Fault),
            bottles: self.bottles,
            rejects: self.rejects,
            defects: self.defects,
            fill_ml: self.fill_volume,
            speed_bph: self.filler_speed,
        }
    }
}

impl Figures {
    /// Figures as a message.
    pub fn of(figures: &oee::Figures) -> Self {
        Self {
            shift: figures.shift,
            availability: figures.availability,
            performance: figures.performance,
            quality: figures.quality,
            oee: figures.oee,
            good: figures.good,
            bad: figures.bad,
            fill_volume: figures.fill_ml,
            filler_speed: figures.speed_bph,
        }
    }

    /// As the redactor takes them.
    pub fn figures(&self) -> oee::Figures {
        oee::Figures {
            shift: self.shift,
            availability: self.availability,
            performance: self.performance,
            quality: self.quality,
            oee: self.oee,
            good: self.good,
            bad: self.bad,
            fill_ml: self.fill_volume,
            speed_bph: self.filler_speed,
        }
    }
}

impl Aggregate {
    /// An aggregate as a message.
    pub fn of(aggregate: &redact::Aggregate) -> Self {
        Self {
            shift: aggregate.shift,
            availability: aggregate.availability,
            performance: aggregate.performance,
            quality: aggregate.quality,
            good: aggregate.good,
        }
    }

    /// As the cloud and the vendor see it.
    pub fn json(&self) -> String {
        format!(
            r#"{{"shift":{},"availability":{},"performance":{},"quality":{},"good":{}}}"#,
            self.shift, self.availability, self.performance, self.quality, self.good
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registers::Register;
    use guest::Message;

    #[test]
    fn a_reading_survives_its_message() {
        let reading = Reading {
            state: State::Filling,
            set: Values([1, 2, 3, 4, 5, 6]),
            actual: Values([11, 12, 13, 14, 15, 16]),
            bottles: 70_000,
            rejects: 8,
        };
        let mut bytes = vec![0; Sample::BYTES];
        Sample::of(&reading, 9, 5).encode(&mut bytes);
        let sample = Sample::decode(&bytes).unwrap();
        assert_eq!(
            (sample.set(), sample.actual()),
            (reading.set, reading.actual)
        );
        assert_eq!((sample.filler_state(), sample.number), (State::Filling, 9));
    }

    #[test]
    fn limits_survive_their_message() {
        let mut recipe = crate::plant::signing::demo_recipe(3);
        for (index, register) in (0_u16..).zip(Register::ALL) {
            let span = Span {
                min: index,
                max: 100 + index,
            };
            recipe = crate::plant::signing::with_span(recipe, register, span);
            recipe.limits.ramps.0[usize::from(register.index())] = 1000 + index;
        }
        assert_eq!(Recipe::of(&recipe).limits(), recipe.limits);
    }
}
