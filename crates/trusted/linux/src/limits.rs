//! Limits: memory, processor time, threads, files. The strongest mechanism present is used, and
//! which one is said; where the plan demands more, that is a refusal.

use crate::cgroup::{Groups, Resource, Shortage, budget_is_exact};
use crate::elf::Layout;
use crate::mechanism::Shown;
use crate::protocol::ProcessLimits;
use crate::refusal::Refusal;
use crate::segment::bytes_of;
use crate::sys::pid_of;
use crate::words;
use channel::pulse::PULSE_BYTES;
use linux_audit::Property;
use plan::{Plan, ResourcePlan, Strength, SubjectPlan};
use record::mechanism::{Mechanism, NoGroup};
use rustix::fd::BorrowedFd;
use std::io;
use std::path::PathBuf;

/// Threads of a subject, its keeper included.
pub const THREADS_MAX: u64 = 64;
/// Limit of a core file: with 0 the kernel still starts a handler of crashes that is told by a pipe, and
/// hands it all memory; with 1 it does not, and 1 byte is too little for a file.
pub(crate) const CORE_BYTES: u64 = 1;
/// Signals of a user that may be pending: so many that no subjects of equal user ids come near with the one
/// signal for each thread that the filter leaves them, for whoever is refused one learns of others.
pub(crate) const SIGNALS_PENDING: u64 = 4096;
/// Descriptors of a subject beyond its grants: standard ones, gate, listener, accepted connections.
const DESCRIPTORS_BESIDE: u64 = 64;
/// Addresses that take no memory: the kernel's own pages, those that guard stacks, the way into the
/// subject, the port table.
const RESERVED_BYTES: u64 = 1 << 20;

/// Limits in force beyond those of each process.
pub(crate) struct Limits {
    groups: Groups,
    /// What a process may have of threads by the limit that the kernel counts per user; without
    /// bound where a control group counts.
    pub threads_of_user: u64,
    /// One per resource.
    pub mechanisms: Vec<Shown>,
}

impl Limits {
    /// Sets what can be set before the first process.
    ///
    /// # Errors
    /// A limit that the plan demands strictly and this machine cannot keep.
    pub(crate) fn set(plan: &Plan) -> Result<Self, Refusal> {
        let budgets = plan
            .core
            .subjects
            .iter()
            .any(|subject| subject.budget_us > 0);
        let wanted = |resource: &Resource| budgets || *resource != Resource::Processor;
        let wanted: Vec<Resource> = Resource::ALL.into_iter().filter(wanted).collect();
        let mut groups = Groups::create(&plan.core.system, &wanted);
        let mut failed = Vec::new();
        for subject in &plan.core.subjects {
            let faults = groups.limit(subject, THREADS_MAX);
            failed.extend(
                faults
                    .into_iter()
                    .map(|(r, error)| (r, &subject.name, error)),
            );
        }
        let mut mechanisms = Vec::new();
        let mut threads_of_user = THREADS_MAX;
        for resource in wanted {
            let fault = failed.iter().find(|(failed, ..)| *failed == resource);
            let state = match (groups.version(resource), fault) {
                (None, _) => Err(NoGroup::Absent),
                (_, Some((_, name, error))) => Err(NoGroup::Refused {
                    subject: (*name).clone(),
                    reason: words::system(error),
                }),
                (Some(version), None) => Ok(version),
            };
            let (strength, exact) = strength(plan, resource);
            match &state {
                Ok(_) if strength == Strength::Best || exact => {}
                Err(_) if strength == Strength::Best => {}
                Ok(_) => {
                    return Err(weak(
                        resource,
                        &"a budget is shorter than the kernel can keep",
                    ));
                }
                Err(without) => return Err(weak(resource, without)),
            }
            if resource == Resource::Threads && state.is_ok() {
                threads_of_user = u64::MAX;
            }
            mechanisms.push(mechanism(resource, state, exact));
        }
        if !budgets {
            mechanisms.push(Shown::new(Mechanism::ProcessorUnplanned, &[]));
        }
        Ok(Self {
            groups,
            threads_of_user,
            mechanisms,
        })
    }

    /// Where the kernel counts whom it killed for want of this subject's memory, if a group does.
    pub(crate) fn shortage(&self, subject: &SubjectPlan) -> Option<Shortage> {
        self.groups.shortage(&subject.name)
    }

    /// Where a keeper puts itself, and all it will start, under the limits of its subject, as far as
    /// it can.
    pub(crate) fn entrances(&self, subject: &SubjectPlan) -> Vec<PathBuf> {
        self.groups.entrances(&subject.name)
    }

