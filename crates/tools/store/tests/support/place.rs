//! Where a test keeps its ledger: a file or a database of its own, on either kind of database.

use crate::cluster::Cluster;
use record::Digest;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _};
use std::future::Future;
use std::io::{Read, Seek};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError, Weak};
use std::{env, fs, process};
use store::{Ledger, Measured};

/// A directory of the test's own, which goes with it, and one kind of database.
pub struct Place {
    pub directory: PathBuf,
    pub cluster: Option<Arc<Cluster>>,
}

static NEXT: AtomicU32 = AtomicU32::new(0);

impl Place {
    pub fn sqlite() -> Self {
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        let directory = env::temp_dir().join(format!("ledger-{}-{next}", process::id()));
        fs::create_dir(&directory).unwrap();
        Self {
            directory,
            cluster: None,
        }
    }

    /// The tests that run at the same time share one server.
    pub fn postgres() -> Self {
        static SHARED: Mutex<Weak<Cluster>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        let cluster = shared
            .upgrade()
            .unwrap_or_else(|| Arc::new(Cluster::start()));
        *shared = Arc::downgrade(&cluster);
        let mut place = Self::sqlite();
        place.cluster = Some(cluster);
        place
    }

    /// The address of a ledger that is not there yet.
    pub async fn address(&self) -> String {
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("ledger_{next}");
        let Some(cluster) = &self.cluster else {
            return self.directory.join(name).display().to_string();
        };
        let mut admin = raw(&cluster.url("postgres")).await;
        execute(&mut admin, &format!("CREATE DATABASE {name}")).await;
        admin.close().await.unwrap();
        cluster.url(&name)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _gone = fs::remove_dir_all(&self.directory);
    }
}

/// Keeps a file that nothing refers to, and returns its digest.
pub async fn attach(
    ledger: &Ledger,
    file: &mut (impl Read + Seek + Send),
    most: u64,
) -> store::Result<Digest> {
    let mut file = Measured::of(file, most)?;
    ledger.append_with(&mut file, vec![]).await?;
    Ok(file.digest())
}

/// A connection past the ledger's own code, for what only an attacker would do.
pub async fn raw(address: &str) -> AnyConnection {
    sqlx::any::install_default_drivers();
    let url = match address.contains("://") {
        true => address.to_owned(),
        false => format!("sqlite:{address}"),
    };
    AnyConnection::connect(&url).await.unwrap()
}

pub async fn execute(on: &mut AnyConnection, sql: &str) -> u64 {
    let done = sqlx::query(AssertSqlSafe(sql.to_owned())).execute(on).await;
    done.unwrap_or_else(|error| panic!("{sql}: {error}"))
        .rows_affected()
}

/// Runs a test to its end.
pub fn run<F: Future<Output = ()>>(place: Place, test: impl FnOnce(Arc<Place>) -> F) {
    block_on(test(Arc::new(place)));
}

pub fn block_on(future: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(future);
}

/// The same tests on both databases.
#[macro_export]
macro_rules! on_both {
    ($($test:ident)*) => {
        mod sqlite {
            $(#[test] fn $test() { $crate::place::run($crate::place::Place::sqlite(), super::$test); })*
        }
        mod postgres {
            $(#[test] fn $test() { $crate::place::run($crate::place::Place::postgres(), super::$test); })*
        }
    };
}
