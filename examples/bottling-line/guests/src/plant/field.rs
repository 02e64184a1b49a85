//! The filler and its controller: a Modbus TCP server with a small filling process behind it.

use crate::gate::POLLS;
use crate::modbus::{Frame, Framer};
use crate::plant::{Noise, listen};
use crate::registers::{COUNT, HOLDING_START, INPUT_COUNT, INPUT_START, Register, Span, Values};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What the controller clamps to, whoever writes: the same limits as in the model.
const ABSOLUTE: [Span; COUNT] = [
    Span {
        min: 200,
        max: 2000,
    },
    Span {
        min: 0,
        max: 12_000,
    },
    Span { min: 20, max: 950 },
    Span { min: 0, max: 3500 },
    Span { min: 0, max: 1500 },
    Span { min: 50, max: 350 },
];
const STEP: Duration = Duration::from_millis(100);

/// The filling process.
#[derive(Debug)]
pub struct Filler {
    set: [u16; COUNT],
    actual: [f64; COUNT],
    bottles: f64,
    noise: Noise,
}

impl Default for Filler {
    fn default() -> Self {
        let set = [500, 5000, 42, 1200, 300, 180];
        Self {
            set,
            actual: set.map(f64::from),
            bottles: 0.0,
            noise: Noise::new(1),
        }
    }
}

impl Filler {
    /// A tenth of a second passes: measured values follow their set points.
    pub fn step(&mut self) {
        for (actual, set) in self.actual.iter_mut().zip(self.set) {
            let wobble = self.noise.below(100) as f64 / 100.0 - 0.5;
            *actual += (f64::from(set) - *actual) * 0.2 + wobble;
        }
        self.bottles += self.speed() / 3600.0 * STEP.as_secs_f64();
    }

    fn speed(&self) -> f64 {
        let [_, speed, ..] = self.actual;
        speed.max(0.0)
    }

    /// The set points in effect.
    pub fn set(&self) -> Values {
        Values(self.set)
    }

    /// The input registers, in the order `field-read` expects them.
    pub fn inputs(&self) -> [u16; INPUT_COUNT as usize] {
        let state = if self.speed() > 100.0 { 2 } else { 0 };
        let bottles = self.bottles as u32;
        let rejects = (bottles / 97) as u16;
        let [a, b, c, d, e, f] = self.actual.map(|value| value.round().max(0.0) as u16);
        [
            state,
            a,
            b,
            c,
            d,
            e,
            f,
            (bottles >> 16) as u16,
            bottles as u16,
            rejects,
        ]
    }

    /// Answers a request.
    pub fn answer(&mut self, request: &[u8]) -> Vec<u8> {
        let Some((function, rest)) = request.split_first() else {
            return vec![0x80, 1];
        };
        let refused = |code| vec![*function | 0x80, code];
        match (*function, rest) {
            (3 | 4, [s0, s1, c0, c1]) => {
                let (start, count) = (word(*s0, *s1), word(*c0, *c1));
                let values: Vec<u16> = match *function {
                    3 => window(&self.set, HOLDING_START, start, count),
                    _ => window(&self.inputs(), INPUT_START, start, count),
                };
                if values.is_empty() {
                    return refused(2);
                }
                let mut reply = vec![*function, u8::try_from(values.len() * 2).unwrap_or(0)];
                reply.extend(values.iter().flat_map(|value| value.to_be_bytes()));
                reply
            }
            (16, [s0, s1, c0, c1, bytes, values @ ..]) => {
                let (start, count) = (word(*s0, *s1), word(*c0, *c1));
                let (pairs, odd) = values.as_chunks::<2>();
                let whole = odd.is_empty() && pairs.len() == usize::from(count);
                if !whole || usize::from(*bytes) != values.len() {
                    return refused(3);
                }
                if window(&self.set, HOLDING_START, start, count).is_empty() {
                    return refused(2);
                }
                let first = usize::from(start - HOLDING_START);
                let targets = self.set.iter_mut().zip(ABSOLUTE).skip(first);
                for ((set, span), [high, low]) in targets.zip(pairs) {
                    *set = word(*high, *low).clamp(span.min, span.max);
                }
                let mut reply = vec![16];
                reply.extend_from_slice(&[*s0, *s1, *c0, *c1]);
                reply
            }
            (3 | 4 | 16, _) => refused(3),
            _ => refused(1),
        }
    }
}

