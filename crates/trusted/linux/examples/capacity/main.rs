//! Two hostile programs that try to talk past their plan, for the tests of this crate.
//!
//! Both know a schedule: time is cut into windows, one for each path, and a window into slots, one for
//! each bit. In each slot the sender sets the bit and the receiver reads a value; the first bits are
//! known to both and teach the receiver what the values mean. Nothing is measured in time: a slot is
//! only when to look.
//!
//! ```text
//! capacity                     a subject: its role comes from its settings
//! capacity list                the paths
//! capacity alone DIR SLOT_US   both in two plain processes that share what can be shared
//! capacity talk SLOT_US        the sender of what is read outside, in a plain process
//! capacity observe DIR SLOT_US a plain process that reads what is shown of a subject
//! ```
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "what fails ends the program"
)]

mod paths;
mod world;

use channel::Ports;
use channel::clock;
use channel::pulse::PulseWriter;
use channel::table::GrantKind;
use paths::{Alone, PATHS, Path, Reader};
use std::os::fd::IntoRawFd;
use std::path::PathBuf;
use world::{ABSENT, Slot, Step, World, call, number};

/// Bits that both know.
const TRAINING: u16 = 0b1001_1010_0110_0101;
const TRAINING_BITS: usize = 16;
/// Bits that only the sender knows.
const PAYLOAD_BITS: usize = 64;
const SLOTS: usize = TRAINING_BITS + PAYLOAD_BITS;
/// Slots at the beginning of a window in which nothing happens: a subject that was ended is started
/// again meanwhile.
const QUIET: u64 = 8;

/// Where reports go.
enum Report {
    Log(PulseWriter),
    Print,
}

impl Report {
    fn say(&mut self, text: &str) {
        match self {
            Self::Log(pulse) => {
                pulse.beat();
                pulse.log(text, clock::now_ns());
            }
            Self::Print => println!("{text}"),
        }
    }
}

/// One side of a pair.
struct Side {
    sends: bool,
    payload: u64,
    slot_ns: u64,
    world: World,
    report: Report,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["list"] => list(),
        ["alone", place, slot_us, payload, names @ ..] => alone(place, slot_us, payload, names),
        ["talk", slot_us, payload, names @ ..] => talk(slot_us, payload, names),
        ["observe", place, slot_us, names @ ..] => observe(place, slot_us, names),
        _ => subject(),
    }
}

fn list() {
    for path in PATHS {
        let (alone, why) = match path.alone {
            Alone::Bits => ("bits", ""),
            Alone::BitsForRoot => ("bits-for-root", ""),
            Alone::Not(why) => ("not", why),
        };
        let (reader, bits) = match path.reader {
            Reader::Subject => ("subject", 0),
            Reader::Outside(bits) => ("outside", bits),
            Reader::Nobody => ("nobody", 0),
        };
        let kind = if path.declared { "declared" } else { "hidden" };
        let when = if path.quick { "quick" } else { "full" };
        let Path { name, what, .. } = path;
        println!("{name}\t{when}\t{kind}\t{reader}\t{bits}\t{alone}\t{why}\t{what}");
    }
}

