//! Opens absolute paths step by step and follows no link that another user planted: what lies in a
//! directory that others may write to, such as `/tmp`, leads wherever they like.
//!
//! The kernel can have the rule for links itself (`fs.protected_symlinks`), for directories with the sticky
//! bit only and not on every machine. Here it holds for each directory on the way, and each step is taken
//! from the directory that was looked at, which nobody can exchange meanwhile.

use rustix::fd::{AsRawFd, OwnedFd};
use rustix::fs::{CWD, FileType, Mode, OFlags, ResolveFlags, Stat, fstat, openat, openat2};
use rustix::io::Errno;
use rustix::process::geteuid;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

/// Most links that a path is followed through, as the kernel does.
const LINKS_MAX: u32 = 40;
/// The file system some of whose links lead to what a process has open.
const PROC: i64 = 0x9fa0;
/// A directory that is only passed through.
const STEP: OFlags = OFlags::DIRECTORY
    .union(OFlags::PATH)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

/// Why a path was not opened.
#[derive(Debug)]
pub(crate) enum Fault {
    /// A link on its way is another user's, in a directory to which others may write.
    Planted(PathBuf),
    /// It has another name besides this one, which lies in a directory to which others may write.
    Twofold(PathBuf),
    /// What the system said.
    System(Errno),
}

impl From<Errno> for Fault {
    fn from(error: Errno) -> Self {
        Self::System(error)
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Planted(link) => write!(
                f,
                "`{}` is a link that another user put into a directory that others may write to",
                link.display()
            ),
            Self::Twofold(file) => write!(
                f,
                "`{}` lies in a directory that others may write to, and is the same file as another one",
                file.display()
            ),
            Self::System(error) => f.write_str(&crate::words::system(&(*error).into())),
        }
    }
}

/// Opens what an absolute path leads to, and creates it if the flags say so.
pub(crate) fn open(path: &Path, flags: OFlags, mode: Mode) -> Result<OwnedFd, Fault> {
    let mut walk = Walk::begin(path)?;
    let safe = ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    while let Some(name) = walk.until_last(false)? {
        if walk.follow(&name)? {
            continue;
        }
        let file = openat2(&walk.at, &name, flags | OFlags::NOFOLLOW, mode, safe)?;
        let own = fstat(&file)?;
        let is_file = FileType::from_raw_mode(own.st_mode) == FileType::RegularFile;
        if is_file && own.st_nlink > 1 && is_shared(&fstat(&walk.at)?) {
            return Err(Fault::Twofold(walk.path_of(&name)));
        }
        return Ok(file);
    }
    Ok(openat2(&walk.at, ".", flags, mode, safe)?)
}

/// Opens a directory that is no link, and makes it and those above it if they are not there.
pub(crate) fn make(path: &Path) -> Result<OwnedFd, Fault> {
    let mut walk = Walk::begin(path)?;
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    match walk.until_last(true)? {
        Some(name) => walk.enter(&name, flags, true),
        None => Ok(openat(&walk.at, ".", flags, Mode::empty())?),
    }
}

/// Where a way has led so far, and the names that are left of it, the next one last.
struct Walk {
    at: OwnedFd,
    rest: Vec<OsString>,
    links: u32,
}

impl Walk {
    fn begin(path: &Path) -> Result<Self, Fault> {
        let mut walk = Self {
            at: openat(CWD, "/", STEP, Mode::empty())?,
            rest: Vec::new(),
            links: 0,
        };
        walk.add(path)?;
        Ok(walk)
    }

    fn add(&mut self, path: &Path) -> Result<(), Fault> {
        if path.is_absolute() {
            self.at = openat(CWD, "/", STEP, Mode::empty())?;
        }
        for part in path.components().rev() {
            match part {
                Component::Normal(name) => self.rest.push(name.to_owned()),
                Component::ParentDir => self.rest.push("..".into()),
                Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
            }
        }
        Ok(())
    }

