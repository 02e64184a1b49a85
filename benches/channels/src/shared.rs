//! What both processes inherit: one piece of shared memory, pipes and sockets.

use crate::Outcome;
use crate::carrier::SIZES;
use std::io::Error;
use std::ptr;

/// Bytes of shared memory for each size and purpose; untouched pages cost nothing.
const REGION_BYTES: usize = 1 << 20;
/// Purposes: lines, then data and credit of both kinds of queue; two directions each.
pub const LINES: usize = 0;
pub const CREDIT_DATA: usize = 2;
pub const CREDIT_PAGE: usize = 4;
pub const LOSSY_DATA: usize = 6;
const PURPOSES: usize = 8;
const BYTES: usize = REGION_BYTES * PURPOSES * SIZES.len();

/// The shared memory and descriptors.
pub struct Link {
    start: *mut u8,
    memory: i32,
    /// By size: reading and writing ends of the pipe from the parent, the same of the pipe to it,
    /// the parent's and the peer's socket.
    descriptors: Vec<[i32; 6]>,
}

fn check(outcome: i32) -> Outcome<i32> {
    if outcome < 0 {
        return Err(Error::last_os_error().into());
    }
    Ok(outcome)
}

impl Link {
    /// Makes everything anew; what is in the memory is for the carriers to say.
    pub fn create() -> Outcome<Self> {
        // SAFETY: plain system calls on valid arguments.
        let memory = unsafe { check(libc::memfd_create(c"channels".as_ptr(), 0))? };
        // SAFETY: as above.
        unsafe { check(libc::ftruncate(memory, BYTES as libc::off_t))? };
        let mut descriptors = Vec::new();
        for _ in SIZES {
            let mut all = [0; 6];
            let (pipes, sockets) = all.split_at_mut(4);
            // SAFETY: each call writes two descriptors to a place for two.
            unsafe {
                check(libc::pipe(pipes[..2].as_mut_ptr()))?;
                check(libc::pipe(pipes[2..].as_mut_ptr()))?;
                let kind = libc::SOCK_SEQPACKET;
                check(libc::socketpair(
                    libc::AF_UNIX,
                    kind,
                    0,
                    sockets.as_mut_ptr(),
                ))?;
            }
            descriptors.push(all);
        }
        Self::map(memory, descriptors)
    }

    /// What the peer needs to open it.
    pub fn arguments(&self) -> String {
        let descriptors = self.descriptors.iter().flatten().chain([&self.memory]);
        let texts: Vec<String> = descriptors.map(i32::to_string).collect();
        texts.join(",")
    }

    /// Opens what the parent made.
    pub fn open(arguments: &str) -> Outcome<Self> {
        let numbers: Result<Vec<i32>, _> = arguments.split(',').map(str::parse).collect();
        let numbers = numbers?;
        let (descriptors, memory) = numbers.as_chunks::<6>();
        let [memory] = memory else {
            return Err("malformed link".into());
        };
        Self::map(*memory, descriptors.to_vec())
    }

    fn map(memory: i32, descriptors: Vec<[i32; 6]>) -> Outcome<Self> {
        // SAFETY: a fresh mapping of a file of this size.
        let start = unsafe {
            let protection = libc::PROT_READ | libc::PROT_WRITE;
            let flags = libc::MAP_SHARED | libc::MAP_POPULATE;
            libc::mmap(ptr::null_mut(), BYTES, protection, flags, memory, 0)
        };
        if start == libc::MAP_FAILED {
            return Err(Error::last_os_error().into());
        }
        Ok(Self {
            start: start.cast(),
            memory,
            descriptors,
        })
    }

    /// Memory for a purpose in a direction; direction 0 leads from the parent to the peer.
    pub fn region(&self, size: usize, purpose: usize, direction: usize) -> *mut u8 {
        let index = size * PURPOSES + purpose + direction;
        assert!(index < PURPOSES * SIZES.len());
        self.start.wrapping_add(index * REGION_BYTES)
    }

    /// Descriptors for a size, as in the field.
    pub fn descriptors(&self, size: usize) -> [i32; 6] {
        self.descriptors[size]
    }
}

/// Lets a descriptor survive the start of another program.
pub fn keep_open_in_children(descriptor: i32) -> Outcome<()> {
    // SAFETY: a plain system call.
    unsafe { check(libc::fcntl(descriptor, libc::F_SETFD, 0))? };
    Ok(())
}

/// Ends this process when its parent does, even while it spins.
pub fn end_with_parent() -> Outcome<()> {
    // SAFETY: a plain system call.
    unsafe { check(libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL))? };
    Ok(())
}

/// Pins this process to a core.
pub fn pin(core: usize) -> Outcome<()> {
    // SAFETY: an all-zero set is the empty set, and the core is below its capacity.
    unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        libc::CPU_SET(core, &mut set);
        check(libc::sched_setaffinity(
            0,
            size_of_val(&set),
            &raw const set,
        ))?;
    }
    Ok(())
}
