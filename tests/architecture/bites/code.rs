//! What no code may do.

use super::{NONE, places, rules, source};

fn unwraps(text: &str) -> Vec<String> {
    places(&rules::does_not_unwrap(&source("src/app.rs", text)))
}

#[test]
fn a_file_read_in_a_use_case_is_found() {
    let source = source("src/usecases/a.rs", "use std::{fmt, fs};");
    assert_eq!(places(&rules::does_no_io(&source)), ["src/usecases/a.rs:1"]);
}

#[test]
fn a_clock_that_is_read_outside_the_system_adapters_is_found() {
    let source = source("src/adapters/http/a.rs", "std::time::Instant::now()");
    let findings = rules::reads_no_clock(&source);
    assert_eq!(places(&findings), ["src/adapters/http/a.rs:1"]);
}

#[test]
fn a_clock_that_is_passed_as_a_function_is_found() {
    let source = source("src/usecases/a.rs", "x.unwrap_or_else(Utc::now)");
    let findings = rules::reads_no_clock(&source);
    assert_eq!(places(&findings), ["src/usecases/a.rs:1"]);
}

#[test]
fn the_system_adapters_may_read_a_clock() {
    let source = source("src/adapters/system/clock.rs", "Utc::now()");
    assert_eq!(places(&rules::reads_no_clock(&source)), NONE);
}

#[test]
fn an_unsafe_block_is_found() {
    let source = source("src/app.rs", "fn f() { unsafe { g() } }");
    assert_eq!(places(&rules::is_safe(&source)), ["src/app.rs:1"]);
}

#[test]
fn an_unwrap_is_found() {
    assert_eq!(unwraps("f()\n    .unwrap();"), ["src/app.rs:2"]);
}

#[test]
fn an_unwrap_that_is_passed_as_a_function_is_found() {
    assert_eq!(unwraps("x.map(Option::unwrap)"), ["src/app.rs:1"]);
}

#[test]
fn an_unwrap_in_the_files_own_tests_is_no_finding() {
    let text = "fn f() {}\n#[cfg(test)]\nmod tests { fn g() { f().unwrap(); } }\n";
    assert_eq!(unwraps(text), NONE);
}

#[test]
fn code_after_a_test_module_is_not_taken_for_a_test() {
    let text = "#[cfg(test)]\nmod tests {}\nfn g() { f().unwrap(); }\n";
    assert_eq!(unwraps(text), ["src/app.rs:3"]);
}

#[test]
fn a_file_of_251_lines_is_found() {
    let source = source("src/app.rs", &"fn f() {}\n".repeat(251));
    assert_eq!(places(&rules::has_one_subject(&source)), ["src/app.rs:251"]);
}

#[test]
fn the_files_own_tests_do_not_count_as_its_lines() {
    let tests = format!(
        "#[cfg(test)]\nmod tests {{\n{}}}\n",
        "fn f() {}\n".repeat(200)
    );
    let source = source("src/app.rs", &("fn f() {}\n".repeat(200) + &tests));
    assert_eq!(places(&rules::has_one_subject(&source)), NONE);
}

#[test]
fn a_main_of_sixty_lines_is_found() {
    let source = source("src/main.rs", &"fn f() {}\n".repeat(60));
    assert_eq!(places(&rules::has_one_subject(&source)), ["src/main.rs:60"]);
}

#[test]
fn a_migration_that_imports_from_signet_is_found() {
    let source = source("migration/src/m1.rs", "use signet::domain::User;");
    let findings = rules::imports_nothing_from_signet(&source);
    assert_eq!(places(&findings), ["migration/src/m1.rs:1"]);
}
