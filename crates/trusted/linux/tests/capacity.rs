//! The reverse capacity of a partition: two hostile programs try every path between two subjects that
//! the plan keeps apart in this direction, one at a time, and the bits that arrive are counted. The
//! same programs without separation show that each probe is live.
//!
//! `cargo xtask reverse-capacity` runs all paths and prints the table of `docs/security.md`.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail loudly"
)]

mod support;

use plan::{GrantDirection, GrantPlan, Kind, Plan, ResourcePlan, SettingPlan, SubjectPlan};
use record::event::Event;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::Permissions;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use support::{Place, plan, restart, subject};

/// What only the sender knows: random, with as many ones as zeros.
const PAYLOAD: u64 = 0x6ca5_9d13_72c8_e92b;
const BITS: u32 = 64;
/// As many right bits come by chance once in three million tries.
const NOT_BY_CHANCE: u32 = 52;

/// One path, as the program lists it.
#[derive(Clone, Debug)]
struct Path {
    name: String,
    quick: bool,
    declared: bool,
    /// Who reads: `subject`; `outside` or `nobody` where a local user outside does or tries to.
    reader: String,
    /// What a local user outside reads at once.
    outside_bits: u32,
    alone: String,
    why_not: String,
    what: String,
}

fn paths() -> Vec<Path> {
    let program = support::example("capacity");
    let listed = Command::new(program).arg("list").output().unwrap();
    let text = String::from_utf8(listed.stdout).unwrap();
    let path = |line: &str| {
        let fields: Vec<&str> = line.split('\t').collect();
        let [name, when, kind, reader, bits, alone, why_not, what] = fields[..] else {
            panic!("{line}")
        };
        Path {
            name: name.to_owned(),
            quick: when == "quick",
            declared: kind == "declared",
            reader: reader.to_owned(),
            outside_bits: bits.parse().unwrap(),
            alone: alone.to_owned(),
            why_not: why_not.to_owned(),
            what: what.to_owned(),
        }
    };
    text.lines().map(path).collect()
}

/// How many bits a guess is worth: those of a binary channel with its rate of errors, if it is not
/// chance.
fn worth(guess: u64) -> u32 {
    let right = (!(guess ^ PAYLOAD)).count_ones();
    if (BITS - NOT_BY_CHANCE < right) && (right < NOT_BY_CHANCE) {
        return 0;
    }
    let entropy = |share: f64| match share {
        share if share <= 0.0 || share >= 1.0 => 0.0,
        share => -share * share.log2() - (1.0 - share) * (1.0 - share).log2(),
    };
    let bits = f64::from(BITS) * (1.0 - entropy(f64::from(right) / f64::from(BITS)));
    // At most 64, and not negative.
    format!("{bits:.0}").parse().unwrap()
}

#[test]
fn what_chance_gives_is_worth_nothing() {
    assert_eq!(worth(PAYLOAD), 64);
    assert_eq!(worth(!PAYLOAD), 64);
    assert_eq!(worth(0), 0);
    assert_eq!(worth(u64::MAX), 0);
    assert!(worth(PAYLOAD ^ 0xff) > 20);
}

/// Runs both programs without separation; bits per path. A busy machine keeps no schedule: what did not
/// arrive is tried again, more slowly.
fn alone(names: &[&str]) -> BTreeMap<String, u32> {
    let program = support::example("capacity");
    let mut found: BTreeMap<String, u32> = BTreeMap::new();
    for slot_us in [1500, 3000, 6000, 12000, 24000, 48000] {
        let missing: Vec<&str> = names
            .iter()
            .copied()
            .filter(|name| found.get(*name).copied().unwrap_or(0) == 0)
            .collect();
        if missing.is_empty() {
            break;
        }
        let place = Place::new();
        let output = Command::new(&program)
            .arg("alone")
            .arg(&place.path)
            .args([slot_us.to_string(), format!("{PAYLOAD:x}")])
            .args(missing)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            if let ["receive", name, "got", guess, ..] = line.split(' ').collect::<Vec<_>>()[..] {
                let bits = worth(u64::from_str_radix(guess, 16).unwrap());
                found.insert(name.to_owned(), bits);
            }
        }
    }
    found
}

fn must_be_live(path: &Path) -> bool {
    path.reader == "subject" && may_be_live(path)
}

fn may_be_live(path: &Path) -> bool {
    let root = rustix::process::geteuid().is_root();
    path.alone == "bits" || (root && path.alone == "bits-for-root")
}

