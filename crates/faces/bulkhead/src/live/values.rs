//! The newest message of a channel in the words of its type.

use crate::show::{count, fit, printable};
use app::model_file::ModelFile;
use model::{FieldKind, MessageType};

/// `level 700 ml, at 12 ns`, or the bytes if the type is not known, on so many columns. What has no room is
/// counted: `level 700 ml, +1` has one field more.
pub fn describe(file: Option<&ModelFile>, channel: &str, bytes: &[u8], columns: usize) -> String {
    let message = file.and_then(|file| message_of(file, channel));
    match message {
        Some(message) => fitted(&fields(message, bytes), message.fields.len(), columns),
        None => fit(&hexadecimal(bytes), columns),
    }
}

/// The first of so many fields that fit, and how many more there are.
fn fitted(parts: &[String], all: usize, columns: usize) -> String {
    let with = |shown: usize| {
        let mut text = parts.get(..shown).unwrap_or_default().join(", ");
        let more = all.saturating_sub(shown);
        if more > 0 {
            let comma = if shown > 0 { ", " } else { "" };
            text.push_str(&format!("{comma}+{more}"));
        }
        text
    };
    let fits = |text: &String| text.chars().count() <= columns;
    if let Some(text) = (1..=parts.len()).rev().map(with).find(fits) {
        return text;
    }
    // Not even the first: as much of it as there is room for.
    let more = match all.saturating_sub(1) {
        0 => String::new(),
        more => format!(", +{more}"),
    };
    let first = parts.first().map_or("", String::as_str);
    match columns.checked_sub(more.chars().count()) {
        Some(room) if room > 1 => format!("{}{more}", fit(first, room)),
        _ => fit(&with(0), columns),
    }
}

fn message_of<'a>(file: &'a ModelFile, channel: &str) -> Option<&'a MessageType> {
    let model = &file.model;
    let position = (0..model.channels.len())
        .map(model::ChannelId::of)
        .find(|id| model.channel_name(*id) == channel)?;
    model.message(model.port(model.channel(position)?.from)?.message?)
}

/// The fields as far as the page has them.
fn fields(message: &MessageType, bytes: &[u8]) -> Vec<String> {
    let mut rest = bytes;
    let mut parts = Vec::new();
    for field in &message.fields {
        let length = usize::try_from(field.kind.bytes()).unwrap_or(usize::MAX);
        let Some((here, after)) = rest.split_at_checked(length) else {
            // Of a long message the page has the beginning, and of a blob that says how long it is.
            let known = match field.kind {
                FieldKind::Blob(_) if rest.len() >= 4 => value(field.kind, rest) + ", ",
                _ => String::new(),
            };
            parts.push(format!("{} {known}…", field.name));
            break;
        };
        rest = after;
        let unit = field
            .unit
            .as_deref()
            .map(|unit| format!(" {unit}"))
            .unwrap_or_default();
        parts.push(format!("{} {}{unit}", field.name, value(field.kind, here)));
    }
    parts
}

fn value(kind: FieldKind, bytes: &[u8]) -> String {
    let word = |width: usize| {
        bytes
            .iter()
            .take(width)
            .rev()
            .fold(0u64, |word, byte| word << 8 | u64::from(*byte))
    };
    let tail = |head: usize| {
        let length = usize::try_from(word(head)).unwrap_or(usize::MAX);
        bytes
            .get(head..)
            .unwrap_or(&[])
            .iter()
            .copied()
            .take(length)
            .collect::<Vec<u8>>()
    };
    match kind {
        FieldKind::Unsigned(width) => word(width.into()).to_string(),
        FieldKind::Signed(width) => {
            let shift = 64 - u32::from(width) * 8;
            ((word(width.into()) << shift).cast_signed() >> shift).to_string()
        }
        FieldKind::Float(4) => f32::from_bits(word(4) as u32).to_string(),
        FieldKind::Float(_) => f64::from_bits(word(8)).to_string(),
        FieldKind::Bool => if word(1) == 0 { "no" } else { "yes" }.to_owned(),
        FieldKind::Bytes(_) => hexadecimal(bytes),
        FieldKind::Text(_) => printable(&String::from_utf8_lossy(&tail(2))),
        FieldKind::Blob(_) => format!("{} bytes", word(4)),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    const MOST: usize = 16;
    let mut text: String = bytes
        .iter()
        .take(MOST)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    if let more @ 1.. = bytes.len().saturating_sub(MOST) {
        text.push_str(&format!("… +{}", count(more, "byte")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_room_is_counted() {
        let parts = ["level 700 ml", "at 12 ns", "batch …"].map(str::to_owned);
        let at = |columns| fitted(&parts, 5, columns);
        assert_eq!(at(80), "level 700 ml, at 12 ns, batch …, +2");
        assert_eq!(at(35), "level 700 ml, at 12 ns, batch …, +2");
        assert_eq!(at(34), "level 700 ml, at 12 ns, +3");
        assert_eq!(at(25), "level 700 ml, +4");
        assert_eq!(at(15), "level 700 …, +4");
        assert_eq!(at(5), "+5");
        assert_eq!(at(1), "…");
        assert_eq!(at(0), "");
        assert_eq!(fitted(&parts, 3, 31), "level 700 ml, at 12 ns, batch …");
        assert_eq!(fitted(&parts[..1], 1, 6), "level…");
        assert_eq!(
            hexadecimal(&[0; 18]),
            format!("{}… +2 bytes", "00".repeat(16))
        );
    }

    #[test]
    fn numbers_of_every_width() {
        assert_eq!(value(FieldKind::Unsigned(2), &[0xbc, 2]), "700");
        assert_eq!(value(FieldKind::Signed(1), &[0xff]), "-1");
        assert_eq!(
            value(
                FieldKind::Signed(8),
                &[0xfe, 255, 255, 255, 255, 255, 255, 255]
            ),
            "-2"
        );
        assert_eq!(value(FieldKind::Float(4), &1.5f32.to_le_bytes()), "1.5");
        assert_eq!(
            value(FieldKind::Text(4), &[9, 0, b'a', 27, b'c', b'd']),
            "a·cd"
        );
        assert_eq!(value(FieldKind::Bool, &[1]), "yes");
    }
}
