//! A partition as it should be, and seeded faults, each of which must be found.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use linux_audit::*;
use plan::*;
use record::difference::{Deviation, Holder};
use std::collections::BTreeMap;
use std::io::{Read, Write};

const PAGE: u64 = 4096;
const TABLE: u64 = 0x1000_0000_0000;
const PULSE: u64 = 0x1000_1000_0000;
const USER: u32 = 0x7000_0000;
/// Where the loader places image and stack.
const OWN: u64 = 0x5000_0000_0000;
const OWN_END: u64 = 0x5500_0000_0000;

fn json(text: &str) -> Plan {
    serde_json::from_str(text).unwrap()
}

/// `feeder` writes a sampling channel and a credit queue, `mixer` reads them and holds grants.
fn plan() -> Plan {
    let subject = |name: &str, ports: &str, grants: &str| {
        format!(
            r#"{{"name":"{name}","image":{{"size_bytes":1,
            "sha256":"{:064}"}},"memory_bytes":1,"budget_us":0,
            "budget_period_us":0,"period_us":1,"heartbeat_ms":0,"on_failure":{{"action":"stop",
            "delay_ms":0,"count_max":0,"window_ms":0,"then_halt":false}},"ports":[{ports}],
            "grants":[{grants}],"settings":[]}}"#,
            0
        )
    };
    let port = |name: &str, direction: &str| {
        format!(
            r#"{{"name":"{name}","direction":"{direction}",
            "channel":"feeder.{name} -> mixer.{name}","max_age_us":0,"on_stale":"hold"}}"#
        )
    };
    let ports = |direction| format!("{},{}", port("level", direction), port("order", direction));
    let grants = r#"{"name":"broker","peer":"cloud","direction":"both",
        "resource":{"open":"tcp-connect","address":"192.0.2.1:1883"}},
        {"name":"log","peer":"disk","direction":"out",
        "resource":{"open":"file-append","path":"mixer/log","quota_bytes":4096}},
        {"name":"recipe","peer":"disk","direction":"in",
        "resource":{"open":"file-read","path":"recipe"}}"#;
    let placed = |name: &str, user: u32| {
        format!(r#"{{"name":"{name}","program":"/opt/{name}","user":{user}}}"#)
    };
    let mapped = |name: &str, data: u64, credit: u64| {
        format!(
            r#"{{"name":"feeder.{name} -> mixer.{name}","data_address":{data},
            "credit_address":{credit}}}"#
        )
    };
    let channel = |name: &str, kind: &str| {
        format!(
            r#"{{"name":"feeder.{name} -> mixer.{name}",
            "writer":{{"subject":"feeder","port":"{name}"}},
            "reader":{{"subject":"mixer","port":"{name}"}},"kind":"{kind}","depth":1,
            "message_bytes":8,"schema":"0000000000000000"}}"#
        )
    };
    let (first, step) = (plan::linux::ADDRESS_MIN, plan::linux::ADDRESS_STEP);
    let plan = json(&format!(
        r#"{{"format":"bulkhead.plan/2","core":{{"system":"line","model":"{:064}",
        "platform":{{"name":"box","cores":1,"memory_bytes":9,
        "enforce":{{"memory":"best","processor":"best"}}}},
        "subjects":[{},{}],"channels":[{},{}]}},
        "target":{{"linux":{{"subjects":[{},{}],"channels":[{},{}]}}}}}}"#,
        0,
        subject("feeder", &ports("out"), ""),
        subject("mixer", &ports("in"), grants),
        channel("level", "sampling"),
        channel("order", "credit"),
        placed("feeder", USER),
        placed("mixer", USER + 1),
        mapped("level", first, 0),
        mapped("order", first + step, first + 2 * step),
    ));
    assert_eq!(plan.faults(), []);
    plan
}

fn segments() -> Vec<Segment> {
    let (first, step) = (plan::linux::ADDRESS_MIN, plan::linux::ADDRESS_STEP);
    let shared = seals::SHRINK | seals::GROW | seals::FUTURE_WRITE | seals::SEAL;
    let table = seals::SHRINK | seals::GROW | seals::WRITE | seals::SEAL;
    let all = [
        ("feeder.level -> mixer.level", Role::Data, first, shared),
        (
            "feeder.order -> mixer.order",
            Role::Data,
            first + step,
            shared,
        ),
        (
            "feeder.order -> mixer.order",
            Role::Credit,
            first + 2 * step,
            shared,
        ),
        ("feeder", Role::Pulse, PULSE, shared),
        ("mixer", Role::Pulse, PULSE, shared),
        ("feeder", Role::Table, TABLE, table),
        ("mixer", Role::Table, TABLE, table),
    ];
    let segment = |(inode, (name, role, address, seals)): (u64, (&str, Role, u64, u32))| Segment {
        name: name.to_owned(),
        role,
        file: FileId { device: 1, inode },
        bytes: 2 * PAGE,
        address,
        seals,
    };
    (2001..).zip(all).map(segment).collect()
}

/// Mapping of a segment.
fn map(segments: &[Segment], name: &str, role: Role, rights: &str) -> Mapping {
    let mut segments = segments.iter();
    let segment = segments
        .find(|own| own.name == name && own.role == role)
        .unwrap();
    Mapping {
        start: segment.address,
        end: segment.address + segment.bytes,
        rights: rights.to_owned(),
        offset: 0,
        device: segment.file.device_numbers(),
        inode: segment.file.inode,
        name: "/memfd:segment (deleted)".to_owned(),
    }
}

