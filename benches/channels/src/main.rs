//! Two processes, two cores, seven ways to carry a message: round trips and one-way throughput.

mod carrier;
mod iceoryx;
mod open;
mod report;
mod rings;
mod shared;
mod sockets;

use carrier::{CARRIERS, Carrier, Name, SIZES};
use report::Table;
use shared::{Link, pin};
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, FromRawFd};
use std::os::unix::net::UnixStream;
use std::process::Command;
use std::time::{Duration, Instant};

/// How much is measured.
#[derive(Clone, Copy)]
struct Effort {
    rounds: usize,
    /// Time for one carrier, size and direction in one round.
    slice: Duration,
    /// No round begins after this long: on a busy machine there are fewer.
    limit: Duration,
}

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => measure(Effort {
            rounds: 30,
            slice: Duration::from_millis(12),
            limit: Duration::from_secs(100),
        }),
        ["--brief"] => measure(Effort {
            rounds: 5,
            slice: Duration::from_millis(4),
            limit: Duration::from_secs(20),
        }),
        ["--peer", control, link, services] => serve(control.parse()?, link, services),
        _ => Err("usage: channels [--brief]".into()),
    }
}

/// The parent: tells the peer what to do, does its own part, takes the time.
fn measure(effort: Effort) -> Outcome<()> {
    let link = Link::create()?;
    rings::format(&link)?;
    let services = format!("bulkhead/bench/{}", std::process::id());
    let (mut control, other) = UnixStream::pair()?;
    shared::keep_open_in_children(other.as_raw_fd())?;
    let mut peer = Command::new(std::env::current_exe()?)
        .args(["--peer", &other.as_raw_fd().to_string(), &link.arguments()])
        .arg(&services)
        .spawn()?;
    drop(other);
    let outcome = measure_with(effort, &link, &services, &mut control);
    drop(control);
    if outcome.is_err() {
        peer.kill()?;
    }
    peer.wait()?;
    outcome
}

fn measure_with(
    effort: Effort,
    link: &Link,
    services: &str,
    control: &mut UnixStream,
) -> Outcome<()> {
    let mut carriers = open::all(link, services, 0)?;
    // The peer says when it has opened everything too.
    control.read_exact(&mut [0])?;
    pin(0)?;
    let mut round_trips = Table::new("round trip", "us", Name::Lines);
    let mut one_way = Table::new("one way", "M/s", Name::Iceoryx);
    let start = Instant::now();
    for round in 0..=effort.rounds {
        if start.elapsed() > effort.limit {
            println!("too busy: {} of {} rounds", round.max(1) - 1, effort.rounds);
            break;
        }
        for (size_index, size) in SIZES.into_iter().enumerate() {
            for (name, carrier) in CARRIERS.into_iter().zip(&mut carriers[size_index]) {
                let estimate = name.estimate(size);
                let count = (effort.slice.as_nanos() / estimate.as_nanos()).clamp(20, 20_000);
                let count = count as u64;
                command(control, 0, size_index, name, count)?;
                let time_us = time_round_trips(carrier.as_mut(), size, count);
                control.read_exact(&mut [0])?;
                // The first round only warms up.
                if round > 0 {
                    round_trips.add(size, name, time_us);
                }
                if name == Name::Lines {
                    continue;
                }
                command(control, 1, size_index, name, count)?;
                let rate = one_way_rate(carrier.as_mut(), size, count, control)?;
                if round > 0 {
                    one_way.add(size, name, rate);
                }
            }
        }
    }
    print!(
        "{round_trips}\n{one_way}\n{}",
        report::goals(&round_trips, &one_way)
    );
    Ok(())
}

fn command(
    control: &mut UnixStream,
    direction: u8,
    size: usize,
    name: Name,
    count: u64,
) -> Outcome<()> {
    let mut bytes = [0; 16];
    bytes[0] = direction;
    bytes[1] = size as u8;
    bytes[2] = name as u8;
    bytes[8..].copy_from_slice(&count.to_le_bytes());
    control.write_all(&bytes)?;
    control.read_exact(&mut [0])?;
    Ok(())
}

/// Microseconds of a round trip: the median over batches, so that a batch during which something
/// else ran does not count.
fn time_round_trips(carrier: &mut dyn Carrier, size: usize, count: u64) -> f64 {
    let message: Vec<u8> = (0..size).map(|place| place as u8).collect();
    let mut out = vec![0; size];
    let batch = (count / 20).max(1);
    let mut batches = Vec::new();
    let mut left = count;
    while left > 0 {
        let turns = batch.min(left);
        let start = Instant::now();
        for _ in 0..turns {
            carrier.send(&message);
            while !carrier.receive(&mut out) {}
        }
        batches.push(start.elapsed().as_nanos() as f64 / 1_000.0 / turns as f64);
        left -= turns;
    }
    assert_eq!(out, message, "the message came back changed");
    report::median(&mut batches)
}

/// Millions of messages a second, as the peer saw them pass.
fn one_way_rate(
    carrier: &mut dyn Carrier,
    size: usize,
    count: u64,
    control: &mut UnixStream,
) -> Outcome<f64> {
    let message: Vec<u8> = (0..size).map(|place| place as u8).collect();
    for _ in 0..count {
        carrier.send(&message);
    }
    let mut rate = [0; 8];
    control.read_exact(&mut rate)?;
    Ok(f64::from_le_bytes(rate))
}

/// Takes `count` messages, lost ones included, and says how many millions passed in a second: the
/// median over batches, as for round trips.
fn swallow(carrier: &mut dyn Carrier, out: &mut [u8], count: u64) -> f64 {
    let end = carrier.passed() + count;
    // Longer than any queue, so that no batch is only what had piled up.
    let batch = (count / 50).max(32);
    let mut rates = Vec::new();
    while carrier.passed() < end {
        let from = carrier.passed();
        let to = (from + batch).min(end);
        let start = Instant::now();
        while carrier.passed() < to {
            carrier.receive(out);
        }
        let passed = (carrier.passed() - from) as f64;
        rates.push(passed / start.elapsed().as_nanos() as f64 * 1_000.0);
    }
    report::median(&mut rates)
}

/// The peer: echoes or swallows what it is told to.
fn serve(control: i32, link: &str, services: &str) -> Outcome<()> {
    shared::end_with_parent()?;
    // SAFETY: the parent passed this descriptor for the peer alone.
    let mut control = unsafe { UnixStream::from_raw_fd(control) };
    let link = Link::open(link)?;
    let mut carriers = open::all(&link, services, 1)?;
    control.write_all(&[0])?;
    pin(1)?;
    let mut out = vec![0; SIZES[SIZES.len() - 1]];
    let mut bytes = [0; 16];
    // The parent closes its end when it has finished, or died.
    while control.read_exact(&mut bytes).is_ok() {
        let count = u64::from_le_bytes(bytes[8..].try_into()?);
        let size = SIZES[usize::from(bytes[1])];
        let carrier = carriers[usize::from(bytes[1])][usize::from(bytes[2])].as_mut();
        let out = &mut out[..size];
        control.write_all(&[0])?;
        if bytes[0] == 0 {
            for _ in 0..count {
                while !carrier.receive(out) {}
                carrier.send(out);
            }
            control.write_all(&[0])?;
        } else {
            let rate = swallow(carrier, out, count);
            control.write_all(&rate.to_le_bytes())?;
        }
    }
    Ok(())
}
