//! Every path that is tried, one row each: how a sender would set a bit, and how a receiver would
//! read it. A path that measures time is no path here: what is read is a value.

use crate::world::{
    ABSENT, Step, World, at, call, field, is_mapped, last_thread, load, number, open, read_group,
    read_text, reclaim, socket, status, store, thread, wide,
};
use std::os::fd::{IntoRawFd as _, RawFd};

/// What the two programs without separation must show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alone {
    /// It carries bits: the probe is live.
    Bits,
    /// It carries bits for root.
    BitsForRoot,
    /// It carries none in any arrangement, or is not tried there, for this reason.
    Not(&'static str),
}

/// Who is meant to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// The other subject.
    Subject,
    /// Any local user outside, who can read this many bits at once.
    Outside(u32),
    /// No local user outside, though one tries.
    Nobody,
}

/// One row.
pub struct Path {
    /// Its name in reports and documents.
    pub name: &'static str,
    /// What is tried, in words.
    pub what: &'static str,
    /// What is to be expected without separation.
    pub alone: Alone,
    /// Whether it is tried in every test run.
    pub quick: bool,
    /// Who reads.
    pub reader: Reader,
    /// Whether the direction is turned: a way that is declared, to see that the schedule is kept.
    pub declared: bool,
    /// Sets the bit.
    pub send: fn(&mut World, bool) -> Step<()>,
    /// Before the sender acts.
    pub begin: fn(&mut World) -> Step<()>,
    /// Reads what was set.
    pub receive: fn(&mut World) -> Step<i64>,
}

const UNSEEN: Alone = Alone::Not("no value was seen to arrive on this kernel");
const OWN: Alone = Alone::Not("state of one process");

const fn path(
    name: &'static str,
    what: &'static str,
    alone: Alone,
    send: fn(&mut World, bool) -> Step<()>,
    begin: fn(&mut World) -> Step<()>,
    receive: fn(&mut World) -> Step<i64>,
) -> Path {
    Path {
        name,
        what,
        alone,
        quick: false,
        reader: Reader::Subject,
        declared: false,
        send,
        begin,
        receive,
    }
}

/// What a local user outside can read, `bits` at once.
const fn shown(
    name: &'static str,
    what: &'static str,
    bits: u32,
    send: fn(&mut World, bool) -> Step<()>,
    receive: fn(&mut World) -> Step<i64>,
) -> Path {
    Path {
        reader: Reader::Outside(bits),
        ..path(name, what, Alone::Bits, send, nothing, receive)
    }
}

/// What a local user outside could read of a process that nothing keeps from setting it.
const fn closed(
    name: &'static str,
    what: &'static str,
    alone: Alone,
    send: fn(&mut World, bool) -> Step<()>,
    receive: fn(&mut World) -> Step<i64>,
) -> Path {
    Path {
        reader: Reader::Nobody,
        ..path(name, what, alone, send, nothing, receive)
    }
}

const fn quick(path: Path) -> Path {
    Path {
        quick: true,
        ..path
    }
}

