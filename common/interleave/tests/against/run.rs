//! The interpreter, written once and mounted on each library.

/// Defines `run`, which runs a program of the library `$std` once and returns what its threads saw.
macro_rules! interpreter {
    ($std:path) => {
        use crate::program::{Operation, Program};
        use library::sync::atomic::{AtomicUsize, fence};
        use library::sync::{Condvar, Mutex, mpsc};
        use library::thread;
        use std::sync::Arc;
        use std::sync::atomic::Ordering::{Relaxed, SeqCst};
        use $std as library;

        struct Shared {
            atomics: [AtomicUsize; 2],
            mutexes: [Mutex<usize>; 2],
            permits: Mutex<usize>,
            more: Condvar,
            end: Mutex<()>,
        }

        /// What one thread has, beside what is shared.
        struct Mine {
            sender: Option<mpsc::Sender<usize>>,
            receiver: Option<mpsc::Receiver<usize>>,
            saw: Vec<usize>,
        }

        /// Where one thread's part of the outcome ends.
        pub const END: usize = 99;

        pub fn run(program: &Program) -> Vec<usize> {
            let shared = Arc::new(Shared {
                atomics: [AtomicUsize::new(0), AtomicUsize::new(0)],
                mutexes: [Mutex::new(0), Mutex::new(0)],
                permits: Mutex::new(0),
                more: Condvar::new(),
                end: Mutex::new(()),
            });
            let (sender, receiver) = mpsc::channel();
            let mut receiver = Some(receiver);
            let threads: Vec<_> = program
                .iter()
                .map(|operations| {
                    let (shared, operations) = (Arc::clone(&shared), operations.clone());
                    let uses = |wanted: fn(&Operation) -> bool| operations.iter().any(wanted);
                    let sends = uses(|o| matches!(o, Operation::Send(_)));
                    let receives = uses(|o| matches!(o, Operation::Receive));
                    let mut mine = Mine {
                        sender: sends.then(|| sender.clone()),
                        receiver: if receives { receiver.take() } else { None },
                        saw: Vec::new(),
                    };
                    thread::spawn(move || {
                        run_all(&shared, &operations, &mut mine);
                        if mine.receiver.is_some() {
                            // Others may come between what this thread did last and the end of its receiver. Not
                            // every library lets them of its own accord, but all do at a lock.
                            drop(shared.end.lock());
                        }
                        mine.saw
                    })
                })
                .collect();
            // Kept to the end: whoever waits for a message that nobody sends is a deadlock, in each library.
            let _kept = (sender, receiver);
            let mut outcome = Vec::new();
            for thread in threads {
                outcome.extend(thread.join().unwrap());
                outcome.push(END);
            }
            outcome.extend(shared.atomics.iter().map(|atomic| atomic.load(Relaxed)));
            outcome
        }

        fn run_all(shared: &Shared, operations: &[Operation], mine: &mut Mine) {
            for operation in operations {
                match operation {
                    Operation::Load(a, order) => mine.saw.push(shared.atomics[*a].load(*order)),
                    Operation::Store(a, value, order) => shared.atomics[*a].store(*value, *order),
                    Operation::Add(a, order) => mine.saw.push(shared.atomics[*a].fetch_add(1, *order)),
                    Operation::Claim(a, value, order) => {
                        let result = shared.atomics[*a].compare_exchange(0, *value, *order, SeqCst);
                        mine.saw.push(result.unwrap_or_else(|old| old));
                    }
                    Operation::Fence(order) => fence(*order),
                    Operation::Locked(m, inside) => {
                        let mut count = shared.mutexes[*m].lock().unwrap();
                        *count += 1;
                        mine.saw.push(*count);
                        run_all(shared, inside, mine);
                    }
                    Operation::TryLocked(m) => {
                        let free = shared.mutexes[*m].try_lock().map(|mut count| *count += 1).is_ok();
                        mine.saw.push(usize::from(free));
                    }
                    Operation::Send(value) => {
                        let sent = mine.sender.as_ref().expect("it sends").send(*value);
                        mine.saw.push(usize::from(sent.is_ok()));
                    }
                    Operation::Receive => {
                        mine.saw.push(mine.receiver.as_ref().expect("it receives").recv().unwrap());
                    }
                    Operation::Wait => {
                        let mut permits = shared.permits.lock().unwrap();
                        while *permits == 0 {
                            permits = shared.more.wait(permits).unwrap();
                        }
                        *permits -= 1;
                    }
                    Operation::Notify => {
                        *shared.permits.lock().unwrap() += 1;
                        shared.more.notify_one();
                    }
                }
            }
        }
    };
}
pub(crate) use interpreter;

interpreter!(interleave);
