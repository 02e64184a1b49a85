//! What this machine and this user can do: separation mechanisms are all needed, or refused by name.

use crate::mechanism::Mechanism;
use crate::refusal::Refusal;
use crate::sys;
use linux_audit::Property;
use rustix::thread::CapabilitySet;

/// With whose rights partitions are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The supervisor may do everything: each subject has a host user of its own.
    Privileged,
    /// Through user namespaces: all subjects share the supervisor's host user.
    Unprivileged,
}

/// Finds out the mode and refuses what lacks a separation mechanism.
///
/// # Errors
/// The first mechanism that is missing.
pub(crate) fn probe() -> Result<Mode, Refusal> {
    if !cfg!(all(target_arch = "x86_64", target_os = "linux")) {
        return Err(missing(
            "processor",
            "this processor has no call table and no loader here",
        ));
    }
    for (name, mechanism) in [
        ("mnt", "mount namespaces"),
        ("pid", "process namespaces"),
        ("net", "network namespaces"),
        ("ipc", "IPC namespaces"),
        ("uts", "host name namespaces"),
        ("cgroup", "control group namespaces"),
        ("time", "time namespaces"),
    ] {
        if !std::path::Path::new("/proc/self/ns").join(name).exists() {
            return Err(missing(
                mechanism,
                "this kernel, or `/proc`, does not show them",
            ));
        }
    }
    sys::filter_mechanisms().map_err(|error| {
        missing(
            "call filters with notification",
            &crate::words::system(&error),
        )
    })?;
    let needed = CapabilitySet::SYS_ADMIN
        | CapabilitySet::SETUID
        | CapabilitySet::SETGID
        | CapabilitySet::SETPCAP
        | CapabilitySet::SYS_PTRACE
        | CapabilitySet::KILL;
    let effective = rustix::thread::capabilities(None)
        .map_err(|error| missing("capabilities", &error.to_string()))?
        .effective;
    let rights = rustix::process::geteuid().is_root() && effective.contains(needed);
    if rights && every_id_exists() {
        return Ok(Mode::Privileged);
    }
    if !std::path::Path::new("/proc/self/ns/user").exists() {
        return Err(missing(
            "user namespaces",
            "this kernel, or `/proc`, does not show them",
        ));
    }
    Ok(Mode::Unprivileged)
}

/// Whether the users and groups of subjects exist here: root of a user namespace, as in a container
/// without a root of its own, has only some.
fn every_id_exists() -> bool {
    let all = |map: &str| {
        let text = std::fs::read_to_string(map).unwrap_or_default();
        text.split_whitespace().eq(["0", "0", "4294967295"])
    };
    let groups = std::fs::read_to_string("/proc/self/setgroups").unwrap_or_default();
    all("/proc/self/uid_map") && all("/proc/self/gid_map") && groups.trim() == "allow"
}

fn missing(mechanism: &str, reason: &str) -> Refusal {
    Refusal::unenforceable(
        "mechanism-missing",
        format!("the platform has no {mechanism}: {reason}"),
        "run on a kernel that has it; nothing is started with weaker separation",
    )
}

impl Mode {
    /// What separates partitions.
    pub(crate) fn mechanisms(self) -> Vec<Mechanism> {
        let spaces = ["mnt", "pid", "net", "ipc", "uts", "cgroup"].map(Property::Namespace);
        let separation = [
            (
                "separation: mount, process, network, IPC, host name and control group namespaces; empty \
                 read-only root",
                [spaces.as_slice(), &[Property::EmptyRoot]].concat(),
            ),
            (
                "separation: time namespaces",
                vec![Property::Namespace("time")],
            ),
            (
                "separation: no capabilities, no new privileges",
                vec![Property::NoCapabilities, Property::NoNewPrivileges],
            ),
            (
                "separation: call filter with notification",
                vec![Property::Filter],
            ),
            (
                "separation: sealed one-way channels, no channel descriptor inside",
                vec![Property::NoChannelDescriptor],
            ),
        ];
        let users = match self {
            Self::Privileged => (
                "users: one host user for each subject",
                vec![Property::OrdinaryUser],
            ),
            Self::Unprivileged => (
                "users: unprivileged run, all subjects share one host user (user namespaces; filter and \
                 closed descriptors carry the weight)",
                vec![Property::Namespace("user")],
            ),
        };
        let mut files = Mechanism::new(
            "separation: no open file shared by two partitions, or with the supervisor",
            &[Property::OwnOpenFiles],
        );
        files.unseen = Some(
            "separation: no open file shared by two partitions, or with the supervisor, as far as it was SEEN; \
             the kernel (`kcmp`) did not compare",
        );
        let lines = separation.into_iter().chain([users]);
        lines
            .map(|(line, shown_by)| Mechanism::new(line, &shown_by))
            .chain([files])
            .collect()
    }
}
