//! Files that appear whole or not at all.
//!
//! What one program writes alone has no name until it is whole: who is killed leaves nothing. Where the file
//! system has no such files, and for a database, which must have a name while it is worked on, there is a name
//! that nobody can guess, and who made the file holds a lock on it. Whoever next writes into that directory
//! takes away what is not held: the lock decides, which the kernel takes back with the process, and no number
//! of a process, which may be another's by then.

use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat};
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, ErrorKind};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// What SQLite writes beside a database, after the database itself.
pub const SUFFIXES: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// What the name of a file on its way begins with; sixteen hexadecimal digits follow.
const PART: &str = ".bulkhead-part-";
const DIGITS: usize = 16;
/// So many names are tried, each of which somebody may have, or take for left behind while it is being made.
const TRIES: usize = 8;

/// A file on its way to a name; it goes if it does not get there.
#[derive(Debug)]
pub struct Aside {
    file: File,
    directory: PathBuf,
    /// Its name, if it has one.
    part: Option<PathBuf>,
}

impl Aside {
    /// A file for a place, without a name if the file system has such files; `mode` is what others may do with
    /// it. What killed programs left in that directory goes.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn nameless(target: &Path, mode: u32) -> io::Result<Self> {
        let directory = directory(target);
        sweep(directory);
        let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
        match rustix::fs::open(directory, flags, Mode::from_raw_mode(mode)) {
            Ok(file) if Path::new("/proc/self/fd").exists() => {
                let file = File::from(file);
                // From here on, so that the name it may get for a moment is never unheld.
                hold(&file)?;
                Ok(Self {
                    file,
                    directory: directory.to_owned(),
                    part: None,
                })
            }
            // What else is wrong shows there.
            _ => Self::new(directory, mode),
        }
    }

    /// A file for a place, with a name in the same directory; otherwise as [`Aside::nameless`].
    ///
    /// # Errors
    /// It cannot be made.
    pub fn named(target: &Path, mode: u32) -> io::Result<Self> {
        let directory = directory(target);
        sweep(directory);
        Self::new(directory, mode)
    }

    fn new(directory: &Path, mode: u32) -> io::Result<Self> {
        let (file, part) = untaken(directory, |path| {
            let mut options = OpenOptions::new();
            let options = options.read(true).write(true).create_new(true).mode(mode);
            let file = options.open(path)?;
            // Between the two somebody may have taken it for left behind.
            match hold(&file) {
                Ok(()) if is_at(&file, path) => Ok(file),
                Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
                _ => Err(ErrorKind::AlreadyExists.into()),
            }
        })?;
        Ok(Self {
            file,
            directory: directory.to_owned(),
            part: Some(part),
        })
    }

    /// Where it is meanwhile, if anywhere.
    pub fn path(&self) -> Option<&Path> {
        self.part.as_deref()
    }

    /// The file, to be written to.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// The same, for those who write through it.
    pub fn file_mut(&mut self) -> &mut File {
        &mut self.file
    }

    /// Syncs the file and gives it its name, in the place of whatever has it.
    ///
    /// # Errors
    /// What went wrong; what is there is then untouched.
    pub fn replace(mut self, target: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        if self.part.is_none() {
            match self.link(target) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                done => return done.and_then(|()| self.sync()),
            }
            // A link never replaces: by way of another name.
            self.part = Some(untaken(&self.directory, |path| self.link(path))?.1);
        }
        if let Some(part) = &self.part {
            fs::rename(part, target)?;
        }
        self.sync()
    }

    /// Syncs the file and gives it its name.
    ///
    /// # Errors
    /// What went wrong; with [`ErrorKind::AlreadyExists`] if the name is taken.
    pub fn place(self, target: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        match &self.part {
            None => self.link(target),
            Some(part) => match fs::hard_link(part, target) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(error),
                Err(_) if fs::symlink_metadata(target).is_ok() => {
                    Err(ErrorKind::AlreadyExists.into())
                }
                // Some file systems have no links.
                Err(_) => fs::rename(part, target),
                Ok(()) => Ok(()),
            },
        }?;
        self.sync()
    }

    fn link(&self, path: &Path) -> io::Result<()> {
        let own = format!("/proc/self/fd/{}", self.file.as_raw_fd());
        linkat(CWD, own, CWD, path, AtFlags::SYMLINK_FOLLOW).map_err(io::Error::from)
    }

    fn sync(&self) -> io::Result<()> {
        File::open(&self.directory)?.sync_all()
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        if let Some(part) = &self.part {
            remove(part);
        }
    }
}

