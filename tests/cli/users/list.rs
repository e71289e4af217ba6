use std::fmt::Write;

use serde_json::{Value, json};

use super::{assert_done, create, fed, json_of, line, migrated, users};
use crate::support::process::text;

fn names(list: &Value) -> Vec<&str> {
    let users = list.as_array().unwrap().iter();
    users
        .map(|user| user["username"].as_str().unwrap())
        .collect()
}

#[test]
fn an_empty_list_says_so() {
    let dir = migrated();
    assert_eq!(json_of(dir.path(), &["list"]), json!([]));
    let listed = text(&users(dir.path(), &["list"]).stderr);
    assert_eq!(listed, "There are no such accounts.\n");
}

#[test]
fn the_list_is_filtered_by_beginning_role_and_status() {
    let dir = migrated();
    create(dir.path(), "ada", &["--role", "admin"]);
    create(dir.path(), "adam", &["--role", "editor"]);
    create(dir.path(), "bob", &[]);
    assert_done(&users(dir.path(), &["disable", "bob"]));
    for (args, expected) in [
        (vec![], vec!["bob", "adam", "ada"]),
        (vec!["--search", "ADA"], vec!["adam", "ada"]),
        (vec!["--search", "bob@"], vec!["bob"]),
        (vec!["--search", "%"], vec![]),
        (vec!["--role", "admin"], vec!["ada"]),
        (vec!["--status", "disabled"], vec!["bob"]),
        (vec!["--status", "active", "--role", "editor"], vec!["adam"]),
        (vec!["--limit", "2"], vec!["bob", "adam"]),
        (vec!["--limit", "0"], vec![]),
    ] {
        let listed = json_of(dir.path(), &[&["list"], &args[..]].concat());
        assert_eq!(names(&listed), expected, "{args:?}");
    }
    for args in [["--status", "asleep"], ["--role", "a b"], ["--limit", "-1"]] {
        let output = users(dir.path(), &[&["list"], &args[..]].concat());
        assert_eq!(output.status.code(), Some(2), "{args:?}");
    }
}

#[test]
fn all_pages_are_listed() {
    let dir = migrated();
    let mut file = String::new();
    for number in 0..250 {
        write!(file, "{}", line(&format!("user{number}"))).unwrap();
    }
    assert_done(&fed(dir.path(), &["import", "-"], file.as_bytes()));
    let listed = json_of(dir.path(), &["list"]);
    let mut all = names(&listed);
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 250);
    let limited = json_of(dir.path(), &["list", "--limit", "150"]);
    assert_eq!(
        limited.as_array(),
        Some(&listed.as_array().unwrap()[..150].to_vec())
    );
    let table = text(&users(dir.path(), &["list"]).stdout);
    assert_eq!(table.lines().count(), 250);
    assert!(!table.contains("$2b$") && !listed.to_string().contains("$2b$"));
}