/// All of them.
pub const PATHS: &[Path] = &[
    // The declared way, turned round by the caller: shows that both keep the schedule.
    quick(Path {
        declared: true,
        ..path(
            "declared-direction",
            "a word of the channel, in the direction that is declared",
            Alone::Bits,
            |w, bit| {
                store(w.channel_word()? + 8, wide(bit) as u32);
                Ok(())
            },
            nothing,
            |w| Ok(load(w.channel_word()? + 8).into()),
        )
    }),
    quick(path(
        "store",
        "a store to the channel's memory",
        Alone::Bits,
        |w, bit| {
            store(w.channel_word()? + 16, wide(bit) as u32);
            Ok(())
        },
        nothing,
        |w| Ok(load(w.channel_word()? + 16).into()),
    )),
    path(
        "mprotect",
        "the channel's memory made writable, then a store",
        Alone::Bits,
        |w, bit| {
            let page = w.channel_word()? & !4095;
            call(libc::SYS_mprotect, [page, 4096, 3])?;
            store(w.channel_word()? + 16, wide(bit) as u32);
            Ok(())
        },
        nothing,
        |w| Ok(load(w.channel_word()? + 16).into()),
    ),
    quick(path(
        "credit-page",
        "a store to the page that holds the position of a queue with credit, beside the position",
        Alone::Bits,
        |w, bit| match w.credit {
            0 => Err(ABSENT),
            credit => {
                store(credit + 4096 - 8, wide(bit) as u32);
                Ok(())
            }
        },
        nothing,
        |w| match w.credit {
            0 => Err(ABSENT),
            credit => Ok(load(credit + 4096 - 8).into()),
        },
    )),
    quick(path(
        "nonblocking-ioctl",
        "`ioctl(FIONBIO)` on a description both have; `fcntl(F_GETFL)`",
        Alone::Bits,
        |w, bit| ioctl(w.null, libc::FIONBIO, bit),
        nothing,
        |w| Ok(flags(w.null)? & i64::from(libc::O_NONBLOCK)),
    )),
    quick(path(
        "status-flags",
        "`fcntl(F_SETFL)`, `F_GETFL`",
        Alone::Bits,
        |w, bit| {
            let flags = if bit { libc::O_APPEND } else { 0 };
            fcntl(w.null, libc::F_SETFL, number(flags)).map(drop)
        },
        nothing,
        |w| Ok(flags(w.null)? & i64::from(libc::O_APPEND)),
    )),
    path(
        "async",
        "`ioctl(FIOASYNC)`, `F_GETFL`",
        Alone::Bits,
        |w, bit| ioctl(w.socket, libc::FIOASYNC, bit),
        nothing,
        |w| Ok(flags(w.socket)? & i64::from(libc::O_ASYNC)),
    ),
    path(
        "owner",
        "`fcntl(F_SETOWN)`, `F_GETOWN`",
        Alone::Bits,
        |w, bit| {
            let own = call(libc::SYS_getpid, [])? as usize;
            fcntl(w.null, libc::F_SETOWN, own * wide(bit)).map(drop)
        },
        nothing,
        |w| Ok((fcntl(w.null, libc::F_GETOWN, 0)? != 0).into()),
    ),
    path(
        "signal-of-descriptor",
        "`fcntl(F_SETSIG)`, `F_GETSIG`",
        Alone::Bits,
        |w, bit| fcntl(w.null, 10, 10 * wide(bit)).map(drop),
        nothing,
        |w| fcntl(w.null, 11, 0),
    ),
    path(
        "write-hint",
        "`fcntl(F_SET_RW_HINT)`, `F_GET_RW_HINT`",
        UNSEEN,
        |w, bit| {
            let hint = 5 * wide(bit) as u64;
            fcntl(w.file, 1036, at(&raw const hint)).map(drop)
        },
        nothing,
        |w| {
            let mut hint = 0u64;
            fcntl(w.file, 1035, at(&raw mut hint))?;
            Ok(hint.cast_signed())
        },
    ),
    quick(path(
        "posix-lock",
        "`fcntl(F_SETLK)`, `F_GETLK`",
        Alone::Bits,
        |w, bit| lock(w.file, libc::F_SETLK, bit),
        nothing,
        |w| locked(w.file, libc::F_GETLK),
    )),
    path(
        "description-lock",
        "`fcntl(F_OFD_SETLK)`, `F_OFD_GETLK`",
        Alone::Bits,
        |w, bit| lock(w.file, libc::F_OFD_SETLK, bit),
        nothing,
        |w| locked(w.file, libc::F_OFD_GETLK),
    ),
    quick(path(
        "flock",
        "`flock`",
        Alone::Bits,
        |w, bit| {
            let kind = if bit { libc::LOCK_SH } else { libc::LOCK_UN };
            call(libc::SYS_flock, [number(w.file), number(kind)]).map(drop)
        },
        nothing,
        |w| {
            let flock = |kind| call(libc::SYS_flock, [number(w.file), number(kind)]);
            match flock(libc::LOCK_EX | libc::LOCK_NB) {
                Err(libc::EWOULDBLOCK) => Ok(1),
                Err(error) => Err(error),
                Ok(_) => flock(libc::LOCK_UN),
            }
        },
    )),
    path(
        "lease",
        "`fcntl(F_SETLEASE)`; opening for writing",
        Alone::Bits,
        |w, bit| {
            if w.alone && w.kept.is_none() {
                w.kept = Some(open(&w.path("lease"), libc::O_RDONLY)?);
            }
            let fd = w.kept.unwrap_or(w.file);
            // One that is being broken has to be given back before.
            match fcntl(fd, libc::F_SETLEASE, number(libc::F_UNLCK)) {
                Ok(_) | Err(libc::EAGAIN) => {}
                Err(error) => return Err(error),
            }
            if !bit {
                return Ok(());
            }
            fcntl(fd, libc::F_SETLEASE, number(libc::F_RDLCK)).map(drop)
        },
        nothing,
        |w| match open(&w.path("lease"), libc::O_WRONLY | libc::O_NONBLOCK) {
            Ok(fd) => call(libc::SYS_close, [number(fd)]),
            Err(libc::EWOULDBLOCK) => Ok(1),
            Err(error) => Err(error),
        },
    ),
    quick(path(
        "offset",
        "`lseek` on a description both have",
        Alone::Bits,
        |w, bit| call(libc::SYS_lseek, [number(w.shared), 100 * wide(bit), 0]).map(drop),
        nothing,
        |w| call(libc::SYS_lseek, [number(w.shared), 0, 1]),
    )),
    quick(path(
        "offset-of-file",
        "`lseek` and `read` on a file both have opened",
        Alone::Not("each has an open file description of its own"),
        |w, bit| call(libc::SYS_lseek, [number(w.file), 100 * wide(bit), 0]).map(drop),
        nothing,
        |w| call(libc::SYS_lseek, [number(w.file), 0, 1]),
    )),
    path(
        "time-of-change",
        "`utimensat`, `fstat`",
        Alone::Bits,
        |w, bit| set_times(w.file, 0, 1_000_000 * (1 + wide(bit) as i64)),
        nothing,
        |w| Ok(status(w.file)?.st_mtime),
    ),
    quick(path(
        "time-of-access",
        "`read`, `fstat`",
        Alone::Bits,
        |w, bit| match bit {
            false => Ok(()),
            true => read_byte(w.file),
        },
        |w| {
            if w.alone {
                set_times(w.file, 1000, 1000)?;
            }
            w.before = access(w.file)?;
            Ok(())
        },
        |w| Ok((access(w.file)? != w.before).into()),
    )),
    quick(path(
        "times-of-device",
        "`read` and `write` on the standard input, `fstat`",
        Alone::Not("the null device notes no use"),
        |w, bit| match bit {
            false => Ok(()),
            true => {
                read_byte(w.null)?;
                let byte = 0u8;
                let write = [number(w.null), at(&raw const byte), 1];
                call(libc::SYS_write, write).map(drop)
            }
        },
        |w| {
            w.before = all_times(w.null)?;
            Ok(())
        },
        |w| Ok((all_times(w.null)? != w.before).into()),
    )),
    path(
        "mode",
        "`fchmod`, `fstat`",
        Alone::Bits,
        |w, bit| {
            let mode = if bit { 0o644 } else { 0o600 };
            call(libc::SYS_fchmod, [number(w.file), mode]).map(drop)
        },
        nothing,
        |w| Ok((status(w.file)?.st_mode & 0o7777).into()),
    ),
    path(
        "attribute",
        "`fsetxattr`, `fgetxattr`",
        Alone::Bits,
        |w, bit| {
            let value = [u8::from(bit)];
            let name = at(c"user.b".as_ptr());
            let arguments = [number(w.file), name, at(value.as_ptr()), 1, 0];
            call(libc::SYS_fsetxattr, arguments).map(drop)
        },
        nothing,
        |w| {
            let mut value = [0u8];
            let name = at(c"user.b".as_ptr());
            let arguments = [number(w.file), name, at(value.as_mut_ptr()), 1];
            call(libc::SYS_fgetxattr, arguments)?;
            Ok(value[0].into())
        },
    ),
    path(
        "size",
        "`ftruncate`, `fstat`",
        Alone::Bits,
        |w, bit| call(libc::SYS_ftruncate, [number(w.file), 8192 + wide(bit)]).map(drop),
        nothing,
        |w| Ok(status(w.file)?.st_size),
    ),
    path(
        "blocks",
        "`fallocate`, `fstat`",
        Alone::Bits,
        |w, bit| {
            // Keeps the size; the other makes a hole.
            let mode = if bit { 1 } else { 3 };
            let arguments = [number(w.file), mode, 4096, 4096];
            call(libc::SYS_fallocate, arguments).map(drop)
        },
        nothing,
        |w| Ok(status(w.file)?.st_blocks),
    ),
    path(
        "links",
        "`linkat`, `fstat`",
        Alone::Bits,
        |w, bit| {
            let (from, to) = (w.path("file"), w.path("link"));
            let here = number(libc::AT_FDCWD);
            let arguments = [here, at(from.as_ptr()), here, at(to.as_ptr()), 0];
            match bit {
                true => match call(libc::SYS_linkat, arguments) {
                    Err(libc::EEXIST) => Ok(()),
                    other => other.map(drop),
                },
                false => match call(libc::SYS_unlinkat, [here, at(to.as_ptr()), 0]) {
                    Err(libc::ENOENT) => Ok(()),
                    other => other.map(drop),
                },
            }
        },
        nothing,
        |w| Ok(status(w.file)?.st_nlink.cast_signed()),
    ),
    path(
        "seals",
        "`fcntl(F_ADD_SEALS)`, `F_GET_SEALS`",
        Alone::Bits,
        |w, bit| {
            let fd = w.sealable.get(w.slot.number).copied().unwrap_or(w.null);
            match bit {
                true => fcntl(fd, libc::F_ADD_SEALS, 2).map(drop),
                false => fcntl(fd, libc::F_GET_SEALS, 0).map(drop),
            }
        },
        nothing,
        |w| {
            let fd = w.sealable.get(w.slot.number).copied().unwrap_or(w.null);
            fcntl(fd, libc::F_GET_SEALS, 0)
        },
    ),
    quick(path(
        "residency",
        "`read`, `fadvise64`; `mincore`",
        Alone::Bits,
        residency,
        nothing,
        |w| {
            let (address, range) = mapped_page(w)?;
            let mut answer = [0u8; 1];
            call(libc::SYS_mincore, [address, range, at(answer.as_mut_ptr())])?;
            Ok((answer[0] & 1).into())
        },
    )),
    path(
        "residency-cachestat",
        "`read`, `fadvise64`; `cachestat`",
        Alone::Bits,
        residency,
        nothing,
        |w| {
            let range = [0u64, 4096];
            let mut answer = [0u64; 5];
            let file = w.kept_page()?;
            let arguments = [number(file), at(range.as_ptr()), at(answer.as_mut_ptr()), 0];
            call(451, arguments)?;
            Ok(answer[0].cast_signed())
        },
    ),
    path(
        "residency-nowait",
        "`read`, `fadvise64`; `preadv2(RWF_NOWAIT)`",
        Alone::Bits,
        residency,
        nothing,
        |w| {
            let mut byte = [0u8; 1];
            let vector = [at(byte.as_mut_ptr()), 1];
            let file = w.kept_page()?;
            match call(
                libc::SYS_preadv2,
                [number(file), at(vector.as_ptr()), 1, 0, 0, 8],
            ) {
                Err(libc::EAGAIN) => Ok(0),
                other => other,
            }
        },
    ),
    path(
        "madvise-remove",
        "`madvise(MADV_REMOVE)` on the channel's memory",
        Alone::Bits,
        |w, bit| {
            let page = w.channel_word()? & !4095;
            match bit {
                true => call(libc::SYS_madvise, [page, 4096, 9]).map(drop),
                false => Ok(()),
            }
        },
        |w| {
            store(w.channel_word()? + 24, 1);
            Ok(())
        },
        |w| Ok(load(w.channel_word()? + 24).into()),
    ),
    path(
        "madvise-dontneed",
        "`madvise(MADV_DONTNEED)`, `MADV_FREE` on the channel's memory",
        Alone::Not("it concerns the page tables of one process"),
        |w, bit| {
            let page = w.channel_word()? & !4095;
            if bit {
                call(libc::SYS_madvise, [page, 4096, 4])?;
                // Refused by the kernel on shared pages.
                let _ = call(libc::SYS_madvise, [page, 4096, 8]);
            }
            Ok(())
        },
        |w| {
            store(w.channel_word()? + 24, 1);
            Ok(())
        },
        |w| Ok(load(w.channel_word()? + 24).into()),
    ),
    path(
        "mlock",
        "`mlock`; `Mlocked` in `/proc/meminfo`",
        Alone::Bits,
        |w, bit| {
            const BYTES: usize = 4 << 20;
            let range = match w.range {
                Some((address, _)) => address,
                None => anonymous(w, BYTES)?,
            };
            let lock = if bit {
                libc::SYS_mlock
            } else {
                libc::SYS_munlock
            };
            call(lock, [range, BYTES]).map(drop)
        },
        nothing,
        |_| Ok(field(&read_text("/proc/meminfo")?, "Mlocked:")),
    ),
    quick(path(
        "wake",
        "`FUTEX_WAKE` on the channel; a wait that returns",
        Alone::Bits,
        |w, bit| wake(w.channel_word(), bit),
        nothing,
        |w| wait(w, w.channel_word()),
    )),
    quick(path(
        "wake-image",
        "the same on the program's image",
        Alone::Bits,
        |w, bit| wake(image_word(w), bit),
        nothing,
        |w| wait(w, image_word(w)),
    )),
    path(
        "wake-loader",
        "the same on the loader's pages",
        Alone::Not("there is no loader"),
        |w, bit| wake(loader_word(w), bit),
        nothing,
        |w| {
            let word = loader_word(w);
            wait(w, word)
        },
    ),
    path(
        "wake-private",
        "`FUTEX_WAKE` of the process alone on the channel",
        OWN,
        |w, bit| match bit {
            true => futex(w.channel_word()?, 1 | 128, 1, 0).map(drop),
            false => Ok(()),
        },
        nothing,
        |w| wait_with(w, w.channel_word(), 128),
    ),
    quick(path(
        "wake-count",
        "`FUTEX_WAIT` on the channel; how many a wake finds",
        Alone::Bits,
        |w, bit| attend(w, w.channel_word(), bit),
        nothing,
        |w| futex(w.channel_word()?, 1, 9, 0),
    )),
    path(
        "wake-count-image",
        "the same on the program's image",
        Alone::Bits,
        |w, bit| attend(w, image_word(w), bit),
        nothing,
        |w| futex(image_word(w)?, 1, 9, 0),
    ),
    quick(path(
        "exit",
        "`set_tid_address` on the channel, end of the thread; a wait that returns",
        Alone::Bits,
        |w, bit| exit(w.channel_word(), bit),
        nothing,
        |w| wait(w, w.channel_word()),
    )),
    quick(path(
        "exit-image",
        "the same on the program's image",
        Alone::Bits,
        |w, bit| exit(image_word(w), bit),
        nothing,
        |w| wait(w, image_word(w)),
    )),
    quick(path(
        "exit-loader",
        "the same on the loader's pages",
        Alone::Not("there is no loader"),
        |w, bit| exit(loader_word(w), bit),
        nothing,
        |w| {
            let word = loader_word(w);
            wait(w, word)
        },
    )),
    path(
        "exit-vdso",
        "the same on the kernel's page for clocks",
        Alone::Not("the kernel refuses to wait there"),
        |_, bit| exit(Ok(vdso()), bit),
        nothing,
        |w| wait(w, Ok(vdso())),
    ),
    quick(path(
        "exit-moved",
        "the same on the channel, which the receiver has moved with `mremap` before it waits",
        Alone::Bits,
        |w, bit| exit(w.channel_word(), bit),
        nothing,
        |w| {
            let page = w.channel_word()? & !4095;
            let (old, new) = (page, 0x6100_0000_0000);
            // A mapping of the same memory elsewhere; the old one stays.
            call(libc::SYS_mremap, [old, 0, 4096, 3, new])?;
            let waited = wait(w, Ok(new + (w.channel_word()? & 4095)));
            call(libc::SYS_munmap, [new, 4096])?;
            waited
        },
    )),
    quick(path(
        "child-cleartid",
        "`clone(CLONE_CHILD_CLEARTID)` on the channel, end of the thread",
        Alone::Bits,
        |w, bit| cleared(w.channel_word(), bit),
        nothing,
        |w| wait(w, w.channel_word()),
    )),
    quick(path(
        "child-cleartid-image",
        "the same on the program's image",
        Alone::Bits,
        |w, bit| cleared(image_word(w), bit),
        nothing,
        |w| wait(w, image_word(w)),
    )),
    path(
        "child-cleartid-loader",
        "the same on the loader's pages",
        Alone::Not("there is no loader"),
        |w, bit| cleared(loader_word(w), bit),
        nothing,
        |w| {
            let word = loader_word(w);
            wait(w, word)
        },
    ),
    quick(path(
        "robust-pending",
        "`set_robust_list` with a pending lock on the channel, end of the thread",
        Alone::Bits,
        |w, bit| pending(w, w.channel_word(), bit),
        nothing,
        |w| wait(w, w.channel_word()),
    )),
    path(
        "robust-pending-image",
        "the same on the program's image",
        Alone::Bits,
        |w, bit| pending(w, image_word(w), bit),
        nothing,
        |w| wait(w, image_word(w)),
    ),
    path(
        "robust-pending-loader",
        "the same on the loader's pages",
        Alone::Not("there is no loader"),
        |w, bit| {
            let word = loader_word(w);
            pending(w, word, bit)
        },
        nothing,
        |w| {
            let word = loader_word(w);
            wait(w, word)
        },
    ),
    path(
        "robust-held",
        "`set_robust_list` with a lock on the channel; what its end leaves there",
        Alone::Bits,
        |w, bit| held(w, bit, 0),
        |w| {
            store(w.channel_word()?, 0);
            Ok(())
        },
        |w| Ok((load(w.channel_word()?) & 0x4000_0000).into()),
    ),
    path(
        "robust-held-pi",
        "the same with the bit for priority inheritance",
        Alone::Bits,
        |w, bit| held(w, bit, 1),
        |w| {
            store(w.channel_word()?, 0);
            Ok(())
        },
        |w| Ok((load(w.channel_word()?) & 0x4000_0000).into()),
    ),
    path(
        "requeue",
        "`FUTEX_CMP_REQUEUE` on the channel; a wait that returns",
        Alone::Bits,
        |w, bit| {
            let word = w.channel_word()?;
            match bit {
                true => call(
                    libc::SYS_futex,
                    [word, 4, 1, 0, word + 32, load(word) as usize],
                )
                .map(drop),
                false => Ok(()),
            }
        },
        nothing,
        |w| wait(w, w.channel_word()),
    ),
    path(
        "wake-op",
        "`FUTEX_WAKE_OP` on the channel; a wait that returns",
        Alone::Bits,
        |w, bit| {
            let word = w.channel_word()?;
            match bit {
                // Adds 0 to a word that it may write.
                true => call(libc::SYS_futex, [word, 5, 1, 0, word + 32, 1 << 28]).map(drop),
                false => Ok(()),
            }
        },
        nothing,
        |w| wait(w, w.channel_word()),
    ),
    path(
        "wait-vector",
        "`FUTEX_WAKE` on the channel; `futex_waitv`",
        Alone::Bits,
        |w, bit| wake(w.channel_word(), bit),
        nothing,
        |w| {
            let word = w.channel_word()?;
            // 32 bits, shared.
            let vector = [u64::from(load(word)), word as u64, 2];
            let mut until = monotonic(w.slot.end_ns);
            let arguments = [at(vector.as_ptr()), 1, 0, at(&raw mut until), 1];
            match call(libc::SYS_futex_waitv, arguments) {
                Ok(_) => Ok(1),
                Err(libc::ETIMEDOUT) => Ok(0),
                Err(error) => Err(error),
            }
        },
    ),
    path(
        "wait-second",
        "`FUTEX_WAKE` on the channel; the newer `futex_wait`",
        Alone::Bits,
        |w, bit| wake(w.channel_word(), bit),
        nothing,
        |w| {
            let word = w.channel_word()?;
            let mut until = monotonic(w.slot.end_ns);
            let value = load(word) as usize;
            let all = u32::MAX as usize;
            match call(455, [word, value, all, 2, at(&raw mut until), 1]) {
                Ok(_) => Ok(1),
                Err(libc::ETIMEDOUT) => Ok(0),
                Err(error) => Err(error),
            }
        },
    ),
    path(
        "wake-second",
        "the newer `futex_wake` on the channel; a wait that returns",
        Alone::Bits,
        |w, bit| match bit {
            true => call(454, [w.channel_word()?, u32::MAX as usize, 9, 2]).map(drop),
            false => Ok(()),
        },
        nothing,
        |w| wait(w, w.channel_word()),
    ),
    path(
        "priority-inheritance",
        "`FUTEX_TRYLOCK_PI`, `FUTEX_UNLOCK_PI` on the channel",
        Alone::Bits,
        |w, bit| {
            let word = w.channel_word()? + 40;
            let command = if bit { 8 } else { 7 };
            match futex(word, command, 0, 0) {
                // Already as it shall be.
                Err(libc::EDEADLK | libc::EPERM) if w.alone => Ok(()),
                other => other.map(drop),
            }
        },
        nothing,
        |w| {
            let word = w.channel_word()? + 40;
            match futex(word, 8, 0, 0) {
                Err(libc::EAGAIN | libc::EDEADLK) => Ok(1),
                Err(error) => Err(error),
                Ok(_) => futex(word, 7, 0, 0),
            }
        },
    ),
    path(
        "membarrier",
        "`membarrier`",
        Alone::Not("no value comes back"),
        |_, bit| match bit {
            true => call(libc::SYS_membarrier, [1, 0]).map(drop),
            false => Ok(()),
        },
        nothing,
        |_| call(libc::SYS_membarrier, [0, 0]),
    ),
    path(
        "rseq",
        "`rseq` registered in the channel's memory, where the kernel writes the processor's number",
        UNSEEN,
        |w, bit| {
            let area = w.channel_word()?;
            match bit {
                true => thread([libc::SYS_rseq as usize, area, 32, 0], None).map(drop),
                false => Ok(()),
            }
        },
        |w| {
            for word in 0..8 {
                store(w.channel_word()? + word * 4, 0);
            }
            store(w.channel_word()? + 4, 0x1234);
            Ok(())
        },
        |w| Ok((load(w.channel_word()? + 4) != 0x1234).into()),
    ),
    quick(path(
        "name",
        "`prctl(PR_SET_NAME)`; `comm` in `/proc`",
        Alone::Bits,
        |_, bit| set_name(bit),
        nothing,
        |w| {
            Ok(read_text(&format!("/proc/{}/comm", w.peer))?
                .starts_with("one")
                .into())
        },
    )),
    path(
        "oom-adjustment",
        "`oom_score_adj` in `/proc`",
        Alone::Bits,
        |_, bit| adjust(bit),
        nothing,
        adjustment,
    ),
    path(
        "io-priority",
        "`ioprio_set`, `ioprio_get`",
        Alone::Bits,
        |_, bit| {
            let priority = (2 << 13) | (4 + wide(bit));
            call(libc::SYS_ioprio_set, [1, 0, priority]).map(drop)
        },
        nothing,
        |w| call(libc::SYS_ioprio_get, [1, number(w.peer)]),
    ),
    path(
        "nice",
        "`setpriority`, `getpriority`",
        Alone::BitsForRoot,
        |_, bit| call(libc::SYS_setpriority, [0, 0, wide(bit)]).map(drop),
        nothing,
        |w| call(libc::SYS_getpriority, [0, number(w.peer)]),
    ),
    quick(path(
        "affinity",
        "`sched_setaffinity`, `sched_getaffinity`",
        Alone::Bits,
        |_, bit| set_affinity(bit),
        nothing,
        |w| {
            let mut mask = [0u64; 16];
            let arguments = [number(w.peer), size_of_val(&mask), at(mask.as_mut_ptr())];
            call(libc::SYS_sched_getaffinity, arguments)?;
            Ok(mask[0].cast_signed())
        },
    )),
    path(
        "scheduling-policy",
        "`sched_setscheduler`, `sched_getscheduler`",
        Alone::Bits,
        |_, bit| set_policy(bit),
        nothing,
        |w| call(libc::SYS_sched_getscheduler, [number(w.peer)]),
    ),
    quick(path(
        "process-numbers",
        "threads; how far the numbers of one's own threads go on",
        Alone::Bits,
        |_, bit| {
            if bit {
                for _ in 0..8 {
                    thread([libc::SYS_getpid as usize, 0, 0, 0], None)?;
                }
            }
            Ok(())
        },
        |w| {
            thread([libc::SYS_getpid as usize, 0, 0, 0], None)?;
            w.before = last_thread();
            Ok(())
        },
        |w| {
            thread([libc::SYS_getpid as usize, 0, 0, 0], None)?;
            Ok((last_thread() - w.before).clamp(0, 40))
        },
    )),
    path(
        "inode-numbers",
        "sockets; how far inode numbers go on in `fstat`",
        Alone::Bits,
        |w, bit| {
            stay_on_first_processor(w)?;
            if bit {
                for _ in 0..20 {
                    let fd = socket(libc::AF_UNIX, libc::SOCK_DGRAM)?;
                    call(libc::SYS_close, [number(fd)])?;
                }
            }
            Ok(())
        },
        |w| {
            stay_on_first_processor(w)?;
            w.before = new_inode(w)?;
            Ok(())
        },
        |w| Ok((new_inode(w)? - w.before).clamp(0, 60)),
    ),
    path(
        "port-in-use",
        "`bind`; an address that is in use",
        Alone::Bits,
        |w, bit| {
            w.drop_kept();
            if bit {
                w.kept = Some(bound(w)?);
            }
            Ok(())
        },
        nothing,
        |w| match bound(w) {
            Ok(fd) => call(libc::SYS_close, [number(fd)]),
            Err(libc::EADDRINUSE) => Ok(1),
            Err(error) => Err(error),
        },
    ),
    quick(path(
        "port-numbers",
        "`getsockname`: the number the kernel chose",
        Alone::Not("it stays as long as the socket does"),
        |w, bit| match bit {
            true => {
                let byte = 0u8;
                let write = [number(w.socket), at(&raw const byte), 1];
                // Refused by the peer now and then.
                let _ = call(libc::SYS_write, write);
                Ok(())
            }
            false => Ok(()),
        },
        nothing,
        |w| {
            let (mut name, mut length) = ([0u8; 128], 128u32);
            let arguments = [number(w.socket), at(name.as_mut_ptr()), at(&raw mut length)];
            call(libc::SYS_getsockname, arguments)?;
            Ok(u16::from_be_bytes([name[2], name[3]]).into())
        },
    )),
    path(
        "socket-buffer",
        "`setsockopt(SO_SNDBUF)`, `getsockopt`",
        Alone::Bits,
        |w, bit| set_option(w.socket, libc::SO_SNDBUF, &[8192 << wide(bit)]),
        nothing,
        |w| Ok(option(w.socket, libc::SO_SNDBUF)?[0].into()),
    ),
    quick(path(
        "socket-timeout",
        "`setsockopt(SO_RCVTIMEO)`, `getsockopt`",
        Alone::Bits,
        |w, bit| set_option(w.socket, libc::SO_RCVTIMEO, &[1 + i32::from(bit), 0, 0, 0]),
        nothing,
        |w| Ok(option(w.socket, libc::SO_RCVTIMEO)?[0].into()),
    )),
    quick(path(
        "socket-error",
        "a message to an address where nothing listens; `getsockopt(SO_ERROR)`",
        Alone::Bits,
        |w, bit| {
            let byte = 0u8;
            let write = [number(w.socket), at(&raw const byte), 1];
            match bit {
                // It returns an earlier refusal, and sends next time.
                true => match call(libc::SYS_write, write) {
                    Ok(_) | Err(libc::ECONNREFUSED) => Ok(()),
                    Err(error) => Err(error),
                },
                false => Ok(()),
            }
        },
        |w| option(w.socket, libc::SO_ERROR).map(drop),
        |w| Ok(option(w.socket, libc::SO_ERROR)?[0].into()),
    )),
    path(
        "socket-queue",
        "`ioctl(FIONREAD)` on a connection",
        Alone::Bits,
        |w, bit| {
            let byte = 0u8;
            match bit {
                true => call(libc::SYS_write, [number(w.pair.0), at(&raw const byte), 1]).map(drop),
                false => Ok(()),
            }
        },
        |w| match waiting(w.pair.1)? {
            0 => Ok(()),
            _ => {
                let mut buffer = [0u8; 64];
                let read = [number(w.pair.1), at(buffer.as_mut_ptr()), 64];
                call(libc::SYS_read, read).map(drop)
            }
        },
        |w| waiting(w.pair.1),
    ),
    path(
        "listener",
        "calls of the notification interface on every descriptor",
        Alone::Not("there is no filter"),
        |w, bit| {
            let mut buffer = [0u64; 16];
            // Another descriptor in each slot: many refused calls are answered slowly.
            let fd = w.slot.number % 16;
            if bit {
                // SECCOMP_IOCTL_NOTIF_RECV.
                let _ = call(libc::SYS_ioctl, [fd, 0xc050_2100, at(buffer.as_mut_ptr())]);
            }
            Ok(())
        },
        nothing,
        |_| {
            let open = (0..64).filter(|fd| call(libc::SYS_fcntl, [*fd, 1]).is_ok());
            Ok(open.count() as i64)
        },
    ),
    quick(path(
        "signals",
        "`tgkill` to the other; a handler",
        Alone::Bits,
        |w, bit| {
            let signal = number(libc::SIGURG) * wide(bit);
            call(libc::SYS_tgkill, [number(w.peer), number(w.peer), signal]).map(drop)
        },
        |w| {
            w.before = caught();
            Ok(())
        },
        |w| Ok((caught() - w.before).min(1)),
    )),
    quick(path(
        "signals-pending",
        "signals kept pending up to the limit that is counted per user; whether one more is taken",
        Alone::Bits,
        |w, bit| {
            let signal = hold_signal(w)?;
            if bit {
                return match (0..4096).find_map(|_| tell_oneself(signal).err()) {
                    Some(libc::EAGAIN) | None => Ok(()),
                    Some(error) => Err(error),
                };
            }
            forget_signal(signal)
        },
        |w| hold_signal(w).map(drop),
        |w| {
            let signal = hold_signal(w)?;
            match tell_oneself(signal) {
                Ok(()) => {
                    forget_signal(signal)?;
                    Ok(0)
                }
                Err(libc::EAGAIN) => Ok(1),
                Err(error) => Err(error),
            }
        },
    )),
    quick(path(
        "thread-limit",
        "threads up to the limit; whether one more is made",
        Alone::Not("the limit of the user is too far away"),
        |w, bit| {
            if bit {
                // More than a subject may have.
                for _ in 0..100 {
                    if sleep_in_thread(w).is_err() {
                        break;
                    }
                }
            }
            Ok(())
        },
        nothing,
        |_| match thread([libc::SYS_getpid as usize, 0, 0, 0], None) {
            Ok(_) => Ok(0),
            Err(libc::EAGAIN) => Ok(1),
            Err(error) => Err(error),
        },
    )),
    path(
        "limits",
        "`prlimit` of oneself; of the other",
        Alone::Bits,
        |_, bit| set_core_limit(bit),
        nothing,
        |w| {
            let mut limit = [0u64; 2];
            let arguments = [number(w.peer), 4, 0, at(limit.as_mut_ptr())];
            call(libc::SYS_prlimit64, arguments)?;
            Ok(limit[0].min(1 << 40).cast_signed())
        },
    ),
    path(
        "addresses",
        "memory; where one's own next piece lies",
        OWN,
        |w, bit| {
            release(w);
            match bit {
                true => anonymous(w, 1 << 20).map(drop),
                false => Ok(()),
            }
        },
        nothing,
        |_| {
            let address = call(libc::SYS_mmap, [0, 4096, 3, 0x22, usize::MAX, 0])?;
            call(libc::SYS_munmap, [address as usize, 4096])?;
            Ok(address)
        },
    ),
    path(
        "system-counts",
        "threads; `sysinfo`",
        Alone::Bits,
        |w, bit| {
            if bit {
                for _ in 0..if w.alone { 200 } else { 40 } {
                    sleep_in_thread(w)?;
                }
            }
            Ok(())
        },
        |w| {
            w.before = processes()?;
            Ok(())
        },
        |w| Ok((processes()? - w.before).clamp(-50, 250)),
    ),
    path(
        "host-name",
        "`sethostname`; `uname`",
        Alone::Not("not tried: it would change the machine"),
        |_, _| call(libc::SYS_sethostname, [at(c"one".as_ptr()), 3]).map(drop),
        nothing,
        |_| {
            let mut names = [0u8; 390];
            call(libc::SYS_uname, [at(names.as_mut_ptr())])?;
            Ok(names[65].into())
        },
    ),
    path(
        "clock",
        "`clock_settime`; `clock_gettime`",
        Alone::Not("not tried: it would change the machine"),
        |_, _| call(libc::SYS_clock_settime, [0, 0]).map(drop),
        nothing,
        |_| {
            let mut now = [0i64; 2];
            call(libc::SYS_clock_gettime, [0, at(now.as_mut_ptr())])?;
            Ok(now[0] >> 20)
        },
    ),
    path(
        "keyring",
        "`add_key`; `keyctl`",
        Alone::Bits,
        |_, bit| {
            let payload = [u8::from(bit)];
            let (kind, name) = (at(c"user".as_ptr()), at(c"bulkhead-capacity".as_ptr()));
            let arguments = [kind, name, at(payload.as_ptr()), 1, number(-4)];
            call(libc::SYS_add_key, arguments).map(drop)
        },
        nothing,
        |_| {
            let (kind, name) = (at(c"user".as_ptr()), at(c"bulkhead-capacity".as_ptr()));
            // KEYCTL_SEARCH, KEYCTL_READ.
            let key = match call(libc::SYS_keyctl, [10, number(-4), kind, name, 0]) {
                Err(libc::ENOKEY) => return Ok(0),
                other => other?,
            };
            let mut payload = [0u8];
            call(
                libc::SYS_keyctl,
                [11, key as usize, at(payload.as_mut_ptr()), 1],
            )?;
            Ok(payload[0].into())
        },
    ),
    path(
        "message-queue",
        "`msgget`, `msgctl`",
        Alone::Bits,
        |w, bit| {
            let key = w.own_number() + 7;
            let queue = call(libc::SYS_msgget, [key, 0o1600])?;
            match bit {
                true => Ok(()),
                false => call(libc::SYS_msgctl, [queue as usize, 0, 0]).map(drop),
            }
        },
        nothing,
        |w| match call(libc::SYS_msgget, [w.own_number() + 7, 0o600]) {
            Ok(_) => Ok(1),
            Err(libc::ENOENT) => Ok(0),
            Err(error) => Err(error),
        },
    ),
    path(
        "abstract-name",
        "`bind` to a name of a local socket; whether it is taken",
        Alone::Bits,
        |w, bit| {
            w.drop_kept();
            if bit {
                w.kept = Some(named(w)?);
            }
            Ok(())
        },
        nothing,
        |w| match named(w) {
            Ok(fd) => call(libc::SYS_close, [number(fd)]),
            Err(libc::EADDRINUSE) => Ok(1),
            Err(error) => Err(error),
        },
    ),
    path(
        "watch",
        "`read` of a file; `inotify`",
        Alone::Bits,
        |w, bit| match bit {
            true => read_byte(w.file),
            false => Ok(()),
        },
        |w| {
            if w.kept.is_none() {
                let fd = call(libc::SYS_inotify_init1, [number(libc::O_NONBLOCK)])?;
                let fd = RawFd::try_from(fd).unwrap_or(-1);
                let path = w.path("file");
                // IN_ACCESS.
                call(
                    libc::SYS_inotify_add_watch,
                    [number(fd), at(path.as_ptr()), 1],
                )?;
                w.kept = Some(fd);
            }
            let _ = watched(w);
            Ok(())
        },
        watched,
    ),
    path(
        "processor-number",
        "work; on which processor one runs (`getcpu`)",
        Alone::Not("it is the scheduler's choice: listed as a residual channel"),
        |w, bit| {
            while bit && channel::clock::now_ns() < w.slot.read_ns {}
            Ok(())
        },
        nothing,
        |_| {
            let mut processor = 0u32;
            call(libc::SYS_getcpu, [at(&raw mut processor), 0, 0])?;
            Ok(processor.into())
        },
    ),
    quick(path(
        "look-at-file",
        "`fstat` of a file to which the other appends: whether its next `write` is stamped finer than by \
         a tick of the clock",
        Alone::Bits,
        |w, bit| {
            while bit && channel::clock::now_ns() < w.slot.end_ns {
                status(w.log)?;
                pause(20)?;
            }
            Ok(())
        },
        nothing,
        |w| {
            // One that nobody looked at since the last tick gets the time of the tick.
            let mut fine = 0;
            for _ in 0..8 {
                append(w.log)?;
                pause(300)?;
                let before = now()?;
                append(w.log)?;
                let stat = status(w.log)?;
                fine += i64::from((stat.st_ctime, stat.st_ctime_nsec) >= before);
            }
            Ok(fine)
        },
    )),
    quick(path(
        "holes",
        "`read` where a file was allocated and never written; `lseek(SEEK_DATA)`",
        Alone::Bits,
        |w, bit| {
            let file = sparse(w);
            call(libc::SYS_lseek, [number(file), hole(w), 0])?;
            let mut byte = 0u8;
            match bit {
                true => call(libc::SYS_read, [number(file), at(&raw mut byte), 1]).map(drop),
                false => Ok(()),
            }
        },
        nothing,
        |w| {
            // SEEK_DATA.
            let place = hole(w);
            match call(libc::SYS_lseek, [number(sparse(w)), place, 3]) {
                Ok(found) => Ok((found as usize == place).into()),
                Err(libc::ENXIO) => Ok(0),
                Err(error) => Err(error),
            }
        },
    )),
    path(
        "dropped-memory",
        "need of memory; what is left in `mmap(MAP_DROPPABLE)`",
        Alone::BitsForRoot,
        need_memory,
        |w| {
            release(w);
            let page = call(libc::SYS_mmap, [0, 4096, 3, 0x28, usize::MAX, 0])? as usize;
            w.range = Some((page, 4096));
            store(page, 1);
            Ok(())
        },
        kept_memory,
    ),
    path(
        "freed-memory",
        "need of memory; what is left after `madvise(MADV_FREE)`",
        Alone::BitsForRoot,
        need_memory,
        |w| {
            release(w);
            let page = anonymous(w, 4096)?;
            store(page, 1);
            call(libc::SYS_madvise, [page, 4096, 8]).map(drop)
        },
        kept_memory,
    ),
    quick(path(
        "accepted-inode",
        "`accept4` and `close`; how far the inode numbers of one's own connections go on in `fstat`",
        Alone::Bits,
        |w, bit| {
            stay_on_first_processor(w)?;
            for _ in 0..20 * wide(bit) {
                let Some(fd) = accepted(w)? else { break };
                call(libc::SYS_close, [number(fd)])?;
            }
            Ok(())
        },
        |w| {
            stay_on_first_processor(w)?;
            w.before = accepted_inode(w)?;
            Ok(())
        },
        |w| Ok((accepted_inode(w)? - w.before).clamp(0, 200)),
    )),
    path(
        "accepted-port",
        "`accept4` and `close`; the port number of one's own next peer (`getpeername`)",
        Alone::Not("a peer's port is chosen for the address that it reaches"),
        |w, bit| {
            for _ in 0..20 * wide(bit) {
                let Some(fd) = accepted(w)? else { break };
                call(libc::SYS_close, [number(fd)])?;
            }
            Ok(())
        },
        nothing,
        |w| {
            let Some(fd) = accepted(w)? else { return Ok(0) };
            let (mut name, mut length) = ([0u8; 128], 128u32);
            let arguments = [number(fd), at(name.as_mut_ptr()), at(&raw mut length)];
            let asked = call(libc::SYS_getpeername, arguments);
            call(libc::SYS_close, [number(fd)])?;
            asked?;
            Ok(u16::from_be_bytes([name[2], name[3]]).into())
        },
    ),
    path(
        "view-of-the-kernel",
        "threads; their number in `/proc/loadavg`, also as a grant",
        Alone::Bits,
        |w, bit| {
            for _ in 0..40 * wide(bit) {
                sleep_in_thread(w)?;
            }
            Ok(())
        },
        |w| {
            w.before = threads_of_machine()?;
            Ok(())
        },
        |w| Ok((threads_of_machine()? - w.before).clamp(-50, 100)),
    ),
    // What local users outside can read, or could.
    closed(
        "outside-name",
        "`prctl(PR_SET_NAME)`: `comm`",
        Alone::Bits,
        |_, bit| set_name(bit),
        |w| {
            Ok(read_text(&format!("/proc/{}/comm", w.peer))?
                .starts_with("one")
                .into())
        },
    ),
    closed(
        "outside-command-line",
        "a store where the kernel keeps the command line: `cmdline`",
        Alone::Bits,
        |w, bit| {
            let address = w.command_line()?;
            store(address, if bit { 0x6565_6e6f } else { 0x6f6f_6f6f });
            Ok(())
        },
        |w| {
            let text = read_text(&format!("/proc/{}/cmdline", w.peer))?;
            Ok(text.contains("onee").into())
        },
    ),
    closed(
        "outside-adjustment",
        "`oom_score_adj`",
        Alone::Bits,
        |_, bit| adjust(bit),
        adjustment,
    ),
    closed(
        "outside-nice",
        "`setpriority`: `stat`",
        Alone::BitsForRoot,
        |_, bit| call(libc::SYS_setpriority, [0, 0, wide(bit)]).map(drop),
        |w| of_stat(w, 18),
    ),
    closed(
        "outside-policy",
        "`sched_setscheduler`: `stat`",
        Alone::Bits,
        |_, bit| set_policy(bit),
        |w| of_stat(w, 40),
    ),
    closed(
        "outside-affinity",
        "`sched_setaffinity`: `Cpus_allowed` in `status`",
        Alone::Bits,
        |_, bit| set_affinity(bit),
        |w| Ok(of_status(w)?.contains("Cpus_allowed_list:\t0\n").into()),
    ),
    closed(
        "outside-limits",
        "`prlimit64`: `limits`",
        Alone::Bits,
        |_, bit| set_core_limit(bit),
        |w| {
            let text = read_text(&format!("/proc/{}/limits", w.peer))?;
            Ok(field(&text, "Max core file size"))
        },
    ),
    closed(
        "outside-group-memory",
        "touched pages: memory in use in the files of its control group",
        Alone::BitsForRoot,
        |w, bit| {
            release(w);
            touch(w, (4 << 20) * wide(bit))
        },
        |w| {
            let files = ["memory.usage_in_bytes", "memory.current"];
            Ok(field(&read_group(w.peer, "memory", files)?, ""))
        },
    ),
    closed(
        "outside-group-threads",
        "`clone`: the number of threads in the files of its control group",
        Alone::BitsForRoot,
        |w, bit| {
            for _ in 0..6 * wide(bit) {
                sleep_in_thread(w)?;
            }
            Ok(())
        },
        |w| {
            let files = ["pids.current", "pids.current"];
            Ok(field(&read_group(w.peer, "pids", files)?, ""))
        },
    ),
    shown(
        "outside-signals",
        "`rt_sigprocmask`: blocked signals in `status`",
        62,
        |_, bit| {
            let mask = (wide(bit) as u64) << 20;
            let arguments = [2, at(&raw const mask), 0, 8];
            call(libc::SYS_rt_sigprocmask, arguments).map(drop)
        },
        |w| Ok(of_status(w)?.contains("SigBlk:\t0000000000100000").into()),
    ),
    shown(
        "outside-handlers",
        "`rt_sigaction`: ignored and handled signals in `status`",
        96,
        |_, bit| {
            let action = [wide(bit), 0, 0, 0];
            let arguments = [number(libc::SIGUSR1), at(action.as_ptr()), 0, 8];
            call(libc::SYS_rt_sigaction, arguments).map(drop)
        },
        |w| {
            let text = of_status(w)?;
            let line = text.lines().find(|line| line.starts_with("SigIgn:"));
            let mask = line.and_then(|line| line.get(8..24));
            let mask = mask.and_then(|mask| u64::from_str_radix(mask, 16).ok());
            Ok((mask.unwrap_or(0) >> (libc::SIGUSR1 - 1) & 1).cast_signed())
        },
    ),
    shown(
        "outside-memory",
        "`mmap`, `munmap`: the size in `statm`",
        13,
        |w, bit| {
            release(w);
            match bit {
                true => anonymous(w, 4 << 20).map(drop),
                false => Ok(()),
            }
        },
        |w| of_sizes(w, 0),
    ),
    shown(
        "outside-resident",
        "touched pages: the resident size in `statm`",
        13,
        |w, bit| {
            release(w);
            touch(w, (1 << 20) * wide(bit))
        },
        |w| of_sizes(w, 1),
    ),
    shown(
        "outside-threads",
        "`clone`: the number of threads in `status`",
        5,
        |w, bit| {
            for _ in 0..6 * wide(bit) {
                sleep_in_thread(w)?;
            }
            Ok(())
        },
        |w| Ok(field(&of_status(w)?, "Threads:")),
    ),
    shown(
        "outside-faults",
        "touched pages: the count of page faults in `stat`",
        10,
        |w, bit| {
            release(w);
            touch(w, (1 << 20) * wide(bit))
        },
        |w| {
            let now = of_stat(w, 9)?;
            let grown = now - w.before;
            w.before = now;
            Ok(grown.min(200))
        },
    ),
    shown(
        "outside-switches",
        "`nanosleep`: context switches in `status`",
        6,
        |_, bit| {
            let short = [0i64, 1000];
            for _ in 0..12 * wide(bit) {
                call(libc::SYS_nanosleep, [at(short.as_ptr()), 0])?;
            }
            Ok(())
        },
        |w| {
            let now = field(&of_status(w)?, "voluntary_ctxt_switches:");
            let grown = now - w.before;
            w.before = now;
            Ok(grown.min(12))
        },
    ),
    shown(
        "outside-processor",
        "work: processor time in `schedstat`",
        6,
        |w, bit| {
            while bit && channel::clock::now_ns() < w.slot.read_ns {}
            Ok(())
        },
        |w| {
            let text = read_text(&format!("/proc/{}/schedstat", w.peer))?;
            let now = field(&text, "");
            let grown = now - w.before;
            w.before = now;
            Ok(grown)
        },
    ),
    shown(
        "outside-state",
        "work or sleep: the state in `stat`",
        1,
        |w, bit| {
            while bit && channel::clock::now_ns() < w.slot.end_ns {}
            Ok(())
        },
        |w| {
            let text = read_text(&format!("/proc/{}/stat", w.peer))?;
            Ok(text.contains(") R ").into())
        },
    ),
    // Of a connection both queues are shown to the byte, of 6 and 4 MiB at most.
    shown(
        "outside-socket-queues",
        "datagrams received and not read: the queue of a granted socket in `/proc/net/udp`, likewise in `tcp`",
        45,
        |w, bit| {
            let (from, to) = queue_ends(w)?;
            let mut datagram = [0u8; 64];
            let buffer = at(datagram.as_mut_ptr());
            while call(libc::SYS_read, [number(to), buffer, 64]).is_ok() {}
            for _ in 0..8 * wide(bit) {
                call(libc::SYS_write, [number(from), buffer, 64])?;
            }
            Ok(())
        },
        |_| {
            // Its address, as the kernel writes it.
            const OWN: &str = ": 4242427F:";
            let text = read_text("/proc/net/udp")?;
            let queue = |line: &str| {
                let (_, own) = line.split_once(OWN)?;
                let (_, waiting) = own.split_whitespace().nth(3)?.split_once(':')?;
                i64::from_str_radix(waiting, 16).ok()
            };
            Ok(text.lines().filter_map(queue).sum())
        },
    ),
    shown(
        "outside-score",
        "touched pages: `oom_score`",
        2,
        |w, bit| {
            release(w);
            touch(w, (128 << 20) * wide(bit))
        },
        |w| {
            let text = read_text(&format!("/proc/{}/oom_score", w.peer))?;
            Ok(text.trim().parse().unwrap_or(0))
        },
    ),
];

