//! What of a text is code.

use super::{NONE, layers};

#[test]
fn words_in_comments_are_no_finding() {
    let text = "/// adapters\n//! cli\n/* a /* adapters */ cli */ fn f() {} // app";
    assert_eq!(layers("src/domain/a.rs", text), NONE);
}

#[test]
fn words_in_strings_are_no_finding() {
    let text = r##"let a = "cli \" app"; let b = r#"adapters "cli" app"#; let c = br"app\";"##;
    assert_eq!(layers("src/domain/a.rs", text), NONE);
}

#[test]
fn a_quote_as_a_character_opens_no_string() {
    let text = r#"let a = ['"', '\'', b'"', b'\\']; use crate::cli; let b = '"';"#;
    assert_eq!(layers("src/domain/a.rs", text), ["src/domain/a.rs:1"]);
}

#[test]
fn a_lifetime_opens_no_character() {
    let text = "fn f<'a, 'b>(x: &'a X<'b>) -> &'a adapters::X<'b> {}";
    assert_eq!(layers("src/domain/a.rs", text), ["src/domain/a.rs:1"]);
}

#[test]
fn lines_within_strings_and_comments_are_counted() {
    let text = "/*\n\n*/ const A: &str = \"\n\\\n\";\nuse crate::cli;";
    assert_eq!(layers("src/domain/a.rs", text), ["src/domain/a.rs:6"]);
}
