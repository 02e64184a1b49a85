//! The rules of scoring, one by one and as properties.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

use maturity::explain::{Deed, Obstacle, blocking};
use maturity::score::{Cell, ScopeLevels, levels};
use maturity::settle::{Standing, Voucher, combine};
use maturity::{Level, Scope, Word};
use proptest::prelude::*;

const YES: Standing = Standing::Yes(Voucher::Attested);
const COMPUTED: Standing = Standing::Yes(Voucher::Computed);

fn level(number: u8) -> Level {
    Level::new(i128::from(number)).unwrap()
}

fn standing(letter: char) -> Standing {
    match letter {
        'y' => YES,
        'c' => COMPUTED,
        'p' => Standing::Partly,
        'n' => Standing::No,
        '-' => Standing::NotApplicable,
        'u' => Standing::Unknown,
        _ => Standing::Missing,
    }
}

/// `g:yy/y i:y/n` is two general indicators at level 1, one at level 2, and so on.
fn cells(text: &str) -> Vec<Cell> {
    let mut cells = Vec::new();
    for part in text.split_whitespace() {
        let (scope, rest) = part.split_once(':').unwrap();
        let scope = match scope {
            "g" => Scope::General,
            "i" => Scope::Industry,
            _ => Scope::System,
        };
        for (number, letters) in (1..).zip(rest.split('/')) {
            let cell = |letter| Cell {
                level: level(number),
                scope,
                standing: standing(letter),
            };
            cells.extend(letters.chars().map(cell));
        }
    }
    cells
}

/// The levels at the three scopes; `.` where undefined.
fn check(text: &str) -> String {
    let show = |level: Option<Level>| level.map_or(".".to_owned(), |level| level.to_string());
    let levels = levels(&cells(text));
    Scope::ALL
        .iter()
        .map(|scope| show(levels.at(*scope)))
        .collect()
}

#[test]
fn hand_computed_levels() {
    for (text, expected) in [
        // General scope, cumulative.
        ("g:yy/yy/yy/yy", "4.."),
        ("g:yy/yn/yy/yy", "1.."),
        ("g:ny/yy/yy/yy", "0.."),
        ("g:yy/yy/yp/yy", "2.."),
        ("g:yy/yy/yu/yy", "2.."),
        ("g:yy/y?/yy/yy", "1.."),
        ("g:?/?/?/?", "0.."),
        // Not applicable: leaves out, but never vouches for a level.
        ("g:y-/y-/yy/yy", "4.."),
        ("g:yy/--/yy/yy", "1.."),
        ("g:yy/yy/yy/--", "3.."),
        ("g:--/yy/yy/yy", "0.."),
        // Computed evidence is enough up to level 2.
        ("g:cc/cc/cc/yy", "2.."),
        ("g:cc/cc/cy/cc", "3.."),
        ("g:cc/cc/cy/yc", "4.."),
        // Scopes: defined by a layer, never above a wider one.
        ("g:y/y/y/y i:y/y/y", "43."),
        ("g:y/y/y/y i:y/n/y", "41."),
        ("g:y/y/n/y i:y/y/y", "22."),
        ("g:y/y/y/y s:y/y/y", "4.3"),
        ("g:y/y/y/y i:y/n s:y/y/y", "411"),
        ("g:y/y/y/y i:y/y s:y/y/y", "422"),
        ("g:y/y/y/y i:/y", "42."),
        ("g:y/y/y/y i:/n", "41."),
        ("g:y/y/y/y i:-/-/-", "40."),
        ("g:y/y/y/y i:y/y/-", "42."),
        ("g:y/y/c/y i:y/y/y", "22."),
        ("g:y/y/y/y i:y/y/c", "43."),
        ("i:y/y", ".2."),
    ] {
        assert_eq!(check(text), expected, "{text}");
    }
}

