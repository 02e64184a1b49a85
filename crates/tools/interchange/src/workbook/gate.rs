//! What a workbook must be like before the reader of workbooks may see it. The reader trusts what a
//! file says about itself: it makes room for as many texts as are announced, computes with places
//! without looking for overflow, and copies formats once for each style and names once for each sheet.
//! So here the archive is unpacked within bounds, and what it says is looked at first.

use crate::imported::{Findings, Place};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::BTreeSet;
use std::io::{Cursor, Read as _};
use zip::ZipArchive;

/// Most bytes of a workbook.
pub const FILE_MAX: usize = 16 * 1024 * 1024;
/// Most bytes of its parts together, unpacked.
pub const UNPACKED_MAX: u64 = 128 * 1024 * 1024;
/// Most parts.
const PARTS_MAX: usize = 1_000;
/// Most texts that the cells share.
const TEXTS_MAX: u64 = 1_000_000;
/// Most bytes of the part with the styles, of one of its fields, and most styles.
const STYLES_MAX: usize = 4 * 1024 * 1024;
const STYLE_FIELD_MAX: usize = 1_024;
const STYLES_COUNT_MAX: usize = 65_536;
/// Most bytes of a field that names a part.
const NAME_MAX: usize = 1_024;
/// Most sheets.
const SHEETS_MAX: usize = 255;
/// The last row and column of a sheet, from 1.
const ROW_MAX: u32 = 1_048_576;
const COLUMN_MAX: u32 = 16_384;

/// Why a workbook is not read.
struct Refusal {
    code: &'static str,
    message: String,
    help: &'static str,
}

const AGAIN: &str = "open it in a spreadsheet program and save it as an XLSX workbook";
const SMALLER: &str = "remove what does not belong to the project, or import CSV or JSON";

fn broken(message: &str) -> Refusal {
    Refusal {
        code: "bad-workbook",
        message: message.to_owned(),
        help: AGAIN,
    }
}

fn too_much(message: String) -> Refusal {
    Refusal {
        code: "too-much",
        message,
        help: SMALLER,
    }
}

/// Looks at a workbook; false, with a finding, if it must not be read.
pub(super) fn pass(bytes: &[u8], findings: &mut Findings) -> bool {
    match look(bytes) {
        Ok(()) => true,
        Err(Refusal {
            code,
            message,
            help,
        }) => {
            findings.error(Place::default(), code, message, help);
            false
        }
    }
}

fn look(bytes: &[u8]) -> Result<(), Refusal> {
    if bytes.len() > FILE_MAX {
        let most = FILE_MAX / (1024 * 1024);
        return Err(too_much(format!("the workbook is larger than {most} MiB")));
    }
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err(broken(
            "this is an old workbook (XLS) or one with a password",
        ));
    }
    if !bytes.starts_with(b"PK") {
        return Err(broken("this is not an XLSX workbook"));
    }
    let unreadable = |_| broken("the archive of the workbook is damaged");
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
    if archive.len() > PARTS_MAX {
        return Err(too_much(format!(
            "the workbook has more than {PARTS_MAX} parts"
        )));
    }
    let mut left = UNPACKED_MAX;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(unreadable)?;
        let name = part.name().map_err(unreadable)?.to_lowercase();
        let mut unpacked = Vec::new();
        // One byte more than may be, to see that there is more. What the archive says about the
        // size is not believed.
        let read = part.take(left + 1).read_to_end(&mut unpacked);
        read.map_err(|_| broken("the archive of the workbook is damaged"))?;
        let length = u64::try_from(unpacked.len()).unwrap_or(u64::MAX);
        left = left.checked_sub(length).ok_or_else(|| {
            let most = UNPACKED_MAX / (1024 * 1024);
            too_much(format!("the workbook unpacks to more than {most} MiB"))
        })?;
        look_at_part(&name, &unpacked)?;
    }
    Ok(())
}

/// One part. Where it is not XML the reader will stop too, so only what comes before matters.
fn look_at_part(name: &str, part: &[u8]) -> Result<(), Refusal> {
    let styles = name.ends_with("styles.xml");
    if styles && part.len() > STYLES_MAX {
        return Err(too_much("the workbook has too many styles".to_owned()));
    }
    let mut reader = Reader::from_reader(part);
    let config = reader.config_mut();
    config.check_end_names = false;
    let (mut texts, mut formats) = (0, 0);
    let (mut sheets, mut targets) = (BTreeSet::new(), BTreeSet::new());
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let element = match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(element) | Event::Empty(element)) => element,
            Ok(Event::Eof) | Err(_) => return Ok(()),
            Ok(_) => continue,
        };
        match element.local_name().as_ref() {
            "si" => texts += 1,
            "xf" => formats += 1,
            "sheet" => own_part(&element, "id", &mut sheets)?,
            "Relationship" => own_part(&element, "Target", &mut targets)?,
            _ => {}
        }
        if texts > TEXTS_MAX {
            return Err(too_much("the workbook has too many texts".to_owned()));
        }
        if formats > STYLES_COUNT_MAX {
            return Err(too_much("the workbook has too many styles".to_owned()));
        }
        fields(&element, styles)?;
    }
}

