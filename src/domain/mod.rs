//! What is true without I/O. Values are valid by construction: whoever holds
//! a [`Username`] holds one that was checked.

mod act;
mod address_range;
mod argon2_hash;
mod argon2_params;
mod audit_event;
mod auth_event;
mod auth_log;
mod auth_summary;
mod bcrypt_hash;
mod claims;
mod client;
mod client_address;
mod display_name;
mod email;
mod envelope;
mod import;
mod imported_hash;
mod invite;
mod key_act;
mod key_change;
mod key_plan;
mod key_set;
mod key_timings;
mod login_attempts;
mod master_key_id;
mod page;
mod password;
mod password_hash;
mod password_policy;
mod password_strength;
mod rate_limit;
mod refresh_history;
mod refresh_key;
mod registration_mode;
mod request;
mod role;
mod scope;
mod secret_digest;
mod session;
mod signing_key;
mod stored_key;
mod time;
mod user;
mod user_filter;
mod user_update;
mod username;

pub use act::{Act, Actor};
pub use address_range::{AddressKey, AddressRange, AddressRangeError};
pub use argon2_hash::{Argon2Hash, Argon2Variant, Argon2Version, Argon2idHash};
pub use argon2_params::{Argon2Params, Argon2ParamsError};
pub use audit_event::{
    AuditAction, AuditEvent, AuditEventId, AuditFilter, AuditTarget, Field, Snapshot,
};
pub use auth_event::{AuthFailure, AuthSuccess, Outcome};
pub use auth_log::{AuthEvent, AuthEventFilter, AuthEventId};
pub use auth_summary::{
    AuthSummary, Bucket, OutcomeCounts, SUMMARY_TOP, SummaryInterval, SummaryIntervalError,
};
pub use bcrypt_hash::BcryptHash;
pub use claims::{AccessTokenPolicy, Audience, Claims, TokenId};
pub use client::{Client, ClientId, ClientIdError, ClientName, ClientNameError};
pub use client_address::{
    ClientAddress, ClientNetwork, KNOWN_NETWORK_FOR, KNOWN_NETWORKS_PER_USER,
};
pub use display_name::{DisplayName, DisplayNameError};
pub use email::{Email, EmailError};
pub use envelope::Envelope;
pub use import::{ImportOutcome, ImportedUser};
pub use imported_hash::{ImportedHash, ImportedHashError};
pub use invite::{Invite, InviteId, UsedInvite};
pub use key_act::KeyAct;
pub use key_change::{KeyChange, Revocation, Rewrapping, SealedKeyId};
pub use key_plan::{KeyStep, due_steps, rotates_at};
pub use key_set::KeySet;
pub use key_timings::{KeyTimings, KeyTimingsError};
pub use login_attempts::{AttemptResult, AttemptSubject, LoginAttempts};
pub use master_key_id::MasterKeyId;
pub use page::{Page, PageRequest, PageSize, Position};
pub use password::{Password, PasswordError};
pub use password_hash::{PasswordHash, PasswordHashError};
pub use password_policy::{ChosenPassword, PasswordPolicy, WeakPassword};
pub use password_strength::{PasswordStrength, PersonalWords, StrengthScore};
pub use rate_limit::{RateLimit, RateLimitError};
pub use refresh_history::{Consumed, RefreshHistory};
pub use refresh_key::{LONGEST_IDLE, RefreshKeyId, RefreshKeyRecord, StoredRefreshKey};
pub use registration_mode::RegistrationMode;
pub use request::{RequestId, RequestOrigin, UserAgent};
pub use role::{Role, RoleError, Roles};
pub use scope::{Scopes, ScopesError};
pub use secret_digest::SecretDigest;
pub use session::{
    Generation, PresentedToken, RefreshStep, SESSIONS_PER_USER, Session, SessionId, SessionTerms,
};
pub use signing_key::{InvalidKeyRecord, KeyId, KeyRecord, KeyState, RsaKeySize, SigningAlgorithm};
pub use stored_key::{KeyLife, LostTokens, StoredKey};
pub use time::{MonotonicTime, Timestamp};
pub use user::{AccountStatus, NewUser, User, UserId};
pub use user_filter::UserFilter;
pub use user_update::{PasswordChange, RolesUpdate, UserUpdate};
pub use username::{Username, UsernameError};
