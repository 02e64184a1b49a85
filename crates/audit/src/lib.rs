//! Rebuilds the live flow graph from what the kernel says and compares it with the plan.
