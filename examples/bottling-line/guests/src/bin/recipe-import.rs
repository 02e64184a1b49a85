//! Takes recipe files from plant IT and passes on those that two different people signed.

use bottling_line::gate::Gate;
use bottling_line::messages::Recipe;
use bottling_line::recipe::{FILE_BYTES_MAX, Signer, check, check_version};
use guest::{Error, Grant, Subject};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;

guest::main!(run);

const UPLOADS_MAX: usize = 4;
const UPLOAD_NS_MAX: u64 = 5_000_000_000;

struct Upload {
    stream: TcpStream,
    file: Vec<u8>,
    since_ns: u64,
}

fn run(mut subject: Subject) -> Result<(), Error> {
    let wrong = |key: &str| Error::new("malformed-setting", key, "is missing or malformed");
    let absolute = Gate::limits(|key| subject.setting(key)).map_err(|key| wrong(&key))?;
    let mut signers = Vec::new();
    for key in ["signer-1", "signer-2"] {
        let signer = subject.setting(key).and_then(Signer::parse);
        signers.push(signer.ok_or_else(|| wrong(key))?);
    }
    let mut store = subject.output::<Recipe>("store")?;
    let Grant::Listener(listener) = subject.grant("mes")? else {
        return Err(Error::new("wrong-grant", "mes", "must be a listener"));
    };
    listener
        .set_nonblocking(true)
        .map_err(|error| Error::new("socket", "mes", error))?;
    let mut uploads: Vec<Upload> = Vec::new();
    let mut last_version = None;
    subject.every(|subject, tick| {
        if uploads.len() < UPLOADS_MAX
            && let Ok((stream, _)) = listener.accept()
            && stream.set_nonblocking(true).is_ok()
        {
            uploads.push(Upload {
                stream,
                file: Vec::new(),
                since_ns: tick.now_ns,
            });
        }
        uploads.retain_mut(|upload| {
            let complete = match upload.read() {
                Some(complete) => complete,
                None => return false,
            };
            if !complete {
                return tick.now_ns.saturating_sub(upload.since_ns) < UPLOAD_NS_MAX;
            }
            let judged = check(&upload.file, &signers, &absolute)
                .and_then(|recipe| check_version(&recipe, last_version).map(|()| recipe));
            let answer = match judged {
                Ok(recipe) => {
                    last_version = Some(recipe.limits.version);
                    let _ = store.send(&Recipe::of(&recipe));
                    format!(
                        "passed on: {} version {}",
                        recipe.name, recipe.limits.version
                    )
                }
                Err(refusal) => format!("refused: {refusal}"),
            };
            subject.log(&answer);
            let _ = upload.stream.write(format!("{answer}\n").as_bytes());
            false
        });
        Ok(())
    })
}

impl Upload {
    /// Reads what is there; says whether the file is complete, or nothing if it never will be.
    fn read(&mut self) -> Option<bool> {
        let mut buffer = [0; FILE_BYTES_MAX];
        match self.stream.read(&mut buffer) {
            Ok(0) => return (!self.file.is_empty()).then_some(true),
            Ok(count) => self.file.extend_from_slice(buffer.get(..count)?),
            Err(error)
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
            Err(_) => return None,
        }
        let lines = self.file.split_inclusive(|byte| *byte == b'\n');
        let signed = lines
            .filter(|l| l.starts_with(b"signature ") && l.ends_with(b"\n"))
            .count();
        Some(signed >= 2 || self.file.len() > FILE_BYTES_MAX)
    }
}
