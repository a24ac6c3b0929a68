//! Litmus tests: which weak behaviours the explorer produces, beside what C++20 allows.
//!
//! The shapes and their names are the field's (Alglave, Maranget, Tautschnig: Herding cats, 2014); what is allowed is
//! what C++20 says (Batty et al., POPL 2011; Lahav et al., PLDI 2017).

use interleave::Checker;
use interleave::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};
use interleave::sync::atomic::{AtomicUsize, fence};
use interleave::thread;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

/// A small program, and the outcome that is asked about.
pub struct Litmus {
    pub name: &'static str,
    /// The threads, beside each other.
    pub program: &'static str,
    pub outcome: &'static str,
    pub run: fn() -> Vec<usize>,
    pub asked: &'static [usize],
    /// Whether C++20, and so Rust, allows that outcome.
    pub allowed: bool,
    /// Whether the explorer shows it.
    pub shown: bool,
}

impl Litmus {
    /// Every outcome of every schedule.
    pub fn outcomes(&self) -> BTreeSet<Vec<usize>> {
        let all = Arc::new(Mutex::new(BTreeSet::new()));
        let (seen, run) = (Arc::clone(&all), self.run);
        let report = Checker::new()
            .runs_beyond_bound(500_000)
            .steps_per_round(50_000_000, 50_000_000)
            .check(move || _ = seen.lock().unwrap().insert(run()))
            .unwrap_or_else(|failure| panic!("{}: {failure}", self.name));
        assert!(report.complete, "{}: {report}", self.name);
        std::mem::take(&mut all.lock().unwrap())
    }
}

/// Threads over the atomics x, y and z; what they read, in the order given, then what is left at the end if asked for.
macro_rules! litmus {
    ($name:literal, $program:literal, $outcome:literal = $asked:expr, $allowed:ident, $shown:ident;
     |$x:ident, $y:ident, $z:ident| $($thread:expr),+ $(; $last:expr)?) => {
        Litmus {
            name: $name,
            program: $program,
            outcome: $outcome,
            asked: &$asked,
            allowed: stringify!($allowed) == "allowed",
            shown: stringify!($shown) == "shown",
            run: || {
                let xyz: [AtomicUsize; 3] = Default::default();
                let [$x, $y, $z] = &xyz;
                let _ = ($x, $y, $z);
                let mut outcome = thread::scope(|s| {
                    let threads = vec![$(s.spawn(move || -> Vec<usize> { $thread.into() })),+];
                    threads.into_iter().flat_map(|t| t.join().unwrap()).collect::<Vec<_>>()
                });
                $(outcome.extend($last);)?
                let _ = &mut outcome;
                outcome
            },
        }
    };
}

const NONE: [usize; 0] = [];

fn put(to: &AtomicUsize, value: usize, order: Ordering) -> [usize; 0] {
    to.store(value, order);
    NONE
}

/// Stores 1 to one, then reads the other, perhaps with a fence between.
fn store_load(
    mine: &AtomicUsize,
    store: Ordering,
    between: Option<Ordering>,
    other: &AtomicUsize,
    load: Ordering,
) -> [usize; 1] {
    mine.store(1, store);
    if let Some(order) = between {
        fence(order);
    }
    [other.load(load)]
}

fn two(first: &AtomicUsize, second: &AtomicUsize, order: Ordering, then: Ordering) -> [usize; 2] {
    [first.load(order), second.load(then)]
}

/// The table, grouped by shape.
pub fn all() -> Vec<Litmus> {
    [store_buffering(), message_passing(), coherence(), three_threads(), out_of_order()]
        .into_iter()
        .flatten()
        .collect()
}

