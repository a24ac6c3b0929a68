//! Mutexes and read-write locks: taken too briefly, twice, or in a circle.

use super::std_::sync::atomic::AtomicUsize;
use super::std_::sync::atomic::Ordering::SeqCst;
use super::std_::sync::{Arc, Mutex, RwLock};
use super::std_::thread;
use super::team::team;
use crate::table::{Pair, Right, Twin, Wrong};
use interleave::FailureKind::{Deadlock, Livelock, Panic};

pub const PAIRS: &[Pair] = &[
    Pair::new("locked_twice_for_one_update", Panic, "read under the lock, write under it again", |t| {
        locked_update(t, 2)
    }),
    Pair::new("locked_twice_by_three", Panic, "the same by three threads", |t| locked_update(t, 3)),
    Pair::new("overdrawn", Panic, "check the balance, then withdraw", overdrawn),
    Pair::new("guard_dropped_at_once", Panic, "`let _ =` gives the lock back at once", guard_dropped),
    Pair::new("one_lock_each", Panic, "every thread locks a mutex of its own", one_lock_each),
    Pair::new("length_then_push", Panic, "the length read, then pushed", length_then_push),
    Pair::new("cache_filled_twice", Panic, "look up, then compute and insert", cache_filled_twice),
    Pair::new("money_in_flight", Panic, "two accounts summed one after the other", money_in_flight),
    Pair::new("counted_then_removed", Panic, "look at the front, then remove it", counted_then_removed),
    Pair::new("skipped_when_busy", Panic, "a failed try_lock taken for done", skipped_when_busy),
    Pair::new("first_to_ask", Panic, "locks believed to be given in the order of asking", first_to_ask),
    Pair::new("lock_order_2", Deadlock, "two accounts, opposite transfers", |t| lock_order(t, 2)),
    Pair::new("lock_order_3", Deadlock, "three locks in a circle", |t| lock_order(t, 3)),
    Pair::new(
        "lock_order_in_a_callback",
        Deadlock,
        "a callback locks what its caller's caller holds",
        callback,
    ),
    Pair::new("philosophers_3", Deadlock, "three philosophers", |t| philosophers(t, 3)),
    Pair::new("philosophers_4", Deadlock, "four philosophers", |t| philosophers(t, 4)),
    Pair::new("philosophers_5", Deadlock, "five philosophers", |t| philosophers(t, 5)),
    Pair::new("locked_twice", Deadlock, "the same mutex locked twice by one thread", locked_twice),
    Pair::new("transfer_calls_withdraw", Deadlock, "transfer locks, and so does what it calls", transfer),
    Pair::new("joined_while_locked", Deadlock, "waits for a thread that needs the lock", joined_while_locked),
    Pair::new("upgrade", Deadlock, "two readers wait for each other to become writers", upgrade),
    Pair::new("read_then_written", Panic, "computed under the read lock, stored later", read_then_written),
    Pair::new("read_locked_once_each", Panic, "two fields under two read locks", two_read_locks),
    Pair::new("spins_with_the_lock", Livelock, "polls for what needs the lock it holds", spins_with_the_lock),
];

/// Who asked first is not who gets the lock first.
fn first_to_ask(twin: Twin) {
    let (asked, got) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(Vec::new())));
    let (all_asked, all_got) = (Arc::clone(&asked), Arc::clone(&got));
    team(2, move |n| {
        all_asked.lock().unwrap().push(n);
        all_got.lock().unwrap().push(n);
    });
    let (asked, got) = (asked.lock().unwrap(), got.lock().unwrap());
    if twin == Wrong {
        assert_eq!(*asked, *got, "first come, first served");
    } else {
        assert_eq!(asked.len(), got.len());
    }
}

fn locked_update(twin: Twin, threads: usize) {
    let total = Arc::new(Mutex::new(0));
    let shared = Arc::clone(&total);
    team(threads, move |_| {
        if twin == Wrong {
            let seen = *shared.lock().unwrap();
            *shared.lock().unwrap() = seen + 1;
        } else {
            *shared.lock().unwrap() += 1;
        }
    });
    assert_eq!(*total.lock().unwrap(), threads);
}

