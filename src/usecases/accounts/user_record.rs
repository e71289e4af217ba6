use std::{fmt, str::FromStr};

use chrono::{DateTime, SecondsFormat, SubsecRound, Utc};
use serde::Serialize;
use serde_json::{Map, Value};

use super::create_user::parse_roles;
use crate::{
    domain::{
        AccountStatus, DisplayName, Email, PasswordHash, PasswordHashError, Roles, Timestamp, User,
        Username,
    },
    usecases::{FieldError, FieldErrors, UniqueFields},
};

/// An account as a line of JSON, in files that go from one system to another:
///
/// `{"username","email","password_hash","roles","status","display_name","date_registered"}`
///
/// `password_hash` is what another system made; one of Signet's own is told
/// apart by `signet:` before it, because it is verified on other bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRecord {
    pub username: Username,
    pub email: Email,
    pub password_hash: PasswordHash,
    pub roles: Roles,
    pub status: Option<AccountStatus>,
    pub display_name: Option<DisplayName>,
    pub date_registered: Option<Timestamp>,
}

/// Why a line is no account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedLine {
    /// As far as it could be read, in at most [`RefusedLine::SHOWN`] characters.
    pub username: Option<String>,
    pub reason: String,
}

/// Before a hash of Signet's own.
const OWN: &str = "signet:";

impl UserRecord {
    /// How many unknown fields are named: a line may hold thousands.
    const UNKNOWN_TOLD: usize = 8;

    /// Reads one line. What is unknown, stands twice or has another type is
    /// refused. The reason repeats no value: a hash may stand in any place.
    pub fn parse(line: &[u8]) -> Result<Self, RefusedLine> {
        let UniqueFields(mut fields) = object(line)?;
        let username = fields.get("username").and_then(Value::as_str);
        let username = username.map(RefusedLine::clip);
        Self::from_fields(&mut fields)
            .map_err(|errors| RefusedLine::new(username.as_deref(), &errors))
    }

    fn from_fields(fields: &mut Map<String, Value>) -> Result<Self, Vec<FieldError>> {
        let mut errors = FieldErrors::default();
        let username = required(fields, &mut errors, "username");
        let email = required(fields, &mut errors, "email");
        let password_hash = required(fields, &mut errors, "password_hash");
        let password_hash = password_hash.map(|FileHash(hash)| hash);
        let roles = errors.take("roles", texts(fields, "roles")).flatten();
        let roles = roles.map(|names| errors.take("roles", parse_roles(&names)));
        let status = optional(fields, &mut errors, "status");
        let display_name = optional(fields, &mut errors, "display_name");
        let date_registered = optional(fields, &mut errors, "date_registered");
        let mut errors = errors.finish(Some(())).err().unwrap_or_default();
        errors.extend(
            fields
                .keys()
                .take(Self::UNKNOWN_TOLD)
                .map(|name| FieldError {
                    field: RefusedLine::clip(name).escape_debug().to_string().into(),
                    message: "is not a field of an account".to_owned(),
                }),
        );
        let record = (|| {
            Some(Self {
                username: username?,
                email: email?,
                password_hash: password_hash?,
                roles: roles.flatten().unwrap_or_default(),
                status: status.map(|FileStatus(status)| status),
                display_name,
                date_registered: date_registered.map(|FileDate(date)| date),
            })
        })();
        match record {
            Some(record) if errors.is_empty() => Ok(record),
            _ => Err(errors),
        }
    }

    /// The line, without its end.
    pub fn line_of(user: &User) -> Result<String, serde_json::Error> {
        let password_hash = match &user.password_hash {
            PasswordHash::Own(hash) => format!("{OWN}{hash}"),
            PasswordHash::Imported(hash) => hash.to_string(),
        };
        serde_json::to_string(&WrittenLine {
            username: user.username.as_str(),
            email: user.email.as_str(),
            password_hash,
            roles: user.roles.iter().collect(),
            status: user.status.as_str(),
            display_name: user.display_name.as_ref().map(DisplayName::as_str),
            date_registered: (user.date_registered).to_rfc3339_opts(SecondsFormat::AutoSi, true),
        })
    }
}

#[derive(Serialize)]
struct WrittenLine<'a> {
    username: &'a str,
    email: &'a str,
    password_hash: String,
    roles: Vec<&'a str>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<&'a str>,
    date_registered: String,
}

impl RefusedLine {
    /// How many characters of a name are shown.
    pub const SHOWN: usize = 64;

    pub(super) fn new(username: Option<&str>, errors: &[FieldError]) -> Self {
        let reasons: Vec<_> = errors
            .iter()
            .map(|FieldError { field, message }| format!("{field} {message}"))
            .collect();
        Self {
            username: username.map(str::to_owned),
            reason: reasons.join("; "),
        }
    }

    fn clip(name: &str) -> String {
        name.chars().take(Self::SHOWN).collect()
    }
}

fn object(line: &[u8]) -> Result<UniqueFields, RefusedLine> {
    let refused = |reason: String| RefusedLine {
        username: None,
        reason,
    };
    // Of another value, the parser's error would show what it is.
    if !line.trim_ascii_start().starts_with(b"{") {
        return Err(refused("it is not a JSON object".to_owned()));
    }
    serde_json::from_slice(line).map_err(|error| {
        let (column, text) = (error.column(), error.to_string());
        let text = text.split(" at line ").next().unwrap_or_default();
        refused(format!(
            "it is not a JSON object: {text} at column {column}"
        ))
    })
}

fn required<T: FromStr<Err: fmt::Display>>(
    fields: &mut Map<String, Value>,
    errors: &mut FieldErrors,
    name: &'static str,
) -> Option<T> {
    let text = match fields.remove(name) {
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err("must be a string"),
        None => Err("is required"),
    };
    let text = errors.take(name, text)?;
    errors.parse(name, &text)
}

fn optional<T: FromStr<Err: fmt::Display>>(
    fields: &mut Map<String, Value>,
    errors: &mut FieldErrors,
    name: &'static str,
) -> Option<T> {
    let present = fields.get(name).is_some_and(|value| !value.is_null());
    if present {
        return required(fields, errors, name);
    }
    fields.remove(name);
    None
}

fn texts(
    fields: &mut Map<String, Value>,
    name: &'static str,
) -> Result<Option<Vec<String>>, &'static str> {
    let text = |item: Value| match item {
        Value::String(text) => Ok(text),
        _ => Err("must be an array of strings"),
    };
    match fields.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(items)) => items
            .into_iter()
            .map(text)
            .collect::<Result<_, _>>()
            .map(Some),
        Some(_) => Err("must be an array of strings"),
    }
}

struct FileHash(PasswordHash);

impl FromStr for FileHash {
    type Err = PasswordHashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let hash = match text.strip_prefix(OWN) {
            Some(own) => PasswordHash::Own(own.parse()?),
            None => PasswordHash::Imported(text.parse()?),
        };
        Ok(Self(hash))
    }
}

struct FileStatus(AccountStatus);

impl FromStr for FileStatus {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let status = text
            .parse()
            .map_err(|()| "must be \"active\" or \"disabled\"");
        status.map(Self)
    }
}

struct FileDate(Timestamp);

impl FromStr for FileDate {
    type Err = &'static str;

    /// To the microsecond, as databases keep it.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let date = DateTime::parse_from_rfc3339(text)
            .map_err(|_| "must be a date and time of RFC 3339")?;
        let date = date.with_timezone(&Utc).trunc_subsecs(6);
        if date < DateTime::UNIX_EPOCH {
            return Err("must not lie before 1970");
        }
        Ok(Self(date))
    }
}
