//! The subjects of the bottling line.
