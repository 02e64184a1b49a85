//! This program as a subject: a line in its log is its first byte.

use channel::{Ports, clock};
use std::time::Duration;

/// The setting that lets it end after its first start, to be started again.
pub const AGAIN: &str = "again";

/// Says what the clock shows and idles.
pub fn run(mut ports: Ports) -> ! {
    let Ok(mut pulse) = ports.pulse() else {
        std::process::exit(2)
    };
    let now_ns = clock::now_ns();
    pulse.log(&now_ns.to_string(), now_ns);
    let table = ports.table();
    if table.incarnation().epoch == 1 && table.settings().any(|(key, _)| key == AGAIN) {
        std::process::exit(1)
    }
    loop {
        std::thread::sleep(Duration::from_secs(1));
    }
}
