//! What happened: a flat list of events, as the engine writes it down.

use ::std::panic::Location;

/// A place in the source.
pub(crate) type Loc = &'static Location<'static>;

/// No object.
pub(crate) const NONE: u32 = u32::MAX;

/// What a thread did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Spawn,
    Start,
    Exit,
    Panic,
    Join,
    WantJoin,
    /// The end of a scope, and with it of all its threads. Only those who watch hear of it.
    WantScope,
    Lock,
    /// Must wait; the value is the holder's number and one, 0 for none. So for the other wishes.
    WantLock,
    TryLockFail,
    /// The value is 1 when the data was borrowed mutably under the guard.
    Unlock,
    Read,
    WantRead,
    Write,
    WantWrite,
    ReadUnlock,
    WriteUnlock,
    /// Waits on a condition variable; the value is the mutex let go of.
    Wait,
    Wake,
    SpuriousWake,
    TimedOut,
    /// The value is 1 when somebody waited; the extra value is who was woken.
    NotifyOne,
    /// The value is how many were woken.
    NotifyAll,
    /// A notification of a real run, which does not tell whom it woke; the value is 1 when it was for all.
    Notify,
    Load,
    StaleLoad,
    Store,
    /// A read-modify-write: the value is the old one, the extra value the new one.
    Update,
    /// A compare-exchange that found something else, or (extra value 1) failed for no reason.
    ExchangeFail,
    Fence,
    /// The value is the message's number, the extra value 1 when nobody can receive it.
    Send,
    WantSend,
    SendFull,
    Recv,
    WantRecv,
    RecvClosed,
    RecvEmpty,
    DropSender,
    DropReceiver,
    Yield,
    Sleep,
    /// A sleep begins. Only those who watch hear of it.
    WantSleep,
    Parked,
    WantUnpark,
    Unpark,
    Meet,
    WantMeet,
    WantToken,
    /// Took its token, which another thread had set: the value is that thread, the extra value how many events there were
    /// then, the place what that thread was about. Only causes are read off it.
    Woken,
    /// What a stand-in for another library does, in its own words: the value is the note's number.
    Note,
    PlainRead,
    PlainWrite,
    /// Ends the process; the value is the code.
    ExitProcess,
    /// The thread neither ends nor comes to its next operation.
    Stuck,
    /// The thread could have gone on, and was interrupted.
    Switch,
}

/// One thing that happened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Event {
    pub(crate) thread: usize,
    pub(crate) kind: Kind,
    /// The object's number; the other thread's for `Spawn`, `Join`, `WantJoin`, `Unpark`.
    pub(crate) object: u32,
    pub(crate) value: u64,
    pub(crate) extra: u64,
    pub(crate) loc: Loc,
    /// When: the number of the event in a check, nanoseconds in a real run.
    pub(crate) at: u64,
}

/// How the bits of an atomic's value are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Show {
    Unsigned,
    Signed,
    Bool,
    Pointer,
}

#[derive(Clone, Debug)]
pub(crate) struct ObjectInfo {
    /// Its type's name.
    pub(crate) what: &'static str,
    pub(crate) created: Loc,
    pub(crate) address: usize,
    pub(crate) show: Show,
}

#[derive(Clone, Debug)]
pub(crate) struct ThreadInfo {
    pub(crate) name: Option<String>,
    pub(crate) spawned: Option<Loc>,
}

/// One execution, whole.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trace {
    pub(crate) events: Vec<Event>,
    pub(crate) objects: Vec<ObjectInfo>,
    pub(crate) threads: Vec<ThreadInfo>,
    pub(crate) notes: Vec<String>,
}
