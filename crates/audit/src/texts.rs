//! The texts of `/proc`, read. Whatever cannot be understood is said so (`None`), never guessed.

use crate::observe::{Limit, Mapping, Mount, Status};

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
    for (key, value) in text.lines().filter_map(|line| line.split_once(':')) {
        let numbers = || {
            value
                .split_whitespace()
                .map_while(|word| word.parse().ok())
                .collect()
        };
        let number = |absent: u32| value.trim().parse().unwrap_or(absent);
        let capability = || hex(value.trim());
        match key {
            "Uid" => status.users = numbers(),
            "Gid" => status.groups = numbers(),
            "Groups" => status.groups_further = numbers(),
            "Threads" => status.threads = number(u32::MAX),
            "TracerPid" => status.tracer = number(u32::MAX),
            "NoNewPrivs" => status.no_new_privileges = number(u32::MAX),
            "Seccomp" => status.seccomp = number(u32::MAX),
            "Seccomp_filters" => status.filters = number(0),
            "CapInh" => capabilities[0] = capability(),
            "CapPrm" => capabilities[1] = capability(),
            "CapEff" => capabilities[2] = capability(),
            "CapBnd" => capabilities[3] = capability(),
            "CapAmb" => capabilities[4] = capability(),
            _ => {}
        }
    }
    status.capabilities = capabilities.into_iter().flatten().collect();
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
        let mut fields = before.split(' ').skip(4);
        let point = fields.next()?.to_owned();
        let options = fields.next()?.split(',').map(str::to_owned).collect();
        let kind = after.split(' ').next()?.to_owned();
        Some(Mount {
            point,
            options,
            kind,
        })
    };
    text.lines().map(line).collect()
}

/// The line of `limits` about core files.
pub fn core_limit(text: &str) -> Option<Limit> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("Max core file size"))?;
    let mut words = line.split_whitespace().map(|word| match word {
        "unlimited" => Some(None),
        _ => word.parse().ok().map(Some),
    });
    Some(Limit {
        soft: words.next()??,
        hard: words.next()??,
    })
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
                    Seccomp:\t2\nSeccomp_filters:\t3\n";
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
    }

    #[test]
    fn status_without_lines_says_nothing_good() {
        assert_eq!(status(""), Status::default());
        assert_eq!(
            status("Seccomp:\tx\nNoNewPrivs:\nCapEff:\tz\n"),
            Status::default()
        );
    }

    #[test]
    fn mounts_limits_flags_namespaces_and_id_maps() {
        let text = "601 600 0:52 / / ro,nosuid,nodev,noexec - tmpfs none ro,size=4k\n";
        let mounts = mounts(text).unwrap();
        assert_eq!(
            (mounts[0].point.as_str(), mounts[0].kind.as_str()),
            ("/", "tmpfs")
        );
        assert_eq!(mounts[0].options, ["ro", "nosuid", "nodev", "noexec"]);
        let core =
            core_limit("Limit   Soft\nMax core file size        0        unlimited   bytes\n");
        assert_eq!(
            core,
            Some(Limit {
                soft: Some(0),
                hard: None
            })
        );
        assert_eq!(core_limit("Max core file size"), None);
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
}