fn private(start: u64, rights: &str, device: (u32, u32), inode: u64, name: &str) -> Mapping {
    let (end, rights, name) = (start + PAGE, rights.to_owned(), name.to_owned());
    Mapping {
        start,
        end,
        rights,
        offset: 0,
        device,
        inode,
        name,
    }
}

const PROGRAM: FileId = FileId {
    device: 0xfe00,
    inode: 77,
};
const LOADER: FileId = FileId {
    device: 0xfe00,
    inode: 78,
};

const ROOT: FileId = FileId {
    device: 0x34,
    inode: 1,
};
const IGNORED: u64 = 1 << 24;

fn limits(core: u64) -> BTreeMap<String, Limit> {
    let row = |(name, value): (&str, u64)| {
        let (soft, hard) = (Some(value), Some(value));
        (name.to_owned(), Limit { soft, hard })
    };
    [("Max core file size", core), ("Max open files", 100)]
        .map(row)
        .into()
}

fn groups() -> Vec<Group> {
    [(Resource::Memory, 1), (Resource::Processor, 1)]
        .map(|(resource, version)| Group {
            resource,
            version,
            directory: "/sys/fs/cgroup/line/x".into(),
            path: "/line/x".to_owned(),
        })
        .to_vec()
}

fn namespaces(first: u64) -> BTreeMap<String, u64> {
    let kinds = ["cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"];
    kinds
        .iter()
        .map(|kind| (*kind).to_owned())
        .zip(first..)
        .collect()
}

/// One partition as it should be.
#[derive(Clone)]
struct Case {
    plan: Plan,
    subject: &'static str,
    process: Process,
    mode: Mode,
    segments: Vec<Segment>,
    seen: Observation,
    stage: Stage,
    grants: Vec<Granted>,
    control: Vec<Control>,
    held: Vec<Held>,
    outside: Outside,
    other: BTreeMap<String, u64>,
}

impl Case {
    fn good(subject: &'static str, process: Process, mode: Mode) -> Self {
        let (plan, segments) = (plan(), segments());
        let writes = subject == "feeder";
        let rights = |writer| if writer { "rw-s" } else { "r--s" };
        let (level, order) = ("feeder.level -> mixer.level", "feeder.order -> mixer.order");
        let mut maps = vec![
            map(&segments, level, Role::Data, rights(writes)),
            map(&segments, order, Role::Data, rights(writes)),
            map(&segments, order, Role::Credit, rights(!writes)),
            map(&segments, subject, Role::Pulse, "rw-s"),
            private(0x7fff_0000_0000, "r-xp", (0, 0), 0, "[vdso]"),
            private(0x7fff_0000_1000, "r--p", (0, 0), 0, "[vvar]"),
            private(0xffff_ffff_ff60_0000, "--xp", (0, 0), 0, "[vsyscall]"),
        ];
        let descriptor = |number: i32, target: &str, flags| Descriptor {
            number,
            target: target.to_owned(),
            file: FileId {
                device: 7,
                inode: 5000 + u64::from(number.unsigned_abs()),
            },
            device: if target == "/dev/null" { 0x103 } else { 0 },
            flags,
            socket: None,
        };
        let mut descriptors = vec![descriptor(3, "socket:[900]", 0o2)];
        let mut control = vec![Control {
            number: 3,
            kind: ControlKind::Socket,
        }];
        for number in 0..3 {
            descriptors.push(descriptor(number, "/dev/null", 0o2));
            let kind = ControlKind::Null;
            control.push(Control { number, kind });
        }
        let mut grants = Vec::new();
        if process == Process::Subject {
            maps.push(map(&segments, subject, Role::Table, "r--s"));
            let program = (0xfe, 0);
            maps.extend([
                private(OWN, "r-xp", program, PROGRAM.inode, "/memfd:image"),
                private(OWN + PAGE, "rw-p", program, PROGRAM.inode, "/memfd:image"),
                private(OWN + 2 * PAGE, "rw-p", (0, 0), 0, ""),
                private(OWN + 3 * PAGE, "r-xp", (0, 0), 0, ""),
                private(OWN_END - PAGE, "rw-p", (0, 0), 0, "[stack]"),
            ]);
            descriptors.push(descriptor(4, "anon_inode:seccomp notify", 0o2));
            control.push(Control {
                number: 4,
                kind: ControlKind::Listener,
            });
            if subject == "mixer" {
                let mut broker = descriptor(10, "socket:[901]", 0o4002);
                broker.socket = Some(Socket {
                    kind: SocketKind::Stream,
                    listens: false,
                    local: "192.0.2.9:5000".parse().ok(),
                    peer: "192.0.2.1:1883".parse().ok(),
                    closed: false,
                });
                descriptors.push(broker);
                descriptors.push(descriptor(11, "/state/mixer/log", 0o102_001));
                descriptors.push(descriptor(12, "/state/recipe", 0o100_000));
                let handed = |(name, number): (&str, i32)| {
                    let opened = descriptor(number, "", 0).file;
                    let found = (name != "broker").then(|| vec![opened]);
                    let name = name.to_owned();
                    Granted {
                        name,
                        number,
                        opened,
                        found,
                    }
                };
                grants = ["broker", "log", "recipe"]
                    .into_iter()
                    .zip(10..)
                    .map(handed)
                    .collect();
            }
        } else {
            let (code, data) = (0x7ff8_0000_0000, 0x7ff8_0000_1000);
            let name = "/opt/bulkhead-init";
            maps.extend([
                private(code, "r-xp", (0xfe, 0), LOADER.inode, name),
                private(data, "rw-p", (0xfe, 0), LOADER.inode, name),
                private(0x5555_0000_0000, "rw-p", (0, 0), 0, "[heap]"),
                private(0x7ffe_0000_0000, "rw-p", (0, 0), 0, "[stack]"),
            ]);
            let mut image = descriptor(5, "/memfd:image (deleted)", 0o100_000);
            image.file = PROGRAM;
            descriptors.push(image);
            descriptors.push(descriptor(6, "anon_inode:[pidfd]", 0o2));
            let own = [(5, ControlKind::Image), (6, ControlKind::Process)];
            control.extend(own.map(|(number, kind)| Control { number, kind }));
        }
        let user = match mode {
            Mode::Privileged => USER + u32::from(!writes),
            Mode::Unprivileged { user, .. } => user,
        };
        let filtered = process == Process::Subject;
        let seen = Observation {
            pid: 4711,
            maps,
            descriptors,
            sharing: Some(Sharing::default()),
            status: Status {
                users: vec![user; 4],
                groups: vec![user; 4],
                groups_further: Vec::new(),
                threads: 1,
                tracer: 0,
                no_new_privileges: 1,
                seccomp: if filtered { 2 } else { 0 },
                filters: u32::from(filtered),
                numbers: vec![4711, if filtered { 2 } else { 1 }],
                umask: 0o22,
                signals_pending: 0,
                signals_blocked: 0,
                signals_ignored: IGNORED,
                signals_handled: 0,
                capabilities: vec![0; 5],
            },
            owner: (0, 0),
            schedule: Schedule::default(),
            namespaces: namespaces(100),
            clock_offsets: vec![("monotonic".to_owned(), 0, 0)],
            uid_map: vec![[user.into(), user.into(), 1]],
            gid_map: vec![[user.into(), user.into(), 1]],
            mounts: vec![Mount {
                device: ROOT.device_numbers(),
                root: "/".to_owned(),
                point: "/".to_owned(),
                options: ["ro", "nosuid", "nodev", "noexec"]
                    .map(str::to_owned)
                    .to_vec(),
                kind: "tmpfs".to_owned(),
            }],
            root: ROOT,
            root_names: Vec::new(),
            directory: ROOT,
            limits: limits(if filtered { 0 } else { 7 }),
            groups: vec![
                ("memory".to_owned(), "/line/x".to_owned()),
                ("cpu,cpuacct".to_owned(), "/line/x".to_owned()),
            ],
            group_values: vec![(
                Resource::Memory,
                "memory.limit_in_bytes",
                (4 << 20).to_string(),
            )],
            oom_score_adj: 0,
            children: Some(if filtered { vec![] } else { vec![4712] }),
        };
        let outside = Outside {
            namespaces: namespaces(10),
            limits: limits(7),
            umask: 0o22,
            ..Outside::default()
        };
        let other = namespaces(200);
        Self {
            plan,
            subject,
            process,
            mode,
            segments,
            seen,
            stage: Stage::Waiting,
            grants,
            control,
            held: Vec::new(),
            outside,
            other,
        }
    }

