//! Circles in the order of locks that did not strike: two threads take two locks in opposite orders, but never met.
//!
//! As in Goodlock (Havelund, SPIN 2000): an edge for every lock taken while another is held; a circle of edges is
//! suspicious when its threads are different, no lock held by all guards it (a gate), and starting and joining
//! threads do not keep them apart.

use super::clock::VectorClock;
use super::{Oid, Tid};
use crate::trace::Loc;

/// A lock taken while another is held.
#[derive(Clone, Debug)]
pub(crate) struct Edge {
    pub(crate) thread: Tid,
    pub(crate) held: Oid,
    pub(crate) taken: Oid,
    pub(crate) at: Loc,
    /// Everything else held at that moment.
    pub(super) gates: Vec<Oid>,
    /// When, as far as starting and joining threads orders it.
    pub(super) when: VectorClock,
}

impl Edge {
    fn may_meet(&self, other: &Edge) -> bool {
        let before = |a: &Edge, b: &Edge| a.when.get(a.thread) <= b.when.get(a.thread);
        self.thread != other.thread
            && !self.gates.iter().any(|gate| other.gates.contains(gate))
            && !before(self, other)
            && !before(other, self)
    }
}

/// The first circle there is: each edge takes what the next one holds, the last what the first holds.
pub(crate) fn circle(edges: &[Edge]) -> Option<Vec<&Edge>> {
    fn extend<'a>(path: &mut Vec<&'a Edge>, edges: &'a [Edge]) -> bool {
        let last = path[path.len() - 1];
        if path.len() > 1 && last.taken == path[0].held {
            return true;
        }
        for next in edges {
            if next.held == last.taken && path.iter().all(|edge| edge.may_meet(next)) {
                path.push(next);
                if extend(path, edges) {
                    return true;
                }
                path.pop();
            }
        }
        false
    }
    edges.iter().find_map(|first| {
        let mut path = vec![first];
        extend(&mut path, edges).then_some(path)
    })
}
