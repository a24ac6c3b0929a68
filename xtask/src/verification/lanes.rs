//! Who verifies what: each worker stays with one exercise, where most of what the compiler did is used again, and goes
//! on to another one when that is done, to help if need be.

/// An exercise is shared only when so many tasks are left: a second worker must compile its judge from the beginning.
const WORTH_HELPING: usize = 4;

/// The work of all exercises.
pub struct Lanes {
    lanes: Vec<Lane>,
}

/// The work of one exercise.
struct Lane {
    next: usize,
    tasks: usize,
    /// How many workers have ever come.
    workers: usize,
}

/// A task for a worker.
#[derive(Debug, PartialEq, Eq)]
pub struct Next {
    /// The exercise.
    pub exercise: usize,
    /// The task.
    pub task: usize,
    /// The worker's number at this exercise, from 0.
    pub lane: usize,
}

impl Lanes {
    /// So many tasks for each exercise.
    pub fn new(tasks: Vec<usize>) -> Lanes {
        let lane = |tasks| Lane { next: 0, tasks, workers: 0 };
        Lanes { lanes: tasks.into_iter().map(lane).collect() }
    }

    /// The next task of a worker; `here` is where it works, and its number there.
    pub fn next(&mut self, here: &mut Option<(usize, usize)>) -> Option<Next> {
        let stays = here.filter(|(exercise, _)| self.lanes[*exercise].left() > 0);
        let (exercise, lane) = match stays {
            Some(here) => here,
            None => self.join()?,
        };
        *here = Some((exercise, lane));
        let task = self.lanes[exercise].next;
        self.lanes[exercise].next += 1;
        Some(Next { exercise, task, lane })
    }

    /// An exercise that nobody works at, or else the one with most left to do.
    fn join(&mut self) -> Option<(usize, usize)> {
        let untouched = self.lanes.iter().position(|lane| lane.workers == 0 && lane.tasks > 0);
        let most = || {
            let all = self.lanes.iter().enumerate().filter(|(_, lane)| lane.left() >= WORTH_HELPING);
            all.max_by_key(|(_, lane)| lane.left()).map(|(exercise, _)| exercise)
        };
        let exercise = untouched.or_else(most)?;
        self.lanes[exercise].workers += 1;
        Some((exercise, self.lanes[exercise].workers - 1))
    }
}

impl Lane {
    fn left(&self) -> usize {
        self.tasks - self.next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_done_once_and_workers_stay_while_they_can() {
        let mut lanes = Lanes::new(vec![2, 9, 0, 1]);
        let (mut one, mut two) = (None, None);
        let mut seen = Vec::new();
        // The first is quick, the second slow: three steps against one.
        loop {
            let quick: Vec<_> = (0..3).filter_map(|_| lanes.next(&mut one)).collect();
            let slow = lanes.next(&mut two);
            if quick.is_empty() && slow.is_none() {
                break;
            }
            seen.extend(quick.into_iter().chain(slow));
        }
        let mut tasks: Vec<_> = seen.iter().map(|next| (next.exercise, next.task)).collect();
        tasks.sort_unstable();
        let all: Vec<_> =
            (0..2).map(|task| (0, task)).chain((0..9).map(|task| (1, task))).chain([(3, 0)]).collect();
        assert_eq!(tasks, all);
        assert!(seen.contains(&Next { exercise: 0, task: 1, lane: 0 }), "{seen:?}");
    }

    #[test]
    fn whoever_is_done_helps_where_most_is_left() {
        let mut lanes = Lanes::new(vec![1, 9]);
        let (mut one, mut two) = (None, None);
        assert_eq!(lanes.next(&mut one).unwrap().exercise, 0);
        assert_eq!(lanes.next(&mut two), Some(Next { exercise: 1, task: 0, lane: 0 }));
        assert_eq!(lanes.next(&mut one), Some(Next { exercise: 1, task: 1, lane: 1 }));
        for _ in 0..7 {
            lanes.next(&mut two).unwrap();
        }
        assert_eq!((lanes.next(&mut one), lanes.next(&mut two)), (None, None));
    }
}
