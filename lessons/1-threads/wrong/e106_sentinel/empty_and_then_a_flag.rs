//! The waiter finds the counter empty, then the cook puts the last meal and sets the flag, and then the waiter sees the flag.
use std::sync::atomic::{AtomicBool, Ordering};
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
    let finished = &AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..waiters {
            scope.spawn(move || {
                loop {
                    let next = meals_to_serve.lock().unwrap().try_recv();
                    match next {
                        Ok(meal) => serve(meal),
                        Err(_) if finished.load(Ordering::SeqCst) => break,
                        Err(_) => thread::yield_now(),
                    }
                }
            });
        }
        for meal in meals {
            counter.send(meal).unwrap();
        }
        finished.store(true, Ordering::SeqCst);
    });
}
