//! The other side of every socket: a simulated filler, safety controller, camera, broker and the
//! people around the line. An ordinary program; nothing here is trusted or separated.
//!
//! Each part runs by itself, so that a real controller or broker can take its place.

pub mod broker;
pub mod camera;
pub mod field;
pub mod people;
pub mod safety;
pub mod signing;

use std::io;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::time::Duration;

/// Where the parts are, as `system.kdl` says it.
pub mod address {
    /// The controller listens.
    pub const FIELD: &str = "127.0.0.1:15020";
    /// The interlock view receives.
    pub const SAFETY: &str = "127.0.0.1:15021";
    /// The inspection receives.
    pub const CAMERA: &str = "127.0.0.1:15022";
    /// The recipe import listens.
    pub const MES: &str = "127.0.0.1:15023";
    /// The operator panel listens.
    pub const PANEL: &str = "127.0.0.1:15024";
    /// The vendor session listens.
    pub const VENDOR: &str = "127.0.0.1:15025";
    /// The broker listens.
    pub const BROKER: &str = "127.0.0.1:15026";
}

/// A listener; the error names the address.
///
/// # Errors
/// The address is taken or not of this machine.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    TcpListener::bind(address).map_err(|error| {
        io::Error::new(error.kind(), format!("cannot listen at {address}: {error}"))
    })
}

/// Sends what `next` makes to an address again and again, until that ends. Nobody needs to listen.
///
/// # Errors
/// There is no socket to send from.
pub fn send_every(
    address: SocketAddr,
    period: Duration,
    mut next: impl FnMut() -> Option<Vec<u8>>,
) -> io::Result<()> {
    let local = SocketAddr::new(address.ip(), 0);
    let socket = UdpSocket::bind(local)?;
    while let Some(bytes) = next() {
        // Refused while nobody listens; the next one may arrive.
        let _ = socket.send_to(&bytes, address);
        std::thread::sleep(period);
    }
    Ok(())
}

/// Small pseudo-random numbers (xorshift64*, Vigna 2016); for pictures and process noise only.
#[derive(Debug)]
pub struct Noise(u64);

impl Noise {
    /// A sequence of its own for each seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(2).wrapping_add(0x9e37_79b9_7f4a_7c15))
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33)
            .checked_rem(bound)
            .unwrap_or(0)
    }
}
