//! The way from the loader's program into the subject's, of which nothing of the loader is left.
//!
//! A page of instructions lies beside the subject's image. Run as the last thing of the loader, it
//! removes the loader's own code, data, heap and stack, reports at the gate, waits there for "go",
//! closes its descriptors and jumps. So the address space that the audit looks at is the one that the
//! subject gets, and no page of a file that other processes map, too, is in it.

use super::memory::{Reservation, Rights};
use std::io;
use std::ops::Range;

/// Bytes of the page.
pub(crate) const WAY_BYTES: usize = 4096;
/// Where the ranges begin that are removed, in words of the context.
const RANGES: usize = 14;
/// Where the report begins, likewise; it ends before the ranges.
const REPORT: usize = 6;
/// End of the addresses that a process can map without asking for more (x86-64, four levels).
const ADDRESS_END: usize = 0x7fff_ffff_f000;

#[cfg(target_arch = "x86_64")]
std::arch::global_asm!(
    ".pushsection .text.bulkhead_way, \"ax\", @progbits",
    ".global bulkhead_way",
    ".global bulkhead_way_end",
    // r15 = context: gate, bytes of the report, entry, stack, two numbers to close, report …, ranges.
    "bulkhead_way:",
    "mov r15, rdi",
    // Below the stack pointer of the subject lies the context, below it the place for the answer.
    "mov rsp, rdi",
    "sub rsp, 64",
    "lea r14, [r15 + 8 * {ranges}]",
    // munmap each range, until one is empty.
    "2:",
    "mov rdi, [r14]",
    "mov rsi, [r14 + 8]",
    "test rsi, rsi",
    "jz 3f",
    "mov eax, 11",
    "syscall",
    "test rax, rax",
    "jnz 9f",
    "add r14, 16",
    "jmp 2b",
    // write the report to the gate.
    "3:",
    "mov eax, 1",
    "mov rdi, [r15]",
    "lea rsi, [r15 + 8 * {report}]",
    "mov rdx, [r15 + 8]",
    "syscall",
    "cmp rax, [r15 + 8]",
    "jne 9f",
    // read one byte from it.
    "xor eax, eax",
    "mov rdi, [r15]",
    "mov rsi, rsp",
    "mov edx, 1",
    "syscall",
    "cmp rax, 1",
    "jne 9f",
    // close gate and listener.
    "mov eax, 3",
    "mov rdi, [r15 + 32]",
    "syscall",
    "mov eax, 3",
    "mov rdi, [r15 + 40]",
    "syscall",
    // As the System V interface demands: rsp at the number of arguments, rdx = 0.
    "mov r11, [r15 + 16]",
    "mov rsp, [r15 + 24]",
    "xor eax, eax",
    "xor ebx, ebx",
    "xor ecx, ecx",
    "xor edx, edx",
    "xor esi, esi",
    "xor edi, edi",
    "xor ebp, ebp",
    "xor r8d, r8d",
    "xor r9d, r9d",
    "xor r10d, r10d",
    "xor r12d, r12d",
    "xor r13d, r13d",
    "xor r14d, r14d",
    "xor r15d, r15d",
    "jmp r11",
    // exit_group: the supervisor is gone, or nothing is left to return to.
    "9:",
    "mov eax, 231",
    "mov edi, 70",
    "syscall",
    "ud2",
    "bulkhead_way_end:",
    ".popsection",
    ranges = const RANGES,
    report = const REPORT,
);

#[cfg(target_arch = "x86_64")]
unsafe extern "C" {
    static bulkhead_way: u8;
    static bulkhead_way_end: u8;
}

/// The instructions.
#[cfg(target_arch = "x86_64")]
fn instructions() -> &'static [u8] {
    // SAFETY: both symbols delimit the instructions above, which are in the text of this program,
    // are never written, and only refer to themselves.
    unsafe {
        let (start, end) = (&raw const bulkhead_way, &raw const bulkhead_way_end);
        let bytes = end.addr().saturating_sub(start.addr());
        std::slice::from_raw_parts(start, bytes)
    }
}

/// Other processors are refused long before; see `platform`.
#[cfg(not(target_arch = "x86_64"))]
fn instructions() -> &'static [u8] {
    &[]
}

/// A way into a loaded program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    /// Its page.
    page: usize,
    /// First instruction of the subject.
    pub entry: usize,
    /// Initial stack pointer of the subject.
    pub stack: usize,
    /// Where the context can lie: unused stack, with two pages below the stack pointer.
    context: usize,
}

