//! What one start of a subject sees and may do: its port table and the fences of its descriptors.

use crate::filter::Fence;
use crate::loader::random;
use crate::protocol::{GRANTS_FIRST, PULSE_ADDRESS};
use crate::segment::shape;
use channel::Incarnation;
use channel::table::{
    Direction, GrantKind, GrantSpec, OnStale, PortSpec, TABLE_BYTES_MAX, TableSpec, encode,
};
use plan::{GrantPlan, Plan, Reaction, ResourcePlan, SubjectPlan};
use std::io;

/// Start number `epoch` of a subject, with a mark that no earlier one could know.
pub(crate) fn incarnation(epoch: u64) -> io::Result<Incarnation> {
    let mark = u64::from_le_bytes(random()?).max(1);
    Ok(Incarnation { epoch, mark })
}

/// The port table of one start; none if the subject has more ports, grants or settings than a table
/// holds.
pub(crate) fn table(
    plan: &Plan,
    subject: &SubjectPlan,
    incarnation: Incarnation,
) -> Option<Vec<u8>> {
    let ports: Option<Vec<PortSpec<'_>>> = subject
        .ports
        .iter()
        .map(|port| {
            let mut channels = plan.channels_on_linux();
            let (channel, own) = channels.find(|(channel, _)| channel.name == port.channel)?;
            Some(PortSpec {
                name: &port.name,
                direction: match port.direction {
                    plan::Direction::In => Direction::In,
                    plan::Direction::Out => Direction::Out,
                },
                shape: shape(channel)?,
                data_address: usize::try_from(own.data_address).ok()?,
                credit_address: usize::try_from(own.credit_address).ok()?,
                max_age_ns: port.max_age_us.saturating_mul(1000),
                on_stale: match port.on_stale {
                    Reaction::Hold => OnStale::Hold,
                    Reaction::SafeValue => OnStale::SafeValue,
                    Reaction::Stop => OnStale::Stop,
                },
            })
        })
        .collect();
    let grants: Vec<GrantSpec<'_>> = (GRANTS_FIRST..)
        .zip(&subject.grants)
        .map(|(fd, plan)| {
            let (kind, quota_bytes) = kind(plan);
            GrantSpec {
                name: &plan.name,
                kind,
                fd,
                quota_bytes,
            }
        })
        .collect();
    let settings: Vec<(&str, &str)> = subject
        .settings
        .iter()
        .map(|s| (s.key.as_str(), s.value.as_str()))
        .collect();
    let mut bytes = vec![0; TABLE_BYTES_MAX];
    let spec = TableSpec {
        subject: &subject.name,
        incarnation,
        period_ns: subject.period_us.saturating_mul(1000),
        pulse_address: PULSE_ADDRESS,
        ports: &ports?,
        grants: &grants,
        settings: &settings,
    };
    let length = encode(&spec, &mut bytes).ok()?;
    bytes.truncate(length.next_multiple_of(channel::PAGE));
    Some(bytes)
}

fn kind(grant: &GrantPlan) -> (GrantKind, u64) {
    match &grant.resource {
        ResourcePlan::TcpConnect { .. } => (GrantKind::Stream, 0),
        ResourcePlan::TcpListen { .. } => (GrantKind::Listener, 0),
        ResourcePlan::UdpReceive { .. } => (GrantKind::DatagramIn, 0),
        ResourcePlan::UdpSend { .. } => (GrantKind::DatagramOut, 0),
        ResourcePlan::FileRead { .. } => (GrantKind::ReadFile, 0),
        ResourcePlan::FileAppend { quota_bytes, .. } => (GrantKind::Append, *quota_bytes),
        ResourcePlan::Device { .. } => (GrantKind::Device, 0),
    }
}

/// What each descriptor of a subject is good for.
pub(crate) fn fences(subject: &SubjectPlan) -> Vec<(i32, Fence)> {
    let fence = |grant: &GrantPlan| match grant.resource {
        ResourcePlan::TcpConnect { .. } => Fence::Stream,
        ResourcePlan::TcpListen { .. } => Fence::Listener,
        ResourcePlan::UdpReceive { .. } => Fence::DatagramIn,
        ResourcePlan::UdpSend { .. } => Fence::DatagramOut,
        ResourcePlan::FileRead { .. }
        | ResourcePlan::FileAppend { .. }
        | ResourcePlan::Device { .. } => Fence::File,
    };
    (GRANTS_FIRST..)
        .zip(subject.grants.iter().map(fence))
        .collect()
}
