//! One process against the plan.

use crate::expect::{ControlKind, Expectation, FileId, Mode, Process, Role, Segment, seals};
use crate::observe::{Descriptor, Mapping, Observation};
use plan::{GrantDirection, GrantPlan, Plan, ResourcePlan, SubjectPlan};
use std::collections::{BTreeMap, BTreeSet};

/// Namespaces of which each partition has its own.
const OWN_NAMESPACES: [&str; 6] = ["cgroup", "ipc", "mnt", "net", "pid", "uts"];
/// Segments of which nobody gets a writable mapping any more.
const SEALS_SHARED: u32 = seals::SHRINK | seals::GROW | seals::FUTURE_WRITE | seals::SEAL;
/// Segments that nobody changes any more.
const SEALS_TABLE: u32 = seals::SHRINK | seals::GROW | seals::WRITE | seals::SEAL;
/// What the kernel places into every process.
const KERNEL_PAGES: [&str; 4] = ["[vdso]", "[vvar]", "[vvar_vclock]", "[vsyscall]"];
/// Bytes of the page by which a process waits at its gate.
const WAY_BYTES: u64 = 4096;
/// A program in sealed memory; that it is the right one is seen from its mappings.
const SEALED_IMAGE: &str = "/memfd:image (deleted)";
/// `O_ACCMODE`, `O_RDONLY`, `O_WRONLY`, `O_RDWR`, `O_APPEND`.
pub(crate) const ACCESS: u32 = 0o3;
pub(crate) const READ: u32 = 0o0;
pub(crate) const WRITE: u32 = 0o1;
pub(crate) const READ_WRITE: u32 = 0o2;
const APPEND: u32 = 0o2000;

/// All differences between a process of a partition and the plan, in words; none means that it may
/// go.
pub fn compare(
    plan: &Plan,
    subject: &str,
    seen: &Observation,
    expected: &Expectation<'_>,
) -> Vec<String> {
    let Some(own) = plan.subjects.iter().find(|own| own.name == subject) else {
        return vec![format!("the plan has no subject `{subject}`")];
    };
    let mut audit = Audit {
        plan,
        own,
        seen,
        expected,
        differences: Vec::new(),
    };
    audit.mappings();
    audit.descriptors();
    audit.privileges();
    audit.identity();
    audit.namespaces();
    audit.root();
    audit.differences
}

struct Audit<'a> {
    plan: &'a Plan,
    own: &'a SubjectPlan,
    seen: &'a Observation,
    expected: &'a Expectation<'a>,
    differences: Vec<String>,
}

impl<'a> Audit<'a> {
    fn say(&mut self, difference: String) {
        self.differences.push(difference);
    }

    fn require(&mut self, holds: bool, difference: &str) {
        if !holds {
            self.say(difference.to_owned());
        }
    }

    /// Segments that must be mapped: role, name, address as planned (`None`: as the runtime says)
    /// and rights.
    fn planned_segments(&self) -> Vec<(Role, &'a str, Option<u64>, &'static str)> {
        let own = self.own.name.as_str();
        let mut planned = vec![(Role::Pulse, own, None, "rw-s")];
        if self.expected.process == Process::Subject {
            planned.push((Role::Table, own, None, "r--s"));
        }
        for channel in &self.plan.channels {
            let rights = match (channel.writer.subject == own, channel.reader.subject == own) {
                (true, _) => ["rw-s", "r--s"],
                (_, true) => ["r--s", "rw-s"],
                _ => continue,
            };
            let name = channel.name.as_str();
            planned.push((Role::Data, name, Some(channel.data_address), rights[0]));
            if channel.credit_address != 0 {
                planned.push((Role::Credit, name, Some(channel.credit_address), rights[1]));
            }
        }
        planned
    }

    fn mappings(&mut self) {
        let mut unplanned: Vec<&Mapping> = self.seen.maps.iter().collect();
        let mut files = BTreeSet::new();
        for (role, name, address, rights) in self.planned_segments() {
            let what = format!("{role:?} segment of `{name}`").to_lowercase();
            let mut segments = self.expected.segments.iter();
            let Some(segment) = segments.find(|own| own.role == role && own.name == name) else {
                self.say(format!("the {what} does not exist"));
                continue;
            };
            if address.is_some_and(|address| address != segment.address) {
                self.say(format!("the {what} is not meant for its planned address"));
            }
            if !files.insert(segment.file) {
                self.say(format!("the {what} is also another segment"));
            }
            let must = if role == Role::Table {
                SEALS_TABLE
            } else {
                SEALS_SHARED
            };
            if segment.seals & must != must {
                self.say(format!(
                    "the {what} lacks seals: {:#x} of {must:#x}",
                    segment.seals
                ));
            }
            let matches = |seen: &Mapping| is_mapping_of(seen, segment);
            match unplanned.iter().position(|seen| matches(seen)) {
                None => self.say(format!(
                    "the {what} is not mapped at {:#x}",
                    segment.address
                )),
                Some(position) => {
                    let seen = unplanned.remove(position);
                    if seen.rights != rights {
                        let seen = &seen.rights;
                        self.say(format!("the {what} is mapped `{seen}`, not `{rights}`"));
                    }
                }
            }
        }
        for mapping in unplanned {
            if let Some(difference) = self.private_mapping(mapping) {
                let Mapping {
                    start,
                    end,
                    rights,
                    name,
                    ..
                } = mapping;
                self.say(format!("{difference}: {start:x}-{end:x} {rights} `{name}`"));
            }
        }
    }