#[test]
fn the_probes_carry_bits_without_separation() {
    let paths = paths();
    let quick = paths.iter().filter(|path| path.quick && must_be_live(path));
    let names: Vec<&str> = quick.map(|path| path.name.as_str()).collect();
    let found = alone(&names);
    let dead: Vec<&&str> = names
        .iter()
        .filter(|name| found.get(**name).copied().unwrap_or(0) == 0)
        .collect();
    assert!(dead.is_empty(), "nothing arrives by {dead:?}: {found:?}");
}

/// How two subjects stand to each other. The sender is the reader of the channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Relation {
    /// No channel.
    Nothing,
    /// No channel; both read one file and send to one address, each takes connections, and one reads the file to
    /// which the other appends.
    Grants,
    Sampling,
    DropOldest,
    Event,
    Credit,
    /// Subjects of two systems; as root with equal user ids.
    Systems,
}

impl Relation {
    const ALL: [Self; 7] = [
        Self::Nothing,
        Self::Grants,
        Self::Sampling,
        Self::DropOldest,
        Self::Event,
        Self::Credit,
        Self::Systems,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Grants => "grants",
            Self::Sampling => "sampling",
            Self::DropOldest => "dropoldest",
            Self::Event => "event",
            Self::Credit => "credit",
            Self::Systems => "systems",
        }
    }

    fn channel(self) -> Option<(Kind, u32)> {
        match self {
            Self::Nothing | Self::Grants | Self::Systems => None,
            Self::Sampling => Some((Kind::Sampling, 1)),
            Self::DropOldest => Some((Kind::DropOldest, 8)),
            Self::Event => Some((Kind::Event, 0)),
            Self::Credit => Some((Kind::Credit, 4)),
        }
    }
}

/// One side of a pair as a subject.
fn side(relation: Relation, role: &str, quick: bool, slot_us: u32, place: &Place) -> SubjectPlan {
    let name = format!("{}-{role}", relation.name());
    let mut subject = subject(&name, "", restart(10_000, false));
    subject.image = support::image(&support::example("capacity"));
    let position = Relation::ALL.iter().position(|one| *one == relation);
    // Pairs are at different paths at any time, so that they do not disturb each other.
    let shift = position.unwrap_or(0) * 3;
    let payload = format!("{PAYLOAD:x}");
    subject.settings = [
        ("payload", payload),
        ("role", role.to_owned()),
        ("shift", shift.to_string()),
        ("slot-us", slot_us.to_string()),
        ("subset", if quick { "quick" } else { "full" }.to_owned()),
    ]
    .into_iter()
    .map(|(key, value)| SettingPlan {
        key: key.to_owned(),
        value,
    })
    .collect();
    if relation == Relation::Grants {
        let path = place.path.join("granted");
        granted_file(&path);
        let log = place.path.join("state/log");
        std::fs::write(&log, "").unwrap();
        std::fs::set_permissions(&log, Permissions::from_mode(0o666)).unwrap();
        let grant = |name: &str, peer: &str, direction, resource| GrantPlan {
            name: name.to_owned(),
            peer: peer.to_owned(),
            direction,
            resource,
        };
        let path = path.to_str().unwrap().to_owned();
        // The port of discarding (RFC 863): whether somebody is there does not matter.
        let address = "127.0.0.1:9".parse().unwrap();
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let listens = ResourcePlan::TcpListen {
            address: free.local_addr().unwrap(),
        };
        let path_of_log = "log".to_owned();
        // What is written flows to its reader: the sender is the reader.
        let (direction, log) = match role {
            "send" => (
                GrantDirection::In,
                ResourcePlan::FileRead { path: path_of_log },
            ),
            _ => (
                GrantDirection::Out,
                ResourcePlan::FileAppend {
                    path: path_of_log,
                    quota_bytes: 1 << 20,
                },
            ),
        };
        subject.grants = vec![
            grant(
                "file",
                "a-file",
                GrantDirection::In,
                ResourcePlan::FileRead { path },
            ),
            grant("listener", role, GrantDirection::Both, listens),
            grant("log", "a-log", direction, log),
            grant(
                "socket",
                "a-host",
                GrantDirection::Out,
                ResourcePlan::UdpSend { address },
            ),
        ];
    }
    subject
}

/// A socket that receives at the address that the observer knows, and one that sends to it.
fn queue_grants() -> Vec<GrantPlan> {
    let free = std::net::UdpSocket::bind("127.66.66.66:0").unwrap();
    let address = free.local_addr().unwrap();
    let grant = |name: &str, direction, resource| GrantPlan {
        name: name.to_owned(),
        peer: format!("host-{name}"),
        direction,
        resource,
    };
    vec![
        grant(
            "receives",
            GrantDirection::In,
            ResourcePlan::UdpReceive { address },
        ),
        grant(
            "sends",
            GrantDirection::Out,
            ResourcePlan::UdpSend { address },
        ),
    ]
}

