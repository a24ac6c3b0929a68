//! A failing schedule as plain data: every name and place resolved, ready to be drawn.

/// A schedule, step by step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Story {
    /// What went wrong, in a few words.
    pub title: String,
    /// The names of the threads; a step's `thread` is an index into these.
    pub threads: Vec<String>,
    /// What happened, in order.
    pub steps: Vec<Step>,
    /// Why it went wrong, in sentences.
    pub because: Vec<String>,
    /// The token that replays this schedule.
    pub replay: String,
    /// In which schedule, counted from 1, it was found.
    pub schedule: usize,
    /// How many unlucky moments it took.
    pub cost: usize,
}

/// One thing a thread did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Index into [`Story::threads`].
    pub thread: usize,
    /// What it did.
    pub text: String,
    /// Where, if the step has a place of its own.
    pub place: Option<Place>,
    /// Whether this step is part of what went wrong.
    pub bad: bool,
    /// Whether the thread before could have gone on, and was interrupted.
    pub switched: bool,
}

/// A line of source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The file, as the compiler was given it.
    pub file: String,
    /// The line, counted from 1.
    pub line: u32,
    /// The text of that line, trimmed; empty when it could not be read.
    pub code: String,
}

impl Story {
    /// The schedule as a timeline for a terminal `width` columns wide.
    pub fn terminal(&self, _width: usize, _colour: bool) -> String {
        format!("{}\n", self.title)
    }
}
