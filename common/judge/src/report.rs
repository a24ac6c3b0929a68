//! A judgement as a value, and as JSON.
use crate::json::{Field, Malformed};
use crate::story_json::{place_to_json, read_place, read_story, story_to_json};
use crate::verdict::Verdict;
use interleave::{Place, Story};
use serde_json::{Value, json};
use std::fmt;
use std::str::FromStr;

/// The outcome of judging one answer. Text, JSON and HTML are views of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The stem of the exercise's files, such as `e104_visits`.
    pub exercise: String,
    /// How it ended.
    pub verdict: Verdict,
    /// The layer that decided (`rules`, `schedules`, `overlap`, `spec`); empty when every layer passed.
    pub layer: String,
    /// One plain sentence.
    pub sentence: String,
    /// What was expected, what came, why it is wrong: more sentences.
    pub details: Vec<String>,
    /// Where in the answer to look.
    pub place: Option<Place>,
    /// The failing schedule.
    pub story: Option<Story>,
    /// Every layer of the exercise, in the order in which they run.
    pub layers: Vec<LayerReport>,
}

/// How one layer of a judgement went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerReport {
    /// Its name, unique in the exercise: `schedules`, `schedules-2`, ….
    pub name: String,
    /// What it looks at, such as "two threads, one visit each".
    pub what: String,
    /// Whether it passed, failed or never ran.
    pub status: Status,
    /// What was covered, such as "all 1,432 schedules"; empty when there is nothing to say.
    pub note: String,
    /// How long it took, in microseconds. For people to read; it decides nothing.
    pub micros: u64,
}

/// Whether a layer passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It ran to its end and found nothing wrong.
    Passed,
    /// It decided the verdict.
    Failed,
    /// An earlier layer failed, so it never ran.
    NotRun,
}

impl Status {
    /// The name used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Passed => "passed",
            Status::Failed => "failed",
            Status::NotRun => "not-run",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Status {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        [Status::Passed, Status::Failed, Status::NotRun]
            .into_iter()
            .find(|s| s.as_str() == name)
            .ok_or_else(|| format!("`{}` is none of passed, failed, not-run", name.escape_debug()))
    }
}

impl LayerReport {
    /// A layer that has not run yet.
    pub fn not_run(name: impl Into<String>, what: impl Into<String>) -> Self {
        LayerReport {
            name: name.into(),
            what: what.into(),
            status: Status::NotRun,
            note: String::new(),
            micros: 0,
        }
    }

    /// The layer as JSON.
    pub fn to_json(&self) -> Value {
        json!({
            "name": self.name, "what": self.what, "status": self.status.as_str(), "note": self.note,
            "micros": self.micros,
        })
    }

    fn read(field: &Field<'_>) -> Result<Self, Malformed> {
        Ok(LayerReport {
            name: field.get("name")?.string()?,
            what: field.get("what")?.string()?,
            status: field.get("status")?.parse()?,
            note: field.get("note")?.string()?,
            micros: field.get("micros")?.number()?,
        })
    }
}

impl Judgement {
    /// A judgement that says only this much; no layers, no place, no story.
    ///
    /// For what a runner finds out by itself: an answer that does not compile, a judge that does not start.
    pub fn new(exercise: &str, verdict: Verdict, layer: &str, sentence: impl Into<String>) -> Self {
        Judgement {
            exercise: exercise.to_string(),
            verdict,
            layer: layer.to_string(),
            sentence: sentence.into(),
            details: Vec::new(),
            place: None,
            story: None,
            layers: Vec::new(),
        }
    }

    /// The judgement of an answer with which nothing is wrong.
    pub fn passed(exercise: &str) -> Self {
        Judgement::new(exercise, Verdict::Pass, "", Verdict::Pass.meaning())
    }

    /// The judgement as JSON.
    pub fn to_json(&self) -> Value {
        json!({
            "exercise": self.exercise,
            "verdict": self.verdict.as_str(),
            "layer": self.layer,
            "sentence": self.sentence,
            "details": self.details,
            "place": self.place.as_ref().map(place_to_json),
            "story": self.story.as_ref().map(story_to_json),
            "layers": self.layers.iter().map(LayerReport::to_json).collect::<Vec<_>>(),
        })
    }

