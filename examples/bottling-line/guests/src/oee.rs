//! Core of `oee`: overall equipment effectiveness of a shift, as availability × performance ×
//! quality (ISO 22400-2:2014), in thousandths.

use crate::field::State;

/// What one sample says about production.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Wall clock in milliseconds.
    pub wall_ms: u64,
    /// What the filler was doing.
    pub state: State,
    /// Bottles so far; may start again at 0.
    pub bottles: u32,
    /// Rejected so far, modulo 2^16.
    pub rejects: u16,
    /// Defects seen by the camera so far; may start again at 0.
    pub defects: u32,
    /// Millilitres in the last bottle.
    pub fill_ml: u16,
    /// Bottles per hour.
    pub speed_bph: u16,
}

/// Figures of a shift.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Number of the shift since 1970.
    pub shift: u32,
    /// Filling time over planned time.
    pub availability: u16,
    /// Bottles over what the ideal rate would have given in the filling time.
    pub performance: u16,
    /// Good bottles over bottles.
    pub quality: u16,
    /// The product of the three.
    pub oee: u16,
    /// Good bottles.
    pub good: u32,
    /// Rejected and defective bottles.
    pub bad: u32,
    /// Mean fill volume; part of the recipe.
    pub fill_ml: u16,
    /// Mean speed; part of the recipe.
    pub speed_bph: u16,
}

/// Longest time between two samples that counts as time observed, in milliseconds.
const GAP_MS_MAX: u64 = 2_000;

/// A shift in progress.
#[derive(Debug)]
pub struct Shift {
    length_ms: u64,
    ideal_bph: u64,
    last: Option<Sample>,
    planned_ms: u64,
    filling_ms: u64,
    bottles: u64,
    bad: u64,
    samples: u64,
    fill_sum: u64,
    speed_sum: u64,
}

impl Shift {
    /// Shifts of this length, against this ideal rate in bottles per hour.
    pub fn new(length_s: u32, ideal_bph: u32) -> Self {
        Self {
            length_ms: u64::from(length_s.max(1)) * 1000,
            ideal_bph: ideal_bph.max(1).into(),
            last: None,
            planned_ms: 0,
            filling_ms: 0,
            bottles: 0,
            bad: 0,
            samples: 0,
            fill_sum: 0,
            speed_sum: 0,
        }
    }

    fn number(&self, wall_ms: u64) -> u32 {
        u32::try_from(wall_ms.checked_div(self.length_ms).unwrap_or(0)).unwrap_or(u32::MAX)
    }

    /// Takes a sample in; gives the figures of the shift that ended with it, if one did.
    pub fn add(&mut self, sample: Sample) -> Option<Figures> {
        let ended = self
            .last
            .filter(|last| self.number(sample.wall_ms) > self.number(last.wall_ms))
            .map(|_| self.figures());
        if ended.is_some() {
            let fresh = Self::new(0, 0);
            *self = Self {
                length_ms: self.length_ms,
                ideal_bph: self.ideal_bph,
                last: self.last,
                ..fresh
            };
        }
        if let Some(last) = self.last {
            let passed = sample.wall_ms.saturating_sub(last.wall_ms).min(GAP_MS_MAX);
            self.planned_ms += passed;
            if last.state == State::Filling {
                self.filling_ms += passed;
            }
            self.bottles += u64::from(sample.bottles.saturating_sub(last.bottles));
            self.bad += u64::from(sample.rejects.wrapping_sub(last.rejects));
            self.bad += u64::from(sample.defects.saturating_sub(last.defects));
        }
        self.samples += 1;
        self.fill_sum += u64::from(sample.fill_ml);
        self.speed_sum += u64::from(sample.speed_bph);
        self.last = Some(sample);
        ended
    }

    /// The figures so far.
    pub fn figures(&self) -> Figures {
        let bad = self.bad.min(self.bottles);
        let good = self.bottles - bad;
        let ideal = self.ideal_bph.saturating_mul(self.filling_ms) / 3_600_000;
        let availability = thousandths(self.filling_ms, self.planned_ms);
        let performance = thousandths(self.bottles, ideal);
        let quality = thousandths(good, self.bottles);
        let product = u32::from(availability) * u32::from(performance) / 1000;
        let oee = product * u32::from(quality) / 1000;
        let mean = |sum: u64| narrow(sum.checked_div(self.samples).unwrap_or(0));
        Figures {
            shift: self.last.map_or(0, |last| self.number(last.wall_ms)),
            availability,
            performance,
            quality,
            oee: narrow(oee.into()),
            good: u32::try_from(good).unwrap_or(u32::MAX),
            bad: u32::try_from(bad).unwrap_or(u32::MAX),
            fill_ml: mean(self.fill_sum),
            speed_bph: mean(self.speed_sum),
        }
    }
}

/// A share in thousandths, at most 1000; of nothing it is 0.
fn thousandths(part: u64, whole: u64) -> u16 {
    narrow(
        part.saturating_mul(1000)
            .checked_div(whole)
            .unwrap_or(0)
            .min(1000),
    )
}

fn narrow(value: u64) -> u16 {
    u16::try_from(value).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sample(second: u64, state: State, bottles: u32, rejects: u16) -> Sample {
        Sample {
            wall_ms: second * 1000,
            state,
            bottles,
            rejects,
            defects: 0,
            fill_ml: 500,
            speed_bph: 3600,
        }
    }

    #[test]
    fn a_shift_of_ten_seconds() {
        let mut shift = Shift::new(10, 3600);
        for second in 0..5 {
            assert_eq!(
                shift.add(sample(second, State::Filling, second as u32, 0)),
                None
            );
        }
        for second in 5..10 {
            assert_eq!(shift.add(sample(second, State::Stopped, 5, 1)), None);
        }
        let figures = shift.add(sample(10, State::Stopped, 5, 1)).unwrap();
        // Nine seconds observed, five of them filling, five bottles of which one is bad.
        let expected = Figures {
            shift: 0,
            availability: 555,
            performance: 1000,
            quality: 800,
            oee: 444,
            good: 4,
            bad: 1,
            fill_ml: 500,
            speed_bph: 3600,
        };
        assert_eq!(figures, expected);
        assert_eq!(shift.figures().shift, 1);
    }

    #[test]
    fn a_gap_is_not_time_observed() {
        let mut shift = Shift::new(1000, 3600);
        shift.add(sample(0, State::Filling, 0, 0));
        shift.add(sample(100, State::Filling, 0, 0));
        assert_eq!(shift.planned_ms, GAP_MS_MAX);
    }

    proptest! {
        #[test]
        fn figures_stay_in_range(samples in prop::collection::vec(
            (any::<u64>(), 0..4_u16, any::<u32>(), any::<u16>(), any::<u32>()), 0..40)
        ) {
            let mut shift = Shift::new(20, 6000);
            for (wall_ms, state, bottles, rejects, defects) in samples {
                let state = State::of(state).unwrap();
                let sample = Sample {
                    wall_ms, state, bottles, rejects, defects, fill_ml: 1, speed_bph: 2,
                };
                shift.add(sample);
                let figures = shift.figures();
                prop_assert!(figures.oee <= figures.availability);
                prop_assert!(figures.availability <= 1000 && figures.quality <= 1000);
            }
        }
    }
}
