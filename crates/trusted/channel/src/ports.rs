//! A subject's ports and grants, taken safely and once from the table the loader mapped.

use crate::pulse::PulseWriter;
use crate::table::{
    Direction, GRANTS_MAX, GrantKind, GrantSpec, PORTS_MAX, PortSpec, TABLE_ADDRESS,
    TABLE_AUXILIARY, Table,
};
use crate::{Fault, Reader, Writer};
use std::fs::File;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::{FromRawFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};

static TAKEN: AtomicBool = AtomicBool::new(false);

/// The table of this partition, and what of it was handed out.
pub struct Ports {
    table: Table<'static>,
    ports_taken: [bool; PORTS_MAX],
    grants_taken: [bool; GRANTS_MAX],
    pulse_taken: bool,
}

/// A piece of the outside world, opened for this subject.
#[derive(Debug)]
pub enum Grant {
    /// A connected stream.
    Stream(TcpStream),
    /// A listener.
    Listener(TcpListener),
    /// A datagram socket that only receives.
    DatagramIn(UdpSocket),
    /// A connected datagram socket that only sends.
    DatagramOut(UdpSocket),
    /// A file that only grows.
    Append {
        /// The file.
        file: File,
        /// Most bytes it may have.
        quota_bytes: u64,
    },
    /// A file to read.
    ReadFile(File),
    /// A device.
    Device(File),
}

impl Ports {
    /// The ports of this partition, once. Outside of a partition it says so and touches nothing.
    pub fn take() -> Result<Self, Fault> {
        // SAFETY: the call only reads the auxiliary vector of the process.
        let address = unsafe { libc::getauxval(TABLE_AUXILIARY as libc::c_ulong) };
        if address != TABLE_ADDRESS as libc::c_ulong {
            return Err(Fault::NotInPartition);
        }
        if TAKEN.swap(true, Ordering::AcqRel) {
            return Err(Fault::Taken);
        }
        let start = core::ptr::with_exposed_provenance::<u8>(TABLE_ADDRESS);
        // SAFETY: only the loader passes this entry of the auxiliary vector, and only after it
        // mapped the table read-only at this address for the life of the process.
        let prefix = unsafe { &*start.cast() };
        let length = Table::length(prefix)?;
        // SAFETY: the loader mapped the whole table, whose length this is.
        let bytes = unsafe { core::slice::from_raw_parts(start, length) };
        // SAFETY: the table is the loader's: it describes what the loader mapped and opened for
        // this process, and `TAKEN` makes sure that nobody else takes it.
        unsafe { Self::from_table(bytes) }
    }

    /// The ports of a given table.
    ///
    /// # Safety
    ///
    /// Every segment in the table must be mapped at its address for the life of the process, as
    /// [`Writer::attach`], [`Reader::attach`] and [`PulseWriter::attach`] demand; every descriptor
    /// must be open and owned by nobody else; no two `Ports` may exist for the same table.
    pub unsafe fn from_table(bytes: &'static [u8]) -> Result<Self, Fault> {
        Ok(Self {
            table: Table::decode(bytes)?,
            ports_taken: [false; PORTS_MAX],
            grants_taken: [false; GRANTS_MAX],
            pulse_taken: false,
        })
    }

    /// The table.
    pub fn table(&self) -> &Table<'static> {
        &self.table
    }

    /// The reading end of the in-port `name`, once, with its entry in the table.
    pub fn reader(&mut self, name: &str) -> Result<(Reader, PortSpec<'static>), Fault> {
        let port = self.port(name, Direction::In)?;
        let data = core::ptr::with_exposed_provenance(port.data_address);
        let credit = core::ptr::with_exposed_provenance_mut(port.credit_address);
        // SAFETY: whoever made these `Ports` promised that the segments are mapped as the table
        // says for the life of the process, and `port` gives each port out once.
        let reader = unsafe { Reader::attach(data, credit, port.shape) }?;
        Ok((reader, port))
    }

    /// The writing end of the out-port `name`, once, with its entry in the table.
    pub fn writer(&mut self, name: &str) -> Result<(Writer, PortSpec<'static>), Fault> {
        let port = self.port(name, Direction::Out)?;
        let data = core::ptr::with_exposed_provenance_mut(port.data_address);
        let credit = core::ptr::with_exposed_provenance(port.credit_address);
        // SAFETY: as in `reader`.
        let writer = unsafe { Writer::attach(data, credit, port.shape, self.table.incarnation()) }?;
        Ok((writer, port))
    }

    /// The pulse, once.
    pub fn pulse(&mut self) -> Result<PulseWriter, Fault> {
        if core::mem::replace(&mut self.pulse_taken, true) {
            return Err(Fault::Taken);
        }
        let data = core::ptr::with_exposed_provenance_mut(self.table.pulse_address());
        // SAFETY: whoever made these `Ports` promised that the pulse is mapped for the life of the
        // process, and it is given out once.
        unsafe {
            let pulse = PulseWriter::attach(data, self.table.incarnation())?;
            crate::allocator::note_in(data);
            Ok(pulse)
        }
    }

    /// The grant `name`, once.
    pub fn grant(&mut self, name: &str) -> Result<Grant, Fault> {
        let named = |grant: &GrantSpec<'_>| grant.name == name;
        let (index, grant) = (self.table.grants().enumerate())
            .find(|(_, grant)| named(grant))
            .ok_or(Fault::Unknown)?;
        take_once(&mut self.grants_taken, index)?;
        // SAFETY: whoever made these `Ports` promised that the descriptor is open and owned by
        // nobody else, and it is given out once.
        let fd = unsafe { OwnedFd::from_raw_fd(grant.fd) };
        Ok(match grant.kind {
            GrantKind::Stream => Grant::Stream(fd.into()),
            GrantKind::Listener => Grant::Listener(fd.into()),
            GrantKind::DatagramIn => Grant::DatagramIn(fd.into()),
            GrantKind::DatagramOut => Grant::DatagramOut(fd.into()),
            GrantKind::Append => Grant::Append {
                file: fd.into(),
                quota_bytes: grant.quota_bytes,
            },
            GrantKind::ReadFile => Grant::ReadFile(fd.into()),
            GrantKind::Device => Grant::Device(fd.into()),
        })
    }

    /// The first entry of this name and direction not yet handed out.
    fn port(&mut self, name: &str, direction: Direction) -> Result<PortSpec<'static>, Fault> {
        let mut fault = Fault::Unknown;
        for (index, port) in self.table.ports().enumerate() {
            if port.name != name {
                continue;
            }
            if port.direction != direction {
                if fault == Fault::Unknown {
                    fault = Fault::Direction;
                }
                continue;
            }
            match take_once(&mut self.ports_taken, index) {
                Ok(()) => return Ok(port),
                Err(taken) => fault = taken,
            }
        }
        Err(fault)
    }
}

fn take_once(taken: &mut [bool], index: usize) -> Result<(), Fault> {
    match taken.get_mut(index) {
        Some(taken) if !*taken => {
            *taken = true;
            Ok(())
        }
        _ => Err(Fault::Taken),
    }
}
