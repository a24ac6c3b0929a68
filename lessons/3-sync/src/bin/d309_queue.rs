//! Queues between threads: three ways to get them wrong, what `join` needs, and the one that the standard library has.
use std::collections::VecDeque;
use std::sync::mpsc::{RecvTimeoutError, TrySendError, sync_channel};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

fn main() {
    println!("work and results in one queue:");
    one_queue_for_both();
    println!("a worker that skips what fails, and what it skips is never done:");
    let queue = Arc::new(Queue::default());
    let _worker = thread::spawn({
        let queue = queue.clone();
        move || skipping_worker(&queue) // not joined: it waits for work until the program ends
    });
    ["3", "x", "5"].into_iter().for_each(|job| queue.put(job));
    while queue.state.lock().unwrap().unfinished > 1 {
        thread::yield_now(); // the worker has not come to all three yet
    }
    println!("  {}", queue.join_within(Duration::from_millis(300)));
    println!("a worker that marks each job as done, and keeps what failed:");
    let queue = Queue::default();
    thread::scope(|scope| {
        let worker = scope.spawn(|| reporting_worker(&queue));
        ["3", "x", "5"].into_iter().for_each(|job| queue.put(job));
        println!("  {}", queue.join_within(Duration::from_secs(60)));
        queue.put("stop");
        println!("  failed: {:?}", worker.join().unwrap());
    });
    println!("three items, one every 20 ms, taken by looking again and again, and by waiting:");
    println!("  looked {} times", looks(Queue::poll));
    println!("  looked {} times", looks(Queue::get));
    println!("the standard library's bounded queue, with two places:");
    standard();
}

#[derive(Default)]
struct Queue {
    state: Mutex<State>,
    arrived: Condvar,
    all_done: Condvar,
}

#[derive(Default)]
struct State {
    items: VecDeque<&'static str>,
    unfinished: usize,
    looks: usize,
}

impl Queue {
    fn put(&self, item: &'static str) {
        let mut state = self.state.lock().unwrap();
        state.items.push_back(item);
        state.unfinished += 1;
        self.arrived.notify_one();
    }

    fn get(&self) -> &'static str {
        let mut state = self.state.lock().unwrap();
        state.looks += 1;
        while state.items.is_empty() {
            state = self.arrived.wait(state).unwrap();
            state.looks += 1;
        }
        state.items.pop_front().unwrap()
    }

    /// As `get`, without a condition variable.
    fn poll(&self) -> &'static str {
        loop {
            let mut state = self.state.lock().unwrap();
            state.looks += 1;
            if let Some(item) = state.items.pop_front() {
                return item;
            }
            drop(state);
            thread::yield_now();
        }
    }

    fn task_done(&self) {
        let mut state = self.state.lock().unwrap();
        state.unfinished -= 1;
        if state.unfinished == 0 {
            self.all_done.notify_all();
        }
    }

    fn join_within(&self, limit: Duration) -> String {
        let state = self.state.lock().unwrap();
        let waited = self.all_done.wait_timeout_while(state, limit, |state| state.unfinished > 0).unwrap();
        match waited.0.unfinished {
            0 => "join returns: all is done".into(),
            n => format!("join still waits: {n} unfinished, and {} in the queue", waited.0.items.len()),
        }
    }
}

fn one_queue_for_both() {
    let queue = Mutex::new(VecDeque::from([2_u64]));
    thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..5 {
                let Some(number) = queue.lock().unwrap().pop_front() else { return };
                println!("  the worker takes {number} and puts back {}", number * number);
                queue.lock().unwrap().push_back(number * number);
            }
        });
    });
}

fn skipping_worker(queue: &Queue) {
    loop {
        let job = queue.get();
        let Ok(_number) = job.parse::<u32>() else { continue };
        queue.task_done();
    }
}

fn reporting_worker(queue: &Queue) -> Vec<String> {
    let mut failed = Vec::new();
    loop {
        let job = queue.get();
        if job == "stop" {
            queue.task_done();
            return failed;
        }
        if let Err(error) = job.parse::<u32>() {
            failed.push(format!("{job}: {error}"));
        }
        queue.task_done();
    }
}

fn looks(take: fn(&Queue) -> &'static str) -> usize {
    let queue = Queue::default();
    thread::scope(|scope| {
        scope.spawn(|| (0..3).for_each(|_| _ = take(&queue)));
        for _ in 0..3 {
            thread::sleep(Duration::from_millis(20));
            queue.put("item");
        }
    });
    queue.state.into_inner().unwrap().looks
}

fn standard() {
    let (sender, receiver) = sync_channel(2);
    let answer = |sent: Result<(), TrySendError<u32>>| match sent {
        Ok(()) => "in",
        Err(TrySendError::Full(_)) => "full",
        Err(TrySendError::Disconnected(_)) => "nobody takes it any more",
    };
    let puts = [1, 2, 3].map(|item| answer(sender.try_send(item)));
    println!("  put 1: {}, put 2: {}, put 3: {}", puts[0], puts[1], puts[2]);
    println!("  got {} and {}", receiver.recv().unwrap(), receiver.recv().unwrap());
    let late = receiver.recv_timeout(Duration::from_millis(10));
    println!("  nothing more within 10 ms: {}", late == Err(RecvTimeoutError::Timeout));
    sender.send(4).unwrap();
    drop(sender); // closes it; what is inside can still be taken out
    println!("  closed, got {}; and then: {:?}", receiver.recv().unwrap(), receiver.recv());
}
