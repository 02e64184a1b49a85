//! Demo recipes, signed with demo keys: their seeds are here for everybody to read, so that the
//! example runs out of the box. A plant makes its own and keeps them offline.

use crate::recipe::{Limits, Recipe, Signer, body};
use crate::registers::{Register, Span, Values};
use ed25519_dalek::{Signer as _, SigningKey};
use std::fmt::Write;

/// People with a demo key.
pub const PEOPLE: [&str; 3] = ["anna", "bert", "mallory"];

fn key(name: &str) -> SigningKey {
    let mut seed = *b"bottling-line demo key of       ";
    for (to, from) in seed.iter_mut().skip(25).zip(name.bytes()) {
        *to = from;
    }
    SigningKey::from_bytes(&seed)
}

/// Public key of a person, as in the setting of `recipe-import`.
pub fn public(name: &str) -> String {
    format!("{name}:{}", hex(key(name).verifying_key().as_bytes()))
}

/// Who may release recipes in the demo: Anna and Bert, not Mallory.
pub fn demo_signers() -> Vec<Signer> {
    ["anna", "bert"]
        .iter()
        .filter_map(|name| Signer::parse(&public(name)))
        .collect()
}

/// A recipe for half a litre.
pub fn demo_recipe(version: u32) -> Recipe {
    let span = |min, max| Span { min, max };
    Recipe {
        name: "cola-500".to_owned(),
        limits: Limits {
            version,
            spans: [
                span(495, 505),
                span(4000, 6000),
                span(30, 60),
                span(1000, 1400),
                span(200, 400),
                span(150, 220),
            ],
            ramps: Values([2, 250, 5, 50, 20, 10]),
        },
    }
}

/// The same with other limits for one register.
pub fn with_span(mut recipe: Recipe, register: Register, wanted: Span) -> Recipe {
    if let Some(span) = recipe.limits.spans.get_mut(usize::from(register.index())) {
        *span = wanted;
    }
    recipe
}

/// The file, signed by these people.
pub fn file(recipe: &Recipe, people: &[&str]) -> String {
    let body = body(recipe);
    let mut file = body.clone();
    for name in people {
        let signature = key(name).sign(body.as_bytes());
        file.push_str(&format!(
            "signature {name} {}\n",
            hex(&signature.to_bytes())
        ));
    }
    file
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
