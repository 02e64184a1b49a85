//! A PostgreSQL server of the tests' own: a new cluster in a directory that goes with it, on a free
//! port of loopback and a Unix socket, with a password, and with syncing on.
//!
//! A shell holds the server. It reads from a pipe that this process alone can write to: when the
//! process ends, however it ends, the shell stops the server and removes the directory.

use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, process, thread};

/// The password of the user `postgres`; no message may ever hold it.
pub const PASSWORD: &str = "geheim-0815";

/// The user that runs the server when the tests are run by root, whom the server refuses.
const NOBODY: u32 = 65534;

/// Starts the server on each port it reads; stops it and removes everything at the end. Until a server that
/// was killed is waited for, its number looks to the next one like a server that runs.
const HOLD: &str = r#"
server=
while read -r port; do
    [ -n "$server" ] && wait "$server"
    "$1" -D "$2/data" -p "$port" -k "$2" -c listen_addresses=127.0.0.1 -c fsync=on \
        >"$2/log-$port" 2>&1 &
    server=$!
done
[ -n "$server" ] && kill -INT "$server" 2>/dev/null && wait "$server"
rm -rf "$2"
"#;

/// A server.
pub struct Cluster {
    directory: PathBuf,
    port: u16,
    shell: Child,
}

impl Cluster {
    /// Makes a cluster and starts its server.
    pub fn start() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        let directory = env::temp_dir().join(format!("ledger-pg-{}-{next}", process::id()));
        fs::create_dir(&directory).expect("the temporary directory can be written");
        fs::set_permissions(&directory, fs::Permissions::from_mode(0o755)).unwrap();
        let secret = directory.join("password");
        fs::write(&secret, PASSWORD).unwrap();
        if root() {
            for path in [&directory, &secret] {
                chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
            }
        }
        let mut shell = as_user(Path::new("/bin/sh"), &directory);
        shell.args(["-c", HOLD, "sh"]).arg(program("postgres"));
        shell.arg(&directory).stdin(Stdio::piped());
        // A signal to all of the tests, as by a terminal, is not for those who clean up.
        shell
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        let mut cluster = Self {
            shell: shell.spawn().expect("the shell starts"),
            port: 0,
            directory,
        };
        cluster.make(&secret);
        // Somebody else may take the port between our look and the server's start.
        for _ in 0..5 {
            let free = TcpListener::bind("127.0.0.1:0").unwrap();
            cluster.port = free.local_addr().unwrap().port();
            drop(free);
            if cluster.start_server() {
                return cluster;
            }
        }
        panic!("PostgreSQL does not start: {}", cluster.log());
    }

    /// Starts the server again after it was killed, on the same port.
    pub fn start_again(&mut self) {
        assert!(
            self.start_server(),
            "PostgreSQL does not start again: {}",
            self.log()
        );
    }

    /// The URL of a database, by TCP.
    pub fn url(&self, database: &str) -> String {
        let port = self.port;
        format!("postgres://postgres:{PASSWORD}@127.0.0.1:{port}/{database}")
    }

    /// The URL of a database, by the server's Unix socket.
    pub fn socket_url(&self, database: &str) -> String {
        let directory = self.directory.display();
        let port = self.port;
        let user = format!("user=postgres&password={PASSWORD}");
        format!("postgres:///{database}?host={directory}&port={port}&{user}")
    }

    /// The process id of the server.
    pub fn pid(&self) -> i32 {
        let file = fs::read_to_string(self.directory.join("data/postmaster.pid")).unwrap();
        file.lines().next().unwrap().parse().unwrap()
    }

    fn make(&self, secret: &Path) {
        let made = as_user(&program("initdb"), &self.directory)
            .args([
                "-U",
                "postgres",
                "-A",
                "scram-sha-256",
                "-E",
                "UTF8",
                "--locale=C",
            ])
            .arg(format!("--pwfile={}", secret.display()))
            .arg("-D")
            .arg(self.directory.join("data"))
            .output()
            .expect("initdb starts");
        let said = String::from_utf8_lossy(&made.stderr);
        assert!(made.status.success(), "initdb: {said}");
    }

    /// Whether the server answers; not if its port is taken.
    fn start_server(&mut self) -> bool {
        let pipe = self.shell.stdin.as_mut().unwrap();
        writeln!(pipe, "{}", self.port).expect("the shell reads");
        let deadline = Instant::now() + Duration::from_secs(120);
        while Instant::now() < deadline {
            let ready = Command::new(program("pg_isready"))
                .args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()])
                .status();
            if ready.is_ok_and(|status| status.success()) {
                return true;
            }
            if self.log().contains("could not create any TCP/IP sockets") {
                return false;
            }
            thread::sleep(Duration::from_millis(20));
        }
        false
    }

    fn log(&self) -> String {
        let path = self.directory.join(format!("log-{}", self.port));
        fs::read_to_string(path).unwrap_or_default()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ended = self.shell.wait();
    }
}

fn root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// A command that runs as a user whom PostgreSQL accepts.
fn as_user(program: &Path, directory: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(directory).env("TZ", "UTC");
    if root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

/// A program of PostgreSQL: Debian keeps them by version, others on the path.
fn program(name: &str) -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let mut versions: Vec<PathBuf> = versions.map(|version| version.path()).collect();
    versions.sort();
    let debian = versions
        .into_iter()
        .rev()
        .map(|version| version.join("bin"));
    let path = env::var_os("PATH").unwrap_or_default();
    let path: Vec<PathBuf> = env::split_paths(&path).collect();
    debian
        .chain(path)
        .map(|directory| directory.join(name))
        .find(|program| program.is_file())
        .unwrap_or_else(|| {
            panic!("`{name}` is missing: install PostgreSQL (Debian: `apt-get install postgresql`)")
        })
}
