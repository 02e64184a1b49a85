//! The texts of `/proc`, read. Whatever cannot be understood is said so (`None`), never guessed.

use crate::seen::{Limit, Mapping, Mount, Schedule, Status};
use std::collections::BTreeMap;

/// Lines of `maps`: `start-end rights offset major:minor inode name`.
pub fn maps(text: &str) -> Option<Vec<Mapping>> {
    text.lines().map(mapping).collect()
}

fn mapping(line: &str) -> Option<Mapping> {
    let (range, rest) = line.split_once(' ')?;
    let (rights, rest) = rest.split_once(' ')?;
    let (offset, rest) = rest.split_once(' ')?;
    let (device, rest) = rest.split_once(' ')?;
    let (inode, name) = rest.split_once(' ').unwrap_or((rest, ""));
    let (start, end) = range.split_once('-')?;
    let (major, minor) = device.split_once(':')?;
    Some(Mapping {
        start: hex(start)?,
        end: hex(end)?,
        rights: Some(rights).filter(|rights| rights.len() == 4)?.to_owned(),
        offset: hex(offset)?,
        device: (hex(major)?.try_into().ok()?, hex(minor)?.try_into().ok()?),
        inode: inode.parse().ok()?,
        name: name.trim_start().to_owned(),
    })
}

fn hex(digits: &str) -> Option<u64> {
    u64::from_str_radix(digits, 16).ok()
}

/// Lines of `status`: `Key:` and values.
pub fn status(text: &str) -> Status {
    let mut status = Status::default();
    let mut capabilities = [None; 5];
    let mut pending = [None; 2];
    for (key, value) in text.lines().filter_map(|line| line.split_once(':')) {
        // A word that is no number counts as one that nobody has: it must not end the list.
        let numbers = || {
            let words = value.split_whitespace();
            words.map(|word| word.parse().unwrap_or(u32::MAX)).collect()
        };
        let number = |absent: u32| value.trim().parse().unwrap_or(absent);
        let mask = || hex(value.trim());
        match key {
            "Uid" => status.users = numbers(),
            "Gid" => status.groups = numbers(),
            "Groups" => status.groups_further = numbers(),
            "Threads" => status.threads = number(u32::MAX),
            "TracerPid" => status.tracer = number(u32::MAX),
            "NoNewPrivs" => status.no_new_privileges = number(u32::MAX),
            "Seccomp" => status.seccomp = number(u32::MAX),
            "Seccomp_filters" => status.filters = number(u32::MAX),
            "NSpid" => status.numbers = numbers(),
            "Umask" => {
                status.umask = u32::from_str_radix(value.trim(), 8).unwrap_or(u32::MAX);
            }
            "SigPnd" => pending[0] = mask(),
            "ShdPnd" => pending[1] = mask(),
            "SigBlk" => status.signals_blocked = mask().unwrap_or(u64::MAX),
            "SigIgn" => status.signals_ignored = mask().unwrap_or(u64::MAX),
            "SigCgt" => status.signals_handled = mask().unwrap_or(u64::MAX),
            "CapInh" => capabilities[0] = mask(),
            "CapPrm" => capabilities[1] = mask(),
            "CapEff" => capabilities[2] = mask(),
            "CapBnd" => capabilities[3] = mask(),
            "CapAmb" => capabilities[4] = mask(),
            _ => {}
        }
    }
    status.capabilities = capabilities.into_iter().flatten().collect();
    if let [Some(own), Some(shared)] = pending {
        status.signals_pending = own | shared;
    }
    status
}

/// Lines of `uid_map` and `gid_map`; a line that is no three numbers counts as mapping everyone.
pub fn id_map(text: &str) -> Vec<[u64; 3]> {
    let line = |line: &str| {
        let mut words = line.split_whitespace().map(|word| word.parse().ok());
        let mut next = || words.next().flatten();
        match (next(), next(), next()) {
            (Some(inside), Some(outside), Some(count)) => [inside, outside, count],
            _ => [0, 0, u64::MAX],
        }
    };
    text.lines().map(line).collect()
}

/// Lines of `mountinfo`: `id parent device root point options … - kind source options`.
pub fn mounts(text: &str) -> Option<Vec<Mount>> {
    let line = |line: &str| {
        let (before, after) = line.split_once(" - ")?;
        let mut fields = before.split(' ').skip(2);
        let (major, minor) = fields.next()?.split_once(':')?;
        let device = (major.parse().ok()?, minor.parse().ok()?);
        let root = fields.next()?.to_owned();
        let point = fields.next()?.to_owned();
        let options = fields.next()?.split(',').map(str::to_owned).collect();
        let kind = after.split(' ').next()?.to_owned();
        Some(Mount {
            device,
            root,
            point,
            options,
            kind,
        })
    };
    text.lines().map(line).collect()
}

