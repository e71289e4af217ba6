//! Refreshes and commits per second on SQLite, by how many sessions refresh at
//! once: `cargo bench --bench group_commit`.
//!
//! Each refresh is durable before it is answered. Without groups there would
//! be a commit, and a sync of the disk, for each.

#[path = "support/disk.rs"]
mod disk;
#[path = "support/request.rs"]
mod request;

use std::{error::Error, sync::Arc, time::Duration};

use request::{TERMS, origin};
use signet::{
    adapters::{
        database::{Database, SqlAuthLog, SqlSessionStore, SqlUserRepo, migrate},
        system::{OsEntropy, SystemClock},
    },
    domain::{
        Act, Actor, AuthSuccess, NewUser, PresentedToken, RefreshKeyId, Roles, Session, SessionId,
        TokenId, UserId,
    },
    ports::{AuthLog, Clock, Entropy, RefreshAttempt, Refreshed, SessionStore, UserRepo},
};
use tokio::task::JoinSet;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const TIME: Duration = Duration::from_secs(5);
const CONCURRENCIES: [usize; 4] = [1, 8, 64, 256];
const ADDRESS: [u8; 4] = [192, 0, 2, 7];

#[tokio::main]
async fn main() -> Outcome<()> {
    disk::file_system()?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("signet.db");
    std::fs::File::create(&path)?;
    let database = Database::open_sqlite(&path).await?;
    migrate(&database).await?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    println!("sessions at once  refreshes/s  commits/s  refreshes per commit");
    for concurrency in CONCURRENCIES {
        let mut sessions = Vec::new();
        for _ in 0..concurrency {
            sessions.push(begin(&database).await?);
        }
        let (started, commits) = (clock.monotonic(), database.commits());
        let store = Arc::new(SqlSessionStore::new(database.clone()));
        let mut tasks = JoinSet::new();
        for session in sessions {
            tasks.spawn(refresh_for(store.clone(), session, clock.clone()));
        }
        let mut refreshes = 0_u64;
        while let Some(done) = tasks.join_next().await {
            refreshes += done??;
        }
        let seconds = clock.monotonic().since(started).as_secs_f64();
        let commits = database.commits() - commits;
        #[expect(clippy::cast_precision_loss, reason = "counts of seconds, not of ages")]
        let (refreshes, commits) = (refreshes as f64, commits as f64);
        println!(
            "{concurrency:16}  {:11.0}  {:9.0}  {:20.1}",
            refreshes / seconds,
            commits / seconds,
            refreshes / commits
        );
    }
    database.close().await?;
    Ok(())
}

/// A session of a user of its own.
async fn begin(database: &Database) -> Outcome<Session> {
    let id = OsEntropy.uuid();
    let now = SystemClock::new().now();
    let name = id.simple();
    let hash = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQxMjM0NTY$\
                AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    let user = NewUser {
        id: UserId::new(id),
        username: name.to_string().parse()?,
        email: format!("{name}@example.com").parse()?,
        password_hash: hash.parse()?,
        date_registered: now,
        display_name: None,
        roles: Roles::default(),
    };
    let by = Act {
        at: now,
        actor: Actor::CommandLine,
        origin: None,
    };
    SqlUserRepo::new(database.clone())
        .register(&user, &by)
        .await?;
    let session_id = SessionId::new(OsEntropy.uuid());
    let origin = origin(ADDRESS);
    let session = Session::begin(
        session_id,
        user.id,
        now,
        &origin,
        RefreshKeyId::FIRST,
        TERMS,
    );
    let success = AuthSuccess {
        session: session.clone(),
        kid: "kid".parse()?,
        jti: TokenId::new(OsEntropy.uuid()),
        verified: user.password_hash.clone(),
        rehash: None,
    };
    SqlAuthLog::new(database.clone())
        .record_success(now, &origin, &success)
        .await?;
    Ok(session)
}

/// Refreshes the session again and again, and answers how often.
async fn refresh_for(
    store: Arc<SqlSessionStore>,
    mut session: Session,
    clock: Arc<dyn Clock>,
) -> Outcome<u64> {
    let origin = origin(ADDRESS);
    let started = clock.monotonic();
    let mut count = 0;
    while clock.monotonic().since(started) < TIME {
        let attempt = RefreshAttempt {
            session: session.id,
            token: PresentedToken {
                generation: session.generation,
                key: session.refresh_key,
            },
            clock: clock.clone(),
            origin: origin.clone(),
            refresh_key: RefreshKeyId::FIRST,
            terms: TERMS,
        };
        let Refreshed::Current(refreshed, _) = store.refresh(attempt).await? else {
            return Err("the session is gone".into());
        };
        session = *refreshed;
        count += 1;
    }
    Ok(count)
}
