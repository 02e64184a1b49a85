//! A bottling line of its own for each test: a copy of the model with other ports, peers that are
//! not ours, and everything stopped at the end.

use super::bottling_peers::{Modbus, Panel};
use record::status::{Status, SubjectState};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::File;
use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Ports of the model, in the order of [`Line::port`].
const PORTS: [&str; 7] = [
    "15020", "15021", "15022", "15023", "15024", "15025", "15026",
];
/// Which of the ports it is.
#[derive(Clone, Copy)]
pub enum Port {
    Field,
    Safety,
    Camera,
    Mes,
    Panel,
    Vendor,
    Broker,
}

/// One line at a time: the tests measure nothing, but the machine is small.
static ONE: Mutex<()> = Mutex::new(());
static NEXT_PORT: AtomicU16 = AtomicU16::new(0);
static NEXT_NAME: AtomicU32 = AtomicU32::new(0);

/// A process that ends with the test.
pub struct Peer(Child);

impl Peer {
    pub fn stop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A bottling line and its peers.
pub struct Line {
    directory: PathBuf,
    ports: [u16; PORTS.len()],
    peers: Vec<Peer>,
    run: Option<Child>,
    _one: MutexGuard<'static, ()>,
}

impl Line {
    /// A line with its own directory, ports and model; nothing runs yet.
    pub fn new() -> Self {
        let one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        let number = NEXT_NAME.fetch_add(1, Ordering::Relaxed);
        let name = format!("bottling-{}-{number}", std::process::id());
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&directory).unwrap();
        let line = Self {
            directory,
            ports: free_ports(),
            peers: Vec::new(),
            run: None,
            _one: one,
        };
        let model = repository().join("examples/bottling-line/system.kdl");
        let mut text = std::fs::read_to_string(model).unwrap();
        for (old, new) in PORTS.iter().zip(line.ports) {
            assert_eq!(
                text.matches(&format!("127.0.0.1:{old}\"")).count(),
                1,
                "port {old}"
            );
            text = text.replace(&format!("127.0.0.1:{old}\""), &format!("127.0.0.1:{new}\""));
        }
        std::fs::write(line.model(), text).unwrap();
        line
    }

    /// A line with all its peers, running, with a recipe and live values.
    pub fn filling() -> Self {
        let mut line = Self::new();
        line.start_field();
        line.start_broker();
        line.start_safety(7);
        line.start_camera();
        line.start();
        line.wait("the recipe is taken", |line| {
            line.mes(&["--version", "3"]).is_ok()
        });
        line.wait_until_filling();
        line
    }

    pub fn model(&self) -> PathBuf {
        self.directory.join("system.kdl")
    }

    pub fn port(&self, port: Port) -> u16 {
        self.ports[port as usize]
    }

    pub fn address(&self, port: Port) -> String {
        format!("127.0.0.1:{}", self.port(port))
    }

    pub fn state(&self) -> PathBuf {
        self.directory.join("state")
    }

    // ── Peers ──

    fn peer(&mut self, name: &str, command: &mut Command) -> usize {
        let log = File::create(self.directory.join(format!("{name}.log"))).unwrap();
        let error = log.try_clone().unwrap();
        command.stdin(Stdio::null()).stdout(log).stderr(error);
        self.peers.push(Peer(command.spawn().unwrap()));
        self.peers.len() - 1
    }

    fn plant(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(programs().join("plant"));
        command.args(arguments);
        command
    }

    /// The field device: a Modbus server that is not ours.
    pub fn start_field(&mut self) -> usize {
        let python = repository().join("target/peers/bin/python");
        assert!(
            python.is_file(),
            "no pymodbus: run `cargo verify`, which installs it"
        );
        let port = self.port(Port::Field).to_string();
        let mut command = Command::new(python);
        command
            .arg(repository().join("tests/peers/field.py"))
            .arg(port);
        let peer = self.peer("field", &mut command);
        self.wait("the field device answers", |line| {
            Modbus::connect(line.port(Port::Field)).is_some()
        });
        peer
    }

    /// The broker: Mosquitto.
    pub fn start_broker(&mut self) -> usize {
        let configuration = self.directory.join("mosquitto.conf");
        let port = self.port(Port::Broker);
        let text = format!("listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n");
        std::fs::write(&configuration, text).unwrap();
        let mosquitto = [
            "/usr/sbin/mosquitto",
            "/usr/bin/mosquitto",
            "/usr/local/sbin/mosquitto",
        ]
        .into_iter()
        .find(|path| Path::new(path).is_file())
        .expect("no Mosquitto: run `cargo verify`, which installs it");
        self.peer(
            "mosquitto",
            Command::new(mosquitto).arg("-c").arg(configuration),
        )
    }