fn nothing(_: &mut World) -> Step<()> {
    Ok(())
}

fn fcntl(fd: RawFd, command: i32, argument: usize) -> Step<i64> {
    call(libc::SYS_fcntl, [number(fd), number(command), argument])
}

fn flags(fd: RawFd) -> Step<i64> {
    fcntl(fd, libc::F_GETFL, 0)
}

fn ioctl(fd: RawFd, request: libc::c_ulong, bit: bool) -> Step<()> {
    let value = i32::from(bit);
    let arguments = [number(fd), request as usize, at(&raw const value)];
    call(libc::SYS_ioctl, arguments).map(drop)
}

fn whole_file(kind: i32) -> libc::flock {
    // SAFETY: all-zero bytes are a valid value of this plain structure.
    let mut lock = unsafe { std::mem::zeroed::<libc::flock>() };
    lock.l_type = kind as i16;
    lock
}

fn lock(fd: RawFd, command: i32, bit: bool) -> Step<()> {
    let kind = if bit { libc::F_RDLCK } else { libc::F_UNLCK };
    let lock = whole_file(kind);
    fcntl(fd, command, at(&raw const lock)).map(drop)
}

fn locked(fd: RawFd, command: i32) -> Step<i64> {
    let mut lock = whole_file(libc::F_WRLCK);
    fcntl(fd, command, at(&raw mut lock))?;
    Ok((i32::from(lock.l_type) != libc::F_UNLCK).into())
}

