//! The repository as it lies on disk.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::source::Source;

/// Every `.rs` file under `folder`, in the order of their paths.
pub(crate) fn sources(folder: &str) -> Vec<Source> {
    let mut paths = Vec::new();
    collect(&root().join(folder), &mut paths);
    paths.sort();
    assert!(!paths.is_empty(), "no sources under {folder}");
    paths
        .iter()
        .map(|path| {
            let name = path.strip_prefix(root()).unwrap_or(path);
            Source::new(name.to_string_lossy().replace('\\', "/"), &read(path))
        })
        .collect()
}

/// The names under which Cargo.toml's dependencies are known to the code.
pub(crate) fn crates() -> Vec<String> {
    crates_in(&read(&root().join("Cargo.toml")))
}

pub(crate) fn crates_in(manifest: &str) -> Vec<String> {
    let mut crates = Vec::new();
    let mut in_dependencies = false;
    for line in manifest.lines().map(str::trim) {
        if let Some(header) = line.strip_prefix('[') {
            let table = header.split(']').next().unwrap_or_default();
            // `[dependencies]`, `[target.'cfg(..)'.dependencies]`, `[dependencies.name]`
            in_dependencies = table == "dependencies"
                || table.starts_with("target.") && table.ends_with(".dependencies");
            crates.extend(table.strip_prefix("dependencies.").map(identifier));
        } else if in_dependencies && !line.starts_with('#') {
            let is_key = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
            if line.starts_with(is_key)
                && let Some(name) = line.split(|c| !is_key(c)).next()
            {
                crates.push(identifier(name));
            }
        }
    }
    crates
}

fn identifier(name: &str) -> String {
    name.replace('-', "_")
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    for entry in entries {
        let path = entry.expect("a folder's entry can be read").path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
