//! Core of `recipe-store`: the newest recipe, kept across restarts.
//!
//! The file only grows: each release is a record of the message's bytes and a checksum. A crash may
//! leave half a record at the end; the next start fills it up.

use crate::archive::crc32;
use crate::messages::Recipe;
use guest::Message;

/// Bytes of a record.
pub const RECORD_BYTES: usize = Recipe::BYTES + 4;

/// The store's memory.
#[derive(Debug, Default)]
pub struct Store {
    /// The newest recipe.
    pub current: Option<Recipe>,
    bytes: u64,
    partial: Vec<u8>,
}

impl Store {
    /// Takes in bytes read back from the file, in order.
    pub fn read_back(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.partial.extend_from_slice(bytes);
        let pending = std::mem::take(&mut self.partial);
        let (records, rest) = pending.as_chunks::<RECORD_BYTES>();
        for record in records {
            if let Some(recipe) = decode(record)
                && self.is_newer(&recipe)
            {
                self.current = Some(recipe);
            }
        }
        self.partial = rest.to_vec();
    }

    /// After reading back: zeros that complete a record a crash left half-written.
    pub fn repair(&mut self) -> Vec<u8> {
        let rest = std::mem::take(&mut self.partial);
        let fill = if rest.is_empty() {
            0
        } else {
            RECORD_BYTES - rest.len()
        };
        self.bytes += fill as u64;
        vec![0; fill]
    }

    /// Whether a recipe replaces the current one: its version must be above.
    pub fn is_newer(&self, recipe: &Recipe) -> bool {
        self.current
            .as_ref()
            .is_none_or(|current| recipe.version > current.version)
    }

    /// Whether another record fits.
    pub fn has_room(&self, quota_bytes: u64) -> bool {
        self.bytes.saturating_add(RECORD_BYTES as u64) <= quota_bytes
    }

    /// Notes a recipe whose record was written.
    pub fn wrote(&mut self, recipe: Recipe) {
        self.bytes += RECORD_BYTES as u64;
        self.current = Some(recipe);
    }
}

/// The record of a recipe.
pub fn encode(recipe: &Recipe) -> Vec<u8> {
    let mut bytes = vec![0; Recipe::BYTES];
    recipe.encode(&mut bytes);
    let sum = crc32(&bytes);
    bytes.extend_from_slice(&sum.to_le_bytes());
    bytes
}

fn decode(record: &[u8; RECORD_BYTES]) -> Option<Recipe> {
    let (body, sum) = record.split_last_chunk::<4>()?;
    let sound = crc32(body) == u32::from_le_bytes(*sum);
    sound.then(|| Recipe::decode(body).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plant::signing::demo_recipe;

    fn recipe(version: u32) -> Recipe {
        Recipe::of(&demo_recipe(version))
    }

    #[test]
    fn the_newest_recipe_survives_a_crash_while_writing() {
        let mut file = encode(&recipe(3));
        file.extend_from_slice(&encode(&recipe(4))[..20]);
        let mut store = Store::default();
        file.chunks(9).for_each(|chunk| store.read_back(chunk));
        assert_eq!(store.current, Some(recipe(3)));
        file.extend_from_slice(&store.repair());
        file.extend_from_slice(&encode(&recipe(5)));
        let mut again = Store::default();
        again.read_back(&file);
        assert_eq!(again.current, Some(recipe(5)));
        assert!(again.repair().is_empty());
    }

    #[test]
    fn versions_only_rise() {
        let mut store = Store::default();
        assert!(store.is_newer(&recipe(3)));
        store.wrote(recipe(3));
        assert!(!store.is_newer(&recipe(3)) && !store.is_newer(&recipe(2)));
        assert!(store.is_newer(&recipe(4)));
        store.read_back(&encode(&recipe(1)));
        assert_eq!(
            store.current,
            Some(recipe(3)),
            "an older record changes nothing"
        );
    }

    #[test]
    fn the_quota_is_kept() {
        let mut store = Store::default();
        store.wrote(recipe(1));
        let two = 2 * RECORD_BYTES as u64;
        assert!(store.has_room(two) && !store.has_room(two - 1));
    }
}