/// A subject of a plan: goes through the paths for as long as it lives, by the clock.
fn subject() {
    let Ok(mut ports) = Ports::take() else {
        eprintln!("this is a subject, or: list, alone, talk, observe");
        std::process::exit(2)
    };
    let Ok(pulse) = ports.pulse() else {
        std::process::exit(91)
    };
    let table = ports.table();
    let setting = |key: &str| {
        let found = table.settings().find(|(name, _)| *name == key);
        found.map_or("", |(_, value)| value)
    };
    let mut world = World::new();
    if let Some(port) = table.ports().next() {
        world.memory = port.data_address;
        // Only the reader can write it; the writer reads it.
        world.credit = port.credit_address;
    }
    for grant in table.grants() {
        match grant.kind {
            GrantKind::ReadFile if grant.name == "log" => world.log = grant.fd,
            GrantKind::ReadFile => world.file = grant.fd,
            GrantKind::DatagramOut => world.socket = grant.fd,
            GrantKind::DatagramIn => world.queue = grant.fd,
            GrantKind::Append => world.log = grant.fd,
            GrantKind::Listener => world.listener = grant.fd,
            _ => {}
        }
    }
    let quick = setting("subset") == "quick";
    let names: Vec<&str> = setting("outside").split_terminator(' ').collect();
    let chosen: Vec<&Path> = match names.is_empty() {
        true => between_subjects()
            .filter(|path| path.quick || !quick)
            .collect(),
        false => named(&names),
    };
    let shift: u64 = setting("shift").parse().unwrap_or(0);
    let side = Side {
        sends: setting("role") == "send",
        payload: u64::from_str_radix(setting("payload"), 16).unwrap_or(0),
        slot_ns: setting("slot-us").parse::<u64>().unwrap_or(1000) * 1000,
        world,
        report: Report::Log(pulse),
    };
    side.follow(&chosen, shift)
}

fn between_subjects() -> impl Iterator<Item = &'static Path> {
    PATHS.iter().filter(|path| path.reader == Reader::Subject)
}

fn named(names: &[&str]) -> Vec<&'static Path> {
    PATHS
        .iter()
        .filter(|path| names.contains(&path.name))
        .collect()
}

impl Side {
    fn window_ns(&self) -> u64 {
        (SLOTS as u64 + QUIET) * self.slot_ns
    }

    /// Goes through paths for as long as it lives, by the clock.
    fn follow(mut self, chosen: &[&Path], shift: u64) -> ! {
        paths::handle_signals();
        let window_ns = self.window_ns();
        loop {
            // A window that has begun belongs to an earlier start.
            let window = clock::now_ns() / window_ns + 1;
            let index = (window + shift) % chosen.len() as u64;
            let path = chosen[usize::try_from(index).unwrap_or(0)];
            clock::sleep_until(window * window_ns);
            self.go(path, window * window_ns);
        }
    }

    /// One path in its window.
    fn go(&mut self, path: &Path, begin_ns: u64) {
        let sends = self.sends != path.declared;
        let role = if sends { "send" } else { "receive" };
        self.report.say(&format!("try {} {role}", path.name));
        self.world.drop_kept();
        paths::release(&mut self.world);
        self.world.before = 0;
        let begin_ns = begin_ns + QUIET * self.slot_ns;
        let outcome = match sends {
            true => self.send(path, begin_ns),
            false => self.receive(path, begin_ns),
        };
        self.world.drop_kept();
        let said = match outcome {
            Ok(text) => text,
            Err(ABSENT) => "absent".to_owned(),
            Err(error) => format!("error {error}"),
        };
        self.report.say(&format!("{role} {} {said}", path.name));
    }

    fn bit(&self, slot: usize) -> bool {
        match slot.checked_sub(TRAINING_BITS) {
            None => TRAINING >> slot & 1 == 1,
            Some(slot) => self.payload >> slot & 1 == 1,
        }
    }

    /// When a slot begins; its times are known to the path.
    fn enter(&mut self, slot: usize, begin_ns: u64) -> u64 {
        let begin_ns = begin_ns + slot as u64 * self.slot_ns;
        self.world.slot = Slot {
            number: slot,
            read_ns: begin_ns + self.slot_ns * 65 / 100,
            end_ns: begin_ns + self.slot_ns * 85 / 100,
        };
        begin_ns
    }

    fn send(&mut self, path: &Path, begin_ns: u64) -> Step<String> {
        let mut late = 0;
        for slot in 0..SLOTS {
            let begin_ns = self.enter(slot, begin_ns);
            let bit = self.bit(slot);
            clock::sleep_until(begin_ns + self.slot_ns / 4);
            late += usize::from(clock::now_ns() > self.world.slot.read_ns);
            (path.send)(&mut self.world, bit)?;
        }
        // As it was.
        let _ = (path.send)(&mut self.world, false);
        Ok(format!("done late {late}"))
    }

