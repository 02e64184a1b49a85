//! What the operator panel shows. Live values come from the field, trends from the historian, and
//! no line of one looks like a line of the other.

use crate::messages::{Alarm, Figures, Permissive, Recipe, Sample, Trend};
use crate::registers::Register;

/// Live values; `None` if they are stale, and then no old value is shown.
pub fn live(sample: Option<&Sample>, permissive: Option<&Permissive>) -> String {
    let permitted = match permissive {
        None => "UNKNOWN (safety controller not heard)",
        Some(permissive) if permissive.permitted => "permitted",
        Some(_) => "NOT PERMITTED",
    };
    let Some(sample) = sample else {
        return format!("LIVE  no values from the field; changes {permitted}\n");
    };
    let mut text = format!(
        "LIVE  {}, {} bottles, {} rejects; changes {permitted}\n",
        sample.filler_state().name(),
        sample.bottles,
        sample.rejects
    );
    for register in Register::ALL {
        let (actual, set) = (sample.actual().get(register), sample.set().get(register));
        text.push_str(&format!(
            "LIVE  {:<20}{actual:>6}   set {set:>6}\n",
            register.name()
        ));
    }
    text
}

/// Trends and figures.
pub fn trend(trend: Option<&Trend>, figures: Option<&Figures>) -> String {
    let mut text = String::from("~~ from the historian, not live ~~\n");
    match trend {
        None => text.push_str("~~ no trend\n"),
        Some(trend) => {
            let row = |name: &str, mean: u16, min: u16, max: u16| {
                format!("~~ {name:<20} mean {mean:>6}   min {min:>6}   max {max:>6}\n")
            };
            let t = trend;
            let full = if t.full {
                ", FULL: nothing more is kept"
            } else {
                ""
            };
            text.push_str(&format!(
                "~~ {} samples kept since {} ms, {} damaged, {} defects seen{full}\n",
                t.records, t.first_wall, t.damaged, t.defects
            ));
            text.push_str(&format!(
                "~~ kept at most {}.{} ms after the gate passed it on\n",
                t.delay_max / 1000,
                t.delay_max % 1000 / 100
            ));
            let (fill, speed) = (Register::FillVolume.name(), Register::FillerSpeed.name());
            text.push_str(&row(
                fill,
                t.fill_volume_mean,
                t.fill_volume_min,
                t.fill_volume_max,
            ));
            text.push_str(&row(
                speed,
                t.filler_speed_mean,
                t.filler_speed_min,
                t.filler_speed_max,
            ));
            let pressure = Register::Pressure.name();
            text.push_str(&row(
                pressure,
                t.pressure_mean,
                t.pressure_min,
                t.pressure_max,
            ));
        }
    }
    if let Some(figures) = figures {
        let share = |value: u16| format!("{}.{} %", value / 10, value % 10);
        text.push_str(&format!(
            "~~ shift {}: availability {}, performance {}, quality {}, oee {}, {} good, {} bad\n",
            figures.shift,
            share(figures.availability),
            share(figures.performance),
            share(figures.quality),
            share(figures.oee),
            figures.good,
            figures.bad
        ));
    }
    text
}

/// The current recipe.
pub fn recipe(recipe: Option<&Recipe>) -> String {
    let Some(recipe) = recipe else {
        return "RECIPE none: no set point will pass\n".to_owned();
    };
    let limits = recipe.limits();
    let mut text = format!("RECIPE {} version {}\n", recipe.name, recipe.version);
    for (register, span) in Register::ALL.into_iter().zip(limits.spans) {
        let ramp = limits.ramps.get(register);
        let name = register.name();
        text.push_str(&format!(
            "RECIPE {name:<20}{:>6} .. {:<6} ramp {ramp}\n",
            span.min, span.max
        ));
    }
    text
}

/// One alarm or message of the guard.
pub fn alarm(alarm: &Alarm) -> String {
    let remote = if alarm.remote {
        "remote on"
    } else {
        "remote off"
    };
    format!(
        "ALARM {} {} {} [{remote}]\n",
        alarm.number, alarm.code, alarm.detail
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::{Reading, State};
    use crate::registers::Values;

    #[test]
    fn stale_values_are_not_shown() {
        let reading = Reading {
            state: State::Filling,
            set: Values([500; 6]),
            actual: Values([499; 6]),
            bottles: 1,
            rejects: 0,
        };
        let sample = Sample::of(&reading, 1, 0);
        assert!(live(Some(&sample), None).contains("499"));
        let stale = live(None, None);
        assert!(
            !stale.contains("499") && stale.contains("no values"),
            "{stale}"
        );
    }

    #[test]
    fn live_and_kept_lines_differ() {
        for line in trend(None, None).lines() {
            assert!(line.starts_with("~~"));
        }
        for line in live(None, None).lines() {
            assert!(line.starts_with("LIVE"));
        }
    }
}
