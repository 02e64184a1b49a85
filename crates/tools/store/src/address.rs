//! Where a ledger is: a SQLite file or a PostgreSQL database.

use crate::error::{Error, Kind, Result};
use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// What SQLite writes beside a database, after the database itself.
const FILES: [&str; 4] = aside::SUFFIXES;

/// Where a ledger is. Shown without user, password and parameters.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Address {
    /// A SQLite file.
    File(PathBuf),
    /// The URL of a PostgreSQL database.
    Server(String),
}

/// An address for people: without user, password and parameters.
#[must_use]
pub fn shown(address: &str) -> String {
    Address::parse(address).map_or_else(|_| "the ledger".to_owned(), |known| known.to_string())
}

/// The files of a ledger, if its address is that of a file: its own, and those that SQLite keeps beside
/// it while it is open.
#[must_use]
pub fn files(address: &str) -> Vec<PathBuf> {
    match Address::parse(address) {
        Ok(Address::File(path)) => {
            let path = fs::canonicalize(&path).unwrap_or(path);
            FILES.iter().map(|end| beside(&path, end)).collect()
        }
        _ => Vec::new(),
    }
}

impl Address {
    /// A path, `sqlite:PATH`, or `postgres://…`.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let refuse = |message: &str| {
            let help = "name a file, `sqlite:PATH` or `postgres://USER@HOST/DATABASE`";
            Error::new(Kind::Invalid, message, help)
        };
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Server(text.to_owned()));
        }
        let path = match text.strip_prefix("sqlite:") {
            Some(rest) => rest.strip_prefix("//").unwrap_or(rest),
            None if text.contains("://") => {
                return Err(refuse("an address of this kind is not known"));
            }
            None => text,
        };
        if path.is_empty() || path.contains('\0') {
            return Err(refuse("the address names no file"));
        }
        Ok(Self::File(PathBuf::from(path)))
    }

    /// The URL for the driver.
    pub(crate) fn url(&self) -> Result<String> {
        let path = match self {
            Self::Server(url) => return Ok(url.clone()),
            Self::File(path) => path,
        };
        // URLs resolve `..` without looking at links: the path must have none.
        let path = fs::canonicalize(path).map_err(|error| Error::file(path, "open", &error))?;
        let text = path.to_str().ok_or_else(|| {
            let message = format!("the path `{}` is not UTF-8", path.display());
            Error::new(Kind::Invalid, message, "choose another name")
        })?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte);
        let mut url = "sqlite:".to_owned();
        for byte in text.bytes() {
            match plain(byte) {
                true => url.push(char::from(byte)),
                false => url.push_str(&format!("%{byte:02X}")),
            }
        }
        Ok(url)
    }

    /// Refuses a file that is there, or whose log is.
    pub(crate) fn must_be_free(&self) -> Result<()> {
        let Self::File(path) = self else {
            return Ok(());
        };
        // A log of an earlier file of this name would be taken for the new one's.
        for suffix in FILES {
            let beside = beside(path, suffix);
            if fs::symlink_metadata(&beside).is_ok() {
                return Err(exists(&beside));
            }
        }
        Ok(())
    }

    /// Refuses an address with nothing at it.
    pub(crate) fn must_exist(&self) -> Result<()> {
        let Self::File(path) = self else {
            return Ok(());
        };
        match fs::metadata(path) {
            Ok(found) if found.is_file() => Ok(()),
            Ok(_) => Err(not_a_ledger(self)),
            Err(error) if error.kind() == ErrorKind::NotFound => Err(Error::new(
                Kind::Missing,
                format!("there is no ledger `{}`", path.display()),
                "check the path, or create the ledger first",
            )),
            Err(error) => Err(Error::file(path, "open", &error)),
        }
    }
}

/// The file of a name with a suffix after its own.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

pub(crate) fn exists(path: &Path) -> Error {
    let message = format!("`{}` exists", path.display());
    Error::new(
        Kind::Exists,
        message,
        "choose another name, or move it away",
    )
}

pub(crate) fn not_a_ledger(address: &Address) -> Error {
    let message = format!("`{address}` is not a ledger");
    Error::new(
        Kind::NotALedger,
        message,
        "check the address, or create the ledger first",
    )
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Server(url) => write!(f, "postgres://{}", public(url)),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Host, port and database of a URL; an ellipsis where they cannot be told from secrets for sure.
fn public(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let (place, query) = rest.split_once(['?', '#']).unwrap_or((rest, ""));
    let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
    let (host, database) = place.split_once('/').unwrap_or((place, ""));
    let (name, port) = host.rsplit_once(':').unwrap_or((host, "0"));
    let sure = !query.contains('@')
        && port.bytes().all(|byte| byte.is_ascii_digit())
        && !name.contains([':', '@']) | name.starts_with('[')
        && !database.contains(['@', ':', '/']);
    if sure { place } else { "…" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_apart() {
        let file = |path: &str| Address::File(path.into());
        assert_eq!(Address::parse("a/b.db").unwrap(), file("a/b.db"));
        assert_eq!(Address::parse("sqlite:a.db").unwrap(), file("a.db"));
        assert_eq!(Address::parse("sqlite:///x/a.db").unwrap(), file("/x/a.db"));
        assert!(matches!(
            Address::parse("postgres://h/d").unwrap(),
            Address::Server(_)
        ));
        for wrong in ["", "sqlite:", "mysql://u:geheim@h/d", "a\0b"] {
            let error = Address::parse(wrong).unwrap_err();
            assert_eq!(error.kind, Kind::Invalid);
            assert!(!error.to_string().contains("geheim"));
        }
    }

    #[test]
    fn no_spelling_of_a_password_is_shown() {
        for url in [
            "postgres://u:geheim@host/db",
            "postgres://u:ge?geheim@host/db",
            "postgres://u:ge#geheim@host/db",
            "postgres://u:ge/geheim@host/db",
            "postgres://u:ge@geheim@host/db",
            "postgres://host/db?password=geheim",
            "postgres://host/db?password=a@geheim",
            "postgres://u:geheim",
            "postgres://u:geheim/db",
            "postgres://u:ge/geheim:x",
            "postgresql://u:geheim@[::1]:5432/db",
        ] {
            let shown = Address::parse(url).unwrap().to_string();
            assert!(!shown.contains("geheim"), "{url}: {shown}");
        }
        let shown = Address::parse("postgres://u:p@db.example:5433/x?sslmode=require");
        assert_eq!(shown.unwrap().to_string(), "postgres://db.example:5433/x");
        let shown = Address::parse("postgres://u:p@[::1]:5433/x").unwrap();
        assert_eq!(shown.to_string(), "postgres://[::1]:5433/x");
    }
}
