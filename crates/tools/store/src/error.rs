//! What can go wrong with a ledger, in words for the person at the keyboard.

use std::fmt;
use std::path::Path;

/// What went wrong, for callers that act on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// There is nothing at the address.
    Missing,
    /// There is something already where a new ledger or file is to be made.
    Exists,
    /// What is there is not a ledger, or not a backup of one.
    NotALedger,
    /// A later version of the format.
    Newer,
    /// Others have kept the ledger locked for too long.
    Locked,
    /// The server does not answer, or refuses the user.
    Unreachable,
    /// The ledger has moved on since its author looked.
    Moved,
    /// The caller's data are out of bounds.
    Invalid,
    /// The stored data are not as they were written.
    Altered,
    /// Files or the database failed.
    Failed,
}

impl Kind {
    /// A stable kebab-case name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "ledger-missing",
            Self::Exists => "ledger-exists",
            Self::NotALedger => "not-a-ledger",
            Self::Newer => "ledger-newer",
            Self::Locked => "ledger-locked",
            Self::Unreachable => "ledger-unreachable",
            Self::Moved => "ledger-moved",
            Self::Invalid => "ledger-refuses",
            Self::Altered => "ledger-altered",
            Self::Failed => "ledger-failed",
        }
    }
}

/// An error: one line that says what is wrong, one that says what to do next. Neither ever holds
/// the password of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What went wrong, for callers that act on it.
    pub kind: Kind,
    /// What is wrong.
    pub message: String,
    /// What to do next.
    pub help: String,
}

/// The result of a question to the ledger.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub(crate) fn new(kind: Kind, message: impl Into<String>, help: impl Into<String>) -> Self {
        let (message, help) = (message.into(), help.into());
        Self {
            kind,
            message,
            help,
        }
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        let help = "nothing was stored; correct it and try again";
        Self::new(Kind::Invalid, message, help)
    }

    pub(crate) fn altered(message: impl Into<String>) -> Self {
        let help =
            "verify the ledger: what is derived can be cleared, for all else restore a backup";
        Self::new(Kind::Altered, message, help)
    }

    pub(crate) fn file(path: &Path, what: &str, error: &std::io::Error) -> Self {
        let message = format!("cannot {what} `{}`: {error}", path.display());
        let help = "check the directory, its permissions and the space on the device";
        Self::new(Kind::Failed, message, help)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\nhelp: {}", self.message, self.help)
    }
}

impl std::error::Error for Error {}

/// Errors of the driver. Those of the connection itself get words of their own in `database`.
impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let lost = "check that the server runs and the network is up, then try again";
        match &error {
            sqlx::Error::Database(database) => {
                let code = database.code().unwrap_or_default();
                let said = database.message().replace('\n', " ");
                if locked(&code, &said) {
                    return Self::new(
                        Kind::Locked,
                        "the ledger is locked: another program has been writing for too long",
                        "wait for it to end, or end it, and try again",
                    );
                }
                if code.starts_with("08") || code.starts_with("57P") || code.starts_with("28") {
                    return Self::new(Kind::Unreachable, format!("the server says: {said}"), lost);
                }
                if altered(&code, &said) {
                    return Self::altered(format!("the database is damaged: {said}"));
                }
                Self::new(
                    Kind::Failed,
                    format!("the database says: {said}"),
                    "check the permissions and the space on the device; if it stays, verify the ledger",
                )
            }
            sqlx::Error::ColumnDecode { .. }
            | sqlx::Error::Decode(_)
            | sqlx::Error::ColumnNotFound(_)
            | sqlx::Error::TypeNotFound { .. }
            | sqlx::Error::AnyDriverError(_)
            | sqlx::Error::RowNotFound => Self::altered("a stored value has the wrong type"),
            sqlx::Error::Io(said) => Self::new(
                Kind::Unreachable,
                format!("the connection to the database is lost: {said}"),
                lost,
            ),
            sqlx::Error::Tls(said) => Self::new(
                Kind::Unreachable,
                format!("the server's certificate or encryption is refused: {said}"),
                "check `sslmode` and `sslrootcert` of the address",
            ),
            sqlx::Error::PoolTimedOut => Self::new(
                Kind::Unreachable,
                "the database gives no connection: it does not answer, or all are busy",
                "check that the server runs, and try again",
            ),
            _ => Self::new(Kind::Failed, "the connection to the database failed", lost),
        }
    }
}

/// SQLite: BUSY and LOCKED with all their extended codes. PostgreSQL: lock not available,
/// deadlock, serialisation.
fn locked(code: &str, said: &str) -> bool {
    let sqlite = code
        .parse::<u32>()
        .is_ok_and(|code| code < 10_000 && matches!(code & 0xff, 5 | 6));
    let postgres = matches!(code, "55P03" | "40P01" | "40001");
    (sqlite && said.contains("locked")) || postgres
}

/// SQLite: CORRUPT, NOTADB, a schema that cannot be read. PostgreSQL: class XX, a missing table or
/// column.
fn altered(code: &str, said: &str) -> bool {
    let sqlite = code
        .parse::<u32>()
        .is_ok_and(|code| code < 10_000 && matches!(code & 0xff, 11 | 26));
    let missing = said.starts_with("no such ") || said.contains("has no column");
    sqlite || missing || code.starts_with("XX") || matches!(code, "42P01" | "42703")
}