fn word(high: u8, low: u8) -> u16 {
    u16::from_be_bytes([high, low])
}

/// `count` registers from `start` of a bank that begins at `bank_start`; empty if not all exist.
fn window(bank: &[u16], bank_start: u16, start: u16, count: u16) -> Vec<u16> {
    let first = start.checked_sub(bank_start).map(usize::from);
    first
        .and_then(|first| bank.get(first..first + usize::from(count)))
        .map(<[u16]>::to_vec)
        .unwrap_or_default()
}

/// Runs the filler and its server until the process ends. After `malformed_after` replies, each
/// reply is too short.
///
/// # Errors
/// The address cannot be listened at.
pub fn run(address: SocketAddr, malformed_after: Option<u64>) -> io::Result<()> {
    let listener = listen(address)?;
    println!(
        "field: filler at {address}, polled with functions {:?}",
        POLLS.map(|poll| poll.0)
    );
    let filler = Arc::new(Mutex::new(Filler::default()));
    let process = Arc::clone(&filler);
    std::thread::spawn(move || {
        let mut shown = process
            .lock()
            .map(|filler| filler.set())
            .unwrap_or_default();
        loop {
            std::thread::sleep(STEP);
            let Ok(mut filler) = process.lock() else {
                return;
            };
            filler.step();
            let set = filler.set();
            for register in Register::ALL {
                if set.get(register) != shown.get(register) {
                    println!("field: {register} set to {}", set.get(register));
                }
            }
            shown = set;
        }
    });
    for stream in listener.incoming() {
        let filler = Arc::clone(&filler);
        let Ok(stream) = stream else { continue };
        std::thread::spawn(move || drop(serve(stream, &filler, malformed_after)));
    }
    Ok(())
}

fn serve(
    mut stream: TcpStream,
    filler: &Mutex<Filler>,
    malformed_after: Option<u64>,
) -> io::Result<()> {
    let mut framer = Framer::default();
    let mut buffer = [0; 1024];
    let mut replies = 0;
    loop {
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        framer.push(buffer.get(..count).unwrap_or_default());
        while let Some(request) = framer
            .next_frame()
            .map_err(|e| io::Error::other(e.to_string()))?
        {
            let poisoned = |_| io::Error::other("the filler stopped");
            let mut data = filler.lock().map_err(poisoned)?.answer(&request.data);
            if malformed_after.is_some_and(|after| replies >= after) {
                data.truncate(3);
            }
            replies += 1;
            stream.write_all(&Frame { data, ..request }.encode())?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::{State, decode};
    use crate::modbus::{read_request, write_request};

    #[test]
    fn the_polls_are_answered_as_field_read_expects() {
        let mut filler = Filler::default();
        (0..50).for_each(|_| filler.step());
        let replies = POLLS.map(|(f, start, count)| filler.answer(&read_request(f, start, count)));
        let reading = decode(&replies[0], &replies[1]).unwrap();
        assert_eq!(reading.state, State::Filling);
        assert_eq!(reading.set, filler.set());
        assert!((495..=505).contains(&reading.actual.get(Register::FillVolume)));
    }

    #[test]
    fn writes_change_and_clamp() {
        let mut filler = Filler::default();
        assert_eq!(filler.answer(&write_request(100, 510)), [16, 0, 100, 0, 1]);
        assert_eq!(filler.set().get(Register::FillVolume), 510);
        filler.answer(&write_request(100, 9999));
        assert_eq!(filler.set().get(Register::FillVolume), 2000);
    }

    #[test]
    fn what_it_refuses() {
        let mut filler = Filler::default();
        assert_eq!(filler.answer(&write_request(106, 1)), [0x90, 2]);
        assert_eq!(filler.answer(&read_request(3, 104, 3)), [0x83, 2]);
        assert_eq!(filler.answer(&[3, 0]), [0x83, 3]);
        assert_eq!(filler.answer(&[6, 0, 100, 0, 1]), [0x86, 1]);
        assert_eq!(filler.answer(&[]), [0x80, 1]);
    }
}
