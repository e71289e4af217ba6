use std::{fmt, str::FromStr};

use sea_orm::sqlx::{self, postgres::PgConnectOptions};

const FORM: &str = "expected postgres://USER:PASSWORD@HOST:PORT/DATABASE?PARAMETERS";
const SSL_MODES: [&str; 5] = ["disable", "prefer", "require", "verify-ca", "verify-full"];
const PARAMETERS: [&str; 11] = [
    "application_name",
    "dbname",
    "host",
    "options",
    "password",
    "port",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "user",
];

/// Where a PostgreSQL database is, and who asks. Its password is shown to
/// nobody.
#[derive(Clone)]
pub struct PostgresUrl(Box<PgConnectOptions>);

impl PostgresUrl {
    /// Whether the text is meant to be one.
    pub fn is_meant(text: &str) -> bool {
        text.starts_with("postgres:") || text.starts_with("postgresql:")
    }

    pub(super) fn options(&self) -> PgConnectOptions {
        (*self.0).clone()
    }
}

impl FromStr for PostgresUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let rest = text
            .strip_prefix("postgres://")
            .or_else(|| text.strip_prefix("postgresql://"));
        let rest = rest.ok_or(FORM)?;
        // The rest would be no part of the URL: neither the password's nor `sslmode`.
        if rest.contains('#') {
            return Err(format!("{FORM}: write a # as %23"));
        }
        if let Some((_, query)) = rest.split_once('?') {
            query.split('&').try_for_each(check_parameter)?;
        }
        // Its own errors quote no more than a port or a file.
        let options: PgConnectOptions = text.parse().map_err(|error| match error {
            sqlx::Error::Configuration(reason) => format!("{FORM}: {reason}"),
            _ => FORM.to_owned(),
        })?;
        if options.get_database().is_none() {
            return Err(format!("{FORM}: the name of the database is missing"));
        }
        Ok(Self(options.into()))
    }
}

/// The reasons quote nothing: after an unescaped `?` or `&` of a password its
/// rest stands here.
fn check_parameter(parameter: &str) -> Result<(), String> {
    let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
    if !PARAMETERS.contains(&name) {
        let known = PARAMETERS.join(", ");
        return Err(format!(
            "unknown parameter; the known ones: {known}; write ? as %3F and & as %26 elsewhere"
        ));
    }
    if name == "sslmode" && !SSL_MODES.contains(&value) {
        let known = SSL_MODES.join(", ");
        return Err(format!("sslmode is none of {known}"));
    }
    Ok(())
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (user, port) = (self.0.get_username(), self.0.get_port());
        let database = self.0.get_database().unwrap_or_default();
        if let Some(socket) = self.0.get_socket() {
            let socket = socket.display();
            return write!(f, "postgres://{user}@/{database}?host={socket}&port={port}");
        }
        let host = self.0.get_host();
        write!(f, "postgres://{user}@{host}:{port}/{database}")
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
