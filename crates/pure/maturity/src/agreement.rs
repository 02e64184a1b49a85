//! How far several assessors agree. Only indicators that all of them answered are compared.
//!
//! - Percent agreement: the share of pairs of assessors who gave the same answer.
//! - Cohen's kappa for two: (po − pe) / (1 − pe), with po the observed agreement and pe the sum over
//!   the answers of the product of the two assessors' shares (J. Cohen, 1960, Educational and
//!   Psychological Measurement 20:37).
//! - Fleiss' kappa for two or more: the same form, with po the mean over items of the share of
//!   agreeing pairs and pe the sum of the squared overall shares (J. L. Fleiss, 1971, Psychological
//!   Bulletin 76:378). For two assessors it is Scott's pi and need not equal Cohen's.
//!
//! A kappa is undefined if nothing is compared or if chance alone would agree always (pe = 1). Below
//! [`ITEMS_MIN`] indicators no figure is given: it would say more about chance than about people.

use crate::project::Assessment;
use crate::words::{Answer, Word};
use serde::Serialize;
use std::collections::BTreeMap;

/// Indicators that all assessors must have answered before a figure says anything.
pub const ITEMS_MIN: usize = 30;

/// How far the assessors of an assessment agree.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Agreement {
    /// The assessors who answered anything, by name.
    pub assessors: Vec<String>,
    /// Indicators that all of them answered.
    pub items: usize,
    /// Share of agreeing pairs, 0 to 1; none below [`ITEMS_MIN`] items, as with both kappas.
    pub agreement: Option<f64>,
    /// Cohen's kappa, for exactly two assessors.
    pub cohen: Option<f64>,
    /// Fleiss' kappa.
    pub fleiss: Option<f64>,
    /// The indicators on which they differ.
    pub disputed: Vec<String>,
}

/// Compares the answers of an assessment.
pub fn agreement(assessment: &Assessment) -> Agreement {
    let mut given: BTreeMap<&str, BTreeMap<&str, Answer>> = BTreeMap::new();
    for answer in &assessment.answers {
        if let Some(by) = answer.by.as_deref().filter(|_| answer.computed.is_none()) {
            given
                .entry(&answer.indicator)
                .or_default()
                .insert(by, answer.answer);
        }
    }
    let mut assessors: Vec<String> = given
        .values()
        .flat_map(BTreeMap::keys)
        .map(|name| (*name).to_owned())
        .collect();
    assessors.sort();
    assessors.dedup();
    if assessors.len() < 2 {
        return Agreement {
            assessors,
            ..Agreement::default()
        };
    }
    given.retain(|_, answers| answers.len() == assessors.len());
    let items: Vec<Vec<Answer>> = given
        .values()
        .map(|answers| answers.values().copied().collect())
        .collect();
    let disputed = given.iter().filter(|(_, answers)| {
        let mut answers = answers.values();
        let first = answers.next();
        answers.any(|answer| Some(answer) != first)
    });
    let enough = items.len() >= ITEMS_MIN;
    let figure = |of: fn(&[Vec<Answer>]) -> Option<f64>| enough.then(|| of(&items)).flatten();
    Agreement {
        items: items.len(),
        agreement: figure(percent),
        cohen: figure(cohen),
        fleiss: figure(fleiss),
        disputed: disputed.map(|(id, _)| (*id).to_owned()).collect(),
        assessors,
    }
}

/// Share of agreeing pairs over all items, each answered by the same number of assessors.
pub fn percent(items: &[Vec<Answer>]) -> Option<f64> {
    let shares: Vec<f64> = items.iter().filter_map(|item| agreeing(item)).collect();
    mean(&shares).filter(|_| shares.len() == items.len())
}

