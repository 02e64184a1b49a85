//! Reading a table. Everything is checked once, in [`Table::decode`]; the iterators then read the
//! same bytes again, so a `Table` needs no memory of its own.

use super::bytes::Input;
use super::encode::MAGIC;
use super::{
    Direction, GRANTS_MAX, GrantKind, GrantSpec, NAME_BYTES_MAX, OnStale, PORTS_MAX, PortSpec,
    SETTINGS_MAX, TABLE_BYTES_MAX,
};
use crate::pulse::PULSE_BYTES;
use crate::shape::{CREDIT_BYTES, PAGE};
use crate::{Fault, Incarnation, Kind, Shape};

/// Bytes from which the length of a table can be told.
pub(crate) const PREFIX_BYTES: usize = 12;

/// A checked table.
#[derive(Clone)]
pub struct Table<'a> {
    subject: &'a str,
    incarnation: Incarnation,
    period_ns: u64,
    pulse_address: usize,
    counts: [u16; 3],
    ports: Input<'a>,
    grants: Input<'a>,
    settings: Input<'a>,
}

impl<'a> Table<'a> {
    /// Length of the table that begins with these bytes, if they begin one.
    pub(crate) fn length(prefix: &[u8; PREFIX_BYTES]) -> Result<usize, Fault> {
        let mut input = Input(prefix);
        let magic = input.array();
        let length = input.u32().and_then(|length| usize::try_from(length).ok());
        match length {
            Some(length) if magic == Some(MAGIC) && length <= TABLE_BYTES_MAX => Ok(length),
            _ => Err(Fault::Table),
        }
    }

    /// Checks and reads the table at the beginning of `bytes`; what follows it is ignored.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, Fault> {
        Self::read(bytes).ok_or(Fault::Table)
    }

    fn read(bytes: &'a [u8]) -> Option<Self> {
        let length = Self::length(bytes.first_chunk()?).ok()?;
        let mut input = Input(bytes.get(PREFIX_BYTES..length)?);
        let counts = [input.u16()?, input.u16()?, input.u16()?];
        let limits = [PORTS_MAX, GRANTS_MAX, SETTINGS_MAX];
        let fits = |(count, limit): (&u16, &usize)| usize::from(*count) <= *limit;
        if input.u16()? != 0 || !counts.iter().zip(&limits).all(fits) {
            return None;
        }
        let incarnation = Incarnation {
            epoch: input.u64()?,
            mark: input.u64()?,
        };
        let period_ns = input.u64()?;
        let pulse_address = segment_address(input.u64()?, PULSE_BYTES)?;
        let subject = name(&mut input)?;
        let [port_count, grant_count, setting_count] = counts;
        let ports = input.clone();
        (0..port_count).try_for_each(|_| port(&mut input).map(drop))?;
        let grants = input.clone();
        (0..grant_count).try_for_each(|_| grant(&mut input).map(drop))?;
        let settings = input.clone();
        (0..setting_count).try_for_each(|_| setting(&mut input).map(drop))?;
        input.0.is_empty().then_some(Self {
            subject,
            incarnation,
            period_ns,
            pulse_address,
            counts,
            ports,
            grants,
            settings,
        })
    }

    /// Name of the subject.
    pub fn subject(&self) -> &'a str {
        self.subject
    }

    /// This start of the subject.
    pub fn incarnation(&self) -> Incarnation {
        self.incarnation
    }

    /// Period of the subject; 0 = it has none.
    pub fn period_ns(&self) -> u64 {
        self.period_ns
    }

    /// Where the pulse is mapped.
    pub fn pulse_address(&self) -> usize {
        self.pulse_address
    }

    /// The ports, in the order of the table.
    pub fn ports(&self) -> impl Iterator<Item = PortSpec<'a>> + use<'a> {
        let mut input = self.ports.clone();
        let [count, _, _] = self.counts;
        (0..count).map_while(move |_| port(&mut input))
    }

    /// The grants, in the order of the table.
    pub fn grants(&self) -> impl Iterator<Item = GrantSpec<'a>> + use<'a> {
        let mut input = self.grants.clone();
        let [_, count, _] = self.counts;
        (0..count).map_while(move |_| grant(&mut input))
    }

    /// The settings, key and value, in the order of the table.
    pub fn settings(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let mut input = self.settings.clone();
        let [_, _, count] = self.counts;
        (0..count).map_while(move |_| setting(&mut input))
    }
}

fn name<'a>(input: &mut Input<'a>) -> Option<&'a str> {
    input.text().filter(|name| name.len() <= NAME_BYTES_MAX)
}

fn setting<'a>(input: &mut Input<'a>) -> Option<(&'a str, &'a str)> {
    Some((name(input)?, input.text()?))
}

/// An address from which `bytes` bytes can be mapped.
fn segment_address(address: u64, bytes: usize) -> Option<usize> {
    let address = usize::try_from(address).ok()?;
    let end = address.checked_add(bytes)?;
    let fits = address != 0 && address.is_multiple_of(PAGE) && isize::try_from(end).is_ok();
    fits.then_some(address)
}

fn port<'a>(input: &mut Input<'a>) -> Option<PortSpec<'a>> {
    let name = name(input)?;
    let direction = match input.u8()? {
        0 => Direction::In,
        1 => Direction::Out,
        _ => return None,
    };
    let kind = match input.u8()? {
        0 => Kind::Sampling,
        1 => Kind::DropOldest,
        2 => Kind::Credit,
        3 => Kind::Event,
        _ => return None,
    };
    let on_stale = match input.u8()? {
        0 => OnStale::Hold,
        1 => OnStale::SafeValue,
        2 => OnStale::Stop,
        _ => return None,
    };
    if input.u8()? != 0 {
        return None;
    }
    let shape = Shape {
        kind,
        message_bytes: input.u32()?,
        depth: input.u32()?,
        schema: input.u64()?,
    };
    let data_address = segment_address(input.u64()?, shape.data_bytes().ok()?)?;
    let credit_address = match (kind, input.u64()?) {
        (Kind::Credit, address) => segment_address(address, CREDIT_BYTES)?,
        (_, 0) => 0,
        _ => return None,
    };
    Some(PortSpec {
        name,
        direction,
        shape,
        data_address,
        credit_address,
        max_age_ns: input.u64()?,
        on_stale,
    })
}

fn grant<'a>(input: &mut Input<'a>) -> Option<GrantSpec<'a>> {
    let name = name(input)?;
    let kind = match input.u8()? {
        0 => GrantKind::Stream,
        1 => GrantKind::Listener,
        2 => GrantKind::DatagramIn,
        3 => GrantKind::DatagramOut,
        4 => GrantKind::Append,
        5 => GrantKind::ReadFile,
        6 => GrantKind::Device,
        _ => return None,
    };
    if input.array::<3>()? != [0; 3] {
        return None;
    }
    let fd = input.array().map(i32::from_le_bytes)?;
    let quota_bytes = input.u64()?;
    (fd >= 0).then_some(GrantSpec {
        name,
        kind,
        fd,
        quota_bytes,
    })
}
