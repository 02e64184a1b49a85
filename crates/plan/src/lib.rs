//! The format of what one node must enforce, and the flows a plan permits.
