//! The objects of a partition: the table in `docs/security.md` is complete and true of what the kernel
//! shows.
//!
//! `cargo xtask objects` writes the document's table from `table.rs`.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail loudly"
)]

#[path = "../support/mod.rs"]
mod support;
mod table;

use linux::filter::{Fence, Rules};
use plan::{GrantDirection, GrantPlan, Kind, Plan, ResourcePlan};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use support::{Place, Run, STOP, plan, subject};
use table::{OWN_CALLS, ROWS, Reach, Row, Seen};

type Begin = for<'a> fn(&'a Place, &Plan, &[&str]) -> Run<'a>;
const BOTH: [Begin; 2] = [support::start, support::start_unprivileged];

/// Two subjects that have everything a plan can give: channels of each kind to a third, and grants.
fn rich(place: &Place) -> Plan {
    let path = place.path.join("granted");
    fs::write(&path, [7; 64]).unwrap();
    let granted = path.to_str().unwrap();
    let subjects = ["a", "b", "c"].map(|name| {
        let mut subject = subject(name, "idle", STOP);
        let grant = |what: &str, direction, resource| GrantPlan {
            name: what.to_owned(),
            peer: format!("{what}-peer"),
            direction,
            resource,
        };
        if name != "c" {
            let path = granted.to_owned();
            let quota_bytes = 4096;
            let own = format!("own-{name}");
            subject.grants = vec![
                grant(
                    "append",
                    GrantDirection::Out,
                    ResourcePlan::FileAppend {
                        path: own,
                        quota_bytes,
                    },
                ),
                grant("in", GrantDirection::In, ResourcePlan::FileRead { path }),
                grant(
                    "to",
                    GrantDirection::Out,
                    ResourcePlan::UdpSend {
                        address: "127.0.0.1:9".parse().unwrap(),
                    },
                ),
            ];
            // Two files of their own are two pieces of the outside world.
            subject.grants[0].peer = format!("append-{name}");
        }
        subject
    });
    let channels = [
        ("a", "c", Kind::Sampling, 1),
        ("b", "c", Kind::DropOldest, 8),
        ("c", "a", Kind::Credit, 4),
        ("c", "b", Kind::Event, 0),
    ];
    plan(subjects.to_vec(), &channels)
}

/// One object of a process, as the kernel shows it, with what tells it from others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Object {
    what: String,
    name: String,
    identity: String,
}

fn text(pid: u32, file: &str) -> String {
    fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap()
}

fn links(pid: u32, directory: &str) -> Vec<(String, String)> {
    let mut links = Vec::new();
    for entry in fs::read_dir(format!("/proc/{pid}/{directory}")).unwrap() {
        let path = entry.unwrap().path();
        let target = fs::read_link(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        links.push((name, target.to_str().unwrap().to_owned()));
    }
    links.sort();
    links
}

/// Everything that `/proc` lists of a process.
fn objects(pid: u32) -> Vec<Object> {
    let object = |what: &str, name: &str, identity: String| Object {
        what: what.to_owned(),
        name: name.to_owned(),
        identity,
    };
    let mut found = Vec::new();
    for (number, target) in links(pid, "fd") {
        found.push(object("descriptor", &target, number));
    }
    for (kind, target) in links(pid, "ns") {
        found.push(object("namespace", &kind, target));
    }
    for line in text(pid, "maps").lines() {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let name = fields.get(5).copied().unwrap_or("");
        found.push(object(
            "mapping",
            name,
            format!("{} {}", fields[3], fields[4]),
        ));
    }
    for line in text(pid, "mountinfo").lines() {
        found.push(object("mount", line, String::new()));
    }
    for line in text(pid, "cgroup").lines() {
        found.push(object("group", line, String::new()));
    }
    found
}

/// The row that speaks of an object.
fn row(object: &Object) -> Option<&'static Row> {
    let fits = |seen: &Seen| match (seen, object.what.as_str()) {
        (Seen::Descriptor(begin), "descriptor") => object.name.starts_with(begin),
        (Seen::Mapping(""), "mapping") => object.name.is_empty(),
        (Seen::Mapping(begin), "mapping") => object.name.starts_with(begin),
        (Seen::Namespace(kind), "namespace") => object.name == *kind,
        (Seen::Mount, "mount") | (Seen::Group, "group") => true,
        _ => false,
    };
    // The longest name says most.
    let matching = ROWS.iter().flat_map(|row| {
        let seen = row.seen.iter().filter(|seen| fits(seen));
        seen.map(move |seen| (length(*seen), row))
    });
    matching
        .max_by_key(|(length, _)| *length)
        .map(|(_, row)| row)
}

