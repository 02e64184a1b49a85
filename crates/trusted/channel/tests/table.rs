//! The port table: what is written is read, and anything else is refused without harm.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]
#![cfg(not(feature = "loom"))]

use channel::table::{
    Direction, GRANTS_MAX, GrantKind, GrantSpec, NAME_BYTES_MAX, OnStale, PORTS_MAX, PortSpec,
    SETTINGS_MAX, TABLE_BYTES_MAX, Table, TableSpec, TooLarge, encode,
};
use channel::{Fault, Incarnation, Kind, Shape};
use proptest::prelude::*;

fn port(name: &str, kind: Kind) -> PortSpec<'_> {
    let (message_bytes, depth) = match kind {
        Kind::Sampling => (10, 1),
        Kind::DropOldest | Kind::Credit => (64, 16),
        Kind::Event => (0, 0),
    };
    PortSpec {
        name,
        direction: Direction::In,
        shape: Shape {
            kind,
            message_bytes,
            depth,
            schema: 0x1234_5678_9abc_def0,
        },
        data_address: 0x2000_0000_0000,
        credit_address: if kind == Kind::Credit {
            0x2000_0010_0000
        } else {
            0
        },
        max_age_ns: 200_000_000,
        on_stale: OnStale::Stop,
    }
}

const GRANT: GrantSpec<'static> = GrantSpec {
    name: "plc",
    kind: GrantKind::Stream,
    fd: 3,
    quota_bytes: 0,
};

const EMPTY: TableSpec<'static> = TableSpec {
    subject: "filler",
    incarnation: Incarnation { epoch: 3, mark: 4 },
    period_ns: 10_000_000,
    pulse_address: 0x1000_1000_0000,
    ports: &[],
    grants: &[],
    settings: &[],
};

fn bytes(spec: &TableSpec<'_>) -> Vec<u8> {
    let mut out = vec![0xcc; TABLE_BYTES_MAX];
    let length = encode(spec, &mut out).unwrap();
    assert!(out[length..].iter().all(|byte| *byte == 0xcc));
    out.truncate(length);
    out
}

/// Writes, reads back and compares.
fn check(spec: &TableSpec<'_>) {
    let mut bytes = bytes(spec);
    // A mapping is whole pages: what follows the table is ignored.
    bytes.extend_from_slice(&[0; 100]);
    let table = Table::decode(&bytes).unwrap();
    assert_eq!(table.subject(), spec.subject);
    assert_eq!(table.incarnation(), spec.incarnation);
    assert_eq!(table.period_ns(), spec.period_ns);
    assert_eq!(table.pulse_address(), spec.pulse_address);
    assert!(table.ports().eq(spec.ports.iter().copied()));
    assert!(table.grants().eq(spec.grants.iter().copied()));
    assert!(table.settings().eq(spec.settings.iter().copied()));
}

#[test]
fn every_kind_of_entry_survives() {
    let mut ports = Vec::new();
    for kind in [Kind::Sampling, Kind::DropOldest, Kind::Credit, Kind::Event] {
        for direction in [Direction::In, Direction::Out] {
            for on_stale in [OnStale::Hold, OnStale::SafeValue, OnStale::Stop] {
                ports.push(PortSpec {
                    direction,
                    on_stale,
                    ..port("a-port", kind)
                });
            }
        }
    }
    let grants: Vec<_> = [
        GrantKind::Stream,
        GrantKind::Listener,
        GrantKind::DatagramIn,
        GrantKind::DatagramOut,
        GrantKind::Append,
        GrantKind::ReadFile,
        GrantKind::Device,
    ]
    .into_iter()
    .zip(3..)
    .map(|(kind, fd)| GrantSpec {
        kind,
        fd,
        quota_bytes: 1 << 40,
        ..GRANT
    })
    .collect();
    check(&TableSpec {
        ports: &ports,
        grants: &grants,
        settings: &[("limit", "1500"), ("greeting", "grüß dich"), ("empty", "")],
        ..EMPTY
    });
    check(&EMPTY);
}

#[test]
fn a_table_beyond_a_limit_is_not_written() {
    let check = |spec: TableSpec<'_>| {
        assert_eq!(encode(&spec, &mut vec![0; TABLE_BYTES_MAX]), Err(TooLarge));
    };
    let long = "n".repeat(NAME_BYTES_MAX + 1);
    let huge = "v".repeat(TABLE_BYTES_MAX);
    check(TableSpec {
        subject: &long,
        ..EMPTY
    });
    check(TableSpec {
        ports: &[port(&long, Kind::Event)],
        ..EMPTY
    });
    check(TableSpec {
        ports: &vec![port("p", Kind::Event); PORTS_MAX + 1],
        ..EMPTY
    });
    check(TableSpec {
        grants: &vec![GRANT; GRANTS_MAX + 1],
        ..EMPTY
    });
    check(TableSpec {
        settings: &vec![("k", "v"); SETTINGS_MAX + 1],
        ..EMPTY
    });
    check(TableSpec {
        settings: &[("k", &huge)],
        ..EMPTY
    });
    let half = "v".repeat(TABLE_BYTES_MAX / 2);
    check(TableSpec {
        settings: &[("k", &half), ("l", &half)],
        ..EMPTY
    });
    assert_eq!(encode(&EMPTY, &mut [0; 40]), Err(TooLarge));
}

