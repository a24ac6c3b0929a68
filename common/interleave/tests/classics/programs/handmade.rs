//! Synchronisation built by hand from a mutex and a condition variable, and how that goes wrong.

use super::std_::sync::atomic::AtomicUsize;
use super::std_::sync::atomic::Ordering::SeqCst;
use super::std_::sync::{Arc, Condvar, Mutex};
use super::std_::thread;
use super::team::team;
use crate::table::{Pair, Right, Twin, Wrong};
use interleave::FailureKind::{Deadlock, Livelock, Panic};

pub const PAIRS: &[Pair] = &[
    Pair::new(
        "released_twice",
        Panic,
        "a semaphore's permit given back twice after an error",
        released_twice,
    ),
    Pair::new("permit_not_rechecked", Panic, "a semaphore that waits with `if`", permit_not_rechecked),
    Pair::new("permit_lost_on_error", Deadlock, "an early return keeps the permit", permit_lost),
    Pair::new("connection_returned_twice", Panic, "a pool hands one connection to two", connection_pool),
    Pair::new("barrier_used_again", Deadlock, "a barrier by hand that cannot be used twice", barrier_again),
    Pair::new(
        "barrier_counts_early",
        Panic,
        "arrival counted by an atomic that nobody waits for",
        early_barrier,
    ),
    Pair::new("latch_without_a_loop", Panic, "a latch that waits once", latch),
    Pair::new(
        "writer_let_in_early",
        Panic,
        "a read-write lock that ignores the readers inside",
        writer_early,
    ),
    Pair::new("writer_not_told", Deadlock, "a read-write lock whose readers wake nobody", writer_not_told),
    Pair::new("exchanger", Deadlock, "two threads swap values; the second does not say so", exchanger),
    Pair::new("init_seen_too_early", Panic, "initialisation announced before it is done", init_early),
    Pair::new("init_twice", Panic, "look, then initialise", init_twice),
    Pair::new("event_reset_too_early", Deadlock, "an event set and reset at once", event_reset),
    Pair::new("polite_diners", Livelock, "two threads give way to each other for ever", polite_diners),
    Pair::new("ticket_skipped", Deadlock, "a ticket lock that serves a number nobody has", ticket_skipped),
];

struct Semaphore {
    permits: Mutex<usize>,
    returned: Condvar,
}

impl Semaphore {
    fn new(permits: usize) -> Self {
        Semaphore { permits: Mutex::new(permits), returned: Condvar::new() }
    }

    fn acquire(&self) {
        let mut permits = self.permits.lock().unwrap();
        while *permits == 0 {
            permits = self.returned.wait(permits).unwrap();
        }
        *permits -= 1;
    }

    fn release(&self) {
        *self.permits.lock().unwrap() += 1;
        self.returned.notify_one();
    }
}

fn released_twice(twin: Twin) {
    let semaphore = Semaphore::new(1);
    let inside = AtomicUsize::new(0);
    team(3, move |n| {
        semaphore.acquire();
        assert_eq!(inside.fetch_add(1, SeqCst), 0, "more inside than permits");
        inside.fetch_sub(1, SeqCst);
        let failed = n == 0;
        if failed && twin == Wrong {
            // The error path gives back what the end gives back too.
            semaphore.release();
        }
        semaphore.release();
    });
}

fn permit_not_rechecked(twin: Twin) {
    let semaphore = Semaphore::new(1);
    team(3, move |_| {
        let mut permits = semaphore.permits.lock().unwrap();
        if twin == Wrong {
            if *permits == 0 {
                permits = semaphore.returned.wait(permits).unwrap();
            }
        } else {
            while *permits == 0 {
                permits = semaphore.returned.wait(permits).unwrap();
            }
        }
        *permits = permits.checked_sub(1).expect("a permit for everyone who passes");
        drop(permits);
        semaphore.release();
    });
}

fn permit_lost(twin: Twin) {
    let semaphore = Semaphore::new(1);
    let work = move |n: usize| -> Result<(), ()> {
        semaphore.acquire();
        let result = if n == 0 { Err(()) } else { Ok(()) };
        if twin == Wrong {
            result?;
        }
        semaphore.release();
        result
    };
    team(2, move |n| {
        // What failed is somebody else's business.
        let _ = work(n);
    });
}

/// Connections known by their number, and who uses them.
struct ConnectionPool {
    free: Mutex<Vec<usize>>,
    returned: Condvar,
    users: [AtomicUsize; 2],
}

