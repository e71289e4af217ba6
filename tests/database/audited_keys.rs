use signet::{
    domain::{AuditAction, AuditTarget, KeyAct, KeyChange},
    ports::StorageError,
};

use crate::support::{
    clock::ManualClock,
    fixtures::{a_stored_key, a_time, an_act},
    store::TestStore,
};

/// A change that cannot be told is not made.
#[tokio::test]
async fn without_its_audit_event_a_change_of_the_keys_is_undone() {
    let store = TestStore::sqlite().await;
    let mut active = a_stored_key("active", a_time());
    active.life = active.life.activated(a_time());
    let next = a_stored_key("next", a_time());
    let clock = ManualClock::new();
    let begin = KeyChange::Begin { active, next };
    store.keys.change(&begin, None, &clock).await.unwrap();
    let before = store.keys.load().await.unwrap();
    let away = "ALTER TABLE audit_events RENAME TO gone";
    store.database().execute(away).await;
    let replace = KeyChange::ReplaceNext {
        next: "next".parse().unwrap(),
        new_next: a_stored_key("third", a_time()),
        among: 2,
        at: a_time(),
    };
    let by = KeyAct {
        act: an_act(),
        action: AuditAction::RotateKey,
        target: AuditTarget::Key("third".parse().unwrap()),
    };
    let error = store.keys.change(&replace, Some(&by), &clock).await;
    assert!(matches!(error, Err(StorageError::Unavailable(_))));
    assert_eq!(store.keys.load().await.unwrap(), before);
}