/// Lines of `limits`: name, soft, hard, unit, in columns of fixed width.
pub fn limits(text: &str) -> Option<BTreeMap<String, Limit>> {
    let mut lines = text.lines();
    lines.next()?.strip_prefix("Limit ")?;
    let value = |word: &str| match word {
        "unlimited" => Some(None),
        _ => word.parse().ok().map(Some),
    };
    let line = |line: &str| {
        let (name, values) = line.split_at_checked(LIMIT_NAME_CHARACTERS)?;
        let mut words = values.split_whitespace();
        let (soft, hard) = (value(words.next()?)?, value(words.next()?)?);
        Some((name.trim_end().to_owned(), Limit { soft, hard }))
    };
    lines.map(line).collect()
}

/// Width of the first column of `limits`.
const LIMIT_NAME_CHARACTERS: usize = 26;

/// From `stat`, whose second field may hold anything in brackets.
pub fn schedule(text: &str) -> Option<Schedule> {
    let (_, fields) = text.rsplit_once(") ")?;
    // The first of these is the third.
    let mut fields = fields.split_whitespace();
    let nice = fields.nth(19 - 3)?.parse().ok()?;
    let priority = fields.nth(40 - 19 - 1)?.parse().ok()?;
    let policy = fields.next()?.parse().ok()?;
    Some(Schedule {
        nice,
        policy,
        priority,
    })
}

/// Whether the thread of a line of `stat` has not begun to end. Whoever ends has given up what it had before
/// its state says so.
pub fn lives(text: &str) -> Option<bool> {
    /// `PF_EXITING` (linux/sched.h).
    const EXITING: u32 = 4;
    let (_, fields) = text.rsplit_once(") ")?;
    // The first of these is the third.
    let mut fields = fields.split_whitespace();
    let state = fields.next()?;
    let flags: u32 = fields.nth(9 - 3 - 1)?.parse().ok()?;
    Some(!matches!(state, "Z" | "X") && flags & EXITING == 0)
}

/// How many threads a process has, by a line of `stat` of one of them; with those that have ended and that
/// nobody has collected, as the first one is until all have.
pub fn threads(text: &str) -> Option<u64> {
    let (_, fields) = text.rsplit_once(") ")?;
    // The first of these is the third.
    fields.split_whitespace().nth(20 - 3)?.parse().ok()
}

/// Lines of `cgroup`: `number:controllers:path`.
pub fn groups(text: &str) -> Option<Vec<(String, String)>> {
    let line = |line: &str| {
        let (_, rest) = line.split_once(':')?;
        let (controllers, path) = rest.split_once(':')?;
        Some((controllers.to_owned(), path.to_owned()))
    };
    text.lines().map(line).collect()
}

/// Lines of `timens_offsets`: `clock seconds nanoseconds`.
pub fn clock_offsets(text: &str) -> Option<Vec<(String, i64, i64)>> {
    let line = |line: &str| {
        let mut words = line.split_whitespace();
        let clock = words.next()?.to_owned();
        Some((
            clock,
            words.next()?.parse().ok()?,
            words.next()?.parse().ok()?,
        ))
    };
    text.lines().map(line).collect()
}

/// Numbers with spaces between them.
pub fn numbers(text: &str) -> Option<Vec<u32>> {
    text.split_whitespace()
        .map(|word| word.parse().ok())
        .collect()
}

/// The flags in `fdinfo`.
pub fn flags(text: &str) -> Option<u32> {
    let flags = text.lines().find_map(|line| line.strip_prefix("flags:"))?;
    u32::from_str_radix(flags.trim(), 8).ok()
}

