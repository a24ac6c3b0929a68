//! What is made of a judge's words: only what fits is believed.
use super::*;
use crate::bundle::Bundle;
use crate::sandbox::Backend;
use crate::sandbox::watch::Ended;
use judge::Judgement;
use judge::protocol::LayerName;
use std::time::Duration;

/// A run in which the judge said this.
fn run(judgement: Judgement) -> Run {
    let ended = Ended {
        code: 0,
        stopped: None,
        out_of_tasks: false,
        stdout: String::new(),
        stderr: String::new(),
        threads_peak: 1,
        memory_peak: 0,
        wall: Duration::ZERO,
        cpu: Duration::ZERO,
    };
    let layers = vec![LayerName { name: "spec".into(), what: "all".into() }];
    let announced = Some((judgement.exercise.clone(), layers));
    Run { heard: Heard::Judged(Box::new(judgement)), ended, observer: None, announced, ended_well: true }
}

fn passed() -> Judgement {
    let mut judgement = Judgement::new("e901_count", judge::Verdict::Pass, "", "");
    let report = judge::LayerReport::not_run("spec", "all");
    judgement.layers = vec![judge::LayerReport { status: Status::Passed, ..report }];
    judgement
}

fn said(verdict: judge::Verdict, sentence: &str) -> Judgement {
    Judgement { verdict, sentence: sentence.into(), layer: "spec".into(), ..passed() }
}

fn with_grader(test: impl Fn(&Grader, &Task)) {
    let sandbox =
        Sandbox { backend: Backend::None, groups: crate::sandbox::cgroup::Host::None, landlock: false };
    let toolchain = build::Toolchain { sysroot: "/".into(), version: String::new() };
    let bundle = Bundle { folder: "/".into(), scratch: "/".into(), toolchain, tasks: Vec::new() };
    let task = Task {
        id: "e901_count".into(),
        announces: "e901_count".into(),
        layers: vec![("spec".into(), "all".into())],
        ..crate::score::tests::task()
    };
    test(&Grader { sandbox: &sandbox, bundle: &bundle, hidden: &[], repeat: 1, rules: true }, &task);
}

#[test]
fn a_canary_must_fail_with_its_own_words() {
    with_grader(|grader, task| {
        let verdict =
            |judgement| grader.canary(task, &run(judgement), "spec").unwrap().map(|outcome| outcome.verdict);
        assert_eq!(verdict(said(judge::Verdict::WrongResult, CANARY_SENTENCE)), None);
        assert_eq!(verdict(passed()), Some(Verdict::Tampered), "a forger reports success");
        assert_eq!(verdict(said(judge::Verdict::LostUpdate, "lost")), Some(Verdict::Flaky));
        assert_eq!(verdict(said(judge::Verdict::Deadlock, CANARY_SENTENCE)), Some(Verdict::Flaky));
    });
}

#[test]
fn a_pass_must_fit_what_the_trusted_judge_announces() {
    with_grader(|grader, task| {
        let verdict =
            |run: &Run| grader.verdict_of(task, run, "spec").unwrap().map(|outcome| outcome.verdict);
        assert_eq!(verdict(&run(passed())), None);
        let mut other_layers = run(passed());
        other_layers.announced = Some(("e901_count".into(), Vec::new()));
        let mut other_name = run(Judgement { exercise: "e902_other".into(), ..passed() });
        other_name.announced =
            Some(("e902_other".into(), vec![LayerName { name: "spec".into(), what: "all".into() }]));
        let mut not_ended = run(passed());
        not_ended.ended_well = false;
        let mut no_layer = passed();
        no_layer.layers[0].status = Status::NotRun;
        for odd in [other_layers, other_name, not_ended, run(no_layer)] {
            assert_eq!(verdict(&odd), Some(Verdict::Tampered));
        }
    });
}
