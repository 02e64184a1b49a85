//! KDL 2.0: a lossless, error-recovering parser with exact spans.
