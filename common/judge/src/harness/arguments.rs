//! The command line of a test program, as libtest defines it.

pub(super) const HELP: &str = "\
The judge of one exercise, as a test program. Each layer is a test.

Usage: [OPTIONS] [FILTER...]

  FILTER                 run only layers whose name contains one of these
  --exact                …whose name is one of these
  --skip FILTER          leave out layers whose name contains this
  --list                 list the layers, run nothing
  --format pretty|terse  how to print; -q, --quiet is terse
  --ignored              run only ignored tests: there are none
  --color auto|always|never
  --nocapture, --test-threads N and libtest's other options change nothing here

For a timeline of a failing schedule in your own lines, and for hints: `cargo xtask check <number>`.
";

/// When to print colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Colour {
    #[default]
    Auto,
    Always,
    Never,
}

/// A parsed command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Arguments {
    pub help: bool,
    pub list: bool,
    pub terse: bool,
    pub colour: Colour,
    /// Options that nobody knows.
    pub unknown: Vec<String>,
    exact: bool,
    only_ignored: bool,
    filters: Vec<String>,
    skip: Vec<String>,
}

/// libtest's options with a value that change nothing here.
const VALUED: [&str; 4] = ["--test-threads", "--logfile", "--shuffle-seed", "-Z"];

/// libtest's options without a value that change nothing here.
const PLAIN: [&str; 10] = [
    "--nocapture",
    "--no-capture",
    "--show-output",
    "--include-ignored",
    "--test",
    "--bench",
    "--ensure-time",
    "--exclude-should-panic",
    "--force-run-in-process",
    "--shuffle",
];

impl Arguments {
    /// Understands what libtest understands, and remembers what it does not know.
    pub fn parse(words: impl Iterator<Item = String>) -> Self {
        let mut arguments = Arguments::default();
        let mut words = words;
        while let Some(word) = words.next() {
            let (name, given) = match word.split_once('=') {
                Some((name, value)) if name.starts_with("--") => (name.to_string(), Some(value.to_string())),
                _ => (word.clone(), None),
            };
            let mut value = || given.clone().or_else(|| words.next()).unwrap_or_default();
            match name.as_str() {
                "-h" | "--help" => arguments.help = true,
                "--list" => arguments.list = true,
                "--exact" => arguments.exact = true,
                "--ignored" => arguments.only_ignored = true,
                "-q" | "--quiet" => arguments.terse = true,
                "--skip" => arguments.skip.push(value()),
                "--format" => match value().as_str() {
                    "terse" => arguments.terse = true,
                    "pretty" => {}
                    other => arguments.unknown.push(format!("--format {other}")),
                },
                "--color" => match value().as_str() {
                    "always" => arguments.colour = Colour::Always,
                    "never" => arguments.colour = Colour::Never,
                    _ => {}
                },
                // Its value is optional, so it is never the next word.
                "--report-time" => {}
                name if VALUED.contains(&name) => drop(value()),
                name if PLAIN.contains(&name) => {}
                "--" => arguments.filters.extend(words.by_ref()),
                name if name.starts_with('-') && name.len() > 1 => arguments.unknown.push(word),
                _ => arguments.filters.push(word),
            }
        }
        arguments
    }

    /// Whether the layer `name` is to be listed or run. No layer is ever an ignored test.
    pub fn chooses(&self, name: &str) -> bool {
        let matches =
            |filter: &String| if self.exact { name == filter } else { name.contains(filter.as_str()) };
        !self.only_ignored
            && (self.filters.is_empty() || self.filters.iter().any(matches))
            && !self.skip.iter().any(matches)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYERS: [&str; 4] = ["rules", "schedules", "schedules-2", "spec"];

    fn parse(line: &str) -> Arguments {
        Arguments::parse(line.split_whitespace().map(str::to_string))
    }

    #[test]
    fn layers_are_chosen_as_libtest_chooses_tests() {
        let table = [
            ("", "rules schedules schedules-2 spec"),
            ("sched", "schedules schedules-2"),
            ("schedules --exact --nocapture", "schedules"),
            ("--exact schedules rules", "rules schedules"),
            ("--skip sched", "rules spec"),
            ("--skip=sched --exact", "rules schedules schedules-2 spec"),
            ("--ignored", ""),
            ("--include-ignored", "rules schedules schedules-2 spec"),
            ("--test-threads 1 spec", "spec"),
            ("--test-threads=1 -Z unstable-options --color always spec", "spec"),
            ("nothing", ""),
            ("-- spec", "spec"),
        ];
        for (line, wanted) in table {
            let arguments = parse(line);
            let chosen: Vec<&str> = LAYERS.into_iter().filter(|name| arguments.chooses(name)).collect();
            assert_eq!(chosen.join(" "), wanted, "{line}");
            assert!(arguments.unknown.is_empty(), "{line}");
        }
    }

    #[test]
    fn options_that_nobody_knows_are_kept_to_be_told() {
        let arguments = parse("--frobnicate --format json --list spec -x");
        assert_eq!(arguments.unknown, ["--frobnicate", "--format json", "-x"]);
        assert!(arguments.list && arguments.chooses("spec") && !arguments.chooses("rules"));
    }

    #[test]
    fn quiet_and_terse_are_one() {
        assert!(parse("-q").terse && parse("--format terse").terse && parse("--format=terse").terse);
        assert!(!parse("--format pretty").terse);
    }
}
