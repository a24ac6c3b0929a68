//! A day of a museum in half a second: events at their time, by priority, cancelled, entered by other events.
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use std::{mem, thread};

/// When, how urgent (a low number goes first), and which of those that are equal in both.
type Ticket = (Instant, u8, usize);

/// What is to be done, sorted by ticket. One thread alone needs no lock.
#[derive(Default)]
struct Agenda {
    events: BTreeMap<Ticket, &'static str>,
    entered: usize,
}

impl Agenda {
    fn enter(&mut self, due: Instant, priority: u8, what: &'static str) -> Ticket {
        self.entered += 1;
        let ticket = (due, priority, self.entered);
        self.events.insert(ticket, what);
        ticket
    }
}

fn main() {
    let begin = Instant::now();
    let hour = |hour: u64| begin + Duration::from_millis((hour - 9) * 50);

    let mut agenda = Agenda::default();
    agenda.enter(hour(18), 5, "close the doors");
    agenda.enter(hour(18), 1, "ring the bell");
    agenda.enter(hour(9), 5, "open the doors");
    let tour = agenda.enter(hour(12), 5, "guided tour");
    agenda.enter(hour(11), 5, "the guide is ill");

    while let Some(((due, ..), what)) = agenda.events.pop_first() {
        // With a single thread this is enough: nobody else can enter an earlier event meanwhile.
        thread::sleep(due.saturating_duration_since(Instant::now()));
        let on_time = Instant::now() >= due;
        println!(
            "{:>2} h  {what}{}",
            (due - begin).as_millis() / 50 + 9,
            if on_time { "" } else { ", too early!" }
        );
        if what == "the guide is ill" {
            let cancelled = agenda.events.remove(&tour).is_some();
            println!("      the tour is cancelled: {cancelled}");
            agenda.enter(hour(15), 5, "film instead of the tour");
        }
    }
    let left = mem::take(&mut agenda.events).len();
    println!("{left} events left");
}
