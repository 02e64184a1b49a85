//! Every dependency must be permissively licensed.

use crate::Done;
use crate::shell::{cargo, output};

/// Licences that may occur; MPL-2.0 only for the packages listed in [`MPL_EXCEPTIONS`].
const PERMITTED: &[&str] = &[
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Zlib",
    "0BSD",
    "Unlicense",
    "CC0-1.0",
    "MIT-0",
    "BSL-1.0",
];
const MPL_EXCEPTIONS: &[&str] = &[];

/// Fails if a package of the workspace's dependency tree has no permitted licence.
pub fn check() -> Done {
    let metadata = output(&mut cargo(&["metadata", "--format-version", "1"]))?;
    let metadata: serde_json::Value =
        serde_json::from_slice(&metadata).map_err(|error| error.to_string())?;
    let empty = Vec::new();
    let packages = metadata["packages"].as_array().unwrap_or(&empty);
    let mut refused = Vec::new();
    for package in packages {
        let (name, licence) = (
            package["name"].as_str().unwrap_or("?"),
            package["license"].as_str().unwrap_or(""),
        );
        if !permitted(name, licence) {
            refused.push(format!("{name} ({licence})"));
        }
    }
    println!(
        "── licences: {} packages, {} refused",
        packages.len(),
        refused.len()
    );
    if refused.is_empty() && !packages.is_empty() {
        return Ok(());
    }
    Err(format!("licences not permitted: {}", refused.join(", ")))
}

/// Evaluates an SPDX expression of `AND`, `OR` and parentheses.
fn permitted(name: &str, expression: &str) -> bool {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let value = any(name, &words, &mut at);
    value && at == words.len()
}

fn any(name: &str, words: &[&str], at: &mut usize) -> bool {
    let mut value = all(name, words, at);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        value |= all(name, words, at);
    }
    value
}

fn all(name: &str, words: &[&str], at: &mut usize) -> bool {
    let mut value = one(name, words, at);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        value &= one(name, words, at);
    }
    value
}

fn one(name: &str, words: &[&str], at: &mut usize) -> bool {
    let Some(word) = words.get(*at) else {
        return false;
    };
    *at += 1;
    if *word == "(" {
        let value = any(name, words, at);
        *at += 1;
        return value && words.get(*at - 1) == Some(&")");
    }
    let mut licence = (*word).to_owned();
    if words.get(*at) == Some(&"WITH") {
        licence = format!("{licence} WITH {}", words.get(*at + 1).unwrap_or(&""));
        *at += 2;
    }
    PERMITTED.contains(&licence.as_str()) || licence == "MPL-2.0" && MPL_EXCEPTIONS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::permitted;

    #[test]
    fn expressions() {
        for good in [
            "MIT",
            "MIT OR GPL-3.0",
            "MIT/Apache-2.0",
            "(MIT OR GPL-3.0) AND ISC",
        ] {
            assert!(permitted("x", good), "{good}");
        }
        for bad in ["", "GPL-3.0", "MIT AND GPL-3.0", "MPL-2.0", "(MIT", "MIT )"] {
            assert!(!permitted("x", bad), "{bad}");
        }
        assert!(permitted(
            "x",
            "Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT"
        ));
    }
}