fn overdrawn(twin: Twin) {
    let balance = Arc::new(Mutex::new(10_i64));
    let shared = Arc::clone(&balance);
    team(2, move |_| {
        if twin == Wrong {
            let enough = *shared.lock().unwrap() >= 10;
            if enough {
                *shared.lock().unwrap() -= 10;
            }
        } else {
            let mut balance = shared.lock().unwrap();
            if *balance >= 10 {
                *balance -= 10;
            }
        }
    });
    assert_eq!(*balance.lock().unwrap(), 0);
}

fn guard_dropped(twin: Twin) {
    let gate = Mutex::new(());
    let inside = AtomicUsize::new(0);
    team(2, move |_| {
        let held = if twin == Wrong {
            // Rust's own lint, which knows std's types only, refuses this line in a real program.
            let _ = gate.lock().unwrap();
            None
        } else {
            Some(gate.lock().unwrap())
        };
        assert_eq!(inside.fetch_add(1, SeqCst), 0, "two inside");
        inside.fetch_sub(1, SeqCst);
        drop(held);
    });
}

fn one_lock_each(twin: Twin) {
    let gates = [Mutex::new(()), Mutex::new(())];
    let count = Arc::new(AtomicUsize::new(0));
    let shared = Arc::clone(&count);
    team(2, move |n| {
        let _held = gates[if twin == Wrong { n } else { 0 }].lock().unwrap();
        let seen = shared.load(SeqCst);
        shared.store(seen + 1, SeqCst);
    });
    assert_eq!(count.load(SeqCst), 2);
}

fn length_then_push(twin: Twin) {
    let names = Mutex::new(Vec::new());
    team(2, move |n| {
        let place = if twin == Wrong {
            let place = names.lock().unwrap().len();
            names.lock().unwrap().push(n);
            place
        } else {
            let mut names = names.lock().unwrap();
            names.push(n);
            names.len() - 1
        };
        assert_eq!(names.lock().unwrap()[place], n, "my name is where I was told");
    });
}

fn cache_filled_twice(twin: Twin) {
    let cache = Mutex::new(None);
    let computed = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&computed);
    team(2, move |_| {
        let compute = || {
            count.fetch_add(1, SeqCst);
            42
        };
        let value = if twin == Wrong {
            let known = *cache.lock().unwrap();
            known.unwrap_or_else(|| {
                let value = compute();
                *cache.lock().unwrap() = Some(value);
                value
            })
        } else {
            *cache.lock().unwrap().get_or_insert_with(compute)
        };
        assert_eq!(value, 42);
    });
    assert_eq!(computed.load(SeqCst), 1, "computed once");
}

fn money_in_flight(twin: Twin) {
    let accounts = [Mutex::new(50), Mutex::new(50)];
    team(2, move |n| {
        if n == 0 {
            let mut from = accounts[0].lock().unwrap();
            let mut to = accounts[1].lock().unwrap();
            *from -= 10;
            *to += 10;
        } else if twin == Wrong {
            let first = *accounts[0].lock().unwrap();
            let second = *accounts[1].lock().unwrap();
            assert_eq!(first + second, 100);
        } else {
            let first = accounts[0].lock().unwrap();
            let second = accounts[1].lock().unwrap();
            assert_eq!(*first + *second, 100);
        }
    });
}

fn counted_then_removed(twin: Twin) {
    let queue = Mutex::new(vec![7]);
    team(2, move |_| {
        if twin == Wrong {
            if !queue.lock().unwrap().is_empty() {
                queue.lock().unwrap().pop().expect("it was not empty");
            }
        } else {
            queue.lock().unwrap().pop();
        }
    });
}

fn skipped_when_busy(twin: Twin) {
    let total = Arc::new(Mutex::new(0));
    let shared = Arc::clone(&total);
    team(2, move |_| {
        loop {
            if let Ok(mut total) = shared.try_lock() {
                *total += 1;
                break;
            }
            if twin == Wrong {
                break;
            }
            thread::yield_now();
        }
    });
    assert_eq!(*total.lock().unwrap(), 2);
}

fn lock_order(twin: Twin, accounts: usize) {
    let balances: Vec<_> = (0..accounts).map(|_| Mutex::new(100)).collect();
    team(accounts, move |from| {
        let to = (from + 1) % accounts;
        let (first, second) = if twin == Right { (from.min(to), from.max(to)) } else { (from, to) };
        let mut one = balances[first].lock().unwrap();
        let mut other = balances[second].lock().unwrap();
        *one -= 1;
        *other += 1;
    });
}

