//! What the judges of this lesson see of an answer at work: which piece was done, and by which thread.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::model::Notes;
use std::thread::{self, ThreadId};

/// The pieces of work an answer has done so far. The work that the answer is given calls [`Watch::note`].
pub struct Watch<P: 'static> {
    /// What a piece is: "visitor".
    noun: &'static str,
    /// What is done with it: "was welcomed".
    verb: &'static str,
    /// Who called the answer. The work belongs on threads that the answer starts.
    caller: ThreadId,
    /// By whom each piece was done, each time. Notes add no schedules and order nothing that the answer has to order,
    /// but whoever is first here differs from one schedule to the next.
    pieces: Notes<BTreeMap<P, Vec<ThreadId>>>,
}

impl<P: Clone + Ord + Debug> Watch<P> {
    /// Starts watching for pieces of which one says "`noun` 1 `verb`". Lives for ever, as threads may that an answer
    /// forgets.
    pub fn new(noun: &'static str, verb: &'static str) -> &'static Self {
        Box::leak(Box::new(Self { noun, verb, caller: thread::current().id(), pieces: Notes::default() }))
    }

    /// `piece` is being done by the calling thread. Returns how often it was done before.
    pub fn note(&self, piece: P) -> usize {
        let Self { noun, verb, .. } = self;
        let me = thread::current().id();
        if me == self.caller {
            judge::fail(
                judge::Verdict::NotConcurrent,
                format!("The calling thread did the work itself: {noun} {piece:?} {verb} there."),
            );
        }
        self.pieces.with(|pieces| {
            let threads = pieces.entry(piece).or_default();
            threads.push(me);
            threads.len() - 1
        })
    }

    /// After `function` has returned: none of its threads is left, and each piece in `want` was done that often.
    pub fn all_done(&self, function: &str, want: impl IntoIterator<Item = (P, usize)>) {
        judge::no_threads_left(function);
        // What a thread has sent says that it has done its work, and not that it has ended.
        let left = std::model::unjoined_threads();
        if left > 0 {
            let threads = if left == 1 { "a thread".to_string() } else { format!("{left} threads") };
            judge::fail(
                judge::Verdict::Leak,
                format!(
                    "{function} has returned, and has not waited for the end of {threads}; they may be running still."
                ),
            );
        }
        let Self { noun, verb, .. } = self;
        let pieces = self.pieces.with(|pieces| pieces.clone());
        for (piece, times) in want {
            let done = pieces.get(&piece).map_or(0, Vec::len);
            judge::expect_eq(&format!("how often {noun} {piece:?} {verb}"), done, times);
        }
    }

    /// The pieces done by each thread: one sorted list for each thread, the lists sorted.
    #[allow(dead_code, reason = "every judge has this module, and not all of them ask by whom")]
    pub fn by_thread(&self) -> Vec<Vec<P>> {
        let mut done_by: HashMap<ThreadId, Vec<P>> = HashMap::new();
        for (piece, threads) in self.pieces.with(|pieces| pieces.clone()) {
            for thread in threads {
                done_by.entry(thread).or_default().push(piece.clone());
            }
        }
        let mut lists: Vec<_> = done_by.into_values().collect();
        lists.sort();
        lists
    }
}
