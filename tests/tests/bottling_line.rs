//! The bottling line in the real thing: isolated subjects, a Modbus server and a broker that are
//! not ours, and people who want what they must not have.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]

#[path = "support/bottling.rs"]
mod bottling;
#[path = "support/bottling_peers.rs"]
mod bottling_peers;

use bottling::{Line, Port};
use bottling_peers::{Eavesdropper, Panel};

/// Values flow from the field to the cloud, and the redactor leaves only what is listed, coarse.
#[test]
fn values_reach_the_cloud_redacted() {
    let mut line = Line::new();
    line.start_broker();
    let cloud = Eavesdropper::connect(line.port(Port::Broker));
    line.start_field();
    line.start_safety(7);
    line.start_camera();
    line.start();
    line.wait("the recipe is taken", |line| {
        line.mes(&["--version", "3"]).is_ok()
    });
    line.wait("three shifts are published", |_| cloud.heard().len() >= 3);
    for (topic, payload) in cloud.heard() {
        assert_eq!(topic, "bottling/line-1/shift");
        let value: serde_json::Value = serde_json::from_str(&payload).unwrap();
        let fields: Vec<&str> = value
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(
            fields,
            ["availability", "good", "performance", "quality", "shift"]
        );
        for share in ["availability", "performance", "quality"] {
            assert_eq!(value[share].as_u64().unwrap() % 5, 0, "{payload}");
        }
    }
    let good = |payload: &str| {
        serde_json::from_str::<serde_json::Value>(payload).unwrap()["good"]
            .as_u64()
            .unwrap()
    };
    assert!(
        cloud.heard().iter().any(|(_, payload)| good(payload) > 0),
        "bottles are counted"
    );
    line.stop();
}

/// The field device is what the tests look at: its registers, not what the line says of them.
#[test]
fn the_guard_keeps_to_the_recipe() {
    let mut line = Line::filling();
    let before = line.set_points();
    let mut panel = line.panel();
    panel.send("name eva");
    panel.send("set fill-volume 506");
    assert!(
        panel.hears("fill-volume-ml 506: outside-recipe"),
        "{}",
        panel.heard()
    );
    panel.send("set fill-volume 65535");
    panel.send("set pressure-mbar 999");
    assert!(
        panel.hears("pressure-mbar 999: outside-recipe"),
        "{}",
        panel.heard()
    );
    assert_eq!(line.set_points(), before);

    // From 500 to 505 in ramps of 2: three writes, or more where one is repeated because the value
    // is read back late.
    let writes = line.written("command-guard.set-point");
    let mut seen = vec![500];
    panel.send("set fill-volume 505");
    line.wait("the set point is reached", |line| {
        seen.push(line.set_points()[0]);
        seen.ends_with(&[505])
    });
    seen.dedup();
    let ramp = [500, 502, 504, 505];
    assert!(
        seen.is_sorted() && seen.iter().all(|value| ramp.contains(value)),
        "{seen:?}"
    );
    assert!(
        panel.hears("reached panel fill-volume-ml 505"),
        "{}",
        panel.heard()
    );
    line.wait("the status page shows it", |line| {
        line.written("command-guard.set-point") >= writes + 3
    });
    assert_eq!(line.set_points()[1..], before[1..]);
    line.wait("it is recorded who asked", |line| {
        line.recorded(&["hmi", "by eva", "506"]) == 1
            && line.recorded(&["command-guard", "refused", "506", "outside-recipe"]) == 1
    });
    line.stop();
}

