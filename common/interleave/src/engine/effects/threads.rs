//! Threads: joining, parking, yielding, sleeping.

use crate::engine::asking::RawWay;
use crate::engine::code;
use crate::engine::hash::mix;
use crate::engine::world::{Awaits, Held, State, Step};
use crate::engine::{Oid, Tid, Want, Why};
use crate::trace::{Kind, NONE};

impl Step<'_> {
    /// Takes note of a thread that has ended.
    pub(crate) fn join(&mut self, child: Tid) {
        let state = &self.world.threads[child];
        let (clock, hash) = (state.clock.clone(), state.hash);
        let fork_clock = self.world.threads[child].fork_clock.clone();
        let thread = self.thread();
        thread.clock.join(&clock);
        thread.fork_clock.join(&fork_clock);
        self.none_depend(mix(code::JOIN, hash));
        self.world.threads[child].joined = true;
        self.world.joins += 1;
        self.log(Kind::Join, child as u32, 0, 0);
    }

    pub(crate) fn has_ended(&mut self, child: Tid) -> bool {
        let ended = self.world.threads[child].finished;
        self.world.threads[child].seen_ended |= ended;
        let hash = if ended { self.world.threads[child].hash } else { 0 };
        self.none_depend(mix(code::JOIN + 1, hash));
        ended
    }

    pub(crate) fn unpark(&mut self, other: Tid) {
        self.none_depend(code::UNPARK + other as u64);
        let (clock, hash) = (self.thread().clock.clone(), self.thread().hash);
        let state = &mut self.world.threads[other];
        state.token = true;
        state.token_clock.join(&clock);
        state.token_hash = mix(state.token_hash, hash);
        self.log(Kind::Unpark, other as u32, 0, 0);
    }

    pub(crate) fn parked(&mut self) {
        let thread = self.thread();
        let why = thread.why;
        thread.token = false;
        let handed_over = ::std::mem::take(&mut thread.token_clock);
        thread.clock.join(&handed_over);
        let token_hash = ::std::mem::take(&mut thread.token_hash);
        self.none_depend(mix(code::PARKED + why as u64, token_hash));
        let kind = match why {
            Why::Normal => Kind::Parked,
            Why::Spurious => Kind::SpuriousWake,
            Why::TimedOut => Kind::TimedOut,
        };
        self.log(kind, NONE, 0, 0);
    }

    /// One more has come to a meeting; what it did before is known to all who meet there.
    pub(crate) fn arrive(&mut self, meeting: Oid) {
        self.depend(code::ARRIVE, meeting, false);
        self.release(meeting);
        if let State::Meeting { arrived, .. } = &mut self.object(meeting).state {
            *arrived += 1;
        }
    }

    pub(crate) fn met(&mut self, meeting: Oid) {
        self.depend(code::MEET, meeting, false);
        self.acquire(meeting);
        self.log(Kind::Meet, meeting, 0, 0);
    }

    pub(crate) fn set_token(&mut self, token: Oid) {
        self.depend(code::TOKEN_SET, token, true);
        self.release(token);
        let setter = (self.me, self.world.threads[self.me].at, self.world.events.len());
        if let State::Token { set, by } = &mut self.object(token).state {
            *set = true;
            by.get_or_insert(setter);
        }
    }

    /// `false` when time was up first.
    pub(crate) fn take_token(&mut self, token: Oid) -> bool {
        let thread = self.thread();
        thread.awaits = None;
        let why = thread.why;
        self.depend(code::TOKEN_TAKE + why as u64, token, true);
        self.acquire(token);
        let mut woken_by = None;
        if let State::Token { set, by } = &mut self.object(token).state {
            *set = false;
            woken_by = by.take();
        }
        if let Some((setter, at, events)) = woken_by.filter(|by| by.0 != self.me) {
            self.world.event(self.me, Kind::Woken, NONE, setter as u64, events as u64, at);
        }
        let thread = self.thread();
        thread.woken = Some(thread.hash);
        why == Why::Normal
    }

    /// Whether this thread has done nothing since it took its token.
    pub(crate) fn is_fresh(&mut self) -> bool {
        let thread = self.thread();
        thread.woken.take() == Some(thread.hash)
    }

    pub(crate) fn tries(&mut self) {
        let features = self.features();
        features.tries_locks = true;
        features.tries_channels = true;
    }

    /// What the next wait for a token is for.
    pub(crate) fn awaits(&mut self, object: Oid, want: Want) {
        let at = self.loc;
        self.thread().awaits = Some(Awaits { object, want, at });
    }

    pub(crate) fn hold_shared(&mut self, object: Oid) {
        let (me, since) = (self.me, self.loc);
        if let State::Shared { holders } = &mut self.object(object).state {
            holders.push(me);
        }
        self.thread().held.push(Held { object, since, wrote: false });
    }

    pub(crate) fn end_of(&mut self, object: Oid, thread: Tid) {
        if let State::Shared { holders } = &mut self.object(object).state {
            *holders = vec![thread];
        }
    }

    pub(crate) fn take_turn(&mut self, turns: Oid) {
        self.depend(code::LOCK, turns, true);
        self.acquire(turns);
        let (me, since) = (self.me, self.loc);
        self.object(turns).state = State::Mutex { owner: Some(me) };
        self.thread().held.push(Held { object: turns, since, wrote: false });
    }

    pub(crate) fn end_turn(&mut self, turns: Oid) {
        self.depend(code::UNLOCK, turns, true);
        self.release(turns);
        self.object(turns).state = State::Mutex { owner: None };
        self.drop_held(turns);
    }

    /// A guard may be dropped by another thread than took it.
    pub(crate) fn let_go_of_shared(&mut self, object: Oid, by: Tid) {
        self.depend(code::TOUCH, object, true);
        if let State::Shared { holders } = &mut self.object(object).state
            && let Some(i) = holders.iter().position(|t| *t == by)
        {
            holders.swap_remove(i);
        }
        let held = &mut self.world.threads[by].held;
        if let Some(i) = held.iter().rposition(|h| h.object == object) {
            held.remove(i);
        }
    }

    /// One of several ways: the first is the likely one, any other bad luck.
    pub(crate) fn choose(&mut self, ways: usize) -> usize {
        let costs: Vec<u8> = (0..ways).map(|way| u8::from(way > 0)).collect();
        let way = self.world.choose(self.me, &costs, |_| (0..ways).map(RawWay::Decides).collect());
        self.none_depend(code::CHOOSE + way as u64);
        way
    }

    /// A line of the trace in words of its own, about an object or about none.
    pub(crate) fn note(&mut self, object: u32, words: String) {
        let number = self.world.notes.len() as u64;
        self.world.notes.push(words);
        self.log(Kind::Note, object, number, 0);
    }

    /// The model's time.
    pub(crate) fn read_clock(&mut self) -> ::std::time::Duration {
        let now = self.world.now();
        self.none_depend(mix(code::CLOCK, u64::try_from(now.as_nanos()).unwrap_or(u64::MAX)));
        now
    }

    pub(crate) fn yielded(&mut self) {
        self.none_depend(code::YIELD);
        self.log(Kind::Yield, NONE, 0, 0);
    }

    pub(crate) fn slept(&mut self, milliseconds: u64) {
        self.none_depend(code::SLEEP);
        self.log(Kind::Sleep, NONE, milliseconds, 0);
    }
}
