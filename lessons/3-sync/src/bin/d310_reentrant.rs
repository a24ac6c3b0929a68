//! Locking what one holds already: a mutex, a lock that knows its holder, and what that one lets happen.
use std::cell::Cell;
use std::sync::{Condvar, Mutex};
use std::thread::{self, ThreadId};

fn main() {
    println!("a mutex, locked again by the thread that holds it:");
    let mutex = Mutex::new(());
    let guard = mutex.lock().unwrap();
    let again = if mutex.try_lock().is_ok() { "gets it" } else { "would wait for itself" };
    println!("  the holder {again}");
    drop(guard);

    println!("a re-entrant lock, by a function that calls itself:");
    let lock = ReentrantLock::default();
    count_down(&lock, 3);
    println!("  all guards dropped, another thread {}", another_thread(&lock));

    println!("money under a re-entrant lock, with somebody who adds up in the middle of a transfer:");
    let accounts = Cell::new([100, 80]);
    let total = || {
        let _guard = lock.lock(); // No wait: this thread holds it.
        accounts.get().iter().sum::<i32>()
    };
    let _guard = lock.lock();
    let [ann, ben] = accounts.get();
    accounts.set([ann - 30, ben]);
    println!("  in between there is {}", total());
    accounts.set([ann - 30, ben + 30]);
    println!("  at the end there is {}", total());
}

fn count_down(lock: &ReentrantLock, number: u32) {
    let _guard = lock.lock();
    println!("  {} held, another thread {}", lock.guards(), another_thread(lock));
    if number > 1 {
        count_down(lock, number - 1);
    }
}

fn another_thread(lock: &ReentrantLock) -> &'static str {
    let gets_it = || lock.try_lock().is_some();
    if thread::scope(|scope| scope.spawn(gets_it).join().unwrap()) { "gets it" } else { "has to wait" }
}

#[derive(Default)]
struct ReentrantLock {
    /// Who holds it, and how many guards there are.
    holder: Mutex<(Option<ThreadId>, usize)>,
    released: Condvar,
}

impl ReentrantLock {
    fn lock(&self) -> Guard<'_> {
        let me = Some(thread::current().id());
        let mut holder = self.holder.lock().unwrap();
        while holder.0.is_some() && holder.0 != me {
            holder = self.released.wait(holder).unwrap();
        }
        *holder = (me, holder.1 + 1);
        Guard(self)
    }

    fn try_lock(&self) -> Option<Guard<'_>> {
        let me = Some(thread::current().id());
        let mut holder = self.holder.lock().unwrap();
        if holder.0.is_some() && holder.0 != me {
            return None;
        }
        *holder = (me, holder.1 + 1);
        Some(Guard(self))
    }

    fn guards(&self) -> usize {
        self.holder.lock().unwrap().1
    }
}

struct Guard<'a>(&'a ReentrantLock);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        let mut holder = self.0.holder.lock().unwrap();
        holder.1 -= 1;
        if holder.1 == 0 {
            holder.0 = None;
            self.0.released.notify_one();
        }
    }
}
