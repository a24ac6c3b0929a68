//! The result of one student in one exercise, as JSON that stays the same: no times, no order of chance.
use super::{Cell, Row};
use crate::outcome::Layer;
use crate::score::Points;
use serde_json::{Value, json};

/// What [`result`] writes, as a JSON schema.
pub const SCHEMA: &str = include_str!("../../schema/result.schema.json");

/// The canonical result, for staff: it names hidden checks.
pub fn result(row: &Row, cell: &Cell) -> Value {
    let points = |points: Points| json!(points.0 as f64 / 100.0);
    let outcome = cell.outcome.as_deref();
    json!({
        "schema": 1,
        "student": row.student.id,
        "exercise": cell.task.id,
        "lesson": cell.task.lesson,
        "answer": cell.sha,
        "graded": outcome.is_some(),
        "missing": cell.missing,
        "verdict": outcome.map(|outcome| outcome.verdict.as_str()),
        "finding": outcome.map(|outcome| outcome.finding.as_str()).unwrap_or_default(),
        "layer": outcome.map(|outcome| outcome.layer.as_str()).unwrap_or_default(),
        "sentence": outcome.map(|outcome| outcome.sentence.as_str()).unwrap_or_default(),
        "details": outcome.map(|outcome| outcome.details.clone()).unwrap_or_default(),
        "place": outcome.and_then(|outcome| outcome.place.as_ref()).map(|(file, line, code)| {
            json!({ "file": file, "line": line, "code": code })
        }),
        "layers": outcome.map(|outcome| layers(&outcome.layers)).unwrap_or_default(),
        "hidden": outcome.map(|outcome| outcome.hidden.iter().map(|check| json!({
            "name": check.name, "verdict": check.verdict.as_str(), "sentence": check.sentence,
            "layers": layers(&check.layers),
        })).collect::<Vec<_>>()).unwrap_or_default(),
        "compiler": outcome.and_then(|outcome| outcome.compiler.as_deref()),
        "score": cell.score.points.map(points),
        "max": points(cell.score.most),
        "days_late": cell.score.days_late,
        "flags": outcome.map(|outcome| outcome.flags.clone()).unwrap_or_default(),
        "notes": row.student.notes,
        "backend": outcome.map(|outcome| outcome.backend.as_str()).unwrap_or_default(),
        "story": outcome.and_then(|outcome| outcome.story.clone()),
    })
}

fn layers(layers: &[Layer]) -> Vec<Value> {
    let one = |layer: &Layer| json!({ "name": layer.name, "what": layer.what, "status": layer.status, "note": layer.note });
    layers.iter().map(one).collect()
}
