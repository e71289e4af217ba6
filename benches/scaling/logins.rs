//! What a login reads and records.

use std::time::Duration;

use signet::{
    adapters::{
        database::{Database, SqlAuthLog, SqlKnownNetworks},
        system::{OsEntropy, SystemClock},
    },
    domain::{AuthFailure, AuthSuccess, RefreshKeyId, Session, SessionId, TokenId, User},
    ports::{AuthLog, Clock, Entropy, KnownNetworks, LoginRecord},
};

use super::{
    Done,
    request::{TERMS, origin},
    times::Times,
};

pub(crate) async fn measure(database: &Database, some: &[User]) -> Done<()> {
    let log = SqlAuthLog::new(database.clone());
    let networks = SqlKnownNetworks::new(database.clone());
    let clock = SystemClock::new();
    let mut times = Times::new("whether the network is known");
    for user in some {
        let network = origin([10, 1, 2, 3]).address.network();
        let since = clock.now() - Duration::from_hours(24 * 30);
        times
            .of(networks.is_known(Some(user.id), network, since))
            .await?;
    }
    times.print();
    let mut times = Times::new("login: event, session, network, last login");
    for user in some {
        let (now, origin) = (clock.now(), origin([10, 1, 2, 3]));
        let session = SessionId::new(OsEntropy.uuid());
        let success = AuthSuccess {
            session: Session::begin(session, user.id, now, &origin, RefreshKeyId::FIRST, TERMS),
            kid: "0123456789012345678901234567890123456789012".parse()?,
            jti: TokenId::new(OsEntropy.uuid()),
            verified: user.password_hash.clone(),
            rehash: None,
        };
        let recorded = times.of(log.record_success(now, &origin, &success)).await?;
        if recorded != LoginRecord::Recorded {
            return Err("a login is not recorded".into());
        }
    }
    times.print();
    let mut times = Times::new("failed login: event");
    for user in some {
        let (now, origin) = (clock.now(), origin([10, 1, 2, 3]));
        let failure = AuthFailure::WrongPassword(user.id);
        times.of(log.record_failure(now, &origin, failure)).await?;
    }
    times.print();
    Ok(())
}