    /// Goes on to the directory of the last name; none if the way ends with a directory itself.
    fn until_last(&mut self, make: bool) -> Result<Option<OsString>, Fault> {
        while let Some(name) = self.rest.pop() {
            if self.rest.is_empty() && name != ".." {
                return Ok(Some(name));
            }
            match self.enter(&name, STEP, make) {
                Ok(next) => self.at = next,
                Err(Fault::System(Errno::NOTDIR | Errno::LOOP)) => {
                    if !self.follow(&name)? {
                        return Err(Errno::NOTDIR.into());
                    }
                }
                Err(fault) => return Err(fault),
            }
        }
        Ok(None)
    }

    fn enter(&self, name: &OsStr, flags: OFlags, make: bool) -> Result<OwnedFd, Fault> {
        match openat(&self.at, name, flags, Mode::empty()) {
            Err(Errno::NOENT) if make => {
                match rustix::fs::mkdirat(&self.at, name, Mode::from_raw_mode(0o700)) {
                    Ok(()) | Err(Errno::EXIST) => {}
                    Err(error) => return Err(error.into()),
                }
                Ok(openat(&self.at, name, flags, Mode::empty())?)
            }
            opened => Ok(opened?),
        }
    }

    /// Puts where a link leads before the rest of the way; whether it is a link.
    fn follow(&mut self, name: &OsStr) -> Result<bool, Fault> {
        let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let link = match openat(&self.at, name, flags, Mode::empty()) {
            Err(Errno::NOENT) => return Ok(false),
            opened => opened?,
        };
        let own = fstat(&link)?;
        if FileType::from_raw_mode(own.st_mode) != FileType::Symlink {
            return Ok(false);
        }
        if is_planted(&own, &fstat(&self.at)?) {
            return Err(Fault::Planted(self.path_of(name)));
        }
        self.links += 1;
        if self.links > LINKS_MAX {
            return Err(Errno::LOOP.into());
        }
        if rustix::fs::fstatfs(&link)?.f_type == PROC {
            let flags = OFlags::PATH | OFlags::CLOEXEC;
            let mode = Mode::empty();
            let followed = openat2(&self.at, name, flags, mode, ResolveFlags::NO_MAGICLINKS);
            if followed.err() == Some(Errno::LOOP) {
                return Err(Errno::LOOP.into());
            }
        }
        let target = rustix::fs::readlinkat(&link, "", Vec::new())?;
        self.add(Path::new(OsStr::from_bytes(target.as_bytes())))?;
        Ok(true)
    }

    /// For people.
    fn path_of(&self, name: &OsStr) -> PathBuf {
        let here = format!("/proc/self/fd/{}", self.at.as_raw_fd());
        let here = std::fs::read_link(here);
        here.unwrap_or_default().join(name)
    }
}

/// Whether others than its owner may put something into a directory.
fn is_shared(directory: &Stat) -> bool {
    directory.st_mode & 0o022 != 0
}

