//! What the databases lie on.

use std::{env, error::Error, process::Command};

/// The file system of the folder for temporary files. An error where it is memory: commits
/// would cost nothing, and nothing would be read from a disk.
pub(crate) fn file_system() -> Result<String, Box<dyn Error + Send + Sync>> {
    let folder = env::temp_dir();
    let output = Command::new("stat")
        .args(["-f", "-c", "%T"])
        .arg(&folder)
        .output()?;
    let name = String::from_utf8(output.stdout)?.trim().to_owned();
    if ["tmpfs", "ramfs"].contains(&name.as_str()) {
        let folder = folder.display();
        return Err(format!("{folder} is memory: name a folder on a disk with TMPDIR").into());
    }
    Ok(name)
}
