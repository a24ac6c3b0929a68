//! The counter can be closed, which is a good idea, and one waiter is told of it.
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex};
use std::thread;

/// A queue that knows how much of what was put into it is not done yet.
struct Counter<T> {
    state: Mutex<State<T>>,
    filled: Condvar,
    all_done: Condvar,
}

struct State<T> {
    items: VecDeque<T>,
    closed: bool,
    unfinished: usize,
}

impl<T> Counter<T> {
    fn new() -> Self {
        let state = State { items: VecDeque::new(), closed: false, unfinished: 0 };
        Counter { state: Mutex::new(state), filled: Condvar::new(), all_done: Condvar::new() }
    }

    fn put(&self, item: T) {
        let mut state = self.state.lock().unwrap();
        state.items.push_back(item);
        state.unfinished += 1;
        self.filled.notify_one();
    }

    fn get(&self) -> Option<T> {
        let state = self.state.lock().unwrap();
        let mut state =
            self.filled.wait_while(state, |state| state.items.is_empty() && !state.closed).unwrap();
        state.items.pop_front()
    }

    fn close(&self) {
        self.state.lock().unwrap().closed = true;
        self.filled.notify_one();
    }

    fn task_done(&self) {
        let mut state = self.state.lock().unwrap();
        state.unfinished -= 1;
        if state.unfinished == 0 {
            self.all_done.notify_all();
        }
    }

    fn join(&self) {
        let state = self.state.lock().unwrap();
        drop(self.all_done.wait_while(state, |state| state.unfinished > 0).unwrap());
    }
}

/// Cooks all meals and has them served.
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
            });
        }
        for meal in meals {
            counter.put(meal);
        }
        counter.close();
        counter.join();
    });
}
