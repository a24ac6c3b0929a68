//! The pages of a class in a real browser: sorted, filtered, and a student opened.
use crate::scratch::folder;
use crate::webdriver::Browser;
use grade::bundle::{Bundle, Task};
use grade::config::Config;
use grade::intake::{Class, Handed, Student};
use grade::journal::Record;
use grade::outcome::{Layer, Outcome, Verdict};
use grade::plan;
use grade::sandbox::cgroup::Host;
use grade::sandbox::{Backend, Sandbox};
use grade::setup::Setup;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;

const EVIL: &str = "</td><script>document.title='evil'</script>\u{202e}=1";

fn task(id: &str, points: u64) -> Task {
    Task {
        id: id.to_owned(),
        title: format!("Title of {id}"),
        lesson: "sync".to_owned(),
        folder: "lessons/3-sync".to_owned(),
        points,
        limit_s: 1,
        programs: Vec::new(),
        judges: "/".into(),
        sources: "/".into(),
        reference: "/".into(),
        externs: Vec::new(),
        search: Vec::new(),
        announces: id.to_owned(),
        layers: Vec::new(),
        hash: id.to_owned(),
    }
}

/// A failing schedule, as a judge tells it.
fn story() -> Value {
    let step = |thread: usize, text: &str, bad: bool| interleave::Step {
        thread,
        text: text.to_owned(),
        bad,
        ..interleave::Step::default()
    };
    judge::story_to_json(&interleave::Story {
        title: "Lost update".to_owned(),
        home: "lessons/3-sync/exercises/e302_bank.rs".to_owned(),
        threads: vec!["main".to_owned(), "T1".to_owned(), "T2".to_owned()],
        steps: vec![
            step(1, "reads balance = 100", false),
            step(2, "reads balance = 100", false),
            step(2, "writes balance = 30", false),
            step(1, "writes balance = 30", true),
        ],
        because: vec!["T1 had read an old balance".to_owned()],
        ..interleave::Story::default()
    })
}

/// A made-up class of forty, and its reports.
fn reports(out: &std::path::Path) {
    let sandbox = Sandbox { backend: Backend::Native, groups: Host::None, landlock: true };
    let toolchain = grade::build::Toolchain { sysroot: "/".into(), version: String::new() };
    let bundle = Bundle {
        folder: "/".into(),
        scratch: "/".into(),
        toolchain,
        tasks: vec![task("e302_bank", 15), task("e303_semaphore", 10)],
    };
    let config = Config { title: Some("Concurrency, autumn".to_owned()), ..Config::default() };
    let setup = Setup { workspace: None, config, sandbox, bundle, hidden: Vec::new() };
    fs::create_dir_all(out.join("answers")).unwrap();
    let (mut class, mut records) = (Class::default(), BTreeMap::new());
    for n in 0..40u32 {
        let mut student = Student {
            id: format!("s{n:02}"),
            name: if n == 7 { EVIL.to_owned() } else { format!("Student {}", (n * 17) % 40) },
            ..Student::default()
        };
        for task in &setup.bundle.tasks {
            if n % 13 == 5 {
                student.answers.insert(task.id.clone(), Handed::Missing);
                continue;
            }
            let sha = format!("{:064x}", n / 2 + 100 * u32::from(task.points == 10));
            let text = format!("// {EVIL}\npub fn answer() -> u32 {{ {} }}\n", n / 2);
            fs::write(out.join("answers").join(format!("{sha}.rs")), text).unwrap();
            let verdict = [Verdict::Pass, Verdict::Fail, Verdict::Deadlock, Verdict::Pass, Verdict::Tampered]
                [n as usize / 2 % 5];
            let mut outcome = Outcome::new(
                verdict,
                if verdict == Verdict::Pass { "" } else { "schedules" },
                format!("Something about line {n}."),
            );
            outcome.layers =
                ["rules", "schedules", "spec"].map(|name| Layer::not_run(name, "what it looks at")).into();
            outcome.printed = EVIL.to_owned();
            if verdict == Verdict::Fail {
                outcome.story = Some(story());
                outcome.place = Some(("lessons/3-sync/exercises/e302_bank.rs".to_owned(), 2, String::new()));
            }
            let key = plan::key(task, &[], setup.repeat(), Backend::Native, &sha);
            records.insert(key.clone(), Record { key, exercise: task.id.clone(), sha: sha.clone(), outcome });
            student.answers.insert(task.id.clone(), Handed::Answer { sha, path: String::new() });
        }
        class.students.push(student);
    }
    grade::report::write(&setup, out, &class, &records).unwrap();
}

#[test]
fn a_class_is_sorted_and_filtered_and_a_student_opened() {
    let out = folder("browser");
    reports(&out);
    let browser = match Browser::start("grade") {
        Ok(browser) => browser,
        Err(why) => {
            eprintln!("SKIPPED: {why}");
            return;
        }
    };
    browser.open(&format!("file://{}/staff/index.html", out.display()));
    let column = |at: usize| {
        format!(
            "[...document.querySelectorAll('#students tbody tr')].filter(r => !r.hidden).map(r => Number(r.cells[{at}].dataset.key || -1))"
        )
    };
    let numbers = |script: String| -> Vec<i64> {
        browser.eval(&script).as_array().unwrap().iter().map(|value| value.as_i64().unwrap()).collect()
    };
    assert_eq!(browser.eval("document.querySelectorAll('#students tbody tr').length"), json!(40));
    assert_eq!(browser.eval("document.title"), json!("Concurrency, autumn"), "no script of a student ran");

    browser.click("#students th:nth-child(4) button");
    let up = numbers(column(3));
    assert!(up.is_sorted() && up.first() < up.last(), "{up:?}");
    browser.click("#students th:nth-child(4) button");
    let down = numbers(column(3));
    assert!(down.iter().rev().is_sorted() && down.len() == 40, "{down:?}");
    assert_eq!(
        browser.eval("document.querySelector('#students th:nth-child(4)').getAttribute('aria-sort')"),
        json!("descending")
    );

    browser.eval("(() => { const s = document.getElementById('verdict'); s.value = 'TAMPERED'; s.dispatchEvent(new Event('change')); return 0; })()");
    let shown = browser.eval("[...document.querySelectorAll('#students tbody tr')].filter(r => !r.hidden).every(r => r.textContent.includes('TAMPERED'))");
    assert_eq!(shown, json!(true));
    let count = numbers(column(3)).len();
    assert!(count > 0 && count < 40, "{count}");
    assert_eq!(
        browser.eval("document.getElementById('shown').textContent"),
        json!(format!("{count} of 40 students"))
    );
    browser.eval("(() => { const s = document.getElementById('verdict'); s.value = ''; s.dispatchEvent(new Event('change')); return 0; })()");
    browser.keys("#words", "s02");
    assert_eq!(numbers(column(3)).len(), 1);

    browser.click("#students tbody tr:not([hidden]) a");
    let heading = browser.eval("document.querySelector('h1').textContent");
    assert!(heading.as_str().is_some_and(|text| text.starts_with("Student ")), "{heading}");
    let picture = browser.eval("(() => { const i = document.querySelector('img.picture'); return i && i.complete && i.naturalWidth > 100; })()");
    assert_eq!(picture, json!(true), "the failing schedule's picture");
    assert_eq!(
        browser.eval("document.querySelector('li.here').textContent.includes('pub fn answer')"),
        json!(true)
    );
    browser.open(&format!("file://{}/feedback/s07.html", out.display()));
    assert!(!browser.eval("document.title").as_str().unwrap().starts_with("evil"));
    assert_eq!(browser.complaints(), Vec::<Value>::new());
}
