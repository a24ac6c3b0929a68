//! What the facade knows of the threads of a real run: who holds what and waits for what, in the answer's lines.
use crate::explain::Sources;
use crate::json::{Field, Malformed};
use crate::story_json::{place_to_json, read_place};
use crate::text;
use interleave::{Place, watch};
use serde_json::{Value, json};

/// The threads of a run at one moment, as the judge's own process sees them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Board {
    /// The system's number of the thread that looks; it is not part of what is looked at.
    pub(crate) watcher: u64,
    pub(crate) threads: Vec<Seen>,
}

/// One thread of the answer, or of the judge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub number: usize,
    pub name: String,
    /// The system's number; 0 where it does not tell.
    pub task: u64,
    pub waits: Option<Waits>,
    /// What it holds, and where in the answer it took it.
    pub holds: Vec<(String, Option<Place>)>,
    /// Where in the answer it did something last.
    pub last: Option<Place>,
}

/// What a thread waits for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Waits {
    /// `lock`, `notification`, `message`, …
    pub wants: String,
    /// The object's name.
    pub object: String,
    /// The numbers of the threads that hold it.
    pub held_by: Vec<usize>,
    /// Where in the answer it waits.
    pub place: Option<Place>,
    /// For how long already.
    pub millis: u64,
}

impl Board {
    /// The board now. To be called by the thread that watches.
    pub(crate) fn now(sources: &Sources, watcher: u64) -> Board {
        let place = |place: &Place| sources.in_answer(&place.file, place.line);
        let threads = watch::seats().into_iter().map(|seat| Seen {
            number: seat.thread,
            name: text::clean(&seat.name),
            task: seat.task,
            waits: seat.waits.map(|(blocked, since)| Waits {
                place: place(&blocked.place),
                wants: blocked.wants,
                object: text::clean(&blocked.object),
                held_by: blocked.held_by,
                millis: u64::try_from(since.as_millis()).unwrap_or(u64::MAX),
            }),
            holds: seat.holds.iter().map(|(name, at)| (text::clean(name), place(at))).collect(),
            last: seat.last.as_ref().and_then(place),
        });
        Board { watcher, threads: threads.collect() }
    }

    /// The board as JSON.
    pub(crate) fn to_json(&self) -> Value {
        let optional = |place: &Option<Place>| place.as_ref().map(place_to_json);
        let threads = self.threads.iter().map(|seen| {
            json!({
                "number": seen.number, "name": seen.name, "task": seen.task, "last": optional(&seen.last),
                "holds": seen.holds.iter().map(|(name, at)| json!({ "name": name, "place": optional(at) }))
                    .collect::<Vec<_>>(),
                "waits": seen.waits.as_ref().map(|waits| json!({
                    "wants": waits.wants, "object": waits.object, "held_by": waits.held_by,
                    "place": optional(&waits.place), "millis": waits.millis,
                })),
            })
        });
        json!({ "watcher": self.watcher, "threads": threads.collect::<Vec<_>>() })
    }

    /// Reads what [`Board::to_json`] wrote.
    pub(crate) fn read(field: &Field<'_>) -> Result<Board, Malformed> {
        let waits = |field: &Field<'_>| {
            Ok(Waits {
                wants: field.get("wants")?.string()?,
                object: field.get("object")?.string()?,
                held_by: field.get("held_by")?.list(|number| number.number())?,
                place: field.optional("place", read_place)?,
                millis: field.get("millis")?.number()?,
            })
        };
        let held =
            |field: &Field<'_>| Ok((field.get("name")?.string()?, field.optional("place", read_place)?));
        let seen = |field: &Field<'_>| {
            Ok(Seen {
                number: field.get("number")?.number()?,
                name: field.get("name")?.string()?,
                task: field.get("task")?.number()?,
                waits: field.optional("waits", waits)?,
                holds: field.get("holds")?.list(held)?,
                last: field.optional("last", read_place)?,
            })
        };
        Ok(Board { watcher: field.get("watcher")?.number()?, threads: field.get("threads")?.list(seen)? })
    }

    /// The threads that wait in a circle, each for a lock that the next one holds, if there is one.
    pub(crate) fn circle(&self) -> Vec<&Seen> {
        let thread = |number: usize| self.threads.iter().find(|seen| seen.number == number);
        for start in &self.threads {
            let mut path: Vec<&Seen> = vec![start];
            while let Some(next) = path.last().and_then(|seen| {
                let waits = seen.waits.as_ref()?;
                thread(*waits.held_by.first()?)
            }) {
                if let Some(at) = path.iter().position(|seen| seen.number == next.number) {
                    return path.split_off(at);
                }
                path.push(next);
            }
        }
        Vec::new()
    }

    /// The name of a thread.
    pub(crate) fn name(&self, number: usize) -> &str {
        self.threads.iter().find(|seen| seen.number == number).map_or("another thread", |seen| &seen.name)
    }
}

impl Waits {
    /// What it does and where, for a sentence that begins with its name.
    pub(crate) fn told(&self, board: &Board) -> String {
        let object = &self.object;
        let at = self.place.as_ref().map_or(String::new(), |place| format!(" on line {}", place.line));
        let holder = match self.held_by.first() {
            Some(holder) => format!(", which `{}` holds", board.name(*holder)),
            None => String::new(),
        };
        match self.wants.as_str() {
            "lock" => format!("waits{at} for the lock `{object}`{holder}"),
            "read lock" => format!("waits{at} to read `{object}`{holder}"),
            "write lock" => format!("waits{at} to write `{object}`{holder}"),
            "notification" => format!("waits{at} for a notification on `{object}`"),
            "room" => format!("waits{at} for room in `{object}`"),
            "message" => format!("waits{at} for a message on `{object}`"),
            "end of thread" => format!("waits{at} for `{object}` to end"),
            "end of scope" => format!("waits{at} for the threads of its scope to end"),
            "others" => format!("waits{at} for the others at a barrier"),
            "unpark" => format!("is parked{at}, and waits for somebody to unpark it"),
            "time" => format!("sleeps{at}"),
            other => format!("waits{at} for {other}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(number: usize, held_by: &[usize]) -> Seen {
        let waits =
            Waits { wants: "lock".into(), object: "l".into(), held_by: held_by.to_vec(), ..Waits::default() };
        Seen { number, name: format!("T{number}"), waits: Some(waits), ..Seen::default() }
    }

    fn circle(threads: Vec<Seen>) -> Vec<usize> {
        Board { watcher: 0, threads }.circle().iter().map(|seen| seen.number).collect()
    }

    #[test]
    fn a_circle_is_found_wherever_one_looks_first() {
        assert_eq!(circle(vec![waits(1, &[2]), waits(2, &[1])]), [1, 2]);
        assert_eq!(circle(vec![waits(9, &[1]), waits(1, &[2]), waits(2, &[3]), waits(3, &[1])]), [1, 2, 3]);
        assert_eq!(circle(vec![waits(4, &[4])]), [4], "its own lock");
        assert_eq!(circle(vec![waits(1, &[2]), waits(2, &[]), Seen::default()]), [0; 0]);
    }

    #[test]
    fn a_board_survives_json() {
        let place = Place { file: "e1.rs".into(), line: 7, code: "a.lock()".into() };
        let mut seen = waits(3, &[1, 2]);
        seen.holds = vec![("a".into(), Some(place.clone())), ("b".into(), None)];
        seen.last = Some(place);
        let board = Board { watcher: 17, threads: vec![seen, Seen::default()] };
        let text = board.to_json().to_string();
        assert_eq!(Board::read(&Field::root(&serde_json::from_str(&text).unwrap())), Ok(board));
    }
}
