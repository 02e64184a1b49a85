//! This program as a subject: a datagram is its first byte.

use channel::{Grant, Ports};
use std::time::Duration;

/// Name of the grant on which it speaks.
pub const GRANT: &str = "first";

/// Sends its epoch; the first time it then ends, to be started again.
pub fn run(mut ports: Ports) -> ! {
    let epoch = ports.table().epoch();
    let Ok(Grant::DatagramOut(to)) = ports.grant(GRANT) else {
        std::process::exit(2)
    };
    let again = ports.table().settings().any(|(key, _)| key == "again");
    if to.send(&epoch.to_le_bytes()).is_err() {
        std::process::exit(3)
    }
    if again && epoch == 1 {
        std::process::exit(1)
    }
    loop {
        std::thread::sleep(Duration::from_secs(1));
    }
}
