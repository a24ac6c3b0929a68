//! Atomics used in more than one step. Nothing here depends on weak memory.

use super::std_::sync::atomic::Ordering::SeqCst;
use super::std_::sync::atomic::{AtomicBool, AtomicUsize};
use super::std_::sync::{Arc, Mutex};
use super::team::team;
use crate::table::{Pair, Right, Twin, Wrong};
use interleave::FailureKind::Panic;

pub const PAIRS: &[Pair] = &[
    Pair::new("counter_2", Panic, "two threads load, then store", |t| counter(t, 2, 1)),
    Pair::new("counter_3", Panic, "three threads load, then store", |t| counter(t, 3, 1)),
    Pair::new("counter_twice", Panic, "two threads, two increments each", |t| counter(t, 2, 2)),
    Pair::new("running_maximum", Panic, "compare, then store", running_maximum),
    Pair::new("exchange_once", Panic, "a failed exchange is not tried again", exchange_once),
    Pair::new("flag_toggle", Panic, "a flag turned over by load and store", flag_toggle),
    Pair::new("unique_numbers", Panic, "two threads draw the same number", unique_numbers),
    Pair::new("claim", Panic, "look whether it is free, then take it", claim),
    Pair::new("last_unit_sold_twice", Panic, "check the stock, then decrement", stock),
    Pair::new("torn_pair", Panic, "a pair of atomics read one after the other", torn_pair),
    Pair::new("last_one_out", Panic, "decrement, then ask whether it is zero", last_one_out),
    Pair::new("work_by_index", Panic, "two workers take the same index", work_by_index),
    Pair::new("hit_count_reset", Panic, "read the count, then reset it", hit_count_reset),
    Pair::new("bits_of_a_word", Panic, "two threads set bits of one word", bits_of_a_word),
    Pair::new("aba_on_an_index", Panic, "a stack's head comes back with another rest", aba),
    Pair::new("progress_bar", Panic, "work announced before it is done", progress),
];

fn counter(twin: Twin, threads: usize, times: usize) {
    let count = Arc::new(AtomicUsize::new(0));
    let shared = Arc::clone(&count);
    team(threads, move |_| {
        for _ in 0..times {
            if twin == Wrong {
                let seen = shared.load(SeqCst);
                shared.store(seen + 1, SeqCst);
            } else {
                shared.fetch_add(1, SeqCst);
            }
        }
    });
    assert_eq!(count.load(SeqCst), threads * times);
}

fn running_maximum(twin: Twin) {
    let highest = Arc::new(AtomicUsize::new(0));
    let shared = Arc::clone(&highest);
    team(2, move |n| {
        let mine = n + 1;
        if twin == Right {
            shared.fetch_max(mine, SeqCst);
        } else if shared.load(SeqCst) < mine {
            shared.store(mine, SeqCst);
        }
    });
    assert_eq!(highest.load(SeqCst), 2);
}

fn exchange_once(twin: Twin) {
    let sum = Arc::new(AtomicUsize::new(0));
    let shared = Arc::clone(&sum);
    team(2, move |_| {
        let mut seen = shared.load(SeqCst);
        while let Err(now) = shared.compare_exchange(seen, seen + 1, SeqCst, SeqCst) {
            if twin == Wrong {
                break;
            }
            seen = now;
        }
    });
    assert_eq!(sum.load(SeqCst), 2);
}

fn flag_toggle(twin: Twin) {
    let flag = Arc::new(AtomicBool::new(false));
    let shared = Arc::clone(&flag);
    team(2, move |_| {
        if twin == Wrong {
            shared.store(!shared.load(SeqCst), SeqCst);
        } else {
            shared.fetch_xor(true, SeqCst);
        }
    });
    assert!(!flag.load(SeqCst), "turned over twice");
}

fn unique_numbers(twin: Twin) {
    let next = AtomicUsize::new(0);
    let given: Arc<[AtomicUsize; 2]> = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
    team(2, move |_| {
        let mine = if twin == Wrong {
            let seen = next.load(SeqCst);
            next.store(seen + 1, SeqCst);
            seen
        } else {
            next.fetch_add(1, SeqCst)
        };
        assert_eq!(given[mine].fetch_add(1, SeqCst), 0, "number {mine} was given before");
    });
}

fn claim(twin: Twin) {
    let taken = AtomicBool::new(false);
    let owners = AtomicUsize::new(0);
    team(2, move |_| {
        let mine = if twin == Wrong {
            let free = !taken.load(SeqCst);
            if free {
                taken.store(true, SeqCst);
            }
            free
        } else {
            !taken.swap(true, SeqCst)
        };
        if mine {
            assert_eq!(owners.fetch_add(1, SeqCst), 0, "two owners");
        }
    });
}

fn stock(twin: Twin) {
    let left = Arc::new(AtomicUsize::new(1));
    let sold = Arc::new(AtomicUsize::new(0));
    let (shared, sales) = (Arc::clone(&left), Arc::clone(&sold));
    team(2, move |_| {
        let got = if twin == Wrong {
            let some = shared.load(SeqCst) > 0;
            if some {
                shared.fetch_sub(1, SeqCst);
            }
            some
        } else {
            shared.fetch_update(SeqCst, SeqCst, |n| n.checked_sub(1)).is_ok()
        };
        if got {
            sales.fetch_add(1, SeqCst);
        }
    });
    assert_eq!(sold.load(SeqCst), 1, "one was there");
}

