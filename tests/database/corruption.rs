use signet::{
    domain::RsaKeySize,
    ports::{KeyGenerator, StorageError},
};

use crate::support::{fixtures::new_user, keys::SharedKeys, store::TestStore};

fn column_of(error: &StorageError) -> (&'static str, &'static str, &str) {
    match error {
        StorageError::Corrupt {
            table, column, id, ..
        } => (table, column, id),
        StorageError::Unavailable(source) => panic!("{source}"),
    }
}

#[tokio::test]
async fn a_user_that_cannot_be_read_back_names_table_column_and_id() {
    for (column, value) in [
        ("email", "nowhere"),
        ("password_hash", "plain text"),
        ("status", "asleep"),
        ("username", "a"),
    ] {
        let store = TestStore::sqlite().await;
        let user = new_user("ada", "ada@example.com");
        store.users.register(&user).await.unwrap();
        let sql = format!("UPDATE users SET {column} = '{value}'");
        store.database().execute(&sql).await;
        let error = store
            .users
            .find_by_username(&user.username)
            .await
            .unwrap_err();
        assert_eq!(
            column_of(&error),
            ("users", column, user.id.to_string().as_str())
        );
        assert!(!error.to_string().contains("plain text"));
    }
}

#[tokio::test]
async fn a_key_that_cannot_be_read_back_names_table_column_and_kid() {
    for (column, value) in [
        ("algorithm", "'none'"),
        ("state", "'asleep'"),
        ("master_key_id", "'short'"),
        ("wrapped_data_key", "x'00'"),
        ("nonce", "x'00'"),
        ("format_version", "-1"),
    ] {
        let store = TestStore::sqlite().await;
        let kid = first_key(&store).await;
        let sql = format!("UPDATE keys SET {column} = {value}");
        store.database().execute(&sql).await;
        let error = store.keys.load().await.unwrap_err();
        assert_eq!(column_of(&error), ("keys", column, kid.as_str()));
    }
}

/// Adds a key as the first start does and returns its kid.
async fn first_key(store: &TestStore) -> String {
    use crate::support::fixtures::{a_time, master_key};
    use signet::{
        crypto::{envelope::SealingNonces, sealed_key, thumbprint},
        domain::{KeyRecord, KeyState, SigningAlgorithm},
    };

    let algorithm = SigningAlgorithm::Rs256;
    let private_key = SharedKeys::default()
        .generate(algorithm, RsaKeySize::Bits2048)
        .await
        .unwrap();
    let kid = thumbprint(&private_key).unwrap();
    let record = KeyRecord {
        kid: kid.clone(),
        algorithm,
        created_at: a_time(),
    };
    let nonces = SealingNonces {
        data_key: zeroize::Zeroizing::new([1; 32]),
        nonce: [2; 12],
    };
    let sealed = sealed_key::seal(
        &private_key,
        record,
        KeyState::Active,
        &master_key(),
        &nonces,
    )
    .unwrap();
    store.keys.add_first(&sealed).await.unwrap();
    kid.to_string()
}