    fn differences(&self) -> Vec<String> {
        let expected = Expectation {
            mode: self.mode,
            process: self.process,
            stage: self.stage,
            segments: &self.segments,
            program: PROGRAM,
            loader: LOADER,
            own: OWN..OWN_END,
            grants: &self.grants,
            control: &self.control,
            held: &self.held,
            outside: &self.outside,
            others: &[&self.other],
            limits: match self.process {
                Process::Subject => &[("Max core file size", 0)],
                Process::Keeper => &[],
            },
            groups: &groups(),
            oom_score_adj: 0,
            children: match self.process {
                Process::Subject => &[],
                Process::Keeper => &[4712],
            },
            signals_ignored: IGNORED,
        };
        let found = compare(&self.plan, self.subject, &self.seen, &expected);
        found.iter().map(Deviation::to_string).collect()
    }
}

const SHARED_USER: Mode = Mode::Unprivileged {
    user: 1000,
    group: 1000,
};

fn good_cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for mode in [Mode::Privileged, SHARED_USER] {
        for subject in ["feeder", "mixer"] {
            for process in [Process::Keeper, Process::Subject] {
                cases.push(Case::good(subject, process, mode));
            }
        }
    }
    cases
}

#[test]
fn a_partition_as_planned_has_no_differences() {
    for case in good_cases() {
        assert_eq!(case.differences(), Vec::<String>::new(), "{}", case.subject);
    }
}

type Fault = (String, Case);