/// A file of which most is allocated and was never written.
fn granted_file(path: &std::path::Path) {
    let mut file = std::fs::File::create(path).unwrap();
    file.write_all(&[7; 4096]).unwrap();
    let flags = rustix::fs::FallocateFlags::empty();
    rustix::fs::fallocate(&file, flags, 0, 96 << 19).unwrap();
}

/// Somebody outside who connects to every listener again and again.
fn knock(plans: &[Plan], until: Instant) {
    let grants = plans.iter().flat_map(|plan| &plan.core.subjects);
    let grants = grants.flat_map(|subject| &subject.grants);
    let listens = |grant: &GrantPlan| match &grant.resource {
        ResourcePlan::TcpListen { address } => Some(*address),
        _ => None,
    };
    let addresses: Vec<_> = grants.filter_map(listens).collect();
    let mut open = std::collections::VecDeque::new();
    while Instant::now() < until {
        for address in &addresses {
            let limit = Duration::from_millis(20);
            open.extend(std::net::TcpStream::connect_timeout(address, limit));
        }
        while open.len() > 16 {
            open.pop_front();
        }
        std::thread::sleep(Duration::from_millis(4));
    }
}

/// One system with these sides, and the channels between them.
fn system(sides: &[(Relation, &str)], quick: bool, slot_us: u32, place: &Place) -> Plan {
    let subjects = sides
        .iter()
        .map(|(relation, role)| side(*relation, role, quick, slot_us, place));
    let names: Vec<(String, String, Kind, u32)> = sides
        .iter()
        .filter(|(_, role)| *role == "send")
        .filter_map(|(relation, _)| {
            let (kind, depth) = relation.channel()?;
            let name = relation.name();
            Some((
                format!("{name}-receive"),
                format!("{name}-send"),
                kind,
                depth,
            ))
        })
        .collect();
    let channels: Vec<(&str, &str, Kind, u32)> = names
        .iter()
        .map(|(writer, reader, kind, depth)| (writer.as_str(), reader.as_str(), *kind, *depth))
        .collect();
    plan(subjects.collect(), &channels)
}

/// What came of one path in one relation.
#[derive(Clone, Debug, Default)]
struct Outcome {
    /// Most bits that arrived; none if nothing was reported.
    bits: Option<u32>,
    /// What sender and receiver were told.
    answers: BTreeMap<String, String>,
}

fn error_name(number: i32) -> String {
    match number {
        libc::EPERM => "EPERM".to_owned(),
        libc::ENOENT => "ENOENT".to_owned(),
        libc::ENOSYS => "ENOSYS".to_owned(),
        libc::EINVAL => "EINVAL".to_owned(),
        libc::EACCES => "EACCES".to_owned(),
        libc::ESRCH => "ESRCH".to_owned(),
        libc::EAGAIN => "EAGAIN".to_owned(),
        libc::EFAULT => "EFAULT".to_owned(),
        other => format!("error {other}"),
    }
}

type Outcomes = BTreeMap<(Relation, String), Outcome>;

/// Reads outcomes from the events of a system.
fn collect(events: &[Event], outcomes: &mut Outcomes) {
    // What each subject was at when it ended.
    let mut at: BTreeMap<(String, u64), (String, String)> = BTreeMap::new();
    let relation = |subject: &str| {
        let name = subject.split_once('-').map_or("", |(name, _)| name);
        Relation::ALL.into_iter().find(|one| one.name() == name)
    };
    for event in events {
        match event {
            Event::Log {
                subject,
                epoch,
                text,
            } => {
                let words: Vec<&str> = text.split(' ').collect();
                let Some(relation) = relation(subject) else {
                    continue;
                };
                if let ["try", path, role] = words[..] {
                    let at_now = (path.to_owned(), role.to_owned());
                    at.insert((subject.clone(), *epoch), at_now);
                    continue;
                }
                let [role, path, answer @ ..] = &words[..] else {
                    continue;
                };
                let outcome = outcomes.entry((relation, (*path).to_owned())).or_default();
                match answer {
                    ["got", guess, ..] => {
                        let bits = worth(u64::from_str_radix(guess, 16).unwrap());
                        let most = outcome.bits.unwrap_or(0).max(bits);
                        outcome.bits = Some(most);
                        outcome.answers.entry((*role).to_owned()).or_default();
                    }
                    ["done", ..] => {
                        outcome.answers.entry((*role).to_owned()).or_default();
                    }
                    ["error", number] => {
                        let text = error_name(number.parse().unwrap());
                        outcome.answers.insert((*role).to_owned(), text);
                    }
                    _ => {
                        outcome
                            .answers
                            .insert((*role).to_owned(), "nothing to try".to_owned());
                    }
                }
            }
            Event::Exited {
                subject,
                epoch,
                cause,
            } => {
                let Some(relation) = relation(subject) else {
                    continue;
                };
                let text = cause.to_string();
                if text.contains("stopped") {
                    continue;
                }
                if let Some((path, role)) = at.get(&(subject.clone(), *epoch)) {
                    let outcome = outcomes.entry((relation, path.clone())).or_default();
                    outcome.answers.insert(role.clone(), text);
                }
            }
            _ => {}
        }
    }
}

