use std::{error::Error, fmt, io, process::ExitCode};

use crate::{
    adapters::database::CopyError,
    app::StartupError,
    config::{ConfigError, MasterKeyError},
    ports::in_full,
    usecases::keys::KeysError,
};

/// Why a command failed, in one message with its causes.
#[derive(Debug)]
pub(super) struct CliError {
    message: String,
    exit_code: u8,
}

/// It was understood, and may not be done, or not yet.
const REFUSED: u8 = 1;
/// What was given to the program is wrong.
const MISCONFIGURED: u8 = 2;
/// The database or the machine failed.
const FAILED: u8 = 3;
/// Nobody reads the output any more: what a shell says of a program that SIGPIPE ended.
const UNREAD: u8 = 141;

impl CliError {
    pub(super) fn failure(error: impl Error) -> Self {
        Self::new(&error, FAILED)
    }

    /// What the command prints could not be written.
    pub(super) fn unwritten(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::new(&error, UNREAD),
            _ => Self::failure(error),
        }
    }

    pub(super) fn is_unread(&self) -> bool {
        self.exit_code == UNREAD
    }

    /// The command was understood, and may not be done now.
    pub(super) fn refused(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            exit_code: REFUSED,
        }
    }

    /// The command was given something wrong.
    pub(super) fn misused(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            exit_code: MISCONFIGURED,
        }
    }

    /// The same, told as the reason of something.
    pub(super) fn within(self, what: &str) -> Self {
        Self {
            message: format!("{what}: {}", self.message),
            ..self
        }
    }

    fn new(error: &dyn Error, exit_code: u8) -> Self {
        let message = in_full(error);
        Self { message, exit_code }
    }

    pub(super) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.exit_code)
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<ConfigError> for CliError {
    fn from(error: ConfigError) -> Self {
        Self::new(&error, MISCONFIGURED)
    }
}

impl From<MasterKeyError> for CliError {
    fn from(error: MasterKeyError) -> Self {
        Self::new(&error, MISCONFIGURED)
    }
}

impl From<StartupError> for CliError {
    fn from(error: StartupError) -> Self {
        let exit_code = match &error {
            StartupError::Tls(_) => MISCONFIGURED,
            _ => FAILED,
        };
        let mut told = Self::new(&error, exit_code);
        if let Some(advice) = error.advice() {
            told.message = format!("{}. {advice}", told.message);
        }
        told
    }
}

impl From<CopyError> for CliError {
    fn from(error: CopyError) -> Self {
        let exit_code = if error.is_refusal() { REFUSED } else { FAILED };
        Self::new(&error, exit_code)
    }
}

impl From<KeysError> for CliError {
    fn from(error: KeysError) -> Self {
        match &error {
            KeysError::Unopened(_) => Self::misused(format!(
                "{}\nGive the master key that each names in NOT_MY_KEY or NOT_MY_KEY_FILE; former \
                 ones belong into NOT_MY_KEY_PREVIOUS or NOT_MY_KEY_PREVIOUS_FILE",
                in_full(&error)
            )),
            _ => Self::new(&error, FAILED),
        }
    }
}