/// Faults in each mapping.
fn mapping_faults(good: &Case, faults: &mut Vec<Fault>) {
    for at in 0..good.seen.maps.len() {
        let name = good.seen.maps[at].name.clone();
        let shared = good.seen.maps[at].rights.ends_with('s');
        let mut with = |what: &str, change: &dyn Fn(&mut Mapping)| {
            let mut bad = good.clone();
            change(&mut bad.seen.maps[at]);
            faults.push((format!("mapping {at} `{name}` {what}"), bad));
        };
        let toggled = |rights: &str, right: char, place: usize| -> String {
            let toggle = |(at, old): (usize, char)| match at == place {
                true if old == right => '-',
                true => right,
                false => old,
            };
            rights.chars().enumerate().map(toggle).collect()
        };
        with("writable and executable", &|map| {
            map.rights = "rwxp".to_owned()
        });
        with("shared, writable, elsewhere", &|map| {
            map.rights = "rw-s".to_owned();
            map.start += PAGE;
            map.end += PAGE;
        });
        if !shared {
            with("shared", &|map| map.rights = "r--s".to_owned());
            with("of another file", &|map| {
                map.inode = 5;
                map.device = (8, 1);
            });
            continue;
        }
        with("with writing toggled", &|map| {
            map.rights = toggled(&map.rights, 'w', 1)
        });
        with("executable", &|map| {
            map.rights = toggled(&map.rights, 'x', 2)
        });
        with("not readable", &|map| {
            map.rights = toggled(&map.rights, 'r', 0)
        });
        with("private", &|map| map.rights = map.rights.replace('s', "p"));
        with("of another inode", &|map| map.inode += 100);
        with("of another device", &|map| map.device = (8, 1));
        with("longer", &|map| map.end += PAGE);
        with("shorter", &|map| map.end -= PAGE);
        with("from further on", &|map| map.offset = PAGE);
        let mut bad = good.clone();
        bad.seen.maps.remove(at);
        faults.push((format!("mapping {at} `{name}` missing"), bad));
        let mut bad = good.clone();
        let mut twice = bad.seen.maps[at].clone();
        twice.start += 0x10_0000;
        twice.end += 0x10_0000;
        bad.seen.maps.push(twice);
        faults.push((format!("mapping {at} `{name}` twice"), bad));
    }
    let mut with = |what: &str, map: Mapping| {
        let mut bad = good.clone();
        bad.seen.maps.push(map);
        faults.push((what.to_owned(), bad));
    };
    with(
        "executable anonymous memory",
        private(0x9000, "r-xp", (0, 0), 0, ""),
    );
    if good.process == Process::Subject {
        let way = private(OWN + 9 * PAGE, "r-xp", (0, 0), 0, "");
        with("a second page of instructions", way);
        let code = private(
            0x7ff8_0000_0000,
            "r-xp",
            (0xfe, 0),
            LOADER.inode,
            "/opt/bulkhead-init",
        );
        with("code of the loader", code);
        with(
            "memory of the loader",
            private(0x5555_0000_0000, "rw-p", (0, 0), 0, "[heap]"),
        );
        with(
            "memory half outside",
            private(OWN_END - PAGE / 2, "rw-p", (0, 0), 0, ""),
        );
    }
    with(
        "memory named like the vdso",
        private(0x9000, "r-xp", (8, 1), 9, "[vdso]"),
    );
    with(
        "file of the host",
        private(0x9000, "r--p", (8, 1), 9, "/etc/passwd"),
    );
    with(
        "shared anonymous memory",
        private(0x9000, "rw-s", (0, 1), 9, "/dev/zero (deleted)"),
    );
    for foreign in ["feeder", "mixer"]
        .iter()
        .filter(|name| **name != good.subject)
    {
        with(
            "foreign pulse",
            map(&good.segments, foreign, Role::Pulse, "r--s"),
        );
        with(
            "foreign table",
            map(&good.segments, foreign, Role::Table, "r--s"),
        );
    }
}

fn descriptor_faults(good: &Case, faults: &mut Vec<Fault>) {
    for target in [
        "socket:[1]",
        "pipe:[2]",
        "/etc/passwd",
        "/memfd:segment (deleted)",
        "anon_inode:[eventfd]",
        "anon_inode:[io_uring]",
        "/dev/mem",
        "anon_inode:[pidfd]",
        "net:[4026531840]",
    ] {
        let mut bad = good.clone();
        let target = target.to_owned();
        faults.push((format!("descriptor on `{target}`"), {
            bad.seen.descriptors.push(Descriptor {
                number: 40,
                target,
                flags: 0o2,
                ..Descriptor::default()
            });
            bad
        }));
    }
    for at in 0..good.seen.descriptors.len() {
        let number = good.seen.descriptors[at].number;
        let mut bad = good.clone();
        bad.seen.descriptors.remove(at);
        faults.push((format!("descriptor {number} closed"), bad));
        let mut bad = good.clone();
        bad.seen.descriptors[at].target = "pipe:[3]".to_owned();
        faults.push((format!("descriptor {number} on a pipe"), bad));
        let target = &good.seen.descriptors[at].target;
        if target.starts_with('/') && target != "/dev/null" {
            let mut bad = good.clone();
            bad.seen.descriptors[at].flags ^= 0o2;
            faults.push((format!("descriptor {number} with other rights"), bad));
            let mut bad = good.clone();
            bad.seen.descriptors[at].target = "/memfd:x (deleted)".to_owned();
            faults.push((format!("descriptor {number} on memory"), bad));
        }
        if good.seen.descriptors[at].target.starts_with("/state/") {
            let mut bad = good.clone();
            bad.seen.descriptors[at].target = "/state/another".to_owned();
            faults.push((format!("descriptor {number} on another file"), bad));
            let mut bad = good.clone();
            bad.seen.descriptors[at].file.inode += 100;
            faults.push((format!("descriptor {number} on a file of this name"), bad));
            let mut bad = good.clone();
            let swapped = bad.seen.descriptors[at].file.inode + 100;
            bad.seen.descriptors[at].file.inode = swapped;
            for handed in bad.grants.iter_mut().filter(|own| own.number == number) {
                handed.opened.inode = swapped;
            }
            faults.push((format!("descriptor {number} opened on another"), bad));
        }
    }
    if let Some(log) = good
        .seen
        .descriptors
        .iter()
        .position(|own| own.number == 11)
    {
        let mut bad = good.clone();
        bad.seen.descriptors[log].flags &= !0o2000;
        faults.push(("log that can be overwritten".to_owned(), bad));
    }
    type Change = fn(&mut Socket);
    let changes: [(&str, Change); 4] = [
        ("of another kind", |own| own.kind = SocketKind::Datagram),
        ("that listens", |own| own.listens = true),
        ("to another peer", |own| {
            own.peer = "192.0.2.2:1883".parse().ok();
        }),
        ("to another port", |own| {
            own.peer = "192.0.2.1:1".parse().ok()
        }),
    ];
    for (what, change) in changes {
        let mut bad = good.clone();
        let mut sockets = bad.seen.descriptors.iter_mut();
        if let Some(socket) = sockets.find_map(|own| own.socket.as_mut()) {
            change(socket);
            faults.push((format!("a socket {what}"), bad));
        }
    }
    let mut bad = good.clone();
    bad.grants.push(Granted {
        name: "extra".to_owned(),
        number: 3,
        opened: ROOT,
        found: None,
    });
    faults.push(("grant that is not planned".to_owned(), bad));
    if !good.grants.is_empty() {
        let mut bad = good.clone();
        bad.grants[1].number = 10;
        faults.push(("two grants on one descriptor".to_owned(), bad));
    }
}

