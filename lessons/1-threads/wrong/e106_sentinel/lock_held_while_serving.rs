//! `while let` keeps the guard of the lock until the end of its block: one waiter serves at a time.
use std::sync::{Mutex, mpsc};
use std::thread;

/// Cooks all meals and has them served.
pub fn serve_all<I>(meals: I, waiters: usize, serve: impl Fn(I::Item) + Sync)
where
    I: Iterator,
    I::Item: Send,
{
    let (counter, meals_to_serve) = mpsc::channel();
    let (meals_to_serve, serve) = (&Mutex::new(meals_to_serve), &serve);
    thread::scope(|scope| {
        for _ in 0..waiters {
            scope.spawn(move || {
                while let Ok(meal) = meals_to_serve.lock().unwrap().recv() {
                    serve(meal);
                }
            });
        }
        for meal in meals {
            counter.send(meal).unwrap();
        }
        drop(counter);
    });
}