impl ConnectionPool {
    fn get(&self) -> usize {
        let mut free = self.free.lock().unwrap();
        loop {
            if let Some(connection) = free.pop() {
                return connection;
            }
            free = self.returned.wait(free).unwrap();
        }
    }

    fn put_back(&self, connection: usize) {
        self.free.lock().unwrap().push(connection);
        self.returned.notify_one();
    }

    fn query(&self, connection: usize) {
        let others = self.users[connection].fetch_add(1, SeqCst);
        assert_eq!(others, 0, "connection {connection} is in use");
        self.users[connection].fetch_sub(1, SeqCst);
    }
}

fn connection_pool(twin: Twin) {
    let users = [AtomicUsize::new(0), AtomicUsize::new(0)];
    let pool = ConnectionPool { free: Mutex::new(vec![0]), returned: Condvar::new(), users };
    team(3, move |n| {
        let connection = pool.get();
        pool.query(connection);
        if n == 0 && twin == Wrong {
            // Closed by hand, and again at the end.
            pool.put_back(connection);
        }
        pool.put_back(connection);
    });
}

struct HandBarrier {
    /// How many have come, and how often all had.
    state: Mutex<(usize, usize)>,
    all_here: Condvar,
    size: usize,
}

impl HandBarrier {
    fn wait(&self, twin: Twin) {
        let mut state = self.state.lock().unwrap();
        let round = state.1;
        state.0 += 1;
        if state.0 == self.size {
            state.0 = 0;
            state.1 += 1;
            self.all_here.notify_all();
        } else if twin == Wrong {
            // Who is quick comes again, before who is slow has seen that all were here.
            while state.0 != 0 {
                state = self.all_here.wait(state).unwrap();
            }
        } else {
            while state.1 == round {
                state = self.all_here.wait(state).unwrap();
            }
        }
    }
}

fn barrier_again(twin: Twin) {
    let barrier = HandBarrier { state: Mutex::new((0, 0)), all_here: Condvar::new(), size: 2 };
    team(2, move |_| {
        barrier.wait(twin);
        barrier.wait(twin);
    });
}

fn early_barrier(twin: Twin) {
    let arrived = AtomicUsize::new(0);
    let parts = [AtomicUsize::new(0), AtomicUsize::new(0)];
    team(2, move |n| {
        parts[n].store(1, SeqCst);
        arrived.fetch_add(1, SeqCst);
        if twin == Right {
            while arrived.load(SeqCst) < 2 {
                thread::yield_now();
            }
        }
        assert_eq!(parts[1 - n].load(SeqCst), 1, "the other's part is ready");
    });
}

fn latch(twin: Twin) {
    let latch = Arc::new((Mutex::new(2), Condvar::new()));
    let workers: Vec<_> = (0..2)
        .map(|_| {
            let latch = Arc::clone(&latch);
            thread::spawn(move || {
                *latch.0.lock().unwrap() -= 1;
                // Everyone tells: whoever waits looks again.
                latch.1.notify_all();
            })
        })
        .collect();
    let mut left = latch.0.lock().unwrap();
    if twin == Wrong {
        if *left > 0 {
            left = latch.1.wait(left).unwrap();
        }
    } else {
        while *left > 0 {
            left = latch.1.wait(left).unwrap();
        }
    }
    assert_eq!(*left, 0, "all are done");
    drop(left);
    for worker in workers {
        worker.join().unwrap();
    }
}

/// Readers inside, and whether a writer is.
struct HandRwLock {
    state: Mutex<(usize, bool)>,
    changed: Condvar,
    twin: Twin,
}

impl HandRwLock {
    fn new(twin: Twin) -> Self {
        HandRwLock { state: Mutex::new((0, false)), changed: Condvar::new(), twin }
    }

    fn read(&self) {
        let mut state = self.state.lock().unwrap();
        while state.1 {
            state = self.changed.wait(state).unwrap();
        }
        state.0 += 1;
    }

    fn end_read(&self, tell: bool) {
        let mut state = self.state.lock().unwrap();
        state.0 -= 1;
        if tell && state.0 == 0 {
            self.changed.notify_all();
        }
    }

    fn write(&self, mind_readers: bool) {
        let mut state = self.state.lock().unwrap();
        while state.1 || mind_readers && state.0 > 0 {
            state = self.changed.wait(state).unwrap();
        }
        state.1 = true;
    }

