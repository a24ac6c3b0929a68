//! Vector clocks: which operations happened before which.

use super::Tid;

/// One counter per thread; a thread bumps its own at every operation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct VectorClock(Vec<u32>);

impl VectorClock {
    pub(crate) fn get(&self, thread: Tid) -> u32 {
        self.0.get(thread).copied().unwrap_or(0)
    }

    pub(crate) fn bump(&mut self, thread: Tid) {
        if self.0.len() <= thread {
            self.0.resize(thread + 1, 0);
        }
        self.0[thread] += 1;
    }

    /// Everything `other` knows is known here from now on.
    pub(crate) fn join(&mut self, other: &VectorClock) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine = (*mine).max(*theirs);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn join_takes_the_later_of_each() {
        let (mut a, mut b) = (VectorClock::default(), VectorClock::default());
        a.bump(0);
        a.bump(0);
        b.bump(2);
        a.join(&b);
        assert_eq!((a.get(0), a.get(1), a.get(2), a.get(9)), (2, 0, 1, 0));
    }
}
