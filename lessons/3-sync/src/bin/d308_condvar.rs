//! Waiting for a condition: look again after waking up, and wake whoever can use it.
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

fn main() {
    println!("two wait, one item comes, both are woken, and each looks only once:");
    look_once();
    println!("8 producers and 8 consumers, 1 place, 1000 items each:");
    println!("  one condvar, notify_one:  {}", crowd(Queue::with_one_condvar(false)));
    println!("  one condvar, notify_all:  {}", crowd(Queue::with_one_condvar(true)));
    println!("  two condvars, notify_one: {}", crowd(Queue::with_two_condvars()));
}

fn look_once() {
    let (queue, waiting, changed) = (Mutex::new(VecDeque::new()), AtomicUsize::new(0), Condvar::new());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut items = queue.lock().unwrap();
                if items.is_empty() {
                    waiting.fetch_add(1, Relaxed);
                    items = changed.wait(items).unwrap();
                }
                match items.pop_front() {
                    Some(item) => println!("  woken up: here is {item}"),
                    None => println!("  woken up: there is nothing"),
                }
            });
        }
        // Who has counted itself holds the lock until it waits. So with 2 counted, whoever gets the lock knows that
        // both wait.
        let mut items = loop {
            let items = queue.lock().unwrap();
            if waiting.load(Relaxed) == 2 {
                break items;
            }
            drop(items);
            thread::yield_now();
        };
        items.push_back("an item");
        changed.notify_all();
    });
}

/// A queue with one place.
pub(crate) struct Queue {
    state: Mutex<State>,
    not_full: Arc<Condvar>,
    not_empty: Arc<Condvar>,
    wake_all: bool,
}

#[derive(Clone, Copy, Default)]
struct State {
    item: Option<u32>,
    moved: usize,
    woken_in_vain: usize,
}

impl Queue {
    /// Producers and consumers wait in the same place.
    pub(crate) fn with_one_condvar(wake_all: bool) -> Self {
        let changed = Arc::new(Condvar::new());
        Queue { state: Mutex::default(), not_full: changed.clone(), not_empty: changed, wake_all }
    }

    fn with_two_condvars() -> Self {
        Queue { not_full: Arc::default(), ..Queue::with_one_condvar(false) }
    }

    fn put(&self, item: u32) {
        let mut state = self.state.lock().unwrap();
        while state.item.is_some() {
            state = self.not_full.wait(state).unwrap();
            state.woken_in_vain += state.item.is_some() as usize;
        }
        state.item = Some(item);
        if self.wake_all {
            self.not_empty.notify_all();
        } else {
            self.not_empty.notify_one();
        }
    }

    fn get(&self) -> u32 {
        let mut state = self.state.lock().unwrap();
        while state.item.is_none() {
            state = self.not_empty.wait(state).unwrap();
            state.woken_in_vain += state.item.is_none() as usize;
        }
        let item = state.item.take().unwrap();
        state.moved += 1;
        if self.wake_all {
            self.not_full.notify_all();
        } else {
            self.not_full.notify_one();
        }
        item
    }
}

/// Starts that many producers, and as many consumers. Each moves `count` items.
pub(crate) fn start(queue: &Arc<Queue>, pairs: usize, count: u32) -> Vec<JoinHandle<()>> {
    let mut threads = Vec::new();
    for n in 1..=pairs {
        let (into, from) = (Arc::clone(queue), Arc::clone(queue));
        let named = |role: &str| thread::Builder::new().name(format!("{role} {n}"));
        threads.push(named("producer").spawn(move || (0..count).for_each(|item| into.put(item))).unwrap());
        threads.push(named("consumer").spawn(move || (0..count).for_each(|_| _ = from.get())).unwrap());
    }
    threads
}

fn crowd(queue: Queue) -> String {
    let queue = Arc::new(queue);
    let threads = start(&queue, 8, 1_000);
    let mut before = 0;
    loop {
        thread::sleep(Duration::from_millis(300));
        let running = threads.iter().filter(|thread| !thread.is_finished()).count();
        let State { moved, woken_in_vain, .. } = *queue.state.lock().unwrap();
        if running == 0 {
            return format!("all {moved} came through, woken up in vain: {woken_in_vain}");
        }
        if moved == before {
            // Not joined: they will never end by themselves. They go when the program goes.
            return format!("after {moved} items nothing moves, and {running} threads sleep");
        }
        before = moved;
    }
}
