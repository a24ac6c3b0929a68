//! Text made ready for a picture: harmless, escaped, wrapped.

/// `text` with control characters, and those that turn the reading direction, written as escapes.
pub(crate) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' => out.push_str("    "),
            c if c.is_control() || hides(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

/// Characters that are not seen themselves and change how others are.
fn hides(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// `text` for use between the tags and inside the quoted attributes of HTML and SVG.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// `text` as a string of JSON that may stand inside a `script` element.
pub(crate) fn json(text: &str) -> String {
    let mut out = String::from("\"");
    for c in visible(text).chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '<' | '>' | '&' => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// How many columns a text takes in a font of equal widths.
pub(crate) fn cells(text: &str) -> usize {
    text.chars().map(width_of).sum()
}

/// East Asian characters and pictographs are two columns wide.
fn width_of(c: char) -> usize {
    match c as u32 {
        0x300..=0x36f => 0,
        0x1100..=0x115f
        | 0x2e80..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f000..=0x1faff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

/// Breaks `text` between words into lines at most `width` columns wide; a word that is longer is broken, too.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let width = width.max(2);
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is a first line");
        if !line.is_empty() && cells(line) + 1 + cells(word) <= width {
            line.push(' ');
            line.push_str(word);
            continue;
        }
        if !line.is_empty() {
            lines.push(String::new());
        }
        for c in word.chars() {
            let line = lines.last_mut().expect("there is a first line");
            if cells(line) + width_of(c) > width {
                lines.push(c.into());
            } else {
                line.push(c);
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{cells, escaped, json, wrapped};

    #[test]
    fn nothing_gets_out_of_where_it_stands() {
        assert_eq!(escaped("</script> \"'&\u{202e}"), "&lt;/script&gt; &quot;&#39;&amp;\\u{202e}");
        assert_eq!(json("</script>\"\\\n\u{2028}"), "\"\\u003c/script\\u003e\\\"\\\\\\\\u{a}\\\\u{2028}\"");
        assert_eq!(escaped("\u{0}\u{1b}[31m"), "\\u{0}\\u{1b}[31m");
    }

    #[test]
    fn every_line_fits() {
        for width in 2..40 {
            let text = "waits for a_lock_with_a_very_long_name, held by 出納係 and 🦀🦀🦀";
            let lines = wrapped(text, width);
            assert!(lines.iter().all(|line| cells(line) <= width), "{width}: {lines:?}");
            let glued: String = lines.concat().split_whitespace().collect();
            assert_eq!(glued, text.split_whitespace().collect::<String>());
        }
        assert_eq!(wrapped("", 10), [""]);
    }
}
