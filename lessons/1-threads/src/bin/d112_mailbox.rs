//! One producer and three consumers: told of the end by a sentinel that goes round, or by a channel that is closed.
use std::sync::mpsc::{self, Receiver};
use std::sync::{Mutex, PoisonError};
use std::thread;

const LETTERS: u32 = 10;
const CONSUMERS: usize = 3;

/// Takes one message. The lock is free again before the message is looked at.
fn take<T>(mailbox: &Mutex<Receiver<T>>) -> Option<T> {
    mailbox.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

/// The producer sends a `None` when it is done. Who finds it puts it back, for the others.
fn with_a_sentinel() {
    let (sender, receiver) = mpsc::channel();
    let mailbox = Mutex::new(receiver);
    let handled: u32 = thread::scope(|scope| {
        let mut consumers = Vec::new();
        for _ in 0..CONSUMERS {
            let (mailbox, again) = (&mailbox, sender.clone());
            consumers.push(scope.spawn(move || {
                let mut handled = 0;
                while let Some(Some(_letter)) = take(mailbox) {
                    handled += 1;
                }
                again.send(None).unwrap();
                handled
            }));
        }
        for letter in 0..LETTERS {
            sender.send(Some(letter)).unwrap();
        }
        sender.send(None).unwrap();
        consumers.into_iter().map(|consumer| consumer.join().unwrap()).sum()
    });
    let left = mailbox.into_inner().unwrap().try_iter().count();
    println!("sentinel: {handled} letters handled by {CONSUMERS} consumers, {left} message left in the box");
}

/// The producer drops the sender when it is done. `recv` then gives an `Err`, to everybody.
fn with_a_closed_channel() {
    let (sender, receiver) = mpsc::channel();
    let mailbox = Mutex::new(receiver);
    let handled: u32 = thread::scope(|scope| {
        let count = || std::iter::from_fn(|| take(&mailbox)).map(|_letter: u32| 1).sum::<u32>();
        let consumers: Vec<_> = (0..CONSUMERS).map(|_| scope.spawn(count)).collect();
        for letter in 0..LETTERS {
            sender.send(letter).unwrap();
        }
        drop(sender);
        consumers.into_iter().map(|consumer| consumer.join().unwrap()).sum()
    });
    let left = mailbox.into_inner().unwrap().try_iter().count();
    println!("closed:   {handled} letters handled by {CONSUMERS} consumers, {left} messages left in the box");
}

fn main() {
    with_a_sentinel();
    with_a_closed_channel();
}