    /// What is wrong with a mapping that is of no planned segment.
    ///
    /// The subject's process has left everything of the loader behind but one page of instructions, by
    /// which it waits at its gate. The keeper is the loader.
    fn private_mapping(&self, seen: &Mapping) -> Option<&'static str> {
        let is = |file: FileId| {
            seen.inode != 0 && (file.device_numbers(), file.inode) == (seen.device, seen.inode)
        };
        let (of_program, of_loader) = (is(self.expected.program), is(self.expected.loader));
        let anonymous = seen.inode == 0;
        let from_kernel = anonymous && KERNEL_PAGES.contains(&&*seen.name);
        let executable = seen.rights.contains('x');
        if !seen.rights.ends_with('p') {
            return Some("unplanned shared mapping");
        }
        if executable && seen.rights.contains('w') {
            return Some("mapping both writable and executable");
        }
        if from_kernel {
            return None;
        }
        match self.expected.process {
            Process::Keeper if !anonymous && !of_loader => {
                Some("mapping of a file that is not the loader")
            }
            Process::Keeper if executable && !of_loader => {
                Some("executable mapping outside the loader")
            }
            Process::Keeper => None,
            Process::Subject if !anonymous && !of_program => {
                Some("mapping of a file that is not the program")
            }
            Process::Subject if !self.is_own(seen) => Some("mapping that is not the subject's own"),
            Process::Subject if executable && !of_program && !self.is_way(seen) => {
                Some("executable mapping outside the program")
            }
            Process::Subject => None,
        }
    }

    fn is_own(&self, seen: &Mapping) -> bool {
        let own = &self.expected.own;
        own.start <= seen.start && seen.end <= own.end
    }

    /// Whether it is the page by which the process waits and jumps: the only one of its kind.
    fn is_way(&self, seen: &Mapping) -> bool {
        let code = |other: &&Mapping| {
            other.inode == 0 && other.rights.contains('x') && !KERNEL_PAGES.contains(&&*other.name)
        };
        let only = self.seen.maps.iter().filter(code).count() == 1;
        only && seen.rights == "r-xp" && seen.end - seen.start == WAY_BYTES
    }

    fn descriptors(&mut self) {
        let mut expected: BTreeMap<i32, (&str, Result<&GrantPlan, ControlKind>)> = BTreeMap::new();
        let grants: &[GrantPlan] = match self.expected.process {
            Process::Subject => &self.own.grants,
            Process::Keeper => &[],
        };
        for grant in grants {
            let mut opened = self
                .expected
                .grants
                .iter()
                .filter(|(name, _)| *name == grant.name);
            match (opened.next(), opened.next()) {
                (Some((_, number)), None) => {
                    if expected.insert(*number, (&grant.name, Ok(grant))).is_some() {
                        self.say(format!("grant `{}` shares a descriptor", grant.name));
                    }
                }
                _ => self.say(format!("grant `{}` is not handed over once", grant.name)),
            }
        }
        for (name, _) in self.expected.grants {
            if !grants.iter().any(|grant| grant.name == *name) {
                self.say(format!("`{name}` is handed over and not granted"));
            }
        }
        for control in self.expected.control {
            if expected
                .insert(control.number, ("loader", Err(control.kind)))
                .is_some()
            {
                self.say(format!("descriptor {} has two purposes", control.number));
            }
        }
        for seen in &self.seen.descriptors {
            let Descriptor {
                number,
                target,
                flags,
            } = seen;
            let fits = match expected.remove(number) {
                None => {
                    self.say(format!("unplanned descriptor {number} on `{target}`"));
                    continue;
                }
                Some((_, Ok(grant))) => is_grant(grant, seen),
                Some((_, Err(ControlKind::Socket))) => target.starts_with("socket:["),
                Some((_, Err(ControlKind::Listener))) => target == "anon_inode:seccomp notify",
                Some((_, Err(ControlKind::Image))) => {
                    (is_file(target) || target == SEALED_IMAGE) && flags & ACCESS == READ
                }
                Some((_, Err(ControlKind::Null))) => target == "/dev/null",
                Some((_, Err(ControlKind::Process))) => {
                    target == "anon_inode:[pidfd]" || target.starts_with("pidfd:[")
                }
            };
            if !fits {
                self.say(format!(
                    "descriptor {number} on `{target}` (flags {flags:o}) is of the wrong kind"
                ));
            }
        }
        for (number, (name, _)) in expected {
            self.say(format!("descriptor {number} of `{name}` is not open"));
        }
    }

    fn privileges(&mut self) {
        let status = &self.seen.status;
        let filtered = self.expected.process == Process::Keeper
            || (status.seccomp == 2 && status.filters >= 1);
        let core = (self.seen.core.soft, self.seen.core.hard);
        for (holds, difference) in [
            (status.no_new_privileges == 1, "it may gain privileges"),
            (filtered, "it has no filter"),
            (status.capabilities == [0; 5], "it has capabilities"),
            (status.threads == 1, "it has more than one thread"),
            (status.tracer == 0, "it is being traced"),
            (
                core == (Some(1), Some(1)),
                "a handler of crashes may get its memory",
            ),
        ] {
            self.require(holds, difference);
        }
    }

    fn identity(&mut self) {
        let (user, group) = match self.expected.mode {
            Mode::Privileged => (self.own.user, self.own.user),
            Mode::Unprivileged { user, group } => (user, group),
        };
        let status = &self.seen.status;
        let (users, groups) = (&status.users, &status.groups);
        let is_its_own = *users == [user; 4] && *groups == [group; 4];
        let alone = status.groups_further.is_empty() || self.expected.mode != Mode::Privileged;
        let text = format!("its users are {users:?} and groups {groups:?}, not {user} and {group}");
        self.require(is_its_own, &text);
        self.require(alone, "it is in further groups");
        let own_users = self.seen.namespaces.get("user") != self.expected.outside.get("user");
        if own_users || self.expected.mode != Mode::Privileged {
            let single = |map: &[[u64; 3]]| matches!(map, [[_, _, 1]]);
            let maps_one = single(&self.seen.uid_map) && single(&self.seen.gid_map);
            self.require(
                maps_one,
                "its user namespace maps more than its own user and group",
            );
        }
    }

    fn namespaces(&mut self) {
        let user = (self.expected.mode != Mode::Privileged).then_some("user");
        for kind in OWN_NAMESPACES.into_iter().chain(user) {
            let Some(inode) = self.seen.namespaces.get(kind) else {
                self.say(format!("it shows no {kind} namespace"));
                continue;
            };
            if self
                .expected
                .outside
                .get(kind)
                .is_none_or(|outside| outside == inode)
            {
                self.say(format!("it shares the supervisor's {kind} namespace"));
            }
            if self
                .expected
                .others
                .iter()
                .any(|other| other.get(kind) == Some(inode))
            {
                self.say(format!(
                    "it shares the {kind} namespace of another partition"
                ));
            }
        }
    }

    fn root(&mut self) {
        let empty = self.seen.root.is_empty();
        self.require(empty, "its root directory is not empty");
        let only = match self.seen.mounts.as_slice() {
            [mount] => mount.point == "/" && mount.options.iter().any(|option| option == "ro"),
            _ => false,
        };
        self.require(only, "it sees something else than one read-only root");
    }
}

