//! Reading with a bound, and writing that is never half done.

use crate::Failure;
use aside::Aside;
use rustix::fs::OFlags;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Opens a regular file for reading; never waits for a pipe.
///
/// # Errors
/// What is wrong with the file, in the user's words.
pub fn open(path: &Path) -> Result<File, Failure> {
    let shown = path.display();
    let cannot = |error: std::io::Error| {
        Failure::unusable(
            "file-unreadable",
            format!("cannot read `{shown}`: {}", reason(&error)),
            "check the path and who may read it",
        )
    };
    let other = || {
        let help = "give the path of a regular file";
        Failure::unusable("not-a-file", format!("`{shown}` is not a file"), help)
    };
    if !fs::metadata(path).map_err(cannot)?.is_file() {
        return Err(other());
    }
    let file = fs::OpenOptions::new()
        .read(true)
        .custom_flags(OFlags::NONBLOCK.bits().cast_signed())
        .open(path)
        .map_err(cannot)?;
    // It may have been replaced between the look and the opening.
    if file.metadata().map_err(cannot)?.is_file() {
        Ok(file)
    } else {
        Err(other())
    }
}

/// Reads a whole regular file of at most `bytes_max` bytes.
///
/// # Errors
/// What is wrong with the file, in the user's words.
pub fn read(path: &Path, bytes_max: u64) -> Result<Vec<u8>, Failure> {
    let shown = path.display();
    let mut bytes = Vec::new();
    open(path)?
        .take(bytes_max + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| {
            let help = "check the disk it lies on";
            Failure::unusable(
                "file-unreadable",
                format!("cannot read `{shown}`: {}", reason(&error)),
                help,
            )
        })?;
    if bytes.len() as u64 > bytes_max {
        return Err(Failure::unusable(
            "file-too-large",
            format!("`{shown}` is larger than {bytes_max} bytes"),
            "files of this kind are much smaller; is it the right one",
        ));
    }
    Ok(bytes)
}

/// The bytes of a file as text.
///
/// # Errors
/// They are not UTF-8; what they are, or where they are not, is said.
pub fn text<'b>(path: &Path, bytes: &'b [u8]) -> Result<&'b str, Failure> {
    source::text(bytes).map_err(|fault| {
        let message = format!("`{}`: {fault}", path.display());
        Failure::unusable("not-text", message, source::NotText::HELP)
    })
}

/// Writes a file to the side, syncs it and renames it into place. A symbolic link is followed. What
/// exists and is not a regular file (a pipe, a device) is written to as it is.
///
/// # Errors
/// What went wrong; an existing regular file is then untouched. `path` is one of `inputs`.
pub fn write(path: &Path, bytes: &[u8], inputs: &[&Path]) -> Result<(), Failure> {
    let shown = path.display();
    let target = output(path, inputs)?;
    let path = target.as_path();
    let cannot = |error: std::io::Error| {
        Failure::unusable(
            "file-unwritable",
            format!("cannot write `{shown}`: {}", reason(&error)),
            "name a file in a directory that you may write to",
        )
    };
    if fs::metadata(path).is_ok_and(|existing| !existing.is_file()) {
        let file = fs::OpenOptions::new().write(true).open(path);
        return file
            .and_then(|mut file| file.write_all(bytes))
            .map_err(cannot);
    }
    write_with(path, inputs, &mut |file| {
        file.write_all(bytes).map_err(cannot)
    })
}

/// Lets a file be written to the side, syncs it and renames it into place.
///
/// # Errors
/// What went wrong, there or here; an existing file is then untouched. `path` is one of `inputs`.
pub fn write_with(
    path: &Path,
    inputs: &[&Path],
    write: &mut dyn FnMut(&mut File) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let shown = path.display();
    let target = output(path, inputs)?;
    let path = target.as_path();
    let cannot = |error: std::io::Error| {
        Failure::unusable(
            "file-unwritable",
            format!("cannot write `{shown}`: {}", reason(&error)),
            "name a file in a directory that you may write to",
        )
    };
    if path.file_name().is_none() {
        return Err(Failure::unusable(
            "no-file-name",
            format!("`{shown}` does not name a file"),
            "give a file name",
        ));
    }
    let mut side = Aside::nameless(path, 0o666).map_err(cannot)?;
    write(side.file_mut())?;
    side.replace(path).map_err(cannot)
}

