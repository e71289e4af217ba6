//! The life of the signing keys and of the refresh keys.

mod change_set;
mod check_keys;
mod import_key;
mod key_log;
mod key_maker;
mod key_reading;
mod key_ring;
mod keys_error;
mod list_keys;
mod maintain_keys;
mod open_keys;
mod publish_keys;
mod refresh_keys;
mod revoke_key;
mod rewrap_keys;
mod rotate_keys;
mod rotate_refresh_key;

pub use check_keys::CheckKeys;
pub use import_key::{ImportAs, ImportError, ImportKey};
use key_log::{log_active, log_change};
pub use key_maker::KeyMaker;
pub use key_ring::{KeyRing, LoadedKeys, NoSigningKey, SigningKeys};
pub use keys_error::{KeysError, UnopenedKeys};
pub use list_keys::{ListKeys, ListedKey};
pub use maintain_keys::MaintainKeys;
use open_keys::{Opened, open_all};
pub use publish_keys::{PublishKeys, PublishedKeys};
pub use refresh_keys::RefreshKeys;
pub use revoke_key::{RevokeError, RevokeKey, Revoked};
pub use rewrap_keys::{RewrapKeys, Rewrapped};
pub use rotate_keys::{RotateKeys, Rotation};
pub use rotate_refresh_key::{FormerKeys, NewRefreshKey, RotateRefreshKey};