/// Whether a mapping is all of a segment, where it belongs.
pub(crate) fn is_mapping_of(seen: &Mapping, segment: &Segment) -> bool {
    let file = (segment.file.device_numbers(), segment.file.inode);
    (seen.device, seen.inode) == file
        && seen.start == segment.address
        && segment.address.checked_add(segment.bytes) == Some(seen.end)
        && seen.offset == 0
}

fn is_file(target: &str) -> bool {
    target.starts_with('/') && !target.starts_with("/memfd:")
}

/// Whether a descriptor is on the file of a path: exactly for a relative one, which is opened
/// without following links; of an absolute one only that it is a file.
fn is_path(target: &str, path: &str) -> bool {
    let parts = path.split('/').filter(|part| !matches!(*part, "" | "."));
    let relative = parts.fold(String::new(), |joined, part| joined + "/" + part);
    is_file(target) && (path.starts_with('/') || target.ends_with(&relative))
}

/// Whether a descriptor is of the kind and has the rights that a grant says.
fn is_grant(grant: &GrantPlan, seen: &Descriptor) -> bool {
    let access = match grant.direction {
        GrantDirection::In => READ,
        GrantDirection::Out => WRITE,
        GrantDirection::Both => READ_WRITE,
    };
    let opened = seen.flags & ACCESS == access;
    match &grant.resource {
        ResourcePlan::TcpConnect { .. }
        | ResourcePlan::TcpListen { .. }
        | ResourcePlan::UdpReceive { .. }
        | ResourcePlan::UdpSend { .. } => seen.target.starts_with("socket:["),
        ResourcePlan::Device { .. } => is_file(&seen.target) && opened,
        ResourcePlan::FileRead { path } => is_path(&seen.target, path) && opened,
        ResourcePlan::FileAppend { path, .. } => {
            is_path(&seen.target, path) && opened && seen.flags & APPEND != 0
        }
    }
}
