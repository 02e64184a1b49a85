//! The ledger for callers that wait for each answer, wherever they stand: inside of a runtime, too, which a runtime
//! of its own in the same thread would end with a panic.

use crate::entry::Head;
use crate::error::{Error, Kind, Result};
use crate::ledger::Ledger;
use std::panic::resume_unwind;
use std::path::Path;
use std::thread;
use std::time::Duration;
use tokio::runtime::Runtime;

/// So long it may take to close the connections.
const CLOSE_WAIT: Duration = Duration::from_secs(5);

/// An open ledger whose questions are asked on threads of their own; closed when it goes.
#[derive(Debug)]
pub struct BlockingLedger {
    ledger: Ledger,
    /// There until it is dropped.
    runtime: Option<Runtime>,
}

impl BlockingLedger {
    /// As [`Ledger::open`].
    ///
    /// # Errors
    /// As there; this process may have no more threads or files.
    pub fn open(address: &str) -> Result<Self> {
        Self::with(async || Ledger::open(address).await)
    }

    /// As [`Ledger::create`].
    ///
    /// # Errors
    /// As there; this process may have no more threads or files.
    pub fn create(address: &str) -> Result<Self> {
        Self::with(async || Ledger::create(address).await)
    }

    /// As [`Ledger::restore`].
    ///
    /// # Errors
    /// As there; this process may have no more threads or files.
    pub fn restore(file: &Path, address: &str) -> Result<Head> {
        aside(|| runtime()?.block_on(Ledger::restore(file, address)))?
    }

    fn with(make: impl AsyncFnOnce() -> Result<Ledger> + Send) -> Result<Self> {
        aside(|| {
            let runtime = runtime()?;
            let ledger = runtime.block_on(make())?;
            let runtime = Some(runtime);
            Ok(Self { ledger, runtime })
        })?
    }

    /// Asks the ledger something and waits for the answer. Nothing in the runtime of the thread that waits may
    /// hold what the question waits for, and a question must not ask this ledger again: both would wait for ever.
    ///
    /// # Errors
    /// What the question says; this process may have no more threads.
    pub fn ask<T: Send>(
        &self,
        question: impl AsyncFnOnce(&Ledger) -> Result<T> + Send,
    ) -> Result<T> {
        let Some(runtime) = &self.runtime else {
            // It goes only with the ledger itself.
            return Err(unusable("it was closed"));
        };
        aside(|| runtime.block_on(question(&self.ledger)))?
    }
}

/// What was recorded lies beside the file of a SQLite ledger until the last connection is closed: who copies the
/// file alone would lose it.
impl Drop for BlockingLedger {
    fn drop(&mut self) {
        let mut runtime = self.runtime.take();
        let ledger = &self.ledger;
        // A server that does not answer any more has what was recorded, and without a thread the last connection is
        // closed with the process.
        let _ = aside(|| {
            if let Some(own) = runtime.take() {
                let _ =
                    own.block_on(async { tokio::time::timeout(CLOSE_WAIT, ledger.close()).await });
            }
        });
        // Without a thread: this one may be another runtime's, which does not let it wait.
        if let Some(left) = runtime {
            left.shutdown_background();
        }
    }
}

/// Does something on a thread of its own, in which no runtime is.
fn aside<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T> {
    thread::scope(|scope| {
        let builder = thread::Builder::new().name("ledger".to_owned());
        let begun = builder.spawn_scoped(scope, work);
        let begun = begun.map_err(|error| unusable(&error))?;
        // A panic there is one here, as if there were no thread between.
        Ok(begun.join().unwrap_or_else(|panic| resume_unwind(panic)))
    })
}

fn runtime() -> Result<Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| unusable(&error))
}

fn unusable(reason: &(impl std::fmt::Display + ?Sized)) -> Error {
    let help = "check the limits of this process";
    Error::new(
        Kind::Failed,
        format!("cannot work with a ledger: {reason}"),
        help,
    )
}
