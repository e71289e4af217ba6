//! What the documentation says, held against the code.

use signet::{
    config::SETTINGS,
    domain::{Argon2Params, BcryptHash, ImportedHash},
};

#[test]
fn the_readme_lists_every_setting_with_its_default_and_meaning() {
    let readme = std::fs::read_to_string("README.md").unwrap();
    let rows: Vec<_> = readme
        .lines()
        .filter(|line| line.starts_with("| `SIGNET_"))
        .collect();
    let expected: Vec<_> = SETTINGS
        .iter()
        .map(|setting| {
            let default = match setting.default {
                "" => String::new(),
                default => format!("`{default}`"),
            };
            let name = setting.name.to_ascii_uppercase();
            format!("| `SIGNET_{name}` | {default} | {} |", setting.meaning)
        })
        .collect();
    assert_eq!(rows, expected);
}

#[test]
fn the_bounds_of_imported_hashes_are_those_that_are_documented() {
    let page = std::fs::read_to_string("docs/users.md").unwrap();
    for bound in [
        format!("cost 4 to {}", BcryptHash::MAX_COST),
        format!("`m={}`", ImportedHash::MAX_ARGON2_MEMORY_KIB),
        format!("at most {})", ImportedHash::MAX_ARGON2_WORK_KIB),
        format!("`t` at most {}", Argon2Params::MAX_ITERATIONS),
        format!("`p` at most {}", Argon2Params::MAX_PARALLELISM),
    ] {
        assert!(page.contains(&bound), "{bound}");
    }
}
