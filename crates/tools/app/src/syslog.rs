//! One line to the system's log, so that the end of an event log is kept where a run cannot alter it.

use std::os::unix::net::UnixDatagram;
use std::path::Path;

/// Where the system's log listens.
pub const SOCKET: &str = "/dev/log";
/// Facility `local0`, severity `notice` (RFC 3164).
const PRIORITY: u32 = 16 * 8 + 5;

/// Hands over a line.
///
/// # Errors
/// Nobody listens there.
pub fn send(socket: &Path, text: &str) -> std::io::Result<()> {
    let line: String = text
        .chars()
        .map(|c| if record::text::steers(c) { ' ' } else { c })
        .collect();
    let message = format!("<{PRIORITY}>bulkhead[{}]: {line}", std::process::id());
    let end = UnixDatagram::unbound()?;
    end.set_nonblocking(true)?;
    end.send_to(message.as_bytes(), socket).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_arrives_as_one_message() {
        let name = format!("bulkhead-syslog-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        assert!(send(&path, "nobody").is_err());
        let log = UnixDatagram::bind(&path).unwrap();
        send(&path, "the end\nof all").unwrap();
        std::fs::remove_file(&path).unwrap();
        let mut buffer = [0; 200];
        let length = log.recv(&mut buffer).unwrap();
        let said = String::from_utf8_lossy(&buffer[..length]).into_owned();
        let process = std::process::id();
        assert_eq!(said, format!("<133>bulkhead[{process}]: the end of all"));
    }
}
