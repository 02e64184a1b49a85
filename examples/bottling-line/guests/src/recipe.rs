//! Core of `recipe-import`: a recipe file counts only if two different people signed it.
//!
//! ```text
//! bulkhead-recipe 1
//! name cola-500
//! version 7
//! set fill-volume-ml 495..505 ramp 2
//! set filler-speed-bph 4000..6000 ramp 200
//! set temperature-dc 30..60 ramp 5
//! set pressure-mbar 1000..1400 ramp 50
//! set conveyor-speed-mms 200..400 ramp 20
//! set capping-torque-cnm 150..220 ramp 10
//! signature anna 3f…
//! signature bert 9c…
//! ```
//!
//! There is one spelling: these lines in this order, single spaces, a line feed after each. What is
//! signed (Ed25519, RFC 8032) is everything before the first signature line, byte for byte.

use crate::registers::{COUNT, Register, Span, Values, number};
use ed25519_dalek::{Signature, VerifyingKey};
use std::fmt;

/// Most bytes of a recipe file.
pub const FILE_BYTES_MAX: usize = 4096;
/// Most bytes of a name.
pub const NAME_BYTES_MAX: usize = 32;

/// What the guard judges by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Rises with each release.
    pub version: u32,
    /// Permitted values.
    pub spans: [Span; COUNT],
    /// Largest change of a set point in one write.
    pub ramps: Values,
}

/// A recipe: a name and its limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipe {
    /// Name of the product.
    pub name: String,
    /// Its limits.
    pub limits: Limits,
}

/// Why a file is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is too long, not text, or line `0` is not as it must be.
    Schema(usize),
    /// A set point could leave the absolute limits.
    Limit(Register),
    /// A signature is of nobody known, or twice of the same person.
    Signer(String),
    /// A signature does not fit.
    Signature(String),
    /// The version is not above the last one.
    Version(u32),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Schema(line) => write!(f, "schema: line {line} is not as it must be"),
            Self::Limit(register) => write!(f, "limit: {register} leaves the absolute limits"),
            Self::Signer(name) => write!(f, "signer: `{name}` is unknown or signed already"),
            Self::Signature(name) => write!(f, "signature: that of `{name}` does not fit"),
            Self::Version(last) => write!(f, "version: must be above {last}"),
        }
    }
}

/// Someone who may release recipes.
#[derive(Clone, Debug)]
pub struct Signer {
    /// Name as in the signature line.
    pub name: String,
    /// Public key.
    pub key: VerifyingKey,
}

impl Signer {
    /// A signer from a setting `NAME:HEX`; `None` if it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, key) = text.split_once(':')?;
        let key = VerifyingKey::from_bytes(&hex(key)?).ok()?;
        (named(name) && !key.is_weak()).then(|| Self {
            name: name.to_owned(),
            key,
        })
    }
}

/// Reads and checks a file against everything but the version.
///
/// # Errors
/// Why it is refused.
pub fn check(file: &[u8], signers: &[Signer], absolute: &[Span; COUNT]) -> Result<Recipe, Refusal> {
    if file.len() > FILE_BYTES_MAX {
        return Err(Refusal::Schema(0));
    }
    let text = std::str::from_utf8(file).map_err(|_| Refusal::Schema(0))?;
    let body_end = text.find("\nsignature ").ok_or(Refusal::Schema(0))? + 1;
    let (body, signatures) = text.split_at_checked(body_end).ok_or(Refusal::Schema(0))?;
    let recipe = parse(body)?;
    for ((span, limit), register) in recipe.limits.spans.iter().zip(absolute).zip(Register::ALL) {
        if span.min < limit.min || span.max > limit.max {
            return Err(Refusal::Limit(register));
        }
    }
    two_signatures(body.as_bytes(), signatures, signers)?;
    Ok(recipe)
}

/// Accepts only a version above the last accepted one.
///
/// # Errors
/// It is not above.
pub fn check_version(recipe: &Recipe, last: Option<u32>) -> Result<(), Refusal> {
    match last {
        Some(last) if recipe.limits.version <= last => Err(Refusal::Version(last)),
        _ => Ok(()),
    }
}

