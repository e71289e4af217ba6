//! What [`KeyStore`] adds to the audit log.
//!
//! [`KeyStore`]: signet::ports::KeyStore

use std::time::Duration;

use serde_json::{Value, json};
use signet::{
    domain::{
        AuditAction, AuditEvent, AuditFilter, AuditTarget, Envelope, KeyAct, KeyChange, KeyTimings,
        MasterKeyId, PageRequest, RefreshKeyId, Revocation, Rewrapping,
    },
    ports::{KeyChanged, StorageError},
};
use tokio::task::JoinSet;

use super::key_store::{at, begin, done, kid, load, promote};
use crate::support::{
    clock::ManualClock,
    fixtures::{a_refresh_key, a_stored_key, an_act, master_key},
    store::{TestStore, alternate, on_every_store},
};

on_every_store![
    a_rotation_tells_which_key_was_what_and_is_what,
    a_revocation_tells_what_came_in_its_place,
    an_imported_key_is_told_whether_it_signs_next_or_only_verifies,
    changes_of_refresh_keys_tell_which_are_left,
    a_rewrapping_tells_under_which_master_keys,
    the_upkeep_leaves_no_event,
    what_is_not_done_leaves_no_event,
    of_fifty_concurrent_rotations_one_is_told,
];

fn act(action: AuditAction, target: AuditTarget) -> KeyAct {
    KeyAct {
        act: an_act(),
        action,
        target,
    }
}

fn rotate() -> KeyAct {
    act(AuditAction::RotateKey, AuditTarget::Key(kid("next")))
}

async fn events(store: &TestStore) -> Vec<AuditEvent> {
    let (filter, page) = (AuditFilter::default(), PageRequest::default());
    let found = store.audit_log.list(&filter, &page).await.unwrap();
    found.items.into_iter().map(|(_, event)| event).collect()
}

async fn change_by(
    store: &TestStore,
    change: &KeyChange,
    by: &KeyAct,
    clock: &ManualClock,
) -> Result<KeyChanged, StorageError> {
    store.keys.change(change, Some(by), clock).await
}

/// Does what someone wants, and returns what the newest event tells.
async fn told(store: &TestStore, change: KeyChange, by: KeyAct) -> [Value; 2] {
    let changed = change_by(store, &change, &by, &ManualClock::new()).await;
    assert_eq!(changed.unwrap(), KeyChanged::Done);
    let event = events(store).await.remove(0);
    assert_eq!(event.act, by.act);
    assert_eq!(event.action, by.action);
    assert_eq!(event.target, by.target);
    [&event.before, &event.after].map(|fields| serde_json::to_value(fields).unwrap())
}

async fn a_rotation_tells_which_key_was_what_and_is_what(store: &TestStore) {
    done(store, begin()).await;
    let before = json!({ "active": "active", "next": "next", "retired": [] });
    let after = json!({ "active": "next", "next": "third", "retired": ["active"] });
    assert_eq!(
        told(store, promote("third"), rotate()).await,
        [before, after]
    );
}

async fn a_revocation_tells_what_came_in_its_place(store: &TestStore) {
    done(store, begin()).await;
    let change = KeyChange::Revoke {
        kid: kid("active"),
        revocation: Revocation::Active {
            next: kid("next"),
            replacement: a_stored_key("third", at(7)),
        },
        at: at(7),
    };
    let by = act(AuditAction::RevokeKey, AuditTarget::Key(kid("active")));
    let before = json!({ "active": "active", "next": "next" });
    let after = json!({ "active": "next", "next": "third" });
    assert_eq!(told(store, change, by).await, [before, after]);
}