fn store_buffering() -> Vec<Litmus> {
    vec![
        litmus!("SB relaxed", "x=1; r=y ‖ y=1; s=x", "r=0 s=0" = [0, 0], allowed, shown;
            |x, y, _z| store_load(x, Relaxed, None, y, Relaxed), store_load(y, Relaxed, None, x, Relaxed)),
        litmus!("SB release, acquire", "x=1 rel; r=y acq ‖ y=1 rel; s=x acq", "r=0 s=0" = [0, 0], allowed, shown;
            |x, y, _z| store_load(x, Release, None, y, Acquire), store_load(y, Release, None, x, Acquire)),
        litmus!("SB all sc", "x=1 sc; r=y sc ‖ y=1 sc; s=x sc", "r=0 s=0" = [0, 0], forbidden, never;
            |x, y, _z| store_load(x, SeqCst, None, y, SeqCst), store_load(y, SeqCst, None, x, SeqCst)),
        litmus!("SB only loads sc", "x=1 rel; r=y sc ‖ y=1 rel; s=x sc", "r=0 s=0" = [0, 0], allowed, shown;
            |x, y, _z| store_load(x, Release, None, y, SeqCst), store_load(y, Release, None, x, SeqCst)),
        litmus!("SB only stores sc", "x=1 sc; r=y acq ‖ y=1 sc; s=x acq", "r=0 s=0" = [0, 0], allowed, shown;
            |x, y, _z| store_load(x, SeqCst, None, y, Acquire), store_load(y, SeqCst, None, x, Acquire)),
        litmus!("SB one side sc", "x=1 sc; r=y sc ‖ y=1 rel; s=x acq", "r=0 s=0" = [0, 0], allowed, shown;
            |x, y, _z| store_load(x, SeqCst, None, y, SeqCst), store_load(y, Release, None, x, Acquire)),
        litmus!("SB sc fences", "x=1; F sc; r=y ‖ y=1; F sc; s=x", "r=0 s=0" = [0, 0], forbidden, never;
            |x, y, _z| store_load(x, Relaxed, Some(SeqCst), y, Relaxed),
            store_load(y, Relaxed, Some(SeqCst), x, Relaxed)),
        litmus!("SB acqrel fences", "x=1; F acqrel; r=y ‖ y=1; F acqrel; s=x", "r=0 s=0" = [0, 0], allowed, shown;
            |x, y, _z| store_load(x, Relaxed, Some(AcqRel), y, Relaxed),
            store_load(y, Relaxed, Some(AcqRel), x, Relaxed)),
        litmus!("SB one sc fence", "x=1; F sc; r=y ‖ y=1; s=x", "r=0 s=0" = [0, 0], allowed, shown;
            |x, y, _z| store_load(x, Relaxed, Some(SeqCst), y, Relaxed), store_load(y, Relaxed, None, x, Relaxed)),
        litmus!("SB sc, sc fence", "x=1 sc; r=y sc ‖ y=1; F sc; s=x", "r=0 s=0" = [0, 0], forbidden, never;
            |x, y, _z| store_load(x, SeqCst, None, y, SeqCst), store_load(y, Relaxed, Some(SeqCst), x, Relaxed)),
        litmus!("SB sc store only, sc fence", "x=1 sc; r=y ‖ y=1; F sc; s=x", "r=0 s=0" = [0, 0], allowed, shown;
            |x, y, _z| store_load(x, SeqCst, None, y, Relaxed), store_load(y, Relaxed, Some(SeqCst), x, Relaxed)),
        litmus!("SB by exchanges", "x.swap(1) acqrel; r=y acq ‖ y.swap(1) acqrel; s=x acq", "r=0 s=0" = [0, 0],
            allowed, shown;
            |x, y, _z| { x.swap(1, AcqRel); [y.load(Acquire)] }, { y.swap(1, AcqRel); [x.load(Acquire)] }),
        litmus!("R relaxed", "x=1; y=1 ‖ y=2; r=x", "r=0 y=2" = [0, 2], allowed, shown;
            |x, y, _z| { x.store(1, Relaxed); put(y, 1, Relaxed) }, { y.store(2, Relaxed); [x.load(Relaxed)] };
            [y.load(SeqCst)]),
        litmus!("R sc", "x=1 sc; y=1 sc ‖ y=2 sc; r=x sc", "r=0 y=2" = [0, 2], forbidden, never;
            |x, y, _z| { x.store(1, SeqCst); put(y, 1, SeqCst) }, { y.store(2, SeqCst); [x.load(SeqCst)] };
            [y.load(SeqCst)]),
    ]
}

/// What the second thread reads of y and then x, after the first has stored x and then y.
fn reads(y: &AtomicUsize, order: Ordering, between: Option<Ordering>, x: &AtomicUsize) -> [usize; 2] {
    let seen = y.load(order);
    if let Some(order) = between {
        fence(order);
    }
    [seen, x.load(Relaxed)]
}

fn writes(x: &AtomicUsize, between: Option<Ordering>, y: &AtomicUsize, order: Ordering) -> [usize; 0] {
    x.store(1, Relaxed);
    if let Some(order) = between {
        fence(order);
    }
    put(y, 1, order)
}

