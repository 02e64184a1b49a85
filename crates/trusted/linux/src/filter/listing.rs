//! The filter in words, for `docs/security.md`.

use super::rules::rules;
use super::{Answer, Fence, Rule};

/// An answer in words.
fn said(answer: Answer) -> String {
    match answer {
        Answer::Allow => "permitted".to_owned(),
        Answer::Refuse(error) => format!("`{}`, not recorded", error_name(error)),
        Answer::Count(error) => format!("`{}`, counted", error_name(error)),
        Answer::Notify => "denied and recorded".to_owned(),
        Answer::Kill => "killed".to_owned(),
    }
}

/// What becomes of which call, in words: an answer, and the calls that get it. First without grants, then what
/// a granted socket adds.
pub fn table() -> Vec<(String, Vec<&'static str>)> {
    let sockets = [
        (5, Fence::Stream),
        (6, Fence::Listener),
        (7, Fence::DatagramIn),
        (8, Fence::DatagramOut),
    ];
    let without = rules(&[]);
    let known = |rule: &Rule| {
        let alike =
            |other: &&Rule| other.number == rule.number && other.cases.len() == rule.cases.len();
        without.iter().any(|other| alike(&other))
    };
    let mut with = rules(&sockets);
    with.retain(|rule| !known(rule));
    let mut rows: Vec<(String, Vec<u32>)> = Vec::new();
    for (rules, condition) in [(&without, ""), (&with, ", if a socket is granted")] {
        for rule in rules {
            let otherwise = said(rule.otherwise);
            let answer = match (rule.cases.is_empty(), rule.otherwise) {
                (true, _) => format!("{otherwise}{condition}"),
                (false, Answer::Allow) => {
                    let mut others: Vec<String> =
                        rule.cases.iter().map(|case| said(case.answer)).collect();
                    others.dedup();
                    let others = others.join(" or ");
                    format!("permitted, with some arguments {others}{condition}")
                }
                (false, _) => format!("permitted with some arguments, else {otherwise}{condition}"),
            };
            match rows.iter_mut().find(|(known, _)| *known == answer) {
                Some((_, numbers)) => numbers.push(rule.number),
                None => rows.push((answer, vec![rule.number])),
            }
        }
    }
    let named = |(answer, mut numbers): (String, Vec<u32>)| {
        numbers.sort_unstable();
        let names = numbers
            .into_iter()
            .map(|number| crate::calls::name(number.into()));
        (answer, names.collect())
    };
    rows.into_iter().map(named).collect()
}

fn error_name(error: i32) -> &'static str {
    match error {
        libc::EPERM => "EPERM",
        libc::EINVAL => "EINVAL",
        libc::ENOSYS => "ENOSYS",
        _ => "an error",
    }
}
