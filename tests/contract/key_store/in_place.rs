//! Changes that leave every key in its state.

use std::time::Duration;

use signet::domain::KeyChange;

use super::{begin, done, kid, load, outdated};
use crate::support::store::{TestStore, on_every_store};

on_every_store![a_lifetime_is_raised_and_never_lowered,];

async fn a_lifetime_is_raised_and_never_lowered(store: &TestStore) {
    done(store, begin()).await;
    for (seconds, expected) in [(3600, 3600), (60, 3600)] {
        let lifetime = Duration::from_secs(seconds);
        done(
            store,
            KeyChange::RaiseLifetime {
                kid: kid("active"),
                lifetime,
            },
        )
        .await;
        let life = load(store).await.get(&kid("active")).unwrap().life;
        assert_eq!(life.longest_lifetime, Duration::from_secs(expected));
    }
    let lifetime = Duration::from_hours(2);
    outdated(
        store,
        KeyChange::RaiseLifetime {
            kid: kid("next"),
            lifetime,
        },
    )
    .await;
}
