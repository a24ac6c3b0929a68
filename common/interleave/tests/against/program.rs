//! Random programs: what they consist of, and how they are drawn.

use std::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};

/// What kind of programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Mutexes nested in one order: no deadlock.
    OrderedLocks,
    /// Mutexes nested in any order.
    AnyLocks,
    /// Counted permits, with a condition variable.
    Condvars,
    /// A channel that the first thread receives from.
    Channels,
    /// Loads, stores, updates and fences up to acquire and release.
    WeakAtomics,
    /// The same, with a mutex around some.
    WeakAtomicsAndLocks,
}

/// One operation. Atomics and mutexes are known by their number, 0 or 1.
#[derive(Clone, Debug)]
pub enum Operation {
    Load(usize, Ordering),
    Store(usize, usize, Ordering),
    Add(usize, Ordering),
    /// Exchanges a 0 for this.
    Claim(usize, usize, Ordering),
    Fence(Ordering),
    Locked(usize, Vec<Operation>),
    TryLocked(usize),
    Send(usize),
    Receive,
    /// Takes a permit, waiting for one.
    Wait,
    /// Gives a permit and notifies.
    Notify,
}

/// The threads of a program.
pub type Program = Vec<Vec<Operation>>;

/// A generator of Knuth's: good enough to choose with, the same everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % n
    }

    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

/// Program number `seed` of a family.
pub fn program(family: Family, seed: u64) -> Program {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ family as u64);
    dice.below(2);
    let threads = 2 + usize::from(dice.below(5) == 0);
    (0..threads)
        .map(|thread| {
            let length = if threads == 2 { 2 + dice.below(2) } else { 1 };
            operations(&mut dice, family, thread, length, &[])
        })
        .collect()
}

fn operations(
    dice: &mut Dice,
    family: Family,
    thread: usize,
    length: usize,
    held: &[usize],
) -> Vec<Operation> {
    (0..length).map(|_| operation(dice, family, thread, held)).collect()
}

fn operation(dice: &mut Dice, family: Family, thread: usize, held: &[usize]) -> Operation {
    match family {
        Family::WeakAtomics => weak(dice),
        Family::WeakAtomicsAndLocks if held.is_empty() && dice.below(3) == 0 => {
            locked(dice, family, thread, held)
        }
        Family::WeakAtomicsAndLocks => weak(dice),
        Family::OrderedLocks | Family::AnyLocks if dice.below(2) == 0 => locked(dice, family, thread, held),
        Family::OrderedLocks if held.is_empty() && dice.below(6) == 0 => Operation::TryLocked(dice.below(2)),
        Family::Condvars if held.is_empty() && dice.below(2) == 0 => {
            if dice.below(2) == 0 {
                Operation::Wait
            } else {
                Operation::Notify
            }
        }
        Family::Channels if held.is_empty() && dice.below(2) == 0 => {
            if thread == 0 {
                Operation::Receive
            } else {
                Operation::Send(1 + dice.below(3))
            }
        }
        Family::Channels | Family::Condvars if held.is_empty() && dice.below(4) == 0 => {
            locked(dice, family, thread, held)
        }
        _ => match dice.below(4) {
            0 => Operation::Load(dice.below(2), SeqCst),
            1 => Operation::Store(dice.below(2), 1 + dice.below(3), SeqCst),
            2 => Operation::Claim(dice.below(2), 4 + thread, SeqCst),
            _ => Operation::Add(dice.below(2), SeqCst),
        },
    }
}

fn weak(dice: &mut Dice) -> Operation {
    let atomic = dice.below(2);
    match dice.below(9) {
        0..=3 => Operation::Load(atomic, dice.one_of(&[Relaxed, Acquire])),
        4..=6 => Operation::Store(atomic, 1 + dice.below(3), dice.one_of(&[Relaxed, Release])),
        7 => Operation::Add(atomic, dice.one_of(&[Relaxed, Acquire, Release, AcqRel])),
        _ => Operation::Fence(dice.one_of(&[Acquire, Release, AcqRel])),
    }
}

fn locked(dice: &mut Dice, family: Family, thread: usize, held: &[usize]) -> Operation {
    let ordered = family != Family::AnyLocks;
    let free: Vec<usize> =
        (0..2).filter(|m| !held.contains(m) && (!ordered || held.iter().all(|h| h < m))).collect();
    if free.is_empty() {
        return Operation::Add(1, if family == Family::WeakAtomicsAndLocks { Relaxed } else { SeqCst });
    }
    let mutex = dice.one_of(&free);
    let held: Vec<usize> = held.iter().copied().chain([mutex]).collect();
    Operation::Locked(mutex, operations(dice, family, thread, 1, &held))
}
