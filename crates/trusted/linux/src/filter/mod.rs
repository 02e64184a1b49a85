//! The filter of a subject's process: an own emitter of classic BPF, and what is permitted.
//!
//! Three answers are possible besides permission: an error for what a C library and `std` probe at
//! start, death for foreign call interfaces, and for everything else a notification: the supervisor
//! records the call and kills. Arguments are compared as 32-bit halves; a pointer is null only if
//! both halves are.

mod emitter;
mod listing;
mod rules;
mod tables;
#[cfg(test)]
mod tests;

pub use listing::table;
pub use tables::PAST_EVERY_FILTER;

use emitter::{X32_FIRST, emit};
use rules::rules;

/// What the filter answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Allow,
    /// The kernel answers with this error; nobody is told.
    Refuse(i32),
    /// The supervisor is told, counts it and answers with this error.
    Count(i32),
    Notify,
    Kill,
}

impl Answer {
    fn value(self) -> u32 {
        match self {
            Self::Allow => libc::SECCOMP_RET_ALLOW,
            Self::Refuse(errno) => {
                libc::SECCOMP_RET_ERRNO | (errno.cast_unsigned() & libc::SECCOMP_RET_DATA)
            }
            Self::Count(_) | Self::Notify => libc::SECCOMP_RET_USER_NOTIF,
            Self::Kill => libc::SECCOMP_RET_KILL_PROCESS,
        }
    }
}

/// `half of an argument & mask == value`.
#[derive(Clone, Copy, Debug)]
struct Test {
    argument: u32,
    high: bool,
    mask: u32,
    value: u32,
}

/// An answer given when all tests hold.
#[derive(Clone, Debug)]
struct Case {
    tests: Vec<Test>,
    answer: Answer,
}

/// What happens on one call: the first case that holds, else the last answer.
#[derive(Clone, Debug)]
struct Rule {
    number: u32,
    cases: Vec<Case>,
    otherwise: Answer,
}

/// What a descriptor of a subject is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fence {
    /// A connected stream.
    Stream,
    /// A listening socket.
    Listener,
    /// A datagram socket that only receives.
    DatagramIn,
    /// A connected datagram socket that only sends.
    DatagramOut,
    /// A file or device, opened with the rights it needs.
    File,
}

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The kernel does what it is asked.
    Permitted,
    /// It is answered with this error; the subject goes on.
    Refused(i32),
    /// It is recorded, and the subject is killed.
    Denied,
    /// The kernel kills the subject at once.
    Killed,
}

impl From<Answer> for Outcome {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Allow => Self::Permitted,
            Answer::Refuse(error) | Answer::Count(error) => Self::Refused(error),
            Answer::Notify => Self::Denied,
            Answer::Kill => Self::Killed,
        }
    }
}

/// What a subject may call.
#[derive(Clone, Debug)]
pub struct Rules(Vec<Rule>);

impl Rules {
    /// Those of a subject with these descriptors.
    pub fn new(fences: &[(i32, Fence)]) -> Self {
        Self(rules(fences))
    }

    /// The filter program.
    ///
    /// It is at most 4096 instructions, the kernel's limit, for up to 64 descriptors.
    pub fn program(&self) -> Vec<libc::sock_filter> {
        emit(&self.0)
    }

    /// What becomes of a call.
    pub fn outcome(&self, number: u32, arguments: [u64; 6]) -> Outcome {
        if number >= X32_FIRST {
            return Outcome::Killed;
        }
        expected(&self.0, number, arguments).into()
    }
}

/// The rules, read as they are written.
fn expected(rules: &[Rule], number: u32, arguments: [u64; 6]) -> Answer {
    let holds = |test: &Test| {
        let own = arguments.iter().zip(0..);
        // Of an argument that no call has nothing holds.
        own.filter(|(_, number)| *number == test.argument)
            .any(|(argument, _)| {
                let half = if test.high { argument >> 32 } else { *argument };
                (half & u64::from(u32::MAX)) as u32 & test.mask == test.value
            })
    };
    let Some(rule) = rules.iter().find(|rule| rule.number == number) else {
        return Answer::Notify;
    };
    let case = rule.cases.iter().find(|case| case.tests.iter().all(holds));
    case.map_or(rule.otherwise, |case| case.answer)
}
