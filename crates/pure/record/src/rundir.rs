//! The run directory: where a running system says of itself what others read, by which names and in which form.
//!
//! | file | content |
//! |---|---|
//! | [`LOCK`] | process id and system name of the run that holds the lock on it: a [`Holder`] |
//! | [`PLAN`] | the plan in force |
//! | [`MODEL`] | the model that the plan was made from, for the words of values; if the run was told |
//! | [`EVENTS`] | the hash-chained event log, if it has no directory of its own; [older ones](older_events) have a number |
//! | [`AUDIT`] | a socket: whoever may open it can ask for a look at all partitions |
//! | [`STATUS`] | the status page, replaced as a whole; it says where the event log is |
//!
//! Names and forms only: who writes is the supervisor, who reads takes everything in it for hostile.

use std::fmt;
use std::path::PathBuf;

/// Process id and system name of who holds the lock on it.
pub const LOCK: &str = "lock";
/// The plan in force.
pub const PLAN: &str = "plan.json";
/// The model that it was made from.
pub const MODEL: &str = "model.kdl";
/// The status page.
pub const STATUS: &str = "status.json";
/// The event log, if it has no directory of its own.
pub const EVENTS: &str = "events.jsonl";
/// The socket at which a look at all partitions is asked for.
pub const AUDIT: &str = "audit";
/// What shows that something ran here.
pub const EVIDENCE: [&str; 2] = [PLAN, STATUS];

/// Most bytes of the lock file that mean anything.
pub const LOCK_BYTES_MAX: u64 = 256;
/// Most names for event logs of earlier runs.
const OLDER_MAX: u32 = 1000;

/// Variable that names the directory under which run directories lie, instead of the usual place.
pub const VARIABLE: &str = "BULKHEAD_RUN_DIR";
/// Where the run directories of root lie.
pub const ROOTS: &str = "/run/bulkhead";

/// The directory under which the run directories of a user lie: that of [`VARIABLE`]; else [`ROOTS`] for root,
/// `$XDG_RUNTIME_DIR/bulkhead` or `/tmp/bulkhead-UID`. Each system has one of its own name in it.
pub fn base(user: u32, variable: impl Fn(&str) -> Option<PathBuf>) -> PathBuf {
    let variable = |name| variable(name).filter(|path| path.is_absolute());
    if let Some(given) = variable(VARIABLE) {
        return given;
    }
    if user == 0 {
        return PathBuf::from(ROOTS);
    }
    match variable("XDG_RUNTIME_DIR") {
        Some(runtime) => runtime.join("bulkhead"),
        None => PathBuf::from(format!("/tmp/bulkhead-{user}")),
    }
}

/// The name under which a file is written before it takes its place.
pub fn aside(name: &str) -> String {
    format!("{name}.new")
}

/// Names for the event log of an earlier run, the first that is free.
pub fn older_events() -> impl Iterator<Item = String> {
    let numbered = (2..OLDER_MAX).map(|number| format!("events.previous-{number}.jsonl"));
    std::iter::once("events.previous.jsonl".to_owned()).chain(numbered)
}

/// All that a run may leave besides event logs, the lock last.
pub fn left() -> impl Iterator<Item = String> {
    let replaced = [STATUS, MODEL, PLAN].into_iter();
    let replaced = replaced.flat_map(|name| [name.to_owned(), aside(name)]);
    let audit = std::iter::once(AUDIT.to_owned());
    audit.chain(replaced).chain([LOCK.to_owned()])
}

/// Who holds, or held last, the lock on a run directory: the line in its lock file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Process id of the supervisor.
    pub pid: u32,
    /// System name.
    pub system: String,
}

impl Holder {
    /// Reads the line; none if it is not one, as in a lock that was just made.
    pub fn parse(text: &str) -> Option<Self> {
        let (pid, system) = text.strip_suffix('\n')?.split_once(' ')?;
        let holder = Self {
            pid: pid.parse().ok()?,
            system: system.to_owned(),
        };
        // As it was written, and in no other way.
        (holder.to_string() == text && !system.contains('\n')).then_some(holder)
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}", self.pid, self.system)
    }
}

/// Whether a directory, or with `itself` false the one above it, may be believed by a user, from its owner and
/// mode: nobody else may be able to put files there, nor to replace it; a parent with the sticky bit is fine.
///
/// # Errors
/// Why not.
pub fn believed(user: u32, owner: u32, mode: u32, itself: bool) -> Result<(), String> {
    let ours = owner == user || (!itself && owner == 0);
    let sticky = mode & 0o1000 != 0 && !itself;
    match (ours, mode & 0o022 != 0 && !sticky) {
        (false, _) => Err(format!("it belongs to another user, {owner}")),
        (true, true) => Err("another user may write there".to_owned()),
        (true, false) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn each_user_has_a_place() {
        let of = |user, given: &[(&str, &str)]| {
            base(user, |name| {
                let found = given.iter().find(|(own, _)| *own == name);
                found.map(|(_, value)| PathBuf::from(value))
            })
        };
        let runtime = ("XDG_RUNTIME_DIR", "/run/user/7");
        assert_eq!(of(0, &[runtime]), Path::new(ROOTS));
        assert_eq!(of(7, &[runtime]), Path::new("/run/user/7/bulkhead"));
        assert_eq!(of(7, &[]), Path::new("/tmp/bulkhead-7"));
        assert_eq!(of(7, &[("XDG_RUNTIME_DIR", "here")]), of(7, &[]));
        for user in [0, 7] {
            assert_eq!(of(user, &[runtime, (VARIABLE, "/r")]), Path::new("/r"));
            assert_eq!(of(user, &[(VARIABLE, "r")]), of(user, &[]));
        }
    }

    #[test]
    fn the_lock_says_who_holds_it() {
        let holder = Holder {
            pid: 4711,
            system: "line".to_owned(),
        };
        assert_eq!(holder.to_string(), "4711 line\n");
        assert_eq!(Holder::parse("4711 line\n"), Some(holder));
        let others = ["", "\n", "4711", "4711 line", "-1 line\n", "x line\n"];
        for other in others.iter().chain(&["+1 a\n", "01 a\n", "1 a\nb\n"]) {
            assert_eq!(Holder::parse(other), None, "{other}");
        }
    }

    #[test]
    fn a_run_leaves_what_it_may_have_written() {
        let left: Vec<String> = left().collect();
        for name in [AUDIT, STATUS, MODEL, PLAN] {
            assert!(left.contains(&name.to_owned()), "{name}");
        }
        assert!(left.contains(&"status.json.new".to_owned()));
        assert_eq!(left.last().map(String::as_str), Some(LOCK));
        assert!(!left.contains(&EVENTS.to_owned()));
        let mut older = older_events();
        assert_eq!(older.next().as_deref(), Some("events.previous.jsonl"));
        assert_eq!(older.next().as_deref(), Some("events.previous-2.jsonl"));
        assert_eq!(older.last().as_deref(), Some("events.previous-999.jsonl"));
    }

    #[test]
    fn what_others_may_write_to_is_not_believed() {
        for (owner, mode, itself, is) in [
            (7, 0o700, true, true),
            (7, 0o755, true, true),
            (7, 0o770, true, false),
            (7, 0o1777, true, false),
            (0, 0o755, true, false),
            (0, 0o755, false, true),
            (0, 0o1777, false, true),
            (0, 0o777, false, false),
            (8, 0o700, false, false),
        ] {
            let found = believed(7, owner, mode, itself).is_ok();
            assert_eq!(found, is, "{owner} {mode:o} {itself}");
        }
    }
}
