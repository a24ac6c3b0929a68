//! Demos run, and drawn.
use crate::scratch::Real;
use std::fs;

#[test]
fn the_timeline_of_a_demo_shows_its_threads_beside_its_lines() {
    let course = Real::lesson_1();
    let page = course.root.join("timeline.html");
    let shown = page.to_str().unwrap();
    for call in [&["run", "d112", "--timeline", shown][..], &["run", "--timeline", shown, "d112"]] {
        fs::write(&page, "an older page").unwrap();
        let output = course.command(call).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        // The demo has run as always, and then comes the page.
        assert!(
            said.contains("10 letters handled by 3 consumers") && said.ends_with("timeline.html\n"),
            "{said}"
        );
        let drawn = fs::read_to_string(&page).unwrap();
        for wanted in ["A real run: ", "<svg", "lessons/1-threads/src/bin/d112_mailbox.rs", "locks mailbox"] {
            assert!(drawn.contains(wanted), "{wanted} is not in the page");
        }
    }
    // What belongs to the demo is left to the demo; a program of several files cannot be drawn.
    let output = course.command(&["run", "p109", "--", "--help"]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("A chat server."));
    let output = course.command(&["run", "p109", "--timeline", shown]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("several files"));
}
