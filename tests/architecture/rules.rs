//! The rules, each a function from one source to what breaks it there.

use std::fmt;

use super::{
    lists::{CLI, Confined, IO, LAYERS, LISTED, MAX_LINES, MAX_LINES_OF_MAIN, USECASES},
    source::{Source, Token},
};

/// A place that breaks a rule, and the way out.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    path: String,
    line: usize,
    what: String,
}

impl Finding {
    fn at(source: &Source, line: usize, what: String) -> Self {
        let path = source.path.clone();
        Self { path, line, what }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.what)
    }
}

/// Every source lies in a layer, and nothing pulls a file into another one.
pub(crate) fn belongs_to_a_layer(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    if layer(source).is_none() && source.path != "src/lib.rs" {
        let what = format!("lies in none of the layers {LAYERS:?}: move it into one");
        findings.push(Finding::at(source, 1, what));
    }
    for sequence in [&["[", "path", "="][..], &["include", "!"]] {
        findings.extend(source.sequences(sequence).iter().map(|token| {
            let what = "takes code from another place: let the file lie where its module is";
            Finding::at(source, token.line, what.to_owned())
        }));
    }
    findings
}

pub(crate) fn names_only_layers_to_its_left(source: &Source) -> Vec<Finding> {
    let Some(own) = layer(source) else {
        return Vec::new();
    };
    each(source, |token| {
        let named = LAYERS.iter().position(|name| *name == token.text)?;
        // In the core the bare word is enough; further out `app` and `config`
        // are good names for values, and `config` is a crate.
        let counts = token.in_path || own <= USECASES && token.text != "config";
        (named > own && counts).then(|| {
            format!(
                "{} names `{}`, which stands to its right: turn the dependency round",
                LAYERS[own], token.text
            )
        })
    })
}

/// `crates` are those of Cargo.toml: what is not listed is forbidden.
pub(crate) fn names_only_listed_crates(source: &Source, crates: &[String]) -> Vec<Finding> {
    let Some((layer, listed)) = core_layer(source) else {
        return Vec::new();
    };
    each(source, |token| {
        let is_crate = token.in_path && crates.contains(&token.text);
        (is_crate && !listed.contains(&token.text.as_str())).then(|| {
            format!(
                "names the crate `{}`, which is not listed for {layer}: do this further out \
                 behind a port, or list it in tests/architecture/lists.rs",
                token.text
            )
        })
    })
}

pub(crate) fn does_no_io(source: &Source) -> Vec<Finding> {
    if core_layer(source).is_none() {
        return Vec::new();
    }
    each(source, |token| {
        let is_io = token.in_path && IO.contains(&token.text.as_str());
        is_io.then(|| {
            let word = &token.text;
            format!("names `{word}` in the core: put it behind a port and into an adapter")
        })
    })
}

pub(crate) fn is_confined(source: &Source, rule: &Confined) -> Vec<Finding> {
    if lies_in(source, rule.homes) {
        return Vec::new();
    }
    each(source, |token| {
        let counts = token.in_path && rule.names.contains(&token.text.as_str());
        counts.then(|| {
            let home = rule.homes[0];
            format!("`{}` belongs to {home}: {}", token.text, rule.instead)
        })
    })
}

pub(crate) fn reads_no_clock(source: &Source) -> Vec<Finding> {
    if lies_in(source, &["src/adapters/system/", "src/adapters/system.rs"]) {
        return Vec::new();
    }
    ["Utc", "Local", "SystemTime", "Instant"]
        .iter()
        .flat_map(|clock| source.sequences(&[clock, "::", "now"]))
        .map(|token| {
            let what = "reads a clock: take the time from the `Clock` port".to_owned();
            Finding::at(source, token.line, what)
        })
        .collect()
}

pub(crate) fn is_safe(source: &Source) -> Vec<Finding> {
    each(source, |token| {
        (token.text == "unsafe").then(|| "`unsafe`: there is a safe way, take it".into())
    })
}

/// A file's own tests may: there a panic is the verdict.
pub(crate) fn does_not_unwrap(source: &Source) -> Vec<Finding> {
    let calls = [".", "::"].map(|before| [before, "unwrap"]);
    let found = calls.iter().flat_map(|call| source.sequences(call));
    found
        .filter(|token| !token.in_tests)
        .map(|token| {
            let what = "`unwrap`: return the error, or `expect` with the proof that there is none";
            Finding::at(source, token.line, what.into())
        })
        .collect()
}

pub(crate) fn has_one_subject(source: &Source) -> Vec<Finding> {
    let max = match source.path.as_str() {
        "src/main.rs" => MAX_LINES_OF_MAIN,
        _ => MAX_LINES,
    };
    if source.lines <= max {
        return Vec::new();
    }
    let what = format!("more than {max} lines without its tests: two subjects, split it");
    vec![Finding::at(source, source.lines, what)]
}

/// Migrations stay what they were when they landed, whatever becomes of the
/// server's code.
pub(crate) fn imports_nothing_from_signet(source: &Source) -> Vec<Finding> {
    each(source, |token| {
        let counts = token.in_path && token.text == "signet";
        counts.then(|| "a migration names `signet`: copy what it needs into it".into())
    })
}

fn each(source: &Source, rule: impl Fn(&Token) -> Option<String>) -> Vec<Finding> {
    let tokens = source.tokens.iter();
    tokens
        .filter_map(|token| Some(Finding::at(source, token.line, rule(token)?)))
        .collect()
}

fn layer(source: &Source) -> Option<usize> {
    if source.path == "src/main.rs" {
        return Some(CLI);
    }
    let first = source.path.strip_prefix("src/")?.split('/').next()?;
    let name = first.strip_suffix(".rs").unwrap_or(first);
    LAYERS.iter().position(|layer| *layer == name)
}

fn core_layer(source: &Source) -> Option<(&'static str, Vec<&'static str>)> {
    let own = LAYERS[layer(source)?];
    let (_, inherits, _) = LISTED.iter().find(|(layer, ..)| *layer == own)?;
    let listed = LISTED
        .iter()
        .filter(|(layer, ..)| *layer == own || inherits.contains(layer))
        .flat_map(|(.., crates)| crates.iter().copied())
        .collect();
    Some((own, listed))
}

fn lies_in(source: &Source, homes: &[&str]) -> bool {
    homes.iter().any(|home| source.path.starts_with(home))
}
