//! The two databases behind one driver: connections, transactions, statements, values.

use crate::address::{Address, not_a_ledger};
use crate::error::{Error, Kind, Result};
use crate::schema;
use record::Digest;
use sqlx::any::{AnyArguments, AnyConnectOptions, AnyPoolOptions, AnyRow};
use sqlx::{Any, AnyConnection, AnyPool, AssertSqlSafe, ConnectOptions as _, Connection as _};
use sqlx::{Row as _, Transaction};
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// How long a server may take to answer a new connection, and a question to find a free one.
/// (A writer waits for its turn for a minute, see the settings below.)
const CONNECT_WAIT: Duration = Duration::from_secs(10);
/// Connections of one ledger; questions beyond wait for one.
const CONNECTIONS_MAX: u32 = 8;
/// Rows of one statement when many are written: the largest first.
const ROWS_AT_ONCE: [usize; 3] = [128, 16, 1];
/// Names the turn of writers among a database's advisory locks: "BhLedger".
const TURN: i64 = 0x4268_4c65_6467_6572;

/// What each connection to SQLite sets. With a write-ahead log readers and a writer do not wait for
/// each other, and what a crash leaves is either a whole transaction or none of it; `FULL` syncs
/// that log at each commit, so that what was acknowledged survives a loss of power as well.
/// The last three make SQLite wary of a file that somebody else has prepared.
const SQLITE: &[&str] = &[
    "PRAGMA busy_timeout = 60000",
    "PRAGMA synchronous = FULL",
    "PRAGMA cache_size = -16384",
    "PRAGMA temp_store = FILE",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA mmap_size = 0",
];

/// What each connection to PostgreSQL sets: an acknowledged commit is on the disk whatever the
/// server's default is, and a turn is waited for as long as in SQLite.
const POSTGRES: &[&str] = &[
    "SET synchronous_commit = on",
    "SET lock_timeout = '60s'",
    "SET bytea_output = 'hex'",
];

/// A value bound to a statement.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<Digest> for Value {
    fn from(value: Digest) -> Self {
        Self::Blob(value.0.to_vec())
    }
}

/// A database that holds, or is to hold, a ledger.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    pub(crate) address: Address,
    pool: AnyPool,
    /// Writers of this process take turns here, so that waiting ones hold no connection.
    turn: Arc<Mutex<()>>,
}

/// A transaction in its turn: nobody else writes meanwhile.
pub(crate) struct Write {
    pub(crate) tx: Transaction<'static, Any>,
    _turn: OwnedMutexGuard<()>,
}

impl Write {
    pub(crate) async fn commit(self) -> Result<()> {
        Ok(self.tx.commit().await?)
    }
}

impl Database {
    /// Connects once, to see that the database is there, and makes a pool.
    pub(crate) async fn connect(address: Address) -> Result<Self> {
        sqlx::any::install_default_drivers();
        let unreachable = |message: String| {
            let help = "check host, port, database, user and password, and that the server runs";
            Error::new(Kind::Unreachable, message, help)
        };
        let options = AnyConnectOptions::from_str(&address.url()?)
            .map_err(|_| unreachable(format!("the address `{address}` cannot be read")))?
            .disable_statement_logging();
        let first = AnyConnection::connect_with(&options);
        match tokio::time::timeout(CONNECT_WAIT, first).await {
            Err(_) => return Err(unreachable(format!("`{address}` does not answer"))),
            Ok(Err(error)) => match (&address, &error) {
                (Address::File(_), _) => return Err(unreadable(&address, error.into())),
                (_, sqlx::Error::Database(said)) if said.code().as_deref() == Some("3D000") => {
                    return Err(Error::new(
                        Kind::Missing,
                        format!("there is no database at `{address}`"),
                        "create it with `createdb`, then the ledger in it",
                    ));
                }
                (_, sqlx::Error::Configuration(_)) => {
                    return Err(unreachable(format!(
                        "the address `{address}` cannot be read"
                    )));
                }
                _ => {
                    let reason = Error::from(error).message;
                    return Err(unreachable(format!("cannot reach `{address}`: {reason}")));
                }
            },
            Ok(Ok(mut connection)) => {
                let set = set_up(&mut connection).await;
                connection.close().await?;
                set.map_err(|error| unreadable(&address, error.into()))?;
            }
        }
        let pool = AnyPoolOptions::new()
            .max_connections(CONNECTIONS_MAX)
            .acquire_timeout(CONNECT_WAIT)
            .after_connect(|connection, _| Box::pin(set_up(connection)))
            .connect_lazy_with(options);
        let turn = Arc::new(Mutex::new(()));
        Ok(Self {
            address,
            pool,
            turn,
        })
    }