/// The inode in `kind:[inode]`.
pub fn namespace(link: &str) -> Option<u64> {
    let (_, inode) = link.split_once(":[")?;
    inode.strip_suffix(']')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_maps_with_and_without_a_name() {
        let text = "7f0000000000-7f0000001000 r--s 00000000 00:01 2055                       \
                    /memfd:level of a (deleted)\n7ffe00000000-7ffe00021000 rw-p 00000000 00:00 0 \n";
        let maps = maps(text).unwrap();
        assert_eq!(maps[0].name, "/memfd:level of a (deleted)");
        assert_eq!((maps[0].device, maps[0].inode), ((0, 1), 2055));
        assert_eq!(
            (maps[0].start, maps[0].end),
            (0x7f00_0000_0000, 0x7f00_0000_1000)
        );
        assert_eq!(maps[0].rights, "r--s");
        assert_eq!((maps[1].inode, maps[1].name.as_str()), (0, ""));
    }

    #[test]
    fn maps_that_are_not_understood_are_not_guessed() {
        for line in [
            "",
            "7f00-7f01",
            "7f00 r--s 0 00:01 5",
            "7f00-7f01 r--s 0 0001 5",
            "7f00-7f01 r--s 0 00:01 x",
            "7f00-7f01 r--sx 0 00:01 5",
            "7g00-7f01 r--s 0 00:01 5",
        ] {
            assert_eq!(maps(&format!("{line}\n")), None, "{line}");
        }
    }

    #[test]
    fn status_with_all_lines() {
        let text = "Name:\tsubject\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\nGroups:\t9 10 \n\
                    Threads:\t1\nTracerPid:\t0\nCapInh:\t0000000000000000\n\
                    CapPrm:\t0000000000000001\nCapEff:\t0000000000000002\n\
                    CapBnd:\t000001ffffffffff\nCapAmb:\t0000000000000004\nNoNewPrivs:\t1\n\
                    Seccomp:\t2\nSeccomp_filters:\t3\nNSpid:\t4711\t2\nUmask:\t0022\n\
                    SigPnd:\t0000000000000001\nShdPnd:\t0000000000000002\n\
                    SigBlk:\t0000000000000004\nSigIgn:\t0000000001000000\n\
                    SigCgt:\t0000000000000008\n";
        let status = status(text);
        assert_eq!(status.users, [1, 2, 3, 4]);
        assert_eq!(status.groups, [5, 6, 7, 8]);
        assert_eq!(status.groups_further, [9, 10]);
        assert_eq!(status.capabilities, [0, 1, 2, 0x1ff_ffff_ffff, 4]);
        assert_eq!((status.threads, status.tracer), (1, 0));
        assert_eq!(
            (status.no_new_privileges, status.seccomp, status.filters),
            (1, 2, 3)
        );
        assert_eq!((status.numbers, status.umask), (vec![4711, 2], 0o22));
        assert_eq!((status.signals_pending, status.signals_blocked), (3, 4));
        assert_eq!(
            (status.signals_ignored, status.signals_handled),
            (1 << 24, 8)
        );
    }

    #[test]
    fn status_without_lines_says_nothing_good() {
        assert_eq!(status(""), Status::default());
        assert_eq!(
            status("Seccomp:\tx\nNoNewPrivs:\nCapEff:\tz\nSigPnd:\t0\nUmask:\t9\n"),
            Status::default()
        );
    }

    #[test]
    fn further_groups_are_none_only_if_a_line_says_so() {
        assert!(status("Groups:\t \n").groups_further.is_empty());
        assert!(!status("").groups_further.is_empty());
        assert_eq!(status("Groups:\tx 9\n").groups_further, [u32::MAX, 9]);
    }

    #[test]
    fn mounts_flags_namespaces_and_id_maps() {
        let text = "601 600 0:52 / / ro,nosuid,nodev,noexec - tmpfs none ro,size=4k\n";
        let mounts = mounts(text).unwrap();
        assert_eq!(
            (mounts[0].point.as_str(), mounts[0].kind.as_str()),
            ("/", "tmpfs")
        );
        assert_eq!(mounts[0].options, ["ro", "nosuid", "nodev", "noexec"]);
        assert_eq!((mounts[0].device, mounts[0].root.as_str()), ((0, 52), "/"));
        assert_eq!(
            flags("pos:\t0\nflags:\t0102001\nmnt_id:\t13\n"),
            Some(0o102_001)
        );
        assert_eq!(flags("pos:\t0\n"), None);
        assert_eq!(namespace("net:[4026531840]"), Some(4_026_531_840));
        assert_eq!(namespace("net:4026531840"), None);
        assert_eq!(id_map("  1000   1000   1\n"), [[1000, 1000, 1]]);
        assert_eq!(id_map("x\n"), [[0, 0, u64::MAX]]);
    }

    #[test]
    fn limits_schedule_groups_and_clocks() {
        let text = "Limit                     Soft Limit           Hard Limit           Units     \n\
                    Max core file size        0                    unlimited            bytes     \n\
                    Max nice priority         0                    0                    \n";
        let read = limits(text).unwrap();
        let (soft, hard) = (Some(0), None);
        assert_eq!(read["Max core file size"], Limit { soft, hard });
        assert_eq!(read.len(), 2);
        for bad in ["", "Max core file size 0 0", "Limit x\nMax core file size"] {
            assert_eq!(limits(bad), None, "{bad}");
        }
        let fields: Vec<String> = (3..=52).map(|n: u32| n.to_string()).collect();
        let stat = format!("7 (a) b)) {}", fields.join(" "));
        let (nice, priority, policy) = (19, 40, 41);
        assert_eq!(
            schedule(&stat),
            Some(Schedule {
                nice,
                policy,
                priority
            })
        );
        assert_eq!(schedule("7 (a) S 1 2"), None);
        let ends =
            |state: &str, flags: u32| lives(&format!("7 (a) b)) {state} 1 2 3 4 -1 {flags} 0"));
        assert_eq!(ends("S", 0x40_0040), Some(true));
        assert_eq!(ends("R", 0x40_0044), Some(false));
        assert_eq!(ends("Z", 0), Some(false));
        assert_eq!(lives("7 (a) S 1 2"), None);
        let read = groups("4:memory:/a:b\n0::/\n").unwrap();
        assert_eq!(read[0], ("memory".to_owned(), "/a:b".to_owned()));
        assert_eq!(read[1], (String::new(), "/".to_owned()));
        assert_eq!(groups("x\n"), None);
        let clocks = clock_offsets("monotonic           0         -5\n").unwrap();
        assert_eq!(clocks, [("monotonic".to_owned(), 0, -5)]);
        assert_eq!(clock_offsets("monotonic 0\n"), None);
        assert_eq!(numbers("4 5 \n"), Some(vec![4, 5]));
        assert_eq!(numbers("4 x"), None);
    }
}
