//! An instructor's settings, `grade.toml`: what counts, how much, and until when.
use anyhow::{Context, Result, bail};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use xtask::files;

/// The settings; without a file, every exercise counts with its own points and nothing is ever late.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The heading of the pages.
    pub title: Option<String>,
    /// Lessons that are graded, by number or name; with `exercises` empty too, all of them.
    pub lessons: Vec<String>,
    /// Exercises that are graded, by number or name.
    pub exercises: Vec<String>,
    /// When it is due, with the offset of its time zone.
    pub due: Option<Timestamp>,
    /// What lateness costs.
    pub late: Late,
    /// Points of an exercise, in place of the course's.
    pub points: BTreeMap<String, u64>,
    /// The share of each kind of layer in an exercise's points, in any unit; without it an answer is right or not.
    pub layers: BTreeMap<String, u64>,
    /// Where the instructor's own checks are, from the settings' folder.
    pub hidden: Option<PathBuf>,
    /// How many percent of an exercise's points they are worth, where it has any.
    pub hidden_percent: u64,
    /// Who has more time.
    pub extension: Vec<Extension>,
    /// When something was handed in, for those of whom no platform says it: checkouts, whose own times anybody can choose.
    pub handed_in: Vec<HandedIn>,
    /// How often a layer on real threads runs.
    pub repeat: Option<u32>,
}

/// The kinds of layers, in the order in which a judge runs them.
const KINDS: [&str; 7] = ["rules", "schedules", "overlap", "over-locking", "spec", "cost", "speed"];

/// What lateness costs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Late {
    /// Later by no more than this is not late.
    pub grace_minutes: u64,
    /// Taken off for each day that has begun.
    pub percent_per_day: u64,
    /// After this many days nothing counts.
    pub days: u64,
}

impl Default for Late {
    fn default() -> Late {
        Late { grace_minutes: 0, percent_per_day: 0, days: u64::MAX }
    }
}

/// More time for one student.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// The student's id, name or number on the platform.
    pub student: String,
    /// How many days more.
    pub days: u64,
    /// For these exercises only; for all if there are none.
    #[serde(default)]
    pub exercises: Vec<String>,
}

/// When one student handed in, as the instructor knows it: from the log of a server, or from a clock.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandedIn {
    /// The student's id, name or number on the platform.
    pub student: String,
    /// When, with the offset of its time zone.
    pub at: Timestamp,
}

impl Config {
    /// Reads the settings.
    ///
    /// # Errors
    /// A key that nobody knows, or a value that makes no sense; the error names the line.
    pub fn read(path: &Path) -> Result<Config> {
        let text = files::read(path)?;
        let mut config: Config = toml::from_str(&text).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
            anyhow::anyhow!("{}:{line}: {}", path.display(), error.message().trim())
        })?;
        config.check().with_context(|| path.display().to_string())?;
        if let Some(hidden) = &mut config.hidden {
            *hidden = path.parent().unwrap_or(Path::new(".")).join(&*hidden);
        }
        Ok(config)
    }

    fn check(&self) -> Result<()> {
        for kind in self.layers.keys() {
            if !KINDS.contains(&kind.as_str()) {
                bail!("[layers]: `{kind}` is none of {}", KINDS.join(", "));
            }
        }
        if !self.layers.is_empty() && self.layers.values().sum::<u64>() == 0 {
            bail!("[layers]: the shares add up to nothing");
        }
        if self.hidden_percent > 100 {
            bail!("hidden_percent: {} is more than 100", self.hidden_percent);
        }
        if self.late.percent_per_day > 100 {
            bail!("[late] percent_per_day: {} is more than 100", self.late.percent_per_day);
        }
        Ok(())
    }

    /// How many days late something is that was handed in `at`: 0 in time, 1 within the first day after.
    pub fn days_late(&self, at: Timestamp, extension_days: u64) -> u64 {
        let Some(due) = self.due else { return 0 };
        let more = SignedDuration::from_hours(24 * i64::try_from(extension_days).unwrap_or(i64::MAX / 48));
        let grace = SignedDuration::from_mins(i64::try_from(self.late.grace_minutes).unwrap_or(0));
        let over = at.duration_since(due) - more;
        if over <= grace {
            return 0;
        }
        let hours = over.as_secs().max(1).unsigned_abs();
        hours.div_ceil(24 * 3600)
    }

    /// What is left of a score that is so many days late, in percent.
    pub fn late_percent(&self, days: u64) -> u64 {
        if days == 0 {
            100
        } else if days > self.late.days {
            0
        } else {
            100u64.saturating_sub(self.late.percent_per_day.saturating_mul(days))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Config {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn lateness_counts_in_days_that_have_begun() {
        let config = config(
            "due = \"2026-11-20T23:59:00+01:00\"\n[late]\ngrace_minutes = 15\npercent_per_day = 10\ndays = 3\n",
        );
        let at = |text: &str| config.days_late(text.parse().unwrap(), 0);
        assert_eq!(at("2026-11-20T22:58:59Z"), 0);
        assert_eq!(at("2026-11-20T23:14:00Z"), 0, "within the grace");
        assert_eq!(at("2026-11-20T23:14:01Z"), 1);
        assert_eq!(at("2026-11-21T22:59:00Z"), 1);
        assert_eq!(at("2026-11-21T22:59:01Z"), 2);
        assert_eq!(config.days_late("2026-11-22T12:00:00Z".parse().unwrap(), 2), 0, "an extension");
        let percent: Vec<u64> = (0..5).map(|days| config.late_percent(days)).collect();
        assert_eq!(percent, [100, 90, 80, 70, 0]);
    }

    #[test]
    fn mistakes_are_named() {
        let folder = std::env::temp_dir().join(format!("grade-config-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("grade.toml");
        let error = |text: &str| {
            std::fs::write(&path, text).unwrap();
            format!("{:#}", Config::read(&path).unwrap_err())
        };
        assert!(error("title = \"x\"\nextensoin = 3\n").contains("grade.toml:2: unknown field `extensoin`"));
        assert!(error("due = \"2026-11-20\"\n").contains("grade.toml:1"));
        assert!(error("[layers]\nstyle = 3\n").contains("`style` is none of"));
        assert!(error("hidden_percent = 101\n").contains("more than 100"));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
