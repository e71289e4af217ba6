//! The crates of the core.

use super::{NONE, places, rules, source, tree};

fn crates(path: &str, text: &str) -> Vec<String> {
    let known = ["poem", "config", "rsa", "serde"].map(str::to_owned);
    places(&rules::names_only_listed_crates(
        &source(path, text),
        &known,
    ))
}

#[test]
fn a_crate_that_is_not_listed_is_found() {
    let text = "fn f() -> poem::Result<()> {}";
    assert_eq!(crates("src/usecases/a.rs", text), ["src/usecases/a.rs:1"]);
}

#[test]
fn a_crate_that_is_imported_whole_is_found() {
    let text = "use poem as web;";
    assert_eq!(crates("src/ports/a.rs", text), ["src/ports/a.rs:1"]);
}

#[test]
fn a_crate_that_is_listed_for_a_neighbour_only_is_found() {
    let text = "use rsa::RsaPrivateKey;";
    assert_eq!(crates("src/domain/a.rs", text), ["src/domain/a.rs:1"]);
}

#[test]
fn a_listed_crate_is_no_finding() {
    let text = "use rsa::RsaPrivateKey; use serde::Serialize;";
    assert_eq!(crates("src/crypto/a.rs", text), NONE);
}

#[test]
fn a_field_that_is_called_like_a_crate_is_no_finding() {
    let text = "struct A { config: u8 } fn f(a: A) { a.config; }";
    assert_eq!(crates("src/usecases/a.rs", text), NONE);
}

#[test]
fn the_adapters_may_name_any_crate() {
    assert_eq!(crates("src/adapters/http/a.rs", "use poem::Route;"), NONE);
}

#[test]
fn every_kind_of_dependency_is_read_from_the_manifest() {
    let manifest = "[package]\nname = \"signet\"\n[dependencies]\n# no = \"1\"\nsea-orm = { \
                    version = \"2\" }\ntokio.workspace = true\n[target.'cfg(unix)'.dependencies]\n\
                    libc = \"0.2\"\n[dependencies.arc-swap]\nversion = \"1\"\n\
                    [dev-dependencies]\nproptest = \"1\"\n";
    assert_eq!(
        tree::crates_in(manifest),
        ["sea_orm", "tokio", "libc", "arc_swap"]
    );
}

#[test]
fn the_manifests_own_dependencies_are_read() {
    let crates = tree::crates();
    assert!(crates.contains(&"sea_orm".to_owned()), "{crates:?}");
}
