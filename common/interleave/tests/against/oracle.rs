//! The C++20 memory model by its axioms, for programs of loads, stores, updates and fences up to acquire and release.
//!
//! Every assignment of loads to stores and every modification order is tried, and kept if it is coherent and atomic
//! (RC11: Lahav et al., PLDI 2017). Nothing is executed, so it shares no mistake with an explorer.

use crate::program::{Operation, Program};
use std::collections::BTreeSet;
use std::sync::atomic::Ordering::{self, AcqRel, Acquire, Release};

/// How far modification orders may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stores {
    /// As C++20 allows.
    Free,
    /// In an order in which the program can be executed, as in interleave.
    AsExecuted,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The first value of an atomic: 0.
    First,
    Load,
    Store(usize),
    Add,
    Fence,
}

#[derive(Clone, Copy)]
struct Event {
    /// `None` for the first stores, which belong to nobody.
    thread: Option<usize>,
    atomic: usize,
    kind: Kind,
    order: Ordering,
}

impl Event {
    fn reads(&self) -> bool {
        matches!(self.kind, Kind::Load | Kind::Add)
    }

    fn writes(&self) -> bool {
        matches!(self.kind, Kind::First | Kind::Store(_) | Kind::Add)
    }

    fn acquires(&self) -> bool {
        matches!(self.order, Acquire | AcqRel) && (self.reads() || self.kind == Kind::Fence)
    }

    fn releases(&self) -> bool {
        matches!(self.order, Release | AcqRel) && (self.writes() || self.kind == Kind::Fence)
    }
}

/// A relation between events, by their numbers.
type Relation = Vec<Vec<bool>>;

fn closed(mut relation: Relation) -> Relation {
    let n = relation.len();
    for k in 0..n {
        for i in 0..n {
            for j in 0..n {
                relation[i][j] |= relation[i][k] && relation[k][j];
            }
        }
    }
    relation
}

fn union(relations: &[&Relation]) -> Relation {
    let n = relations[0].len();
    (0..n).map(|i| (0..n).map(|j| relations.iter().any(|r| r[i][j])).collect()).collect()
}

fn cyclic(relation: Relation) -> bool {
    closed(relation).iter().enumerate().any(|(i, row)| row[i])
}

/// Every outcome of `program`, written as the interpreter writes it.
pub fn outcomes(program: &Program, stores: Stores) -> BTreeSet<Vec<usize>> {
    let events = events(program);
    let n = events.len();
    let before: Relation = (0..n)
        .map(|i| {
            (0..n)
                .map(|j| i < j && (events[i].thread.is_none() || events[i].thread == events[j].thread))
                .collect()
        })
        .collect();
    let mut all = BTreeSet::new();
    for orders in modification_orders(&events) {
        let mut modified = vec![vec![false; n]; n];
        for order in &orders {
            for (at, earlier) in order.iter().enumerate() {
                order[at + 1..].iter().for_each(|later| modified[*earlier][*later] = true);
            }
        }
        for sources in sources(&events) {
            if allowed(&events, &before, &modified, &sources, stores) {
                all.insert(outcome(program.len(), &events, &orders, &sources));
            }
        }
    }
    all
}

fn events(program: &Program) -> Vec<Event> {
    let first =
        (0..2).map(|atomic| Event { thread: None, atomic, kind: Kind::First, order: Ordering::Relaxed });
    let rest = program.iter().enumerate().flat_map(|(thread, operations)| {
        operations.iter().map(move |operation| {
            let (atomic, kind, order) = match *operation {
                Operation::Load(atomic, order) => (atomic, Kind::Load, order),
                Operation::Store(atomic, value, order) => (atomic, Kind::Store(value), order),
                Operation::Add(atomic, order) => (atomic, Kind::Add, order),
                Operation::Fence(order) => (usize::MAX, Kind::Fence, order),
                _ => unreachable!("{operation:?} is no operation on atomics"),
            };
            Event { thread: Some(thread), atomic, kind, order }
        })
    });
    first.chain(rest).collect()
}

