//! Core and target of a plan: each is checked, and they belong together.

use plan::linux::{ADDRESS_MIN, ADDRESS_STEP, LinuxChannel, LinuxPlan, LinuxSubject};
use plan::{
    ChannelPlan, ConnectionPlan, Core, Direction, Enforce, FailureAction, FailurePlan,
    GrantDirection, GrantPlan, ImagePlan, Kind, ParseError, Plan, PlatformPlan, PortPlan, Reaction,
    ResourcePlan, Strength, SubjectPlan, Target,
};
use record::Digest;

const CHANNEL: &str = "sensor.level -> valve.level";

fn subject(name: &str, direction: Direction) -> SubjectPlan {
    SubjectPlan {
        name: name.to_owned(),
        image: ImagePlan {
            size_bytes: 1,
            sha256: Digest::of(name.as_bytes()),
        },
        memory_bytes: 1,
        budget_us: 0,
        budget_period_us: 0,
        period_us: 1,
        heartbeat_ms: 0,
        on_failure: FailurePlan {
            action: FailureAction::Stop,
            delay_ms: 0,
            count_max: 0,
            window_ms: 0,
            then_halt: false,
        },
        ports: vec![PortPlan {
            name: "level".to_owned(),
            direction,
            channel: CHANNEL.to_owned(),
            max_age_us: 0,
            on_stale: Reaction::Hold,
        }],
        grants: vec![],
        settings: vec![],
    }
}

fn plan() -> Plan {
    let end = |subject: &str| ConnectionPlan {
        subject: subject.to_owned(),
        port: "level".to_owned(),
    };
    let placed = |(name, user): (&str, u32)| LinuxSubject {
        name: name.to_owned(),
        program: format!("/opt/{name}"),
        user,
    };
    Plan {
        format: plan::FORMAT.to_owned(),
        core: Core {
            system: "line".to_owned(),
            model: Digest::of(b"model"),
            platform: PlatformPlan {
                name: "box".to_owned(),
                cores: 1,
                memory_bytes: 2,
                enforce: Enforce {
                    memory: Strength::Best,
                    processor: Strength::Best,
                },
            },
            subjects: vec![
                subject("sensor", Direction::Out),
                subject("valve", Direction::In),
            ],
            channels: vec![ChannelPlan {
                name: CHANNEL.to_owned(),
                writer: end("sensor"),
                reader: end("valve"),
                kind: Kind::Credit,
                depth: 4,
                message_bytes: 8,
                schema: "0000000000000000".to_owned(),
            }],
        },
        target: Target::Linux(LinuxPlan {
            subjects: [("sensor", 1), ("valve", 2)].map(placed).to_vec(),
            channels: vec![LinuxChannel {
                name: CHANNEL.to_owned(),
                data_address: ADDRESS_MIN,
                credit_address: ADDRESS_MIN + ADDRESS_STEP,
            }],
        }),
    }
}

#[test]
fn a_sound_plan_is_read_back() {
    let plan = plan();
    assert_eq!(plan.faults(), []);
    assert_eq!(Plan::parse(&plan.bytes()), Ok(plan));
}

#[test]
fn the_core_keeps_its_digest_wherever_it_is_enforced() {
    let (plan, mut elsewhere) = (plan(), plan());
    elsewhere.linux_mut().subjects[0].program = "/usr/sensor".to_owned();
    elsewhere.linux_mut().subjects[0].user = 9;
    assert_eq!(elsewhere.faults(), []);
    assert_eq!(plan.core.digest(), elsewhere.core.digest());
    assert_eq!(plan.core.flows(), elsewhere.core.flows());
    assert_ne!(plan.digest(), elsewhere.digest());
    elsewhere.core.subjects[0].memory_bytes = 2;
    assert_ne!(plan.core.digest(), elsewhere.core.digest());
}

#[test]
fn what_contradicts_itself_on_linux_is_sound_elsewhere() {
    let faults = |change: &dyn Fn(&mut LinuxPlan)| {
        let mut plan = plan();
        change(plan.linux_mut());
        assert_eq!(plan.core.faults(), []);
        plan.faults().iter().map(ToString::to_string).collect()
    };
    type Case<'a> = (&'a dyn Fn(&mut LinuxPlan), &'a str);
    let cases: [Case<'_>; 12] = [
        (&|own| drop(own.subjects.pop()), "subjects are not those"),
        (&|own| own.subjects.swap(0, 1), "subjects are not those"),
        (&|own| own.channels.clear(), "channels are not those"),
        (
            &|own| own.channels[0].name.clear(),
            "channels are not those",
        ),
        (&|own| own.subjects[1].user = 1, "user 1 of `valve`"),
        (&|own| own.subjects[0].user = 0, "user 0 of `sensor`"),
        (
            &|own| own.subjects[0].user = u32::MAX,
            "user 4294967295 of `sensor`",
        ),
        (
            &|own| own.subjects[0].program = "opt".to_owned(),
            "no absolute path",
        ),
        (
            &|own| own.subjects[0].program.push('\0'),
            "no absolute path",
        ),
        (
            &|own| own.channels[0].credit_address = 0,
            "a credit segment exactly if",
        ),
        (
            &|own| own.channels[0].data_address += 1,
            "impossible address",
        ),
        (
            &|own| own.channels[0].credit_address = ADDRESS_MIN,
            "impossible address",
        ),
    ];
    for (change, said) in cases {
        let faults: Vec<String> = faults(change);
        assert!(
            faults.len() == 1 && faults[0].contains(said),
            "{said}: {faults:?}"
        );
    }
}

#[test]
fn files_and_devices_are_opened_by_paths_that_stand_for_themselves() {
    let faults = |resource: ResourcePlan| {
        let mut plan = plan();
        plan.core.subjects[0].grants = vec![GrantPlan {
            name: "log".to_owned(),
            peer: "disk".to_owned(),
            direction: GrantDirection::In,
            resource,
        }];
        assert_eq!(plan.core.faults(), []);
        plan.faults().len()
    };
    for (path, as_file, as_device) in [
        ("a/b", 0, 1),
        ("/a/b", 0, 0),
        ("/a/../b", 1, 1),
        ("..", 1, 1),
        ("", 1, 1),
        ("/a\0", 1, 1),
    ] {
        let path = path.to_owned();
        assert_eq!(
            faults(ResourcePlan::FileRead { path: path.clone() }),
            as_file,
            "{path}"
        );
        assert_eq!(
            faults(ResourcePlan::Device { path: path.clone() }),
            as_device,
            "{path}"
        );
    }
}

#[test]
fn a_plan_of_another_version_is_refused_by_name() {
    for (bytes, said) in [
        (
            r#"{"format":"bulkhead.plan/1","system":"line","subjects":[]}"#,
            "its format is `bulkhead.plan/1`, not `bulkhead.plan/2`",
        ),
        (
            r#"{"format":"bulkhead.plan/3","core":{},"target":{"other":{}}}"#,
            "its format is `bulkhead.plan/3`, not `bulkhead.plan/2`",
        ),
    ] {
        let error = Plan::parse(bytes.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), said);
    }
    for other in [
        r#"{"format":"bulkhead.status/1"}"#,
        r#"{"format":"bulkhead.plan/2"}"#,
    ] {
        let error = Plan::parse(other.as_bytes()).unwrap_err();
        assert!(matches!(error, ParseError::Malformed(_)), "{error}");
    }
}
