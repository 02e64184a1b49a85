//! End-to-end tests of the whole loop, in the real thing.
