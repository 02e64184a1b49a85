//! Lines of text on a stream socket that never blocks, with bounds.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;

/// Why a conversation ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The other side closed it, or the network did.
    Closed,
    /// A line is longer than permitted.
    TooLong,
    /// The other side does not take what is sent.
    Stuck,
}

/// A stream socket as lines.
#[derive(Debug)]
pub struct Lines {
    stream: TcpStream,
    input: Vec<u8>,
    output: Vec<u8>,
    line_bytes_max: usize,
    closed: bool,
}

/// Bytes that may wait to be sent.
const OUTPUT_BYTES_MAX: usize = 64 * 1024;

impl Lines {
    /// Takes a connected stream; `None` if it cannot be made non-blocking.
    pub fn new(stream: TcpStream, line_bytes_max: usize) -> Option<Self> {
        stream.set_nonblocking(true).ok()?;
        let (input, output) = (Vec::new(), Vec::new());
        Some(Self {
            stream,
            input,
            output,
            line_bytes_max,
            closed: false,
        })
    }

    /// The next whole line without its end; `Ok(None)` if there is none yet. The last line of a
    /// closed stream need not end with a line feed.
    ///
    /// # Errors
    /// The conversation is over.
    pub fn next_line(&mut self) -> Result<Option<String>, End> {
        if !self.input.contains(&b'\n') && !self.closed {
            self.fill()?;
        }
        if let Some(end) = self.input.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.input.drain(..=end).collect();
            return Ok(Some(clean(&line)));
        }
        if self.input.len() > self.line_bytes_max {
            return Err(End::TooLong);
        }
        if !self.closed {
            return Ok(None);
        }
        if self.input.is_empty() {
            return Err(End::Closed);
        }
        Ok(Some(clean(&std::mem::take(&mut self.input))))
    }

    /// Queues text and sends what the socket takes.
    ///
    /// # Errors
    /// The conversation is over.
    pub fn send(&mut self, text: &str) -> Result<(), End> {
        self.output.extend_from_slice(text.as_bytes());
        self.flush()
    }

    /// Sends what waits, as far as the socket takes it.
    ///
    /// # Errors
    /// The conversation is over.
    pub fn flush(&mut self) -> Result<(), End> {
        while !self.output.is_empty() {
            match self.stream.write(&self.output) {
                Ok(0) => return Err(End::Closed),
                Ok(count) => drop(self.output.drain(..count)),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(_) => return Err(End::Closed),
            }
        }
        if self.output.len() > OUTPUT_BYTES_MAX {
            Err(End::Stuck)
        } else {
            Ok(())
        }
    }

    /// Whether everything was sent.
    pub fn is_flushed(&self) -> bool {
        self.output.is_empty()
    }

    /// One bounded read.
    fn fill(&mut self) -> Result<(), End> {
        let mut buffer = [0; 4096];
        match self.stream.read(&mut buffer) {
            Ok(0) => self.closed = true,
            Ok(count) => self
                .input
                .extend_from_slice(buffer.get(..count).unwrap_or_default()),
            Err(error)
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
            Err(_) => return Err(End::Closed),
        }
        Ok(())
    }
}

/// Text without its line end and without control characters, which could fake a terminal.
fn clean(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    text.trim_end_matches(['\n', '\r'])
        .chars()
        .filter(|c| !c.is_control())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{Shutdown, TcpListener};

    fn pair() -> (TcpStream, Lines) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let server = listener.accept().unwrap().0;
        (client, Lines::new(server, 16).unwrap())
    }

    fn wait(lines: &mut Lines) -> Result<String, End> {
        loop {
            if let Some(line) = lines.next_line()? {
                return Ok(line);
            }
            std::thread::yield_now();
        }
    }

    #[test]
    fn lines_come_one_by_one() {
        let (mut client, mut lines) = pair();
        assert_eq!(lines.next_line(), Ok(None));
        client.write_all(b"one\r\ntw\x1b[2Jo\nlast").unwrap();
        assert_eq!(wait(&mut lines), Ok("one".to_owned()));
        assert_eq!(wait(&mut lines), Ok("tw[2Jo".to_owned()));
        client.shutdown(Shutdown::Write).unwrap();
        assert_eq!(wait(&mut lines), Ok("last".to_owned()));
        assert_eq!(wait(&mut lines), Err(End::Closed));
    }

    #[test]
    fn a_line_without_end_is_refused() {
        let (mut client, mut lines) = pair();
        client.write_all(&[b'x'; 100]).unwrap();
        assert_eq!(wait(&mut lines), Err(End::TooLong));
    }
}
