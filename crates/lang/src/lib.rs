//! The architecture language: KDL tree to model and diagnostics.
