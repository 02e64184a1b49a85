//! The line camera: small pictures of bottles, some of them defective.

use crate::plant::{Noise, send_every};
use crate::vision::{Class, draw};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

/// Sends pictures; `defects_percent` of the bottles are underfilled or without cap.
///
/// # Errors
/// There is no socket to send from.
pub fn run(address: SocketAddr, defects_percent: u64) -> io::Result<()> {
    println!("camera: pictures to {address}, {defects_percent} % defects");
    let mut noise = Noise::new(2);
    let mut number = 0_u32;
    send_every(address, Duration::from_millis(200), || {
        number = number.wrapping_add(1);
        let class = match (noise.below(100) < defects_percent, number % 2) {
            (false, _) => Class::Good,
            (true, 0) => Class::Underfilled,
            (true, _) => Class::NoCap,
        };
        Some(draw(number, class, || noise.below(40) as u8))
    })
}
