//! The policy architecture and the verdict vocabulary, free of syntax.
