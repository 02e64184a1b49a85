//! What this machine and this user can do: separation mechanisms are all needed, or refused by name.

use crate::mechanism::Shown;
use crate::refusal::Refusal;
use crate::sys;
use linux_audit::Property;
use record::mechanism::{Mechanism, Namespace};
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
    pub(crate) fn mechanisms(self) -> Vec<Shown> {
        use Namespace::{Cgroup, Ipc, Mnt, Net, Pid, Time, Uts};
        let spaces = |namespaces: &[Namespace], names: &[&'static str]| {
            let namespaces = namespaces.to_vec();
            let by: Vec<Property> = names.iter().copied().map(Property::Namespace).collect();
            Shown::new(Mechanism::Namespaces { namespaces }, &by)
        };
        let users = match self {
            Self::Privileged => Shown::new(Mechanism::OwnUsers, &[Property::OrdinaryUser]),
            Self::Unprivileged => Shown::new(Mechanism::SharedUser, &[Property::Namespace("user")]),
        };
        vec![
            spaces(
                &[Mnt, Pid, Net, Ipc, Uts, Cgroup],
                &["mnt", "pid", "net", "ipc", "uts", "cgroup"],
            ),
            spaces(&[Time], &["time"]),
            Shown::new(Mechanism::EmptyRoot, &[Property::EmptyRoot]),
            Shown::new(
                Mechanism::NoPrivileges,
                &[Property::NoCapabilities, Property::NoNewPrivileges],
            ),
            Shown::new(Mechanism::CallFilter, &[Property::Filter]),
            Shown::new(Mechanism::SealedChannels, &[Property::NoChannelDescriptor]),
            users,
            Shown::new(
                Mechanism::OpenFiles {
                    unseen: Vec::new(),
                    more: 0,
                },
                &[Property::OwnOpenFiles],
            ),
        ]
    }
}
