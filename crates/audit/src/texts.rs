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
