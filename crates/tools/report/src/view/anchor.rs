//! Where a document shows what it names.

/// A place in a document that others point to: letters, digits, `-` and `.` only.
pub type Anchor = String;

/// Where a document shows a practice, an indicator or another named thing. Other characters than
/// letters, digits and `.` become `-` and their number, so that different names stay different.
pub(crate) fn anchor(kind: &str, name: &str) -> Anchor {
    let mut anchor = format!("{kind}-");
    for c in name.chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '.' => anchor.push(c),
            '-' => anchor.push_str("--"),
            c => anchor.push_str(&format!("-{:x}.", u32::from(c))),
        }
    }
    anchor
}