async fn an_imported_key_is_told_whether_it_signs_next_or_only_verifies(store: &TestStore) {
    done(store, begin()).await;
    let import = |text| act(AuditAction::ImportKey, AuditTarget::Key(kid(text)));
    let mut retired = a_stored_key("old", at(7));
    retired.life = retired.life.retired(at(7), Duration::ZERO);
    let told_of_old = told(
        store,
        KeyChange::AddRetired {
            key: retired,
            among: 2,
        },
        import("old"),
    )
    .await;
    let fields = |kids| json!({ "retired": kids });
    assert_eq!(told_of_old, [fields(json!([])), fields(json!(["old"]))]);
    let change = KeyChange::ReplaceNext {
        next: kid("next"),
        new_next: a_stored_key("new", at(7)),
        among: 3,
        at: at(7),
    };
    let told_of_new = told(store, change, import("new")).await;
    assert_eq!(
        told_of_new,
        [json!({ "next": "next" }), json!({ "next": "new" })]
    );
}

async fn changes_of_refresh_keys_tell_which_are_left(store: &TestStore) {
    let add = |latest: Option<u32>, id| KeyChange::AddRefreshKey {
        latest: latest.map(RefreshKeyId::new),
        key: a_refresh_key(id),
    };
    done(store, add(None, 1)).await;
    let target = |id| AuditTarget::RefreshKey(RefreshKeyId::new(id));
    let fields = |ids: &[&str]| json!({ "refresh_keys": ids });
    let by = act(AuditAction::RotateRefreshKey, target(2));
    let rotated = told(store, add(Some(1), 2), by).await;
    assert_eq!(rotated, [fields(&["1"]), fields(&["1", "2"])]);
    let replace = KeyChange::ReplaceRefreshKeys {
        latest: Some(RefreshKeyId::new(2)),
        key: a_refresh_key(3),
    };
    let by = act(AuditAction::RevokeRefreshKeys, target(3));
    let revoked = told(store, replace, by).await;
    assert_eq!(revoked, [fields(&["1", "2"]), fields(&["3"])]);
}

async fn a_rewrapping_tells_under_which_master_keys(store: &TestStore) {
    done(store, begin()).await;
    let new = MasterKeyId::from_bytes([7; 8]);
    let set = load(store).await;
    let rewrappings = set.sealed().map(|(key, from)| Rewrapping {
        key,
        from: from.clone(),
        to: Envelope {
            master_key_id: new,
            ..from.clone()
        },
    });
    let change = KeyChange::Rewrap(rewrappings.collect());
    let by = act(AuditAction::RotateMasterKey, AuditTarget::MasterKey(new));
    let fields = |id: MasterKeyId| json!({ "master_keys": [id.to_string()] });
    let expected = [fields(master_key().id()), fields(new)];
    assert_eq!(told(store, change, by).await, expected);
}

async fn the_upkeep_leaves_no_event(store: &TestStore) {
    done(store, begin()).await;
    done(store, promote("third")).await;
    assert_eq!(events(store).await, []);
}

async fn what_is_not_done_leaves_no_event(store: &TestStore) {
    let by = rotate();
    let clock = ManualClock::new();
    let change = promote("third");
    let outdated = change_by(store, &change, &by, &clock).await;
    assert_eq!(outdated.unwrap(), KeyChanged::Outdated);
    done(store, begin()).await;
    clock.set_wall(at(100) + KeyTimings::COMMIT_BEGINS_WITHIN + Duration::from_secs(1));
    change_by(store, &change, &by, &clock).await.unwrap_err();
    assert_eq!(events(store).await, []);
}

async fn of_fifty_concurrent_rotations_one_is_told(store: &TestStore) {
    done(store, begin()).await;
    let mut tasks = JoinSet::new();
    for count in 0..50 {
        let keys = alternate(count, &store.keys, &store.elsewhere.keys);
        let change = promote(&format!("third-{count}"));
        tasks.spawn(async move {
            let by = rotate();
            keys.change(&change, Some(&by), &ManualClock::new())
                .await
                .unwrap()
        });
    }
    let changed = tasks.join_all().await;
    let done = changed
        .iter()
        .filter(|changed| **changed == KeyChanged::Done);
    assert_eq!(done.count(), 1);
    assert_eq!(events(store).await.len(), 1);
}
