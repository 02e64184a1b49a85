//! One process against the plan.

use crate::expect::{
    ControlKind, Expectation, Granted, Mode, Role, Segment, Stage, THREADS_MAX, planned_values,
    seals,
};
use crate::seen::{
    Descriptor, FileId, Limit, Mapping, Observation, Resource, Schedule, Socket, SocketKind,
};
use plan::linux::LinuxSubject;
use plan::{GrantDirection, GrantPlan, Plan, ResourcePlan, SubjectPlan};
use record::difference::{self, Deviation, Intruder, Process, Property};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Namespaces of which each partition has its own.
const OWN_NAMESPACES: [&str; 7] = ["cgroup", "ipc", "mnt", "net", "pid", "time", "uts"];
/// What the one mount of a partition must say.
const MOUNT_OPTIONS: [&str; 4] = ["ro", "nosuid", "nodev", "noexec"];
/// Number of the device `/dev/null`: major 1, minor 3.
const NULL_DEVICE: u64 = 0x103;
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

/// All differences between a process of a partition and the plan; none means that it may go.
pub fn compare(
    plan: &Plan,
    subject: &str,
    seen: &Observation,
    expected: &Expectation<'_>,
) -> Vec<Deviation> {
    // By their names, and not in the order by which the runtime takes both.
    let own = plan.core.subjects.iter().find(|own| own.name == subject);
    let mut placed = plan.linux().subjects.iter();
    let placed = placed.find(|placed| placed.name == subject);
    let (Some(own), Some(placed)) = (own, placed) else {
        let name = short(subject);
        return vec![Deviation::SubjectUnplanned { name }];
    };
    let mut audit = Audit {
        plan,
        own,
        placed,
        seen,
        expected,
        found: Vec::new(),
    };
    audit.mappings();
    audit.descriptors();
    audit.privileges();
    audit.identity();
    audit.namespaces();
    audit.root();
    audit.limits();
    audit.groups();
    audit.schedule();
    audit.signals();
    audit.processes();
    audit.found
}

struct Audit<'a> {
    plan: &'a Plan,
    own: &'a SubjectPlan,
    placed: &'a LinuxSubject,
    seen: &'a Observation,
    expected: &'a Expectation<'a>,
    found: Vec<Deviation>,
}

impl<'a> Audit<'a> {
    fn require(&mut self, holds: bool, deviation: Deviation) {
        if !holds {
            self.found.push(deviation);
        }
    }

    fn equal<T: PartialEq + fmt::Display>(&mut self, property: Property, planned: T, seen: T) {
        if planned != seen {
            let (planned, seen) = (planned.to_string(), short(&seen.to_string()));
            self.found.push(Deviation::Value {
                property,
                planned,
                seen,
            });
        }
    }

    /// Whether the subject's own program runs in it.
    fn runs(&self) -> bool {
        self.expected.stage == Stage::Running && self.expected.process == Process::Subject
    }

    /// Segments that must be mapped: role, name, address as planned (`None`: as the runtime says)
    /// and rights.
    fn planned_segments(&self) -> Vec<(Role, &'a str, Option<u64>, &'static str)> {
        let own = self.own.name.as_str();
        let mut planned = vec![(Role::Pulse, own, None, "rw-s")];
        if self.expected.process == Process::Subject {
            planned.push((Role::Table, own, None, "r--s"));
        }
        for channel in &self.plan.core.channels {
            let rights = match (channel.writer.subject == own, channel.reader.subject == own) {
                (true, _) => ["rw-s", "r--s"],
                (_, true) => ["r--s", "rw-s"],
                _ => continue,
            };
            let name = channel.name.as_str();
            let mut placed = self.plan.linux().channels.iter();
            let placed = placed.find(|placed| placed.name == channel.name);
            // One without a place is expected where nothing can lie.
            let (data, credit) =
                placed.map_or((0, 0), |own| (own.data_address, own.credit_address));
            planned.push((Role::Data, name, Some(data), rights[0]));
            if credit != 0 {
                planned.push((Role::Credit, name, Some(credit), rights[1]));
            }
        }
        planned
    }

