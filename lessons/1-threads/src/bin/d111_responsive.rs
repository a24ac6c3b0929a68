//! Three reasons for a second thread: more processors, an answer while work goes on, work that nobody waits for.
use common::primes::count_primes;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

fn main() {
    println!("1. share the work: more processors");
    let (low, high) = thread::scope(|scope| {
        let low = scope.spawn(|| count_primes(0..30_000));
        (count_primes(30_000..40_000), low.join().unwrap())
    });
    println!("   {} primes below 40000, counted by two", low + high);

    println!("2. stay responsive: answer while the work goes on");
    let (visitor, desk) = mpsc::channel();
    let (work_is_done, done) = mpsc::channel();
    thread::scope(|scope| {
        let work = scope.spawn(move || {
            // It goes on for as long as visitors come: whoever is answered has not waited for it.
            let mut found = 0;
            while done.try_recv().is_err() {
                found = count_primes(0..40_000);
            }
            found
        });
        scope.spawn(move || ["Ada", "Grace", "Edsger"].map(|name| visitor.send(name).unwrap()));
        for name in desk {
            println!(
                "   good day, {name}; the count is {}",
                if work.is_finished() { "done" } else { "going on" }
            );
        }
        work_is_done.send(()).unwrap();
        println!("   the count is done: {} primes", work.join().unwrap());
    });

    println!("3. put off what nobody waits for: write it down later");
    let (journal, entries) = mpsc::channel::<String>();
    let clerk = thread::spawn(move || {
        let mut written = 0;
        for _entry in entries {
            thread::sleep(Duration::from_millis(20)); // a slow disk
            written += 1;
        }
        written
    });
    for number in 1..=5 {
        journal.send(format!("visitor {number}")).unwrap();
    }
    println!("   five visitors are in, and nobody has waited for the journal");
    drop(journal); // no more entries: the clerk finishes and ends
    println!("   before we close: {} entries are written", clerk.join().unwrap());
}