fn message_passing() -> Vec<Litmus> {
    vec![
        litmus!("MP relaxed", "x=1; y=1 ‖ r=y; s=x", "r=1 s=0" = [1, 0], allowed, shown;
            |x, y, _z| writes(x, None, y, Relaxed), reads(y, Relaxed, None, x)),
        litmus!("MP release only", "x=1; y=1 rel ‖ r=y; s=x", "r=1 s=0" = [1, 0], allowed, shown;
            |x, y, _z| writes(x, None, y, Release), reads(y, Relaxed, None, x)),
        litmus!("MP acquire only", "x=1; y=1 ‖ r=y acq; s=x", "r=1 s=0" = [1, 0], allowed, shown;
            |x, y, _z| writes(x, None, y, Relaxed), reads(y, Acquire, None, x)),
        litmus!("MP release, acquire", "x=1; y=1 rel ‖ r=y acq; s=x", "r=1 s=0" = [1, 0], forbidden, never;
            |x, y, _z| writes(x, None, y, Release), reads(y, Acquire, None, x)),
        litmus!("MP fences", "x=1; F rel; y=1 ‖ r=y; F acq; s=x", "r=1 s=0" = [1, 0], forbidden, never;
            |x, y, _z| writes(x, Some(Release), y, Relaxed), reads(y, Relaxed, Some(Acquire), x)),
        litmus!("MP fence, acquire", "x=1; F rel; y=1 ‖ r=y acq; s=x", "r=1 s=0" = [1, 0], forbidden, never;
            |x, y, _z| writes(x, Some(Release), y, Relaxed), reads(y, Acquire, None, x)),
        litmus!("MP release, fence", "x=1; y=1 rel ‖ r=y; F acq; s=x", "r=1 s=0" = [1, 0], forbidden, never;
            |x, y, _z| writes(x, None, y, Release), reads(y, Relaxed, Some(Acquire), x)),
        litmus!("MP fence on one side", "x=1; F rel; y=1 ‖ r=y; s=x", "r=1 s=0" = [1, 0], allowed, shown;
            |x, y, _z| writes(x, Some(Release), y, Relaxed), reads(y, Relaxed, None, x)),
        litmus!("MP fences the wrong way round", "x=1; F acq; y=1 ‖ r=y; F rel; s=x", "r=1 s=0" = [1, 0],
            allowed, shown;
            |x, y, _z| writes(x, Some(Acquire), y, Relaxed), reads(y, Relaxed, Some(Release), x)),
        litmus!("MP, an update between", "x=1; y=1 rel ‖ y+=1 ‖ r=y acq; s=x", "r=2 s=0" = [2, 0], forbidden, never;
            |x, y, _z| writes(x, None, y, Release),
            { if y.load(Relaxed) == 1 { y.fetch_add(1, Relaxed); } NONE }, reads(y, Acquire, None, x)),
        litmus!("MP, two updates between", "x=1; y=1 rel ‖ y+=1 ‖ y+=1; r=y acq; s=x", "r=3 s=0" = [3, 0],
            forbidden, never;
            |x, y, _z| writes(x, None, y, Release), { y.fetch_add(1, Relaxed); NONE },
            { y.fetch_add(1, Relaxed); reads(y, Acquire, None, x) }),
        litmus!("MP, another's store between", "x=1; y=1 rel ‖ if y=1 {y=2} ‖ r=y acq; s=x", "r=2 s=0" = [2, 0],
            allowed, shown;
            |x, y, _z| writes(x, None, y, Release),
            { if y.load(Relaxed) == 1 { y.store(2, Relaxed); } NONE }, reads(y, Acquire, None, x)),
        litmus!("MP, its own store between", "x=1; y=1 rel; y=2 ‖ r=y acq; s=x", "r=2 s=0" = [2, 0], allowed, shown;
            |x, y, _z| { writes(x, None, y, Release); put(y, 2, Relaxed) }, reads(y, Acquire, None, x)),
    ]
}

