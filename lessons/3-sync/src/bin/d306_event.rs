//! An event: a start for three, a signal that is gone at once, and a worker that is told to stop.
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

fn main() {
    println!("three runners wait for the start:");
    start();
    println!("three wait, and the event is set and cleared at once:");
    println!("  who looks at the flag:          {} of 3 hear of it", pulse(|now, _| now.set));
    println!("  who looks whether it was set:   {} of 3 hear of it", pulse(|now, before| now.times > before));
    println!("a worker does something every 400 ms, and is told to stop 100 ms after that:");
    println!(
        "  it sleeps in between:           ends {} ms later",
        stopped(|_, period| thread::sleep(period))
    );
    println!(
        "  it waits for the stop:          ends {} ms later",
        stopped(|stop, period| _ = stop.wait(period))
    );
}

fn start() {
    let (go, started) = (Event::default(), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                go.wait(Duration::MAX);
                started.fetch_add(1, SeqCst);
            });
        }
        println!("  running before it: {}", started.load(SeqCst));
        go.set();
    });
    println!("  running after it:  {}", started.into_inner());
}

/// How many of three that wait hear of a `set` that is cleared before any of them can look.
fn pulse(heard: impl Fn(&State, u64) -> bool + Sync) -> usize {
    let (event, waiting) = (Event::default(), AtomicUsize::new(0));
    let heard_of_it = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let state = event.state.lock().unwrap();
                let before = state.times;
                waiting.fetch_add(1, SeqCst);
                let limit = Duration::from_millis(300);
                let unheard = |now: &mut State| !heard(now, before);
                let (state, _) = event.changed.wait_timeout_while(state, limit, unheard).unwrap();
                heard_of_it.fetch_add(heard(&state, before) as usize, SeqCst);
            });
        }
        // Who has counted itself holds the lock until it waits. So with 3 counted, whoever gets the lock knows that all
        // three wait.
        let mut state = loop {
            let state = event.state.lock().unwrap();
            if waiting.load(SeqCst) == 3 {
                break state;
            }
            drop(state);
            thread::yield_now();
        };
        state.set = true;
        state.times += 1;
        event.changed.notify_all();
        state.set = false;
    });
    heard_of_it.into_inner()
}

/// How many milliseconds after it was told to stop the worker ends.
fn stopped(pause: impl Fn(&Event, Duration) + Sync) -> u128 {
    let stop = Event::default();
    thread::scope(|scope| {
        let worker = scope.spawn(|| {
            while !stop.wait(Duration::ZERO) {
                pause(&stop, Duration::from_millis(400));
            }
        });
        thread::sleep(Duration::from_millis(100));
        let told = Instant::now();
        stop.set();
        worker.join().unwrap();
        told.elapsed().as_millis()
    })
}

#[derive(Default)]
struct Event {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    set: bool,
    times: u64,
}

impl Event {
    fn set(&self) {
        let mut state = self.state.lock().unwrap();
        state.set = true;
        state.times += 1;
        self.changed.notify_all();
    }

    /// Waits until it is set, not longer than `limit`; says whether it is.
    fn wait(&self, limit: Duration) -> bool {
        let state = self.state.lock().unwrap();
        self.changed.wait_timeout_while(state, limit, |now| !now.set).unwrap().0.set
    }
}
