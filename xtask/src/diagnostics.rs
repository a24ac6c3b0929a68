//! The compiler's messages, as it renders them.
use serde_json::Value;

/// An error of the compiler.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// The message alone.
    pub message: String,
    /// Its code, such as `E0308`; empty if it has none.
    pub code: String,
    /// The message with the lines it is about, coloured.
    pub rendered: String,
    /// File and line it is mainly about.
    pub place: Option<(String, u32)>,
}

/// The errors among the JSON lines of rustc.
pub fn errors(stderr: &str) -> Vec<Diagnostic> {
    stderr.lines().filter_map(|line| error(&serde_json::from_str(line).ok()?)).collect()
}

/// The errors and warnings among the JSON lines of rustc.
pub fn remarks(stderr: &str) -> Vec<Diagnostic> {
    stderr.lines().filter_map(|line| remark(&serde_json::from_str(line).ok()?)).collect()
}

/// The error in one message, if it is one.
pub fn error(message: &Value) -> Option<Diagnostic> {
    if message["level"].as_str()?.starts_with("error") { remark(message) } else { None }
}

/// The error or warning in one message; the closing line that only counts them is left out.
pub fn remark(message: &Value) -> Option<Diagnostic> {
    let level = message["level"].as_str()?;
    let text = message["message"].as_str()?.to_owned();
    let counts_only = text.starts_with("aborting due to") || text.ends_with("emitted");
    if !(level.starts_with("error") || level == "warning") || counts_only {
        return None;
    }
    let spans = message["spans"].as_array().map_or(&[][..], Vec::as_slice);
    let primary = spans.iter().find(|span| span["is_primary"] == true);
    let place = primary.and_then(|span| {
        Some((span["file_name"].as_str()?.to_owned(), u32::try_from(span["line_start"].as_u64()?).ok()?))
    });
    let rendered = message["rendered"].as_str().unwrap_or(&text).to_owned();
    let code = message["code"]["code"].as_str().unwrap_or_default().to_owned();
    Some(Diagnostic { message: text, code, rendered, place })
}

/// Text without the terminal's colour codes.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("\x1b[") {
        out.push_str(&rest[..at]);
        let code = &rest[at + 2..];
        let end = code.find(|c: char| c.is_ascii_alphabetic()).map_or(code.len(), |end| end + 1);
        rest = &code[end..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_found_among_warnings() {
        let lines = concat!(
            r#"{"level":"warning","message":"unused","spans":[],"rendered":"w"}"#,
            "\n",
            r#"{"level":"error","message":"mismatched types","rendered":"\u001b[31merror\u001b[0m: m","#,
            r#""spans":[{"is_primary":true,"file_name":"a.rs","line_start":7}]}"#,
            "\nnot json\n",
            r#"{"level":"error","message":"aborting due to 1 previous error","spans":[],"rendered":"e"}"#,
        );
        let errors = errors(lines);
        assert_eq!(errors.len(), 1);
        assert_eq!(remarks(lines).len(), 2);
        assert_eq!(errors[0].place, Some(("a.rs".to_owned(), 7)));
        assert_eq!(plain(&errors[0].rendered), "error: m");
    }
}