    /// The safety controller, reporting these inputs.
    pub fn start_safety(&mut self, inputs: u8) -> usize {
        let to = self.address(Port::Safety);
        let mut command = self.plant(&["safety", "--to", &to, "--inputs", &inputs.to_string()]);
        self.peer("safety", &mut command)
    }

    pub fn start_camera(&mut self) -> usize {
        let mut command = self.plant(&["camera", "--to", &self.address(Port::Camera)]);
        self.peer("camera", &mut command)
    }

    /// The simulated field device, whose replies are malformed after so many.
    pub fn start_malformed_field(&mut self, after: u32) -> usize {
        let listen = self.address(Port::Field);
        let after = after.to_string();
        let mut command = self.plant(&["field", "--listen", &listen, "--malformed-after", &after]);
        self.peer("field", &mut command)
    }

    pub fn stop_peer(&mut self, peer: usize) {
        self.peers[peer].stop();
    }

    /// Sends a recipe; gives the answer, or what went wrong.
    pub fn mes(&self, arguments: &[&str]) -> Result<String, String> {
        let to = self.address(Port::Mes);
        let output = self
            .plant(&["mes", "--to", &to])
            .args(arguments)
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if output.status.success() {
            Ok(text(&output.stdout))
        } else {
            Err(text(&output.stdout) + &text(&output.stderr))
        }
    }

    /// Set points as the field device has them, read over a connection of our own.
    pub fn set_points(&self) -> Vec<u16> {
        let mut modbus = Modbus::connect(self.port(Port::Field)).expect("the field device answers");
        modbus.set_points()
    }

    pub fn panel(&self) -> Panel {
        Panel::connect(self.port(Port::Panel))
    }

    // ── The run ──

    /// Starts the system.
    pub fn start(&mut self) {
        // A copy of an earlier run is not overwritten.
        let _ = std::fs::remove_file(self.directory.join("events.jsonl"));
        let log = File::create(self.directory.join("run.log")).unwrap();
        let error = log.try_clone().unwrap();
        let child = Command::new(programs().join("bulkhead"))
            .arg("run")
            .arg(self.model())
            .args(["--for", "300s", "--programs"])
            .arg(programs())
            .arg("--state")
            .arg(self.state())
            .arg("--events")
            .arg(self.directory.join("events.jsonl"))
            .env("BULKHEAD_RUN_DIR", self.directory.join("run"))
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(error)
            .spawn()
            .unwrap();
        self.run = Some(child);
        self.wait("the run is there", |line| {
            line.status().is_some_and(|status| !status.ended)
        });
    }

