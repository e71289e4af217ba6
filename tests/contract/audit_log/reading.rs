//! How events are found, and when they go.

use std::time::Duration;

use signet::domain::{Act, Actor, AuditAction, AuditFilter, AuditTarget, PageRequest, PageSize};

use super::{add, by, list};
use crate::support::{
    fixtures::{a_time, an_act, new_user},
    store::{TestStore, on_every_store},
};

on_every_store![
    events_are_listed_in_pages_the_newest_first,
    events_are_found_by_actor_target_action_and_time,
    no_event_has_a_target_with_a_nul_character,
    a_purge_deletes_the_oldest_events_and_no_more_than_its_limit,
];

async fn events_are_listed_in_pages_the_newest_first(store: &TestStore) {
    let mut expected = Vec::new();
    for (name, seconds) in [("one", 1), ("two", 1), ("three", 2)] {
        let at = a_time() + Duration::from_secs(seconds);
        let user = add(store, name, &Act { at, ..an_act() }).await;
        expected.push(AuditTarget::User(user.id));
    }
    expected.reverse();
    let mut page = PageRequest {
        size: PageSize::new(1).unwrap(),
        after: None,
    };
    let mut listed = Vec::new();
    loop {
        let part = store.audit_log.list(&AuditFilter::default(), &page).await;
        let part = part.unwrap();
        listed.extend(part.items.into_iter().map(|(_, event)| event.target));
        page.after = part.next;
        if page.after.is_none() {
            break;
        }
    }
    assert_eq!(listed, expected);
}

async fn events_are_found_by_actor_target_action_and_time(store: &TestStore) {
    let ada = new_user("ada", "ada@example.com");
    store.users.register(&ada, &by(&ada)).await.unwrap();
    let later = Act {
        at: a_time() + Duration::from_secs(9),
        ..an_act()
    };
    let eve = add(store, "eve", &later).await;
    let any = AuditFilter::default;
    for (filter, expected) in [
        (
            AuditFilter {
                actor: Some(Actor::User(ada.id)),
                ..any()
            },
            ada.id,
        ),
        (
            AuditFilter {
                target: Some(eve.id.to_string()),
                ..any()
            },
            eve.id,
        ),
        (
            AuditFilter {
                action: Some(AuditAction::Register),
                ..any()
            },
            ada.id,
        ),
        (
            AuditFilter {
                from: Some(later.at),
                ..any()
            },
            eve.id,
        ),
        (
            AuditFilter {
                to: Some(later.at),
                ..any()
            },
            ada.id,
        ),
    ] {
        let found = list(store, filter).await;
        let targets: Vec<_> = found.into_iter().map(|event| event.target).collect();
        assert_eq!(targets, [AuditTarget::User(expected)]);
    }
}

async fn no_event_has_a_target_with_a_nul_character(store: &TestStore) {
    add(store, "ada", &an_act()).await;
    let filter = AuditFilter {
        target: Some("\0".to_owned()),
        ..AuditFilter::default()
    };
    assert_eq!(list(store, filter).await, []);
}

async fn a_purge_deletes_the_oldest_events_and_no_more_than_its_limit(store: &TestStore) {
    let second = |second: u64| a_time() + Duration::from_secs(second);
    for (name, at) in [("ada", 5), ("bob", 2), ("eve", 4), ("joe", 1), ("sue", 3)] {
        let act = Act {
            at: second(at),
            ..an_act()
        };
        add(store, name, &act).await;
    }
    for (purged, left) in [(3, vec![5, 4]), (1, vec![5]), (0, vec![5])] {
        let deleted = store.audit_log.purge(second(5), 3).await.unwrap();
        let events = list(store, AuditFilter::default()).await.into_iter();
        let times: Vec<_> = events.map(|event| event.act.at).collect();
        let left: Vec<_> = left.into_iter().map(second).collect();
        assert_eq!((deleted, times), (purged, left));
    }
}