/// Reads the body: everything before the signatures.
///
/// # Errors
/// The line that is not as it must be.
pub fn parse(body: &str) -> Result<Recipe, Refusal> {
    let mut lines = body
        .strip_suffix('\n')
        .ok_or(Refusal::Schema(0))?
        .split('\n');
    let mut line = 0;
    let mut next = |prefix: &str| {
        line += 1;
        let rest = lines.next().and_then(|text| text.strip_prefix(prefix));
        rest.ok_or(Refusal::Schema(line)).map(|rest| (line, rest))
    };
    if !next("bulkhead-recipe 1")?.1.is_empty() {
        return Err(Refusal::Schema(1));
    }
    let (at, name) = next("name ")?;
    if !named(name) {
        return Err(Refusal::Schema(at));
    }
    let (at, version) = next("version ")?;
    let version = version_number(version).ok_or(Refusal::Schema(at))?;
    let mut limits = Limits {
        version,
        ..Limits::default()
    };
    for ((register, span), ramp) in Register::ALL
        .into_iter()
        .zip(&mut limits.spans)
        .zip(&mut limits.ramps.0)
    {
        let (at, rest) = next(&format!("set {register} "))?;
        let (range, step) = rest.split_once(" ramp ").ok_or(Refusal::Schema(at))?;
        *span = Span::parse(range).ok_or(Refusal::Schema(at))?;
        *ramp = number(step)
            .filter(|step| *step > 0)
            .ok_or(Refusal::Schema(at))?;
    }
    if lines.next().is_some() {
        return Err(Refusal::Schema(line + 1));
    }
    Ok(Recipe {
        name: name.to_owned(),
        limits,
    })
}

/// The body of a recipe in its one spelling.
pub fn body(recipe: &Recipe) -> String {
    let Limits {
        version,
        spans,
        ramps,
    } = &recipe.limits;
    let mut text = format!(
        "bulkhead-recipe 1\nname {}\nversion {version}\n",
        recipe.name
    );
    for ((register, span), ramp) in Register::ALL.into_iter().zip(spans).zip(&ramps.0) {
        text.push_str(&format!(
            "set {register} {}..{} ramp {ramp}\n",
            span.min, span.max
        ));
    }
    text
}

fn two_signatures(body: &[u8], text: &str, signers: &[Signer]) -> Result<(), Refusal> {
    let lines: Vec<&str> = text.strip_suffix('\n').unwrap_or("").split('\n').collect();
    if lines.len() != 2 {
        return Err(Refusal::Schema(10));
    }
    let mut signed: Vec<&Signer> = Vec::new();
    for (at, line) in (10..).zip(lines) {
        let rest = line.strip_prefix("signature ").ok_or(Refusal::Schema(at))?;
        let (name, signature) = rest.split_once(' ').ok_or(Refusal::Schema(at))?;
        let bytes: [u8; 64] = hex(signature).ok_or(Refusal::Schema(at))?;
        let signer = signers
            .iter()
            .find(|signer| signer.name == name)
            .filter(|signer| {
                signed
                    .iter()
                    .all(|other| other.name != name && other.key != signer.key)
            })
            .ok_or_else(|| Refusal::Signer(name.chars().take(NAME_BYTES_MAX).collect()))?;
        signer
            .key
            .verify_strict(body, &Signature::from_bytes(&bytes))
            .map_err(|_| Refusal::Signature(name.to_owned()))?;
        signed.push(signer);
    }
    Ok(())
}

fn named(name: &str) -> bool {
    let permitted = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=NAME_BYTES_MAX).contains(&name.len()) && name.bytes().all(permitted)
}

fn version_number(text: &str) -> Option<u32> {
    let canonical = !text.starts_with(['0', '+']);
    if canonical { text.parse().ok() } else { None }
}

