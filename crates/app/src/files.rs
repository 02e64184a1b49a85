//! Reading with a bound, and writing that is never half done.

use crate::Failure;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;

/// Reads a whole file of at most `bytes_max` bytes; refuses what is not a regular file.
///
/// # Errors
/// What is wrong with the file, in the user's words.
pub fn read(path: &Path, bytes_max: u64) -> Result<Vec<u8>, Failure> {
    let shown = path.display();
    let cannot = |error: std::io::Error| {
        Failure::unusable(format!("cannot read `{shown}`: {}", reason(&error)), "")
    };
    let metadata = fs::metadata(path).map_err(cannot)?;
    if !metadata.is_file() {
        return Err(Failure::unusable(
            format!("`{shown}` is not a file"),
            "give the path of a regular file",
        ));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(cannot)?;
    file.take(bytes_max + 1)
        .read_to_end(&mut bytes)
        .map_err(cannot)?;
    if bytes.len() as u64 > bytes_max {
        return Err(Failure::unusable(
            format!("`{shown}` is larger than {bytes_max} bytes"),
            "files of this kind are much smaller; is it the right one",
        ));
    }
    Ok(bytes)
}

/// Writes a file to the side, syncs it and renames it into place.
///
/// # Errors
/// What went wrong; an existing file is then untouched.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let shown = path.display();
    let cannot = |error: std::io::Error| {
        Failure::unusable(format!("cannot write `{shown}`: {}", reason(&error)), "")
    };
    let name = path.file_name().ok_or_else(|| {
        Failure::unusable(
            format!("`{shown}` does not name a file"),
            "give a file name",
        )
    })?;
    let mut side = name.to_owned();
    side.push(format!(".{}.tmp", std::process::id()));
    let side = path.with_file_name(side);
    let result = (|| {
        let mut file = File::create(&side)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&side, path)?;
        let parent = path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty());
        File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
    })();
    if result.is_err() {
        // The fault that matters is the first one; a side file that cannot be removed is harmless.
        let _ = fs::remove_file(&side);
    }
    result.map_err(cannot)
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
