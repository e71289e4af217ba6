//! Names that are confined to a place.

use super::{NONE, lists, places, rules, source};

fn memory(path: &str, text: &str) -> Vec<String> {
    places(&rules::is_confined(&source(path, text), &lists::MEMORY))
}

#[test]
fn sea_orm_in_the_composition_root_is_found() {
    let source = source("src/app.rs", "use sea_orm::Database;");
    let findings = rules::is_confined(&source, &lists::DATABASE);
    assert_eq!(places(&findings), ["src/app.rs:1"]);
}

#[test]
fn the_migrations_in_a_subcommand_are_found() {
    let source = source("src/cli/migrate.rs", "migration::Migrator::up();");
    let findings = rules::is_confined(&source, &lists::DATABASE);
    assert_eq!(places(&findings), ["src/cli/migrate.rs:1"]);
}

#[test]
fn sea_orm_in_a_database_adapter_is_no_finding() {
    let source = source("src/adapters/database/a.rs", "use sea_orm::Database;");
    let findings = rules::is_confined(&source, &lists::DATABASE);
    assert_eq!(places(&findings), NONE);
}

#[test]
fn poem_in_a_limiter_is_found() {
    let source = source("src/adapters/limiter/a.rs", "use poem::Request;");
    let findings = rules::is_confined(&source, &lists::HTTP);
    assert_eq!(places(&findings), ["src/adapters/limiter/a.rs:1"]);
}

#[test]
fn moka_in_the_http_adapter_is_found() {
    let source = source("src/adapters/http/a.rs", "moka::sync::Cache::new(1);");
    let findings = rules::is_confined(&source, &lists::LIMITER);
    assert_eq!(places(&findings), ["src/adapters/http/a.rs:1"]);
}

#[test]
fn counters_in_a_limiter_are_found() {
    let source = source("src/adapters/limiter/a.rs", "use prometheus_client as p;");
    let findings = rules::is_confined(&source, &lists::METRICS);
    assert_eq!(places(&findings), ["src/adapters/limiter/a.rs:1"]);
}

#[test]
fn a_composition_root_on_memory_is_found() {
    let text = "use crate::adapters::{database, memory};";
    assert_eq!(memory("src/app.rs", text), ["src/app.rs:1"]);
}

#[test]
fn memory_adapters_passed_on_under_another_name_are_found() {
    let text = "pub mod memory;\npub use memory::Users;";
    assert_eq!(
        memory("src/adapters/mod.rs", text),
        ["src/adapters/mod.rs:2"]
    );
}

#[test]
fn the_openapi_subcommand_may_run_on_memory() {
    let text = "use crate::adapters::memory::Users;";
    assert_eq!(memory("src/cli/openapi.rs", text), NONE);
}

#[test]
fn a_value_called_memory_is_no_finding() {
    let text = "fn hash(memory: &mut HashMemory) { memory.wipe() }";
    assert_eq!(memory("src/adapters/hasher/pool.rs", text), NONE);
}