/// A list of listeners that are told of news, under a lock or outside it.
struct Board {
    news: Mutex<usize>,
    readers: Mutex<Vec<usize>>,
}

impl Board {
    fn publish(&self, twin: Twin) {
        let mut news = self.news.lock().unwrap();
        *news += 1;
        let number = *news;
        if twin == Right {
            drop(news);
        }
        // The callback.
        self.readers.lock().unwrap().push(number);
    }

    fn read(&self) {
        let mut readers = self.readers.lock().unwrap();
        readers.push(*self.news.lock().unwrap());
    }
}

fn callback(twin: Twin) {
    let board = Board { news: Mutex::new(0), readers: Mutex::new(Vec::new()) };
    team(2, move |n| if n == 0 { board.publish(twin) } else { board.read() });
}

fn philosophers(twin: Twin, seats: usize) {
    let forks: Vec<_> = (0..seats).map(|_| Mutex::new(())).collect();
    team(seats, move |seat| {
        let (left, right) = (seat, (seat + 1) % seats);
        let (first, second) = if twin == Right { (left.min(right), left.max(right)) } else { (left, right) };
        let _one = forks[first].lock().unwrap();
        let _other = forks[second].lock().unwrap();
    });
}

fn locked_twice(twin: Twin) {
    let total = Mutex::new(1);
    team(2, move |_| {
        let mut total_now = total.lock().unwrap();
        let again = if twin == Wrong { *total.lock().unwrap() } else { *total_now };
        *total_now += again;
    });
}

struct Account {
    balance: Mutex<i64>,
}

impl Account {
    fn withdraw(&self, amount: i64) {
        *self.balance.lock().unwrap() -= amount;
    }

    fn transfer(&self, to: &Account, amount: i64, twin: Twin) {
        let mut mine = self.balance.lock().unwrap();
        if *mine < amount {
            return;
        }
        if twin == Wrong {
            self.withdraw(amount);
        } else {
            *mine -= amount;
        }
        drop(mine);
        to.withdraw(-amount);
    }
}

fn transfer(twin: Twin) {
    let [a, b] = [100, 0].map(|balance| Account { balance: Mutex::new(balance) });
    team(2, move |_| a.transfer(&b, 60, twin));
}

fn joined_while_locked(twin: Twin) {
    let total = Arc::new(Mutex::new(0));
    let shared = Arc::clone(&total);
    let held = total.lock().unwrap();
    let worker = thread::spawn(move || *shared.lock().unwrap() += 1);
    if twin == Right {
        drop(held);
        worker.join().unwrap();
    } else {
        worker.join().unwrap();
        drop(held);
    }
}

fn upgrade(twin: Twin) {
    let table = RwLock::new(0);
    team(2, move |_| {
        let seen = table.read().unwrap();
        if *seen < 2 {
            let held = if twin == Wrong {
                Some(seen)
            } else {
                drop(seen);
                None
            };
            *table.write().unwrap() += 1;
            drop(held);
        }
    });
}

fn read_then_written(twin: Twin) {
    let table = Arc::new(RwLock::new(0));
    let shared = Arc::clone(&table);
    team(2, move |_| {
        if twin == Wrong {
            let next = *shared.read().unwrap() + 1;
            *shared.write().unwrap() = next;
        } else {
            *shared.write().unwrap() += 1;
        }
    });
    assert_eq!(*table.read().unwrap(), 2);
}

fn two_read_locks(twin: Twin) {
    let range = RwLock::new((0, 0));
    team(2, move |n| {
        if n == 0 {
            *range.write().unwrap() = (5, 5);
        } else if twin == Wrong {
            let from = range.read().unwrap().0;
            let to = range.read().unwrap().1;
            assert_eq!(from, to, "halves of two ranges");
        } else {
            let (from, to) = *range.read().unwrap();
            assert_eq!(from, to);
        }
    });
}

fn spins_with_the_lock(twin: Twin) {
    let gate = Mutex::new(());
    let ready = AtomicUsize::new(0);
    team(2, move |n| {
        let held = gate.lock().unwrap();
        if n == 0 {
            ready.store(1, SeqCst);
            return;
        }
        let held = if twin == Wrong {
            Some(held)
        } else {
            drop(held);
            None
        };
        while ready.load(SeqCst) == 0 {
            thread::yield_now();
        }
        drop(held);
    });
}
