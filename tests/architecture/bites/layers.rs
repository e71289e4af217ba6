//! The order of the layers.

use super::{NONE, layers, places, rules, source};

#[test]
fn an_adapter_within_a_use_group_is_found() {
    let text = "use std::fmt;\nuse crate::{domain::X, adapters::Y};";
    assert_eq!(layers("src/usecases/a.rs", text), ["src/usecases/a.rs:2"]);
}

#[test]
fn a_group_over_several_lines_is_found_at_the_words_line() {
    let text = "use crate::{\n    domain::X,\n    usecases::Y,\n};";
    assert_eq!(layers("src/ports/a.rs", text), ["src/ports/a.rs:3"]);
}

#[test]
fn a_layer_under_another_name_is_found_by_its_bare_word() {
    let text = "use crate as all; fn f(x: all::r#adapters) {}";
    assert_eq!(layers("src/domain/a.rs", text), ["src/domain/a.rs:1"]);
}

#[test]
fn crypto_may_not_name_the_ports_to_its_right() {
    let text = "use crate::ports::Clock;";
    assert_eq!(layers("src/crypto/a.rs", text), ["src/crypto/a.rs:1"]);
}

#[test]
fn a_layer_may_name_those_to_its_left() {
    let text = "use crate::{crypto::A, domain::B, ports::C, usecases::D};";
    assert_eq!(layers("src/adapters/http/a.rs", text), NONE);
}

#[test]
fn main_may_name_every_layer() {
    let text = "use signet::cli; fn main() { cli::run() }";
    assert_eq!(layers("src/main.rs", text), NONE);
}

#[test]
fn a_value_called_app_is_no_finding_in_an_adapter() {
    let text = "fn f() { let app = 1; g(app) }";
    assert_eq!(layers("src/adapters/http/a.rs", text), NONE);
}

#[test]
fn an_adapter_that_imports_the_app_is_found() {
    let text = "use crate::app;";
    assert_eq!(layers("src/adapters/a.rs", text), ["src/adapters/a.rs:1"]);
}

#[test]
fn a_folder_that_is_no_layer_is_found() {
    let source = source("src/utils/a.rs", "");
    let findings = rules::belongs_to_a_layer(&source);
    assert_eq!(places(&findings), ["src/utils/a.rs:1"]);
}

#[test]
fn a_module_with_its_file_elsewhere_is_found() {
    let source = source("src/domain/a.rs", "#[path = \"../adapters/a.rs\"]\nmod a;");
    let findings = rules::belongs_to_a_layer(&source);
    assert_eq!(places(&findings), ["src/domain/a.rs:1"]);
}
