//! What grading one answer to one exercise came to.
use judge::{Judgement, Status};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;
use std::str::FromStr;

/// How an answer fared. Coarser than the judge's verdict, which stands beside it, and wider: it also knows what can
/// happen to an answer before and around its judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Verdict {
    /// Every layer passed, and no canary did.
    Pass,
    /// A layer failed.
    Fail,
    /// The compiler refuses it, or the judge cannot call it.
    CompileError,
    /// The compiler could not finish within its limits.
    CompileLimit,
    /// It panicked where it should not.
    Panic,
    /// The system ended its process.
    Crash,
    /// It ended its process.
    EarlyExit,
    /// Its threads wait for each other for ever.
    Deadlock,
    /// It used up its processor time.
    TimeoutCpu,
    /// It used up its time on the clock.
    TimeoutWall,
    /// It used up its memory.
    Oom,
    /// It used up its processes and threads.
    PidLimit,
    /// It printed too much.
    OutputLimit,
    /// Its text contains what no answer may contain.
    Forbidden,
    /// What was handed in is no answer to this exercise: no text, too large, not one file.
    Rejected,
    /// It spoke in the judge's place.
    Tampered,
    /// It passed in some runs and failed in others.
    Flaky,
    /// The grader could not do its work; this says nothing about the answer, and gives no score.
    GraderError,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Verdict; 18] = [
        Verdict::Pass,
        Verdict::Fail,
        Verdict::CompileError,
        Verdict::CompileLimit,
        Verdict::Panic,
        Verdict::Crash,
        Verdict::EarlyExit,
        Verdict::Deadlock,
        Verdict::TimeoutCpu,
        Verdict::TimeoutWall,
        Verdict::Oom,
        Verdict::PidLimit,
        Verdict::OutputLimit,
        Verdict::Forbidden,
        Verdict::Rejected,
        Verdict::Tampered,
        Verdict::Flaky,
        Verdict::GraderError,
    ];

    /// Its name wherever it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Pass => "PASS",
            Verdict::Fail => "FAIL",
            Verdict::CompileError => "COMPILE_ERROR",
            Verdict::CompileLimit => "COMPILE_LIMIT",
            Verdict::Panic => "PANIC",
            Verdict::Crash => "CRASH",
            Verdict::EarlyExit => "EARLY_EXIT",
            Verdict::Deadlock => "DEADLOCK",
            Verdict::TimeoutCpu => "TIMEOUT_CPU",
            Verdict::TimeoutWall => "TIMEOUT_WALL",
            Verdict::Oom => "OOM",
            Verdict::PidLimit => "PID_LIMIT",
            Verdict::OutputLimit => "OUTPUT_LIMIT",
            Verdict::Forbidden => "FORBIDDEN",
            Verdict::Rejected => "REJECTED",
            Verdict::Tampered => "TAMPERED",
            Verdict::Flaky => "FLAKY",
            Verdict::GraderError => "GRADER_ERROR",
        }
    }

    /// The class of a judge's verdict.
    pub fn of(verdict: judge::Verdict) -> Verdict {
        match verdict {
            judge::Verdict::Pass => Verdict::Pass,
            judge::Verdict::DoesNotCompile => Verdict::CompileError,
            judge::Verdict::BreaksARule => Verdict::Forbidden,
            judge::Verdict::Deadlock => Verdict::Deadlock,
            judge::Verdict::Hangs => Verdict::TimeoutCpu,
            judge::Verdict::Panics => Verdict::Panic,
            judge::Verdict::Exits => Verdict::EarlyExit,
            judge::Verdict::Crashes => Verdict::Crash,
            judge::Verdict::Flaky => Verdict::Flaky,
            judge::Verdict::CouldNotJudge => Verdict::GraderError,
            _ => Verdict::Fail,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Verdict {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = || Verdict::ALL.map(Verdict::as_str).join(", ");
        Verdict::ALL
            .into_iter()
            .find(|verdict| verdict.as_str() == name)
            .ok_or_else(|| format!("`{name}` is no verdict; known are {}", known()))
    }
}

/// How one layer went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    /// Its name, unique in its judge.
    pub name: String,
    /// What it looks at.
    pub what: String,
    /// `passed`, `failed` or `not-run`.
    pub status: String,
    /// What was covered.
    pub note: String,
}

