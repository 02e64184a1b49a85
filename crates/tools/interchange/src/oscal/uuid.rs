//! Identifiers derived from what they name. OSCAL admits UUIDs of versions 4 and 5 only, so they are
//! of version 5 (RFC 9562, section 5.5): the SHA-1 of a namespace and a name. SHA-1 only spreads
//! names here; nothing rests on its strength.

/// The UUID of a list of words, e.g. `["party", "line-one", "ada"]`; different lists have different
/// names, because each word is written with its length.
pub(super) fn of(words: &[&str]) -> String {
    let mut name = Vec::new();
    for word in words {
        name.extend_from_slice(&(word.len() as u64).to_be_bytes());
        name.extend_from_slice(word.as_bytes());
    }
    version5(&namespace(), &name)
}

/// The UUID of our namespace within that of URLs.
fn namespace() -> [u8; 16] {
    const URL: [u8; 16] = [
        0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30,
        0xc8,
    ];
    bytes(&URL, super::NS.as_bytes())
}

fn version5(namespace: &[u8; 16], name: &[u8]) -> String {
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes(namespace, name).iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

fn bytes(namespace: &[u8; 16], name: &[u8]) -> [u8; 16] {
    let mut message = namespace.to_vec();
    message.extend_from_slice(name);
    let mut uuid = [0; 16];
    for (to, from) in uuid.iter_mut().zip(sha1(&message)) {
        *to = from;
    }
    let [.., version, _, variant, _, _, _, _, _, _, _] = &mut uuid;
    *version = (*version & 0x0f) | 0x50;
    *variant = (*variant & 0x3f) | 0x80;
    uuid
}

/// SHA-1 (FIPS 180-4).
fn sha1(message: &[u8]) -> [u8; 20] {
    let mut padded = message.to_vec();
    padded.push(0x80);
    while padded.len() % 64 != 56 {
        padded.push(0);
    }
    padded.extend_from_slice(&(message.len() as u64 * 8).to_be_bytes());
    let mut state: [u32; 5] = [
        0x6745_2301,
        0xefcd_ab89,
        0x98ba_dcfe,
        0x1032_5476,
        0xc3d2_e1f0,
    ];
    for block in padded.chunks_exact(64) {
        state = absorb(state, block);
    }
    let mut digest = [0; 20];
    for (to, from) in digest
        .iter_mut()
        .zip(state.iter().flat_map(|word| word.to_be_bytes()))
    {
        *to = from;
    }
    digest
}

fn absorb(state: [u32; 5], block: &[u8]) -> [u32; 5] {
    let mut words: Vec<u32> = block
        .chunks_exact(4)
        .map(|word| {
            word.iter()
                .fold(0, |sum, byte| (sum << 8) | u32::from(*byte))
        })
        .collect();
    let earlier = |words: &[u32], back: usize| {
        let at = words.len().checked_sub(back);
        at.and_then(|at| words.get(at)).copied().unwrap_or(0)
    };
    while words.len() < 80 {
        let mixed = [3, 8, 14, 16].map(|back| earlier(&words, back));
        words.push(mixed.iter().fold(0, |sum, word| sum ^ word).rotate_left(1));
    }
    let [mut a, mut b, mut c, mut d, mut e] = state;
    for (round, word) in words.iter().enumerate() {
        let (mix, key) = match round {
            0..20 => ((b & c) | (!b & d), 0x5a82_7999),
            20..40 => (b ^ c ^ d, 0x6ed9_eba1),
            40..60 => ((b & c) | (b & d) | (c & d), 0x8f1b_bcdc),
            _ => (b ^ c ^ d, 0xca62_c1d6_u32),
        };
        let next = a
            .rotate_left(5)
            .wrapping_add(mix)
            .wrapping_add(e)
            .wrapping_add(key)
            .wrapping_add(*word);
        (a, b, c, d, e) = (next, a, b.rotate_left(30), c, d);
    }
    let [h0, h1, h2, h3, h4] = state;
    [
        h0.wrapping_add(a),
        h1.wrapping_add(b),
        h2.wrapping_add(c),
        h3.wrapping_add(d),
        h4.wrapping_add(e),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answers() {
        // FIPS 180 examples, and one that needs a second block for its padding.
        let hex = |message: &[u8]| -> String {
            sha1(message).iter().map(|b| format!("{b:02x}")).collect()
        };
        assert_eq!(hex(b"abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(
            hex(b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
        );
        // RFC 9562, appendix A.4.
        let dns = [
            0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4,
            0x30, 0xc8,
        ];
        assert_eq!(
            version5(&dns, b"www.example.com"),
            "2ed6657d-e927-568b-95e1-2665a8aea6a2"
        );
    }

    #[test]
    fn different_words_have_different_names() {
        assert_ne!(of(&["a", "bc"]), of(&["ab", "c"]));
        assert_eq!(of(&["a", "bc"]), of(&["a", "bc"]));
    }
}