fn set_times(fd: RawFd, access: i64, change: i64) -> Step<()> {
    let times = [access, 0, change, 0];
    let arguments = [number(fd), 0, at(times.as_ptr()), 0];
    call(libc::SYS_utimensat, arguments).map(drop)
}

fn access(fd: RawFd) -> Step<i64> {
    let stat = status(fd)?;
    Ok(stat
        .st_atime
        .wrapping_mul(1_000_000_000)
        .wrapping_add(stat.st_atime_nsec))
}

fn all_times(fd: RawFd) -> Step<i64> {
    let stat = status(fd)?;
    let change = stat.st_mtime ^ stat.st_mtime_nsec ^ stat.st_ctime ^ stat.st_ctime_nsec;
    Ok(access(fd)?.wrapping_add(change))
}

fn read_byte(fd: RawFd) -> Step<()> {
    let mut byte = 0u8;
    call(libc::SYS_lseek, [number(fd), 0, 0])?;
    call(libc::SYS_read, [number(fd), at(&raw mut byte), 1]).map(drop)
}

/// Brings a page of a file into memory, or lets it go.
fn residency(w: &mut World, bit: bool) -> Step<()> {
    if !w.alone {
        return match bit {
            true => read_byte(w.file),
            // It must be as dead as the reading side.
            false => Ok(()),
        };
    }
    let file = w.kept_page()?;
    match bit {
        true => {
            let mut byte = 0u8;
            let arguments = [number(file), at(&raw mut byte), 1, 0];
            call(libc::SYS_pread64, arguments).map(drop)
        }
        false => call(libc::SYS_fadvise64, [number(file), 0, 0, 4]).map(drop),
    }
}

