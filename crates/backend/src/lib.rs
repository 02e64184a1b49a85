//! From model to plan.
