//! Failures that many record at once.

use std::{path::Path, time::Duration};

use signet::{
    adapters::{
        database::{Database, SqlAuthLog},
        system::{OsEntropy, SystemClock},
    },
    domain::{AuthFailure, ClientAddress, RequestId, RequestOrigin},
    ports::{AuthLog, Clock, Entropy},
};
use tokio::task::JoinSet;

use super::{
    Outcomes,
    support::{auth_log::user_id, stopwatch::Stopwatch},
};

const WRITERS: usize = 64;
const WRITING: Duration = Duration::from_secs(5);

/// How many failures a second are recorded, by writers who wait for each.
pub(crate) async fn write(path: &Path) -> Outcomes<f64> {
    let database = Database::open_sqlite(path).await?;
    let time = Stopwatch::start();
    let mut tasks = JoinSet::new();
    for _ in 0..WRITERS {
        let log = SqlAuthLog::new(database.clone());
        tasks.spawn(record(log));
    }
    let mut count = 0_u32;
    while let Some(done) = tasks.join_next().await {
        count += done??;
    }
    let speed = f64::from(count) / time.elapsed().as_secs_f64();
    database.close().await?;
    Ok(speed)
}

/// Failures of accounts and from addresses all over the log.
async fn record(log: SqlAuthLog) -> Outcomes<u32> {
    let (clock, time) = (SystemClock::new(), Stopwatch::start());
    let mut count = 0;
    while time.elapsed() < WRITING {
        let chance = OsEntropy.uuid();
        let [_, _, _, _, a, b, c, ..] = *chance.as_bytes();
        let origin = RequestOrigin {
            address: ClientAddress::new([10, a, b, c].into()),
            user_agent: None,
            request_id: RequestId::from(chance),
        };
        let number = u64::from(u32::from_be_bytes([0, a, b, c])) % 100_000;
        let failure = AuthFailure::WrongPassword(user_id(number)?);
        log.record_failure(clock.now(), &origin, failure).await?;
        count += 1;
    }
    Ok(count)
}
