//! Small things about text that others wrote.

/// At most `most` bytes of `text`, whole characters, and a note of what was left out.
pub fn shortened(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let end = (0..=most).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    format!("{}\n[… {} bytes are not shown …]", &text[..end], text.len() - end)
}

/// So many seconds as a person says it: `40 s`, `3 min`, `2 h 5 min`.
pub fn about(seconds: u64) -> String {
    let minutes = seconds.div_ceil(60);
    match seconds {
        0..90 => format!("{seconds} s"),
        90..5400 => format!("{minutes} min"),
        _ => format!("{} h {} min", minutes / 60, minutes % 60),
    }
}

/// Text in which nothing can move a terminal's cursor or turn around what is read: control characters and those that
/// change the direction of writing are shown as what they are.
pub fn tame(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' => out.push(character),
            c if c.is_control() || is_direction(c) => out.push_str(&format!("\\u{{{:x}}}", c as u32)),
            c => out.push(c),
        }
    }
    out
}

fn is_direction(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}')
}

/// What a person should look at in an answer's text, though it decides nothing.
pub fn suspicious(text: &str) -> Vec<String> {
    let mut flags = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.chars().any(is_direction) {
            flags.push(format!("line {}: characters that change the direction of writing", number + 1));
        }
        // The shape of the known hole in Rust's rules for lifetimes (rust-lang/rust issue 25860).
        let squeezed: String = line.chars().filter(|c| !c.is_whitespace()).collect();
        let pieces: Vec<&str> = squeezed.split("&'").skip(1).collect();
        // `&'a &'b` leaves a piece that is a name and nothing else, with another behind it.
        let is_name =
            |piece: &&str| !piece.is_empty() && piece.chars().all(|c| c.is_alphanumeric() || c == '_');
        let nested = pieces.iter().rev().skip(1).any(is_name);
        if nested {
            flags.push(format!("line {}: a reference to a reference with two lifetimes", number + 1));
        }
    }
    flags.truncate(10);
    flags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_keeps_characters_whole() {
        assert_eq!(shortened("abc", 3), "abc");
        assert_eq!(shortened("aöö", 4), "aö\n[… 2 bytes are not shown …]");
    }

    #[test]
    fn a_time_is_said_as_a_person_says_it() {
        let said = [0, 40, 89, 90, 121, 5399, 5400, 7500].map(about);
        assert_eq!(said, ["0 s", "40 s", "89 s", "2 min", "3 min", "90 min", "1 h 30 min", "2 h 5 min"]);
    }

    #[test]
    fn nothing_moves_the_cursor_or_turns_the_text() {
        assert_eq!(tame("a\x1b[2Jb\u{202e}c\r\n"), "a\\u{1b}[2Jb\\u{202e}c\\u{d}\n");
    }

    #[test]
    fn what_a_person_should_see_is_found() {
        assert_eq!(suspicious("fn f() {}"), Vec::<String>::new());
        assert_eq!(suspicious("\nfn f<'a>(x: & 'static &'a u8) {}").len(), 1);
        assert_eq!(suspicious("// \u{202e}").len(), 1);
    }
}