fn length(seen: Seen) -> usize {
    match seen {
        Seen::Descriptor(text) | Seen::Mapping(text) | Seen::Namespace(text) => text.len(),
        Seen::Mount | Seen::Group | Seen::Limits | Seen::Elsewhere => 0,
    }
}

fn parent(pid: u32) -> u32 {
    let status = text(pid, "status");
    let line = status.lines().find_map(|line| line.strip_prefix("PPid:"));
    line.unwrap().trim().parse().unwrap()
}

/// Process ids of all subjects and their keepers.
fn processes(run: &mut Run<'_>) -> BTreeMap<String, (u32, u32)> {
    let status = run.wait_for("every subject", |status| {
        let running = |s: &record::status::SubjectStatus| {
            s.state == record::status::SubjectState::Running && s.pid != 0
        };
        status.subjects.iter().all(running)
    });
    let of = |s: &record::status::SubjectStatus| (s.name.clone(), (s.pid, parent(s.pid)));
    status.subjects.iter().map(of).collect()
}

#[test]
fn every_object_of_a_partition_has_a_row() {
    for begin in BOTH {
        let place = Place::new();
        let plan = rich(&place);
        let mut run = begin(&place, &plan, &[]);
        for (subject, keeper) in processes(&mut run).values() {
            for pid in [*subject, *keeper] {
                for object in objects(pid) {
                    assert!(row(&object).is_some(), "no row for {object:?}");
                }
            }
            // What the table says the subject does not have.
            for object in objects(*subject) {
                let own = row(&object).unwrap().object;
                let keepers = [
                    "the loader's program",
                    "gate and control socket",
                    "listener of the filter",
                    "handle of the subject's process",
                ];
                assert!(!keepers.contains(&own), "{object:?} is in the subject");
            }
            let mounts = text(*subject, "mountinfo");
            assert_eq!(mounts.lines().count(), 1, "{mounts}");
        }
    }
}

/// Whether two descriptors are one open file description; none where this user may not ask.
fn one_description(a: (u32, i32), b: (u32, i32)) -> Option<bool> {
    // SAFETY: the call compares kernel objects by numbers; it has no effect on memory.
    match unsafe { libc::syscall(libc::SYS_kcmp, a.0, b.0, 0, a.1, b.1) } {
        -1 => None,
        0 => Some(true),
        _ => Some(false),
    }
}

#[test]
fn partitions_share_what_the_table_says_and_nothing_else() {
    let root = rustix::process::geteuid().is_root();
    for (begin, as_root) in BOTH.into_iter().zip([root, false]) {
        let place = Place::new();
        let plan = rich(&place);
        let mut run = begin(&place, &plan, &[]);
        let all = processes(&mut run);
        let ((one, _), (other, _)) = (all["a"], all["b"]);
        let theirs = objects(other);
        for object in objects(one) {
            let row = row(&object).unwrap();
            let same = match object.what.as_str() {
                "descriptor" => theirs
                    .iter()
                    .filter(|other| other.what == "descriptor")
                    .any(|their| {
                        let number = |object: &Object| object.identity.parse().unwrap();
                        one_description((one, number(&object)), (other, number(their)))
                            .unwrap_or(false)
                    }),
                "mapping" if object.identity.ends_with(" 0") => false,
                "namespace" | "mapping" => theirs
                    .iter()
                    .any(|their| their.what == object.what && their.identity == object.identity),
                "group" => theirs.contains(&object) && object.name.contains("bulkhead-"),
                _ => false,
            };
            let may = match row.reach {
                // No channel joins these two, and a description is never shared.
                Reach::Own | Reach::Declared => false,
                Reach::Everybody => true,
                Reach::EverybodyAsRoot => as_root,
            };
            assert!(may || !same, "{object:?} is shared, against {}", row.object);
        }
        // The comparison sees what there is to see: a process shares everything with itself.
        if root {
            assert_eq!(one_description((one, 0), (one, 0)), Some(true));
            assert_eq!(one_description((one, 0), (other, 0)), Some(false));
        }
    }
}