fn coherence() -> Vec<Litmus> {
    vec![
        litmus!("CoRR", "x=1 ‖ r=x; s=x", "r=1 s=0" = [1, 0], forbidden, never;
            |x, _y, _z| put(x, 1, Relaxed), two(x, x, Relaxed, Relaxed)),
        litmus!("CoRR across threads", "x=1 ‖ r=x; y=1 rel ‖ s=y acq; t=x", "r=1 s=1 t=0" = [1, 1, 0],
            forbidden, never;
            |x, y, _z| put(x, 1, Relaxed), { let r = x.load(Relaxed); y.store(1, Release); [r] },
            reads(y, Acquire, None, x)),
        litmus!("CoWW", "x=1; x=2", "x=1" = [1], forbidden, never;
            |x, y, _z| { x.store(1, Relaxed); put(x, 2, Relaxed) }, put(y, 1, Relaxed); [x.load(SeqCst)]),
        litmus!("CoRW", "r=x; x=1 ‖ x=2", "r=1" = [1, 1], forbidden, never;
            |x, _y, _z| { let r = x.load(Relaxed); x.store(1, Relaxed); [r] }, put(x, 2, Relaxed);
            [x.load(SeqCst)]),
        litmus!("CoWR", "x=1; r=x ‖ x=2", "r=2 x=1" = [2, 1], forbidden, never;
            |x, _y, _z| store_load(x, Relaxed, None, x, Relaxed), put(x, 2, Relaxed); [x.load(SeqCst)]),
        litmus!("two readers of one atomic", "x=1 ‖ x=2 ‖ r=x; s=x ‖ t=x; u=x", "r=1 s=2 t=2 u=1" = [1, 2, 2, 1],
            forbidden, never;
            |x, _y, _z| put(x, 1, Relaxed), put(x, 2, Relaxed), two(x, x, Relaxed, Relaxed),
            two(x, x, Relaxed, Relaxed)),
        litmus!("updates", "r=x++ ‖ s=x++", "r=0 s=0" = [0, 0], forbidden, never;
            |x, _y, _z| [x.fetch_add(1, Relaxed)], [x.fetch_add(1, Relaxed)]),
        litmus!("an update after a store", "x=1 ‖ r=x++", "r=0 x=1" = [0, 1], allowed, shown;
            |x, _y, _z| put(x, 1, Relaxed), [x.fetch_add(1, Relaxed)]; [x.load(SeqCst)]),
    ]
}

fn three_threads() -> Vec<Litmus> {
    vec![
        litmus!("IRIW release, acquire", "x=1 rel ‖ y=1 rel ‖ r=x acq; s=y acq ‖ t=y acq; u=x acq",
            "r=1 s=0 t=1 u=0" = [1, 0, 1, 0], allowed, shown;
            |x, y, _z| put(x, 1, Release), put(y, 1, Release), two(x, y, Acquire, Acquire),
            two(y, x, Acquire, Acquire)),
        litmus!("IRIW sc", "x=1 sc ‖ y=1 sc ‖ r=x sc; s=y sc ‖ t=y sc; u=x sc",
            "r=1 s=0 t=1 u=0" = [1, 0, 1, 0], forbidden, never;
            |x, y, _z| put(x, 1, SeqCst), put(y, 1, SeqCst), two(x, y, SeqCst, SeqCst), two(y, x, SeqCst, SeqCst)),
        litmus!("IRIW sc fences", "x=1 ‖ y=1 ‖ r=x; F sc; s=y ‖ t=y; F sc; u=x",
            "r=1 s=0 t=1 u=0" = [1, 0, 1, 0], forbidden, never;
            |x, y, _z| put(x, 1, Relaxed), put(y, 1, Relaxed), reads(x, Relaxed, Some(SeqCst), y),
            reads(y, Relaxed, Some(SeqCst), x)),
        litmus!("WRC relaxed", "x=1 ‖ r=x; y=1 ‖ s=y; t=x", "r=1 s=1 t=0" = [1, 1, 0], allowed, shown;
            |x, y, _z| put(x, 1, Relaxed), { let r = x.load(Relaxed); y.store(1, Relaxed); [r] },
            reads(y, Relaxed, None, x)),
        litmus!("WRC release, acquire", "x=1 rel ‖ r=x acq; y=1 rel ‖ s=y acq; t=x", "r=1 s=1 t=0" = [1, 1, 0],
            forbidden, never;
            |x, y, _z| put(x, 1, Release), { let r = x.load(Acquire); y.store(1, Release); [r] },
            reads(y, Acquire, None, x)),
        litmus!("ISA2 relaxed", "x=1; y=1 ‖ r=y; z=1 ‖ s=z; t=x", "r=1 s=1 t=0" = [1, 1, 0], allowed, shown;
            |x, y, z| writes(x, None, y, Relaxed), { let r = y.load(Relaxed); z.store(1, Relaxed); [r] },
            reads(z, Relaxed, None, x)),
        litmus!("ISA2 release, acquire", "x=1; y=1 rel ‖ r=y acq; z=1 rel ‖ s=z acq; t=x", "r=1 s=1 t=0" = [1, 1, 0],
            forbidden, never;
            |x, y, z| writes(x, None, y, Release), { let r = y.load(Acquire); z.store(1, Release); [r] },
            reads(z, Acquire, None, x)),
        litmus!("RWC sc fences", "x=1 ‖ r=x; F sc; s=y ‖ y=1; F sc; t=x", "r=1 s=0 t=0" = [1, 0, 0], forbidden, never;
            |x, y, _z| put(x, 1, Relaxed), reads(x, Relaxed, Some(SeqCst), y),
            store_load(y, Relaxed, Some(SeqCst), x, Relaxed)),
        litmus!("RWC acquire", "x=1 ‖ r=x acq; s=y acq ‖ y=1; t=x", "r=1 s=0 t=0" = [1, 0, 0], allowed, shown;
            |x, y, _z| put(x, 1, Relaxed), two(x, y, Acquire, Acquire), store_load(y, Relaxed, None, x, Relaxed)),
        litmus!("W+RWC sc fences", "x=1; z=1 rel ‖ r=z acq; F sc; s=y ‖ y=1; F sc; t=x", "r=1 s=0 t=0" = [1, 0, 0],
            forbidden, never;
            |x, y, z| writes(x, None, z, Release), reads(z, Acquire, Some(SeqCst), y),
            store_load(y, Relaxed, Some(SeqCst), x, Relaxed)),
        litmus!("Z6.U", "x=1 sc; y=1 rel ‖ r=y++ sc; s=y ‖ y=3 sc; t=x sc", "r=1 s=3 t=0" = [1, 3, 0], allowed, never;
            |x, y, _z| { x.store(1, SeqCst); put(y, 1, Release) },
            { let r = y.fetch_add(1, SeqCst); [r, y.load(Relaxed)] },
            { y.store(3, SeqCst); [x.load(SeqCst)] }),
    ]
}

