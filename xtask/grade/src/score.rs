//! From an outcome to points, in hundredths of a point, so that no sum depends on rounding.
use crate::bundle::Task;
use crate::config::Config;
use crate::intake::Student;
use crate::outcome::{Outcome, Verdict};
use std::fmt;

/// Points, in hundredths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Points(pub u64);

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_multiple_of(100) {
            write!(f, "{}", self.0 / 100)
        } else {
            write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
        }
    }
}

/// What an answer is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Score {
    /// The points; none where the grader could not do its work.
    pub points: Option<Points>,
    /// The most there are.
    pub most: Points,
    /// How many days late it was.
    pub days_late: u64,
    /// How it came about, for the page.
    pub how: String,
}

/// What a student gets for an exercise; `outcome` is none if nothing was judged and nothing will be.
pub fn score(config: &Config, task: &Task, student: &Student, outcome: Option<&Outcome>) -> Score {
    let most = Points(config.points.get(&task.id).copied().unwrap_or(task.points) * 100);
    let days_late = days_late(config, task, student);
    let mut score = Score { points: Some(Points(0)), most, days_late, how: String::new() };
    let Some(outcome) = outcome else { return score };
    if outcome.verdict == Verdict::GraderError {
        score.points = None;
        return score;
    }
    let hidden = if outcome.hidden.is_empty() { 0 } else { config.hidden_percent };
    let open = share(config, outcome) * (100 - hidden) as u128;
    let passed = outcome.hidden.iter().filter(|check| check.verdict == Verdict::Pass).count() as u128;
    let closed = (passed * WHOLE * u128::from(hidden)).checked_div(outcome.hidden.len() as u128).unwrap_or(0);
    let whole = u128::from(most.0) * (open + closed) / (WHOLE * 100);
    let percent = config.late_percent(days_late);
    if percent != 100 {
        score.how = format!("{percent} % of {}: {}", Points(whole as u64), days(days_late));
    }
    score.points = Some(Points((whole * u128::from(percent) / 100) as u64));
    score
}

/// "1 day late"
pub fn days(days: u64) -> String {
    if days == 1 { "1 day late".to_owned() } else { format!("{days} days late") }
}

fn days_late(config: &Config, task: &Task, student: &Student) -> u64 {
    let number = xtask::lessons::number(&task.id);
    let is_meant = |who: &String| [&student.id, &student.name, &student.platform_id].contains(&who);
    let more = config
        .extension
        .iter()
        .filter(|e| is_meant(&e.student))
        .filter(|e| e.exercises.is_empty() || e.exercises.iter().any(|x| *x == task.id || x == number))
        .map(|extension| extension.days)
        .max()
        .unwrap_or(0);
    // What the instructor says stands above what a platform says.
    let known =
        config.handed_in.iter().filter(|handed| is_meant(&handed.student)).map(|handed| handed.at).max();
    match known.or_else(|| student.at.as_deref().and_then(|at| at.parse().ok())) {
        Some(at) => config.days_late(at, more),
        // The platform knows that it was late and does not say by how much.
        None if student.marked_late && more == 0 => 1,
        None => 0,
    }
}

/// The whole of an exercise.
const WHOLE: u128 = 1_000_000;

