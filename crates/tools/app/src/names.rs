//! What verdicts name, as it is shown, and how much is shown of what may be long.

/// Flows shown of those that break labels.
pub const BREAKS: usize = 5;

/// The first names of a list that may be long.
pub fn few(names: &[String]) -> String {
    const MOST: usize = 12;
    let shown: Vec<&str> = names.iter().take(MOST).map(String::as_str).collect();
    match names.len().saturating_sub(MOST) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// The name of the node of a point.
pub fn node_of(point: &str) -> &str {
    let name = point.split_once(':').map_or(point, |(_, name)| name);
    name.split('.').next().unwrap_or("")
}
