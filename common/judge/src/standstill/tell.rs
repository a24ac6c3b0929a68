//! What was seen of a run that did not come to its end, as a judgement.
use super::board::{Board, Seen};
use super::{Observer, Sight};
use crate::report::Judgement;
use crate::verdict::Verdict;
use interleave::Place;

/// How many threads or processes are told of; there may be hundreds.
const TOLD: usize = 12;

impl Observer {
    /// Says in `judgement`, of a run that was ended, what was seen of it. `still`: it stood still.
    ///
    /// Does nothing to a judgement that was not made because the run was ended.
    pub fn explain(&self, judgement: &mut Judgement, still: bool) {
        let Some(sight) = self.sight().filter(|_| judgement.verdict == Verdict::Hangs) else { return };
        if !still {
            judgement.details.splice(0..0, sight.details());
            judgement.place = judgement.place.take().or_else(|| sight.place_of_the_busy());
            return;
        }
        judgement.verdict = Verdict::Deadlock;
        judgement.sentence = sight.sentence();
        judgement.place = sight.culprit().and_then(|seen| seen.waits.as_ref()?.place.clone());
        judgement.details = sight.details();
    }
}

impl Sight {
    fn threads(&self) -> &[Seen] {
        self.board.as_ref().map_or(&[], |board| &board.threads)
    }

    /// The thread to look at first: one in a circle, or else one that waits in the answer.
    fn culprit(&self) -> Option<&Seen> {
        let in_answer = |seen: &&Seen| seen.waits.as_ref().is_some_and(|waits| waits.place.is_some());
        let circle = self.board.as_ref().map(Board::circle).unwrap_or_default();
        // Who waits for the end of others is not to blame for it.
        let waits_for_ends =
            |seen: &&Seen| seen.waits.as_ref().is_some_and(|w| w.wants.starts_with("end of"));
        circle
            .into_iter()
            .find(in_answer)
            .or_else(|| self.threads().iter().filter(|seen| !waits_for_ends(seen)).find(in_answer))
            .or_else(|| self.threads().iter().find(in_answer))
    }

    fn sentence(&self) -> String {
        let Some(board) = &self.board else { return "Nothing moves any more.".to_string() };
        let tell = |seen: &Seen| {
            let waits = seen.waits.as_ref().map(|waits| waits.told(board)).unwrap_or_default();
            format!("`{}` {waits}", seen.name)
        };
        let circle = board.circle();
        if let [one] = circle[..] {
            let waits = one.waits.as_ref();
            let object = waits.map_or("?", |w| &w.object);
            let line = waits
                .and_then(|w| w.place.as_ref())
                .map_or(String::new(), |p| format!(" on line {}", p.line));
            return format!("`{}` waits{line} for the lock `{object}`, and holds it itself.", one.name);
        }
        if !circle.is_empty() {
            let told: Vec<String> = circle.iter().map(|seen| tell(seen)).collect();
            return format!("They wait for each other: {}.", told.join("; "));
        }
        match self.culprit() {
            Some(seen) => format!("Nobody can go on: {}. Nobody is left to end that.", tell(seen)),
            None => "Nobody can go on: all wait. Nobody is left to end that.".to_string(),
        }
    }

    /// A line for each thread and each child process.
    fn details(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.threads().iter().map(|seen| self.thread(seen)).collect();
        lines.extend(self.children());
        let more = lines.len().saturating_sub(TOLD);
        lines.truncate(TOLD);
        if more > 0 {
            lines.push(format!("… and {more} more"));
        }
        lines
    }

    fn thread(&self, seen: &Seen) -> String {
        let name = &seen.name;
        let mut line = match (&seen.waits, &self.board) {
            (Some(waits), Some(board)) => {
                let told = waits.told(board);
                if self.boxed {
                    format!("`{name}` {told}")
                } else {
                    format!("`{name}` {told}, for {:.1} s", waits.millis as f64 / 1_000.0)
                }
            }
            _ => {
                let last = match &seen.last {
                    Some(place) => format!("; what it did last was on line {}", place.line),
                    None => String::new(),
                };
                format!("`{name}` {}{last}", self.seen_from_outside(seen))
            }
        };
        for (object, place) in &seen.holds {
            line += &format!("; holds `{object}`");
            if let Some(place) = place {
                line += &format!(" since line {}", place.line);
            }
        }
        line
    }

    /// What the system shows of a thread that waits for nothing the facade knows of.
    #[cfg(target_os = "linux")]
    fn seen_from_outside(&self, seen: &Seen) -> String {
        let task = self.tasks.iter().find(|task| u64::from(task.own) == seen.task);
        match task {
            Some(task) if self.busy.contains(&task.own) => "computes".to_string(),
            Some(task) => task.wait.told().to_string(),
            None => "is not seen".to_string(),
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn seen_from_outside(&self, _seen: &Seen) -> String {
        "waits for nothing that the judge sees".to_string()
    }

    /// What the child processes do.
    #[cfg(target_os = "linux")]
    fn children(&self) -> Vec<String> {
        let others =
            self.tasks.iter().filter(|task| task.process != self.process && task.task == task.process);
        let tell = |task: &super::processes::Task| {
            let does = match task.state {
                'Z' => "has ended, and nobody has waited for it",
                'T' => "is stopped",
                _ if self.busy.contains(&task.own) => "computes",
                _ => task.wait.told(),
            };
            let number = if self.boxed { String::new() } else { format!(" ({})", task.process) };
            format!("its child process `{}`{number} {does}", crate::text::clean(&task.name))
        };
        others.map(tell).collect()
    }

    #[cfg(not(target_os = "linux"))]
    fn children(&self) -> Vec<String> {
        Vec::new()
    }

    /// Where in the answer a thread that computes did something last.
    #[cfg(target_os = "linux")]
    fn place_of_the_busy(&self) -> Option<Place> {
        let is_busy = |seen: &&Seen| self.busy.iter().any(|task| u64::from(*task) == seen.task);
        self.threads().iter().filter(is_busy).find_map(|seen| seen.last.clone())
    }

    #[cfg(not(target_os = "linux"))]
    fn place_of_the_busy(&self) -> Option<Place> {
        self.threads().iter().filter(|seen| seen.waits.is_none()).find_map(|seen| seen.last.clone())
    }
}