/// Cohen's kappa of items answered by two assessors, always in the same order.
pub fn cohen(items: &[Vec<Answer>]) -> Option<f64> {
    let pairs: Option<Vec<(Answer, Answer)>> = items
        .iter()
        .map(|item| match item.as_slice() {
            [one, other] => Some((*one, *other)),
            _ => None,
        })
        .collect();
    let pairs = pairs?;
    let total = pairs.len() as f64;
    let share = |wanted: &dyn Fn(&(Answer, Answer)) -> bool| {
        pairs.iter().filter(|pair| wanted(pair)).count() as f64 / total
    };
    let observed = share(&|(one, other)| one == other);
    let by_answer = Answer::ALL
        .iter()
        .map(|answer| share(&|(one, _)| one == answer) * share(&|(_, other)| other == answer));
    kappa(observed, by_answer.sum(), pairs.len())
}

/// Fleiss' kappa of items answered by the same number (two or more) of assessors.
pub fn fleiss(items: &[Vec<Answer>]) -> Option<f64> {
    let raters = items.first()?.len();
    if items.iter().any(|item| item.len() != raters) {
        return None;
    }
    let observed = percent(items)?;
    let total = (items.len() * raters) as f64;
    let by_answer = Answer::ALL.iter().map(|answer| {
        let given = items
            .iter()
            .flatten()
            .filter(|other| *other == answer)
            .count() as f64;
        (given / total).powi(2)
    });
    kappa(observed, by_answer.sum(), items.len())
}

fn kappa(observed: f64, by_chance: f64, items: usize) -> Option<f64> {
    let room = 1.0 - by_chance;
    (items > 0 && room > 1e-12).then(|| (observed - by_chance) / room)
}

/// Share of agreeing pairs within one item.
fn agreeing(item: &[Answer]) -> Option<f64> {
    let raters = item.len();
    if raters < 2 {
        return None;
    }
    let same = Answer::ALL.iter().map(|answer| {
        let count = item.iter().filter(|other| *other == answer).count();
        count * count.saturating_sub(1)
    });
    Some(same.sum::<usize>() as f64 / (raters * (raters - 1)) as f64)
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(columns: &[&str]) -> Vec<Vec<Answer>> {
        let answer = |c: char| match c {
            'y' => Answer::Yes,
            'p' => Answer::Partly,
            _ => Answer::No,
        };
        columns
            .iter()
            .map(|item| item.chars().map(answer).collect())
            .collect()
    }

    fn close(value: Option<f64>, expected: f64) {
        assert!(
            (value.unwrap() - expected).abs() < 1e-9,
            "{value:?} is not {expected}"
        );
    }

    #[test]
    fn cohen_agrees_with_a_hand_computed_table() {
        // 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: po = 0.7, pe = 0.5*0.6 + 0.5*0.4 = 0.5.
        let mut all = vec!["yy"; 20];
        all.extend(["yn"; 5]);
        all.extend(["ny"; 10]);
        all.extend(["nn"; 15]);
        close(cohen(&items(&all)), 0.4);
        close(percent(&items(&all)), 0.7);
        // Fleiss pools: yes 55 of 100, no 45: pe = 0.505.
        close(fleiss(&items(&all)), (0.7 - 0.505) / 0.495);
    }

    #[test]
    fn fleiss_agrees_with_a_hand_computed_table_of_three() {
        // Shares of agreeing pairs 1, 1/3, 0: po = 4/9. yes 5, partly 1, no 3 of 9: pe = 35/81.
        let all = items(&["yyy", "yyn", "pnn"]);
        let all = [all[0].clone(), all[1].clone(), items(&["ypn"])[0].clone()];
        // yes 6, partly 1, no 2 of 9: pe = 41/81.
        close(
            fleiss(&all),
            (4.0 / 9.0 - 41.0 / 81.0) / (1.0 - 41.0 / 81.0),
        );
        close(percent(&all), 4.0 / 9.0);
    }

    #[test]
    fn what_is_undefined_stays_undefined() {
        assert_eq!((cohen(&[]), fleiss(&[]), percent(&[])), (None, None, None));
        let same = items(&["yy", "yy"]);
        assert_eq!((cohen(&same), fleiss(&same)), (None, None));
        close(percent(&same), 1.0);
        assert_eq!(cohen(&items(&["yyy"])), None);
        assert_eq!(fleiss(&items(&["yyy", "yy"])), None);
        assert_eq!(percent(&items(&["y"])), None);
    }
}