/// How much of the exercise the answer does, in millionths.
fn share(config: &Config, outcome: &Outcome) -> u128 {
    match outcome.verdict {
        Verdict::Pass => return WHOLE,
        // These say that nothing of it can be trusted, or that there is nothing to trust.
        Verdict::Tampered
        | Verdict::Forbidden
        | Verdict::Rejected
        | Verdict::CompileError
        | Verdict::CompileLimit
        | Verdict::GraderError => return 0,
        _ => {}
    }
    if outcome.finding == judge::Verdict::NotStarted.as_str() {
        return 0;
    }
    let kinds = |kind: &str| outcome.layers.iter().filter(|layer| layer.kind() == kind).count() as u128;
    // A kind of layer that this exercise does not have counts for nothing.
    let shares: Vec<(&str, u128)> = config
        .layers
        .iter()
        .filter(|(kind, _)| kinds(kind) > 0)
        .map(|(kind, share)| (kind.as_str(), u128::from(*share)))
        .collect();
    let all: u128 = shares.iter().map(|(_, share)| share).sum();
    if all == 0 {
        return 0;
    }
    let mut sum = 0;
    for (kind, share) in shares {
        let passed = outcome.layers.iter().filter(|layer| layer.kind() == kind && layer.passed()).count();
        sum += WHOLE * share * passed as u128 / kinds(kind) / all;
    }
    // Only a pass is worth everything.
    sum.min(WHOLE - 1)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::outcome::{Hidden, Layer};

    /// A task of which only the points count.
    pub(crate) fn task() -> Task {
        Task {
            id: "e302_bank".into(),
            title: String::new(),
            lesson: String::new(),
            folder: String::new(),
            points: 20,
            limit_s: 1,
            programs: Vec::new(),
            judges: "/".into(),
            sources: "/".into(),
            reference: "/".into(),
            externs: Vec::new(),
            search: Vec::new(),
            announces: String::new(),
            layers: Vec::new(),
            hash: String::new(),
        }
    }

    fn outcome(verdict: Verdict, passed: &[&str], failed: &[&str]) -> Outcome {
        let mut outcome = Outcome::new(verdict, "", "");
        let layer = |name: &&str, status: &str| Layer { status: status.into(), ..Layer::not_run(name, "") };
        outcome.layers = passed.iter().map(|name| layer(name, "passed")).collect();
        outcome.layers.extend(failed.iter().map(|name| layer(name, "failed")));
        outcome
    }

    fn points(config: &str, outcome: &Outcome) -> Option<String> {
        let config = toml::from_str(config).unwrap();
        score(&config, &task(), &Student::default(), Some(outcome)).points.map(|points| points.to_string())
    }

    #[test]
    fn right_is_right_and_wrong_is_wrong_unless_layers_count() {
        let right = outcome(Verdict::Pass, &["rules", "schedules", "schedules-2", "spec"], &[]);
        let wrong = outcome(Verdict::Fail, &["rules", "schedules"], &["schedules-2", "spec"]);
        assert_eq!(points("", &right).unwrap(), "20");
        assert_eq!(points("", &wrong).unwrap(), "0");
        let layers = "[layers]\nrules = 10\nschedules = 60\noverlap = 50\nspec = 30\n";
        assert_eq!(points(layers, &right).unwrap(), "20");
        assert_eq!(points(layers, &wrong).unwrap(), "8", "10 and half of 60, of 100: there is no overlap");
        assert_eq!(points("[points]\ne302_bank = 3\n[layers]\nschedules = 1\n", &wrong).unwrap(), "1.50");
    }

    #[test]
    fn what_cannot_be_trusted_is_worth_nothing_and_what_was_not_graded_has_no_score() {
        let layers = "[layers]\nschedules = 60\n";
        for verdict in [Verdict::Tampered, Verdict::Forbidden, Verdict::CompileError, Verdict::Rejected] {
            assert_eq!(points(layers, &outcome(verdict, &["schedules"], &[])).unwrap(), "0");
        }
        assert_eq!(points(layers, &outcome(Verdict::GraderError, &["schedules"], &[])), None);
        let almost = outcome(Verdict::Fail, &["schedules"], &["spec"]);
        assert_eq!(points(layers, &almost).unwrap(), "19.99", "only a pass is worth everything");
    }

    #[test]
    fn hidden_checks_have_their_share() {
        let mut right = outcome(Verdict::Pass, &["rules"], &[]);
        let check =
            |verdict| Hidden { name: "h".into(), verdict, sentence: String::new(), layers: Vec::new() };
        right.hidden = vec![check(Verdict::Pass), check(Verdict::Fail)];
        assert_eq!(points("hidden_percent = 40\n", &right).unwrap(), "16");
        assert_eq!(points("", &right).unwrap(), "20");
    }

    #[test]
    fn lateness_and_extensions() {
        let config: Config = toml::from_str(
            "due = \"2026-11-20T00:00:00Z\"\n[late]\npercent_per_day = 25\n[[extension]]\nstudent = \"ann\"\ndays = 2\nexercises = [\"302\"]\n",
        )
        .unwrap();
        let right = outcome(Verdict::Pass, &["rules"], &[]);
        let mut student =
            Student { id: "ann".into(), at: Some("2026-11-21T12:00:00Z".into()), ..Student::default() };
        let of = |student: &Student| score(&config, &task(), student, Some(&right));
        assert_eq!(of(&student).points, Some(Points(2000)));
        student.id = "ben".into();
        assert_eq!((of(&student).points, of(&student).days_late), (Some(Points(1000)), 2));
        student.at = None;
        student.marked_late = true;
        assert_eq!(of(&student).points, Some(Points(1500)));
        // What the instructor knows counts more than what the platform says, and the latest of several.
        let known = "due = \"2026-11-20T00:00:00Z\"\n[late]\npercent_per_day = 25\n\
            [[handed_in]]\nstudent = \"ben\"\nat = \"2026-11-19T00:00:00Z\"\n\
            [[handed_in]]\nstudent = \"ben\"\nat = \"2026-11-21T01:00:00+01:00\"\n";
        let known: Config = toml::from_str(known).unwrap();
        let late = score(&known, &task(), &student, Some(&right));
        assert_eq!((late.points, late.days_late), (Some(Points(1500)), 1));
        student.id = "cleo".into();
        student.marked_late = false;
        assert_eq!(score(&known, &task(), &student, Some(&right)).days_late, 0);
    }
}
