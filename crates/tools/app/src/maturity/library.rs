//! Catalog, layers and crosswalks: those that are shipped, and layers of the user's own.

use super::refusal::Refusal;
use super::shipped;
use crate::{Failure, files};
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};
use maturity::catalog::{self, Catalog, Lookup};
use maturity::crosswalk::{self, Crosswalk};
use maturity::profile::{self, Profile};
use maturity::{Date, Located};
use source::Source;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Largest text of a layer that is read, in bytes.
const LAYER_BYTES_MAX: u64 = 4 << 20;

/// The catalog with all layers that are known.
#[derive(Debug)]
pub struct Library {
    /// The catalog.
    pub catalog: Catalog,
    /// The layers: the shipped ones, then the user's.
    pub profiles: Vec<Profile>,
    /// What was found in the user's layers, with the text it was found in.
    pub findings: Vec<(Source, Vec<Located>)>,
    crosswalks: OnceLock<Vec<Crosswalk>>,
}

/// The texts of the shipped catalog.
pub(crate) fn catalog_texts() -> Vec<Source> {
    texts(shipped::CATALOG)
}

impl Library {
    /// The shipped catalog and layers with those of the user: files, or folders of `.kdl` files.
    ///
    /// # Errors
    /// A file that cannot be read. Faults in a text are findings.
    pub fn open(layers: &[PathBuf]) -> Result<Self, Failure> {
        let (catalog, _) = catalog::read(&texts(shipped::CATALOG));
        let read = |text: &Source| profile::read(text, &catalog).0;
        let mut profiles: Vec<Profile> = texts(shipped::PROFILES).iter().filter_map(read).collect();
        let mut findings = Vec::new();
        for path in kdl_files(layers)? {
            let text = text_file(&path)?;
            let (profile, found) = profile::read(&text, &catalog);
            let usable = !maturity::has_errors(&found);
            profiles.extend(profile.filter(|_| usable));
            findings.push((text, found));
        }
        Ok(Self {
            catalog,
            profiles,
            findings,
            crosswalks: OnceLock::new(),
        })
    }

    /// A practice, however it is named.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn practice(&self, name: &str) -> Result<Named, Failure> {
        match self.catalog.lookup(name) {
            Lookup::Found(practice) => Ok(Named {
                id: practice.title.id.clone(),
                note: None,
            }),
            Lookup::Alias(practice) => {
                let (id, official) = (&practice.title.id, &practice.title.name);
                Ok(Named {
                    id: id.clone(),
                    note: Some(format!(
                        "`{name}` is taken for {id}, now called `{official}`"
                    )),
                })
            }
            Lookup::Unknown(near) => {
                let refusal = Refusal::NoPractice {
                    practice: name.to_owned(),
                    near: near.map(str::to_owned),
                };
                Err(refusal.into())
            }
        }
    }

    /// The shipped crosswalks, read when they are asked for.
    pub fn crosswalks(&self) -> &[Crosswalk] {
        let read = |text: &Source| crosswalk::read(text, &self.catalog).0;
        self.crosswalks
            .get_or_init(|| texts(shipped::CROSSWALKS).iter().filter_map(read).collect())
    }
}

/// A practice that somebody named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its id.
    pub id: String,
    /// What should be known: that the name is an older one.
    pub note: Option<String>,
}

fn texts(shipped: &[(&str, &str)]) -> Vec<Source> {
    let text = |(name, text): &(&str, &str)| Source::new(*name, *text);
    shipped.iter().map(text).collect()
}

/// Files as they are, folders as the `.kdl` files in them by name.
fn kdl_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut all = Vec::new();
    for path in paths {
        if path.is_dir() {
            all.extend(files_in(path, "kdl")?);
        } else {
            all.push(path.clone());
        }
    }
    Ok(all)
}