/// Runs all pairs once through all their paths, as the user of the test or as nobody.
fn confined(user: bool, quick: bool, slot_us: u32) -> Outcomes {
    let count = paths()
        .iter()
        .filter(|path| path.reader == "subject" && (path.quick || !quick))
        .count();
    // The program's window: 80 bits and a pause.
    let window = Duration::from_micros(u64::from(slot_us) * 88);
    let time = window * u32::try_from(count + 2).unwrap();
    let both = ["send", "receive"];
    let pairs: Vec<(Relation, &str)> = Relation::ALL
        .into_iter()
        .filter(|relation| *relation != Relation::Systems)
        .flat_map(|relation| both.map(|role| (relation, role)))
        .collect();
    let systems = [
        pairs,
        vec![(Relation::Systems, "send")],
        vec![(Relation::Systems, "receive")],
    ];
    let places: Vec<Place> = systems.iter().map(|_| Place::new()).collect();
    let (mut runs, mut plans) = (Vec::new(), Vec::new());
    for (sides, place) in systems.iter().zip(&places) {
        let plan = system(sides, quick, slot_us, place);
        let mut run = match user {
            true => support::start_unprivileged(place, &plan, &[]),
            false => support::start(place, &plan, &[]),
        };
        plans.push(plan);
        run.wait_for("every subject", |status| {
            let logged = |s: &record::status::SubjectStatus| s.log_lines > 0;
            status.subjects.iter().all(logged)
        });
        runs.push(run);
    }
    knock(&plans, Instant::now() + time);
    let mut outcomes = Outcomes::new();
    for run in runs {
        run.terminate();
        let (status, errors, events) = run.finish();
        assert_eq!(status, Some(0), "{errors}");
        collect(&events, &mut outcomes);
    }
    outcomes
}

/// Paths that were tried in this relation and not reported by both sides.
fn untried(outcomes: &Outcomes, quick: bool) -> Vec<(Relation, String)> {
    let mut missing = Vec::new();
    for path in paths()
        .iter()
        .filter(|path| path.reader == "subject" && (path.quick || !quick))
    {
        for relation in Relation::ALL {
            let key = (relation, path.name.clone());
            let both = |o: &Outcome| {
                ["send", "receive"]
                    .iter()
                    .all(|role| o.answers.contains_key(*role))
            };
            let tried = outcomes.get(&key).is_some_and(both);
            if !tried {
                missing.push(key);
            }
        }
    }
    missing
}

/// What arrived where nothing may.
fn leaks(outcomes: &Outcomes) -> Vec<String> {
    let paths = paths();
    let declared = |name: &str| paths.iter().any(|path| path.name == name && path.declared);
    let excluded = |relation: Relation, name: &str| {
        declared(name)
            // What credit means, and what the scheduler does.
            || (relation == Relation::Credit && name == "credit-page")
            || name == "processor-number"
    };
    outcomes
        .iter()
        .filter(|((relation, name), outcome)| {
            outcome.bits.unwrap_or(0) > 0 && !excluded(*relation, name)
        })
        .map(|((relation, name), outcome)| format!("{relation:?} {name}: {outcome:?}"))
        .collect()
}

/// Runs all pairs until every path was tried in every relation. On a busy machine a subject may be late
/// for some windows.
fn complete(user: bool, quick: bool, slots_us: &[u32]) -> Outcomes {
    let mut outcomes = Outcomes::new();
    for slot_us in slots_us {
        for (key, outcome) in confined(user, quick, *slot_us) {
            let known: &mut Outcome = outcomes.entry(key).or_default();
            known.bits = known.bits.max(outcome.bits);
            known.answers.extend(outcome.answers);
        }
        if untried(&outcomes, quick).is_empty() && live(&outcomes).is_ok() {
            break;
        }
    }
    outcomes
}

/// Nothing is left out, what is declared arrives, and nothing else does.
fn judge(outcomes: &Outcomes, quick: bool) {
    assert_eq!(leaks(outcomes), Vec::<String>::new());
    assert_eq!(untried(outcomes, quick), []);
    live(outcomes).unwrap();
}

