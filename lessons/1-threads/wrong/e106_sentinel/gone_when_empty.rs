//! A waiter who finds nothing on the counter goes home, also when the cook has only begun.
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
                loop {
                    let next = meals_to_serve.lock().unwrap().try_recv();
                    let Ok(meal) = next else { break };
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
