//! Programs that write are killed at any moment, and so is the server: what was acknowledged is
//! there, at most the one batch in flight is there besides, and whole.
//!
//! This program has no test harness: it is also the one that is killed.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]

#[path = "support/cluster.rs"]
#[expect(dead_code, reason = "ways to connect are for the other tests")]
mod cluster;
#[path = "support/place.rs"]
mod place;

use place::{Place, attach, block_on, run};
use rustix::process::{Pid, Signal, kill_process};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Cursor, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::Duration;
use std::{env, fs, process};
use store::{Item, Kind, Ledger, New, View};

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["write", address, name] => return block_on(write(address, name)),
        ["backup", address, to] => return block_on(backup(address, to)),
        ["restore", from, to] => return block_on(restore(from, to)),
        ["create", to, ""] => return block_on(create(to)),
        _ => {}
    }
    run(Place::sqlite(), async |place| {
        writers_are_killed(&place, 25, 2).await
    });
    run(Place::postgres(), async |place| {
        writers_are_killed(&place, 10, 2).await
    });
    run(Place::sqlite(), async |place| {
        backups_are_killed(&place, 15).await
    });
    run(Place::sqlite(), async |place| {
        makers_are_killed(&place, 15).await
    });
    run(Place::sqlite(), async |_| the_server_is_killed(2).await);
}

/// How many entries a round's batch has.
fn parts(round: u64) -> u64 {
    1 + round * 7 % 20
}

fn new(system: &str, round: u64, part: u64) -> New {
    New {
        system: system.into(),
        author: "writer".into(),
        at_ns: round,
        base: 0,
        key: part.to_string(),
        body: format!(
            "{{\"round\":{round},\"part\":{part},\"fill\":\"{}\"}}",
            "f".repeat(200)
        ),
    }
}

/// Writes all there is to write until it is killed; says which rounds are acknowledged.
async fn write(address: &str, name: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    for round in 0.. {
        let batch = (0..parts(round))
            .map(|part| new(name, round, part))
            .collect();
        ledger.append(batch).await.unwrap();
        println!("{round}");
        if round % 3 == 0 {
            let file = format!("{name} {round}").repeat(20_000);
            attach(&ledger, &mut Cursor::new(file), u64::MAX)
                .await
                .unwrap();
        }
        let made_from = ledger.stream_head(name).await.unwrap();
        let facets = BTreeMap::from([("round".to_owned(), (round % 3).to_string())]);
        let item = Item {
            sort: name.into(),
            body: round.to_string(),
            facets,
        };
        let view = View {
            view: "rounds".into(),
            system: name.into(),
            made_from,
            valid_until: None,
            items: BTreeMap::from([("item".to_owned(), item)]),
        };
        ledger.put_views(&[view]).await.unwrap();
        ledger
            .put_snapshot(name, made_from, "count", &round.to_string())
            .await
            .unwrap();
    }
}

async fn backup(address: &str, to: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    for next in 0.. {
        ledger
            .backup(&Path::new(to).join(next.to_string()))
            .await
            .unwrap();
        println!("{next}");
    }
}

/// A program that writes, and who listens to it.
struct Writer {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    acknowledged: u64,
}

impl Writer {
    fn start(arguments: [&str; 3]) -> Self {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self {
            child,
            lines,
            acknowledged: 0,
        }
    }

    /// Waits until it has done so much; it then goes on.
    fn wait_for(&mut self, rounds: u64) {
        while self.acknowledged < rounds {
            assert!(self.listen(), "a writer ended by itself");
        }
    }

    /// Kills it; returns the number of rounds acknowledged.
    fn kill(mut self) -> u64 {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        while self.listen() {}
        self.acknowledged
    }

    fn listen(&mut self) -> bool {
        let line = self.lines.next().and_then(Result::ok);
        let heard = line.is_some_and(|line| line == self.acknowledged.to_string());
        self.acknowledged += u64::from(heard);
        heard
    }
}

/// Moments that differ from run to run; they decide when, never what is due.
struct Moments(u64);

impl Moments {
    fn new() -> Self {
        Self(u64::from(process::id()) | 1)
    }

