//! The same verdict every time, whoever else keeps the machine busy: every solution and every wrong answer, again and
//! again, beside 0, 1, 2 and 4 busy neighbours.
use super::journal::{Journal, Run};
use super::neighbours::Neighbours;
use super::{Program, Shipped, program, shipped};
use crate::compile::Answer;
use crate::judging::{self, Nobody, Special, Watcher};
use crate::select::Chosen;
use crate::workspace::Workspace;
use anyhow::Result;
use judge::Verdict;
use judge::protocol::Message;
use std::time::{Duration, Instant};

/// How many neighbours there are, one round after the other.
pub const NEIGHBOURS: [usize; 4] = [0, 1, 2, 4];

/// How often.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Runs of each solution, over all loads.
    pub runs: usize,
    /// How many of those run every layer; the others run those on real threads, where load matters.
    pub whole: usize,
    /// Runs of each wrong answer, every layer.
    pub wrong: usize,
    /// Stops after so many minutes; the same call goes on.
    pub minutes: Option<u64>,
}

/// One answer under test.
pub struct Subject<'a> {
    /// The exercise.
    pub chosen: Chosen<'a>,
    /// The answer.
    pub shipped: Shipped,
    program: Option<Program>,
    /// The layers that run on real threads.
    real: Vec<String>,
}

impl Subject<'_> {
    /// Whether a run is one of this very program.
    pub fn owns(&self, run: &Run) -> bool {
        self.program.as_ref().is_some_and(|program| {
            run.program == program.hash && run.exercise == self.chosen.1.id && run.answer == self.shipped.name
        })
    }

    /// Whether the run came out as it must.
    pub fn holds(&self, run: &Run) -> bool {
        let layer = self.shipped.layer.as_ref();
        run.verdict == self.shipped.verdict.as_str() && layer.is_none_or(|layer| *layer == run.layer)
    }

    fn wanted(&self, plan: Plan) -> usize {
        if self.shipped.verdict.is_pass() { plan.runs } else { plan.wrong }
    }
}

/// Compiles everything once; if there is no time to run anything, what is there already is taken.
pub fn prepare<'a>(
    workspace: &Workspace,
    chosen: &[Chosen<'a>],
    plan: Plan,
    tell: &mut dyn FnMut(&str),
) -> Result<Vec<Subject<'a>>> {
    let mut subjects = Vec::new();
    for &(lesson, exercise) in chosen {
        for answer in shipped(lesson, exercise) {
            tell(&format!("compiling {} {} …", exercise.id, answer.name));
            let program =
                program(workspace, lesson, exercise, &answer.source, &answer.name, plan.minutes != Some(0))?;
            subjects.push(Subject { chosen: (lesson, exercise), shipped: answer, program, real: Vec::new() });
        }
    }
    Ok(subjects)
}