fn check(user: bool) {
    let outcomes = complete(user, true, &[2000, 2000, 3000, 3000, 4000, 8000, 12000]);
    judge(&outcomes, true);
}

/// The schedule was kept: what is declared arrives.
fn live(outcomes: &Outcomes) -> Result<(), String> {
    let bits = |relation: Relation, name: &str| {
        let outcome = outcomes.get(&(relation, name.to_owned()));
        outcome.and_then(|outcome| outcome.bits).unwrap_or(0)
    };
    for relation in Relation::ALL {
        if relation.channel().is_some() && bits(relation, "declared-direction") == 0 {
            return Err(format!("nothing arrives over the channel of {relation:?}"));
        }
    }
    match bits(Relation::Credit, "credit-page") {
        0 => Err("nothing arrives over the page of a credit".to_owned()),
        _ => Ok(()),
    }
}

#[test]
fn no_bit_arrives_where_nothing_is_declared() {
    check(false);
}

#[test]
fn no_bit_arrives_where_nothing_is_declared_for_an_ordinary_user() {
    check(true);
}

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../docs/security.md");
const BEGIN: &str =
    "<!-- reverse-capacity: written by `cargo xtask reverse-capacity --write` -->\n";
const END: &str = "<!-- /reverse-capacity -->\n";

/// What the document quotes.
fn quoted() -> String {
    let text = std::fs::read_to_string(DOCUMENT).unwrap();
    let (_, rest) = text.split_once(BEGIN).unwrap();
    rest.split_once(END).unwrap().0.to_owned()
}

#[test]
fn the_document_lists_the_paths_that_are_tried() {
    let quoted = quoted();
    let listed: Vec<&str> = quoted
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(name, _)| name)
        .collect();
    let paths = paths();
    let tried: Vec<&str> = paths.iter().map(|path| path.name.as_str()).collect();
    assert_eq!(
        listed, tried,
        "out of date: run `cargo xtask reverse-capacity --write`"
    );
}

/// All paths, and the table. With `BULKHEAD_WRITE_CAPACITY` the document gets it.
#[test]
#[ignore = "takes minutes: `cargo xtask reverse-capacity`"]
fn table() {
    let paths = paths();
    let names: Vec<&str> = paths
        .iter()
        .filter(|path| must_be_live(path))
        .map(|path| path.name.as_str())
        .collect();
    let alone = alone(&names);
    let slots_us = [4000, 4000, 6000, 6000, 8000, 8000];
    let mut root = complete(false, false, &slots_us);
    let mut user = complete(true, false, &slots_us);
    for outcomes in [&mut root, &mut user] {
        let key = (Relation::Grants, "view-of-the-kernel".to_owned());
        let answers = &mut outcomes.entry(key).or_default().answers;
        answers.insert("grant".to_owned(), refused_view());
    }
    let outside: Vec<&Path> = paths
        .iter()
        .filter(|path| path.reader != "subject")
        .collect();
    let shown_alone = shown_alone(&outside);
    let (shown_root, told_root) = shown_of_subject(&outside, false);
    let (shown_user, told_user) = shown_of_subject(&outside, true);
    let mut text = describe(&paths, &alone, &root, &user);
    let columns = [&shown_alone, &shown_root, &shown_user];
    text.push_str(&describe_shown(&outside, columns, [&told_root, &told_user]));
    println!("{text}");
    if std::env::var_os("BULKHEAD_WRITE_CAPACITY").is_some() {
        let document = std::fs::read_to_string(DOCUMENT).unwrap();
        let (before, rest) = document.split_once(BEGIN).unwrap();
        let (_, after) = rest.split_once(END).unwrap();
        std::fs::write(DOCUMENT, format!("{before}{BEGIN}{text}{END}{after}")).unwrap();
    }
    let dead: Vec<&&str> = names
        .iter()
        .filter(|name| alone.get(**name).copied().unwrap_or(0) == 0)
        .collect();
    assert!(dead.is_empty(), "nothing arrives by {dead:?}");
    for outcomes in [&root, &user] {
        judge(outcomes, false);
    }
    judge_shown(&outside, &shown_alone, &[&shown_root, &shown_user]);
}

