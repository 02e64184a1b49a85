//! What grants open, to find what two of them share or cannot both have.

use model::Resource;
use source::Span;
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// The peer of a grant, and the place of what it opens.
pub(crate) type Grantee<'a> = (&'a str, Span);

/// Why a grant does not go with an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClashKind {
    /// One piece of the outside under two peers.
    Shared,
    /// Two pieces under two peers, of which one contains the other.
    SharedPart,
    /// A file inside a file.
    Nested,
    /// One address listened on twice.
    Listening,
}

/// A grant that does not go with an earlier one.
pub(crate) struct Clash<'a> {
    pub(crate) kind: ClashKind,
    /// The earlier one.
    pub(crate) other: Grantee<'a>,
}

/// Everything that was opened so far.
#[derive(Default)]
pub(crate) struct Opened<'a> {
    /// Addresses, by protocol and address.
    addresses: BTreeMap<(bool, SocketAddr), Grantee<'a>>,
    /// By protocol and port number: the first address, the first of another peer, and the first that
    /// stands for all.
    ports: BTreeMap<(bool, u16), Grantee<'a>>,
    others: BTreeMap<(bool, u16), Grantee<'a>>,
    wildcards: BTreeMap<(bool, u16), Grantee<'a>>,
    /// Listeners by protocol and port number.
    listeners: BTreeMap<(bool, u16), Vec<(SocketAddr, Span)>>,
    /// Files and devices by [`key`]; none lies inside another.
    paths: BTreeMap<String, Grantee<'a>>,
    /// The devices that were opened parts of: the first peer, and the first other one.
    wholes: BTreeMap<String, (Grantee<'a>, Option<Grantee<'a>>)>,
}

impl<'a> Opened<'a> {
    /// Adds what a grant opens.
    pub(crate) fn add(
        &mut self,
        resource: &Resource,
        peer: &'a str,
        span: Span,
    ) -> Option<Clash<'a>> {
        let own = (peer, span);
        match resource {
            Resource::TcpConnect(address) => self.address(true, *address, false, own),
            Resource::TcpListen(address) => self.address(true, *address, true, own),
            Resource::UdpSend(address) => self.address(false, *address, false, own),
            Resource::UdpReceive(address) => self.address(false, *address, true, own),
            Resource::FileRead { path }
            | Resource::FileAppend { path, .. }
            | Resource::Device { path } => self.path(path, own),
        }
    }

    fn address(
        &mut self,
        tcp: bool,
        address: SocketAddr,
        listens: bool,
        own: Grantee<'a>,
    ) -> Option<Clash<'a>> {
        let (peer, span) = own;
        let mut first = self.addresses.get(&(tcp, address)).copied();
        self.addresses.entry((tcp, address)).or_insert(own);
        let key = (tcp, address.port());
        first = first.or_else(|| self.wildcards.get(&key).copied());
        let (at_port, _) = *self.ports.entry(key).or_insert(own);
        if at_port != peer {
            self.others.entry(key).or_insert(own);
        }
        if address.ip().is_unspecified() {
            let all = [&self.ports, &self.others];
            let mut found = all.into_iter().filter_map(|ports| ports.get(&key));
            first = first.or_else(|| found.find(|(other, _)| *other != peer).copied());
            self.wildcards.entry(key).or_insert(own);
        }
        if let Some(other) = first.filter(|(other, _)| *other != peer) {
            let kind = ClashKind::Shared;
            return Some(Clash { kind, other });
        }
        if !listens {
            return None;
        }
        let others = self.listeners.entry(key).or_default();
        let clash = |other: &SocketAddr| {
            other.ip() == address.ip()
                || other.ip().is_unspecified()
                || address.ip().is_unspecified()
        };
        // More than a few listeners on one port number are not compared with each other.
        match others.iter().find(|(other, _)| clash(other)) {
            Some((_, place)) => {
                return Some(Clash {
                    kind: ClashKind::Listening,
                    other: (peer, *place),
                });
            }
            None if others.len() < 1000 => others.push((address, span)),
            None => {}
        }
        None
    }

    fn path(&mut self, path: &str, own: Grantee<'a>) -> Option<Clash<'a>> {
        let (peer, _) = own;
        let other = |grantee: &Grantee<'a>| grantee.0 != peer;
        let key = key(path);
        let clash = match self.paths.get(&key) {
            Some(first) => other(first).then_some((ClashKind::Shared, *first)),
            None => self.around(&key).map(|first| match other(&first) {
                true => (ClashKind::SharedPart, first),
                false => (ClashKind::Nested, first),
            }),
        };
        if let Some((kind, other)) = clash {
            return Some(Clash { kind, other });
        }
        self.paths.entry(key).or_insert(own);
        let parts = self.wholes.get(path).copied();
        let part = parts
            .and_then(|(first, second)| [Some(first), second].into_iter().flatten().find(other));
        let mut found = part;
        for whole in wholes(path) {
            let opened = self.paths.get(&crate::opened::key(&whole)).copied();
            found = found.or(opened.filter(other));
            let slot = self.wholes.entry(whole).or_insert((own, None));
            if other(&slot.0) && slot.1.is_none() {
                slot.1 = Some(own);
            }
        }
        found.map(|other| Clash {
            kind: ClashKind::SharedPart,
            other,
        })
    }

    /// What lies around or inside a path. As nothing that is kept lies inside another, what lies
    /// around it comes right before it, and what lies inside it right after it.
    fn around(&self, key: &str) -> Option<Grantee<'a>> {
        let inside = |inner: &str, outer: &str| {
            inner
                .strip_prefix(outer)
                .is_some_and(|rest| rest.starts_with('\0'))
        };
        let before = self.paths.range(..key.to_owned()).next_back();
        let after = self.paths.range(key.to_owned()..).next();
        let before = before.filter(|(other, _)| inside(key, other));
        let after = after.filter(|(other, _)| inside(other, key));
        before.or(after).map(|(_, grantee)| *grantee)
    }
}