/// A sheet must have a part of its own: one that is named often would be read as often.
fn own_part(
    element: &BytesStart<'_>,
    field: &str,
    seen: &mut BTreeSet<String>,
) -> Result<(), Refusal> {
    let (mut names, mut sheet) = (Vec::new(), field == "id");
    for one in element.attributes().with_checks(false).flatten() {
        let value: &str = one.value.as_ref();
        if value.len() > NAME_MAX {
            return Err(too_much(
                "the workbook has a name that is too long".to_owned(),
            ));
        }
        match one.key.local_name().as_ref() {
            "Type" => sheet |= value.ends_with("sheet"),
            key if key == field => {
                // The folder and the file are enough: sheets of two kinds may share the file's name.
                let parts: Vec<&str> = value.rsplit('/').take(2).collect();
                names.push(parts.join("/").to_lowercase());
            }
            _ => {}
        }
    }
    for name in names.into_iter().filter(|_| sheet) {
        if !seen.insert(name) {
            return Err(broken("two sheets of the workbook are the same part of it"));
        }
    }
    match seen.len() > SHEETS_MAX {
        true => Err(too_much(format!(
            "the workbook has more than {SHEETS_MAX} sheets"
        ))),
        false => Ok(()),
    }
}

/// The fields that the reader computes with.
fn fields(element: &BytesStart<'_>, styles: bool) -> Result<(), Refusal> {
    let name = element.local_name();
    let placed = matches!(name.as_ref(), "row" | "c" | "dimension" | "f" | "mergeCell");
    for field in element.attributes().with_checks(false) {
        let Ok(field) = field else {
            return Err(broken("a part of the workbook is not well-formed"));
        };
        let value: &str = field.value.as_ref();
        if styles && value.len() > STYLE_FIELD_MAX {
            return Err(too_much("a style of the workbook is too long".to_owned()));
        }
        match field.key.local_name().as_ref() {
            "uniqueCount" | "si" if !is_small(value) => {
                return Err(too_much("the workbook announces too many items".to_owned()));
            }
            "r" | "ref" if placed && !is_range(value) => {
                return Err(broken("a cell of the workbook has an impossible place"));
            }
            _ => {}
        }
    }
    Ok(())
}

/// True for a number of items that there may be.
fn is_small(text: &str) -> bool {
    let digits = text.len() <= 7 && text.bytes().all(|b| b.is_ascii_digit());
    digits && text.parse().is_ok_and(|number: u64| number <= TEXTS_MAX)
}

/// True for a place (`B7`, or `7` for a row) or a range (`A1:B7`) that a sheet can have.
fn is_range(text: &str) -> bool {
    let mut ends = text.split(':').map(place);
    match (ends.next(), ends.next(), ends.next()) {
        (Some(Some(_)), None, _) => true,
        (Some(Some(from)), Some(Some(to)), None) => from.0 <= to.0 && from.1 <= to.1,
        _ => false,
    }
}

fn place(text: &str) -> Option<(u32, u32)> {
    let digits = text.find(|c: char| c.is_ascii_digit())?;
    let (letters, digits) = text.split_at_checked(digits)?;
    if letters.len() > 3 || digits.len() > 7 {
        return None;
    }
    let mut column = 0;
    for letter in letters.bytes() {
        if !letter.is_ascii_alphabetic() {
            return None;
        }
        column = column * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1;
    }
    let row = digits
        .parse()
        .ok()
        .filter(|row| (1..=ROW_MAX).contains(row))?;
    (column <= COLUMN_MAX).then_some((row, column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_places_of_a_sheet_pass() {
        for text in ["A1", "xfd1048576", "7", "A1:B7", "A1:A1"] {
            assert!(is_range(text), "{text}");
        }
        for text in [
            "", "A", "A0", "XFE1", "ZZZZ1", "A1048577", "99999999", "B1:A1", "A2:A1", "A1:B2:C3",
            "Ä1", "A1 ", "A-1", "A1:",
        ] {
            assert!(!is_range(text), "{text}");
        }
    }
}