#[test]
fn recipes_need_two_people_and_rising_versions() {
    let mut line = Line::filling();
    for (arguments, refusal) in [
        (&["--version", "4", "--signers", "anna"][..], "schema"),
        (&["--version", "4", "--signers", "anna,anna"], "signer"),
        (&["--version", "4", "--signers", "anna,mallory"], "signer"),
        (&["--version", "3"], "version"),
        (
            &["--version", "4", "--set", "fill-volume=100..505"],
            "limit",
        ),
    ] {
        let answer = line.mes(arguments).unwrap_err();
        assert!(
            answer.contains(&format!("refused: {refusal}")),
            "{arguments:?}: {answer}"
        );
    }
    let answer = line
        .mes(&["--version", "4", "--set", "fill-volume=480..520"])
        .unwrap();
    assert_eq!(answer, "passed on: cola-500 version 4");
    line.wait("the panel shows the new recipe", |line| {
        line.panel()
            .ask("recipe", "capping")
            .contains("cola-500 version 4")
    });
    line.assert_filling(508);

    // The store remembers across a restart of the whole system, and an old recipe stays old.
    line.stop();
    line.start();
    line.wait("the recipe is still there", |line| {
        line.panel()
            .ask("recipe", "capping")
            .contains("cola-500 version 4")
    });
    line.wait("an old recipe passes the import", |line| {
        line.mes(&["--version", "3"]).is_ok()
    });
    line.wait("the store refuses it", |line| {
        line.events().contains("version 3 is not above")
    });
    assert!(line.panel().ask("recipe", "capping").contains("version 4"));
    line.stop();
}

#[test]
fn without_permission_nothing_changes() {
    let mut line = Line::new();
    line.start_field();
    let safety = line.start_safety(0b101);
    line.start();
    line.wait("the recipe is taken", |line| line.mes(&[]).is_ok());
    line.wait("the panel shows that changes are not permitted", |line| {
        let mut panel = line.panel();
        panel.ask("show", "capping").contains("NOT PERMITTED")
            && panel.ask("recipe", "capping").contains("version 1")
    });
    let before = line.set_points();
    let mut panel = line.panel();
    panel.send("set fill-volume 503");
    assert!(panel.hears("503: not-permitted"), "{}", panel.heard());

    // Silence is no permission either.
    line.stop_peer(safety);
    let mut panel = line.panel();
    line.wait("the silence is noticed", |line| {
        line.panel().ask("show", "capping").contains("not heard")
    });
    panel.send("set fill-volume 504");
    assert!(panel.hears("504: not-permitted"), "{}", panel.heard());
    assert_eq!(line.set_points(), before);

    line.start_safety(7);
    line.assert_filling(502);
    line.stop();
}

/// Story (a): an infected vendor laptop, and story (b): a forged request from the cloud.
#[test]
fn remote_requests_count_only_while_enabled() {
    let mut line = Line::filling();
    let before = line.set_points();
    let mut vendor = Panel::connect(line.port(Port::Vendor));
    for value in 496..=500 {
        vendor.send(&format!("set fill-volume {value}"));
        assert!(vendor.hears(&format!("asked for fill-volume-ml {value}")));
    }
    line.wait("every request is refused on record", |line| {
        line.recorded(&["command-guard", "refused vendor", "remote-disabled"]) == 5
    });
    let mut cloud = Eavesdropper::connect(line.port(Port::Broker));
    line.wait("the uplink is connected", |line| {
        line.events().contains("connected to the broker")
    });
    cloud.publish("bottling/line-1/request", b"set fill-volume 501");
    cloud.publish("bottling/line-1/request", b"remote on 30");
    cloud.publish("bottling/line-1/request", &[0xff; 600]);
    line.wait("the cloud is refused on record", |line| {
        line.recorded(&["command-guard", "refused cloud", "remote-disabled"]) == 1
            && line.recorded(&["uplink", "malformed-request"]) == 2
    });
    assert_eq!(line.set_points(), before);

    let mut panel = line.panel();
    panel.send("remote on 5");
    assert!(panel.hears("remote-enabled"), "{}", panel.heard());
    vendor.send("set fill-volume 505");
    line.wait("the vendor's set point is reached", |line| {
        line.set_points()[0] == 505
    });
    vendor.send("set fill-volume 506");
    line.wait("the recipe binds the vendor too", |line| {
        line.recorded(&["refused vendor", "506", "outside-recipe"]) == 1
    });
    panel.send("remote off");
    assert!(panel.hears("remote-ended"), "{}", panel.heard());
    cloud.publish("bottling/line-1/request", b"set fill-volume 500");
    line.wait("and it is over", |line| {
        line.recorded(&["refused cloud", "remote-disabled"]) == 2
    });
    assert_eq!(line.set_points()[0], 505);
    line.stop();
}

