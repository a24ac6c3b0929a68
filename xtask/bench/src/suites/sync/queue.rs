//! Bounded queues between two producers and two consumers: what the notifications cost.
use super::on_threads;
use crate::figures::count;
use crate::suite::{Case, Size, Table};
use anyhow::ensure;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Condvar, Mutex};

const PLACES: usize = 10;

/// As in the exercise, without limits and closing. With one condition variable both are the same.
struct Queue {
    items: Mutex<VecDeque<u64>>,
    not_full: Arc<Condvar>,
    not_empty: Arc<Condvar>,
    wake: fn(&Condvar),
}

impl Queue {
    fn new(not_full: Arc<Condvar>, not_empty: Arc<Condvar>, wake: fn(&Condvar)) -> Self {
        Queue { items: Mutex::default(), not_full, not_empty, wake }
    }

    fn put(&self, item: u64) {
        let items = self.items.lock().unwrap();
        let mut items = self.not_full.wait_while(items, |items| items.len() == PLACES).unwrap();
        items.push_back(item);
        drop(items);
        (self.wake)(&self.not_empty);
    }

    fn get(&self) -> u64 {
        let items = self.items.lock().unwrap();
        let mut items = self.not_empty.wait_while(items, |items| items.is_empty()).unwrap();
        let item = items.pop_front().unwrap_or_default();
        drop(items);
        (self.wake)(&self.not_full);
        item
    }
}

/// Two producers, two consumers, ten places.
pub fn queues(size: Size) -> Table {
    let each: u64 = size.pick(50_000, 20);
    let all = 2 * each;
    let check = move |sum: u64| {
        ensure!(sum == all, "{sum} came out of {all}");
        Ok(())
    };
    let by_hand = move |queue: fn() -> Queue| {
        move || {
            let (queue, sum, role) = (queue(), AtomicU64::new(0), AtomicU64::new(0));
            on_threads(4, || match role.fetch_add(1, Relaxed) % 2 {
                0 => (0..each).for_each(|_| queue.put(1)),
                _ => (0..each).for_each(|_| _ = sum.fetch_add(queue.get(), Relaxed)),
            });
            check(sum.into_inner())
        }
    };
    let two = || Queue::new(Arc::default(), Arc::default(), Condvar::notify_one);
    let one = || {
        let changed = Arc::new(Condvar::new());
        Queue::new(changed.clone(), changed, Condvar::notify_all)
    };
    let channel = move || {
        let (sender, receiver) = sync_channel::<u64>(PLACES);
        let (receiver, sum, role) = (Mutex::new(receiver), AtomicU64::new(0), AtomicU64::new(0));
        on_threads(4, || match role.fetch_add(1, Relaxed) % 2 {
            0 => (0..each).for_each(|_| _ = sender.send(1)),
            _ => (0..each).for_each(|_| {
                let item = receiver.lock().unwrap().recv().unwrap_or_default();
                sum.fetch_add(item, Relaxed);
            }),
        });
        check(sum.into_inner())
    };
    Table {
        name: "queue",
        title: format!("A queue with {PLACES} places, two producers, two consumers, {} messages", count(all)),
        about: "\
Each condition with a condition variable of its own wakes one thread that can use the news. One condition variable for both
has to wake everybody, and most of them in vain. The standard library's bounded channel has one receiver, which the two
consumers share under a lock."
            .into(),
        unit: "message",
        rounds: 7,
        cases: vec![
            Case::here("two condvars, notify_one", all, by_hand(two)),
            Case::here("one condvar, notify_all", all, by_hand(one)),
            Case::here("sync_channel, receiver under a lock", all, channel),
        ],
    }
}