/// A path so written that it sorts right before everything inside it; paths have no NUL.
fn key(path: &str) -> String {
    path.replace('/', "\0")
}

/// The devices that a device of Linux is a part of, as far as names tell: a partition's disk, a
/// namespace's controller, the flash behind a block device.
fn wholes(path: &str) -> Vec<String> {
    let mut wholes = Vec::new();
    let mut name = path.strip_prefix("/dev/").unwrap_or("/").to_owned();
    // Each step is shorter or ends the chain; the longest is ng0n1p1.
    for _ in 0..4 {
        let Some(whole) = whole(&name) else {
            break;
        };
        wholes.push(format!("/dev/{whole}"));
        name = whole;
    }
    wholes
}

fn whole(name: &str) -> Option<String> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let letters =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase());
    // The number after a family's name, and what follows it.
    let unit = |family: &str| {
        let rest = name.strip_prefix(family)?;
        let end = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        (end > 0).then(|| rest.split_at(end))
    };
    if name.contains('/') {
        return None;
    }
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    if stem.len() < name.len()
        && let Some(disk) = stem.strip_suffix('p')
        && disk.ends_with(|c: char| c.is_ascii_digit())
    {
        return Some(disk.to_owned());
    }
    if stem.len() < name.len()
        && ["xvd", "dasd", "sd", "hd", "vd"]
            .iter()
            .any(|family| stem.strip_prefix(family).is_some_and(letters))
    {
        return Some(stem.to_owned());
    }
    if let Some((number, rest)) = unit("ng") {
        return Some(format!("nvme{number}{rest}"));
    }
    if let Some((number, rest)) = unit("nvme")
        && rest
            .rsplit_once('n')
            .is_some_and(|(_, space)| digits(space))
    {
        return Some(format!("nvme{number}"));
    }
    if let Some((number, rest)) = unit("mmcblk")
        && !rest.is_empty()
    {
        return Some(format!("mmcblk{number}"));
    }
    if let Some((number, "")) = unit("mtdblock").or_else(|| unit("mtdblock_ro")) {
        return Some(format!("mtd{number}"));
    }
    if let Some((number, "ro")) = unit("mtd") {
        return Some(format!("mtd{number}"));
    }
    None
}

