//! Reads off the text around an expression what its value is called.

use super::source::Lines;
use crate::story::is_head;

/// What the expression makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Makes {
    /// A thread: only what holds its handle is named after it.
    Thread,
    /// A channel: two ends in one tuple.
    Channel,
    /// Anything else.
    Object,
}

/// How far up a statement is followed.
const LINES_OF_A_STATEMENT: usize = 6;
/// How far down.
const LINES_OF_A_THREAD: usize = 60;

/// The name of what is made at this line and column, both counted from 1.
pub(super) fn name(lines: &Lines, line: usize, column: usize, makes: Makes) -> Option<String> {
    let at = line.checked_sub(1)?;
    let mut head: String = lines.get(at)?.chars().take(column.saturating_sub(1)).collect();
    let rest = || -> String {
        let skipped = lines.get(at).map(|line| line.chars().skip(column.saturating_sub(1)));
        let mut rest: String = skipped.into_iter().flatten().collect();
        for line in lines.within(at + 1..at + 1 + LINES_OF_A_THREAD) {
            rest.push('\n');
            rest.push_str(line);
        }
        rest
    };
    // The statement may have begun on a line above.
    for above in (0..at).rev().take(LINES_OF_A_STATEMENT) {
        if is_bound(&head) || name_in(&head, makes).is_some() {
            return name_in(&head, makes)
                .filter(|_| makes != Makes::Thread || binds_a_handle(&head, &rest()));
        }
        let line = lines.get(above)?.trim_end();
        if line.ends_with([';', '}']) || is_head(line) {
            return None;
        }
        if !line.trim_start().starts_with("//") {
            head = format!("{line} {}", head.trim_start());
        }
    }
    None
}

/// Whether the statement's beginning is there.
fn is_bound(head: &str) -> bool {
    head.rsplit(';').next().is_some_and(|statement| statement.trim_start().starts_with("let "))
}

/// Whether what is bound is the thread's handle, and not what came of the thread.
fn binds_a_handle(head: &str, rest: &str) -> bool {
    let statement = head.rsplit(';').next().unwrap_or_default();
    let bound = statement.rfind("let ").map_or(statement, |start| &statement[start..]);
    let (pattern, value) = bound.split_once('=').unwrap_or(("", bound));
    let open = |of: &str| of.contains("Handle") || of.split(|c| !is_word(&c)).any(|word| word == "_");
    let typed = pattern.split_once(':').is_some_and(|(_, of)| !open(of));
    !typed && !value.contains("scope(") && !after_the_call(rest).contains(".join(")
}

/// What follows the first call of `text`, to the end of the statement.
fn after_the_call(text: &str) -> String {
    let (mut depth, mut called) = (0, false);
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    let mut last = ' ';
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                while let Some(c) = chars.next().filter(|c| *c != '"') {
                    if c == '\\' {
                        chars.next();
                    }
                }
            }
            '/' if chars.peek() == Some(&'/') => while chars.next().is_some_and(|c| c != '\n') {},
            // A parenthesis or quote of its own, as in `'('`.
            '\'' if chars.peek().is_some_and(|c| "()[]{}\"".contains(*c)) => _ = chars.next(),
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => {
                depth -= 1;
                called |= depth == 0 && c == ')';
            }
            ';' if depth <= 0 => return out,
            _ => {}
        }
        // Of what is done later, closures within parentheses tell as well: `.map(|t| t.join())`.
        if called && !(last.is_whitespace() && c.is_whitespace()) {
            out.push(c);
        }
        last = c;
    }
    out
}

/// The name in the text before an expression: of a field, a static, or a binding.
fn name_in(head: &str, makes: Makes) -> Option<String> {
    let statement = head.rsplit(';').next().unwrap_or_default();
    // `field: Mutex::new(` wins over the `let` around it.
    if let Some((before, after)) = statement.rsplit_once(':')
        && !before.ends_with(':')
        && !after.contains('=')
        && after.chars().all(|c| c.is_alphanumeric() || " _<>(".contains(c))
    {
        let name: String = before.trim_end().chars().rev().take_while(is_word).collect();
        if !name.is_empty() {
            return Some(name.chars().rev().collect());
        }
    }
    ["static ", "let mut ", "let "]
        .into_iter()
        .find_map(|keyword| {
            let start = statement.rfind(keyword)? + keyword.len();
            let pattern = statement[start..].trim_start();
            if let Some(tuple) = pattern.strip_prefix('(') {
                return if makes == Makes::Channel { name_of_an_end(tuple) } else { name_in_tuple(tuple) };
            }
            let name: String = pattern.chars().take_while(is_word).collect();
            // `Ok(thread) = `: what is inside.
            let inside = pattern[name.len()..].strip_prefix('(').and_then(|inner| inner.split_once(')'));
            let name = inside.map_or(name.as_str(), |(inner, _)| inner.trim_start_matches("mut "));
            (!name.is_empty() && name.chars().all(|c| is_word(&c))).then(|| name.into())
        })
        .or_else(|| name_of_field(statement))
}

/// The name in `Bank { accounts: balances.iter().map(|b| `: of the field being filled, however.
fn name_of_field(statement: &str) -> Option<String> {
    statement.rmatch_indices(": ").find_map(|(colon, _)| {
        let before = &statement[..colon];
        let start = before.rfind(|c: char| !is_word(&c)).map_or(0, |i| i + 1);
        let name = &before[start..];
        let opens = before[..start].trim_end().chars().last().is_none_or(|c| "{,".contains(c));
        (opens && name.starts_with(|c: char| c.is_lowercase())).then(|| name.into())
    })
}