impl World {
    /// The file of one page, opened by each for itself; in a partition the file there is.
    fn kept_page(&mut self) -> Step<RawFd> {
        if !self.alone {
            return Ok(self.file);
        }
        if self.kept.is_none() {
            self.kept = Some(open(&self.path("page"), libc::O_RDWR)?);
        }
        self.kept.ok_or(ABSENT)
    }

    /// A number of this pair alone.
    fn own_number(&self) -> usize {
        let path = self.place.as_os_str().as_encoded_bytes();
        path.iter().fold(7usize, |sum, byte| {
            sum.wrapping_mul(31).wrapping_add((*byte).into()) & 0xf_ffff
        })
    }

    fn command_line(&mut self) -> Step<usize> {
        if self.alone {
            self.peer = i32::try_from(call(libc::SYS_getpid, [])?).unwrap_or(0);
            let begin = usize::try_from(of_stat(self, 47)?).unwrap_or(0);
            return Ok(begin.next_multiple_of(4));
        }
        match *self
            .command_line
            .get_or_insert_with(crate::world::find_command_line)
        {
            0 => Err(ABSENT),
            address => Ok(address),
        }
    }
}

fn mapped_page(w: &mut World) -> Step<(usize, usize)> {
    if !w.alone {
        return match w.memory {
            0 => Ok((at(IMAGE.as_ptr()) & !4095, 4096)),
            memory => Ok((memory, 4096)),
        };
    }
    if w.range.is_none() {
        let file = w.kept_page()?;
        let address = call(libc::SYS_mmap, [0, 4096, 1, 1, number(file), 0])?;
        w.range = Some((address as usize, 4096));
    }
    w.range.ok_or(ABSENT)
}

