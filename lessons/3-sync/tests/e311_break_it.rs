//! The judge of e311_break_it: plays the turns that were chosen, and looks whether the program broke as asked.
extern crate interleave as std; // every `use std::…` here and in the answer is the course's std

#[cfg(not(exercise_crate))]
#[path = "../exercises/e311_break_it.rs"]
pub mod exercise;

#[path = "../src/bin/d314_step_through.rs"]
#[expect(dead_code, reason = "the demo shows games as well; here they are judged")]
mod stage;

use judge::Verdict;
use stage::End;

fn main() -> judge::ExitCode {
    judge::exercise!("e311_break_it")
        .spec("lose_a_visit: one of two visits is lost", || {
            breaks(stage::visits, exercise::lose_a_visit(), End::Value(1));
        })
        .spec("stand_still: three threads wait for each other", || {
            breaks(stage::coins, exercise::stand_still(), End::Standstill);
        })
        .spec("sleep_on: Ann sleeps on beside her letter", || {
            breaks(stage::letter, exercise::sleep_on(), End::Standstill);
        })
        .spec("lose_four_visits: four of six visits are lost", || {
            breaks(stage::many_visits, exercise::lose_four_visits(), End::Value(2));
        })
        .run()
}

/// More turns than any of the programs has steps; whoever gives more has not counted.
const MOST: usize = 100;

fn breaks(program: fn() -> u32, turns: exercise::Turns, want: End) {
    let turns: Vec<&str> = turns.into_iter().take(MOST).collect();
    let (end, story) = stage::play(program, &turns);
    if end == want {
        return;
    }
    let step = |(number, step): (usize, &interleave::Step)| {
        format!("{:>3}  {} {}", number + 1, story.threads[step.thread], step.text)
    };
    let steps: Vec<String> = story.steps.iter().enumerate().map(step).collect();
    let sentence = match (&end, &want) {
        (End::Impossible(why), _) => format!("This order is not possible: {why}."),
        (End::Value(value), End::Value(want)) => format!("It ends with {value}, and {want} was asked for."),
        (End::Value(_), _) => "Nothing stands still: all come to their end.".into(),
        (End::Standstill, _) => "It stands still, and should come to its end with a wrong count.".into(),
    };
    judge::fail_in_detail(Verdict::WrongResult, sentence, steps);
}