    fn receive(&mut self, path: &Path, begin_ns: u64) -> Step<String> {
        let (mut late, mut values) = (0, Vec::with_capacity(SLOTS));
        for slot in 0..SLOTS {
            let begin_ns = self.enter(slot, begin_ns);
            clock::sleep_until(begin_ns);
            (path.begin)(&mut self.world)?;
            late += usize::from(clock::now_ns() > begin_ns + self.slot_ns / 4);
            // A path that waits begins at once.
            if !waits(path) {
                clock::sleep_until(self.world.slot.read_ns);
            }
            values.push((path.receive)(&mut self.world)?);
        }
        Ok(format!("got {:016x} late {late}", decode(&values)))
    }
}

fn waits(path: &Path) -> bool {
    const WAITING: [&str; 6] = ["wake", "exit", "child", "robust-pending", "requeue", "wait"];
    WAITING.iter().any(|word| path.name.starts_with(word)) && !path.name.starts_with("wake-count")
}

/// What the values most likely mean: on which side of the middle between what the known ones and the
/// known zeros gave.
fn decode(values: &[i64]) -> u64 {
    let (training, payload) = values.split_at(TRAINING_BITS);
    let median = |wanted: bool| -> i64 {
        let known = training.iter().enumerate();
        let mut fitting: Vec<i64> = known
            .filter(|(slot, _)| (TRAINING >> slot & 1 == 1) == wanted)
            .map(|(_, value)| *value)
            .collect();
        fitting.sort_unstable();
        fitting.get(fitting.len() / 2).copied().unwrap_or(0)
    };
    let (one, zero) = (i128::from(median(true)), i128::from(median(false)));
    let bits = payload.iter().enumerate().map(|(slot, value)| {
        let twice = 2 * i128::from(*value);
        let bit = (one > zero && twice > one + zero) || (one < zero && twice < one + zero);
        u64::from(bit) << slot
    });
    bits.sum()
}

/// Both sides as plain processes: the sender is a copy of the receiver, and has all it has.
fn alone(place: &str, slot_us: &str, payload: &str, names: &[&str]) {
    let place = PathBuf::from(place);
    let mut world = World::new();
    world.alone = true;
    world.place = place.clone();
    let group = world::Group::enter();
    world.group = group.memory();
    let prepared = prepare(&mut world);
    prepared.expect("to prepare what is shared");
    let own = call(libc::SYS_getpid, []).unwrap_or(0);
    // SAFETY: this process has one thread.
    let child = unsafe { libc::fork() };
    let sends = child == 0;
    world.peer = match sends {
        true => i32::try_from(own).unwrap_or(0),
        false => child,
    };
    world.file = world::make(&place.join("file"), 8192).expect("a file");
    world.log = world::make(&place.join("log"), 1).expect("a log");
    world.sparse = world::make(&place.join("sparse"), 1).expect("a file with holes");
    world.listener = paths::listener().expect("a listener");
    let mut side = Side {
        sends,
        payload: u64::from_str_radix(payload, 16).unwrap_or(0),
        slot_ns: slot_us.parse::<u64>().unwrap_or(1000) * 1000,
        world,
        report: Report::Print,
    };
    paths::handle_signals();
    let window_ns = side.window_ns();
    let mut begin_ns = side.world.slot.end_ns;
    for path in named(names) {
        side.go(path, begin_ns);
        begin_ns += window_ns;
    }
    if !sends {
        let mut status = 0;
        // SAFETY: the kernel writes one live integer.
        unsafe { libc::waitpid(child, &raw mut status, 0) };
        group.leave();
    }
}

/// Sets what is read outside, in a process that nothing keeps from it.
fn talk(slot_us: &str, payload: &str, names: &[&str]) {
    let mut world = World::new();
    world.alone = true;
    let _ = world::Group::enter();
    let side = Side {
        sends: true,
        payload: u64::from_str_radix(payload, 16).unwrap_or(0),
        slot_ns: slot_us.parse::<u64>().unwrap_or(1000) * 1000,
        world,
        report: Report::Print,
    };
    side.follow(&named(names), 0)
}

