//! The last verdict of each exercise, kept so that `why` can tell it again.
use crate::compile::{Timing, state};
use crate::files;
use crate::judging::{Judged, Refusal};
use crate::workspace::Workspace;
use anyhow::Result;
use judge::Judgement;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// A verdict told again.
pub struct Last {
    /// As it was.
    pub judged: Judged,
    /// Whether the answer has been changed since.
    pub outdated: bool,
    /// How many changed texts in a row got this verdict, in this layer, this one included.
    pub times: usize,
}

impl Last {
    /// Whether its hint is due. At the first failure the learner shall look at what happened: such a hint is nearly the
    /// answer.
    pub fn hint_is_due(&self) -> bool {
        self.times > 1 && !self.outdated
    }
}

/// Keeps a verdict of the answer that was in the state `seen` when it was judged.
pub fn keep(workspace: &Workspace, seen: &str, judged: &Judged) -> Result<()> {
    let path = path(workspace, &judged.judgement.exercise);
    let before: Value =
        serde_json::from_str(&files::read_if_there(&path)?.unwrap_or_default()).unwrap_or_default();
    let same = |key: &str, now: &str| before["judged"][key].as_str() == Some(now);
    let times = before["times"].as_u64().unwrap_or(0);
    let judgement = &judged.judgement;
    let times = match same("verdict", judgement.verdict.as_str()) && same("layer", &judgement.layer) {
        // To judge the same text again is no further try.
        true if before["answer"] == seen => times.max(1),
        true => times + 1,
        false => 1,
    };
    let record = json!({ "answer": seen, "times": times, "judged": to_json(judged) });
    files::replace(&path, record.to_string())
}

/// The last verdict of an exercise, unless there is none or an older version of this program wrote it.
pub fn recall(workspace: &Workspace, source: &Path, exercise: &str) -> Result<Option<Last>> {
    let Some(text) = files::read_if_there(&path(workspace, exercise))? else { return Ok(None) };
    let record: Value = serde_json::from_str(&text).unwrap_or_default();
    let Some(judged) = from_json(&record["judged"]) else { return Ok(None) };
    let times = record["times"].as_u64().unwrap_or(1) as usize;
    Ok(Some(Last { judged, outdated: record["answer"] != state(source), times }))
}

fn path(workspace: &Workspace, exercise: &str) -> PathBuf {
    workspace.cache().join("last").join(format!("{exercise}.json"))
}

/// A judgement with all that belongs to it, for programs to read.
pub fn to_json(judged: &Judged) -> Value {
    let mut value = judged.judgement.to_json();
    value["printed"] = json!(judged.printed);
    let refusal = judged.compiler.as_ref();
    value["compiler"] = json!(refusal.map(|refusal| &refusal.rendered));
    value["more_errors"] = json!(refusal.map_or(0, |refusal| refusal.more));
    value["error_codes"] = json!(refusal.map_or(&[][..], |refusal| &refusal.codes));
    let timing = &judged.timing;
    value["ms"] = json!({
        "cargo": timing.cargo.as_millis() as u64, "answer": timing.answer.as_millis() as u64,
        "judge": timing.judge.as_millis() as u64, "run": timing.run.as_millis() as u64,
    });
    value
}

fn from_json(value: &Value) -> Option<Judged> {
    let more = value["more_errors"].as_u64()? as usize;
    let codes: Vec<String> =
        value["error_codes"].as_array()?.iter().filter_map(|code| Some(code.as_str()?.to_owned())).collect();
    Some(Judged {
        judgement: Judgement::from_json(value).ok()?,
        printed: value["printed"].as_str()?.to_owned(),
        compiler: value["compiler"].as_str().map(|text| Refusal { rendered: text.to_owned(), more, codes }),
        timing: Timing::default(),
    })
}