/// What an instructor's extra check came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hidden {
    /// The stem of its file.
    pub name: String,
    /// How it ended.
    pub verdict: Verdict,
    /// Why.
    pub sentence: String,
    /// Its layers.
    pub layers: Vec<Layer>,
}

/// What grading one answer to one exercise came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The class.
    pub verdict: Verdict,
    /// The judge's own verdict, such as `lost-update`; empty if no judge spoke.
    pub finding: String,
    /// The layer that decided, `schedules`; `compile` before there were any; empty if all passed.
    pub layer: String,
    /// One sentence.
    pub sentence: String,
    /// More of them.
    pub details: Vec<String>,
    /// Where in the answer to look: file, line, code.
    pub place: Option<(String, u32, String)>,
    /// The failing schedule, as the judge tells it.
    pub story: Option<Value>,
    /// Every layer of the exercise.
    pub layers: Vec<Layer>,
    /// The compiler's first error as it shows it, without colours.
    pub compiler: Option<String>,
    /// What a person should look at, though it decides nothing.
    pub flags: Vec<String>,
    /// What the program printed, shortened. Shown, never believed.
    pub printed: String,
    /// What the instructor's own checks said.
    pub hidden: Vec<Hidden>,
    /// How it was boxed.
    pub backend: String,
    /// How long it took, in milliseconds. Decides nothing.
    pub wall_ms: u64,
}

impl Outcome {
    /// An outcome that says only this much.
    pub fn new(verdict: Verdict, layer: &str, sentence: impl Into<String>) -> Outcome {
        Outcome {
            verdict,
            finding: String::new(),
            layer: layer.to_owned(),
            sentence: sentence.into(),
            details: Vec::new(),
            place: None,
            story: None,
            layers: Vec::new(),
            compiler: None,
            flags: Vec::new(),
            printed: String::new(),
            hidden: Vec::new(),
            backend: String::new(),
            wall_ms: 0,
        }
    }

    /// What a judge said.
    pub fn judged(judgement: &Judgement) -> Outcome {
        let mut outcome = Outcome::new(Verdict::of(judgement.verdict), &judgement.layer, &judgement.sentence);
        outcome.finding = judgement.verdict.as_str().to_owned();
        outcome.details.clone_from(&judgement.details);
        outcome.place =
            judgement.place.as_ref().map(|place| (place.file.clone(), place.line, place.code.clone()));
        outcome.story = judgement.story.as_ref().map(judge::story_to_json);
        outcome.layers = layers(judgement);
        outcome
    }
}

/// The layers of a judgement, without their times.
pub fn layers(judgement: &Judgement) -> Vec<Layer> {
    let layer = |report: &judge::LayerReport| Layer {
        name: report.name.clone(),
        what: report.what.clone(),
        status: report.status.as_str().to_owned(),
        note: report.note.clone(),
    };
    judgement.layers.iter().map(layer).collect()
}

impl Layer {
    /// A layer that has not run.
    pub fn not_run(name: &str, what: &str) -> Layer {
        Layer {
            name: name.to_owned(),
            what: what.to_owned(),
            status: Status::NotRun.as_str().to_owned(),
            note: String::new(),
        }
    }

    /// `schedules` of `schedules-2`.
    pub fn kind(&self) -> &str {
        judge::kind_of(&self.name)
    }

    /// Whether it passed.
    pub fn passed(&self) -> bool {
        self.status == Status::Passed.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_there_and_back_and_are_those_of_json() {
        for verdict in Verdict::ALL {
            assert_eq!(verdict.as_str().parse(), Ok(verdict));
            assert_eq!(serde_json::to_value(verdict).unwrap(), verdict.as_str());
        }
        let error = "Pass".parse::<Verdict>().unwrap_err();
        assert!(error.contains("known are PASS, FAIL"), "{error}");
    }

    #[test]
    fn only_a_pass_is_a_pass() {
        for verdict in judge::Verdict::ALL {
            assert_eq!(Verdict::of(verdict) == Verdict::Pass, verdict.is_pass(), "{verdict}");
        }
    }
}
