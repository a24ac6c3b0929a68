//! Four ways to set up a thread: a function, a struct with a `run`, a builder, a small pool.
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

/// 1. A function, and an argument that the closure captures.
fn worker(number: u32) {
    println!("worker {number} is running");
    thread::sleep(Duration::from_millis(50));
    println!("worker {number} has finished");
}

/// 2. A struct: what the thread needs, and a method for what it does.
struct Greeter {
    guest: String,
}

impl Greeter {
    fn run(self) -> usize {
        println!("hello, {}", self.guest);
        self.guest.len()
    }
}

/// Goes so many calls deep, each with a kibibyte on the stack.
fn depth(calls: usize) -> usize {
    let here = std::hint::black_box([1_u8; 1024]);
    if calls == 0 { 0 } else { usize::from(here[0]) + depth(calls - 1) }
}

fn main() {
    let workers: Vec<_> = (0..5).map(|number| thread::spawn(move || worker(number))).collect();
    for worker in workers {
        worker.join().unwrap();
    }

    let greeter = Greeter { guest: "Ada".to_string() };
    let letters = thread::spawn(|| greeter.run()).join().unwrap();
    println!("the guest's name has {letters} letters");

    // 3. A builder: a name, a stack, and an error instead of a panic when there is no thread to be had.
    let diver = thread::Builder::new().name("diver".to_string()).stack_size(64 << 20);
    let diver = diver
        .spawn(|| {
            let me = thread::current();
            println!("{} goes {} calls deep", me.name().unwrap_or("?"), depth(10_000));
        })
        .unwrap();
    diver.join().unwrap();
    match thread::Builder::new().stack_size(1 << 60).spawn(|| ()) {
        Ok(_) => println!("a stack of an exbibyte"),
        Err(_) => println!("no thread with a stack of an exbibyte"),
    }

    // 4. A pool: few threads, many tasks. Each thread takes the next task when it is done with the last.
    let tasks = Mutex::new(1..=100_u64);
    let sum: u64 = thread::scope(|scope| {
        let work = || {
            let mut sum = 0;
            loop {
                let next = tasks.lock().unwrap().next();
                let Some(task) = next else { return sum };
                sum += task;
            }
        };
        let pool: Vec<_> = (0..3).map(|_| scope.spawn(work)).collect();
        pool.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    println!("3 threads have done 100 tasks, the sum is {sum}");
}
