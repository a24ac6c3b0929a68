//! What a line of a client means, and what may stand in it.

/// How every line begins that comes from the server itself. No name can, so nobody can talk like the server.
pub const SERVER: &str = "*";

/// Characters, not bytes.
pub const LONGEST_NAME: usize = 20;

/// What a client wants.
#[derive(Debug, PartialEq)]
pub enum Request<'a> {
    /// An empty line.
    Nothing,
    Say(&'a str),
    Tell {
        name: &'a str,
        text: &'a str,
    },
    Who,
    Help,
    Quit,
    /// Something that does not exist; the text says so.
    Unknown(String),
}

impl<'a> Request<'a> {
    /// What a line says to all, if that is what it does.
    pub fn to_all(line: &'a str) -> Option<&'a str> {
        if let Request::Say(text) = Request::of(line) { Some(text) } else { None }
    }

    /// Reads a line.
    pub fn of(line: &'a str) -> Request<'a> {
        let Some(command) = line.strip_prefix('/') else {
            return if line.trim().is_empty() { Request::Nothing } else { Request::Say(line) };
        };
        let (word, rest) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
        match (word, rest.trim()) {
            ("tell", rest) => match rest.split_once(char::is_whitespace) {
                Some((name, text)) => Request::Tell { name, text: text.trim_start() },
                None => Request::Unknown("Whom, and what? /tell NAME TEXT".into()),
            },
            ("who", "") => Request::Who,
            ("help", "") => Request::Help,
            ("quit", "") => Request::Quit,
            ("who" | "help" | "quit", _) => Request::Unknown(format!("/{word} stands alone.")),
            _ => Request::Unknown("There is no such command. /help says what there is.".into()),
        }
    }
}

/// What is wrong with a name, if anything.
///
/// Letters of all languages are welcome, so names that only look alike are possible, with a Greek omicron for an o. A
/// product would allow one script a name (Unicode Technical Standard 39).
pub fn name_problem(name: &str) -> Option<String> {
    let good = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    if name.is_empty() {
        return Some("Just a name, please.".into());
    }
    if name.chars().count() > LONGEST_NAME {
        return Some(format!("A name has no more than {LONGEST_NAME} characters."));
    }
    (!name.chars().all(good)).then(|| "A name has only letters, digits, - and _.".into())
}

/// The text without characters that do something to a terminal instead of being shown: colours, a cleared screen, text
/// that runs from right to left over what stands there. Each becomes a `?`.
pub fn cleaned(text: &str) -> String {
    let overrides =
        |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let shown = |c: char| match c {
        '\t' => ' ',
        c if c.is_control() || overrides(c) || matches!(c, '\u{2028}' | '\u{2029}') => '?',
        c => c,
    };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_what_they_mean() {
        let tell = |name, text| Request::Tell { name, text };
        for (line, meaning) in [
            ("", Request::Nothing),
            ("  ", Request::Nothing),
            ("hello all", Request::Say("hello all")),
            (" /who said that", Request::Say(" /who said that")),
            ("/who", Request::Who),
            ("/who ", Request::Who),
            ("/help", Request::Help),
            ("/quit", Request::Quit),
            ("/tell bob  how are you", tell("bob", "how are you")),
            ("/tell\tbob hi", tell("bob", "hi")),
        ] {
            assert_eq!(Request::of(line), meaning, "{line:?}");
        }
        for line in ["/", "/tell", "/tell bob", "/tell bob ", "/whos", "/etc/passwd", "/quit now"] {
            assert!(matches!(Request::of(line), Request::Unknown(_)), "{line:?}");
        }
    }

    #[test]
    fn names_good_and_bad() {
        for name in ["ada", "Jürgen", "李四", "x-1_y", &"n".repeat(20)] {
            assert_eq!(name_problem(name), None, "{name:?}");
        }
        for name in ["", "two words", "*", "a:b", "a\u{1b}[2J", "/who", "a,b", &"n".repeat(21)] {
            assert!(name_problem(name).is_some(), "{name:?}");
        }
    }

    #[test]
    fn nothing_reaches_a_terminal_that_is_no_text() {
        assert_eq!(cleaned("a\tb\u{1b}[2J\u{7}\u{202e}c\u{9b}1m\r"), "a b?[2J??c?1m?");
        assert_eq!(cleaned("zwölf ✓ 李"), "zwölf ✓ 李");
    }
}
