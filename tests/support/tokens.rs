//! What use cases about tokens stand on.

use std::{sync::Arc, time::Duration};

use signet::{
    adapters::memory::MemoryStore,
    domain::{
        AccessTokenPolicy, RefreshKeyId, RsaKeySize, Session, SessionId, SessionTerms,
        SigningAlgorithm, UserId,
    },
    ports::{Clock, Entropy},
    usecases::{
        IssuedTokens, TokenIssuer,
        keys::{KeyMaker, KeyRing, MaintainKeys},
    },
};
use uuid::Uuid;

use super::{
    fixtures::{a_time, an_origin, key_timings, master_key, master_keys},
    fresh_keys::FreshKeys,
};

/// A server's upkeep of keys that are kept in memory.
pub fn key_upkeep(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> MaintainKeys {
    let timings = key_timings();
    MaintainKeys {
        keys: Arc::new(MemoryStore::default()),
        maker: Arc::new(KeyMaker {
            generator: Arc::new(FreshKeys),
            clock: clock.clone(),
            entropy,
            master_key: master_key(),
            algorithm: SigningAlgorithm::EdDsa,
            rsa_size: RsaKeySize::Bits2048,
        }),
        clock,
        master_keys: Arc::new(master_keys()),
        timings,
        ring: Arc::new(KeyRing::new(timings.staleness)),
    }
}

/// An issuer whose keys are loaded.
pub async fn token_issuer(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> TokenIssuer {
    let upkeep = key_upkeep(clock.clone(), entropy.clone());
    upkeep.run().await.unwrap();
    TokenIssuer {
        ring: upkeep.ring,
        clock,
        entropy,
        policy: token_policy(),
        terms: session_terms(),
        issued: IssuedTokens::default(),
    }
}

pub fn token_policy() -> AccessTokenPolicy {
    AccessTokenPolicy {
        issuer: "https://auth.example".to_owned(),
        audience: vec!["https://api.example".to_owned()].into(),
        client_id: "signet".to_owned(),
        lifetime: Duration::from_mins(15),
    }
}

/// The defaults.
pub fn session_terms() -> SessionTerms {
    SessionTerms {
        idle: Duration::from_hours(24 * 30),
        longest: Duration::from_hours(24 * 180),
        reuse_window: Duration::from_secs(10),
    }
}

/// A session that began at [`a_time`].
pub fn a_session(number: u128, user: UserId) -> Session {
    let id = SessionId::new(Uuid::from_u128(number));
    let origin = an_origin();
    Session::begin(
        id,
        user,
        a_time(),
        &origin,
        RefreshKeyId::FIRST,
        session_terms(),
    )
}