fn torn_pair(twin: Twin) {
    let (low, high) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let gate = Arc::new(Mutex::new(()));
    team(2, move |n| {
        let _one_at_a_time = (twin == Right).then(|| gate.lock().unwrap());
        if n == 0 {
            low.store(1, SeqCst);
            high.store(1, SeqCst);
        } else {
            let pair = (low.load(SeqCst), high.load(SeqCst));
            assert_eq!(pair.0, pair.1, "half of a change");
        }
    });
}

fn last_one_out(twin: Twin) {
    let inside = AtomicUsize::new(2);
    let lights = Arc::new(AtomicUsize::new(0));
    let switch = Arc::clone(&lights);
    team(2, move |_| {
        let before = inside.fetch_sub(1, SeqCst);
        let last = if twin == Wrong { inside.load(SeqCst) == 0 } else { before == 1 };
        if last {
            switch.fetch_add(1, SeqCst);
        }
    });
    assert_eq!(lights.load(SeqCst), 1, "the last one turns the light off, nobody else");
}

fn work_by_index(twin: Twin) {
    const JOBS: usize = 2;
    let next = AtomicUsize::new(0);
    let done: Arc<Vec<AtomicUsize>> = Arc::new((0..JOBS).map(|_| AtomicUsize::new(0)).collect());
    let counts = Arc::clone(&done);
    team(2, move |_| {
        loop {
            let job = if twin == Wrong {
                let job = next.load(SeqCst);
                next.store(job + 1, SeqCst);
                job
            } else {
                next.fetch_add(1, SeqCst)
            };
            let Some(count) = counts.get(job) else { break };
            count.fetch_add(1, SeqCst);
        }
    });
    for count in done.iter() {
        assert_eq!(count.load(SeqCst), 1, "every job once");
    }
}

fn hit_count_reset(twin: Twin) {
    let hits = Arc::new(AtomicUsize::new(0));
    let reported = Arc::new(AtomicUsize::new(0));
    let (shared, report) = (Arc::clone(&hits), Arc::clone(&reported));
    team(2, move |n| {
        if n == 0 {
            shared.fetch_add(1, SeqCst);
        } else if twin == Wrong {
            report.fetch_add(shared.load(SeqCst), SeqCst);
            shared.store(0, SeqCst);
        } else {
            report.fetch_add(shared.swap(0, SeqCst), SeqCst);
        }
    });
    assert_eq!(hits.load(SeqCst) + reported.load(SeqCst), 1, "a hit is reported or still there");
}

fn bits_of_a_word(twin: Twin) {
    let word = Arc::new(AtomicUsize::new(0));
    let shared = Arc::clone(&word);
    team(2, move |n| {
        let bit = 1 << n;
        if twin == Wrong {
            shared.store(shared.load(SeqCst) | bit, SeqCst);
        } else {
            shared.fetch_or(bit, SeqCst);
        }
    });
    assert_eq!(word.load(SeqCst), 0b11);
}

const NOTHING: usize = 9;
/// How far the tag stands to the left of the index.
const TAG: usize = 16;

/// A stack of nodes known by their index: `head` holds the top one's, `below` each one's successor.
struct IndexStack {
    head: AtomicUsize,
    below: [AtomicUsize; 2],
    tagged: bool,
}

impl IndexStack {
    /// Node 0 on node 1.
    fn new(twin: Twin) -> Self {
        let below = [AtomicUsize::new(1), AtomicUsize::new(NOTHING)];
        IndexStack { head: AtomicUsize::new(0), below, tagged: twin == Right }
    }

    /// The head that follows `old`: with a new tag, if there are tags.
    fn head_after(&self, old: usize, index: usize) -> usize {
        if self.tagged { ((old >> TAG) + 1) << TAG | index } else { index }
    }

    fn pop(&self) -> Option<usize> {
        let mut head = self.head.load(SeqCst);
        loop {
            let top = head & ((1 << TAG) - 1);
            if top == NOTHING {
                return None;
            }
            let next = self.below[top].load(SeqCst);
            match self.head.compare_exchange(head, self.head_after(head, next), SeqCst, SeqCst) {
                Ok(_) => return Some(top),
                Err(now) => head = now,
            }
        }
    }

    fn push(&self, node: usize) {
        let mut head = self.head.load(SeqCst);
        loop {
            self.below[node].store(head & ((1 << TAG) - 1), SeqCst);
            match self.head.compare_exchange(head, self.head_after(head, node), SeqCst, SeqCst) {
                Ok(_) => return,
                Err(now) => head = now,
            }
        }
    }
}

fn aba(twin: Twin) {
    let stack = Arc::new(IndexStack::new(twin));
    let owned = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
    let take = move |stack: &IndexStack| {
        let node = stack.pop();
        if let Some(node) = node {
            assert_eq!(owned[node].fetch_add(1, SeqCst), 0, "node {node} has two owners");
        }
        (node, Arc::clone(&owned))
    };
    team(2, move |n| {
        let (first, owned) = take(&stack);
        if n == 1 {
            // Takes the next one too, keeps it, and gives the first back.
            take(&stack);
            if let Some(node) = first {
                owned[node].fetch_sub(1, SeqCst);
                stack.push(node);
            }
        } else {
            take(&stack);
        }
    });
}

fn progress(twin: Twin) {
    let (result, done) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    team(2, move |n| {
        if n == 0 {
            if twin == Wrong {
                done.store(1, SeqCst);
                result.store(42, SeqCst);
            } else {
                result.store(42, SeqCst);
                done.store(1, SeqCst);
            }
        } else if done.load(SeqCst) == 1 {
            assert_eq!(result.load(SeqCst), 42, "announced, and not there");
        }
    });
}
