//! Exercise 108: a scheduler that runs everything at its time, and nothing else.
//!
//! A museum's day is a list of events: open the doors at nine, ring the bell ten minutes before closing, feed the fish.
//! Python has a module for it, `sched`. Here any thread may enter events and cancel them, and one thread runs them.
//!
//! The data structure is there: a `BTreeMap`, sorted by `Ticket`, that is by time, then by priority, then by the order
//! of entry. Its first entry is what comes next. Write the four methods that are missing:
//!
//! * `enter` puts an event on the agenda and gives its ticket;
//! * `cancel` takes an event off the agenda. It says whether the event was still there; then it will never be run;
//! * `close`: no more events will be entered from outside (events may still enter others);
//! * `run` runs each event when its time has come, never earlier, one at a time, the first in the agenda first. It
//!   returns when the agenda is empty and closed. While there is nothing to do it waits, without looking now and then.
//!
//! Think of what may happen while `run` waits: an earlier event is entered; the one it waits for is cancelled, perhaps as
//! the last of all; somebody closes. And of what an event may do: enter events, cancel events, take a long time.
//!
//! Of help: `first_key_value`, `pop_first` and `remove` of a `BTreeMap`; `wait` and `wait_timeout` of a `Condvar`.
//!
//! ```text
//! after 10 s  "bell"    after 2 s  "fish"    after 10 s, with priority 1, "doors"
//! run:   at 2 s "fish"   at 10 s "doors" (1 comes before 5)   at 10 s "bell"
//! ```

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

/// Which event: its place in the agenda. Tickets are in the order in which their events are to be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket {
    due: Instant,
    /// Of two events at the same time the one with the lower number comes first.
    priority: u8,
    /// Of two with the same priority the one that was entered first.
    number: u64,
}

/// What an event does.
type Action = Box<dyn FnOnce() + Send>;

/// What is still to be done.
#[derive(Default)]
struct Agenda {
    events: BTreeMap<Ticket, Action>,
    /// How many events were ever entered.
    entered: u64,
    closed: bool,
}

/// Runs events at their time.
#[derive(Default)]
pub struct Scheduler {
    agenda: Mutex<Agenda>,
    /// For whoever waits for the agenda to change.
    changed: Condvar,
}

impl Scheduler {
    /// A scheduler with an empty agenda.
    pub fn new() -> Scheduler {
        Scheduler { agenda: Mutex::new(Agenda::default()), changed: Condvar::new() }
    }

    /// Enters an event for so long from now, with a priority in the middle.
    pub fn after(&self, delay: Duration, action: impl FnOnce() + Send + 'static) -> Ticket {
        self.enter(Instant::now() + delay, 5, action)
    }

    /// When the next event is due.
    pub fn next_deadline(&self) -> Option<Instant> {
        let agenda = self.agenda.lock().unwrap();
        agenda.events.first_key_value().map(|(ticket, _)| ticket.due)
    }

    /// Enters an event for that moment; one that has passed is due at once.
    pub fn enter(&self, due: Instant, priority: u8, action: impl FnOnce() + Send + 'static) -> Ticket {
        //~ let _ = (action, &self.changed); // you will need both
        //~ todo!("an event at {due:?} with priority {priority}")
        let mut agenda = self.agenda.lock().unwrap();
        let ticket = Ticket { due, priority, number: agenda.entered };
        agenda.entered += 1;
        agenda.events.insert(ticket, Box::new(action));
        // It may be earlier than what `run` waits for.
        self.changed.notify_one();
        ticket
        //~ end
    }

    /// Takes the event off the agenda; `false` when it is not there any more.
    pub fn cancel(&self, ticket: Ticket) -> bool {
        //~ todo!("cancel {ticket:?}")
        let removed = self.agenda.lock().unwrap().events.remove(&ticket);
        // It may have been what `run` waits for, and the last one of a closed agenda.
        self.changed.notify_one();
        removed.is_some()
        //~ end
    }

    /// Lets `run` return when the agenda is empty.
    pub fn close(&self) {
        //~ todo!("closed is {} now", self.agenda.lock().unwrap().closed)
        self.agenda.lock().unwrap().closed = true;
        self.changed.notify_one();
        //~ end
    }

    /// Runs all events, each at its time, until the agenda is empty and closed.
    pub fn run(&self) {
        //~ todo!("run {} events", self.agenda.lock().unwrap().entered)
        let mut agenda = self.agenda.lock().unwrap();
        loop {
            let now = Instant::now();
            let next = agenda.events.first_key_value().map(|(ticket, _)| ticket.due);
            agenda = match next {
                Some(due) if due <= now => {
                    let (_, action) = agenda.events.pop_first().expect("it was there a moment ago");
                    // An event may take long, and may want to change the agenda itself.
                    drop(agenda);
                    action();
                    self.agenda.lock().unwrap()
                }
                // Whatever ends the wait, the agenda may have changed: look again.
                Some(due) => self.changed.wait_timeout(agenda, due - now).unwrap().0,
                None if agenda.closed => return,
                None => self.changed.wait(agenda).unwrap(),
            };
        }
        //~ end
    }
}
