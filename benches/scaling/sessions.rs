//! Refreshes, and the rest of what is asked of sessions.

use std::sync::Arc;

use signet::{
    adapters::{
        database::{Database, SqlSessionStore},
        system::SystemClock,
    },
    domain::{Generation, PresentedToken, RefreshKeyId, SessionId, User},
    ports::{Clock, RefreshAttempt, Refreshed, SessionStore},
};

use super::{
    Done,
    request::{TERMS, origin},
    times::{FEW_TIMES, Times},
};

pub(crate) async fn measure(database: &Database, some: &[User], ids: &[String]) -> Done<()> {
    let sessions = SqlSessionStore::new(database.clone());
    let clock = Arc::new(SystemClock::new());
    let mut times = Times::new("session and account by the session's id");
    for id in ids {
        let session = SessionId::new(id.parse()?);
        let found = sessions.find_live(session, clock.now());
        times.of(found).await?.ok_or("no such session")?;
    }
    times.print();
    let mut times = Times::new("refresh");
    for id in ids {
        let attempt = RefreshAttempt {
            session: SessionId::new(id.parse()?),
            token: PresentedToken {
                generation: Generation::new(1),
                key: RefreshKeyId::FIRST,
            },
            clock: clock.clone(),
            origin: origin([10, 1, 2, 3]),
            refresh_key: RefreshKeyId::FIRST,
            terms: TERMS,
        };
        let refreshed = times.of(sessions.refresh(attempt)).await?;
        if !matches!(refreshed, Refreshed::Current(..)) {
            return Err("a refresh token is not the current one".into());
        }
    }
    times.print();
    let mut times = Times::new("a user's sessions");
    for user in some {
        times.of(sessions.list_live(user.id, clock.now())).await?;
    }
    times.print();
    let mut times = Times::new("purge of 1,000 sessions");
    for _ in 0..FEW_TIMES {
        times.of(sessions.purge(clock.now(), 1000)).await?;
    }
    times.print();
    Ok(())
}
