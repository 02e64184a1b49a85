//! The remote vendor's session: asks for set points, sees redacted figures, and nothing more.

use bottling_line::convert::record;
use bottling_line::lines::{End, Lines};
use bottling_line::messages::{Aggregate, Record, RemoteRequest};
use bottling_line::panel::{LINE_BYTES_MAX, remote_request};
use guest::{Error, Grant, Output, Subject};

guest::main!(run);

const SESSIONS_MAX: usize = 2;
/// Lines taken per session and turn; more are left for the next.
const LINES_MAX: usize = 4;
const HELP: &str = "set REGISTER VALUE asks for a set point; diagnostics; quit\n";

fn run(mut subject: Subject) -> Result<(), Error> {
    let mut aggregates = subject.input::<Aggregate>("aggregates")?;
    let mut request = subject.output::<RemoteRequest>("request")?;
    let mut audit = subject.output::<Record>("audit")?;
    let Grant::Listener(listener) = subject.grant("vendor")? else {
        return Err(Error::new("wrong-grant", "vendor", "must be a listener"));
    };
    listener
        .set_nonblocking(true)
        .map_err(|error| Error::new("socket", "vendor", error))?;
    let mut sessions: Vec<Lines> = Vec::new();
    let mut newest = None;
    subject.every(|_, _| {
        for arrival in aggregates.drain() {
            newest = Some(arrival.value);
        }
        if sessions.len() < SESSIONS_MAX
            && let Ok((stream, _)) = listener.accept()
            && let Some(mut lines) = Lines::new(stream, LINE_BYTES_MAX)
        {
            note(&mut audit, "connected", "");
            if lines.send(HELP).is_ok() {
                sessions.push(lines);
            }
        }
        sessions.retain_mut(|lines| {
            let mut serve = || -> Result<(), End> {
                lines.flush()?;
                for _ in 0..LINES_MAX {
                    let Some(line) = lines.next_line()? else {
                        break;
                    };
                    let answer = match line.trim() {
                        "quit" => return Err(End::Closed),
                        "diagnostics" => diagnostics(newest.as_ref()),
                        asked => ask(asked, &mut request, &mut audit),
                    };
                    lines.send(&answer)?;
                }
                Ok(())
            };
            match serve() {
                Ok(()) => true,
                Err(End::Closed) => false,
                Err(end) => {
                    note(&mut audit, "cut-off", &format!("{end:?}"));
                    false
                }
            }
        });
        Ok(())
    })
}

fn diagnostics(newest: Option<&Aggregate>) -> String {
    newest.map_or_else(
        || "nothing yet\n".to_owned(),
        |aggregate| aggregate.json() + "\n",
    )
}

/// A request goes one way: nobody answers whether it was followed.
fn ask(line: &str, request: &mut Output<RemoteRequest>, audit: &mut Output<Record>) -> String {
    match remote_request(line) {
        Ok((register, value)) => {
            let id = u32::try_from(request.written()).unwrap_or(u32::MAX);
            let _ = request.send(&RemoteRequest {
                id,
                register: register.index(),
                value,
            });
            format!("asked for {register} {value}\n")
        }
        Err(reason) => {
            note(audit, "malformed-request", &reason);
            format!("not sent: {reason}\n")
        }
    }
}

fn note(audit: &mut Output<Record>, code: &str, detail: &str) {
    let number = u32::try_from(audit.written()).unwrap_or(u32::MAX);
    let _ = audit.send(&record(number, code, detail));
}
