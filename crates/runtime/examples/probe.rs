//! A subject for the tests of this crate: does what its setting `do` says, and reports over its
//! ports and its log. Its hostile actions are made with bare system calls.

use channel::pulse::PulseWriter;
use channel::{Latest, Ports, Received, Sent, clock};
use std::time::Duration;

struct Probe {
    ports: Ports,
    pulse: PulseWriter,
}

fn main() {
    let Ok(mut ports) = Ports::take() else {
        std::process::exit(90)
    };
    let Ok(pulse) = ports.pulse() else {
        std::process::exit(91)
    };
    let action = setting(&ports, "do").unwrap_or_else(|| "idle".to_owned());
    let mut probe = Probe { ports, pulse };
    let (verb, argument) = action.split_once(':').unwrap_or((&action, ""));
    probe.act(verb, argument);
}

fn setting(ports: &Ports, key: &str) -> Option<String> {
    let found = ports
        .table()
        .settings()
        .find(|(candidate, _)| *candidate == key);
    found.map(|(_, value)| value.to_owned())
}

impl Probe {
    fn log(&mut self, text: &str) {
        self.pulse.log(text, clock::now_ns());
    }

    fn pause(&mut self, ms: u64) {
        self.pulse.beat();
        std::thread::sleep(Duration::from_millis(ms));
    }

    fn act(&mut self, verb: &str, argument: &str) {
        match verb {
            "idle" => loop {
                self.pause(10);
            },
            "write" => self.write(u64::MAX),
            // Writes so many, then fails as told: `write-then:5=abort`.
            "write-then" => {
                let (count, then) = argument.split_once('=').unwrap_or(("1", "abort"));
                self.write(count.parse().unwrap_or(1));
                self.act(then, "");
            }
            "read" => self.read(),
            "queue" => self.queue(),
            "exit" => std::process::exit(argument.parse().unwrap_or(0)),
            "abort" => std::process::abort(),
            "panic" => panic!("told to"),
            "hang" => loop {
                std::thread::sleep(Duration::from_secs(1));
            },
            other => self.log(&format!("unknown action {other}")),
        }
    }

    fn write(&mut self, count: u64) {
        let epoch = self.ports.table().epoch();
        let (mut out, _) = self.ports.writer("out").expect("port out");
        let mut number = 0u64;
        while number < count {
            number += 1;
            let message = [epoch.to_le_bytes(), number.to_le_bytes()].concat();
            if out.send(&message, clock::now_ns()) == Sent::Full {
                number -= 1;
            }
            self.pause(2);
        }
    }

    /// Logs each new value of a sampling port as `epoch number`.
    fn read(&mut self) {
        let (mut input, _) = self.ports.reader("in").expect("port in");
        let mut buffer = [0; 16];
        loop {
            if let Latest::Value {
                fresh: true, epoch, ..
            } = input.latest(&mut buffer)
            {
                self.log(&format!("got {epoch} {}", number(&buffer)));
            }
            self.pause(1);
        }
    }

    /// Logs each message of a queue as `epoch number lost`.
    fn queue(&mut self) {
        let (mut input, _) = self.ports.reader("in").expect("port in");
        let mut buffer = [0; 16];
        loop {
            while let Received::Message { epoch, lost, .. } = input.receive(&mut buffer) {
                self.log(&format!("got {epoch} {} lost {lost}", number(&buffer)));
            }
            self.pause(1);
        }
    }
}

fn number(message: &[u8; 16]) -> u64 {
    let (_, number) = message.split_at(8);
    u64::from_le_bytes(number.try_into().unwrap_or_default())
}
