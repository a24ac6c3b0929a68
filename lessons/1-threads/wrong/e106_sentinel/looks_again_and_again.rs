//! A waiter who finds nothing looks again at once: right, and a processor does nothing else while the cook cooks.
use std::sync::Mutex;
use std::sync::mpsc::{self, TryRecvError};
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
                    match next {
                        Ok(meal) => serve(meal),
                        Err(TryRecvError::Disconnected) => break,
                        Err(TryRecvError::Empty) => thread::yield_now(),
                    }
                }
            });
        }
        for meal in meals {
            counter.send(meal).unwrap();
        }
        drop(counter);
    });
}
