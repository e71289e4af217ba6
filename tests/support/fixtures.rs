use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use signet::{
    adapters::hasher::PoolSettings,
    crypto::{MasterKey, MasterKeys, SharedNames},
    domain::{
        Act, Actor, Argon2Params, ClientAddress, Envelope, KeyLife, KeyRecord, KeyTimings, NewUser,
        PasswordHash, PasswordPolicy, RefreshKeyId, RefreshKeyRecord, RequestOrigin, Roles,
        SigningAlgorithm, StoredKey, StoredRefreshKey, Timestamp, UserAgent, UserId,
    },
    usecases::Initiator,
};
use uuid::Uuid;

/// The cheapest parameters that Argon2 has.
pub fn cheap_params() -> Argon2Params {
    Argon2Params::new(8, 1, 1).unwrap()
}

/// The default.
pub fn password_policy() -> PasswordPolicy {
    PasswordPolicy::new(12).unwrap()
}

/// The default bounds, with this many threads.
pub fn pool_settings(workers: usize) -> PoolSettings {
    PoolSettings {
        workers,
        queue_per_worker: 64,
        max_wait: Duration::from_secs(2),
        wipe_after: Duration::ZERO,
    }
}

pub fn a_time() -> Timestamp {
    "2026-01-01T00:00:00.123456Z".parse().unwrap()
}

pub fn a_hash() -> PasswordHash {
    "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQxMjM0NTY$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
        .parse()
        .unwrap()
}

pub fn another_hash() -> PasswordHash {
    "$argon2id$v=19$m=16,t=2,p=1$c29tZXNhbHQxMjM0NTY$HwECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
        .parse()
        .unwrap()
}

pub fn new_user(username: &str, email: &str) -> NewUser {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    NewUser {
        id: UserId::new(Uuid::from_u64_pair(0x0000_0000_0000_4000, count)),
        username: username.parse().unwrap(),
        email: email.parse().unwrap(),
        password_hash: a_hash(),
        date_registered: a_time(),
        display_name: None,
        roles: Roles::default(),
    }
}

/// Someone at the command line.
pub fn an_act() -> Act {
    Act {
        at: a_time(),
        actor: Actor::CommandLine,
        origin: None,
    }
}

/// The same who gives a use case its order.
pub fn an_initiator() -> Initiator {
    Initiator::command_line()
}

pub fn an_origin() -> RequestOrigin {
    RequestOrigin {
        address: ClientAddress::new("192.0.2.7".parse().unwrap()),
        user_agent: Some(UserAgent::new("curl/8")),
        request_id: "request-1".parse().unwrap(),
    }
}

pub fn master_key() -> MasterKey {
    MasterKey::from_bytes(*b"0123456789abcdef0123456789abcdef")
}

/// Those of [`master_key`].
pub fn shared_names() -> SharedNames {
    SharedNames::new(&master_key())
}

/// Only [`master_key`].
pub fn master_keys() -> MasterKeys {
    MasterKeys::new(master_key(), Vec::new())
}

/// The defaults.
pub fn key_timings() -> KeyTimings {
    KeyTimings {
        rotation_interval: Duration::from_hours(24 * 30),
        jwks_max_age: Duration::from_mins(5),
        clock_skew: Duration::from_mins(1),
        refresh: Duration::from_secs(10),
        staleness: Duration::from_mins(1),
        token_lifetime: Duration::from_mins(15),
    }
}

/// A sealed key whose bytes are no key: for what does not open it.
pub fn a_stored_key(kid: &str, published_at: Timestamp) -> StoredKey {
    StoredKey {
        record: KeyRecord {
            kid: kid.parse().unwrap(),
            algorithm: SigningAlgorithm::Rs256,
            created_at: published_at,
        },
        life: KeyLife::next(published_at),
        public_jwk: format!(r#"{{"kid":"{kid}"}}"#),
        sealed: Some(Envelope {
            format_version: 1,
            master_key_id: master_key().id(),
            wrapped_data_key: [1; 40],
            nonce: [2; 12],
            ciphertext: kid.bytes().chain(0..=255).collect(),
        }),
    }
}

/// A sealed refresh key whose bytes are no key: for what does not open it.
pub fn a_refresh_key(id: u32) -> StoredRefreshKey {
    let Some(sealed) = a_stored_key("sealed", a_time()).sealed else {
        panic!("it is sealed")
    };
    StoredRefreshKey {
        record: RefreshKeyRecord {
            id: RefreshKeyId::new(id),
            created_at: a_time(),
        },
        signs_from: a_time() + Duration::from_mins(2),
        sealed,
    }
}

pub fn another_master_key() -> MasterKey {
    MasterKey::from_bytes(*b"another master key of 32 bytes!!")
}