#[test]
fn the_largest_table_is_written() {
    let name = "n".repeat(NAME_BYTES_MAX);
    check(&TableSpec {
        ports: &vec![port(&name, Kind::Credit); PORTS_MAX],
        grants: &vec![
            GrantSpec {
                name: &name,
                ..GRANT
            };
            GRANTS_MAX
        ],
        settings: &[("k", "v")],
        ..EMPTY
    });
}

fn refused(bytes: &[u8]) {
    assert_eq!(Table::decode(bytes).err(), Some(Fault::Table));
}

#[test]
fn a_foreign_magic_is_refused() {
    let mut bytes = bytes(&EMPTY);
    bytes[7] = b'1';
    refused(&bytes);
}

#[test]
fn a_truncated_table_is_refused() {
    let spec = TableSpec {
        ports: &[port("p", Kind::DropOldest)],
        grants: &[GRANT],
        settings: &[("k", "v")],
        ..EMPTY
    };
    let bytes = bytes(&spec);
    for length in 0..bytes.len() {
        refused(&bytes[..length]);
        if length >= 12 {
            // The same with a length that agrees.
            let mut shorter = bytes[..length].to_vec();
            shorter[8..12].copy_from_slice(&(length as u32).to_le_bytes());
            refused(&shorter);
        }
    }
}

#[test]
fn bytes_left_over_inside_are_refused() {
    let mut bytes = bytes(&EMPTY);
    bytes.push(0);
    let length = bytes.len() as u32;
    bytes[8..12].copy_from_slice(&length.to_le_bytes());
    refused(&bytes);
}

#[test]
fn a_length_beyond_the_limit_is_refused() {
    let mut bytes = bytes(&EMPTY);
    bytes[8..12].copy_from_slice(&u32::MAX.to_le_bytes());
    refused(&bytes);
}

#[test]
fn impossible_ports_are_refused() {
    let check = |port: PortSpec<'_>| {
        refused(&bytes(&TableSpec {
            ports: &[port],
            ..EMPTY
        }));
    };
    let credit = port("p", Kind::Credit);
    let queue = port("p", Kind::DropOldest);
    for data_address in [0, 0x1001, usize::MAX & !0xfff] {
        check(PortSpec {
            data_address,
            ..queue
        });
    }
    check(PortSpec {
        credit_address: 0,
        ..credit
    });
    check(PortSpec {
        credit_address: 0x2000_0000_0000,
        ..queue
    });
    let mut shape = queue.shape;
    shape.depth = 0;
    check(PortSpec { shape, ..queue });
}

#[test]
fn impossible_grants_and_pulses_are_refused() {
    refused(&bytes(&TableSpec {
        grants: &[GrantSpec { fd: -1, ..GRANT }],
        ..EMPTY
    }));
    for pulse_address in [0, 8, usize::MAX & !0xfff] {
        refused(&bytes(&TableSpec {
            pulse_address,
            ..EMPTY
        }));
    }
}

proptest! {
    #[test]
    fn any_change_is_refused_or_read_as_something_bounded(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let spec = TableSpec {
            ports: &[port("p", Kind::DropOldest), port("q", Kind::Credit)],
            grants: &[GRANT],
            settings: &[("k", "v")],
            ..EMPTY
        };
        let mut bytes = bytes(&spec);
        for (place, value) in changes {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        if let Ok(table) = Table::decode(&bytes) {
            prop_assert!(table.ports().count() <= PORTS_MAX);
            prop_assert!(table.ports().all(|port| port.shape.data_bytes().is_ok()));
            // What was read can be written, and is then the same table.
            let ports: Vec<_> = table.ports().collect();
            let grants: Vec<_> = table.grants().collect();
            let settings: Vec<_> = table.settings().collect();
            let again = TableSpec {
                subject: table.subject(),
                incarnation: table.incarnation(),
                period_ns: table.period_ns(),
                pulse_address: table.pulse_address(),
                ports: &ports,
                grants: &grants,
                settings: &settings,
            };
            check(&again);
        }
    }

    #[test]
    fn random_bytes_are_no_table(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        refused(&bytes);
    }
}
