//! A semaphore by hand: places in a car park, one release too many, and a pool that releases each permit twice.
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Barrier, Condvar, Mutex};
use std::thread;

fn main() {
    println!("a car park with 2 places, 6 cars:");
    car_park();
    println!("2 permits, and one release too many:");
    released_too_often();
    println!("10 threads, and a pool with a limit of 2 that releases when it returns, and again at the end:");
    let pool = Pool::new(2);
    together(10, || pool.connect_and_release(), |()| pool.close_and_release());
    println!("  permits afterwards: {}", pool.0.permits());
    println!("10 threads, and a pool with a limit of 2 whose connections own their permits:");
    let pool = Pool::new(2);
    together(2, || pool.connect(), drop);
    println!("  permits afterwards: {}", pool.0.permits());
}

fn car_park() {
    let places = Semaphore::new(2);
    let (inside, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let another_is_here = Barrier::new(2);
    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                let _place = places.permit();
                most.fetch_max(inside.fetch_add(1, SeqCst) + 1, SeqCst);
                another_is_here.wait(); // Nobody leaves before two have met inside.
                inside.fetch_sub(1, SeqCst);
            });
        }
    });
    println!("  the most cars at the same time: {}", most.into_inner());
}

fn released_too_often() {
    let semaphore = Semaphore::new(2);
    let answer = if semaphore.release() { "accepted" } else { "refused" };
    println!("  without a bound: {answer}, {} permits", semaphore.permits());
    let semaphore = Semaphore { most: Some(2), ..Semaphore::new(2) };
    let answer = if semaphore.release() { "accepted" } else { "refused" };
    println!("  bounded to 2:    {answer}, {} permits", semaphore.permits());
}

/// Ten threads connect; nobody disconnects before `wanted` are connected at the same time.
fn together<C>(wanted: usize, connect: impl Fn() -> C + Sync, disconnect: impl Fn(C) + Sync) {
    let (connected, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let enough_are_here = Barrier::new(wanted);
    thread::scope(|scope| {
        for _ in 0..10 {
            scope.spawn(|| {
                let connection = connect();
                most.fetch_max(connected.fetch_add(1, SeqCst) + 1, SeqCst);
                enough_are_here.wait();
                connected.fetch_sub(1, SeqCst);
                disconnect(connection);
            });
        }
    });
    println!("  connected at the same time: {}", most.into_inner());
}

/// A pool of connections, of which only the permits are of interest here.
pub(crate) struct Pool(Semaphore);

impl Pool {
    pub(crate) fn new(limit: usize) -> Self {
        Pool(Semaphore::new(limit))
    }

    /// As in Python, with `with self.semaphore:` around the opening.
    pub(crate) fn connect_and_release(&self) {
        let _permit = self.0.permit();
        // … opens a connection and returns it, and the permit is put back.
    }

    pub(crate) fn close_and_release(&self) {
        self.0.release();
    }

    pub(crate) fn connect(&self) -> Permit<'_> {
        self.0.permit()
    }
}

pub(crate) struct Semaphore {
    permits: Mutex<usize>,
    released: Condvar,
    most: Option<usize>,
}

impl Semaphore {
    pub(crate) fn new(permits: usize) -> Self {
        Semaphore { permits: Mutex::new(permits), released: Condvar::new(), most: None }
    }

    fn permits(&self) -> usize {
        *self.permits.lock().unwrap()
    }

    pub(crate) fn permit(&self) -> Permit<'_> {
        let mut permits = self.permits.lock().unwrap();
        while *permits == 0 {
            permits = self.released.wait(permits).unwrap();
        }
        *permits -= 1;
        Permit(self)
    }

    pub(crate) fn release(&self) -> bool {
        let mut permits = self.permits.lock().unwrap();
        if Some(*permits) == self.most {
            return false;
        }
        *permits += 1;
        self.released.notify_one();
        true
    }
}

/// A permit that puts itself back.
pub(crate) struct Permit<'a>(&'a Semaphore);

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.release();
    }
}