/// Whatever the vendor sends, the session refuses or cuts off, and the line does not notice.
#[test]
fn a_hostile_vendor_is_refused_and_recorded() {
    let mut line = Line::filling();
    let mut vendor = Panel::connect(line.port(Port::Vendor));
    for junk in [
        "",
        "help me",
        "remote on 30",
        "set",
        "set fill-volume -1",
        "\u{1b}[2J",
        "show",
    ] {
        vendor.send(junk);
    }
    line.wait("junk is recorded", |line| {
        line.recorded(&["vendor-session", "malformed-request"]) == 7
    });
    let mut other = Panel::connect(line.port(Port::Vendor));
    other.send_bytes(&[b'x'; 100_000]);
    line.wait("the talker is cut off", |line| {
        line.recorded(&["vendor-session", "cut-off"]) == 1
    });
    for _ in 0..1000 {
        vendor.send("set fill-volume 500");
    }
    line.assert_filling(504);
    line.wait("the flood is on record as a number", |line| {
        line.recorded(&["command-guard", "answered", "vendor and"]) > 0
    });
    line.wait("the vendor sees redacted figures", |line| {
        let mut session = Panel::connect(line.port(Port::Vendor));
        session.ask("diagnostics", "\"good\"").contains("\"shift\"")
    });
    line.stop();
}

/// Story (b) from the other side: bytes that are no MQTT kill the uplink and nobody else.
#[test]
fn a_hostile_broker_kills_the_uplink_alone() {
    let mut line = Line::new();
    line.start_field();
    line.start_safety(7);
    line.start_camera();
    let listener = std::net::TcpListener::bind(line.address(Port::Broker)).unwrap();
    let broker = std::thread::spawn(move || {
        use std::io::Write;
        // The first connection gets noise, the second a packet without end.
        for bytes in [vec![0x13; 5000], vec![0x30, 0xff, 0xff, 0xff, 0xff]] {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.write_all(&bytes);
            std::thread::sleep(std::time::Duration::from_millis(300));
        }
    });
    line.start();
    broker.join().unwrap();
    line.wait("the uplink says why it ended, twice", |line| {
        line.events().matches("malformed-stream: `cloud`").count() >= 2
    });
    line.wait("the recipe is taken", |line| line.mes(&[]).is_ok());
    line.assert_filling(502);
    let status = line.status().unwrap();
    for subject in status
        .subjects
        .iter()
        .filter(|subject| subject.name != "uplink")
    {
        assert_eq!(subject.epoch, 1, "{} was restarted", subject.name);
        assert_eq!(subject.denied, 0, "{} was denied a call", subject.name);
    }

    // With a broker that behaves, nothing of what was kept meanwhile is lost.
    line.start_broker();
    let cloud = Eavesdropper::connect(line.port(Port::Broker));
    line.wait("shifts are published", |_| !cloud.heard().is_empty());
    line.stop();
}

#[test]
fn the_historian_keeps_across_restarts() {
    let mut line = Line::filling();
    line.wait("samples are kept", |line| kept(line) > 20);
    line.kill("historian");
    let before = kept_in_file(&line);
    line.wait("it goes on where it was", |line| kept(line) > before + 20);
    line.stop();
    let before = kept_in_file(&line);
    line.start();
    line.wait("a new run goes on too", |line| kept(line) > before);
    assert!(
        line.panel()
            .ask("trend", "pressure")
            .contains(", 0 damaged")
    );
    line.stop();
}

