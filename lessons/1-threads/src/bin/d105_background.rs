//! Two threads in the background when `main` ends: one was joined, the other is cut off.
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Says goodbye when it is dropped, as a file does that writes out what is left.
struct Notebook(&'static str);

impl Drop for Notebook {
    fn drop(&mut self) {
        println!("{:<9} puts the notebook away", self.0);
    }
}

fn main() {
    let (ticks, seen) = mpsc::channel();
    // Detached: the handle is dropped at once, and nobody can wait for this thread any more.
    thread::spawn(move || {
        let _notebook = Notebook("detached:");
        for tick in 1.. {
            // At the very end `main` does not listen any more.
            let _ = ticks.send(tick);
            thread::sleep(Duration::from_millis(20));
        }
    });

    let (stop, told) = mpsc::channel::<()>();
    let joined = thread::spawn(move || {
        let _notebook = Notebook("joined:");
        let _ = told.recv(); // until the sender is dropped
    });

    for tick in seen.iter().take(3) {
        println!("main:     sees tick {tick} of the detached thread");
    }
    println!("main:     tells the other thread to stop, and waits for it");
    drop(stop);
    joined.join().unwrap();
    println!("main:     ends, and the program with it");
}