/// The files of a folder with that ending, by name.
fn files_in(folder: &Path, end: &str) -> Result<Vec<PathBuf>, Failure> {
    let cannot = |error: std::io::Error| {
        let (shown, reason) = (folder.display(), files::reason(&error));
        let help = "check the path and who may read it";
        Failure::unusable(
            "folder-unreadable",
            format!("cannot read `{shown}`: {reason}"),
            help,
        )
    };
    let mut inside = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        if path.extension().is_some_and(|own| own == end) {
            inside.push(path);
        }
    }
    inside.sort();
    Ok(inside)
}

/// A text file.
pub(super) fn text_file(path: &Path) -> Result<Source, Failure> {
    let shown = path.display().to_string();
    let bytes = files::read(path, LAYER_BYTES_MAX)?;
    files::text(path, &bytes).map(|text| Source::new(shown, text))
}

/// The day here: by the clock and the time zone of who asks (`TZ`, else the system's).
pub fn today() -> Date {
    static TODAY: OnceLock<Date> = OnceLock::new();
    *TODAY.get_or_init(|| {
        let here = TimeZone::try_system().unwrap_or(TimeZone::UTC);
        day(Timestamp::now().to_zoned_datetime(here).date())
    })
}

/// What should be known about [`today`]: `TZ` names no time zone, so that the day is that of UTC.
pub fn zone_unknown() -> Option<String> {
    let named = std::env::var("TZ").ok().filter(|named| !named.is_empty())?;
    TimeZone::try_system().is_err().then(|| {
        format!(
            "`TZ` is `{named}`, which is no time zone: today is {} by UTC",
            today()
        )
    })
}

fn day(civil: civil::Date) -> Date {
    let narrow = |number: i8| u8::try_from(number).unwrap_or(1);
    let year = u16::try_from(civil.year()).unwrap_or(1);
    // Every day of a clock that is not before the year 1 exists.
    Date::new(year, narrow(civil.month()), narrow(civil.day())).unwrap_or(Date::FIRST)
}

/// The clock, in nanoseconds since 1970-01-01 UTC.
pub fn now_ns() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
    })
}

/// A recorded moment for people: day and time in UTC, in which all of them are kept.
pub fn moment(at_ns: u64) -> String {
    // A nanosecond that fits here is before the year 2554, and so is a moment.
    let moment = Timestamp::from_nanosecond(i128::from(at_ns)).unwrap_or_default();
    let at = moment.to_zoned_datetime(TimeZone::UTC);
    format!("{} {:02}:{:02}", day(at.date()), at.hour(), at.minute())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shipped_is_what_the_folder_has() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../");
        let mut there = Vec::new();
        let mut open = vec![PathBuf::from(root).join("catalog")];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => open.push(path),
                    false => there.push(path),
                }
            }
        }
        let mut there: Vec<String> = there
            .iter()
            .map(|path| path.strip_prefix(root).unwrap().display().to_string())
            .collect();
        there.retain(|path| path.ends_with(".kdl"));
        there.sort();
        let all = [shipped::CATALOG, shipped::PROFILES, shipped::CROSSWALKS].concat();
        let mut shipped: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
        shipped.sort_unstable();
        assert_eq!(shipped, there);
    }

    #[test]
    fn the_shipped_library_is_whole() {
        let library = Library::open(&[]).unwrap();
        assert_eq!(library.catalog.practices.len(), 18);
        assert_eq!(library.profiles.len(), shipped::PROFILES.len());
        assert_eq!(library.crosswalks().len(), shipped::CROSSWALKS.len());
    }

    #[test]
    fn moments_are_shown_in_utc() {
        let second = 1_000_000_000;
        for (seconds, shown) in [
            (0, "1970-01-01 00:00"),
            (86_399, "1970-01-01 23:59"),
            (86_400, "1970-01-02 00:00"),
            (951_782_400, "2000-02-29 00:00"),
            (951_868_800, "2000-03-01 00:00"),
            (4_107_542_400, "2100-03-01 00:00"),
            (1_795_564_800, "2026-11-25 00:00"),
        ] {
            assert_eq!(moment(seconds * second), shown);
        }
        assert_eq!(moment(u64::MAX), "2554-07-21 23:34");
    }
}
