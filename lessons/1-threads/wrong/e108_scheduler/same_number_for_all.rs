//! All events have the same number, so of two for the same moment one takes the place of the other.
use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

/// Which event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket {
    due: Instant,
    priority: u8,
    number: u64,
}

type Action = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct Agenda {
    events: BTreeMap<Ticket, Action>,
    entered: u64,
    closed: bool,
}

/// Runs events at their time.
#[derive(Default)]
pub struct Scheduler {
    agenda: Mutex<Agenda>,
    changed: Condvar,
}

impl Scheduler {
    /// A scheduler with an empty agenda.
    pub fn new() -> Scheduler {
        Scheduler { agenda: Mutex::new(Agenda::default()), changed: Condvar::new() }
    }

    /// Enters an event for so long from now.
    pub fn after(&self, delay: Duration, action: impl FnOnce() + Send + 'static) -> Ticket {
        self.enter(Instant::now() + delay, 5, action)
    }

    /// When the next event is due.
    pub fn next_deadline(&self) -> Option<Instant> {
        let agenda = self.agenda.lock().unwrap();
        agenda.events.first_key_value().map(|(ticket, _)| ticket.due)
    }

    /// Enters an event for that moment.
    pub fn enter(&self, due: Instant, priority: u8, action: impl FnOnce() + Send + 'static) -> Ticket {
        let mut agenda = self.agenda.lock().unwrap();
        let ticket = Ticket { due, priority, number: 0 };
        agenda.entered += 1;
        agenda.events.insert(ticket, Box::new(action));
        self.changed.notify_one();
        ticket
    }

    /// Takes the event off the agenda.
    pub fn cancel(&self, ticket: Ticket) -> bool {
        let removed = self.agenda.lock().unwrap().events.remove(&ticket);
        self.changed.notify_one();
        removed.is_some()
    }

    /// Lets `run` return when the agenda is empty.
    pub fn close(&self) {
        self.agenda.lock().unwrap().closed = true;
        self.changed.notify_one();
    }

    /// Runs all events.
    pub fn run(&self) {
        let mut agenda = self.agenda.lock().unwrap();
        loop {
            let now = Instant::now();
            let next = agenda.events.first_key_value().map(|(ticket, _)| ticket.due);
            agenda = match next {
                Some(due) if due <= now => {
                    let (_, action) = agenda.events.pop_first().unwrap();
                    drop(agenda);
                    action();
                    self.agenda.lock().unwrap()
                }
                Some(due) => self.changed.wait_timeout(agenda, due - now).unwrap().0,
                None if agenda.closed => return,
                None => self.changed.wait(agenda).unwrap(),
            };
        }
    }
}
