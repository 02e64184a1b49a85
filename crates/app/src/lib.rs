//! Load, check, plan, run: the functions that every face calls.
