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
    /// Whether the exit code is enough.
    silent: bool,
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
        let is_unread = error.kind() == io::ErrorKind::BrokenPipe;
        let exit_code = if is_unread { UNREAD } else { FAILED };
        Self {
            // Whoever closed the pipe has what was wanted.
            silent: is_unread,
            exit_code,
            ..Self::failure(error).within("cannot write to standard output")
        }
    }

    /// The same after a change, which is told whoever reads: a secret that nobody
    /// was shown, or a change that nobody knows of, is not what was wanted.
    pub(super) fn although(self, done: &str) -> Self {
        Self {
            message: format!("{}. {done}", self.message),
            silent: false,
            ..self
        }
    }

    pub(super) fn is_silent(&self) -> bool {
        self.silent
    }

    /// The command was understood, and may not be done now.
    pub(super) fn refused(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            exit_code: REFUSED,
            silent: false,
        }
    }

    /// The command was given something wrong.
    pub(super) fn misused(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            exit_code: MISCONFIGURED,
            silent: false,
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
        Self {
            message: in_full(error),
            exit_code,
            silent: false,
        }
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
