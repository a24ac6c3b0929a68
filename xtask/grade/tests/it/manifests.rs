//! The templates in the book: they are what their systems ask for.
use crate::scratch::root;
use serde_yaml_ng::Value;
use std::fs;

/// The first block of YAML in `docs/grading.md` that contains `word`.
fn block(word: &str) -> Value {
    let text = fs::read_to_string(root().join("docs/grading.md")).unwrap();
    let blocks = text.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    serde_yaml_ng::from_str(blocks.into_iter().find(|block| block.contains(word)).unwrap()).unwrap()
}

#[test]
fn the_kubernetes_job_has_what_an_indexed_job_needs() {
    let job = block("batch/v1");
    assert_eq!((job["apiVersion"].as_str(), job["kind"].as_str()), (Some("batch/v1"), Some("Job")));
    assert!(
        job["metadata"]["name"].as_str().is_some_and(|name| name.bytes().all(|b| b.is_ascii_lowercase()))
    );
    let spec = &job["spec"];
    assert_eq!(spec["completionMode"], "Indexed");
    let completions = spec["completions"].as_u64().unwrap();
    assert!(spec["parallelism"].as_u64().unwrap() <= completions);
    assert!(spec["backoffLimitPerIndex"].as_u64().is_some(), "needed by FailIndex");
    let pod = &spec["template"]["spec"];
    // A failure policy is allowed with this one only.
    assert_eq!(pod["restartPolicy"], "Never");
    let rule = &spec["podFailurePolicy"]["rules"][0];
    assert_eq!(
        (rule["action"].as_str(), rule["onExitCodes"]["operator"].as_str()),
        (Some("FailIndex"), Some("In"))
    );
    assert_eq!(rule["onExitCodes"]["values"][0], 42);
    let containers = pod["containers"].as_sequence().unwrap();
    let names: Vec<&str> = containers.iter().map(|container| container["name"].as_str().unwrap()).collect();
    assert!(names.contains(&rule["onExitCodes"]["containerName"].as_str().unwrap()));
    let volumes: Vec<&Value> =
        pod["volumes"].as_sequence().unwrap().iter().map(|volume| &volume["name"]).collect();
    for container in containers {
        assert!(container["image"].is_string() && container["command"].is_sequence());
        for mount in container["volumeMounts"].as_sequence().unwrap() {
            assert!(volumes.contains(&&mount["name"]), "{mount:?} names no volume");
        }
        let args: Vec<&str> =
            container["args"].as_sequence().unwrap().iter().map(|arg| arg.as_str().unwrap()).collect();
        let shards = args.iter().position(|arg| *arg == "--shards").unwrap();
        assert_eq!(args[shards + 1].parse::<u64>().unwrap(), completions, "as many shards as completions");
    }
}

#[test]
fn the_github_matrix_counts_its_shards() {
    let jobs = &block("upload-artifact")["jobs"];
    let shards = jobs["grade"]["strategy"]["matrix"]["shard"].as_sequence().unwrap();
    let steps = jobs["grade"]["steps"].as_sequence().unwrap();
    let runs: Vec<&str> = steps.iter().filter_map(|step| step["run"].as_str()).collect();
    let count = format!("${{{{ matrix.shard }}}}/{}", shards.len());
    assert!(runs.iter().any(|run| run.contains(&count)), "{runs:?}");
    assert_eq!(jobs["merge"]["needs"], "grade");
}
