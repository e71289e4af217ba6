use std::{
    fs::File,
    io::{self, BufWriter, Write},
    os::{fd::AsFd, unix::fs::PermissionsExt},
};

use super::list::each_page;
use crate::{
    cli::{error::CliError, session::Session, standard_error::tell},
    config::Sources,
    domain::UserFilter,
    usecases::accounts::UserRecord,
};

pub(super) const EXAMPLES: &str = "\
Needs no master key. A line for each account, the latest registered first. Whoever can read the
password hashes can guess at the passwords: write them to a file that nobody else reads.

Example:
  (umask 077 && signet users export > users.jsonl)";

pub(super) async fn run(sources: &Sources) -> Result<(), CliError> {
    let session = Session::open(sources).await?;
    warn_if_others_can_read();
    let mut out = BufWriter::new(io::stdout().lock());
    each_page(&session, &UserFilter::default(), |users| {
        for user in users {
            let line = UserRecord::line_of(user).map_err(CliError::failure)?;
            writeln!(out, "{line}").map_err(CliError::unwritten)?;
        }
        Ok(true)
    })
    .await?;
    out.flush().map_err(CliError::unwritten)?;
    session.close().await
}

/// As far as standard output is a file.
fn warn_if_others_can_read() {
    let Ok(handle) = io::stdout().as_fd().try_clone_to_owned() else {
        return;
    };
    let Ok(metadata) = File::from(handle).metadata() else {
        return;
    };
    let mode = metadata.permissions().mode() & 0o777;
    if metadata.is_file() && mode & 0o077 != 0 {
        tell(format_args!(
            "signet: warning: others can read the file that the password hashes go to (mode \
             {mode:03o}): chmod 600 it"
        ));
    }
}
