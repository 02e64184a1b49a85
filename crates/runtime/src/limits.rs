//! Limits: memory, processor time, threads, files. The strongest mechanism present is used, and
//! which one is said.

use crate::loader::STACK_BYTES;
use crate::protocol::ProcessLimits;
use crate::segment::bytes_of;
use channel::pulse::PULSE_BYTES;
use plan::{Plan, ResourcePlan, SubjectPlan};

/// Threads of a subject, its keeper included.
pub const THREADS_MAX: u64 = 64;
/// Descriptors of a subject beyond its grants: standard ones, gate, listener, accepted connections.
const DESCRIPTORS_BESIDE: u64 = 64;
/// Addresses a C library reserves without using them.
const RESERVED_BYTES: u64 = 4 << 30;

/// What the kernel keeps per process, for one subject.
pub(crate) fn of_process(plan: &Plan, subject: &SubjectPlan) -> ProcessLimits {
    let own = |end: &plan::ConnectionPlan| end.subject == subject.name;
    let segments = plan
        .channels
        .iter()
        .filter(|c| own(&c.writer) || own(&c.reader));
    let shared = segments
        .map(bytes_of)
        .fold(PULSE_BYTES as u64, u64::saturating_add);
    let quota = |grant: &plan::GrantPlan| match grant.resource {
        ResourcePlan::FileAppend { quota_bytes, .. } => quota_bytes,
        _ => 0,
    };
    ProcessLimits {
        data_bytes: subject.memory_bytes,
        address_bytes: shared
            .saturating_add(subject.memory_bytes)
            .saturating_add(crate::image::IMAGE_BYTES_MAX)
            .saturating_add(STACK_BYTES as u64)
            .saturating_add(RESERVED_BYTES),
        file_bytes: subject.grants.iter().map(quota).max().unwrap_or(0),
        threads: THREADS_MAX,
        descriptors: DESCRIPTORS_BESIDE.saturating_add(subject.grants.len() as u64),
    }
}