/// What would need a store, or an exchange that fails, to take effect at another time than it was executed.
fn out_of_order() -> Vec<Litmus> {
    vec![
        litmus!("LB relaxed", "r=x; y=1 ‖ s=y; x=1", "r=1 s=1" = [1, 1], allowed, never;
            |x, y, _z| { let r = x.load(Relaxed); y.store(1, Relaxed); [r] },
            { let s = y.load(Relaxed); x.store(1, Relaxed); [s] }),
        litmus!("LB release, acquire", "r=x acq; y=1 rel ‖ s=y acq; x=1 rel", "r=1 s=1" = [1, 1], forbidden, never;
            |x, y, _z| { let r = x.load(Acquire); y.store(1, Release); [r] },
            { let s = y.load(Acquire); x.store(1, Release); [s] }),
        litmus!("out of thin air", "r=x; y=r ‖ s=y; x=s", "r=7" = [7, 7], forbidden, never;
            |x, y, _z| { let r = x.load(Relaxed); y.store(r, Relaxed); [r] },
            { let s = y.load(Relaxed); x.store(s, Relaxed); [s] }),
        litmus!("2+2W relaxed", "x=1; y=2 ‖ y=1; x=2", "x=1 y=1" = [1, 1], allowed, never;
            |x, y, _z| { x.store(1, Relaxed); put(y, 2, Relaxed) }, { y.store(1, Relaxed); put(x, 2, Relaxed) };
            [x.load(SeqCst), y.load(SeqCst)]),
        litmus!("2+2W sc", "x=1 sc; y=2 sc ‖ y=1 sc; x=2 sc", "x=1 y=1" = [1, 1], forbidden, never;
            |x, y, _z| { x.store(1, SeqCst); put(y, 2, SeqCst) }, { y.store(1, SeqCst); put(x, 2, SeqCst) };
            [x.load(SeqCst), y.load(SeqCst)]),
        litmus!("S relaxed", "x=2; y=1 ‖ r=y; x=1", "r=1 x=2" = [1, 2], allowed, never;
            |x, y, _z| { x.store(2, Relaxed); put(y, 1, Relaxed) },
            { let r = y.load(Relaxed); x.store(1, Relaxed); [r] }; [x.load(SeqCst)]),
        litmus!("S release, acquire", "x=2; y=1 rel ‖ r=y acq; x=1", "r=1 x=2" = [1, 2], forbidden, never;
            |x, y, _z| { x.store(2, Relaxed); put(y, 1, Release) },
            { let r = y.load(Acquire); x.store(1, Relaxed); [r] }; [x.load(SeqCst)]),
        litmus!("a failed exchange reads an old value", "x=1; y=1 rel.. ‖ r=y; s=x.cas(2→3)", "r=1 s=0" = [1, 0],
            allowed, never;
            |x, y, _z| writes(x, None, y, Relaxed),
            { let r = y.load(Relaxed); [r, x.compare_exchange(2, 3, Relaxed, Relaxed).unwrap_or_else(|old| old)] }),
    ]
}
