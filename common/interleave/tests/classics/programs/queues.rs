//! Queues and pools of workers: items lost, done twice, or waited for in vain.

use super::std_::sync::atomic::AtomicUsize;
use super::std_::sync::atomic::Ordering::SeqCst;
use super::std_::sync::{Arc, Condvar, Mutex};
use super::std_::thread;
use super::team::team;
use crate::table::{Pair, Right, Twin, Wrong};
use interleave::FailureKind::{Deadlock, Panic};
use std::collections::VecDeque;

pub const PAIRS: &[Pair] = &[
    Pair::new("pool_drops_jobs", Panic, "a stop is obeyed before the queue is empty", pool_drops_jobs),
    Pair::new("pool_stops_one", Deadlock, "the stop wakes one worker of two", pool_stops_one),
    Pair::new(
        "pool_stopped_beside_the_lock",
        Deadlock,
        "the stop is set without the queue's lock",
        pool_stopped_beside,
    ),
    Pair::new("job_waits_for_a_job", Deadlock, "the only worker waits for a job behind it", job_waits),
    Pair::new("data_queue_get", Panic, "a data queue whose get does not look again", data_queue_get),
    Pair::new(
        "data_queue_put",
        Panic,
        "a bounded queue that checks its room without the lock",
        data_queue_put,
    ),
    Pair::new("data_queue_close", Deadlock, "closing tells nobody who waits", data_queue_close),
    Pair::new("done_counted_early", Panic, "a job counts as done when it is taken", done_counted_early),
    Pair::new("stolen_twice", Panic, "owner and thief take the same last item", stolen_twice),
    Pair::new("result_taken_early", Panic, "a future's value read before it is set", result_taken_early),
    Pair::new("empty_means_done", Panic, "an empty queue taken for the end", empty_means_done),
];

/// Jobs that each add 1, and whether no more will come.
struct Pool {
    queue: Mutex<(VecDeque<usize>, bool)>,
    changed: Condvar,
    done: AtomicUsize,
}

impl Pool {
    fn new() -> Arc<Self> {
        let queue = Mutex::new((VecDeque::new(), false));
        Arc::new(Pool { queue, changed: Condvar::new(), done: AtomicUsize::new(0) })
    }

    fn submit(&self, job: usize) {
        self.queue.lock().unwrap().0.push_back(job);
        self.changed.notify_one();
    }

    fn work(&self, stop_first: bool) {
        loop {
            let mut queue = self.queue.lock().unwrap();
            let job = loop {
                if stop_first && queue.1 {
                    return;
                }
                if let Some(job) = queue.0.pop_front() {
                    break job;
                }
                if queue.1 {
                    return;
                }
                queue = self.changed.wait(queue).unwrap();
            };
            drop(queue);
            self.done.fetch_add(job, SeqCst);
        }
    }
}

fn workers(pool: &Arc<Pool>, many: usize, stop_first: bool) -> Vec<thread::JoinHandle<()>> {
    (0..many)
        .map(|_| {
            let pool = Arc::clone(pool);
            thread::spawn(move || pool.work(stop_first))
        })
        .collect()
}

fn pool_drops_jobs(twin: Twin) {
    let pool = Pool::new();
    let workers = workers(&pool, 1, twin == Wrong);
    pool.submit(1);
    pool.submit(1);
    pool.queue.lock().unwrap().1 = true;
    pool.changed.notify_all();
    for worker in workers {
        worker.join().unwrap();
    }
    assert_eq!(pool.done.load(SeqCst), 2, "every job is done");
}

fn pool_stops_one(twin: Twin) {
    let pool = Pool::new();
    let workers = workers(&pool, 2, false);
    pool.queue.lock().unwrap().1 = true;
    if twin == Wrong {
        pool.changed.notify_one();
    } else {
        pool.changed.notify_all();
    }
    for worker in workers {
        worker.join().unwrap();
    }
}

fn pool_stopped_beside(twin: Twin) {
    let shared = Arc::new((Mutex::new(0_usize), Condvar::new(), AtomicUsize::new(0)));
    let worker = Arc::clone(&shared);
    let worker = thread::spawn(move || {
        let (queue, changed, stop) = &*worker;
        let mut jobs = queue.lock().unwrap();
        loop {
            if *jobs > 0 {
                *jobs -= 1;
            } else if stop.load(SeqCst) == 1 {
                return;
            } else {
                jobs = changed.wait(jobs).unwrap();
            }
        }
    });
    let (queue, changed, stop) = &*shared;
    *queue.lock().unwrap() += 1;
    changed.notify_one();
    let held = (twin == Right).then(|| queue.lock().unwrap());
    stop.store(1, SeqCst);
    changed.notify_all();
    drop(held);
    worker.join().unwrap();
}

/// Job 1 waits until job 2 is done. One worker is too few for that.
fn job_waits(twin: Twin) {
    let next = AtomicUsize::new(1);
    let second = Mutex::new(false);
    let finished = Condvar::new();
    let workers = if twin == Wrong { 1 } else { 2 };
    let busy = move |_| loop {
        match next.fetch_add(1, SeqCst) {
            1 => {
                let mut done = second.lock().unwrap();
                while !*done {
                    done = finished.wait(done).unwrap();
                }
            }
            2 => {
                *second.lock().unwrap() = true;
                finished.notify_all();
            }
            _ => break,
        }
    };
    team(workers, busy);
}

/// A bounded queue between producers and consumers.
struct DataQueue {
    items: Mutex<VecDeque<usize>>,
    not_empty: Condvar,
    not_full: Condvar,
    closed: AtomicUsize,
}

impl DataQueue {
    const ROOM: usize = 1;

