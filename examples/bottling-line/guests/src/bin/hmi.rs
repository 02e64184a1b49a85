//! The operator panel: a terminal over TCP, usable with `nc`.

use bottling_line::convert::record;
use bottling_line::guard::Wish;
use bottling_line::lines::{End, Lines};
use bottling_line::messages::{
    Alarm, Figures, PanelRequest, Permissive, Recipe, Record, Sample, Trend,
};
use bottling_line::panel::{Command, LINE_BYTES_MAX, PANEL_HELP, command};
use bottling_line::screen;
use guest::{Error, Grant, Input, Output, Sent, Subject};
use std::collections::VecDeque;

guest::main!(run);

const SESSIONS_MAX: usize = 4;
/// Lines taken per session and turn; more are left for the next.
const LINES_MAX: usize = 4;
const ALARMS_MAX: usize = 20;
const WATCH_NS: u64 = 1_000_000_000;

struct Session {
    lines: Lines,
    name: String,
    watched_ns: Option<u64>,
}

struct Panel {
    live: Input<Sample>,
    permissive: Input<Permissive>,
    recipe: Input<Recipe>,
    trend: Input<Trend>,
    figures: Input<Figures>,
    alarm: Input<Alarm>,
    request: Output<PanelRequest>,
    audit: Output<Record>,
    alarms: VecDeque<Alarm>,
}

fn run(mut subject: Subject) -> Result<(), Error> {
    let mut panel = Panel {
        live: subject.input("live")?,
        permissive: subject.input("permissive")?,
        recipe: subject.input("recipe")?,
        trend: subject.input("trend")?,
        figures: subject.input("figures")?,
        alarm: subject.input("alarm")?,
        request: subject.output("request")?,
        audit: subject.output("audit")?,
        alarms: VecDeque::new(),
    };
    let Grant::Listener(listener) = subject.grant("operator")? else {
        return Err(Error::new("wrong-grant", "operator", "must be a listener"));
    };
    listener
        .set_nonblocking(true)
        .map_err(|error| Error::new("socket", "operator", error))?;
    let mut sessions: Vec<Session> = Vec::new();
    subject.every(|_, tick| {
        let new_alarms = panel.collect_alarms();
        if sessions.len() < SESSIONS_MAX
            && let Ok((stream, _)) = listener.accept()
            && let Some(mut lines) = Lines::new(stream, LINE_BYTES_MAX)
            && lines
                .send("bottling line 1, operator panel; type help\n")
                .is_ok()
        {
            sessions.push(Session {
                lines,
                name: "operator".to_owned(),
                watched_ns: None,
            });
        }
        sessions.retain_mut(|session| panel.serve(session, &new_alarms, tick.now_ns).is_ok());
        Ok(())
    })
}

impl Panel {
    fn collect_alarms(&mut self) -> String {
        let mut text = String::new();
        for arrival in self.alarm.drain() {
            text.push_str(&screen::alarm(&arrival.value));
            if self.alarms.len() >= ALARMS_MAX {
                self.alarms.pop_front();
            }
            self.alarms.push_back(arrival.value);
        }
        text
    }

    fn serve(&mut self, session: &mut Session, alarms: &str, now_ns: u64) -> Result<(), End> {
        session.lines.send(alarms)?;
        for _ in 0..LINES_MAX {
            let Some(line) = session.lines.next_line()? else {
                break;
            };
            session.watched_ns = None;
            let answer = match command(&line) {
                Ok(Command::Quit) => return Err(End::Closed),
                Ok(Command::Watch) => {
                    session.watched_ns = Some(0);
                    continue;
                }
                Ok(Command::Name(name)) => {
                    self.note("panel-name", &name);
                    session.name = name;
                    "hello\n".to_owned()
                }
                Ok(Command::Wish(wish)) => self.ask(wish, &session.name),
                Ok(command) => self.show(&command),
                Err(message) => format!("{message}\n"),
            };
            session.lines.send(&answer)?;
        }
        if session
            .watched_ns
            .is_some_and(|at_ns| now_ns.saturating_sub(at_ns) >= WATCH_NS)
        {
            session.watched_ns = Some(now_ns);
            let text = self.show(&Command::Show);
            session.lines.send(&text)?;
        }
        Ok(())
    }

    fn show(&mut self, command: &Command) -> String {
        match command {
            Command::Show => {
                let live = self.live.read().fresh();
                screen::live(live.as_ref(), self.permissive.read().fresh().as_ref())
            }
            Command::Trend => {
                let trend = self.trend.read().fresh();
                screen::trend(trend.as_ref(), self.figures.read().fresh().as_ref())
            }
            Command::Recipe => screen::recipe(self.recipe.read().fresh().as_ref()),
            Command::Alarms => self.alarms.iter().map(screen::alarm).collect(),
            _ => PANEL_HELP.to_owned(),
        }
    }

    fn ask(&mut self, wish: Wish, name: &str) -> String {
        let id = u32::try_from(self.request.written()).unwrap_or(u32::MAX);
        let empty = PanelRequest {
            id,
            kind: 0,
            register: 0,
            value: 0,
            minutes: 0,
        };
        let request = match wish {
            Wish::Set { register, value } => PanelRequest {
                register,
                value,
                ..empty
            },
            Wish::EnableRemote { minutes } => PanelRequest {
                kind: 1,
                minutes,
                ..empty
            },
            Wish::DisableRemote => PanelRequest { kind: 2, ..empty },
        };
        self.note("panel-request", &format!("{id} by {name}: {wish}"));
        match self.request.send(&request) {
            Sent::Ok => format!("request {id} sent to the guard\n"),
            Sent::Full | Sent::TooLong => "not sent: the guard does not take requests\n".to_owned(),
        }
    }

    fn note(&mut self, code: &str, detail: &str) {
        let number = u32::try_from(self.audit.written()).unwrap_or(u32::MAX);
        let _ = self.audit.send(&record(number, code, detail));
    }
}
