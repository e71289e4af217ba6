//! Rust sources as tokens: without comments and literals, so that what is only
//! talked about is not taken for what is used.

/// A file of the tree, by its path from the repository's root.
pub(crate) struct Source {
    pub path: String,
    /// Without a trailing `#[cfg(test)] mod`.
    pub lines: usize,
    pub tokens: Vec<Token>,
}

pub(crate) struct Token {
    pub text: String,
    pub line: usize,
    /// Whether the word leads on to something (`word::`) or is imported.
    pub in_path: bool,
    /// Whether it stands in the file's trailing `#[cfg(test)] mod`.
    pub in_tests: bool,
}

impl Source {
    pub(crate) fn new(path: impl Into<String>, text: &str) -> Self {
        let mut tokens = tokens(text);
        mark_paths(&mut tokens);
        let tests = trailing_tests(&tokens);
        let lines = match tests {
            Some(start) => tokens[start].line - 1,
            None => text.lines().count(),
        };
        for token in tests.map_or(&mut [][..], |start| &mut tokens[start..]) {
            token.in_tests = true;
        }
        Self {
            path: path.into(),
            lines,
            tokens,
        }
    }

    /// Where the tokens read `wanted`, one after the other.
    pub(crate) fn sequences(&self, wanted: &[&str]) -> Vec<&Token> {
        self.tokens
            .windows(wanted.len())
            .filter(|window| reads(window, wanted))
            .map(|window| &window[0])
            .collect()
    }
}

fn reads(tokens: &[Token], wanted: &[&str]) -> bool {
    tokens.len() >= wanted.len() && tokens.iter().zip(wanted).all(|(t, w)| t.text == *w)
}

fn mark_paths(tokens: &mut [Token]) {
    let mut in_import = false;
    for at in 0..tokens.len() {
        let next = tokens.get(at + 1).map_or("", |next| &next.text);
        let leads_on = next == "::";
        match tokens[at].text.as_str() {
            // `impl Trait + use<'a>` imports nothing.
            "use" => in_import = next != "<",
            "crate" if at > 0 && tokens[at - 1].text == "extern" => in_import = true,
            ";" => in_import = false,
            _ => tokens[at].in_path = in_import || leads_on,
        }
    }
}

/// Where the `#[cfg(test)] mod` starts that the file ends with.
fn trailing_tests(tokens: &[Token]) -> Option<usize> {
    let attribute = ["#", "[", "cfg", "(", "test", ")", "]"];
    (0..tokens.len())
        .filter(|&at| reads(&tokens[at..], &attribute))
        .find(|&at| last_module(tokens, at).is_some())
}

/// The end of the module whose attributes start at `at`, if it is the file's.
fn last_module(tokens: &[Token], mut at: usize) -> Option<usize> {
    while reads(&tokens[at..], &["#", "["]) {
        at = closing(tokens, at + 1, "[", "]")? + 1;
    }
    let is_module = tokens.get(at)?.text == "mod" && tokens.get(at + 2)?.text == "{";
    let end = closing(tokens, at + 2, "{", "}")? + 1;
    (is_module && end == tokens.len()).then_some(end)
}

fn closing(tokens: &[Token], from: usize, open: &str, close: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(from) {
        if token.text == open {
            depth += 1;
        } else if token.text == close {
            depth -= 1;
            if depth == 0 {
                return Some(at);
            }
        }
    }
    None
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let (mut rest, mut line) = (text, 1);
    while !rest.is_empty() {
        let (length, is_code) = piece(rest);
        let (read, unread) = rest.split_at(length);
        if is_code {
            tokens.push(Token {
                text: read.strip_prefix("r#").unwrap_or(read).to_owned(),
                line,
                in_path: false,
                in_tests: false,
            });
        }
        line += read.matches('\n').count();
        rest = unread;
    }
    tokens
}

/// How long the first piece of the text is, and whether it is code.
fn piece(rest: &str) -> (usize, bool) {
    if rest.starts_with("//") {
        (rest.find('\n').unwrap_or(rest.len()), false)
    } else if rest.starts_with("/*") {
        (block_comment(rest), false)
    } else if let Some(length) = string(rest) {
        (length, false)
    } else if let Some(quoted) = rest.strip_prefix("b'") {
        (2 + character(quoted).unwrap_or(0), false)
    } else if let Some(quoted) = rest.strip_prefix('\'') {
        (1 + character(quoted).unwrap_or_else(|| word(quoted)), false)
    } else if rest.starts_with("::") {
        (2, true)
    } else if let Some(raw) = rest.strip_prefix("r#").filter(|raw| word(raw) > 0) {
        (2 + word(raw), true)
    } else if word(rest) > 0 {
        (word(rest), true)
    } else {
        let first = rest.chars().next().unwrap_or_default();
        (first.len_utf8(), !first.is_whitespace())
    }
}

fn word(rest: &str) -> usize {
    rest.find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(rest.len())
}

/// Block comments nest.
fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        match rest.as_bytes()[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] if depth == 1 => return at + 2,
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    at
}

fn string(rest: &str) -> Option<usize> {
    let quote = rest.find(|c| !matches!(c, 'b' | 'c' | 'r'))?;
    let is_raw = match &rest[..quote] {
        "" | "b" | "c" => false,
        "r" | "br" | "cr" => true,
        _ => return None,
    };
    if !is_raw {
        let body = rest[quote..].strip_prefix('"')?;
        return Some(quote + 1 + until_unescaped(body, b'"'));
    }
    let hashes = rest[quote..].bytes().take_while(|&b| b == b'#').count();
    let body = rest[quote + hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = body.find(&end).map_or(body.len(), |at| at + end.len());
    Some(quote + hashes + 1 + length)
}

/// What follows a quote, when it is a character's and not a lifetime's.
fn character(quoted: &str) -> Option<usize> {
    let mut characters = quoted.chars();
    let first = characters.next()?;
    if first == '\\' {
        Some(until_unescaped(quoted, b'\''))
    } else {
        (characters.next() == Some('\'')).then(|| first.len_utf8() + 1)
    }
}

/// The length up to and with the first `quote` that no backslash precedes.
fn until_unescaped(body: &str, quote: u8) -> usize {
    let mut escaped = false;
    for (at, byte) in body.bytes().enumerate() {
        if escaped {
            escaped = false;
        } else if byte == b'\\' {
            escaped = true;
        } else if byte == quote {
            return at + 1;
        }
    }
    body.len()
}
