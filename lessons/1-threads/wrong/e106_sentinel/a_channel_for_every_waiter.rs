//! Each waiter has a channel, and the meals are dealt out in turn: some wait for a waiter who is busy, while others are free.
use std::sync::mpsc;
use std::thread;

/// Cooks all `meals`, and lets `waiters` waiters serve them.
pub fn serve_all<I>(meals: I, waiters: usize, serve: impl Fn(I::Item) + Sync)
where
    I: Iterator,
    I::Item: Send,
{
    let serve = &serve;
    thread::scope(|scope| {
        let mut tables = Vec::new();
        for _ in 0..waiters {
            let (table, orders) = mpsc::channel();
            tables.push(table);
            scope.spawn(move || {
                for meal in orders {
                    serve(meal);
                }
            });
        }
        for (number, meal) in meals.enumerate() {
            tables[number % waiters].send(meal).unwrap();
        }
    });
}
