use std::str::FromStr;

use chrono::{DateTime, SecondsFormat, SubsecRound, Utc};
use serde::Serialize;

use super::{RefusedLine, create_user::parse_roles, line_fields::LineFields};
use crate::{
    domain::{
        AccountStatus, DisplayName, Email, PasswordHash, PasswordHashError, Roles, Timestamp, User,
        UserId, Username,
    },
    usecases::FieldError,
};

/// An account as a line of JSON, in files that go from one system to another:
///
/// `{"id","username","email","password_hash","roles","status","display_name","date_registered"}`
///
/// `password_hash` is what another system made; one of Signet's own is told
/// apart by `signet:` before it, because it is verified on other bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRecord {
    /// Where it is to stay the same.
    pub id: Option<UserId>,
    pub username: Username,
    pub email: Email,
    pub password_hash: PasswordHash,
    pub roles: Roles,
    pub status: Option<AccountStatus>,
    pub display_name: Option<DisplayName>,
    pub date_registered: Option<Timestamp>,
}

/// Before a hash of Signet's own.
const OWN: &str = "signet:";

impl UserRecord {
    /// Reads one line. What is unknown, stands twice or has another type is
    /// refused.
    pub fn parse(line: &[u8]) -> Result<Self, RefusedLine> {
        let fields = LineFields::read(line)?;
        let username = fields.text("username").map(RefusedLine::clip);
        Self::from_fields(fields).map_err(|errors| RefusedLine::new(username.as_deref(), &errors))
    }

    fn from_fields(mut fields: LineFields) -> Result<Self, Vec<FieldError>> {
        let id = fields.optional("id");
        let username = fields.required("username");
        let email = fields.required("email");
        let password_hash = fields.required("password_hash");
        let roles = fields.optional_of_texts("roles", parse_roles);
        let status = fields.optional("status");
        let display_name = fields.optional("display_name");
        let date_registered = fields.optional("date_registered");
        let record = (|| {
            let FileHash(password_hash) = password_hash?;
            Some(Self {
                id: id.map(|FileId(id)| id),
                username: username?,
                email: email?,
                password_hash,
                roles: roles.unwrap_or_default(),
                status: status.map(|FileStatus(status)| status),
                display_name,
                date_registered: date_registered.map(|FileDate(date)| date),
            })
        })();
        fields.finish(record)
    }

    /// The line, without its end.
    pub fn line_of(user: &User) -> Result<String, serde_json::Error> {
        let password_hash = match &user.password_hash {
            PasswordHash::Own(hash) => format!("{OWN}{hash}"),
            PasswordHash::Imported(hash) => hash.to_string(),
        };
        serde_json::to_string(&WrittenLine {
            id: user.id.to_string(),
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
    id: String,
    username: &'a str,
    email: &'a str,
    password_hash: String,
    roles: Vec<&'a str>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<&'a str>,
    date_registered: String,
}

struct FileId(UserId);

impl FromStr for FileId {
    type Err = &'static str;

    /// In the one form that is the `sub` of tokens, but for the case.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let id = text.parse::<UserId>().ok();
        let same = |id: &UserId| id.to_string().eq_ignore_ascii_case(text);
        let id = id.filter(same).ok_or("must be a UUID with its hyphens")?;
        if id.as_uuid().is_nil() {
            return Err("must not be the nil UUID");
        }
        Ok(Self(id))
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