/// Makes everything that a launcher without a thought would leave shared.
fn prepare(world: &mut World) -> std::io::Result<()> {
    let place = world.place.clone();
    for (name, bytes) in [("file", 8192), ("lease", 8), ("page", 4096), ("log", 1)] {
        world::make(&place.join(name), bytes)?;
    }
    world::make_sparse(&place.join("sparse"), paths::SPARSE_BYTES)?;
    // A lease is given only on what nobody has open for writing.
    call(libc::SYS_close_range, [3, usize::from(u16::MAX), 0]).map_err(error)?;
    let null = std::fs::File::options()
        .read(true)
        .write(true)
        .open("/dev/null")?;
    world.null = null.into_raw_fd();
    world.shared = std::fs::File::open(place.join("file"))?.into_raw_fd();
    let closed = std::net::UdpSocket::bind("127.0.0.1:0")?.local_addr()?;
    let socket = std::net::UdpSocket::bind("127.0.0.1:0")?;
    socket.connect(closed)?;
    world.socket = socket.into_raw_fd();
    let (one, other) = std::os::unix::net::UnixStream::pair()?;
    world.pair = (one.into_raw_fd(), other.into_raw_fd());
    for _ in 0..SLOTS {
        let fd = call(
            libc::SYS_memfd_create,
            [world::at(c"seal".as_ptr()), number(2)],
        );
        let fd = i32::try_from(fd.map_err(error)?).unwrap_or(-1);
        world.sealable.push(fd);
    }
    let memory = call(
        libc::SYS_memfd_create,
        [world::at(c"channel".as_ptr()), number(2)],
    );
    let memory = memory.map_err(error)? as usize;
    call(libc::SYS_ftruncate, [memory, 8192]).map_err(error)?;
    let mapped = call(libc::SYS_mmap, [0, 8192, 3, 1, memory, 0]);
    world.memory = mapped.map_err(error)? as usize;
    world.credit = world.memory + 4096;
    // When it begins.
    world.slot.end_ns = clock::now_ns() + 50_000_000;
    Ok(())
}

fn error(number: i32) -> std::io::Error {
    std::io::Error::from_raw_os_error(number)
}

/// Reads what is shown of the subject whose number is in a file, and how often it can be read.
fn observe(place: &str, slot_us: &str, names: &[&str]) {
    let place = PathBuf::from(place);
    let chosen = named(names);
    let mut side = Side {
        sends: false,
        payload: 0,
        slot_ns: slot_us.parse::<u64>().unwrap_or(1000) * 1000,
        world: World::new(),
        report: Report::Print,
    };
    let window_ns = side.window_ns();
    // Looking how often it can be read takes the time of other windows: once for each path.
    let mut rated = std::collections::BTreeSet::new();
    // A few times each.
    for _ in 0..chosen.len() * 2 + 2 {
        let window = clock::now_ns() / window_ns + 1;
        let index = usize::try_from(window % chosen.len() as u64).unwrap_or(0);
        clock::sleep_until(window * window_ns);
        // The subject may have been started again.
        clock::sleep_until(window * window_ns + (QUIET - 1) * side.slot_ns);
        let peer = std::fs::read_to_string(place.join("pid")).unwrap_or_default();
        side.world.peer = peer.trim().parse().unwrap_or(0);
        let path = chosen[index];
        side.go(path, window * window_ns);
        if !rated.insert(path.name) {
            continue;
        }
        let begin = clock::now_ns();
        let reads = (0..100).filter(|_| (path.receive)(&mut side.world).is_ok());
        let reads = reads.count() as u64;
        let took_ns = (clock::now_ns() - begin).max(1);
        let rate = reads * 1_000_000_000 / took_ns;
        side.report.say(&format!("rate {} {rate}", path.name));
    }
}
