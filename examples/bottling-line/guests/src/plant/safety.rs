//! The safety controller's reports. It hears nothing.

use crate::interlock::{ALL_INPUTS, Report};
use crate::plant::send_every;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

const PERIOD: Duration = Duration::from_millis(50);

/// Sends reports with these inputs; `count` of them, or without end.
///
/// # Errors
/// There is no socket to send from.
pub fn run(address: SocketAddr, inputs: u8, count: Option<u32>) -> io::Result<()> {
    println!(
        "safety: reports inputs {:03b} to {address}",
        inputs & ALL_INPUTS
    );
    // Reports of a later process count as newer than those of an earlier one.
    let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let mut counter = since_epoch.map_or(0, |passed| (passed.as_millis() / 50) as u32);
    let mut left = count;
    send_every(address, PERIOD, || {
        if let Some(left) = &mut left {
            *left = left.checked_sub(1)?;
        }
        counter = counter.wrapping_add(1);
        Some(
            Report {
                counter,
                inputs: inputs & ALL_INPUTS,
            }
            .encode()
            .to_vec(),
        )
    })
}
