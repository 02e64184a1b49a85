//! Writing a table.

use super::bytes::Output;
use super::{
    Direction, GRANTS_MAX, GrantKind, GrantSpec, NAME_BYTES_MAX, OnStale, PORTS_MAX, PortSpec,
    SETTINGS_MAX, TABLE_BYTES_MAX, TableSpec,
};
use crate::{Incarnation, Kind};
use core::fmt;

/// First bytes of a table, format version included.
pub(super) const MAGIC: [u8; 8] = *b"BULKTAB2";

/// The table exceeds a limit of this format, or the buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the port table exceeds {TABLE_BYTES_MAX} bytes, {PORTS_MAX} ports, {GRANTS_MAX} \
             grants, {SETTINGS_MAX} settings or {NAME_BYTES_MAX} bytes in a name"
        )
    }
}

impl core::error::Error for TooLarge {}

/// Writes the table to the beginning of `out` and returns its length. A buffer of
/// [`TABLE_BYTES_MAX`] suffices for every table that can be written.
pub fn encode(spec: &TableSpec<'_>, out: &mut [u8]) -> Result<usize, TooLarge> {
    if spec.ports.len() > PORTS_MAX
        || spec.grants.len() > GRANTS_MAX
        || spec.settings.len() > SETTINGS_MAX
    {
        return Err(TooLarge);
    }
    let room = out.len().min(TABLE_BYTES_MAX);
    let mut output = Output::new(out.get_mut(..room).unwrap_or_default());
    write(spec, &mut output).ok_or(TooLarge)?;
    let length = output.written();
    let total = u32::try_from(length).map_err(|_| TooLarge)?;
    let place = out
        .get_mut(MAGIC.len()..)
        .and_then(|at| at.first_chunk_mut());
    *place.ok_or(TooLarge)? = total.to_le_bytes();
    Ok(length)
}

fn write(spec: &TableSpec<'_>, out: &mut Output<'_>) -> Option<()> {
    out.bytes(&MAGIC)?;
    out.bytes(&0_u32.to_le_bytes())?;
    for count in [spec.ports.len(), spec.grants.len(), spec.settings.len(), 0] {
        out.bytes(&u16::try_from(count).ok()?.to_le_bytes())?;
    }
    let pulse = u64::try_from(spec.pulse_address).ok()?;
    let Incarnation { epoch, mark } = spec.incarnation;
    for word in [epoch, mark, spec.period_ns, pulse] {
        out.bytes(&word.to_le_bytes())?;
    }
    name(out, spec.subject)?;
    spec.ports.iter().try_for_each(|spec| port(out, spec))?;
    spec.grants.iter().try_for_each(|spec| grant(out, spec))?;
    spec.settings.iter().try_for_each(|(key, value)| {
        name(out, key)?;
        out.text(value)
    })
}

fn name(out: &mut Output<'_>, name: &str) -> Option<()> {
    (name.len() <= NAME_BYTES_MAX).then(|| out.text(name))?
}

fn port(out: &mut Output<'_>, port: &PortSpec<'_>) -> Option<()> {
    name(out, port.name)?;
    let direction = match port.direction {
        Direction::In => 0,
        Direction::Out => 1,
    };
    let kind = match port.shape.kind {
        Kind::Sampling => 0,
        Kind::DropOldest => 1,
        Kind::Credit => 2,
        Kind::Event => 3,
    };
    let on_stale = match port.on_stale {
        OnStale::Hold => 0,
        OnStale::SafeValue => 1,
        OnStale::Stop => 2,
    };
    out.bytes(&[direction, kind, on_stale, 0])?;
    out.bytes(&port.shape.message_bytes.to_le_bytes())?;
    out.bytes(&port.shape.depth.to_le_bytes())?;
    let data = u64::try_from(port.data_address).ok()?;
    let credit = u64::try_from(port.credit_address).ok()?;
    [port.shape.schema, data, credit, port.max_age_ns]
        .iter()
        .try_for_each(|word| out.bytes(&word.to_le_bytes()))
}

fn grant(out: &mut Output<'_>, grant: &GrantSpec<'_>) -> Option<()> {
    name(out, grant.name)?;
    let kind = match grant.kind {
        GrantKind::Stream => 0,
        GrantKind::Listener => 1,
        GrantKind::DatagramIn => 2,
        GrantKind::DatagramOut => 3,
        GrantKind::Append => 4,
        GrantKind::ReadFile => 5,
        GrantKind::Device => 6,
    };
    out.bytes(&[kind, 0, 0, 0])?;
    out.bytes(&grant.fd.to_le_bytes())?;
    out.bytes(&grant.quota_bytes.to_le_bytes())
}
