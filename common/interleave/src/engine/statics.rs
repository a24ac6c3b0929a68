//! Objects in statics: they outlive a run, so every run must find them as the program found them.
//!
//! A static begins as a constant, which owns nothing: its first bytes can be kept when a check first meets it, and put
//! back when the next run does. What a run has left behind in it is forgotten, not dropped, just as a program's
//! statics are never dropped. One check at a time: another one that meets a static waits until the first is over.
#![expect(unsafe_code, reason = "what a static began as can only be had back byte by byte")]

use ::std::collections::HashMap;
use ::std::mem::MaybeUninit;
use ::std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// The part of an object that can change: a real lock or atomic, all of it inside an `UnsafeCell`.
#[derive(Clone, Copy)]
pub(crate) struct Contents {
    start: *mut MaybeUninit<u8>,
    length: usize,
}

impl Contents {
    /// Nothing: what the model keeps of the object is all there is.
    pub(crate) const NONE: Contents = Contents { start: ::std::ptr::null_mut(), length: 0 };

    /// Only for types of which every byte may change behind a shared reference.
    pub(crate) fn of<T: ?Sized>(inner: &T) -> Self {
        Contents { start: ::std::ptr::from_ref(inner).cast_mut().cast(), length: size_of_val(inner) }
    }

    /// Whether it lies where the program keeps its statics.
    fn is_static(self) -> bool {
        self.length > 0 && system::statics().contains(&self.start.addr())
    }
}

/// What statics began as.
struct Table {
    /// The check that uses statics at the moment.
    user: Option<u32>,
    first: Option<HashMap<usize, Box<[MaybeUninit<u8>]>>>,
}

static TABLE: Mutex<Table> = Mutex::new(Table { user: None, first: None });
static FREE: Condvar = Condvar::new();

fn table() -> MutexGuard<'static, Table> {
    TABLE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes an object what it was when the program began, if it is a static that this run meets for the first time.
/// `used` tells whether it was met before, by a check or otherwise.
pub(super) fn renew(check: u32, contents: &[Contents], used: impl Fn() -> bool) {
    for part in contents.iter().filter(|part| part.is_static()) {
        let mut table = table();
        while table.user.is_some_and(|user| user != check) {
            table = FREE.wait(table).unwrap_or_else(PoisonError::into_inner);
        }
        table.user = Some(check);
        // Only now: another check may have been the first to use it, while this one waited.
        let used = used();
        let first = table.first.get_or_insert_default();
        match first.get(&part.start.addr()) {
            Some(bytes) if used && bytes.len() == part.length => {
                // SAFETY: the part lies in a static, is as long, and may change behind a shared reference. No other
                // thread of this run has met the object yet, those of earlier runs have ended, and no other check
                // uses statics. The bytes are those of a constant, so whatever they hold belongs to nobody. A
                // reference into a `OnceLock` from an earlier run could be kept only in a real thread-local.
                unsafe { ::std::ptr::copy_nonoverlapping(bytes.as_ptr(), part.start, part.length) };
            }
            _ if !used => {
                let mut bytes = Box::new_uninit_slice(part.length);
                let to = bytes.as_mut_ptr().cast::<MaybeUninit<u8>>();
                // SAFETY: as above; `to` is new and as long.
                unsafe { ::std::ptr::copy_nonoverlapping(part.start, to, part.length) };
                // SAFETY: a `MaybeUninit` is always initialised.
                first.insert(part.start.addr(), unsafe { bytes.assume_init() });
            }
            // It was used outside any check before: what it is now is no constant.
            _ => {}
        }
    }
}

/// The check is over.
pub(super) fn leave(check: u32) {
    let mut table = table();
    if table.user == Some(check) {
        table.user = None;
        FREE.notify_all();
    }
}

/// Whether another check uses statics, so that this one may have to wait.
pub(super) fn busy(check: u32) -> bool {
    table().user.is_some_and(|user| user != check)
}

#[cfg(target_os = "linux")]
mod system {
    use ::std::ops::Range;

    unsafe extern "C" {
        // The linker puts them around the program: its code, then its data.
        static __executable_start: u8;
        static _end: u8;
    }

    pub(super) fn statics() -> Range<usize> {
        (&raw const __executable_start).addr()..(&raw const _end).addr()
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    /// Not known: statics that outlive a run are reported as not repeatable.
    pub(super) fn statics() -> ::std::ops::Range<usize> {
        0..0
    }
}