    fn mappings(&mut self) {
        let mut unplanned: Vec<&Mapping> = self.seen.maps.iter().collect();
        let mut files = BTreeSet::new();
        for (role, name, address, rights) in self.planned_segments() {
            let named = || difference::Segment {
                role: format!("{role:?}").to_lowercase(),
                name: name.to_owned(),
            };
            let mut segments = self.expected.segments.iter();
            let Some(segment) = segments.find(|own| own.role == role && own.name == name) else {
                let segment = named();
                self.found.push(Deviation::SegmentMissing { segment });
                continue;
            };
            let meant = address.is_none_or(|address| address == segment.address);
            self.require(meant, Deviation::SegmentAddress { segment: named() });
            let first = files.insert(segment.file);
            self.require(first, Deviation::SegmentTwice { segment: named() });
            let must = if role == Role::Table {
                SEALS_TABLE
            } else {
                SEALS_SHARED
            };
            if segment.seals & must != must {
                self.found.push(Deviation::SegmentSeals {
                    segment: named(),
                    planned: must,
                    seen: segment.seals,
                });
            }
            let matches = |seen: &Mapping| is_mapping_of(seen, segment);
            match unplanned.iter().position(|seen| matches(seen)) {
                None => self.found.push(Deviation::SegmentUnmapped {
                    segment: named(),
                    address: segment.address,
                }),
                Some(position) => {
                    let seen = unplanned.remove(position);
                    if seen.rights != rights {
                        self.found.push(Deviation::SegmentRights {
                            segment: named(),
                            planned: rights.to_owned(),
                            seen: seen.rights.clone(),
                        });
                    }
                }
            }
        }
        for mapping in unplanned {
            if let Some(why) = self.private_mapping(mapping) {
                self.found.push(Deviation::MappingUnplanned {
                    why,
                    start: mapping.start,
                    end: mapping.end,
                    rights: mapping.rights.clone(),
                    name: short(&mapping.name),
                });
            }
        }
    }

    /// What is wrong with a mapping that is of no planned segment.
    ///
    /// The subject's process has left everything of the loader behind but one page of instructions, by
    /// which it waits at its gate. The keeper is the loader.
    fn private_mapping(&self, seen: &Mapping) -> Option<Intruder> {
        let is = |file: FileId| {
            seen.inode != 0 && (file.device_numbers(), file.inode) == (seen.device, seen.inode)
        };
        let (of_program, of_loader) = (is(self.expected.program), is(self.expected.loader));
        let anonymous = seen.inode == 0;
        let from_kernel = anonymous && KERNEL_PAGES.contains(&&*seen.name);
        let executable = seen.rights.contains('x');
        if !seen.rights.ends_with('p') {
            return Some(Intruder::Shared);
        }
        if executable && seen.rights.contains('w') {
            return Some(Intruder::WritableCode);
        }
        if from_kernel {
            return None;
        }
        match self.expected.process {
            Process::Keeper if !anonymous && !of_loader => Some(Intruder::NotLoader),
            Process::Keeper if executable && !of_loader => Some(Intruder::CodeNotLoader),
            Process::Keeper => None,
            Process::Subject if !anonymous && !of_program => Some(Intruder::NotProgram),
            Process::Subject if !self.is_own(seen, of_program) => Some(Intruder::NotOwn),
            Process::Subject if executable && !of_program && !self.is_way(seen) => {
                Some(Intruder::CodeNotProgram)
            }
            Process::Subject => None,
        }
    }

    fn is_own(&self, seen: &Mapping, of_program: bool) -> bool {
        // Whoever runs takes its memory from the kernel, wherever that is, and may move what is its own.
        let moved = of_program || !seen.rights.contains('x') || self.is_way(seen);
        if self.runs() && moved {
            return true;
        }
        let own = &self.expected.own;
        own.start <= seen.start && seen.end <= own.end
    }

    /// Whether it is the page by which the process waits and jumps: the only one of its kind. Whoever runs
    /// may have added empty ones to it.
    fn is_way(&self, seen: &Mapping) -> bool {
        let code = |other: &&Mapping| {
            other.inode == 0 && other.rights.contains('x') && !KERNEL_PAGES.contains(&&*other.name)
        };
        let only = self.seen.maps.iter().filter(code).count() == 1;
        let bytes = seen.end.saturating_sub(seen.start);
        only && seen.rights == "r-xp" && (bytes == WAY_BYTES || self.runs())
    }

