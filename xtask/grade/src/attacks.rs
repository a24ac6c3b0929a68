//! The catalogue of attacks, with the verdict that each must get.
pub mod host;

use crate::outcome::Verdict;
use anyhow::{Context, Result};
use serde::Deserialize;

/// The files of the catalogue.
const FILES: [(&str, &str); 8] = [
    ("ending.toml", include_str!("../selftest/attacks/ending.toml")),
    ("forging.toml", include_str!("../selftest/attacks/forging.toml")),
    ("forger.toml", include_str!("../selftest/attacks/forger.toml")),
    ("compiler.toml", include_str!("../selftest/attacks/compiler.toml")),
    ("hanging.toml", include_str!("../selftest/attacks/hanging.toml")),
    ("resources.toml", include_str!("../selftest/attacks/resources.toml")),
    ("sly.toml", include_str!("../selftest/attacks/sly.toml")),
    ("honest.toml", include_str!("../selftest/attacks/honest.toml")),
];

/// How many rows the catalogue has, counted from 1.
pub const ROWS: u32 = 72;

/// What forgers have in common.
const FORGER: &str = include_str!("../selftest/forger.rs");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    attack: Vec<Attack>,
}

/// One attack.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attack {
    /// Its number in the catalogue; variants share one.
    pub number: u32,
    /// What it does.
    pub name: String,
    /// What it must get: one of these.
    pub verdict: Vec<Verdict>,
    /// What it must get when no rule is asked about its text.
    pub behind: Vec<Verdict>,
    /// Whether a person must be told to look at it.
    #[serde(default)]
    pub flagged: bool,
    /// Whether it uses up a limit.
    #[serde(default)]
    pub slow: bool,
    /// What the grader must say when no rule is asked: which of the walls caught it.
    #[serde(default)]
    pub because: String,
    /// Another limit than the exercise's, in seconds of processor time.
    pub limit_s: Option<u64>,
    /// What is not promised about it, and where.
    #[serde(default)]
    pub limit: String,
    /// Code that is too long to be written down.
    pub generate: Option<String>,
    /// The functions that it replaces.
    pub code: String,
}

/// Every attack.
///
/// # Errors
/// A file of the catalogue cannot be read.
pub fn all() -> Result<Vec<Attack>> {
    let mut all = Vec::new();
    for (name, text) in FILES {
        all.extend(toml::from_str::<File>(text).with_context(|| name.to_owned())?.attack);
    }
    Ok(all)
}

/// Whether `word` means a row with this number and this name; no word means every one.
pub fn is_called(word: &str, number: u32, name: &str) -> bool {
    word.parse().map_or_else(|_| name.contains(word), |wanted: u32| wanted == number)
}

impl Attack {
    /// Whether `word` means it.
    pub fn is_called(&self, word: &str) -> bool {
        is_called(word, self.number, &self.name)
    }

    /// The whole answer: its own functions, and those of the right answer that it leaves alone.
    pub fn answer(&self, solution: &str) -> String {
        let mut text = match self.generate.as_deref() {
            Some("nesting") => format!(
                "pub fn count(_: u32, _: u32) -> u64 {{ {}1{} }}\n",
                "(".repeat(10_000),
                ")".repeat(10_000)
            ),
            Some("errors") => {
                let lines =
                    (0..3_000).map(|n| format!("pub fn f{n}() -> u64 {{ \"{}\" }}\n", "x".repeat(40)));
                lines.collect()
            }
            Some("windows") => return format!("\u{feff}{}", solution.replace('\n', "\r\n")),
            Some("forger") => format!("{FORGER}\n{}", self.code),
            _ => self.code.clone(),
        };
        for name in ["count", "both", "sum"] {
            if !text.contains(&format!("pub fn {name}(")) {
                text += &function(solution, name);
            }
        }
        text
    }
}

/// A function of the right answer, with paths in full.
fn function(solution: &str, name: &str) -> String {
    let begin = solution.find(&format!("pub fn {name}(")).unwrap_or(0);
    let end = solution[begin..].find("\n}\n").map_or(solution.len(), |at| begin + at + 3);
    solution[begin..end]
        .replace("Mutex::new", "std::sync::Mutex::new")
        .replace("thread::scope", "std::thread::scope")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_row_of_the_catalogue_is_tried() {
        let mut tried: BTreeSet<u32> = all().unwrap().iter().map(|attack| attack.number).collect();
        tried.extend(host::ROWS.iter().map(|row| row.number));
        assert_eq!(tried, (1..=ROWS).collect());
    }

    #[test]
    fn the_catalogue_can_be_read_and_every_attack_is_a_whole_answer() {
        let solution = include_str!("../selftest/solutions/e901_count.rs");
        let all = all().unwrap();
        let names: BTreeSet<(u32, &str)> = all.iter().map(|attack| (attack.number, &*attack.name)).collect();
        assert_eq!(names.len(), all.len(), "two attacks have one name");
        for attack in &all {
            let text = attack.answer(solution);
            assert!(!attack.verdict.is_empty() && !attack.behind.is_empty(), "{}", attack.name);
            for name in ["count", "both", "sum"] {
                assert!(text.contains(&format!("pub fn {name}(")), "{}", attack.name);
            }
        }
    }
}