/// Removes from a directory what killed programs left of files on their way, with what SQLite left beside it.
pub fn sweep(directory: &Path) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(part) = name.to_str().and_then(part_of) else {
            continue;
        };
        take_away(&directory.join(part), remove);
    }
}

/// Removes a file if nobody holds it.
fn take_away(part: &Path, remove: impl FnOnce(&Path)) {
    match look(part) {
        // Held until it is gone: who is just making it then sees that it was taken.
        Ok(file) if file.try_lock().is_ok() && is_at(&file, part) => remove(part),
        Err(error) if error.kind() == ErrorKind::NotFound => remove(part),
        _ => {}
    }
}

/// Locks a file that was just made. Where there are no locks, nothing is swept either.
fn hold(file: &File) -> io::Result<()> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(ErrorKind::AlreadyExists.into()),
        Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
    }
}

/// Makes something in a directory under a name that nobody else has.
fn untaken<T>(directory: &Path, make: impl Fn(&Path) -> io::Result<T>) -> io::Result<(T, PathBuf)> {
    for _ in 0..TRIES {
        // The keys of the hash are random.
        let random = RandomState::new().hash_one(());
        let path = directory.join(format!("{PART}{random:016x}"));
        match make(&path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            made => return made.map(|made| (made, path)),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

/// The name of a file on its way, of which this is the name, or that of what SQLite keeps beside it.
fn part_of(name: &str) -> Option<&str> {
    let (part, end) = name.split_at_checked(PART.len() + DIGITS)?;
    let digits = part.strip_prefix(PART)?;
    let ours = digits.bytes().all(|byte| byte.is_ascii_hexdigit()) && SUFFIXES.contains(&end);
    ours.then_some(part)
}

/// What lies there may be anything: no link is followed, and no pipe waited for.
fn look(path: &Path) -> io::Result<File> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

fn remove(part: &Path) {
    for suffix in SUFFIXES {
        let mut path = OsString::from(part);
        path.push(suffix);
        // Nothing is there after a success; after an error that error says more.
        let _gone = fs::remove_file(path);
    }
}

/// True if a file is what a name leads to.
fn is_at(file: &File, path: &Path) -> bool {
    let (Ok(own), Ok(there)) = (file.metadata(), fs::symlink_metadata(path)) else {
        return false;
    };
    (own.dev(), own.ino()) == (there.dev(), there.ino())
}

fn directory(path: &Path) -> &Path {
    let directory = path.parent().filter(|path| !path.as_os_str().is_empty());
    directory.unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    struct Place(PathBuf);

    impl Place {
        fn new() -> Self {
            static COUNT: AtomicUsize = AtomicUsize::new(0);
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let name = format!("bulkhead-aside-{}-{count}", std::process::id());
            let path = std::env::temp_dir().join(name);
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn names(&self) -> Vec<String> {
            let entries = fs::read_dir(&self.0).unwrap();
            let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name();
            let mut names: Vec<_> = entries.map(name).collect();
            names.sort();
            names
                .into_iter()
                .map(|name| name.into_string().unwrap())
                .collect()
        }
    }

    impl Drop for Place {
        fn drop(&mut self) {
            let _gone = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_file_takes_a_free_name_or_that_of_another_and_leaves_nothing() {
        for named in [false, true] {
            let place = Place::new();
            let target = place.0.join("target");
            let make = |text: &str| {
                let aside = match named {
                    true => Aside::named(&target, 0o600),
                    false => Aside::nameless(&target, 0o600),
                };
                let aside = aside.unwrap();
                aside.file().write_all(text.as_bytes()).unwrap();
                aside
            };
            make("first").place(&target).unwrap();
            let taken = make("second").place(&target).unwrap_err();
            assert_eq!(taken.kind(), ErrorKind::AlreadyExists);
            assert_eq!(fs::read_to_string(&target).unwrap(), "first");
            make("third").replace(&target).unwrap();
            assert_eq!(fs::read_to_string(&target).unwrap(), "third");
            assert_eq!(target.metadata().unwrap().mode() & 0o777, 0o600);
            drop(make("fourth"));
            make("fifth").replace(&place.0.join("fresh")).unwrap();
            assert_eq!(place.names(), ["fresh", "target"]);
        }
    }

    #[test]
    fn what_was_left_goes_with_what_lies_beside_it_and_nothing_else_does() {
        let place = Place::new();
        let held = Aside::named(&place.0.join("target"), 0o600).unwrap();
        let held_name = held.path().unwrap().file_name().unwrap().to_owned();
        let held_name = held_name.into_string().unwrap();
        let left = [
            ".bulkhead-part-0123456789abcdef",
            ".bulkhead-part-0123456789abcdef-wal",
            ".bulkhead-part-0123456789abcdef-shm",
            ".bulkhead-part-0123456789abcdef-journal",
            // The file itself went, and then its owner was killed.
            ".bulkhead-part-00000000000000aa-wal",
        ];
        let mut others = vec![
            ".bulkhead-part-0123456789abcde".to_owned(),
            ".bulkhead-part-0123456789abcdefg".to_owned(),
            ".bulkhead-part-0123456789abcdef-other".to_owned(),
            ".bulkhead-part-0123456789abcdex".to_owned(),
            "0123456789abcdef".to_owned(),
            format!("{held_name}-wal"),
        ];
        for name in left
            .iter()
            .copied()
            .chain(others.iter().map(String::as_str))
        {
            fs::write(place.0.join(name), "").unwrap();
        }
        // No link is followed.
        let victim = place.0.join("0123456789abcdef");
        let link = ".bulkhead-part-00000000000000bb";
        std::os::unix::fs::symlink(&victim, place.0.join(link)).unwrap();
        sweep(&place.0);
        others.extend([held_name, link.to_owned()]);
        others.sort();
        assert_eq!(place.names(), others);
    }

    #[test]
    fn who_takes_a_file_away_holds_it_until_it_is_gone_and_who_makes_it_sees_that() {
        let place = Place::new();
        let path = place.0.join(".bulkhead-part-0123456789abcdef");
        let own = File::create_new(&path).unwrap();
        let mut taken = false;
        take_away(&path, |path| {
            taken = true;
            let maker = hold(&own).unwrap_err();
            assert_eq!(maker.kind(), ErrorKind::AlreadyExists);
            remove(path);
        });
        assert!(taken, "nobody held it yet");
        hold(&own).unwrap();
        assert!(!is_at(&own, &path), "it is gone");
        // Once it is held, it stays.
        let own = File::create_new(&path).unwrap();
        hold(&own).unwrap();
        take_away(&path, |_| panic!("it is held"));
    }

    /// Whoever makes a file keeps it, however often others sweep meanwhile.
    #[test]
    fn nobody_sweeps_what_is_just_being_made() {
        let place = Place::new();
        let target = place.0.join("target");
        let over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while !over.load(Ordering::Relaxed) {
                        sweep(&place.0);
                    }
                });
            }
            let lost = (0..300).filter(|_| match Aside::new(&place.0, 0o600) {
                Ok(aside) => {
                    std::thread::yield_now();
                    !is_at(aside.file(), aside.path().unwrap())
                }
                // Taken away each time, and said.
                Err(error) => error.kind() != ErrorKind::AlreadyExists,
            });
            let lost = lost.count();
            over.store(true, Ordering::Relaxed);
            assert_eq!(lost, 0);
        });
        Aside::named(&target, 0o600)
            .unwrap()
            .place(&target)
            .unwrap();
        assert_eq!(place.names(), ["target"]);
    }

    #[test]
    fn a_name_that_is_taken_is_no_reason_to_give_up() {
        let tried = std::cell::RefCell::new(Vec::new());
        let make = |name: &Path| {
            tried.borrow_mut().push(name.to_owned());
            match tried.borrow().len() {
                TRIES => Ok(()),
                _ => Err(ErrorKind::AlreadyExists.into()),
            }
        };
        let ((), name) = untaken(Path::new("/tmp"), make).unwrap();
        let mut tried = tried.into_inner();
        assert_eq!(tried.last(), Some(&name));
        tried.sort();
        tried.dedup();
        assert_eq!(tried.len(), TRIES, "each name is another one");
        let never = |_: &Path| Err::<(), _>(ErrorKind::AlreadyExists.into());
        assert!(untaken(Path::new("/tmp"), never).is_err());
    }
}
