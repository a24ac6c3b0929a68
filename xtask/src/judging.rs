//! Judging one answer: compile it, run its judge, and say how it ended.
use crate::capture::{ANSWER_BYTES, Drain};
use crate::compile::{Answer, Compiled, Timing, compile};
use crate::diagnostics::{Diagnostic, plain};
use crate::files;
use crate::hints::{Hint, is_code};
use crate::lessons::Exercise;
use crate::process::{LAST_WORDS, has_ended, start};
use crate::workspace::Workspace;
use anyhow::{Result, bail};
use interleave::Place;
use judge::protocol::{CHANNEL_VARIABLE, Ending, Message, Read, Runner};
use judge::{Judgement, Observer, Verdict};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How often to look whether a judge has ended that keeps silent.
const GLANCE: Duration = Duration::from_millis(20);

/// How long a judge may take to end after its last word.
const GRACE: Duration = Duration::from_secs(2);

/// A run may take so many times its limit, in seconds for each second of it, when it is kept waiting for the processor.
const LONGEST: Duration = Duration::from_secs(15);

/// A judgement and what goes with it.
#[derive(Debug)]
pub struct Judged {
    /// The judgement.
    pub judgement: Judgement,
    /// What the program printed.
    pub printed: String,
    /// What the compiler said, if it refused the answer.
    pub compiler: Option<Refusal>,
    /// Where the time went.
    pub timing: Timing,
}

/// What the compiler said of an answer that it refused.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Its first error as it rendered it, coloured.
    pub rendered: String,
    /// How many more there are.
    pub more: usize,
    /// The codes of all of them that have one, in its order; none when the first is one of syntax, which has none: what
    /// comes after it may come of it.
    pub codes: Vec<String>,
}

impl Judged {
    /// The hint that belongs to this verdict: the exercise's own, or what helps in every exercise.
    pub fn hint<'a>(&self, exercise: &'a Exercise) -> Option<Hint<'a>> {
        let codes = self.compiler.as_ref().map_or(&[][..], |refusal| &refusal.codes);
        exercise.hint_for.of(self.judgement.verdict, codes).or(self.judgement.verdict.advice().map(Hint::new))
    }
}

/// Somebody who follows a judgement.
pub trait Watcher {
    /// The judge said something.
    fn heard(&mut self, message: &Message);

    /// Whether the judgement is no longer wanted.
    fn gave_up(&self) -> bool {
        false
    }
}

/// Follows nothing.
pub struct Nobody;

impl Watcher for Nobody {
    fn heard(&mut self, _: &Message) {}
}

/// Judges an answer. Every trouble that is not the answer's own becomes the verdict `could-not-judge`.
pub fn judge(workspace: &Workspace, answer: &Answer, watcher: &mut dyn Watcher) -> Judged {
    let mut timing = Timing::default();
    attempt(workspace, answer, &mut timing, watcher).unwrap_or_else(|trouble| {
        let mut judgement = Judgement::new(
            &answer.exercise.id,
            Verdict::CouldNotJudge,
            "",
            "The judge could not do its work; this says nothing about the answer.",
        );
        judgement.details.push(format!("{trouble:#}"));
        Judged { judgement, printed: String::new(), compiler: None, timing }
    })
}

fn attempt(
    workspace: &Workspace,
    answer: &Answer,
    timing: &mut Timing,
    watcher: &mut dyn Watcher,
) -> Result<Judged> {
    // Another terminal may be judging the same exercise.
    let _alone = files::lock(&answer.folder(workspace).join("lock"))?;
    let compiled = compile(workspace, answer, timing)?;
    let (judgement, printed, compiler) = match compiled {
        Compiled::AnswerRefused(errors) => {
            let sentence = "The compiler refuses it; start with its first message.";
            let (judgement, compiler) = refused(workspace, answer, sentence, &errors);
            (judgement, String::new(), Some(compiler))
        }
        Compiled::JudgeRefused(errors) => {
            judge_compiles_otherwise(workspace, answer, &errors)?;
            let sentence = "The judge cannot call it: keep the functions as the starter declares them.";
            let (judgement, compiler) = refused(workspace, answer, sentence, &errors);
            (judgement, String::new(), Some(compiler))
        }
        Compiled::Ready(binary) => {
            let begin = Instant::now();
            let (judgement, printed) = run(workspace, answer, &binary, Special::default(), watcher)?;
            timing.run = begin.elapsed();
            (judgement, printed, None)
        }
    };
    Ok(Judged { judgement, printed, compiler, timing: *timing })
}

