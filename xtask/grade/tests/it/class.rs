//! A small class from its files to every report.
use crate::scratch::{class, folder, grade, handful, run, said};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The verdicts in a gradebook, by student.
pub fn verdicts(out: &Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(out.join("gradebook.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.records().map(|line| line.unwrap()).map(|line| (line[0].to_owned(), line[4].to_owned())).collect()
}

#[test]
fn from_files_to_reports() {
    let folder = folder("class");
    let handful = handful();
    let mut students: Vec<(&str, &str)> =
        handful.iter().map(|(who, text, _)| (*who, text.as_str())).collect();
    let copied = students[1].1.to_owned();
    students.push(("hal", &copied));
    let class = class(&folder, &students);
    fs::create_dir_all(class.join("ida")).unwrap();
    fs::write(class.join("ida/notes.txt"), "I could not do it.").unwrap();
    fs::write(
        folder.join("grade.toml"),
        "title = \"Banks <&> \"\n[points]\ne302_bank = 20\n[layers]\nschedules = 60\noverlap = 20\nspec = 20\n",
    )
    .unwrap();
    let out = folder.join("grades");
    let (out_text, config) = (out.to_str().unwrap(), folder.join("grade.toml"));
    let rest = ["--only", "302", "--out", out_text, "--config", config.to_str().unwrap()];
    let mut words = vec!["run", class.to_str().unwrap()];
    words.extend(rest);
    let (output, code) = run(&mut grade(&words));
    assert_eq!(code, 0, "{}", said(&output));

    let got = verdicts(&out);
    for (who, _, wanted) in &handful {
        assert_eq!(got[*who], *wanted, "{who}");
    }
    assert_eq!((got["hal"].as_str(), got["ida"].as_str()), ("DEADLOCK", "missing"));
    let journal = fs::read_to_string(out.join("journal.jsonl")).unwrap();
    assert_eq!(journal.lines().count(), handful.len(), "one judgement for each different answer");

    // Every result is what its schema says.
    let schema = json(&out.join("result.schema.json"));
    let validator = jsonschema::validator_for(&schema).unwrap();
    for who in got.keys() {
        let result = json(&out.join(format!("results/{who}/e302_bank.json")));
        let errors: Vec<String> = validator.iter_errors(&result).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{who}: {errors:?}");
    }
    let ann = json(&out.join("results/ann/e302_bank.json"));
    assert_eq!((ann["score"].as_f64(), ann["verdict"].as_str()), (Some(20.0), Some("PASS")));
    let cy = json(&out.join("results/cy/e302_bank.json"));
    assert_eq!((cy["finding"].as_str(), cy["layer"].as_str()), (Some("over-locked"), Some("overlap")));
    let part = cy["score"].as_f64().unwrap();
    assert!(part > 0.0 && part < 20.0, "{part}");
    assert!(cy["story"]["steps"].as_array().is_some_and(|steps| !steps.is_empty()));
    // A validator that accepts everything would prove nothing.
    let mut odd = ann.clone();
    odd["verdict"] = "GRADER_ERROR".into();
    assert!(!validator.is_valid(&odd), "a score where nothing is known");

    // Nothing is judged twice, and settings change points without judging.
    let before = fs::read(out.join("gradebook.csv")).unwrap();
    let (output, code) = run(&mut grade(&words));
    assert_eq!(code, 0, "{}", said(&output));
    assert!(said(&output).contains(&format!("{} of them graded before", handful.len())), "{}", said(&output));
    assert_eq!(fs::read(out.join("gradebook.csv")).unwrap(), before);
    assert_eq!(fs::read_to_string(out.join("journal.jsonl")).unwrap(), journal);

    let gradescope = json(&out.join("gradescope/cy.json"));
    assert_eq!(gradescope["tests"][0]["status"], "failed");
    assert_eq!(gradescope["score"].as_f64(), Some(part));
    let junit = fs::read_to_string(out.join("junit.xml")).unwrap();
    assert!(junit.contains("type=\"DEADLOCK\"") && junit.contains("<skipped"), "{junit}");
    let pages = fs::read_to_string(out.join("staff/index.html")).unwrap();
    assert!(pages.contains("Banks &lt;&amp;&gt;") && pages.contains("identical"), "the class's page");

    templates(&folder, &rest);
    status_and_replay(&rest);
}

/// The gradebooks of Canvas and Moodle, as they export them.
fn templates(folder: &Path, rest: &[&str]) {
    let (canvas, moodle) = (folder.join("canvas-export.csv"), folder.join("moodle-export.csv"));
    fs::write(
        &canvas,
        "Student,ID,SIS User ID,SIS Login ID,Section,e302_bank (881),Other (882)\n    Points Possible,,,,,20,5\n\
         \"Example, Ann\",1,ann,ann@x,S1,,3\nNobody,2,zzz,zzz@x,S1,,4\n",
    )
    .unwrap();
    fs::write(
        &moodle,
        "\u{feff}Identifier,Full name,Email address,Status,Grade,Maximum Grade,Feedback comments\n\
         Participant 9,ann,ann@x,Submitted,,100,\nParticipant 8,cy,cy@x,Submitted,,100,\n",
    )
    .unwrap();
    let mut words = vec!["report", "--canvas-template", canvas.to_str().unwrap()];
    words.extend(["--moodle-template", moodle.to_str().unwrap()]);
    words.extend(rest);
    let (output, code) = run(&mut grade(&words));
    assert_eq!(code, 0, "{}", said(&output));
    let filled = fs::read_to_string(folder.join("grades/canvas.csv")).unwrap();
    assert!(filled.contains("\"Example, Ann\",1,ann,ann@x,S1,20,3\n"), "{filled}");
    assert!(filled.contains("Nobody,2,zzz,zzz@x,S1,,4\n"), "an empty cell leaves a grade as it is: {filled}");
    let filled = fs::read_to_string(folder.join("grades/moodle.csv")).unwrap();
    assert!(filled.contains("Participant 9,ann,ann@x,Submitted,100,100,"), "{filled}");
    assert!(filled.lines().nth(2).unwrap().contains("e302_bank: FAIL"), "{filled}");
}

fn status_and_replay(rest: &[&str]) {
    let (output, code) = run(&mut grade(&["status", "--json", "--out", rest[3]]));
    assert_eq!(code, 0, "{}", said(&output));
    let status: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((status["left"].as_u64(), status["total"].as_u64()), (Some(0), Some(7)));
    let mut words = vec!["replay", "ben", "302"];
    words.extend(rest);
    let (output, code) = run(&mut grade(&words));
    assert_eq!(code, 0, "{}", said(&output));
    assert!(said(&output).contains("ben e302_bank: DEADLOCK, recorded: DEADLOCK"), "{}", said(&output));
    // What is asked wrongly is told before anything is prepared, with what there is.
    for (words, told) in [
        (&["replay", "zoe", "302"][..], "`zoe` is no student of"),
        (&["replay", "ben", "999"], "there are e302_bank"),
        (&["rejudge", "--where", "student=zoe"], "`zoe` is no student's id"),
        (&["rejudge", "--where", "verdict=GOOD"], "--where verdict"),
    ] {
        let (output, code) = run(grade(words).args(rest));
        assert_eq!(code, 42, "{}", said(&output));
        assert!(said(&output).contains(told) && !said(&output).contains("preparing"), "{}", said(&output));
    }
    // No judge has changed.
    let (output, code) = run(grade(&["rejudge", "--preview"]).args(rest));
    assert_eq!(code, 0, "{}", said(&output));
    assert!(said(&output).contains("nothing to judge again"), "{}", said(&output));
    let (output, _) = run(&mut grade(&["status", "--out", rest[3]]));
    assert!(said(&output).contains("all done: open") && said(&output).contains("staff/index.html"));
    let mut words = vec!["rejudge", "--where", "verdict=DEADLOCK", "--preview"];
    words.extend(rest);
    let (output, code) = run(&mut grade(&words));
    assert_eq!(code, 0, "{}", said(&output));
    assert!(said(&output).contains("1 judged again, 0 differ"), "{}", said(&output));
}

#[test]
fn wrong_settings_are_told_and_have_their_own_exit_code() {
    let folder = folder("wrong-settings");
    let empty = folder.join("empty");
    fs::create_dir_all(&empty).unwrap();
    for (words, told) in [
        (vec!["run", empty.to_str().unwrap(), "--only", "302"], "nobody handed anything in"),
        (vec!["run", "/nowhere/at/all.zip", "--only", "302"], "cannot read /nowhere"),
        (vec!["run", empty.to_str().unwrap(), "--only", "999"], "`999` is no exercise"),
        (vec!["run", empty.to_str().unwrap(), "--shard", "3/3"], "numbered from 0 to 2"),
        (vec!["run", empty.to_str().unwrap(), "--backend", "none"], "--allow-weak"),
        (vec!["status", "--out", empty.to_str().unwrap()], "no run was begun there"),
    ] {
        let mut command = grade(&words);
        command.arg("--out").arg(folder.join("grades"));
        let command = if words[0] == "status" { &mut grade(&words) } else { &mut command };
        let (output, code) = run(command);
        assert!(said(&output).contains(told), "{words:?}: {}", said(&output));
        assert_eq!(code, 42, "{words:?}: {}", said(&output));
    }
}