    fn below(&mut self, most: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }

    fn wait(&mut self, most: Duration) {
        thread::sleep(Duration::from_micros(self.below(most.as_micros() as u64)));
    }
}

async fn writers_are_killed(place: &Place, times: u64, at_once: u64) {
    let address = place.address().await;
    Ledger::create(&address).await.unwrap().close().await;
    let mut moments = Moments::new();
    let mut all = BTreeMap::new();
    for time in 0..times {
        let names: Vec<String> = (0..at_once).map(|one| format!("{time}-{one}")).collect();
        let start = |name: &String| Writer::start(["write", &address, name]);
        let writers: Vec<Writer> = names.iter().map(start).collect();
        for (mut writer, name) in writers.into_iter().zip(names) {
            // Some are killed while they still open the ledger.
            if time % 4 > 0 {
                writer.wait_for(moments.below(8));
            }
            moments.wait(Duration::from_millis(20));
            all.insert(name, writer.kill());
        }
        holds_all(&address, &mut all).await;
    }
    let (kills, rounds) = (times * at_once, all.values().sum::<u64>());
    println!("{kills} writers killed, {rounds} batches written, all there");
}

/// The ledger verifies and holds every round acknowledged, by the names of the writers, and at most
/// one more of each, which counts as acknowledged from now on.
async fn holds_all(address: &str, all: &mut BTreeMap<String, u64>) {
    let ledger = Ledger::open(address).await.unwrap();
    // What is still in flight in a server is settled when the next one has had its turn.
    ledger.append(vec![new("settled", 0, 0)]).await.unwrap();
    let report = ledger.verify(None, &mut |_, _| ()).await.unwrap();
    assert_eq!(report.faults, []);
    for (name, rounds) in all {
        let mut due = (0..).flat_map(|round| (0..parts(round)).map(move |part| (round, part)));
        let (mut after, mut last) = (0, None);
        loop {
            let page = ledger.read(name, after, 1000).await.unwrap();
            for entry in &page {
                let (round, part) = due.next().unwrap();
                let new = new(name, round, part);
                assert_eq!((&entry.key, &entry.body), (&new.key, &new.body));
                last = Some((round, part));
                after += 1;
            }
            if page.is_empty() {
                break;
            }
        }
        let found = match last {
            None => 0,
            Some((round, part)) => {
                assert_eq!(part + 1, parts(round), "a part of a batch");
                round + 1
            }
        };
        assert!(
            (*rounds..=*rounds + 1).contains(&found),
            "{name}: {found} of {rounds}"
        );
        *rounds = found;
    }
    ledger.close().await;
}

async fn backups_are_killed(place: &Place, times: u64) {
    let address = place.address().await;
    let ledger = Ledger::create(&address).await.unwrap();
    let batch = (0..500).flat_map(|round| (0..parts(round)).map(move |part| new("a", round, part)));
    let head = ledger.append(batch.collect()).await.unwrap().head;
    attach(&ledger, &mut Cursor::new(vec![7; 1 << 20]), u64::MAX)
        .await
        .unwrap();
    let mut moments = Moments::new();
    let mut whole = 0;
    for time in 0..times {
        let to = place.path(&format!("backups {time}"));
        fs::create_dir(&to).unwrap();
        let mut writer = Writer::start(["backup", &address, &to.display().to_string()]);
        writer.wait_for(time % 3);
        moments.wait(Duration::from_millis(100));
        let acknowledged = writer.kill();
        let names: Vec<String> = fs::read_dir(&to)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        // Nothing but whole backups, and no name of one that is not.
        assert!(names.iter().all(|name| name.parse::<u64>().is_ok()));
        assert!(names.len() as u64 >= acknowledged);
        for name in names {
            let restored = to.join(format!("restored {name}")).display().to_string();
            assert_eq!(
                Ledger::restore(&to.join(name), &restored).await.unwrap(),
                head
            );
            whole += 1;
        }
        fs::remove_dir_all(&to).unwrap();
    }
    assert!(whole >= times / 3 * 3);
    println!("{times} backups killed, {whole} whole ones, nothing else with their names");
}