#[test]
fn a_target_is_met_only_at_its_own_scope() {
    let levels = levels(&cells("g:y/y/y/y i:y/y"));
    let met = |number, scope| {
        levels
            .at(scope)
            .is_some_and(|reached| reached >= level(number))
    };
    assert!(met(3, Scope::General) && met(2, Scope::Industry));
    assert!(!met(3, Scope::Industry) && !met(1, Scope::System) && !met(0, Scope::System));
}

#[test]
fn several_assessors_are_combined_conservatively() {
    let check = |text: &str| combine(&text.chars().map(standing).collect::<Vec<_>>());
    for (text, expected) in [
        ("y", 'y'),
        ("yy", 'y'),
        ("yc", 'y'),
        ("cc", 'c'),
        ("yn", 'n'),
        ("pn", 'n'),
        ("yp", 'p'),
        ("yu", 'u'),
        ("up", 'p'),
        ("un", 'n'),
        ("--", '-'),
        ("-y", 'u'),
        ("-n", 'n'),
        ("-p", 'p'),
        ("", '?'),
        ("??", '?'),
        ("u", 'u'),
    ] {
        assert_eq!(check(text), standing(expected), "{text}");
    }
}

#[test]
fn obstacles_that_no_answer_can_remove_are_named() {
    let obstacles =
        |text: &str, number, scope| blocking(&cells(text), level(number), scope).obstacles;
    let all = "g:y/y/y/y";
    let scope = Scope::Industry;
    assert_eq!(
        obstacles(all, 2, scope),
        [Obstacle::ScopeUndefined { scope }]
    );
    let silent = Obstacle::LevelUndefined {
        scope,
        level: level(3),
    };
    assert_eq!(obstacles("g:y/y/y/y i:y/y", 3, scope), [silent]);
    let empty = Obstacle::NothingApplicable {
        scope: Scope::General,
        level: level(2),
    };
    assert_eq!(obstacles("g:y/-/y", 3, Scope::General), [empty]);
    assert_eq!(obstacles(all, 4, Scope::General), []);
    assert_eq!(
        blocking(&cells("g:c/c/cc"), level(3), Scope::General).cells,
        [(2, Deed::Attest)]
    );
}

fn any_standing() -> impl Strategy<Value = Standing> {
    prop::sample::select(vec!['y', 'y', 'y', 'c', 'p', 'n', '-', 'u', '?']).prop_map(standing)
}

fn any_cells(most: usize) -> impl Strategy<Value = Vec<Cell>> {
    let cell = (1_u8..=4, 0_usize..3, any_standing()).prop_map(|(number, scope, standing)| Cell {
        level: level(number),
        scope: Scope::ALL[scope],
        standing,
    });
    prop::collection::vec(cell, 0..most)
}

/// True if `a` says at least what `b` says: yes by a person above yes by a program above the rest.
fn better(standing: Standing) -> Vec<Standing> {
    match standing {
        Standing::Yes(Voucher::Attested) | Standing::NotApplicable => vec![],
        Standing::Yes(Voucher::Computed) => vec![YES],
        Standing::No => vec![Standing::Partly, COMPUTED, YES],
        _ => vec![COMPUTED, YES],
    }
}

/// The levels by the definition at the head of `score`, with all quantifiers written out.
fn by_definition(cells: &[Cell]) -> ScopeLevels {
    let mut levels = ScopeLevels::default();
    let defined: Vec<Scope> = Scope::ALL
        .iter()
        .copied()
        .filter(|scope| cells.iter().any(|cell| cell.scope == *scope))
        .collect();
    for scope in &defined {
        let reached = |wanted: u8| {
            (1..=wanted).all(|number| {
                defined.iter().filter(|wider| *wider <= scope).all(|wider| {
                    let here: Vec<&Cell> = cells
                        .iter()
                        .filter(|c| c.level == level(number) && c.scope <= *wider)
                        .filter(|c| c.standing != Standing::NotApplicable)
                        .collect();
                    let own = |c: &Cell| {
                        c.scope == *wider
                            && c.level >= level(number)
                            && c.standing != Standing::NotApplicable
                    };
                    !here.is_empty()
                        && here.iter().all(|c| matches!(c.standing, Standing::Yes(_)))
                        && cells.iter().any(own)
                        && (number < 3 || here.iter().any(|c| c.standing == YES))
                })
            })
        };
        let most = (0..=4).rev().find(|number| reached(*number)).map(level);
        match scope {
            Scope::General => levels.general = most,
            Scope::Industry => levels.industry = most,
            Scope::System => levels.system = most,
        }
    }
    levels
}

