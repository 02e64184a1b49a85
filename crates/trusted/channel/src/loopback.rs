//! Both ends in one process, for tests and benches: a subject's logic runs against its real ports,
//! with the test holding the far ends. The memory is never given back.

use crate::pulse::{PULSE_BYTES, PulseReader, format_pulse};
use crate::table::{Direction, PortSpec, TABLE_BYTES_MAX, TableSpec, encode};
use crate::{Fault, Incarnation, PAGE, Ports, Reader, Shape, Writer, format};

/// A page, so that segments are aligned as the kernel aligns them.
#[repr(C, align(4096))]
#[derive(Clone, Copy)]
struct Page([u8; PAGE]);

/// Whole zeroed pages that live as long as the process.
fn pages(bytes: usize) -> &'static mut [u8] {
    let pages = vec![Page([0; PAGE]); bytes.div_ceil(PAGE)].leak();
    // SAFETY: a `Page` is exactly `PAGE` bytes without padding, and the pages are contiguous.
    unsafe { core::slice::from_raw_parts_mut(pages.as_mut_ptr().cast(), pages.len() * PAGE) }
}

/// A fresh channel: its data segment and, on a credit queue, its credit segment.
fn segments(shape: &Shape) -> Result<(*mut u8, *mut u8), Fault> {
    let data = pages(shape.data_bytes().map_err(|_| Fault::Shape)?);
    format(shape, data);
    let credit = match shape.credit_bytes() {
        0 => core::ptr::null_mut(),
        bytes => pages(bytes).as_mut_ptr(),
    };
    Ok((data.as_mut_ptr(), credit))
}

/// Both ends of a fresh channel.
pub fn pair(shape: Shape, incarnation: Incarnation) -> Result<(Writer, Reader), Fault> {
    let (data, credit) = segments(&shape)?;
    // SAFETY: `segments` gives fresh memory of the size the shape needs, which is never given back
    // and of which nobody else knows.
    let writer = unsafe { Writer::attach(data, credit, shape, incarnation) }?;
    // SAFETY: as above; the memory is shared with the writer alone, and this is its only reader.
    let reader = unsafe { Reader::attach(data, credit, shape) }?;
    Ok((writer, reader))
}

/// Who writes at the far end.
const FAR: Incarnation = Incarnation { epoch: 1, mark: 1 };

/// The far end of a port.
pub enum FarEnd {
    /// Of an in-port.
    Writer(Writer),
    /// Of an out-port.
    Reader(Reader),
}

/// A partition without separation: the subject's ports, the far end of each in the order of the
/// table, and the supervisor's end of the pulse. Addresses and grants in `spec` are ignored.
pub fn partition(spec: &TableSpec<'_>) -> Result<(Ports, Vec<FarEnd>, PulseReader), Fault> {
    let mut ports = Vec::new();
    let mut ends = Vec::new();
    for port in spec.ports {
        let (data, credit) = segments(&port.shape)?;
        // SAFETY: `segments` gives fresh memory of the size the shape needs, which is never given
        // back; the subject's end is the other one.
        ends.push(unsafe {
            match port.direction {
                Direction::In => FarEnd::Writer(Writer::attach(data, credit, port.shape, FAR)?),
                Direction::Out => FarEnd::Reader(Reader::attach(data, credit, port.shape)?),
            }
        });
        ports.push(PortSpec {
            data_address: data.expose_provenance(),
            credit_address: credit.expose_provenance(),
            ..*port
        });
    }
    let pulse = pages(PULSE_BYTES);
    format_pulse(pulse);
    let pulse = pulse.as_mut_ptr();
    // SAFETY: fresh memory of `PULSE_BYTES`, never given back.
    let reader = unsafe { PulseReader::attach(pulse) }?;
    let table = pages(TABLE_BYTES_MAX);
    let spec = TableSpec {
        ports: &ports,
        grants: &[],
        pulse_address: pulse.expose_provenance(),
        ..*spec
    };
    encode(&spec, table).map_err(|_| Fault::Table)?;
    // SAFETY: every segment of the table was made above for this table alone, and there is no
    // grant.
    let ports = unsafe { Ports::from_table(table) }?;
    Ok((ports, ends, reader))
}