async fn restore(from: &str, to: &str) {
    for next in 0.. {
        let to = Path::new(to).join(next.to_string());
        let to = to.display().to_string();
        Ledger::restore(Path::new(from), &to).await.unwrap();
        println!("{next}");
    }
}

async fn create(to: &str) {
    for next in 0.. {
        let to = Path::new(to).join(next.to_string());
        let to = to.display().to_string();
        Ledger::create(&to).await.unwrap().close().await;
        println!("{next}");
    }
}

/// Who makes a ledger is killed; its name is whole or free, and the next who comes to the directory, under
/// whatever name, leaves nothing of it there.
async fn makers_are_killed(place: &Place, times: u64) {
    let address = place.address().await;
    let ledger = Ledger::create(&address).await.unwrap();
    let batch = (0..200).flat_map(|round| (0..parts(round)).map(move |part| new("a", round, part)));
    let head = ledger.append(batch.collect()).await.unwrap().head;
    let from = place.path("whole backup");
    ledger.backup(&from).await.unwrap();
    let from = from.display().to_string();
    let mut moments = Moments::new();
    let mut swept = 0;
    for time in 0..times {
        let to = place.path(&format!("made {time}"));
        fs::create_dir(&to).unwrap();
        let shown = to.display().to_string();
        let restored = time % 2 == 0;
        let mut maker = match restored {
            true => Writer::start(["restore", &from, &shown]),
            false => Writer::start(["create", &shown, ""]),
        };
        maker.wait_for(time % 3);
        moments.wait(Duration::from_millis(40));
        let acknowledged = maker.kill();
        let names = || -> Vec<String> {
            let names = fs::read_dir(&to).unwrap();
            names
                .map(|file| file.unwrap().file_name().into_string().unwrap())
                .collect()
        };
        swept += names().iter().filter(|name| name.starts_with('.')).count();
        let other = to.join("other").display().to_string();
        Ledger::create(&other).await.unwrap().close().await;
        let found = names();
        // The next one to come is at most one further, because a word may be lost on the way.
        let due = |name: &String| {
            let name = name.split(['-', '.']).next().unwrap();
            name == "other" || name.parse::<u64>().is_ok_and(|at| at <= acknowledged + 1)
        };
        assert!(found.iter().all(due), "{found:?}");
        for at in acknowledged..acknowledged + 2 {
            let name = to.join(at.to_string());
            let shown = name.display().to_string();
            if name.exists() {
                let due = if restored { head } else { Default::default() };
                let found = Ledger::open(&shown).await.unwrap();
                assert_eq!(found.head().await.unwrap(), due);
                found.close().await;
            } else {
                Ledger::create(&shown).await.unwrap().close().await;
            }
        }
        fs::remove_dir_all(&to).unwrap();
    }
    println!("{times} makers killed, {swept} files that they left removed by the next");
}

async fn the_server_is_killed(times: u64) {
    let mut own = cluster::Cluster::start();
    let mut on = place::raw(&own.url("postgres")).await;
    place::execute(&mut on, "CREATE DATABASE killed").await;
    drop(on);
    let address = own.url("killed");
    let ledger = Ledger::create(&address).await.unwrap();
    let mut moments = Moments::new();
    let mut all = BTreeMap::new();
    for time in 0..times {
        let name = format!("server {time}");
        let mut writer = Writer::start(["write", &address, &name]);
        writer.wait_for(3);
        moments.wait(Duration::from_millis(50));
        let server = own.pid();
        let list = fs::read_to_string(format!("/proc/{server}/task/{server}/children")).unwrap();
        let children = list.split_whitespace().map(|pid| pid.parse().unwrap());
        for pid in [server].into_iter().chain(children) {
            // One that ended meanwhile needs no killing.
            let _gone = kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL);
        }
        assert_eq!(ledger.head().await.unwrap_err().kind, Kind::Unreachable);
        all.insert(name, writer.kill());
        own.start_again();
        holds_all(&address, &mut all).await;
        // The same connections' owner goes on.
        ledger.append(vec![new("again", 0, 0)]).await.unwrap();
    }
    let rounds: u64 = all.values().sum();
    println!("a server killed {times} times, {rounds} batches written, all there");
}