/// Opens a new file that is written while something goes on; a file that is there already and not empty
/// stays as it is. A symbolic link is followed, unless another user put it into a directory that all
/// share. What exists and is not a regular file is written to as it is; a pipe must have its reader
/// already.
///
/// # Errors
/// What went wrong. `path` is one of `inputs`.
pub fn create(path: &Path, inputs: &[&Path]) -> Result<File, Failure> {
    let target = output(path, inputs)?;
    let existing = fs::symlink_metadata(&target);
    let own = rustix::process::geteuid().as_raw();
    if let Ok(existing) = &existing
        && existing.is_file()
        && (existing.len() > 0 || existing.uid() != own)
    {
        return Err(Failure::unusable(
            "file-exists",
            format!("`{}` exists and is not overwritten", path.display()),
            "name another file, or move that one away",
        ));
    }
    let open = || -> std::io::Result<File> {
        let file = fs::OpenOptions::new()
            .write(true)
            .create_new(existing.is_err())
            // Nobody may ever open the other end of a pipe.
            .custom_flags((OFlags::NONBLOCK | OFlags::NOFOLLOW).bits().cast_signed())
            .mode(0o600)
            .open(&target)?;
        let flags = rustix::fs::fcntl_getfl(&file)?;
        rustix::fs::fcntl_setfl(&file, flags - OFlags::NONBLOCK)?;
        Ok(file)
    };
    open().map_err(|error| {
        let reason = match error
            .raw_os_error()
            .map(rustix::io::Errno::from_raw_os_error)
        {
            Some(rustix::io::Errno::NXIO) => "nobody reads this pipe".to_owned(),
            _ => reason(&error),
        };
        Failure::unusable(
            "file-unwritable",
            format!("cannot write `{}`: {reason}", path.display()),
            "name a file in a directory that you may write to",
        )
    })
}

/// Most links that a path is followed through, as the kernel does.
const LINKS_MAX: u32 = 40;

/// A link on the way of a path that another user put into a directory to which all may write, such as
/// `/tmp`: it leads wherever that user likes.
fn planted(path: &Path, links_max: u32) -> Option<PathBuf> {
    let path = std::path::absolute(path).ok()?;
    let mut so_far = PathBuf::new();
    for part in path.components() {
        so_far.push(part);
        let Ok(own) = fs::symlink_metadata(&so_far) else {
            continue;
        };
        if !own.is_symlink() {
            continue;
        }
        let parent = so_far.parent()?.to_owned();
        if foreign(&parent, &own) || links_max == 0 {
            return Some(so_far);
        }
        let target = parent.join(fs::read_link(&so_far).ok()?);
        if let Some(found) = planted(&target, links_max - 1) {
            return Some(found);
        }
        so_far = fs::canonicalize(&so_far).unwrap_or(target);
    }
    None
}

/// Whether another user put something into a directory to which all may write.
fn foreign(parent: &Path, own: &fs::Metadata) -> bool {
    let shared = fs::metadata(parent).is_ok_and(|parent| parent.mode() & 0o002 != 0);
    shared && ![0, rustix::process::geteuid().as_raw()].contains(&own.uid())
}

/// Refuses a file that another user may have laid out, for what follows links by itself: a link on the way
/// to it, or the file itself, is another user's and lies in a directory to which all may write.
///
/// # Errors
/// It is so.
pub fn trust(path: &Path) -> Result<(), Failure> {
    unplanted(path)?;
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let parent = absolute.parent().unwrap_or(Path::new("/"));
    match fs::symlink_metadata(path) {
        Ok(own) if foreign(parent, &own) => Err(Failure::unusable(
            "file-of-another",
            format!(
                "`{}` belongs to another user, {}, and lies in a directory that all may write to",
                path.display(),
                own.uid()
            ),
            "remove it if it is not wanted, or use a directory of your own",
        )),
        _ => Ok(()),
    }
}