impl Way {
    /// Places the instructions into a free page of this reservation. `stack` is the stack pointer, below
    /// which at least two pages are writable.
    pub(crate) fn prepare(
        space: &Reservation,
        offset: usize,
        entry: usize,
        stack: usize,
    ) -> io::Result<Self> {
        let writable = Rights {
            write: true,
            execute: false,
        };
        let executable = Rights {
            write: false,
            execute: true,
        };
        space.map_zero(offset, WAY_BYTES, writable)?;
        space.write_bytes(offset, instructions())?;
        space.protect(offset, WAY_BYTES, executable)?;
        Ok(Self {
            page: space.start() + offset,
            entry,
            stack,
            context: (stack - 2048) & !63,
        })
    }

    /// Removes everything from `from` on but what is kept, reports at the gate, waits for "go", closes
    /// gate and listener, and jumps. Ends the process if anything of this fails.
    pub(crate) fn take(
        &self,
        gate: i32,
        listener: i32,
        report: &[u8],
        from: usize,
        kept: &mut [Range<usize>],
    ) -> ! {
        let mut words = [0_usize; 64];
        let number = |value: i32| usize::try_from(value).unwrap_or(usize::MAX);
        let closed = [gate, listener];
        #[cfg(feature = "faults")]
        let closed = crate::faults::closed(closed);
        let head = [
            number(gate),
            report.len(),
            self.entry,
            self.stack,
            number(closed[0]),
            number(closed[1]),
        ];
        let room = (RANGES - REPORT) * size_of::<usize>();
        if report.len() > room || instructions().is_empty() {
            super::exit_now(70)
        }
        let (pieces, _) = words.split_at_mut(RANGES);
        for (word, value) in pieces.iter_mut().zip(head) {
            *word = value;
        }
        for (word, piece) in pieces.iter_mut().skip(REPORT).zip(report.chunks(8)) {
            let mut bytes = [0; 8];
            bytes
                .iter_mut()
                .zip(piece)
                .for_each(|(to, from)| *to = *from);
            *word = usize::from_le_bytes(bytes);
        }
        let gaps = gaps(from, kept);
        let flat = gaps.iter().flat_map(|gap| [gap.start, gap.len()]);
        // The last pair stays zero.
        let places = words.iter_mut().skip(RANGES);
        if gaps.len() * 2 + 2 > places.len() {
            super::exit_now(70)
        }
        for (word, value) in places.zip(flat) {
            *word = value;
        }
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the context lies in the subject's stack, which is mapped writable, kept, and used by
        // nobody yet. The page holds the instructions above, executable. Nothing of this program runs
        // afterwards, so that its memory goes away breaks none of its invariants.
        unsafe {
            let context = std::ptr::with_exposed_provenance_mut::<usize>(self.context);
            std::ptr::copy_nonoverlapping(words.as_ptr(), context, words.len());
            std::arch::asm!(
                "jmp {page}",
                page = in(reg) self.page,
                in("rdi") self.context,
                options(noreturn)
            )
        }
        #[cfg(not(target_arch = "x86_64"))]
        super::exit_now(70)
    }
}

/// What lies between the ranges, from `from` to the end of all addresses.
fn gaps(from: usize, kept: &mut [Range<usize>]) -> Vec<Range<usize>> {
    kept.sort_unstable_by_key(|range| range.start);
    let mut gaps = Vec::new();
    let mut at = from;
    let end = ADDRESS_END..ADDRESS_END;
    for range in kept.iter().chain([&end]) {
        if range.start > at {
            gaps.push(at..range.start);
        }
        at = at.max(range.end);
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_but_what_is_kept_is_removed() {
        let mut kept = [0x9000..0xa000, 0x3000..0x5000, 0x5000..0x6000];
        let ends = |gaps: Vec<Range<usize>>| -> Vec<(usize, usize)> {
            gaps.into_iter().map(|gap| (gap.start, gap.end)).collect()
        };
        let expected = [(0x1000, 0x3000), (0x6000, 0x9000), (0xa000, ADDRESS_END)];
        assert_eq!(ends(gaps(0x1000, &mut kept)), expected);
        assert_eq!(ends(gaps(0x3000, &mut kept[..1])), [(0x5000, ADDRESS_END)]);
        assert_eq!(ends(gaps(0x1000, &mut [])), [(0x1000, ADDRESS_END)]);
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn the_instructions_fit_their_page() {
        let bytes = instructions();
        assert!(bytes.len() > 100 && bytes.len() < 512, "{}", bytes.len());
    }
}
