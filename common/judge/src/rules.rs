//! The layer `rules`: what an answer's text must and must not contain.
mod builtin;
mod tokens;

use crate::explain::Finding;
use crate::text;
use crate::verdict::Verdict;
use tokens::{Path, Token};

/// What an answer's text must and must not contain.
///
/// A pattern is a piece of Rust: `thread::sleep`, `.join`, `Mutex`, `println!`. It is compared token by token, so it
/// is neither found in comments and strings nor hidden by spaces. A pattern that is a path, such as `thread::sleep`,
/// is also found when a `use` brings it in under whatever name.
///
/// Whatever an exercise asks, some things are always looked for, because they go around the judge or reach outside
/// the answer: `unsafe`, `extern crate`, `#![…]` other than lint levels, `#[path]`, `include!`, files of their own for
/// modules, `core::` and `alloc::` in place of `std::`, ending the process, the panic hook, and others; the message
/// says what to do instead. [`Rules::allow`] lifts one of them. `todo!` and `unimplemented!` give `not-started`.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    forbidden: Vec<Rule>,
    required: Vec<Rule>,
    allowed: Vec<String>,
}

#[derive(Clone, Debug)]
struct Rule {
    pattern: Pattern,
    why: String,
}

/// A piece of Rust to look for.
#[derive(Clone, Debug)]
struct Pattern {
    text: String,
    tokens: Vec<Token>,
    /// The names of a path such as `a::b`, if it is one.
    path: Option<Vec<String>>,
}

impl Rules {
    /// Only what is always looked for.
    pub fn new() -> Self {
        Self::default()
    }

    /// `pattern` must not occur; `why` is shown to the learner.
    ///
    /// # Panics
    /// When the pattern is empty or no Rust tokens.
    #[must_use]
    pub fn forbid(mut self, pattern: &str, why: &str) -> Self {
        self.forbidden.push(Rule { pattern: Pattern::new(pattern), why: why.to_string() });
        self
    }

    /// `pattern` must occur outside of `use` lines; `why` is shown to the learner.
    ///
    /// # Panics
    /// When the pattern is empty or no Rust tokens.
    #[must_use]
    pub fn require(mut self, pattern: &str, why: &str) -> Self {
        self.required.push(Rule { pattern: Pattern::new(pattern), why: why.to_string() });
        self
    }

    /// Lifts one of the rules that hold everywhere, such as `process::exit` where ending the process is the task.
    ///
    /// # Panics
    /// When there is no such rule.
    #[must_use]
    pub fn allow(mut self, builtin: &str) -> Self {
        assert!(builtin::RULES.iter().any(|(pattern, _)| *pattern == builtin), "no rule forbids `{builtin}`");
        self.allowed.push(builtin.to_string());
        self
    }

    /// Looks for the first rule that `source` breaks; else says what there is to note.
    pub(crate) fn check(&self, file: &str, source: &str) -> Result<String, Box<Finding>> {
        let Some(tokens) = tokens::tokens(source) else {
            return Ok("left to the compiler: it does not read as Rust".into());
        };
        let text = Text { paths: tokens::paths(&tokens), tokens };
        let found = |verdict, line: Option<usize>, sentence: String, why: &str| {
            let mut finding = Finding::new(verdict, sentence);
            finding.details.extend((!why.is_empty()).then(|| why.to_string()));
            finding.place = line.map(|line| text::place(file, line, source));
            Err(Box::new(finding))
        };

        for macro_name in ["todo!", "unimplemented!"] {
            if let Some(line) = text.find(&Pattern::new(macro_name), Where::Anywhere) {
                let sentence =
                    format!("There is still a `{macro_name}()` on line {line}: your code goes there.");
                return found(Verdict::NotStarted, Some(line), sentence, "");
            }
        }
        if let Some((line, what, why)) = builtin::find(&text, &self.allowed) {
            let sentence = format!("Line {line} uses {what}, which no exercise needs.");
            return found(Verdict::BreaksARule, Some(line), sentence, &why);
        }
        for rule in &self.forbidden {
            if let Some(line) = text.find(&rule.pattern, Where::Anywhere) {
                let sentence =
                    format!("Line {line} uses `{}`, which this exercise forbids.", rule.pattern.text);
                return found(Verdict::BreaksARule, Some(line), sentence, &rule.why);
            }
        }
        for rule in &self.required {
            if text.find(&rule.pattern, Where::Code).is_none() {
                let sentence =
                    format!("This exercise asks for `{}`, and it is not there.", rule.pattern.text);
                return found(Verdict::BreaksARule, None, sentence, &rule.why);
            }
        }
        Ok(String::new())
    }
}

impl Pattern {
    fn new(text: &str) -> Self {
        let tokens = tokens::tokens(text).unwrap_or_default();
        assert!(!tokens.is_empty(), "the pattern `{text}` is no Rust");
        let is_path = tokens.iter().all(|t| t.is_word() || t.is(":")) && tokens[0].is_word();
        let path = is_path.then(|| tokens.iter().filter(|t| t.is_word()).map(|t| t.text.clone()).collect());
        Pattern { text: text.to_string(), tokens, path }
    }
}

/// An answer's text, ready to be searched.
struct Text {
    tokens: Vec<Token>,
    paths: Vec<Path>,
}

#[derive(Clone, Copy, PartialEq)]
enum Where {
    Anywhere,
    /// Not in `use` lines.
    Code,
}

impl Text {
    /// The first line on which `pattern` is found.
    fn find(&self, pattern: &Pattern, place: Where) -> Option<usize> {
        let as_path = pattern.path.as_ref().and_then(|wanted| {
            let paths = self.paths.iter().filter(|path| place == Where::Anywhere || !path.import);
            let lines = paths.filter(|p| p.names.windows(wanted.len()).any(|names| names == wanted));
            lines.map(|path| path.line).min()
        });
        // A path stands in `use` lines too, and there only the paths say which kind of place it is.
        let as_tokens = match pattern.path {
            Some(_) if place == Where::Code => self.method_or_field(pattern),
            _ => self.find_tokens(&pattern.tokens),
        };
        [as_path, as_tokens].into_iter().flatten().min()
    }

    /// Where a pattern of one name follows a dot: paths do not include members.
    fn method_or_field(&self, pattern: &Pattern) -> Option<usize> {
        let [name] = &pattern.tokens[..] else { return None };
        let mut pairs = self.tokens.windows(2);
        pairs.find(|pair| pair[0].is(".") && pair[1].is(&name.text)).map(|pair| pair[1].line)
    }

    fn find_tokens(&self, wanted: &[Token]) -> Option<usize> {
        let same =
            |a: &Token, b: &Token| a.text == b.text && (a.kind == b.kind || a.is_word() && b.is_word());
        let mut windows = self.tokens.windows(wanted.len());
        let found = windows.find(|tokens| tokens.iter().zip(wanted).all(|(a, b)| same(a, b)))?;
        Some(found[0].line)
    }
}

#[cfg(test)]
mod tests;
