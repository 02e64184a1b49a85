//! The subjects of the first system; `docs/subjects.md` walks through them.

mod messages;

pub use messages::Level;

/// The guard's whole policy: a level is passed on if it is not above the most.
pub fn plausible(level: &Level, most_ml: u16) -> bool {
    level.level <= most_ml
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passes_plausible_levels() {
        let level = |level| Level { level, at: 0 };
        assert!(plausible(&level(0), 1500) && plausible(&level(1500), 1500));
        assert!(!plausible(&level(1501), 1500));
    }
}
