//! What messages of the tests say.

/// Fills a message so that any mixture of two messages shows: each word depends on the number and
/// its place.
pub fn fill(message: &mut [u8], number: u64) {
    for (place, word) in message.chunks_mut(8).enumerate() {
        let value = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ place as u64;
        let length = word.len();
        word.copy_from_slice(&value.to_le_bytes()[..length]);
    }
}