/// Runs what is still missing. Each round goes once through all loads, so that a measurement which is stopped early has
/// something of each.
pub fn run(
    workspace: &Workspace,
    subjects: &mut [Subject<'_>],
    plan: Plan,
    journal: &mut Journal,
    tell: &mut dyn FnMut(&Subject<'_>, &Run),
) -> Result<()> {
    let rounds = plan.runs.max(plan.wrong).div_ceil(NEIGHBOURS.len());
    let stop = plan.minutes.map(|minutes| Instant::now() + Duration::from_secs(60 * minutes));
    for round in 0..rounds {
        for neighbours in NEIGHBOURS {
            let missing = |subject: &Subject<'_>, journal: &Journal| {
                let with_these = |run: &&Run| subject.owns(run) && run.neighbours == neighbours;
                let wanted = subject.wanted(plan).div_ceil(NEIGHBOURS.len());
                subject.program.is_some()
                    && round < wanted
                    && journal.runs.iter().filter(with_these).count() <= round
            };
            if !subjects.iter().any(|subject| missing(subject, journal)) {
                continue;
            }
            let _neighbours = Neighbours::start(neighbours)?;
            for subject in subjects.iter_mut() {
                if stop.is_some_and(|stop| Instant::now() > stop) {
                    return Ok(());
                }
                if !missing(subject, journal) {
                    continue;
                }
                let whole =
                    !subject.shipped.verdict.is_pass() || round < plan.whole.div_ceil(NEIGHBOURS.len());
                let run = once(workspace, subject, neighbours, whole)?;
                journal.add(run.clone())?;
                tell(subject, &run);
            }
        }
    }
    Ok(())
}

/// Learns which layers there are.
struct Layers(Vec<String>);

impl Watcher for Layers {
    fn heard(&mut self, message: &Message) {
        if let Message::Begin { layers, .. } = message {
            self.0 = layers.iter().map(|layer| layer.name.clone()).collect();
        }
    }
}

fn once(workspace: &Workspace, subject: &mut Subject<'_>, neighbours: usize, whole: bool) -> Result<Run> {
    let (lesson, exercise) = subject.chosen;
    let answer = Answer { lesson, exercise, source: &subject.shipped.source, slot: "measure" };
    let Some(program) = &subject.program else { anyhow::bail!("{} does not compile", subject.shipped.name) };
    if !whole && subject.real.is_empty() {
        let mut layers = Layers(Vec::new());
        let none = [("JUDGE_LAYERS", String::new())];
        let special = Special { variables: &none, ..Special::default() };
        judging::run(workspace, &answer, &program.path, special, &mut layers)?;
        subject.real = layers.0.into_iter().filter(|name| judging::is_real(name)).collect();
    }
    let only = [("JUDGE_LAYERS", subject.real.join(","))];
    let whole = whole || subject.real.is_empty();
    let begin = Instant::now();
    let special = Special { variables: if whole { &[] } else { &only }, ..Special::default() };
    let (judgement, _) = judging::run(workspace, &answer, &program.path, special, &mut Nobody)?;
    Ok(Run {
        exercise: exercise.id.clone(),
        answer: subject.shipped.name.clone(),
        program: program.hash.clone(),
        neighbours,
        whole,
        verdict: judgement.verdict.to_string(),
        layer: judgement.layer,
        millis: u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX),
    })
}

/// What came of one exercise.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// The exercise.
    pub exercise: String,
    /// For each load: runs of the solution, and those that were rejected.
    pub solution: [(usize, usize); 4],
    /// How many of the solution's runs went through every layer.
    pub whole: usize,
    /// How many wrong answers there are.
    pub wrong: usize,
    /// For each load: runs of wrong answers, and those with another verdict or from another layer.
    pub rejected: [(usize, usize); 4],
    /// Wrong answers that do not compile, as they should not: nothing to run.
    pub refused: usize,
}

/// The table so far: of the programs as they are now.
pub fn table(subjects: &[Subject<'_>], journal: &Journal) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for subject in subjects {
        let id = &subject.chosen.1.id;
        if rows.last().is_none_or(|row| row.exercise != *id) {
            rows.push(Row { exercise: id.clone(), ..Row::default() });
        }
        let Some(row) = rows.last_mut() else { continue };
        let right = subject.shipped.verdict.is_pass();
        if !right {
            row.wrong += 1;
            row.refused += usize::from(subject.shipped.verdict == Verdict::DoesNotCompile);
        }
        for run in journal.runs.iter().filter(|run| subject.owns(run)) {
            let Some(load) = NEIGHBOURS.iter().position(|n| *n == run.neighbours) else { continue };
            let cell = if right { &mut row.solution[load] } else { &mut row.rejected[load] };
            cell.0 += 1;
            cell.1 += usize::from(!subject.holds(run));
            row.whole += usize::from(right && run.whole);
        }
    }
    rows
}

/// The runs that did not come out as they must.
pub fn differing<'a>(subjects: &[Subject<'_>], journal: &'a Journal) -> Vec<&'a Run> {
    let differs = |run: &&Run| subjects.iter().any(|subject| subject.owns(run) && !subject.holds(run));
    journal.runs.iter().filter(differs).collect()
}