/// The rows of a few paths, for who changes one.
#[test]
#[ignore = "prints what `BULKHEAD_CAPACITY_ROWS` names"]
fn rows() {
    let names = std::env::var("BULKHEAD_CAPACITY_ROWS").unwrap_or_default();
    let names: Vec<&str> = names.split(' ').collect();
    let paths = paths();
    let chosen: Vec<&Path> = paths
        .iter()
        .filter(|path| path.reader != "subject" && names.contains(&path.name.as_str()))
        .collect();
    let alone = shown_alone(&chosen);
    let (root, told_root) = shown_of_subject(&chosen, false);
    let (user, told_user) = shown_of_subject(&chosen, true);
    println!(
        "{}",
        describe_shown(&chosen, [&alone, &root, &user], [&told_root, &told_user])
    );
    judge_shown(&chosen, &alone, &[&root, &user]);
}

#[test]
fn what_is_closed_to_users_outside_carries_nothing() {
    let paths = paths();
    let closed: Vec<&Path> = paths
        .iter()
        .filter(|path| path.reader == "nobody")
        .collect();
    let (root, _) = shown_of_subject(&closed, false);
    let (user, _) = shown_of_subject(&closed, true);
    judge_shown(&closed, &shown_alone(&closed), &[&root, &user]);
}

/// What becomes of a grant of a file that the kernel makes up.
fn refused_view() -> String {
    let place = Place::new();
    let mut subject = subject("a", "idle", support::STOP);
    subject.grants.push(GrantPlan {
        name: "g".to_owned(),
        peer: "outside".to_owned(),
        direction: GrantDirection::In,
        resource: ResourcePlan::FileRead {
            path: "/proc/loadavg".to_owned(),
        },
    });
    let (status, errors, events) = support::run(&place, &plan(vec![subject], &[]), 300);
    assert_eq!(status, Some(0), "{errors}");
    let started = |event: &Event| matches!(event, Event::Started { .. });
    assert!(!events.iter().any(started), "{events:?}");
    let refused = |event: &Event| matches!(event, Event::GrantRefused { .. });
    assert!(events.iter().any(refused), "{events:?}");
    "refused".to_owned()
}

/// What came of one path to a local user outside.
#[derive(Clone, Debug, Default)]
struct Shown {
    /// Most bits that arrived.
    bits: u32,
    /// Slots in which they did, in microseconds.
    slot_us: u32,
    /// Reads per second.
    rate: u64,
    /// What the reader was told at last, if it could not read.
    refused: Option<String>,
}

type AllShown = BTreeMap<String, Shown>;

/// Slots for what is read outside.
const OUTSIDE_SLOTS_US: [u32; 3] = [4000, 8000, 16_000];
/// The same for what takes the kernel long: as much memory as a score shows.
const SCORE_SLOTS_US: [u32; 2] = [120_000, 200_000];

/// The user who reads what is shown of others.
const OBSERVER: u32 = 65533;

