//! Who is there, and what everybody hears.
//!
//! One lock guards the list. Under it nothing ever waits, neither for a client nor for a disk: what is said is copied into
//! the outboxes, and that is all. Because it is *one* lock, everybody hears everything in the same order.
use crate::outbox::Outbox;
use crate::words::SERVER;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

/// The room all clients are in.
pub struct Room {
    people: Mutex<People>,
}

struct People {
    /// In the order of coming. A plain list: talking to all goes through all of it anyway, and all else is rare.
    present: Vec<Person>,
    /// What to say to those who still come in although the server stops.
    closed: Option<String>,
}

struct Person {
    /// None as long as they have not given one. They are in the list nevertheless: they, too, want to hear of the end.
    name: Option<String>,
    /// What they have still to hear. Also who they are: a name may be given to somebody else when they have left.
    outbox: Arc<Outbox>,
}

/// Somebody's place in the room. They leave when it is dropped, also when their thread panics.
pub struct Place<'a> {
    room: &'a Room,
    outbox: Arc<Outbox>,
}

impl Room {
    /// An empty one.
    pub fn new() -> Room {
        Room { people: Mutex::new(People { present: Vec::new(), closed: None }) }
    }

    /// Lets somebody in who has no name yet.
    pub fn enter(&self, outbox: &Arc<Outbox>) -> Place<'_> {
        let mut people = self.people();
        if let Some(goodbye) = &people.closed {
            outbox.push(goodbye);
            outbox.close();
        }
        people.present.push(Person { name: None, outbox: Arc::clone(outbox) });
        Place { room: self, outbox: Arc::clone(outbox) }
    }

    /// Says goodbye to all, and to all who come later. Their threads end by themselves.
    pub fn close(&self, goodbye: &str) {
        let mut people = self.people();
        people.closed = Some(goodbye.to_owned());
        for person in &people.present {
            person.outbox.push(goodbye);
            person.outbox.close();
        }
    }

    fn people(&self) -> MutexGuard<'_, People> {
        // The few lines under this lock cannot panic, so nobody ever finds it poisoned.
        self.people.lock().expect("nobody panics with the room locked")
    }
}

impl Place<'_> {
    /// Takes a name, tells the others, and greets. The error says why the name is not to be had.
    pub fn take_name(&self, name: &str) -> Result<(), String> {
        let mut people = self.room.people();
        if people.find(name).is_some() {
            return Err(format!("{name} is here already."));
        }
        let here = people.some_names();
        let Some(me) = people.present.iter_mut().find(|person| self.is(person)) else { return Ok(()) };
        me.name = Some(name.to_owned());
        self.outbox.push(&format!("{SERVER} Hello {name}. {here}. /help says what you can do.\n"));
        people.tell_all(format!("{SERVER} {name} has joined.\n"), Some(&self.outbox));
        Ok(())
    }

    /// Says some lines to everybody else. `false` when we are not in the room any more.
    pub fn say(&self, lines: &[String]) -> bool {
        let mut people = self.room.people();
        let Some(name) = people.name(self) else { return false };
        let said = lines.iter().map(|line| format!("{name}: {line}\n")).collect();
        people.tell_all(said, Some(&self.outbox));
        !self.outbox.is_closed()
    }

    /// Says something to one person. The error says why it cannot be done.
    pub fn tell(&self, to: &str, text: &str) -> Result<(), String> {
        let mut people = self.room.people();
        let Some(name) = people.name(self) else { return Err("You have left.".into()) };
        let line = format!("{name}, only to you: {text}\n");
        let Some(other) = people.find(to) else { return Err(format!("Nobody here is called {to}.")) };
        if !other.outbox.push(&line) {
            let gone = Arc::clone(&other.outbox);
            people.remove(&gone);
            return Err(format!("{to} has just left."));
        }
        Ok(())
    }

    /// The names of all, in alphabetical order.
    pub fn everybody(&self) -> Vec<String> {
        let mut names = self.room.people().names();
        names.sort_by_key(|name| name.to_lowercase());
        names
    }

    fn is(&self, person: &Person) -> bool {
        Arc::ptr_eq(&person.outbox, &self.outbox)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.room.people().remove(&self.outbox);
    }
}