fn process_faults(good: &Case, faults: &mut Vec<Fault>) {
    let mut with = |what: &str, change: &dyn Fn(&mut Case)| {
        let mut bad = good.clone();
        change(&mut bad);
        faults.push((what.to_owned(), bad));
    };
    with("an open file of another partition", &|bad| {
        let same = vec![(0, Holder::Partition)];
        bad.seen.sharing = Some(Sharing {
            same,
            ..Sharing::default()
        });
    });
    with("new privileges", &|bad| {
        bad.seen.status.no_new_privileges = 0
    });
    if good.process == Process::Subject {
        with("no filter", &|bad| bad.seen.status.seccomp = 0);
        with("strict mode instead of a filter", &|bad| {
            bad.seen.status.seccomp = 1
        });
        with("no filters", &|bad| bad.seen.status.filters = 0);
    }
    for set in 0..5 {
        with(&format!("capability in set {set}"), &|bad| {
            bad.seen.status.capabilities[set] = 1 << 21
        });
    }
    with("unknown capabilities", &|bad| {
        bad.seen.status.capabilities.clear()
    });
    with("a second thread", &|bad| bad.seen.status.threads = 2);
    with("a tracer", &|bad| bad.seen.status.tracer = 1);
    for name in ["Max core file size", "Max open files"] {
        with(&format!("a soft `{name}`"), &|bad| {
            bad.seen.limits.get_mut(name).unwrap().soft = Some(1);
        });
        with(&format!("an open `{name}`"), &|bad| {
            let limit = Limit::default();
            bad.seen.limits.insert(name.to_owned(), limit);
        });
        with(&format!("no `{name}`"), &|bad| {
            bad.seen.limits.remove(name);
        });
    }
    with("a limit nobody knows", &|bad| {
        let limit = Limit::default();
        bad.seen.limits.insert("Max new".to_owned(), limit);
    });
    with("another nice value", &|bad| bad.seen.schedule.nice = -5);
    with("real time", &|bad| bad.seen.schedule.policy = 1);
    with("a priority", &|bad| bad.seen.schedule.priority = 1);
    with("a signal ignored", &|bad| {
        bad.seen.status.signals_ignored |= 1
    });
    with("no signal ignored", &|bad| {
        bad.seen.status.signals_ignored = 0
    });
    with("a signal blocked", &|bad| {
        bad.seen.status.signals_blocked = 1
    });
    with("a signal handled", &|bad| {
        bad.seen.status.signals_handled = 1
    });
    with("a signal pending", &|bad| {
        bad.seen.status.signals_pending = 1
    });
    with("another memory group", &|bad| {
        bad.seen.groups[0].1 = "/line/y".to_owned()
    });
    with("no processor group", &|bad| {
        bad.seen.groups.pop();
    });
    if good.process == Process::Keeper {
        with("more memory in its group", &|bad| {
            bad.seen.group_values[0].2 = "9".to_owned()
        });
        with("a group without its file", &|bad| {
            bad.seen.group_values.clear()
        });
    }
    with("another place when memory is short", &|bad| {
        bad.seen.oom_score_adj = -1000
    });
    with("a child too many", &|bad| {
        bad.seen.children = Some(vec![4712, 4713])
    });
    with("no number of its own", &|bad| {
        bad.seen.status.numbers.clear()
    });
    with("the other's number", &|bad| {
        let last = bad.seen.status.numbers.last_mut().unwrap();
        *last = 3 - *last;
    });
    with("another working directory", &|bad| {
        bad.seen.directory.inode = 2
    });
    with("another root directory", &|bad| {
        bad.seen.root.device = 9;
        bad.seen.directory.device = 9;
    });
    with("a shifted clock", &|bad| bad.seen.clock_offsets[0].1 = 1);
    with("another mask of rights", &|bad| bad.seen.status.umask = 0);
    with("a second filter", &|bad| bad.seen.status.filters += 1);
    if good.mode == Mode::Privileged {
        with("memory its user may look into", &|bad| {
            bad.seen.owner = (USER, USER)
        });
    }
    for at in 0..4 {
        with(&format!("user {at} of root"), &|bad| {
            bad.seen.status.users[at] = 0
        });
        with(&format!("group {at} of root"), &|bad| {
            bad.seen.status.groups[at] = 0
        });
    }
    with("user of the neighbour", &|bad| {
        bad.seen.status.users = vec![USER + 7; 4]
    });
    if good.mode == Mode::Privileged {
        with("further groups", &|bad| {
            bad.seen.status.groups_further = vec![27]
        });
    } else {
        with("the host's user namespace", &|bad| {
            let own = bad.outside.namespaces["user"];
            bad.seen.namespaces.insert("user".to_owned(), own);
        });
    }
    with("a wide user map", &|bad| {
        bad.seen.uid_map = vec![[0, 0, u64::from(u32::MAX)]]
    });
    with("a second line in the group map", &|bad| {
        bad.seen.gid_map.push([0, 0, 1])
    });
    for kind in ["cgroup", "ipc", "mnt", "net", "pid", "time", "uts"] {
        with(&format!("the supervisor's {kind}"), &|bad| {
            let own = bad.outside.namespaces[kind];
            bad.seen.namespaces.insert(kind.to_owned(), own);
        });
        with(&format!("the neighbour's {kind}"), &|bad| {
            let own = bad.other[kind];
            bad.seen.namespaces.insert(kind.to_owned(), own);
        });
        with(&format!("no {kind}"), &|bad| {
            bad.seen.namespaces.retain(|own, _| own != kind)
        });
    }
    with("a file in the root", &|bad| {
        bad.seen.root_names.push("etc".to_owned())
    });
    for at in 0..4 {
        with(&format!("a root without option {at}"), &|bad| {
            bad.seen.mounts[0].options.remove(at);
        });
    }
    with("a second mount", &|bad| {
        let again = bad.seen.mounts[0].clone();
        bad.seen.mounts.push(again);
    });
    with("a root of another kind", &|bad| {
        bad.seen.mounts[0].kind = "ext4".to_owned()
    });
    with("no mount", &|bad| bad.seen.mounts.clear());
}

