//! What tasks share: for stand-ins of asynchronous runtimes, whose locks and channels are not the engine's own.

use crate::engine::{Contents, Doing, Handle, Oid, Op, State, TURNS, Want, inspect, me, point, quiet};
use crate::trace::Kind;
use ::std::panic::Location;

/// Something that tasks share: a lock, a channel, a task that others wait for.
///
/// A stand-in runs the real thing underneath and tells the model about it: [`Shared::step`] before whatever others can
/// see, [`Shared::touch`] where no other may come first, and for the report what is held, done and waited for.
/// Schedules that differ only in the order of steps on different objects are taken for one, so a stand-in must
/// announce every use.
#[derive(Debug)]
pub struct Shared {
    handle: Handle,
    what: &'static str,
}

/// That a thread holds a [`Shared`].
#[derive(Debug)]
#[must_use = "what is held must be let go of"]
pub struct Hold {
    by: usize,
}

/// What a task waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// To have it alone, or a permit of it.
    Lock,
    /// To read it together with others.
    ReadLock,
    /// To write it.
    WriteLock,
    /// To be notified.
    Notification,
    /// Room for a message.
    Room,
    /// A message.
    Message,
    /// The thread's end that it is.
    End,
    /// Something else that it does.
    Other,
}

/// What a task did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Took it, alone.
    Locks,
    /// Let go of it, having borrowed the data mutably or not.
    Unlocks {
        /// Whether it did.
        wrote: bool,
    },
    /// Took it together with other readers.
    LocksToRead,
    /// Let go of it after reading.
    UnlocksAfterReading,
    /// Took it to write.
    LocksToWrite,
    /// Let go of it after writing.
    UnlocksAfterWriting,
    /// Tried to take it, in vain.
    TriesInVain,
    /// Sent a message.
    Sends,
    /// Sent a message that nobody can receive.
    SendsToNobody,
    /// Took a message.
    Receives,
    /// Found that there will be no more messages.
    FindsClosed,
    /// Found no message.
    FindsEmpty,
    /// Found no room for a message.
    FindsFull,
    /// Notified this many waiters; a notification for nobody is lost.
    NotifiesAll(usize),
}

impl Shared {
    /// Something new, of a kind with this name.
    #[track_caller]
    pub const fn new(what: &'static str) -> Self {
        Shared { handle: Handle::new(), what }
    }

    fn id(&self) -> Oid {
        self.handle.id(self.what, Contents::NONE, || State::Shared { holders: Vec::new() })
    }

    /// A scheduling point, and then a use of it. Nothing outside a check.
    pub fn step(&self, at: &'static Location<'static>) {
        if super::in_model() {
            let id = self.id();
            // Who has just been woken and has done nothing since need not be interrupted once more.
            if quiet(at, |step| step.is_fresh()) == Some(false) {
                point(Op::Free(Doing::Uses(id)), at, |_| ());
            }
            quiet(at, |step| step.touch(id));
        }
    }

    /// A use of it that gives something back: a scheduling point only where somebody tries, see [`tries`](super::tries).
    pub fn give_back(&self) {
        if super::in_model() {
            let sees = |world: &mut crate::engine::World| {
                let features = world.features();
                features.tries_locks || features.tries_channels
            };
            if !::std::thread::panicking() && inspect(sees) {
                point(Op::Free(Doing::GivesBack(self.id())), self.handle.created, |_| ());
            }
            self.touch();
        }
    }

    /// A use of it before which nobody else need come.
    pub fn touch(&self) {
        if super::in_model() {
            let id = self.id();
            quiet(self.handle.created, |step| step.touch(id));
        }
    }

    /// The calling thread has it now. `None` outside a check.
    pub fn hold(&self, at: &'static Location<'static>) -> Option<Hold> {
        super::in_model().then(|| {
            let id = self.id();
            quiet(at, |step| step.hold_shared(id));
            Hold { by: me() }
        })
    }

    /// It is the end of this thread: who awaits it waits for that, see [`Wish::End`].
    pub fn is_end_of(&self, thread: &crate::thread::Thread) {
        if let Some(thread) = thread.number()
            && super::in_model()
        {
            let id = self.id();
            quiet(self.handle.created, |step| step.end_of(id, thread));
        }
    }

