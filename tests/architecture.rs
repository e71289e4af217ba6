//! The dependency rule, read from the text of the sources. The rules stand in
//! `architecture/rules.rs`, the names they go by in `architecture/lists.rs`;
//! `architecture/bites` proves that they bite.

#[path = "architecture/bites/mod.rs"]
mod bites;
#[path = "architecture/lists.rs"]
mod lists;
#[path = "architecture/rules.rs"]
mod rules;
#[path = "architecture/source.rs"]
mod source;
#[path = "architecture/tree.rs"]
mod tree;

use rules::Finding;
use source::Source;

fn holds(folder: &str, rule: impl Fn(&Source) -> Vec<Finding>) {
    let findings: Vec<String> = tree::sources(folder)
        .iter()
        .flat_map(rule)
        .map(|finding| finding.to_string())
        .collect();
    assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
}

#[test]
fn every_source_belongs_to_a_layer() {
    holds("src", rules::belongs_to_a_layer);
}

#[test]
fn a_layer_names_only_what_stands_to_its_left() {
    holds("src", rules::names_only_layers_to_its_left);
}

#[test]
fn the_core_names_only_crates_that_are_listed_for_its_layer() {
    let crates = tree::crates();
    holds("src", |source| {
        rules::names_only_listed_crates(source, &crates)
    });
}

#[test]
fn the_core_does_no_io_of_its_own() {
    holds("src", rules::does_no_io);
}

#[test]
fn only_the_database_adapters_name_sea_orm() {
    holds("src", |source| rules::is_confined(source, &lists::DATABASE));
}

#[test]
fn only_the_http_adapter_names_poem() {
    holds("src", |source| rules::is_confined(source, &lists::HTTP));
}

#[test]
fn only_the_limiter_adapters_name_moka_or_redis() {
    holds("src", |source| rules::is_confined(source, &lists::LIMITER));
}

#[test]
fn only_the_metrics_adapters_name_the_crate_that_counts() {
    holds("src", |source| rules::is_confined(source, &lists::METRICS));
}

#[test]
fn serve_cannot_be_wired_to_the_memory_adapters() {
    holds("src", |source| rules::is_confined(source, &lists::MEMORY));
}

#[test]
fn only_the_system_adapters_read_a_clock() {
    holds("src", rules::reads_no_clock);
}

#[test]
fn nothing_is_unsafe() {
    holds("src", rules::is_safe);
}

#[test]
fn nothing_unwraps_outside_its_tests() {
    holds("src", rules::does_not_unwrap);
}

#[test]
fn a_file_has_one_subject() {
    holds("src", rules::has_one_subject);
}

#[test]
fn migrations_import_nothing_from_signet() {
    holds("migration/src", rules::imports_nothing_from_signet);
}