fn segment_faults(good: &Case, faults: &mut Vec<Fault>) {
    for at in 0..good.segments.len() {
        let (name, role) = (good.segments[at].name.clone(), good.segments[at].role);
        let foreign = matches!(role, Role::Pulse | Role::Table) && name != good.subject;
        let unmapped = role == Role::Table && good.process == Process::Keeper;
        if foreign || unmapped {
            continue;
        }
        let what = format!("{role:?} of `{name}`");
        for seal in [
            seals::SEAL,
            seals::SHRINK,
            seals::GROW,
            seals::WRITE,
            seals::FUTURE_WRITE,
        ] {
            if good.segments[at].seals & seal != 0 {
                let mut bad = good.clone();
                bad.segments[at].seals &= !seal;
                faults.push((format!("{what} without seal {seal:#x}"), bad));
            }
        }
        let mut bad = good.clone();
        bad.segments.remove(at);
        faults.push((format!("{what} unknown"), bad));
        let mut bad = good.clone();
        bad.segments[at].address += PAGE;
        faults.push((format!("{what} meant for elsewhere"), bad));
    }
}

#[test]
fn every_seeded_fault_is_found() {
    let mut faults = Vec::new();
    for good in good_cases() {
        mapping_faults(&good, &mut faults);
        descriptor_faults(&good, &mut faults);
        process_faults(&good, &mut faults);
        segment_faults(&good, &mut faults);
    }
    let missed: Vec<String> = faults
        .iter()
        .filter(|(_, bad)| bad.differences().is_empty())
        .map(|(what, bad)| format!("{what} ({}, {:?})", bad.subject, bad.process))
        .collect();
    assert_eq!(missed, Vec::<String>::new());
    assert!(faults.len() > 1000, "{}", faults.len());
}

/// What a program may do to itself is no difference once it runs; everything else still is.
#[test]
fn a_running_subject_may_do_what_is_its_own_business() {
    let mut case = Case::good("feeder", Process::Subject, Mode::Privileged);
    case.seen.status.threads = 3;
    case.seen.status.signals_handled = 1 << 10;
    case.seen.status.signals_blocked = 1;
    case.seen.descriptors.retain(|own| own.number < 3);
    assert!(!case.differences().is_empty());
    case.stage = Stage::Running;
    assert_eq!(case.differences(), Vec::<String>::new());
    case.seen.status.threads = 65;
    case.seen.schedule.nice = 1;
    assert_eq!(case.differences().len(), 2);
}

#[test]
fn a_running_subject_may_move_what_is_its_own() {
    let mut case = Case::good("feeder", Process::Subject, Mode::Privileged);
    case.control.clear();
    case.seen.descriptors.clear();
    let (program, place) = ((0xfe, 0), 0x7f00_0000_0000);
    let page = |rights: &str, inode| private(place, rights, program, inode, "/memfd:image");
    for rights in ["r--p", "rw-p", "r-xp"] {
        let mut moved = case.clone();
        moved.seen.maps.push(page(rights, PROGRAM.inode));
        assert_eq!(moved.differences().len(), 1, "at its gate");
        moved.stage = Stage::Running;
        assert_eq!(moved.differences(), Vec::<String>::new(), "{rights}");
    }
    case.stage = Stage::Running;
    let way = |map: &&mut Mapping| map.inode == 0 && map.rights == "r-xp" && map.name.is_empty();
    let mut moved = case.clone();
    let page_of_way = moved.seen.maps.iter_mut().find(way).unwrap();
    (page_of_way.start, page_of_way.end) = (place, place + 3 * PAGE);
    assert_eq!(moved.differences(), Vec::<String>::new());
    for bad in [
        page("rwxp", PROGRAM.inode),
        page("r--s", PROGRAM.inode),
        page("r--p", LOADER.inode),
        private(place, "r-xp", (0, 0), 0, ""),
    ] {
        let mut case = case.clone();
        case.seen.maps.push(bad.clone());
        assert!(!case.differences().is_empty(), "{bad:?}");
    }
}

