//! What the documentation says, held against the code.

mod description;
mod enumerations;
mod examples;
mod links;
mod measured;
mod metrics;
mod proxies;
mod units;
mod witness;

use signet::domain::{Argon2Params, BcryptHash, ImportedHash};

use crate::support::process::{run, signet, text};

#[test]
fn the_page_of_the_settings_is_what_the_command_prints() {
    let dir = tempfile::tempdir().unwrap();
    let printed = run(signet(dir.path()).args(["config", "--reference"]));
    let page = std::fs::read_to_string("docs/configuration.md").unwrap();
    assert!(
        page == text(&printed.stdout),
        "write it anew: cargo run -- config --reference > docs/configuration.md"
    );
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