/// When the judge does not compile against an answer, it is the answer's fault only if the judge compiles against the
/// untouched starter.
fn judge_compiles_otherwise(workspace: &Workspace, answer: &Answer, errors: &[Diagnostic]) -> Result<()> {
    let Some(starter) = answer.lesson.starter(&answer.exercise.id)? else { return Ok(()) };
    let probe = Answer { slot: "probe", ..*answer };
    let source = probe.folder(workspace).join(format!("{}.rs", answer.exercise.id));
    files::replace(&source, starter)?;
    match compile(workspace, &Answer { source: &source, ..probe }, &mut Timing::default())? {
        Compiled::Ready(_) => Ok(()),
        Compiled::AnswerRefused(_) | Compiled::JudgeRefused(_) => {
            bail!(
                "the judge does not compile, not even with the untouched starter:\n{}",
                plain(&errors[0].rendered)
            )
        }
    }
}

/// The judgement of what does not compile, and the first error as the compiler shows it.
fn refused(
    workspace: &Workspace,
    answer: &Answer,
    sentence: &str,
    errors: &[Diagnostic],
) -> (Judgement, Refusal) {
    let mut judgement = Judgement::new(&answer.exercise.id, Verdict::DoesNotCompile, "compile", sentence);
    let first = &errors[0];
    judgement.details.push(plain(&first.message));
    judgement.place = first.place.as_ref().map(|(file, line)| {
        let text = files::read(&workspace.root.join(file)).unwrap_or_default();
        let code = text.lines().nth(*line as usize - 1).unwrap_or("").trim().to_owned();
        Place { file: file.clone(), line: *line, code }
    });
    let coded = errors.iter().map(|error| error.code.clone()).filter(|code| is_code(code));
    let codes = if is_code(&first.code) { coded.collect() } else { Vec::new() };
    (judgement, Refusal { rendered: first.rendered.trim_end().to_owned(), more: errors.len() - 1, codes })
}

/// What is out of the ordinary about a run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Special<'a> {
    /// More variables for its environment.
    pub variables: &'a [(&'a str, String)],
    /// Another limit than the exercise's, in seconds.
    pub limit_s: Option<u64>,
}