    /// What each descriptor is for.
    fn purposes(&mut self, grants: &'a [GrantPlan]) -> BTreeMap<i32, Purpose<'a>> {
        let mut expected: BTreeMap<i32, Purpose<'a>> = BTreeMap::new();
        for grant in grants {
            let name = &grant.name;
            let mut handed = self.expected.grants.iter().filter(|own| own.name == *name);
            match (handed.next(), handed.next()) {
                (Some(handed), None) => {
                    let purpose = Purpose::Grant(grant, handed);
                    if expected.insert(handed.number, purpose).is_some() {
                        let grant = name.clone();
                        self.found.push(Deviation::GrantShared { grant });
                    }
                }
                _ => {
                    let grant = name.clone();
                    self.found.push(Deviation::GrantNotOnce { grant });
                }
            }
        }
        for handed in self.expected.grants {
            let granted = grants.iter().any(|grant| grant.name == handed.name);
            let grant = short(&handed.name);
            self.require(granted, Deviation::GrantUnplanned { grant });
        }
        for control in self.expected.control {
            let purpose = Purpose::Control(control.kind);
            let first = expected.insert(control.number, purpose).is_none();
            let descriptor = control.number;
            self.require(first, Deviation::DescriptorTwice { descriptor });
        }
        expected
    }

    fn descriptors(&mut self) {
        let grants: &[GrantPlan] = match self.expected.process {
            Process::Subject => &self.own.grants,
            Process::Keeper => &[],
        };
        let mut expected = self.purposes(grants);
        for seen in &self.seen.descriptors {
            let Descriptor { number, target, .. } = seen;
            let mut held = self.expected.held.iter();
            if held.any(|held| held.number == *number && held.target == *target) {
                continue;
            }
            let purpose = expected.remove(number);
            if self.is_accepted(grants, purpose.as_ref(), seen) {
                continue;
            }
            match purpose {
                None => self.found.push(Deviation::DescriptorUnplanned {
                    descriptor: *number,
                    target: short(target),
                }),
                Some(Purpose::Grant(grant, handed)) => self.grant(grant, handed, seen),
                Some(Purpose::Control(kind)) => {
                    let is_its = is_control(kind, seen, self.expected.program);
                    self.require(is_its, wrong_kind(seen));
                }
            }
        }
        for (descriptor, with) in self.seen.sharing.iter().flat_map(|own| &own.same) {
            let (descriptor, with) = (*descriptor, *with);
            self.found
                .push(Deviation::DescriptorShared { descriptor, with });
        }
        // Whoever runs may close what it has.
        if !self.runs() {
            for (descriptor, purpose) in expected {
                let of = match purpose {
                    Purpose::Grant(grant, _) => grant.name.clone(),
                    Purpose::Control(_) => "loader".to_owned(),
                };
                self.found
                    .push(Deviation::DescriptorClosed { descriptor, of });
            }
        }
    }

    /// Whether it is a connection that whoever runs has accepted. It may have the number of something that
    /// was closed.
    fn is_accepted(
        &self,
        grants: &[GrantPlan],
        purpose: Option<&Purpose<'_>>,
        seen: &Descriptor,
    ) -> bool {
        let accepts = grants.iter().any(accepts);
        let connection = |own: &Socket| own.kind == SocketKind::Stream && !own.listens;
        let connected =
            seen.target.starts_with("socket:[") && seen.socket.as_ref().is_none_or(connection);
        let planned = match purpose {
            Some(Purpose::Grant(_, handed)) => seen.file == handed.opened,
            Some(Purpose::Control(kind)) => is_control(*kind, seen, self.expected.program),
            None => false,
        };
        self.runs() && accepts && connected && !planned
    }

    /// A descriptor on a piece of the outside world: of the planned kind and rights, the object that
    /// the launcher opened, and the one that the plan names.
    fn grant(&mut self, grant: &GrantPlan, handed: &Granted, seen: &Descriptor) {
        let its = || difference::Grant {
            grant: grant.name.clone(),
            descriptor: seen.number,
        };
        let target = || short(&seen.target);
        self.require(is_grant(grant, seen), wrong_kind(seen));
        if seen.file != handed.opened {
            let (grant, target) = (its(), target());
            self.found.push(Deviation::GrantReplaced { grant, target });
        }
        let path = path_of(&grant.resource);
        if let (Some(path), Some(found)) = (path, &handed.found)
            && !(found.contains(&seen.file) && is_named(seen, path))
        {
            self.found.push(Deviation::GrantElsewhere {
                grant: its(),
                target: target(),
                path: short(path),
            });
        }
        if path.is_none() {
            match &seen.socket {
                None => self.found.push(Deviation::SocketUnseen { grant: its() }),
                Some(socket) => self.socket(&its, &grant.resource, socket),
            }
        }
    }

    fn socket(
        &mut self,
        its: &dyn Fn() -> difference::Grant,
        resource: &ResourcePlan,
        seen: &Socket,
    ) {
        let shown = |address: Option<std::net::SocketAddr>| {
            address.map_or("none".to_owned(), |a| a.to_string())
        };
        let (kind, listens, local, peer) = match resource {
            ResourcePlan::TcpListen { address } => (SocketKind::Stream, true, Some(address), None),
            ResourcePlan::UdpReceive { address } => {
                (SocketKind::Datagram, false, Some(address), None)
            }
            ResourcePlan::TcpConnect { address } => {
                (SocketKind::Stream, false, None, Some(address))
            }
            ResourcePlan::UdpSend { address } => (SocketKind::Datagram, false, None, Some(address)),
            _ => return,
        };
        self.require(seen.kind == kind, Deviation::SocketKind { grant: its() });
        if seen.listens != listens {
            let (grant, seen) = (its(), seen.listens);
            self.found.push(Deviation::SocketListens { grant, seen });
        }
        if let Some(local) = local
            && seen.local != Some(*local)
        {
            self.found.push(Deviation::SocketAddress {
                grant: its(),
                planned: local.to_string(),
                seen: shown(seen.local),
            });
        }
        // Whoever was connected may have hung up already; then it leads nowhere.
        let hung_up = seen.peer.is_none() && matches!(resource, ResourcePlan::TcpConnect { .. });
        if !hung_up && seen.peer.as_ref() != peer {
            self.found.push(Deviation::SocketPeer {
                grant: its(),
                planned: shown(peer.copied()),
                seen: shown(seen.peer),
            });
        }
        let sends = matches!(resource, ResourcePlan::UdpSend { .. });
        let closed = seen.closed || !sends;
        self.require(closed, Deviation::SocketReceives { grant: its() });
    }

    fn privileges(&mut self) {
        let status = &self.seen.status;
        let outer = self.expected.outside.filters;
        let filters = match self.expected.process {
            Process::Keeper => outer,
            Process::Subject => outer.saturating_add(1),
        };
        let mode = if filters > 0 { 2 } else { 0 };
        let threads = if self.runs() {
            (1..=THREADS_MAX).contains(&status.threads)
        } else {
            status.threads == 1
        };
        self.require(status.no_new_privileges == 1, Deviation::NewPrivileges);
        self.require(status.capabilities == [0; 5], Deviation::Capabilities);
        self.require(threads, Deviation::Threads);
        self.require(status.tracer == 0, Deviation::Traced);
        self.equal(Property::FilterMode, mode, status.seccomp);
        self.equal(Property::Filters, filters, status.filters);
        // Of a process that cannot be dumped or looked into, `/proc` makes root the owner; in a user
        // namespace that is no difference.
        if self.expected.mode == Mode::Privileged {
            let shielded = self.seen.owner == (0, 0);
            self.require(shielded, Deviation::Exposed);
        }
        let umask = self.expected.outside.umask;
        self.require(status.umask == umask, Deviation::FileMask);
    }

    fn identity(&mut self) {
        let (user, group) = match self.expected.mode {
            Mode::Privileged => (self.placed.user, self.placed.user),
            Mode::Unprivileged { user, group } => (user, group),
        };
        let status = &self.seen.status;
        let (users, groups) = (&status.users, &status.groups);
        let is_its_own = *users == [user; 4] && *groups == [group; 4];
        let alone = status.groups_further.is_empty() || self.expected.mode != Mode::Privileged;
        let (users, groups) = (users.clone(), groups.clone());
        self.require(
            is_its_own,
            Deviation::Identity {
                users,
                groups,
                user,
                group,
            },
        );
        self.require(alone, Deviation::FurtherGroups);
        let outside = &self.expected.outside.namespaces;
        let own_users = self.seen.namespaces.get("user") != outside.get("user");
        if own_users || self.expected.mode != Mode::Privileged {
            let single = |map: &[[u64; 3]]| matches!(map, [[_, _, 1]]);
            let maps_one = single(&self.seen.uid_map) && single(&self.seen.gid_map);
            self.require(maps_one, Deviation::UserMap);
        }
    }

    fn namespaces(&mut self) {
        let user = (self.expected.mode != Mode::Privileged).then_some("user");
        for kind in OWN_NAMESPACES.into_iter().chain(user) {
            let namespace = kind.to_owned();
            let Some(inode) = self.seen.namespaces.get(kind) else {
                self.found.push(Deviation::NamespaceUnseen { namespace });
                continue;
            };
            let outside = self.expected.outside.namespaces.get(kind);
            if outside.is_none_or(|outside| outside == inode) {
                let namespace = namespace.clone();
                self.found
                    .push(Deviation::NamespaceOfSupervisor { namespace });
            }
            let mut others = self.expected.others.iter();
            if others.any(|other| other.get(kind) == Some(inode)) {
                self.found.push(Deviation::NamespaceOfAnother { namespace });
            }
        }
        for (clock, seconds, nanoseconds) in &self.seen.clock_offsets {
            let is_zero = (*seconds, *nanoseconds) == (0, 0);
            let clock = clock.clone();
            self.require(is_zero, Deviation::ClockShifted { clock });
        }
    }

    fn root(&mut self) {
        let empty = self.seen.root_names.is_empty();
        self.require(empty, Deviation::RootNotEmpty);
        match self.seen.mounts.as_slice() {
            [mount] => {
                let whole = mount.point == "/" && mount.root == "/" && mount.kind == "tmpfs";
                self.require(whole, Deviation::RootNotWhole);
                let here = self.seen.root.device_numbers() == mount.device;
                self.require(here, Deviation::RootElsewhere);
                for option in MOUNT_OPTIONS {
                    let has = mount.options.iter().any(|own| own == option);
                    let option = option.to_owned();
                    self.require(has, Deviation::RootOption { option });
                }
            }
            mounts => self.found.push(Deviation::Mounts {
                seen: mounts.len() as u64,
            }),
        }
        let at_root = self.seen.directory == self.seen.root;
        self.require(at_root, Deviation::DirectoryElsewhere);
    }

    fn limits(&mut self) {
        let outside = &self.expected.outside.limits;
        let names: BTreeSet<&str> = self
            .seen
            .limits
            .keys()
            .chain(outside.keys())
            .map(String::as_str)
            .chain(self.expected.limits.iter().map(|(name, _)| *name))
            .collect();
        for name in names {
            let given = outside.get(name).copied();
            let own = self.expected.limits.iter().find(|(own, _)| *own == name);
            let planned = match own {
                Some((_, value)) => {
                    let wanted = Some(*value).filter(|value| *value != u64::MAX);
                    let most = given.and_then(|given| given.hard);
                    let value = match (wanted, most) {
                        (Some(wanted), Some(most)) => Some(wanted.min(most)),
                        (one, other) => one.or(other),
                    };
                    Some(Limit {
                        soft: value,
                        hard: value,
                    })
                }
                None => given,
            };
            let seen = self.seen.limits.get(name).copied();
            if planned != seen {
                self.found.push(Deviation::Limit {
                    limit: name.to_lowercase(),
                    planned: shown(planned),
                    seen: shown(seen),
                });
            }
        }
    }

    fn groups(&mut self) {
        self.equal(
            Property::OomScoreAdj,
            self.expected.oom_score_adj,
            self.seen.oom_score_adj,
        );
        for group in self.expected.groups {
            let name = controller(group.resource);
            let is_its = |controllers: &str| match group.version {
                2 => controllers.is_empty(),
                _ => controllers.split(',').any(|own| own == name),
            };
            let mut lines = self.seen.groups.iter();
            let path = lines.find(|(controllers, _)| is_its(controllers));
            let seen = path.map_or("none", |(_, path)| path.as_str());
            if seen != group.path {
                self.found.push(Deviation::ControlGroup {
                    controller: name.to_owned(),
                    planned: group.path.clone(),
                    seen: short(seen),
                });
            }
            for (file, planned) in planned_values(self.own, group) {
                let mut values = self.seen.group_values.iter();
                let value =
                    values.find(|(resource, own, _)| *resource == group.resource && *own == file);
                let value = value.map(|(.., value)| value.as_str());
                // Of a file that this kernel does not have nothing is expected; the first one it has.
                let is_optional = OPTIONAL_VALUES.contains(&file);
                if value.is_none() && (is_optional || self.expected.process == Process::Subject) {
                    continue;
                }
                let seen = value.unwrap_or("none");
                if planned != seen {
                    self.found.push(Deviation::ControlGroupValue {
                        file: file.to_owned(),
                        planned,
                        seen: short(seen),
                    });
                }
            }
        }
    }

    fn schedule(&mut self) {
        let Schedule {
            nice,
            policy,
            priority,
        } = self.seen.schedule;
        self.equal(Property::SchedulingPolicy, 0, policy);
        self.equal(Property::RealTimePriority, 0, priority);
        self.equal(Property::Nice, self.expected.outside.nice, nice);
    }

    fn signals(&mut self) {
        if self.runs() {
            return;
        }
        let status = &self.seen.status;
        let mask = |mask: u64| format!("{mask:#x}");
        for (property, planned, seen) in [
            (
                Property::SignalsIgnored,
                self.expected.signals_ignored,
                status.signals_ignored,
            ),
            (Property::SignalsBlocked, 0, status.signals_blocked),
            (Property::SignalsHandled, 0, status.signals_handled),
            (Property::SignalsPending, 0, status.signals_pending),
        ] {
            self.equal(property, mask(planned), mask(seen));
        }
    }

    fn processes(&mut self) {
        if let Some(children) = &self.seen.children
            && children != self.expected.children
        {
            let planned = format!("{:?}", self.expected.children);
            let seen = format!("{children:?}");
            self.equal(Property::Children, planned, seen);
        }
        let numbers = &self.seen.status.numbers;
        let first = self.expected.process == Process::Keeper;
        let inside = numbers.last().is_some_and(|number| (*number == 1) == first);
        self.require(inside && numbers.len() > 1, Deviation::ProcessNumber);
    }
}

/// Most characters recorded of a text that a process can choose.
const SHORT_CHARACTERS_MAX: usize = 200;

fn short(text: &str) -> String {
    text.chars().take(SHORT_CHARACTERS_MAX).collect()
}

fn wrong_kind(seen: &Descriptor) -> Deviation {
    Deviation::DescriptorKind {
        descriptor: seen.number,
        target: short(&seen.target),
        flags: seen.flags,
    }
}

/// What a descriptor is for.
enum Purpose<'a> {
    Grant(&'a GrantPlan, &'a Granted),
    Control(ControlKind),
}

