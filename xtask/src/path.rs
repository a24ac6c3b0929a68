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
    /// Demos and projects of the lesson before that were never run, when a lesson begins; projects first.
    pub left: Vec<(&'a Lesson, &'a Demo)>,
    /// Which step of its lesson comes first, counted from 1: a demo before the exercise, or the exercise.
    pub step: usize,
}

/// The first exercise that is neither done nor skipped; if all were, the first that was skipped.
pub fn next<'a>(course: &'a Course, progress: &Progress) -> Option<Next<'a>> {
    let open = |exercise: &Exercise| !progress.has(Fact::Done, &exercise.id);
    let first = course.exercises().find(|(_, e)| open(e) && !progress.has(Fact::Skipped, &e.id));
    let (lesson, exercise) = first.or_else(|| course.exercises().find(|(_, e)| open(e)))?;
    Some(at(course, lesson, exercise, progress))
}

/// The same for a certain exercise.
pub fn at<'a>(
    course: &'a Course,
    lesson: &'a Lesson,
    exercise: &'a Exercise,
    progress: &Progress,
) -> Next<'a> {
    let place = |id: &str| lesson.steps.iter().position(|step| step.id() == id).unwrap_or(0);
    let step = place(&exercise.id);
    // Only the demos between this exercise and the one before it: nobody is sent back further.
    let mut demos: Vec<&Demo> = lesson.steps[..step]
        .iter()
        .rev()
        .map_while(|step| if let Step::Demo(demo) = step { Some(demo) } else { None })
        .filter(|demo| !progress.has(Fact::Seen, &demo.id))
        .collect();
    demos.reverse();
    let first = demos.first().map_or(step, |demo| place(&demo.id));
    Next { lesson, exercise, demos, left: left(course, lesson, exercise, progress), step: first + 1 }
}

/// What was never run of the lesson before, when this exercise is the first of its lesson and the one before is behind.
fn left<'a>(
    course: &'a Course,
    lesson: &Lesson,
    exercise: &Exercise,
    progress: &Progress,
) -> Vec<(&'a Lesson, &'a Demo)> {
    let begins = lesson.exercises().next().is_some_and(|first| first.id == exercise.id);
    let before = course.lessons.iter().take_while(|other| other.number != lesson.number).last();
    let Some(before) = before.filter(|before| begins && is_behind(before, progress)) else {
        return Vec::new();
    };
    let mut left = not_run(before, progress);
    left.sort_by_key(|demo| !demo.id.starts_with('p'));
    left.into_iter().map(|demo| (before, demo)).collect()
}

/// Whether every exercise of a lesson is done or skipped.
fn is_behind(lesson: &Lesson, progress: &Progress) -> bool {
    lesson.exercises().all(|e| progress.has(Fact::Done, &e.id) || progress.has(Fact::Skipped, &e.id))
}

/// The demos and projects of a lesson that were never run.
pub fn not_run<'a>(lesson: &'a Lesson, progress: &Progress) -> Vec<&'a Demo> {
    lesson.demos().filter(|demo| !progress.has(Fact::Seen, &demo.id)).collect()
}

/// How many exercises are done, and of how many.
pub fn done<'a>(exercises: impl Iterator<Item = &'a Exercise>, progress: &Progress) -> (usize, usize) {
    exercises.fold((0, 0), |(done, all), exercise| {
        (done + usize::from(progress.has(Fact::Done, &exercise.id)), all + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest;
    use std::path::Path;

    /// Lesson `number` with these steps.
    fn lesson(number: u8, steps: &[&str]) -> Lesson {
        let mut text = format!("number = {number}\nname = \"l{number}\"\ntitle = \"L\"\norder = {steps:?}\n");
        for id in steps {
            text += &match id.starts_with('e') {
                true => format!(
                    "[[exercise]]\nid = \"{id}\"\ntitle = \"E\"\nkind = \"build\"\nminutes = 1\npoints = 1\n\
                     section = \"S\"\nmisconception = \"none\"\nhints = [\"a\"]\n"
                ),
                false => format!("[[demo]]\nid = \"{id}\"\ntitle = \"D\"\nminutes = 1\n"),
            };
        }
        manifest::lesson("lesson.toml", Path::new("lessons"), &text).unwrap()
    }

    /// The step that comes first, what is left, and the demos on the way to what is next.
    fn look(course: &Course, progress: &Progress) -> (usize, Vec<String>, Vec<String>) {
        let next = next(course, progress).unwrap();
        let left = next.left.iter().map(|(lesson, demo)| format!("{} {}", lesson.name, demo.id));
        (next.step, left.collect(), next.demos.iter().map(|demo| demo.id.clone()).collect())
    }

    #[test]
    fn a_demo_on_the_way_comes_first_and_what_a_lesson_has_left_before_the_next_one() {
        let first = lesson(1, &["d101_a", "d102_b", "e101_c", "d103_d", "e102_e", "p109_f"]);
        let lessons = vec![first, lesson(2, &["d201_g", "e201_h", "e202_i"])];
        let course = Course { lessons, ..Course::default() };
        let mut progress = Progress::default();
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        assert_eq!(look(&course, &progress), (1, words(&[]), words(&["d101_a", "d102_b"])));
        progress.set_today(Fact::Seen, "d101_a");
        assert_eq!(look(&course, &progress), (2, words(&[]), words(&["d102_b"])));
        progress.set_today(Fact::Seen, "d102_b");
        assert_eq!(look(&course, &progress).0, 3);
        progress.set_today(Fact::Done, "e101_c");
        progress.set_today(Fact::Seen, "d103_d");
        progress.set_today(Fact::Skipped, "e102_e");
        assert_eq!(look(&course, &progress), (1, words(&["l1 p109_f"]), words(&["d201_g"])));
        // Nobody is sent back from the middle of a lesson.
        progress.set_today(Fact::Done, "e201_h");
        assert_eq!(look(&course, &progress), (3, words(&[]), words(&[])));
        // Nor by who jumped ahead.
        let ahead = at(
            &course,
            &course.lessons[1],
            course.lessons[1].exercises().next().unwrap(),
            &Progress::default(),
        );
        assert!(ahead.left.is_empty());
    }
}