/// Exactly `N` bytes in lower-case hexadecimal.
pub fn hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != N || !rest.is_empty() {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plant::signing;
    use proptest::prelude::*;

    fn recipe() -> Recipe {
        signing::demo_recipe(7)
    }

    fn absolute() -> [Span; COUNT] {
        [Span {
            min: 0,
            max: u16::MAX,
        }; COUNT]
    }

    fn signers() -> Vec<Signer> {
        signing::demo_signers()
    }

    fn refusal(file: &str) -> Option<Refusal> {
        check(file.as_bytes(), &signers(), &absolute()).err()
    }

    #[test]
    fn two_people_release_a_recipe() {
        let file = signing::file(&recipe(), &["anna", "bert"]);
        assert_eq!(
            check(file.as_bytes(), &signers(), &absolute()),
            Ok(recipe())
        );
    }

    #[test]
    fn one_person_does_not() {
        let twice = signing::file(&recipe(), &["anna", "anna"]);
        assert_eq!(refusal(&twice), Some(Refusal::Signer("anna".into())));
        let alone = signing::file(&recipe(), &["anna"]);
        assert_eq!(refusal(&alone), Some(Refusal::Schema(10)));
        let mallory = signing::file(&recipe(), &["anna", "mallory"]);
        assert_eq!(refusal(&mallory), Some(Refusal::Signer("mallory".into())));
        let mut same_key = signers();
        same_key[1].key = same_key[0].key;
        let file = signing::file(&recipe(), &["anna", "bert"]);
        let refused = check(file.as_bytes(), &same_key, &absolute()).unwrap_err();
        assert_eq!(refused, Refusal::Signer("bert".into()));
    }

    #[test]
    fn a_changed_byte_is_noticed() {
        let file = signing::file(&recipe(), &["anna", "bert"]);
        for position in 0..file.len() {
            let mut bytes = file.clone().into_bytes();
            bytes[position] ^= 1;
            assert!(
                check(&bytes, &signers(), &absolute()).is_err(),
                "byte {position}"
            );
        }
    }

    #[test]
    fn limits_beyond_the_absolute_ones() {
        let mut tight = absolute();
        tight[1].max = recipe().limits.spans[1].max - 1;
        let file = signing::file(&recipe(), &["anna", "bert"]);
        let refused = check(file.as_bytes(), &signers(), &tight);
        assert_eq!(refused, Err(Refusal::Limit(Register::FillerSpeed)));
    }

    #[test]
    fn the_demo_keys_are_in_the_model() {
        let model = include_str!("../../system.kdl");
        for name in ["anna", "bert"] {
            let public = signing::public(name);
            assert!(model.contains(&public), "the model lacks {public}");
        }
        assert!(!model.contains("mallory"));
    }

    #[test]
    fn versions_only_rise() {
        assert_eq!(check_version(&recipe(), None), Ok(()));
        assert_eq!(check_version(&recipe(), Some(6)), Ok(()));
        assert_eq!(check_version(&recipe(), Some(7)), Err(Refusal::Version(7)));
    }

    #[test]
    fn other_spellings_are_refused() {
        let body = body(&recipe());
        assert_eq!(parse(&body), Ok(recipe()));
        let fault = |from: &str, to: &str| parse(&body.replacen(from, to, 1)).unwrap_err();
        assert_eq!(fault("recipe 1", "recipe 2"), Refusal::Schema(1));
        assert_eq!(fault("name cola", "name Cola"), Refusal::Schema(2));
        assert_eq!(fault("version 7", "version 07"), Refusal::Schema(3));
        assert_eq!(fault("495..505", "505..495"), Refusal::Schema(4));
        assert_eq!(fault("ramp 2", "ramp 0"), Refusal::Schema(4));
        assert_eq!(fault("set filler", "Set filler"), Refusal::Schema(5));
        assert_eq!(parse(&format!("{body}more\n")), Err(Refusal::Schema(10)));
        assert_eq!(parse(body.trim_end()), Err(Refusal::Schema(0)));
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in "(bulkhead-recipe 1\nname a\nversion 1\n)?[ -~\n]{0,300}") {
            prop_assert!(check(text.as_bytes(), &signers(), &absolute()).is_err());
        }

        #[test]
        fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
            prop_assert!(check(&bytes, &signers(), &absolute()).is_err());
        }
    }
}