/// Whether a link leads where another user likes. What the owner of a directory puts there is as good as
/// the directory.
fn is_planted(link: &Stat, around: &Stat) -> bool {
    let trusted = [0, geteuid().as_raw(), around.st_uid];
    is_shared(around) && !trusted.contains(&link.st_uid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, lchown, symlink};

    const OTHER: u32 = 65534;
    const THIRD: u32 = 65533;

    /// A directory to which all may write, in one of this user.
    fn shared(name: &str) -> PathBuf {
        let base = std::env::temp_dir().join(format!("bulkhead-{name}-{}", std::process::id()));
        let place = base.join("shared");
        fs::create_dir_all(&place).unwrap();
        fs::set_permissions(&place, fs::Permissions::from_mode(0o1777)).unwrap();
        fs::canonicalize(place).unwrap()
    }

    fn read(path: &Path) -> Result<OwnedFd, Fault> {
        open(path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())
    }

    fn append(path: &Path) -> Result<OwnedFd, Fault> {
        let flags = OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE | OFlags::CLOEXEC;
        open(path, flags, Mode::from_raw_mode(0o600))
    }

    fn inode(opened: &Result<OwnedFd, Fault>) -> u64 {
        fstat(opened.as_ref().unwrap()).unwrap().st_ino
    }

    #[test]
    fn a_way_leads_where_the_kernel_says() {
        let place = shared("walk-way");
        let deep = place.join("deep/er");
        fs::create_dir_all(&deep).unwrap();
        fs::write(deep.join("file"), "x").unwrap();
        symlink("deep/er/../er", place.join("in")).unwrap();
        symlink(place.join("in/file"), place.join("file")).unwrap();
        symlink("loop", place.join("loop")).unwrap();
        symlink("in/new", place.join("dangling")).unwrap();
        for path in [
            "deep/er/file",
            "in/file",
            "file",
            "in/../er/./file",
            "deep/er/",
            "in",
        ] {
            let path = place.join(path);
            assert_eq!(
                inode(&read(&path)),
                fs::metadata(&path).unwrap().ino(),
                "{path:?}"
            );
        }
        assert_eq!(
            inode(&read(Path::new("/"))),
            fs::metadata("/").unwrap().ino()
        );
        for (path, wanted) in [
            ("none", Errno::NOENT),
            ("deep/none/file", Errno::NOENT),
            ("file/below", Errno::NOTDIR),
            ("loop", Errno::LOOP),
            ("loop/below", Errno::LOOP),
        ] {
            let opened = read(&place.join(path));
            assert!(
                matches!(opened, Err(Fault::System(error)) if error == wanted),
                "{path}"
            );
        }
        for magic in [
            "/proc/self/fd/1",
            "/proc/self/cwd/x",
            "/dev/stdin",
            "/proc/self/exe",
        ] {
            let opened = read(Path::new(magic));
            assert!(matches!(opened, Err(Fault::System(Errno::LOOP))), "{magic}");
        }
        assert!(read(Path::new("/proc/self/status")).is_ok());
        append(&place.join("dangling")).unwrap();
        assert!(deep.join("new").is_file());
        make(&place.join("in/made/there")).unwrap();
        assert!(deep.join("made/there").is_dir());
        assert!(matches!(
            make(&place.join("in")),
            Err(Fault::System(Errno::NOTDIR | Errno::LOOP))
        ));
        fs::remove_dir_all(place.parent().unwrap()).unwrap();
    }

    #[test]
    fn no_link_of_another_user_is_followed_where_others_may_write() {
        if !geteuid().is_root() {
            return;
        }
        let place = shared("walk-planted");
        let base = place.parent().unwrap();
        let victim = base.join("victim");
        fs::create_dir(&victim).unwrap();
        fs::write(victim.join("file"), "kept").unwrap();
        symlink(victim.join("file"), place.join("log")).unwrap();
        symlink(victim.join("new"), place.join("dangling")).unwrap();
        symlink(&victim, place.join("x")).unwrap();
        for link in ["log", "dangling", "x"] {
            lchown(place.join(link), Some(OTHER), Some(OTHER)).unwrap();
        }
        symlink(place.join("x"), base.join("through")).unwrap();
        for path in [
            place.join("log"),
            place.join("dangling"),
            place.join("x/file"),
            base.join("through/file"),
            base.join("through/a/b"),
        ] {
            for opened in [read(&path), append(&path), make(&path.join("a/b"))] {
                assert!(
                    matches!(opened, Err(Fault::Planted(_))),
                    "{path:?}: {opened:?}"
                );
            }
        }
        assert_eq!(fs::read_dir(&victim).unwrap().count(), 1);
        // The second name of a file may have been given by anybody where the kernel permits it.
        fs::hard_link(victim.join("file"), place.join("hard")).unwrap();
        for opened in [read(&place.join("hard")), append(&place.join("hard"))] {
            assert!(matches!(opened, Err(Fault::Twofold(_))), "{opened:?}");
        }
        // Who may write to a directory is trusted there: its owner, and where only the owner may.
        lchown(&place, Some(OTHER), Some(OTHER)).unwrap();
        assert_eq!(
            inode(&read(&place.join("log"))),
            fs::metadata(victim.join("file")).unwrap().ino()
        );
        lchown(&place, Some(THIRD), Some(THIRD)).unwrap();
        assert!(read(&place.join("log")).is_err());
        fs::set_permissions(&place, fs::Permissions::from_mode(0o755)).unwrap();
        read(&place.join("log")).unwrap();
        fs::set_permissions(&place, fs::Permissions::from_mode(0o775)).unwrap();
        assert!(read(&place.join("log")).is_err());
        fs::remove_dir_all(base).unwrap();
    }
}
