//! Starting threads and waiting for them: what nearly every program does.

use super::std_::sync::Arc;
use super::std_::thread;

/// Runs `work` on `threads` threads, each with its number, and waits for all.
pub fn team(threads: usize, work: impl Fn(usize) + Send + Sync + 'static) {
    let work = Arc::new(work);
    let threads: Vec<_> = (0..threads)
        .map(|n| {
            let work = Arc::clone(&work);
            thread::spawn(move || work(n))
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}
