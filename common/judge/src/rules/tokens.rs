//! A source file as a flat list of tokens with line numbers, and the paths that its `use` lines give names to.
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::collections::HashMap;

/// One token; brackets of every kind count as two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// As written, except that a raw identifier has lost its `r#`.
    pub text: String,
    pub kind: Kind,
    pub line: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    /// A raw identifier: never a keyword.
    RawWord,
    Sign,
    Bracket,
    Literal,
}

impl Token {
    pub fn is(&self, text: &str) -> bool {
        self.text == text && self.kind != Kind::Literal
    }

    pub fn is_word(&self) -> bool {
        matches!(self.kind, Kind::Word | Kind::RawWord)
    }
}

/// The tokens of a source text; `None` when it cannot be split into tokens, which is for the compiler to tell.
pub(super) fn tokens(source: &str) -> Option<Vec<Token>> {
    let stream: TokenStream = source.parse().ok()?;
    let mut out = Vec::new();
    flatten(stream, &mut out);
    Some(out)
}

fn flatten(stream: TokenStream, out: &mut Vec<Token>) {
    for tree in stream {
        let line = tree.span().start().line;
        match tree {
            TokenTree::Ident(word) => {
                let text = word.to_string();
                let (text, kind) = match text.strip_prefix("r#") {
                    Some(bare) => (bare.to_string(), Kind::RawWord),
                    None => (text, Kind::Word),
                };
                out.push(Token { text, kind, line });
            }
            TokenTree::Punct(sign) => {
                out.push(Token { text: sign.as_char().to_string(), kind: Kind::Sign, line });
            }
            TokenTree::Literal(literal) => {
                out.push(Token { text: literal.to_string(), kind: Kind::Literal, line });
            }
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                out.push(Token { text: open.into(), kind: Kind::Bracket, line });
                flatten(group.stream(), out);
                let line = group.span_close().start().line;
                out.push(Token { text: close.into(), kind: Kind::Bracket, line });
            }
        }
    }
}

/// A path as it is written somewhere, with its first name replaced by what a `use` says it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path {
    pub names: Vec<String>,
    /// Whether it begins with `::`.
    pub global: bool,
    /// Whether it stands in a `use`.
    pub import: bool,
    /// Whether only a `use …::*` may have brought its first name in.
    pub glob: bool,
    pub line: usize,
}

/// Every path of the file: those of the code, and one for each name that a `use` brings in.
pub(super) fn paths(tokens: &[Token]) -> Vec<Path> {
    let mut imports = Vec::new();
    let mut code = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let word = &tokens[at];
        if word.kind == Kind::Word && word.text == "use" {
            at = use_tree(tokens, at + 1, &[], false, &mut imports);
        } else if word.is_word() && !after_dot(tokens, at) {
            at = plain_path(tokens, at, &mut code);
        } else {
            at += 1;
        }
    }
    let mut names: HashMap<&str, &Import> = HashMap::new();
    for import in &imports {
        names.insert(&import.name, import);
    }
    let globs: Vec<&Import> = imports.iter().filter(|i| i.name == "*").collect();
    let own = defined(tokens);
    let mut out: Vec<Path> = Vec::new();
    for import in &imports {
        let names = resolve(&import.path, &names, import.global);
        out.push(Path { names, global: import.global, import: true, glob: false, line: import.line });
    }
    for path in code {
        let known = names.contains_key(path.names[0].as_str());
        let resolved = resolve(&path.names, &names, path.global);
        if !known && !path.global && !own.contains(&path.names[0]) {
            // It may come from a `use …::*`.
            for glob in &globs {
                let mut full = resolve(&glob.path, &names, glob.global);
                full.extend(path.names.iter().cloned());
                out.push(Path { names: full, glob: true, ..path.clone() });
            }
        }
        out.push(Path { names: resolved, ..path });
    }
    out
}