/// Runs a judge in its own process group, listens to it, and ends the group whatever happens. `binary` is what [`compile`] made of the answer, or a copy.
pub fn run(
    workspace: &Workspace,
    answer: &Answer,
    binary: &Path,
    special: Special<'_>,
    watcher: &mut dyn Watcher,
) -> Result<(Judgement, String)> {
    let (mut runner, channel) = Runner::start()?;
    let mut command = Command::new(binary);
    command
        .current_dir(&workspace.root)
        .env(CHANNEL_VARIABLE, "stdin")
        .env("JUDGE_ANSWER", workspace.below_root(answer.source))
        .env_remove("RUST_BACKTRACE")
        .envs(special.variables.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::from(channel))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut group = start(&mut command)?;
    // The command holds the child's end of the channel; its end shall be seen when the child's is closed.
    drop(command);
    let stdout = group.child.stdout.take().map(|stream| Drain::start(stream, ANSWER_BYTES));
    let stderr = group.child.stderr.take().map(|stream| Drain::start(stream, ANSWER_BYTES));

    let limit = special.limit_s.unwrap_or(answer.exercise.limit_s);
    let mut deadline = Instant::now() + Duration::from_secs(limit);
    let mut silent = false;
    let mut observer = Observer::of(group.child.id());
    let (mut still, mut done) = (false, false);
    let began = Instant::now();
    let in_time = loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if has_ended(&mut group) {
            break true;
        }
        still = observer.look(&runner);
        if left.is_zero() && !still && !done && began.elapsed() < LONGEST * limit as u32 {
            // What it was kept waiting for the processor is no time of its own.
            let own = began.elapsed().saturating_sub(observer.starved());
            let rest = Duration::from_secs(limit).saturating_sub(own);
            if !rest.is_zero() {
                deadline = Instant::now() + rest.max(GRACE);
                continue;
            }
        }
        if left.is_zero() || still {
            observer.look_at_last(&runner);
            break false;
        }
        if watcher.gave_up() {
            bail!("the file was changed while it was judged");
        }
        if silent {
            thread::sleep(Duration::from_millis(1));
            continue;
        }
        match runner.read(left.min(GLANCE))? {
            Read::Messages(messages) => {
                for message in &messages {
                    watcher.heard(message);
                    if matches!(message, Message::Done(_)) {
                        done = true;
                        deadline = Instant::now() + GRACE;
                    }
                }
            }
            Read::Nothing => {}
            // Nothing more can come; only its end is waited for.
            Read::End => silent = true,
        }
    };
    // No child of the answer outlives its judgement.
    group.kill();
    let status = group.child.wait()?;
    runner.drain()?;
    let ending = if in_time { Ending::from(status) } else { Ending::Limit(limit) };
    let mut judgement = runner.finish().judgement(&answer.exercise.id, ending);
    if !in_time {
        excuse_long_search(&mut judgement, limit);
        observer.explain(&mut judgement, still);
    }
    let text = |drain: Option<Drain>| drain.map(|drain| drain.text(LAST_WORDS)).unwrap_or_default();
    let printed = format!("{}{}", text(stdout), text(stderr));
    Ok((judgement, printed))
}

/// Whether a layer's code runs in checks.
fn is_explored(layer: &str) -> bool {
    matches!(layer, "schedules" | "overlap" | "over-locking" | "speed")
}

/// Whether the layer with this name runs on real threads, and not in checks or on the text.
pub fn is_real(layer: &str) -> bool {
    kind(layer) != "rules" && !is_explored(kind(layer))
}

/// Whether the layer with this name runs in checks.
pub fn is_explored_layer(layer: &str) -> bool {
    is_explored(kind(layer))
}

/// `schedules` of `schedules-2`.
fn kind(layer: &str) -> &str {
    layer.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-')
}

/// Takes back the verdict `hangs` where the limit ended a search for schedules.
///
/// The explorer itself notices a loop without end. When the clock stops it instead, it was still at work, and how far
/// it gets in a time is a matter of the machine: no verdict on the answer may come of it.
fn excuse_long_search(judgement: &mut Judgement, limit: u64) {
    if judgement.verdict != Verdict::Hangs || !is_explored(&judgement.layer) {
        return;
    }
    judgement.verdict = Verdict::CouldNotJudge;
    judgement.sentence = format!(
        "The search through the schedules was not finished after {limit} s, in `{}`: it is too long for its limit.",
        judgement.layer
    );
    judgement.details = vec![
        "This says neither that the answer is right nor that it is wrong. Every step that threads share \
         multiplies the orders to try: an answer that does fewer of them, or does them less often, has fewer."
            .to_owned(),
        "`limit_s` of the exercise in lesson.toml says how long a search may take.".to_owned(),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_real_threads_hang_by_the_clock() {
        for (layer, verdict) in [
            ("schedules", Verdict::CouldNotJudge),
            ("overlap", Verdict::CouldNotJudge),
            ("over-locking", Verdict::CouldNotJudge),
            ("cost", Verdict::Hangs),
            ("spec", Verdict::Hangs),
        ] {
            let mut judgement = Judgement::new("e101_x", Verdict::Hangs, layer, "still running");
            excuse_long_search(&mut judgement, 20);
            assert_eq!(judgement.verdict, verdict, "{layer}");
        }
        let mut done = Judgement::new("e101_x", Verdict::Deadlock, "schedules", "they wait");
        excuse_long_search(&mut done, 20);
        assert_eq!(done.verdict, Verdict::Deadlock, "what the judge said in time stands");
    }
}