fn is_control(kind: ControlKind, seen: &Descriptor, program: FileId) -> bool {
    let (target, flags) = (&seen.target, seen.flags);
    match kind {
        ControlKind::Socket => target.starts_with("socket:["),
        ControlKind::Listener => target == "anon_inode:seccomp notify",
        ControlKind::Image => {
            let of_program = seen.file == program;
            of_program && (is_file(target) || target == SEALED_IMAGE) && flags & ACCESS == READ
        }
        ControlKind::Null => target == "/dev/null" && seen.device == NULL_DEVICE,
        ControlKind::Process => target == "anon_inode:[pidfd]" || target.starts_with("pidfd:["),
    }
}

fn shown(limit: Option<Limit>) -> String {
    let one = |value: Option<u64>| value.map_or("unlimited".to_owned(), |value| value.to_string());
    match limit {
        None => "none".to_owned(),
        Some(Limit { soft, hard }) if soft == hard => one(soft),
        Some(Limit { soft, hard }) => format!("{} of {}", one(soft), one(hard)),
    }
}

/// Name of the kernel's controller.
pub(crate) fn controller(resource: Resource) -> &'static str {
    match resource {
        Resource::Memory => "memory",
        Resource::Processor => "cpu",
        Resource::Threads => "pids",
    }
}