    /// Makes the tables, all or none.
    pub(crate) async fn make_tables(&self) -> Result<()> {
        self.keep_log().await?;
        let mut write = self.write().await?;
        self.make_tables_in(&mut write).await?;
        write.commit().await
    }

    /// Gives a SQLite file its write-ahead log; the file says so from now on.
    pub(crate) async fn keep_log(&self) -> Result<()> {
        if self.is_sqlite() {
            let mut connection = self.pool.acquire().await?;
            run(&mut connection, "PRAGMA journal_mode = WAL", &[]).await?;
        }
        Ok(())
    }

    /// Makes the tables as a part of what `write` does.
    pub(crate) async fn make_tables_in(&self, write: &mut Write) -> Result<()> {
        let tx = &mut *write.tx;
        let statements: Vec<String> = if self.is_sqlite() {
            let mark = format!("PRAGMA application_id = {}", schema::APPLICATION_ID);
            [mark].into_iter().chain(schema::sqlite()).collect()
        } else {
            self.must_take_tables(tx).await?;
            schema::postgres().collect()
        };
        for statement in statements {
            run(tx, &statement, &[]).await?;
        }
        let first =
            "INSERT INTO ledger (one, format, seq, hash, attachments) VALUES (1, $1, 0, $2, 0)";
        let format = signed(schema::FORMAT)?;
        run(tx, first, &[format.into(), Digest::default().into()])
            .await
            .map(drop)
    }

    /// Refuses a database of a server that has a ledger, or cannot keep every text.
    async fn must_take_tables(&self, on: &mut AnyConnection) -> Result<()> {
        let encoding = row(on, "SELECT current_setting('server_encoding')", &[]).await?;
        if encoding.map(|row| text(&row, 0)).transpose()?.as_deref() != Some("UTF8") {
            return Err(Error::new(
                Kind::Invalid,
                format!("the database `{}` does not keep UTF-8", self.address),
                "create the database with `createdb --encoding=UTF8 --template=template0`",
            ));
        }
        let there =
            "SELECT 1 FROM pg_tables WHERE tablename = 'ledger' AND schemaname = current_schema()";
        match row(on, there, &[]).await? {
            None => Ok(()),
            Some(_) => Err(Error::new(
                Kind::Exists,
                format!("there is a ledger at `{}`", self.address),
                "choose another database",
            )),
        }
    }

    /// Refuses a database that holds no ledger, or one of a later format.
    pub(crate) async fn must_be_ledger(&self) -> Result<()> {
        let mut connection = self.pool.acquire().await?;
        if self.is_sqlite() {
            let mark = row(&mut connection, "PRAGMA application_id", &[]).await;
            let mark = mark.map_err(|error| unreadable(&self.address, error))?;
            if mark.map(|row| int(&row, 0)).transpose()?
                != Some(schema::APPLICATION_ID.unsigned_abs())
            {
                return Err(not_a_ledger(&self.address));
            }
        }
        let found = row(
            &mut connection,
            "SELECT format FROM ledger WHERE one = 1",
            &[],
        )
        .await;
        let found = found.map_err(|error| unreadable(&self.address, error))?;
        match found.map(|row| int(&row, 0)).transpose()? {
            Some(schema::FORMAT) => Ok(()),
            Some(later) => Err(Error::new(
                Kind::Newer,
                format!(
                    "`{}` has format {later}, which this version does not know",
                    self.address
                ),
                "use the version of Bulkhead that made it, or a later one",
            )),
            None => Err(Error::altered(format!(
                "`{}` has lost its head",
                self.address
            ))),
        }
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        matches!(self.address, Address::File(_))
    }

    /// A transaction in its turn.
    pub(crate) async fn write(&self) -> Result<Write> {
        let turn = self.turn.clone().lock_owned().await;
        let tx = if self.is_sqlite() {
            self.pool.begin_with("BEGIN IMMEDIATE").await?
        } else {
            let mut tx = self.pool.begin_with("BEGIN").await?;
            run(&mut tx, "SELECT pg_advisory_xact_lock($1)", &[TURN.into()]).await?;
            tx
        };
        Ok(Write { tx, _turn: turn })
    }

    /// A transaction that sees the ledger as it is now, however long it takes and whoever writes.
    pub(crate) async fn read(&self) -> Result<Transaction<'static, Any>> {
        let begin = match self.is_sqlite() {
            true => "BEGIN",
            false => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        Ok(self.pool.begin_with(begin).await?)
    }

