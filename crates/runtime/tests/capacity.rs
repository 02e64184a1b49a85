//! The reverse capacity of a partition: two hostile programs try every path between two subjects that
//! the plan keeps apart in this direction, one at a time, and the bits that arrive are counted. The
//! same programs without separation show that each probe is live.
//!
//! `cargo xtask reverse-capacity` runs all paths and prints the table of `docs/security.md`.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod support;

use plan::{GrantDirection, GrantPlan, Kind, Plan, ResourcePlan, SettingPlan, SubjectPlan};
use record::event::Event;
use std::collections::BTreeMap;
use std::fmt::Write as _;
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
    /// What a local user outside reads at once; 0 = the reader is a subject.
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
        let [name, when, kind, bits, alone, why_not, what] = fields[..] else {
            panic!("{line}")
        };
        Path {
            name: name.to_owned(),
            quick: when == "quick",
            declared: kind == "declared",
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
    for slot_us in [1500, 3000, 6000, 12000, 24000] {
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
    let root = rustix::process::geteuid().is_root();
    path.outside_bits == 0 && (path.alone == "bits" || (root && path.alone == "bits-for-root"))
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
    /// No channel; both read one file and send to one address.
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
            Self::DropOldest => Some((Kind::Lossy, 8)),
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
        std::fs::write(&path, [7; 4096]).unwrap();
        let grant = |name: &str, peer: &str, direction, resource| GrantPlan {
            name: name.to_owned(),
            peer: peer.to_owned(),
            direction,
            resource,
        };
        let path = path.to_str().unwrap().to_owned();
        // The port of discarding (RFC 863): whether somebody is there does not matter.
        let address = "127.0.0.1:9".parse().unwrap();
        subject.grants = vec![
            grant(
                "file",
                "a-file",
                GrantDirection::In,
                ResourcePlan::FileRead { path },
            ),
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
                        let number: i32 = number.parse().unwrap();
                        let text = match number {
                            libc::EPERM => "EPERM".to_owned(),
                            libc::ENOSYS => "ENOSYS".to_owned(),
                            libc::EINVAL => "EINVAL".to_owned(),
                            libc::EACCES => "EACCES".to_owned(),
                            libc::ESRCH => "ESRCH".to_owned(),
                            libc::EAGAIN => "EAGAIN".to_owned(),
                            libc::EFAULT => "EFAULT".to_owned(),
                            other => format!("error {other}"),
                        };
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
        .filter(|path| path.outside_bits == 0 && (path.quick || !quick))
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
    let mut runs = Vec::new();
    for (sides, place) in systems.iter().zip(&places) {
        let plan = system(sides, quick, slot_us, place);
        let mut run = match user {
            true => support::start_unprivileged(place, &plan, &[]),
            false => support::start(place, &plan, &[]),
        };
        run.wait_for("every subject", |status| {
            let logged = |s: &runtime::status::SubjectStatus| s.log_lines > 0;
            status.subjects.iter().all(logged)
        });
        runs.push(run);
    }
    std::thread::sleep(time);
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
        .filter(|path| path.outside_bits == 0 && (path.quick || !quick))
    {
        for relation in Relation::ALL {
            let key = (relation, path.name.clone());
            let tried = outcomes.get(&key).is_some_and(|o| o.answers.len() == 2);
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

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/security.md");
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
    let slots_us = [4000, 4000, 6000, 8000];
    let root = complete(false, false, &slots_us);
    let user = complete(true, false, &slots_us);
    let outside = outside();
    let text = describe(&paths, &alone, &root, &user, &outside);
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
    let unread: Vec<&Path> = paths
        .iter()
        .filter(|path| path.outside_bits > 0 && !outside.contains_key(&path.name))
        .collect();
    assert!(unread.is_empty(), "{unread:?}");
}

/// Bits and reads per second of what other users see.
fn outside() -> BTreeMap<String, (u32, u64)> {
    let place = Place::new();
    let slot_us = 4000;
    let mut sender = side(Relation::Nothing, "send", false, slot_us, &place);
    sender.settings.push(SettingPlan {
        key: "reader".to_owned(),
        value: "outside".to_owned(),
    });
    sender.settings.sort_by(|a, b| a.key.cmp(&b.key));
    for setting in &mut sender.settings {
        if setting.key == "shift" {
            "0".clone_into(&mut setting.value);
        }
    }
    let plan = plan(vec![sender], &[]);
    let mut run = support::start(&place, &plan, &[]);
    run.wait_for("the subject", |status| status.subjects[0].log_lines > 0);
    let program = place.path.join("observer");
    std::fs::copy(support::example("capacity"), &program).unwrap();
    let mut observer = Command::new(&program);
    observer.arg("observe").arg(&place.path);
    observer.arg(slot_us.to_string());
    if rustix::process::geteuid().is_root() {
        observer.uid(65533).gid(65533);
    }
    let mut observer = observer.stdout(Stdio::piped()).spawn().unwrap();
    let until = Instant::now() + Duration::from_secs(60);
    let pid_file = place.path.join("pid");
    while observer.try_wait().unwrap().is_none() && Instant::now() < until {
        let page = std::fs::read(place.path.join("run/status.json")).unwrap_or_default();
        let status = runtime::status::Status::parse(&page);
        let pid = status.map(|status| status.subjects[0].pid.to_string());
        std::fs::write(&pid_file, pid.unwrap_or_default()).unwrap();
        std::thread::sleep(Duration::from_millis(20));
    }
    let output = observer.wait_with_output().unwrap();
    run.terminate();
    let (status, errors, _) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
    let mut found: BTreeMap<String, (u32, u64)> = BTreeMap::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        match line.split(' ').collect::<Vec<_>>()[..] {
            ["receive", name, "got", guess, ..] => {
                let bits = worth(u64::from_str_radix(guess, 16).unwrap());
                let known = found.entry(name.to_owned()).or_default();
                known.0 = known.0.max(bits);
            }
            ["rate", name, rate] => {
                found.entry(name.to_owned()).or_default().1 = rate.parse().unwrap()
            }
            _ => {}
        }
    }
    found
}

/// What was said to both sides, in all relations of both runs where the calls were made.
fn answers(name: &str, runs: [&Outcomes; 2]) -> String {
    let mut said: Vec<String> = Vec::new();
    for role in ["send", "receive"] {
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
    outside: &BTreeMap<String, (u32, u64)>,
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
    for path in paths.iter().filter(|path| path.outside_bits == 0) {
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
    text.push_str(
        "\nWhat any local user reads in `/proc` of a subject of a root run, where the machine does not hide \
         processes (`hidepid`):\n\n\
         | path | set by: shown in | bits that arrived | bits at once × reads per second |\n|---|---|---|---|\n",
    );
    for path in paths.iter().filter(|path| path.outside_bits > 0) {
        let Some((bits, rate)) = outside.get(&path.name) else {
            let _ = writeln!(text, "| `{}` | {} | not read | |", path.name, path.what);
            continue;
        };
        let rate = match bits {
            0 => "nothing arrived".to_owned(),
            _ => format!("{} × {rate}", path.outside_bits),
        };
        let _ = writeln!(
            text,
            "| `{}` | {} | {bits} | {rate} |",
            path.name, path.what
        );
    }
    text
}
