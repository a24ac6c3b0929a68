//! Exercise 106: send every waiter home, and find the end of the work.
//!
//! In the museum's café the cook puts meals on a counter, several waiters take them and serve them, and the cook goes
//! home when everything is done. The counter is Python's `queue.Queue`: `put`, `get`, `task_done`, and `join`, which waits
//! until as many tasks are done as were put. `None` on the counter is a *sentinel*: no more meals will come. The waiter
//! who takes it puts it back for the others, and goes home.
//!
//! (How the counter waits is explained in the chapter's next section. You need not look inside.)
//!
//! You find this program in many books, mostly without the `join` at its end, which would show what is wrong with it: it
//! never ends. Let the judge show you where it stands still, then mend `serve_all`. Change as much of it as you like, the
//! counter too, or use something else instead:
//!
//! * every meal is served exactly once, by a waiter, and not by the calling thread, which is the cook;
//! * there are `waiters` waiters (1 or more), each a thread, who all can be serving at the same time. No meal waits while
//!   one of them has nothing to do;
//! * meals are served while others are still being cooked; with one waiter, in the order in which they were cooked;
//! * when `serve_all` returns, all meals are served and all waiters have gone home. Nobody waits by looking again and
//!   again.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex};
use std::thread;

/// A queue that knows how much of what was put into it is not done yet.
struct Counter<T> {
    state: Mutex<State<T>>,
    /// Something was put.
    filled: Condvar,
    /// Nothing is left to do.
    all_done: Condvar,
}

struct State<T> {
    items: VecDeque<T>,
    /// How many items were put and are not done.
    unfinished: usize,
}

impl<T> Counter<T> {
    fn new() -> Self {
        let state = State { items: VecDeque::new(), unfinished: 0 };
        Counter { state: Mutex::new(state), filled: Condvar::new(), all_done: Condvar::new() }
    }

    /// Puts an item at the end: one thing more to do.
    fn put(&self, item: T) {
        let mut state = self.state.lock().unwrap();
        state.items.push_back(item);
        state.unfinished += 1;
        self.filled.notify_one();
    }

    /// Takes the item at the front; waits until there is one.
    fn get(&self) -> T {
        let state = self.state.lock().unwrap();
        let mut state = self.filled.wait_while(state, |state| state.items.is_empty()).unwrap();
        state.items.pop_front().expect("it is not empty")
    }

    /// Says that an item is done which was taken earlier.
    fn task_done(&self) {
        let mut state = self.state.lock().unwrap();
        state.unfinished -= 1;
        if state.unfinished == 0 {
            self.all_done.notify_all();
        }
    }

    /// Waits until everything that was put is done.
    fn join(&self) {
        let state = self.state.lock().unwrap();
        drop(self.all_done.wait_while(state, |state| state.unfinished > 0).unwrap());
    }
}

/// Cooks all `meals`, and lets `waiters` waiters serve them.
pub fn serve_all<I>(meals: I, waiters: usize, serve: impl Fn(I::Item) + Sync)
where
    I: Iterator,
    I::Item: Send,
{
    let (counter, serve) = (&Counter::new(), &serve);
    thread::scope(|scope| {
        for _ in 0..waiters {
            scope.spawn(move || {
                while let Some(meal) = counter.get() {
                    serve(meal);
                    counter.task_done();
                }
                counter.put(None); // the others want to know, too
            });
        }

        for meal in meals {
            counter.put(Some(meal));
        }
        counter.put(None); // no more meals
        counter.join(); // everything is done
    });
}
