//! `results.json` as Gradescope reads it.
use super::{Cell, Row};
use crate::outcome::Verdict;
use crate::score::Points;
use serde_json::{Value, json};

/// One student's results. Where the grader could not do its work there is no score, and its words say so.
pub fn results(row: &Row) -> Value {
    let number = |points: Points| points.0 as f64 / 100.0;
    let tests: Vec<Value> = row
        .cells
        .iter()
        .enumerate()
        .map(|(at, cell)| {
            let mut test = json!({
                "number": (at + 1).to_string(),
                "name": format!("{} {}", cell.task.id, cell.task.title),
                "name_format": "text",
                "max_score": number(cell.score.most),
                "status": if cell.verdict() == Some(Verdict::Pass) { "passed" } else { "failed" },
                "output": words(cell),
                "output_format": "text",
                "visibility": "visible",
            });
            if let Some(points) = cell.score.points {
                test["score"] = json!(number(points));
            }
            test
        })
        .collect();
    let mut results = json!({ "tests": tests, "visibility": "visible", "stdout_visibility": "hidden" });
    match row.total() {
        Some(total) => results["score"] = json!(number(total)),
        None => results["output"] = json!("Some exercises could not be graded; your instructor knows."),
    }
    results
}

fn words(cell: &Cell) -> String {
    let Some(outcome) = cell.outcome.as_deref() else { return "Not graded yet.".to_owned() };
    let mut lines = vec![format!("{}: {}", cell.word(), outcome.sentence)];
    lines.extend(outcome.details.iter().cloned());
    if let Some((file, line, code)) = &outcome.place {
        lines.push(format!("{file}:{line}: {code}"));
    }
    lines.extend(outcome.compiler.clone());
    if !cell.score.how.is_empty() {
        lines.push(cell.score.how.clone());
    }
    lines.join("\n")
}
