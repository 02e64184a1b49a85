//! Core of `redactor`: what of a shift's figures may become public.
//!
//! Listed fields only, rounded, at most once per shift. What can still leak is bounded by what can
//! be told apart per shift: 21 × 21 × 21 shares and a rounded count.

use crate::oee::Figures;

/// What becomes public. There is no field for anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aggregate {
    /// Number of the shift.
    pub shift: u32,
    /// Percent, in steps of 5.
    pub availability: u8,
    /// Percent, in steps of 5.
    pub performance: u8,
    /// Percent, in steps of 5.
    pub quality: u8,
    /// Good bottles, rounded down to two leading digits.
    pub good: u32,
}

/// The redactor's memory.
#[derive(Debug)]
pub struct Redactor {
    pause_ns: u64,
    last: (Option<u32>, u64),
}

impl Redactor {
    /// At most one aggregate in each interval of this length. A start counts as a release, so that
    /// restarts do not open the gate.
    pub fn new(pause_s: u32, now_ns: u64) -> Self {
        Self {
            pause_ns: u64::from(pause_s) * 1_000_000_000,
            last: (None, now_ns),
        }
    }

    /// The aggregate of a shift; `None` if its number does not rise or it comes too soon.
    pub fn release(&mut self, figures: &Figures, now_ns: u64) -> Option<Aggregate> {
        let (shift, at_ns) = self.last;
        let rises = shift.is_none_or(|shift| figures.shift > shift);
        if !rises || now_ns < at_ns.saturating_add(self.pause_ns) {
            return None;
        }
        self.last = (Some(figures.shift), now_ns);
        Some(Aggregate {
            shift: figures.shift,
            availability: percent(figures.availability),
            performance: percent(figures.performance),
            quality: percent(figures.quality),
            good: leading_digits(figures.good),
        })
    }
}

/// Thousandths as percent in steps of 5.
fn percent(thousandths: u16) -> u8 {
    u8::try_from(thousandths.min(1000) / 50 * 5).unwrap_or(100)
}

fn leading_digits(value: u32) -> u32 {
    let unit = 10_u32.pow(value.checked_ilog10().unwrap_or(0).saturating_sub(1));
    value - value % unit
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn figures(shift: u32) -> Figures {
        Figures {
            shift,
            availability: 949,
            performance: 1000,
            quality: 49,
            ..Figures::default()
        }
    }

    #[test]
    fn shares_are_coarse() {
        let aggregate = Redactor::new(0, 0).release(&figures(1), 0).unwrap();
        let shares = (
            aggregate.availability,
            aggregate.performance,
            aggregate.quality,
        );
        assert_eq!(shares, (90, 100, 0));
    }

    #[test]
    fn counts_keep_two_digits() {
        let cases = [
            (0, 0),
            (7, 7),
            (42, 42),
            (139, 130),
            (4_999, 4_900),
            (u32::MAX, 4_200_000_000),
        ];
        for (count, rounded) in cases {
            assert_eq!(leading_digits(count), rounded, "{count}");
        }
    }

    #[test]
    fn once_per_shift_and_interval() {
        let mut redactor = Redactor::new(10, 0);
        assert!(
            redactor.release(&figures(5), 9_999_999_999).is_none(),
            "just started"
        );
        assert!(redactor.release(&figures(5), 10_000_000_000).is_some());
        assert!(
            redactor.release(&figures(5), 30_000_000_000).is_none(),
            "same shift"
        );
        assert!(
            redactor.release(&figures(4), 30_000_000_000).is_none(),
            "earlier shift"
        );
        assert!(
            redactor.release(&figures(6), 9_999_999_999).is_none(),
            "too soon"
        );
        assert!(redactor.release(&figures(6), 20_000_000_000).is_some());
    }

    proptest! {
        #[test]
        fn the_recipe_changes_nothing(
            fill_ml in any::<u16>(), speed_bph in any::<u16>(), oee in any::<u16>(), bad in any::<u32>(),
            shift in any::<u32>(), good in any::<u32>(), quality in 0..1001_u16,
        ) {
            let plain = Figures { shift, good, quality, ..Figures::default() };
            let telling = Figures { fill_ml, speed_bph, oee, bad, ..plain };
            let release = |figures| Redactor::new(0, 0).release(figures, 0);
            prop_assert_eq!(release(&plain), release(&telling));
        }
    }
}