    /// The control groups in which a partition must be.
    pub(crate) fn expected(&self, subject: &SubjectPlan) -> Vec<linux_audit::Group> {
        self.groups.expected(&subject.name)
    }

    /// Puts a keeper, and all it will start, under the limits it cannot take on by itself.
    pub(crate) fn admit(
        &self,
        subject: &SubjectPlan,
        keeper: BorrowedFd<'_>,
    ) -> Result<(), (&'static str, io::Error)> {
        let admitted = self.groups.admit(&subject.name, || pid_of(keeper));
        admitted.map_err(|error| ("put a partition into its control groups", error))
    }
}

/// How strictly the plan wants it, and whether a control group would keep it to the letter.
fn strength(plan: &Plan, resource: Resource) -> (Strength, bool) {
    match resource {
        Resource::Memory => (plan.core.platform.enforce.memory, true),
        Resource::Processor => {
            let exact = plan.core.subjects.iter().all(budget_is_exact);
            (plan.core.platform.enforce.processor, exact)
        }
        Resource::Threads => (Strength::Best, true),
    }
}

/// What is said of a resource, and what shows it.
fn mechanism(resource: Resource, state: Result<u8, NoGroup>, exact: bool) -> Shown {
    const PRIVATE: Property = Property::Limit("Max data size");
    const ADDRESSES: Property = Property::Limit("Max address space");
    let group = Property::Group;
    match (resource, state) {
        (Resource::Memory, Ok(version)) => Shown::new(
            Mechanism::MemoryByGroup { version },
            &[
                group(linux_audit::Resource::Memory, version),
                PRIVATE,
                ADDRESSES,
            ],
        ),
        (Resource::Memory, Err(without)) => Shown::new(
            Mechanism::MemoryByProcess { without },
            &[PRIVATE, ADDRESSES],
        ),
        (Resource::Processor, Ok(version)) => Shown::new(
            Mechanism::ProcessorByGroup { version, exact },
            &[group(linux_audit::Resource::Processor, version)],
        ),
        (Resource::Processor, Err(without)) => {
            Shown::new(Mechanism::ProcessorUnlimited { without }, &[])
        }
        (Resource::Threads, Ok(version)) => Shown::new(
            Mechanism::ThreadsByGroup {
                most: THREADS_MAX,
                version,
            },
            &[group(linux_audit::Resource::Threads, version)],
        ),
        (Resource::Threads, Err(without)) => Shown::new(
            Mechanism::ThreadsByUser {
                most: THREADS_MAX,
                without,
            },
            &[Property::Limit("Max processes")],
        ),
    }
}

fn weak(resource: Resource, reason: &dyn std::fmt::Display) -> Refusal {
    let name = match resource {
        Resource::Memory => "memory",
        Resource::Processor => "processor",
        Resource::Threads => "threads",
    };
    Refusal::unenforceable(
        "limit-not-enforceable",
        format!("the plan wants its {name} limits enforced strictly: {reason}"),
        format!(
            "run where control groups can be made for it, or let the model say `enforce {name}=best`"
        ),
    )
}

/// What the kernel keeps per process, for one subject with a program of this layout.
pub(crate) fn of_process(
    plan: &Plan,
    subject: &SubjectPlan,
    program: &Layout,
    threads: u64,
) -> ProcessLimits {
    let own = |end: &plan::ConnectionPlan| end.subject == subject.name;
    let segments = plan
        .core
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
        // What was private and writable once counts whatever its rights are now, the program's own
        // variables with it: beside it there is only what nobody can write.
        address_bytes: shared
            .saturating_add(subject.memory_bytes)
            .saturating_add(program.constant_bytes())
            .saturating_add(RESERVED_BYTES),
        file_bytes: subject.grants.iter().map(quota).max().unwrap_or(0),
        threads,
        descriptors: DESCRIPTORS_BESIDE.saturating_add(subject.grants.len() as u64),
    }
}

/// The same by the names that `/proc` has for them; what is not here stays the supervisor's.
pub(crate) fn rows(limits: &ProcessLimits) -> Vec<(&'static str, u64)> {
    vec![
        ("Max core file size", CORE_BYTES),
        ("Max locked memory", 0),
        ("Max msgqueue size", 0),
        ("Max nice priority", 0),
        ("Max realtime priority", 0),
        ("Max pending signals", SIGNALS_PENDING),
        ("Max stack size", crate::loader::STACK_BYTES as u64),
        ("Max file size", limits.file_bytes),
        ("Max open files", limits.descriptors),
        ("Max processes", limits.threads),
        ("Max data size", limits.data_bytes),
        ("Max address space", limits.address_bytes),
    ]
}