/// The subject of the grants, running, with a listener as the first of them.
fn server() -> Case {
    let mut case = Case::good("mixer", Process::Subject, Mode::Privileged);
    let address = "192.0.2.9:5000".parse().unwrap();
    case.plan.core.subjects[1].grants[0].resource = ResourcePlan::TcpListen { address };
    let sockets = case.seen.descriptors.iter_mut();
    for socket in sockets.filter_map(|own| own.socket.as_mut()) {
        (socket.listens, socket.peer) = (true, None);
    }
    assert_eq!(case.differences(), Vec::<String>::new());
    case.control.retain(|own| own.number < 3);
    case.seen
        .descriptors
        .retain(|own| ![3, 4].contains(&own.number));
    case.stage = Stage::Running;
    assert_eq!(case.differences(), Vec::<String>::new());
    case
}

#[test]
fn an_accepted_connection_may_have_the_number_of_what_was_closed() {
    let good = server();
    let connection = |number: i32| Descriptor {
        number,
        target: "socket:[7]".to_owned(),
        file: FileId {
            device: 9,
            inode: 7,
        },
        socket: Some(Socket {
            kind: SocketKind::Stream,
            listens: false,
            local: "192.0.2.9:5000".parse().ok(),
            peer: "192.0.2.8:6000".parse().ok(),
            closed: false,
        }),
        ..Descriptor::default()
    };
    // Standard input, the listener itself, and files of grants.
    for number in [0, 10, 11, 12] {
        let mut case = good.clone();
        let mut with = |seen: Descriptor| {
            case.seen.descriptors.retain(|own| own.number != number);
            case.seen.descriptors.push(seen);
            case.differences()
        };
        assert_eq!(with(connection(number)), Vec::<String>::new(), "{number}");
        let mut pipe = connection(number);
        pipe.target = "pipe:[7]".to_owned();
        assert!(!with(pipe).is_empty(), "{number}");
        let mut datagrams = connection(number);
        datagrams.socket.as_mut().unwrap().kind = SocketKind::Datagram;
        assert!(!with(datagrams).is_empty(), "{number}");
        let mut listener = connection(number);
        listener.socket.as_mut().unwrap().listens = true;
        assert!(!with(listener).is_empty(), "{number}");
    }
    // Whoever has no listener accepts nothing.
    let mut case = Case::good("mixer", Process::Subject, Mode::Privileged);
    case.stage = Stage::Running;
    case.seen.descriptors.retain(|own| own.number != 0);
    case.seen.descriptors.push(connection(0));
    assert_eq!(case.differences().len(), 1);
}

#[test]
fn a_file_may_get_another_name_while_a_subject_has_it() {
    let mut case = server();
    for handed in &mut case.grants {
        handed.found = None;
    }
    for name in ["/state/mixer/log.1", "/state/mixer/log (deleted)"] {
        let mut log = case.seen.descriptors.iter_mut();
        log.find(|own| own.number == 11).unwrap().target = name.to_owned();
        assert_eq!(case.differences(), Vec::<String>::new(), "{name}");
    }
    let mut log = case.seen.descriptors.iter_mut();
    log.find(|own| own.number == 11).unwrap().file.inode += 1;
    assert_eq!(case.differences().len(), 1);
}

/// Between its go and the loader's last jump a process still has what the loader is about to close.
#[test]
fn what_the_loader_is_about_to_close_is_no_difference_and_nothing_else_in_its_place() {
    let mut case = Case::good("mixer", Process::Subject, Mode::Privileged);
    case.stage = Stage::Running;
    case.control.retain(|own| own.number < 3);
    assert_eq!(case.differences().len(), 2);
    let held = |own: &&Descriptor| [3, 4].contains(&own.number);
    let held = case.seen.descriptors.iter().filter(held).map(|own| Held {
        number: own.number,
        target: own.target.clone(),
    });
    case.held = held.collect();
    assert_eq!(case.differences(), Vec::<String>::new());
    let gate = case.seen.descriptors.iter_mut().find(|own| own.number == 3);
    gate.unwrap().target = "socket:[1]".to_owned();
    assert_eq!(case.differences().len(), 1);
}

#[test]
fn a_connection_that_was_hung_up_leads_nowhere() {
    let mut case = Case::good("mixer", Process::Subject, Mode::Privileged);
    let mut sockets = case.seen.descriptors.iter_mut();
    sockets.find_map(|own| own.socket.as_mut()).unwrap().peer = None;
    assert_eq!(case.differences(), Vec::<String>::new());
}

#[test]
fn a_subject_that_is_not_planned() {
    let mut case = Case::good("feeder", Process::Subject, Mode::Privileged);
    case.subject = "stranger";
    assert_eq!(case.differences(), ["the plan has no subject `stranger`"]);
}

fn flows(cases: &[Case]) -> Vec<String> {
    let control: Vec<Vec<i32>> = cases
        .iter()
        .map(|case| case.control.iter().map(|own| own.number).collect())
        .collect();
    let live: Vec<Live<'_>> = cases
        .iter()
        .zip(&control)
        .map(|(case, control)| Live {
            subject: case.subject,
            processes: vec![&case.seen],
            grants: &case.grants,
            control,
        })
        .collect();
    let graph = graph(&plan(), &segments(), &live);
    let found = graph_differences(&plan(), &graph);
    found.iter().map(Deviation::to_string).collect()
}

