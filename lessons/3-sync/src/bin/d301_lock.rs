//! Who is in the critical section: first without a lock, then with one. Then nine guards, and when each is gone.
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Barrier, Mutex};
use std::thread;

fn main() {
    println!("four threads, how many of them inside at once?");
    println!("  without a lock: {}", most_inside(None));
    println!("  with a lock:    {}", most_inside(Some(&Mutex::new(()))));

    let count = &Mutex::new(41);
    // The same thread may try a lock it holds. It just does not get it.
    let now = || if count.try_lock().is_ok() { "free" } else { "held" };
    println!("the lock is …");
    {
        let guard = count.lock().unwrap();
        println!("  {} below  let guard = count.lock()", now());
        drop(guard);
        println!("  {} below  drop(guard)", now());
    }
    {
        let _guard = count.lock().unwrap();
        println!("  {} below  let _guard = count.lock()", now());
    }
    #[expect(let_underscore_lock, reason = "the compiler refuses it, and this line shows why")]
    let _ = count.lock().unwrap();
    println!("  {} below  let _ = count.lock()", now());
    let copy = *count.lock().unwrap();
    println!("  {} below  let copy = *count.lock(), which is {copy}", now());
    if *count.lock().unwrap() == 41 {
        println!("  {} inside if *count.lock() == 41 {{ … }}", now());
    }
    match *count.lock().unwrap() {
        0 => (),
        number => println!("  {} inside match *count.lock() {{ {number} => … }}", now()),
    }
    if let 0 = *count.lock().unwrap() {
    } else {
        println!("  {} inside if let 0 = *count.lock() {{ }} else {{ … }}", now());
    }
    show(*count.lock().unwrap(), now);
}

/// The guard that the argument was read through is still there: it lives to the end of the caller's statement.
fn show(number: i32, now: impl Fn() -> &'static str) {
    println!("  {} inside show(*count.lock()), which was given {number}", now());
}

/// The most threads that were in the critical section at the same time.
fn most_inside(lock: Option<&Mutex<()>>) -> usize {
    let (inside, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let everyone_is_here = Barrier::new(4);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                everyone_is_here.wait();
                let _guard = lock.map(|lock| lock.lock().unwrap());
                most.fetch_max(inside.fetch_add(1, SeqCst) + 1, SeqCst);
                if lock.is_none() {
                    everyone_is_here.wait(); // Without a lock nothing keeps them from meeting inside.
                }
                inside.fetch_sub(1, SeqCst);
            });
        }
    });
    most.into_inner()
}
