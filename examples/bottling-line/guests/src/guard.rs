//! Core of `command-guard`: the only way from a wish to a set point.
//!
//! A set point passes only if it lies within the recipe's limits, differs from the present one by no
//! more than the ramp, and the safety controller permits it now. Remote wishes count only while the
//! operator has enabled them. Wishes are targets: the guard walks towards them in steps, and forgets
//! them the moment anything it judges by is missing.

use crate::recipe::Limits;
use crate::registers::{COUNT, Register, Values};
use std::fmt;

/// Longest enable of remote wishes, in minutes.
pub const ENABLE_MIN_MAX: u8 = 30;
/// Pause between two set points, in nanoseconds. The gate admits two a second, and both work in turns:
/// with half a second the third would at times come to it within the same second.
pub const STEP_NS: u64 = 600_000_000;
/// Age from which a waiting wish is not executed any more, in nanoseconds. After a restart of the
/// guard a drop-oldest queue shows old wishes again.
pub const WISH_AGE_NS_MAX: u64 = 2_000_000_000;
/// Steps after which a target that is not reached is given up.
const STEPS_MAX: u16 = 240;
const MINUTE_NS: u64 = 60_000_000_000;

/// Where a wish comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The operator panel.
    Panel,
    /// The cloud, through the uplink.
    Cloud,
    /// The vendor, through the vendor session.
    Vendor,
}

impl Source {
    /// As in events and alarms.
    pub fn name(self) -> &'static str {
        match self {
            Self::Panel => "panel",
            Self::Cloud => "cloud",
            Self::Vendor => "vendor",
        }
    }
}

/// What someone wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// A set point at this position with this value.
    Set {
        /// Position of the register.
        register: u8,
        /// Value.
        value: u16,
    },
    /// Let remote wishes count for so many minutes.
    EnableRemote {
        /// 1 to [`ENABLE_MIN_MAX`].
        minutes: u8,
    },
    /// Let them count no longer.
    DisableRemote,
}

impl fmt::Display for Wish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Set { register, value } => match Register::at(*register) {
                Some(register) => write!(f, "{register} {value}"),
                None => write!(f, "register {register} {value}"),
            },
            Self::EnableRemote { minutes } => write!(f, "remote on {minutes}"),
            Self::DisableRemote => write!(f, "remote off"),
        }
    }
}

/// Why a wish, or the rest of it, is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It waited too long.
    TooOld,
    /// There is no such register.
    NoSuchRegister,
    /// Only the panel may say this.
    NotFromHere,
    /// Remote wishes are not enabled.
    RemoteDisabled,
    /// An enable of no time or too much.
    EnableTooLong,
    /// There are no limits to judge by.
    NoRecipe,
    /// Outside the recipe.
    OutsideRecipe,
    /// The safety controller does not permit changes, or has not been heard.
    NotPermitted,
    /// The present values are not known.
    NoLiveValues,
    /// The present value is so far outside the recipe that no permitted step leads back.
    PresentOutsideRecipe,
    /// The controller does not follow.
    NotReached,
}

impl Refusal {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooOld => "too-old",
            Self::NoSuchRegister => "no-such-register",
            Self::NotFromHere => "not-from-here",
            Self::RemoteDisabled => "remote-disabled",
            Self::EnableTooLong => "enable-too-long",
            Self::NoRecipe => "no-recipe",
            Self::OutsideRecipe => "outside-recipe",
            Self::NotPermitted => "not-permitted",
            Self::NoLiveValues => "no-live-values",
            Self::PresentOutsideRecipe => "present-outside-recipe",
            Self::NotReached => "not-reached",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// What the guard judges by, as it is now. What is stale is absent.
#[derive(Clone, Copy, Debug, Default)]
pub struct World {
    /// Limits of the current recipe.
    pub limits: Option<Limits>,
    /// Set points in effect.
    pub present: Option<Values>,
    /// The safety controller permits changes, said recently.
    pub permitted: bool,
}

impl World {
    /// Whether anything may be changed at all.
    fn judge(&self) -> Result<(Limits, Values), Refusal> {
        let limits = self.limits.ok_or(Refusal::NoRecipe)?;
        if !self.permitted {
            return Err(Refusal::NotPermitted);
        }
        let present = self.present.ok_or(Refusal::NoLiveValues)?;
        Ok((limits, present))
    }
}

#[derive(Clone, Copy, Debug)]
struct Target {
    source: Source,
    value: u16,
    steps: u16,
}

/// What the guard gives out in a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// A set point for the gate.
    SetPoint(Register, u16),
    /// A target is reached.
    Reached(Source, Register, u16),
    /// A target is given up.
    GivenUp(Source, Register, Refusal),
}

