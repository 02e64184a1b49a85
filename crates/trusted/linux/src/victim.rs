//! Whom the kernel kills when memory runs out: in a partition the subject, which can be started again,
//! and not its keeper, which cannot.
//!
//! The kernel adds a process's adjustment, in thousandths of all memory (of the group, or of the
//! machine), to what the process uses, and kills the one with most (kernel: `oom_badness`). Where it
//! is permitted, keepers are put behind everything else, and their subjects stay where they would be.
//! Elsewhere an adjustment can only be raised: then subjects are put in front of everything else.

use std::io;

/// Behind everything that is not exempt.
const LAST: i32 = -999;
/// In front of everything.
const FIRST: i32 = 1000;

/// In the zygote: puts it, and so its copies, behind everything else, if that is permitted.
pub(crate) fn spare_keepers() {
    if own().is_ok_and(|own| own > LAST) {
        // Only whoever has the right may; the supervisor looks at what came of it.
        let _ = std::fs::write("/proc/self/oom_score_adj", LAST.to_string());
    }
}

/// The adjustments of this run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Places {
    /// Of keepers.
    pub keeper: i32,
    /// Of subjects.
    pub subject: i32,
}

/// What the adjustments must be in a run of which this is a keeper: whether it could be put behind shows only
/// there.
pub(crate) fn places(keeper: u32) -> io::Result<Places> {
    let own = own()?;
    let spared = of(&keeper.to_string())? == LAST && own > LAST;
    let (keeper, subject) = if spared { (LAST, own) } else { (own, FIRST) };
    Ok(Places { keeper, subject })
}

/// Sets the adjustment of the process of a subject, before its go.
pub(crate) fn choose(process: u32, adjustment: i32) -> io::Result<()> {
    std::fs::write(
        format!("/proc/{process}/oom_score_adj"),
        adjustment.to_string(),
    )
}

fn own() -> io::Result<i32> {
    of("self")
}

fn of(process: &str) -> io::Result<i32> {
    let text = std::fs::read_to_string(format!("/proc/{process}/oom_score_adj"))?;
    text.trim()
        .parse()
        .map_err(|_| io::ErrorKind::InvalidData.into())
}