/// New memory, kept until it is released.
fn anonymous(w: &mut World, bytes: usize) -> Step<usize> {
    let address = call(libc::SYS_mmap, [0, bytes, 3, 0x22, usize::MAX, 0])? as usize;
    w.range = Some((address, bytes));
    Ok(address)
}

/// Gives the kept range back.
pub fn release(w: &mut World) {
    if let Some((address, bytes)) = w.range.take() {
        let _ = call(libc::SYS_munmap, [address, bytes]);
    }
}

/// Words of the program's image that stay zero.
static IMAGE: [u32; 4096] = {
    let mut words = [0; 4096];
    words[4095] = 1;
    words
};

fn image_word(_: &World) -> Step<usize> {
    Ok((at(IMAGE.as_ptr()) & !4095) + 4096)
}

/// A word of the loader that is zero: the filling of its first bytes.
fn loader_word(w: &mut World) -> Step<usize> {
    if w.alone {
        return Err(ABSENT);
    }
    match *w.loader.get_or_insert_with(crate::world::find_loader) {
        0 => Err(ABSENT),
        first => Ok(first + 8),
    }
}

fn vdso() -> usize {
    // SAFETY: reads the process's own vector.
    unsafe { libc::getauxval(libc::AT_SYSINFO_EHDR) as usize + 8 }
}

