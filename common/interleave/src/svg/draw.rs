//! The signs of a picture: lanes, bars, waits, switches, arrows, steps, and what they mean.

use super::{BAR, CELL, EDGE, GUTTER, LINE, Layout, SLOT, SWITCH, Sheet};
use crate::story::Step;
use crate::text::{cells, escaped, visible, wrapped};
use ::std::fmt::Write as _;

/// How many colours there are for threads, and for locks.
const COLOURS: usize = 6;

impl Sheet<'_> {
    /// The threads' names above their lanes.
    pub(super) fn names(&mut self) {
        let names: Vec<Vec<String>> = (self.picture.lanes.iter().zip(&self.lanes))
            .map(|(thread, lane)| wrapped(&visible(&self.story.threads[*thread]), lane.columns))
            .collect();
        let most = names.iter().map(Vec::len).max().unwrap_or(1);
        for (i, lines) in names.iter().enumerate() {
            let (x, thread) = (self.lanes[i].words, self.picture.lanes[i] % COLOURS);
            for (k, words) in lines.iter().enumerate() {
                let y = self.height + (most - lines.len() + k + 1) as f64 * LINE;
                let _ = writeln!(
                    self.out,
                    "<text class=\"name\" style=\"fill:var(--t{thread})\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>",
                    escaped(words)
                );
            }
        }
        self.height += most as f64 * LINE + 4.0;
    }

    /// Everything between the names and the legend; `top` is where it begins.
    pub(super) fn draw_rows(&mut self, top: f64) {
        self.lane_lines(top);
        self.bars(top);
        self.waits();
        self.switches();
        self.arrows();
        for i in 0..self.rows.len() {
            self.step(i);
        }
        let (width, bottom) = (self.width, self.height);
        let _ = writeln!(
            self.out,
            "<rect class=\"curtain\" x=\"0\" y=\"{bottom:.1}\" width=\"{width:.1}\" height=\"0\" data-bottom=\"{bottom:.1}\"/>"
        );
        if self.story.left_out > 0 {
            let left = self.story.left_out;
            let steps = if left == 1 { "step that does" } else { "steps that do" };
            self.prose("faint small", &format!("({left} {steps} not matter here left out)"), 6.7, 16.0);
        }
    }

    fn lane_lines(&mut self, top: f64) {
        for (i, thread) in self.picture.lanes.iter().enumerate() {
            let x = self.lanes[i].line;
            let own = |s: &Step| s.thread == *thread;
            let first = self.story.steps.iter().position(own).unwrap_or(0);
            let last = self.story.steps.iter().rposition(own).unwrap_or(0);
            let from = if *thread == 0 { top + 4.0 } else { self.rows[first].node };
            let (to, bottom) = (self.rows[last].node, self.height);
            let _ = writeln!(
                self.out,
                "<path class=\"lane dim\" d=\"M{x:.1} {top:.1}V{bottom:.1}\"/><path class=\"lane\" d=\"M{x:.1} {from:.1}V{to:.1}\"/>",
                top = top + 4.0
            );
        }
    }

    /// Held locks: a bar each, with the lock's name along it where there is room.
    fn bars(&mut self, top: f64) {
        for bar in &self.picture.bars {
            let x = self.lanes[bar.lane].bars + bar.slot as f64 * SLOT;
            let from = bar.from.map_or(top + 4.0, |i| self.rows[i].node - 6.0);
            let to = bar.to.map_or(self.height - 2.0, |i| self.rows[i].node + 6.0);
            let name = visible(&self.picture.locks[bar.lock]);
            let holder = &self.story.threads[self.picture.lanes[bar.lane]];
            let _ = writeln!(
                self.out,
                "<rect class=\"bar\" style=\"fill:var(--l{})\" x=\"{x:.1}\" y=\"{from:.1}\" width=\"{BAR}\" \
                 height=\"{:.1}\" rx=\"3\"><title>{} holds {}</title></rect>",
                bar.lock % COLOURS,
                to - from,
                escaped(holder),
                escaped(&name),
            );
            let length = cells(&name) as f64 * 6.8;
            if length + 8.0 <= to - from {
                let (x, y) = (x + BAR / 2.0 + 3.8, from + 5.0 + length);
                let _ = writeln!(
                    self.out,
                    "<text class=\"small\" transform=\"translate({x:.1} {y:.1}) rotate(-90)\">{}</text>",
                    escaped(&name)
                );
            }
        }
    }

    fn waits(&mut self) {
        for wait in &self.picture.waits {
            let x = self.lanes[wait.lane].line - 6.0;
            let from = self.rows[wait.from].node;
            let to = wait.to.map_or(self.height - 2.0, |i| self.rows[i].node);
            let lock = self.picture.locks.iter().position(|lock| *lock == wait.what);
            let colour =
                lock.map(|l| format!(" style=\"stroke:var(--l{})\"", l % COLOURS)).unwrap_or_default();
            let _ = writeln!(
                self.out,
                "<rect class=\"paper\" x=\"{x:.1}\" y=\"{from:.1}\" width=\"12\" height=\"{height:.1}\"/>\
                 <rect class=\"wait\"{colour} fill=\"url(#{prefix}hatch)\" x=\"{x:.1}\" y=\"{from:.1}\" width=\"12\" \
                 height=\"{height:.1}\"><title>{who} waits for {what}</title></rect>",
                height = to - from,
                prefix = self.prefix,
                who = escaped(&self.story.threads[self.picture.lanes[wait.lane]]),
                what = escaped(&wait.what),
            );
        }
    }

    fn switches(&mut self) {
        for (step, row) in self.story.steps.iter().zip(&self.rows) {
            if !step.switched {
                continue;
            }
            let y = row.top - SWITCH / 2.0 - 1.0;
            let words = self.lanes[0].words;
            let (x, from, to, anchor) = match self.layout {
                Layout::Lanes => (self.margin - 6.0, self.margin, self.width - EDGE, "end"),
                Layout::Tracks => (words, EDGE, words - 6.0, "start"),
            };
            let _ = writeln!(
                self.out,
                "<path class=\"switch\" d=\"M{from:.1} {y:.1}H{to:.1}\"/>\
                 <text class=\"small faint\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">switch</text>",
                y + 4.0
            );
        }
    }

    /// From each step to what it made possible in another thread: down in the gutter below it, across, and down
    /// beside the other lane.
    fn arrows(&mut self) {
        let mut drawn = 0;
        for (i, step) in self.story.steps.iter().enumerate() {
            let Some(from) = step.from else { continue };
            let source = self.picture.lane(self.story.steps[from].thread);
            let target = self.picture.lane(step.thread);
            if source == target {
                continue;
            }
            let (x, line, y) = (self.lanes[source].line, self.lanes[target].line, self.rows[i].node);
            let down = line - [13.0, 16.5, 20.0][drawn % 3];
            drawn += 1;
            let start = self.rows[from].node + 6.0;
            let turn = self.rows[from].bottom + GUTTER / 2.0;
            let r = if x < down { 4.0 } else { -4.0 };
            let tip = line - if step.bad { 8.5 } else { 6.5 };
            let _ = writeln!(
                self.out,
                "<path class=\"arrow\" d=\"M{x:.1} {start:.1}V{:.1}Q{x:.1} {turn:.1} {:.1} {turn:.1}H{:.1}\
                 Q{down:.1} {turn:.1} {down:.1} {:.1}V{:.1}Q{down:.1} {y:.1} {:.1} {y:.1}H{:.1}\"/>\
                 <path class=\"head\" d=\"M{tip:.1} {y:.1}l-6 -3.6v7.2z\"/>",
                turn - 4.0,
                x + r,
                down - r,
                turn + 4.0,
                y - 3.0,
                down + 3.0,
                tip - 4.0,
            );
        }
    }

    /// A step's node, its number and its words.
    fn step(&mut self, i: usize) {
        let (step, row) = (&self.story.steps[i], &self.rows[i]);
        let lane = &self.lanes[self.picture.lane(step.thread)];
        let (thread, x, y) = (step.thread % COLOURS, lane.line, row.node);
        let bad = if step.bad { " bad" } else { "" };
        let (top, height) = (row.top - 4.0, row.bottom - row.top + 8.0);
        let out = &mut self.out;
        let _ = writeln!(
            out,
            "<g class=\"step{bad}\" data-step=\"{}\" data-bottom=\"{:.1}\"><rect class=\"hit\" x=\"0\" y=\"{top:.1}\" \
             width=\"{:.1}\" height=\"{height:.1}\"/>",
            i + 1,
            row.bottom + 4.0,
            self.width,
        );
        if step.bad {
            let widest = row.words.iter().map(|words| cells(words)).max().unwrap_or(0) as f64 * CELL;
            let _ = writeln!(
                out,
                "<rect class=\"badpaper\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"4\"/>",
                lane.words - 4.0,
                row.top - 1.0,
                widest + 8.0,
                row.bottom - row.top + 2.0,
            );
        }
        out.push_str(&if step.bad { cross(x, y) } else { dot(x, y, thread) });
        let _ = writeln!(
            out,
            "<text class=\"faint\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            self.margin - 6.0,
            y + 4.5,
            i + 1
        );
        let (name, at) = (visible(&self.story.threads[step.thread]), visible(&self.story.whereabouts(step)));
        let last = row.words.len() - 1;
        for (k, words) in row.words.iter().enumerate() {
            // The name and the line are set apart, unless they were broken.
            let name = Some(&name)
                .filter(|name| self.layout == Layout::Tracks && k == 0 && words.starts_with(*name));
            let rest = &words[name.map_or(0, String::len)..];
            let at = Some(&at).filter(|at| k == last && !at.is_empty() && rest.ends_with(*at));
            let said = &rest[..rest.len() - at.map_or(0, String::len)];
            let name = name.map(|name| {
                format!("<tspan class=\"name\" style=\"fill:var(--t{thread})\">{}</tspan>", escaped(name))
            });
            let at = at.map(|at| format!("<tspan class=\"faint\">{}</tspan>", escaped(at)));
            let _ = writeln!(
                out,
                "<text x=\"{:.1}\" y=\"{:.1}\">{}{}{}</text>",
                lane.words,
                row.top + 13.5 + k as f64 * LINE,
                name.unwrap_or_default(),
                escaped(said),
                at.unwrap_or_default(),
            );
        }
        out.push_str("</g>\n");
    }

    /// What the signs mean: those that occur.
    pub(super) fn legend(&mut self) {
        let steps = &self.story.steps;
        let lane_of = |i: usize| self.picture.lane(steps[i].thread);
        let mut items: Vec<(String, String)> = Vec::new();
        for (i, lock) in self.picture.locks.iter().enumerate() {
            let sign = format!(
                "<rect class=\"bar\" style=\"fill:var(--l{})\" x=\"0\" y=\"-10\" width=\"{BAR}\" height=\"13\" rx=\"3\"/>",
                i % COLOURS
            );
            items.push((sign, format!("holds {}", visible(lock))));
        }
        if !self.picture.waits.is_empty() {
            let sign = format!(
                "<rect class=\"wait\" fill=\"url(#{}hatch)\" x=\"0\" y=\"-10\" width=\"12\" height=\"13\"/>",
                self.prefix
            );
            items.push((sign, "waits".into()));
        }
        if (0..steps.len()).any(|i| steps[i].from.is_some_and(|from| lane_of(from) != lane_of(i))) {
            let sign =
                "<path class=\"arrow\" d=\"M0 -4H11\"/><path class=\"head\" d=\"M16 -4l-6 -3.6v7.2z\"/>";
            items.push((sign.into(), "makes possible".into()));
        }
        if steps.iter().any(|s| s.switched) {
            let sign = "<path class=\"switch\" d=\"M0 -4H17\"/>";
            items.push((sign.into(), "switch: a thread is interrupted".into()));
        }
        if steps.iter().any(|s| s.bad) {
            items.push((cross(8.0, -4.0), "part of what went wrong".into()));
        }
        let (cell, line) = (6.75, 20.0);
        self.height += line;
        let mut x = EDGE;
        for (sign, words) in items {
            let length = 24.0 + cells(&words) as f64 * cell;
            if x > EDGE && x + length > self.width - EDGE {
                (x, self.height) = (EDGE, self.height + line);
            }
            let _ =
                writeln!(self.out, "<g transform=\"translate({x:.1} {:.1})\">{sign}</g>", self.height - 6.0);
            let lines = wrapped(&words, ((self.width - x - 24.0 - EDGE) / cell) as usize);
            for (k, words) in lines.iter().enumerate() {
                self.height += if k > 0 { 15.0 } else { 0.0 };
                let _ = writeln!(
                    self.out,
                    "<text class=\"small\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
                    x + 24.0,
                    self.height - 6.0,
                    escaped(words)
                );
            }
            x += length + 18.0;
        }
        self.height += 6.0;
    }
}

fn dot(x: f64, y: f64, thread: usize) -> String {
    format!("<circle style=\"fill:var(--t{thread})\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"5\"/>\n")
}

/// A step that is part of what went wrong: not by its colour alone.
fn cross(x: f64, y: f64) -> String {
    format!(
        "<circle style=\"fill:var(--bad)\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"7\"/>\
         <path class=\"cross\" d=\"M{:.1} {:.1}l6 6m0 -6l-6 6\"/>\n",
        x - 3.0,
        y - 3.0
    )
}