    /// Stops the system as Ctrl-C does; it must end in order.
    pub fn stop(&mut self) {
        let Some(mut run) = self.run.take() else {
            return;
        };
        let _ = kill_process(Pid::from_child(&run), Signal::INT);
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            match run.try_wait().unwrap() {
                // What lies outside need not be there.
                Some(status) => {
                    let in_order = matches!(status.code(), Some(0 | 5));
                    return assert!(in_order, "{status}: {}", self.logs());
                }
                None if Instant::now() < until => std::thread::sleep(Duration::from_millis(20)),
                None => break,
            }
        }
        let _ = run.kill();
        let _ = run.wait();
        panic!("the run does not stop\n{}", self.logs());
    }

    pub fn status(&self) -> Option<Status> {
        let path = self.directory.join("run/bottling-line/status.json");
        Status::parse(&std::fs::read(path).ok()?)
    }

    /// Process and epoch of a running subject.
    pub fn subject(&self, name: &str) -> Option<(u32, u64)> {
        let status = self.status()?;
        let subject = status
            .subjects
            .iter()
            .find(|subject| subject.name == name)?;
        (subject.state == SubjectState::Running).then_some((subject.pid, subject.epoch))
    }

    /// Messages written to the channel that begins with this.
    pub fn written(&self, channel: &str) -> u64 {
        let status = self.status();
        let channels = status.iter().flat_map(|status| &status.channels);
        channels
            .filter(|c| c.name.starts_with(channel))
            .map(|c| c.written)
            .sum()
    }

    /// Kills a subject from outside and waits until it runs again.
    pub fn kill(&self, name: &str) {
        self.wait(&format!("{name} runs"), |line| line.subject(name).is_some());
        let (pid, epoch) = self.subject(name).expect("it runs, as the page said");
        let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
        kill_process(pid, Signal::KILL).unwrap();
        self.wait(&format!("{name} runs again"), |line| {
            line.subject(name).is_some_and(|(_, now)| now > epoch)
        });
    }

    /// The event log so far.
    pub fn events(&self) -> String {
        let path = self.directory.join("events.jsonl");
        std::fs::read_to_string(path).unwrap_or_default()
    }

    /// The journal of the audit so far.
    pub fn journal(&self) -> String {
        std::fs::read_to_string(self.state().join("journal.log")).unwrap_or_default()
    }

    /// Lines of the journal with all of these words.
    pub fn recorded(&self, words: &[&str]) -> usize {
        let journal = self.journal();
        // Without the time, in which any number may occur.
        let texts = journal.lines().filter_map(|line| line.split_once(' '));
        texts
            .filter(|(_, text)| words.iter().all(|word| text.contains(word)))
            .count()
    }

    // ── Waiting ──

    /// Waits until something is so; at most a minute.
    pub fn wait(&self, what: &str, mut so: impl FnMut(&Self) -> bool) {
        let until = Instant::now() + Duration::from_secs(60);
        while !so(self) {
            assert!(
                Instant::now() < until,
                "not so within a minute: {what}\n{}",
                self.logs()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits until values flow and the guard would pass a set point.
    pub fn wait_until_filling(&self) {
        self.wait("the panel shows live values and a recipe", |line| {
            let mut panel = line.panel();
            let live = panel.ask("show", "conveyor");
            let recipe = panel.ask("recipe", "RECIPE");
            live.contains("filling") && live.contains(" permitted") && recipe.contains("version")
        });
    }

    /// Filling goes on: live values, and set points pass.
    pub fn assert_filling(&self, value: u16) {
        self.wait_until_filling();
        let mut panel = self.panel();
        let mut asked: Option<Instant> = None;
        self.wait(&format!("fill volume {value} is set"), |line| {
            // A wish is given up where values are late, as on a busy machine: whoever has it asks
            // again.
            if asked.is_none_or(|at| at.elapsed() > Duration::from_secs(5)) {
                panel.send(&format!("set fill-volume {value}"));
                asked = Some(Instant::now());
            }
            line.set_points()[0] == value
        });
    }

    fn logs(&self) -> String {
        let mut text = String::new();
        for name in ["run.log", "field.log", "mosquitto.log"] {
            let log = std::fs::read_to_string(self.directory.join(name)).unwrap_or_default();
            text.push_str(&format!("── {name}\n{}\n", tail(&log, 4000)));
        }
        text + &format!(
            "── events\n{}\n── journal\n{}",
            tail(&self.events(), 6000),
            tail(&self.journal(), 3000)
        )
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if let Some(mut run) = self.run.take() {
            let _ = kill_process(Pid::from_child(&run), Signal::INT);
            let until = Instant::now() + Duration::from_secs(10);
            while run.try_wait().is_ok_and(|ended| ended.is_none()) && Instant::now() < until {
                std::thread::sleep(Duration::from_millis(20));
            }
            let _ = run.kill();
            let _ = run.wait();
        }
        self.peers.clear();
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.directory);
        }
    }
}

fn tail(text: &str, bytes: usize) -> &str {
    let start = text.ceil_char_boundary(text.len().saturating_sub(bytes));
    &text[start..]
}

pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Where the programs are: `BULKHEAD_BIN_DIR`, or beside the tests, built now if they are not there.
pub fn programs() -> PathBuf {
    if let Some(directory) = std::env::var_os("BULKHEAD_BIN_DIR") {
        return directory.into();
    }
    let test = std::env::current_exe().unwrap();
    let directory = test.parent().and_then(Path::parent).unwrap().to_owned();
    let needed = [
        "bulkhead",
        "bulkhead-supervisor",
        "bulkhead-init",
        "plant",
        "modbus-gate",
    ];
    if !needed.iter().all(|name| directory.join(name).is_file()) {
        let mut build = Command::new(env!("CARGO"));
        build.args([
            "build",
            "-p",
            "bulkhead",
            "-p",
            "linux",
            "-p",
            "bottling-line",
            "--bins",
        ]);
        if directory.ends_with("release") {
            build.arg("--release");
        }
        build
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS");
        assert!(build.current_dir(repository()).status().unwrap().success());
    }
    directory
}

/// Seven neighbouring ports that nobody uses, below the range the kernel gives out.
fn free_ports() -> [u16; PORTS.len()] {
    for _ in 0..200 {
        let step = NEXT_PORT.fetch_add(1, Ordering::Relaxed);
        let spread = u16::try_from(std::process::id() % 1000).unwrap_or(0);
        let base = 20_000 + (spread * 10 + step * 10) % 12_000;
        let ports = std::array::from_fn(|index| base + index as u16);
        let free = |port: &u16| {
            TcpListener::bind(("127.0.0.1", *port)).is_ok()
                && UdpSocket::bind(("127.0.0.1", *port)).is_ok()
        };
        if ports.iter().all(free) {
            return ports;
        }
    }
    panic!("no free ports");
}