    /// Reads what [`Judgement::to_json`] wrote. Members it does not know are passed over.
    ///
    /// # Errors
    /// The first field that is missing or not what it should be.
    pub fn from_json(value: &Value) -> Result<Self, Malformed> {
        let field = Field::root(value);
        Ok(Judgement {
            exercise: field.get("exercise")?.string()?,
            verdict: field.get("verdict")?.parse()?,
            layer: field.get("layer")?.string()?,
            sentence: field.get("sentence")?.string()?,
            details: field.get("details")?.list(Field::string)?,
            place: field.optional("place", read_place)?,
            story: field.optional("story", read_story)?,
            layers: field.get("layers")?.list(LayerReport::read)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use interleave::{Act, Excerpt, Step};

    fn sample() -> Judgement {
        let place = Place { file: "exercises/e1.rs".into(), line: 7, code: "let x = \"\u{202e}\";".into() };
        Judgement {
            exercise: "e104_visits".into(),
            verdict: Verdict::LostUpdate,
            layer: "schedules".into(),
            sentence: "A visit was lost.".into(),
            details: vec!["expected 2".into(), "got 1".into()],
            place: Some(place.clone()),
            story: Some(Story {
                title: "lost update".into(),
                home: "exercises/e1.rs".into(),
                threads: vec!["main".into(), "visitor \n".into()],
                steps: vec![
                    Step {
                        thread: 1,
                        text: "loads 0".into(),
                        place: Some(place),
                        bad: true,
                        switched: false,
                        act: Act::WaitsFor { what: "news".into(), gives_back: Some("desk".into()) },
                        from: None,
                    },
                    Step {
                        text: "joins".into(),
                        switched: true,
                        act: Act::Takes("desk".into()),
                        from: Some(0),
                        ..Step::default()
                    },
                ],
                sources: vec![Excerpt {
                    file: "exercises/e1.rs".into(),
                    first_line: 6,
                    lines: vec!["fn f() {".into(), "\tlet x = \"</script>\";".into()],
                }],
                because: vec!["both had read 0".into()],
                replay: "0.1.1".into(),
                schedule: 8,
                cost: 1,
                left_out: 5,
            }),
            layers: vec![
                LayerReport { status: Status::Passed, micros: 12, ..LayerReport::not_run("rules", "r") },
                LayerReport { status: Status::Failed, note: "n".into(), ..LayerReport::not_run("s", "") },
                LayerReport::not_run("spec", "100 threads"),
            ],
        }
    }

    #[test]
    fn a_judgement_survives_json() {
        let judgement = sample();
        let text = judgement.to_json().to_string();
        let back = Judgement::from_json(&serde_json::from_str(&text).unwrap()).unwrap();
        assert_eq!(back, judgement);
        let bare = Judgement::new("e1", Verdict::Pass, "", "");
        assert_eq!(Judgement::from_json(&bare.to_json()).unwrap(), bare);
    }

    /// The value with the member at `pointer` replaced, or taken out when `new` is `None`.
    fn spoilt(pointer: &str, new: Option<Value>) -> Value {
        let mut value = sample().to_json();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let members = value.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        match new {
            Some(new) => members.insert(name.to_string(), new),
            None => members.remove(name),
        };
        value
    }

    #[test]
    fn an_odd_field_gives_an_error_that_names_it() {
        let table = [
            ("/exercise", None, "exercise: is missing"),
            ("/verdict", Some(json!("great")), "verdict: `great` is no verdict"),
            ("/details", Some(json!([1])), "details[0]: should be a string, is another number"),
            ("/place", Some(json!("line 3")), "place: should be an object, is a string"),
            ("/place/line", Some(json!(-1)), "place.line: should be a whole number, 0 or more"),
            ("/place/line", Some(json!(u64::MAX)), "place.line: 18446744073709551615 is too large"),
            ("/story/steps/1/bad", None, "story.steps[1].bad: is missing"),
            ("/story/steps/0/thread", Some(json!(2)), "story.steps[0]: a step of thread 2 of 2"),
            ("/story/steps/1/from", Some(json!(1)), "story: steps[1] comes from a step that is not before"),
            ("/story/steps/0/act/kind", Some(json!("sings")), "story.steps[0].act: `sings` is no act"),
            ("/story/sources/0/lines", Some(json!("x")), "story.sources[0].lines: should be a list"),
            ("/story/because", Some(json!({})), "story.because: should be a list, is an object"),
            ("/layers/2/status", Some(json!("skipped")), "layers[2].status: `skipped` is none of"),
            ("/layers/0/micros", Some(json!(1.5)), "layers[0].micros: should be a whole number"),
        ];
        for (pointer, new, wanted) in table {
            let error = Judgement::from_json(&spoilt(pointer, new)).unwrap_err().to_string();
            assert!(error.starts_with(wanted), "{pointer}: {error}");
        }
        for odd in [json!(null), json!([]), json!("x"), json!({})] {
            Judgement::from_json(&odd).unwrap_err();
        }
    }

    #[test]
    fn every_field_is_needed() {
        fn members(value: &Value, at: String, all: &mut Vec<String>) {
            match value {
                Value::Object(map) => {
                    for (name, value) in map {
                        all.push(format!("{at}/{name}"));
                        members(value, format!("{at}/{name}"), all);
                    }
                }
                Value::Array(items) => {
                    for (i, item) in items.iter().enumerate() {
                        members(item, format!("{at}/{i}"), all);
                    }
                }
                _ => {}
            }
        }
        let mut all = Vec::new();
        members(&sample().to_json(), String::new(), &mut all);
        assert!(all.len() > 30);
        for pointer in all {
            let error = Judgement::from_json(&spoilt(&pointer, None)).unwrap_err().to_string();
            let name = pointer.rsplit('/').next().unwrap();
            assert!(error.contains(name), "{pointer}: {error}");
        }
    }
}