    fn end_write(&self) {
        self.state.lock().unwrap().1 = false;
        self.changed.notify_all();
    }
}

fn writer_early(twin: Twin) {
    let lock = HandRwLock::new(twin);
    let value = AtomicUsize::new(0);
    team(2, move |n| {
        if n == 0 {
            lock.write(lock.twin == Right);
            value.fetch_add(1, SeqCst);
            lock.end_write();
        } else {
            lock.read();
            assert_eq!(value.load(SeqCst), value.load(SeqCst), "changed while it was read");
            lock.end_read(true);
        }
    });
}

fn writer_not_told(twin: Twin) {
    let lock = HandRwLock::new(twin);
    team(2, move |n| {
        if n == 0 {
            lock.write(true);
            lock.end_write();
        } else {
            lock.read();
            lock.end_read(lock.twin == Right);
        }
    });
}

fn exchanger(twin: Twin) {
    // What each side has brought.
    let slots = Mutex::new([None, None]);
    let changed = Condvar::new();
    team(2, move |n| {
        let mut slots = slots.lock().unwrap();
        slots[n] = Some(n);
        if twin == Right || slots[1 - n].is_none() {
            changed.notify_one();
        }
        while slots[1 - n].is_none() {
            slots = changed.wait(slots).unwrap();
        }
        assert_eq!(slots[1 - n], Some(1 - n));
    });
}

fn init_early(twin: Twin) {
    let (started, value) = (Mutex::new(false), AtomicUsize::new(0));
    team(2, move |_| {
        let mut begun = started.lock().unwrap();
        let first = !*begun;
        *begun = true;
        let held = if twin == Wrong {
            drop(begun);
            None
        } else {
            Some(begun)
        };
        if first {
            value.store(42, SeqCst);
        }
        drop(held);
        assert_eq!(value.load(SeqCst), 42, "initialised before use");
    });
}

fn init_twice(twin: Twin) {
    let config = Mutex::new(None);
    let loads = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&loads);
    team(2, move |n| {
        let known = config.lock().unwrap().is_some();
        if !known {
            let mut config = config.lock().unwrap();
            // Double-checked: between the first look and the lock another may have done it.
            if twin == Wrong || config.is_none() {
                *config = Some(n);
                count.fetch_add(1, SeqCst);
            }
        }
    });
    assert_eq!(loads.load(SeqCst), 1, "loaded once");
}

fn event_reset(twin: Twin) {
    let event = Arc::new((Mutex::new(false), Condvar::new()));
    let waiter = Arc::clone(&event);
    let waiter = thread::spawn(move || {
        let mut set = waiter.0.lock().unwrap();
        while !*set {
            set = waiter.1.wait(set).unwrap();
        }
    });
    *event.0.lock().unwrap() = true;
    event.1.notify_all();
    if twin == Wrong {
        // Pulsed: who has not come yet, or is not quick, never knows.
        *event.0.lock().unwrap() = false;
    }
    waiter.join().unwrap();
}

/// Two diners, one spoon. Each hands it to the other as long as that one is hungry too.
fn polite_diners(twin: Twin) {
    let owner = AtomicUsize::new(0);
    let hungry = [AtomicUsize::new(1), AtomicUsize::new(1)];
    team(2, move |me| {
        let other = 1 - me;
        while hungry[me].load(SeqCst) == 1 {
            if owner.load(SeqCst) != me {
                thread::yield_now();
                continue;
            }
            // Politeness with an end: the first one does not give way.
            let gives_way = twin == Wrong || me == 1;
            if gives_way && hungry[other].load(SeqCst) == 1 {
                owner.store(other, SeqCst);
                continue;
            }
            hungry[me].store(0, SeqCst);
            owner.store(other, SeqCst);
        }
    });
}

fn ticket_skipped(twin: Twin) {
    let next = AtomicUsize::new(0);
    let serving = Mutex::new(0);
    let called = Condvar::new();
    team(2, move |_| {
        let mine = next.fetch_add(1, SeqCst);
        let mut now = serving.lock().unwrap();
        while *now != mine {
            now = called.wait(now).unwrap();
        }
        // The next number, not the one after the last that was drawn.
        *now = if twin == Wrong { next.load(SeqCst) } else { mine + 1 };
        called.notify_all();
    });
}
