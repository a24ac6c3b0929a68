//! Finding the transcripts in a chapter.

/// One command of a `console` block and what it should print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Transcript {
    /// The line of the README that has the command, counted from 1.
    pub line: usize,
    pub command: Command,
    /// The lines it should print, without blanks at their ends.
    pub expected: Vec<String>,
    pub any_order: bool,
    pub fails: bool,
}

/// `NAME=value cargo run -q -p package --bin bin -- args`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Command {
    pub env: Vec<(String, String)>,
    pub package: String,
    pub bin: String,
    pub args: Vec<String>,
}

/// The transcripts of a chapter, and what is wrong with the form of others.
pub(super) fn transcripts(readme: &str) -> (Vec<Transcript>, Vec<String>) {
    let mut found: Vec<Transcript> = Vec::new();
    let mut problems = Vec::new();
    let mut lines = readme.lines().enumerate().map(|(at, text)| (at + 1, text));
    while let Some((opened, text)) = lines.next() {
        let Some((fence, indent, info)) = fence(text) else { continue };
        let block: Vec<(usize, &str)> = lines.by_ref().take_while(|(_, text)| text.trim() != fence).collect();
        let mut words = info.split(',').map(str::trim);
        if words.next() != Some("console") {
            continue;
        }
        let (mut any_order, mut fails) = (false, false);
        for word in words {
            match word {
                "any-order" => any_order = true,
                "fails" => fails = true,
                other => problems.push(format!(
                    "README.md line {opened}: `{other}` means nothing after ```console; known: any-order, fails"
                )),
            }
        }
        let mut running = false;
        for (line, text) in block {
            let text = text.strip_prefix(indent).unwrap_or(text.trim_start()).trim_end();
            if let Some(command) = text.strip_prefix("$ ") {
                running = false;
                match Command::parse(command) {
                    Ok(None) => {}
                    Ok(Some(command)) => {
                        running = true;
                        found.push(Transcript { line, command, expected: Vec::new(), any_order, fails });
                    }
                    Err(problem) => problems.push(format!("README.md line {line}: {problem}")),
                }
            } else if running && let Some(transcript) = found.last_mut() {
                transcript.expected.push(text.to_string());
            }
        }
    }
    for transcript in &mut found {
        // A blank line before the next command or the end of the block is for the eye.
        while transcript.expected.last().is_some_and(String::is_empty) {
            transcript.expected.pop();
        }
    }
    (found, problems)
}

/// The fence, the blanks before it, and what follows it, if `text` opens a code block.
fn fence(text: &str) -> Option<(&str, &str, &str)> {
    let bare = text.trim_start();
    let indent = &text[..text.len() - bare.len()];
    let marks = bare.len() - bare.trim_start_matches('`').len();
    (marks >= 3).then(|| (&bare[..marks], indent, bare[marks..].trim()))
}

impl Command {
    /// Understands `cargo run …`; another program gives `None`.
    fn parse(text: &str) -> Result<Option<Self>, String> {
        let mut command = Command::default();
        let mut words = text.split_whitespace().peekable();
        while let Some((name, value)) = words.peek().and_then(|word| word.split_once('=')) {
            command.env.push((name.to_string(), value.to_string()));
            words.next();
        }
        if words.next() != Some("cargo") || words.next() != Some("run") {
            return Ok(None);
        }
        while let Some(word) = words.next() {
            match word {
                "-q" | "--quiet" => {}
                "-p" | "--package" => command.package = words.next().unwrap_or_default().to_string(),
                "--bin" => command.bin = words.next().unwrap_or_default().to_string(),
                "--" => command.args.extend(words.by_ref().map(str::to_string)),
                // `--release`, `--profile perf`: a demo prints the same lines however it was built.
                "--release" => {}
                "--profile" => drop(words.next()),
                other if other.starts_with('-') => return Err(form(text, &format!("has `{other}`"))),
                argument => command.args.push(argument.to_string()),
            }
        }
        if command.package.is_empty() || command.bin.is_empty() {
            return Err(form(text, "lacks a package or a program"));
        }
        Ok(Some(command))
    }
}

fn form(text: &str, problem: &str) -> String {
    format!(
        "`{text}` {problem}; a transcript starts with `$ cargo run -q -p PACKAGE --bin NAME [-- ARGUMENTS]`"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const README: &str = "\
# Chapter
```console
$ cargo run -q -p threads --bin d101_one
hello
  indented   

```
```rust
// $ cargo run -q -p threads --bin not_this
```
1. A list:
   ```console,any-order,fails
   $ N=2 cargo run -q -p threads --bin d102_two -- 4 five
   b

   a
   $ cargo xtask check 101
   passed
   $ cargo run -q -p threads --bin d103_three
   ```
````text
```console
$ cargo run -q -p threads --bin quoted
```
````
";

    #[test]
    fn transcripts_are_found_with_their_lines() {
        let (found, problems) = transcripts(README);
        assert_eq!(problems, Vec::<String>::new());
        let [one, two, three] = &found[..] else { panic!("{found:#?}") };
        assert_eq!((one.line, &one.command.bin[..], one.any_order, one.fails), (3, "d101_one", false, false));
        assert_eq!(one.expected, ["hello", "  indented"]);
        assert_eq!((two.line, two.any_order, two.fails), (13, true, true));
        assert_eq!(two.expected, ["b", "", "a"]);
        assert_eq!(two.command.env, [("N".to_string(), "2".to_string())]);
        assert_eq!(two.command.args, ["4", "five"]);
        assert_eq!(two.command.to_string(), "N=2 cargo run -q -p threads --bin d102_two -- 4 five");
        assert_eq!((three.line, three.expected.len()), (19, 0));
    }

    #[test]
    fn a_block_that_would_never_be_run_is_a_problem() {
        for (text, wanted) in [
            ("```console\n$ cargo run --bin d1\n```\n", "line 2: `cargo run --bin d1` lacks a package"),
            ("```console\n$ cargo run -p x --bin d1 --verbose\n```\n", "has `--verbose`"),
            ("```console,anyorder\n$ cargo run -p x --bin d1\n```\n", "line 1: `anyorder` means nothing"),
        ] {
            let (_, problems) = transcripts(text);
            assert!(problems.len() == 1 && problems[0].contains(wanted), "{problems:?}");
        }
    }
}
