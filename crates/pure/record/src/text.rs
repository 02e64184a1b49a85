//! What a text from outside may do to whoever looks at it.

/// Whether a character acts on a terminal or a line instead of being shown by it: control characters,
/// those that break lines or turn the direction of what follows, and those without any picture. The two
/// joiners (U+200C, U+200D) are a part of how words and pictures are written, and do not.
pub fn steers(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        )
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_does_not_steer() {
        for c in "größe 漢字 עברית 👩\u{200d}🔧 · – \u{fffd}".chars() {
            assert!(!steers(c), "{c:?}");
        }
        for c in "\u{0}\u{7}\n\u{1b}\u{7f}\u{9b}\u{61c}\u{200b}\u{200f}\u{2028}\u{202e}\u{2066}\u{feff}\u{fff9}".chars() {
            assert!(steers(c), "{c:?}");
        }
    }
}