/// The guard's memory: targets, and how long remote wishes count.
#[derive(Debug, Default)]
pub struct Guard {
    targets: [Option<Target>; COUNT],
    remote_until_ns: u64,
    stepped_ns: Option<u64>,
    turn: usize,
}

impl Guard {
    /// Takes a wish in or refuses it.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn offer(
        &mut self,
        source: Source,
        wish: Wish,
        age_ns: u64,
        world: &World,
        now_ns: u64,
    ) -> Result<(), Refusal> {
        if age_ns > WISH_AGE_NS_MAX {
            return Err(Refusal::TooOld);
        }
        match (wish, source) {
            (Wish::Set { register, value }, _) => self.aim(source, register, value, world, now_ns),
            (_, Source::Cloud | Source::Vendor) => Err(Refusal::NotFromHere),
            (Wish::EnableRemote { minutes }, Source::Panel) => {
                if !(1..=ENABLE_MIN_MAX).contains(&minutes) {
                    return Err(Refusal::EnableTooLong);
                }
                self.remote_until_ns = now_ns.saturating_add(u64::from(minutes) * MINUTE_NS);
                Ok(())
            }
            (Wish::DisableRemote, Source::Panel) => {
                self.remote_until_ns = 0;
                Ok(())
            }
        }
    }

    /// Whether remote wishes count.
    pub fn remote_enabled(&self, now_ns: u64) -> bool {
        now_ns < self.remote_until_ns
    }

    fn aim(
        &mut self,
        source: Source,
        register: u8,
        value: u16,
        world: &World,
        now_ns: u64,
    ) -> Result<(), Refusal> {
        if source != Source::Panel && !self.remote_enabled(now_ns) {
            return Err(Refusal::RemoteDisabled);
        }
        let index = usize::from(register);
        let target = self.targets.get_mut(index).ok_or(Refusal::NoSuchRegister)?;
        let (limits, _) = world.judge()?;
        let span = limits.spans.get(index).ok_or(Refusal::NoSuchRegister)?;
        if !span.admits(value) {
            return Err(Refusal::OutsideRecipe);
        }
        *target = Some(Target {
            source,
            value,
            steps: 0,
        });
        Ok(())
    }

    /// One turn: at most one set point, never more often than [`STEP_NS`]. Call it until it gives
    /// nothing more.
    pub fn step(&mut self, world: &World, now_ns: u64) -> Option<Output> {
        for _ in 0..COUNT {
            let index = self.turn % COUNT;
            let target = self.targets.get(index).copied().flatten();
            let register = Register::at(u8::try_from(index).ok()?)?;
            let Some(target) = target else {
                self.turn = index + 1;
                continue;
            };
            match self.advance(register, target, world, now_ns) {
                Ok(None) => self.turn = index + 1,
                Ok(Some(output)) => {
                    if matches!(output, Output::SetPoint(..)) {
                        self.turn = index + 1;
                    }
                    return Some(output);
                }
                Err(refusal) => {
                    self.forget(register);
                    return Some(Output::GivenUp(target.source, register, refusal));
                }
            }
        }
        None
    }

    fn advance(
        &mut self,
        register: Register,
        target: Target,
        world: &World,
        now_ns: u64,
    ) -> Result<Option<Output>, Refusal> {
        if target.source != Source::Panel && !self.remote_enabled(now_ns) {
            return Err(Refusal::RemoteDisabled);
        }
        let (limits, present) = world.judge()?;
        let index = usize::from(register.index());
        let span = limits.spans.get(index).ok_or(Refusal::NoSuchRegister)?;
        if !span.admits(target.value) {
            return Err(Refusal::OutsideRecipe);
        }
        let present = present.get(register);
        if present == target.value {
            self.forget(register);
            return Ok(Some(Output::Reached(target.source, register, target.value)));
        }
        let pause_over = self
            .stepped_ns
            .is_none_or(|at| now_ns >= at.saturating_add(STEP_NS));
        if !pause_over {
            return Ok(None);
        }
        if target.steps >= STEPS_MAX {
            return Err(Refusal::NotReached);
        }
        let ramp = limits.ramps.get(register);
        let value = target
            .value
            .clamp(present.saturating_sub(ramp), present.saturating_add(ramp));
        if !span.admits(value) {
            return Err(Refusal::PresentOutsideRecipe);
        }
        if let Some(Some(target)) = self.targets.get_mut(index) {
            target.steps += 1;
        }
        self.stepped_ns = Some(now_ns);
        Ok(Some(Output::SetPoint(register, value)))
    }

    fn forget(&mut self, register: Register) {
        if let Some(target) = self.targets.get_mut(usize::from(register.index())) {
            *target = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registers::Span;
    use proptest::prelude::*;

    const SECOND: u64 = 1_000_000_000;

    fn world() -> World {
        let limits = Limits {
            version: 1,
            spans: [Span { min: 100, max: 200 }; COUNT],
            ramps: Values([10; COUNT]),
        };
        World {
            limits: Some(limits),
            present: Some(Values([150; COUNT])),
            permitted: true,
        }
    }

    fn set(value: u16) -> Wish {
        Wish::Set { register: 0, value }
    }

    fn offer(guard: &mut Guard, source: Source, wish: Wish, world: &World) -> Result<(), Refusal> {
        guard.offer(source, wish, 0, world, SECOND)
    }

    #[test]
    fn limits_are_inclusive() {
        for (value, refusal) in [
            (99, Err(Refusal::OutsideRecipe)),
            (100, Ok(())),
            (200, Ok(())),
            (201, Err(Refusal::OutsideRecipe)),
        ] {
            let mut guard = Guard::default();
            assert_eq!(
                offer(&mut guard, Source::Panel, set(value), &world()),
                refusal,
                "{value}"
            );
        }
    }

    #[test]
    fn each_refusal() {
        let offered = |source, wish, world: &World, age_ns| {
            Guard::default()
                .offer(source, wish, age_ns, world, SECOND)
                .unwrap_err()
        };
        let panel = Source::Panel;
        assert_eq!(
            offered(panel, set(150), &world(), WISH_AGE_NS_MAX + 1),
            Refusal::TooOld
        );
        let none = Wish::Set {
            register: 6,
            value: 150,
        };
        assert_eq!(offered(panel, none, &world(), 0), Refusal::NoSuchRegister);
        for source in [Source::Cloud, Source::Vendor] {
            assert_eq!(
                offered(source, set(150), &world(), 0),
                Refusal::RemoteDisabled
            );
            let enable = Wish::EnableRemote { minutes: 5 };
            assert_eq!(offered(source, enable, &world(), 0), Refusal::NotFromHere);
        }
        for minutes in [0, 31] {
            let enable = Wish::EnableRemote { minutes };
            assert_eq!(offered(panel, enable, &world(), 0), Refusal::EnableTooLong);
        }
        let no_recipe = World {
            limits: None,
            ..world()
        };
        assert_eq!(offered(panel, set(150), &no_recipe, 0), Refusal::NoRecipe);
        let forbidden = World {
            permitted: false,
            ..world()
        };
        assert_eq!(
            offered(panel, set(150), &forbidden, 0),
            Refusal::NotPermitted
        );
        let blind = World {
            present: None,
            ..world()
        };
        assert_eq!(offered(panel, set(150), &blind, 0), Refusal::NoLiveValues);
    }

    #[test]
    fn it_walks_in_ramps_with_pauses() {
        let mut guard = Guard::default();
        let mut world = world();
        offer(&mut guard, Source::Panel, set(175), &world).unwrap();
        let mut now = SECOND;
        let mut values = Vec::new();
        while values.len() < 3 {
            match guard.step(&world, now) {
                Some(Output::SetPoint(Register::FillVolume, value)) => {
                    values.push((now, value));
                    world.present = Some(Values([value, 150, 150, 150, 150, 150]));
                }
                None => now += 100_000_000,
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(
            values,
            [
                (SECOND, 160),
                (SECOND + STEP_NS, 170),
                (SECOND + 2 * STEP_NS, 175)
            ]
        );
        let reached = Output::Reached(Source::Panel, Register::FillVolume, 175);
        assert_eq!(guard.step(&world, now), Some(reached));
        assert_eq!(guard.step(&world, now + SECOND), None);
    }

    #[test]
    fn whatever_is_missing_ends_the_walk() {
        for (change, refusal) in [
            (
                World {
                    permitted: false,
                    ..world()
                },
                Refusal::NotPermitted,
            ),
            (
                World {
                    present: None,
                    ..world()
                },
                Refusal::NoLiveValues,
            ),
            (
                World {
                    limits: None,
                    ..world()
                },
                Refusal::NoRecipe,
            ),
        ] {
            let mut guard = Guard::default();
            offer(&mut guard, Source::Panel, set(200), &world()).unwrap();
            let given_up = Output::GivenUp(Source::Panel, Register::FillVolume, refusal);
            assert_eq!(guard.step(&change, SECOND), Some(given_up));
            assert_eq!(guard.step(&world(), 5 * SECOND), None, "it is forgotten");
        }
    }

    #[test]
    fn remote_wishes_count_while_enabled() {
        let mut guard = Guard::default();
        offer(
            &mut guard,
            Source::Panel,
            Wish::EnableRemote { minutes: 1 },
            &world(),
        )
        .unwrap();
        offer(&mut guard, Source::Vendor, set(200), &world()).unwrap();
        let step = guard.step(&world(), 60 * SECOND);
        assert_eq!(step, Some(Output::SetPoint(Register::FillVolume, 160)));
        let ended = Output::GivenUp(
            Source::Vendor,
            Register::FillVolume,
            Refusal::RemoteDisabled,
        );
        assert_eq!(guard.step(&world(), 61 * SECOND), Some(ended));
        offer(
            &mut guard,
            Source::Panel,
            Wish::EnableRemote { minutes: 1 },
            &world(),
        )
        .unwrap();
        offer(&mut guard, Source::Panel, Wish::DisableRemote, &world()).unwrap();
        let refused = offer(&mut guard, Source::Cloud, set(150), &world());
        assert_eq!(refused, Err(Refusal::RemoteDisabled));
    }

    #[test]
    fn no_step_lands_outside_the_recipe() {
        let mut guard = Guard::default();
        offer(&mut guard, Source::Panel, set(100), &world()).unwrap();
        let far = World {
            present: Some(Values([500; COUNT])),
            ..world()
        };
        let given_up = Output::GivenUp(
            Source::Panel,
            Register::FillVolume,
            Refusal::PresentOutsideRecipe,
        );
        assert_eq!(guard.step(&far, SECOND), Some(given_up));
    }

    #[test]
    fn a_controller_that_does_not_follow_is_given_up() {
        let mut guard = Guard::default();
        offer(&mut guard, Source::Panel, set(200), &world()).unwrap();
        let outputs: Vec<_> = (0..300)
            .filter_map(|turn| guard.step(&world(), turn * SECOND))
            .collect();
        assert_eq!(outputs.len(), usize::from(STEPS_MAX) + 1);
        let last = Output::GivenUp(Source::Panel, Register::FillVolume, Refusal::NotReached);
        assert_eq!(outputs.last(), Some(&last));
    }

    #[derive(Clone, Debug)]
    enum Move {
        Offer(u8, u8, u16, u64),
        Enable(u8, u8),
        Present([u16; COUNT]),
        Limits(u16, u16, u16),
        Lose(u8),
        Permit(bool),
        Wait(u64),
    }

    fn moves() -> impl Strategy<Value = Move> {
        prop_oneof![
            4 => (0..3_u8, 0..8_u8, 0..300_u16, 0..3 * SECOND)
                .prop_map(|(s, r, v, a)| Move::Offer(s, r, v, a)),
            1 => (0..3_u8, 0..40_u8).prop_map(|(s, m)| Move::Enable(s, m)),
            1 => prop::array::uniform6(0..300_u16).prop_map(Move::Present),
            1 => (0..300_u16, 0..300_u16, 0..40_u16).prop_map(|(a, b, r)| Move::Limits(a, b, r)),
            1 => (0..2_u8).prop_map(Move::Lose),
            1 => any::<bool>().prop_map(Move::Permit),
            6 => (0..2 * SECOND).prop_map(Move::Wait),
        ]
    }

    fn source(index: u8) -> Source {
        [Source::Panel, Source::Cloud, Source::Vendor][usize::from(index)]
    }

    proptest! {
        #[test]
        fn nothing_leaves_limits_ramp_permission_or_rate(
            moves in prop::collection::vec(moves(), 0..150)
        ) {
            let mut guard = Guard::default();
            let mut world = world();
            let (mut now, mut last, mut enabled_until) = (SECOND, None, 0);
            for change in moves {
                match change {
                    Move::Offer(s, register, value, age) => {
                        let _ = guard.offer(source(s), Wish::Set { register, value }, age, &world, now);
                    }
                    Move::Enable(s, minutes) => {
                        let wish = Wish::EnableRemote { minutes };
                        if guard.offer(source(s), wish, 0, &world, now).is_ok() {
                            prop_assert!(s == 0 && minutes <= 30);
                            enabled_until = now + u64::from(minutes) * 60 * SECOND;
                        }
                    }
                    Move::Present(values) => world.present = Some(Values(values)),
                    Move::Limits(a, b, ramp) => {
                        let spans = [Span { min: a.min(b), max: a.max(b) }; COUNT];
                        let ramps = Values([ramp; COUNT]);
                        world.limits = Some(Limits { version: 1, spans, ramps });
                    }
                    Move::Lose(0) => world.present = None,
                    Move::Lose(_) => world.limits = None,
                    Move::Permit(permitted) => world.permitted = permitted,
                    Move::Wait(pause) => now += pause,
                }
                let mut outputs = 0;
                while let Some(output) = guard.step(&world, now) {
                    outputs += 1;
                    prop_assert!(outputs <= 2 * COUNT);
                    let Output::SetPoint(register, value) = output else { continue };
                    let limits = world.limits.expect("limits are known");
                    let present = world.present.expect("values are known").get(register);
                    prop_assert!(world.permitted);
                    prop_assert!(limits.spans[usize::from(register.index())].admits(value));
                    prop_assert!(value.abs_diff(present) <= limits.ramps.get(register));
                    prop_assert!(last.is_none_or(|last| now - last >= STEP_NS));
                    last = Some(now);
                }
                prop_assert_eq!(guard.remote_enabled(now), now < enabled_until);
            }
        }
    }
}