struct Import {
    /// The name it has in this file, or `*`.
    name: String,
    path: Vec<String>,
    global: bool,
    line: usize,
}

fn after_dot(tokens: &[Token], at: usize) -> bool {
    // `a.b` is a member, but `0..b` a range.
    at >= 1 && tokens[at - 1].is(".") && !(at >= 2 && tokens[at - 2].is("."))
}

fn colons(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|t| t.is(":")) && tokens.get(at + 1).is_some_and(|t| t.is(":"))
}

/// Reads `a::b::c` from `at`; gives the index after it.
fn plain_path(tokens: &[Token], mut at: usize, out: &mut Vec<Path>) -> usize {
    let line = tokens[at].line;
    let global = at >= 2 && colons(tokens, at - 2);
    let mut names = vec![tokens[at].text.clone()];
    at += 1;
    while colons(tokens, at) && tokens.get(at + 2).is_some_and(Token::is_word) {
        names.push(tokens[at + 2].text.clone());
        at += 3;
    }
    out.push(Path { names, global, import: false, glob: false, line });
    at
}

/// Reads the tree after `use` from `at`, below `prefix`; gives the index after it.
fn use_tree(
    tokens: &[Token],
    mut at: usize,
    prefix: &[String],
    global: bool,
    out: &mut Vec<Import>,
) -> usize {
    let mut path = prefix.to_vec();
    let mut global = global;
    if colons(tokens, at) {
        global = prefix.is_empty();
        at += 2;
    }
    let Some(first) = tokens.get(at) else { return at };
    let line = first.line;
    while let Some(token) = tokens.get(at) {
        if token.is("{") {
            at += 1;
            while tokens.get(at).is_some_and(|t| !t.is("}")) {
                let next = use_tree(tokens, at, &path, global, out);
                // A tree that does not parse must not stop us from coming to an end.
                at = next.max(at + 1);
                if tokens.get(at).is_some_and(|t| t.is(",")) {
                    at += 1;
                }
            }
            return at + 1;
        }
        if token.is("*") {
            out.push(Import { name: "*".into(), path, global, line: token.line });
            return at + 1;
        }
        if !token.is_word() {
            break;
        }
        if token.text != "self" || path.is_empty() {
            path.push(token.text.clone());
        }
        at += 1;
        if !colons(tokens, at) {
            break;
        }
        at += 2;
    }
    let mut name = path.last().cloned().unwrap_or_default();
    if tokens.get(at).is_some_and(|t| t.is("as")) && tokens.get(at + 1).is_some_and(Token::is_word) {
        name.clone_from(&tokens[at + 1].text);
        at += 2;
    }
    if !path.is_empty() {
        out.push(Import { name, path, global, line });
    }
    at
}

/// `path` with its first name replaced as long as a `use` says what it stands for.
fn resolve(path: &[String], names: &HashMap<&str, &Import>, global: bool) -> Vec<String> {
    let mut path: Vec<String> = path.to_vec();
    // `use a::b; use b::a;` would go round for ever; nobody renames more often than this.
    for _ in 0..8 {
        let Some(import) = (!global).then(|| names.get(path[0].as_str())).flatten() else { break };
        if import.path[0] == path[0] && import.path.len() == 1 {
            break;
        }
        let mut longer = import.path.clone();
        longer.extend(path.drain(1..));
        let settled = longer[0] == path[0];
        path = longer;
        if import.global || settled {
            break;
        }
    }
    path
}

/// The names that the file itself gives to functions, types, modules and the like.
fn defined(tokens: &[Token]) -> Vec<String> {
    const BEFORE_A_NAME: [&str; 10] =
        ["fn", "struct", "enum", "trait", "type", "mod", "const", "static", "let", "union"];
    let pairs = tokens.windows(2);
    pairs
        .filter(|pair| pair[1].is_word() && BEFORE_A_NAME.iter().any(|word| pair[0].is(word)))
        .map(|pair| pair[1].text.clone())
        .collect()
}
