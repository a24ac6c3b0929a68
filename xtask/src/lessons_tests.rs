//! What `lesson.toml` may say, and how its mistakes are told.
use super::*;
use crate::manifest::lesson;
use std::path::Path;

const GOOD: &str = r#"
number = 1
name = "threads"
title = "Threads"
order = ["d101_spawn", "e104_visits"]

[[demo]]
id = "d101_spawn"
title = "Start one"
minutes = 3
topics = ["T1"]

[[exercise]]
id = "e104_visits"
title = "Count"
kind = "fix"
minutes = 15
points = 10
topics = ["T6"]
section = "The lost update"
misconception = "one step"
hints = ["a", "b"]
[exercise.hint_for]
lost-update = "two steps"
[[exercise.quiz]]
question = "?"
choices = ["x", "y"]
answer = 2
why = "because"
[[exercise.wrong]]
slug = "load_then_store"
verdict = "lost-update"
layer = "schedules"
why = "they believe it"
"#;

fn read(text: &str) -> Result<Lesson, String> {
    lesson("lessons/1-threads/lesson.toml", Path::new("lessons/1-threads"), text)
}

#[test]
fn a_lesson_is_read_in_its_order() {
    let lesson = read(GOOD).unwrap();
    let ids: Vec<&str> = lesson.steps.iter().map(Step::id).collect();
    assert_eq!(ids, ["d101_spawn", "e104_visits"]);
    let exercise = lesson.exercises().next().unwrap();
    assert_eq!((exercise.limit_s, exercise.kind, exercise.number()), (20, Kind::Fix, "104"));
    assert_eq!(exercise.hint_for.of(Verdict::LostUpdate, &[]).unwrap().text, "two steps");
    assert_eq!(exercise.wrong[0].layer.as_deref(), Some("schedules"));
}

#[test]
fn mistakes_are_told_with_file_place_key_and_fix() {
    let table = [
        ("number = 1", "number = \"one\"", "`number`: must be a whole number"),
        ("minutes = 15\n", "", "[[exercise]] e104_visits: `minutes`: is missing: add it"),
        (
            "kind = \"fix\"",
            "kind = \"fixx\"",
            "[[exercise]] e104_visits: `kind`: `fixx` is none of predict, break",
        ),
        ("points = 10", "pints = 10", "`points`: is missing"),
        ("points = 10", "points = 10\nnoise = 1", "[[exercise]] e104_visits: `noise`: is no key"),
        ("\"d101_spawn\", ", "", "`order`: `d101_spawn` is missing"),
        ("order = [", "order = [\"e199_x\", ", "`order`: `e199_x` is no [[demo]] or [[exercise]]"),
        ("lost-update = ", "lost-updates = ", "`hint_for`: `lost-updates` is no verdict"),
        ("lost-update = ", "E382 = ", "`hint_for`: `E382` is no verdict"),
        (
            "verdict = \"lost-update\"",
            "verdict = \"lost\"",
            "wrong load_then_store: `verdict`: `lost` is no verdict",
        ),
        ("answer = 2", "answer = 3", "[[exercise]] e104_visits quiz: `answer`: 3 is none of 1 to 2"),
        ("id = \"d101_spawn\"", "id = \"../d101\"", "`id`: `../d101`: write `d104_some_name`"),
        ("title = \"Count\"", "title = \"\"", "`title`: is empty"),
        ("why = \"they believe it\"", "", "`why`: is missing"),
    ];
    for (from, to, wanted) in table {
        let text = GOOD.replacen(from, to, 1);
        assert_ne!(text, GOOD, "{from} does not occur");
        let error = read(&text).unwrap_err();
        assert!(error.starts_with("lessons/1-threads/lesson.toml: "), "{error}");
        assert!(error.contains(wanted), "{error}\n  should contain: {wanted}");
    }
}

#[test]
fn what_is_no_toml_is_told_with_its_line() {
    let error = read("number = 1\nname = \n").unwrap_err();
    assert!(error.starts_with("lessons/1-threads/lesson.toml:2: "), "{error}");
}

#[test]
fn the_number_of_an_id_is_what_learners_type() {
    assert_eq!(number("e104_visits"), "104");
    assert_eq!(number("d106"), "106");
    assert_eq!(number("visits"), "");
}

#[test]
fn a_lesson_that_cannot_be_read_is_known_by_its_folder() {
    let broken = Broken { folder: "1-threads".to_owned(), problem: "x.toml:3: what?".to_owned() };
    for word in ["1", "threads", "1-threads", "104", "e104", "e104_visits", "d106", "visits"] {
        assert!(broken.may_have(word), "{word}");
    }
    for word in ["2", "204", "e204_x", "999", "1104"] {
        assert!(!broken.may_have(word), "{word}");
    }
    assert!(broken.told().starts_with("lesson 1 cannot be read and is left out: x.toml:3: what?. Mend"));
}