fn futex(word: usize, operation: usize, value: usize, time: usize) -> Step<i64> {
    call(libc::SYS_futex, [word, operation, value, time, 0, 0])
}

fn wake(word: Step<usize>, bit: bool) -> Step<()> {
    let word = word?;
    match bit {
        true => futex(word, 1, 9, 0).map(drop),
        false => Ok(()),
    }
}

fn wait(w: &World, word: Step<usize>) -> Step<i64> {
    wait_with(w, word, 0)
}

/// Whether a wait was ended by a wake.
fn wait_with(w: &World, word: Step<usize>, private: usize) -> Step<i64> {
    let word = word?;
    if !is_mapped(word) {
        return Err(ABSENT);
    }
    let patience = w.patience();
    match futex(word, private, load(word) as usize, at(&raw const patience)) {
        Ok(_) => Ok(1),
        Err(libc::ETIMEDOUT) => Ok(0),
        // Somebody wrote first, which the next slot tells as well.
        Err(libc::EAGAIN | libc::EINTR) => Ok(0),
        Err(error) => Err(error),
    }
}

/// Waits so that a wake finds one who waits.
fn attend(w: &World, word: Step<usize>, bit: bool) -> Step<()> {
    let word = word?;
    match bit {
        true => wait_with(w, Ok(word), 0).map(drop),
        false => Ok(()),
    }
}

fn exit(word: Step<usize>, bit: bool) -> Step<()> {
    let word = word?;
    match bit {
        true => thread([libc::SYS_set_tid_address as usize, word, 0, 0], None).map(drop),
        false => Ok(()),
    }
}

fn cleared(word: Step<usize>, bit: bool) -> Step<()> {
    let word = word?;
    match bit {
        true => thread([libc::SYS_getpid as usize, 0, 0, 0], Some(word)).map(drop),
        false => Ok(()),
    }
}

/// A thread that ends while it was about to take a lock.
fn pending(w: &mut World, word: Step<usize>, bit: bool) -> Step<()> {
    let word = word?;
    let head = at(w.robust.as_ptr());
    *w.robust = [head, 0, word, 0];
    match bit {
        true => thread([libc::SYS_set_robust_list as usize, head, 24, 0], None).map(drop),
        false => Ok(()),
    }
}

/// A thread that ends while it has a lock: the kernel looks for its number in the word.
fn held(w: &mut World, bit: bool, inherits: usize) -> Step<()> {
    let word = w.channel_word()?;
    let head = at(w.robust.as_ptr());
    let entry = head + 24;
    *w.robust = [entry | inherits, word.wrapping_sub(entry), 0, head];
    if bit {
        // Numbers go on by one; where others make threads too, this slot is lost.
        let list = libc::SYS_set_robust_list as usize;
        thread([libc::SYS_getpid as usize, 0, 0, 0], None)?;
        store(word, u32::try_from(last_thread() + 1).unwrap_or(0));
        thread([list, head, 24, 0], None)?;
    }
    Ok(())
}

fn monotonic(ns: u64) -> libc::timespec {
    libc::timespec {
        tv_sec: i64::try_from(ns / 1_000_000_000).unwrap_or(0),
        tv_nsec: i64::try_from(ns % 1_000_000_000).unwrap_or(0),
    }
}

/// Bytes of the file that was never written: a piece for each slot, farther apart than what the kernel
/// reads ahead.
pub const SPARSE_BYTES: u64 = 96 << 19;

fn hole(w: &World) -> usize {
    (1 + w.slot.number) << 19
}

/// In a partition the file there is.
fn sparse(w: &World) -> RawFd {
    if w.alone { w.sparse } else { w.file }
}

fn append(fd: RawFd) -> Step<()> {
    let byte = 0u8;
    call(libc::SYS_write, [number(fd), at(&raw const byte), 1]).map(drop)
}

fn now() -> Step<(i64, i64)> {
    let mut now = [0i64; 2];
    let clock = number(libc::CLOCK_REALTIME);
    call(libc::SYS_clock_gettime, [clock, at(now.as_mut_ptr())])?;
    Ok((now[0], now[1]))
}

fn pause(us: i64) -> Step<()> {
    let short = [0i64, us * 1000];
    call(libc::SYS_nanosleep, [at(short.as_ptr()), 0]).map(drop)
}

/// Needs so much memory that the kernel takes back what it may; alone both are in one control group.
fn need_memory(w: &mut World, bit: bool) -> Step<()> {
    match (bit, w.alone, w.group.as_deref()) {
        (false, ..) => Ok(()),
        (true, true, None) => Err(ABSENT),
        (true, true, Some(group)) => reclaim(group),
        (true, false, _) => {
            touch(w, 1 << 20)?;
            release(w);
            Ok(())
        }
    }
}

/// Whether a page that was set to one still is.
fn kept_memory(w: &mut World) -> Step<i64> {
    let (page, _) = w.range.ok_or(ABSENT)?;
    Ok(load(page).into())
}

/// A socket that takes connections from this machine.
pub fn listener() -> std::io::Result<RawFd> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    Ok(std::os::fd::IntoRawFd::into_raw_fd(listener))
}

/// A connection, if one waits; alone one's own.
fn accepted(w: &World) -> Step<Option<RawFd>> {
    let own = match w.alone {
        true => Some(connected(w.listener)?),
        false => {
            ioctl(w.listener, libc::FIONBIO, true)?;
            None
        }
    };
    let taken = call(libc::SYS_accept4, [number(w.listener), 0, 0, 0]);
    if let Some(own) = own {
        call(libc::SYS_close, [number(own)])?;
    }
    match taken {
        Ok(fd) => Ok(Some(RawFd::try_from(fd).unwrap_or(-1))),
        Err(libc::EAGAIN) => Ok(None),
        Err(error) => Err(error),
    }
}

fn connected(listener: RawFd) -> Step<RawFd> {
    let (mut name, mut length) = ([0u8; 16], 16u32);
    let arguments = [number(listener), at(name.as_mut_ptr()), at(&raw mut length)];
    call(libc::SYS_getsockname, arguments)?;
    let fd = socket(libc::AF_INET, libc::SOCK_STREAM)?;
    call(libc::SYS_connect, [number(fd), at(name.as_ptr()), 16])?;
    Ok(fd)
}

/// The inode number of a new connection; where none waits, that of the listener.
fn accepted_inode(w: &World) -> Step<i64> {
    let new = accepted(w)?;
    let stat = status(new.unwrap_or(w.listener));
    if let Some(fd) = new {
        call(libc::SYS_close, [number(fd)])?;
    }
    Ok(stat?.st_ino.cast_signed())
}

fn threads_of_machine() -> Step<i64> {
    let text = read_text("/proc/loadavg")?;
    let (_, threads) = text.split_once('/').ok_or(ABSENT)?;
    Ok(field(threads, ""))
}

/// New memory, of which each page is used.
fn touch(w: &mut World, bytes: usize) -> Step<()> {
    if bytes > 0 {
        let range = anonymous(w, bytes)?;
        for page in (0..bytes).step_by(4096) {
            store(range + page, 1);
        }
    }
    Ok(())
}

