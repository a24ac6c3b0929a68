//! Where on the course's path the learner is.
use crate::lessons::{Course, Demo, Exercise, Lesson, Step};
use crate::progress::{Fact, Progress};

/// What is to be done next: an exercise, and the demos on the way to it.
pub struct Next<'a> {
    /// The lesson.
    pub lesson: &'a Lesson,
    /// The exercise.
    pub exercise: &'a Exercise,
    /// Demos before it that were never run.
    pub demos: Vec<&'a Demo>,
    /// Which step of its lesson the exercise is, counted from 1.
    pub step: usize,
}

/// The first exercise that is neither done nor skipped; if all were, the first that was skipped.
pub fn next<'a>(course: &'a Course, progress: &Progress) -> Option<Next<'a>> {
    let open = |exercise: &Exercise| !progress.has(Fact::Done, &exercise.id);
    let first = course.exercises().find(|(_, e)| open(e) && !progress.has(Fact::Skipped, &e.id));
    let (lesson, exercise) = first.or_else(|| course.exercises().find(|(_, e)| open(e)))?;
    Some(at(lesson, exercise, progress))
}

/// The same for a certain exercise.
pub fn at<'a>(lesson: &'a Lesson, exercise: &'a Exercise, progress: &Progress) -> Next<'a> {
    let step = lesson.steps.iter().position(|step| step.id() == exercise.id).unwrap_or(0);
    // Only the demos between this exercise and the one before it: nobody is sent back further.
    let mut demos: Vec<&Demo> = lesson.steps[..step]
        .iter()
        .rev()
        .map_while(|step| if let Step::Demo(demo) = step { Some(demo) } else { None })
        .filter(|demo| !progress.has(Fact::Seen, &demo.id))
        .collect();
    demos.reverse();
    Next { lesson, exercise, demos, step: step + 1 }
}

/// How many exercises are done, and of how many.
pub fn done<'a>(exercises: impl Iterator<Item = &'a Exercise>, progress: &Progress) -> (usize, usize) {
    exercises.fold((0, 0), |(done, all), exercise| {
        (done + usize::from(progress.has(Fact::Done, &exercise.id)), all + 1)
    })
}