/// Reads what is shown of the process of this number, for some windows of each path.
fn observe(
    place: &Place,
    slot_us: u32,
    names: &[&str],
    mut pid: impl FnMut() -> Option<u32>,
) -> String {
    let program = place.path.join("observer");
    std::fs::copy(support::example("capacity"), &program).unwrap();
    let pid_file = place.path.join("pid");
    let mut tell = || {
        let new = place.path.join("pid.new");
        std::fs::write(&new, pid().unwrap_or(0).to_string()).unwrap();
        std::fs::rename(new, &pid_file).unwrap();
    };
    tell();
    let mut observer = Command::new(&program);
    observer.arg("observe").arg(&place.path);
    observer.arg(slot_us.to_string()).args(names);
    if rustix::process::geteuid().is_root() {
        observer.uid(OBSERVER).gid(OBSERVER);
    }
    let mut observer = observer.stdout(Stdio::piped()).spawn().unwrap();
    while observer.try_wait().unwrap().is_none() {
        tell();
        std::thread::sleep(Duration::from_millis(10));
    }
    let output = observer.wait_with_output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Notes what an observer said.
fn note(said: &str, slot_us: u32, shown: &mut AllShown) {
    for line in said.lines() {
        match line.split(' ').collect::<Vec<_>>()[..] {
            ["receive", name, "got", guess, ..] => {
                let bits = worth(u64::from_str_radix(guess, 16).unwrap());
                let known = shown.entry(name.to_owned()).or_default();
                known.refused = None;
                if bits > known.bits {
                    (known.bits, known.slot_us) = (bits, slot_us);
                }
            }
            ["receive", name, "error", number] => {
                let known = shown.entry(name.to_owned()).or_default();
                known.refused = Some(error_name(number.parse().unwrap()));
            }
            ["receive", name, "absent"] => {
                shown.entry(name.to_owned()).or_default().refused = Some("absent".to_owned());
            }
            ["rate", name, rate] => {
                shown.entry(name.to_owned()).or_default().rate = rate.parse().unwrap();
            }
            _ => {}
        }
    }
}

/// Looks at these paths, and again, more slowly, for what should arrive and has not.
fn all_shown(
    paths: &[&Path],
    should: impl Fn(&Path) -> bool,
    mut look: impl FnMut(u32, &[&str], &mut AllShown),
) -> AllShown {
    let slow = |path: &&&Path| path.name == "outside-score";
    let fast = OUTSIDE_SLOTS_US.map(|slot_us| (slot_us, false));
    let slots = fast
        .into_iter()
        .chain(SCORE_SLOTS_US.map(|slot_us| (slot_us, true)));
    let mut shown = AllShown::new();
    for (slot_us, of_slow) in slots {
        let missing: Vec<&str> = paths
            .iter()
            .filter(|path| slow(path) == of_slow)
            .filter(|path| match shown.get(&path.name) {
                None => true,
                Some(shown) => shown.bits == 0 && should(path),
            })
            .map(|path| path.name.as_str())
            .collect();
        if !missing.is_empty() {
            look(slot_us, &missing, &mut shown);
        }
    }
    shown
}

/// What is shown of a plain process that sets all it can.
fn shown_alone(paths: &[&Path]) -> AllShown {
    all_shown(paths, may_be_live, |slot_us, names, shown| {
        let place = Place::new();
        let mut sender = Command::new(support::example("capacity"));
        sender
            .arg("talk")
            .args([slot_us.to_string(), format!("{PAYLOAD:x}")])
            .args(names)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let mut sender = sender.spawn().unwrap();
        let pid = sender.id();
        let said = observe(&place, slot_us, names, || Some(pid));
        sender.kill().unwrap();
        sender.wait().unwrap();
        for hierarchy in ["", "memory", "pids"] {
            let group = format!("/sys/fs/cgroup/{hierarchy}/bulkhead-capacity-{pid}");
            let _ = std::fs::remove_dir(group);
        }
        note(&said, slot_us, shown);
    })
}

/// What is shown of a subject, and what it was told.
fn shown_of_subject(paths: &[&Path], user: bool) -> (AllShown, Outcomes) {
    let mut outcomes = Outcomes::new();
    let open = |path: &Path| path.reader == "outside";
    let shown = all_shown(paths, open, |slot_us, names, shown| {
        let place = Place::new();
        let mut sender = side(Relation::Nothing, "send", false, slot_us, &place);
        sender.memory_bytes = 160 << 20;
        if names.contains(&"outside-socket-queues") {
            sender.grants = queue_grants();
        }
        sender.settings.retain(|setting| setting.key != "shift");
        sender.settings.push(SettingPlan {
            key: "outside".to_owned(),
            value: names.join(" "),
        });
        sender.settings.sort_by(|a, b| a.key.cmp(&b.key));
        let plan = plan(vec![sender], &[]);
        let mut run = match user {
            true => support::start_unprivileged(&place, &plan, &[]),
            false => support::start(&place, &plan, &[]),
        };
        run.wait_for("the subject", |status| status.subjects[0].log_lines > 0);
        let page = place.path.join("run/status.json");
        let said = observe(&place, slot_us, names, || {
            let status = record::status::Status::parse(&std::fs::read(&page).ok()?)?;
            Some(status.subjects[0].pid)
        });
        run.terminate();
        let (status, errors, events) = run.finish();
        assert_eq!(status, Some(0), "{errors}");
        collect(&events, &mut outcomes);
        note(&said, slot_us, shown);
    });
    (shown, outcomes)
}

/// Every probe is live, and what nobody outside shall read is not read.
fn judge_shown(paths: &[&Path], alone: &AllShown, of_subject: &[&AllShown]) {
    let bits = |shown: &AllShown, name: &str| shown.get(name).map_or(0, |shown| shown.bits);
    let outside = || paths.iter().copied();
    let dead: Vec<&str> = outside()
        .filter(|path| may_be_live(path) && bits(alone, &path.name) == 0)
        .map(|path| path.name.as_str())
        .collect();
    assert!(dead.is_empty(), "nothing arrives outside by {dead:?}");
    for shown in of_subject {
        let open: Vec<&Path> = outside()
            .filter(|path| path.reader == "nobody" && bits(shown, &path.name) > 0)
            .collect();
        assert!(open.is_empty(), "{open:?}");
        let unseen: Vec<&Path> = outside()
            .filter(|path| path.reader == "outside" && bits(shown, &path.name) == 0)
            .collect();
        assert!(unseen.is_empty(), "not measured: {unseen:?}");
    }
}

/// What was said to both sides, in all relations of both runs where the calls were made.
fn answers(name: &str, runs: [&Outcomes; 2]) -> String {
    let mut said: Vec<String> = Vec::new();
    for role in ["grant", "send", "receive"] {
        let mut answers: Vec<&str> = runs
            .iter()
            .flat_map(|run| run.iter())
            .filter(|((_, path), _)| path == name)
            .filter_map(|(_, outcome)| outcome.answers.get(role))
            .map(String::as_str)
            .filter(|answer| !answer.is_empty() && *answer != "nothing to try")
            .collect();
        answers.sort_unstable();
        answers.dedup();
        if !answers.is_empty() {
            said.push(format!("{role}: {}", answers.join(", ")));
        }
    }
    match said.is_empty() {
        true => "permitted".to_owned(),
        false => said.join("; "),
    }
}

fn describe(
    paths: &[Path],
    alone: &BTreeMap<String, u32>,
    root: &Outcomes,
    user: &Outcomes,
) -> String {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    let date = Command::new("date").args(["-u", "+%Y-%m-%d"]).output();
    let date = String::from_utf8(date.unwrap().stdout).unwrap();
    let mut text = format!(
        "Measured on {} under Linux {}, {BITS} bits a path. A cell with two numbers is root / ordinary \
         user; – means that there was nothing to try.\n\n",
        date.trim(),
        release.trim()
    );
    text.push_str(
        "| path | tried | without separation | no channel | one file, one address | sampling | drop-oldest \
         | event | credit | two systems | what the calls got |\n\
         |---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for path in paths.iter().filter(|path| path.reader == "subject") {
        let without = match (path.alone.as_str(), alone.get(&path.name)) {
            ("not", _) => path.why_not.clone(),
            (_, bits) => bits.copied().unwrap_or(0).to_string(),
        };
        let _ = write!(text, "| `{}` | {} | {without} |", path.name, path.what);
        for relation in Relation::ALL {
            let key = (relation, path.name.clone());
            let cell = |run: &Outcomes| match run.get(&key) {
                Some(outcome) => match outcome.bits {
                    Some(bits) => bits.to_string(),
                    None if outcome
                        .answers
                        .values()
                        .any(|said| said == "nothing to try") =>
                    {
                        "–".to_owned()
                    }
                    None => "0".to_owned(),
                },
                None => "–".to_owned(),
            };
            let (of_root, of_user) = (cell(root), cell(user));
            let _ = match of_root == of_user {
                true => write!(text, " {of_root} |"),
                false => write!(text, " {of_root} / {of_user} |"),
            };
        }
        let _ = writeln!(text, " {} |", answers(&path.name, [root, user]));
    }
    text
}

fn has_nothing_to_try(name: &str, runs: [&Outcomes; 2]) -> bool {
    let key = (Relation::Nothing, name.to_owned());
    let said = |run: &Outcomes| run.get(&key)?.answers.get("send").cloned();
    runs.into_iter()
        .filter_map(said)
        .any(|said| said == "nothing to try")
}

/// The table of what local users outside read: without separation, of a root run, of an ordinary user's.
fn describe_shown(paths: &[&Path], columns: [&AllShown; 3], told: [&Outcomes; 2]) -> String {
    let mut text = String::from(
        "\nWhat any local user reads of a subject in `/proc` and in the files of its control groups, where the machine \
         does not hide processes (`hidepid`): bits that arrived of 64 and the length of a slot, or why nothing could be \
         read; – means that there was nothing to read. What is open carries at most its bits at once, as often \
         in a second as it can be read.\n\n\
         | path | set by: shown in | without separation | root | ordinary user | bits at once × reads per second | what the \
         subject's calls got |\n|---|---|---|---|---|---|---|\n",
    );
    for path in paths {
        let _ = write!(text, "| `{}` | {} |", path.name, path.what);
        let found = columns.map(|column| column.get(&path.name).cloned().unwrap_or_default());
        for shown in &found {
            let _ = match (shown.bits, &shown.refused) {
                (0, Some(refused)) if refused == "absent" => write!(text, " – |"),
                (0, Some(refused)) => write!(text, " 0 (`{refused}`) |"),
                (0, None) => write!(text, " 0 |"),
                (bits, _) => write!(
                    text,
                    " {bits} in {} ms |",
                    f64::from(shown.slot_us) / 1000.0
                ),
            };
        }
        let told = match answers(&path.name, told) {
            // It is told so where a store would go.
            said if said == "permitted" && has_nothing_to_try(&path.name, told) => {
                "there is nothing to write to".to_owned()
            }
            said => said,
        };
        let rate = found[1].rate.max(found[2].rate);
        let rate = match path.reader.as_str() {
            "outside" => format!("{} × {rate}", path.outside_bits),
            _ => "closed".to_owned(),
        };
        let _ = writeln!(text, " {rate} | {told} |");
    }
    text
}
