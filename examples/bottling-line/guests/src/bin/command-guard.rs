//! The only way from a wish to a set point; the rules are in the core `guard`.

use bottling_line::convert::record;
use bottling_line::guard::{self, Guard, Refusal, Source, Wish, World};
use bottling_line::messages::{
    Alarm, PanelRequest, Permissive, Recipe, Record, RemoteRequest, Sample, SetPoint,
};
use bottling_line::meter::Meter;
use guest::{Error, Input, Output, Sent, Subject, Text};

guest::main!(run);

/// Wishes taken per source and turn; more are left for the next.
const WISHES_MAX: usize = 4;
/// Answers to each remote source recorded one by one; above it, their number.
const RECORDS_PER_SECOND_MAX: u32 = 10;

struct Voices {
    alarm: Output<Alarm>,
    audit: Output<Record>,
}

impl Voices {
    fn say(&mut self, remote: bool, code: &str, detail: &str) {
        let number = u32::try_from(self.audit.written()).unwrap_or(u32::MAX);
        let _ = self.audit.send(&record(number, code, detail));
        let (code, detail) = (Text::cut(code), Text::cut(detail));
        let _ = self.alarm.send(&Alarm {
            number,
            remote,
            code,
            detail,
        });
    }
}

fn run(mut subject: Subject) -> Result<(), Error> {
    let mut live = subject.input::<Sample>("live")?;
    let mut permissive = subject.input::<Permissive>("permissive")?;
    let mut limits = subject.input::<Recipe>("limits")?;
    let mut panel = subject.input::<PanelRequest>("panel")?;
    let mut remotes = Vec::new();
    for (source, port) in [(Source::Cloud, "cloud"), (Source::Vendor, "vendor")] {
        let input = subject.input::<RemoteRequest>(port)?;
        remotes.push(Remote {
            source,
            input,
            meter: Meter::new(RECORDS_PER_SECOND_MAX),
        });
    }
    let mut set_point = subject.output::<SetPoint>("set-point")?;
    let (alarm, audit) = (subject.output("alarm")?, subject.output("audit")?);
    let mut voices = Voices { alarm, audit };
    let mut guard = Guard::default();
    let (mut permitted, mut remote) = (None, false);
    subject.every(|_, tick| {
        let now_ns = tick.now_ns;
        let forbidden = Permissive {
            counter: 0,
            inputs: 0,
            permitted: false,
        };
        let world = World {
            limits: limits.read().fresh().map(|recipe| recipe.limits()),
            present: live.read().fresh().map(|sample| sample.set()),
            permitted: permissive
                .read()
                .act(forbidden)
                .is_some_and(|view| view.permitted),
        };
        if permitted.replace(world.permitted) != Some(world.permitted) {
            let code = if world.permitted {
                "changes-permitted"
            } else {
                "changes-not-permitted"
            };
            voices.say(remote, code, "");
        }
        for arrival in panel.drain().take(WISHES_MAX) {
            let (age_ns, id) = (now_ns.saturating_sub(arrival.since_ns), arrival.value.id);
            let wish = panel_wish(&arrival.value);
            let answer = guard.offer(Source::Panel, wish, age_ns, &world, now_ns);
            answered(&mut voices, remote, Source::Panel, id, wish, answer);
        }
        for source in &mut remotes {
            source.take(&mut guard, &world, now_ns, remote, &mut voices);
        }
        while let Some(output) = guard.step(&world, now_ns) {
            pass_on(output, &mut set_point, remote, &mut voices);
        }
        let enabled = guard.remote_enabled(now_ns);
        if std::mem::replace(&mut remote, enabled) != enabled {
            voices.say(
                remote,
                if remote {
                    "remote-enabled"
                } else {
                    "remote-ended"
                },
                "",
            );
        }
        Ok(())
    })
}

fn panel_wish(request: &PanelRequest) -> Wish {
    match request.kind {
        0 => Wish::Set {
            register: request.register,
            value: request.value,
        },
        1 => Wish::EnableRemote {
            minutes: request.minutes,
        },
        _ => Wish::DisableRemote,
    }
}

/// A remote source of wishes. What is recorded of it is bounded, whatever it sends.
struct Remote {
    source: Source,
    input: Input<RemoteRequest>,
    meter: Meter,
}

impl Remote {
    fn take(
        &mut self,
        guard: &mut Guard,
        world: &World,
        now_ns: u64,
        remote: bool,
        voices: &mut Voices,
    ) {
        for arrival in self.input.drain().take(WISHES_MAX) {
            let age_ns = now_ns.saturating_sub(arrival.since_ns);
            let RemoteRequest {
                id,
                register,
                value,
            } = arrival.value;
            let wish = Wish::Set { register, value };
            let answer = guard.offer(self.source, wish, age_ns, world, now_ns);
            if self.meter.passes(now_ns) {
                answered(voices, remote, self.source, id, wish, answer);
            }
        }
        if let Some(more) = self.meter.more(now_ns) {
            let detail = format!("{} and {more} more", self.source.name());
            voices.say(remote, "answered", &detail);
        }
    }
}

fn answered(
    voices: &mut Voices,
    remote: bool,
    source: Source,
    id: u32,
    wish: Wish,
    answer: Result<(), Refusal>,
) {
    let source = source.name();
    match answer {
        Ok(()) => voices.say(remote, "accepted", &format!("{source} {id}: {wish}")),
        Err(refusal) => {
            voices.say(
                remote,
                "refused",
                &format!("{source} {id}: {wish}: {refusal}"),
            );
        }
    }
}

fn pass_on(
    output: guard::Output,
    set_point: &mut Output<SetPoint>,
    remote: bool,
    voices: &mut Voices,
) {
    match output {
        guard::Output::SetPoint(register, value) => {
            let id = u32::try_from(set_point.written()).unwrap_or(u32::MAX);
            let point = SetPoint {
                id,
                register: register.index(),
                value,
            };
            if set_point.send(&point) == Sent::Full {
                voices.say(remote, "gate-does-not-take", register.name());
            }
        }
        guard::Output::Reached(source, register, value) => {
            voices.say(
                remote,
                "reached",
                &format!("{} {register} {value}", source.name()),
            );
        }
        guard::Output::GivenUp(source, register, refusal) => {
            voices.say(
                remote,
                "given-up",
                &format!("{} {register}: {refusal}", source.name()),
            );
        }
    }
}