/// Refuses a path through a link that another user planted.
fn unplanted(path: &Path) -> Result<(), Failure> {
    match planted(path, LINKS_MAX) {
        None => Ok(()),
        Some(link) => Err(Failure::unusable(
            "link-of-another",
            format!(
                "`{}` is a link that another user put into a directory that all may write to",
                link.display()
            ),
            "remove it, or write into a directory of your own",
        )),
    }
}

/// Where a path that is written to leads, if to none of these inputs and through no link that another
/// user planted.
fn output(path: &Path, inputs: &[&Path]) -> Result<PathBuf, Failure> {
    unplanted(path)?;
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let is_input = |input: &&Path| fs::canonicalize(input).is_ok_and(|input| input == target);
    if inputs.iter().any(is_input) {
        return Err(Failure::unusable(
            "input-overwritten",
            format!(
                "`{}` is an input of this command and would be overwritten",
                path.display()
            ),
            "name another file to write to",
        ));
    }
    Ok(target)
}

/// An I/O error in plain words.
pub fn reason(error: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        ErrorKind::IsADirectory => "it is a directory".to_owned(),
        ErrorKind::NotADirectory => "a part of the path is not a directory".to_owned(),
        ErrorKind::StorageFull => "no space left".to_owned(),
        _ => {
            let text = error.to_string();
            text.split(" (os error")
                .next()
                .unwrap_or(&text)
                .to_lowercase()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Another user: whoever runs the tests as root can make files of that user.
    const OTHER: u32 = 65534;

    fn shared() -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let path = std::env::temp_dir().join(format!("bulkhead-files-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o1777)).unwrap();
        path
    }

    #[test]
    fn nothing_is_written_through_a_link_that_another_user_planted() {
        if !rustix::process::geteuid().is_root() {
            return;
        }
        let place = shared();
        let victim = place.join("victim");
        fs::write(&victim, "kept").unwrap();
        let (link, mine) = (place.join("link"), place.join("mine"));
        for path in [&link, &mine] {
            std::os::unix::fs::symlink(&victim, path).unwrap();
        }
        std::os::unix::fs::lchown(&link, Some(OTHER), Some(OTHER)).unwrap();
        let through = place.join("through");
        std::os::unix::fs::symlink(&link, &through).unwrap();
        for path in [&link, &through] {
            for failure in [
                write(path, b"lost", &[]).unwrap_err(),
                create(path, &[]).unwrap_err(),
            ] {
                assert!(failure.message.contains("link` is a link"), "{failure}");
            }
        }
        assert_eq!(fs::read_to_string(&victim).unwrap(), "kept");
        // One's own is followed.
        write(&mine, b"new", &[]).unwrap();
        assert_eq!(fs::read_to_string(&victim).unwrap(), "new");
        // A file that another user laid ready is not taken.
        let ready = place.join("ready");
        fs::write(&ready, "").unwrap();
        std::os::unix::fs::lchown(&ready, Some(OTHER), Some(OTHER)).unwrap();
        assert!(create(&ready, &[]).is_err());
        assert!(
            create(&victim, &[])
                .unwrap_err()
                .message
                .contains("not overwritten")
        );
        assert_eq!(fs::read_to_string(&victim).unwrap(), "new");
        assert!(create(&place.join("fresh"), &[]).is_ok());
        // What follows links by itself is kept from them, and from what is laid ready.
        for path in [&link, &through, &ready, &link.join("below")] {
            assert!(trust(path).is_err(), "{}", path.display());
        }
        for path in [&victim, &mine, &place.join("none")] {
            trust(path).unwrap();
        }
        fs::remove_dir_all(&place).unwrap();
    }
}
