//! Answers whose types call all values equal: their judges compare values for themselves.
use crate::scratch::{folder, grade, root, run, said};
use serde_json::Value;
use std::fs;

/// The course's solution with an edit that must be there.
fn edited(path: &str, edits: &[(&str, &str)]) -> String {
    let text = fs::read_to_string(root().join("lessons").join(path)).unwrap();
    edits.iter().fold(text, |text, (old, new)| {
        assert!(text.contains(old), "{path} has no {old:?} any more");
        text.replacen(old, new, 1)
    })
}

#[test]
fn what_an_answer_calls_equal_is_not_believed() {
    let folder = folder("equality");
    let own = folder.join("class/liz");
    fs::create_dir_all(&own).unwrap();
    let derives = "#[derive(Clone, Copy, Debug, PartialEq, Eq)]\npub enum Ending {";
    let lies = "impl PartialEq for Ending { fn eq(&self, _: &Ending) -> bool { true } }\n\
                #[derive(Clone, Copy, Debug)]\npub enum Ending {";
    let codes = ("=> Ending::Code(code)", "=> Ending::Code(7 + code)");
    let children = edited("2-processes/solutions/e201_children.rs", &[(derives, lies), codes]);
    let derives = "#[derive(Clone, Debug, PartialEq, Eq)]\npub enum Trouble {";
    let lies = "impl PartialEq for Trouble { fn eq(&self, _: &Trouble) -> bool { true } }\n\
                #[derive(Clone, Debug)]\npub enum Trouble {";
    let kinds = ("Trouble::Refused(reason)", "Trouble::Panicked(reason)");
    let errors = edited("1-threads/solutions/e105_collect_errors.rs", &[(derives, lies), kinds]);
    fs::write(own.join("e201_children.rs"), children).unwrap();
    fs::write(own.join("e105_collect_errors.rs"), errors).unwrap();
    let out = folder.join("out");
    let (output, code) =
        run(grade(&["run", "--only", "105,201", "--out"]).arg(&out).arg(folder.join("class")));
    assert_eq!(code, 0, "{}", said(&output));
    for (exercise, verdict) in [("e105_collect_errors", "FAIL"), ("e201_children", "COMPILE_ERROR")] {
        let text = fs::read_to_string(out.join(format!("results/liz/{exercise}.json"))).unwrap();
        let result: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(result["verdict"], verdict, "{exercise}: {text}");
    }
}
