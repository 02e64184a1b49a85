//! What the section for Linux must satisfy.

use super::Fault;
use crate::linux::{ADDRESS_END, ADDRESS_MIN, ADDRESS_STEP, LinuxPlan};
use crate::{Core, Kind, ResourcePlan};
use std::collections::BTreeSet;

impl LinuxPlan {
    /// All contradictions in this section, and between it and the core; empty for a sound plan.
    pub(super) fn faults(&self, core: &Core) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut fault = |text: String| faults.push(Fault(text));
        let names = self.subjects.iter().map(|own| &own.name);
        if !names.eq(core.subjects.iter().map(|subject| &subject.name)) {
            fault("the target's subjects are not those of the core, in its order".to_owned());
        }
        let names = self.channels.iter().map(|own| &own.name);
        if !names.eq(core.channels.iter().map(|channel| &channel.name)) {
            fault("the target's channels are not those of the core, in its order".to_owned());
        }
        let mut users = BTreeSet::new();
        for own in &self.subjects {
            // The largest number is no user: calls that change users take it for "leave it as it is".
            if matches!(own.user, 0 | u32::MAX) || !users.insert(own.user) {
                fault(format!(
                    "user {} of `{}` is not its own",
                    own.user, own.name
                ));
            }
            if !own.program.starts_with('/') || own.program.contains('\0') {
                fault(format!(
                    "the program of `{}` has no absolute path",
                    own.name
                ));
            }
        }
        for subject in &core.subjects {
            for grant in &subject.grants {
                if !is_openable(&grant.resource) {
                    fault(format!(
                        "grant `{}.{}` cannot be opened as it says",
                        subject.name, grant.name
                    ));
                }
            }
        }
        let mut addresses = BTreeSet::new();
        for (channel, own) in core.channels.iter().zip(&self.channels) {
            let name = &channel.name;
            if (channel.kind == Kind::Credit) != (own.credit_address != 0) {
                fault(format!(
                    "channel `{name}` must have a credit segment exactly if it is a queue with credit"
                ));
            }
            for address in [own.data_address, own.credit_address] {
                let ok = (ADDRESS_MIN..ADDRESS_END).contains(&address)
                    && address % ADDRESS_STEP == 0
                    && addresses.insert(address);
                if address != 0 && !ok || address == 0 && own.data_address == 0 {
                    fault(format!(
                        "channel `{name}` has an impossible address {address:#x}"
                    ));
                }
            }
        }
        faults
    }
}

/// Whether the name of a file or device is a path that is opened as it stands: no part leads upwards, and a
/// device does not depend on where the run keeps its files.
fn is_openable(resource: &ResourcePlan) -> bool {
    let is_path = |path: &str| {
        !path.is_empty() && !path.contains('\0') && !path.split('/').any(|part| part == "..")
    };
    match resource {
        ResourcePlan::FileRead { path } | ResourcePlan::FileAppend { path, .. } => is_path(path),
        ResourcePlan::Device { path } => path.starts_with('/') && is_path(path),
        ResourcePlan::TcpConnect { .. }
        | ResourcePlan::TcpListen { .. }
        | ResourcePlan::UdpReceive { .. }
        | ResourcePlan::UdpSend { .. } => true,
    }
}