proptest! {
    #[test]
    fn levels_are_those_of_the_definition(cells in any_cells(16)) {
        prop_assert_eq!(levels(&cells), by_definition(&cells));
    }

    #[test]
    fn a_better_answer_never_lowers_a_level(cells in any_cells(16), at in any::<prop::sample::Index>()) {
        prop_assume!(!cells.is_empty());
        let before = levels(&cells);
        let at = at.index(cells.len());
        for standing in better(cells[at].standing) {
            let mut improved = cells.clone();
            improved[at].standing = standing;
            let after = levels(&improved);
            for scope in Scope::ALL {
                prop_assert!(after.at(*scope) >= before.at(*scope), "{scope}");
            }
        }
    }

    #[test]
    fn levels_fall_as_the_scope_narrows(cells in any_cells(16)) {
        let levels = levels(&cells);
        let defined: Vec<Level> = Scope::ALL.iter().filter_map(|scope| levels.at(*scope)).collect();
        prop_assert!(defined.is_sorted_by(|wide, narrow| wide >= narrow), "{defined:?}");
    }

    #[test]
    fn a_reached_level_has_nothing_unsatisfied_at_or_below_it(cells in any_cells(16)) {
        let levels = levels(&cells);
        for cell in cells.iter().filter(|cell| cell.standing.applies()) {
            for scope in Scope::ALL.iter().filter(|scope| **scope >= cell.scope) {
                if levels.at(*scope).is_some_and(|reached| reached >= cell.level) {
                    prop_assert!(cell.standing.is_yes());
                }
            }
        }
    }

    #[test]
    fn the_order_does_not_matter(cells in any_cells(16), seed in any::<u64>()) {
        let mut other = cells.clone();
        let mut state = seed;
        for at in (1..other.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            other.swap(at, (state >> 33) as usize % (at + 1));
        }
        prop_assert_eq!(levels(&cells), levels(&other));
        let standings = |cells: &[Cell]| cells.iter().map(|cell| cell.standing).collect::<Vec<_>>();
        prop_assert_eq!(combine(&standings(&cells)), combine(&standings(&other)));
    }

    #[test]
    fn unknown_counts_as_no(cells in any_cells(16)) {
        let mut other = cells.clone();
        for cell in &mut other {
            if matches!(cell.standing, Standing::Unknown | Standing::Missing | Standing::Partly) {
                cell.standing = Standing::No;
            }
        }
        prop_assert_eq!(levels(&cells), levels(&other));
    }

    #[test]
    fn an_explanation_is_a_smallest_set_that_works(
        cells in any_cells(9), number in 1_u8..=4, scope in 0_usize..3,
    ) {
        let (wanted, scope) = (level(number), Scope::ALL[scope]);
        let works = |mask: u32| {
            let mut changed = cells.clone();
            for (at, cell) in changed.iter_mut().enumerate() {
                if mask & (1 << at) != 0 && cell.standing.applies() {
                    cell.standing = YES;
                }
            }
            levels(&changed).at(scope).is_some_and(|reached| reached >= wanted)
        };
        let least = (0_u32..1 << cells.len()).filter(|mask| works(*mask)).map(u32::count_ones).min();
        let found = blocking(&cells, wanted, scope);
        match least {
            None => prop_assert!(!found.obstacles.is_empty(), "{found:?}"),
            Some(least) => {
                prop_assert_eq!(&found.obstacles, &[]);
                prop_assert_eq!(found.cells.len(), least as usize);
                let mask = found.cells.iter().fold(0, |mask, (at, _)| mask | (1 << at));
                prop_assert!(works(mask));
            }
        }
    }
}