    /// Lets go of it, from any thread.
    pub fn let_go(&self, hold: Option<Hold>) {
        if let Some(hold) = hold
            && super::in_model()
        {
            let id = self.id();
            quiet(self.handle.created, |step| step.let_go_of_shared(id, hold.by));
        }
    }

    /// What the calling thread will wait for, should it come to wait for its token next.
    pub fn awaited(&self, wish: Wish, at: &'static Location<'static>) {
        if super::in_model() {
            let id = self.id();
            quiet(at, |step| step.awaits(id, wish.into()));
        }
    }

    /// A line of the report.
    pub fn did(&self, deed: Deed, at: &'static Location<'static>) {
        if super::in_model() {
            let id = self.id();
            let (kind, value, extra) = deed.event();
            quiet(at, |step| step.log(kind, id, value, extra));
        }
    }

    /// A line of the report in words of its own; `{}` in them stands for its name.
    pub fn say(&self, words: impl Into<String>, at: &'static Location<'static>) {
        if super::in_model() {
            let (id, words) = (self.id(), words.into());
            quiet(at, |step| step.note(id, words));
        }
    }
}

/// The one thread that several tasks take turns on.
///
/// Like a lock that whoever polls holds, but not told step by step.
#[derive(Debug)]
pub struct Turns {
    handle: Handle,
}

/// That it is the calling thread's turn.
#[derive(Debug)]
pub struct Turn<'a>(&'a Turns);

impl Turns {
    /// A thread that nobody uses yet.
    #[track_caller]
    pub const fn new() -> Self {
        Turns { handle: Handle::new() }
    }

    fn id(&self) -> Oid {
        self.handle.id(TURNS, Contents::NONE, || State::Mutex { owner: None })
    }

    /// Waits for its turn. `None` outside a check.
    pub fn take(&self, at: &'static Location<'static>) -> Option<Turn<'_>> {
        super::in_model().then(|| {
            let id = self.id();
            point(Op::Lock(id), at, |step| step.take_turn(id));
            Turn(self)
        })
    }
}

impl Default for Turns {
    #[track_caller]
    fn default() -> Self {
        Turns::new()
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if super::in_model() {
            let id = self.0.id();
            quiet(self.0.handle.created, |step| step.end_turn(id));
        }
    }
}

impl From<Wish> for Want {
    fn from(wish: Wish) -> Want {
        match wish {
            Wish::Lock => Want::Lock,
            Wish::ReadLock => Want::ReadLock,
            Wish::WriteLock => Want::WriteLock,
            Wish::Notification => Want::Notification,
            Wish::Room => Want::Room,
            Wish::Message => Want::Message,
            Wish::End => Want::End,
            Wish::Other => Want::Token,
        }
    }
}

impl Deed {
    /// As the trace has it.
    fn event(self) -> (Kind, u64, u64) {
        match self {
            Deed::Locks => (Kind::Lock, 0, 0),
            Deed::Unlocks { wrote } => (Kind::Unlock, u64::from(wrote), 0),
            Deed::LocksToRead => (Kind::Read, 0, 0),
            Deed::UnlocksAfterReading => (Kind::ReadUnlock, 0, 0),
            Deed::LocksToWrite => (Kind::Write, 0, 0),
            Deed::UnlocksAfterWriting => (Kind::WriteUnlock, 0, 0),
            Deed::TriesInVain => (Kind::TryLockFail, 0, 0),
            Deed::Sends => (Kind::Send, 0, 0),
            Deed::SendsToNobody => (Kind::Send, 0, 1),
            Deed::Receives => (Kind::Recv, 0, 0),
            Deed::FindsClosed => (Kind::RecvClosed, 0, 0),
            Deed::FindsEmpty => (Kind::RecvEmpty, 0, 0),
            Deed::FindsFull => (Kind::SendFull, 0, 0),
            Deed::NotifiesAll(woken) => (Kind::NotifyAll, woken as u64, 0),
        }
    }
}

/// One of several ways to go on that chance decides between, where code asks for that: each is tried. Any but the
/// first counts as an unlucky moment. Always the first outside a check.
///
/// # Panics
/// If there is no way.
#[track_caller]
pub fn choose(ways: usize) -> usize {
    assert!(ways > 0, "there must be a way to go on");
    if ways == 1 || !super::in_model() {
        return 0;
    }
    quiet(Location::caller(), |step| step.choose(ways)).unwrap_or(0)
}
