//! What an answer does how often: locks taken, threads started, notifications, atomic steps.
use crate::record;
use crate::say;
use crate::text;
use crate::verdict::Verdict;
use interleave::watch::{self, Deed, Tally};
use std::collections::BTreeMap;

/// How many places are named of what was done too often.
const PLACES: usize = 4;

/// What an answer did, counted on its own lines: what the judge does itself, in callbacks too, is not part of it.
#[derive(Clone, Debug)]
pub struct Cost {
    /// What was done, on which line of the answer, and how often.
    times: BTreeMap<(Deed, u32), u64>,
    file: String,
}

/// Runs `f` and counts what the answer does meanwhile.
///
/// In a check the counts are those of one schedule, and what is said of them is looked at in every schedule. On real
/// threads some counts depend on luck, such as how often somebody waits; limit those in a check only.
///
/// ```no_run
/// # mod exercise { pub fn run_all(workers: usize, jobs: Vec<u32>) -> Vec<u32> { jobs } }
/// # judge::Exercise::new("e401_pool", "", "")
/// .cost("100 jobs on 4 workers", || {
///     let (_, cost) = judge::count(|| exercise::run_all(4, (0..100).collect()));
///     cost.at_most(judge::Deed::Spawns, 4, "one for each worker");
///     cost.at_most(judge::Deed::Locks, 210, "two for each job, and one for each worker to see that there are none");
/// })
/// # ;
/// ```
pub fn count<R>(f: impl FnOnce() -> R) -> (R, Cost) {
    let (result, tally) = watch::tally(f);
    (result, Cost::of(&tally, &record::answer()))
}

impl Cost {
    fn of(tally: &Tally, answer: &str) -> Cost {
        let mut times = BTreeMap::new();
        for (deed, file, line, count) in tally.iter() {
            if text::same_file(file, answer) {
                *times.entry((deed, line)).or_default() += count;
            }
        }
        Cost { times, file: answer.to_string() }
    }

    /// How often the answer did it.
    pub fn times(&self, deed: Deed) -> u64 {
        self.places(deed).iter().map(|(_, times)| times).sum()
    }

    /// The lines on which it was done, the busiest first.
    fn places(&self, deed: Deed) -> Vec<(u32, u64)> {
        let of_it = self.times.iter().filter(|((d, _), _)| *d == deed);
        let mut places: Vec<_> = of_it.map(|((_, line), times)| (*line, *times)).collect();
        places.sort_by_key(|(line, times)| (std::cmp::Reverse(*times), *line));
        places
    }

    /// Fails with `too-slow` if the answer did it more often. `why` says why so many are enough: "two for each job".
    ///
    /// # Panics
    /// When it did.
    #[track_caller]
    pub fn at_most(&self, deed: Deed, limit: u64, why: &str) {
        let times = self.times(deed);
        if times <= limit {
            return;
        }
        let does = verb(deed);
        let enough = match limit {
            0 => "it need not do that at all".to_string(),
            1 => "once is enough".to_string(),
            n => format!("{n} times are enough"),
        };
        let times_done = times_of(times);
        let sentence = format!("It {does} {times_done}; {enough}: {why}.");
        let places = self.places(deed);
        let details = places.iter().take(PLACES).map(|(line, n)| format!("line {line}: {}", times_of(*n)));
        let mut details: Vec<String> = details.collect();
        if places.len() > PLACES {
            details.push(format!("and on {} more lines", places.len() - PLACES));
        }
        let at = places.first().map(|(line, _)| (self.file.clone(), *line));
        say::fail_at(Verdict::TooSlow, sentence, details, at);
    }
}

fn times_of(n: u64) -> String {
    if n == 1 { "once".to_string() } else { format!("{n} times") }
}

fn verb(deed: Deed) -> &'static str {
    match deed {
        Deed::Spawns => "starts a thread",
        Deed::Joins => "joins a thread",
        Deed::Locks => "takes a lock",
        Deed::Waits => "goes to sleep",
        Deed::Wakes => "is woken",
        Deed::Notifies => "notifies somebody",
        Deed::Loads => "reads an atomic",
        Deed::Stores => "writes an atomic",
        Deed::Updates => "changes an atomic in one step, or tries to,",
        Deed::Sends => "sends a message",
        Deed::Receives => "receives a message",
        Deed::Sleeps => "sleeps",
        Deed::Yields => "lets others run",
        _ => "does something",
    }
}
