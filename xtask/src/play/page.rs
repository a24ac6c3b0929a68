//! A game as text: what happened so far, how the threads stand, who holds what, what can happen next.
use super::{End, Game, Moment, Way};
use crate::screen::{Screen, Style, count, fit, harmless};
use interleave::{Act, Story};

/// The lines of the timeline that are shown while there is something to choose.
const LATEST: usize = 14;

impl Game {
    /// `Scene 2 of 7: two deposits into one account`
    pub fn title(&self, screen: &Screen) -> String {
        let what = &self.scenes[self.scene].what;
        let head = format!("Scene {} of {}", self.scene + 1, self.scenes.len());
        screen.fitted(&format!("{}: {what}\n", screen.paint(Style::Strong, &head)))
    }
}

impl Moment {
    /// All that is known, and the choices by number. `rows` is how much of the timeline there is room for.
    pub fn text(&self, rows: usize, screen: &Screen) -> String {
        let mut out = latest(&self.story, rows.max(6), screen);
        out += &format!("\n{}\n", screen.paint(Style::Strong, "How they stand"));
        let held = held(&self.story);
        let width = self.threads.iter().map(|thread| thread.name.chars().count()).max().unwrap_or(0);
        for (thread, held) in self.threads.iter().zip(&held) {
            let holds = if held.is_empty() { String::new() } else { format!("holds {}; ", held.join(", ")) };
            let place = if thread.place.is_empty() { String::new() } else { format!("  {}", thread.place) };
            let next = if thread.ready && !thread.ended {
                format!("next: {}", thread.next)
            } else {
                thread.next.clone()
            };
            let line = format!("  {:<width$}  {holds}{next}{place}", harmless(&thread.name));
            let style = if thread.ready && !thread.ended { None } else { Some(Style::Faint) };
            let line = style.map_or(line.clone(), |style| screen.paint(style, &line));
            out += &screen.fitted(&format!("{line}\n"));
        }
        let luck = match self.cost {
            0 => String::new(),
            cost => format!(" ({} so far)", count(cost as usize, "unlucky moment")),
        };
        let head = screen.paint(Style::Strong, &format!("Choice {}: what happens next?", self.choices + 1));
        out += &format!("\n{head}{luck}\n");
        let mut ways: Vec<_> = self.keys.iter().zip(&self.ways).enumerate().collect();
        ways.sort_by_key(|(_, (key, _))| **key);
        for (index, (key, way)) in ways {
            // The plainest way, which Enter takes, is the first that is told.
            let mark = if index == 0 { "▸" } else { " " };
            out += &screen.fitted(&self.way(&format!("{mark} {key}"), way, width, screen));
        }
        out
    }

    fn way(&self, key: &str, way: &Way, width: usize, screen: &Screen) -> String {
        let name = self.threads.get(way.thread).map_or("?", |thread| thread.name.as_str());
        let bad_luck = if way.unlucky { screen.paint(Style::Warn, "  bad luck") } else { String::new() };
        let at = if way.place.is_empty() {
            String::new()
        } else {
            format!("  {}", screen.paint(Style::Name, &way.place))
        };
        let code = if way.code.is_empty() { String::new() } else { format!("  {}", harmless(&way.code)) };
        format!(
            "{}  {:<width$}  {}{bad_luck}{at}{}\n",
            key,
            name,
            way.text,
            screen.paint(Style::Faint, &code)
        )
    }
}

impl End {
    /// How it ended, with the whole timeline and the token. `exercise` is its number.
    pub fn text(&self, rows: Option<usize>, exercise: &str, screen: &Screen) -> String {
        let picture = fit(&self.story.terminal(screen.columns, screen.colour), screen.columns);
        let mut out = match rows {
            Some(rows) => last_lines(&picture, rows),
            None => picture,
        };
        let (word, style) = match self.how.as_str() {
            "broken" => (format!("It broke: {}", self.verdict), Style::Bad),
            "fine" => ("It went well".to_owned(), Style::Good),
            _ => ("Stopped".to_owned(), Style::Warn),
        };
        out += &format!("\n{}\n", screen.paint(style, &word));
        out += &screen.wrapped(&harmless(&self.sentence), 2);
        for detail in &self.details {
            out += &screen.wrapped(&harmless(detail), 2);
        }
        if self.choices > 0 {
            let (choices, luck) =
                (count(self.choices as usize, "choice"), count(self.cost as usize, "unlucky moment"));
            out += &screen.wrapped(&format!("You made {choices}, {luck} among them."), 2);
        }
        if !self.replay.is_empty() {
            out += &format!("  replay token: {}\n", self.replay);
            let call = format!("cargo xtask play {exercise} --replay {}", self.replay).replace(' ', "\u{a0}");
            out += &screen
                .wrapped(&format!("It stands for this schedule; to run it again after an edit: {call}"), 2);
        }
        out
    }
}

/// The last lines of the timeline, under its head.
fn latest(story: &Story, rows: usize, screen: &Screen) -> String {
    if story.steps.is_empty() {
        return "Nothing has happened yet.\n".to_owned();
    }
    last_lines(
        &fit(&story.terminal(screen.columns, screen.colour), screen.columns),
        rows.max(LATEST.min(rows)),
    )
}

/// The head of a timeline (its title and the names of the threads) and its last lines.
fn last_lines(picture: &str, rows: usize) -> String {
    let lines: Vec<&str> = picture.trim_end().lines().collect();
    if lines.len() <= rows {
        return format!("{}\n", lines.join("\n"));
    }
    let (head, body) = lines.split_at(2.min(lines.len()));
    let body = &body[body.len() - (rows.saturating_sub(3)).min(body.len())..];
    format!("{}\n     …\n{}\n", head.join("\n"), body.join("\n"))
}

/// What each thread holds, from what it took and gave back.
fn held(story: &Story) -> Vec<Vec<String>> {
    let mut held = vec![Vec::new(); story.threads.len()];
    for step in &story.steps {
        match &step.act {
            Act::Takes(what) | Act::Shares(what) => held[step.thread].push(what.clone()),
            Act::GivesBack(what) | Act::WaitsFor { gives_back: Some(what), .. } => {
                if let Some(at) = held[step.thread].iter().rposition(|held: &String| held == what) {
                    held[step.thread].remove(at);
                }
            }
            Act::WaitsFor { .. } | Act::None => {}
        }
    }
    held
}

#[cfg(test)]
mod tests {
    use super::*;
    use interleave::Step;

    #[test]
    fn what_is_held_follows_from_what_was_taken() {
        let step = |thread, act| Step { thread, act, ..Step::default() };
        let story = Story {
            threads: vec!["main".into(), "T1".into()],
            steps: vec![
                step(1, Act::Takes("a".into())),
                step(1, Act::Takes("b".into())),
                step(0, Act::Shares("c".into())),
                step(1, Act::GivesBack("a".into())),
                step(0, Act::WaitsFor { what: "x".into(), gives_back: Some("c".into()) }),
            ],
            ..Story::default()
        };
        assert_eq!(held(&story), [vec![], vec!["b".to_owned()]]);
    }

    #[test]
    fn of_a_long_timeline_the_head_and_the_end_are_kept() {
        let picture = "title\nnames\n1\n2\n3\n4\n5\n6\n";
        assert_eq!(last_lines(picture, 6), "title\nnames\n     …\n4\n5\n6\n");
        assert_eq!(last_lines(picture, 20), picture);
    }
}
