//! The people around the line: plant IT that sends recipes, an operator, a vendor.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(5);

/// Sends a recipe file; gives the answer.
///
/// # Errors
/// Nobody takes it.
pub fn send_recipe(address: SocketAddr, file: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(file.as_bytes())?;
    stream.shutdown(Shutdown::Write)?;
    let mut answer = String::new();
    stream.take(1024).read_to_string(&mut answer)?;
    Ok(answer.trim_end().to_owned())
}

/// A terminal: what is typed goes there, what comes is printed. Ends when either side does.
///
/// # Errors
/// Nobody listens.
pub fn terminal(address: SocketAddr) -> io::Result<()> {
    let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    let mut typed = stream.try_clone()?;
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            if typed.write_all(format!("{line}\n").as_bytes()).is_err() {
                return;
            }
        }
        let _ = typed.shutdown(Shutdown::Write);
    });
    for line in BufReader::new(stream).lines() {
        println!("{}", line?);
    }
    Ok(())
}

/// An operator that asks for a little more and a little less, for ever; for the demonstration.
pub fn operate(address: SocketAddr) {
    let wishes = [
        "set fill-volume 503",
        "set filler-speed 5500",
        "set fill-volume 499",
        "set filler-speed 4800",
    ];
    loop {
        if let Ok(mut stream) = TcpStream::connect_timeout(&address, PATIENCE) {
            let _ = stream.set_read_timeout(Some(PATIENCE));
            for wish in wishes.iter().cycle() {
                std::thread::sleep(Duration::from_secs(7));
                if stream.write_all(format!("{wish}\n").as_bytes()).is_err() {
                    break;
                }
                // What the panel says is read away; nobody looks at it.
                let _ = stream.read(&mut [0; 4096]);
            }
        }
        std::thread::sleep(Duration::from_secs(1));
    }
}
