//! Digests, the hash chain and its verifier, the versioned event vocabulary.
