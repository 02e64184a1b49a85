//! Texts from outside made harmless to look at.

/// The text as it may be shown: on one line, without characters that no document may hold and without
/// those that turn the order of what follows. What is left out is named in its place, so that nobody
/// is deceived by its absence.
pub(crate) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push(' '),
            c if hidden(c) => out.push_str(&format!("[U+{:04X}]", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

/// What steers, tags, and code points that are no characters.
fn hidden(c: char) -> bool {
    record::text::steers(c)
        || matches!(c, '\u{fdd0}'..='\u{fdef}' | '\u{e0000}'..='\u{e007f}')
        || u32::from(c) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_deceives_is_named() {
        assert_eq!(
            clean("a\u{202e}b\u{0}c\u{feff}"),
            "a[U+202E]b[U+0000]c[U+FEFF]"
        );
        assert_eq!(
            clean("one\r\ntwo\tthree\u{2028}four"),
            "one  two three four"
        );
        assert_eq!(clean("größe 漢字 עברית 👩‍🔧"), "größe 漢字 עברית 👩‍🔧");
        assert_eq!(clean("\u{ffff}\u{1fffe}"), "[U+FFFF][U+1FFFE]");
    }
}
