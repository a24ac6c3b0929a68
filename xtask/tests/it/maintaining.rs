//! What those see who keep the course: tables, failures with what to do next, and no work done twice.
use crate::scratch::Course;

#[test]
fn check_all_names_file_and_command_and_does_not_judge_twice() {
    let course = Course::shared();
    let check = |more: &[&str]| course.says(&[&["check-all", "--only", "verify"], more].concat());
    let (code, text) = check(&["--fresh"]);
    assert_eq!(code, 1, "one judge of this course does not compile: {text}");
    // Starter, solution and file of four exercises hold; of the fifth only the file is in step.
    for wanted in [
        "FAILED e105_broken_judge solution",
        "    file:  lessons/1-mini/solutions/e105_broken_judge.rs",
        "    again: cargo xtask verify 105",
        "\nof these, by lesson ",
        "\n1. Mini ",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    assert_eq!(text.lines().last(), Some("check-all: 13 passed, 2 failed"), "{text}");
    assert!(!text.contains("unchanged"), "{text}");

    let (_, text) = check(&[]);
    assert!(text.contains("13 passed, 2 failed, 8 of them unchanged since they held"), "{text}");
    assert_eq!(text.lines().last(), Some("check-all: 13 passed, 2 failed"), "{text}");

    // Another text is judged, and only that.
    let path = "lessons/1-mini/solutions/e104_learn.rs";
    let solution = course.read(path);
    course
        .write(path, &solution.replace("let counter", "let the_counter").replace("counter.", "the_counter."));
    let (_, text) = check(&[]);
    course.write(path, &solution);
    assert!(text.contains("7 of them unchanged since they held"), "{text}");
    let (_, text) = check(&[]);
    assert!(
        text.contains("7 of them unchanged since they held"),
        "the old text is another text, too: {text}"
    );
}
