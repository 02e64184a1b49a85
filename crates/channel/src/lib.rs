//! One-way rings in shared memory, both ends.