fn kept_in_file(line: &Line) -> u64 {
    let bytes = std::fs::metadata(line.state().join("archive.bin"))
        .unwrap()
        .len();
    bytes / bottling_line::archive::RECORD_BYTES as u64
}

/// Samples kept, as the panel shows it.
fn kept(line: &Line) -> u64 {
    let text = line.panel().ask("trend", "samples kept");
    let count = text
        .lines()
        .find_map(|line| line.split_once(" samples kept"));
    count
        .and_then(|(count, _)| count.trim_start_matches("~~ ").parse().ok())
        .unwrap_or(0)
}

#[test]
fn an_absent_field_device_is_said_and_retried() {
    let mut line = Line::new();
    line.start_safety(7);
    line.start();
    line.wait("it is said", |line| {
        line.events().contains("grant-refused") && line.events().contains("\"modbus-gate\"")
    });
    line.wait("the panel shows it", |line| {
        line.panel()
            .ask("show", "LIVE")
            .contains("no values from the field")
    });
    let field = line.start_field();
    line.wait("the recipe is taken", |line| line.mes(&[]).is_ok());
    line.assert_filling(502);
    line.stop_peer(field);
    line.wait("its loss is noticed", |line| {
        line.panel()
            .ask("show", "LIVE")
            .contains("no values from the field")
    });
    line.start_field();
    line.assert_filling(499);
    line.stop();
}

/// Story (g): malformed replies kill the decoder, not the gate; the guard goes blind and stops.
#[test]
fn malformed_replies_kill_the_decoder_alone() {
    let mut line = Line::new();
    let field = line.start_malformed_field(100);
    line.start_safety(7);
    line.start();
    line.wait("the decoder dies of it", |line| {
        line.events().contains("malformed-reply: `raw`")
    });
    line.wait("the recipe is taken", |line| line.mes(&[]).is_ok());
    line.wait("the panel has no values and the recipe", |line| {
        let mut panel = line.panel();
        panel.ask("show", "LIVE").contains("no values")
            && panel.ask("recipe", "capping").contains("version 1")
    });
    let mut panel = line.panel();
    panel.send("set fill-volume 503");
    assert!(panel.hears("503: no-live-values"), "{}", panel.heard());
    let gate = line.subject("modbus-gate").map(|(_, epoch)| epoch);
    assert_eq!(gate, Some(1), "the gate frames and does not decode");
    line.stop_peer(field);
    line.start_field();
    line.assert_filling(503);
    line.stop();
}

/// B7: each subject that filling does not need is killed; filling goes on.
#[test]
fn filling_goes_on_without_what_it_does_not_need() {
    let mut line = Line::filling();
    let victims = [
        "historian",
        "oee",
        "redactor",
        "uplink",
        "vendor-session",
        "inspect",
    ];
    for (value, victim) in (498..).zip(victims) {
        line.kill(victim);
        line.assert_filling(value);
    }
    let status = line.status().unwrap();
    for subject in &status.subjects {
        let expected = if victims.contains(&subject.name.as_str()) {
            2
        } else {
            1
        };
        // The uplink also ends when Mosquitto sees its identifier again.
        if subject.name != "uplink" {
            assert_eq!(subject.epoch, expected, "{}", subject.name);
        }
        assert_eq!(subject.denied, 0, "{}", subject.name);
    }
    line.stop();
}

/// B8: with the guard or the gate dead no set point passes, and what was asked for is forgotten.
#[test]
fn the_guard_forgets_when_it_dies() {
    let mut line = Line::filling();
    let mut panel = line.panel();
    panel.send("remote on 5");
    assert!(panel.hears("remote-enabled"), "{}", panel.heard());
    line.kill("command-guard");
    let mut vendor = Panel::connect(line.port(Port::Vendor));
    vendor.send("set fill-volume 504");
    line.wait("the enable did not survive", |line| {
        line.recorded(&["refused vendor", "504", "remote-disabled"]) == 1
    });
    line.kill("modbus-gate");
    line.assert_filling(501);
    line.stop();
}