/// What a path stands for that is more than one piece of the outside, in words.
pub(crate) fn is_everything(path: &str) -> Option<&'static str> {
    let below = |root: &str| {
        path.strip_prefix(root)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if below("/proc") || below("/sys") {
        return Some("it is a view into the kernel and its processes, not a piece of the outside");
    }
    match path {
        "/dev/mem" | "/dev/kmem" | "/dev/port" => {
            Some("it reaches all memory and devices of the machine")
        }
        "/dev/stdin" | "/dev/stdout" | "/dev/stderr" | "/dev/tty" => {
            Some("it means something else for each process")
        }
        _ if below("/dev/fd") => Some("it means something else for each process"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_devices_are_known_by_their_names() {
        for (part, expected) in [
            ("/dev/sda1", &["/dev/sda"][..]),
            ("/dev/sdab12", &["/dev/sdab"]),
            ("/dev/hdc3", &["/dev/hdc"]),
            ("/dev/vda2", &["/dev/vda"]),
            ("/dev/xvda1", &["/dev/xvda"]),
            ("/dev/dasda1", &["/dev/dasda"]),
            ("/dev/loop0p3", &["/dev/loop0"]),
            ("/dev/md127p1", &["/dev/md127"]),
            ("/dev/nbd1p1", &["/dev/nbd1"]),
            ("/dev/nvme0n1p3", &["/dev/nvme0n1", "/dev/nvme0"]),
            ("/dev/nvme0c1n1", &["/dev/nvme0"]),
            ("/dev/ng0n1", &["/dev/nvme0n1", "/dev/nvme0"]),
            ("/dev/mmcblk0p1", &["/dev/mmcblk0"]),
            ("/dev/mmcblk0boot1", &["/dev/mmcblk0"]),
            ("/dev/mmcblk0rpmb", &["/dev/mmcblk0"]),
            ("/dev/mtdblock3", &["/dev/mtd3"]),
            ("/dev/mtd3ro", &["/dev/mtd3"]),
            ("/dev/sda", &[]),
            ("/dev/ttyS0", &[]),
            ("/dev/ttyUSB1", &[]),
            ("/dev/i2c-1", &[]),
            ("/dev/spidev0.1", &[]),
            ("/dev/can0", &[]),
            ("/dev/video10", &[]),
            ("/dev/sda/1", &[]),
            ("/srv/sda1", &[]),
            ("sda1", &[]),
            ("", &[]),
        ] {
            assert_eq!(wholes(part), expected, "{part}");
        }
    }

    /// Whether two paths of different peers clash, by definition.
    fn overlap(a: &str, b: &str) -> bool {
        let inside =
            |inner: &str, outer: &str| inner == outer || inner.starts_with(&format!("{outer}/"));
        let part = |part: &str, whole: &str| wholes(part).iter().any(|own| own == whole);
        inside(a, b) || inside(b, a) || part(a, b) || part(b, a)
    }

    #[test]
    fn every_pair_of_overlapping_paths_is_found_in_any_company() {
        let paths = [
            "a",
            "a/b",
            "a/b/c",
            "a/bc",
            "a-b",
            "a.b",
            "ab",
            "b",
            "/a",
            "/a/b",
            "/dev/sda",
            "/dev/sda1",
            "/dev/sda2",
            "/dev/sdb",
            "/dev/nvme0",
            "/dev/nvme0n1",
            "/dev/nvme0n1p1",
        ];
        let resource = |path: &str| Resource::FileRead {
            path: path.to_owned(),
        };
        for a in paths {
            for b in paths {
                let mut opened = Opened::default();
                // Company that overlaps with neither.
                for other in paths
                    .iter()
                    .filter(|own| !overlap(own, a) && !overlap(own, b))
                {
                    opened.add(&resource(other), "e", Span::new(0, 0));
                }
                assert!(opened.add(&resource(a), "e", Span::new(1, 1)).is_none());
                let clash = opened.add(&resource(b), "f", Span::new(2, 2));
                assert_eq!(clash.is_some(), overlap(a, b), "{a} {b}");
            }
        }
    }
}