/// For each atomic, every order of its stores after the first.
fn modification_orders(events: &[Event]) -> Vec<[Vec<usize>; 2]> {
    let orders = |atomic: usize| {
        let writes: Vec<usize> =
            (0..events.len()).filter(|e| events[*e].writes() && events[*e].atomic == atomic).collect();
        let mut all = vec![vec![writes[0]]];
        for write in &writes[1..] {
            all = all
                .iter()
                .flat_map(|order| {
                    (1..=order.len()).map(|at| {
                        let mut order = order.clone();
                        order.insert(at, *write);
                        order
                    })
                })
                .collect();
        }
        all
    };
    let second = orders(1);
    orders(0).iter().flat_map(|a| second.iter().map(|b| [a.clone(), b.clone()])).collect()
}

/// Every way to give each reading event the store it reads.
fn sources(events: &[Event]) -> Vec<Vec<Option<usize>>> {
    let mut all = vec![Vec::new()];
    for (number, event) in events.iter().enumerate() {
        let choices: Vec<Option<usize>> = if event.reads() {
            let same = |w: &usize| *w != number && events[*w].writes() && events[*w].atomic == event.atomic;
            (0..events.len()).filter(same).map(Some).collect()
        } else {
            vec![None]
        };
        all = all
            .iter()
            .flat_map(|so_far: &Vec<Option<usize>>| {
                choices.iter().map(|choice| so_far.iter().copied().chain([*choice]).collect())
            })
            .collect();
    }
    all
}

fn allowed(
    events: &[Event],
    before: &Relation,
    modified: &Relation,
    sources: &[Option<usize>],
    stores: Stores,
) -> bool {
    let n = events.len();
    let mut read = vec![vec![false; n]; n];
    let mut overtaken = vec![vec![false; n]; n];
    for (reader, source) in sources.iter().enumerate() {
        let Some(source) = *source else { continue };
        read[source][reader] = true;
        for later in 0..n {
            overtaken[reader][later] = modified[source][later] && later != reader;
        }
        // An update follows at once on what it read.
        let between = |w: usize| modified[source][w] && modified[w][reader];
        if events[reader].kind == Kind::Add && (!modified[source][reader] || (0..n).any(between)) {
            return false;
        }
    }
    let executable = match stores {
        Stores::Free => union(&[before, &read]),
        Stores::AsExecuted => union(&[before, &read, modified]),
    };
    if cyclic(executable) {
        return false;
    }
    let happens = closed(union(&[before, &synchronised(events, before, sources)]));
    let communicates = closed(union(&[&read, modified, &overtaken]));
    (0..n).all(|i| {
        !happens[i][i] && !communicates[i][i] && (0..n).all(|j| !(happens[i][j] && communicates[j][i]))
    })
}

/// What synchronises with what: a release store or fence, a release sequence, an acquire load or fence.
fn synchronised(events: &[Event], before: &Relation, sources: &[Option<usize>]) -> Relation {
    let n = events.len();
    let fence = |e: usize| events[e].kind == Kind::Fence;
    let mut with = vec![vec![false; n]; n];
    for (reader, source) in sources.iter().enumerate() {
        let after: Vec<usize> = (0..n)
            .filter(|e| events[*e].acquires() && (*e == reader || fence(*e) && before[reader][*e]))
            .collect();
        // Back along the updates to the store that heads the sequence.
        let mut store = *source;
        while let Some(head) = store {
            for release in
                (0..n).filter(|e| events[*e].releases() && (*e == head || fence(*e) && before[*e][head]))
            {
                after.iter().for_each(|acquire| with[release][*acquire] = true);
            }
            store = sources[head];
        }
    }
    with
}

/// What the interpreter would write: each thread's loads, then what is left in the atomics.
fn outcome(
    threads: usize,
    events: &[Event],
    orders: &[Vec<usize>; 2],
    sources: &[Option<usize>],
) -> Vec<usize> {
    let mut outcome = Vec::new();
    for thread in 0..threads {
        let mine = (0..events.len()).filter(|e| events[*e].thread == Some(thread));
        outcome.extend(mine.filter_map(|e| sources[e]).map(|source| value(events, sources, source)));
        outcome.push(crate::run::END);
    }
    outcome.extend(orders.iter().map(|order| value(events, sources, order[order.len() - 1])));
    outcome
}

fn value(events: &[Event], sources: &[Option<usize>], store: usize) -> usize {
    match (events[store].kind, sources[store]) {
        (Kind::Store(value), _) => value,
        (Kind::Add, Some(source)) => value(events, sources, source) + 1,
        _ => 0,
    }
}