fn system() -> Vec<Case> {
    ["feeder", "mixer"]
        .map(|name| Case::good(name, Process::Subject, Mode::Privileged))
        .to_vec()
}

#[test]
fn the_live_flows_are_the_planned_ones() {
    assert_eq!(flows(&system()), Vec::<String>::new());
    // The keepers hold the same mappings and add nothing.
    let mut all = system();
    all.extend(["feeder", "mixer"].map(|name| Case::good(name, Process::Keeper, Mode::Privileged)));
    assert_eq!(flows(&all), Vec::<String>::new());
}

#[test]
fn flows_that_are_not_planned_are_named() {
    let mut reader_writes = system();
    reader_writes[1].seen.maps[0].rights = "rw-s".to_owned();
    assert_eq!(
        flows(&reader_writes),
        ["the flow from `mixer.level` to `feeder.level` (Sampling) is not planned"]
    );
    let mut writer_gone = system();
    writer_gone[0].seen.maps.remove(0);
    assert_eq!(
        flows(&writer_gone),
        ["the flow from `feeder.level` to `mixer.level` (Sampling) is missing"]
    );
    let mut secret = system();
    for case in &mut secret {
        case.seen
            .maps
            .push(private(0x9000, "rw-s", (0, 1), 999, "/dev/zero (deleted)"));
    }
    assert_eq!(flows(&secret).len(), 2);
    let mut socket = system();
    let (number, target, flags) = (40, "socket:[7]".to_owned(), 0o2);
    socket[0].seen.descriptors.push(Descriptor {
        number,
        target,
        flags,
        ..Descriptor::default()
    });
    assert_eq!(flows(&socket).len(), 2);
    let mut log_read = system();
    log_read[1]
        .seen
        .descriptors
        .iter_mut()
        .find(|own| own.number == 11)
        .unwrap()
        .flags = 0o2002;
    assert_eq!(
        flows(&log_read),
        ["the flow from `disk` to `mixer.log` (Grant) is not planned"]
    );
}

#[test]
fn an_ordinary_process_can_be_observed_and_is_no_partition() {
    let piped = std::process::Stdio::piped;
    let mut cat = std::process::Command::new("cat")
        .stdin(piped())
        .stdout(piped())
        .spawn()
        .unwrap();
    // Once it answers, it has been loaded; then it waits for more.
    let mut byte = [7];
    cat.stdin.as_mut().unwrap().write_all(&byte).unwrap();
    cat.stdout.as_mut().unwrap().read_exact(&mut byte).unwrap();
    let seen = observe(cat.id());
    cat.kill().unwrap();
    cat.wait().unwrap();
    let seen = seen.unwrap();
    assert!(
        seen.maps
            .iter()
            .any(|map| map.rights == "r-xp" && map.inode != 0)
    );
    let stdin = seen.descriptors.iter().find(|own| own.number == 0).unwrap();
    assert!(stdin.target.starts_with("pipe:[") && stdin.flags & 0o3 == 0);
    assert_eq!(seen.status.capabilities.len(), 5);
    assert_eq!(seen.status.users.len(), 4);
    assert!(seen.namespaces.contains_key("net") && !seen.mounts.is_empty());
    assert!(!seen.root_names.is_empty() && !seen.uid_map.is_empty());
    assert_eq!(seen.limits.len(), 16);
    assert!(!seen.groups.is_empty() && seen.status.numbers.len() == 1);
    let mut case = Case::good("feeder", Process::Subject, Mode::Privileged);
    case.outside.namespaces = seen.namespaces.clone();
    case.seen = seen;
    let differences = case.differences();
    for part in [
        "is not mapped at",
        "shares the supervisor's net namespace",
        "its filter mode is 0, not 2",
        "its working directory is not its empty root",
        "its memory control group is",
    ] {
        assert!(
            differences.iter().any(|own| own.contains(part)),
            "{part}: {differences:?}"
        );
    }
}

#[test]
fn what_the_loader_left_open_is_named_until_it_is_closed() {
    use std::os::fd::AsRawFd;
    let pid = std::process::id();
    let (gate, _other) = std::os::unix::net::UnixStream::pair().unwrap();
    let link = format!("/proc/{pid}/fd/{}", gate.as_raw_fd());
    let target = std::fs::read_link(link).unwrap();
    let held = |target: &str| {
        let (number, target) = (gate.as_raw_fd(), target.to_owned());
        vec![Held { number, target }]
    };
    let held = [held(target.to_str().unwrap()), held("socket:[0]")];
    let [own, another] = &held;
    let open = left_open(pid, own);
    assert_eq!(open.len(), 1);
    assert!(open[0].to_string().ends_with("is still open after its go"));
    // The number is in use, for something else.
    assert_eq!(left_open(pid, another), []);
    let unseen = left_open(u32::MAX, own);
    assert_eq!(unseen.len(), 1);
    assert!(unseen[0].to_string().contains("it has ended"), "{unseen:?}");
    drop(gate);
    assert_eq!(left_open(pid, own), []);
}

#[test]
fn a_process_that_is_gone_is_said() {
    let error = observe(u32::MAX).unwrap_err();
    let said = format!("cannot read `/proc/{}/task`: it has ended", u32::MAX);
    assert_eq!(error.to_string(), said);
}