    /// A connection for one question.
    pub(crate) async fn ask(&self) -> Result<sqlx::pool::PoolConnection<Any>> {
        Ok(self.pool.acquire().await?)
    }

    /// Closes all connections; SQLite then writes its log into the file.
    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }
}

async fn set_up(connection: &mut AnyConnection) -> sqlx::Result<()> {
    let statements = match connection.backend_name() {
        "SQLite" => SQLITE,
        _ => POSTGRES,
    };
    for statement in statements {
        sqlx::query(*statement).execute(&mut *connection).await?;
    }
    Ok(())
}

/// A database without our tables is not a ledger; everything else that is wrong with it stays.
fn unreadable(address: &Address, error: Error) -> Error {
    let foreign = [
        "no such table",
        "does not exist",
        "not a database",
        "no such column",
    ];
    match foreign.iter().any(|words| error.message.contains(words)) {
        true => not_a_ledger(address),
        false => error,
    }
}

/// A statement with its values, for answers that are read row by row.
pub(crate) fn query<'q>(sql: &str, values: &[Value]) -> sqlx::query::Query<'q, Any, AnyArguments> {
    let query = sqlx::query(AssertSqlSafe(sql.to_owned()));
    values.iter().cloned().fold(query, bind)
}

fn bind<'q>(
    query: sqlx::query::Query<'q, Any, AnyArguments>,
    value: Value,
) -> sqlx::query::Query<'q, Any, AnyArguments> {
    match value {
        Value::Int(value) => query.bind(value),
        Value::Text(value) => query.bind(value),
        Value::Blob(value) => query.bind(value),
    }
}

/// Runs a statement; returns the number of rows it changed.
pub(crate) async fn run(on: &mut AnyConnection, sql: &str, values: &[Value]) -> Result<u64> {
    Ok(query(sql, values).execute(on).await?.rows_affected())
}

/// The first row of an answer, if any.
pub(crate) async fn row(
    on: &mut AnyConnection,
    sql: &str,
    values: &[Value],
) -> Result<Option<AnyRow>> {
    Ok(query(sql, values).fetch_optional(on).await?)
}

/// All rows of an answer; the statement bounds their number.
pub(crate) async fn rows(
    on: &mut AnyConnection,
    sql: &str,
    values: &[Value],
) -> Result<Vec<AnyRow>> {
    Ok(query(sql, values).fetch_all(on).await?)
}

/// Writes many rows with few statements: `INSERT INTO {into} VALUES … {after}`.
pub(crate) async fn insert(
    on: &mut AnyConnection,
    into: &str,
    columns: usize,
    after: &str,
    rows: Vec<Vec<Value>>,
) -> Result<()> {
    let mut left = rows.len();
    let mut rows = rows.into_iter();
    for at_once in ROWS_AT_ONCE {
        if left < at_once {
            continue;
        }
        let sql = format!(
            "INSERT INTO {into} VALUES {} {after}",
            places(at_once, columns)
        );
        while left >= at_once {
            let query = sqlx::query(AssertSqlSafe(sql.clone()));
            let query = rows.by_ref().take(at_once).flatten().fold(query, bind);
            query.execute(&mut *on).await?;
            left -= at_once;
        }
    }
    Ok(())
}

/// `($1,$2),($3,$4)` for two rows of two columns.
fn places(rows: usize, columns: usize) -> String {
    let mut text = String::with_capacity(rows * columns * 6);
    for place in 0..rows * columns {
        text.push_str(match place.checked_rem(columns) {
            Some(0) if place == 0 => "(",
            Some(0) => "),(",
            _ => ",",
        });
        text.push_str(&format!("${}", place + 1));
    }
    text.push(')');
    text
}

/// A number as the databases keep it.
pub(crate) fn signed(number: u64) -> Result<i64> {
    i64::try_from(number).map_err(|_| Error::invalid(format!("the number {number} is too large")))
}

pub(crate) fn int(row: &AnyRow, column: usize) -> Result<u64> {
    let number: i64 = row.try_get(column)?;
    u64::try_from(number).map_err(|_| Error::altered("a stored number is negative"))
}

pub(crate) fn text(row: &AnyRow, column: usize) -> Result<String> {
    Ok(row.try_get(column)?)
}

pub(crate) fn blob(row: &AnyRow, column: usize) -> Result<Vec<u8>> {
    Ok(row.try_get(column)?)
}

pub(crate) fn digest(row: &AnyRow, column: usize) -> Result<Digest> {
    let bytes = blob(row, column)?;
    let bytes = <[u8; 32]>::try_from(bytes);
    bytes
        .map(Digest)
        .map_err(|_| Error::altered("a stored digest has the wrong length"))
}
