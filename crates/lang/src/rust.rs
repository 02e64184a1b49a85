//! Message types as Rust source.

/// Words that cannot be the name of a field as they are.
const KEYWORDS: [&str; 51] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// The words of a name: divided at `-`, `_` and where a capital follows something else.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut before = '-';
    for c in name.chars() {
        let begins = c.is_ascii_uppercase() && !before.is_ascii_uppercase();
        if matches!(c, '-' | '_') || begins {
            words.push(String::new());
        }
        if !matches!(c, '-' | '_')
            && let Some(word) = words.last_mut()
        {
            word.push(c.to_ascii_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The name of a field: `fill-level` becomes `fill_level`; a keyword gets a `_` at its end.
pub(crate) fn field_name(name: &str) -> String {
    let mut joined = words(name).join("_");
    if KEYWORDS.contains(&joined.as_str()) {
        joined.push('_');
    }
    joined
}

/// The name of a type: `fill-level` becomes `FillLevel`; `Self` gets a `_` at its end.
pub(crate) fn type_name(name: &str) -> String {
    let mut text = String::new();
    for word in words(name) {
        let mut chars = word.chars();
        text.extend(chars.next().map(|c| c.to_ascii_uppercase()));
        text.push_str(chars.as_str());
    }
    if text == "Self" {
        text.push('_');
    }
    text
}
