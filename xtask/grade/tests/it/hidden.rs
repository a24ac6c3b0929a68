//! An instructor's own checks, from their folder to the points: in the course, and from a prepared folder.
use crate::class::verdicts;
use crate::scratch::{bank, class, folder, grade, run, said};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Uses a module of the course's judges, and one more amount than they do.
const CHECK: &str = "//! Amounts that the course does not try.
extern crate interleave as std;
mod both;
use both::both;
use exercise::Bank;
use judge::expect_eq;

fn main() -> judge::ExitCode {
    judge::exercise!(\"e302_bank\").schedules(\"a secret amount\", secret).run()
}

fn secret() {
    let bank = Bank::new(&[10_000]);
    both(|| _ = bank.withdraw(0, 4_242), || bank.deposit(0, 1));
    expect_eq(\"the balance after the secret amount\", bank.balance(0), 5_759);
}
";

/// Right in all that the course tries.
fn special() -> String {
    let solution = bank("solutions/e302_bank.rs");
    let begin = solution.find("pub fn withdraw(").unwrap();
    let body = begin + solution[begin..].find("{\n").unwrap() + 2;
    format!("{}if amount == 4_242 {{ return Err(NotEnough); }}\n{}", &solution[..body], &solution[body..])
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn hidden_checks_count_their_share_and_students_see_nothing_of_them() {
    let folder = folder("hidden");
    let special = special();
    let class = class(
        &folder,
        &[
            ("ann", &bank("solutions/e302_bank.rs")),
            ("ben", &special),
            ("cy", &bank("wrong/e302_bank/one_big_lock.rs")),
        ],
    );
    fs::create_dir_all(folder.join("hidden")).unwrap();
    fs::write(folder.join("hidden/e302_bank.rs"), CHECK).unwrap();
    let settings = "hidden = \"hidden\"\nhidden_percent = 20\n[points]\ne302_bank = 20\n";
    let (config, without) = (folder.join("grade.toml"), folder.join("without.toml"));
    fs::write(&config, settings).unwrap();
    fs::write(&without, settings.lines().skip(1).collect::<Vec<_>>().join("\n")).unwrap();
    let config = config.to_str().unwrap();
    let prepared = folder.join("prepared");
    let prepared = prepared.to_str().unwrap();

    let (output, code) = run(&mut grade(&["prepare", "--only", "302", "--config", config, "--to", prepared]));
    assert_eq!(code, 0, "{}", said(&output));
    assert!(said(&output).contains("hidden_e302_bank"), "{}", said(&output));

    for (name, more) in [("course", vec![]), ("elsewhere", vec!["--prepared", prepared])] {
        let out = folder.join(name);
        let mut words = vec!["run", class.to_str().unwrap(), "--only", "302", "--out", out.to_str().unwrap()];
        words.extend(["--config", config]);
        words.extend(more);
        let (output, code) = run(&mut grade(&words));
        assert_eq!(code, 0, "{name}: {}", said(&output));
        let got = verdicts(&out);
        assert_eq!((got["ann"].as_str(), got["ben"].as_str(), got["cy"].as_str()), ("PASS", "PASS", "FAIL"));
        let score = |who: &str| json(&out.join(format!("results/{who}/e302_bank.json")))["score"].as_f64();
        assert_eq!((score("ann"), score("ben"), score("cy")), (Some(20.0), Some(16.0), Some(0.0)), "{name}");

        let staff = fs::read_to_string(out.join("staff/ben.html")).unwrap();
        assert!(staff.contains("hidden_e302_bank") && staff.contains("secret amount"), "{name}: {staff}");
        let student = fs::read_to_string(out.join("feedback/ben.html")).unwrap();
        assert!(student.contains("All public checks passed; 1 hidden check counts as well."), "{student}");
        let gradescope = fs::read_to_string(out.join("gradescope/ben.json")).unwrap();
        for page in [student, gradescope] {
            for word in ["secret amount", "hidden_e302", "5759", "10001"] {
                assert!(!page.contains(word), "{name}: a student reads `{word}` in {page}");
            }
        }
    }
    for file in ["gradebook.csv", "results/ben/e302_bank.json", "staff/ben.html"] {
        let read = |name: &str| fs::read_to_string(folder.join(name).join(file)).unwrap();
        assert_eq!(read("course"), read("elsewhere"), "{file}");
    }

    // A check that rejects the course's solution is a mistake of its own, and so is one that is about nothing.
    for (file, text, told) in [
        ("e302_bank.rs", CHECK.replace("5_759", "5_760"), "the course's own solution gets FAIL"),
        ("e999_none.rs", CHECK.to_owned(), "`e999_none` is no exercise that is graded"),
        ("e302_bank.rs", CHECK.replace("fn secret()", "fn secret("), "COMPILE_ERROR"),
        ("e302_bank.rs", CHECK.replace("bank.balance(0)", "bank.balanced(0)"), "no method named `balanced`"),
    ] {
        fs::remove_dir_all(folder.join("hidden")).unwrap();
        fs::create_dir_all(folder.join("hidden")).unwrap();
        fs::write(folder.join("hidden").join(file), text).unwrap();
        let out = folder.join("odd");
        let words = ["run", class.to_str().unwrap(), "--only", "302", "--config", config, "--out"];
        let (output, code) = run(grade(&words).arg(&out));
        assert_eq!(code, 42, "{}", said(&output));
        assert!(said(&output).contains(told) && said(&output).contains(file), "{}", said(&output));
        // The compiler's message names the instructor's file, not the box's.
        let said = said(&output);
        let arrow = said.lines().find(|line| line.contains("--> "));
        let own = folder.join("hidden").join(file).display().to_string();
        assert!(arrow.is_none_or(|line| line.contains(&format!("--> {own}:"))), "{said}");
        assert_eq!(arrow.is_some(), told != "the course's own solution gets FAIL" && !told.contains("e999"));
        assert!(!said.contains("hidden_e302"), "{said}");
    }
    // What was prepared without them is told, too.
    let bare = folder.join("bare");
    let words = ["prepare", "--only", "302", "--config", without.to_str().unwrap(), "--to"];
    let (output, code) = run(grade(&words).arg(&bare));
    assert_eq!(code, 0, "{}", said(&output));
    let words = ["run", class.to_str().unwrap(), "--only", "302", "--config", config, "--prepared"];
    let (output, code) = run(grade(&words).arg(&bare).arg("--out").arg(folder.join("bare-out")));
    assert_eq!(code, 42, "{}", said(&output));
    assert!(said(&output).contains("was prepared without hidden checks"), "{}", said(&output));
}