/// Numbers of the calls for which a filter can answer "permitted", whatever the arguments.
fn permitted(fences: &[(i32, Fence)]) -> BTreeSet<u32> {
    const RETURN: u16 = 0x06;
    const JUMP: u16 = 0x05;
    const LOAD: u16 = 0x20;
    let program = Rules::new(fences).program();
    let allows = |number: u32| {
        // What is in the accumulator: a known word, or one of the arguments.
        let mut open = vec![(0usize, None::<u32>)];
        let mut seen = BTreeSet::new();
        while let Some((at, word)) = open.pop() {
            if !seen.insert((at, word)) {
                continue;
            }
            let one = program[at];
            let next = at + 1;
            match one.code {
                RETURN if one.k == libc::SECCOMP_RET_ALLOW => return true,
                RETURN => {}
                JUMP => open.push((next + one.k as usize, word)),
                LOAD => open.push((
                    next,
                    match one.k {
                        0 => Some(number),
                        4 => Some(0xc000_003e),
                        _ => None,
                    },
                )),
                code => {
                    let taken = match (code & 0xf0, word) {
                        // A mask on an argument.
                        _ if code & 0x07 != 0x05 => {
                            open.push((next, None));
                            continue;
                        }
                        (_, None) => None,
                        (0x10, Some(word)) => Some(word == one.k),
                        (0x20, Some(word)) => Some(word > one.k),
                        (_, Some(word)) => Some(word >= one.k),
                    };
                    if taken != Some(false) {
                        open.push((next + usize::from(one.jt), word));
                    }
                    if taken != Some(true) {
                        open.push((next + usize::from(one.jf), word));
                    }
                }
            }
        }
        false
    };
    (0..600).filter(|number| allows(*number)).collect()
}

#[test]
fn every_permitted_call_is_named() {
    let fences = [
        (5, Fence::Stream),
        (6, Fence::Listener),
        (7, Fence::DatagramIn),
        (8, Fence::DatagramOut),
        (9, Fence::File),
    ];
    let permitted: BTreeSet<&str> = permitted(&fences)
        .into_iter()
        .map(|number| linux::calls::name(number.into()))
        .collect();
    assert!(
        permitted.contains("read") && !permitted.contains("openat"),
        "{permitted:?}"
    );
    let in_rows = ROWS.iter().flat_map(|row| row.calls);
    let named: BTreeSet<&str> = in_rows.chain(OWN_CALLS).copied().collect();
    assert_eq!(
        permitted.difference(&named).collect::<Vec<_>>(),
        Vec::<&&str>::new(),
        "permitted, and in no row"
    );
    assert_eq!(
        named.difference(&permitted).collect::<Vec<_>>(),
        Vec::<&&str>::new(),
        "in a row, and not permitted"
    );
}

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../docs/security.md");
const BEGIN: &str = "<!-- objects: written by `cargo xtask objects` -->\n";
const END: &str = "<!-- /objects -->\n";

fn described() -> String {
    let mut text = String::from(
        "| object | from | who else can reach it | permitted calls on it | why nothing is carried, or what |\n\
         |---|---|---|---|---|\n",
    );
    let listed = |calls: &[&str]| match calls {
        [] => "none".to_owned(),
        calls => {
            let quoted: Vec<String> = calls.iter().map(|call| format!("`{call}`")).collect();
            quoted.join(" ")
        }
    };
    for row in ROWS {
        let calls = listed(row.calls);
        let line = format!(
            "| {} | {} | {} | {calls} | {} |\n",
            row.object, row.from, row.others, row.why
        );
        text.push_str(&line);
    }
    let own = listed(OWN_CALLS);
    text.push_str(&format!(
        "\nPermitted, and concerning the calling process alone: {own}.\n"
    ));
    text
}

#[test]
fn the_document_has_this_table() {
    let document = fs::read_to_string(DOCUMENT).unwrap();
    let (before, rest) = document.split_once(BEGIN).unwrap();
    let (quoted, after) = rest.split_once(END).unwrap();
    let described = described();
    if std::env::var_os("BULKHEAD_WRITE_OBJECTS").is_some() {
        fs::write(DOCUMENT, format!("{before}{BEGIN}{described}{END}{after}")).unwrap();
        return;
    }
    assert_eq!(quoted, described, "out of date: run `cargo xtask objects`");
}