    fn new() -> Arc<Self> {
        Arc::new(DataQueue {
            items: Mutex::new(VecDeque::new()),
            not_empty: Condvar::new(),
            not_full: Condvar::new(),
            closed: AtomicUsize::new(0),
        })
    }

    fn put(&self, item: usize) {
        let mut items = self.items.lock().unwrap();
        while items.len() == Self::ROOM {
            items = self.not_full.wait(items).unwrap();
        }
        items.push_back(item);
        self.not_empty.notify_one();
    }

    fn get(&self, look_again: bool) -> usize {
        let mut items = self.items.lock().unwrap();
        if look_again {
            while items.is_empty() {
                items = self.not_empty.wait(items).unwrap();
            }
        } else if items.is_empty() {
            items = self.not_empty.wait(items).unwrap();
        }
        let item = items.pop_front().expect("something to get");
        self.not_full.notify_one();
        item
    }
}

fn data_queue_get(twin: Twin) {
    let queue = DataQueue::new();
    team(3, move |n| {
        if n == 0 {
            queue.put(1);
            queue.put(2);
        } else {
            queue.get(twin == Right);
        }
    });
}

fn data_queue_put(twin: Twin) {
    let queue = DataQueue::new();
    let shared = Arc::clone(&queue);
    team(2, move |n| {
        let room = |items: &VecDeque<usize>| items.len() < DataQueue::ROOM;
        if twin == Wrong {
            let free = room(&shared.items.lock().unwrap());
            if free {
                shared.items.lock().unwrap().push_back(n);
            }
        } else {
            let mut items = shared.items.lock().unwrap();
            if room(&items) {
                items.push_back(n);
            }
        }
    });
    assert!(queue.items.lock().unwrap().len() <= DataQueue::ROOM, "more than there is room for");
}

fn data_queue_close(twin: Twin) {
    let queue = DataQueue::new();
    let reader = Arc::clone(&queue);
    let reader = thread::spawn(move || {
        let mut items = reader.items.lock().unwrap();
        while items.is_empty() && reader.closed.load(SeqCst) == 0 {
            items = reader.not_empty.wait(items).unwrap();
        }
    });
    let held = queue.items.lock().unwrap();
    queue.closed.store(1, SeqCst);
    drop(held);
    if twin == Right {
        queue.not_empty.notify_all();
    }
    reader.join().unwrap();
}

fn done_counted_early(twin: Twin) {
    let (taken, results) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (mark, sum) = (Arc::clone(&taken), Arc::clone(&results));
    let worker = thread::spawn(move || {
        if twin == Wrong {
            mark.fetch_add(1, SeqCst);
            sum.fetch_add(7, SeqCst);
        } else {
            sum.fetch_add(7, SeqCst);
            mark.fetch_add(1, SeqCst);
        }
    });
    while taken.load(SeqCst) < 1 {
        thread::yield_now();
    }
    assert_eq!(results.load(SeqCst), 7, "all jobs are done, so their results are there");
    worker.join().unwrap();
}

/// A deque of two items: its owner takes from the bottom, a thief from the top.
fn stolen_twice(twin: Twin) {
    let (top, bottom) = (AtomicUsize::new(0), AtomicUsize::new(1));
    let taken = AtomicUsize::new(0);
    team(2, move |n| {
        let mine = if n == 0 {
            // The owner lowers the bottom first; for the last item it has to race like a thief.
            let last = bottom.load(SeqCst) - 1;
            bottom.store(last, SeqCst);
            match top.load(SeqCst) {
                t if t > last => false,
                t if t < last || twin == Wrong => true,
                t => top.compare_exchange(t, t + 1, SeqCst, SeqCst).is_ok(),
            }
        } else {
            let t = top.load(SeqCst);
            t < bottom.load(SeqCst) && top.compare_exchange(t, t + 1, SeqCst, SeqCst).is_ok()
        };
        if mine {
            assert_eq!(taken.fetch_add(1, SeqCst), 0, "the same item twice");
        }
    });
}

/// A value that will be there later.
fn result_taken_early(twin: Twin) {
    let promise = Arc::new((Mutex::new((None, false)), Condvar::new()));
    let worker = Arc::clone(&promise);
    let worker = thread::spawn(move || {
        let (state, changed) = &*worker;
        if twin == Wrong {
            state.lock().unwrap().1 = true;
            changed.notify_all();
            state.lock().unwrap().0 = Some(42);
        } else {
            *state.lock().unwrap() = (Some(42), true);
            changed.notify_all();
        }
    });
    let (state, changed) = &*promise;
    let mut state = state.lock().unwrap();
    while !state.1 {
        state = changed.wait(state).unwrap();
    }
    assert_eq!(state.0, Some(42), "it is said to be there");
    drop(state);
    worker.join().unwrap();
}

/// A job may bring a new one: until it is done, an empty queue says nothing.
fn empty_means_done(twin: Twin) {
    let jobs = Mutex::new(vec![2]);
    let open = AtomicUsize::new(1);
    let done = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&done);
    let helper_gone = AtomicUsize::new(0);
    team(2, move |n| {
        loop {
            let job = jobs.lock().unwrap().pop();
            match job {
                Some(1) if helper_gone.load(SeqCst) == 1 => panic!("the helper is gone, and there is work"),
                Some(children) => {
                    if children > 1 {
                        open.fetch_add(1, SeqCst);
                        jobs.lock().unwrap().push(1);
                    }
                    count.fetch_add(1, SeqCst);
                    open.fetch_sub(1, SeqCst);
                }
                None if twin == Right && open.load(SeqCst) > 0 => thread::yield_now(),
                None => break,
            }
        }
        if n == 1 {
            helper_gone.store(1, SeqCst);
        }
    });
    assert_eq!(done.load(SeqCst), 2);
}
