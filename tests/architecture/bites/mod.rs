//! The checker, on snippets that must and that must not be findings.

mod code;
mod crates;
mod layers;
mod places;
mod reading;

use super::{
    lists,
    rules::{self, Finding},
    source::Source,
    tree,
};

const NONE: [&str; 0] = [];

/// The places with findings.
fn places(findings: &[Finding]) -> Vec<String> {
    let place = |finding: &Finding| {
        let text = finding.to_string();
        text.split(": ").next().unwrap_or_default().to_owned()
    };
    findings.iter().map(place).collect()
}

fn source(path: &str, text: &str) -> Source {
    Source::new(path, text)
}

fn layers(path: &str, text: &str) -> Vec<String> {
    places(&rules::names_only_layers_to_its_left(&source(path, text)))
}