impl People {
    /// Somebody by name. Bob, bob and BOB are the same person.
    fn find(&self, name: &str) -> Option<&Person> {
        let wanted = name.to_lowercase();
        self.present
            .iter()
            .find(|person| person.name.as_ref().is_some_and(|name| name.to_lowercase() == wanted))
    }

    /// The name of somebody who is still here.
    fn name(&self, place: &Place) -> Option<String> {
        self.present.iter().find(|person| place.is(person))?.name.clone()
    }

    fn names(&self) -> Vec<String> {
        self.present.iter().filter_map(|person| person.name.clone()).collect()
    }

    /// Who is here, for somebody who comes in. A thousand names would help nobody.
    fn some_names(&self) -> String {
        const SHOWN: usize = 10;
        let names = self.names();
        match names.len() {
            0 => "Nobody else is here".into(),
            all if all <= SHOWN => format!("Here: {}", names.join(", ")),
            all => format!("Here: {} and {} others", names[..SHOWN].join(", "), all - SHOWN),
        }
    }

    /// Puts one or more lines into every outbox but one.
    fn tell_all(&mut self, lines: String, but: Option<&Arc<Outbox>>) {
        let mut news = VecDeque::from([(lines, but)]);
        // Those whose outbox is closed or full are out, and the others hear of it; which may be too much for one more. A
        // list of news and not a call of itself: when the server stops, a thousand are gone at once.
        while let Some((lines, but)) = news.pop_front() {
            let out = |person: &mut Person| {
                let told = person.name.is_some() && but.is_none_or(|but| !Arc::ptr_eq(but, &person.outbox));
                told && !person.outbox.push(&lines)
            };
            let gone = self.present.extract_if(.., out);
            news.extend(gone.filter_map(|person| Some((person.farewell()?, None))));
        }
    }

    /// Takes somebody off the list and tells the others; does nothing when they are not on it.
    fn remove(&mut self, outbox: &Arc<Outbox>) {
        let Some(index) = self.present.iter().position(|person| Arc::ptr_eq(&person.outbox, outbox)) else {
            return;
        };
        if let Some(farewell) = self.present.remove(index).farewell() {
            self.tell_all(farewell, None);
        }
    }
}