/// The name in `a, b) = (first, ` that the expression to come is bound to: as many commas in.
fn name_in_tuple(text: &str) -> Option<String> {
    let (names, values) = text.split_once(')')?;
    let values = values.trim_start().strip_prefix('=')?.trim_start().strip_prefix('(')?;
    let mut depth = 0;
    let mut position = 0;
    for c in values.chars() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => position += 1,
            _ => {}
        }
    }
    word_of(names.split(',').nth(position)?)
}

/// The name in `sender, letters) = ` that a channel goes by: what is sent comes out at the receiver.
fn name_of_an_end(text: &str) -> Option<String> {
    let (ends, _) = text.split_once(')')?;
    ends.rsplit(',').filter_map(word_of).find(|name| !name.starts_with('_'))
}

/// A pattern that is one name.
fn word_of(pattern: &str) -> Option<String> {
    let name = pattern.trim().trim_start_matches("mut ");
    (!name.is_empty() && name.chars().all(|c| is_word(&c))).then(|| name.into())
}

fn is_word(c: &char) -> bool {
    c.is_alphanumeric() || *c == '_'
}

#[cfg(test)]
mod tests {
    use super::{Makes, name, name_in};

    #[test]
    fn names_come_from_the_text_before() {
        let cases = [
            ("    let count = Arc::new(", Some("count")),
            ("    let mut total = ", Some("total")),
            ("    let (sender, receiver) = ", None),
            ("    let (from, to) = (Arc::new(", Some("from")),
            ("    let (from, mut to) = (Arc::new(Mutex::new((1, 2))), Arc::new(", Some("to")),
            ("static VISITS: Mutex<u64> = ", Some("VISITS")),
            ("            balance: ", Some("balance")),
            ("    let bank = Bank { vault: ", Some("vault")),
            ("    let a = f(); let b = ", Some("b")),
            ("        s.spawn(|| std::", None),
            ("    counters.push(", None),
            ("    Bank { accounts: balances.iter().map(|b| ", Some("accounts")),
            ("    accounts: (0..n).map(|_| ", Some("accounts")),
            ("    let forks: Vec<_> = (0..n).map(|_| ", Some("forks")),
            ("    let f = |a: u8| ", Some("f")),
            ("    let Ok(clerk) = Builder::new().", Some("clerk")),
        ];
        for (head, name) in cases {
            assert_eq!(name_in(head, Makes::Object).as_deref(), name, "{head}");
        }
    }

    /// The name of what is made where `@` stands.
    fn made(text: &str, makes: Makes) -> Option<String> {
        let (before, _) = text.split_once('@').expect("a mark");
        let (line, column) = (before.lines().count(), before.lines().last().unwrap().chars().count() + 1);
        name(&super::Lines::of(text.replace('@', "")), line, column, makes)
    }

    #[test]
    fn a_channel_is_called_as_its_receiver() {
        let cases = [
            ("fn serve(meals: u32, serve: fn(u32)) {\n    let (tx, rx) = @mpsc::channel();\n", Some("rx")),
            ("{\n    let (sender, _) = @mpsc::channel::<u32>();\n", Some("sender")),
            (
                "{\n    let (to_cook, mut orders): (Sender<u32>, _) =\n        @mpsc::channel();\n",
                Some("orders"),
            ),
            ("fn serve(meals: u32, serve: fn(u32)) {\n    wire(@mpsc::channel());\n", None),
            ("{\n    // let us see: one\n    wire(@mpsc::channel());\n", None),
        ];
        for (text, name) in cases {
            assert_eq!(made(text, Makes::Channel).as_deref(), name, "{text}");
        }
    }

    #[test]
    fn a_thread_is_called_as_what_holds_its_handle_and_not_as_what_came_of_it() {
        let cases = [
            ("{\n    let clerk = @thread::spawn(move || work(')'));\n    clerk.join();\n", Some("clerk")),
            ("{\n    let clerks: Vec<_> = (0..2).map(|_| @thread::spawn(work)).collect();\n", Some("clerks")),
            (
                "{\n    let clerks: Vec<JoinHandle<u32>> = (0..2)\n        .map(|_| {\n            @thread::spawn(|| 1)\n        }).collect();\n",
                Some("clerks"),
            ),
            ("{\n    let result: Vec<String> = people.iter().map(|p| @thread::spawn(p)).collect();\n", None),
            ("{\n    let sum = @thread::spawn(|| { let a = 1; a }).join().unwrap();\n", None),
            (
                "{\n    let sums: Vec<_> = (0..2)\n        .map(|_| @thread::spawn(work))\n        .map(|t| t.join().unwrap()) // \")\n        .collect();\n",
                None,
            ),
            ("{\n    let total = thread::scope(|s| {\n        s.@spawn(|| 1);\n    });\n", None),
            ("{\n    let Ok(result) = @thread::spawn(ask).join() else {\n", None),
            ("{\n    let text = @thread::spawn(|| print(\") .join(\"));\n", Some("text")),
        ];
        for (text, name) in cases {
            assert_eq!(made(text, Makes::Thread).as_deref(), name, "{text}");
        }
    }
}
