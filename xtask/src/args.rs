//! The words after a command's name, taken apart against the flags that the command knows.
use crate::exit::usage;
use anyhow::Result;
use lexopt::{Arg, Parser};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

/// A command's arguments.
#[derive(Debug, Default)]
pub struct Args {
    switches: Vec<String>,
    values: BTreeMap<String, OsString>,
    /// The words that are no flags, in order.
    pub words: Vec<String>,
    /// Everything behind `--`, or behind the first word if the command asked for that.
    pub rest: Vec<OsString>,
}

/// What a command takes.
pub struct Spec<'a> {
    /// Flags without a value.
    pub switches: &'a [&'a str],
    /// Flags with a value. `html?` may also stand without one; `--html=FILE` gives it.
    pub values: &'a [&'a str],
    /// How many words at most.
    pub words: usize,
    /// Whether everything behind the first word belongs to somebody else.
    pub passes_on: bool,
}

impl Args {
    /// Takes `raw` apart; anything that `spec` does not know is wrong usage, and the error names what there is.
    pub fn parse(command: &str, raw: Vec<OsString>, spec: &Spec) -> Result<Args> {
        let mut args = Args::default();
        let mut parser = Parser::from_args(raw);
        while let Some(arg) = parser.next()? {
            match arg {
                Arg::Long(name) if spec.switches.contains(&name) => args.switches.push(name.to_owned()),
                Arg::Long(name) if spec.values.iter().any(|v| v.strip_suffix('?') == Some(name)) => {
                    let name = name.to_owned();
                    args.switches.push(name.clone());
                    if let Some(value) = parser.optional_value() {
                        args.values.insert(name, value);
                    }
                }
                Arg::Long(name) if spec.values.contains(&name) => {
                    let name = name.to_owned();
                    args.values.insert(name, parser.value()?);
                }
                Arg::Value(word) => {
                    let word = word.into_string().or_else(|w| usage(format!("{w:?} is not UTF-8")))?;
                    args.words.push(word);
                    if spec.passes_on {
                        args.rest = parser.raw_args()?.collect();
                        if args.rest.first().is_some_and(|first| first == "--") {
                            args.rest.remove(0);
                        }
                    }
                }
                unknown => {
                    let known: Vec<String> = spec
                        .switches
                        .iter()
                        .chain(spec.values)
                        .map(|name| format!("--{}", name.trim_end_matches('?')))
                        .collect();
                    let known = if known.is_empty() { "no flags".to_owned() } else { known.join(", ") };
                    return usage(format!(
                        "{command}: {}; it takes {known} (cargo xtask {command} --help)",
                        unknown.unexpected()
                    ));
                }
            }
        }
        if args.words.len() > spec.words {
            let extra = &args.words[spec.words];
            return usage(format!(
                "{command}: {extra:?} is one word too many (cargo xtask {command} --help)"
            ));
        }
        Ok(args)
    }

    /// Whether the switch was given.
    pub fn has(&self, switch: &str) -> bool {
        self.switches.iter().any(|given| given == switch)
    }

    /// The value of a flag, as a number.
    pub fn number(&self, flag: &str) -> Result<Option<usize>> {
        let Some(value) = self.values.get(flag) else { return Ok(None) };
        match value.to_str().and_then(|text| text.parse().ok()) {
            Some(number) => Ok(Some(number)),
            None => usage(format!("--{flag} {}: a whole number is needed", value.display())),
        }
    }

    /// The value of a flag, as text.
    pub fn text(&self, flag: &str) -> Option<String> {
        self.values.get(flag).map(|value| value.to_string_lossy().into_owned())
    }

    /// The value of a flag, as a path.
    pub fn path(&self, flag: &str) -> Option<PathBuf> {
        self.values.get(flag).map(PathBuf::from)
    }

    /// The first word.
    pub fn word(&self) -> Option<&str> {
        self.words.first().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEC: Spec = Spec { switches: &["json"], values: &["level"], words: 1, passes_on: false };

    fn parse(words: &[&str], spec: &Spec) -> Result<Args> {
        Args::parse("hint", words.iter().map(OsString::from).collect(), spec)
    }

    #[test]
    fn flags_and_words_come_in_any_order() {
        let args = parse(&["--level", "2", "104", "--json"], &SPEC).unwrap();
        assert!(args.has("json"));
        assert_eq!(args.number("level").unwrap(), Some(2));
        assert_eq!(args.word(), Some("104"));
    }

    #[test]
    fn a_value_may_be_left_out_where_the_command_says_so() {
        let spec = Spec { switches: &[], values: &["html?"], words: 1, passes_on: false };
        let args = parse(&["--html", "104"], &spec).unwrap();
        assert!(args.has("html") && args.path("html").is_none());
        assert_eq!(args.word(), Some("104"));
        let args = parse(&["--html=a.html"], &spec).unwrap();
        assert!(args.has("html"));
        assert_eq!(args.path("html"), Some(PathBuf::from("a.html")));
        let error = parse(&["--htm"], &spec).unwrap_err().to_string();
        assert!(error.contains("it takes --html ("), "{error}");
    }

    #[test]
    fn what_is_unknown_is_named_with_what_there_is() {
        let error = parse(&["--lvel=2"], &SPEC).unwrap_err().to_string();
        assert!(error.contains("--lvel") && error.contains("--level"), "{error}");
        let error = parse(&["104", "105"], &SPEC).unwrap_err().to_string();
        assert!(error.contains("105"), "{error}");
        let error = parse(&["--level", "x"], &SPEC).unwrap().number("level").unwrap_err().to_string();
        assert!(error.contains("whole number"), "{error}");
    }

    #[test]
    fn arguments_for_somebody_else_are_left_alone() {
        let spec = Spec { switches: &[], values: &[], words: 1, passes_on: true };
        let args = parse(&["d106", "--threads", "4"], &spec).unwrap();
        assert_eq!(args.rest, ["--threads", "4"]);
        let args = parse(&["d106", "--", "--help"], &spec).unwrap();
        assert_eq!(args.rest, ["--help"]);
    }
}