fn adjust(bit: bool) -> Step<()> {
    let fd = open(&c"/proc/self/oom_score_adj".to_owned(), libc::O_WRONLY)?;
    let text: &[u8] = if bit { b"500" } else { b"400" };
    let wrote = call(libc::SYS_write, [number(fd), at(text.as_ptr()), text.len()]);
    call(libc::SYS_close, [number(fd)])?;
    wrote.map(drop)
}

fn adjustment(w: &mut World) -> Step<i64> {
    let text = read_text(&format!("/proc/{}/oom_score_adj", w.peer))?;
    Ok(text.trim().parse().unwrap_or(0))
}

fn set_affinity(bit: bool) -> Step<()> {
    let mask = [if bit { 1u64 } else { 3 }];
    call(libc::SYS_sched_setaffinity, [0, 8, at(mask.as_ptr())]).map(drop)
}

fn set_policy(bit: bool) -> Step<()> {
    let none = 0i32;
    let policy = match bit {
        true => libc::SCHED_BATCH,
        false => libc::SCHED_OTHER,
    };
    let arguments = [0, number(policy), at(&raw const none)];
    call(libc::SYS_sched_setscheduler, arguments).map(drop)
}

fn set_core_limit(bit: bool) -> Step<()> {
    let mut had = [0u64; 2];
    call(libc::SYS_prlimit64, [0, 4, 0, at(had.as_mut_ptr())])?;
    let limit = [(4096 * wide(bit) as u64).min(had[1]), had[1]];
    call(libc::SYS_prlimit64, [0, 4, at(limit.as_ptr()), 0]).map(drop)
}

fn set_name(bit: bool) -> Step<()> {
    let name = if bit { c"one" } else { c"zero" };
    call(libc::SYS_prctl, [15, at(name.as_ptr()), 0, 0, 0]).map(drop)
}

fn stay_on_first_processor(w: &World) -> Step<()> {
    if w.alone {
        let mask = [1u64];
        call(libc::SYS_sched_setaffinity, [0, 8, at(mask.as_ptr())])?;
    }
    Ok(())
}

/// The inode number of a new socket; in a partition that of the socket there is.
fn new_inode(w: &World) -> Step<i64> {
    if !w.alone {
        return Ok(status(w.socket)?.st_ino.cast_signed());
    }
    let fd = socket(libc::AF_UNIX, libc::SOCK_DGRAM)?;
    let inode = status(fd)?.st_ino;
    call(libc::SYS_close, [number(fd)])?;
    Ok(inode.cast_signed())
}

/// A socket at an address of this pair alone.
fn bound(w: &World) -> Step<RawFd> {
    let [high, low] = u16::try_from(20_000 + w.own_number() % 10_000)
        .unwrap_or(20_000)
        .to_be_bytes();
    let address = [2u8, 0, high, low, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
    bind(socket(libc::AF_INET, libc::SOCK_DGRAM)?, &address)
}

/// A socket with a name of this pair alone.
fn named(w: &World) -> Step<RawFd> {
    let mut address = vec![1u8, 0, 0];
    address.extend(format!("capacity-{}", w.own_number()).bytes());
    bind(socket(libc::AF_UNIX, libc::SOCK_DGRAM)?, &address)
}

fn bind(fd: RawFd, address: &[u8]) -> Step<RawFd> {
    let arguments = [number(fd), at(address.as_ptr()), address.len()];
    match call(libc::SYS_bind, arguments) {
        Ok(_) => Ok(fd),
        Err(error) => {
            call(libc::SYS_close, [number(fd)])?;
            Err(error)
        }
    }
}

fn set_option(fd: RawFd, option: i32, value: &[i32]) -> Step<()> {
    let (value, length) = (at(value.as_ptr()), size_of_val(value));
    let arguments = [number(fd), 1, number(option), value, length];
    call(libc::SYS_setsockopt, arguments).map(drop)
}

fn option(fd: RawFd, option: i32) -> Step<[i32; 4]> {
    let (mut value, mut length) = ([0i32; 4], 16u32);
    let (address, length) = (at(value.as_mut_ptr()), at(&raw mut length));
    let arguments = [number(fd), 1, number(option), address, length];
    call(libc::SYS_getsockopt, arguments)?;
    Ok(value)
}

fn waiting(fd: RawFd) -> Step<i64> {
    let mut bytes = 0i32;
    let arguments = [number(fd), libc::FIONREAD as usize, at(&raw mut bytes)];
    call(libc::SYS_ioctl, arguments)?;
    Ok(bytes.into())
}

static CAUGHT: std::sync::atomic::AtomicI64 = std::sync::atomic::AtomicI64::new(0);

fn caught() -> i64 {
    CAUGHT.load(std::sync::atomic::Ordering::Relaxed)
}

/// Counts the signals of the path `signals`, and ignores those that leases send.
pub fn handle_signals() {
    extern "C" fn count(_: libc::c_int) {
        CAUGHT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    }
    // SAFETY: the handler only adds to an atomic.
    unsafe {
        libc::signal(libc::SIGURG, count as *const () as libc::sighandler_t);
        libc::signal(libc::SIGIO, libc::SIG_IGN);
    }
}

/// Blocks a signal that is queued, and bounds how many may be pending; returns its number.
fn hold_signal(w: &World) -> Step<usize> {
    const SIGNAL: usize = 40;
    let mask = 1u64 << (SIGNAL - 1);
    call(libc::SYS_rt_sigprocmask, [0, at(&raw const mask), 0, 8])?;
    if w.alone {
        let mut limit = [0u64; 2];
        call(libc::SYS_prlimit64, [0, 11, 0, at(limit.as_mut_ptr())])?;
        limit[0] = limit[1].min(64);
        call(libc::SYS_prlimit64, [0, 11, at(limit.as_ptr()), 0])?;
    }
    Ok(SIGNAL)
}

fn tell_oneself(signal: usize) -> Step<()> {
    let own = call(libc::SYS_getpid, [])? as usize;
    let thread = call(libc::SYS_gettid, [])? as usize;
    call(libc::SYS_tgkill, [own, thread, signal]).map(drop)
}

/// Drops what is pending: ignoring a signal forgets it.
fn forget_signal(signal: usize) -> Step<()> {
    let ignore = [1usize, 0, 0, 0];
    let by_default = [0usize; 4];
    for action in [ignore, by_default] {
        let arguments = [signal, at(action.as_ptr()), 0, 8];
        call(libc::SYS_rt_sigaction, arguments)?;
    }
    Ok(())
}

/// A thread that sleeps until the slot is nearly over.
fn sleep_in_thread(w: &mut World) -> Step<()> {
    // The thread reads it later: it must not move.
    *w.robust = [0, w.patience().tv_nsec as usize, 0, 0];
    let until = at(w.robust.as_ptr());
    thread([libc::SYS_nanosleep as usize, until, 0, 0], None).map(drop)
}

fn processes() -> Step<i64> {
    // SAFETY: all-zero bytes are a valid value of this plain structure.
    let mut info = unsafe { std::mem::zeroed::<libc::sysinfo>() };
    call(libc::SYS_sysinfo, [at(&raw mut info)])?;
    Ok(info.procs.into())
}

fn watched(w: &mut World) -> Step<i64> {
    let mut buffer = [0u8; 1024];
    let fd = w.kept.ok_or(ABSENT)?;
    match call(libc::SYS_read, [number(fd), at(buffer.as_mut_ptr()), 1024]) {
        Ok(_) => Ok(1),
        Err(libc::EAGAIN) => Ok(0),
        Err(error) => Err(error),
    }
}

/// Two sockets, of which the one sends to the other, and the other does not wait.
fn queue_ends(w: &mut World) -> Step<(RawFd, RawFd)> {
    if w.alone && w.queue == 0 {
        let failed = |error: std::io::Error| error.raw_os_error().unwrap_or(ABSENT);
        let to = std::net::UdpSocket::bind("127.66.66.66:0").map_err(failed)?;
        let from = std::net::UdpSocket::bind("127.0.0.1:0").map_err(failed)?;
        let address = to.local_addr().map_err(failed)?;
        from.connect(address).map_err(failed)?;
        (w.socket, w.queue) = (from.into_raw_fd(), to.into_raw_fd());
    }
    if w.queue == 0 {
        return Err(ABSENT);
    }
    let on = 1i32;
    let arguments = [number(w.queue), number(0x5421), at(&raw const on)];
    // `FIONBIO`.
    call(libc::SYS_ioctl, arguments)?;
    Ok((w.socket, w.queue))
}

fn of_status(w: &World) -> Step<String> {
    read_text(&format!("/proc/{}/status", w.peer))
}

/// A field of `stat` by its position, from 0; the name before it is in parentheses.
fn of_stat(w: &World, position: usize) -> Step<i64> {
    let text = read_text(&format!("/proc/{}/stat", w.peer))?;
    let rest = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    let word = rest
        .split_ascii_whitespace()
        .nth(position.saturating_sub(2));
    Ok(word.and_then(|word| word.parse().ok()).unwrap_or(0))
}

/// A field of `statm` by its position, from 0.
fn of_sizes(w: &World, position: usize) -> Step<i64> {
    let text = read_text(&format!("/proc/{}/statm", w.peer))?;
    let word = text.split_ascii_whitespace().nth(position);
    Ok(word.and_then(|word| word.parse().ok()).unwrap_or(0))
}