impl Person {
    /// What the others hear when this one is gone. Who had no name was not noticed.
    fn farewell(&self) -> Option<String> {
        let name = self.name.as_ref()?;
        let how = if self.outbox.is_slow() { "was too slow and had to leave" } else { "has left" };
        Some(format!("{SERVER} {name} {how}.\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    /// What waits in an outbox.
    fn heard(outbox: &Outbox) -> String {
        let mut batch = Vec::new();
        outbox.close();
        outbox.take(&mut batch);
        String::from_utf8(batch).unwrap()
    }

    fn join<'a>(room: &'a Room, name: &str, limit: usize) -> (Place<'a>, Arc<Outbox>) {
        let outbox = Arc::new(Outbox::new(limit));
        let place = room.enter(&outbox);
        place.take_name(name).unwrap();
        (place, outbox)
    }

    #[test]
    fn everybody_hears_everything_but_themselves() {
        let room = Room::new();
        let (ada, ada_hears) = join(&room, "ada", 1_000);
        let (bob, bob_hears) = join(&room, "bob", 1_000);
        assert!(ada.say(&["hi".into()]) && bob.say(&["ho".into()]));
        ada.tell("BOB", "psst").unwrap();
        assert!(ada.tell("eve", "psst").is_err());
        assert_eq!(ada.everybody(), ["ada", "bob"]);
        drop(ada);
        assert!(heard(&ada_hears).ends_with("* bob has joined.\nbob: ho\n"));
        assert!(heard(&bob_hears).ends_with("ada: hi\nada, only to you: psst\n* ada has left.\n"));
    }

    #[test]
    fn a_name_is_taken_in_any_spelling_until_its_owner_leaves() {
        let room = Room::new();
        let (ada, _) = join(&room, "Ada", 1_000);
        let outbox = Arc::new(Outbox::new(1_000));
        let place = room.enter(&outbox);
        assert!(place.take_name("aDA").is_err());
        drop(ada);
        place.take_name("aDA").unwrap();
    }

    #[test]
    fn who_leaves_late_takes_nobody_elses_place() {
        let room = Room::new();
        let (first, hears) = join(&room, "ada", 1_000);
        let (bob, _) = join(&room, "bob", 1_000);
        hears.close();
        // The room finds out when it wants to tell her something, and her name is free.
        assert!(bob.say(&["hello?".into()]));
        let (_second, _) = join(&room, "ada", 1_000);
        drop(first);
        assert_eq!(bob.everybody(), ["ada", "bob"]);
    }

    #[test]
    fn one_who_is_too_slow_has_to_leave_and_the_rest_hears_of_it() {
        let room = Room::new();
        let (ada, ada_hears) = join(&room, "ada", 10_000);
        let (bob, bob_hears) = join(&room, "bob", 100);
        let said =
            (0..10).take_while(|i| ada.say(&[format!("number {i}")]) && !bob_hears.is_closed()).count();
        assert!(said > 0 && said < 10, "{said}");
        assert!(!bob.say(&["wait".into()]), "bob is not there any more");
        assert_eq!(ada.everybody(), ["ada"]);
        assert!(heard(&ada_hears).ends_with("* bob was too slow and had to leave.\n"));
        let bob_heard = heard(&bob_hears);
        let lines: Vec<&str> = bob_heard.lines().collect();
        assert!(lines.last().unwrap().contains("too slow"), "{bob_heard}");
        // What he has heard is the beginning, without a gap.
        for (i, line) in lines[1..lines.len() - 1].iter().enumerate() {
            assert_eq!(*line, format!("ada: number {i}"));
        }
    }

    #[test]
    fn a_thousand_who_are_gone_at_once() {
        let room = Room::new();
        let (ada, ada_hears) = join(&room, "ada", 1_000_000);
        let others: Vec<_> = (0..1_000).map(|i| join(&room, &format!("p{i}"), 1_000_000)).collect();
        others.iter().for_each(|(_, hears)| hears.close());
        // A thread of the server has a small stack; news about news must not need one that grows.
        thread::scope(|scope| {
            let small = thread::Builder::new().stack_size(64 << 10);
            small.spawn_scoped(scope, || ada.say(&["is anybody here?".into()])).unwrap();
        });
        assert_eq!(ada.everybody(), ["ada"]);
        assert_eq!(heard(&ada_hears).matches("has left").count(), 1_000);
    }

    #[test]
    fn news_of_one_who_is_too_slow_may_be_too_much_for_the_next() {
        let room = Room::new();
        let (ada, ada_hears) = join(&room, "ada", 10_000);
        // Whoever has joined earlier has heard more. All have room for what ada says, but not for all that follows.
        let slow: Vec<_> = (0..20).map(|i| join(&room, &format!("slow{i}"), 1_100)).collect();
        while ada.everybody().len() == slow.len() + 1 {
            ada.say(&["a little".into()]);
        }
        assert!(ada.everybody().len() < slow.len(), "one after another has to go");
        let left = slow.len() + 1 - ada.everybody().len();
        assert_eq!(heard(&ada_hears).matches("too slow").count(), left);
    }

    #[test]
    fn after_the_end_nobody_waits_for_a_goodbye() {
        let room = Room::new();
        let early = Arc::new(Outbox::new(1_000));
        let _unnamed = room.enter(&early);
        room.close("bye\n");
        let late = Arc::new(Outbox::new(1_000));
        let _late = room.enter(&late);
        assert!(late.is_closed());
        assert_eq!([heard(&early), heard(&late)], ["bye\n", "bye\n"]);
    }
}