/// Files that are absent where the kernel does not count swap.
const OPTIONAL_VALUES: [&str; 2] = ["memory.memsw.limit_in_bytes", "memory.swap.max"];

/// The path of a grant on a file or device.
fn path_of(resource: &ResourcePlan) -> Option<&str> {
    match resource {
        ResourcePlan::FileRead { path }
        | ResourcePlan::FileAppend { path, .. }
        | ResourcePlan::Device { path } => Some(path),
        _ => None,
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

/// Names a file.
fn is_file(target: &str) -> bool {
    target.starts_with('/') && !target.starts_with("/memfd:")
}

/// Whether a descriptor has the name of a path: exactly for a relative one, which is opened without
/// following links; an absolute one may lead through links to any.
fn is_named(seen: &Descriptor, path: &str) -> bool {
    let parts = path.split('/').filter(|part| !matches!(*part, "" | "."));
    let relative = parts.fold(String::new(), |joined, part| joined + "/" + part);
    path.starts_with('/') || seen.target.ends_with(&relative)
}

/// Whether whoever has this grant accepts connections.
pub(crate) fn accepts(grant: &GrantPlan) -> bool {
    matches!(grant.resource, ResourcePlan::TcpListen { .. })
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
        ResourcePlan::FileRead { .. } => is_file(&seen.target) && opened,
        ResourcePlan::FileAppend { .. } => {
            is_file(&seen.target) && opened && seen.flags & APPEND != 0
        }
    }
}
