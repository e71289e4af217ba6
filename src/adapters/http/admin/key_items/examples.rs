use poem_openapi::types::Example;

use super::{AlgorithmName, KeyItem, KeyStateName, RevokedKey, RotateKeysRequest, RotatedKeys};
use crate::adapters::http::examples::{KID, NEXT_KID, earlier, later};

impl Example for KeyItem {
    fn example() -> Self {
        Self {
            kid: KID.to_owned(),
            algorithm: AlgorithmName::Es256,
            state: KeyStateName::Active,
            published_at: earlier(),
            activated_at: Some(later()).into(),
            retired_at: None.into(),
            expired_at: None.into(),
            tokens_expire_at: None.into(),
            leaves_state_from: Some(later() + chrono::Duration::days(30)).into(),
            master_key_id: Some("5be1f20a9c37d486".to_owned()).into(),
        }
    }
}

impl Example for RotateKeysRequest {
    fn example() -> Self {
        Self {
            algorithm: Some(AlgorithmName::Es256),
        }
    }
}

impl Example for RotatedKeys {
    fn example() -> Self {
        Self {
            active: KID.to_owned(),
            retired: "9Qxw1vH3mUuS6cD0fYk8Zr4bTgJn2LpEaXo7iWqK5Ms".to_owned(),
            next: NEXT_KID.to_owned(),
        }
    }
}

impl Example for RevokedKey {
    fn example() -> Self {
        Self {
            kid: KID.to_owned(),
            was: KeyStateName::Active,
            tokens_die: true,
            tokens_expire_at: Some(later()).into(),
            cached_for: 360,
            signs_now: Some(NEXT_KID.to_owned()).into(),
            known_from: None.into(),
            message: format!(
                "All tokens that key {KID} signed are refused from now on. Verifiers that cached \
                 the key set may accept them for up to 360 s more."
            ),
        }
    }
}
