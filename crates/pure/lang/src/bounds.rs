//! What is refused because there is too much of it.

/// Most subjects, externals and objects together.
pub(crate) const NODES_MAX: usize = 10_000;
/// Most channels and grants together.
pub(crate) const FLOWS_MAX: usize = 100_000;
/// Most ports, those of grants and channels included.
pub(crate) const PORTS_MAX: usize = 400_000;
/// Most requirements.
pub(crate) const REQUIREMENTS_MAX: usize = 10_000;
/// Most end points over all claims, groups expanded.
pub(crate) const ENDS_MAX: usize = 1_000_000;
/// Most labels of one axis; the order over them is closed in cubic time.
pub(crate) const LABELS_MAX: usize = 256;
/// Most zones inside each other; every node is listed in all of them.
pub(crate) const ZONES_DEEP_MAX: usize = 32;
/// Most zones that list one node.
pub(crate) const NODE_ZONES_MAX: usize = 32;
/// Most fields over all message types.
pub(crate) const FIELDS_MAX: usize = 10_000;
/// Most diagnostics that are kept; one more says that there are others.
pub(crate) const DIAGNOSTICS_MAX: usize = 200;
/// Most places of one diagnostic.
pub(crate) const PLACES_MAX: usize = 10;

/// Most names that are compared in search of what was meant; after that no name is suggested.
pub(crate) const COMPARISONS_MAX: usize = 200_000;

/// Most bytes of one message.
pub(crate) const MESSAGE_BYTES_MAX: u64 = 1 << 20;
/// Most messages in a queue, as crate `channel` has it.
pub(crate) const DEPTH_MAX: i128 = 1 << 16;
/// Most bytes of message size times depth, as crate `plan` has it.
pub(crate) const CHANNEL_BYTES_MAX: u64 = 256 << 20;
/// Most settings of one subject, as crate `channel` has it.
pub(crate) const SETTINGS_MAX: usize = 256;
/// Most bytes of all settings of one subject, keys included.
pub(crate) const SETTINGS_BYTES_MAX: usize = 16 << 10;
/// Most bytes a size may name: 1 TiB.
pub(crate) const SIZE_BYTES_MAX: u64 = 1 << 40;
/// Longest duration: ten years, in nanoseconds.
pub(crate) const DURATION_NS_MAX: u128 = 10 * 366 * 86_400 * 1_000_000_000;
